//! R4: what was sent and never answered is settled by what is there, however long ago that was.

use lockstep_core::run::RunState;
use rusqlite::Connection;

use super::bench::{TestEngine, approve_all};

#[tokio::test]
async fn an_outcome_that_stayed_unknown_is_settled_however_many_runs_ago_it_was() {
    let test = TestEngine::start("custom:people=3,groups=1").await;
    let first = test.apply_all().await;
    assert_eq!(first.state, RunState::Converged, "{first:#?}");
    // Each of these was settled with what was there; no reading has happened since.
    let plan = test.plan().await;
    for _ in 0..25 {
        let run = test.apply(approve_all(&plan)).await;
        assert_eq!(run.state, RunState::NothingToDo, "{run:#?}");
    }
    // As a crash between sending and the answer leaves it.
    let database = test.directory.path().join("lockstep.db");
    let changed = Connection::open(database)
        .unwrap()
        .execute(
            "UPDATE run_operations SET state = 'sending', ended_at = NULL WHERE operation_id =
             (SELECT min(operation_id) FROM run_operations WHERE kind = 'create_user')",
            (),
        )
        .unwrap();
    assert_eq!(changed, 1);
    let open = test.engine.run_document(&first.run_id).await.unwrap();
    assert_eq!(open.operations.done, first.operations.done - 1, "{open:#?}");
    test.plan().await;
    let settled = test.engine.run_document(&first.run_id).await.unwrap();
    assert_eq!(settled.operations.done, first.operations.done, "{settled:#?}");
}
