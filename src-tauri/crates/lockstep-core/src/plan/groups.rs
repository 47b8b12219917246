//! Operations on groups: create, rename, release, delete, and the state of their links (G1, G4–G8).

use super::leavers::is_suddenly_empty;
use super::membership::{self, Membership};
use super::reading::Reading;
pub(crate) use super::rename::rename;
use super::takeover::{self, Desk};
use super::{overlap, reason};
use crate::finding::Severity;
use crate::link::{GroupLink, GroupLinkState};
use crate::plan::conflict::ConflictKind;
use crate::plan::draft::Draft;
use crate::plan::operation::{HeldBy, Member, Operation, OperationKind, Payload, ReasonCode, Subject};
use crate::plan::question;
use crate::snapshot::source::{Absence, SourceGroup};
use crate::snapshot::target::TargetGroup;

/// What holds every operation of one group.
pub(crate) type Hold = Option<(HeldBy, bool)>;

/// Plans everything about groups; nothing at all while group management is off (G7).
pub(crate) fn plan_groups(draft: &mut Draft<'_>, reading: &Reading) {
    let context = draft.context;
    if !context.input.policy.group_management {
        return;
    }
    let mut desk = Desk::new(context);
    let mut membership = Membership::new(context);
    let mut memberships = overlap::Memberships::default();
    for group in context.groups {
        let Some(hold) = overlap::connectors(draft, &mut memberships, group) else { continue };
        bound(draft, &mut membership, &mut desk, group, hold);
    }
    for link in context.group_links {
        if link.state == GroupLinkState::Managed && context.bound_group(&link.source).is_none() {
            unbound(draft, reading, link);
        }
    }
    membership.report(draft);
}

/// Returns the subject for a group.
pub(crate) fn subject(group: &SourceGroup, target: Option<&TargetGroup>) -> Subject {
    Subject::Group {
        source_id: Some(group.id.clone()),
        target_id: target.map(|target| target.id.clone()),
        label: group.name.clone(),
    }
}

/// Plans for a group that is bound.
fn bound<'a>(
    draft: &mut Draft<'a>,
    membership: &mut Membership,
    desk: &mut Desk<'a>,
    group: &SourceGroup,
    hold: Hold,
) {
    let context = draft.context;
    let link = context.group_link(&group.id);
    let target = link.and_then(|link| context.target_group(&link.target));
    match (link, target) {
        (Some(link), Some(target)) if link.state == GroupLinkState::Managed => {
            if takeover::awaited(draft, membership, desk, group, target)
                && rename(draft, desk, membership, group, target, hold)
            {
                membership::plan_delta(draft, membership, group, target, hold);
            }
        }
        (Some(link), None)
            if link.state == GroupLinkState::Managed
                && context.input.target.groups_completeness.is_complete() =>
        {
            vanished(draft, membership, desk, group, link, hold);
        }
        (Some(link), None) if link.state == GroupLinkState::Managed => {}
        (_, released) => {
            if !takeover::plan_takeover(draft, membership, desk, group, released, hold) {
                create(draft, membership, group, group.name.trim(), hold, None);
            }
        }
    }
}

/// Adds an operation of a group, held by what holds the group.
pub(crate) fn push(draft: &mut Draft<'_>, mut operation: Operation, group: &SourceGroup, hold: Hold) -> bool {
    if let Some((by, releasable)) = hold {
        operation.hold(by, releasable);
    }
    let target_name = match &operation.payload {
        Payload::RenameGroup { before, .. } => Some(before.clone()),
        _ => None,
    };
    let is_protected = draft.context.is_protected_group(&group.name)
        || target_name.is_some_and(|name| draft.context.is_protected_group(&name));
    draft.push(operation, is_protected)
}

/// Plans for a managed group that is not in the target any more.
fn vanished(
    draft: &mut Draft<'_>,
    membership: &mut Membership,
    desk: &Desk<'_>,
    group: &SourceGroup,
    link: &GroupLink,
    hold: Hold,
) {
    if group.members.is_empty() {
        return;
    }
    let text = format!(
        "{} was synchronised and is not in Atlassian's directory any more. Created again, it has none of the \
         permissions it had.",
        group.name
    );
    let answer = question::ask(
        draft,
        ConflictKind::VanishedTarget,
        subject(group, None),
        text.clone(),
        ["recreate", "leave-alone"].map(str::to_owned).to_vec(),
        &[group.id.as_str(), link.target.as_str()],
    );
    let hold = match answer.as_deref() {
        Some("leave-alone") => return,
        Some("recreate" | "acknowledge") => hold,
        _ => hold.or(Some((HeldBy::Acknowledgement, false))),
    };
    let name = desk.names.wanted(draft.context, group).to_owned();
    create(draft, membership, group, &name, hold, Some(text));
}

