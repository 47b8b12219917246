//! Whether a choice can be taken for a conflict.

use lockstep_core::plan::conflict::Conflict;
use lockstep_core::plan::{Plan, choice};

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

/// Returns the choice as it is recorded. `cached` is what the plan was made from, with the answers accepted so far.
pub(super) fn check_choice(
    asked: &Asked,
    conflict: &Conflict,
    cached: &Cached,
    choice: &str,
) -> Result<String, Refusal> {
    let plan = Plan { conflicts: asked.conflicts.clone(), ..Plan::default() };
    match choice::check_choice(&cached.input(), &plan, &conflict.id, choice) {
        Ok(choice) => Ok(choice.to_string()),
        Err(error) => Err(Refusal::new(error.code(), error.to_string())),
    }
}
