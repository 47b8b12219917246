//! Whether a choice can be taken for a conflict.

use lockstep_core::plan::conflict::Conflict;

use super::conflicts::Asked;
use crate::sync::replan::Cached;

/// Why an answer is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Stable code.
    pub(super) code: &'static str,
    /// One or two sentences.
    pub(super) text: String,
}

impl Refusal {
    pub(super) fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

/// Returns the choice as it is recorded.
pub(super) fn check_choice(
    _asked: &Asked,
    conflict: &Conflict,
    _cached: Option<&Cached>,
    choice: &str,
) -> Result<String, Refusal> {
    let choice = choice.trim();
    if conflict.choices.iter().any(|offered| offered == choice) && choice != "rename:NEW" {
        return Ok(choice.to_owned());
    }
    let offered = conflict.choices.join(", ");
    Err(Refusal::new(
        "choice_not_offered",
        format!("“{choice}” is no answer to this question. It can be answered with: {offered}."),
    ))
}
