//! Conflicts: questions that only a person may answer.

use serde::{Deserialize, Serialize};

use crate::ids::{ConflictId, ScimId};
use crate::plan::operation::Subject;

/// What the question is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    /// A group of that name exists in the target and is not ours (G2).
    GroupTakeover,
    /// The server refuses or ignores the rename (G4).
    GroupRename,
    /// The group is bound to another Atlassian connector too (G8).
    GroupOnTwoConnectors,
    /// The rules name different SCIM users for one person, or one for several (S3).
    AmbiguousPerson,
    /// A linked account or group has vanished from the target.
    VanishedTarget,
    /// The SCIM directory is another one than the links were made with.
    DirectoryReplaced,
}

/// A person in a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ConflictPerson {
    /// E-mail address, else user name.
    pub label: String,
    /// SCIM id, where there is one.
    pub target_id: Option<ScimId>,
    /// Other groups that give the same access; filled for those who lose membership, where it is known.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub keeps_access_through: Vec<String>,
}

/// One question for the admin.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Conflict {
    /// Derived from kind and subject.
    pub id: ConflictId,
    /// What the question is.
    pub kind: ConflictKind,
    /// What it is about.
    pub subject: Subject,
    /// One or two sentences: what was found and what it means.
    pub text: String,
    /// The answers that can be given, by the contract's names.
    pub choices: Vec<String>,
    /// Who stays a member.
    pub stays: Vec<ConflictPerson>,
    /// Who becomes one.
    pub gains: Vec<ConflictPerson>,
    /// Who would no longer be one.
    pub loses: Vec<ConflictPerson>,
    /// The answer in force, if there is one.
    pub decision: Option<String>,
    /// Fingerprint of the facts; a decision made on other facts is asked again.
    pub facts: String,
}

/// An answer as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Decision {
    /// Which conflict.
    pub conflict: ConflictId,
    /// One of its choices.
    pub choice: String,
    /// The facts it was made on.
    pub facts: String,
}
