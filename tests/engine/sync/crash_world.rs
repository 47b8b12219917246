//! A sandbox behind a gate, and engines that run in a runtime of their own: dropping it ends everything at once, as a crash
//! does, in the middle of whatever was going on.

use lockstep_core::ids::ConnectionId;
use lockstep_core::plan::document::PlanDocument;
use lockstep_core::run::RunState;
use lockstep_engine::Engine;
use lockstep_engine::api::runs::RunDocument;
use lockstep_engine::clock::Clock;
use lockstep_engine::store::tables::{events, links};
use lockstep_engine::store::{Mode, Store};
use lockstep_sandbox::{Change, Dump, Sandbox};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::bench::{approve_all, directory, give_keys, lines, open, ready, sandbox};
use super::desired;
use super::gate::{Gate, Strike};

/// The world that survives every crash: both services, the gate and the data directory.
pub(crate) struct CrashWorld {
    pub(crate) sandbox: Sandbox,
    pub(crate) gate: Gate,
    pub(crate) directory: TempDir,
    pub(crate) id: ConnectionId,
    /// Where the services run. It is dropped last.
    services: Runtime,
}

/// How a process ended.
#[derive(Debug)]
pub(crate) enum End {
    /// The power went.
    Crashed,
    /// The run came to its end.
    Ended(Box<RunDocument>),
}

fn engine_runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

impl CrashWorld {
    /// Starts the services and an active connection that sends one write at a time, so that writes have numbers.
    pub(crate) fn start(scenario: &str) -> Self {
        Self::with_in_flight(scenario, 1)
    }

    /// Starts with so many requests in flight; which write is the n-th is then a matter of chance.
    pub(crate) fn with_in_flight(scenario: &str, concurrency: u32) -> Self {
        Self::behind_gate(scenario, concurrency, false)
    }

    /// Starts with JumpCloud behind the gate as well.
    pub(crate) fn with_both_sides_behind_the_gate(scenario: &str) -> Self {
        Self::behind_gate(scenario, 1, true)
    }

    fn behind_gate(scenario: &str, concurrency: u32, is_jumpcloud_too: bool) -> Self {
        let services = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let sandbox = services.block_on(sandbox(scenario));
        let access = sandbox.access();
        let gate = services.block_on(Gate::before(&access.jumpcloud_url));
        let directory = directory();
        let runtime = engine_runtime();
        let id = runtime.block_on(async {
            let engine = open(directory.path(), &Clock::System).await.unwrap();
            let mut draft = crate::api::draft(&access);
            draft.endpoints.scim_url = access.scim_url.replace(&access.jumpcloud_url, &gate.origin);
            if is_jumpcloud_too {
                draft.endpoints.jumpcloud_url.clone_from(&gate.origin);
            }
            draft.concurrency = concurrency;
            let id = engine.add_sandbox_connection(draft).await.unwrap().connection_id;
            engine.activate(&id).await.unwrap();
            engine.close().await;
            id
        });
        drop(runtime);
        Self { sandbox, gate, directory, id, services }
    }

    /// Starts an engine, plans and applies, and crashes when the gate strikes.
    pub(crate) fn apply_until_struck(&self) -> End {
        self.in_a_process(async |engine| {
            let run = apply(&engine, &self.id).await;
            engine.close().await;
            run
        })
    }

    /// Runs one process: an engine on the data directory, until `work` ends or the gate strikes.
    pub(crate) fn in_a_process(&self, work: impl AsyncFnOnce(Engine) -> RunDocument) -> End {
        let runtime = engine_runtime();
        let end = runtime.block_on(async {
            let working = async {
                let engine = open(self.directory.path(), &Clock::System).await.expect("the lock is free");
                give_keys(&engine, &self.id, &self.sandbox.access()).await;
                work(engine).await
            };
            tokio::select! {
                biased;
                () = self.gate.struck() => End::Crashed,
                run = working => End::Ended(Box::new(run)),
            }
        });
        drop(runtime);
        end
    }

    /// Heals everything, starts again, plans and applies, and checks that nothing was lost and nothing is there twice.
    pub(crate) fn recover_and_check(&self, what: &str) {
        self.restart(what, async |engine| {
            let plan = engine.compute_plan(&self.id).await.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(self.sandbox.requests().writes().len(), 0, "{what}: planning settles without writing");
            let plan = engine.plan_document(&plan.plan_id).await.unwrap();
            apply_plan(engine, &plan).await
        });
    }

