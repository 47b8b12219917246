//! Before an approved plan is sent: is each of its operations still what a fresh plan would do (R1)?

use lockstep_core::ids::OperationId;
use lockstep_core::link::Links;
use lockstep_core::plan::basis::{Difference, moved};
use lockstep_core::plan::operation::{Member, Operation, Payload};
use lockstep_core::plan::{Plan, plan};
use rustc_hash::{FxHashMap, FxHashSet};

use super::refresh::Reading;
use super::run::RunPlan;
use crate::api::views::MovedView;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::store::tables::{run_operations, runs};

/// What comparing the approved operations with a fresh plan found (R1).
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// Operations that are not sent.
    pub(super) skip: FxHashSet<OperationId>,
    /// What is left of memberships that an earlier run of the plan changed in part; sent in the operation's place.
    pub(super) rest: FxHashMap<OperationId, Operation>,
    /// Whether there is news among them.
    pub(super) is_moved: bool,
}

impl Inner {
    /// Computes a plan from the fresh reading and returns the approved operations that are not in it as they were
    /// approved (R1).
    pub(super) async fn compare(
        &self,
        run: &RunPlan,
        reading: &Reading,
        directory: &str,
    ) -> Result<Compared, EngineError> {
        let mut standing = self.standing(&run.connection).await?;
        if self.settle(&run.connection, &standing.links, reading).await? {
            standing = self.standing(&run.connection).await?;
        }
        let fresh = plan(&standing.input(reading, directory));
        let approved: Vec<Operation> = run
            .operations
            .iter()
            .map(|(_, operation)| with_links(operation, &standing.links, &fresh))
            .collect();
        let mut moved = moved(&approved, &fresh);
        let rest = if run.was_begun { rest(&approved, &fresh) } else { FxHashMap::default() };
        moved.retain(|moved| !rest.contains_key(&moved.operation));
        let skip: FxHashSet<OperationId> = moved.iter().map(|moved| moved.operation.clone()).collect();
        let told: Vec<MovedView> = moved
            .iter()
            .filter(|moved| !(run.was_begun && moved.difference == Difference::AlreadySo))
            .map(|moved| MovedView {
                operation: moved.operation.clone(),
                label: moved.label.clone(),
                text: moved.text.clone(),
            })
            .collect();
        let (id, at) = (run.run.clone(), self.clock.now());
        let compared = Compared { skip, rest, is_moved: !told.is_empty() };
        self.store
            .write(move |tx| {
                for moved in &moved {
                    run_operations::mark_skipped(tx, &id, &moved.operation, &moved.text, at)?;
                }
                runs::set_moved(tx, &id, &told)
            })
            .await?;
        Ok(compared)
    }
}

/// Returns an approved operation with the ids of accounts and groups that have come into being since: the plan named
/// them by what they are in JumpCloud, and an earlier run of it created them.
fn with_links(operation: &Operation, links: &Links, fresh: &Plan) -> Operation {
    let mut operation = operation.clone();
    if let Payload::AddMembers { source, target, members } = &mut operation.payload {
        // A linked group may still be the old one, in whose place the plan creates another.
        let is_created = |operation: &Operation| matches!(&operation.payload, Payload::CreateGroup { source: own, .. } if own == source);
        if target.is_none() && !fresh.operations.iter().any(is_created) {
            let link = links.groups.iter().find(|link| link.source == *source);
            *target = link.map(|link| link.target.clone());
        }
        for member in members.iter_mut().filter(|member| member.target.is_none()) {
            let found = member
                .source
                .as_ref()
                .and_then(|source| links.people.binary_search_by(|link| link.source.cmp(source)).ok());
            member.target = found.and_then(|at| links.people.get(at)).map(|link| link.target.clone());
        }
    }
    operation
}

/// Returns the membership changes of which a fresh plan has only a part left.
fn rest(approved: &[Operation], fresh: &Plan) -> FxHashMap<OperationId, Operation> {
    let by_id: FxHashMap<&OperationId, &Operation> =
        approved.iter().map(|operation| (&operation.id, operation)).collect();
    fresh
        .ready()
        .filter(|left| by_id.get(&left.id).is_some_and(|whole| is_rest(&whole.payload, &left.payload)))
        .map(|left| (left.id.clone(), left.clone()))
        .collect()
}

fn is_rest(whole: &Payload, left: &Payload) -> bool {
    let (all, some) = match (whole, left) {
        (
            Payload::AddMembers { source, target, members },
            Payload::AddMembers { source: same, target: there, members: left },
        ) if source == same && target == there => (members, left),
        (
            Payload::RemoveMembers { source, target, members },
            Payload::RemoveMembers { source: same, target: there, members: left },
        ) if source == same && target == there => (members, left),
        _ => return false,
    };
    let key = |member: &Member| (member.source.clone(), member.target.clone());
    let all: FxHashSet<_> = all.iter().map(key).collect();
    some.iter().all(|member| all.contains(&key(member)))
}
