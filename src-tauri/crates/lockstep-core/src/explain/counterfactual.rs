//! What would have to be otherwise for something else to happen.
//!
//! Every entry names its changes as data beside the sentence: the tests make them and plan again, so that no sentence
//! promises what would not come true.

use serde::{Deserialize, Serialize};

use super::facts::{Facts, GroupState, Membership, PathStep};
use super::person::{Fate, Held, Will, is_unknown_in_source};
use crate::attribute::Attribute;
use crate::plan::operation::{HeldBy, OperationKind};
use crate::plan::reason::enumerate;
use crate::policy::DeletedUsers;
use crate::policy::scope::{DomainVerdict, Domains};
use crate::snapshot::source::LifecycleState;

/// Group names in a sentence.
const NAMES: usize = 5;

/// One thing that would be otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// The person is put into one of these bound groups.
    JoinAnyOf {
        /// Their names; all that are bound, also where the sentence names only some.
        groups: Vec<String>,
    },
    /// A group that has the person is bound to the application again.
    BindAgain {
        /// Its name.
        group: String,
    },
    /// The person is taken out of all bound groups.
    LeaveAllGroups,
    /// The person is suspended.
    Suspend,
    /// The suspension ends.
    EndSuspension,
    /// A staged person is activated.
    ActivateInSource,
    /// The password is renewed.
    RenewPassword,
    /// The password expires.
    LetPasswordExpire,
    /// The domain is verified, or typed in as such.
    VerifyDomain {
        /// The domain.
        domain: String,
    },
    /// There is room for the person under the user limit.
    RaiseUserLimit,
    /// The person gets a usable e-mail address.
    GiveEmail,
    /// The person gets a user name.
    GiveUserName,
    /// A guard is overridden for this plan.
    OverrideGuard,
    /// The protection is taken off.
    LiftProtection,
    /// The next reading is complete.
    ReadCompletely,
    /// A question is answered.
    AnswerQuestion,
    /// The operation is allowed by name.
    AllowIrreversible,
    /// The rest after failures ends.
    Retry,
    /// The policy for deleted people is set to deactivate.
    DeactivateDeletedPeople,
    /// A person with the same address is created in JumpCloud and put into a bound group.
    CreateInSource,
}

/// What would change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct WouldChange {
    /// One sentence.
    pub text: String,
    /// All of these together.
    pub changes: Vec<Change>,
    /// What would happen then.
    pub then: Will,
}

/// Returns what would change a person's fate, the nearest first.
pub(crate) fn would_change(facts: &Facts<'_>, fate: &Fate<'_>) -> Vec<WouldChange> {
    let mut all = Vec::new();
    if let Some(held) = &fate.held {
        all.extend(release(facts, held));
    }
    match (facts.person, fate.effect) {
        (None, _) => all.extend(without_person(facts, fate)),
        (Some(_), Will::BeDeactivated | Will::NotBeCreated | Will::NotInScope) => {
            all.extend(gains(facts, fate));
        }
        (Some(_), Will::Stay) if facts.user.is_none_or(|user| !user.active) => all.extend(gains(facts, fate)),
        (Some(_), _) => all.extend(losses(facts, fate)),
    }
    if facts.is_protected() {
        // Whatever else changed, a protected account is not touched.
        all.retain(|way| way.then == Will::Stay || way.changes == [Change::LiftProtection]);
    }
    all
}

fn entry(text: String, changes: Vec<Change>, then: Will) -> WouldChange {
    WouldChange { text, changes, then }
}

/// Returns what lets a held operation go.
fn release(facts: &Facts<'_>, held: &Held) -> Option<WouldChange> {
    let then = held.would;
    let verb = super::sentence::verb(then);
    let name = facts.name();
    let (condition, change) = match held.by {
        HeldBy::Guard if facts.is_protected() => {
            ("the protection were taken off in the settings".to_owned(), Change::LiftProtection)
        }
        HeldBy::Guard if held.releasable => {
            ("somebody overrode the guard for this plan".to_owned(), Change::OverrideGuard)
        }
        HeldBy::Guard
            if !facts.input.source.completeness().is_complete()
                || !facts.input.target.completeness().is_complete() =>
        {
            ("the next reading, a complete one, said the same".to_owned(), Change::ReadCompletely)
        }
        HeldBy::Guard if then == Will::BeCreated => {
            ("they had a user name in JumpCloud".to_owned(), Change::GiveUserName)
        }
        HeldBy::Guard => ("the next reading settled what is unclear".to_owned(), Change::ReadCompletely),
        HeldBy::Conflict => ("the question about it were answered".to_owned(), Change::AnswerQuestion),
        HeldBy::Acknowledgement => ("somebody acknowledged it".to_owned(), Change::AnswerQuestion),
        HeldBy::UserLimit => room_condition(),
        HeldBy::Domain => domain_condition(facts)?,
        HeldBy::Irreversible => ("somebody allowed it by name".to_owned(), Change::AllowIrreversible),
        HeldBy::Quarantine => ("somebody chose to retry now".to_owned(), Change::Retry),
    };
    let mut needed = vec![(condition, change)];
    // A stronger hold hides a weaker one, which would be next.
    if held.by != HeldBy::Domain && !matches!(then, Will::BeDeactivated | Will::BeDeleted) {
        needed.extend(domain_condition(facts));
    }
    if then == Will::BeCreated && held.by != HeldBy::UserLimit && !has_room(facts, &needed) {
        needed.push(room_condition());
    }
    let (conditions, changes): (Vec<String>, Vec<Change>) = needed.into_iter().unzip();
    Some(entry(format!("{name} would {verb} if {}.", enumerate(&conditions, usize::MAX)), changes, then))
}

