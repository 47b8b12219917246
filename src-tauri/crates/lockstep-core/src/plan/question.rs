//! Asking the admin: a conflict, and the answer if it was given on the same facts.

use crate::plan::conflict::{Conflict, ConflictKind};
use crate::plan::draft::Draft;
use crate::plan::identity::{conflict_id, fingerprint};
use crate::plan::operation::Subject;

/// Adds a conflict without memberships and returns the answer in force.
pub(crate) fn ask(
    draft: &mut Draft<'_>,
    kind: ConflictKind,
    subject: Subject,
    text: String,
    choices: Vec<String>,
    facts: &[&str],
) -> Option<String> {
    let id = conflict_id(kind, &subject);
    let facts = fingerprint(facts.iter().copied());
    let conflict = Conflict::new(id, kind, subject, text, choices, facts);
    settle(draft, conflict)
}

/// Adds a conflict with the answer in force, and returns that.
pub(crate) fn settle(draft: &mut Draft<'_>, mut conflict: Conflict) -> Option<String> {
    let decision = draft.context.decision(&conflict.id, &conflict.facts);
    conflict.decision = decision.map(|decision| decision.choice.clone());
    let answer = conflict.decision.clone();
    draft.conflicts.push(conflict);
    answer
}
