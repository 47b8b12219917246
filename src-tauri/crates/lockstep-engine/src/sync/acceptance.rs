//! Waits for Atlassian's console: looks now and then whether a group that was taken over here has been accepted there, and reads
//! both sides when it has. What is waited for is in the store, so that it outlasts the process.

use std::sync::{Arc, Weak};
use std::time::Duration;

use lockstep_core::email::same;
use lockstep_core::ids::ConnectionId;
use lockstep_core::memory::PendingTakeover;
use lockstep_core::snapshot::target::OrganisationGroup;

use crate::api::views::ConnectionState;
use crate::clients::ClientMode;
use crate::connectors::atlassian_admin::GroupQuery;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::jobs::JobKind;
use crate::store::tables::connections;

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
            looks = if inner.look_at_all().await { looks + 1 } else { 0 };
        }
    });
}

impl Inner {
    /// Looks once for every connection; returns whether anything is still waited for.
    async fn look_at_all(self: &Arc<Self>) -> bool {
        let awaited = self
            .store
            .read(|connection| {
                let mut awaited = Vec::new();
                for record in connections::list(connection)? {
                    let pending = connections::target_memory(connection, &record.id)?.takeovers;
                    if !pending.is_empty() && record.state == ConnectionState::Active {
                        awaited.push((record.id, pending.into_values().collect::<Vec<_>>()));
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
            if let Err(error) = self.look(&id, &pending).await {
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
        pending: &[PendingTakeover],
    ) -> Result<(), EngineError> {
        if self.supervisor.job(id).is_some() {
            return Ok(());
        }
        let clients = self.clients(id, ClientMode::ReadOnly).await?;
        // Without an organisation key the next reading of SCIM is all there is to see.
        let Some(client) = &clients.organisation else { return Ok(()) };
        let names: Vec<&str> = pending.iter().map(|pending| pending.name.as_str()).collect();
        let mut groups: Vec<OrganisationGroup> = Vec::new();
        for names in names.chunks(NAMES_PER_SEARCH) {
            groups.extend(client.groups(GroupQuery::Named(names)).await?);
        }
        let is_over = |pending: &PendingTakeover| {
            groups.iter().filter(|group| same(&group.name, &pending.name)).all(|group| group.external_synced)
        };
        if !pending.iter().any(is_over) {
            return Ok(());
        }
        let (inner, connection) = (Arc::clone(self), id.clone());
        let job = self
            .supervisor
            .start_job(id, JobKind::Refresh, |stop| async move { inner.compute(&connection, stop).await })?;
        job.wait().await.map(drop)
    }
}
