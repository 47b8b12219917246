//! The planner's input with positions to look things up by; built once per plan.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::attribute::Attribute;
use crate::email::fold;
use crate::ids::{OperationId, ScimId, SourceGroupId, SourceUserId};
use crate::link::{GroupLink, GroupLinkState, Links, PersonLink};
use crate::plan::PlanInput;
use crate::plan::operation::Subject;
use crate::policy::mapping::Feeds;
use crate::policy::scope::Domains;
use crate::snapshot::source::{Absence, SourceGroup, SourcePerson};
use crate::snapshot::target::{TargetGroup, TargetUser};

type Positions<'a> = IndexMap<&'a str, u32, FxBuildHasher>;

/// Stands for "none" where a position is stored compactly.
pub(crate) const NONE: u32 = u32::MAX;

/// The input, indexed.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) input: &'a PlanInput<'a>,
    pub(crate) people: &'a [SourcePerson],
    pub(crate) users: &'a [TargetUser],
    pub(crate) groups: &'a [SourceGroup],
    pub(crate) target_groups: &'a [TargetGroup],
    /// Links in force: in another directory than before only those that it confirms.
    pub(crate) person_links: &'a [PersonLink],
    pub(crate) group_links: &'a [GroupLink],
    pub(crate) feeds: Feeds<'a>,
    pub(crate) domains: Domains<'a>,
    person_positions: Positions<'a>,
    user_positions: Positions<'a>,
    target_group_positions: Positions<'a>,
    group_link_positions: Positions<'a>,
    group_positions: Positions<'a>,
    absent_people: Positions<'a>,
    absent_groups: Positions<'a>,
    /// By person: the bound group named as the reason for being in scope, the first by name.
    scope: Vec<u32>,
    /// By bound group: its members' positions, [`NONE`] for one who is in no list of people.
    members: Vec<Vec<u32>>,
    /// Whether accounts come in the order of their ids, which makes comparing memberships cheaper.
    pub(crate) users_are_sorted: bool,
    /// A group whose fate is tried out, and what asking for it would say.
    tried: Option<(&'a SourceGroupId, Absence)>,
}

fn positions<'a, T>(items: &'a [T], id: impl Fn(&'a T) -> &'a str) -> Positions<'a> {
    let mut map = Positions::with_capacity_and_hasher(items.len(), FxBuildHasher);
    map.extend((0u32..).zip(items).map(|(position, item)| (id(item), position)));
    map
}

impl<'a> Context<'a> {
    /// Indexes the input with the links that are in force.
    pub(crate) fn new(input: &'a PlanInput<'a>, links: &'a Links) -> Self {
        Self::with_groups(input, links, &input.source.groups, None)
    }

    /// Indexes the input with other bound groups than it has: what if one were unbound or deleted.
    pub(crate) fn with_groups(
        input: &'a PlanInput<'a>,
        links: &'a Links,
        groups: &'a [SourceGroup],
        tried: Option<(&'a SourceGroupId, Absence)>,
    ) -> Self {
        let person_links = links.people.as_slice();
        let group_links = links.groups.as_slice();
        let people = input.source.people.as_slice();
        let person_positions = positions(people, |person| person.id.as_str());
        let members = members(groups, &person_positions);
        let scope = scope(groups, &members, people.len());
        Self {
            input,
            people,
            users: &input.target.users,
            groups,
            target_groups: &input.target.groups,
            person_links,
            group_links,
            feeds: Feeds::new(&input.policy.mapping),
            domains: Domains::new(input.policy, input.target),
            person_positions,
            user_positions: positions(&input.target.users, |user| user.id.as_str()),
            target_group_positions: positions(&input.target.groups, |group| group.id.as_str()),
            group_link_positions: positions(group_links, |link| link.source.as_str()),
            group_positions: positions(groups, |group| group.id.as_str()),
            absent_people: positions(&input.source.absent_people, |(id, _)| id.as_str()),
            absent_groups: positions(&input.source.absent_groups, |(id, _)| id.as_str()),
            scope,
            members,
            users_are_sorted: input.target.users.is_sorted_by(|a, b| a.id < b.id),
            tried,
        }
    }

    pub(crate) fn person_position(&self, id: &SourceUserId) -> Option<u32> {
        self.person_positions.get(id.as_str()).copied()
    }

    pub(crate) fn user_position(&self, id: &ScimId) -> Option<u32> {
        self.user_positions.get(id.as_str()).copied()
    }

    pub(crate) fn person(&self, position: u32) -> Option<&'a SourcePerson> {
        self.people.get(position as usize)
    }

