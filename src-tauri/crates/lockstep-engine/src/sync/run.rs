//! One run from its approval to its end: compare, send, read back, close.

use std::sync::{Arc, Mutex};

use lockstep_core::ids::{ConnectionId, OperationId, PlanId, RunId};
use lockstep_core::plan::operation::Operation;
use lockstep_core::run::RunState;
use lockstep_core::run::state::OperationState;
use lockstep_core::snapshot::source::SourceSnapshot;
use rustc_hash::FxHashSet;
use tokio_util::sync::CancellationToken;

use super::compare::Compared;
use super::execute::Executor;
use super::journal::Journal;
use super::learnt::Learnt;
use super::progress::ProgressBoard;
use super::read_back::{ReadBack, read_back};
use super::reconcile::Standing;
use super::refresh::Reading;
use crate::api::compute::directory;
use crate::api::views::{DifferenceView, RunPhase};
use crate::clients::{ClientMode, Clients};
use crate::engine::Inner;
use crate::error::{EngineError, ErrorCode};
use crate::events::EngineEvent;
use crate::http::MeterReading;
use crate::store::StoreError;
use crate::store::tables::plans::{self, PlanState};
use crate::store::tables::runs::{self, RequestCounts};
use crate::store::tables::{connections, quarantine, run_operations, source_cache, target_cache};

/// What a run is to do.
#[derive(Debug, Clone)]
pub(crate) struct RunPlan {
    pub(crate) connection: ConnectionId,
    pub(crate) run: RunId,
    pub(crate) plan: PlanId,
    /// Approved operations with their place in the plan; shared, since a large plan's are tens of megabytes.
    pub(crate) operations: Arc<[(u32, Operation)]>,
    /// Operations of the plan that are not approved.
    pub(crate) held: u32,
    /// Whether both sides are read again first.
    pub(crate) reread: bool,
    /// Whether an earlier run of the plan was broken off: what it did is no news.
    pub(crate) was_begun: bool,
    pub(crate) initiated_by: String,
}

/// How a run ended.
#[derive(Debug, Default)]
struct Closing {
    state: Option<RunState>,
    problem: Option<String>,
}

impl Inner {
    /// Carries out a run that is in the store. Its end is stored whatever happens; an error that broke it off is also
    /// returned.
    pub(crate) async fn carry_out(&self, run: RunPlan, stop: CancellationToken) -> Result<(), EngineError> {
        let result = self.phases(&run, &stop).await;
        let closing = match &result {
            Ok(closing) => Closing { state: closing.state, problem: closing.problem.clone() },
            Err(error) if error.code == ErrorCode::Cancelled => {
                Closing { state: Some(RunState::Stopped), problem: Some("Stopped on request.".to_owned()) }
            }
            Err(error) => {
                self.pause_if_refused(&run.connection, error).await?;
                Closing { state: Some(RunState::Stopped), problem: Some(sentence(error)) }
            }
        };
        self.close_run(&run, closing).await?;
        self.supervisor.announce_at_end(&run.connection, EngineEvent::RunEnded(run.run.clone()));
        match result {
            Err(error) if error.code == ErrorCode::Internal => Err(error),
            _ => Ok(()),
        }
    }

    async fn phases(&self, run: &RunPlan, stop: &CancellationToken) -> Result<Closing, EngineError> {
        let (id, compares) = (&run.connection, run.reread && !run.operations.is_empty());
        let mut compared = Compared::default();
        let reading = if compares {
            self.set_phase(run, RunPhase::Comparing).await?;
            let (reading, directory) = self.read(id, stop).await?;
            compared = self.compare(run, &reading, &directory).await?;
            reading
        } else {
            self.cached_reading(id).await?
        };
        let approved: Vec<&Operation> = run
            .operations
            .iter()
            .map(|(_, operation)| operation)
            .filter(|it| !compared.skip.contains(&it.id))
            .map(|it| compared.rest.get(&it.id).unwrap_or(it))
            .collect();
        if approved.is_empty() {
            let state = if compared.is_moved { RunState::Partial } else { RunState::NothingToDo };
            return Ok(Closing { state: Some(state), problem: None });
        }
        if stop.is_cancelled() {
            return Err(EngineError::new(ErrorCode::Cancelled, "Stopped on request"));
        }
        self.set_phase(run, RunPhase::Sending).await?;
        let clients = self.clients(id, ClientMode::Writing).await?;
        self.move_to_directory(id, &reading, &directory(&clients.scim)).await?;
        let before = clients.meter();
        let executor = self.executor(run, &clients, &approved, stop).await?;
        let result = executor.execute(&approved).await;
        executor.progress.flush();
        self.store_counts(run, &clients.meter().since(&before)).await?;
        result?;
        self.after_sending(run, &executor, &clients, reading, compared.is_moved).await
    }

