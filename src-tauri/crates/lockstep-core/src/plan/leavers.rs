//! People who are in no bound group any more: deactivated, with the group that explains it (S6, G5, G6, R2).

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::reading::Reading;
use super::reason;
use crate::ids::ScimId;
use crate::link::{GroupLink, GroupLinkState};
use crate::plan::context::Context;
use crate::plan::draft::Draft;
use crate::plan::operation::{HeldBy, Operation, OperationKind, Payload, Reason, ReasonCode};
use crate::policy::scope::inactivity;
use crate::snapshot::source::Absence;

/// Somebody linked who is out of scope.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leaver {
    /// Position of the person.
    pub(crate) person: u32,
    /// Position of the account.
    pub(crate) user: u32,
}

/// What became of a group that somebody was in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// Still bound and with members: the person left it.
    Left,
    /// Still bound, suddenly without any member.
    Emptied,
    /// Not bound any more.
    Unbound,
    /// Deleted in JumpCloud.
    Deleted,
    /// Not in the list, and asking for it did not settle why.
    Unknown,
}

/// Whether a bound group that had members has none any more, which looks like a broken read (R2).
pub(crate) fn is_suddenly_empty(context: &Context<'_>, link: &GroupLink) -> bool {
    let Some(group) = context.bound_group(&link.source) else { return false };
    let had_members = !link.last_members.is_empty()
        || context.target_group(&link.target).is_some_and(|group| !group.members.is_empty());
    link.state == GroupLinkState::Managed
        && group.members.is_empty()
        && group.completeness.is_complete()
        && had_members
}

fn fate(context: &Context<'_>, link: &GroupLink) -> Fate {
    if context.bound_group(&link.source).is_some() {
        return if is_suddenly_empty(context, link) { Fate::Emptied } else { Fate::Left };
    }
    match context.absence_of_group(&link.source) {
        Absence::Deleted => Fate::Deleted,
        _ if link.state == GroupLinkState::Released => Fate::Unbound,
        Absence::Elsewhere => Fate::Unbound,
        Absence::Unknown => Fate::Unknown,
    }
}

/// Plans the deactivation of everybody who left.
pub(crate) fn deactivate(draft: &mut Draft<'_>, reading: &Reading, leavers: &[Leaver]) {
    let context = draft.context;
    let active: Vec<Leaver> = leavers
        .iter()
        .copied()
        .filter(|leaver| context.user(leaver.user).is_some_and(|user| user.active))
        .collect();
    if active.is_empty() {
        return;
    }
    let former = former_groups(context, &active);
    for (leaver, groups) in active.iter().zip(former) {
        // A person who came back to an account in question keeps it until that is settled.
        if draft.pending.contains_key(&leaver.user) {
            continue;
        }
        one(draft, reading, *leaver, groups);
    }
}

fn one(draft: &mut Draft<'_>, reading: &Reading, leaver: Leaver, mut groups: Vec<(Fate, &GroupLink)>) {
    let context = draft.context;
    let (Some(person), Some(user)) = (context.person(leaver.person), context.user(leaver.user)) else {
        return;
    };
    groups
        .sort_by(|(fate_a, a), (fate_b, b)| (fate_a, &a.name, &a.source).cmp(&(fate_b, &b.name, &b.source)));
    let worst_is = |wanted| groups.iter().any(|(fate, _)| *fate == wanted);
    let hold = if reading.scope.is_some() || worst_is(Fate::Unknown) {
        Some(false)
    } else if reading.has_no_bound_groups || reading.has_no_people || worst_is(Fate::Emptied) {
        Some(true)
    } else {
        None
    };
    let name = person.label();
    let mut why = explain(context, &name, &groups);
    let mut hold = hold;
    // A person read as suspended is a fact of its own, whatever became of the groups (S7).
    if hold.is_some()
        && let Some(code) = inactivity(person)
    {
        why = reason::inactive(code, &name);
        hold = None;
    } else if hold.is_some() {
        let emptied = groups.iter().filter(|(fate, _)| *fate == Fate::Emptied);
        draft.emptied.extend(emptied.map(|(_, link)| link.name.clone()));
    }
    let payload = Payload::DeactivateUser { target: user.id.clone(), changes: Vec::new() };
    let subject = context.person_subject(Some(leaver.person), Some(leaver.user));
    let mut operation = Operation::new(OperationKind::DeactivateUser, subject, why, payload);
    if let Some(releasable) = hold {
        operation.hold(HeldBy::Guard, releasable);
    }
    draft.push(operation, context.is_protected(Some(leaver.person), Some(leaver.user)));
}

