//! Approving a plan and carrying it out: what is sent is exactly what was approved (R1).

use std::sync::Arc;

use lockstep_core::ids::{ConnectionId, OperationId, PlanId, RunId};
use lockstep_core::plan::approval::Approval;
use lockstep_core::plan::document::PlanDocument;
use lockstep_core::plan::operation::Operation;
use lockstep_core::run::RunState;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::views::{ConnectionState, RunView};
use crate::engine::{Engine, Inner};
use crate::error::{EngineError, ErrorCode};
use crate::events::EngineEvent;
use crate::jobs::JobKind;
use crate::store::tables::plans::{self, PlanRecord, PlanState};
use crate::store::tables::runs::{self, GuardOverride, NewRun};
use crate::store::tables::{quarantine, run_operations};
use crate::sync::run::RunPlan;

/// An approval of a plan.
#[derive(Debug, Clone)]
pub struct ApplyRequest {
    /// Which plan.
    pub plan: PlanId,
    /// The basis that the person saw; `None` to take the plan's.
    pub basis: Option<String>,
    /// Why tripped guards are overridden; recorded with who.
    pub override_reason: Option<String>,
    /// What the approval covers besides ready operations.
    pub approval: Approval,
    /// Whether both sides are read again first, and operations whose facts moved left out.
    pub reread: bool,
    /// `manual`, `schedule`, `source_change`.
    pub trigger: String,
    /// Who approved it.
    pub started_by: String,
    /// Whether approving also activates an inactive connection: a reviewed plan is what the window asks for first.
    pub activates: bool,
}

impl Engine {
    /// Approves a plan and starts its run; events tell how it goes, [`Engine::wait_run`] waits for its end.
    ///
    /// # Errors
    /// `NotActive`; `PlanStale` when the basis is another one, or when a plan that is not the latest would go without being
    /// compared; `InvalidInput` for an override without a reason; `Busy`.
    pub async fn start_run(&self, request: ApplyRequest) -> Result<RunView, EngineError> {
        self.start_part(request, |_| true).await
    }

    /// As [`Engine::start_run`], for the operations that are meant.
    pub(crate) async fn start_part(
        &self,
        request: ApplyRequest,
        is_meant: impl Fn(&Operation) -> bool,
    ) -> Result<RunView, EngineError> {
        self.inner.check_writable()?;
        let id = request.plan.clone();
        let (record, operations) = self
            .inner
            .store
            .read(move |connection| Ok((plans::get(connection, &id)?, plans::operations(connection, &id)?)))
            .await?;
        check_current(&record, &request)?;
        check_override(&request)?;
        if request.activates && self.connection(&record.connection).await?.state == ConnectionState::Inactive
        {
            self.activate(&record.connection).await?;
        }
        self.check_active(&record.connection).await?;
        // Of a plan that was applied, what was carried out then is not held now.
        let held = operations.iter().filter(|operation| !request.approval.covers(operation)).count();
        let held = u32::try_from(held).unwrap_or(u32::MAX);
        let approved: Arc<[(u32, Operation)]> = if record.state == PlanState::Applied {
            // A plan is applied once.
            Arc::default()
        } else {
            let numbered = (0..).zip(operations);
            let covers = |operation: &Operation| request.approval.covers(operation) && is_meant(operation);
            numbered.filter(|(_, operation)| covers(operation)).collect()
        };
        let run = RunId::from(format!("run-{}", uuid::Uuid::now_v7().simple()));
        let plan = RunPlan {
            connection: record.connection.clone(),
            run: run.clone(),
            plan: record.id.clone(),
            operations: approved,
            held,
            reread: request.reread || !record.is_current_reading(),
            was_begun: record.run.is_some(),
            initiated_by: request.started_by.clone(),
        };
        let (inner, started, release) =
            (Arc::clone(&self.inner), self.inner.clock.now(), CancellationToken::new());
        let handle = self.inner.supervisor.start_job(&record.connection, JobKind::Run, {
            let (inner, release, plan) = (Arc::clone(&inner), release.clone(), plan.clone());
            move |stop| async move {
                // Nothing is sent before the run is in the store.
                release.cancelled().await;
                inner.carry_out(plan, stop).await
            }
        })?;
        drop(handle);
        self.inner.supervisor.report(&record.connection, |job| job.run_id = Some(run.clone()));
        let stored = self.store_run(&record, &plan, &request, started).await;
        if stored.is_err() {
            self.inner.supervisor.stop_job(&record.connection);
        }
        release.cancel();
        stored?;
        self.run(&run).await
    }

