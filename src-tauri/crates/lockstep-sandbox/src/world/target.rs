//! The SCIM directory: users, groups and their indexes. What a change does to the organisation around it is in
//! [`super::provisioning`].

use rustc_hash::FxHashMap;

use super::slab::{Keys, Slab};

/// A value of `emails` or `phoneNumbers`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Multi {
    pub(crate) value: Box<str>,
    pub(crate) kind: Box<str>,
    pub(crate) is_primary: bool,
}

/// The components of a name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Name {
    pub(crate) formatted: Box<str>,
    pub(crate) family: Box<str>,
    pub(crate) given: Box<str>,
    pub(crate) middle: Box<str>,
    pub(crate) prefix: Box<str>,
    pub(crate) suffix: Box<str>,
}

/// A SCIM user; text is empty where the attribute has no value.
#[derive(Clone, Debug, Default)]
pub(crate) struct ScimUser {
    pub(crate) id: Box<str>,
    pub(crate) user_name: Box<str>,
    pub(crate) external_id: Box<str>,
    pub(crate) name: Name,
    pub(crate) display_name: Box<str>,
    pub(crate) nick_name: Box<str>,
    pub(crate) title: Box<str>,
    pub(crate) preferred_language: Box<str>,
    pub(crate) timezone: Box<str>,
    /// Both the flat attribute and the enterprise extension's.
    pub(crate) department: Box<str>,
    /// Both the flat attribute and the enterprise extension's.
    pub(crate) organization: Box<str>,
    pub(crate) based_in: Box<str>,
    pub(crate) emails: Vec<Multi>,
    pub(crate) phones: Vec<Multi>,
    pub(crate) active: bool,
    /// The Atlassian account that it is linked to.
    pub(crate) account: Option<u32>,
    pub(crate) groups: Keys,
    /// Milliseconds since 1970.
    pub(crate) created: i64,
    pub(crate) modified: i64,
}

impl ScimUser {
    /// Returns the primary address, else the first.
    pub(crate) fn email(&self) -> &str {
        let primary = self.emails.iter().find(|email| email.is_primary).or(self.emails.first());
        primary.map_or("", |email| &email.value)
    }

    pub(crate) fn work_phone(&self) -> &str {
        self.phones.iter().find(|phone| &*phone.kind == "work").map_or("", |phone| &phone.value)
    }
}

/// Where a SCIM group stands with the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Propagation {
    /// This group of the organisation mirrors it.
    Synced(u32),
    /// A local group has the name: an administrator has to accept *Sync group*.
    Pending(u32),
}

/// A SCIM group.
#[derive(Clone, Debug)]
pub(crate) struct ScimGroup {
    pub(crate) id: Box<str>,
    pub(crate) external_id: Box<str>,
    pub(crate) display_name: Box<str>,
    pub(crate) members: Keys,
    pub(crate) propagation: Propagation,
    pub(crate) created: i64,
    pub(crate) modified: i64,
}

/// A group creation that was refused because a local group has the name.
#[derive(Clone, Debug)]
pub(crate) struct RefusedPush {
    /// The local group.
    pub(crate) local: u32,
    pub(crate) external_id: Box<str>,
    pub(crate) display_name: Box<str>,
    pub(crate) members: Keys,
    /// *Sync group* was accepted, and the next creation goes through.
    pub(crate) is_open: bool,
}

/// The SCIM directory.
#[derive(Debug, Default)]
pub(crate) struct Target {
    /// Last segment of the base URL.
    pub(crate) directory: String,
    pub(crate) users: Slab<ScimUser>,
    pub(crate) groups: Slab<ScimGroup>,
    user_by_id: FxHashMap<Box<str>, u32>,
    user_by_name: FxHashMap<Box<str>, u32>,
    user_by_email: FxHashMap<Box<str>, u32>,
    users_by_external_id: FxHashMap<Box<str>, Keys>,
    group_by_id: FxHashMap<Box<str>, u32>,
    group_by_name: FxHashMap<Box<str>, u32>,
    /// Ids of deleted users that stay in groups.
    ghosts: FxHashMap<u32, Box<str>>,
}

impl Target {
    pub(crate) fn user_by_id(&self, id: &str) -> Option<u32> {
        self.user_by_id.get(id).copied()
    }

    /// Finds by user name in any letter case.
    pub(crate) fn user_by_name(&self, user_name: &str) -> Option<u32> {
        self.user_by_name.get(user_name.to_lowercase().as_str()).copied()
    }

