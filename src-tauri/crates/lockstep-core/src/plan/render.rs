//! A plan as text, for the command line and for tests: stable, one line or one block per operation.
//!
//! As an outline:
//!
//! ```text
//! Plan: 1 ready, 1 held; 1 request (1 PATCH).
//!
//! ~ update ada@example.com: title "Analyst" → "Engineer" · Ada Lovelace: title differs from JumpCloud.
//! - deactivate bob@example.com [held by guard] · Bob left Engineering, the last bound group they were in.
//! ```
//!
//! In detail:
//!
//! ```text
//! Plan: 1 ready, 1 held; 1 request (1 PATCH).
//!
//! ~ update ada@example.com (Ada Lovelace)
//!     title: "Analyst" → "Engineer"
//!     Ada Lovelace: title differs from JumpCloud.
//! - deactivate bob@example.com (Bob) [held by guard]
//!     active: true → false
//!     Bob left Engineering, the last bound group they were in.
//! ```

use std::fmt::{self, Write as _};

use super::Plan;
use super::document::{DocumentValue, Values, before_and_after};
use super::operation::{AttributeChange, HeldBy, Operation, OperationKind, Payload, Reversibility, Subject};
use super::reason::enumerate;
use super::requests::Requests;
use crate::finding::Severity;
use crate::memory::TargetMemory;
use crate::run::Method;

/// Names of members written out per operation.
const MEMBERS_NAMED: usize = 10;
/// Names of members in an outline's line.
const MEMBERS_IN_A_LINE: usize = 3;
/// Attributes in an outline's line.
const CHANGES_IN_A_LINE: usize = 2;
/// Letters of a value in an outline's line.
const LETTERS_IN_A_LINE: usize = 40;

/// How much a plan's text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// A line per operation: what, whom, the change in a few words, why.
    Outline,
    /// A block per operation with every attribute.
    Full,
}

/// Returns the whole plan as text with every attribute, ending with a line break.
pub fn render(plan: &Plan, memory: &TargetMemory) -> String {
    render_in(Detail::Full, plan, memory)
}

/// Returns the whole plan as text in the detail that is asked for, ending with a line break.
pub fn render_in(detail: Detail, plan: &Plan, memory: &TargetMemory) -> String {
    Text { detail, plan, memory }.to_string()
}

struct Text<'a> {
    detail: Detail,
    plan: &'a Plan,
    memory: &'a TargetMemory,
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { detail, plan, memory } = self;
        writeln!(f, "{}", headline(plan, memory))?;
        if !plan.operations.is_empty() {
            writeln!(f)?;
        }
        for operation in &plan.operations {
            match detail {
                Detail::Outline => outline(f, operation)?,
                Detail::Full => block(f, operation)?,
            }
        }
        if !plan.conflicts.is_empty() {
            writeln!(f, "\nQuestions:")?;
        }
        for conflict in &plan.conflicts {
            writeln!(f, "? {}: {}", conflict.subject.label(), conflict.text)?;
            match &conflict.decision {
                Some(decision) => writeln!(f, "    decided: {decision}")?,
                None => writeln!(f, "    choices: {}", conflict.choices.join(", "))?,
            }
        }
        if !plan.findings.is_empty() {
            writeln!(f, "\nFindings:")?;
        }
        for finding in &plan.findings {
            let severity = match finding.severity {
                Severity::Info => "info",
                Severity::Warning => "warning",
                Severity::Error => "error",
            };
            writeln!(f, "{severity}: {}", finding.text)?;
        }
        Ok(())
    }
}

