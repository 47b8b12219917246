//! What is known about one person, looked up in the plan's input.

use serde::{Deserialize, Serialize};

use crate::attribute::{Attribute, SourceField};
use crate::email;
use crate::ids::{ScimId, SourceGroupId, SourceUserId};
use crate::link::{GroupLink, PersonLink};
use crate::plan::conflict::{Conflict, ConflictKind};
use crate::plan::context::user_label;
use crate::plan::operation::{Operation, Subject};
use crate::plan::{Plan, PlanInput};
use crate::policy::mapping::Feeds;
use crate::snapshot::source::{Absence, SourceGroup, SourcePerson};
use crate::snapshot::target::TargetUser;

/// Whom to explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonKey {
    /// Somebody known to JumpCloud, now or when they were linked.
    Source(SourceUserId),
    /// An account, linked or not.
    Target(ScimId),
}

/// Whether a person is a member of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Membership {
    /// They are, or were when the group was last seen.
    Yes,
    /// They were, and are no more.
    Left,
    /// They are not.
    No,
}

/// What became of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum GroupState {
    /// It is bound to the application.
    Bound,
    /// It was bound once.
    Unbound,
    /// It was deleted in JumpCloud.
    Deleted,
    /// It is not among the bound groups, and why could not be found out.
    Unknown,
}

/// A group on the way from a person to the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PathStep {
    /// The group's name.
    pub group: String,
    /// Its JumpCloud id.
    pub source_id: SourceGroupId,
    /// Whether it is bound to the application.
    pub bound: bool,
    /// What became of it.
    pub state: GroupState,
    /// Whether the person is a member.
    pub member: Membership,
    /// How many members it has in JumpCloud; `None` for one that is not bound.
    pub members: Option<u32>,
}

impl PathStep {
    /// Whether the group puts the person in scope.
    pub(crate) fn gives_scope(&self) -> bool {
        self.bound && self.member == Membership::Yes
    }
}

/// Finds a person by e-mail address, else by user name, in JumpCloud, else in the target.
pub fn find_person(input: &PlanInput<'_>, text: &str) -> Option<PersonKey> {
    let feeds = Feeds::new(&input.policy.mapping);
    let people = &input.source.people;
    let by_email = |person: &&SourcePerson| {
        feeds.desired(person, Attribute::Email).value().is_some_and(|address| email::same(address, text))
    };
    let by_name = |person: &&SourcePerson| {
        person.fields.get(SourceField::Username).is_some_and(|name| email::same(name, text))
    };
    if let Some(person) = people.iter().find(by_email).or_else(|| people.iter().find(by_name)) {
        return Some(PersonKey::Source(person.id.clone()));
    }
    let user = [Attribute::Email, Attribute::UserName].into_iter().find_map(|attribute| {
        let has_it =
            |user: &&TargetUser| user.attributes.get(attribute).is_some_and(|own| email::same(own, text));
        input.target.users.iter().find(has_it)
    })?;
    Some(PersonKey::Target(user.id.clone()))
}

/// Everything about one person.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) input: &'a PlanInput<'a>,
    pub(crate) plan: &'a Plan,
    pub(crate) feeds: Feeds<'a>,
    pub(crate) person: Option<&'a SourcePerson>,
    pub(crate) link: Option<&'a PersonLink>,
    /// The linked account, the one that the plan links, or the one asked for.
    pub(crate) user: Option<&'a TargetUser>,
    /// An account with the same address or user name that nobody is linked to and the plan does not touch.
    pub(crate) lookalike: Option<&'a TargetUser>,
    /// Groups with the person first, then groups that had them, then the other bound ones; each by name.
    pub(crate) path: Vec<PathStep>,
    /// The plan's operations on the person, the weightiest first.
    pub(crate) operations: Vec<&'a Operation>,
    /// The plan's question about the person.
    pub(crate) conflict: Option<&'a Conflict>,
    pub(crate) subject: Subject,
}