    /// As [`Self::recover_and_check`], by applying the approved plan once more: what is done is no news, the rest goes.
    pub(crate) fn resume_and_check(&self, what: &str) {
        self.restart(what, async |engine| {
            let plan =
                engine.latest_plan(&self.id).await.unwrap().expect("the plan was stored before it was sent");
            let plan = engine.plan_document(&plan.plan_id).await.unwrap();
            let run = apply_plan(engine, &plan).await;
            assert_eq!(run.moved, [], "{what}: nobody but us changed anything");
            run
        });
    }

    /// Lets everything through again.
    pub(crate) fn heal(&self) {
        self.services.block_on(self.gate.drained());
        self.gate.arm(0, Strike::Never);
        self.sandbox.set_faults(Vec::new());
    }

    fn restart(&self, what: &str, finish: impl AsyncFnOnce(&Engine) -> RunDocument) {
        self.heal();
        self.sandbox.requests().reset();
        let end = self.in_a_process(async |engine| {
            let runs = engine.runs(&self.id).await.unwrap();
            assert!(
                runs.iter().all(|run| run.state != RunState::Running),
                "{what}: after the start, no run is said to go on"
            );
            let run = finish(&engine).await;
            assert!(matches!(run.state, RunState::Converged | RunState::NothingToDo), "{what}: {run:#?}");
            self.check_nothing_left(&engine, what).await;
            engine.close().await;
            run
        });
        assert!(matches!(end, End::Ended(_)), "{what}: nothing strikes any more");
        self.check_books(what);
    }

    async fn check_nothing_left(&self, engine: &Engine, what: &str) {
        let plan = engine.compute_plan(&self.id).await.unwrap();
        let plan = engine.plan_document(&plan.plan_id).await.unwrap();
        assert!(ready(&plan).is_empty() && plan.operations.is_empty(), "{what}: left {:#?}", lines(&plan));
        assert!(plan.conflicts.is_empty(), "{what}: {:#?}", plan.conflicts);
    }

    /// Checks the world by itself, the links and the event log.
    fn check_books(&self, what: &str) {
        let dump = self.sandbox.world().dump();
        let wrong = desired::differences(&dump);
        assert!(wrong.is_empty(), "{what}: {wrong:#?}");
        let store = Store::open(self.directory.path(), Mode::ReadOnly).unwrap();
        let id = self.id.clone();
        let (links, verified) = self
            .services
            .block_on(store.read(move |connection| {
                Ok::<_, lockstep_engine::store::StoreError>((
                    links::load(connection, &id)?,
                    events::verify(connection, &id, None)?,
                ))
            }))
            .unwrap();
        assert!(verified.valid, "{what}: {verified:?}");
        let linked: Vec<&str> = links.people.iter().map(|link| link.target.as_str()).collect();
        for (name, user) in &dump.target.users {
            let count = linked.iter().filter(|id| **id == user.id).count();
            assert_eq!(count, 1, "{what}: {name} has one link");
        }
        assert_eq!(linked.len(), dump.target.users.len(), "{what}: no link is left over");
        assert_eq!(links.groups.len(), dump.target.groups.len(), "{what}: every group has its link");
    }

    /// Waits until the gate has struck.
    pub(crate) fn wait_for_strike(&self, what: &str) {
        let patience = std::time::Duration::from_secs(30);
        let struck = async { tokio::time::timeout(patience, self.gate.struck()).await };
        self.services.block_on(struck).unwrap_or_else(|_| panic!("{what}: it comes that far"));
    }

    pub(crate) fn change(&self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            self.sandbox.world().change(&change).unwrap_or_else(|error| panic!("{change:?}: {error}"));
        }
    }

    pub(crate) fn faults(&self, faults: &[String]) {
        self.sandbox.set_faults(faults.iter().map(|text| text.parse().unwrap()).collect());
    }
}

/// Plans and applies everything that is ready.
pub(crate) async fn apply(engine: &Engine, id: &ConnectionId) -> RunDocument {
    let plan = engine.compute_plan(id).await.unwrap();
    apply_plan(engine, &engine.plan_document(&plan.plan_id).await.unwrap()).await
}

async fn apply_plan(engine: &Engine, plan: &PlanDocument) -> RunDocument {
    let run = engine.start_run(approve_all(plan)).await.unwrap();
    engine.wait_run(&run.run_id).await.unwrap();
    engine.run_document(&run.run_id).await.unwrap()
}

/// Returns a picture of the target without what differs between two equal worlds: the ids.
pub(crate) fn picture(dump: &Dump) -> serde_json::Value {
    let mut target = serde_json::to_value(&dump.target).unwrap();
    for list in ["users", "groups"] {
        for (_, object) in target[list].as_object_mut().unwrap() {
            object.as_object_mut().unwrap().remove("id");
        }
    }
    target
}
