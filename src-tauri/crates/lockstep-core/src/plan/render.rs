//! A plan as text, for the command line and for tests: stable, one block per operation.
//!
//! ```text
//! Plan: 1 ready, 1 held; 1 request (1 PATCH).
//!
//! ~ update ada@example.com (Ada Lovelace)
//!     title: "Analyst" → "Engineer"
//!     Ada Lovelace's title changed in JumpCloud.
//! - deactivate bob@example.com (Bob) [held by guard]
//!     active: true → false
//!     Bob left Engineering, the last bound group they were in.
//! ```

use std::fmt::{self, Write as _};

use super::Plan;
use super::document::{DocumentValue, Values, before_and_after};
use super::operation::{HeldBy, Operation, OperationKind, Reversibility, Subject};
use super::requests::Requests;
use crate::finding::Severity;
use crate::memory::TargetMemory;
use crate::run::Method;

/// Names of members written out per operation.
const MEMBERS_NAMED: usize = 10;

/// Returns the whole plan as text, ending with a line break.
pub fn render(plan: &Plan, memory: &TargetMemory) -> String {
    Text(plan, memory).to_string()
}

struct Text<'a>(&'a Plan, &'a TargetMemory);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(plan, memory) = self;
        writeln!(f, "{}", headline(plan, memory))?;
        if !plan.operations.is_empty() {
            writeln!(f)?;
        }
        for operation in &plan.operations {
            block(f, operation)?;
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

fn block(f: &mut fmt::Formatter<'_>, operation: &Operation) -> fmt::Result {
    let (sign, verb) = sign_and_verb(operation.kind);
    write!(f, "{sign} {verb} {}", operation.subject.label())?;
    if let Subject::Person { label, name, .. } = &operation.subject
        && label != name
    {
        write!(f, " ({name})")?;
    }
    if let Some(held_by) = operation.held_by {
        write!(f, " [held by {}]", held_by_words(held_by))?;
    }
    if operation.reversibility == Reversibility::Irreversible
        && operation.held_by != Some(HeldBy::Irreversible)
    {
        f.write_str(" [cannot be undone]")?;
    }
    writeln!(f)?;
    let (before, after) = before_and_after(operation);
    changes(f, before.as_ref(), after.as_ref())?;
    writeln!(f, "    {}", operation.reason.text)
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
