//! Findings about the whole plan: what stands in nobody's way but should be known.

use super::reason;
use crate::finding::Severity;
use crate::plan::draft::Draft;
use crate::plan::operation::{HeldBy, OperationKind};

/// Adds them.
pub(crate) fn add_remarks(draft: &mut Draft<'_>) {
    not_kept(draft);
    domains(draft);
    user_limit(draft);
    names_not_seen(draft);
    waiting(draft);
}

/// Says that groups of the organisation could not be compared by name, and what that means.
fn names_not_seen(draft: &mut Draft<'_>) {
    if !draft.names_not_seen.is_empty() {
        let mut names = std::mem::take(&mut draft.names_not_seen);
        names.sort();
        let text = format!(
            "The organisation's groups were not read to the end, so whether one is called like {} is not known. What would be \
             created is held; plan again.",
            reason::enumerate(&names, 3)
        );
        draft.remark(Severity::Warning, "organisation_incomplete", text, names);
    }
    if draft.context.input.target.organisation.is_some() {
        return;
    }
    let created = draft
        .operations
        .iter()
        .filter(|operation| operation.kind == OperationKind::CreateGroup && operation.is_ready());
    let mut names: Vec<String> = created.map(|operation| operation.subject.label().to_owned()).collect();
    if names.is_empty() {
        return;
    }
    names.sort();
    let text = format!(
        "Without an organisation key it cannot be seen whether Atlassian has groups of its own called like {}. If it has, it \
         answers so, nothing of theirs is changed, and they come up for review.",
        reason::enumerate(&names, 3)
    );
    draft.remark(Severity::Info, "names_not_seen", text, names);
}

/// Says what Atlassian's console is awaited for.
fn waiting(draft: &mut Draft<'_>) {
    let waiting = draft.conflicts.iter().filter(|conflict| conflict.waiting.is_some());
    let mut names: Vec<String> = waiting.map(|conflict| conflict.subject.label().to_owned()).collect();
    if names.is_empty() {
        return;
    }
    names.sort();
    let text = format!(
        "{} for somebody to go on in Atlassian's console; the question of each says where.",
        if names.len() == 1 {
            format!("{} waits", reason::enumerate(&names, 1))
        } else {
            format!("{} wait", reason::enumerate(&names, 3))
        }
    );
    draft.remark(Severity::Warning, "waiting_for_atlassian", text, names);
}

fn not_kept(draft: &mut Draft<'_>) {
    for (attribute, mut labels) in std::mem::take(&mut draft.not_kept) {
        labels.sort();
        let text = format!(
            "Atlassian was seen not to keep {} as it was sent ({}). It is not sent again unless it changes.",
            attribute.name(),
            reason::count(labels.len(), "person", "people")
        );
        draft.remark(Severity::Info, "attribute_not_kept", text, labels);
    }
}

fn held_labels(draft: &Draft<'_>, by: HeldBy) -> Vec<String> {
    let held = draft.operations.iter().filter(|operation| operation.held_by == Some(by));
    let mut labels: Vec<String> = held.map(|operation| operation.subject.label().to_owned()).collect();
    labels.sort();
    labels
}

fn domains(draft: &mut Draft<'_>) {
    let labels = held_labels(draft, HeldBy::Domain);
    if labels.is_empty() {
        return;
    }
    if draft.context.domains.is_closed() {
        let text =
            "No verified domain is known, so nobody can be created or updated. Type in the domains that are \
                    verified in Atlassian, or give an organisation key, which reads them."
                .to_owned();
        draft.remark(Severity::Error, "no_verified_domain", text, labels);
        return;
    }
    let mut domains: Vec<String> = labels
        .iter()
        .filter_map(|label| crate::email::domain(label))
        .map(|domain| domain.into_owned())
        .collect();
    domains.sort();
    domains.dedup();
    let text = format!(
        "{} held because their address is in no verified domain{}. Verify the domain in Atlassian, or change the \
         policy.",
        if labels.len() == 1 { "1 person is".to_owned() } else { format!("{} people are", labels.len()) },
        if domains.is_empty() { String::new() } else { format!(" ({})", reason::enumerate(&domains, 3)) },
    );
    draft.remark(Severity::Warning, "domain_not_verified", text, labels);
}

fn user_limit(draft: &mut Draft<'_>) {
    let labels = held_labels(draft, HeldBy::UserLimit);
    if labels.is_empty() {
        return;
    }
    let created = draft
        .operations
        .iter()
        .filter(|operation| operation.kind == OperationKind::CreateUser && operation.is_ready())
        .count();
    let text = format!(
        "The directory has {} of {} allowed: {} created, {} held. Raise the limit, or choose who comes first.",
        draft.context.users.len(),
        reason::count(draft.context.input.policy.user_limit as usize, "account", "accounts"),
        if created == 1 { "1 person is".to_owned() } else { format!("{created} people are") },
        labels.len(),
    );
    draft.remark(Severity::Warning, "over_user_limit", text, labels);
}
