//! The one sentence of an explanation, put together from what happens and why.

use super::facts::{Facts, GroupState, Membership, PathStep};
use super::person::{Fate, Held, Will, is_unknown_in_source};
use crate::attribute::Attribute;
use crate::plan::operation::{HeldBy, Operation, Payload, ReasonCode};
use crate::plan::reason::enumerate;
use crate::policy::scope::{DomainVerdict, Domains};
use crate::snapshot::source::{LifecycleState, SourcePerson};

/// Names listed in a sentence.
const NAMES: usize = 3;

/// Returns the sentence.
pub(crate) fn headline(facts: &Facts<'_>, fate: &Fate<'_>) -> String {
    let name = facts.name();
    match (fate.operation, &fate.held) {
        (Some(operation), Some(held)) if fate.will == Will::BeHeld => {
            let because = match held.by {
                // What holds these is the reason itself.
                HeldBy::Domain | HeldBy::UserLimit => String::new(),
                _ => because(facts, operation),
            };
            format!("{name} would {}{because}, but {}.", verb(held.would), holding(facts, held))
        }
        (Some(operation), _) => format!("{name} will {}{}.", verb(fate.will), because(facts, operation)),
        (None, _) => unchanged(facts, fate),
    }
}

/// Returns the sentence for somebody about whom the plan has nothing to do.
fn unchanged(facts: &Facts<'_>, fate: &Fate<'_>) -> String {
    let name = facts.name();
    if let Some(conflict) = facts.conflict.filter(|conflict| conflict.decision.is_some()) {
        let decision = conflict.decision.as_deref().unwrap_or_default();
        return format!(
            "Nothing happens to {name}, since the question about them was answered with “{decision}”."
        );
    }
    match (fate.will, facts.person, facts.user) {
        (Will::NotBeCreated, Some(person), _) => match inactivity_clause(person) {
            Some(inactive) => format!("{name} will not be created in Atlassian, because {inactive}."),
            None => format!("{name} has no account in Atlassian, and this plan makes none."),
        },
        (Will::NotInScope, ..) => format!("{name} is in no bound group and has no account in Atlassian."),
        (_, Some(_), None) => {
            format!(
                "{name} is in no bound group; an account with the same address exists in Atlassian and is left alone."
            )
        }
        (_, _, None) => format!("{name} is known to neither side any more; only the link is left."),
        (_, None, Some(_)) if facts.link.is_none() => {
            format!(
                "{name}'s account in Atlassian is left alone, because nobody in JumpCloud is linked to it."
            )
        }
        (_, None, Some(user)) if is_unknown_in_source(facts) => {
            let stays = stays(user.active);
            format!("{name} stays {stays}, because JumpCloud did not say what became of them.")
        }
        (_, None, Some(user)) => {
            format!("{name} stays {} and was deleted in JumpCloud.", stays(user.active))
        }
        (_, Some(person), Some(user)) => {
            let stays = stays(user.active);
            let groups = enumerate(&facts.scope_groups(), NAMES);
            match (facts.is_in_scope(), inactivity_clause(person)) {
                (true, None) => format!("{name} stays {stays}, because they are in {groups}."),
                (true, Some(inactive)) => format!("{name} stays {stays}, because {inactive}."),
                (false, None) => format!("{name} stays {stays}, because they are in no bound group."),
                (false, Some(inactive)) => {
                    format!("{name} stays {stays}, because they are in no bound group, and {inactive}.")
                }
            }
        }
    }
}

const fn stays(active: bool) -> &'static str {
    if active { "active in Atlassian" } else { "deactivated in Atlassian" }
}

/// Returns what happens, to follow "will" or "would".
pub(crate) const fn verb(will: Will) -> &'static str {
    match will {
        Will::Stay => "stay as they are in Atlassian",
        Will::BeCreated => "be created in Atlassian",
        Will::BeLinked => "be linked to the account in Atlassian",
        Will::BeUpdated => "be updated in Atlassian",
        Will::BeActivated => "be activated in Atlassian",
        Will::BeDeactivated => "be deactivated in Atlassian",
        Will::BeDeleted => "be deleted in Atlassian",
        Will::BeHeld => "be held",
        Will::NotBeCreated => "not be created in Atlassian",
        Will::NotInScope => "have no account in Atlassian",
    }
}

/// Returns ", because …" for an operation's reason; empty where the reason says nothing about a person.
fn because(facts: &Facts<'_>, operation: &Operation) -> String {
    let clause = match operation.reason.code {
        ReasonCode::JoinedBoundGroup if facts.user.is_none() && facts.link.is_some() => {
            "their account has vanished from the directory".to_owned()
        }
        ReasonCode::JoinedBoundGroup => match facts.scope_groups().as_slice() {
            [] => "they are in a bound group".to_owned(),
            groups => format!("they are in {}", enumerate(groups, NAMES)),
        },
        ReasonCode::LeftLastBoundGroup | ReasonCode::GroupUnbound | ReasonCode::GroupDeleted => {
            out_of_scope(facts)
        }
        ReasonCode::Suspended | ReasonCode::PasswordExpired | ReasonCode::Staged => {
            match facts.person.and_then(inactivity_clause) {
                Some(inactive) => inactive,
                None => return String::new(),
            }
        }
        ReasonCode::Restored => "they are active in JumpCloud again".to_owned(),
        ReasonCode::DeletedInJumpcloud => "they were deleted in JumpCloud".to_owned(),
        ReasonCode::AttributesChanged => changed(operation),
        ReasonCode::FoundByExternalId => "an account with their JumpCloud id exists already".to_owned(),
        ReasonCode::FoundByUserName => "an account with the same user name exists already".to_owned(),
        ReasonCode::FoundByEmail => "an account with the same e-mail address exists already".to_owned(),
        ReasonCode::Undo => "an earlier run is being undone".to_owned(),
        ReasonCode::DomainNotVerified
        | ReasonCode::OverUserLimit
        | ReasonCode::FirstMember
        | ReasonCode::MembershipChanged
        | ReasonCode::GroupRenamed => return String::new(),
    };
    format!(", because {clause}")
}

