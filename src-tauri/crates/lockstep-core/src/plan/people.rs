//! Operations on people: link, create, update, activate, deactivate, delete (S4–S10).

use super::leavers::{self, Leaver};
use super::reading::Reading;
use super::{ambiguous, newcomers, reason};
use crate::attribute::Attribute;
use crate::correlation::{Candidate, Owner, Pairing};
use crate::link::PersonLink;
use crate::plan::context::user_label;
use crate::plan::diff;
use crate::plan::draft::{Account, Draft};
use crate::plan::operation::{
    AttributeChange, HeldBy, Operation, OperationKind, Payload, Reason, ReasonCode, Subject,
};
use crate::policy::scope::{DomainVerdict, inactivity};
use crate::policy::{DeletedUsers, DomainPolicy};
use crate::snapshot::source::{Absence, SourcePerson};
use crate::snapshot::target::TargetUser;

/// Plans everything about people.
pub(crate) fn plan_people(draft: &mut Draft<'_>, reading: &Reading) {
    let correlation = draft.correlation;
    let mut newcomers = Vec::new();
    let mut leavers = Vec::new();
    for (person, pairing) in (0u32..).zip(&correlation.people) {
        match pairing {
            Pairing::NotLookedFor => {}
            Pairing::Linked(user) if draft.context.is_in_scope(person) => confirmed(draft, person, *user),
            Pairing::Linked(user) => leavers.push(Leaver { person, user: *user }),
            Pairing::Vanished(link) => newcomers::vanished(draft, person, *link, &mut newcomers),
            Pairing::Absent => newcomers::absent(draft, person, &mut newcomers),
            Pairing::Found(candidate) => found(draft, reading, person, *candidate),
            Pairing::Ambiguous(ambiguity) => ambiguous::plan_ambiguous(draft, reading, person, ambiguity),
        }
    }
    newcomers::create(draft, newcomers);
    leavers::deactivate(draft, reading, &leavers);
    for (user, owner) in (0u32..).zip(&correlation.owners) {
        // An account that somebody else may get (re-hire) is not the old owner's to lose any more.
        let is_taken = draft.pending.contains_key(&user);
        if let Owner::Gone(link) = owner
            && !is_taken
            && let Some(link) = draft.context.person_links.get(*link as usize)
        {
            gone(draft, reading, link, user);
        }
    }
}

/// Plans for somebody in scope whose account is known.
fn confirmed(draft: &mut Draft<'_>, position: u32, user_position: u32) {
    draft.set_account(position, Account::Exists(user_position));
    let context = draft.context;
    let (Some(person), Some(user)) = (context.person(position), context.user(user_position)) else { return };
    let (changes, not_kept) = diff::changes(&context.feeds, context.input.memory, person, user);
    for attribute in not_kept {
        draft.not_kept.entry(attribute).or_default().push(user_label(user).to_owned());
    }
    let inactive = inactivity(person);
    if changes.is_empty() && inactive.is_none() == user.active {
        draft.people_in_step += 1;
        return;
    }
    let name = person.label();
    let target = user.id.clone();
    let domain = domain_hold(draft, person, &name);
    let (kind, mut why, payload) = match (inactive, user.active) {
        (Some(code), true) => {
            // Deactivating is never held by the domain (S9), so nothing that would be is sent along.
            let changes = if domain.is_some() { Vec::new() } else { changes };
            (
                OperationKind::DeactivateUser,
                reason::inactive(code, &name),
                Payload::DeactivateUser { target, changes },
            )
        }
        (None, false) => (
            OperationKind::ActivateUser,
            restored(draft, position, person, &name),
            Payload::ActivateUser { target, changes },
        ),
        _ => (
            OperationKind::UpdateUser,
            reason::attributes_changed(&name, &changes),
            Payload::UpdateUser { target, changes },
        ),
    };
    let is_held = domain.is_some() && kind != OperationKind::DeactivateUser;
    if let Some(domain) = domain.filter(|_| is_held) {
        why = domain;
    }
    let subject = context.person_subject(Some(position), Some(user_position));
    let mut operation = Operation::new(kind, subject, why, payload);
    if is_held {
        operation.hold(HeldBy::Domain, false);
    }
    draft.push(operation, context.is_protected(Some(position), Some(user_position)));
}

