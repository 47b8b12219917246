//! What Atlassian said: the SCIM directory, and what only the organisation API knows.

use serde::{Deserialize, Serialize};

use super::Completeness;
use crate::attribute::AttributeSet;
use crate::ids::ScimId;

/// A SCIM user of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TargetUser {
    /// `id`.
    pub id: ScimId,
    /// `active`; absent counts as true (RFC 7643 leaves it to the server, Atlassian documents true).
    pub active: bool,
    /// The attributes observed, `externalId` among them.
    pub attributes: AttributeSet,
    /// `atlassianAccountId` of Atlassian's extension; absent until linked.
    pub account_id: Option<Box<str>>,
}

/// A SCIM group of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TargetGroup {
    /// `id`.
    pub id: ScimId,
    /// `displayName`.
    pub display_name: String,
    /// `externalId`, if any.
    pub external_id: Option<String>,
    /// Members' SCIM ids, sorted and distinct.
    pub members: Vec<ScimId>,
}

/// A group as the organisation API lists it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OrganisationGroup {
    /// The organisation's group id; another id space than SCIM's.
    pub id: String,
    /// The group's name.
    pub name: String,
    /// `externalSynced`: membership comes from an identity provider.
    pub external_synced: bool,
    /// Names of apps for which the group is a default access group; empty where it is none or was not asked.
    pub default_access_to: Vec<String>,
    /// `counts.users`, if it was given.
    pub member_count: Option<u32>,
}

/// What the organisation key can see.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OrganisationSnapshot {
    /// All groups of the organisation, sorted by name then id.
    pub groups: Vec<OrganisationGroup>,
    /// Verified domains, lower case, sorted.
    pub verified_domains: Vec<String>,
    /// Whether both lists were read to their end.
    pub completeness: Completeness,
}

/// One reading of the Atlassian side.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TargetSnapshot {
    /// All SCIM users, sorted by id, distinct.
    pub users: Vec<TargetUser>,
    /// All SCIM groups, sorted by id, distinct.
    pub groups: Vec<TargetGroup>,
    /// Whether `users` was read to its end.
    pub users_completeness: Completeness,
    /// Whether `groups` was read to its end.
    pub groups_completeness: Completeness,
    /// `None` without an organisation key.
    pub organisation: Option<OrganisationSnapshot>,
}

impl TargetSnapshot {
    /// Joins the completeness of the SCIM lists.
    pub fn completeness(&self) -> Completeness {
        self.users_completeness.clone().and(self.groups_completeness.clone())
    }
}
