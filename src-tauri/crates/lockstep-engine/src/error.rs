//! What can go wrong, one variant per thing that a caller can do something about.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A code for every error that the window acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// A key or an address is not there yet.
    NotConfigured,
    /// A key was refused.
    TokenRejected,
    /// A key may not do this.
    TokenLacksScope,
    /// The operating system's secret store does not answer.
    KeychainUnavailable,
    /// Another process or job is writing.
    Busy,
    /// The plan is not the latest, or the world has moved.
    PlanStale,
    /// A guard holds operations.
    GuardTripped,
    /// Conflicts have no decision.
    ConflictsOpen,
    /// The other side asks to wait.
    RateLimited,
    /// The other side cannot be reached.
    RemoteUnavailable,
    /// The other side refuses the request.
    RemoteRejected,
    /// What was entered cannot be used.
    InvalidInput,
    /// There is no such object.
    NotFound,
    /// The connection is not active.
    NotActive,
    /// A newer Lockstep wrote the database.
    DatabaseTooNew,
    /// The disk is full.
    DiskFull,
    /// Stopped on request.
    Cancelled,
    /// A fault of ours.
    Internal,
}

/// An error of the engine: one sentence for people, its cause, and what to do.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct EngineError {
    /// The code.
    pub code: ErrorCode,
    /// One sentence, capital letter, no full stop; no secrets, no personal data beyond an id or what the caller typed.
    pub message: String,
    /// What to do, most useful first.
    pub hints: Vec<String>,
    /// Whether trying again later may help.
    pub retryable: bool,
    /// The cause, for "copy details".
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl EngineError {
    /// Makes an error without a cause or hints.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hints: Vec::new(),
            retryable: matches!(
                code,
                ErrorCode::Busy
                    | ErrorCode::RateLimited
                    | ErrorCode::RemoteUnavailable
                    | ErrorCode::KeychainUnavailable
            ),
            source: None,
        }
    }

    /// Adds what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Returns the chain of causes below the message, joined by colons; empty without a cause.
    pub fn cause_chain(&self) -> String {
        let mut text = String::new();
        let mut next = std::error::Error::source(self);
        while let Some(error) = next {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&error.to_string());
            next = error.source();
        }
        text
    }
}