fn changed(operation: &Operation) -> String {
    let names: Vec<&str> = match &operation.payload {
        Payload::UpdateUser { changes, .. } => changes.iter().map(|change| change.attribute.name()).collect(),
        _ => Vec::new(),
    };
    match names.as_slice() {
        [] => "both records differ".to_owned(),
        [one] => format!("{one} differs from JumpCloud"),
        several => format!("{} differ from JumpCloud", enumerate(several, NAMES)),
    }
}

/// Says why somebody is in no bound group any more, by the groups they were in.
pub(crate) fn out_of_scope(facts: &Facts<'_>) -> String {
    let of = |wanted: &dyn Fn(&PathStep) -> bool| -> Vec<&str> {
        facts.path.iter().filter(|step| wanted(step)).map(|step| step.group.as_str()).collect()
    };
    let emptied = of(&|step| step.bound && step.member == Membership::Left && step.members == Some(0));
    let left = of(&|step| step.bound && step.member == Membership::Left && step.members != Some(0));
    let unbound = of(&|step| step.state == GroupState::Unbound);
    let deleted = of(&|step| step.state == GroupState::Deleted);
    let unknown = of(&|step| step.state == GroupState::Unknown);
    let were = |groups: &[&str]| if groups.len() == 1 { "was" } else { "were" };
    let mut clauses = Vec::new();
    if !left.is_empty() {
        let last = if left.len() == 1 { "the last bound group" } else { "the last bound groups" };
        clauses.push(format!("they left {}, {last} they were in", enumerate(&left, NAMES)));
    }
    if !emptied.is_empty() {
        let have = if emptied.len() == 1 { "has" } else { "have" };
        clauses.push(format!("{} {have} no members any more", enumerate(&emptied, NAMES)));
    }
    if !unbound.is_empty() {
        let names = enumerate(&unbound, NAMES);
        clauses.push(format!("{names} {} unbound from the application", were(&unbound)));
    }
    if !deleted.is_empty() {
        clauses.push(format!("{} {} deleted in JumpCloud", enumerate(&deleted, NAMES), were(&deleted)));
    }
    if !unknown.is_empty() {
        let are = if unknown.len() == 1 { "is" } else { "are" };
        clauses.push(format!("{} {are} not among the bound groups any more", enumerate(&unknown, NAMES)));
    }
    if clauses.is_empty() {
        return "they are in no bound group".to_owned();
    }
    let mut text = clauses.join("; ");
    if left.is_empty() {
        text.push_str(", and no other bound group has them");
    }
    text
}

/// Says why JumpCloud means somebody not to be able to work; `None` for an active person.
pub(crate) fn inactivity_clause(person: &SourcePerson) -> Option<String> {
    let mut clauses = Vec::new();
    match person.state {
        LifecycleState::Suspended => clauses.push("they are suspended in JumpCloud"),
        LifecycleState::Staged => clauses.push("they are staged in JumpCloud and not yet activated"),
        LifecycleState::Activated => {}
    }
    if person.password_expired {
        let alone = clauses.is_empty();
        clauses.push(if alone {
            "their password has expired in JumpCloud"
        } else {
            "their password has expired"
        });
    }
    (!clauses.is_empty()).then(|| clauses.join(" and "))
}

/// Says what holds something, to follow "but".
pub(crate) fn holding(facts: &Facts<'_>, held: &Held) -> String {
    match held.by {
        HeldBy::Guard if facts.is_protected() => "they are protected in the settings".to_owned(),
        HeldBy::Guard if held.releasable => "a guard holds it until somebody releases it".to_owned(),
        HeldBy::Guard if !facts.input.target.users_completeness.is_complete() => {
            "Atlassian's users were not read to the end".to_owned()
        }
        HeldBy::Guard if !facts.input.source.completeness().is_complete() => {
            "JumpCloud was not read to the end".to_owned()
        }
        HeldBy::Guard if held.would == Will::BeCreated && lacks(facts, Attribute::UserName) => {
            "they have no user name in JumpCloud".to_owned()
        }
        HeldBy::Guard => "what JumpCloud said does not settle it".to_owned(),
        HeldBy::Conflict => "a question has to be answered first".to_owned(),
        HeldBy::UserLimit => {
            format!("the limit of {} accounts leaves no room", facts.input.policy.user_limit)
        }
        HeldBy::Domain => domain(facts),
        HeldBy::Acknowledgement => "somebody has to acknowledge it first".to_owned(),
        HeldBy::Irreversible => "that cannot be undone and has to be allowed by name".to_owned(),
        HeldBy::Quarantine => "it failed repeatedly and rests for a while".to_owned(),
    }
}

fn lacks(facts: &Facts<'_>, attribute: Attribute) -> bool {
    facts.person.is_none_or(|person| facts.feeds.desired(person, attribute).value().is_none())
}

fn domain(facts: &Facts<'_>) -> String {
    let Some(person) = facts.person else {
        return "their e-mail address is in no verified domain".to_owned();
    };
    let address = facts.feeds.desired(person, Attribute::Email);
    match Domains::new(facts.input.policy, facts.input.target).judge(address.value()) {
        DomainVerdict::NotVerified => {
            let domain = address.value().and_then(crate::email::domain);
            format!("the domain {} is not verified", domain.as_deref().unwrap_or_default())
        }
        _ => "they have no usable e-mail address in JumpCloud".to_owned(),
    }
}
