//! A pure model of what a run does: operations made true in the target and the links.

use lockstep_core::attribute::{Attribute, AttributeSet};
use lockstep_core::ids::{ScimId, SourceUserId};
use lockstep_core::link::{GroupLink, GroupLinkState, PersonLink};
use lockstep_core::memory::PendingTakeover;
use lockstep_core::plan::operation::{AttributeChange, Member, Operation, Payload};
use lockstep_core::snapshot::target::{TargetGroup, TargetUser};

use super::TestOrg;

fn change(attributes: &mut AttributeSet, changes: &[AttributeChange]) {
    for change in changes {
        attributes.set(change.attribute, change.after.as_deref());
    }
}

impl TestOrg {
    /// Makes the operations true, in their order.
    pub(crate) fn apply(&mut self, operations: &[Operation]) {
        for operation in operations {
            self.apply_one(&operation.payload);
        }
        let bound = &self.source.groups;
        for link in self.links.groups.iter_mut().filter(|link| link.state == GroupLinkState::Managed) {
            if let Some(group) = bound.iter().find(|group| group.id == link.source) {
                let is_held =
                    self.target.groups.iter().find(|target| target.id == link.target).is_none_or(|target| {
                        // The link remembers a membership only once the target has it.
                        group.members.is_empty() && !target.members.is_empty()
                    });
                if !is_held {
                    link.last_members.clone_from(&group.members);
                }
            }
        }
        self.target.users.sort_by(|a, b| a.id.cmp(&b.id));
        self.target.groups.sort_by(|a, b| a.id.cmp(&b.id));
        self.links.people.sort_by(|a, b| a.source.cmp(&b.source));
        self.links.groups.sort_by(|a, b| a.source.cmp(&b.source));
    }

    fn store_link(&mut self, source: &SourceUserId, target: &ScimId) {
        self.links.people.retain(|link| link.source != *source && link.target != *target);
        self.links.people.push(PersonLink { source: source.clone(), target: target.clone() });
    }

    fn account_of(&self, member: &Member) -> ScimId {
        let linked = || {
            let link = self.links.people.iter().find(|link| Some(&link.source) == member.source.as_ref());
            link.map(|link| link.target.clone())
        };
        member.target.clone().or_else(linked).expect("the member's account exists by now")
    }

    fn user_mut(&mut self, id: &ScimId) -> &mut TargetUser {
        self.target.users.iter_mut().find(|user| user.id == *id).expect("the account exists")
    }

    fn group_mut(&mut self, id: &ScimId) -> &mut TargetGroup {
        self.target.groups.iter_mut().find(|group| group.id == *id).expect("the group exists")
    }

