//! An engine with a connection to a sandbox, and the verbs that tests are told in.

use std::time::Duration;

use lockstep_core::ids::{ConnectionId, RunId};
use lockstep_core::plan::approval::Approval;
use lockstep_core::plan::document::{OperationDocument, PlanDocument, ReadyState};
use lockstep_core::plan::operation::{HeldBy, OperationKind};
use lockstep_core::policy::Policy;
use lockstep_engine::api::apply::ApplyRequest;
use lockstep_engine::api::runs::RunDocument;
use lockstep_engine::api::views::{ConnectionDraft, KeyKind};
use lockstep_engine::clock::Clock;
use lockstep_engine::error::EngineError;
use lockstep_engine::http::RetryPolicy;
use lockstep_engine::secrets::Sensitive;
use lockstep_engine::{Engine, EngineOptions, OpenMode, SecretBackend};
use lockstep_sandbox::{Access, Change, Dump, RequestRecord, Sandbox, SandboxOptions};
use tempfile::TempDir;

use super::desired;

/// An engine, a sandbox and a connection between them.
pub(crate) struct TestEngine {
    pub(crate) engine: Engine,
    pub(crate) sandbox: Sandbox,
    pub(crate) id: ConnectionId,
    pub(crate) directory: TempDir,
    pub(crate) clock: Clock,
}

/// As patient as the product, in a thousandth of its time.
pub(crate) fn patience() -> RetryPolicy {
    RetryPolicy {
        attempts: 3,
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(4),
        budget: Duration::from_secs(10),
        rate_limit_budget: Duration::from_secs(60),
    }
}

/// Opens an engine on a directory. Its keys are given by [`give_keys`].
pub(crate) async fn open(directory: &std::path::Path, clock: &Clock) -> Result<Engine, EngineError> {
    let options = EngineOptions {
        data_dir: directory.to_owned(),
        mode: OpenMode::ReadWrite,
        clock: clock.clone(),
        secrets: SecretBackend::Memory,
        initiator: "tests".to_owned(),
    };
    Engine::open_with(options, patience()).await
}

/// Gives the engine the keys of a sandbox's connection.
pub(crate) async fn give_keys(engine: &Engine, id: &ConnectionId, access: &Access) {
    for (kind, key) in [
        (KeyKind::Jumpcloud, &access.jumpcloud_api_key),
        (KeyKind::Scim, &access.scim_token),
        (KeyKind::Organisation, &access.organisation_key),
    ] {
        engine.set_memory_key(id, kind, Sensitive::new(key.clone())).await.expect("a sandbox connection");
    }
}

/// Returns a directory for data; in memory where there is such a place, since a matrix of crashes commits a lot.
pub(crate) fn directory() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).expect("a temporary directory")
}

/// Starts a sandbox; `scenario` as on the command line.
pub(crate) async fn sandbox(scenario: &str) -> Sandbox {
    let scenario = scenario.parse().expect("a scenario");
    Sandbox::start(SandboxOptions { scenario, ..SandboxOptions::default() }).await.expect("a free port")
}

/// Returns the approval of everything that is ready, as `apply --approve-all` gives it.
pub(crate) fn approve_all(plan: &PlanDocument) -> ApplyRequest {
    ApplyRequest {
        plan: plan.plan_id.clone(),
        basis: Some(plan.basis.clone()),
        override_reason: None,
        approval: Approval::default(),
        reread: false,
        trigger: "manual".to_owned(),
        started_by: "tests".to_owned(),
        activates: false,
    }
}

impl TestEngine {
    /// Starts with an active connection and the policy of a new connection.
    pub(crate) async fn start(scenario: &str) -> Self {
        Self::start_with(scenario, |_| {}).await
    }

    /// Starts with an active connection that was changed before.
    pub(crate) async fn start_with(scenario: &str, change: impl FnOnce(&mut ConnectionDraft)) -> Self {
        let sandbox = sandbox(scenario).await;
        let directory = directory();
        let clock = Clock::fixed("2026-03-02T08:00:00Z".parse().unwrap());
        let engine = open(directory.path(), &clock).await.expect("nobody else holds the directory");
        let access = sandbox.access();
        let mut draft = crate::api::draft(&access);
        change(&mut draft);
        let id = engine.add_sandbox_connection(draft).await.expect("a good draft").connection_id;
        give_keys(&engine, &id, &access).await;
        engine.activate(&id).await.expect("a new connection");
        Self { engine, sandbox, id, directory, clock }
    }

    /// Starts with both sides in step.
    pub(crate) async fn in_step(scenario: &str) -> Self {
        let test = Self::start(scenario).await;
        let run = test.apply_all().await;
        assert_eq!(run.state, lockstep_core::run::RunState::Converged, "{run:#?}");
        test.sandbox.requests().reset();
        test
    }