    async fn after_sending(
        &self,
        run: &RunPlan,
        executor: &Executor,
        clients: &Clients,
        reading: Reading,
        has_moved: bool,
    ) -> Result<Closing, EngineError> {
        let refused = executor.learnt().stopped_by.clone();
        if let Some((reason, text)) = refused {
            self.store_memory(run, executor).await?;
            let problem = format!("{text}. {}", reason.remedy());
            self.pause(&run.connection, &problem).await?;
            return Ok(Closing { state: Some(RunState::Stopped), problem: Some(problem) });
        }
        if executor.stop.is_cancelled() {
            self.store_memory(run, executor).await?;
            return Ok(Closing {
                state: Some(RunState::Stopped),
                problem: Some("Stopped on request. What was done stays done.".to_owned()),
            });
        }
        self.set_phase(run, RunPhase::ReadingBack).await?;
        let (done, not_done) = self.outcomes(run).await?;
        let done: Vec<&Operation> = run
            .operations
            .iter()
            .map(|(_, operation)| operation)
            .filter(|it| done.contains(&it.id))
            .collect();
        let Reading { mut source, target } = reading;
        // Who was added in JumpCloud is in none of the readings from before.
        for (group, members) in std::mem::take(&mut executor.learnt().source_members) {
            let found = source.groups.binary_search_by(|known| known.id.cmp(&group)).ok();
            if let Some(known) = found.and_then(|at| source.groups.get_mut(at)) {
                known.members = members;
            }
        }
        let ReadBack { differences, target, is_complete } =
            match read_back(executor, clients, &done, target).await {
                Ok(found) => found,
                Err(error) => {
                    self.store_memory(run, executor).await?;
                    let problem =
                        format!("Everything was sent, but reading it back failed: {}", sentence(&error));
                    // Refused credentials stop a run whatever it was doing (R5).
                    let is_refused = self.pause_if_refused(&run.connection, &error).await?;
                    let state = if is_refused { RunState::Stopped } else { RunState::Partial };
                    return Ok(Closing { state: Some(state), problem: Some(problem) });
                }
            };
        self.store_memory(run, executor).await?;
        let is_clean = differences.is_empty() && not_done == 0 && !has_moved && is_complete;
        let problem = (!is_complete).then(|| {
            "Everything was sent, but it could not all be read back. Compute a plan: it reads both sides again.".to_owned()
        });
        self.store_differences(run, differences).await?;
        // What is left is shown as the next plan, without reading anything again.
        self.reconcile(&run.connection, Reading { source, target }, &directory(&clients.scim)).await?;
        let state = if is_clean { RunState::Converged } else { RunState::Partial };
        Ok(Closing { state: Some(state), problem })
    }

    /// The reading that the plan was made from, out of the cache.
    async fn cached_reading(&self, id: &ConnectionId) -> Result<Reading, EngineError> {
        let id = id.clone();
        let (source, target) = self
            .store
            .read(move |connection| {
                Ok((source_cache::load(connection, &id)?, target_cache::load(connection, &id)?))
            })
            .await?;
        Ok(Reading {
            source: source.map_or_else(SourceSnapshot::default, |(_, snapshot)| snapshot),
            target: target.map(|(_, snapshot)| snapshot).unwrap_or_default(),
        })
    }

