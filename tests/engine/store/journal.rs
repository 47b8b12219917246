//! Plans, runs and the journal.

use std::time::Duration;

use lockstep_core::ids::{OperationId, PlanId, RunId};
use lockstep_core::plan::operation::{HeldBy, Operation};
use lockstep_core::run::{OperationState, RunState};
use lockstep_engine::api::views::{DifferenceView, RunPhase};
use lockstep_engine::store::tables::plans::PlanState;
use lockstep_engine::store::tables::run_operations::{Done, Failure};
use lockstep_engine::store::tables::runs::{NewRun, RequestCounts};
use lockstep_engine::store::tables::{plans, run_operations, runs};
use lockstep_engine::store::{StoreError, WriteTransaction};

use super::{TestStore, create_user, new_plan, now};

fn run_id() -> RunId {
    RunId::from("run-1")
}

fn operations() -> Vec<Operation> {
    let mut held = create_user("cyd", "Cyd");
    held.held_by = Some(HeldBy::UserLimit);
    vec![create_user("ada", "Ada"), create_user("bob", "Bob"), held]
}

/// An approved plan with Ada and Bob to be created, and the run that does it.
async fn approved() -> TestStore {
    let test = TestStore::new().await;
    let id = test.acme.clone();
    test.store
        .write(move |tx| {
            let operations = operations();
            plans::insert(tx, &id, &new_plan("plan-1"), &operations)?;
            let run = NewRun {
                id: run_id(),
                plan: PlanId::from("plan-1"),
                started_at: now(),
                started_by: "admin".to_owned(),
                trigger: "manual".to_owned(),
                guard_override: None,
                held: 1,
            };
            runs::insert(tx, &id, &run)?;
            plans::approve(tx, &run.plan, &run.id, "admin", now())?;
            run_operations::insert(
                tx,
                &run.id,
                (0..).zip(&operations).filter(|(_, operation)| operation.is_ready()),
            )
        })
        .await
        .unwrap();
    test
}

async fn write<T: Send + 'static>(
    test: &TestStore,
    work: impl FnOnce(&WriteTransaction<'_>) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    test.store.write(work).await
}

fn ada() -> OperationId {
    OperationId::from("create_user:ada")
}