/// Returns the plan's first line.
pub fn headline(plan: &Plan, memory: &TargetMemory) -> String {
    let requests = Requests::of(plan.ready(), memory);
    let ready = plan.ready().count();
    let held = plan.operations.len() - ready;
    if plan.operations.is_empty() {
        return "Plan: nothing to do.".to_owned();
    }
    let noun = if requests.planned == 1 { "request" } else { "requests" };
    let by_method: Vec<String> = requests
        .by_method
        .iter()
        .map(|(method, count)| {
            let method = match method {
                Method::Post => "POST",
                Method::Patch => "PATCH",
                Method::Delete => "DELETE",
            };
            format!("{count} {method}")
        })
        .collect();
    let mut line = format!("Plan: {ready} ready, {held} held; {} {noun}", requests.planned);
    if !by_method.is_empty() {
        // Writing into text cannot fail.
        let _ = write!(line, " ({})", by_method.join(", "));
    }
    line.push('.');
    line
}

fn outline(f: &mut fmt::Formatter<'_>, operation: &Operation) -> fmt::Result {
    let (sign, verb) = sign_and_verb(operation.kind);
    write!(f, "{sign} {verb} {}", operation.subject.label())?;
    marks(f, operation)?;
    let change = in_a_few_words(&operation.payload);
    if !change.is_empty() {
        write!(f, ": {change}")?;
    }
    writeln!(f, " · {}", operation.reason.text)
}

/// Returns what changes, as far as the verb does not say it; may be empty.
fn in_a_few_words(payload: &Payload) -> String {
    match payload {
        Payload::LinkUser { changes, .. }
        | Payload::UpdateUser { changes, .. }
        | Payload::ActivateUser { changes, .. }
        | Payload::DeactivateUser { changes, .. } => {
            let mut words: Vec<String> =
                changes.iter().take(CHANGES_IN_A_LINE).map(change_in_words).collect();
            if changes.len() > CHANGES_IN_A_LINE {
                words.push(format!("{} more", changes.len() - CHANGES_IN_A_LINE));
            }
            words.join(", ")
        }
        Payload::RenameGroup { before, .. } => format!("was {before:?}"),
        Payload::AddMembers { members, .. }
        | Payload::RemoveMembers { members, .. }
        | Payload::AddSourceMembers { members, .. } => {
            let names: Vec<&str> = members.iter().map(|member| member.label.as_str()).collect();
            enumerate(&names, MEMBERS_IN_A_LINE)
        }
        Payload::CreateUser { .. }
        | Payload::DeleteUser { .. }
        | Payload::CreateGroup { .. }
        | Payload::TakeOverGroup { .. }
        | Payload::DeleteGroup { .. }
        | Payload::ReleaseGroup { .. } => String::new(),
    }
}

fn change_in_words(change: &AttributeChange) -> String {
    let short = |value: &String| {
        let mut letters = value.chars();
        let mut text: String = letters.by_ref().take(LETTERS_IN_A_LINE).collect();
        if letters.next().is_some() {
            text.push('…');
        }
        format!("{text:?}")
    };
    let name = change.attribute.name();
    match (&change.before, &change.after) {
        (None, Some(after)) => format!("{name} {}", short(after)),
        (Some(before), Some(after)) => format!("{name} {} → {}", short(before), short(after)),
        (Some(before), None) => format!("{name} {} → (none)", short(before)),
        (None, None) => name.to_owned(),
    }
}

fn block(f: &mut fmt::Formatter<'_>, operation: &Operation) -> fmt::Result {
    let (sign, verb) = sign_and_verb(operation.kind);
    write!(f, "{sign} {verb} {}", operation.subject.label())?;
    if let Subject::Person { label, name, .. } = &operation.subject
        && label != name
    {
        write!(f, " ({name})")?;
    }
    marks(f, operation)?;
    writeln!(f)?;
    let (before, after) = before_and_after(operation);
    changes(f, before.as_ref(), after.as_ref())?;
    writeln!(f, "    {}", operation.reason.text)
}

