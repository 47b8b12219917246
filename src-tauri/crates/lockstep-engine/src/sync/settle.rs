//! After a crash or a lost answer: what is there settles what was sent (R4). It reads a snapshot and writes our own
//! books only; what is left to do is in the next plan.

use lockstep_core::attribute::Attribute;
use lockstep_core::ids::{ScimId, SourceGroupId};
use lockstep_core::link::Links;
use lockstep_core::plan::operation::{Member, Operation, Payload};
use lockstep_core::snapshot::source::SourceSnapshot;
use lockstep_core::snapshot::target::{TargetGroup, TargetSnapshot, TargetUser};

use super::effect::Effect;
use super::journal::Journal;
use super::write::has_changes;
use crate::store::StoreError;
use crate::store::tables::run_operations;

/// What the reading says about an operation whose outcome was unknown.
enum Settled {
    /// It took effect.
    Done(Effect),
    /// It did not, or not wholly.
    NotDone,
    /// The reading was incomplete: nothing can be said.
    Open,
}

/// Settles the open operations of a run that was broken off or lost answers; returns how many were open.
///
/// # Errors
/// When the store cannot be read or written.
pub(crate) async fn settle(
    journal: &Journal,
    links: &Links,
    source: &SourceSnapshot,
    target: &TargetSnapshot,
) -> Result<usize, StoreError> {
    let run = journal.run.clone();
    let open = journal.store.read(move |connection| run_operations::open(connection, &run)).await?;
    let count = open.len();
    for record in open {
        let operation = record.operation;
        match judge(&operation, record.status, links, (source, target)) {
            Settled::Done(effect) => {
                journal.done(&operation, record.status, std::time::Duration::ZERO, effect).await?;
            }
            Settled::NotDone => {
                let (run, id, at) = (journal.run.clone(), operation.id.clone(), journal.clock.now());
                journal
                    .store
                    .write(move |tx| {
                        let failure = run_operations::Failure {
                            error: "The answer was lost; read back, it had not taken effect".to_owned(),
                            remedy: Some("Nothing to do: the next plan has it again.".to_owned()),
                            ..run_operations::Failure::default()
                        };
                        run_operations::mark_failed(tx, &run, &id, &failure, at)
                    })
                    .await?;
            }
            Settled::Open => {}
        }
    }
    Ok(count)
}

fn judge(
    operation: &Operation,
    status: Option<u16>,
    links: &Links,
    (source_side, target): (&SourceSnapshot, &TargetSnapshot),
) -> Settled {
    if let Payload::AddSourceMembers { source, members } = &operation.payload {
        return kept(source_side, source, members);
    }
    let complete = match &operation.payload {
        Payload::CreateGroup { .. }
        | Payload::TakeOverGroup { .. }
        | Payload::RenameGroup { .. }
        | Payload::DeleteGroup { .. }
        | Payload::AddMembers { .. }
        | Payload::RemoveMembers { .. } => target.groups_completeness.is_complete(),
        _ => target.users_completeness.is_complete(),
    };
    if !complete {
        return Settled::Open;
    }
    // 409 and the like: a group of the name was there before, and is somebody else's (G2).
    let was_rejected = status.is_some_and(|status| (400..500).contains(&status) && status != 408);
    let is_changed = |id: &ScimId, changes: &[_], active| {
        user(target, id).is_some_and(|user| has_changes(user, changes, active))
    };
    let settled = match &operation.payload {
        Payload::CreateUser { source, .. } => {
            let ours =
                |user: &&TargetUser| user.attributes.get(Attribute::ExternalId) == Some(source.as_str());
            target.users.iter().find(ours).map(|user| Effect::of(operation, Some(user.id.clone())))
        }
        Payload::CreateGroup { source, display_name }
        | Payload::TakeOverGroup { source, target: None, display_name } => {
            created_group(target, links, source.as_str(), display_name)
                .filter(|group| !was_rejected || group.external_id.as_deref() == Some(source.as_str()))
                .map(|group| Effect::of(operation, Some(group.id.clone())))
        }
        Payload::LinkUser { target: id, changes, active, .. } => {
            is_changed(id, changes, *active).then(|| Effect::of(operation, None))
        }
        Payload::UpdateUser { target: id, changes } => is_changed(id, changes, None).then_some(Effect::None),
        Payload::ActivateUser { target: id, changes } => {
            is_changed(id, changes, Some(true)).then_some(Effect::None)
        }
        Payload::DeactivateUser { target: id, changes } => {
            is_changed(id, changes, Some(false)).then_some(Effect::None)
        }
        Payload::DeleteUser { target: id } => {
            user(target, id).is_none_or(|user| !user.active).then(|| Effect::of(operation, None))
        }
        Payload::RenameGroup { target: id, after, .. } => group(target, id)
            .is_some_and(|group| group.display_name == *after)
            .then(|| Effect::of(operation, None)),
        Payload::DeleteGroup { target: id, .. } => {
            group(target, id).is_none().then(|| Effect::of(operation, None))
        }
        Payload::AddMembers { source, target: id, members } => {
            let id = id.clone().or_else(|| linked_group(links, source.as_str()));
            id.and_then(|id| group(target, &id))
                .and_then(|group| members_are(group, links, operation, members, true))
        }
        Payload::RemoveMembers { target: id, members, .. } => {
            group(target, id).and_then(|group| members_are(group, links, operation, members, false))
        }
        Payload::ReleaseGroup { .. } | Payload::TakeOverGroup { target: Some(_), .. } => {
            Some(Effect::of(operation, None))
        }
        // Settled above.
        Payload::AddSourceMembers { .. } => None,
    };
    settled.map_or(Settled::NotDone, Settled::Done)
}

