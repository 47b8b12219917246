//! What JumpCloud said.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Completeness;
use crate::attribute::{SourceField, SourceFields};
use crate::ids::{SourceGroupId, SourceUserId};

/// A system user's life-cycle state, `state` in JumpCloud; absent counts as activated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum LifecycleState {
    /// Created but without access to anything yet.
    Staged,
    /// In use.
    Activated,
    /// Suspended by an admin or by a schedule; also when `suspended` is true.
    Suspended,
}

/// A JumpCloud system user.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SourcePerson {
    /// `_id`.
    pub id: SourceUserId,
    /// The fields that mappings may use.
    pub fields: SourceFields,
    /// Custom attributes other than those in [`SourceField`], sorted by name.
    pub custom: Vec<(Box<str>, Box<str>)>,
    /// `state` and `suspended` joined; suspended wins.
    pub state: LifecycleState,
    /// `password_expired`.
    pub password_expired: bool,
    /// `password_expiration_date`, where JumpCloud gave one.
    pub password_expires_at: Option<Timestamp>,
    /// `created`, where it could be read.
    pub created_at: Option<Timestamp>,
}

impl SourcePerson {
    /// Returns the name for people: display name, else first and last name, else the user name.
    pub fn label(&self) -> String {
        if let Some(name) = self.fields.get(SourceField::DisplayName) {
            return name.to_owned();
        }
        let parts: Vec<&str> = [SourceField::FirstName, SourceField::LastName]
            .into_iter()
            .filter_map(|field| self.fields.get(field))
            .collect();
        if parts.is_empty() {
            self.fields.get(SourceField::Username).unwrap_or(self.id.as_str()).to_owned()
        } else {
            parts.join(" ")
        }
    }

    /// Whether JumpCloud means this person to be able to work now (S2): `active` in SCIM.
    pub fn is_active(&self) -> bool {
        self.state == LifecycleState::Activated && !self.password_expired
    }
}

/// A JumpCloud user group bound to the application.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SourceGroup {
    /// `id`.
    pub id: SourceGroupId,
    /// `name`.
    pub name: String,
    /// Members' ids, sorted and distinct; may be empty.
    pub members: Vec<SourceUserId>,
    /// Whether the member list was read to its end.
    pub completeness: Completeness,
    /// Other Atlassian applications that the group is bound to (G8); empty for most.
    pub other_connectors: Vec<OtherConnector>,
    /// Whether a rule decides who is a member (`membershipMethod` is `DYNAMIC_AUTOMATED`), so that adding somebody by hand
    /// does not last; `None` where it was not asked.
    #[serde(default)]
    pub is_dynamic: Option<bool>,
}

/// Another Atlassian application in the same JumpCloud organisation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct OtherConnector {
    /// The application's `_id`.
    pub application: String,
    /// Its display label.
    pub label: String,
}

/// What became of an object that is linked but was not in the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// Asked for by id, JumpCloud answered "not found": deleted.
    Deleted,
    /// It exists, but is not in the list it was expected in (a group: no longer bound).
    Elsewhere,
    /// Not asked or not answered: nothing may be concluded.
    Unknown,
}

/// One reading of the JumpCloud organisation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SourceSnapshot {
    /// All system users of the organisation, sorted by id, distinct.
    pub people: Vec<SourcePerson>,
    /// The groups bound to the application, sorted by id, distinct.
    pub groups: Vec<SourceGroup>,
    /// Linked people who are in no page of `people`, and what asking for each by id said; sorted by id.
    pub absent_people: Vec<(SourceUserId, Absence)>,
    /// Linked groups that are not bound any more, and what asking for each by id said; sorted by id.
    pub absent_groups: Vec<(SourceGroupId, Absence)>,
    /// Whether `people` was read to its end.
    pub people_completeness: Completeness,
    /// Whether the list of bound groups was read to its end (each group's members say so themselves).
    pub groups_completeness: Completeness,
    /// The configured application's label, when it was seen to be another product's than Atlassian's.
    #[serde(default)]
    pub foreign_application: Option<String>,
}

impl SourceSnapshot {
    /// Joins the completeness of all lists.
    pub fn completeness(&self) -> Completeness {
        self.groups
            .iter()
            .fold(self.people_completeness.clone().and(self.groups_completeness.clone()), |joined, group| {
                joined.and(group.completeness.clone())
            })
    }
}
