//! The log.

use jiff::Timestamp;
use lockstep_core::ids::RunId;
use serde::{Deserialize, Serialize};

/// One event of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct EventRow {
    /// Sequence, 1-based.
    pub sequence: u32,
    /// When.
    #[cfg_attr(feature = "specta", specta(type = String))]
    pub time: Timestamp,
    /// For example `user_create_provision`.
    pub event_type: String,
    /// `success` or `failure`.
    pub outcome: String,
    /// Label of the object.
    pub label: Option<String>,
    /// `person`, `group`, `connection`.
    pub subject_type: Option<String>,
    /// Run.
    pub run: Option<RunId>,
    /// HTTP status.
    pub status: Option<u16>,
    /// Error.
    pub error: Option<String>,
    /// Who.
    pub initiated_by: String,
}

/// A window of events, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct EventWindow {
    /// The rows.
    pub rows: Vec<EventRow>,
    /// Rows that match.
    pub total: u32,
    /// Rows without search and filters.
    pub unfiltered: u32,
}

/// Events of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct EventDay {
    /// Date, `2026-11-23`.
    pub date: String,
    /// Successes.
    pub success: u32,
    /// Failures.
    pub failure: u32,
}
