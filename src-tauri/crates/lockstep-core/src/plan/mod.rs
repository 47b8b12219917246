//! The planner: what must change in the target so that it matches what JumpCloud says.

pub mod approval;
pub mod conflict;
pub mod document;
pub mod operation;
pub mod render;
pub mod requests;

use serde::{Deserialize, Serialize};

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
    /// Recorded answers to conflicts.
    pub decisions: &'a [Decision],
    /// Operations that rest after repeated failures, sorted.
    pub quarantine: &'a [OperationId],
    /// What JumpCloud said.
    pub source: &'a SourceSnapshot,
    /// What Atlassian said.
    pub target: &'a TargetSnapshot,
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
}
