//! Connections, settings, decisions and quarantine.

use jiff::SignedDuration;
use lockstep_core::ids::{ConflictId, OperationId};
use lockstep_core::memory::TargetMemory;
use lockstep_core::plan::conflict::{ConflictKind, Decision};
use lockstep_core::plan::operation::OperationKind;
use lockstep_engine::api::views::ConnectionState;
use lockstep_engine::store::StoreError;
use lockstep_engine::store::tables::quarantine::NewFailure;
use lockstep_engine::store::tables::{connections, decisions, quarantine, settings};

use super::{TestStore, draft, now};

#[tokio::test]
async fn what_was_entered_is_read_back() {
    let test = TestStore::new().await;
    let id = test.acme.clone();
    let stored = test.store.read(move |conn| connections::get(conn, &id)).await.unwrap();
    assert_eq!(stored.draft, draft("Acme"), "every field");
    assert_eq!((stored.state, stored.is_sandbox), (ConnectionState::Inactive, false), "it starts inactive");

    let mut changed = draft("Acme Corporation");
    changed.policy.user_limit = 7;
    changed.endpoints.organisation_url = Some("https://api.atlassian.com".to_owned());
    let (id, new) = (test.acme.clone(), changed.clone());
    test.store.write(move |tx| connections::update(tx, &id, &new, now())).await.unwrap();
    let id = test.acme.clone();
    let stored = test.store.read(move |conn| connections::get(conn, &id)).await.unwrap();
    assert_eq!((stored.draft, stored.id), (changed, test.acme.clone()), "the id outlives a new name");
}

#[tokio::test]
async fn the_reason_of_a_pause_ends_with_it() {
    let test = TestStore::new().await;
    let set = |state, reason: Option<&'static str>| {
        let id = test.acme.clone();
        test.store.write(move |tx| {
            connections::set_state(tx, &id, state, reason, now())?;
            connections::get(tx, &id)
        })
    };
    let paused = set(ConnectionState::Paused, Some("The SCIM key was refused")).await.unwrap();
    assert_eq!(paused.pause_reason.as_deref(), Some("The SCIM key was refused"));
    let active = set(ConnectionState::Active, Some("stale")).await.unwrap();
    assert_eq!(active.pause_reason, None, "an active connection has no such reason");
}

#[tokio::test]
async fn two_connections_never_share_an_id() {
    let test = TestStore::new().await;
    let id = test.acme.clone();
    let again = test.store.write(move |tx| connections::insert(tx, &id, &draft("Acme"), false, now())).await;
    assert!(matches!(again, Err(StoreError::AlreadyExists { .. })), "got {again:?}");
    let free = test.store.read(|conn| connections::free_id(conn, "ACME")).await.unwrap();
    assert_eq!(free.as_str(), "acme-2", "the next one gets a number");
}

#[tokio::test]
async fn an_unknown_connection_is_named() {
    let test = TestStore::new().await;
    let missing = test.store.read(|conn| connections::get(conn, &"nobody".into())).await.unwrap_err();
    assert_eq!(missing.to_string(), "There is no connection nobody");
}

#[tokio::test]
async fn what_was_learnt_about_a_target_is_read_back() {
    let test = TestStore::new().await;
    let mut memory = TargetMemory { member_batch: Some(50), ..TargetMemory::default() };
    memory.rename_refused.insert(("g".into(), "New name".to_owned()));
    let (id, learnt) = (test.acme.clone(), memory.clone());
    test.store.write(move |tx| connections::set_target_memory(tx, &id, &learnt)).await.unwrap();
    let id = test.acme.clone();
    assert_eq!(test.store.read(move |conn| connections::target_memory(conn, &id)).await.unwrap(), memory);
}

#[tokio::test]
async fn the_salt_is_drawn_once() {
    let test = TestStore::new().await;
    assert!(test.store.read(settings::salt).await.unwrap().is_none(), "none before somebody needs it");
    let first = test.store.write(settings::ensure_salt).await.unwrap();
    let second = test.store.write(settings::ensure_salt).await.unwrap();
    assert!(first == second, "the same salt gives the same fingerprints");
}

#[tokio::test]
async fn a_later_answer_replaces_the_earlier_one() {
    let test = TestStore::new().await;
    let answer = |choice: &str| decisions::DecisionRecord {
        decision: Decision {
            conflict: ConflictId::from("takeover:eng"),
            choice: choice.to_owned(),
            facts: "f1".to_owned(),
        },
        kind: ConflictKind::GroupTakeover,
        label: "Engineering".to_owned(),
        decided_at: now(),
        decided_by: "admin".to_owned(),
    };
    for choice in ["later", "take-over"] {
        let (id, record) = (test.acme.clone(), answer(choice));
        test.store.write(move |tx| decisions::set(tx, &id, &record)).await.unwrap();
    }
    let id = test.acme.clone();
    let stored = test.store.read(move |conn| decisions::list(conn, &id)).await.unwrap();
    assert_eq!(stored, [answer("take-over")], "one answer per question");
    let id = test.acme.clone();
    let cleared = test
        .store
        .write(move |tx| decisions::clear(tx, &id, &ConflictId::from("takeover:eng")))
        .await
        .unwrap();
    assert!(cleared, "it can be taken back");
}

#[tokio::test]
async fn the_second_failure_in_a_row_rests_and_success_ends_it() {
    let test = TestStore::new().await;
    let operation = OperationId::from("update_user:ada");
    let fail = |seconds: i64| {
        let id = test.acme.clone();
        let failure = NewFailure {
            operation: operation.clone(),
            kind: OperationKind::UpdateUser,
            label: "ada@example.com".to_owned(),
            status: Some(400),
            error: "Refused".to_owned(),
            remedy: None,
        };
        let at = now() + SignedDuration::from_secs(seconds);
        test.store.write(move |tx| quarantine::record(tx, &id, &failure, at))
    };
    let resting = |seconds: i64| {
        let id = test.acme.clone();
        let at = now() + SignedDuration::from_secs(seconds);
        test.store.read(move |conn| quarantine::resting(conn, &id, at))
    };
    assert_eq!(fail(0).await.unwrap().next_at, None, "the first failure does not rest");
    assert!(resting(0).await.unwrap().is_empty());

    let second = fail(10).await.unwrap();
    assert_eq!(second.failures, 2);
    assert_eq!(second.next_at, Some(now() + SignedDuration::from_secs(70)), "a minute");
    assert_eq!(resting(69).await.unwrap(), std::slice::from_ref(&operation), "it rests until then");
    assert!(resting(70).await.unwrap().is_empty(), "and not longer");
    assert_eq!(fail(100).await.unwrap().next_at, Some(now() + SignedDuration::from_secs(220)), "then two");

    let (id, retried) = (test.acme.clone(), operation.clone());
    assert!(
        test.store.write(move |tx| quarantine::release(tx, &id, &retried)).await.unwrap(),
        "retry ends the rest"
    );
    assert!(resting(101).await.unwrap().is_empty());
    let (id, done) = (test.acme.clone(), operation.clone());
    assert!(
        test.store.write(move |tx| quarantine::clear(tx, &id, &done)).await.unwrap(),
        "success forgets it"
    );
    assert_eq!(fail(200).await.unwrap().failures, 1, "counting starts again");
}
