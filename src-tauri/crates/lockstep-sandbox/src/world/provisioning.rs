//! What the SCIM directory's changes do to the Atlassian organisation: accounts are linked, made and switched
//! off, groups mirrored, clashes held for review.
//!
//! Sources are the facts on Atlassian, sections 1.5, 1.8, 3 and 4; where they leave the answer open, the
//! [`Dialect`](crate::Dialect) decides.

use super::World;
use super::organisation::{Account, Membership, OrgGroup};
use super::slab::Keys;
use super::target::{Propagation, RefusedPush, ScimGroup, ScimUser};
use crate::dialect::Clash;

/// Why the SCIM directory refuses a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// 409 `uniqueness`.
    Conflict(String),
    /// 400 `invalidValue`.
    Invalid(String),
}

fn email_taken(email: &str) -> Refusal {
    Refusal::Conflict(format!("Resource [USER]: with email[{email}] already exists."))
}

fn user_name_taken(user_name: &str) -> Refusal {
    Refusal::Conflict(format!("Resource [USER]: with userName[{user_name}] already exists."))
}

fn group_taken(name: &str) -> Refusal {
    Refusal::Conflict(format!("Resource [GROUP]: with displayName[{name}] already exists."))
}

impl World {
    /// Takes a new SCIM user in; gives its id and links or makes the account.
    pub(crate) fn create_user(&mut self, mut user: ScimUser) -> Result<u32, Refusal> {
        self.check_unique(None, &user)?;
        let email = user.email().to_owned();
        let is_verified = self.organisation.is_verified(&email);
        if !is_verified && self.dialect.refuse_unverified {
            return Err(Refusal::Invalid(format!("The email address {email} is not on a verified domain.")));
        }
        let account = self.organisation.account_by_email(&email);
        user.id = if self.dialect.name_ids { user.user_name.clone() } else { self.mint.uuid().into() };
        user.created = self.now_ms();
        user.modified = user.created;
        let account = account.unwrap_or_else(|| {
            let account = Account {
                id: format!("{}:{}", 700_000 + self.mint.below(20_000), self.mint.uuid()).into(),
                email: email.as_str().into(),
                name: shown_name(&user),
                is_managed: is_verified,
                is_active: true,
                added: self.now_ms() / 1000,
                ..Account::default()
            };
            self.organisation.add_account(account)
        });
        user.account = Some(account);
        let key = self.target.add_user(user);
        if let Some(account) = self.organisation.accounts.get_mut(account) {
            account.user = Some(key);
        }
        self.propagate_user(key);
        Ok(key)
    }

    /// Replaces a SCIM user; `wrote_emails` says that the request named `emails`.
    pub(crate) fn update_user(
        &mut self,
        key: u32,
        mut user: ScimUser,
        wrote_emails: bool,
    ) -> Result<(), Refusal> {
        self.check_unique(Some(key), &user)?;
        let Some(old) = self.target.users.get(key) else { return Ok(()) };
        let (old_email, new_email) = (old.email().to_owned(), user.email().to_owned());
        let has_changed = !old_email.eq_ignore_ascii_case(&new_email);
        user.modified = self.now_ms().max(user.modified + 1);
        if let (Some(account), true) = (user.account, wrote_emails) {
            let is_managed =
                self.organisation.accounts.get(account).is_some_and(|account| account.is_managed);
            if !is_managed && (has_changed || !self.dialect.keep_link) {
                self.unlink(key, account);
                user.account = None;
            } else if has_changed {
                self.organisation.set_account_email(account, &new_email);
            }
        }
        self.target.replace_user(key, user);
        self.propagate_user(key);
        Ok(())
    }

    /// Deletes a SCIM user: the account stays, switched off, and keeps the address.
    pub(crate) fn delete_user(&mut self, key: u32) {
        let Some(user) = self.target.remove_user(key) else { return };
        if self.dialect.ghost_members {
            self.target.keep_ghost(key, user.id.clone());
        } else {
            for group in user.groups.iter() {
                if let Some(group) = self.target.groups.get_mut(group) {
                    group.members.remove(key);
                }
            }
        }
        let Some(account_key) = user.account else { return };
        for group in user.groups.iter() {
            if let Some(Propagation::Synced(mirror)) =
                self.target.groups.get(group).map(|group| group.propagation)
            {
                self.organisation.remove_member(mirror, account_key);
            }
        }
        if let Some(account) = self.organisation.accounts.get_mut(account_key) {
            account.user = None;
            if account.is_managed {
                account.is_active = false;
            }
        }
    }

