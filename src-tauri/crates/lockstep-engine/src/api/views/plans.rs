//! A plan: its head, its rows, and one operation in full.

use jiff::Timestamp;
use lockstep_core::finding::Finding;
use lockstep_core::ids::{OperationId, PlanId, RunId};
use lockstep_core::plan::conflict::Conflict;
use lockstep_core::plan::operation::{
    AttributeChange, HeldBy, OperationKind, Reason, Reversibility, Subject,
};
use serde::{Deserialize, Serialize};

use super::windows::Facet;

/// Counts that a plan's head shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PlanCounts {
    /// All operations.
    pub all: u32,
    /// Creates of people and groups.
    pub create: u32,
    /// Updates, links, activations, renames, membership changes.
    pub update: u32,
    /// Deactivations.
    pub deactivate: u32,
    /// Deletions.
    pub delete: u32,
    /// Held, of every kind.
    pub held: u32,
    /// Ready, of every kind.
    pub ready: u32,
    /// Held because they cannot be undone.
    pub irreversible: u32,
    /// Ready creates, updates, deactivations, deletions.
    pub ready_create: u32,
    /// Ready updates.
    pub ready_update: u32,
    /// Ready deactivations.
    pub ready_deactivate: u32,
    /// Ready deletions.
    pub ready_delete: u32,
}

/// What one side's reading held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct SideView {
    /// Whether everything was read.
    pub complete: bool,
    /// What is missing, if anything.
    pub problem: Option<String>,
    /// People read: system users, or SCIM users.
    pub people: u32,
    /// Groups read: bound groups, or SCIM groups.
    pub groups: u32,
}

/// A plan's head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PlanView {
    /// Id.
    pub plan_id: PlanId,
    /// Running number within the connection, for people.
    pub number: u32,
    /// Fingerprint of the inputs.
    pub basis: String,
    /// When it was computed.
    #[cfg_attr(feature = "specta", specta(type = String))]
    pub created_at: Timestamp,
    /// `open`, `applied`, `superseded`.
    pub state: String,
    /// JumpCloud's reading.
    pub source: SideView,
    /// Atlassian's reading.
    pub target: SideView,
    /// Counts.
    pub counts: PlanCounts,
    /// Facets: how many operations per kind, state and cause.
    pub facets: Vec<Facet>,
    /// People who are the same on both sides.
    pub people_in_step: u32,
    /// Writes that approving would send.
    pub requests: u32,
    /// Read-backs that follow.
    pub read_backs: u32,
    /// Seconds expected, from the last runs' speed; `None` before the first.
    pub seconds_expected: Option<u32>,
    /// Tripped guards.
    pub guards: Vec<GuardView>,
    /// Conflicts.
    pub conflicts: Vec<Conflict>,
    /// Findings.
    pub findings: Vec<Finding>,
    /// The run that applied it.
    pub run_id: Option<RunId>,
}

/// A tripped guard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GuardView {
    /// Finding code, for example `guard_deactivations`.
    pub code: String,
    /// How many operations it holds.
    pub held: u32,
    /// What it is, in a sentence.
    pub title: String,
    /// The one cause that explains most, if there is one.
    pub cause: Option<String>,
    /// Names held; at most 20 here, all of them in the table.
    pub names: Vec<String>,
    /// Whether a person may override it for this plan.
    pub releasable: bool,
}

/// One row of the plan's table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct OperationRow {
    /// Id.
    pub id: OperationId,
    /// Kind.
    pub kind: OperationKind,
    /// Subject.
    pub subject: Subject,
    /// What holds it; `None` when ready.
    pub held_by: Option<HeldBy>,
    /// Whether it can be undone.
    pub reversibility: Reversibility,
    /// Why.
    pub reason: Reason,
    /// Changes, at most four here; membership changes and creates as [`ChangeSummary`] says.
    pub change: ChangeSummary,
}

/// An operation's change, short enough for a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ChangeSummary {
    /// A new account or group.
    New,
    /// The account's `active`, with the attributes that change in the same request.
    Active {
        /// Before.
        before: bool,
        /// After.
        after: bool,
        /// Attributes.
        changes: Vec<AttributeChange>,
    },
    /// Attributes.
    Attributes {
        /// Which change; a row shows the first and counts the rest.
        changes: Vec<AttributeChange>,
    },
    /// Members.
    Members {
        /// How many are added.
        added: u32,
        /// How many are removed.
        removed: u32,
    },
    /// A group's name.
    Name {
        /// Before.
        before: String,
        /// After.
        after: String,
    },
    /// The object goes.
    Gone,
    /// Only the link changes.
    Link,
}

/// A window of rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct OperationWindow {
    /// The rows.
    pub rows: Vec<OperationRow>,
    /// Rows that match.
    pub total: u32,
    /// Rows of the list without search and filters.
    pub unfiltered: u32,
}

/// A plan operation in full, for the side panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct OperationDetail {
    /// The row.
    pub row: OperationRow,
    /// What holds it, in a sentence with what to do.
    pub held_text: Option<String>,
    /// Every attribute, before and after; for creates, before is `None`.
    pub attributes: Vec<AttributeChange>,
    /// Members added, by label; at most 1,000.
    pub members_added: Vec<String>,
    /// Members removed, by label; at most 1,000.
    pub members_removed: Vec<String>,
    /// The chain of causes, from the event to the effect.
    pub why: Vec<WhyStep>,
    /// What would change it, one sentence each.
    pub would_change: Vec<String>,
    /// How it can be undone, or that it cannot.
    pub undo_text: String,
}

/// One step of a chain of causes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct WhyStep {
    /// `cause`, `group`, `scope`, `effect`: chooses the icon.
    pub kind: String,
    /// Short title.
    pub title: String,
    /// Second line.
    pub detail: Option<String>,
    /// Whether the path is cut here.
    pub is_cut: bool,
}
