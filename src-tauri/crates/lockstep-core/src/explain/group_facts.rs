//! What is known about one group, looked up in the plan's input.

use super::group::{GroupHeld, GroupKey, GroupPathStep, GroupSituation, GroupWill};
use crate::email::same;
use crate::ids::{ScimId, SourceGroupId};
use crate::link::{GroupLink, GroupLinkState};
use crate::plan::conflict::{Conflict, ConflictKind};
use crate::plan::operation::{Operation, OperationKind, Subject};
use crate::plan::order::group_of;
use crate::plan::{Plan, PlanInput};
use crate::snapshot::organisation::OrganisationGroup;
use crate::snapshot::source::{Absence, SourceGroup};
use crate::snapshot::target::TargetGroup;

/// Everything about one group.
#[derive(Debug)]
pub(crate) struct GroupFacts<'a> {
    pub(crate) input: &'a PlanInput<'a>,
    pub(crate) source: Option<&'a SourceGroup>,
    pub(crate) link: Option<&'a GroupLink>,
    pub(crate) target: Option<&'a TargetGroup>,
    pub(crate) organisation: Option<&'a OrganisationGroup>,
    /// The plan's questions about it.
    pub(crate) conflicts: Vec<&'a Conflict>,
    /// The plan's operations on it, the weightiest first.
    pub(crate) operations: Vec<&'a Operation>,
    pub(crate) subject: Subject,
}

impl<'a> GroupFacts<'a> {
    /// Looks everything up; `None` where nothing has that id or name.
    pub(crate) fn new(input: &'a PlanInput<'a>, plan: &'a Plan, key: &GroupKey) -> Option<Self> {
        let is_replaced =
            plan.conflicts.iter().any(|conflict| conflict.kind == ConflictKind::DirectoryReplaced);
        let links: &[GroupLink] = if is_replaced { &[] } else { &input.links.groups };
        let found = Found::new(input, links, key);
        let source_id = found.source.map(|group| &group.id).or_else(|| found.link.map(|link| &link.source));
        let name = [
            found.source.map(|group| group.name.trim()),
            found.link.map(|link| link.name.trim()),
            found.target.map(|group| group.display_name.trim()),
            found.organisation.map(|group| group.name.trim()),
        ];
        let name = name.into_iter().flatten().next()?.to_owned();
        let target_id = found.link.map(|link| &link.target).or_else(|| found.target.map(|group| &group.id));
        let subject = Subject::Group {
            source_id: source_id.cloned(),
            target_id: target_id.cloned(),
            label: name.clone(),
        };
        let conflicts =
            plan.conflicts.iter().filter(|conflict| is_about(&conflict.subject, source_id, target_id));
        let on_it = |operation: &&Operation| match source_id {
            Some(id) => group_of(operation) == Some(id),
            None => target_id.is_some() && is_about(&operation.subject, None, target_id),
        };
        let mut operations: Vec<&Operation> = plan.operations.iter().filter(on_it).collect();
        operations.sort_by_key(|operation| weight(operation.kind));
        let target = found.target;
        let in_target = target.map_or(name.as_str(), |target| target.display_name.as_str());
        Some(Self {
            organisation: found.organisation.or_else(|| in_organisation(input, in_target)),
            conflicts: conflicts.collect(),
            input,
            source: found.source,
            link: found.link,
            target,
            operations,
            subject,
        })
    }

    pub(crate) fn name(&self) -> &str {
        self.subject.label()
    }

