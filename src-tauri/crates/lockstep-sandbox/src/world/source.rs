//! JumpCloud's directory: people, user groups, applications, and who is in and bound to what.

use std::sync::Arc;

use bytes::Bytes;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::ids::ObjectId;
use super::slab::{Keys, Slab};
use crate::sso::keys::Certificate;

/// A system user's life cycle; `suspended` on the wire follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum PersonState {
    Staged,
    #[default]
    Activated,
    Suspended,
}

impl PersonState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            PersonState::Staged => "STAGED",
            PersonState::Activated => "ACTIVATED",
            PersonState::Suspended => "SUSPENDED",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<PersonState> {
        match text {
            "STAGED" => Some(PersonState::Staged),
            "ACTIVATED" => Some(PersonState::Activated),
            "SUSPENDED" => Some(PersonState::Suspended),
            _ => None,
        }
    }
}

/// A system user. Text fields are empty where JumpCloud would leave them out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Person {
    pub(crate) id: ObjectId,
    pub(crate) username: Box<str>,
    pub(crate) email: Box<str>,
    pub(crate) firstname: Box<str>,
    pub(crate) lastname: Box<str>,
    pub(crate) middlename: Box<str>,
    pub(crate) displayname: Box<str>,
    pub(crate) job_title: Box<str>,
    pub(crate) department: Box<str>,
    pub(crate) company: Box<str>,
    pub(crate) cost_center: Box<str>,
    pub(crate) employee_type: Box<str>,
    pub(crate) employee_identifier: Box<str>,
    pub(crate) location: Box<str>,
    pub(crate) description: Box<str>,
    pub(crate) alternate_email: Box<str>,
    /// Id of another system user.
    pub(crate) manager: Box<str>,
    /// Type and number.
    pub(crate) phones: Vec<(Box<str>, Box<str>)>,
    /// Custom attributes.
    pub(crate) attributes: Vec<(Box<str>, Box<str>)>,
    pub(crate) state: PersonState,
    pub(crate) password_expired: bool,
    /// Seconds since 1970.
    pub(crate) password_expires: Option<i64>,
    pub(crate) account_locked: bool,
    /// Has set a password.
    pub(crate) activated: bool,
    pub(crate) is_admin: bool,
    /// Fields that a client wrote and the sandbox only keeps.
    pub(crate) extra: Option<Box<Map<String, Value>>>,
    pub(crate) groups: Keys,
}

impl Person {
    /// Returns the plain text field of this wire name.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        Some(match field {
            "username" => &self.username,
            "email" => &self.email,
            "firstname" => &self.firstname,
            "lastname" => &self.lastname,
            "middlename" => &self.middlename,
            "displayname" => &self.displayname,
            "jobTitle" => &self.job_title,
            "department" => &self.department,
            "company" => &self.company,
            "costCenter" => &self.cost_center,
            "employeeType" => &self.employee_type,
            "employeeIdentifier" => &self.employee_identifier,
            "location" => &self.location,
            "description" => &self.description,
            "alternateEmail" => &self.alternate_email,
            "manager" => &self.manager,
            _ => return None,
        })
    }

    /// Returns the plain text field of this wire name, to write it. User name and e-mail are not among them:
    /// they are unique and indexed.
    pub(crate) fn text_mut(&mut self, field: &str) -> Option<&mut Box<str>> {
        Some(match field {
            "firstname" => &mut self.firstname,
            "lastname" => &mut self.lastname,
            "middlename" => &mut self.middlename,
            "displayname" => &mut self.displayname,
            "jobTitle" => &mut self.job_title,
            "department" => &mut self.department,
            "company" => &mut self.company,
            "costCenter" => &mut self.cost_center,
            "employeeType" => &mut self.employee_type,
            "employeeIdentifier" => &mut self.employee_identifier,
            "location" => &mut self.location,
            "description" => &mut self.description,
            "alternateEmail" => &mut self.alternate_email,
            "manager" => &mut self.manager,
            _ => return None,
        })
    }

    pub(crate) fn work_phone(&self) -> &str {
        let work = self.phones.iter().find(|(kind, _)| &**kind == "work");
        work.map_or("", |(_, number)| number)
    }

    pub(crate) fn set_work_phone(&mut self, number: &str) {
        self.phones.retain(|(kind, _)| &**kind != "work");
        if !number.is_empty() {
            self.phones.push(("work".into(), number.into()));
        }
    }

    pub(crate) fn set_custom(&mut self, name: &str, value: &str) {
        self.attributes.retain(|(other, _)| &**other != name);
        if !value.is_empty() {
            self.attributes.push((name.into(), value.into()));
        }
    }
}

/// The membership method of a group whose members a rule decides.
pub(crate) const DYNAMIC: &str = "DYNAMIC_AUTOMATED";

