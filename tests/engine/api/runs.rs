//! What screens and `lockstepctl` read of a run.

use lockstep_core::plan::approval::Approval;
use lockstep_core::run::RunState;
use lockstep_engine::api::apply::ApplyRequest;
use lockstep_engine::api::runs::FailureDocument;
use lockstep_engine::api::views::{FacetChoice, PlanView, RunOperationState, RunView, WindowQuery};
use lockstep_engine::error::ErrorCode;
use lockstep_sandbox::{Fault, ScenarioName};

use super::Connected;

fn all() -> WindowQuery {
    WindowQuery { limit: 200, ..WindowQuery::default() }
}

fn in_state(state: &str) -> WindowQuery {
    let values = vec![state.to_owned()];
    WindowQuery { filters: vec![FacetChoice { field: "state".to_owned(), values }], ..all() }
}

/// Applies everything that is ready.
async fn apply(connected: &Connected) -> (PlanView, RunView) {
    let Connected { engine, id, .. } = connected;
    engine.activate(id).await.unwrap();
    let plan = engine.compute_plan(id).await.unwrap();
    let request = ApplyRequest {
        plan: plan.plan_id.clone(),
        basis: Some(plan.basis.clone()),
        override_reason: None,
        approval: Approval::default(),
        reread: false,
        trigger: "manual".to_owned(),
        started_by: "tests".to_owned(),
        activates: false,
    };
    let run = engine.start_run(request).await.unwrap();
    let run = engine.wait_run(&run.run_id).await.unwrap();
    (plan, run)
}

#[tokio::test]
async fn a_runs_view_document_and_windows_agree() {
    let connected = Connected::to(ScenarioName::Small).await;
    let Connected { engine, id, .. } = &connected;
    let (plan, run) = apply(&connected).await;
    let document = engine.run_document(&run.run_id).await.unwrap();
    assert_eq!(run.plan_id, plan.plan_id);
    assert_eq!(document.plan_id, plan.plan_id);
    assert_eq!(document.state, run.state);
    assert_eq!(run.progress.total, plan.counts.ready, "the run has what was ready");
    assert_eq!(document.operations.held, plan.counts.held, "and leaves what is held");
    assert_eq!(document.operations.done, run.progress.done);
    assert_eq!(document.requests.sent, run.requests_sent);
    let by_method: u32 = document.requests.by_method.values().sum();
    assert_eq!(by_method, document.requests.sent, "the methods add up: {:?}", document.requests);
    let window = engine.run_operations(&run.run_id, &all()).await.unwrap();
    assert_eq!(window.total, run.progress.total);
    let done = engine.run_operations(&run.run_id, &in_state("done")).await.unwrap();
    assert_eq!(done.total, run.progress.done);
    let runs = engine.runs(id).await.unwrap();
    assert_eq!(runs.as_slice(), std::slice::from_ref(&run), "the list holds the run as it is shown alone");
    let overview = engine.overview(id).await.unwrap();
    assert_eq!(overview.last_run.as_ref(), Some(&run));
    let json = serde_json::to_value(&document).unwrap();
    for key in [
        "run_id",
        "plan_id",
        "state",
        "started_at",
        "ended_at",
        "override",
        "operations",
        "requests",
        "differences",
        "failures",
        "moved",
    ] {
        assert!(json.get(key).is_some(), "the contract's {key} is in {json}");
    }
}

#[tokio::test]
async fn the_next_plan_expects_the_speed_of_the_last_run() {
    let connected = Connected::to(ScenarioName::Small).await;
    let Connected { engine, id, .. } = &connected;
    let (plan, run) = apply(&connected).await;
    assert_eq!(plan.seconds_expected, None, "nothing is known before the first run");
    assert!(run.requests_sent > 0, "something was sent");
    let next = engine.compute_plan(id).await.unwrap();
    assert!(next.seconds_expected.is_some(), "now it is: {next:?}");
}

#[tokio::test]
async fn a_failed_operation_says_what_went_wrong_and_what_to_do() {
    let connected = Connected::to(ScenarioName::Small).await;
    let Connected { engine, sandbox, id, .. } = &connected;
    let refuse: Fault = "status:side=scim,method=POST,path=/Users,nth=1,status=400".parse().unwrap();
    sandbox.set_faults(vec![refuse]);
    let (_, run) = apply(&connected).await;
    assert_eq!(run.state, RunState::Partial, "{run:?}");
    let document = engine.run_document(&run.run_id).await.unwrap();
    let refused = |failure: &&FailureDocument| failure.status == Some(400);
    let failure = document.failures.iter().find(refused).expect("the refused create is among the failures");
    for failure in &document.failures {
        assert!(failure.error.is_some() && failure.remedy.is_some(), "{failure:?}");
    }
    let failed = engine.run_operations(&run.run_id, &in_state("failed")).await.unwrap();
    assert!(failed.rows.iter().all(|row| row.state == RunOperationState::Failed), "{failed:?}");
    assert!(failed.rows.iter().any(|row| row.id == failure.operation), "{failed:?}");
    assert_eq!(failed.total as usize, document.failures.len());
    let overview = engine.overview(id).await.unwrap();
    assert_eq!(
        overview.failed_operations, 1,
        "the create waits for a retry; a group that lacks only that member does not rest (R5)"
    );
}

#[tokio::test]
async fn an_unknown_plan_or_run_is_said_to_be_unknown() {
    let connected = Connected::to(ScenarioName::Small).await;
    let Connected { engine, .. } = &connected;
    let codes = [
        engine.run(&"nothing".into()).await.unwrap_err().code,
        engine.run_document(&"nothing".into()).await.unwrap_err().code,
        engine.run_operations(&"nothing".into(), &all()).await.unwrap_err().code,
        engine.plan(&"nothing".into()).await.unwrap_err().code,
        engine.plan_document(&"nothing".into()).await.unwrap_err().code,
    ];
    assert_eq!(codes, [ErrorCode::NotFound; 5]);
}
