//! What waits for somebody in Atlassian's console, as the last run or reading left it.

use lockstep_core::ids::ConnectionId;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::store::tables::connections;

impl Engine {
    /// Returns the names of the groups that Atlassian hands over only in its own console, by name. A plan made since says the
    /// same as conflicts that wait; right after a run there is none yet.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn waiting_for_atlassian(&self, id: &ConnectionId) -> Result<Vec<String>, EngineError> {
        self.inner.connection_record(id).await?;
        let wanted = id.clone();
        let memory = self.inner.store.read(move |connection| connections::target_memory(connection, &wanted));
        let mut names: Vec<String> =
            memory.await?.takeovers.into_values().map(|pending| pending.name.trim().to_owned()).collect();
        names.sort();
        Ok(names)
    }
}
