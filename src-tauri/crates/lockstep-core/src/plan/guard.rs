//! Guards: when a plan waits for a person although nothing in it is in doubt (R2, R3).

use std::collections::BTreeMap;

use super::reading::Reading;
use super::{order, reason};
use crate::correlation::Owner;
use crate::finding::Severity;
use crate::ids::SourceGroupId;
use crate::link::GroupLinkState;
use crate::plan::draft::Draft;
use crate::plan::operation::{HeldBy, Operation, OperationKind, Payload, ReasonCode};

/// From this many deactivations on the default share counts, so that two leavers of a team of ten trip nothing (R3).
const SHARE_COUNTS_FROM_DEACTIVATIONS: usize = 3;
/// The same for removed memberships.
const SHARE_COUNTS_FROM_REMOVALS: usize = 10;
const DEFAULT_MAX_DEACTIVATIONS: u32 = 25;
const DEFAULT_DEACTIVATION_SHARE: u8 = 10;
const DEFAULT_REMOVAL_SHARE: u8 = 20;

/// Holds what the guards hold, and says so.
pub(crate) fn apply_guards(draft: &mut Draft<'_>, reading: &Reading) {
    hold_for_missing_scope(draft, reading);
    hold_for_foreign_application(draft);
    deactivations(draft);
    removals(draft);
    report_reading(draft, reading);
    report_protected(draft);
    hold_for_incomplete_target(draft, reading);
    hold_dependants(draft);
}

/// What waits for a held operation is held by the same: members of a group that is not ours yet.
fn hold_dependants(draft: &mut Draft<'_>) {
    let comes_first = |operation: &&Operation| {
        matches!(
            operation.kind,
            OperationKind::AddSourceMembers | OperationKind::TakeOverGroup | OperationKind::CreateGroup
        )
    };
    let held = draft.operations.iter().filter(comes_first).filter(|operation| !operation.is_ready());
    let mut held: Vec<Operation> = held.cloned().collect();
    held.sort_by_key(|operation| operation.kind);
    let by_group: BTreeMap<SourceGroupId, Vec<Operation>> =
        held.into_iter().fold(BTreeMap::new(), |mut all, operation| {
            if let Some(group) = order::group_of(&operation) {
                all.entry(group.clone()).or_insert_with(Vec::new).push(operation);
            }
            all
        });
    if by_group.is_empty() {
        return;
    }
    for operation in &mut draft.operations {
        let first = order::group_of(operation).and_then(|group| by_group.get(group));
        for first in first.into_iter().flatten() {
            if let Some(by) = first.held_by.filter(|_| order::depends_on(operation, first)) {
                operation.hold(by, first.releasable);
            }
        }
    }
}

/// Without any bound group, or anybody at all, everything taking away waits: it looks like a broken read.
fn hold_for_missing_scope(draft: &mut Draft<'_>, reading: &Reading) {
    if reading.has_no_bound_groups || reading.has_no_people {
        for operation in draft.operations.iter_mut().filter(|operation| operation.kind.takes_away()) {
            operation.hold(HeldBy::Guard, true);
        }
    }
}

/// The groups of another product's application say who uses that product, not who uses Atlassian.
fn hold_for_foreign_application(draft: &mut Draft<'_>) {
    let Some(label) = &draft.context.input.source.foreign_application else { return };
    let text = format!(
        "The application {label} is not Atlassian's, so that its groups say who uses something else. Everything is held. \
         Choose the application that was made from the Atlassian Cloud template."
    );
    for operation in &mut draft.operations {
        operation.hold(HeldBy::Guard, true);
    }
    draft.remark(Severity::Error, "application_not_atlassian", text, Vec::new());
}

/// Whether an operation may be sent by this plan at all, now or after somebody releases it.
fn can_go(operation: &Operation) -> bool {
    match operation.held_by {
        None | Some(HeldBy::Irreversible) => true,
        Some(HeldBy::Guard) => operation.releasable,
        Some(_) => false,
    }
}

fn exceeds(count: usize, share_percent: u8, whole: usize) -> bool {
    count * 100 > usize::from(share_percent) * whole
}