/// Writes what holds the operation, and that it cannot be undone.
fn marks(f: &mut fmt::Formatter<'_>, operation: &Operation) -> fmt::Result {
    if let Some(held_by) = operation.held_by {
        write!(f, " [held by {}]", held_by_words(held_by))?;
    }
    if operation.reversibility == Reversibility::Irreversible
        && operation.held_by != Some(HeldBy::Irreversible)
    {
        f.write_str(" [cannot be undone]")?;
    }
    Ok(())
}

fn changes(f: &mut fmt::Formatter<'_>, before: Option<&Values>, after: Option<&Values>) -> fmt::Result {
    let names = before.into_iter().chain(after).flat_map(Values::keys);
    let mut written: Vec<&str> = Vec::new();
    for name in names {
        if name == "count" || written.contains(&name.as_str()) {
            continue;
        }
        written.push(name);
        let old = before.and_then(|values| values.get(name));
        let new = after.and_then(|values| values.get(name));
        match (old, new) {
            (Some(DocumentValue::Labels(labels)), None) => {
                writeln!(f, "    members: {}", members(labels, before))?;
            }
            (Some(DocumentValue::Labels(removed)), Some(DocumentValue::Labels(added))) => {
                for (sign, labels, side) in [("+", added, after), ("-", removed, before)] {
                    if !labels.is_empty() {
                        writeln!(f, "    members: {sign} {}", members(labels, side))?;
                    }
                }
            }
            (None, Some(new)) => writeln!(f, "    {name}: {}", value(new))?,
            (Some(old), None) => writeln!(f, "    {name}: {}", value(old))?,
            (Some(old), Some(new)) => writeln!(f, "    {name}: {} → {}", value(old), value(new))?,
            (None, None) => {}
        }
    }
    Ok(())
}

fn members(labels: &[String], side: Option<&Values>) -> String {
    let total = match side.and_then(|values| values.get("count")) {
        Some(DocumentValue::Count(count)) => *count,
        _ => labels.len(),
    };
    let named: Vec<&str> = labels.iter().take(MEMBERS_NAMED).map(String::as_str).collect();
    let mut text = named.join(", ");
    if total > named.len() {
        let _ = write!(text, " and {} more", total - named.len());
    }
    text
}

fn value(value: &DocumentValue) -> String {
    match value {
        DocumentValue::Flag(flag) => flag.to_string(),
        DocumentValue::Count(count) => count.to_string(),
        DocumentValue::Text(text) => format!("{text:?}"),
        DocumentValue::Labels(labels) => members(labels, None),
        DocumentValue::Nothing => "(none)".to_owned(),
    }
}

const fn sign_and_verb(kind: OperationKind) -> (char, &'static str) {
    match kind {
        OperationKind::LinkUser => ('=', "link"),
        OperationKind::UpdateUser => ('~', "update"),
        OperationKind::ActivateUser => ('+', "activate"),
        OperationKind::CreateUser => ('+', "create"),
        OperationKind::ReleaseGroup => ('=', "release group"),
        OperationKind::TakeOverGroup => ('=', "take over group"),
        OperationKind::CreateGroup => ('+', "create group"),
        OperationKind::RenameGroup => ('~', "rename group"),
        OperationKind::AddSourceMembers => ('+', "add in JumpCloud to group"),
        OperationKind::AddMembers => ('+', "add members to group"),
        OperationKind::RemoveMembers => ('-', "remove members from group"),
        OperationKind::DeactivateUser => ('-', "deactivate"),
        OperationKind::DeleteUser => ('!', "delete"),
        OperationKind::DeleteGroup => ('!', "delete group"),
    }
}

const fn held_by_words(held_by: HeldBy) -> &'static str {
    match held_by {
        HeldBy::Guard => "guard",
        HeldBy::Conflict => "conflict",
        HeldBy::UserLimit => "user limit",
        HeldBy::Domain => "domain",
        HeldBy::Acknowledgement => "acknowledgement",
        HeldBy::Irreversible => "irreversible: cannot be undone",
        HeldBy::Quarantine => "quarantine",
    }
}