/// Says why somebody active in JumpCloud has an inactive account: they came back to a bound group, or to work.
fn restored(draft: &Draft<'_>, position: u32, person: &SourcePerson, name: &str) -> Reason {
    let group = draft.context.scope_group(position);
    let link = group.and_then(|group| draft.context.managed_link(&group.id));
    match (group, link) {
        (Some(group), Some(link))
            if !link.last_members.is_empty() && link.last_members.binary_search(&person.id).is_err() =>
        {
            let text = format!("{name} joined {} and has an account already, which is inactive.", group.name);
            reason::reason(ReasonCode::JoinedBoundGroup, text, Some(&group.name))
        }
        _ => reason::reason(ReasonCode::Restored, format!("{name} is active in JumpCloud again."), None),
    }
}

/// Returns the reason for holding somebody's creation or changes, if the domain rule does (S9).
pub(crate) fn domain_hold(draft: &Draft<'_>, person: &SourcePerson, name: &str) -> Option<Reason> {
    let context = draft.context;
    if context.input.policy.domains == DomainPolicy::Any {
        return None;
    }
    let address = context.feeds.desired(person, Attribute::Email);
    let text = match context.domains.judge(address.value()) {
        DomainVerdict::Allowed => return None,
        DomainVerdict::NoAddress => format!("{name} has no usable e-mail address in JumpCloud."),
        DomainVerdict::NotVerified => {
            let address = address.value().unwrap_or_default();
            let domain = address.rsplit_once('@').map_or(address, |(_, domain)| domain);
            format!("{name}'s address is in {domain}, which is not a verified domain.")
        }
    };
    Some(reason::reason(ReasonCode::DomainNotVerified, text, None))
}

/// Plans the link of an account that the rules found.
fn found(draft: &mut Draft<'_>, reading: &Reading, position: u32, candidate: Candidate) {
    let operation = link_operation(draft, position, candidate, None);
    let Some(mut operation) = operation else { return };
    if let Some(why) = unknown_owner(draft, reading, candidate.user) {
        operation.hold(HeldBy::Guard, false);
        operation.reason.text = format!("{} {why}", operation.reason.text);
    }
    place_link(draft, position, candidate.user, operation);
}

/// Adds a link operation and what follows from it: an account for memberships, or an account in doubt.
pub(crate) fn place_link(draft: &mut Draft<'_>, position: u32, user_position: u32, operation: Operation) {
    let context = draft.context;
    draft.set_pending(user_position, position);
    let is_protected = context.is_protected(Some(position), Some(user_position));
    let is_ready = draft.push(operation, is_protected);
    if !is_ready {
        return;
    }
    draft.set_account(position, Account::Exists(user_position));
    let (Some(person), Some(user)) = (context.person(position), context.user(user_position)) else { return };
    if let Some(code) = inactivity(person).filter(|_| user.active) {
        let subject = context.person_subject(Some(position), Some(user_position));
        let payload = Payload::DeactivateUser { target: user.id.clone(), changes: Vec::new() };
        let why = reason::inactive(code, &person.label());
        draft.push(Operation::new(OperationKind::DeactivateUser, subject, why, payload), is_protected);
    }
}