fn deactivations(draft: &mut Draft<'_>) {
    let ends_account =
        |kind: OperationKind| matches!(kind, OperationKind::DeactivateUser | OperationKind::DeleteUser);
    let context = draft.context;
    let guards = &context.input.policy.guards;
    let planned: Vec<&Operation> = draft
        .operations
        .iter()
        .filter(|operation| ends_account(operation.kind) && can_go(operation))
        .collect();
    let count = planned.len();
    let active = active_linked(draft);

    let limit = guards.max_deactivations.unwrap_or(DEFAULT_MAX_DEACTIVATIONS);
    let share = guards.max_deactivation_share.unwrap_or(DEFAULT_DEACTIVATION_SHARE);
    let share_counts = guards.max_deactivation_share.is_some() || count >= SHARE_COUNTS_FROM_DEACTIVATIONS;
    let which = if count > limit as usize {
        format!("more than {limit}")
    } else if count > 0 && share_counts && exceeds(count, share, active) {
        format!(
            "more than {share} % of the {} linked",
            reason::count(active, "active person", "active people")
        )
    } else {
        return;
    };
    let cause = main_cause(draft, &planned);
    let mut labels: Vec<String> =
        planned.iter().map(|operation| operation.subject.label().to_owned()).collect();
    labels.sort();
    let text = format!(
        "{} would be deactivated or deleted, {which}.{cause} All of them are held until somebody releases them.",
        reason::count(count, "person", "people")
    );
    for operation in draft.operations.iter_mut().filter(|operation| ends_account(operation.kind)) {
        operation.hold(HeldBy::Guard, true);
    }
    draft.remark(Severity::Warning, "guard_deactivations", text, labels);
}

/// Counts the active accounts that are linked, or are by this plan's own links.
fn active_linked(draft: &Draft<'_>) -> usize {
    let context = draft.context;
    let is_active = |user: u32| context.user(user).is_some_and(|user| user.active);
    let owners = (0u32..).zip(&draft.correlation.owners);
    let linked = owners.filter(|(user, owner)| **owner != Owner::Nobody && is_active(*user)).count();
    let newly_linked = draft.operations.iter().filter(|operation| operation.is_ready()).filter(|operation| {
        let Payload::LinkUser { target, .. } = &operation.payload else { return false };
        context.user_position(target).is_some_and(|user| {
            is_active(user) && draft.correlation.owners.get(user as usize) == Some(&Owner::Nobody)
        })
    });
    linked + newly_linked.count()
}

/// Returns a sentence with the one cause that explains most, before anybody reads many names.
fn main_cause(draft: &Draft<'_>, planned: &[&Operation]) -> String {
    let mut causes: BTreeMap<(Option<&str>, ReasonCode), usize> = BTreeMap::new();
    for operation in planned {
        *causes.entry((operation.reason.group.as_deref(), operation.reason.code)).or_default() += 1;
    }
    let Some(((group, code), number)) =
        causes.into_iter().max_by_key(|(key, number)| (*number, std::cmp::Reverse(*key)))
    else {
        return String::new();
    };
    if number < 2 {
        return String::new();
    }
    let share = format!("{number} of {}", planned.len());
    match (group, code) {
        (Some(group), ReasonCode::GroupUnbound) => format!(" {share} because {group} was unbound."),
        (Some(group), ReasonCode::GroupDeleted) => {
            format!(" {share} because {group} was deleted in JumpCloud.")
        }
        (Some(group), _) => {
            let context = draft.context;
            let link = context.group_links.iter().find(|link| {
                context.bound_group(&link.source).is_some_and(|bound| bound.name == group)
                    || link.name == group
            });
            let lost = link.and_then(|link| {
                let now = context.bound_group(&link.source)?.members.len();
                let before = link
                    .last_members
                    .len()
                    .max(context.target_group(&link.target).map_or(0, |target| target.members.len()));
                (before > now).then(|| format!("{} of its {before} members", before - now))
            });
            let lost = lost.unwrap_or_else(|| "members".to_owned());
            format!(" {share} because {group} lost {lost}.")
        }
        (None, ReasonCode::Suspended) => format!(" {share} because they are suspended in JumpCloud."),
        (None, ReasonCode::PasswordExpired) => format!(" {share} because their password has expired."),
        (None, ReasonCode::Staged) => format!(" {share} because they are staged in JumpCloud."),
        (None, ReasonCode::DeletedInJumpcloud) => format!(" {share} because they were deleted in JumpCloud."),
        (None, _) => format!(" {share} because they are in no bound group any more."),
    }
}

fn removed(operation: &Operation) -> usize {
    match &operation.payload {
        Payload::RemoveMembers { members, .. } => members.len(),
        _ => 0,
    }
}

