//! A run: its head, its progress, and its rows.

use jiff::Timestamp;
use lockstep_core::ids::{OperationId, PlanId, RunId};
use lockstep_core::plan::operation::{OperationKind, Subject};
use lockstep_core::run::RunState;
use serde::{Deserialize, Serialize};

use super::plans::ChangeSummary;

/// The four phases of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum RunPhase {
    /// Reads both sides again and compares with the plan.
    Comparing,
    /// Sends.
    Sending,
    /// Reads back what was touched.
    ReadingBack,
    /// Over.
    Finished,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RunView {
    /// Id.
    pub run_id: RunId,
    /// Running number within the connection, for people.
    pub number: u32,
    /// The plan it applies.
    pub plan_id: PlanId,
    /// The plan's number.
    pub plan_number: u32,
    /// State.
    pub state: RunState,
    /// Phase.
    pub phase: RunPhase,
    /// When it began.
    #[cfg_attr(feature = "specta", specta(type = String))]
    pub started_at: Timestamp,
    /// When it ended.
    #[cfg_attr(feature = "specta", specta(type = Option<String>))]
    pub ended_at: Option<Timestamp>,
    /// `manual`, `schedule`, `source_change`.
    pub trigger: String,
    /// Who approved it.
    pub started_by: String,
    /// Progress.
    pub progress: RunProgress,
    /// Who overrode a guard, and why.
    pub override_reason: Option<String>,
    /// Why it stopped or failed, and what to do.
    pub problem: Option<String>,
    /// What the read-back found different.
    pub differences: Vec<DifferenceView>,
    /// Operations of the plan that were not sent since their facts moved.
    pub moved: Vec<MovedView>,
    /// Writes sent, retries apart.
    pub requests_sent: u32,
    /// Retries.
    pub requests_retried: u32,
}

/// A run's counts; also sent as an event while it goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RunProgress {
    /// Operations in the run.
    pub total: u32,
    /// Done.
    pub done: u32,
    /// Failed.
    pub failed: u32,
    /// Waiting for their next attempt.
    pub retrying: u32,
    /// In flight.
    pub in_flight: u32,
    /// Not yet begun.
    pub waiting: u32,
    /// Held operations of the plan, which are no part of the run.
    pub held: u32,
    /// Done and total, per group of kinds.
    pub created: CountOf,
    /// Updates, links, activations, membership changes.
    pub updated: CountOf,
    /// Deactivations.
    pub deactivated: CountOf,
    /// Deletions.
    pub deleted: CountOf,
    /// Seconds left, once the speed is known.
    pub seconds_left: Option<u32>,
    /// Requests per second over the last seconds, in tenths.
    pub requests_per_second_tenths: Option<u32>,
    /// The target asked to wait: until when.
    #[cfg_attr(feature = "specta", specta(type = Option<String>))]
    pub waiting_until: Option<Timestamp>,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CountOf {
    /// Done.
    pub done: u32,
    /// Of.
    pub total: u32,
}

/// A difference found by the read-back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct DifferenceView {
    /// Label of the object.
    pub subject: String,
    /// Attribute, or `members`.
    pub attribute: String,
    /// What was sent.
    pub expected: Option<String>,
    /// What is there.
    pub found: Option<String>,
}

/// An approved operation that was not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct MovedView {
    /// Operation.
    pub operation: OperationId,
    /// Label of the object.
    pub label: String,
    /// What moved, in a sentence.
    pub text: String,
}

/// Where one operation of a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum RunOperationState {
    /// Not yet begun.
    Waiting,
    /// Sent, no answer yet.
    Sending,
    /// Its outcome is unknown and is being read back.
    Verifying,
    /// Waits for its next attempt.
    Retrying,
    /// Done.
    Done,
    /// Failed for good.
    Failed,
    /// Not sent: something it needs failed, or the run was stopped.
    Skipped,
}

/// One row of a run's table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RunOperationRow {
    /// Operation.
    pub id: OperationId,
    /// Kind.
    pub kind: OperationKind,
    /// Subject.
    pub subject: Subject,
    /// Change.
    pub change: ChangeSummary,
    /// State.
    pub state: RunOperationState,
    /// Last HTTP status.
    pub status: Option<u16>,
    /// What went wrong, in a sentence.
    pub error: Option<String>,
    /// What to do.
    pub remedy: Option<String>,
    /// Attempts made.
    pub attempts: u32,
    /// Duration of the last attempt in milliseconds.
    pub duration_ms: Option<u32>,
    /// When the next attempt is due.
    #[cfg_attr(feature = "specta", specta(type = Option<String>))]
    pub next_retry_at: Option<Timestamp>,
}

/// A window of a run's rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RunOperationWindow {
    /// The rows.
    pub rows: Vec<RunOperationRow>,
    /// Rows that match.
    pub total: u32,
    /// Rows without search and filters.
    pub unfiltered: u32,
}

/// A window of runs, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RunWindow {
    /// The rows.
    pub rows: Vec<RunView>,
    /// Rows that match.
    pub total: u32,
    /// Rows without search and filters.
    pub unfiltered: u32,
}