    async fn store_run(
        &self,
        record: &PlanRecord,
        plan: &RunPlan,
        request: &ApplyRequest,
        started: jiff::Timestamp,
    ) -> Result<(), EngineError> {
        let new = NewRun {
            id: plan.run.clone(),
            plan: record.id.clone(),
            started_at: started,
            started_by: request.started_by.clone(),
            trigger: request.trigger.clone(),
            guard_override: request
                .override_reason
                .as_ref()
                .map(|reason| GuardOverride { reason: reason.clone(), by: request.started_by.clone() }),
            held: plan.held,
        };
        let (connection, operations) = (record.connection.clone(), Arc::clone(&plan.operations));
        let (state, earlier_run) = (record.state, record.run.clone());
        self.inner
            .store
            .write_or(move |tx| -> Result<(), EngineError> {
                // Between reading the plan and getting the connection's place another run or reading may have ended.
                let now = plans::get(tx, &new.plan)?;
                if now.state != state || now.run != earlier_run {
                    return Err(stale("The plan was applied or replaced in the meantime"));
                }
                runs::insert(tx, &connection, &new)?;
                run_operations::insert(
                    tx,
                    &new.id,
                    operations.iter().map(|(at, operation)| (*at, operation)),
                )?;
                match state {
                    PlanState::Open | PlanState::Superseded => {
                        plans::approve(tx, &new.plan, &new.id, &new.started_by, started)?;
                    }
                    // The run that began it stays its run.
                    PlanState::Approved | PlanState::Applied => {}
                }
                Ok(())
            })
            .await
    }

    /// Waits for a run's end.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn wait_run(&self, run: &RunId) -> Result<RunView, EngineError> {
        let mut events = self.subscribe();
        loop {
            // Looked at before the run: who is told that it ended may start the next job at once.
            let goes_on = self.inner.supervisor.carries_out(run);
            let view = self.run(run).await?;
            if !goes_on {
                return Ok(view);
            }
            // Looked at again at its end only; after falling behind, what was missed may have been just that.
            loop {
                match events.recv().await {
                    Ok(EngineEvent::Job(_, None)) => break,
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => break,
                    Err(RecvError::Closed) => return Ok(view),
                }
            }
        }
    }

    /// Stops a run: no new request after the ones in flight (R6). A run that has ended stays as it is.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn stop_run(&self, run: &RunId) -> Result<(), EngineError> {
        self.run(run).await?;
        self.inner.supervisor.stop_run(run);
        Ok(())
    }

    /// Takes operations out of quarantine, all or one; returns how many rested.
    ///
    /// # Errors
    /// `NotFound` for an unknown connection.
    pub async fn retry(
        &self,
        id: &ConnectionId,
        operation: Option<&OperationId>,
    ) -> Result<u32, EngineError> {
        self.inner.check_writable()?;
        self.connection(id).await?;
        let (id, operation) = (id.clone(), operation.cloned());
        let released = self
            .inner
            .store
            .write(move |tx| match &operation {
                Some(operation) => quarantine::release(tx, &id, operation).map(u32::from),
                None => quarantine::release_all(tx, &id),
            })
            .await?;
        Ok(released)
    }

    /// Refuses what an inactive connection must not do; a paused one goes on, and is probed by the reading.
    ///
    /// # Errors
    /// `NotActive`; `NotFound`.
    pub async fn check_active(&self, id: &ConnectionId) -> Result<(), EngineError> {
        if self.inner.connection_record(id).await?.state == ConnectionState::Inactive {
            return Err(EngineError::new(ErrorCode::NotActive, format!("The connection {id} is not active"))
                .hint(format!("Activate it first: `lockstepctl connection activate {id}`")));
        }
        Ok(())
    }

    /// Whether a plan was applied already, and so sends nothing more. A plan whose run was stopped was not.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn is_applied(&self, plan: &PlanId) -> Result<bool, EngineError> {
        let id = plan.clone();
        let record = self.inner.store.read(move |connection| plans::get(connection, &id)).await?;
        Ok(record.state == PlanState::Applied)
    }

    /// Refuses a saved plan that is another connection's, edited, or of another data directory.
    ///
    /// # Errors
    /// `InvalidInput`, with what is wrong.
    pub async fn check_saved_plan(&self, id: &ConnectionId, saved: &PlanDocument) -> Result<(), EngineError> {
        let refuse = |text: String| {
            EngineError::new(ErrorCode::InvalidInput, text)
                .hint(format!("Make a new one with `lockstepctl plan {id} --out FILE`"))
        };
        if saved.connection != *id {
            return Err(refuse(format!(
                "The plan was made for the connection {}, not for {id}",
                saved.connection
            )));
        }
        let own = match self.plan_document(&saved.plan_id).await {
            Ok(own) => own,
            Err(error) if error.code == ErrorCode::NotFound => {
                return Err(refuse(
                    "The plan was not made with this data directory, or is too old".to_owned(),
                ));
            }
            Err(error) => return Err(error),
        };
        // How many requests it takes is told by what was learnt about the target, a run of this very plan included.
        let own = PlanDocument { requests: saved.requests.clone(), hash: saved.hash.clone(), ..own };
        if own == *saved { Ok(()) } else { Err(refuse("The plan was edited after it was made".to_owned())) }
    }
}