    /// Returns the plan's question of that kind.
    pub(crate) fn question(&self, kind: ConflictKind) -> Option<&'a Conflict> {
        self.conflicts.iter().copied().find(|conflict| conflict.kind == kind)
    }

    /// Returns the question for which Atlassian's console is awaited.
    pub(crate) fn waiting(&self) -> Option<&'a Conflict> {
        self.conflicts.iter().copied().find(|conflict| conflict.waiting.is_some())
    }

    pub(crate) fn is_managed(&self) -> bool {
        self.link.is_some_and(|link| link.state == GroupLinkState::Managed)
    }

    pub(crate) fn is_protected(&self) -> bool {
        let names = [Some(self.name()), self.target.map(|target| target.display_name.as_str())];
        names
            .into_iter()
            .flatten()
            .any(|name| self.input.policy.protected_groups.iter().any(|entry| same(entry, name)))
    }

    /// What asking JumpCloud for a group that is not bound said.
    pub(crate) fn absence(&self) -> Absence {
        let Some(link) = self.link else { return Absence::Unknown };
        let known = self.input.source.absent_groups.iter().find(|(id, _)| *id == link.source);
        known.map_or(Absence::Unknown, |(_, absence)| *absence)
    }

    pub(crate) fn situation(&self) -> GroupSituation {
        if self.conflicts.iter().any(|conflict| conflict.decision.as_deref() == Some("leave-alone")) {
            return GroupSituation::LeftAlone;
        }
        let takeover = self.question(ConflictKind::GroupTakeover);
        match (self.source, self.link) {
            (Some(_), Some(_)) if self.is_managed() && self.target.is_none() => GroupSituation::Vanished,
            (Some(_), _) if takeover.is_some_and(|conflict| conflict.waiting.is_some()) => {
                GroupSituation::WaitingForAtlassian
            }
            (Some(group), _) if group.members.is_empty() => GroupSituation::Empty,
            (Some(_), Some(_)) if self.is_managed() => GroupSituation::Managed,
            (Some(_), _) => match takeover {
                Some(conflict) if conflict.blocked.is_some() => GroupSituation::DefaultGroup,
                Some(_) => GroupSituation::SameNameExists,
                None => GroupSituation::New,
            },
            (None, Some(link)) => match self.absence() {
                Absence::Deleted => GroupSituation::Deleted,
                _ if link.state == GroupLinkState::Released => GroupSituation::Released,
                _ => GroupSituation::Unbound,
            },
            (None, None) => GroupSituation::Unassigned,
        }
    }

    /// Returns what happens, what would if nothing held it, and what holds it.
    pub(crate) fn fate(&self) -> (GroupWill, GroupWill, Option<GroupHeld>) {
        let ready = self.operations.iter().find(|operation| operation.is_ready());
        let held = self.operations.iter().find(|operation| !operation.is_ready());
        let holding = held.and_then(|operation| {
            let would = effect(operation.kind);
            operation.held_by.map(|by| GroupHeld { by, would, releasable: operation.releasable })
        });
        match (ready, held) {
            (Some(ready), _) => (effect(ready.kind), effect(ready.kind), holding),
            (None, Some(held)) => (GroupWill::BeHeld, effect(held.kind), holding),
            (None, None) => (GroupWill::Stay, GroupWill::Stay, None),
        }
    }

    pub(crate) fn path(&self) -> Vec<GroupPathStep> {
        let mut path = Vec::new();
        let size = |members: usize| u32::try_from(members).unwrap_or(u32::MAX);
        if let Subject::Group { source_id: Some(id), label, .. } = &self.subject {
            path.push(GroupPathStep::Source {
                group: self.source.map_or(label.as_str(), |group| group.name.as_str()).to_owned(),
                source_id: id.clone(),
                bound: self.source.is_some(),
                members: self.source.map(|group| size(group.members.len())),
            });
        }
        let takeover = self.question(ConflictKind::GroupTakeover);
        let namesake = takeover.and_then(|conflict| match &conflict.subject {
            Subject::Group { target_id: Some(id), .. } => {
                self.input.target.groups.iter().find(|group| group.id == *id)
            }
            _ => None,
        });
        let target = self.target.or(namesake);
        let is_linked = self.is_managed() && self.target.is_some();
        let members = target.map(|group| size(group.members.len()));
        let name = target.map(|group| group.display_name.clone());
        let local = self.organisation.map(|group| group.name.clone());
        let creates = self.operations.iter().any(|operation| operation.kind == OperationKind::CreateGroup);
        if let Some(group) = name.or(local).or_else(|| creates.then(|| self.name().to_owned())) {
            path.push(GroupPathStep::Target {
                group,
                target_id: target.map(|group| group.id.clone()),
                linked: is_linked,
                members: members.or_else(|| self.organisation.and_then(|group| group.member_count)),
            });
        }
        let access = self.organisation.and_then(|group| group.access.as_ref()).into_iter().flatten();
        path.extend(access.map(|access| GroupPathStep::Access { access: access.clone() }));
        path
    }
}

