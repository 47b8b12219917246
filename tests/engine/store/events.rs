//! The log: append-only, chained, readable after its connection is gone.

use lockstep_core::ids::{ConnectionId, RunId};
use lockstep_engine::api::views::{FacetChoice, SortDirection, WindowQuery};
use lockstep_engine::store::tables::events::{Event, ExportFilter, NewEvent, Outcome};
use lockstep_engine::store::tables::{connections, events};
use serde_json::json;

use super::{TestStore, now};

fn created(person: &str) -> NewEvent {
    NewEvent {
        time: now(),
        event_type: "user_create_provision",
        outcome: Outcome::Success,
        subject: json!({"type": "person", "source_id": person, "label": format!("{person}@example.com")}),
        run: Some(RunId::from("run-1")),
        status: Some(201),
        error: None,
        initiated_by: "admin".to_owned(),
    }
}

async fn record(test: &TestStore, new: NewEvent) -> Event {
    let id = test.acme.clone();
    test.store.write(move |tx| events::append(tx, &id, new)).await.unwrap()
}

async fn verify(test: &TestStore, checkpoint: Option<&str>) -> events::Verification {
    let (id, checkpoint) = (test.acme.clone(), checkpoint.map(str::to_owned));
    test.store.read(move |conn| events::verify(conn, &id, checkpoint.as_deref())).await.unwrap()
}

/// Removes what protects the log, as somebody with the file in hand could.
fn unprotected(test: &TestStore) -> rusqlite::Connection {
    let raw = test.raw();
    raw.execute_batch("DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_deleted;")
        .unwrap();
    raw
}

#[tokio::test]
async fn each_record_vouches_for_the_one_before() {
    let test = TestStore::new().await;
    let first = record(&test, created("ada")).await;
    let second = record(&test, created("bob")).await;
    assert_eq!((first.sequence, second.sequence), (1, 2), "they count from one");
    assert_eq!(first.previous, events::genesis(), "the first stands on zeros");
    assert_eq!(second.previous, first.hash, "the second on the first");
    let found = verify(&test, None).await;
    assert_eq!((found.valid, found.records, found.first_bad), (true, 2, None), "the chain holds");
    assert_eq!(found.head, second.hash, "its head is the last record");
}

#[tokio::test]
async fn the_hash_is_the_documented_one() {
    let test = TestStore::new().await;
    let event = record(&test, created("ada")).await;
    // Computed with Python: json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False), then SHA-256.
    assert_eq!(
        event.hash, "sha256:4042713f9b2e045adcda7f2a00d27a88e7bdd4165acb43fbf9e026bb9ff2f7ae",
        "anybody can compute it from the contract's record"
    );
}

#[tokio::test]
async fn the_database_refuses_to_change_or_delete_a_record() {
    let test = TestStore::new().await;
    record(&test, created("ada")).await;
    for sql in ["UPDATE events SET error = 'x'", "DELETE FROM events"] {
        let error = test.raw().execute(sql, ()).unwrap_err();
        assert!(error.to_string().contains("append-only"), "{sql}: {error}");
    }
}

#[tokio::test]
async fn every_kind_of_tampering_is_found() {
    for (tampering, first_bad) in [
        ("UPDATE events SET error = 'nothing happened' WHERE sequence = 2", 2),
        ("UPDATE events SET time = '2026-01-02T03:04:06.000Z' WHERE sequence = 3", 3),
        ("UPDATE events SET subject = '{}' WHERE sequence = 1", 1),
        ("UPDATE events SET subject = 'no JSON' WHERE sequence = 1", 1),
        ("DELETE FROM events WHERE sequence = 2", 2),
        ("DELETE FROM events WHERE sequence = 1", 1),
        ("UPDATE events SET sequence = 30 WHERE sequence = 3", 3),
    ] {
        let test = TestStore::new().await;
        for name in ["ada", "bob", "cyd", "dan"] {
            record(&test, created(name)).await;
        }
        unprotected(&test).execute(tampering, ()).unwrap();
        let found = verify(&test, None).await;
        assert!(!found.valid, "{tampering}");
        assert_eq!(found.first_bad, Some(first_bad), "{tampering}");
    }
}

