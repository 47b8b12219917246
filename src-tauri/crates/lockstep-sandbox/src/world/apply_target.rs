//! Makes a [`Change`] on Atlassian's side.

use super::World;
use super::apply::Done;
use super::change::{Change, ChangeError};
use super::organisation::{Account, OrgGroup, RoleAssignment};
use super::slab::Keys;
use super::target::{Multi, Propagation, ScimUser};

impl World {
    /// Makes a change of the SCIM directory or of the organisation around it.
    pub(super) fn change_target(&mut self, change: &Change) -> Done {
        match change {
            Change::TargetCreatePerson { user_name, email, external_id, display_name } => {
                let user = ScimUser {
                    user_name: user_name.as_str().into(),
                    external_id: external_id.as_str().into(),
                    display_name: display_name.as_str().into(),
                    emails: vec![work(email)],
                    active: true,
                    ..ScimUser::default()
                };
                self.create_user(user).map_err(|_| ChangeError::Taken(user_name.clone()))?;
                Ok(())
            }
            Change::TargetSet { person, attribute, value } => {
                let key = self.target_user(person)?;
                let Some(mut user) = self.target.users.get(key).cloned() else { return Ok(()) };
                set_scim_text(&mut user, attribute, value)?;
                self.update_user(key, user, false).map_err(|_| ChangeError::Taken(value.clone()))
            }
            Change::TargetDeletePerson { person } => {
                let key = self.target_user(person)?;
                self.delete_user(key);
                Ok(())
            }
            Change::TargetCreateGroup { group, members } => {
                let members =
                    members.iter().map(|person| self.target_user(person)).collect::<Result<Keys, _>>()?;
                let taken = |_| ChangeError::Taken(group.clone());
                self.create_group(group, "", &members).map_err(taken)?;
                Ok(())
            }
            Change::TargetAddMember { group, person } => {
                let (group, person) = (self.target_group(group)?, self.target_user(person)?);
                self.join(group, person);
                Ok(())
            }
            Change::TargetRemoveMember { group, person } => {
                let (group, person) = (self.target_group(group)?, self.target_user(person)?);
                self.leave(group, person);
                Ok(())
            }
            Change::TargetRenameGroup { group, to } => {
                let key = self.target_group(group)?;
                self.rename_scim_group(key, to);
                Ok(())
            }
            Change::TargetDeleteGroup { group } => {
                let key = self.target_group(group)?;
                self.delete_group(key);
                Ok(())
            }
            _ => self.change_organisation(change),
        }
    }

    fn change_organisation(&mut self, change: &Change) -> Done {
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
            Change::AcceptTakeover { group } => {
                let key = self.target_group(group)?;
                let Some(Propagation::Pending(local)) =
                    self.target.groups.get(key).map(|group| group.propagation)
                else {
                    return Err(ChangeError::NotPending(group.clone()));
                };
                if self.organisation.groups.get(local).is_some_and(OrgGroup::gives_default_access) {
                    return Err(ChangeError::DefaultAccess(group.clone()));
                }
                self.accept_takeover(key, local);
                Ok(())
            }
            Change::ClearDefaultAccess { group } => {
                let key = self.organisation.group_by_name(group);
                let group = key
                    .and_then(|key| self.organisation.groups.get_mut(key))
                    .ok_or_else(|| ChangeError::NoGroup(group.clone()))?;
                group.role_assignments.iter_mut().for_each(|assignment| assignment.default_role = None);
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

    /// Access to an app of the organisation's site.
    pub(crate) fn app_access(&self, app: &str, role: &str, is_default: bool) -> RoleAssignment {
        RoleAssignment {
            resource_id: format!("ari:cloud:{app}::site/{}", self.organisation.cloud_id),
            resource_owner: app.to_owned(),
            default_role: is_default.then(|| role.to_owned()),
            roles: vec![role.to_owned()],
        }
    }

    fn target_user(&self, name: &str) -> Result<u32, ChangeError> {
        self.target.user(name).ok_or_else(|| ChangeError::NoPerson(name.to_owned()))
    }

    fn target_group(&self, name: &str) -> Result<u32, ChangeError> {
        self.target.group(name).ok_or_else(|| ChangeError::NoGroup(name.to_owned()))
    }

    /// Renames a SCIM group and the group that mirrors it.
    pub(crate) fn rename_scim_group(&mut self, key: u32, to: &str) {
        self.target.rename_group(key, to);
        if let Some(Propagation::Synced(mirror)) = self.target.groups.get(key).map(|group| group.propagation)
        {
            self.organisation.rename_group(mirror, to);
        }
    }
}

/// A primary work address.
pub(crate) fn work(value: &str) -> Multi {
    Multi { value: value.into(), kind: "work".into(), is_primary: true }
}

fn set_scim_text(user: &mut ScimUser, attribute: &str, value: &str) -> Done {
    let slot = match attribute {
        "active" => {
            user.active = value == "true";
            return Ok(());
        }
        "email" | "emails" => {
            user.emails = vec![work(value)];
            return Ok(());
        }
        "userName" => &mut user.user_name,
        "externalId" => &mut user.external_id,
        "displayName" => &mut user.display_name,
        "nickName" => &mut user.nick_name,
        "title" => &mut user.title,
        "department" => &mut user.department,
        "organization" => &mut user.organization,
        "preferredLanguage" => &mut user.preferred_language,
        "timezone" => &mut user.timezone,
        "name.givenName" => &mut user.name.given,
        "name.familyName" => &mut user.name.family,
        "name.middleName" => &mut user.name.middle,
        "name.formatted" => &mut user.name.formatted,
        _ => return Err(ChangeError::NoAttribute(attribute.to_owned())),
    };
    *slot = value.into();
    Ok(())
}
