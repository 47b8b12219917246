//! Errors as the window gets them.

use lockstep_engine::error::{EngineError, ErrorCode};
use serde::Serialize;

/// An error of a command: what happened, what to do, and details to copy.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub(crate) struct CommandError {
    /// The code; the window has one text for each.
    pub code: ErrorCode,
    /// One sentence.
    pub message: String,
    /// What to do, most useful first.
    pub hints: Vec<String>,
    /// Whether trying again later may help.
    pub retryable: bool,
    /// The chain of causes, for "copy details".
    pub detail: Option<String>,
}

impl From<&EngineError> for CommandError {
    fn from(error: &EngineError) -> Self {
        let detail = error.cause_chain();
        Self {
            code: error.code,
            message: error.message.clone(),
            hints: error.hints.clone(),
            retryable: error.retryable,
            detail: (!detail.is_empty()).then_some(detail),
        }
    }
}

impl From<EngineError> for CommandError {
    fn from(error: EngineError) -> Self {
        Self::from(&error)
    }
}
