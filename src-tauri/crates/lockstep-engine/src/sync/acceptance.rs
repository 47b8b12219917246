//! Waits for Atlassian's console: looks now and then whether a group that was taken over here has been accepted there, and reads
//! both sides when it has. What is waited for is in the store, so that it outlasts the process.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Weak};
use std::time::Duration;

use lockstep_core::email::same;
use lockstep_core::ids::{ConnectionId, OperationId, PlanId, SourceGroupId, SourceUserId};
use lockstep_core::memory::PendingTakeover;
use lockstep_core::plan::approval::Approval;
use lockstep_core::plan::operation::{Member, Operation, Payload, Subject};
use lockstep_core::snapshot::target::OrganisationGroup;

use tokio_util::sync::CancellationToken;

use crate::api::apply::ApplyRequest;
use crate::api::views::ConnectionState;
use crate::clients::ClientMode;
use crate::connectors::atlassian_admin::GroupQuery;
use crate::engine::{Engine, Inner};
use crate::error::EngineError;
use crate::jobs::JobKind;
use crate::store::tables::{connections, plans};

/// First wait between two looks, in waits between two attempts of a request: half a minute, and much less in tests.
const FIRST_WAIT_FACTOR: u32 = 60;
/// Doublings of the wait: a quarter of an hour at most.
const DOUBLINGS: u32 = 5;
/// Names per search.
const NAMES_PER_SEARCH: usize = 20;

/// Starts looking; it ends with the engine.
pub(crate) fn watch(inner: &Arc<Inner>) {
    // Not the engine itself: whoever drops it without closing it frees the data directory.
    let weak = Arc::downgrade(inner);
    let first = inner.retry.first_wait.saturating_mul(FIRST_WAIT_FACTOR).max(Duration::from_millis(50));
    inner.supervisor.start_background(|stop| async move {
        let mut looks = 0;
        loop {
            let wait = first.saturating_mul(2_u32.saturating_pow(DOUBLINGS.min(looks)));
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
            let Some(inner) = Weak::upgrade(&weak) else { return };
            looks = if inner.look_at_all(&stop).await { looks + 1 } else { 0 };
        }
    });
}

impl Inner {
    /// Looks once for every connection; returns whether anything is still waited for.
    async fn look_at_all(self: &Arc<Self>, stop: &CancellationToken) -> bool {
        let awaited = self
            .store
            .read(|connection| {
                let mut awaited = Vec::new();
                for record in connections::list(connection)? {
                    let pending = connections::target_memory(connection, &record.id)?.takeovers;
                    if !pending.is_empty() && record.state == ConnectionState::Active {
                        awaited.push((record.id, pending));
                    }
                }
                Ok(awaited)
            })
            .await;
        let awaited = match awaited {
            Ok(awaited) => awaited,
            Err(error) => {
                tracing::warn!(error = %error, "What is waited for at Atlassian could not be read.");
                return false;
            }
        };
        let is_waiting = !awaited.is_empty();
        for (id, pending) in awaited {
            if let Err(error) = self.look(&id, &pending, stop).await {
                // The next reading tells what is wrong with keys or network.
                tracing::debug!(connection = id.as_str(), error = %error, "Atlassian could not be asked.");
            }
        }
        is_waiting
    }

    /// Reads both sides if one of the groups has been accepted, or is gone.
    async fn look(
        self: &Arc<Self>,
        id: &ConnectionId,
        pending: &BTreeMap<SourceGroupId, PendingTakeover>,
        stop: &CancellationToken,
    ) -> Result<(), EngineError> {
        if self.supervisor.job(id).is_some() {
            return Ok(());
        }
        let clients = self.clients(id, ClientMode::ReadOnly).await?.stopped_by(stop);
        // Without an organisation key the next reading of SCIM is all there is to see.
        let Some(client) = &clients.organisation else { return Ok(()) };
        let names: Vec<&str> = pending.values().map(|pending| pending.name.as_str()).collect();
        let mut groups: Vec<OrganisationGroup> = Vec::new();
        for names in names.chunks(NAMES_PER_SEARCH) {
            groups.extend(client.groups(GroupQuery::Named(names)).await?);
        }
        let is_over = |pending: &PendingTakeover| {
            groups.iter().filter(|group| same(&group.name, &pending.name)).all(|group| group.external_synced)
        };
        let over: BTreeSet<&SourceGroupId> =
            pending.iter().filter(|(_, pending)| is_over(pending)).map(|(group, _)| group).collect();
        if over.is_empty() {
            return Ok(());
        }
        let (inner, connection) = (Arc::clone(self), id.clone());
        let job = self
            .supervisor
            .start_job(id, JobKind::Refresh, |stop| async move { inner.compute(&connection, stop).await })?;
        let plan = job.wait().await?;
        self.go_on(id, plan, &over).await
    }

    /// Sends what was approved before it had to wait, and nothing else: whatever differs waits for another approval.
    async fn go_on(
        self: &Arc<Self>,
        id: &ConnectionId,
        plan: PlanId,
        groups: &BTreeSet<&SourceGroupId>,
    ) -> Result<(), EngineError> {
        let (connection_id, wanted) = (id.clone(), plan.clone());
        let pairs = self
            .store
            .read(move |connection| {
                let mut pairs: Vec<(Operation, Option<Operation>)> = Vec::new();
                for operation in
                    plans::operations(connection, &wanted)?.into_iter().filter(Operation::is_ready)
                {
                    if matches!(operation.subject, Subject::Group { .. }) {
                        let before = plans::approved_before(connection, &connection_id, &operation.id)?;
                        pairs.push((operation, before));
                    }
                }
                Ok(pairs)
            })
            .await?;
        let mut meant: BTreeSet<OperationId> = BTreeSet::new();
        for group in groups {
            let is_about = |operation: &Operation| matches!(&operation.subject, Subject::Group { source_id: Some(id), .. } if id == *group);
            let about: Vec<_> = pairs.iter().filter(|(operation, _)| is_about(operation)).collect();
            let is_approved = |(operation, before): &&(Operation, Option<Operation>)| {
                before.as_ref().is_some_and(|before| is_part(&operation.payload, &before.payload))
            };
            if about.iter().all(is_approved) {
                meant.extend(about.iter().map(|(operation, _)| operation.id.clone()));
            }
        }
        if meant.is_empty() {
            return Ok(());
        }
        let request = ApplyRequest {
            plan,
            basis: None,
            override_reason: None,
            approval: Approval::default(),
            reread: true,
            trigger: "schedule".to_owned(),
            started_by: self.initiator.clone(),
            activates: false,
        };
        let engine = Engine { inner: Arc::clone(self) };
        engine.start_part(request, |operation| meant.contains(&operation.id)).await.map(drop)
    }
}

/// Whether an operation does nothing that was not approved before: the same group, and nobody who was not named then.
fn is_part(now: &Payload, before: &Payload) -> bool {
    match (now, before) {
        (
            Payload::TakeOverGroup { source, display_name, .. },
            Payload::TakeOverGroup { source: own, display_name: name, .. },
        ) => source == own && display_name == name,
        (
            Payload::AddMembers { source, members, .. },
            Payload::AddMembers { source: own, members: named, .. },
        ) => {
            let named: BTreeSet<&SourceUserId> =
                named.iter().filter_map(|member| member.source.as_ref()).collect();
            let is_named = |member: &Member| member.source.as_ref().is_some_and(|id| named.contains(id));
            source == own && members.iter().all(is_named)
        }
        _ => false,
    }
}
