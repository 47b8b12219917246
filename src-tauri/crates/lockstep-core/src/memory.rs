//! What was learnt about a target by writing and reading back; it keeps plans free of changes that never stick (P2).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::attribute::Attribute;
use crate::ids::ScimId;

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
    /// Fingerprint of the SCIM directory that links belong to; another one means the directory was replaced.
    pub directory: Option<String>,
}
