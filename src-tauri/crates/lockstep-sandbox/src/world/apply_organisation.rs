//! Makes a [`Change`] of the Atlassian organisation: what an administrator does in its console.

use super::World;
use super::apply::Done;
use super::change::{Change, ChangeError};
use super::organisation::{Account, Membership, OrgGroup, RoleAssignment, Site};
use super::slab::Keys;
use super::sso::SavedSaml;
use super::target::Propagation;

impl World {
    /// Makes a change of the organisation: what an administrator does in Atlassian's console.
    pub(super) fn change_organisation(&mut self, change: &Change) -> Done {
        match change {
            Change::CreateLocalGroup { group, members, app, default_access } => {
                if self.organisation.group_by_name(group).is_some() {
                    return Err(ChangeError::Taken(group.clone()));
                }
                let find = |email: &String| {
                    let account = self.organisation.account_by_email(email);
                    account.ok_or_else(|| ChangeError::NoPerson(email.clone()))
                };
                let members = members.iter().map(find).collect::<Result<Keys, _>>()?;
                let assignments =
                    app.iter().map(|app| self.app_access(app, "atlassian/user", *default_access));
                let role_assignments = assignments.collect();
                let id = self.mint.uuid().into();
                let name = group.as_str().into();
                self.organisation.add_group(OrgGroup {
                    id,
                    name,
                    members,
                    role_assignments,
                    ..OrgGroup::default()
                });
                Ok(())
            }
            Change::CreateLocalAccount { email, name } => {
                if self.organisation.account_by_email(email).is_some() {
                    return Err(ChangeError::Taken(email.clone()));
                }
                let account = Account {
                    id: self.mint.hex(24).into(),
                    email: email.as_str().into(),
                    name: name.as_str().into(),
                    is_managed: self.organisation.is_verified(email),
                    is_active: true,
                    added: self.now_ms() / 1000,
                    ..Account::default()
                };
                self.organisation.add_account(account);
                Ok(())
            }
            Change::DeleteLocalGroup { group } => {
                let key = self.local_group(group)?;
                self.remove_local_group(key);
                Ok(())
            }
            Change::LocalAddMember { group, email } => {
                let (group, account) = (self.local_group(group)?, self.account(email)?);
                self.organisation.add_member(group, account);
                Ok(())
            }
            Change::LocalRemoveMember { group, email } => {
                let (group, account) = (self.local_group(group)?, self.account(email)?);
                self.organisation.remove_member(group, account);
                Ok(())
            }
            Change::GrantAccess { group, app, role, site, default_access } => {
                let key = self.organisation_group(group)?;
                let role = role.as_deref().unwrap_or("atlassian/user");
                let cloud_id = self.site(site.as_deref());
                let access = access_on(&cloud_id, app, role, *default_access);
                self.grant(key, access);
                Ok(())
            }
            Change::RevokeAccess { group, app } => {
                let key = self.organisation_group(group)?;
                if let Some(group) = self.organisation.groups.get_mut(key) {
                    group.role_assignments.retain(|given| given.resource_owner != *app);
                }
                Ok(())
            }
            Change::SuspendAccount { email } => self.set_membership(email, Membership::Suspended),
            Change::RestoreAccount { email } => self.set_membership(email, Membership::Active),
            Change::AcceptTakeover { group } => self.accept(group),
            Change::ClearDefaultAccess { group } => {
                let key = self.organisation_group(group)?;
                if let Some(group) = self.organisation.groups.get_mut(key) {
                    group.role_assignments.iter_mut().for_each(|given| given.default_role = None);
                }
                Ok(())
            }
            Change::SaveSaml { entity_id, sso_url, certificate } => {
                self.sso.saved = Some(SavedSaml {
                    entity_id: entity_id.clone(),
                    sso_url: sso_url.clone(),
                    certificate: certificate.clone(),
                });
                Ok(())
            }
            Change::DeleteSaml => {
                self.sso.saved = None;
                Ok(())
            }
            Change::EnforceSso { emails, enforced } => {
                let accounts =
                    emails.iter().map(|email| self.account(email)).collect::<Result<Vec<_>, _>>()?;
                let policy = self.sso.policies.iter().position(|policy| policy.enforces_sso == *enforced);
                for account in accounts {
                    self.sso.join_policy(account, policy.unwrap_or(usize::MAX));
                }
                Ok(())
            }
            Change::DefaultSso { enforced } => {
                for policy in &mut self.sso.policies {
                    policy.is_default = policy.enforces_sso == *enforced;
                }
                Ok(())
            }
            Change::SetIdpClock { seconds } => {
                self.sso.idp_clock_seconds = *seconds;
                Ok(())
            }
            Change::VerifyDomain { domain, verified } => {
                let domains = &mut self.organisation.domains;
                match domains.iter_mut().find(|(name, _)| name == domain) {
                    Some(entry) => entry.1 = *verified,
                    None => domains.push((domain.clone(), *verified)),
                }
                self.organisation.claim_accounts();
                Ok(())
            }
            Change::RegenerateScimKey => {
                self.credentials.scim = format!("sandbox-scim-{}", self.mint.hex(32));
                self.credentials.scim_expires = self.now_ms() + 365 * 86_400_000;
                Ok(())
            }
            Change::ExpireScimKey => {
                self.credentials.scim_expires = self.now_ms() - 1;
                Ok(())
            }
            // The other variants are handled by the callers of this function.
            _ => Ok(()),
        }
    }