/// What a key names.
struct Found<'a> {
    source: Option<&'a SourceGroup>,
    link: Option<&'a GroupLink>,
    target: Option<&'a TargetGroup>,
    organisation: Option<&'a OrganisationGroup>,
}

impl<'a> Found<'a> {
    fn new(input: &'a PlanInput<'a>, links: &'a [GroupLink], key: &GroupKey) -> Self {
        let bound = |id: &SourceGroupId| input.source.groups.iter().find(|group| group.id == *id);
        let link_of = |id: &SourceGroupId| links.iter().find(|link| link.source == *id);
        let target = |id: &ScimId| input.target.groups.iter().find(|group| group.id == *id);
        let (source, link, unlinked) = match key {
            GroupKey::Source(id) => (bound(id), link_of(id), None),
            GroupKey::Target(id) => {
                let link = links.iter().find(|link| link.target == *id);
                (link.and_then(|link| bound(&link.source)), link, target(id))
            }
            GroupKey::Name(name) => {
                let source = input.source.groups.iter().find(|group| same(&group.name, name));
                let named = || input.target.groups.iter().find(|group| same(&group.display_name, name));
                let link = match source {
                    Some(group) => link_of(&group.id),
                    None => links.iter().find(|link| same(&link.name, name)).or_else(|| {
                        named().and_then(|group| links.iter().find(|link| link.target == group.id))
                    }),
                };
                let source = source.or_else(|| link.and_then(|link| bound(&link.source)));
                let unlinked = if source.is_none() && link.is_none() { named() } else { None };
                (source, link, unlinked)
            }
        };
        let linked = link.and_then(|link| target(&link.target));
        let organisation = match key {
            GroupKey::Name(name) if source.is_none() && link.is_none() => in_organisation(input, name),
            _ => None,
        };
        Self { source, link, target: linked.or(unlinked), organisation }
    }
}

fn in_organisation<'a>(input: &'a PlanInput<'a>, name: &str) -> Option<&'a OrganisationGroup> {
    let groups = input.target.organisation.iter().flat_map(|known| &known.groups);
    groups.into_iter().find(|group| same(&group.name, name))
}

fn is_about(subject: &Subject, source: Option<&SourceGroupId>, target: Option<&ScimId>) -> bool {
    match subject {
        Subject::Group { source_id: Some(id), .. } => Some(id) == source,
        Subject::Group { target_id: Some(id), .. } => Some(id) == target,
        _ => false,
    }
}

const fn weight(kind: OperationKind) -> u8 {
    match kind {
        OperationKind::DeleteGroup => 0,
        OperationKind::ReleaseGroup => 1,
        OperationKind::TakeOverGroup => 2,
        OperationKind::CreateGroup => 3,
        OperationKind::RenameGroup => 4,
        _ => 5,
    }
}

const fn effect(kind: OperationKind) -> GroupWill {
    match kind {
        OperationKind::DeleteGroup => GroupWill::BeDeleted,
        OperationKind::ReleaseGroup => GroupWill::BeReleased,
        OperationKind::TakeOverGroup => GroupWill::BeTakenOver,
        OperationKind::CreateGroup => GroupWill::BeCreated,
        OperationKind::RenameGroup => GroupWill::BeRenamed,
        _ => GroupWill::BeUpdated,
    }
}
