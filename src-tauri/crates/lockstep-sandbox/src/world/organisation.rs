//! The Atlassian organisation around the SCIM directory: accounts, local and synced groups, app access, domains.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::slab::{Keys, Slab};

/// An account's standing in the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Membership {
    #[default]
    Active,
    Suspended,
    None,
}

/// An Atlassian account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    pub(crate) id: Box<str>,
    pub(crate) email: Box<str>,
    pub(crate) name: Box<str>,
    pub(crate) job_title: Box<str>,
    pub(crate) department: Box<str>,
    /// Its domain is verified and claimed by this organisation.
    pub(crate) is_managed: bool,
    pub(crate) is_active: bool,
    pub(crate) membership: Membership,
    /// The SCIM user that it is linked to.
    pub(crate) user: Option<u32>,
    /// Seconds since 1970.
    pub(crate) last_active: Option<i64>,
    pub(crate) added: i64,
    pub(crate) is_org_admin: bool,
    pub(crate) groups: Keys,
}

/// A site, `https://NAME.atlassian.net`.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) cloud_id: String,
    pub(crate) name: String,
}

/// Access to one app on one site.
#[derive(Clone, Debug)]
pub(crate) struct RoleAssignment {
    /// For example `ari:cloud:jira-software::site/…`.
    pub(crate) resource_id: String,
    /// For example `jira-software`.
    pub(crate) resource_owner: String,
    /// Set where new people of the app join this group by default.
    pub(crate) default_role: Option<String>,
    pub(crate) roles: Vec<String>,
}

/// A group of the organisation.
#[derive(Clone, Debug, Default)]
pub(crate) struct OrgGroup {
    pub(crate) id: Box<str>,
    pub(crate) name: Box<str>,
    pub(crate) description: Box<str>,
    pub(crate) is_synced: bool,
    /// Account keys.
    pub(crate) members: Keys,
    pub(crate) role_assignments: Vec<RoleAssignment>,
}

impl OrgGroup {
    /// Whether new people of an app join it by default: such a group cannot be synced.
    pub(crate) fn gives_default_access(&self) -> bool {
        self.role_assignments.iter().any(|assignment| assignment.default_role.is_some())
    }
}

/// The organisation.
#[derive(Debug, Default)]
pub(crate) struct Organisation {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The *user base* directory, another id than the SCIM directory's.
    pub(crate) directory: String,
    /// Sites; apps are on the first unless said otherwise.
    pub(crate) sites: Vec<Site>,
    pub(crate) accounts: Slab<Account>,
    pub(crate) groups: Slab<OrgGroup>,
    /// Name, and whether it is verified.
    pub(crate) domains: Vec<(String, bool)>,
    /// Addresses that accounts of other organisations hold, in lower case.
    pub(crate) foreign_addresses: BTreeSet<String>,
    account_by_id: FxHashMap<Box<str>, u32>,
    account_by_email: FxHashMap<Box<str>, u32>,
    group_by_id: FxHashMap<Box<str>, u32>,
    group_by_name: FxHashMap<Box<str>, u32>,
}

impl Organisation {
    /// Whether the address is in a verified domain.
    pub(crate) fn is_verified(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.domains.iter().any(|(name, verified)| *verified && name.eq_ignore_ascii_case(domain))
    }

    /// Makes every account managed or not, after a domain has been verified or lost.
    pub(crate) fn claim_accounts(&mut self) {
        let keys: Vec<u32> = self.accounts.keys().iter().collect();
        for key in keys {
            let email = self.accounts.get(key).map(|account| account.email.clone()).unwrap_or_default();
            let is_managed = self.is_verified(&email);
            if let Some(account) = self.accounts.get_mut(key) {
                account.is_managed = is_managed;
            }
        }
    }

    /// Returns the name of the site that a resource is on; none for what is of the whole organisation.
    pub(crate) fn site_of(&self, resource: &str) -> Option<&str> {
        let (_, id) = resource.rsplit_once('/')?;
        self.sites.iter().find(|site| site.cloud_id == id).map(|site| site.name.as_str())
    }

    pub(crate) fn account_by_id(&self, id: &str) -> Option<u32> {
        self.account_by_id.get(id).copied()
    }

    pub(crate) fn account_by_email(&self, email: &str) -> Option<u32> {
        self.account_by_email.get(email.to_lowercase().as_str()).copied()
    }

    pub(crate) fn group_by_id(&self, id: &str) -> Option<u32> {
        self.group_by_id.get(id).copied()
    }

    pub(crate) fn group_by_name(&self, name: &str) -> Option<u32> {
        self.group_by_name.get(name.to_lowercase().as_str()).copied()
    }

    pub(crate) fn add_account(&mut self, account: Account) -> u32 {
        let (id, email) = (account.id.clone(), account.email.to_lowercase());
        let key = self.accounts.insert(account);
        self.account_by_id.insert(id, key);
        self.account_by_email.insert(email.into(), key);
        key
    }

    pub(crate) fn set_account_email(&mut self, key: u32, email: &str) {
        if let Some(account) = self.accounts.get_mut(key) {
            self.account_by_email.remove(account.email.to_lowercase().as_str());
            account.email = email.into();
            self.account_by_email.insert(email.to_lowercase().into(), key);
        }
    }

    pub(crate) fn add_group(&mut self, group: OrgGroup) -> u32 {
        let (id, name) = (group.id.clone(), group.name.to_lowercase());
        let members = group.members.clone();
        let key = self.groups.insert(group);
        for member in members.iter() {
            if let Some(account) = self.accounts.get_mut(member) {
                account.groups.insert(key);
            }
        }
        self.group_by_id.insert(id, key);
        self.group_by_name.insert(name.into(), key);
        key
    }

    pub(crate) fn rename_group(&mut self, key: u32, name: &str) {
        if let Some(group) = self.groups.get_mut(key) {
            self.group_by_name.remove(group.name.to_lowercase().as_str());
            group.name = name.into();
            self.group_by_name.insert(name.to_lowercase().into(), key);
        }
    }

    pub(crate) fn remove_group(&mut self, key: u32) {
        let Some(group) = self.groups.remove(key) else { return };
        self.group_by_id.remove(&group.id);
        self.group_by_name.remove(group.name.to_lowercase().as_str());
        for member in group.members.iter() {
            if let Some(account) = self.accounts.get_mut(member) {
                account.groups.remove(key);
            }
        }
    }

    /// Says whether the account was new to the group.
    pub(crate) fn add_member(&mut self, group: u32, account: u32) -> bool {
        if let Some(account) = self.accounts.get_mut(account) {
            account.groups.insert(group);
        }
        self.groups.get_mut(group).is_some_and(|group| group.members.insert(account))
    }

    /// Says whether the account was in the group.
    pub(crate) fn remove_member(&mut self, group: u32, account: u32) -> bool {
        if let Some(account) = self.accounts.get_mut(account) {
            account.groups.remove(group);
        }
        self.groups.get_mut(group).is_some_and(|group| group.members.remove(account))
    }
}
