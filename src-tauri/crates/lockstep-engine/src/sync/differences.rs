//! The read-back (R7): what was sent, compared with what is there. A 2xx is no proof.

use lockstep_core::attribute::Attribute;
use lockstep_core::ids::ScimId;
use lockstep_core::memory::{NotKept, TargetMemory};
use lockstep_core::plan::operation::{AttributeChange, Operation, Payload};
use lockstep_core::snapshot::target::{TargetGroup, TargetUser};

use crate::api::views::DifferenceView;

/// What the read-back looks objects up in.
pub(crate) trait Readings {
    /// Returns the user, if it is there.
    fn user(&self, id: &ScimId) -> Option<&TargetUser>;
    /// Returns the group, if it is there.
    fn group(&self, id: &ScimId) -> Option<&TargetGroup>;
    /// Returns the member's id: the operation's own, else what the run learnt.
    fn resolve(&self, operation: &Operation) -> Option<ScimId>;
    /// Returns the SCIM id of a member named by an operation.
    fn member(&self, member: &lockstep_core::plan::operation::Member) -> Option<ScimId>;
}

/// Compares one operation that was carried out with what is there; what is not as sent goes into `memory` too, so that
/// the next plan does not repeat what the target will not keep (P2).
pub(crate) fn compare(
    operation: &Operation,
    readings: &impl Readings,
    memory: &mut TargetMemory,
) -> Vec<DifferenceView> {
    let label = operation.subject.label();
    let mut found = Vec::new();
    match &operation.payload {
        Payload::CreateUser { attributes, .. } => {
            let changes: Vec<AttributeChange> = attributes
                .iter()
                .map(|(attribute, value)| AttributeChange {
                    attribute,
                    before: None,
                    after: Some(value.to_owned()),
                })
                .collect();
            user(
                label,
                readings.resolve(operation).as_ref(),
                &changes,
                Some(true),
                readings,
                memory,
                &mut found,
            );
        }
        Payload::LinkUser { target, changes, active, .. } => {
            user(label, Some(target), changes, *active, readings, memory, &mut found);
        }
        Payload::UpdateUser { target, changes } => {
            user(label, Some(target), changes, None, readings, memory, &mut found);
        }
        Payload::ActivateUser { target, changes } => {
            user(label, Some(target), changes, Some(true), readings, memory, &mut found);
        }
        Payload::DeactivateUser { target, changes } => {
            user(label, Some(target), changes, Some(false), readings, memory, &mut found);
        }
        Payload::DeleteUser { target } => {
            // Servers differ: the record goes, or stays and is inactive.
            if readings.user(target).is_some_and(|user| user.active) {
                found.push(difference(label, "active", Some("deleted"), Some("true")));
            }
        }
        Payload::CreateGroup { display_name, .. } => {
            match readings.resolve(operation).and_then(|id| readings.group(&id)) {
                None => found.push(difference(label, "displayName", Some(display_name), None)),
                Some(group) if group.display_name != *display_name => {
                    found.push(difference(
                        label,
                        "displayName",
                        Some(display_name),
                        Some(&group.display_name),
                    ));
                }
                Some(_) => {}
            }
        }
        Payload::RenameGroup { target, after, .. } => match readings.group(target) {
            Some(group) if group.display_name == *after => {}
            group => {
                // Answered with success and ignored: the choices of G4 are offered by the next plan.
                memory.rename_refused.insert((target.clone(), after.clone()));
                let name = group.map(|group| group.display_name.as_str());
                found.push(difference(label, "displayName", Some(after), name));
            }
        },
        Payload::AddMembers { members, .. } => {
            members_differ(operation, members, true, readings, memory, &mut found);
        }
        Payload::RemoveMembers { members, .. } => {
            members_differ(operation, members, false, readings, memory, &mut found);
        }
        Payload::DeleteGroup { target, .. } => {
            if readings.group(target).is_some() {
                found.push(difference(label, "displayName", Some("deleted"), Some(label)));
            }
        }
        Payload::TakeOverGroup { .. } | Payload::ReleaseGroup { .. } | Payload::AddSourceMembers { .. } => {}
    }
    found
}

fn user(
    label: &str,
    id: Option<&ScimId>,
    changes: &[AttributeChange],
    active: Option<bool>,
    readings: &impl Readings,
    memory: &mut TargetMemory,
    found: &mut Vec<DifferenceView>,
) {
    let Some((id, user)) = id.and_then(|id| Some((id, readings.user(id)?))) else {
        found.push(difference(label, "id", Some("an account"), None));
        return;
    };
    if let Some(active) = active.filter(|active| *active != user.active) {
        found.push(difference(
            label,
            "active",
            Some(if active { "true" } else { "false" }),
            Some(if user.active { "true" } else { "false" }),
        ));
    }
    for change in changes {
        let there = user.attributes.get(change.attribute);
        let wanted = change.after.as_deref();
        // What was recorded for another pair of values is out of date either way.
        forget(memory, id, change.attribute);
        if same(change.attribute, wanted, there) {
            continue;
        }
        memory.not_kept.insert(NotKept {
            target: id.clone(),
            attribute: change.attribute,
            sent: wanted.map(str::to_owned),
            found: there.map(str::to_owned),
        });
        found.push(difference(label, change.attribute.name(), wanted, there));
    }
}

fn forget(memory: &mut TargetMemory, id: &ScimId, attribute: Attribute) {
    // The smallest entry that there can be for the pair: `None` sorts before every value.
    let first = NotKept { target: id.clone(), attribute, sent: None, found: None };
    let old: Vec<NotKept> = memory
        .not_kept
        .range(first..)
        .take_while(|entry| entry.target == *id && entry.attribute == attribute)
        .cloned()
        .collect();
    for entry in old {
        memory.not_kept.remove(&entry);
    }
}

/// Whether a value counts as kept: addresses and user names are compared as the planner compares them.
fn same(attribute: Attribute, sent: Option<&str>, found: Option<&str>) -> bool {
    match (attribute, sent, found) {
        (Attribute::Email | Attribute::UserName, Some(sent), Some(found)) => {
            lockstep_core::email::same(sent, found)
        }
        _ => sent == found,
    }
}

fn members_differ(
    operation: &Operation,
    members: &[lockstep_core::plan::operation::Member],
    wanted: bool,
    readings: &impl Readings,
    memory: &mut TargetMemory,
    found: &mut Vec<DifferenceView>,
) {
    let label = operation.subject.label();
    let Some((id, group)) =
        readings.resolve(operation).and_then(|id| readings.group(&id).map(|group| (id.clone(), group)))
    else {
        found.push(difference(label, "members", Some("a group"), None));
        return;
    };
    for member in members {
        let Some(member_id) = readings.member(member) else { continue };
        let is_member = group.members.binary_search(&member_id).is_ok();
        // What was noted when the opposite was sent is out of date; kept, it would hide the next such difference.
        memory.membership_not_kept.remove(&(id.clone(), member_id.clone(), !wanted));
        let entry = (id.clone(), member_id, wanted);
        if is_member == wanted {
            memory.membership_not_kept.remove(&entry);
            continue;
        }
        memory.membership_not_kept.insert(entry);
        let (sent, there) =
            if wanted { (Some(member.label.as_str()), None) } else { (None, Some(member.label.as_str())) };
        found.push(difference(label, "members", sent, there));
    }
}

fn difference(subject: &str, attribute: &str, expected: Option<&str>, found: Option<&str>) -> DifferenceView {
    DifferenceView {
        subject: subject.to_owned(),
        attribute: attribute.to_owned(),
        expected: expected.map(str::to_owned),
        found: found.map(str::to_owned),
    }
}