    pub(crate) fn user(&self, position: u32) -> Option<&'a TargetUser> {
        self.users.get(position as usize)
    }

    pub(crate) fn target_group(&self, id: &ScimId) -> Option<&'a TargetGroup> {
        let position = self.target_group_positions.get(id.as_str())?;
        self.target_groups.get(*position as usize)
    }

    pub(crate) fn group_link(&self, id: &SourceGroupId) -> Option<&'a GroupLink> {
        let position = self.group_link_positions.get(id.as_str())?;
        self.group_links.get(*position as usize)
    }

    pub(crate) fn managed_link(&self, id: &SourceGroupId) -> Option<&'a GroupLink> {
        self.group_link(id).filter(|link| link.state == GroupLinkState::Managed)
    }

    pub(crate) fn bound_group(&self, id: &SourceGroupId) -> Option<&'a SourceGroup> {
        let position = self.group_positions.get(id.as_str())?;
        self.groups.get(*position as usize)
    }

    /// Returns the positions of a bound group's members, in the order in which it names them.
    pub(crate) fn members_of(&self, group: &SourceGroup) -> &[u32] {
        let position = self.group_positions.get(group.id.as_str());
        position.and_then(|position| self.members.get(*position as usize)).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn is_in_scope(&self, person: u32) -> bool {
        self.scope.get(person as usize).is_some_and(|group| *group != NONE)
    }

    /// Returns the bound group that puts a person in scope, the first by name.
    pub(crate) fn scope_group(&self, person: u32) -> Option<&'a SourceGroup> {
        let position = *self.scope.get(person as usize)?;
        self.groups.get(position as usize)
    }

    /// Returns the person in JumpCloud whose id an account carries.
    pub(crate) fn owner_by_external_id(&self, user: u32) -> Option<u32> {
        let external_id = self.user(user)?.attributes.get(Attribute::ExternalId)?;
        self.person_positions.get(external_id.trim()).copied()
    }

    /// Returns what asking for a missing person by id said.
    pub(crate) fn absence_of_person(&self, id: &SourceUserId) -> Absence {
        lookup(&self.input.source.absent_people, &self.absent_people, id.as_str())
    }

    /// Returns what asking for a group that is not bound by id said.
    pub(crate) fn absence_of_group(&self, id: &SourceGroupId) -> Absence {
        if let Some((_, absence)) = self.tried.filter(|(tried, _)| *tried == id) {
            return absence;
        }
        lookup(&self.input.source.absent_groups, &self.absent_groups, id.as_str())
    }

    pub(crate) fn is_in_quarantine(&self, id: &OperationId) -> bool {
        self.input.quarantine.binary_search(id).is_ok()
    }

    /// Returns a person's name, whichever side knows it.
    pub(crate) fn name(&self, person: Option<u32>, user: Option<u32>) -> String {
        if let Some(person) = person.and_then(|position| self.person(position)) {
            return person.label();
        }
        user.and_then(|position| self.user(position)).map_or_else(String::new, user_name)
    }

    /// Returns the subject for a person; either position may be missing.
    pub(crate) fn person_subject(&self, person: Option<u32>, user: Option<u32>) -> Subject {
        let source = person.and_then(|position| self.person(position));
        let target = user.and_then(|position| self.user(position));
        Subject::Person {
            source_id: source.map(|person| person.id.clone()),
            target_id: target.map(|user| user.id.clone()),
            label: self.label(person, user),
            name: self.name(person, user),
        }
    }

    /// Returns a person's e-mail address, else user name; JumpCloud's first.
    pub(crate) fn label(&self, person: Option<u32>, user: Option<u32>) -> String {
        if let Some(source) = person.and_then(|position| self.person(position)) {
            for attribute in [Attribute::Email, Attribute::UserName] {
                if let Some(value) = self.feeds.desired(source, attribute).value() {
                    return value.to_owned();
                }
            }
            return source.id.as_str().to_owned();
        }
        user.and_then(|position| self.user(position))
            .map_or_else(String::new, |user| user_label(user).to_owned())
    }

    /// Whether the admin forbade touching the person, by either side's address.
    pub(crate) fn is_protected(&self, person: Option<u32>, user: Option<u32>) -> bool {
        let protected = &self.input.policy.protected_people;
        if protected.is_empty() {
            return false;
        }
        let source = person.and_then(|position| self.person(position));
        let wanted = source.map(|person| self.feeds.desired(person, Attribute::Email));
        let wanted = wanted.as_ref().and_then(|desired| desired.value());
        let observed = user
            .and_then(|position| self.user(position))
            .and_then(|user| user.attributes.get(Attribute::Email));
        wanted.into_iter().chain(observed).any(|address| {
            let address = fold(address);
            protected.contains(address.as_ref()) || protected.iter().any(|entry| fold(entry) == address)
        })
    }

    /// Whether the admin forbade touching the group.
    pub(crate) fn is_protected_group(&self, name: &str) -> bool {
        let protected = &self.input.policy.protected_groups;
        !protected.is_empty() && {
            let name = fold(name);
            protected.iter().any(|entry| fold(entry) == name)
        }
    }
}

