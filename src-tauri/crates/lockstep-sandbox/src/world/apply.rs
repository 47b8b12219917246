//! Makes a [`Change`]: on JumpCloud's side it is recorded in Directory Insights as done in the console.

use serde_json::{Value, json};

use super::World;
use super::change::{Change, ChangeError};
use super::history::{about_association, about_field, about_group, about_person};
use super::slab::Keys;
use super::source::{DYNAMIC, Group, Person, PersonState};
use crate::jumpcloud::applications::new_certificate;

/// How the console authenticates its administrators.
const SESSION: &str = "session";

pub(super) type Done = Result<(), ChangeError>;

impl World {
    /// Makes one change.
    pub(crate) fn change(&mut self, change: &Change) -> Done {
        match change {
            Change::CreatePerson { username, email, firstname, lastname, groups, attributes } => {
                if self.source.person_by_username(username).is_some() {
                    return Err(ChangeError::Taken(username.clone()));
                }
                if self.source.person_by_email(email).is_some() {
                    return Err(ChangeError::Taken(email.clone()));
                }
                let person = Person {
                    id: self.mint.object_id(),
                    username: username.as_str().into(),
                    email: email.as_str().into(),
                    firstname: firstname.as_str().into(),
                    lastname: lastname.as_str().into(),
                    displayname: format!("{firstname} {lastname}").into(),
                    activated: true,
                    ..Person::default()
                };
                let keys =
                    groups.iter().map(|group| self.source_group(group)).collect::<Result<Vec<_>, _>>()?;
                let event = about_person(&person);
                let key = self.source.add_person(person);
                self.note("user_create", SESSION, event);
                for (field, value) in attributes {
                    self.set_attribute(key, field, value)?;
                }
                keys.into_iter().for_each(|group| self.add_source_member(group, key, SESSION));
                Ok(())
            }
            Change::DeletePerson { person } => {
                let key = self.source_person(person)?;
                self.delete_source_person(key, SESSION);
                Ok(())
            }
            Change::Suspend { person } => self.set_state(person, PersonState::Suspended),
            Change::Restore { person } => {
                let key = self.source_person(person)?;
                self.edit(key, |person| person.password_expired = false);
                self.set_state(person, PersonState::Activated)
            }
            Change::Stage { person } => self.set_state(person, PersonState::Staged),
            Change::ExpirePassword { person } => {
                let key = self.source_person(person)?;
                self.edit(key, |person| person.password_expired = true);
                self.note_person(key, "user_password_expired");
                Ok(())
            }
            Change::LockAccount { person } => {
                let key = self.source_person(person)?;
                self.edit(key, |person| person.account_locked = true);
                self.note_person(key, "user_lockout");
                Ok(())
            }
            Change::SetAttribute { person, field, value } => {
                let key = self.source_person(person)?;
                self.set_attribute(key, field, value)
            }
            Change::CreateGroup { group, members } => {
                if self.source.group_by_name(group).is_some() {
                    return Err(ChangeError::Taken(group.clone()));
                }
                let members =
                    members.iter().map(|person| self.source_person(person)).collect::<Result<Keys, _>>()?;
                let id = self.mint.object_id();
                let group = Group { id, name: group.as_str().into(), ..Group::default() };
                let event = about_group(&group);
                let key = self.source.add_group(group);
                self.note("group_create", SESSION, event);
                members.iter().for_each(|person| self.add_source_member(key, person, SESSION));
                Ok(())
            }
            Change::RenameGroup { group, to } => {
                let key = self.source_group(group)?;
                if !self.source.rename_group(key, to) {
                    return Err(ChangeError::Taken(to.clone()));
                }
                self.note_group(key, "group_update", SESSION);
                Ok(())
            }
            Change::DeleteGroup { group } => {
                let key = self.source_group(group)?;
                self.delete_source_group(key, SESSION);
                Ok(())
            }
            Change::BindGroup { group, application } => {
                let (group, application) =
                    (self.source_group(group)?, self.source_application(application.as_deref())?);
                self.bind(application, group, true, SESSION);
                Ok(())
            }
            Change::UnbindGroup { group, application } => {
                let (group, application) =
                    (self.source_group(group)?, self.source_application(application.as_deref())?);
                self.bind(application, group, false, SESSION);
                Ok(())
            }
            Change::AddMember { group, person } => {
                let (group, person) = (self.source_group(group)?, self.source_person(person)?);
                self.add_source_member(group, person, SESSION);
                Ok(())
            }
            Change::RemoveMember { group, person } => {
                let (group, person) = (self.source_group(group)?, self.source_person(person)?);
                self.remove_source_member(group, person, SESSION);
                Ok(())
            }
            Change::ClearGroup { group } => {
                let group = self.source_group(group)?;
                let members = self.source.groups.get(group).map(|group| group.members.clone());
                for person in members.unwrap_or_default().iter() {
                    self.remove_source_member(group, person, SESSION);
                }
                Ok(())
            }
            Change::RegenerateIdpCertificate { application } => {
                let key = self.source_application(application.as_deref())?;
                let certificate = new_certificate(self);
                if let Some(application) = self.source.applications.get_mut(key) {
                    application.config.remove("idpCertificate");
                    application.certificate = certificate;
                }
                Ok(())
            }
            Change::SetDynamic { group, dynamic, lag_ms } => {
                let key = self.source_group(group)?;
                self.membership_rules.lag_ms = i64::from(*lag_ms);
                if let Some(group) = self.source.groups.get_mut(key) {
                    group.membership_method = if *dynamic { DYNAMIC } else { "STATIC" }.into();
                }
                self.note_group(key, "group_update", SESSION);
                Ok(())
            }
            _ => self.change_target(change),
        }
    }

