//! One sandbox and one engine for many organisations: a case costs a reset of the world and a connection.

use lockstep_core::ids::ConnectionId;
use lockstep_core::plan::approval::{AllowIrreversible, Approval};
use lockstep_core::plan::document::{PlanDocument, ReadyState};
use lockstep_core::policy::Guards;
use lockstep_core::run::RunState;
use lockstep_engine::Engine;
use lockstep_engine::api::apply::ApplyRequest;
use lockstep_engine::clock::Clock;
use lockstep_sandbox::{Change, Dump, Sandbox, SandboxOptions, ScenarioName, Sizes};
use tempfile::TempDir;

use super::organisation::Organisation;
use crate::sync::bench::{approve_all, directory, give_keys, open};

/// Only the administrator, in no group.
const NOBODY: ScenarioName = ScenarioName::Custom(Sizes { people: 1, groups: 0, memberships: 0 });
const SEED: u64 = 1;
/// Plans until nothing is ready any more: more would be a plan that never comes to rest.
const ROUNDS: usize = 5;

/// A sandbox and an engine.
pub(crate) struct PredictionBench {
    pub(crate) sandbox: Sandbox,
    engine: Engine,
    _directory: TempDir,
}

/// A connection to the sandbox as one organisation has it.
pub(crate) struct Connection<'b> {
    pub(crate) bench: &'b PredictionBench,
    pub(crate) id: ConnectionId,
}

/// A failed call as a text, with its causes.
#[expect(clippy::needless_pass_by_value, reason = "what map_err takes")]
pub(crate) fn told(error: lockstep_engine::error::EngineError) -> String {
    format!("{error}: {}", error.cause_chain())
}

impl PredictionBench {
    pub(crate) async fn start() -> Self {
        let options = SandboxOptions { scenario: NOBODY, seed: SEED, ..SandboxOptions::default() };
        let sandbox = Sandbox::start(options).await.expect("a free port");
        let directory = directory();
        let clock = Clock::fixed("2026-03-02T08:00:00Z".parse().expect("a time"));
        let engine = open(directory.path(), &clock).await.expect("nobody else holds the directory");
        Self { sandbox, engine, _directory: directory }
    }

    /// Builds the organisation, and connects to it without limits that would hold what is predicted.
    pub(crate) async fn connect(&self, organisation: &Organisation) -> Result<Connection<'_>, String> {
        let world = self.sandbox.world();
        world.reset(NOBODY, SEED);
        self.sandbox.requests().reset();
        organisation.build(&world)?;
        let access = self.sandbox.access();
        let mut draft = crate::api::draft(&access);
        draft.policy.guards = Guards {
            max_deactivations: Some(1_000),
            max_deactivation_share: Some(100),
            max_removal_share: Some(100),
        };
        let id = self.engine.add_sandbox_connection(draft).await.map_err(told)?.connection_id;
        give_keys(&self.engine, &id, &access).await;
        self.engine.activate(&id).await.map_err(told)?;
        Ok(Connection { bench: self, id })
    }
}

impl Connection<'_> {
    pub(crate) fn engine(&self) -> &Engine {
        &self.bench.engine
    }

    pub(crate) fn dump(&self) -> Dump {
        self.bench.sandbox.world().dump()
    }

    pub(crate) fn change(&self, change: &Change) -> Result<(), String> {
        self.bench.sandbox.world().change(change).map_err(|error| format!("{change:?}: {error}"))
    }

    /// Reads both sides and computes a plan.
    pub(crate) async fn plan(&self) -> Result<PlanDocument, String> {
        let view = self.engine().compute_plan(&self.id).await.map_err(told)?;
        self.engine().plan_document(&view.plan_id).await.map_err(told)
    }

    /// Plans and applies everything that is ready, deletions included, until nothing is.
    pub(crate) async fn sync(&self) -> Result<(), String> {
        for _ in 0..ROUNDS {
            if !self.round().await? {
                return Ok(());
            }
        }
        let left = crate::sync::bench::lines(&self.plan().await?);
        Err(format!("after {ROUNDS} runs there is still something to do: {left:?}"))
    }

    /// Plans and applies once; says whether there was anything to do.
    pub(crate) async fn round(&self) -> Result<bool, String> {
        let plan = self.plan().await?;
        let approval = Approval { overrides_guards: true, irreversible: AllowIrreversible::All };
        let is_ready = |operation: &lockstep_core::plan::document::OperationDocument| {
            operation.state == ReadyState::Ready || approval.covers_document(operation)
        };
        if !plan.operations.iter().any(is_ready) {
            return Ok(false);
        }
        let request = ApplyRequest {
            approval: approval.clone(),
            override_reason: Some("it was predicted".to_owned()),
            ..approve_all(&plan)
        };
        let run = self.engine().start_run(request).await.map_err(told)?;
        self.engine().wait_run(&run.run_id).await.map_err(told)?;
        let run = self.engine().run_document(&run.run_id).await.map_err(told)?;
        match run.state {
            RunState::Converged | RunState::NothingToDo => Ok(true),
            _ if run.failures.is_empty() && run.differences.is_empty() && run.problem.is_none() => Ok(true),
            state => Err(format!(
                "the run ended as {state:?}: {:?} {:?} {:?}",
                run.problem, run.failures, run.differences
            )),
        }
    }

    /// Makes room for the next organisation.
    pub(crate) async fn forget(self) -> Result<(), String> {
        self.engine().deactivate(&self.id).await.map_err(told)?;
        self.engine().remove_connection(&self.id).await.map_err(told)
    }
}