    fn apply_one(&mut self, payload: &Payload) {
        match payload {
            Payload::CreateUser { source, attributes } => {
                let id: ScimId = format!("scim-of-{source}").into();
                let taken = |attribute| {
                    let value = attributes.get(attribute).expect("is always sent");
                    self.target.users.iter().any(|user| {
                        user.attributes.get(attribute).is_some_and(|have| have.eq_ignore_ascii_case(value))
                    })
                };
                assert!(!taken(Attribute::UserName), "a user name exists only once: {attributes:?}");
                assert!(!taken(Attribute::Email), "an address exists only once: {attributes:?}");
                self.store_link(source, &id);
                let user = TargetUser { id, active: true, attributes: attributes.clone(), account_id: None };
                self.target.users.push(user);
            }
            Payload::LinkUser { source, target, changes, active } => {
                self.store_link(source, target);
                let user = self.user_mut(target);
                change(&mut user.attributes, changes);
                user.active = active.unwrap_or(user.active);
            }
            Payload::UpdateUser { target, changes } => change(&mut self.user_mut(target).attributes, changes),
            Payload::ActivateUser { target, changes } => {
                let user = self.user_mut(target);
                user.active = true;
                change(&mut user.attributes, changes);
            }
            Payload::DeactivateUser { target, changes } => {
                let user = self.user_mut(target);
                user.active = false;
                change(&mut user.attributes, changes);
            }
            Payload::DeleteUser { target } => {
                self.target.users.retain(|user| user.id != *target);
                self.links.people.retain(|link| link.target != *target);
                for group in &mut self.target.groups {
                    group.members.retain(|member| member != target);
                }
            }
            Payload::CreateGroup { source, display_name } => {
                let taken =
                    self.target.groups.iter().filter(|group| group.id.as_str().contains(source.as_str()));
                let id: ScimId = format!("group-of-{source}{}", ".".repeat(taken.count())).into();
                self.store_group_link(source, &id, display_name);
                self.target.groups.push(TargetGroup {
                    id,
                    display_name: display_name.clone(),
                    external_id: None,
                    members: Vec::new(),
                });
            }
            Payload::TakeOverGroup { source, target: Some(target), display_name } => {
                self.store_group_link(source, target, display_name);
            }
            Payload::TakeOverGroup { source, target: None, display_name } => {
                self.take_over_local(source, display_name);
            }
            Payload::RenameGroup { target, after, .. } => {
                self.group_mut(target).display_name.clone_from(after);
            }
            Payload::AddMembers { source, target, members } => {
                let linked = self.links.groups.iter().find(|link| link.source == *source);
                let target = target.clone().or_else(|| linked.map(|link| link.target.clone()));
                let Some(target) = target else {
                    assert!(self.refuses_names, "the group exists by now");
                    return;
                };
                let accounts: Vec<ScimId> = members.iter().map(|member| self.account_of(member)).collect();
                let group = self.group_mut(&target);
                for account in accounts {
                    assert!(!group.members.contains(&account), "nobody is added twice");
                    group.members.push(account);
                }
                group.members.sort();
            }
            Payload::RemoveMembers { target, members, .. } => {
                let accounts: Vec<ScimId> = members.iter().map(|member| self.account_of(member)).collect();
                let group = self.group_mut(target);
                assert!(
                    accounts.iter().all(|account| group.members.contains(account)),
                    "only members are removed"
                );
                group.members.retain(|member| !accounts.contains(member));
            }
            Payload::DeleteGroup { source, target, .. } => {
                self.target.groups.retain(|group| group.id != *target);
                self.links.groups.retain(|link| link.source != *source);
            }
            Payload::ReleaseGroup { source, .. } => {
                for link in self.links.groups.iter_mut().filter(|link| link.source == *source) {
                    link.state = GroupLinkState::Released;
                }
            }
            Payload::AddSourceMembers { source, members } => {
                let group = self.source.groups.iter_mut().find(|group| group.id == *source).expect("bound");
                for member in members {
                    let id = member.source.clone().expect("only people with a user in JumpCloud are added");
                    assert!(!group.members.contains(&id), "nobody is added twice");
                    group.members.push(id);
                }
                group.members.sort();
            }
        }
    }

    /// Answers a POST of a group whose name the organisation has: 201 and pending, or 409.
    fn take_over_local(&mut self, source: &lockstep_core::ids::SourceGroupId, name: &str) {
        let target = (!self.refuses_names).then(|| -> ScimId { format!("group-of-{source}").into() });
        if let Some(id) = &target {
            self.store_group_link(source, id, name);
            self.target.groups.push(TargetGroup {
                id: id.clone(),
                display_name: name.to_owned(),
                external_id: None,
                members: Vec::new(),
            });
        }
        let pending = PendingTakeover { name: name.to_owned(), target };
        self.memory.takeovers.insert(source.clone(), pending);
    }

    fn store_group_link(&mut self, source: &lockstep_core::ids::SourceGroupId, target: &ScimId, name: &str) {
        self.links.groups.retain(|link| link.source != *source && link.target != *target);
        self.links.groups.push(GroupLink {
            source: source.clone(),
            target: target.clone(),
            state: GroupLinkState::Managed,
            name: name.to_owned(),
            last_members: Vec::new(),
        });
    }
}
