//! Conflicts: questions that only a person may answer.

use serde::{Deserialize, Serialize};

use crate::ids::{ConflictId, ScimId};
use crate::plan::operation::Subject;
use crate::snapshot::organisation::AppAccess;

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
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ConflictPerson {
    /// E-mail address, else user name.
    pub label: String,
    /// SCIM id, where there is one.
    pub target_id: Option<ScimId>,
    /// Other groups that give the same access; filled for those who lose membership, where it is known.
    #[serde(default)]
    pub keeps_access_through: Vec<String>,
    /// The name for people; empty where only the label is known.
    #[serde(default)]
    pub name: String,
    /// Apps that somebody who loses membership loses access to, since no other group gives it to them.
    #[serde(default)]
    pub loses_access_to: Vec<String>,
    /// Whether they have a user in JumpCloud: without one they cannot be kept by adding them to the JumpCloud group.
    #[serde(default)]
    pub in_jumpcloud: bool,
}

/// Something to know before deciding.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ConflictWarning {
    /// Stable code, for example `default_access_group`, `admin_role`, `members_unknown`.
    pub code: String,
    /// One or two sentences: what it is and what to do.
    pub text: String,
}

/// New users of one app.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct NewSeats {
    /// The app, with its site where that is known.
    pub app: String,
    /// Labels of those who have no access to it yet and would get it.
    pub people: Vec<String>,
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
    /// What the group in question gives access to; empty where it gives none or that cannot be seen.
    #[serde(default)]
    pub access: Vec<AppAccess>,
    /// What to know before deciding.
    #[serde(default)]
    pub warnings: Vec<ConflictWarning>,
    /// Seats that those who gain membership would take, by app.
    #[serde(default)]
    pub new_seats: Vec<NewSeats>,
    /// Atlassian's console is awaited: one or two sentences saying what to do there.
    #[serde(default)]
    pub waiting: Option<String>,
    /// Why some of the usual answers cannot be given now, and the remedy.
    #[serde(default)]
    pub blocked: Option<String>,
}

impl Conflict {
    /// Makes a question without memberships and without an answer.
    pub fn new(
        id: ConflictId,
        kind: ConflictKind,
        subject: Subject,
        text: String,
        choices: Vec<String>,
        facts: String,
    ) -> Self {
        Self {
            id,
            kind,
            subject,
            text,
            choices,
            stays: Vec::new(),
            gains: Vec::new(),
            loses: Vec::new(),
            decision: None,
            facts,
            access: Vec::new(),
            warnings: Vec::new(),
            new_seats: Vec::new(),
            waiting: None,
            blocked: None,
        }
    }
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
