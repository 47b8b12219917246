//! The planner: what must change in the target so that it matches what JumpCloud says.

mod access;
mod ambiguous;
pub mod approval;
pub mod basis;
mod canonical;
pub mod choice;
pub mod conflict;
pub(crate) mod context;
mod diff;
pub mod document;
pub(crate) mod draft;
mod groups;
mod guard;
mod identity;
mod leavers;
mod membership;
mod names;
mod newcomers;
pub mod operation;
pub mod order;
mod overlap;
pub(crate) mod people;
mod planner;
mod question;
pub(crate) mod reading;
pub(crate) mod reason;
mod remarks;
mod rename;
pub mod render;
pub(crate) mod replaced;
pub mod requests;
mod review;
mod situations;
pub mod summary;
mod takeover;

use serde::{Deserialize, Serialize};

pub use identity::{conflict_id, operation_id};
pub use names::{organisation_names, settled_takeovers};
pub use planner::plan;
pub use replaced::links_after_replacement;
pub use situations::situations;

use crate::finding::Finding;
use crate::ids::OperationId;
use crate::link::Links;
use crate::memory::TargetMemory;
use crate::plan::conflict::{Conflict, Decision};
use crate::plan::operation::Operation;
use crate::policy::Policy;
use crate::snapshot::source::SourceSnapshot;
use crate::snapshot::target::TargetSnapshot;

/// Everything that a plan depends on.
#[derive(Debug, Clone, Copy)]
pub struct PlanInput<'a> {
    /// What may be done.
    pub policy: &'a Policy,
    /// Stored pairs.
    pub links: &'a Links,
    /// What was learnt about the target.
    pub memory: &'a TargetMemory,
    /// Recorded answers to conflicts; of several on the same conflict and facts the last one counts.
    pub decisions: &'a [Decision],
    /// Operations that rest after repeated failures, sorted.
    pub quarantine: &'a [OperationId],
    /// What JumpCloud said.
    pub source: &'a SourceSnapshot,
    /// What Atlassian said.
    pub target: &'a TargetSnapshot,
    /// Fingerprint of the SCIM directory as it is now, to compare with [`TargetMemory::directory`]; `None` if unknown.
    pub target_directory: Option<&'a str>,
}

/// The planner's result.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// Changes in the order of execution.
    pub operations: Vec<Operation>,
    /// Questions, ordered by kind and label.
    pub conflicts: Vec<Conflict>,
    /// Remarks, the gravest first.
    pub findings: Vec<Finding>,
    /// How many people in scope have an account that is linked and equal.
    #[serde(default)]
    pub people_in_step: u32,
}
