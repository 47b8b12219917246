//! Findings: what the admin should know about a plan, as data.

use serde::{Deserialize, Serialize};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Look at it.
    Warning,
    /// Something is held or cannot be done because of it.
    Error,
}

/// One remark about a plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// Stable code, for example `guard_deactivations`, `source_incomplete`, `attribute_not_kept`.
    pub code: String,
    /// One or two sentences: what it is and what to do.
    pub text: String,
    /// Labels of the objects concerned, in the plan's order; empty where it is about the whole plan.
    pub subjects: Vec<String>,
}
