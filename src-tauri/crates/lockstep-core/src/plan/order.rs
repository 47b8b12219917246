//! The order of operations: what others depend on first, then by label, so that the same needs read the same.
//!
//! The kinds' own order respects every dependency: links, updates and creations come before memberships (an update may
//! free an address that a creation takes), a group is created before it gets members, people lose memberships before
//! their account is deactivated, and deletions come last.

use super::conflict::Conflict;
use super::operation::Operation;
use crate::finding::Finding;

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
