//! Reading plans: the head, windows of operations, one operation in full, and the document.

use jiff::SignedDuration;
use lockstep_core::finding::Finding;
use lockstep_core::ids::{ConnectionId, OperationId, PlanId};
use lockstep_core::plan::Plan;
use lockstep_core::plan::document::{DocumentHead, PlanDocument, Side};
use lockstep_core::plan::operation::{HeldBy, OperationKind};
use rusqlite::Connection;

use super::operation_text::{
    attribute_changes, held_text, member_labels, operation_row, undo_text, why, would_change,
};
use super::plan_head::{PlanHead, count};
use super::views::{
    Facet, GuardView, OperationDetail, OperationWindow, PlanCounts, PlanView, SideView, WindowQuery,
};
use crate::engine::Engine;
use crate::error::{EngineError, ErrorCode};
use crate::store::StoreError;
use crate::store::tables::plan_counts::{self, OperationCount};
use crate::store::tables::plans::{self, PlanRecord, PlanState};
use crate::store::tables::{connections, runs};

/// Names that a guard's summary carries; the table has all of them.
const GUARD_NAMES: usize = 20;
/// Runs that are looked at for the speed to expect.
const RUNS_FOR_SPEED: u32 = 10;

impl Engine {
    /// Returns the connection's newest plan, whatever its state.
    ///
    /// # Errors
    /// `NotFound` for an unknown connection.
    pub async fn latest_plan(&self, id: &ConnectionId) -> Result<Option<PlanView>, EngineError> {
        self.inner.connection_record(id).await?;
        let id = id.clone();
        let view = self.inner.store.read(move |connection| {
            plans::latest(connection, &id)?.map(|record| plan_view(connection, record)).transpose()
        });
        Ok(view.await?)
    }

    /// Returns a plan.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn plan(&self, plan: &PlanId) -> Result<PlanView, EngineError> {
        let id = plan.clone();
        let view =
            self.inner.store.read(move |connection| plan_view(connection, plans::get(connection, &id)?));
        view.await.map_err(|error| unknown_plan(error, plan))
    }

    /// Returns a plan as the document that `lockstepctl` prints and applies.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn plan_document(&self, plan: &PlanId) -> Result<PlanDocument, EngineError> {
        let id = plan.clone();
        let document = self.inner.store.read(move |connection| {
            let record = plans::get(connection, &id)?;
            let head = PlanHead::from_document(&record.document)?;
            let memory = connections::target_memory(connection, &record.connection)?;
            let operations = plans::operations(connection, &id)?;
            let document_head = DocumentHead {
                plan_id: record.id,
                basis: record.basis,
                connection: record.connection,
                created_at: record.created_at,
                source: document_side(&head.source),
                target: document_side(&head.target),
            };
            let plan = Plan {
                operations,
                conflicts: head.conflicts,
                findings: head.findings,
                people_in_step: head.people_in_step,
            };
            Ok(PlanDocument::new(document_head, &plan, &memory))
        });
        document.await.map_err(|error| unknown_plan(error, plan))
    }

    /// Returns a window of a plan's operations, in the plan's order unless the query says otherwise.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn plan_operations(
        &self,
        plan: &PlanId,
        query: &WindowQuery,
    ) -> Result<OperationWindow, EngineError> {
        let (id, query) = (plan.clone(), query.clone());
        let window = self.inner.store.read(move |connection| plans::window(connection, &id, &query));
        let window = window.await.map_err(|error| unknown_plan(error, plan))?;
        Ok(OperationWindow {
            rows: window.rows.iter().map(operation_row).collect(),
            total: window.total,
            unfiltered: window.unfiltered,
        })
    }

    /// Returns one operation in full.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn plan_operation(
        &self,
        plan: &PlanId,
        operation: &OperationId,
    ) -> Result<OperationDetail, EngineError> {
        let (id, wanted) = (plan.clone(), operation.clone());
        let found = self.inner.store.read(move |connection| plans::operation(connection, &id, &wanted));
        let operation = found.await.map_err(|error| match error {
            StoreError::NotFound { what: "operation", .. } => {
                EngineError::new(ErrorCode::NotFound, format!("The plan {plan} has no operation {operation}"))
            }
            error => unknown_plan(error, plan),
        })?;
        let (members_added, members_removed) = member_labels(&operation);
        Ok(OperationDetail {
            held_text: held_text(&operation),
            attributes: attribute_changes(&operation),
            members_added,
            members_removed,
            why: why(&operation),
            would_change: would_change(&operation),
            undo_text: undo_text(&operation),
            row: operation_row(&operation),
        })
    }
}

fn unknown_plan(error: StoreError, plan: &PlanId) -> EngineError {
    match error {
        StoreError::NotFound { what: "plan", .. } => {
            EngineError::new(ErrorCode::NotFound, format!("There is no plan {plan}"))
                .hint("Old plans that were never applied are dropped after a while; compute a new one")
        }
        error => error.into(),
    }
}

fn document_side(side: &SideView) -> Side {
    Side { complete: side.complete, people: side.people as usize, groups: side.groups as usize }
}

