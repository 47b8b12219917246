//! From a reading to a stored plan: settle, plan (pure), store. Everything here is local.

use std::sync::Arc;

use jiff::Timestamp;
use lockstep_core::ids::{ConnectionId, OperationId, PlanId, ScimId, SourceGroupId, SourceUserId};
use lockstep_core::link::{GroupLinkState, Links};
use lockstep_core::memory::{PendingTakeover, TargetMemory};
use lockstep_core::plan::conflict::Decision;
use lockstep_core::plan::{Plan, PlanInput, basis, plan, settled_takeovers};
use lockstep_core::policy::Policy;
use rusqlite::Connection;

use super::group_rows::group_rows;
use super::journal::Journal;
use super::refresh::{Reading, store_source, store_target};
use super::rows::person_rows;
use super::settle::settle;
use crate::api::plan_head::PlanHead;
use crate::engine::Inner;
use crate::store::tables::events::{self, NewEvent, Outcome};
use crate::store::tables::plans::{self, NewPlan};
use crate::store::tables::{connections, decisions, groups, links, people, quarantine, runs};
use crate::store::{StoreError, WriteTransaction};

/// Superseded plans that are kept, to look back at.
const PLANS_KEPT: u32 = 5;

/// What is stored about a connection and goes into its plan.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    pub(crate) policy: Policy,
    pub(crate) links: Links,
    pub(crate) memory: TargetMemory,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) quarantine: Vec<OperationId>,
}

impl Standing {
    /// Loads it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn load(
        connection: &Connection,
        id: &ConnectionId,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            policy: connections::get(connection, id)?.draft.policy,
            links: links::load(connection, id)?,
            memory: connections::target_memory(connection, id)?,
            decisions: decisions::for_planner(connection, id)?,
            quarantine: quarantine::resting(connection, id, now)?,
        })
    }

    /// Joins it with a reading.
    pub(crate) fn input<'a>(&'a self, reading: &'a Reading, directory: &'a str) -> PlanInput<'a> {
        PlanInput {
            policy: &self.policy,
            links: &self.links,
            memory: &self.memory,
            decisions: &self.decisions,
            quarantine: &self.quarantine,
            source: &reading.source,
            target: &reading.target,
            target_directory: Some(directory),
        }
    }
}

impl Inner {
    /// Loads what is stored about a connection.
    pub(crate) async fn standing(&self, id: &ConnectionId) -> Result<Standing, StoreError> {
        let (id, now) = (id.clone(), self.clock.now());
        self.store.read(move |connection| Standing::load(connection, &id, now)).await
    }

    /// Settles operations of earlier runs whose outcome is unknown; returns whether there were any.
    pub(crate) async fn settle(
        &self,
        id: &ConnectionId,
        links: &Links,
        reading: &Reading,
    ) -> Result<bool, StoreError> {
        let wanted = id.clone();
        let (runs, failed_before) = self
            .store
            .read(move |connection| {
                let runs = runs::unsettled(connection, &wanted)?;
                let failed = if runs.is_empty() { None } else { Some(quarantine::ids(connection, &wanted)?) };
                Ok((runs, Arc::new(failed.unwrap_or_default())))
            })
            .await?;
        let mut settled = 0;
        for run in runs {
            let journal = Journal {
                store: self.store.clone(),
                clock: self.clock.clone(),
                connection: id.clone(),
                run,
                initiated_by: self.initiator.clone(),
                failed_before: Arc::clone(&failed_before),
            };
            settled += settle(&journal, links, &reading.source, &reading.target).await?;
        }
        Ok(settled > 0)
    }

    /// Stores the reading, computes the plan and stores it with what screens show; returns the plan's id.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub(crate) async fn reconcile(
        &self,
        id: &ConnectionId,
        reading: Reading,
        directory: &str,
    ) -> Result<PlanId, StoreError> {
        let mut standing = self.standing(id).await?;
        if self.settle(id, &standing.links, &reading).await? {
            standing = self.standing(id).await?;
        }
        let now = self.clock.now();
        self.remember_members(id, &standing.links, &reading).await?;
        let plan_id = new_plan_id();
        let directory = directory.to_owned();
        let reading = Arc::new(reading);
        // The planner and the store do not wait for each other: they work on the same reading, on different cores.
        let computing = tokio::task::spawn_blocking({
            let (plan_id, reading) = (plan_id.clone(), Arc::clone(&reading));
            move || compute(&standing, &reading, &directory, plan_id, now)
        });
        let storing = async {
            let source = store_source(&self.store, id, &reading.source, now).await?;
            Ok::<_, StoreError>((source, store_target(&self.store, id, &reading.target, now).await?))
        };
        let (computed, stored) = futures::join!(computing, storing);
        let (source_generation, target_generation) = stored?;
        let mut computed = computed.map_err(|_| StoreError::Closed)??;
        computed.new.source_generation = source_generation;
        computed.new.target_generation = target_generation;
        drop(reading);
        let (wanted, by) = (id.clone(), self.initiator.clone());
        let is_overtaken = self
            .store
            .write(move |tx| {
                store_plan(tx, &wanted, &computed, &by)?;
                Ok(decisions::for_planner(tx, &wanted)? != computed.decisions)
            })
            .await?;
        // Somebody answered a question while the plan was being made.
        match if is_overtaken { self.replan_from_cache(id).await } else { Ok(None) } {
            Ok(Some(again)) => Ok(again),
            Ok(None) => Ok(plan_id),
            Err(error) => {
                tracing::warn!(connection = id.as_str(), error = %error, "An answer waits for the next plan.");
                Ok(plan_id)
            }
        }
    }
}