/// Makes the operation that links an account; it carries what differs, so that one request does both.
pub(crate) fn link_operation(
    draft: &Draft<'_>,
    position: u32,
    candidate: Candidate,
    text: Option<String>,
) -> Option<Operation> {
    let context = draft.context;
    let (person, user) = (context.person(position)?, context.user(candidate.user)?);
    let name = person.label();
    let (changes, _) = diff::changes(&context.feeds, context.input.memory, person, user);
    let is_rehire = is_rehire(&changes, user);
    let text = text.unwrap_or_else(|| {
        let found = format!("An account with {name}'s {} exists already", candidate.rule.describe());
        if is_rehire {
            format!("{found}; it was made for somebody who is not in JumpCloud any more.")
        } else {
            format!("{found}.")
        }
    });
    let why = reason::reason(candidate.rule.reason(), text, None);
    let payload = Payload::LinkUser {
        source: person.id.clone(),
        target: user.id.clone(),
        changes,
        active: (person.is_active() && !user.active).then_some(true),
    };
    let subject = context.person_subject(Some(position), Some(candidate.user));
    let mut operation = Operation::new(OperationKind::LinkUser, subject, why, payload);
    if let Some(domain) = domain_hold(draft, person, &name) {
        operation.reason = domain;
        operation.hold(HeldBy::Domain, false);
    }
    Some(operation)
}

fn is_rehire(changes: &[AttributeChange], user: &TargetUser) -> bool {
    user.attributes.get(Attribute::ExternalId).is_some()
        && changes.iter().any(|change| change.attribute == Attribute::ExternalId)
}

/// Says why it cannot be known whether an account belongs to somebody else; `None` where it can (S3, re-hire).
pub(crate) fn unknown_owner(draft: &Draft<'_>, reading: &Reading, user: u32) -> Option<String> {
    let context = draft.context;
    if let Some(Owner::Gone(link)) = draft.correlation.owners.get(user as usize)
        && let Some(link) = context.person_links.get(*link as usize)
        && context.absence_of_person(&link.source) != Absence::Deleted
    {
        return Some("Whether its former owner still is in JumpCloud could not be found out.".to_owned());
    }
    let external_id = context.user(user)?.attributes.get(Attribute::ExternalId);
    let is_somebody_elses = external_id.is_some() && context.owner_by_external_id(user).is_none();
    reading
        .people
        .as_ref()
        .filter(|_| is_somebody_elses)
        .map(|why| format!("Whether its JumpCloud id is somebody else's is not known: {why}"))
}

/// Plans for an account whose person is not in JumpCloud's list (S8).
fn gone(draft: &mut Draft<'_>, reading: &Reading, link: &PersonLink, user_position: u32) {
    let context = draft.context;
    let Some(user) = context.user(user_position) else { return };
    let absence = context.absence_of_person(&link.source);
    let label = user_label(user);
    if absence != Absence::Deleted {
        if reading.people.is_none() {
            let text = format!(
                "{label} is linked to a JumpCloud user who is not in the list, and asking for them did not say that \
                 they were deleted. Nothing is changed; plan again."
            );
            draft.remark(
                crate::finding::Severity::Warning,
                "source_person_unknown",
                text,
                vec![label.to_owned()],
            );
        }
        return;
    }
    let wants_deletion = context.input.policy.deleted_users == DeletedUsers::Delete;
    if !wants_deletion && !user.active {
        return;
    }
    let name = context.name(None, Some(user_position));
    let text = format!("{name} was deleted in JumpCloud.");
    let why = reason::reason(ReasonCode::DeletedInJumpcloud, text, None);
    let target = user.id.clone();
    let (kind, payload) = if wants_deletion {
        (OperationKind::DeleteUser, Payload::DeleteUser { target: target.clone() })
    } else {
        (
            OperationKind::DeactivateUser,
            Payload::DeactivateUser { target: target.clone(), changes: Vec::new() },
        )
    };
    let subject = Subject::Person {
        source_id: Some(link.source.clone()),
        target_id: Some(target),
        label: label.to_owned(),
        name,
    };
    let mut operation = Operation::new(kind, subject, why, payload);
    if wants_deletion {
        operation.hold(HeldBy::Irreversible, false);
    }
    if reading.people.is_some() {
        operation.hold(HeldBy::Guard, false);
    } else if reading.has_no_people {
        operation.hold(HeldBy::Guard, true);
    }
    draft.push(operation, context.is_protected(None, Some(user_position)));
}
