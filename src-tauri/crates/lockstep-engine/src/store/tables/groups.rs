//! What the last plan found about bound groups: the rows of the User groups table. They are few, so their order and search are made here at once.

use lockstep_core::ids::ConnectionId;
use rusqlite::Connection;

use super::columns::{from_json, in_row, to_json};
use super::connections;
use crate::api::views::GroupRow;
use crate::store::{StoreError, WriteTransaction, search_text};
use crate::tags::CacheTag;

/// Makes the User groups table show exactly these rows.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn replace(tx: &WriteTransaction<'_>, id: &ConnectionId, rows: &[GroupRow]) -> Result<(), StoreError> {
    let owner = connections::key(tx, id)?;
    tx.execute("DELETE FROM groups WHERE connection_key = ?1", [owner])?;
    let mut insert = tx.prepare_cached(
        "INSERT OR REPLACE INTO groups (connection_key, group_id, name_sort, details) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for group in rows {
        insert.execute((owner, &group.id, search_text(&group.name), to_json("group", group)?))?;
    }
    tx.touch(CacheTag::Groups);
    Ok(())
}

/// Returns all rows, by name.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn list(connection: &Connection, id: &ConnectionId) -> Result<Vec<GroupRow>, StoreError> {
    let owner = connections::key(connection, id)?;
    let rows = connection
        .prepare_cached("SELECT details FROM groups WHERE connection_key = ?1 ORDER BY name_sort, group_id")?
        .query_map([owner], |row| from_json("group", row.get_ref(0)?.as_str()?).map_err(in_row))?
        .collect::<Result<_, _>>()?;
    Ok(rows)
}
