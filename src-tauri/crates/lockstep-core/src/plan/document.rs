//! The plan as a document: what `lockstepctl plan` prints and `apply --plan` takes (`contract.md`, "JSON of a plan").
//!
//! A document is bound to its connection, its basis and its own hash. The hash is over the document without the field
//! `hash`, written as JSON with sorted names and without blanks, so that neither formatting nor the order of names
//! matters, and every other edit is noticed. An operation's `fingerprint` is over what is sent, so that a plan computed
//! again can be compared with it even where members are cut off here.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Plan;
use super::canonical::{DigestWriter, as_value, write_canonical, write_object};
use super::conflict::Conflict;
use super::identity::json_digest;
use super::operation::{
    AttributeChange, HeldBy, Member, Operation, OperationKind, Payload, Reason, Reversibility, Subject,
};
use super::requests::Requests;
use crate::attribute::AttributeSet;
use crate::finding::Finding;
use crate::ids::{ConnectionId, OperationId, PlanId};
use crate::memory::TargetMemory;
use crate::snapshot::source::SourceSnapshot;
use crate::snapshot::target::TargetSnapshot;

/// Members that an operation lists in full; beyond, the first so many and their count.
pub const MEMBERS_LISTED: usize = 1_000;

/// What a plan's head says besides the plan itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentHead {
    /// Id.
    pub plan_id: PlanId,
    /// Fingerprint of the inputs.
    pub basis: String,
    /// Connection.
    pub connection: ConnectionId,
    /// When it was computed.
    pub created_at: Timestamp,
    /// JumpCloud's reading.
    pub source: Side,
    /// Atlassian's reading.
    pub target: Side,
}

/// What one side's reading held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// Whether everything was read.
    pub complete: bool,
    /// System users, or SCIM users.
    pub people: usize,
    /// Bound groups, or SCIM groups.
    pub groups: usize,
}

impl Side {
    /// Counts JumpCloud's side.
    pub fn of_source(source: &SourceSnapshot) -> Self {
        Self {
            complete: source.completeness().is_complete(),
            people: source.people.len(),
            groups: source.groups.len(),
        }
    }

    /// Counts Atlassian's side.
    pub fn of_target(target: &TargetSnapshot) -> Self {
        Self {
            complete: target.completeness().is_complete(),
            people: target.users.len(),
            groups: target.groups.len(),
        }
    }
}

/// A plan as a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanDocument {
    /// Id.
    pub plan_id: PlanId,
    /// Fingerprint of the inputs.
    pub basis: String,
    /// Connection.
    pub connection: ConnectionId,
    /// When it was computed.
    pub created_at: Timestamp,
    /// JumpCloud's reading.
    pub source: Side,
    /// Atlassian's reading.
    pub target: Side,
    /// Operations per kind, held ones included; no zeros.
    pub summary: BTreeMap<OperationKind, u32>,
    /// Writes that the ready operations take.
    pub requests: Requests,
    /// In the order of execution.
    pub operations: Vec<OperationDocument>,
    /// Questions.
    pub conflicts: Vec<Conflict>,
    /// Remarks.
    pub findings: Vec<Finding>,
    /// `sha256:` and the digest over everything else.
    pub hash: String,
}

/// Whether an operation would be sent on approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadyState {
    /// It would.
    Ready,
    /// Something holds it.
    Held,
}

/// Values by SCIM attribute name, in the order of the attributes.
pub type Values = IndexMap<String, DocumentValue>;

/// One value before or after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DocumentValue {
    /// `active`.
    Flag(bool),
    /// How many members there are, where not all are listed.
    Count(usize),
    /// An attribute's text.
    Text(String),
    /// Members' labels.
    Labels(Vec<String>),
    /// No value (`null`).
    Nothing,
}

