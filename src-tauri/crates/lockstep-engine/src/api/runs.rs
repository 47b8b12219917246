//! Reading runs: how they went, operation by operation, and the contract's document.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lockstep_core::ids::{ConnectionId, OperationId, PlanId, RunId};
use lockstep_core::plan::operation::{OperationKind, Payload};
use lockstep_core::run::{OperationState, RunState};
use rusqlite::Connection;
use serde::Serialize;

use super::operation_text::change_summary;
use super::plans::{KindGroup, kind_group};
use super::views::{
    CountOf, DifferenceView, MovedView, RunOperationRow, RunOperationState, RunOperationWindow, RunProgress,
    RunView, WindowQuery,
};
use crate::engine::Engine;
use crate::error::{EngineError, ErrorCode};
use crate::store::StoreError;
use crate::store::tables::connections;
use crate::store::tables::run_operations::{self, JournalRecord, Progress};
use crate::store::tables::runs::{self, GuardOverride, RequestCounts, RunRecord};

/// Runs that a list shows; older ones stay readable by their id.
const LISTED_RUNS: u32 = 500;

/// A run as `lockstepctl` prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunDocument {
    /// Id.
    pub run_id: RunId,
    /// The plan it applies.
    pub plan_id: PlanId,
    /// Connection.
    pub connection: ConnectionId,
    /// State.
    pub state: RunState,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Who approved it.
    pub started_by: String,
    /// `manual`, `schedule`, `source_change`.
    pub trigger: String,
    /// Who overrode a guard, and why.
    #[serde(rename = "override")]
    pub guard_override: Option<GuardOverride>,
    /// Why it stopped or failed, and what to do.
    pub problem: Option<String>,
    /// Counts of operations.
    pub operations: RunOperations,
    /// Writes.
    pub requests: RequestsDocument,
    /// What the read-back found different.
    pub differences: Vec<DifferenceView>,
    /// Operations that failed.
    pub failures: Vec<FailureDocument>,
    /// Operations that were not sent since their facts moved.
    pub moved: Vec<MovedView>,
    /// Renames that the target refused or ignored (G4): no failures to be mended, but questions of the next plan.
    pub questions: Vec<QuestionDocument>,
}

/// An operation that the next plan asks a person about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuestionDocument {
    /// Operation.
    pub operation: OperationId,
    /// The object's label.
    pub label: String,
    /// What is asked, in a sentence.
    pub text: String,
}

/// Counts of a run's operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct RunOperations {
    /// Done.
    pub done: u32,
    /// Failed.
    pub failed: u32,
    /// Held operations of the plan, which are no part of the run.
    pub held: u32,
    /// Not sent: something they need failed, their facts moved, or the run was stopped.
    pub skipped: u32,
}

/// Writes of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RequestsDocument {
    /// Sent, retries apart.
    pub sent: u32,
    /// Retries.
    pub retried: u32,
    /// By method, retries apart.
    pub by_method: BTreeMap<String, u32>,
}

/// An operation that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailureDocument {
    /// Operation.
    pub operation: OperationId,
    /// The object's label.
    pub label: String,
    /// HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// What went wrong.
    pub error: Option<String>,
    /// What to do.
    pub remedy: Option<String>,
}

impl Engine {
    /// Returns a connection's runs, newest first.
    ///
    /// # Errors
    /// `NotFound` for an unknown connection.
    pub async fn runs(&self, id: &ConnectionId) -> Result<Vec<RunView>, EngineError> {
        self.inner.connection_record(id).await?;
        let id = id.clone();
        let views = self.inner.store.read(move |connection| {
            let records = runs::list(connection, &id, LISTED_RUNS)?;
            records.into_iter().map(|record| run_view(connection, record)).collect::<Result<Vec<_>, _>>()
        });
        Ok(views.await?)
    }

    /// Returns a run.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn run(&self, run: &RunId) -> Result<RunView, EngineError> {
        let id = run.clone();
        let view = self.inner.store.read(move |connection| run_view(connection, runs::get(connection, &id)?));
        view.await.map_err(|error| unknown_run(error, run))
    }

    /// Returns a run as the document that `lockstepctl` prints.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn run_document(&self, run: &RunId) -> Result<RunDocument, EngineError> {
        let id = run.clone();
        let document = self.inner.store.read(move |connection| {
            let record = runs::get(connection, &id)?;
            let failed = run_operations::in_states(connection, &id, &[OperationState::Failed])?;
            let counted = run_operations::progress(connection, &id)?;
            let differences = runs::differences(connection, &id)?;
            let questions = questions(connection, &record)?;
            Ok(RunDocument { questions, ..document(record, failed, &counted, differences) })
        });
        document.await.map_err(|error| unknown_run(error, run))
    }

    /// Returns a window of a run's operations, in the plan's order unless the query says otherwise.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn run_operations(
        &self,
        run: &RunId,
        query: &WindowQuery,
    ) -> Result<RunOperationWindow, EngineError> {
        let (id, query) = (run.clone(), query.clone());
        let window = self.inner.store.read(move |connection| run_operations::window(connection, &id, &query));
        let window = window.await.map_err(|error| unknown_run(error, run))?;
        Ok(RunOperationWindow {
            rows: window.rows.into_iter().map(operation_row).collect(),
            total: window.total,
            unfiltered: window.unfiltered,
        })
    }
}

