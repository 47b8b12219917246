//! A question of a plan, for programs and for people.

use jiff::Timestamp;
use lockstep_core::plan::conflict::{Conflict, ConflictPerson};
use lockstep_engine::api::views::{ConflictStatus, ConflictView, FormerDecision};
use serde::Serialize;

/// People of a list that are named for people; programs get them all.
const NAMED: usize = 20;

/// A conflict as the contract's plan has it, with who answered it.
#[derive(Debug, Serialize)]
pub(crate) struct ConflictDocument<'a> {
    #[serde(flatten)]
    conflict: &'a Conflict,
    /// How many there are; beyond 1,000 the lists are cut.
    stays_total: u32,
    gains_total: u32,
    loses_total: u32,
    status: ConflictStatus,
    decided_by: Option<&'a str>,
    decided_at: Option<Timestamp>,
    decided_before: Option<&'a FormerDecision>,
    deep_link: Option<&'a str>,
}

impl<'a> From<&'a ConflictView> for ConflictDocument<'a> {
    fn from(view: &'a ConflictView) -> Self {
        Self {
            conflict: &view.conflict,
            stays_total: view.stays_total,
            gains_total: view.gains_total,
            loses_total: view.loses_total,
            status: view.status,
            decided_by: view.decided_by.as_deref(),
            decided_at: view.decided_at,
            decided_before: view.decided_before.as_ref(),
            deep_link: view.deep_link.as_deref(),
        }
    }
}

/// Returns a question for people, with its answer.
pub(crate) fn conflict_text(view: &ConflictView) -> String {
    let conflict = &view.conflict;
    let mut text = format!("{}: {}\n", conflict.subject.label(), conflict.text);
    let mut line = |words: String| text.push_str(&format!("  {words}\n"));
    for warning in &conflict.warnings {
        line(warning.text.clone());
    }
    people(&mut line, "stay", &conflict.stays, view.stays_total);
    people(&mut line, "gain membership", &conflict.gains, view.gains_total);
    people(&mut line, "lose membership", &conflict.loses, view.loses_total);
    for seats in &conflict.new_seats {
        line(format!("new users of {}: {}", seats.app, seats.people.join(", ")));
    }
    if let Some(blocked) = &conflict.blocked {
        line(blocked.clone());
    }
    if let Some(waiting) = &conflict.waiting {
        line(waiting.clone());
    }
    match (&conflict.decision, &view.decided_by, view.decided_at) {
        (Some(choice), Some(by), Some(at)) => {
            line(format!("decision: {choice}, by {by} on {}", at.strftime("%Y-%m-%d %H:%M:%S")));
        }
        (Some(choice), ..) => line(format!("decision: {choice}")),
        (None, ..) => line(format!("choices: {}", conflict.choices.join(", "))),
    }
    text
}

fn people(line: &mut impl FnMut(String), what: &str, people: &[ConflictPerson], total: u32) {
    if people.is_empty() {
        return;
    }
    let names: Vec<String> = people.iter().take(NAMED).map(person).collect();
    let more = (total as usize).saturating_sub(names.len());
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    line(format!("{total} {what}: {}{rest}", names.join(", ")));
}

fn person(person: &ConflictPerson) -> String {
    let label = &person.label;
    match (person.loses_access_to.as_slice(), person.keeps_access_through.as_slice()) {
        ([], []) => label.clone(),
        ([], through) => format!("{label} (keeps access through {})", through.join(", ")),
        (lost, _) => format!("{label} (loses {})", lost.join(", ")),
    }
}