impl<'a> Facts<'a> {
    /// Looks everything up; `None` where neither side knows the person.
    pub(crate) fn new(input: &'a PlanInput<'a>, plan: &'a Plan, key: &PersonKey) -> Option<Self> {
        // In another directory the old links name nobody, and the plan was made without them.
        let is_replaced =
            plan.conflicts.iter().any(|conflict| conflict.kind == ConflictKind::DirectoryReplaced);
        let links: &[PersonLink] = if is_replaced { &[] } else { &input.links.people };
        let group_links: &[GroupLink] = if is_replaced { &[] } else { &input.links.groups };
        let link = match key {
            PersonKey::Source(id) => by_id(links, |link| &link.source, id),
            PersonKey::Target(id) => links.iter().find(|link| link.target == *id),
        };
        let source_id = match key {
            PersonKey::Source(id) => Some(id.clone()),
            PersonKey::Target(_) => link.map(|link| link.source.clone()),
        };
        let person = source_id.as_ref().and_then(|id| by_id(&input.source.people, |person| &person.id, id));
        let operations = operations_on(plan, source_id.as_ref(), link.map(|link| &link.target), key);
        let linked_by_plan = || operations.iter().find_map(|operation| target_of(&operation.subject));
        let target_id = match key {
            PersonKey::Target(id) => Some(id),
            PersonKey::Source(_) => link.map(|link| &link.target).or_else(linked_by_plan),
        };
        let user = target_id.and_then(|id| by_id(&input.target.users, |user| &user.id, id));
        if person.is_none() && user.is_none() && link.is_none() {
            return None;
        }
        let feeds = Feeds::new(&input.policy.mapping);
        let lookalike = if user.is_none() && link.is_none() {
            person.and_then(|person| lookalike(input, links, &feeds, person))
        } else {
            None
        };
        let conflict = plan
            .conflicts
            .iter()
            .find(|conflict| source_id.is_some() && source_of(&conflict.subject) == source_id.as_ref());
        let subject = subject(&feeds, person, user, source_id.clone(), link);
        Some(Self {
            input,
            plan,
            person,
            link,
            user,
            lookalike,
            path: path(input, group_links, source_id.as_ref(), user.map(|user| &user.id)),
            operations,
            conflict,
            subject,
            feeds,
        })
    }

    pub(crate) fn name(&self) -> &str {
        self.subject.name()
    }

    /// Whether the person is in a bound group.
    pub(crate) fn is_in_scope(&self) -> bool {
        self.person.is_some() && self.path.iter().any(PathStep::gives_scope)
    }

    /// Returns the names of the bound groups that the person is in.
    pub(crate) fn scope_groups(&self) -> Vec<&str> {
        self.path.iter().filter(|step| step.gives_scope()).map(|step| step.group.as_str()).collect()
    }

    /// What asking JumpCloud for a person who is not listed said.
    pub(crate) fn absence(&self) -> Absence {
        let Some(link) = self.link else { return Absence::Unknown };
        let known = self.input.source.absent_people.iter().find(|(id, _)| *id == link.source);
        known.map_or(Absence::Unknown, |(_, absence)| *absence)
    }

    /// Whether the admin forbade touching the person, by either side's address.
    pub(crate) fn is_protected(&self) -> bool {
        let wanted = self.person.map(|person| self.feeds.desired(person, Attribute::Email));
        let wanted = wanted.as_ref().and_then(|desired| desired.value());
        let observed = self.user.and_then(|user| user.attributes.get(Attribute::Email));
        let protected = &self.input.policy.protected_people;
        wanted
            .into_iter()
            .chain(observed)
            .any(|address| protected.iter().any(|entry| email::same(entry, address)))
    }
}

fn operations_on<'a>(
    plan: &'a Plan,
    source: Option<&SourceUserId>,
    target: Option<&ScimId>,
    key: &PersonKey,
) -> Vec<&'a Operation> {
    let target = match key {
        PersonKey::Target(id) => Some(id),
        PersonKey::Source(_) => target,
    };
    let is_about = |operation: &&Operation| {
        let by_source = source.is_some() && source_of(&operation.subject) == source;
        let by_target = target.is_some() && target_of(&operation.subject) == target;
        matches!(operation.subject, Subject::Person { .. }) && (by_source || by_target)
    };
    let mut operations: Vec<&Operation> = plan.operations.iter().filter(is_about).collect();
    // The order of execution ends with what takes the most away, but creating outweighs changing and linking.
    operations.sort_by_key(|operation| std::cmp::Reverse(operation.kind));
    operations
}

fn source_of(subject: &Subject) -> Option<&SourceUserId> {
    match subject {
        Subject::Person { source_id, .. } => source_id.as_ref(),
        Subject::Group { .. } => None,
    }
}

fn target_of(subject: &Subject) -> Option<&ScimId> {
    match subject {
        Subject::Person { target_id, .. } => target_id.as_ref(),
        Subject::Group { .. } => None,
    }
}

/// Finds an item in a list that is sorted by id, and by looking at each where it is not.
fn by_id<'a, T, I: Ord>(items: &'a [T], id: impl Fn(&T) -> &I, wanted: &I) -> Option<&'a T> {
    let found =
        items.binary_search_by(|item| id(item).cmp(wanted)).ok().and_then(|position| items.get(position));
    found.or_else(|| items.iter().find(|item| id(item) == wanted))
}

