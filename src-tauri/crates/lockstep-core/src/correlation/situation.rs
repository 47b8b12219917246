//! Situations: how a person stands between both sides, in the vocabulary of identity governance.

use serde::{Deserialize, Serialize};

use crate::ids::{ScimId, SourceUserId};

/// How a person stands between both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Situation {
    /// In scope, linked, and the account exists.
    Confirmed,
    /// In scope, not linked, and exactly one account was found by the rules.
    Found,
    /// In scope, not linked, and no account was found.
    Absent,
    /// In scope, not linked, and the rules disagree or somebody else has a claim.
    Ambiguous,
    /// Linked, but the account has vanished from the target.
    Missing,
    /// Linked, but the person no longer exists in JumpCloud.
    SourceMissing,
    /// Linked, exists in JumpCloud, but is in no bound group.
    Unqualified,
    /// An account that is nobody's: left alone.
    Unassigned,
    /// In JumpCloud only, and in no bound group.
    OutOfScope,
}

/// One person's or account's situation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonSituation {
    /// The JumpCloud id; `None` for an account that is nobody's.
    pub source: Option<SourceUserId>,
    /// The SCIM id; `None` where there is no account, or no single one.
    pub target: Option<ScimId>,
    /// How they stand.
    pub situation: Situation,
}
