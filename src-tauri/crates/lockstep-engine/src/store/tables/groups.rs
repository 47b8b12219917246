//! What the last plan found about bound groups: the rows of the User groups table. They are few, so their order and search are made here at once.

use lockstep_core::ids::ConnectionId;
use rusqlite::Connection;

use super::columns::{from_json, to_json};
use super::connections;
use crate::api::views::GroupRow;
use crate::store::{StoreError, WriteTransaction, search_text};
use crate::tags::CacheTag;

/// Makes the User groups table show exactly these rows.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn replace(tx: &WriteTransaction<'_>, id: &ConnectionId, rows: &[GroupRow]) -> Result<(), StoreError> {
    let owner = connections::key_by_heart(tx, id)?;
    tx.execute("DELETE FROM groups WHERE connection_key = ?1", [owner])?;
    let mut insert = tx.prepare_cached(
        "INSERT OR REPLACE INTO groups (connection_key, group_id, name_sort, details) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for group in rows {
        let id = group.source_id.as_ref().map_or(group.name.as_str(), |id| id.as_str());
        insert.execute((owner, id, search_text(&group.name), to_json("group", group)?))?;
    }
    tx.touch(CacheTag::Groups);
    Ok(())
}

/// Returns all rows, by name; those that an older version wrote are left out, and the next plan writes them again.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn list(connection: &Connection, id: &ConnectionId) -> Result<Vec<GroupRow>, StoreError> {
    let owner = connections::key(connection, id)?;
    let rows = connection
        .prepare_cached("SELECT details FROM groups WHERE connection_key = ?1 ORDER BY name_sort, group_id")?
        .query_map([owner], |row| Ok(from_json("group", row.get_ref(0)?.as_str()?).ok()))?
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?;
    Ok(rows)
}
