//! Exit codes, as the headless contract numbers them.

use lockstep_core::plan::conflict::Conflict;
use lockstep_core::plan::document::PlanDocument;
use lockstep_core::plan::operation::HeldBy;
use lockstep_core::run::RunState;
use lockstep_engine::api::runs::RunDocument;
use lockstep_engine::error::{EngineError, ErrorCode};

/// What the process tells its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done; nothing waits for this command.
    Done = 0,
    /// An error.
    Error = 1,
    /// `plan`: there are operations ready to apply.
    Pending = 2,
    /// Something waits for a person.
    Waiting = 3,
    /// `apply`: operations failed or rest in quarantine, or the read-back found differences.
    Failed = 4,
    /// Stopped: refused credentials, or a signal.
    Stopped = 5,
    /// A check failed.
    CheckFailed = 6,
    /// The data directory is in use by another writer.
    Busy = 7,
    /// Wrong usage of the command line.
    Usage = 64,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Returns the code of an error.
pub(crate) fn of_error(error: &EngineError) -> Exit {
    match error.code {
        ErrorCode::Busy => Exit::Busy,
        ErrorCode::TokenRejected | ErrorCode::TokenLacksScope | ErrorCode::Cancelled => Exit::Stopped,
        _ => Exit::Error,
    }
}

/// Whether a person is asked by what holds the operation; the user limit and unverified domains are standing states.
pub(crate) const fn asks_a_person(held_by: HeldBy) -> bool {
    match held_by {
        HeldBy::Guard | HeldBy::Conflict | HeldBy::Acknowledgement | HeldBy::Irreversible => true,
        HeldBy::UserLimit | HeldBy::Domain | HeldBy::Quarantine => false,
    }
}

/// Returns the code of `plan`: ready operations come before held ones.
pub(crate) fn of_plan(plan: &PlanDocument) -> Exit {
    if plan.operations.iter().any(|operation| operation.held_by.is_none()) {
        Exit::Pending
    } else if waits(plan) {
        Exit::Waiting
    } else {
        Exit::Done
    }
}

/// Whether anything in the plan asks a person.
pub(crate) fn waits(plan: &PlanDocument) -> bool {
    plan.operations.iter().any(|operation| operation.held_by.is_some_and(asks_a_person))
        || plan.conflicts.iter().any(asks)
}

/// Whether a question waits: for its answer, put off or not, or for Atlassian's console.
pub(crate) fn asks(conflict: &Conflict) -> bool {
    conflict.waiting.is_some() || conflict.decision.as_deref().is_none_or(|choice| choice == "later")
}

/// What the plan left behind, apart from what its run did.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Remainder {
    /// Something that the run did not release asks a person.
    pub(crate) asks_a_person: bool,
    /// Operations rest in quarantine.
    pub(crate) rests: bool,
    /// Atlassian's console is awaited, and so may be what depends on it.
    pub(crate) awaits_atlassian: bool,
}

/// Returns the code of `apply`.
pub(crate) fn of_run(run: &RunDocument, remainder: Remainder) -> Exit {
    let is_asked = |label: &str| run.questions.iter().any(|question| question.label == label);
    let failed = run
        .failures
        .iter()
        .any(|it| !run.questions.iter().any(|question| question.operation == it.operation));
    let differs = run.differences.iter().any(|it| it.attribute != "displayName" || !is_asked(&it.subject));
    let asks = remainder.asks_a_person
        || remainder.awaits_atlassian
        || !run.moved.is_empty()
        || !run.questions.is_empty();
    // Partial for a reason of its own: it could not be read back, for instance.
    let is_unexplained = run.state == RunState::Partial
        && run.moved.is_empty()
        && !remainder.awaits_atlassian
        && (run.questions.is_empty() || run.problem.is_some());
    if run.state == RunState::Stopped {
        Exit::Stopped
    } else if failed || differs || is_unexplained || remainder.rests {
        Exit::Failed
    } else if asks {
        Exit::Waiting
    } else {
        Exit::Done
    }
}