    /// Finds by primary address in any letter case.
    pub(crate) fn user_by_email(&self, email: &str) -> Option<u32> {
        self.user_by_email.get(email.to_lowercase().as_str()).copied()
    }

    pub(crate) fn users_by_external_id(&self, external_id: &str) -> Keys {
        self.users_by_external_id.get(external_id).cloned().unwrap_or_default()
    }

    pub(crate) fn group_by_id(&self, id: &str) -> Option<u32> {
        self.group_by_id.get(id).copied()
    }

    pub(crate) fn group_by_name(&self, name: &str) -> Option<u32> {
        self.group_by_name.get(name.to_lowercase().as_str()).copied()
    }

    /// Finds somebody by id, user name or address.
    pub(crate) fn user(&self, name: &str) -> Option<u32> {
        self.user_by_id(name).or_else(|| self.user_by_name(name)).or_else(|| self.user_by_email(name))
    }

    /// Finds a group by id or name.
    pub(crate) fn group(&self, name: &str) -> Option<u32> {
        self.group_by_id(name).or_else(|| self.group_by_name(name))
    }

    pub(crate) fn add_user(&mut self, user: ScimUser) -> u32 {
        let key = self.users.insert(user);
        self.index(key);
        key
    }

    /// Changes a user and keeps the indexes right.
    pub(crate) fn replace_user(&mut self, key: u32, user: ScimUser) {
        self.unindex(key);
        if let Some(old) = self.users.get_mut(key) {
            *old = user;
        }
        self.index(key);
    }

    /// Remembers the id of a deleted user whom groups still show.
    pub(crate) fn keep_ghost(&mut self, key: u32, id: Box<str>) {
        self.ghosts.insert(key, id);
    }

    /// Returns the id of a deleted user whom groups still show.
    pub(crate) fn ghost(&self, key: u32) -> Option<&str> {
        self.ghosts.get(&key).map(|id| &**id)
    }

    /// Takes a user out of the list; memberships are the caller's business.
    pub(crate) fn remove_user(&mut self, key: u32) -> Option<ScimUser> {
        self.unindex(key);
        self.users.remove(key)
    }

    fn index(&mut self, key: u32) {
        let Some(user) = self.users.get(key) else { return };
        self.user_by_id.insert(user.id.clone(), key);
        self.user_by_name.insert(user.user_name.to_lowercase().into(), key);
        if !user.email().is_empty() {
            self.user_by_email.insert(user.email().to_lowercase().into(), key);
        }
        if !user.external_id.is_empty() {
            self.users_by_external_id.entry(user.external_id.clone()).or_default().insert(key);
        }
    }

    fn unindex(&mut self, key: u32) {
        let Some(user) = self.users.get(key) else { return };
        self.user_by_id.remove(&user.id);
        // Where a dialect lets two users share a name, only the owner of the entry may take it away.
        let name = user.user_name.to_lowercase();
        if self.user_by_name.get(name.as_str()) == Some(&key) {
            self.user_by_name.remove(name.as_str());
        }
        let email = user.email().to_lowercase();
        if self.user_by_email.get(email.as_str()) == Some(&key) {
            self.user_by_email.remove(email.as_str());
        }
        if let Some(keys) = self.users_by_external_id.get_mut(&user.external_id) {
            keys.remove(key);
            if keys.is_empty() {
                self.users_by_external_id.remove(&user.external_id);
            }
        }
    }

    pub(crate) fn add_group(&mut self, group: ScimGroup) -> u32 {
        let (id, name) = (group.id.clone(), group.display_name.to_lowercase());
        let key = self.groups.insert(group);
        self.group_by_id.insert(id, key);
        self.group_by_name.insert(name.into(), key);
        key
    }

    pub(crate) fn rename_group(&mut self, key: u32, name: &str) {
        if let Some(group) = self.groups.get_mut(key) {
            self.group_by_name.remove(group.display_name.to_lowercase().as_str());
            group.display_name = name.into();
            self.group_by_name.insert(name.to_lowercase().into(), key);
        }
    }

    pub(crate) fn remove_group(&mut self, key: u32) -> Option<ScimGroup> {
        let group = self.groups.remove(key)?;
        self.group_by_id.remove(&group.id);
        self.group_by_name.remove(group.display_name.to_lowercase().as_str());
        for member in group.members.iter() {
            if let Some(user) = self.users.get_mut(member) {
                user.groups.remove(key);
            }
        }
        Some(group)
    }
}