fn unknown_run(error: StoreError, run: &RunId) -> EngineError {
    match error {
        StoreError::NotFound { what: "run", .. } => {
            EngineError::new(ErrorCode::NotFound, format!("There is no run {run}"))
                .hint("`lockstepctl runs` with the connection's id shows which there are")
        }
        error => error.into(),
    }
}

/// Builds a run for screens.
pub(crate) fn run_view(connection: &Connection, record: RunRecord) -> Result<RunView, StoreError> {
    let counted = run_operations::progress(connection, &record.id)?;
    let differences = runs::differences(connection, &record.id)?;
    Ok(RunView {
        progress: progress(&counted, record.held),
        override_reason: record.guard_override.map(|given| format!("{} ({})", given.reason, given.by)),
        run_id: record.id,
        number: record.number,
        plan_id: record.plan,
        plan_number: record.plan_number,
        state: record.state,
        phase: record.phase,
        started_at: record.started_at,
        ended_at: record.ended_at,
        trigger: record.trigger,
        started_by: record.started_by,
        problem: record.problem,
        differences,
        moved: record.moved,
        requests_sent: record.requests.sent,
        requests_retried: record.requests.retried,
    })
}

/// Sums up the journal; speed and time left are known only to the run itself, which tells them as events.
fn progress(counted: &[Progress], held: u32) -> RunProgress {
    let mut progress = RunProgress { held, ..RunProgress::default() };
    for entry in counted {
        let number = entry.count;
        progress.total += number;
        let group: &mut CountOf = match kind_group(entry.kind) {
            KindGroup::Create => &mut progress.created,
            KindGroup::Update => &mut progress.updated,
            KindGroup::Deactivate => &mut progress.deactivated,
            KindGroup::Delete => &mut progress.deleted,
        };
        group.total += number;
        match entry.state {
            OperationState::Done => {
                group.done += number;
                progress.done += number;
            }
            OperationState::Failed => progress.failed += number,
            OperationState::Planned => progress.waiting += number,
            OperationState::Sending | OperationState::Verifying if entry.is_waiting => {
                progress.retrying += number;
            }
            OperationState::Sending | OperationState::Verifying => progress.in_flight += number,
            OperationState::Skipped | OperationState::Blocked => {}
        }
    }
    progress
}

fn document(
    record: RunRecord,
    failed: Vec<JournalRecord>,
    counted: &[Progress],
    differences: Vec<DifferenceView>,
) -> RunDocument {
    let number = |states: &[OperationState]| {
        counted.iter().filter(|entry| states.contains(&entry.state)).map(|entry| entry.count).sum()
    };
    let RequestCounts { sent, retried, by_method } = record.requests;
    RunDocument {
        run_id: record.id,
        plan_id: record.plan,
        connection: record.connection,
        state: record.state,
        started_at: record.started_at,
        ended_at: record.ended_at,
        started_by: record.started_by,
        trigger: record.trigger,
        guard_override: record.guard_override,
        problem: record.problem,
        operations: RunOperations {
            done: number(&[OperationState::Done]),
            failed: number(&[OperationState::Failed]),
            held: record.held,
            skipped: number(&[OperationState::Skipped, OperationState::Blocked]),
        },
        requests: RequestsDocument { sent, retried, by_method },
        differences,
        failures: failed
            .into_iter()
            .map(|entry| FailureDocument {
                operation: entry.operation.id.clone(),
                label: entry.operation.subject.label().to_owned(),
                status: entry.status,
                error: entry.error,
                remedy: entry.remedy,
            })
            .collect(),
        moved: record.moved,
        questions: Vec::new(),
    }
}

/// Returns the renames of a run that were tried and that the target is known to refuse.
fn questions(connection: &Connection, run: &RunRecord) -> Result<Vec<QuestionDocument>, StoreError> {
    let refused = connections::target_memory(connection, &run.connection)?.rename_refused;
    if refused.is_empty() {
        return Ok(Vec::new());
    }
    let tried = run_operations::of_kind(connection, &run.id, OperationKind::RenameGroup)?.into_iter();
    let asked = tried.filter(|entry| {
        matches!(entry.state, OperationState::Done | OperationState::Failed)
            && matches!(&entry.operation.payload, Payload::RenameGroup { target, after, .. }
                if refused.contains(&(target.clone(), after.clone())))
    });
    let question = |entry: JournalRecord| {
        let label = entry.operation.subject.label().to_owned();
        let text = format!("Atlassian did not take the name {label}. The next plan offers the choices.");
        QuestionDocument { operation: entry.operation.id, label, text }
    };
    Ok(asked.map(question).collect())
}

fn operation_row(record: JournalRecord) -> RunOperationRow {
    let state = match record.state {
        OperationState::Planned => RunOperationState::Waiting,
        OperationState::Sending if record.next_at.is_some() => RunOperationState::Retrying,
        OperationState::Sending => RunOperationState::Sending,
        OperationState::Verifying => RunOperationState::Verifying,
        OperationState::Done => RunOperationState::Done,
        OperationState::Failed => RunOperationState::Failed,
        OperationState::Skipped | OperationState::Blocked => RunOperationState::Skipped,
    };
    RunOperationRow {
        id: record.operation.id.clone(),
        kind: record.operation.kind,
        subject: record.operation.subject.clone(),
        change: change_summary(&record.operation),
        state,
        status: record.status,
        error: record.error,
        remedy: record.remedy,
        attempts: record.attempt,
        duration_ms: record.duration_ms,
        next_retry_at: record.next_at,
    }
}