/// A user group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    pub(crate) id: ObjectId,
    pub(crate) name: Box<str>,
    pub(crate) description: Box<str>,
    pub(crate) email: Box<str>,
    /// `STATIC`, `DYNAMIC_AUTOMATED`, …; empty means `STATIC`.
    pub(crate) membership_method: Box<str>,
    pub(crate) members: Keys,
    /// `attributes`, `memberQuery` and whatever else a client wrote.
    pub(crate) extra: Option<Box<Map<String, Value>>>,
}

impl Group {
    /// Whether a rule decides who is in it: what is edited by hand does not last.
    pub(crate) fn is_dynamic(&self) -> bool {
        &*self.membership_method == DYNAMIC
    }

    /// Whether somebody is exempt from the rule: `memberQueryExemptions[{id,type}]`.
    pub(crate) fn is_exempt(&self, person: ObjectId) -> bool {
        let list = self.extra.as_ref().and_then(|extra| extra.get("memberQueryExemptions"));
        let entries = list.and_then(Value::as_array).into_iter().flatten();
        let id = person.to_string();
        entries.filter_map(|entry| entry.get("id")?.as_str()).any(|other| other == id)
    }
}

/// An SSO application.
#[derive(Clone, Debug, Default)]
pub(crate) struct Application {
    pub(crate) id: ObjectId,
    /// The template's name, for example `atlassiancloud`.
    pub(crate) name: String,
    pub(crate) display_name: String,
    pub(crate) display_label: String,
    pub(crate) description: String,
    pub(crate) sso_url: String,
    /// `saml`, `oidc` or `bookmark`.
    pub(crate) sso_type: String,
    pub(crate) is_active: bool,
    pub(crate) is_hidden: bool,
    /// Wire shape of `config`.
    pub(crate) config: Map<String, Value>,
    /// What it signs with.
    pub(crate) certificate: Certificate,
    /// Bytes and media type.
    pub(crate) picture: Option<(Bytes, String)>,
    /// Whatever else a client wrote.
    pub(crate) extra: Map<String, Value>,
    pub(crate) groups: Keys,
    /// People bound directly.
    pub(crate) people: Keys,
}

/// The JumpCloud organisation.
#[derive(Debug, Default)]
pub(crate) struct Source {
    pub(crate) organisation: ObjectId,
    pub(crate) organisation_name: String,
    pub(crate) people: Slab<Person>,
    pub(crate) groups: Slab<Group>,
    pub(crate) applications: Slab<Application>,
    person_by_id: FxHashMap<ObjectId, u32>,
    person_by_username: FxHashMap<Box<str>, u32>,
    person_by_email: FxHashMap<Box<str>, u32>,
    group_by_id: FxHashMap<ObjectId, u32>,
    group_by_name: FxHashMap<Box<str>, u32>,
    /// Who is reached by an application; forgotten when a membership or a binding changes.
    everybody: FxHashMap<u32, Arc<Keys>>,
}

impl Source {
    pub(crate) fn person_by_id(&self, id: &str) -> Option<u32> {
        self.person_by_id.get(&ObjectId::parse(id)?).copied()
    }

    pub(crate) fn person_by_email(&self, email: &str) -> Option<u32> {
        self.person_by_email.get(email.to_lowercase().as_str()).copied()
    }

    pub(crate) fn person_by_username(&self, username: &str) -> Option<u32> {
        self.person_by_username.get(username).copied()
    }

    /// Finds somebody by id, user name or e-mail.
    pub(crate) fn person(&self, name: &str) -> Option<u32> {
        self.person_by_id(name)
            .or_else(|| self.person_by_username(name))
            .or_else(|| self.person_by_email(name))
    }

    pub(crate) fn group_by_id(&self, id: &str) -> Option<u32> {
        self.group_by_id.get(&ObjectId::parse(id)?).copied()
    }

    /// Finds a group by its exact name in any letter case.
    pub(crate) fn group_by_name(&self, name: &str) -> Option<u32> {
        self.group_by_name.get(name.to_lowercase().as_str()).copied()
    }

    /// Finds a group by id or name.
    pub(crate) fn group(&self, name: &str) -> Option<u32> {
        self.group_by_id(name).or_else(|| self.group_by_name(name))
    }

    pub(crate) fn application(&self, id: &str) -> Option<u32> {
        let id = ObjectId::parse(id)?;
        self.applications.iter().find(|(_, application)| application.id == id).map(|(key, _)| key)
    }