/// Prefers what the person did over what happened to a group, and names the group.
fn explain(context: &Context<'_>, name: &str, groups: &[(Fate, &GroupLink)]) -> Reason {
    let Some((fate, link)) = groups.first() else {
        let text = format!("{name} is in no bound group any more.");
        return reason::reason(ReasonCode::LeftLastBoundGroup, text, None);
    };
    let group = context.bound_group(&link.source).map_or(link.name.as_str(), |group| group.name.as_str());
    let (code, text) = match fate {
        Fate::Left if groups.iter().filter(|(other, _)| *other == Fate::Left).count() > 1 => {
            let names: Vec<&str> = groups
                .iter()
                .filter(|(other, _)| *other == Fate::Left)
                .map(|(_, link)| link.name.as_str())
                .collect();
            let names = reason::enumerate(&names, 3);
            (
                ReasonCode::LeftLastBoundGroup,
                format!("{name} left {names}, the last bound groups they were in."),
            )
        }
        Fate::Left => (
            ReasonCode::LeftLastBoundGroup,
            format!("{name} left {group}, the last bound group they were in."),
        ),
        Fate::Emptied => (
            ReasonCode::LeftLastBoundGroup,
            format!("{group} has no members any more; it was the last bound group {name} was in."),
        ),
        Fate::Unbound => (
            ReasonCode::GroupUnbound,
            format!("{group} was unbound from the application, and {name} is in no other bound group."),
        ),
        Fate::Deleted => (
            ReasonCode::GroupDeleted,
            format!("{group} was deleted in JumpCloud, and {name} is in no other bound group."),
        ),
        Fate::Unknown => (
            ReasonCode::GroupUnbound,
            format!("{group} is not among the bound groups any more, and {name} is in no other one."),
        ),
    };
    reason::reason(code, text, Some(group))
}

/// Finds for each leaver the groups they were in: at the last applied membership, else as the target has it.
fn former_groups<'a>(context: &Context<'a>, leavers: &[Leaver]) -> Vec<Vec<(Fate, &'a GroupLink)>> {
    let mut former: Vec<Vec<(Fate, &GroupLink)>> = vec![Vec::new(); leavers.len()];
    let by_id: IndexMap<&str, usize, FxBuildHasher> = leavers
        .iter()
        .enumerate()
        .filter_map(|(slot, leaver)| context.person(leaver.person).map(|person| (person.id.as_str(), slot)))
        .collect();
    for link in context.group_links {
        let fate = fate(context, link);
        for member in &link.last_members {
            if let Some(groups) = by_id.get(member.as_str()).and_then(|slot| former.get_mut(*slot)) {
                groups.push((fate, link));
            }
        }
    }
    if former.iter().all(|groups| !groups.is_empty()) {
        return former;
    }
    let by_target: IndexMap<&ScimId, usize, FxBuildHasher> = leavers
        .iter()
        .enumerate()
        .filter(|(slot, _)| former.get(*slot).is_some_and(Vec::is_empty))
        .filter_map(|(slot, leaver)| context.user(leaver.user).map(|user| (&user.id, slot)))
        .collect();
    for link in context.group_links {
        let Some(group) = context.target_group(&link.target) else { continue };
        let fate = fate(context, link);
        for member in &group.members {
            if let Some(groups) = by_target.get(member).and_then(|slot| former.get_mut(*slot)) {
                groups.push((fate, link));
            }
        }
    }
    former
}