/// Returns an id for a new plan.
pub(super) fn new_plan_id() -> PlanId {
    PlanId::from(format!("plan-{}", uuid::Uuid::now_v7().simple()))
}

/// Stores a plan with what screens show of it.
pub(super) fn store_plan(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    computed: &Computed,
    by: &str,
) -> Result<(), StoreError> {
    let Computed { new, plan, people: rows, groups: group_rows, settled, .. } = computed;
    plans::insert(tx, id, new, &plan.operations)?;
    plans::drop_superseded(tx, id, PLANS_KEPT)?;
    if !settled.is_empty() {
        let mut memory = connections::target_memory(tx, id)?;
        for group in settled {
            if let Some(PendingTakeover { name, target: Some(target) }) = memory.takeovers.remove(group) {
                let event = accepted(group, &name, &target, new.created_at, by);
                events::append(tx, id, event)?;
            }
        }
        connections::set_target_memory(tx, id, &memory)?;
    }
    // Rows from a broken reading would show people as gone who are not.
    if new.source_generation > 0 && new.target_generation > 0 {
        people::replace(tx, id, rows)?;
        groups::replace(tx, id, group_rows)?;
    }
    Ok(())
}

impl Inner {
    /// Notes who is a member on both sides, however they came in: a later reading that lacks somebody is doubted only where
    /// they are known to have been members (R2).
    async fn remember_members(
        &self,
        id: &ConnectionId,
        links: &Links,
        reading: &Reading,
    ) -> Result<(), StoreError> {
        let unknown = unknown_members(links, reading);
        if unknown.is_empty() {
            return Ok(());
        }
        let id = id.clone();
        self.store
            .write(move |tx| {
                unknown
                    .iter()
                    .try_for_each(|(group, people)| links::change_group_members(tx, &id, group, people, &[]))
            })
            .await
    }
}

/// Returns, by managed group, its members on both sides who are not among those of the last applied membership.
fn unknown_members(links: &Links, reading: &Reading) -> Vec<(SourceGroupId, Vec<SourceUserId>)> {
    let target_of = |person: &SourceUserId| {
        let found = links.people.binary_search_by(|link| link.source.cmp(person)).ok()?;
        links.people.get(found).map(|link| &link.target)
    };
    let managed = links.groups.iter().filter(|link| link.state == GroupLinkState::Managed);
    managed
        .filter_map(|link| {
            let (source, target) = (&reading.source.groups, &reading.target.groups);
            let group = source.get(source.binary_search_by(|group| group.id.cmp(&link.source)).ok()?)?;
            let there = target.get(target.binary_search_by(|group| group.id.cmp(&link.target)).ok()?)?;
            let is_unknown = |person: &&SourceUserId| {
                link.last_members.binary_search(person).is_err()
                    && target_of(person).is_some_and(|id| there.members.binary_search(id).is_ok())
            };
            let people: Vec<SourceUserId> = group.members.iter().filter(is_unknown).cloned().collect();
            (!people.is_empty()).then(|| (link.source.clone(), people))
        })
        .collect()
}

/// A group that pended is not waited for any more.
fn accepted(group: &SourceGroupId, name: &str, target: &ScimId, time: Timestamp, by: &str) -> NewEvent {
    NewEvent {
        time,
        event_type: "group_update_provision",
        outcome: Outcome::Success,
        subject: serde_json::json!({"type": "group", "label": name, "source_id": group.as_str(),
            "target_id": target.as_str(), "waited_for": "atlassian"}),
        run: None,
        status: None,
        error: None,
        initiated_by: by.to_owned(),
    }
}

/// A plan, and what is stored with it.
#[derive(Debug)]
pub(super) struct Computed {
    pub(super) new: NewPlan,
    plan: Plan,
    people: Vec<crate::api::views::PersonRow>,
    groups: Vec<crate::api::views::GroupRow>,
    /// Takeovers that Atlassian's console is not awaited for any more.
    settled: Vec<SourceGroupId>,
    /// The answers that went into it.
    decisions: Vec<Decision>,
}

/// Computes a plan and what is stored with it.
pub(super) fn compute(
    standing: &Standing,
    reading: &Reading,
    directory: &str,
    plan_id: PlanId,
    now: Timestamp,
) -> Result<Computed, StoreError> {
    let input = standing.input(reading, directory);
    let plan = plan(&input);
    let head = PlanHead::of(&plan, &reading.source, &reading.target, &standing.memory);
    let new = NewPlan {
        id: plan_id,
        basis: basis::basis(&input, &plan),
        created_at: now,
        // Known once the reading is stored.
        source_generation: 0,
        target_generation: 0,
        document: head.to_document()?,
    };
    let people = person_rows(&input, &plan);
    let groups = group_rows(&input, &plan);
    let settled = settled_takeovers(&input);
    Ok(Computed { new, plan, people, groups, settled, decisions: standing.decisions.clone() })
}