#[tokio::test]
async fn a_plan_comes_out_as_it_went_in() {
    let test = approved().await;
    let id = test.acme.clone();
    test.store
        .read(move |conn| {
            let plan = plans::latest(conn, &id)?.unwrap();
            assert_eq!((plan.number, plan.operations, plan.ready), (1, 3, 2));
            assert_eq!((plan.state, plan.run), (PlanState::Approved, Some(run_id())));
            assert_eq!(plans::operations(conn, &plan.id)?, operations(), "in the same order");
            assert_eq!(plans::operation(conn, &plan.id, &ada())?, operations()[0]);
            let about = plans::operations_about(conn, &plan.id, Some("bob"), None)?;
            assert_eq!(about, operations()[1..2], "what the plan does to Bob");
            Ok(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_newer_plan_supersedes_an_open_one_and_none_is_approved_twice() {
    let test = approved().await;
    let id = test.acme.clone();
    write(&test, move |tx| {
        plans::insert(tx, &id, &new_plan("plan-2"), &[])?;
        plans::insert(tx, &id, &new_plan("plan-3"), &[])?;
        assert_eq!(plans::get(tx, &"plan-1".into())?.state, PlanState::Approved, "an approved one stays");
        assert_eq!(plans::get(tx, &"plan-2".into())?.state, PlanState::Superseded);
        let again = plans::approve(tx, &"plan-1".into(), &"run-2".into(), "admin", now());
        assert!(matches!(again, Err(StoreError::NotFound { .. })), "the run that began it stays its run");
        assert_eq!(plans::drop_superseded(tx, &id, 0)?, 1, "it can be dropped");
        assert!(plans::get(tx, &"plan-2".into()).is_err(), "it is gone");
        assert_eq!(plans::latest(tx, &id)?.unwrap().number, 3, "numbers are never used again");
        Ok(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn an_operation_goes_from_planned_over_sending_to_done() {
    let test = approved().await;
    let done = write(&test, |tx| {
        assert_eq!(
            run_operations::mark_sending(tx, &run_id(), &ada(), "sha256:1", now())?,
            1,
            "first attempt"
        );
        let failure = Failure { status: Some(503), error: "Unavailable".to_owned(), ..Failure::default() };
        run_operations::mark_waiting(tx, &run_id(), &ada(), &failure, now())?;
        assert_eq!(run_operations::open(tx, &run_id())?.len(), 1, "after a crash it is looked at");
        assert_eq!(run_operations::mark_sending(tx, &run_id(), &ada(), "sha256:2", now())?, 2, "second");
        run_operations::mark_verifying(tx, &run_id(), &ada(), Some(503))?;
        let done = Done {
            status: Some(201),
            target_id: Some("u1".into()),
            duration: Some(Duration::from_millis(23)),
        };
        run_operations::mark_done(tx, &run_id(), &ada(), &done, now())?;
        run_operations::get(tx, &run_id(), &ada())
    })
    .await
    .unwrap();
    assert_eq!((done.state, done.attempt, done.status), (OperationState::Done, 2, Some(201)));
    assert_eq!((done.target_id, done.duration_ms, done.error), (Some("u1".into()), Some(23), None));
    assert_eq!(done.operation, operations()[0], "the record describes what was approved");
}

#[tokio::test]
async fn the_journal_refuses_what_the_states_do_not_allow() {
    let test = approved().await;
    let again = write(&test, |tx| {
        run_operations::mark_sending(tx, &run_id(), &ada(), "sha256:1", now())?;
        run_operations::mark_done(tx, &run_id(), &ada(), &Done::default(), now())?;
        run_operations::mark_sending(tx, &run_id(), &ada(), "sha256:1", now())
    });
    let error = again.await.unwrap_err();
    assert!(
        matches!(error, StoreError::Transition { found: "done", asked: "sending", .. }),
        "what is done is never sent again: {error:?}"
    );
    let failed =
        write(&test, |tx| run_operations::mark_failed(tx, &run_id(), &ada(), &Failure::default(), now()));
    let error = failed.await.unwrap_err();
    assert!(
        matches!(error, StoreError::Transition { found: "planned", .. }),
        "the write above was taken back: {error:?}"
    );
    let unknown =
        write(&test, |tx| run_operations::mark_verifying(tx, &run_id(), &"nothing".into(), None)).await;
    assert!(matches!(unknown, Err(StoreError::NotFound { .. })), "got {unknown:?}");
}

#[tokio::test]
async fn what_a_stopped_run_did_not_begin_is_skipped() {
    let test = approved().await;
    write(&test, |tx| {
        run_operations::mark_sending(tx, &run_id(), &ada(), "sha256:1", now())?;
        assert_eq!(run_operations::skip_rest(tx, &run_id(), "Stopped", now())?, 1, "Bob was not begun");
        runs::finish(tx, &run_id(), RunState::Stopped, Some("Stopped"), now())?;
        assert!(runs::unfinished(tx)?.is_empty(), "it has ended");
        assert_eq!(run_operations::open(tx, &run_id())?.len(), 1, "Ada's outcome is still to be found out");
        Ok(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_run_remembers_what_it_sent_and_found() {
    let test = approved().await;
    let difference = DifferenceView {
        subject: "ada@example.com".to_owned(),
        attribute: "title".to_owned(),
        expected: Some("Engineer".to_owned()),
        found: None,
    };
    let id = test.acme.clone();
    let expected = difference.clone();
    write(&test, move |tx| {
        runs::set_phase(tx, &run_id(), RunPhase::ReadingBack)?;
        let mut requests = RequestCounts { sent: 2, retried: 1, ..RequestCounts::default() };
        requests.by_method.insert("POST".to_owned(), 2);
        runs::set_requests(tx, &run_id(), &requests)?;
        runs::set_differences(tx, &run_id(), std::slice::from_ref(&difference))?;
        runs::finish(tx, &run_id(), RunState::Partial, None, now())?;
        let run = runs::get(tx, &run_id())?;
        assert_eq!((run.state, run.phase, run.requests), (RunState::Partial, RunPhase::Finished, requests));
        assert_eq!(runs::list(tx, &id, 10)?.len(), 1);
        Ok(())
    })
    .await
    .unwrap();
    let found = test.store.read(|conn| runs::differences(conn, &run_id())).await.unwrap();
    assert_eq!(found, [expected]);
}

#[tokio::test]
async fn progress_counts_by_kind_and_state() {
    let test = approved().await;
    let progress = write(&test, |tx| {
        run_operations::mark_sending(tx, &run_id(), &ada(), "sha256:1", now())?;
        run_operations::mark_waiting(tx, &run_id(), &ada(), &Failure::default(), now())?;
        run_operations::progress(tx, &run_id())
    });
    let progress: Vec<_> =
        progress.await.unwrap().into_iter().map(|part| (part.state, part.is_waiting, part.count)).collect();
    assert_eq!(progress, [(OperationState::Planned, false, 1), (OperationState::Sending, true, 1)]);
    let facets = test.store.read(|conn| run_operations::state_facets(conn, &run_id())).await.unwrap();
    let states: Vec<_> =
        facets.into_iter().filter(|facet| facet.field == "state").map(|facet| facet.value).collect();
    assert_eq!(states, ["retrying", "waiting"], "as the table shows them");
}
