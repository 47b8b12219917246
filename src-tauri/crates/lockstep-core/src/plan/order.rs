//! The order of operations: what others depend on first, then by label, so that the same needs read the same.
//!
//! The kinds' own order respects every dependency: links, updates and creations come before memberships (an update may
//! free an address that a creation takes), those to be kept are in the JumpCloud group before it is taken over, a group
//! is created before it gets members, people lose memberships before
//! their account is deactivated, and deletions come last.

use super::conflict::Conflict;
use super::operation::{Operation, OperationKind as Kind, Payload};
use crate::finding::Finding;
use crate::ids::SourceGroupId;

/// Whether an operation must not be sent unless another one of the same run was done before it and seen to be.
///
/// A group gets its members once it is ours; it becomes ours once those to be kept are in the JumpCloud group.
pub fn depends_on(operation: &Operation, other: &Operation) -> bool {
    let needs: &[Kind] = match operation.kind {
        Kind::TakeOverGroup => &[Kind::AddSourceMembers],
        Kind::RenameGroup => &[Kind::AddSourceMembers, Kind::TakeOverGroup],
        Kind::AddMembers | Kind::RemoveMembers => {
            &[Kind::AddSourceMembers, Kind::TakeOverGroup, Kind::CreateGroup]
        }
        _ => return false,
    };
    needs.contains(&other.kind) && group_of(operation).is_some() && group_of(operation) == group_of(other)
}

/// Returns the JumpCloud group that an operation is about.
pub(crate) fn group_of(operation: &Operation) -> Option<&SourceGroupId> {
    match &operation.payload {
        Payload::CreateGroup { source, .. }
        | Payload::TakeOverGroup { source, .. }
        | Payload::RenameGroup { source, .. }
        | Payload::AddMembers { source, .. }
        | Payload::RemoveMembers { source, .. }
        | Payload::DeleteGroup { source, .. }
        | Payload::ReleaseGroup { source, .. }
        | Payload::AddSourceMembers { source, .. } => Some(source),
        _ => None,
    }
}

/// Sorts operations.
pub(crate) fn sort_operations(operations: &mut [Operation]) {
    operations
        .sort_unstable_by(|a, b| (a.kind, a.subject.label(), &a.id).cmp(&(b.kind, b.subject.label(), &b.id)));
}

/// Sorts conflicts by kind and label.
pub(crate) fn sort_conflicts(conflicts: &mut [Conflict]) {
    conflicts
        .sort_unstable_by(|a, b| (a.kind, a.subject.label(), &a.id).cmp(&(b.kind, b.subject.label(), &b.id)));
}

/// Sorts findings, the gravest first.
pub(crate) fn sort_findings(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        (std::cmp::Reverse(a.severity), &a.code, &a.text).cmp(&(
            std::cmp::Reverse(b.severity),
            &b.code,
            &b.text,
        ))
    });
}