    /// Takes a new SCIM group in, or says with whom it clashes.
    pub(crate) fn create_group(
        &mut self,
        name: &str,
        external_id: &str,
        members: &Keys,
    ) -> Result<u32, Refusal> {
        if self.target.group_by_name(name).is_some() {
            return Err(group_taken(name));
        }
        let propagation = match self.organisation.group_by_name(name.trim()) {
            None => Propagation::Synced(self.add_mirror(name)),
            Some(local) => {
                let is_synced = self.organisation.groups.get(local).is_some_and(|group| group.is_synced);
                if is_synced {
                    return Err(group_taken(name));
                }
                match (self.dialect.clash, self.take_open_push(local)) {
                    (Clash::Pending, _) => Propagation::Pending(local),
                    (Clash::Refuse, true) => Propagation::Synced(local),
                    (Clash::Refuse, false) => {
                        self.keep_refused_push(local, name, external_id, members);
                        return Err(group_taken(name));
                    }
                }
            }
        };
        let key = self.add_scim_group(name, external_id, members, propagation);
        if let Propagation::Synced(mirror) = propagation {
            self.accept_takeover(key, mirror);
        }
        Ok(key)
    }

    fn add_scim_group(
        &mut self,
        name: &str,
        external_id: &str,
        members: &Keys,
        propagation: Propagation,
    ) -> u32 {
        let now = self.now_ms();
        let group = ScimGroup {
            id: self.mint.uuid().into(),
            external_id: external_id.into(),
            display_name: name.into(),
            members: Keys::default(),
            propagation,
            created: now,
            modified: now,
        };
        let key = self.target.add_group(group);
        for member in members.iter() {
            self.join(key, member);
        }
        key
    }

    /// Puts a SCIM user into a SCIM group; says whether that was new.
    pub(crate) fn join(&mut self, group_key: u32, user_key: u32) -> bool {
        let now = self.now_ms();
        let Some(group) = self.target.groups.get_mut(group_key) else { return false };
        let is_new = group.members.insert(user_key);
        if !is_new && self.dialect.double_members {
            group.members.insert_again(user_key);
        }
        group.modified = now.max(group.modified);
        let propagation = group.propagation;
        let Some(user) = self.target.users.get_mut(user_key) else { return is_new };
        user.groups.insert(group_key);
        if let (Propagation::Synced(mirror), Some(account)) = (propagation, user.account) {
            self.organisation.add_member(mirror, account);
        }
        is_new
    }

    /// Takes a SCIM user out of a SCIM group; says whether they were in.
    pub(crate) fn leave(&mut self, group_key: u32, user_key: u32) -> bool {
        let now = self.now_ms();
        let Some(group) = self.target.groups.get_mut(group_key) else { return false };
        let was_in = group.members.remove(user_key);
        group.modified = now.max(group.modified);
        let propagation = group.propagation;
        let Some(user) = self.target.users.get_mut(user_key) else { return was_in };
        user.groups.remove(group_key);
        if let (Propagation::Synced(mirror), Some(account)) = (propagation, user.account) {
            self.organisation.remove_member(mirror, account);
        }
        was_in
    }

    /// Deletes a SCIM group and, unless it only waited for review, the organisation's group.
    pub(crate) fn delete_group(&mut self, key: u32) {
        if let Some(ScimGroup { propagation: Propagation::Synced(mirror), .. }) =
            self.target.remove_group(key)
        {
            self.organisation.remove_group(mirror);
        }
    }

    /// *Sync group* in Atlassian's console: the SCIM group's membership overwrites the local group's.
    pub(crate) fn accept_takeover(&mut self, key: u32, local: u32) {
        let wanted: Keys = self.target.groups.get(key).map_or_else(Keys::default, |group| {
            group.members.iter().filter_map(|user| self.target.users.get(user)?.account).collect()
        });
        let present =
            self.organisation.groups.get(local).map(|group| group.members.clone()).unwrap_or_default();
        for account in present.iter().filter(|account| !wanted.contains(*account)) {
            self.organisation.remove_member(local, account);
        }
        for account in wanted.iter() {
            self.organisation.add_member(local, account);
        }
        if let Some(group) = self.organisation.groups.get_mut(local) {
            group.is_synced = true;
        }
        if let Some(group) = self.target.groups.get_mut(key) {
            group.propagation = Propagation::Synced(local);
        }
    }

    /// *Sync group* for a group whose creation was refused: what was pushed becomes the group, or, by the dialect,
    /// only the next creation goes through.
    pub(crate) fn accept_refused(&mut self, index: usize) {
        if self.dialect.accept_opens {
            if let Some(push) = self.refused_pushes.get_mut(index) {
                push.is_open = true;
            }
            return;
        }
        let push = self.refused_pushes.remove(index);
        let members = push.members.iter().filter(|user| self.target.users.get(*user).is_some()).collect();
        let key = self.add_scim_group(
            &push.display_name,
            &push.external_id,
            &members,
            Propagation::Synced(push.local),
        );
        self.accept_takeover(key, push.local);
    }

