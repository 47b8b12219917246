//! What unbinding or deleting a group would do to people, before anybody does it.

use serde::{Deserialize, Serialize};

use crate::ids::{ScimId, SourceUserId};

/// What would become of a bound group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum GroupFate {
    /// It is unbound from the application (G5).
    Unbound,
    /// It is deleted in JumpCloud (G6).
    Deleted,
}

/// Somebody whom the fate of a group bears on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct AffectedPerson {
    /// E-mail address, else user name.
    pub label: String,
    /// The name for people.
    pub name: String,
    /// The JumpCloud side.
    pub source_id: Option<SourceUserId>,
    /// The account, where there is one.
    pub target_id: Option<ScimId>,
    /// What keeps their account active: the other bound groups they are in, by name.
    pub through: Vec<String>,
}

/// Who would be deactivated, and who would not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct BlastRadius {
    /// People whose account would be deactivated and would not be without it, by label.
    pub deactivated: Vec<AffectedPerson>,
    /// Members who keep their account, and through what, by label.
    pub keeps: Vec<AffectedPerson>,
    /// Members whose account is inactive anyway.
    pub inactive_already: u32,
    /// Members without an account in Atlassian.
    pub without_account: u32,
    /// Members whose lot cannot be told, since something was not read or an account is in question.
    pub unknown: u32,
    /// One or two sentences.
    pub text: String,
}
