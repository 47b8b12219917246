//! What the User groups table shows, derived from a reading and its plan.

use lockstep_core::attribute::SourceField;
use lockstep_core::email::same;
use lockstep_core::ids::{ScimId, SourceGroupId, SourceUserId};
use lockstep_core::link::{GroupLink, GroupLinkState};
use lockstep_core::plan::conflict::{Conflict, ConflictKind};
use lockstep_core::plan::operation::Subject;
use lockstep_core::plan::{Plan, PlanInput};
use lockstep_core::snapshot::source::{Absence, SourceGroup};
use lockstep_core::snapshot::target::TargetGroup;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::api::plan_head::count;
use crate::api::views::{GroupRow, GroupState};

/// Returns a row for every bound group, and for every group that was bound once.
pub(crate) fn group_rows(input: &PlanInput<'_>, plan: &Plan) -> Vec<GroupRow> {
    let facts = Facts::new(input, plan);
    let bound = input.source.groups.iter().map(|group| facts.bound(group));
    let former = input
        .links
        .groups
        .iter()
        .filter(|link| facts.source_group(&link.source).is_none())
        .map(|link| facts.former(link));
    bound.chain(former).collect()
}

struct Facts<'a> {
    input: &'a PlanInput<'a>,
    /// How many bound groups somebody is in.
    paths: FxHashMap<&'a SourceUserId, u32>,
    /// People whose account is active, and would not be without a bound group.
    active: FxHashSet<&'a SourceUserId>,
    conflicts: FxHashMap<&'a SourceGroupId, &'a Conflict>,
}

impl<'a> Facts<'a> {
    fn new(input: &'a PlanInput<'a>, plan: &'a Plan) -> Self {
        let mut paths: FxHashMap<&SourceUserId, u32> = FxHashMap::default();
        for member in input.source.groups.iter().flat_map(|group| &group.members) {
            *paths.entry(member).or_insert(0) += 1;
        }
        let active = input
            .links
            .people
            .iter()
            .filter(|link| is_active(input, &link.target) && may_lose_account(input, &link.source))
            .map(|link| &link.source)
            .collect();
        let mut conflicts: FxHashMap<&SourceGroupId, &Conflict> = FxHashMap::default();
        for conflict in &plan.conflicts {
            let Subject::Group { source_id: Some(source), .. } = &conflict.subject else { continue };
            let known = conflicts.entry(source).or_insert(conflict);
            // Whether it may be touched at all comes before what it is called.
            if conflict.kind == ConflictKind::GroupTakeover {
                *known = conflict;
            }
        }
        Self { input, paths, active, conflicts }
    }

    fn bound(&self, group: &SourceGroup) -> GroupRow {
        let link = self.link(&group.id);
        let conflict = self.conflicts.get(&group.id).copied();
        let target = link.and_then(|link| self.target_group(&link.target));
        let would_deactivate = group
            .members
            .iter()
            .filter(|member| self.paths.get(member) == Some(&1) && self.active.contains(member))
            .count();
        GroupRow {
            source_id: Some(group.id.clone()),
            target_id: link.map(|link| link.target.clone()),
            name: group.name.clone(),
            members: count(group.members.len()),
            members_in_target: target.map(|target| count(target.members.len())),
            state: self.state(group, link, target, conflict),
            would_deactivate: count(would_deactivate),
            other_connectors: group.other_connectors.iter().map(|other| other.label.clone()).collect(),
            conflict: conflict.map(|conflict| conflict.id.clone()),
            is_protected: self.is_protected(&group.name),
        }
    }

    fn state(
        &self,
        group: &SourceGroup,
        link: Option<&GroupLink>,
        target: Option<&TargetGroup>,
        conflict: Option<&Conflict>,
    ) -> GroupState {
        let takeover = conflict.filter(|conflict| conflict.kind == ConflictKind::GroupTakeover);
        if takeover.is_some_and(|conflict| conflict.waiting.is_some()) {
            return GroupState::WaitingForAtlassian;
        }
        if conflict.is_some_and(|conflict| conflict.decision.as_deref() == Some("leave-alone")) {
            return GroupState::LeftAlone;
        }
        let is_default = takeover.is_some_and(|conflict| {
            conflict.access.iter().any(|access| access.is_default)
                || conflict.warnings.iter().any(|warning| warning.code == "default_access_group")
        });
        match link {
            _ if is_default => GroupState::DefaultGroup,
            Some(link) if link.state == GroupLinkState::Released => GroupState::Released,
            Some(_) if target.is_none() && self.input.target.groups_completeness.is_complete() => {
                GroupState::Vanished
            }
            Some(_) => GroupState::Managed,
            None if takeover.is_some() => GroupState::SameNameExists,
            None if group.members.is_empty() => GroupState::Empty,
            None => GroupState::New,
        }
    }

    /// A group that is not bound any more.
    fn former(&self, link: &GroupLink) -> GroupRow {
        let target = self.target_group(&link.target);
        let absent = &self.input.source.absent_groups;
        let absence = absent
            .binary_search_by(|(id, _)| id.cmp(&link.source))
            .ok()
            .and_then(|at| absent.get(at))
            .map(|(_, absence)| *absence);
        let state = match (link.state, absence) {
            (GroupLinkState::Managed, Some(Absence::Deleted)) => GroupState::Deleted,
            _ => GroupState::Unbound,
        };
        let name = target.map_or(&link.name, |target| &target.display_name);
        GroupRow {
            source_id: Some(link.source.clone()),
            target_id: Some(link.target.clone()),
            name: name.clone(),
            members: 0,
            members_in_target: target.map(|target| count(target.members.len())),
            state,
            would_deactivate: 0,
            other_connectors: Vec::new(),
            conflict: self.conflicts.get(&link.source).map(|conflict| conflict.id.clone()),
            is_protected: self.is_protected(name),
        }
    }

    fn is_protected(&self, name: &str) -> bool {
        self.input.policy.protected_groups.iter().any(|protected| same(protected, name))
    }

    fn link(&self, id: &SourceGroupId) -> Option<&'a GroupLink> {
        let links = &self.input.links.groups;
        links.binary_search_by(|link| link.source.cmp(id)).ok().and_then(|at| links.get(at))
    }

    fn source_group(&self, id: &SourceGroupId) -> Option<&'a SourceGroup> {
        let groups = &self.input.source.groups;
        groups.binary_search_by(|group| group.id.cmp(id)).ok().and_then(|at| groups.get(at))
    }

    fn target_group(&self, id: &ScimId) -> Option<&'a TargetGroup> {
        let groups = &self.input.target.groups;
        groups.binary_search_by(|group| group.id.cmp(id)).ok().and_then(|at| groups.get(at))
    }
}

fn is_active(input: &PlanInput<'_>, id: &ScimId) -> bool {
    let users = &input.target.users;
    let found = users.binary_search_by(|user| user.id.cmp(id)).ok().and_then(|at| users.get(at));
    found.is_some_and(|user| user.active)
}

/// Whether somebody works now, and nobody said that their account must never be touched.
fn may_lose_account(input: &PlanInput<'_>, id: &SourceUserId) -> bool {
    let people = &input.source.people;
    let found = people.binary_search_by(|person| person.id.cmp(id)).ok().and_then(|at| people.get(at));
    found.is_some_and(|person| {
        let email = person.fields.get(SourceField::Email).unwrap_or_default();
        person.is_active() && !input.policy.protected_people.iter().any(|protected| same(protected, email))
    })
}