fn lookalike<'a>(
    input: &'a PlanInput<'a>,
    links: &[PersonLink],
    feeds: &Feeds<'_>,
    person: &SourcePerson,
) -> Option<&'a TargetUser> {
    let has_same = |user: &&TargetUser| {
        [Attribute::ExternalId, Attribute::Email, Attribute::UserName].into_iter().any(|attribute| {
            let wanted = feeds.desired(person, attribute);
            let observed = user.attributes.get(attribute);
            wanted.value().zip(observed).is_some_and(|(wanted, observed)| email::same(wanted, observed))
        })
    };
    let found = input.target.users.iter().find(has_same)?;
    links.iter().all(|link| link.target != found.id).then_some(found)
}

fn subject(
    feeds: &Feeds<'_>,
    person: Option<&SourcePerson>,
    user: Option<&TargetUser>,
    source_id: Option<SourceUserId>,
    link: Option<&PersonLink>,
) -> Subject {
    let wanted = |attribute| {
        let desired = person.map(|person| feeds.desired(person, attribute));
        desired.as_ref().and_then(|desired| desired.value()).map(str::to_owned)
    };
    let fallback = || {
        let id = user.map(user_label).or_else(|| link.map(|link| link.source.as_str()));
        id.unwrap_or_default().to_owned()
    };
    let label = wanted(Attribute::Email).or_else(|| wanted(Attribute::UserName)).unwrap_or_else(fallback);
    let name = person.map(SourcePerson::label).or_else(|| user.map(account_name));
    Subject::Person {
        source_id,
        target_id: user.map(|user| user.id.clone()).or_else(|| link.map(|link| link.target.clone())),
        name: name.unwrap_or_else(|| label.clone()),
        label,
    }
}

fn account_name(user: &TargetUser) -> String {
    let get = |attribute| user.attributes.get(attribute);
    if let Some(name) = get(Attribute::DisplayName) {
        return name.to_owned();
    }
    let parts: Vec<&str> =
        [get(Attribute::GivenName), get(Attribute::FamilyName)].into_iter().flatten().collect();
    if parts.is_empty() { user_label(user).to_owned() } else { parts.join(" ") }
}

fn path(
    input: &PlanInput<'_>,
    links: &[GroupLink],
    source: Option<&SourceUserId>,
    account: Option<&ScimId>,
) -> Vec<PathStep> {
    let was_member = |link: &GroupLink| {
        let in_source = source.is_some_and(|id| link.last_members.contains(id));
        let target = by_id(&input.target.groups, |group| &group.id, &link.target);
        in_source
            || account.is_some_and(|id| target.is_some_and(|group| group.members.binary_search(id).is_ok()))
    };
    let link_of = |group: &SourceGroup| by_id(links, |link| &link.source, &group.id);
    let mut steps: Vec<PathStep> = input
        .source
        .groups
        .iter()
        .map(|group| {
            let is_member = source.is_some_and(|id| contains(&group.members, id));
            let had_member = || link_of(group).is_some_and(was_member);
            PathStep {
                group: group.name.clone(),
                source_id: group.id.clone(),
                bound: true,
                state: GroupState::Bound,
                member: match is_member {
                    true => Membership::Yes,
                    false if had_member() => Membership::Left,
                    false => Membership::No,
                },
                members: Some(u32::try_from(group.members.len()).unwrap_or(u32::MAX)),
            }
        })
        .collect();
    let is_bound = |link: &&GroupLink| by_id(&input.source.groups, |group| &group.id, &link.source).is_some();
    let gone = links.iter().filter(|link| !is_bound(link) && was_member(link)).map(|link| PathStep {
        group: link.name.clone(),
        source_id: link.source.clone(),
        bound: false,
        state: group_state(input, link),
        member: Membership::Yes,
        members: None,
    });
    steps.extend(gone);
    steps.sort_by(|a, b| {
        let key = |step: &PathStep| (!step.bound && step.member == Membership::Yes, step.member);
        (key(a).1, key(a).0, &a.group, &a.source_id).cmp(&(key(b).1, key(b).0, &b.group, &b.source_id))
    });
    steps
}

fn contains(members: &[SourceUserId], id: &SourceUserId) -> bool {
    members.binary_search(id).is_ok() || (!members.is_sorted() && members.contains(id))
}

fn group_state(input: &PlanInput<'_>, link: &GroupLink) -> GroupState {
    use crate::link::GroupLinkState;
    let absence = input.source.absent_groups.iter().find(|(id, _)| *id == link.source);
    match absence.map_or(Absence::Unknown, |(_, absence)| *absence) {
        Absence::Deleted => GroupState::Deleted,
        Absence::Elsewhere => GroupState::Unbound,
        Absence::Unknown if link.state == GroupLinkState::Released => GroupState::Unbound,
        Absence::Unknown => GroupState::Unknown,
    }
}