fn room_condition() -> (String, Change) {
    ("there were room under the user limit".to_owned(), Change::RaiseUserLimit)
}

/// Returns what the domain rule lacks, if it would hold the person (S9).
fn domain_condition(facts: &Facts<'_>) -> Option<(String, Change)> {
    let person = facts.person?;
    let address = facts.feeds.desired(person, Attribute::Email);
    match Domains::new(facts.input.policy, facts.input.target).judge(address.value()) {
        DomainVerdict::Allowed => None,
        DomainVerdict::NoAddress => {
            Some(("they had a usable e-mail address in JumpCloud".to_owned(), Change::GiveEmail))
        }
        DomainVerdict::NotVerified => {
            let domain = address.value().and_then(crate::email::domain)?.into_owned();
            Some((format!("{domain} were a verified domain"), Change::VerifyDomain { domain }))
        }
    }
}

/// Returns the ways in which somebody without an active account would have or keep one.
fn gains(facts: &Facts<'_>, fate: &Fate<'_>) -> Vec<WouldChange> {
    let Some(person) = facts.person else { return Vec::new() };
    let mut needed: Vec<(String, Change)> = Vec::new();
    match person.state {
        LifecycleState::Suspended => {
            needed.push(("the suspension ended in JumpCloud".to_owned(), Change::EndSuspension));
        }
        LifecycleState::Staged => {
            needed.push(("they were activated in JumpCloud".to_owned(), Change::ActivateInSource));
        }
        LifecycleState::Activated => {}
    }
    if person.password_expired {
        needed.push(("the password were renewed".to_owned(), Change::RenewPassword));
    }
    let (verb, then) = match (facts.user.or(facts.lookalike), fate.effect) {
        (Some(user), Will::BeDeactivated) if user.active => ("stay active", Will::Stay),
        (Some(user), _) if facts.link.is_none() && user.active => {
            ("be linked to the account", Will::BeLinked)
        }
        (Some(_), _) => ("be activated", Will::BeActivated),
        (None, _) => ("be created in Atlassian", Will::BeCreated),
    };
    if then != Will::Stay {
        needed.extend(domain_condition(facts));
        let has_user_name = facts.feeds.desired(person, Attribute::UserName).value().is_some();
        if then == Will::BeCreated && !has_user_name {
            needed.push(("they had a user name in JumpCloud".to_owned(), Change::GiveUserName));
        }
    }
    let make = |first: Option<(String, Change)>| {
        let mut all: Vec<(String, Change)> = first.into_iter().chain(needed.iter().cloned()).collect();
        if then == Will::BeCreated && !has_room(facts, &all) {
            all.push(room_condition());
        }
        let (conditions, changes): (Vec<String>, Vec<Change>) = all.into_iter().unzip();
        let conditions = enumerate(&conditions, usize::MAX);
        entry(format!("{} would {verb} if {conditions}.", facts.name()), changes, then)
    };
    if facts.is_in_scope() {
        let way = make(None);
        return if way.changes.is_empty() { Vec::new() } else { vec![way] };
    }
    ways_into_scope(facts).into_iter().map(|way| make(Some(way))).collect()
}

/// Whether one more account may be created beside those that the plan creates and those that the changes bring along.
fn has_room(facts: &Facts<'_>, changes: &[(String, Change)]) -> bool {
    let creates = |held_by: Option<HeldBy>| {
        let operations = facts.plan.operations.iter();
        operations.filter(|own| own.kind == OperationKind::CreateUser && own.held_by == held_by).count()
    };
    let company = changes.iter().map(|(_, change)| match change {
        Change::VerifyDomain { .. } => creates(Some(HeldBy::Domain)),
        Change::BindAgain { group } => {
            let link = facts.input.links.groups.iter().find(|link| link.name == *group);
            link.map_or(0, |link| link.last_members.len())
        }
        _ => 0,
    });
    let expected = facts.input.target.users.len() + creates(None) + company.sum::<usize>();
    expected < facts.input.policy.user_limit as usize
}