    /// Returns everybody that an application reaches, directly or through a bound group.
    pub(crate) fn everybody_of(&mut self, application: u32) -> Arc<Keys> {
        if let Some(known) = self.everybody.get(&application) {
            return Arc::clone(known);
        }
        let keys: Keys = match self.applications.get(application) {
            None => Keys::default(),
            Some(application) => {
                let groups = application.groups.iter().filter_map(|group| self.groups.get(group));
                groups.flat_map(|group| group.members.iter()).chain(application.people.iter()).collect()
            }
        };
        let keys = Arc::new(keys);
        self.everybody.insert(application, Arc::clone(&keys));
        keys
    }

    /// Forgets who is reached by what, because a membership or a binding changes.
    pub(crate) fn edges_changed(&mut self) {
        self.everybody.clear();
    }

    /// Takes a person in; user name and e-mail are free.
    pub(crate) fn add_person(&mut self, person: Person) -> u32 {
        let (id, username, email) = (person.id, person.username.clone(), person.email.to_lowercase());
        let key = self.people.insert(person);
        self.person_by_id.insert(id, key);
        self.person_by_username.insert(username, key);
        self.person_by_email.insert(email.into(), key);
        key
    }

    pub(crate) fn remove_person(&mut self, key: u32) -> Option<Person> {
        self.edges_changed();
        let person = self.people.remove(key)?;
        self.person_by_id.remove(&person.id);
        self.person_by_username.remove(&person.username);
        self.person_by_email.remove(person.email.to_lowercase().as_str());
        for group in person.groups.iter() {
            if let Some(group) = self.groups.get_mut(group) {
                group.members.remove(key);
            }
        }
        let applications: Vec<u32> = self.applications.keys().iter().collect();
        for application in applications {
            if let Some(application) = self.applications.get_mut(application) {
                application.people.remove(key);
            }
        }
        Some(person)
    }

    /// Renames a person; false when somebody else has the user name.
    pub(crate) fn set_username(&mut self, key: u32, username: &str) -> bool {
        if self.person_by_username(username).is_some_and(|other| other != key) {
            return false;
        }
        if let Some(person) = self.people.get_mut(key) {
            self.person_by_username.remove(&person.username);
            person.username = username.into();
            self.person_by_username.insert(username.into(), key);
        }
        true
    }

    /// Changes an address; false when somebody else has it.
    pub(crate) fn set_email(&mut self, key: u32, email: &str) -> bool {
        if self.person_by_email(email).is_some_and(|other| other != key) {
            return false;
        }
        if let Some(person) = self.people.get_mut(key) {
            self.person_by_email.remove(person.email.to_lowercase().as_str());
            person.email = email.into();
            self.person_by_email.insert(email.to_lowercase().into(), key);
        }
        true
    }

    /// Takes a group in; its name is free.
    pub(crate) fn add_group(&mut self, group: Group) -> u32 {
        self.edges_changed();
        let (id, name) = (group.id, group.name.to_lowercase());
        let members = group.members.clone();
        let key = self.groups.insert(group);
        for member in members.iter() {
            if let Some(person) = self.people.get_mut(member) {
                person.groups.insert(key);
            }
        }
        self.group_by_id.insert(id, key);
        self.group_by_name.insert(name.into(), key);
        key
    }

    pub(crate) fn remove_group(&mut self, key: u32) -> Option<Group> {
        self.edges_changed();
        let group = self.groups.remove(key)?;
        self.group_by_id.remove(&group.id);
        self.group_by_name.remove(group.name.to_lowercase().as_str());
        for member in group.members.iter() {
            if let Some(person) = self.people.get_mut(member) {
                person.groups.remove(key);
            }
        }
        let applications: Vec<u32> = self.applications.keys().iter().collect();
        for application in applications {
            if let Some(application) = self.applications.get_mut(application) {
                application.groups.remove(key);
            }
        }
        Some(group)
    }

    /// Renames a group; false when another group has the name.
    pub(crate) fn rename_group(&mut self, key: u32, name: &str) -> bool {
        if self.group_by_name(name).is_some_and(|other| other != key) {
            return false;
        }
        if let Some(group) = self.groups.get_mut(key) {
            self.group_by_name.remove(group.name.to_lowercase().as_str());
            group.name = name.into();
            self.group_by_name.insert(name.to_lowercase().into(), key);
        }
        true
    }

    /// Puts a person into a group; says whether that was new.
    pub(crate) fn add_member(&mut self, group: u32, person: u32) -> bool {
        self.edges_changed();
        let is_new = self.groups.get_mut(group).is_some_and(|group| group.members.insert(person));
        if let Some(person) = self.people.get_mut(person) {
            person.groups.insert(group);
        }
        is_new
    }

    /// Takes a person out of a group; says whether they were in.
    pub(crate) fn remove_member(&mut self, group: u32, person: u32) -> bool {
        self.edges_changed();
        if let Some(person) = self.people.get_mut(person) {
            person.groups.remove(group);
        }
        self.groups.get_mut(group).is_some_and(|group| group.members.remove(person))
    }
}
