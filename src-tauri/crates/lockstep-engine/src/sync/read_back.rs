//! Reads back what a run touched (R7): object by object where few were touched, page by page where that takes fewer
//! requests.

use futures::{StreamExt, TryStreamExt, stream};
use lockstep_core::ids::ScimId;
use lockstep_core::memory::TargetMemory;
use lockstep_core::plan::operation::{Member, Operation, Payload};
use lockstep_core::snapshot::target::{TargetGroup, TargetSnapshot, TargetUser};
use rustc_hash::{FxHashMap, FxHashSet};

use super::differences::{self, Readings};
use super::execute::Executor;
use super::refresh::read_directory_again;
use crate::api::views::DifferenceView;
use crate::clients::Clients;
use crate::error::EngineError;

/// Entries of a page: what Atlassian answers at most.
const PAGE: usize = 100;

/// How long a server may take to show what it confirmed, before it counts as a difference; directories of Atlassian's kind settle within a second or two.
const SECOND_LOOK: std::time::Duration = std::time::Duration::from_millis(1_500);

/// What the read-back found.
#[derive(Debug)]
pub(crate) struct ReadBack {
    /// What is not as it was sent.
    pub(crate) differences: Vec<DifferenceView>,
    /// The target as it is now.
    pub(crate) target: TargetSnapshot,
    /// Whether all that was touched could be read: what was not read is no difference.
    pub(crate) is_complete: bool,
}

/// Reads back and compares; `before` is the target as it was when the run began.
///
/// # Errors
/// When the target cannot be read.
pub(crate) async fn read_back(
    executor: &Executor,
    clients: &Clients,
    done: &[&Operation],
    before: TargetSnapshot,
) -> Result<ReadBack, EngineError> {
    let touched = Touched::by(executor, done);
    let pages = before.users.len().div_ceil(PAGE).max(1) + before.groups.len().div_ceil(PAGE).max(1);
    let (target, is_complete) = if touched.users.len() + touched.groups.len() < pages {
        (read_each(executor, touched, before).await?, true)
    } else {
        let organisation = before.organisation.clone();
        drop(before);
        let target = read_directory_again(clients, organisation).await?;
        let is_complete = target.completeness().is_complete();
        (target, is_complete)
    };
    let (mut found, mut memory) = compare(executor, done, &target);
    let mut target = target;
    if is_complete && !found.is_empty() {
        // Some servers show a change a moment after they confirmed it: only what is still so is a difference.
        tokio::time::sleep(SECOND_LOOK).await;
        let readings = Now { executor, target: &target };
        let mut scratch = TargetMemory::default();
        let doubtful: Vec<&Operation> = done
            .iter()
            .copied()
            .filter(|operation| !differences::compare(operation, &readings, &mut scratch).is_empty())
            .collect();
        let touched = Touched::by(executor, &doubtful);
        if touched.users.len() + touched.groups.len() < pages {
            target = read_each(executor, touched, target).await?;
        } else {
            target = read_directory_again(clients, target.organisation).await?;
        }
        (found, memory) = compare(executor, done, &target);
    }
    let is_complete = is_complete && target.completeness().is_complete();
    if is_complete {
        executor.learnt().memory = memory;
    } else {
        found.clear();
    }
    Ok(ReadBack { differences: found, target, is_complete })
}

fn compare(
    executor: &Executor,
    done: &[&Operation],
    target: &TargetSnapshot,
) -> (Vec<DifferenceView>, TargetMemory) {
    let readings = Now { executor, target };
    let mut memory = executor.learnt().memory.clone();
    let found =
        done.iter().flat_map(|operation| differences::compare(operation, &readings, &mut memory)).collect();
    (found, memory)
}

/// Objects that operations changed.
#[derive(Debug, Default)]
struct Touched {
    users: FxHashSet<ScimId>,
    groups: FxHashSet<ScimId>,
}

impl Touched {
    fn by(executor: &Executor, done: &[&Operation]) -> Self {
        let mut touched = Self::default();
        for operation in done {
            match &operation.payload {
                Payload::CreateUser { source, .. } => {
                    touched.users.extend(executor.learnt().people.get(source).cloned());
                }
                Payload::LinkUser { target, .. }
                | Payload::UpdateUser { target, .. }
                | Payload::ActivateUser { target, .. }
                | Payload::DeactivateUser { target, .. }
                | Payload::DeleteUser { target } => {
                    touched.users.insert(target.clone());
                }
                Payload::ReleaseGroup { .. } | Payload::AddSourceMembers { .. } => {}
                _ => touched.groups.extend(executor.group(operation)),
            }
        }
        touched
    }
}

async fn read_each(
    executor: &Executor,
    touched: Touched,
    mut target: TargetSnapshot,
) -> Result<TargetSnapshot, EngineError> {
    let failed =
        |error: crate::http::ConnectorError| crate::error_map::of_service("the SCIM directory", &error);
    // Owned ids and clients: futures that borrow from a stream's items are not `Send` for every lifetime.
    let one_user = |id: ScimId| {
        let client = executor.reader.clone();
        async move { client.user(&id).await.map(|user| (id, user)) }
    };
    let one_group = |id: ScimId| {
        let client = executor.reader.clone();
        async move { client.group(&id).await.map(|group| (id, group)) }
    };
    let users: FxHashMap<ScimId, Option<TargetUser>> = stream::iter(touched.users)
        .map(one_user)
        .buffer_unordered(executor.concurrency)
        .try_collect()
        .await
        .map_err(failed)?;
    let groups: FxHashMap<ScimId, Option<TargetGroup>> = stream::iter(touched.groups)
        .map(one_group)
        .buffer_unordered(executor.concurrency)
        .try_collect()
        .await
        .map_err(failed)?;
    target.users.retain(|user| !users.contains_key(&user.id));
    target.users.extend(users.into_values().flatten());
    target.users.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    target.groups.retain(|group| !groups.contains_key(&group.id));
    target.groups.extend(groups.into_values().flatten());
    target.groups.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(target)
}

/// The target as it is now, and what the run learnt.
struct Now<'a> {
    executor: &'a Executor,
    target: &'a TargetSnapshot,
}

impl Readings for Now<'_> {
    fn user(&self, id: &ScimId) -> Option<&TargetUser> {
        let users = &self.target.users;
        users.binary_search_by(|user| user.id.cmp(id)).ok().and_then(|index| users.get(index))
    }

    fn group(&self, id: &ScimId) -> Option<&TargetGroup> {
        let groups = &self.target.groups;
        groups.binary_search_by(|group| group.id.cmp(id)).ok().and_then(|index| groups.get(index))
    }

    fn resolve(&self, operation: &Operation) -> Option<ScimId> {
        match &operation.payload {
            Payload::CreateUser { source, .. } => self.executor.learnt().people.get(source).cloned(),
            _ => self.executor.group(operation),
        }
    }

    fn member(&self, member: &Member) -> Option<ScimId> {
        self.executor.member(member)
    }
}