/// Returns an account's e-mail address, else its user name, else its id.
pub(crate) fn user_label(user: &TargetUser) -> &str {
    user.attributes
        .get(Attribute::Email)
        .or_else(|| user.attributes.get(Attribute::UserName))
        .unwrap_or(user.id.as_str())
}

fn user_name(user: &TargetUser) -> String {
    if let Some(name) = user.attributes.get(Attribute::DisplayName) {
        return name.to_owned();
    }
    match (user.attributes.get(Attribute::GivenName), user.attributes.get(Attribute::FamilyName)) {
        (Some(given), Some(family)) => format!("{given} {family}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => user_label(user).to_owned(),
    }
}

fn lookup<T>(list: &[(T, Absence)], positions: &Positions<'_>, id: &str) -> Absence {
    let entry = positions.get(id).and_then(|position| list.get(*position as usize));
    entry.map_or(Absence::Unknown, |(_, absence)| *absence)
}

/// Looks every member of every bound group up once.
fn members(groups: &[SourceGroup], people: &Positions<'_>) -> Vec<Vec<u32>> {
    let position = |member: &SourceUserId| people.get(member.as_str()).copied().unwrap_or(NONE);
    groups.iter().map(|group| group.members.iter().map(position).collect()).collect()
}

/// Finds for everybody the bound group to name, the first by name and id.
fn scope(groups: &[SourceGroup], members: &[Vec<u32>], count: usize) -> Vec<u32> {
    let mut order: Vec<(u32, &SourceGroup, &Vec<u32>)> = (0u32..)
        .zip(groups)
        .zip(members)
        .map(|((position, group), members)| (position, group, members))
        .collect();
    order.sort_by(|(_, a, _), (_, b, _)| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    let mut scope = vec![NONE; count];
    for (position, _, members) in order {
        for member in members {
            if let Some(slot) = scope.get_mut(*member as usize).filter(|slot| **slot == NONE) {
                *slot = position;
            }
        }
    }
    scope
}
