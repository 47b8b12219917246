//! The event log's chain: is the log as it was written, and where does it stand now.

use lockstep_core::ids::ConnectionId;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::engine::Engine;
use crate::error::{EngineError, ErrorCode};
use crate::store::StoreError;
use crate::store::tables::{connections, events};

pub use crate::store::tables::events::Verification;

/// Where a connection's log stands, to be noted elsewhere; serialised, it is the contract's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The connection; it may have been removed.
    pub connection: ConnectionId,
    /// Records up to here.
    pub records: u32,
    /// Hash of the last record, which vouches for all before it.
    pub head: String,
}

impl Engine {
    /// Walks a connection's log from its first record. With a checkpoint, a head noted earlier, the log must also contain
    /// it: that shows an end that was cut off.
    ///
    /// # Errors
    /// `NotFound` where there never was such a connection; a broken log is a result, not an error.
    pub async fn verify_events(
        &self,
        id: &ConnectionId,
        checkpoint: Option<&str>,
    ) -> Result<Verification, EngineError> {
        let (wanted, checkpoint) = (id.clone(), checkpoint.map(str::to_owned));
        let found = self.inner.store.read(move |connection| {
            must_have_been(connection, &wanted)?;
            events::verify(connection, &wanted, checkpoint.as_deref())
        });
        found.await.map_err(|error| unknown(error, id))
    }

    /// Returns where a connection's log stands.
    ///
    /// # Errors
    /// `NotFound` where there never was such a connection.
    pub async fn event_checkpoint(&self, id: &ConnectionId) -> Result<Checkpoint, EngineError> {
        let wanted = id.clone();
        let found = self.inner.store.read(move |connection| {
            must_have_been(connection, &wanted)?;
            let (records, head) = events::head(connection, &wanted)?;
            Ok(Checkpoint { connection: wanted, records, head })
        });
        found.await.map_err(|error| unknown(error, id))
    }
}

/// Refuses a connection that neither is there nor left a log behind.
pub(super) fn must_have_been(connection: &Connection, id: &ConnectionId) -> Result<(), StoreError> {
    if !events::exists(connection, id)? {
        connections::get(connection, id)?;
    }
    Ok(())
}

/// Says of a connection that it is not known, not even as a removed one.
pub(super) fn unknown(error: StoreError, id: &ConnectionId) -> EngineError {
    match error {
        StoreError::NotFound { .. } => {
            EngineError::new(ErrorCode::NotFound, format!("There is and was no connection {id}"))
                .hint("`lockstepctl connection list` shows which there are")
        }
        other => other.into(),
    }
}