    fn source_person(&self, name: &str) -> Result<u32, ChangeError> {
        self.source.person(name).ok_or_else(|| ChangeError::NoPerson(name.to_owned()))
    }

    fn source_group(&self, name: &str) -> Result<u32, ChangeError> {
        self.source.group(name).ok_or_else(|| ChangeError::NoGroup(name.to_owned()))
    }

    fn source_application(&self, name: Option<&str>) -> Result<u32, ChangeError> {
        let Some(name) = name else { return Ok(self.application) };
        let by_label = |label: &str| {
            let mut applications = self.source.applications.iter();
            applications.find(|(_, application)| application.display_label == label).map(|(key, _)| key)
        };
        let found = self.source.application(name).or_else(|| by_label(name));
        found.ok_or_else(|| ChangeError::NoApplication(name.to_owned()))
    }

    fn edit(&mut self, key: u32, edit: impl FnOnce(&mut Person)) {
        if let Some(person) = self.source.people.get_mut(key) {
            edit(person);
        }
    }

    fn note_person(&mut self, key: u32, event_type: &'static str) {
        if let Some(body) = self.source.people.get(key).map(about_person) {
            self.note(event_type, SESSION, body);
        }
    }

    /// Records what happened to a group.
    pub(crate) fn note_group(&mut self, key: u32, event_type: &'static str, auth_method: &'static str) {
        if let Some(body) = self.source.groups.get(key).map(about_group) {
            self.note(event_type, auth_method, body);
        }
    }

    fn set_state(&mut self, person: &str, state: PersonState) -> Done {
        let key = self.source_person(person)?;
        let before = self.source.people.get(key).map(|person| person.state);
        self.edit(key, |person| person.state = state);
        self.note_person(key, state_event(before, state));
        Ok(())
    }