/// Plans a new group with its members; a group that nobody with an account is in is not created (G1).
pub(crate) fn create(
    draft: &mut Draft<'_>,
    membership: &mut Membership,
    group: &SourceGroup,
    name: &str,
    hold: Hold,
    text: Option<String>,
) {
    let members = membership.all_members(draft, group);
    if members.is_empty() {
        return;
    }
    let first = members.first().map_or("", |member: &Member| member.label.as_str());
    let text = text.unwrap_or_else(|| {
        format!(
            "{name} is bound and has {}, {first} the first.",
            reason::count(members.len(), "member", "members")
        )
    });
    let mut operation = Operation::new(
        OperationKind::CreateGroup,
        subject(group, None),
        reason::reason(ReasonCode::FirstMember, text, Some(name)),
        Payload::CreateGroup { source: group.id.clone(), display_name: name.to_owned() },
    );
    let organisation = draft.context.input.target.organisation.as_ref();
    if organisation.is_some_and(|known| !known.completeness.is_complete()) {
        // Nothing says that no group of that name exists, and creating one would touch it.
        draft.names_not_seen.push(group.name.clone());
        operation.hold(HeldBy::Guard, true);
    }
    push(draft, operation, group, hold);
    takeover::add_all(draft, group, None, members, hold);
}

/// Plans for a managed group that is not bound any more: left as it is (G5), or deleted with its origin (G6).
fn unbound(draft: &mut Draft<'_>, reading: &Reading, link: &GroupLink) {
    let context = draft.context;
    let target = context.target_group(&link.target);
    let absence = context.absence_of_group(&link.source);
    let name = target.map_or(link.name.as_str(), |target| target.display_name.as_str());
    let subject = Subject::Group {
        source_id: Some(link.source.clone()),
        target_id: Some(link.target.clone()),
        label: link.name.clone(),
    };
    let is_protected = context.is_protected_group(&link.name) || context.is_protected_group(name);
    if absence == Absence::Unknown {
        if reading.groups.is_none() {
            let text = format!(
                "{name} is not among the bound groups any more, and whether it was unbound or deleted could not be \
                 found out. Nothing is done about it; plan again."
            );
            draft.remark(Severity::Warning, "source_group_unknown", text, vec![name.to_owned()]);
        }
        return;
    }
    // Whether a group was unbound shows only by its absence from the list, so a short list says nothing.
    if absence == Absence::Elsewhere && reading.groups.is_some() {
        return;
    }
    let mut operation = match target {
        Some(target) if absence == Absence::Deleted => {
            let text = format!(
                "{name} was deleted in JumpCloud. Deleting it in Atlassian destroys its permissions."
            );
            let members =
                target.members.iter().map(|member| membership::member_of_target(context, member)).collect();
            Operation::new(
                OperationKind::DeleteGroup,
                subject,
                reason::reason(ReasonCode::GroupDeleted, text, Some(name)),
                Payload::DeleteGroup { source: link.source.clone(), target: link.target.clone(), members },
            )
            .held(HeldBy::Irreversible, false)
        }
        _ => {
            let (code, what) = match absence {
                Absence::Deleted => (ReasonCode::GroupDeleted, "was deleted on both sides"),
                _ => (
                    ReasonCode::GroupUnbound,
                    "was unbound from the application; it stays as it is in Atlassian",
                ),
            };
            Operation::new(
                OperationKind::ReleaseGroup,
                subject,
                reason::reason(code, format!("{name} {what}."), Some(name)),
                Payload::ReleaseGroup { source: link.source.clone(), target: link.target.clone() },
            )
        }
    };
    if reading.groups.is_some() {
        operation.hold(HeldBy::Guard, false);
    } else if reading.has_no_bound_groups || reading.has_no_people {
        operation.hold(HeldBy::Guard, true);
    }
    draft.push(operation, is_protected);
}

/// Whether removals from a bound group follow from what looks like a broken read, and whether they may be released.
pub(crate) fn removal_hold(draft: &mut Draft<'_>, group: &SourceGroup) -> Hold {
    if !group.completeness.is_complete() {
        return Some((HeldBy::Guard, false));
    }
    let link = draft.context.managed_link(&group.id)?;
    is_suddenly_empty(draft.context, link).then(|| {
        draft.emptied.insert(group.name.clone());
        (HeldBy::Guard, true)
    })
}
