//! Makes a [`Change`] on Atlassian's side.

use super::World;
use super::apply::Done;
use super::change::{Change, ChangeError};
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