    fn set_attribute(&mut self, key: u32, field: &str, value: &str) -> Done {
        let before =
            self.source.people.get(key).and_then(|person| person.text(field)).unwrap_or("").to_owned();
        match field {
            "email" if !self.source.set_email(key, value) => {
                return Err(ChangeError::Taken(value.to_owned()));
            }
            "username" if !self.source.set_username(key, value) => {
                return Err(ChangeError::Taken(value.to_owned()));
            }
            "email" | "username" => {}
            "workPhone" => self.edit(key, |person| person.set_work_phone(value)),
            _ => match field.strip_prefix("attributes.") {
                Some(name) => self.edit(key, |person| person.set_custom(name, value)),
                None => {
                    let person = self.source.people.get_mut(key);
                    let slot = person.and_then(|person| person.text_mut(field));
                    *slot.ok_or_else(|| ChangeError::NoAttribute(field.to_owned()))? = value.into();
                }
            },
        }
        let body = self.source.people.get(key);
        if let Some(body) = body.map(|person| about_field(person, field, &json!(before), &json!(value))) {
            self.note("user_update", SESSION, body);
        }
        Ok(())
    }

    pub(crate) fn delete_source_person(&mut self, key: u32, auth_method: &'static str) {
        if let Some(person) = self.source.remove_person(key) {
            self.note("user_delete", auth_method, about_person(&person));
        }
    }

    pub(crate) fn delete_source_group(&mut self, key: u32, auth_method: &'static str) {
        if let Some(group) = self.source.remove_group(key) {
            self.note("group_delete", auth_method, about_group(&group));
        }
    }

    pub(crate) fn add_source_member(&mut self, group: u32, person: u32, auth_method: &'static str) {
        if self.source.add_member(group, person) {
            self.note_membership("add", group, person, auth_method);
        }
    }

    pub(crate) fn remove_source_member(&mut self, group: u32, person: u32, auth_method: &'static str) {
        if self.source.remove_member(group, person) {
            self.note_membership("remove", group, person, auth_method);
        }
    }

    fn note_membership(&mut self, op: &str, group: u32, person: u32, auth_method: &'static str) {
        let (from, to) = (self.group_object(group), self.person_object(person));
        self.note("association_change", auth_method, about_association(op, &from, &to));
    }

    /// Binds a group to an application or unbinds it; says whether that changed anything.
    pub(crate) fn bind(
        &mut self,
        application: u32,
        group: u32,
        is_bound: bool,
        auth_method: &'static str,
    ) -> bool {
        self.source.edges_changed();
        let Some(bound) = self.source.applications.get_mut(application) else { return false };
        let changed = if is_bound { bound.groups.insert(group) } else { bound.groups.remove(group) };
        if changed {
            let from = json!({"object_id": bound.id, "type": "application", "name": bound.display_label});
            let to = self.group_object(group);
            let op = if is_bound { "add" } else { "remove" };
            self.note("association_change", auth_method, about_association(op, &from, &to));
        }
        changed
    }

    /// Binds a person directly to an application or unbinds them; says whether that changed anything.
    pub(crate) fn bind_person(&mut self, application: u32, person: u32, is_bound: bool) -> bool {
        self.source.edges_changed();
        let Some(bound) = self.source.applications.get_mut(application) else { return false };
        if is_bound { bound.people.insert(person) } else { bound.people.remove(person) }
    }

    /// A group, as an association names it.
    pub(crate) fn group_object(&self, key: u32) -> Value {
        let group = self.source.groups.get(key);
        group.map_or(
            Value::Null,
            |group| json!({"object_id": group.id, "type": "user_group", "name": group.name}),
        )
    }

    /// A person, as an association names them.
    pub(crate) fn person_object(&self, key: u32) -> Value {
        let person = self.source.people.get(key);
        person.map_or(
            Value::Null,
            |person| json!({"object_id": person.id, "type": "user", "name": person.username}),
        )
    }
}

/// The event of a change of state.
pub(crate) fn state_event(before: Option<PersonState>, after: PersonState) -> &'static str {
    match (before, after) {
        (_, PersonState::Suspended) => "user_suspended",
        (Some(PersonState::Suspended), _) => "user_unsuspended",
        (_, PersonState::Activated) => "user_activated",
        _ => "user_update",
    }
}
