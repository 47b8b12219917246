//! What the window knows about the process: its connections, its background work, its sandbox.

use lockstep_core::ids::{ConnectionId, RunId};
use serde::{Deserialize, Serialize};

use super::connections::ConnectionView;

/// Work that goes on in the background.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct JobView {
    /// Connection.
    pub connection_id: ConnectionId,
    /// `refresh` or `run`.
    pub kind: String,
    /// What it is doing, in a few words.
    pub step: String,
    /// Items read or done.
    pub done: u32,
    /// Items expected; `None` while unknown.
    pub total: Option<u32>,
    /// The run, for runs.
    pub run_id: Option<RunId>,
    /// Seconds left, once known.
    pub seconds_left: Option<u32>,
}

/// The sandbox's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct SandboxView {
    /// The connection made for it.
    pub connection_id: ConnectionId,
    /// `small`, `medium`, `large`.
    pub scenario: String,
    /// Faults in force, as their specifications.
    pub faults: Vec<String>,
}

/// What the window needs at its start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Session {
    /// Lockstep's version.
    pub version: String,
    /// Connections, by name.
    pub connections: Vec<ConnectionView>,
    /// The sandbox, when it runs.
    pub sandbox: Option<SandboxView>,
    /// Whether another process holds the data directory: everything can be read, nothing changed.
    pub is_read_only: bool,
}
