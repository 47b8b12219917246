//! Computing a plan: reads both sides, then everything is local.

use lockstep_core::ids::{ConnectionId, PlanId};
use lockstep_core::plan::Plan;
use lockstep_core::plan::render::{Detail, render_in};
use tokio_util::sync::CancellationToken;

use super::plan_head::PlanHead;
use super::views::{ConnectionState, JobView, PlanView};
use crate::clients::ClientMode;
use crate::connectors::atlassian_scim::{ScimClient, TargetDirectoryId};
use crate::engine::{Engine, Inner};
use crate::error::{EngineError, ErrorCode};
use crate::events::EngineEvent;
use crate::jobs::JobKind;
use crate::store::tables::{connections, plans};
use crate::sync::refresh;
use std::sync::Arc;

impl Engine {
    /// Reads both sides, computes a plan and stores it. Writes nothing outside.
    ///
    /// # Errors
    /// `Busy` while the connection has a job, `NotConfigured`, `TokenRejected` and its relatives (the connection is then
    /// paused), `RemoteUnavailable`.
    pub async fn compute_plan(&self, id: &ConnectionId) -> Result<PlanView, EngineError> {
        let plan = self.compute_job(id)?.wait().await?;
        self.plan(&plan).await
    }

    /// Starts computing a plan in the background; events tell how it goes.
    ///
    /// # Errors
    /// `Busy`; `NotFound` for an unknown connection.
    pub async fn start_compute(&self, id: &ConnectionId) -> Result<JobView, EngineError> {
        self.connection(id).await?;
        drop(self.compute_job(id)?);
        self.inner.supervisor.job(id).ok_or_else(|| {
            EngineError::new(ErrorCode::Cancelled, "The reading ended before it could be shown")
        })
    }

    /// Asks a connection's job to stop after the requests in flight; without a job, nothing happens.
    pub fn stop_job(&self, id: &ConnectionId) {
        self.inner.supervisor.stop_job(id);
    }

    /// Returns a plan as text for people, in the detail that is asked for.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn plan_text(&self, id: &PlanId, detail: Detail) -> Result<String, EngineError> {
        let id = id.clone();
        let text = self
            .inner
            .store
            .read(move |connection| {
                let record = plans::get(connection, &id)?;
                let head = PlanHead::from_document(&record.document)?;
                let plan = Plan {
                    operations: plans::operations(connection, &id)?,
                    conflicts: head.conflicts,
                    findings: head.findings,
                    people_in_step: head.people_in_step,
                };
                let memory = connections::target_memory(connection, &record.connection)?;
                Ok(render_in(detail, &plan, &memory))
            })
            .await?;
        Ok(text)
    }

    fn compute_job(&self, id: &ConnectionId) -> Result<crate::jobs::JobHandle<PlanId>, EngineError> {
        self.inner.check_writable()?;
        let (inner, connection) = (Arc::clone(&self.inner), id.clone());
        self.inner
            .supervisor
            .start_job(id, JobKind::Refresh, |stop| async move { inner.compute(&connection, stop).await })
    }
}

impl Inner {
    /// Reads both sides and computes a plan, for whoever has the connection's place.
    pub(crate) async fn compute(
        &self,
        id: &ConnectionId,
        stop: CancellationToken,
    ) -> Result<PlanId, EngineError> {
        self.supervisor.report(id, |job| job.step = "Reading JumpCloud and Atlassian".to_owned());
        let (reading, directory) = self.read(id, &stop).await?;
        self.supervisor.report(id, |job| {
            job.step = "Computing the plan".to_owned();
            job.done = u32::try_from(reading.source.people.len()).unwrap_or(u32::MAX);
            job.total = Some(job.done);
        });
        let plan = self.reconcile(id, reading, &directory).await?;
        self.supervisor.announce_at_end(id, EngineEvent::PlanReady(id.clone(), plan.clone()));
        Ok(plan)
    }

    /// Reads both sides with clients that refuse to write; also returns the directory's fingerprint. Refused credentials
    /// pause the connection, accepted ones resume it.
    pub(crate) async fn read(
        &self,
        id: &ConnectionId,
        stop: &CancellationToken,
    ) -> Result<(refresh::Reading, String), EngineError> {
        let record = self.connection_record(id).await?;
        let clients = self.clients(id, ClientMode::ReadOnly).await?.stopped_by(stop);
        let standing = self.standing(id).await?;
        let directory = directory(&clients.scim);
        match refresh::read(&clients, &record.draft.endpoints, &standing).await {
            Ok(reading) => {
                if record.state == ConnectionState::Paused {
                    self.resume(id).await?;
                }
                Ok((reading, directory))
            }
            Err(error) => {
                if record.state == ConnectionState::Active {
                    self.pause_if_refused(id, &error).await?;
                }
                Err(error)
            }
        }
    }

    /// Pauses a connection whose credentials were refused (R5).
    pub(crate) async fn pause_if_refused(
        &self,
        id: &ConnectionId,
        error: &EngineError,
    ) -> Result<bool, EngineError> {
        let is_refused = matches!(error.code, ErrorCode::TokenRejected | ErrorCode::TokenLacksScope);
        if is_refused {
            let hint = error.hints.first().map_or("", String::as_str);
            let reason = format!("{}. {hint}.", error.message);
            self.pause(id, &reason).await?;
        }
        Ok(is_refused)
    }
}

/// Returns the fingerprint of the SCIM directory that a client talks to.
pub(crate) fn directory(client: &ScimClient) -> String {
    TargetDirectoryId::new(client.http().base(), None).fingerprint()
}

/// Returns the fingerprint of the SCIM directory at an address; `None` for an address that is none.
pub(crate) fn directory_at(scim_url: &str) -> Option<String> {
    let base = super::addresses::scim_base(scim_url).ok()?;
    Some(TargetDirectoryId::new(&base, None).fingerprint())
}
