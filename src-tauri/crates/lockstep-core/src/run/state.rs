//! States of runs and of the operations in them.

use serde::{Deserialize, Serialize};

/// Where a run stands; the names are the headless contract's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Going on, or broken off: the next start ends it as stopped.
    Running,
    /// Everything was sent and reads back as planned.
    Converged,
    /// Something failed, moved or reads back differently.
    Partial,
    /// Stopped by a person or by refused credentials.
    Stopped,
    /// There was nothing to send.
    NothingToDo,
}

/// Where one operation of a run stands; this is what the journal records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum OperationState {
    /// Not begun.
    Planned,
    /// About to be sent, or sent and not answered: after a crash its outcome is unknown.
    Sending,
    /// Its outcome is unknown and is being read back.
    Verifying,
    /// Done, by us or before us.
    Done,
    /// Failed for good in this run.
    Failed,
    /// Not sent: the run was stopped, or its facts had moved.
    Skipped,
    /// Not sent: an operation it needs failed.
    Blocked,
}

impl OperationState {
    /// Every state, in the order of the life cycle.
    pub const ALL: [Self; 7] = [
        Self::Planned,
        Self::Sending,
        Self::Verifying,
        Self::Done,
        Self::Failed,
        Self::Skipped,
        Self::Blocked,
    ];

    /// Whether nothing more happens to the operation in this run.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Skipped | Self::Blocked)
    }

    /// Whether a request may be under way, so that a restart has to read back first (R4).
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sending | Self::Verifying)
    }

    /// Whether an operation may go from this state to the next one.
    ///
    /// `Sending` to `Sending` is the next attempt or the next batch; `Planned` to `Done` is an operation that sends
    /// nothing. From `Sending` and `Verifying` only an attempt that certainly had no effect may end as `Skipped`.
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Planned => matches!(next, Self::Sending | Self::Done | Self::Skipped | Self::Blocked),
            Self::Sending => {
                matches!(next, Self::Sending | Self::Verifying | Self::Done | Self::Failed | Self::Skipped)
            }
            Self::Verifying => {
                matches!(next, Self::Sending | Self::Verifying | Self::Done | Self::Failed | Self::Skipped)
            }
            Self::Done | Self::Failed | Self::Skipped | Self::Blocked => false,
        }
    }
}
