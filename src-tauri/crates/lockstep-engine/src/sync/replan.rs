//! A plan from the cached reading: what answers to questions change, without any request.

use std::sync::Arc;

use lockstep_core::ids::{ConnectionId, PlanId};
use rusqlite::Connection;

use super::reconcile::{Standing, compute, new_plan_id, store_plan};
use super::refresh::Reading;
use crate::api::compute::directory_at;
use crate::engine::Inner;
use crate::error::{EngineError, ErrorCode};
use crate::events::EngineEvent;
use crate::jobs::JobKind;
use crate::store::StoreError;
use crate::store::tables::plans::{self, PlanState};
use crate::store::tables::{connections, source_cache, target_cache};

/// The reading in force, as the latest plan was made from it, with everything else that goes into a plan.
#[derive(Debug, Default)]
pub(crate) struct Cached {
    pub(crate) reading: Reading,
    pub(crate) standing: Standing,
    /// Fingerprint of the SCIM directory.
    pub(crate) directory: String,
    source_generation: u32,
    target_generation: u32,
    /// Whether a plan may be made from it: not while the latest plan rests on a later, incomplete reading, nor once a run has
    /// begun to change the target and has not read it back.
    pub(crate) is_current: bool,
}

impl Cached {
    /// Loads it; `None` before both sides were read to the end.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn load(
        connection: &Connection,
        id: &ConnectionId,
        now: jiff::Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        let Some((source_info, source)) = source_cache::load(connection, id)? else { return Ok(None) };
        let Some((target_info, target)) = target_cache::load(connection, id)? else { return Ok(None) };
        let is_current = plans::latest(connection, id)?.is_some_and(|plan| {
            plan.source_generation == source_info.generation
                && plan.target_generation == target_info.generation
                && plan.state != PlanState::Approved
        });
        let scim_url = connections::get(connection, id)?.draft.endpoints.scim_url;
        Ok(Some(Self {
            reading: Reading { source, target },
            standing: Standing::load(connection, id, now)?,
            directory: directory_at(&scim_url).unwrap_or_default(),
            source_generation: source_info.generation,
            target_generation: target_info.generation,
            is_current,
        }))
    }

    /// Returns what a plan depends on.
    pub(crate) fn input(&self) -> lockstep_core::plan::PlanInput<'_> {
        self.standing.input(&self.reading, &self.directory)
    }
}

impl Inner {
    /// Loads the reading in force with what else goes into a plan.
    ///
    /// # Errors
    /// `NotFound` before both sides were read.
    pub(crate) async fn cached(&self, id: &ConnectionId) -> Result<Cached, EngineError> {
        let (wanted, now) = (id.clone(), self.clock.now());
        let cached = self.store.read(move |connection| Cached::load(connection, &wanted, now)).await?;
        cached.ok_or_else(|| {
            EngineError::new(ErrorCode::NotFound, "Both sides have not been read to the end yet")
                .hint(format!("Compute a plan first: `lockstepctl plan {id}` reads both sides"))
        })
    }

    /// Makes the plan again after answers were given. `None` while another job goes on, which takes the answers into its own
    /// plan, or where both sides have to be read first.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub(crate) async fn replan(self: &Arc<Self>, id: &ConnectionId) -> Result<Option<PlanId>, EngineError> {
        let (inner, connection) = (Arc::clone(self), id.clone());
        let job = self
            .supervisor
            .start_job(id, JobKind::Plan, |_| async move { inner.replan_from_cache(&connection).await });
        match job {
            Ok(job) => job.wait().await,
            Err(error) if error.code == ErrorCode::Busy => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// As [`Self::replan`], for whoever has the connection's place already.
    pub(crate) async fn replan_from_cache(&self, id: &ConnectionId) -> Result<Option<PlanId>, EngineError> {
        let cached = match self.cached(id).await {
            Ok(cached) if cached.is_current => cached,
            Ok(_) => return Ok(None),
            Err(error) if error.code == ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let (plan_id, now) = (new_plan_id(), self.clock.now());
        let computed = tokio::task::spawn_blocking({
            let plan_id = plan_id.clone();
            move || {
                let Cached { reading, standing, directory, source_generation, target_generation, .. } =
                    cached;
                let mut computed = compute(&standing, &reading, &directory, plan_id, now)?;
                computed.new.source_generation = source_generation;
                computed.new.target_generation = target_generation;
                Ok::<_, StoreError>(computed)
            }
        })
        .await
        .map_err(|_| StoreError::Closed)??;
        let (wanted, by) = (id.clone(), self.initiator.clone());
        self.store.write(move |tx| store_plan(tx, &wanted, &computed, &by)).await?;
        self.supervisor.announce_at_end(id, EngineEvent::PlanReady(id.clone(), plan_id.clone()));
        Ok(Some(plan_id))
    }
}
