//! What both sides said at one moment, with markers of completeness.

pub mod organisation;
pub mod source;
pub mod target;

use serde::{Deserialize, Serialize};

/// Whether a list was read to its end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Completeness {
    /// Every page was read and the counts agree.
    #[default]
    Complete,
    /// Something is missing; no deprovisioning may follow from it (R2).
    Incomplete {
        /// One sentence for the admin: what was being read and what went wrong.
        reason: String,
    },
}

impl Completeness {
    /// Whether everything was read.
    pub const fn is_complete(&self) -> bool {
        matches!(self, Self::Complete)
    }

    /// Joins two lists' completeness; the first reason found is kept.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if self.is_complete() { other } else { self }
    }
}
