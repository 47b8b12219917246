//! How many writes a plan takes, as they will be sent without faults.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::operation::{Operation, Payload};
use crate::ids::ScimId;
use crate::memory::TargetMemory;
use crate::run::Method;

/// Members that one request carries unless the target was seen to take fewer (G3).
pub const MEMBER_BATCH: u32 = 100;

/// Counts of writes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Requests {
    /// All of them.
    pub planned: usize,
    /// By method; no zeros.
    pub by_method: BTreeMap<Method, usize>,
}

impl Requests {
    /// Counts the writes that the operations take.
    pub fn of<'a>(operations: impl IntoIterator<Item = &'a Operation>, memory: &TargetMemory) -> Self {
        let batch = member_batch(memory);
        let mut requests = Self::default();
        let mut pairs = Pairs::default();
        for operation in operations {
            let (method, count) = writes(&operation.payload, batch);
            let count =
                count - usize::from(!memory.refuses_pairs && pairs.complete(&operation.payload, batch));
            if count > 0 {
                *requests.by_method.entry(method).or_insert(0) += count;
                requests.planned += count;
            }
        }
        requests
    }
}

/// Whether these members, coming and going in one group, are sent in one request.
pub const fn is_pair(coming: usize, going: usize, batch: usize) -> bool {
    coming > 0 && going > 0 && coming <= batch && going <= batch
}

/// Groups of which members come or go, to find those of which members come and go.
#[derive(Default)]
struct Pairs<'a>(BTreeMap<&'a ScimId, (usize, usize)>);

impl<'a> Pairs<'a> {
    /// Whether this operation goes along with another one's request.
    fn complete(&mut self, payload: &'a Payload, batch: usize) -> bool {
        let (target, coming, going) = match payload {
            Payload::AddMembers { target: Some(target), members, .. } => (target, members.len(), 0),
            Payload::RemoveMembers { target, members, .. } => (target, 0, members.len()),
            _ => return false,
        };
        let group = self.0.entry(target).or_default();
        *group = (group.0 + coming, group.1 + going);
        is_pair(group.0, group.1, batch)
    }
}

/// Returns how many members one request to this target may carry; at least 1.
pub fn member_batch(memory: &TargetMemory) -> usize {
    memory.member_batch.unwrap_or(MEMBER_BATCH).clamp(1, MEMBER_BATCH) as usize
}

/// Returns an operation's method and how many requests of it are sent; 0 for one that only changes a link.
fn writes(payload: &Payload, batch: usize) -> (Method, usize) {
    match payload {
        Payload::CreateUser { .. }
        | Payload::CreateGroup { .. }
        | Payload::TakeOverGroup { target: None, .. } => (Method::Post, 1),
        Payload::TakeOverGroup { target: Some(_), .. } | Payload::ReleaseGroup { .. } => (Method::Patch, 0),
        Payload::LinkUser { changes, active, .. } => {
            (Method::Patch, usize::from(!changes.is_empty() || active.is_some()))
        }
        Payload::UpdateUser { changes, .. } => (Method::Patch, usize::from(!changes.is_empty())),
        Payload::ActivateUser { .. } | Payload::DeactivateUser { .. } | Payload::RenameGroup { .. } => {
            (Method::Patch, 1)
        }
        Payload::AddMembers { members, .. } | Payload::RemoveMembers { members, .. } => {
            (Method::Patch, members.len().div_ceil(batch))
        }
        // JumpCloud takes one person per request.
        Payload::AddSourceMembers { members, .. } => (Method::Post, members.len()),
        Payload::DeleteUser { .. } | Payload::DeleteGroup { .. } => (Method::Delete, 1),
    }
}