/// Returns what would put somebody into scope: back into a group they left, a group bound again, any bound group.
fn ways_into_scope(facts: &Facts<'_>) -> Vec<(String, Change)> {
    let names = |wanted: &dyn Fn(&PathStep) -> bool| -> Vec<String> {
        facts.path.iter().filter(|step| wanted(step)).map(|step| step.group.clone()).collect()
    };
    let mut ways = Vec::new();
    let left = names(&|step| step.bound && step.member == Membership::Left);
    if !left.is_empty() {
        let condition = format!("they were put back into {}", either(&left));
        ways.push((condition, Change::JoinAnyOf { groups: left }));
    }
    for group in names(&|step| step.state == GroupState::Unbound && step.member == Membership::Yes) {
        ways.push((format!("{group} were bound to the application again"), Change::BindAgain { group }));
    }
    let others = names(&|step| step.bound && step.member == Membership::No);
    if !others.is_empty() {
        let any = if ways.is_empty() { "they were in" } else { "they were in any other bound group:" };
        ways.push((format!("{any} {}", either(&others)), Change::JoinAnyOf { groups: others }));
    }
    ways
}

/// Returns "A", "any of A and B", "any of A, B, C, D, E and 7 more".
fn either(groups: &[String]) -> String {
    if groups.len() == 1 { enumerate(groups, NAMES) } else { format!("any of {}", enumerate(groups, NAMES)) }
}

/// Returns the ways in which somebody who has or gets an active account would lose it, or not get it.
fn losses(facts: &Facts<'_>, fate: &Fate<'_>) -> Vec<WouldChange> {
    let name = facts.name();
    let groups = facts.scope_groups();
    let is_linked = facts.link.is_some() && facts.user.is_some();
    let (verb, if_left, if_inactive) = match (fate.effect, facts.user) {
        (Will::BeCreated, _) => ("not be created", Will::NotInScope, Will::NotBeCreated),
        (Will::BeActivated, Some(user)) if !user.active && is_linked => {
            ("stay deactivated", Will::Stay, Will::Stay)
        }
        (_, Some(user)) if user.active && is_linked => {
            ("be deactivated", Will::BeDeactivated, Will::BeDeactivated)
        }
        // Not linked yet: what would happen to the account depends on the link, and more is not promised.
        _ => return Vec::new(),
    };
    if groups.is_empty() {
        return Vec::new();
    }
    let out = match groups.as_slice() {
        [only] => format!("they left {only}, the only bound group they are in"),
        several => format!("they left {}, the only bound groups they are in", enumerate(several, NAMES)),
    };
    let mut ways = vec![
        entry(format!("{name} would {verb} if {out}."), vec![Change::LeaveAllGroups], if_left),
        entry(format!("{name} would {verb} if suspended in JumpCloud."), vec![Change::Suspend], if_inactive),
    ];
    let expires = facts.person.and_then(|person| person.password_expires_at);
    let when = expires.map_or_else(String::new, |at| format!(" (due {})", at.strftime("%Y-%m-%d")));
    ways.push(entry(
        format!("{name} would {verb} if their password expired{when}."),
        vec![Change::LetPasswordExpire],
        if_inactive,
    ));
    ways
}

/// Returns what would change the fate of an account without a person in JumpCloud.
fn without_person(facts: &Facts<'_>, fate: &Fate<'_>) -> Vec<WouldChange> {
    let name = facts.name();
    if is_unknown_in_source(facts) {
        return Vec::new();
    }
    let mut ways = Vec::new();
    if fate.effect == Will::BeDeleted && facts.input.policy.deleted_users == DeletedUsers::Delete {
        let is_active = facts.user.is_some_and(|user| user.active);
        let (verb, then) = if is_active {
            ("only be deactivated", Will::BeDeactivated)
        } else {
            ("stay deactivated", Will::Stay)
        };
        ways.push(entry(
            format!("{name} would {verb} if the policy for deleted people were to deactivate."),
            vec![Change::DeactivateDeletedPeople],
            then,
        ));
    }
    ways.push(entry(
        "The account would be linked if somebody with the same e-mail address were created in JumpCloud and put into \
         a bound group."
            .to_owned(),
        vec![Change::CreateInSource],
        Will::BeLinked,
    ));
    ways
}