/// One operation of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationDocument {
    /// Derived from kind and subject.
    pub id: OperationId,
    /// What it does.
    pub kind: OperationKind,
    /// Whether it would be sent.
    pub state: ReadyState,
    /// What holds it.
    pub held_by: Option<HeldBy>,
    /// Whether a person may release it for this plan; false for what is ready.
    #[serde(default)]
    pub releasable: bool,
    /// Whether it can be undone.
    pub reversibility: Reversibility,
    /// What it is about.
    pub subject: Subject,
    /// Why.
    pub reason: Reason,
    /// What changes, as it is; `null` for something new.
    pub before: Option<Values>,
    /// What changes, as it will be; `null` for something that goes.
    pub after: Option<Values>,
    /// `sha256:` and the digest over what is sent.
    pub fingerprint: String,
}

/// Why a document is refused.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Not JSON, or not a plan.
    #[error("The file is not a plan")]
    NotAPlan(#[source] serde_json::Error),
    /// The hash does not fit.
    #[error("The plan was edited or damaged: its content does not match its hash")]
    HashMismatch,
}

impl PlanDocument {
    /// Writes a plan down.
    pub fn new(head: DocumentHead, plan: &Plan, memory: &TargetMemory) -> Self {
        let mut document = Self {
            plan_id: head.plan_id,
            basis: head.basis,
            connection: head.connection,
            created_at: head.created_at,
            source: head.source,
            target: head.target,
            summary: plan.summary(),
            requests: Requests::of(plan.ready(), memory),
            operations: plan.operations.iter().map(OperationDocument::new).collect(),
            conflicts: plan.conflicts.clone(),
            findings: plan.findings.clone(),
            hash: String::new(),
        };
        document.hash = document.digest();
        document
    }

    /// Reads a document and checks its hash over the text as it is, unknown names included.
    ///
    /// # Errors
    /// The text is no plan, or its content does not match its hash.
    pub fn read(text: &str) -> Result<Self, DocumentError> {
        let value: Value = serde_json::from_str(text).map_err(DocumentError::NotAPlan)?;
        let document = Self::deserialize(&value).map_err(DocumentError::NotAPlan)?;
        let mut digest = DigestWriter::default();
        let fields = value.as_object().into_iter().flatten();
        let without_hash = fields.filter(|(name, _)| name.as_str() != "hash");
        write_object(&mut digest, without_hash.map(|(name, value)| (name.as_str(), value)));
        if document.hash == digest.finish() { Ok(document) } else { Err(DocumentError::HashMismatch) }
    }

    /// Computes the hash of the document as it stands.
    fn digest(&self) -> String {
        // Operations are written one by one: as one value, those of a large plan would take a multiple of its memory.
        let mut digest = DigestWriter::default();
        let fields: [(&str, Field<'_>); 11] = [
            ("basis", Field::of(&self.basis)),
            ("conflicts", Field::of(&self.conflicts)),
            ("connection", Field::of(&self.connection)),
            ("created_at", Field::of(&self.created_at)),
            ("findings", Field::of(&self.findings)),
            ("operations", Field::Operations(&self.operations)),
            ("plan_id", Field::of(&self.plan_id)),
            ("requests", Field::of(&self.requests)),
            ("source", Field::of(&self.source)),
            ("summary", Field::of(&self.summary)),
            ("target", Field::of(&self.target)),
        ];
        for (position, (name, field)) in fields.iter().enumerate() {
            digest.text(if position == 0 { "{" } else { "," });
            digest.name(name);
            match field {
                Field::Value(value) => write_canonical(&mut digest, value),
                Field::Operations(operations) => {
                    digest.text("[");
                    for (position, operation) in operations.iter().enumerate() {
                        digest.text(if position == 0 { "" } else { "," });
                        write_canonical(&mut digest, &as_value(operation));
                    }
                    digest.text("]");
                }
            }
        }
        digest.text("}");
        digest.finish()
    }
}

enum Field<'a> {
    Value(Value),
    Operations(&'a [OperationDocument]),
}

impl Field<'_> {
    fn of(value: &impl Serialize) -> Self {
        Self::Value(as_value(value))
    }
}