fn removals(draft: &mut Draft<'_>) {
    let context = draft.context;
    let guards = &context.input.policy.guards;
    let planned: Vec<&Operation> = draft
        .operations
        .iter()
        .filter(|operation| operation.kind == OperationKind::RemoveMembers && can_go(operation))
        .collect();
    let count: usize = planned.iter().map(|operation| removed(operation)).sum();
    let managed = context.group_links.iter().filter(|link| link.state == GroupLinkState::Managed);
    // A group that this plan takes over is one of ours by then.
    let taken_over = draft.operations.iter().filter_map(|operation| match &operation.payload {
        Payload::TakeOverGroup { target: Some(target), .. } if operation.is_ready() => Some(target),
        _ => None,
    });
    let groups = managed.map(|link| &link.target).chain(taken_over);
    let all: usize =
        groups.filter_map(|target| context.target_group(target)).map(|group| group.members.len()).sum();
    let share = guards.max_removal_share.unwrap_or(DEFAULT_REMOVAL_SHARE);
    let share_counts = guards.max_removal_share.is_some() || count >= SHARE_COUNTS_FROM_REMOVALS;
    if count == 0 || !share_counts || !exceeds(count, share, all) {
        return;
    }
    let most = planned.iter().max_by_key(|operation| {
        (removed(operation), std::cmp::Reverse(operation.subject.label().to_owned()))
    });
    let most = most.map_or_else(String::new, |operation| {
        format!(" {} of them from {}.", removed(operation), operation.subject.label())
    });
    let mut labels: Vec<String> =
        planned.iter().map(|operation| operation.subject.label().to_owned()).collect();
    labels.sort();
    let text = format!(
        "{} of {all} would be removed, more than {share} %.{most} All removals are held until somebody releases them.",
        reason::count(count, "membership", "memberships")
    );
    for operation in
        draft.operations.iter_mut().filter(|operation| operation.kind == OperationKind::RemoveMembers)
    {
        operation.hold(HeldBy::Guard, true);
    }
    draft.remark(Severity::Warning, "guard_removals", text, labels);
}

/// Says what was read incompletely, and what looks like it.
fn report_reading(draft: &mut Draft<'_>, reading: &Reading) {
    if let Some(why) = &reading.scope {
        let mut held: Vec<String> = draft
            .operations
            .iter()
            .filter(|operation| operation.held_by == Some(HeldBy::Guard) && !operation.releasable)
            .filter(|operation| operation.kind.takes_away())
            .map(|operation| operation.subject.label().to_owned())
            .collect();
        held.sort();
        held.dedup();
        let text = format!(
            "JumpCloud was not read to the end: {why} Nobody is deactivated, deleted or removed because of what is \
             missing. Plan again."
        );
        draft.remark(Severity::Error, "source_incomplete", text, held);
    }
    if reading.has_no_people {
        let text =
            "JumpCloud listed nobody at all, although accounts are linked. That looks like a wrong key or a \
                    broken read, so everything that takes something away is held."
                .to_owned();
        draft.remark(Severity::Error, "empty_directory", text, Vec::new());
    }
    if reading.has_no_bound_groups {
        let text =
            "No group is bound to the application, although accounts are linked. If that is meant, release \
                    the held operations; if not, bind the groups in JumpCloud and plan again."
                .to_owned();
        draft.remark(Severity::Error, "no_bound_groups", text, Vec::new());
    }
    if let Some(why) = reading.nobody_in_scope {
        draft.remark(Severity::Warning, "nobody_in_scope", why.to_owned(), Vec::new());
    }
    if !draft.emptied.is_empty() && !reading.has_no_bound_groups {
        let names: Vec<String> = std::mem::take(&mut draft.emptied).into_iter().collect();
        let text = format!(
            "{} suddenly without any member in JumpCloud. What follows from that is held until somebody releases it.",
            if names.len() == 1 {
                format!("{} is", reason::enumerate(&names, 1))
            } else {
                format!("{} are", reason::enumerate(&names, 3))
            }
        );
        draft.remark(Severity::Warning, "group_emptied", text, names);
    }
}

fn report_protected(draft: &mut Draft<'_>) {
    if draft.protected.is_empty() {
        return;
    }
    let names: Vec<String> = std::mem::take(&mut draft.protected).into_iter().collect();
    let text = format!(
        "{} protected, so what would happen to {} is not done. To allow it, take the protection off in the settings.",
        if names.len() == 1 {
            format!("{} is", reason::enumerate(&names, 1))
        } else {
            format!("{} are", reason::enumerate(&names, 3))
        },
        if names.len() == 1 { "it" } else { "them" },
    );
    draft.remark(Severity::Warning, "protected", text, names);
}

/// A short list of what exists would lead to duplicates, so nothing is sent on its basis.
fn hold_for_incomplete_target(draft: &mut Draft<'_>, reading: &Reading) {
    if let Some(why) = &reading.target_users {
        for operation in &mut draft.operations {
            operation.hold(HeldBy::Guard, false);
        }
        let text = format!(
            "Atlassian's users were not read to the end: {why} Nothing is sent, since it could create people twice. \
             Plan again."
        );
        draft.remark(Severity::Error, "target_incomplete", text, Vec::new());
    } else if let Some(why) = &reading.target_groups {
        for operation in draft.operations.iter_mut().filter(|operation| operation.kind.is_about_a_group()) {
            operation.hold(HeldBy::Guard, false);
        }
        let text = format!(
            "Atlassian's groups were not read to the end: {why} Nothing is sent about groups. Plan again."
        );
        draft.remark(Severity::Error, "target_groups_incomplete", text, Vec::new());
    }
}
