//! Bound groups.

use serde::{Deserialize, Serialize};

/// A group in the User groups table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GroupRow {
    /// JumpCloud id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Members in JumpCloud.
    pub source_members: u32,
    /// Members in the SCIM group.
    pub target_members: Option<u32>,
    /// `new`, `same_name`, `managed`, `default_access`, `released`, `empty`.
    pub state: String,
    /// Other Atlassian applications it is bound to.
    pub other_connectors: Vec<String>,
    /// People who are in scope only through this group.
    pub only_path_for: u32,
}

/// A window of bound groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GroupWindow {
    /// The rows.
    pub rows: Vec<GroupRow>,
    /// Rows that match.
    pub total: u32,
    /// Rows without search and filters.
    pub unfiltered: u32,
}