    /// What the console's review lists after a refused creation; the last one counts.
    fn keep_refused_push(&mut self, local: u32, name: &str, external_id: &str, members: &Keys) {
        self.refused_pushes.retain(|push| push.local != local);
        self.refused_pushes.push(RefusedPush {
            local,
            external_id: external_id.into(),
            display_name: name.into(),
            members: members.clone(),
            is_open: false,
        });
    }

    /// Whether *Sync group* was accepted for the local group before; that is used up.
    fn take_open_push(&mut self, local: u32) -> bool {
        let before = self.refused_pushes.len();
        self.refused_pushes.retain(|push| !(push.is_open && push.local == local));
        self.refused_pushes.len() < before
    }

    /// Deletes a local group. A SCIM group that waited for it has nothing to wait for any more.
    pub(crate) fn remove_local_group(&mut self, local: u32) {
        self.organisation.remove_group(local);
        self.refused_pushes.retain(|push| push.local != local);
        let waits = |group: &ScimGroup| group.propagation == Propagation::Pending(local);
        let waiting: Vec<u32> =
            self.target.groups.iter().filter(|(_, group)| waits(group)).map(|(key, _)| key).collect();
        for key in waiting {
            let name =
                self.target.groups.get(key).map(|group| group.display_name.clone()).unwrap_or_default();
            let mirror = self.add_mirror(&name);
            self.accept_takeover(key, mirror);
        }
    }

    fn add_mirror(&mut self, name: &str) -> u32 {
        let id = self.mint.uuid().into();
        let name = name.into();
        self.organisation.add_group(OrgGroup { id, name, is_synced: true, ..OrgGroup::default() })
    }

    /// Refuses a user name or address that somebody else has.
    fn check_unique(&self, own: Option<u32>, user: &ScimUser) -> Result<(), Refusal> {
        if let Some(other) = self.target.user_by_name(&user.user_name) {
            let is_other_case =
                self.target.users.get(other).is_some_and(|other| other.user_name != user.user_name);
            if Some(other) != own && !(self.dialect.case_sensitive && is_other_case) {
                return Err(user_name_taken(&user.user_name));
            }
        }
        let email = user.email();
        let has_kept = own
            .and_then(|own| self.target.users.get(own))
            .is_some_and(|own| own.email().eq_ignore_ascii_case(email));
        if has_kept {
            return Ok(());
        }
        let is_taken = self.target.user_by_email(email).is_some_and(|other| Some(other) != own);
        if is_taken && !self.dialect.case_sensitive {
            return Err(email_taken(email));
        }
        if self.organisation.foreign_addresses.contains(&email.to_lowercase()) {
            return Err(email_taken(email));
        }
        // An address change needs a free address; a new user is linked to the account that has it.
        let holder = self.organisation.account_by_email(email);
        if own.is_some() && holder.is_some() && holder != user.account {
            return Err(email_taken(email));
        }
        Ok(())
    }

    /// Cuts the tie between a SCIM user and its account; both stay as they are.
    pub(crate) fn unlink_user(&mut self, key: u32) {
        let Some(account) = self.target.users.get(key).and_then(|user| user.account) else { return };
        self.unlink(key, account);
        if let Some(user) = self.target.users.get_mut(key) {
            user.account = None;
        }
    }

    fn unlink(&mut self, user: u32, account: u32) {
        let groups = self.target.users.get(user).map(|user| user.groups.clone()).unwrap_or_default();
        for group in groups.iter() {
            if let Some(Propagation::Synced(mirror)) =
                self.target.groups.get(group).map(|group| group.propagation)
            {
                self.organisation.remove_member(mirror, account);
            }
        }
        if let Some(account) = self.organisation.accounts.get_mut(account) {
            account.user = None;
        }
    }

    /// Carries a SCIM user's state to the account.
    fn propagate_user(&mut self, key: u32) {
        let Some(user) = self.target.users.get(key) else { return };
        let Some(account) = user.account.and_then(|account| self.organisation.accounts.get_mut(account))
        else {
            return;
        };
        if account.is_managed {
            account.is_active = user.active;
            account.name = shown_name(user);
            account.job_title = user.title.clone();
            account.department = user.department.clone();
        } else if account.membership != Membership::Suspended {
            // An external account cannot be switched off; it loses the organisation instead.
            account.membership = if user.active { Membership::Active } else { Membership::None };
        }
    }
}

fn shown_name(user: &ScimUser) -> Box<str> {
    if user.display_name.is_empty() {
        format!("{} {}", user.name.given, user.name.family).trim().into()
    } else {
        user.display_name.clone()
    }
}
