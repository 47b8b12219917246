//! What is stored about a plan besides its operations: the store keeps it as one JSON text.

use std::collections::BTreeSet;

use lockstep_core::finding::Finding;
use lockstep_core::memory::TargetMemory;
use lockstep_core::plan::Plan;
use lockstep_core::plan::conflict::Conflict;
use lockstep_core::plan::requests::Requests;
use lockstep_core::snapshot::Completeness;
use lockstep_core::snapshot::source::SourceSnapshot;
use lockstep_core::snapshot::target::TargetSnapshot;
use serde::{Deserialize, Serialize};

use super::views::SideView;
use crate::store::StoreError;

/// A plan's head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlanHead {
    /// JumpCloud's reading.
    pub(crate) source: SideView,
    /// Atlassian's reading.
    pub(crate) target: SideView,
    /// People who are the same on both sides.
    pub(crate) people_in_step: u32,
    /// Writes of the ready operations.
    pub(crate) requests: Requests,
    /// Objects that are read back after them.
    pub(crate) read_backs: u32,
    /// Questions.
    pub(crate) conflicts: Vec<Conflict>,
    /// Remarks.
    pub(crate) findings: Vec<Finding>,
}

impl PlanHead {
    /// Describes a plan and what it was made from.
    pub(crate) fn of(
        plan: &Plan,
        source: &SourceSnapshot,
        target: &TargetSnapshot,
        memory: &TargetMemory,
    ) -> Self {
        let ready = || plan.operations.iter().filter(|operation| operation.is_ready());
        let touched: BTreeSet<&str> = ready().map(|operation| operation.subject.label()).collect();
        Self {
            source: side(&source.completeness(), source.people.len(), source.groups.len()),
            target: side(&target.completeness(), target.users.len(), target.groups.len()),
            people_in_step: plan.people_in_step,
            requests: Requests::of(ready(), memory),
            read_backs: count(touched.len()),
            conflicts: plan.conflicts.clone(),
            findings: plan.findings.clone(),
        }
    }

    /// Writes it as the store keeps it.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which no value of it is known to cause.
    pub(crate) fn to_document(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|error| StoreError::corrupt("plan", error))
    }

    /// Reads what the store kept.
    ///
    /// # Errors
    /// When it is something else.
    pub(crate) fn from_document(text: &str) -> Result<Self, StoreError> {
        serde_json::from_str(text).map_err(|error| StoreError::corrupt("plan", error))
    }
}

fn side(completeness: &Completeness, people: usize, groups: usize) -> SideView {
    let problem = match completeness {
        Completeness::Complete => None,
        Completeness::Incomplete { reason } => Some(reason.clone()),
    };
    SideView { complete: problem.is_none(), problem, people: count(people), groups: count(groups) }
}

/// Turns a length into the count that screens use.
pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
