//! Links: stored pairs of a source object and a target object. A linked object is managed, and so ours to change.

use serde::{Deserialize, Serialize};

use crate::ids::{ScimId, SourceGroupId, SourceUserId};

/// A person's link.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PersonLink {
    /// The JumpCloud side.
    pub source: SourceUserId,
    /// The SCIM side.
    pub target: ScimId,
}

/// Whether a group's link is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum GroupLinkState {
    /// Membership follows JumpCloud.
    Managed,
    /// Unbound once: left as it is, for good (G5). Kept only to know the group again when it is bound once more.
    Released,
}

/// A group's link.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GroupLink {
    /// The JumpCloud side.
    pub source: SourceGroupId,
    /// The SCIM side.
    pub target: ScimId,
    /// Whether it is in force.
    pub state: GroupLinkState,
    /// The group's name when it was last seen bound, for sentences about groups that are gone.
    pub name: String,
    /// Members' JumpCloud ids at the last applied membership, sorted: why a person was in scope before.
    pub last_members: Vec<SourceUserId>,
}

/// All links of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Links {
    /// People's links, sorted by source id; each side occurs once.
    pub people: Vec<PersonLink>,
    /// Groups' links, sorted by source id; each side occurs once.
    pub groups: Vec<GroupLink>,
}
