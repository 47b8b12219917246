//! The order of a run: stages one after another, lanes of a stage side by side, a lane's operations one after another.
//!
//! A stage begins when everything before it has ended: members need their accounts and groups, nobody loses an account
//! before the memberships are right, and a group goes last. Operations on one group share a lane, because two PATCHes of
//! the same group at once are a race that servers lose.

use indexmap::IndexMap;
use lockstep_core::ids::SourceGroupId;
use lockstep_core::plan::operation::{Operation, OperationKind, Payload};
use rustc_hash::FxBuildHasher;

/// Operations that run one after another.
pub(crate) type Lane<'a> = Vec<&'a Operation>;

/// Splits operations, which are in the plan's order, into stages of lanes; no stage is empty.
pub(crate) fn stages<'a>(operations: &[&'a Operation]) -> Vec<Vec<Lane<'a>>> {
    let mut stages: Vec<Vec<Lane<'a>>> = Vec::new();
    for step in Step::ALL {
        let mut lanes: Vec<Lane<'a>> = Vec::new();
        let mut of_group: IndexMap<SourceGroupId, usize, FxBuildHasher> = IndexMap::default();
        for operation in operations.iter().copied().filter(|operation| Step::of(operation.kind) == step) {
            match group(operation) {
                Some(group) => {
                    let lane = *of_group.entry(group.clone()).or_insert_with(|| {
                        lanes.push(Vec::new());
                        lanes.len() - 1
                    });
                    if let Some(lane) = lanes.get_mut(lane) {
                        lane.push(operation);
                    }
                }
                None => lanes.push(vec![operation]),
            }
        }
        if !lanes.is_empty() {
            // The longest lanes first: a group of many batches started last would keep everybody waiting.
            lanes.sort_by_key(|lane| {
                std::cmp::Reverse(lane.iter().map(|operation| weight(operation)).sum::<usize>())
            });
            stages.push(lanes);
        }
    }
    stages
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Accounts and groups come into being, get their names and are told apart.
    Objects,
    /// Memberships.
    Members,
    /// Accounts end.
    Accounts,
    /// Groups end.
    Groups,
}

impl Step {
    const ALL: [Self; 4] = [Self::Objects, Self::Members, Self::Accounts, Self::Groups];

    const fn of(kind: OperationKind) -> Self {
        match kind {
            OperationKind::LinkUser
            | OperationKind::UpdateUser
            | OperationKind::ActivateUser
            | OperationKind::CreateUser
            | OperationKind::ReleaseGroup
            | OperationKind::TakeOverGroup
            | OperationKind::CreateGroup
            | OperationKind::RenameGroup
            | OperationKind::AddSourceMembers => Self::Objects,
            OperationKind::AddMembers | OperationKind::RemoveMembers => Self::Members,
            OperationKind::DeactivateUser | OperationKind::DeleteUser => Self::Accounts,
            OperationKind::DeleteGroup => Self::Groups,
        }
    }
}

fn group(operation: &Operation) -> Option<&SourceGroupId> {
    match &operation.payload {
        Payload::CreateGroup { source, .. }
        | Payload::TakeOverGroup { source, .. }
        | Payload::RenameGroup { source, .. }
        | Payload::AddMembers { source, .. }
        | Payload::RemoveMembers { source, .. }
        | Payload::DeleteGroup { source, .. }
        | Payload::ReleaseGroup { source, .. }
        | Payload::AddSourceMembers { source, .. } => Some(source),
        Payload::CreateUser { .. }
        | Payload::LinkUser { .. }
        | Payload::UpdateUser { .. }
        | Payload::ActivateUser { .. }
        | Payload::DeactivateUser { .. }
        | Payload::DeleteUser { .. } => None,
    }
}

fn weight(operation: &Operation) -> usize {
    match &operation.payload {
        Payload::AddMembers { members, .. } | Payload::RemoveMembers { members, .. } => members.len(),
        _ => 1,
    }
}