/// Whether everybody who was to be kept is in JumpCloud's group.
fn kept(source: &SourceSnapshot, group: &SourceGroupId, members: &[Member]) -> Settled {
    let found = source.groups.iter().find(|known| known.id == *group);
    let Some(found) = found.filter(|found| found.completeness.is_complete()) else { return Settled::Open };
    let is_in = |member: &Member| {
        member.source.as_ref().is_some_and(|person| found.members.binary_search(person).is_ok())
    };
    if members.iter().all(is_in) { Settled::Done(Effect::None) } else { Settled::NotDone }
}

fn members_are(
    group: &TargetGroup,
    links: &Links,
    operation: &Operation,
    members: &[Member],
    wanted: bool,
) -> Option<Effect> {
    let id = |member: &Member| {
        let linked = member.source.as_ref().and_then(|source| {
            let found = links.people.binary_search_by(|link| link.source.cmp(source)).ok();
            found.and_then(|index| links.people.get(index)).map(|link| link.target.clone())
        });
        linked.or_else(|| member.target.clone())
    };
    members
        .iter()
        .all(|member| id(member).is_some_and(|id| group.members.binary_search(&id).is_ok() == wanted))
        .then(|| {
            Effect::members(operation, members.iter().filter_map(|member| member.source.clone()).collect())
        })
}

/// The group that we were creating: it bears our id, or, where the server keeps none, our name, and nobody else's link.
fn created_group<'a>(
    target: &'a TargetSnapshot,
    links: &Links,
    source: &str,
    display_name: &str,
) -> Option<&'a TargetGroup> {
    let ours = target.groups.iter().find(|group| group.external_id.as_deref() == Some(source));
    ours.or_else(|| {
        target.groups.iter().find(|group| {
            group.external_id.is_none()
                && group.members.is_empty()
                && lockstep_core::email::same(&group.display_name, display_name)
                && !links.groups.iter().any(|link| link.target == group.id)
        })
    })
}

fn linked_group(links: &Links, source: &str) -> Option<ScimId> {
    links.groups.iter().find(|link| link.source.as_str() == source).map(|link| link.target.clone())
}

fn user<'a>(target: &'a TargetSnapshot, id: &ScimId) -> Option<&'a TargetUser> {
    target.users.binary_search_by(|user| user.id.cmp(id)).ok().and_then(|index| target.users.get(index))
}

fn group<'a>(target: &'a TargetSnapshot, id: &ScimId) -> Option<&'a TargetGroup> {
    target.groups.binary_search_by(|group| group.id.cmp(id)).ok().and_then(|index| target.groups.get(index))
}

#[cfg(test)]
mod tests {
    use lockstep_core::plan::operation::{OperationKind, Reason, ReasonCode, Subject};

    use super::*;

    #[test]
    fn a_group_that_was_there_before_is_not_taken_for_the_one_that_was_being_created() {
        let operation = Operation::new(
            OperationKind::CreateGroup,
            Subject::Group { source_id: Some("jc-crew".into()), target_id: None, label: "Crew".to_owned() },
            Reason { code: ReasonCode::FirstMember, text: String::new(), group: None },
            Payload::CreateGroup { source: "jc-crew".into(), display_name: "Crew".to_owned() },
        );
        let group = TargetGroup {
            id: "7".into(),
            display_name: "Crew".to_owned(),
            external_id: None,
            members: Vec::new(),
        };
        let target = TargetSnapshot { groups: vec![group], ..TargetSnapshot::default() };
        let judged =
            |status| judge(&operation, status, &Links::default(), (&SourceSnapshot::default(), &target));
        assert!(matches!(judged(None), Settled::Done(_)), "no answer came: it is the one");
        assert!(matches!(judged(Some(409)), Settled::NotDone), "refused for its name: it is somebody else's");
    }
}
