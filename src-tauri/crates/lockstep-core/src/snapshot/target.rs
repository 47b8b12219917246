//! What Atlassian said through SCIM, and beside it what the organisation key can see.

use serde::{Deserialize, Serialize};

use super::Completeness;
pub use super::organisation::{AppAccess, OrganisationGroup, OrganisationMember, OrganisationSnapshot};
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