    /// Reads both sides and computes a plan.
    pub(crate) async fn plan(&self) -> PlanDocument {
        self.try_plan().await.unwrap_or_else(|error| panic!("{error}: {}", error.cause_chain()))
    }

    pub(crate) async fn try_plan(&self) -> Result<PlanDocument, EngineError> {
        let view = self.engine.compute_plan(&self.id).await?;
        self.engine.plan_document(&view.plan_id).await
    }

    /// Plans, and applies everything that is ready (`apply --approve-all`).
    pub(crate) async fn apply_all(&self) -> RunDocument {
        let plan = self.plan().await;
        self.apply(approve_all(&plan)).await
    }

    /// Applies a plan that was made before (`apply --plan FILE`).
    pub(crate) async fn apply_saved(&self, plan: &PlanDocument) -> RunDocument {
        self.apply(ApplyRequest { reread: true, ..approve_all(plan) }).await
    }

    pub(crate) async fn apply(&self, request: ApplyRequest) -> RunDocument {
        let run = self.engine.start_run(request).await.unwrap_or_else(|error| panic!("{error}"));
        self.wait(&run.run_id).await
    }

    pub(crate) async fn wait(&self, run: &RunId) -> RunDocument {
        let waiting = tokio::time::timeout(Duration::from_secs(60), self.engine.wait_run(run));
        waiting.await.expect("the run ends").unwrap();
        self.engine.run_document(run).await.unwrap()
    }

    /// Makes changes in the world.
    pub(crate) fn change(&self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            self.sandbox.world().change(&change).unwrap_or_else(|error| panic!("{change:?}: {error}"));
        }
    }

    /// Changes the connection's policy.
    pub(crate) async fn policy(&self, change: impl FnOnce(&mut Policy)) {
        let mut draft = crate::api::draft(&self.sandbox.access());
        draft.policy = self.engine.connection(&self.id).await.unwrap().draft.policy;
        change(&mut draft.policy);
        self.engine.set_connection(&self.id, draft).await.unwrap();
    }

    /// Sets faults; none to heal everything.
    pub(crate) fn faults(&self, faults: &[&str]) {
        let faults = faults.iter().map(|text| text.parse().unwrap_or_else(|error| panic!("{text}: {error}")));
        self.sandbox.set_faults(faults.collect());
    }

    pub(crate) fn dump(&self) -> Dump {
        self.sandbox.world().dump()
    }

    /// Returns the writes that arrived at either service.
    pub(crate) fn writes(&self) -> Vec<RequestRecord> {
        self.sandbox.requests().writes()
    }

    /// Checks that the target is what JumpCloud asks for, that nothing is there twice, that nothing is left to do, and
    /// that the event log verifies.
    pub(crate) async fn check_converged(&self) {
        self.faults(&[]);
        desired::check(&self.dump());
        self.check_counts().await;
        let plan = self.plan().await;
        assert_eq!(lines(&plan), Vec::<String>::new(), "nothing is left to do");
        self.check_events();
    }

    /// Checks that the directory holds no object twice, which a picture by names would hide.
    pub(crate) async fn check_counts(&self) {
        let (access, dump) = (self.sandbox.access(), self.dump());
        for (list, expected) in [("Users", dump.target.users.len()), ("Groups", dump.target.groups.len())] {
            let client = reqwest::Client::builder().no_proxy().tls_certs_only(Vec::new()).build().unwrap();
            let request = client
                .get(format!("{}/{list}?count=1", access.scim_url))
                .bearer_auth(self.sandbox.world().scim_token());
            let body = request.send().await.unwrap().bytes().await.unwrap();
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(body["totalResults"], expected, "each of the {list} is there once");
        }
    }

    /// Checks the chain of the event log.
    pub(crate) fn check_events(&self) {
        let store = lockstep_engine::store::Store::open(
            self.directory.path(),
            lockstep_engine::store::Mode::ReadOnly,
        )
        .unwrap();
        let id = self.id.clone();
        let verified =
            futures::executor::block_on(store.read(move |connection| {
                lockstep_engine::store::tables::events::verify(connection, &id, None)
            }))
            .unwrap();
        assert!(verified.valid, "{verified:?}");
    }
}

/// Returns the operations that are ready.
pub(crate) fn ready(plan: &PlanDocument) -> Vec<&OperationDocument> {
    plan.operations.iter().filter(|operation| operation.state == ReadyState::Ready).collect()
}

/// Returns the operations of a plan as `kind label`, the held ones with what holds them.
pub(crate) fn lines(plan: &PlanDocument) -> Vec<String> {
    let line = |operation: &OperationDocument| {
        let held = operation.held_by.map_or(String::new(), |by| format!(" held by {}", HeldBy::name(by)));
        format!("{} {}{held}", OperationKind::name(operation.kind), operation.subject.label())
    };
    plan.operations.iter().map(line).collect()
}