impl OperationDocument {
    /// Writes an operation down.
    pub fn new(operation: &Operation) -> Self {
        let (before, after) = before_and_after(operation);
        Self {
            id: operation.id.clone(),
            kind: operation.kind,
            state: if operation.is_ready() { ReadyState::Ready } else { ReadyState::Held },
            held_by: operation.held_by,
            releasable: operation.held_by.is_some() && operation.releasable,
            reversibility: operation.reversibility,
            subject: operation.subject.clone(),
            reason: operation.reason.clone(),
            before,
            after,
            fingerprint: fingerprint(&operation.payload),
        }
    }
}

/// Returns a fingerprint of exactly what an operation sends: `sha256:` and 64 hex digits.
pub fn fingerprint(payload: &Payload) -> String {
    format!("sha256:{}", json_digest(payload))
}

type Sides = (Option<Values>, Option<Values>);

/// Returns what an operation changes, before and after.
pub fn before_and_after(operation: &Operation) -> Sides {
    let subject = &operation.subject;
    match &operation.payload {
        Payload::CreateUser { attributes, .. } => (None, Some(created(attributes))),
        Payload::LinkUser { changes, active, .. } => changed(changes, *active),
        Payload::UpdateUser { changes, .. } => changed(changes, None),
        Payload::ActivateUser { changes, .. } => changed(changes, Some(true)),
        Payload::DeactivateUser { changes, .. } => changed(changes, Some(false)),
        Payload::DeleteUser { target } => (Some([text("id", target.as_str())].into()), None),
        Payload::CreateGroup { display_name, .. } => (None, Some([text("displayName", display_name)].into())),
        Payload::TakeOverGroup { target: None, display_name, .. } => {
            (None, Some([text("displayName", display_name)].into()))
        }
        Payload::RenameGroup { before, after, .. } => {
            (Some([text("displayName", before)].into()), Some([text("displayName", after)].into()))
        }
        Payload::AddMembers { members, .. } | Payload::AddSourceMembers { members, .. } => {
            (Some(listed(&[])), Some(listed(members)))
        }
        Payload::RemoveMembers { members, .. } => (Some(listed(members)), Some(listed(&[]))),
        Payload::DeleteGroup { members, .. } => {
            let mut group = Values::from([text("displayName", subject.label())]);
            group.extend(listed(members));
            (Some(group), None)
        }
        // Only the link changes, which is no attribute.
        Payload::TakeOverGroup { target: Some(_), .. } | Payload::ReleaseGroup { .. } => {
            (Some(Values::new()), Some(Values::new()))
        }
    }
}

fn text(name: &str, value: &str) -> (String, DocumentValue) {
    (name.to_owned(), DocumentValue::Text(value.to_owned()))
}

fn created(attributes: &AttributeSet) -> Values {
    let mut values: Values =
        attributes.iter().map(|(attribute, value)| text(attribute.name(), value)).collect();
    values.insert("active".to_owned(), DocumentValue::Flag(true));
    values
}

fn changed(changes: &[AttributeChange], active: Option<bool>) -> Sides {
    let side = |of: fn(&AttributeChange) -> Option<&String>, active: Option<bool>| {
        let active = active.map(|active| ("active".to_owned(), DocumentValue::Flag(active)));
        let values = changes.iter().map(|change| {
            let value = of(change).map_or(DocumentValue::Nothing, |value| DocumentValue::Text(value.clone()));
            (change.attribute.name().to_owned(), value)
        });
        active.into_iter().chain(values).collect::<Values>()
    };
    (
        Some(side(|change| change.before.as_ref(), active.map(|active| !active))),
        Some(side(|change| change.after.as_ref(), active)),
    )
}

fn listed(members: &[Member]) -> Values {
    let labels = members.iter().take(MEMBERS_LISTED).map(|member| member.label.clone()).collect();
    let mut values = Values::from([("members".to_owned(), DocumentValue::Labels(labels))]);
    if members.len() > MEMBERS_LISTED {
        values.insert("count".to_owned(), DocumentValue::Count(members.len()));
    }
    values
}