    /// Access to an app of the organisation's first site, or to the organisation itself.
    pub(crate) fn app_access(&self, app: &str, role: &str, is_default: bool) -> RoleAssignment {
        if app == "platform" {
            return RoleAssignment {
                resource_id: format!("ari:cloud:platform::org/{}", self.organisation.id),
                ..access_on("", app, role, is_default)
            };
        }
        let site = self.organisation.sites.first();
        access_on(site.map_or("", |site| &site.cloud_id), app, role, is_default)
    }

    /// Gives a group a role in an app, beside those that it has.
    pub(crate) fn grant(&mut self, group: u32, access: RoleAssignment) {
        let Some(group) = self.organisation.groups.get_mut(group) else { return };
        match group.role_assignments.iter_mut().find(|given| given.resource_id == access.resource_id) {
            None => group.role_assignments.push(access),
            Some(given) => {
                let new = access.roles.into_iter().filter(|role| !given.roles.contains(role));
                let new: Vec<String> = new.collect();
                given.roles.extend(new);
                given.default_role = access.default_role.or(given.default_role.take());
            }
        }
    }

    /// Returns a site's cloud id; a name that is not known is a new site.
    pub(crate) fn site(&mut self, name: Option<&str>) -> String {
        let sites = &self.organisation.sites;
        let known = match name {
            None => sites.first(),
            Some(name) => sites.iter().find(|site| site.name == name),
        };
        if let Some(site) = known {
            return site.cloud_id.clone();
        }
        let cloud_id = self.mint.uuid();
        let name = name.unwrap_or("sandbox").to_owned();
        self.organisation.sites.push(Site { cloud_id: cloud_id.clone(), name });
        cloud_id
    }

    /// *Sync group* in Atlassian's console.
    fn accept(&mut self, name: &str) -> Done {
        let waiting =
            self.target.group(name).and_then(|key| match self.target.groups.get(key)?.propagation {
                Propagation::Pending(local) => Some((key, local)),
                Propagation::Synced(_) => None,
            });
        let refused = self.refused_pushes.iter().position(|push| {
            push.display_name.trim().to_lowercase() == name.trim().to_lowercase() && !push.is_open
        });
        let local = match (waiting, refused.and_then(|index| self.refused_pushes.get(index))) {
            (Some((_, local)), _) => local,
            (None, Some(push)) => push.local,
            (None, None) if self.target.group(name).is_none() => {
                return Err(ChangeError::NoGroup(name.to_owned()));
            }
            (None, None) => return Err(ChangeError::NotPending(name.to_owned())),
        };
        if self.organisation.groups.get(local).is_some_and(OrgGroup::gives_default_access) {
            return Err(ChangeError::DefaultAccess(name.to_owned()));
        }
        match (waiting, refused) {
            (Some((key, local)), _) => self.accept_takeover(key, local),
            (None, Some(index)) => self.accept_refused(index),
            (None, None) => {}
        }
        Ok(())
    }

    fn set_membership(&mut self, email: &str, membership: Membership) -> Done {
        let key = self.account(email)?;
        if let Some(account) = self.organisation.accounts.get_mut(key) {
            account.membership = membership;
        }
        Ok(())
    }

    fn account(&self, email: &str) -> Result<u32, ChangeError> {
        self.organisation.account_by_email(email).ok_or_else(|| ChangeError::NoPerson(email.to_owned()))
    }

    fn organisation_group(&self, name: &str) -> Result<u32, ChangeError> {
        self.organisation.group_by_name(name).ok_or_else(|| ChangeError::NoGroup(name.to_owned()))
    }

    /// A group of the organisation that can be edited here.
    fn local_group(&self, name: &str) -> Result<u32, ChangeError> {
        let key = self.organisation_group(name)?;
        if self.organisation.groups.get(key).is_some_and(|group| group.is_synced) {
            return Err(ChangeError::Synced(name.to_owned()));
        }
        Ok(key)
    }
}

/// Access to an app on a site.
pub(crate) fn access_on(cloud_id: &str, app: &str, role: &str, is_default: bool) -> RoleAssignment {
    RoleAssignment {
        resource_id: format!("ari:cloud:{app}::site/{cloud_id}"),
        resource_owner: app.to_owned(),
        default_role: is_default.then(|| role.to_owned()),
        roles: vec![role.to_owned()],
    }
}
