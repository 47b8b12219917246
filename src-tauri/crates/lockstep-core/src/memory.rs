//! What was learnt about a target by writing and reading back; it keeps plans free of changes that never stick (P2).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::attribute::Attribute;
use crate::ids::{ScimId, SourceGroupId};

/// An attribute of one user that the target did not keep as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NotKept {
    /// The user.
    pub target: ScimId,
    /// The attribute.
    pub attribute: Attribute,
    /// What was sent; `None` when it was cleared.
    pub sent: Option<String>,
    /// What a reading after the write found.
    pub found: Option<String>,
}

/// A group that Atlassian did not simply take, since one of the same name exists in the organisation.
///
/// Atlassian has two documented answers: 409, or 201 with the group pending. Either way somebody has to accept it in
/// Atlassian's console, and until then the name is waited for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PendingTakeover {
    /// The name that was sent.
    pub name: String,
    /// The SCIM group that was created and pends (201); `None` where the answer was 409.
    pub target: Option<ScimId>,
}

/// What is remembered about one target.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TargetMemory {
    /// Values not kept, by user. As long as both sides stay as recorded, the difference is not planned again.
    pub not_kept: BTreeSet<NotKept>,
    /// Groups whose rename the server refused or ignored, with the name that was tried (G4).
    pub rename_refused: BTreeSet<(ScimId, String)>,
    /// Memberships the server answered with success and did not keep: (group, member, wanted).
    pub membership_not_kept: BTreeSet<(ScimId, ScimId, bool)>,
    /// Largest number of members that one request may carry, learnt from 413 and 400; `None` until one was refused.
    pub member_batch: Option<u32>,
    /// Whether the server did not take members coming and going in one request, and took them in two.
    #[serde(default)]
    pub refuses_pairs: bool,
    /// Fingerprint of the SCIM directory that links belong to; another one means the directory was replaced.
    pub directory: Option<String>,
    /// Groups that wait for Atlassian's console, by the JumpCloud group. Entered when the answer comes, dropped when
    /// [`crate::plan::settled_takeovers`] names them.
    #[serde(default)]
    pub takeovers: BTreeMap<SourceGroupId, PendingTakeover>,
}
