//! Another SCIM directory than before, acknowledged by somebody: its first run leaves the old one behind.

use lockstep_core::ids::{ConnectionId, SourceGroupId, SourceUserId};
use lockstep_core::memory::TargetMemory;
use lockstep_core::plan::links_after_replacement;

use super::refresh::Reading;
use crate::engine::Inner;
use crate::store::StoreError;
use crate::store::tables::{connections, links};

impl Inner {
    /// Forgets the links that the new directory does not confirm and what was learnt about the old one; without a directory that
    /// was replaced and acknowledged, nothing happens.
    pub(super) async fn move_to_directory(
        &self,
        id: &ConnectionId,
        reading: &Reading,
        directory: &str,
    ) -> Result<(), StoreError> {
        let standing = self.standing(id).await?;
        let Some(kept) = links_after_replacement(&standing.input(reading, directory)) else { return Ok(()) };
        let people: Vec<SourceUserId> = standing
            .links
            .people
            .iter()
            .filter(|link| kept.people.binary_search_by(|kept| kept.source.cmp(&link.source)).is_err())
            .map(|link| link.source.clone())
            .collect();
        let groups: Vec<SourceGroupId> = standing
            .links
            .groups
            .iter()
            .filter(|link| kept.groups.binary_search_by(|kept| kept.source.cmp(&link.source)).is_err())
            .map(|link| link.source.clone())
            .collect();
        let memory = TargetMemory { directory: Some(directory.to_owned()), ..TargetMemory::default() };
        let id = id.clone();
        self.store
            .write(move |tx| {
                people.iter().try_for_each(|source| links::unlink_person(tx, &id, source))?;
                groups.iter().try_for_each(|source| links::unlink_group(tx, &id, source))?;
                connections::set_target_memory(tx, &id, &memory)
            })
            .await
    }
}