#[tokio::test]
async fn a_cut_off_end_is_found_by_a_checkpoint() {
    let test = TestStore::new().await;
    record(&test, created("ada")).await;
    let noted = record(&test, created("bob")).await.hash;
    assert!(verify(&test, Some(&noted)).await.valid, "the head noted earlier is in the log");
    record(&test, created("cyd")).await;
    assert!(verify(&test, Some(&noted)).await.valid, "also when it has grown");

    unprotected(&test).execute("DELETE FROM events WHERE sequence > 1", ()).unwrap();
    assert!(verify(&test, None).await.valid, "the chain alone cannot show a missing end");
    let found = verify(&test, Some(&noted)).await;
    assert_eq!((found.valid, found.first_bad), (false, Some(2)), "the checkpoint does");
}

#[tokio::test]
async fn the_log_of_a_removed_connection_stays_readable_and_goes_on() {
    let test = TestStore::new().await;
    record(&test, created("ada")).await;
    let id = test.acme.clone();
    test.store.write(move |tx| connections::remove(tx, &id)).await.unwrap();
    let id = test.acme.clone();
    let free = test
        .store
        .read(move |conn| {
            let mut seen = Vec::new();
            events::export(conn, &id, &ExportFilter::default(), |event| {
                seen.push(event.sequence);
                Ok(())
            })?;
            assert_eq!(seen, [1], "it can still be exported");
            assert!(events::exists(conn, &id)?, "the connection is still known to the log");
            connections::free_id(conn, "Acme")
        })
        .await
        .unwrap();
    assert_ne!(free, test.acme, "a new connection does not continue somebody else's log");
    assert!(verify(&test, None).await.valid, "the chain holds");
}

#[tokio::test]
async fn chains_of_connections_are_independent() {
    let test = TestStore::new().await;
    let other = ConnectionId::from("other");
    super::add_connection(&test.store, &other).await;
    record(&test, created("ada")).await;
    let id = other.clone();
    let event = test.store.write(move |tx| events::append(tx, &id, created("bob"))).await.unwrap();
    assert_eq!(
        (event.sequence, event.previous.as_str()),
        (1, events::genesis().as_str()),
        "each has its own"
    );
}

#[tokio::test]
async fn a_window_shows_the_newest_first_and_searches() {
    let test = TestStore::new().await;
    for name in ["ada", "bob", "cyd"] {
        record(&test, created(name)).await;
    }
    let failed = NewEvent {
        outcome: Outcome::Failure,
        status: Some(409),
        error: Some("A user with this address exists".to_owned()),
        ..created("dan")
    };
    record(&test, failed).await;
    let window = |query: WindowQuery| {
        let id = test.acme.clone();
        test.store.read(move |conn| events::window(conn, &id, &query))
    };
    let labels = |window: &lockstep_engine::store::tables::Window<Event>| -> Vec<String> {
        window.rows.iter().map(|event| event.subject["source_id"].as_str().unwrap().to_owned()).collect()
    };
    let query = WindowQuery { limit: 2, offset: 1, ..WindowQuery::default() };
    let page = window(query).await.unwrap();
    assert_eq!((labels(&page), page.total, page.unfiltered), (vec!["cyd".into(), "bob".into()], 4, 4));

    let query = WindowQuery { search: "ADDRESS exists".to_owned(), limit: 10, ..WindowQuery::default() };
    let page = window(query).await.unwrap();
    assert_eq!((labels(&page), page.total, page.unfiltered), (vec!["dan".into()], 1, 4), "words, any case");

    let choice = FacetChoice { field: "outcome".to_owned(), values: vec!["success".to_owned()] };
    let query = WindowQuery {
        filters: vec![choice],
        sort: Some("time".to_owned()),
        direction: SortDirection::Ascending,
        limit: 1,
        ..WindowQuery::default()
    };
    let page = window(query).await.unwrap();
    assert_eq!((labels(&page), page.total), (vec!["ada".into()], 3), "the oldest success");
}

#[tokio::test]
async fn an_export_is_filtered_by_time_and_type() {
    let test = TestStore::new().await;
    record(&test, created("ada")).await;
    let later = now() + jiff::SignedDuration::from_secs(60);
    record(&test, NewEvent { time: later, event_type: "user_deprovision", ..created("bob") }).await;
    let export = |filter: ExportFilter| {
        let id = test.acme.clone();
        test.store.read(move |conn| {
            let mut seen = Vec::new();
            events::export(conn, &id, &filter, |event| {
                seen.push(event.sequence);
                Ok(())
            })?;
            Ok(seen)
        })
    };
    let since = ExportFilter { since: Some(later), ..ExportFilter::default() };
    assert_eq!(export(since).await.unwrap(), [2], "not before");
    let kind =
        ExportFilter { event_type: Some("user_create_provision".to_owned()), ..ExportFilter::default() };
    assert_eq!(export(kind).await.unwrap(), [1], "only that type");
}
