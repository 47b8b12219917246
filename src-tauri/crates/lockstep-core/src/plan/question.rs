//! Asking the admin: a conflict, and the answer if it was given on the same facts.

use super::{choice, review};
use crate::plan::conflict::{Conflict, ConflictKind};
use crate::plan::context::Context;
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
    let conflict = question(kind, subject, text, choices, facts);
    let answer = answer(draft.context, &conflict);
    settle(draft, conflict, answer.clone());
    answer
}

/// Makes a conflict without memberships.
pub(crate) fn question(
    kind: ConflictKind,
    subject: Subject,
    text: String,
    choices: Vec<String>,
    facts: &[&str],
) -> Conflict {
    let id = conflict_id(kind, &subject);
    let facts = fingerprint(facts.iter().copied());
    Conflict::new(id, kind, subject, text, choices, facts)
}

/// Returns the answer in force: the last one that was given on the same facts.
pub(crate) fn answer(context: &Context<'_>, conflict: &Conflict) -> Option<String> {
    let is_in_force = |choice: &str, facts: &str| {
        facts == conflict.facts || (choice == "keep-others" && review::keeps_the_same(facts, &conflict.facts))
    };
    let decisions = context.input.decisions.iter().rev();
    let mut decisions = decisions.filter(|decision| decision.conflict == conflict.id);
    let decision = decisions.find(|decision| is_in_force(&decision.choice, &decision.facts))?;
    // “acknowledge” is understood where the question has a word of its own for yes.
    let is_known = decision.choice == "acknowledge" || choice::is_offered(conflict, &decision.choice);
    is_known.then(|| decision.choice.clone())
}

/// Adds a conflict with the answer in force.
pub(crate) fn settle(draft: &mut Draft<'_>, mut conflict: Conflict, answer: Option<String>) {
    conflict.decision = answer;
    draft.conflicts.push(conflict);
}
