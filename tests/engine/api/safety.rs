//! What the façade refuses so that nothing goes where it was not approved for.

use lockstep_core::plan::approval::Approval;
use lockstep_engine::api::apply::ApplyRequest;
use lockstep_engine::api::views::{KeyKind, PlanView};
use lockstep_engine::error::ErrorCode;
use lockstep_engine::secrets::{Environment, SecretStore, Sensitive};
use lockstep_engine::{Engine, EngineOptions, OpenMode, SecretBackend};
use lockstep_sandbox::ScenarioName;
use tempfile::TempDir;

use super::{Connected, draft, open, options, start};

fn approve(plan: &PlanView) -> ApplyRequest {
    ApplyRequest {
        plan: plan.plan_id.clone(),
        basis: Some(plan.basis.clone()),
        override_reason: None,
        approval: Approval::default(),
        reread: true,
        trigger: "manual".to_owned(),
        started_by: "tests".to_owned(),
        activates: true,
    }
}

#[tokio::test]
async fn a_sandbox_connection_never_leaves_this_computer() {
    let sandbox = start(ScenarioName::Small).await;
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    let good = draft(&sandbox.access());
    let mut real = good.clone();
    real.endpoints.scim_url = "https://api.atlassian.com/scim/directory/7f3c9b1e".to_owned();
    let refused = engine.add_sandbox_connection(real.clone()).await.expect_err("it is elsewhere");
    assert_eq!(refused.code, ErrorCode::InvalidInput, "{refused}");
    let id = engine.add_sandbox_connection(good).await.unwrap().connection_id;
    let refused = engine.set_connection(&id, real).await.expect_err("it is elsewhere");
    assert!(refused.message.contains("stays on this computer"), "{refused}");
}

#[tokio::test]
async fn keys_of_the_environment_never_reach_a_sandbox() {
    let sandbox = start(ScenarioName::Small).await;
    let directory = TempDir::new().unwrap();
    let real = KeyKind::ALL.map(|kind| (kind.variable(), "a-real-key"));
    let store = SecretStore::in_memory().with_environment(Environment::fixed(real));
    let options =
        EngineOptions { secrets: SecretBackend::Given(store), ..options(&directory, OpenMode::ReadWrite) };
    let engine = Engine::open(options).await.unwrap();
    let id = engine.add_sandbox_connection(draft(&sandbox.access())).await.unwrap().connection_id;
    let refused = engine.compute_plan(&id).await.expect_err("its keys are in another process");
    assert_eq!(refused.code, ErrorCode::NotConfigured, "{refused}");
    assert_eq!(engine.test_connection(&id).await.expect_err("the same").code, ErrorCode::NotConfigured);
    assert!(sandbox.requests().all().is_empty(), "nothing was asked: {:?}", sandbox.requests().all());
    let keys = sandbox.access();
    for (kind, key) in [(KeyKind::Jumpcloud, keys.jumpcloud_api_key), (KeyKind::Scim, keys.scim_token)] {
        engine.set_memory_key(&id, kind, Sensitive::new(key)).await.unwrap();
    }
    engine.compute_plan(&id).await.expect("with the sandbox's own keys it is read");
}

#[tokio::test]
async fn a_plan_made_for_other_addresses_cannot_be_approved() {
    let connected = Connected::to(ScenarioName::Small).await;
    let other = start(ScenarioName::Small).await;
    let Connected { engine, id, .. } = &connected;
    let plan = engine.compute_plan(id).await.unwrap();
    let mut moved = engine.connection(id).await.unwrap().draft;
    moved.endpoints.scim_url = other.access().scim_url;
    engine.set_connection(id, moved).await.unwrap();
    assert_eq!(engine.latest_plan(id).await.unwrap(), None, "it was made for another directory");
    let refused = engine.start_run(approve(&plan)).await.expect_err("it is gone");
    assert_eq!(refused.code, ErrorCode::NotFound, "{refused}");
    assert!(other.requests().all().is_empty(), "the other directory was not even asked");
}

#[tokio::test]
async fn guards_are_not_overridden_without_a_reason() {
    let connected = Connected::to(ScenarioName::Small).await;
    let Connected { engine, id, .. } = &connected;
    let plan = engine.compute_plan(id).await.unwrap();
    for reason in [None, Some(String::new()), Some(" \n".to_owned())] {
        let approval = Approval { overrides_guards: true, ..Approval::default() };
        let request = ApplyRequest { approval, override_reason: reason, ..approve(&plan) };
        let refused = engine.start_run(request).await.expect_err("who and why are recorded");
        assert_eq!(refused.code, ErrorCode::InvalidInput, "{refused}");
    }
    assert!(engine.runs(id).await.unwrap().is_empty(), "nothing was begun");
}