impl PlanRecord {
    /// Whether the cache holds the reading that the plan was made from: not after an incomplete one, which is never
    /// cached, not after a later one, and not once a run of the plan has begun to change the target.
    fn is_current_reading(&self) -> bool {
        self.state == PlanState::Open
            && self.run.is_none()
            && self.source_generation > 0
            && self.target_generation > 0
    }
}

fn check_current(record: &PlanRecord, request: &ApplyRequest) -> Result<(), EngineError> {
    if request.basis.as_ref().is_some_and(|basis| *basis != record.basis) {
        return Err(stale("The plan is not the one that was shown"));
    }
    if record.state == PlanState::Superseded && !request.reread {
        return Err(stale("A newer plan took this one's place"));
    }
    Ok(())
}

fn stale(text: &str) -> EngineError {
    EngineError::new(ErrorCode::PlanStale, text).hint("Compute the plan again and look at what changed")
}

/// An override is recorded with who and why (R3), so there is none without a why.
fn check_override(request: &ApplyRequest) -> Result<(), EngineError> {
    let is_asked = request.approval.overrides_guards || request.override_reason.is_some();
    let has_reason = request.override_reason.as_deref().is_some_and(|reason| !reason.trim().is_empty());
    if is_asked && !has_reason {
        return Err(EngineError::new(ErrorCode::InvalidInput, "Guards are overridden without a reason")
            .hint("Say in a few words why what they hold may go; it is recorded with the run"));
    }
    Ok(())
}

impl Inner {
    /// Ends runs that a crash broke off: what was not begun is skipped; what was in flight is settled by the next reading.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub(crate) async fn end_broken_runs(&self) -> Result<(), EngineError> {
        let broken = self.store.read(runs::unfinished).await?;
        for run in broken {
            let at = self.clock.now();
            self.store
                .write(move |tx| {
                    run_operations::skip_rest(tx, &run.id, "Lockstep ended before this was sent", at)?;
                    let problem = "Lockstep ended before the run did. Compute a plan: it reads what was sent, and what is left is in it.";
                    runs::finish(tx, &run.id, RunState::Stopped, Some(problem), at)
                })
                .await?;
        }
        Ok(())
    }
}