/// Builds a plan's head for screens.
pub(crate) fn plan_view(connection: &Connection, record: PlanRecord) -> Result<PlanView, StoreError> {
    let head = PlanHead::from_document(&record.document)?;
    let counted = plan_counts::by_kind_and_hold(connection, &record.id)?;
    let counts = plan_counts(&counted);
    let mut facets = plans::operation_facets(connection, &record.id)?;
    for (value, number) in [("ready", counts.ready), ("held", counts.held)] {
        facets.push(Facet { field: "state".to_owned(), value: value.to_owned(), count: number });
    }
    let requests = count(head.requests.planned);
    let mut guards: Vec<GuardView> =
        head.findings.iter().filter_map(|finding| guard_view(finding, &counted)).collect();
    for guard in &mut guards {
        guard.names = plans::names(connection, &record.id, &guard.names)?;
    }
    Ok(PlanView {
        plan_id: record.id,
        number: record.number,
        basis: record.basis,
        created_at: record.created_at,
        // An approved plan has a run, which says how far it got.
        state: match record.state {
            PlanState::Approved => PlanState::Applied.name().to_owned(),
            state => state.name().to_owned(),
        },
        guards,
        counts,
        facets,
        people_in_step: head.people_in_step,
        requests,
        read_backs: head.read_backs,
        seconds_expected: seconds_expected(connection, &record.connection, requests)?,
        source: head.source,
        target: head.target,
        conflicts: head.conflicts,
        findings: head.findings,
        run_id: record.run,
    })
}

fn plan_counts(counted: &[OperationCount]) -> PlanCounts {
    let mut counts = PlanCounts::default();
    for entry in counted {
        let number = entry.count;
        counts.all += number;
        let (all, ready) = match kind_group(entry.kind) {
            KindGroup::Create => (&mut counts.create, &mut counts.ready_create),
            KindGroup::Update => (&mut counts.update, &mut counts.ready_update),
            KindGroup::Deactivate => (&mut counts.deactivate, &mut counts.ready_deactivate),
            KindGroup::Delete => (&mut counts.delete, &mut counts.ready_delete),
        };
        *all += number;
        match entry.held_by {
            None => {
                *ready += number;
                counts.ready += number;
            }
            Some(by) => {
                counts.held += number;
                if by == HeldBy::Irreversible {
                    counts.irreversible += number;
                }
            }
        }
    }
    counts
}

/// The four groups that screens count operations in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KindGroup {
    Create,
    Update,
    Deactivate,
    Delete,
}

pub(super) const fn kind_group(kind: OperationKind) -> KindGroup {
    match kind {
        OperationKind::CreateUser | OperationKind::CreateGroup => KindGroup::Create,
        OperationKind::DeactivateUser => KindGroup::Deactivate,
        OperationKind::DeleteUser | OperationKind::DeleteGroup => KindGroup::Delete,
        OperationKind::LinkUser
        | OperationKind::UpdateUser
        | OperationKind::ActivateUser
        | OperationKind::ReleaseGroup
        | OperationKind::TakeOverGroup
        | OperationKind::RenameGroup
        | OperationKind::AddSourceMembers
        | OperationKind::AddMembers
        | OperationKind::RemoveMembers => KindGroup::Update,
    }
}

/// Turns a guard's finding into what a screen shows; `None` for findings that are no tripped guard.
fn guard_view(finding: &Finding, counted: &[OperationCount]) -> Option<GuardView> {
    let held = |of: fn(OperationKind) -> bool| {
        counted
            .iter()
            .filter(|entry| entry.held_by == Some(HeldBy::Guard) && of(entry.kind))
            .map(|entry| entry.count)
            .sum::<u32>()
    };
    let (held, releasable) = match finding.code.as_str() {
        "guard_deactivations" => {
            (held(|kind| matches!(kind, OperationKind::DeactivateUser | OperationKind::DeleteUser)), true)
        }
        "guard_removals" => (held(|kind| kind == OperationKind::RemoveMembers), true),
        "empty_directory" | "no_bound_groups" | "group_emptied" => (held(OperationKind::takes_away), true),
        "source_incomplete" => (held(OperationKind::takes_away), false),
        "target_incomplete" => (held(|_| true), false),
        "application_not_atlassian" => (held(|_| true), true),
        "target_groups_incomplete" => (held(OperationKind::is_about_a_group), false),
        _ => return None,
    };
    let mut sentences = finding.text.split_inclusive(". ").map(str::trim);
    let title = sentences.next().unwrap_or_default().to_owned();
    let cause =
        sentences.find(|sentence| sentence.contains(" because ") || sentence.contains(" of them from "));
    Some(GuardView {
        code: finding.code.clone(),
        held,
        title,
        cause: cause.map(str::to_owned),
        names: finding.subjects.iter().take(GUARD_NAMES).cloned().collect(),
        releasable,
    })
}

/// Estimates from the last run that sent something; `None` before there was one.
fn seconds_expected(
    connection: &Connection,
    id: &ConnectionId,
    requests: u32,
) -> Result<Option<u32>, StoreError> {
    let speed = runs::list(connection, id, RUNS_FOR_SPEED)?.into_iter().find_map(|run| {
        let took: SignedDuration = run.ended_at?.duration_since(run.started_at);
        (run.requests.sent > 0)
            .then(|| (u64::from(run.requests.sent), took.as_millis().max(1).unsigned_abs()))
    });
    Ok(speed.map(|(sent, milliseconds)| {
        let expected = u128::from(requests) * milliseconds / u128::from(sent);
        u32::try_from(expected.div_ceil(1000)).unwrap_or(u32::MAX).max(u32::from(requests > 0))
    }))
}
