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
