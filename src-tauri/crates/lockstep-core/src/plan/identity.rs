//! Identities and fingerprints: the same need has the same id in every plan.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::ids::{ConflictId, OperationId};
use crate::plan::conflict::ConflictKind;
use crate::plan::operation::{HeldBy, Operation, OperationKind, Payload, Reason, Subject};

/// Hashes texts so that their borders count.
pub(crate) fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hex::encode(hasher.finalize())
}

fn short(prefix: &str, kind: &str, subject: &Subject) -> String {
    let digest = fingerprint([kind, stable_id(subject)]);
    format!("{prefix}-{}", digest.get(..16).unwrap_or(&digest))
}

/// Returns what identifies a subject between plans: the JumpCloud id, else the SCIM id, else the name.
fn stable_id(subject: &Subject) -> &str {
    match subject {
        Subject::Person { source_id: Some(id), .. } => id.as_str(),
        Subject::Group { source_id: Some(id), .. } => id.as_str(),
        Subject::Person { target_id: Some(id), .. } | Subject::Group { target_id: Some(id), .. } => {
            id.as_str()
        }
        Subject::Person { label, .. } | Subject::Group { label, .. } => label,
    }
}

/// Returns the id of an operation: `op-` and 16 hex digits.
pub fn operation_id(kind: OperationKind, subject: &Subject) -> OperationId {
    short("op", kind.name(), subject).into()
}

/// Returns the id of a conflict: `conflict-` and 16 hex digits.
pub fn conflict_id(kind: ConflictKind, subject: &Subject) -> ConflictId {
    let name = match kind {
        ConflictKind::GroupTakeover => "group_takeover",
        ConflictKind::GroupRename => "group_rename",
        ConflictKind::GroupOnTwoConnectors => "group_on_two_connectors",
        ConflictKind::AmbiguousPerson => "ambiguous_person",
        ConflictKind::VanishedTarget => "vanished_target",
        ConflictKind::DirectoryReplaced => "directory_replaced",
    };
    short("conflict", name, subject).into()
}

/// Hashes a value by its JSON.
pub(crate) fn json_digest(value: &impl Serialize) -> String {
    // Plain data with text keys always serialises; an empty text would only make two digests differ from real ones.
    let text = serde_json::to_string(value).unwrap_or_default();
    hex::encode(Sha256::digest(text.as_bytes()))
}

impl Operation {
    /// Makes an operation that nothing holds yet.
    pub fn new(kind: OperationKind, subject: Subject, reason: Reason, payload: Payload) -> Self {
        Self {
            id: operation_id(kind, &subject),
            kind,
            subject,
            held_by: None,
            releasable: false,
            reversibility: kind.reversibility(),
            reason,
            payload,
        }
    }

    /// Holds the operation; of several holds the strongest is kept, so that lifting a weaker one lets nothing slip.
    pub fn hold(&mut self, by: HeldBy, releasable: bool) {
        let is_stronger =
            self.held_by.is_none_or(|current| strength(by, releasable) > strength(current, self.releasable));
        if is_stronger {
            self.held_by = Some(by);
            self.releasable = releasable;
        }
    }

    /// Whether the operation is held more strongly than another one.
    pub(crate) fn is_held_more_than(&self, other: &Self) -> bool {
        let of = |operation: &Self| operation.held_by.map_or(0, |by| strength(by, operation.releasable));
        of(self) > of(other)
    }

    /// Returns the operation, held.
    #[must_use]
    pub fn held(mut self, by: HeldBy, releasable: bool) -> Self {
        self.hold(by, releasable);
        self
    }
}

/// Orders holds: what nobody can lift first, then what a decision lifts, then what an approval lifts.
const fn strength(by: HeldBy, releasable: bool) -> u8 {
    match (by, releasable) {
        (HeldBy::Guard, false) => 7,
        (HeldBy::Conflict, _) => 6,
        (HeldBy::Acknowledgement, _) => 5,
        (HeldBy::Quarantine, _) => 4,
        (HeldBy::Guard, true) => 3,
        (HeldBy::Irreversible | HeldBy::Domain, _) => 2,
        (HeldBy::UserLimit, _) => 1,
    }
}
