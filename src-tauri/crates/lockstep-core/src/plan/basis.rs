//! The basis: a fingerprint of what was approved, and what moved since (R1).

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use super::identity::{fingerprint, json_digest};
use super::operation::{AttributeChange, HeldBy, Member, Operation, Payload};
use super::{Plan, PlanInput, document, reason};
use crate::ids::OperationId;

/// Returns the fingerprint of a plan: `sha256:` and 64 hex digits over the policy, the operations with what they send
/// and what holds them, and the conflicts' facts.
pub fn basis(input: &PlanInput<'_>, plan: &Plan) -> String {
    let policy = json_digest(input.policy);
    let payloads: Vec<String> =
        plan.operations.iter().map(|operation| document::fingerprint(&operation.payload)).collect();
    let operations = plan.operations.iter().zip(&payloads).flat_map(|(operation, payload)| {
        [operation.id.as_str(), payload, operation.held_by.map_or("", HeldBy::name)]
    });
    let conflicts = plan.conflicts.iter().flat_map(|conflict| {
        [conflict.id.as_str(), &conflict.facts, conflict.decision.as_deref().unwrap_or("")]
    });
    let digest = fingerprint(std::iter::once(policy.as_str()).chain(operations).chain(conflicts));
    format!("sha256:{digest}")
}

/// How an approved operation compares with what would be planned now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// It is not needed any more.
    AlreadySo,
    /// Something else would be sent.
    Changed,
    /// The same would be sent, but something holds it now.
    Held,
}

/// An approved operation whose facts moved.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Moved {
    /// The approved operation.
    pub operation: OperationId,
    /// The subject's label.
    pub label: String,
    /// How it compares.
    pub difference: Difference,
    /// One sentence naming the difference.
    pub text: String,
}

/// Returns the approved operations that a fresh plan does not contain with the same payload and the same or a weaker
/// hold, in the approved order. They must not be sent.
pub fn moved(approved: &[Operation], fresh: &Plan) -> Vec<Moved> {
    let by_id: IndexMap<&OperationId, &Operation, FxBuildHasher> =
        fresh.operations.iter().map(|operation| (&operation.id, operation)).collect();
    approved
        .iter()
        .filter_map(|operation| {
            let (difference, text) = compare(operation, by_id.get(&operation.id).copied())?;
            Some(Moved {
                operation: operation.id.clone(),
                label: operation.subject.label().to_owned(),
                difference,
                text,
            })
        })
        .collect()
}

fn compare(approved: &Operation, fresh: Option<&Operation>) -> Option<(Difference, String)> {
    let label = approved.subject.label();
    let Some(fresh) = fresh else {
        let text = format!("{label}: {} is not needed any more.", approved.kind.describe());
        return Some((Difference::AlreadySo, text));
    };
    if !is_same_need(&approved.payload, &fresh.payload) {
        let what = describe_change(&approved.payload, &fresh.payload);
        return Some((
            Difference::Changed,
            format!("{label}: {} has changed since; {what}.", approved.kind.describe()),
        ));
    }
    if fresh.is_held_more_than(approved) {
        let by = fresh.held_by.map_or("", HeldBy::describe);
        let text =
            format!("{label}: {} is held now by {by}. {}", approved.kind.describe(), fresh.reason.text);
        return Some((Difference::Held, text));
    }
    None
}

/// Whether a fresh payload is the approved one. An account or a group that the approved plan was yet to create may be there
/// by now: the plan's own run made it, and was stopped.
fn is_same_need(approved: &Payload, fresh: &Payload) -> bool {
    let is_same = |old: &Member, new: &Member| {
        old == new || (old.target.is_none() && old.source.is_some() && old.source == new.source)
    };
    match (approved, fresh) {
        (
            Payload::AddMembers { source: old, target: old_target, members: old_members },
            Payload::AddMembers { source: new, target: new_target, members: new_members },
        ) => {
            old == new
                && (old_target.is_none() || old_target == new_target)
                && old_members.len() == new_members.len()
                && old_members.iter().zip(new_members).all(|(old, new)| is_same(old, new))
        }
        _ => approved == fresh,
    }
}

/// Names what is different between two payloads of one need.
fn describe_change(approved: &Payload, fresh: &Payload) -> String {
    if let (Some(old), Some(new)) = (changes_of(approved), changes_of(fresh)) {
        let mut names: Vec<&str> = Vec::new();
        let differs = |change: &AttributeChange, others: &[AttributeChange]| !others.contains(change);
        for change in old.iter().filter(|c| differs(c, new)).chain(new.iter().filter(|c| differs(c, old))) {
            if !names.contains(&change.attribute.name()) {
                names.push(change.attribute.name());
            }
        }
        if !names.is_empty() {
            return format!("{} is not what it was", reason::enumerate(&names, 4));
        }
    }
    if let (Some(old), Some(new)) = (members_of(approved), members_of(fresh)) {
        let old: std::collections::BTreeSet<&str> = old.iter().map(|member| member.label.as_str()).collect();
        let new: std::collections::BTreeSet<&str> = new.iter().map(|member| member.label.as_str()).collect();
        let gone: Vec<&str> = old.difference(&new).copied().collect();
        let more: Vec<&str> = new.difference(&old).copied().collect();
        return match (gone.as_slice(), more.as_slice()) {
            ([], []) => "a member has another account now".to_owned(),
            (gone, []) => format!("without {} now", reason::enumerate(gone, 3)),
            ([], more) => format!("with {} too now", reason::enumerate(more, 3)),
            (gone, more) => {
                format!("without {}, with {} now", reason::enumerate(gone, 3), reason::enumerate(more, 3))
            }
        };
    }
    match (approved, fresh) {
        (Payload::RenameGroup { after: old, .. }, Payload::RenameGroup { after: new, .. }) if old != new => {
            format!("the new name would be {new}, not {old}")
        }
        (Payload::CreateUser { attributes: old, .. }, Payload::CreateUser { attributes: new, .. }) => {
            let names: Vec<&str> = crate::attribute::Attribute::ALL
                .iter()
                .filter(|attribute| old.get(**attribute) != new.get(**attribute))
                .map(|attribute| attribute.name())
                .collect();
            format!("{} is not what it was", reason::enumerate(&names, 4))
        }
        _ => "something else would be sent".to_owned(),
    }
}

fn changes_of(payload: &Payload) -> Option<&[AttributeChange]> {
    match payload {
        Payload::LinkUser { changes, .. }
        | Payload::UpdateUser { changes, .. }
        | Payload::ActivateUser { changes, .. }
        | Payload::DeactivateUser { changes, .. } => Some(changes),
        _ => None,
    }
}

fn members_of(payload: &Payload) -> Option<&[Member]> {
    match payload {
        Payload::AddMembers { members, .. }
        | Payload::RemoveMembers { members, .. }
        | Payload::DeleteGroup { members, .. }
        | Payload::AddSourceMembers { members, .. } => Some(members),
        _ => None,
    }
}
