//! People who need a new account, and the places under the user limit (S4, S9, S10).

use jiff::Timestamp;

use super::people::domain_hold;
use super::reason;
use crate::attribute::Attribute;
use crate::email::fold;
use crate::ids::SourceUserId;
use crate::plan::conflict::ConflictKind;
use crate::plan::diff;
use crate::plan::draft::{Account, Draft};
use crate::plan::operation::{HeldBy, Operation, OperationKind, Payload, Reason, ReasonCode};
use crate::plan::question;
use crate::policy::{DomainPolicy, UserOrder};
use crate::snapshot::source::SourcePerson;

/// Somebody who could be created.
#[derive(Debug)]
pub(crate) struct Newcomer {
    position: u32,
    operation: Operation,
}

/// Returns the reason for being in the plan: a group that the person is in.
pub(crate) fn joined(draft: &Draft<'_>, position: u32, name: &str) -> Reason {
    let group = draft.context.scope_group(position).map(|group| group.name.as_str());
    let text = group
        .map_or_else(|| format!("{name} is in a bound group."), |group| format!("{name} joined {group}."));
    reason::reason(ReasonCode::JoinedBoundGroup, text, group)
}

/// Makes the operation that creates somebody's account.
pub(crate) fn create_operation(draft: &Draft<'_>, position: u32, why: Reason) -> Option<Operation> {
    let context = draft.context;
    let person = context.person(position)?;
    let payload = Payload::CreateUser {
        source: person.id.clone(),
        attributes: diff::desired_attributes(&context.feeds, person),
    };
    let subject = context.person_subject(Some(position), None);
    Some(Operation::new(OperationKind::CreateUser, subject, why, payload))
}

/// Takes note of somebody without an account; nobody inactive is created.
pub(crate) fn absent(draft: &mut Draft<'_>, position: u32, newcomers: &mut Vec<Newcomer>) {
    let Some(person) = draft.context.person(position).filter(|person| person.is_active()) else { return };
    let why = joined(draft, position, &person.label());
    if let Some(operation) = create_operation(draft, position, why) {
        admit(draft, person, Newcomer { position, operation }, newcomers);
    }
}

/// Takes note of somebody whose account vanished: created again only after an acknowledgement.
pub(crate) fn vanished(draft: &mut Draft<'_>, position: u32, link: u32, newcomers: &mut Vec<Newcomer>) {
    let context = draft.context;
    if !context.is_in_scope(position) {
        return;
    }
    let Some(person) = context.person(position).filter(|person| person.is_active()) else { return };
    // A short list says nothing about who is missing; the whole plan is held then.
    if !context.input.target.users_completeness.is_complete() {
        return;
    }
    let name = person.label();
    let link = context.person_links.get(link as usize);
    let text = format!(
        "{name}'s account was linked and is not in Atlassian's directory any more. Created again, it gets a new id."
    );
    let subject = context.person_subject(Some(position), None);
    let facts = [person.id.as_str(), link.map_or("", |link| link.target.as_str())];
    let answer = question::ask(
        draft,
        ConflictKind::VanishedTarget,
        subject,
        text.clone(),
        ["recreate", "leave-alone"].map(str::to_owned).to_vec(),
        &facts,
    );
    if answer.as_deref() == Some("leave-alone") {
        return;
    }
    let is_confirmed = matches!(answer.as_deref(), Some("recreate" | "acknowledge"));
    let mut why = joined(draft, position, &name);
    why.text = text;
    let Some(operation) = create_operation(draft, position, why) else { return };
    let operation = if is_confirmed { operation } else { operation.held(HeldBy::Acknowledgement, false) };
    admit(draft, person, Newcomer { position, operation }, newcomers);
}

/// Holds whom the domain rule holds; the rest, if nothing else holds them, compete for places.
fn admit(
    draft: &mut Draft<'_>,
    person: &SourcePerson,
    mut newcomer: Newcomer,
    newcomers: &mut Vec<Newcomer>,
) {
    let name = person.label();
    let has = |attribute| draft.context.feeds.desired(person, attribute).value().is_some();
    if let Some(domain) = domain_hold(draft, person, &name) {
        if newcomer.operation.is_ready() {
            newcomer.operation.reason = domain;
        }
        newcomer.operation.hold(HeldBy::Domain, false);
    } else if draft.context.input.policy.domains == DomainPolicy::Any && !has(Attribute::Email) {
        let text = format!("{name} has no e-mail address in JumpCloud, and Atlassian needs one.");
        newcomer.operation.reason = reason::reason(ReasonCode::DomainNotVerified, text, None);
        newcomer.operation.hold(HeldBy::Domain, false);
    } else if !has(Attribute::UserName) {
        newcomer.operation.reason.text =
            format!("{name} has no user name in JumpCloud, and Atlassian needs one.");
        newcomer.operation.hold(HeldBy::Guard, false);
    }
    let is_protected = draft.context.is_protected(Some(newcomer.position), None);
    let competes = newcomer.operation.is_ready()
        && !is_protected
        && !draft.context.is_in_quarantine(&newcomer.operation.id);
    if competes {
        newcomers.push(newcomer);
    } else {
        draft.push(newcomer.operation, is_protected);
    }
}

/// Creates newcomers in the policy's order as long as there is room; the others are held with their rank (S10).
pub(crate) fn create(draft: &mut Draft<'_>, mut newcomers: Vec<Newcomer>) {
    let context = draft.context;
    let policy = context.input.policy;
    let limit = policy.user_limit as usize;
    let room = limit.saturating_sub(context.users.len());
    let total = newcomers.len();
    if total > room {
        newcomers.sort_by_cached_key(|newcomer| rank_key(draft, policy.user_order, newcomer.position));
    }
    for (rank, mut newcomer) in (1usize..).zip(newcomers) {
        if rank > room {
            let name = newcomer.operation.subject.name();
            let text = format!(
                "{name} is number {rank} of {} and there is room for {room}: {} of {limit} accounts are in use.",
                reason::count(total, "new person", "new people"),
                context.users.len(),
            );
            newcomer.operation.reason = reason::reason(ReasonCode::OverUserLimit, text, None);
            newcomer.operation.hold(HeldBy::UserLimit, false);
        }
        if draft.push(newcomer.operation, false) {
            draft.set_account(newcomer.position, Account::Coming);
        }
    }
}

type RankKey<'a> = (bool, Option<Timestamp>, String, Option<&'a SourceUserId>);

/// Orders newcomers; people of unknown age come last, and the id settles ties.
fn rank_key<'a>(draft: &Draft<'a>, order: UserOrder, position: u32) -> RankKey<'a> {
    let person = draft.context.person(position);
    let id = person.map(|person| &person.id);
    match order {
        UserOrder::Name => {
            (false, None, person.map_or_else(String::new, |p| fold(&p.label()).into_owned()), id)
        }
        UserOrder::Joined | UserOrder::JumpcloudCreated => {
            let created = person.and_then(|person| person.created_at);
            (created.is_none(), created, String::new(), id)
        }
    }
}