    async fn executor(
        &self,
        run: &RunPlan,
        clients: &Clients,
        approved: &[&Operation],
        stop: &CancellationToken,
    ) -> Result<Executor, EngineError> {
        let Standing { links, mut memory, .. } = self.standing(&run.connection).await?;
        // The first writing run decides which directory the links belong to.
        memory.directory.get_or_insert_with(|| directory(&clients.scim));
        let id = run.connection.clone();
        let failed_before = self.store.read(move |connection| quarantine::ids(connection, &id)).await?;
        let concurrency = self.connection_record(&run.connection).await?.draft.concurrency;
        // Refused credentials stop the run, not the engine.
        let stop = stop.child_token();
        Ok(Executor {
            scim: clients.scim.stopped_by(stop.clone()),
            reader: clients.scim.read_only(),
            jumpcloud: clients.jumpcloud_writer.as_ref().map(|client| client.stopped_by(stop.clone())),
            journal: Journal {
                store: self.store.clone(),
                clock: self.clock.clone(),
                connection: run.connection.clone(),
                run: run.run.clone(),
                initiated_by: run.initiated_by.clone(),
                failed_before: Arc::new(failed_before),
            },
            progress: ProgressBoard::new(
                run.run.clone(),
                self.sender(),
                approved.iter().map(|operation| operation.kind),
                run.held,
            ),
            stop,
            concurrency: usize::try_from(concurrency).unwrap_or(16).max(1),
            first_wait: self.retry.first_wait,
            learnt: Mutex::new(Learnt::new(&links, memory)),
        })
    }

    /// Returns which operations of the run are done, and how many are neither done nor skipped for having moved.
    async fn outcomes(&self, run: &RunPlan) -> Result<(FxHashSet<OperationId>, usize), EngineError> {
        let id = run.run.clone();
        let states = self.store.read(move |connection| run_operations::states(connection, &id)).await?;
        let mut done = FxHashSet::default();
        let mut not_done = 0;
        for (operation, state) in states {
            match state {
                OperationState::Done => {
                    done.insert(operation);
                }
                OperationState::Skipped => {}
                _ => not_done += 1,
            }
        }
        Ok((done, not_done))
    }

    async fn set_phase(&self, run: &RunPlan, phase: RunPhase) -> Result<(), StoreError> {
        let step = match phase {
            RunPhase::Comparing => "Comparing both sides with the plan",
            RunPhase::Sending => "Sending",
            RunPhase::ReadingBack => "Reading back",
            RunPhase::Finished => "Finished",
        };
        self.supervisor.report(&run.connection, |job| job.step = step.to_owned());
        let id = run.run.clone();
        self.store.write(move |tx| runs::set_phase(tx, &id, phase)).await
    }

    async fn store_counts(&self, run: &RunPlan, sent: &MeterReading) -> Result<(), StoreError> {
        let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let counts = RequestCounts {
            sent: count(sent.writes()),
            retried: count(sent.retried_writes),
            by_method: sent.writes_by_method().map(|(method, n)| (method.to_owned(), count(n))).collect(),
        };
        let id = run.run.clone();
        self.store.write(move |tx| runs::set_requests(tx, &id, &counts)).await
    }

    async fn store_memory(&self, run: &RunPlan, executor: &Executor) -> Result<(), StoreError> {
        let (id, memory) = (run.connection.clone(), executor.learnt().memory.clone());
        self.store.write(move |tx| connections::set_target_memory(tx, &id, &memory)).await
    }

    async fn store_differences(
        &self,
        run: &RunPlan,
        differences: Vec<DifferenceView>,
    ) -> Result<(), StoreError> {
        let id = run.run.clone();
        self.store.write(move |tx| runs::set_differences(tx, &id, &differences)).await
    }

    async fn close_run(&self, run: &RunPlan, closing: Closing) -> Result<(), StoreError> {
        let (id, plan, at) = (run.run.clone(), run.plan.clone(), self.clock.now());
        let state = closing.state.unwrap_or(RunState::Stopped);
        // A plan of which nothing was approved can still be applied, with an override.
        let has_operations = !run.operations.is_empty();
        self.store
            .write(move |tx| {
                if state == RunState::Stopped {
                    run_operations::skip_rest(tx, &id, "The run was stopped before this was sent", at)?;
                } else if has_operations {
                    plans::set_state(tx, &plan, PlanState::Applied)?;
                }
                runs::finish(tx, &id, state, closing.problem.as_deref(), at)
            })
            .await
    }
}

/// Returns an error as one text for people: what happened and what to do.
fn sentence(error: &EngineError) -> String {
    let mut text = format!("{}.", error.message.trim_end_matches('.'));
    if let Some(hint) = error.hints.first() {
        text.push(' ');
        text.push_str(hint.trim_end_matches('.'));
        text.push('.');
    }
    text
}
