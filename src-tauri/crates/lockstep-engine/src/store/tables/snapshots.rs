//! Readings of both sides: which generation of the cache is in force, and what it lacks.
//!
//! A refresh writes page by page under the generation after the one in force, and nobody sees it. [`Refresh::finish`](super::refresh) makes it the one in force, in one
//! transaction, and drops what it replaced. A reading that breaks off leaves the old generation in force; the next one clears its traces away.

use jiff::Timestamp;
use lockstep_core::ids::ConnectionId;
use rusqlite::{Connection, OptionalExtension};

use super::columns::{optional_time, time};
use super::connections;
use crate::clock::to_text;
use crate::store::{StoreError, WriteTransaction};

/// One of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// JumpCloud.
    Source,
    /// Atlassian.
    Target,
}

impl Side {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Target => "target",
        }
    }
}

/// A reading that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotInfo {
    /// Counts up from 1 per connection and side.
    pub generation: u32,
    /// When the reading began.
    pub started_at: Timestamp,
    /// When its last page was stored.
    pub completed_at: Timestamp,
    /// System users, or SCIM users.
    pub people: u32,
    /// Bound groups, or SCIM groups.
    pub groups: u32,
    /// Memberships.
    pub memberships: u32,
    pub(super) markers: String,
}

/// Returns the reading that is in force; `None` before the first one was complete.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn in_force(
    connection: &Connection,
    id: &ConnectionId,
    side: Side,
) -> Result<Option<SnapshotInfo>, StoreError> {
    in_force_of(connection, connections::key(connection, id)?, side)
}

pub(super) fn in_force_of(
    connection: &Connection,
    owner: i64,
    side: Side,
) -> Result<Option<SnapshotInfo>, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT generation, started_at, completed_at, people, groups, memberships, markers FROM snapshots
             WHERE connection_key = ?1 AND side = ?2 AND is_complete = 1 ORDER BY generation DESC LIMIT 1",
        )?
        .query_row((owner, side.name()), |row| {
            let times = (row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?);
            let info = SnapshotInfo {
                generation: row.get(0)?,
                started_at: Timestamp::UNIX_EPOCH,
                completed_at: Timestamp::UNIX_EPOCH,
                people: row.get(3)?,
                groups: row.get(4)?,
                memberships: row.get(5)?,
                markers: row.get(6)?,
            };
            Ok((info, times))
        })
        .optional()?;
    let Some((mut info, (started, completed))) = found else { return Ok(None) };
    info.started_at = time("snapshot's time", &started)?;
    info.completed_at = optional_time("snapshot's time", completed.as_deref())?.unwrap_or(info.started_at);
    Ok(Some(info))
}

/// Returns the generation in force, 0 for none.
pub(super) fn generation(connection: &Connection, owner: i64, side: Side) -> Result<u32, StoreError> {
    Ok(in_force_of(connection, owner, side)?.map_or(0, |info| info.generation))
}

/// Clears away what an unfinished reading left, and opens the next generation.
pub(super) fn begin(
    tx: &WriteTransaction<'_>,
    owner: i64,
    side: Side,
    tables: &Tables,
    at: Timestamp,
) -> Result<u32, StoreError> {
    let complete = generation(tx, owner, side)?;
    let unfinished = tx.execute(
        "DELETE FROM snapshots WHERE connection_key = ?1 AND side = ?2 AND generation > ?3",
        (owner, side.name(), complete),
    )?;
    if unfinished > 0 {
        for table in [tables.people, tables.groups] {
            tx.execute(
                &format!("DELETE FROM {table} WHERE connection_key = ?1 AND valid_from > ?2"),
                (owner, complete),
            )?;
            tx.execute(
                &format!("UPDATE {table} SET valid_to = NULL WHERE connection_key = ?1 AND valid_to > ?2"),
                (owner, complete),
            )?;
        }
        let (table, groups) = (tables.memberships, GROUPS_OF_OWNER);
        tx.execute(
            &format!("DELETE FROM {table} WHERE valid_from > ?3 AND group_key IN {groups}"),
            (owner, tables.group_kind, complete),
        )?;
        tx.execute(
            &format!("UPDATE {table} SET valid_to = NULL WHERE valid_to > ?3 AND group_key IN {groups}"),
            (owner, tables.group_kind, complete),
        )?;
    }
    let next = complete + 1;
    tx.execute(
        "INSERT INTO snapshots (connection_key, side, generation, started_at) VALUES (?1, ?2, ?3, ?4)",
        (owner, side.name(), next, to_text(at)),
    )?;
    Ok(next)
}

/// Puts a generation in force and drops what is older.
pub(super) fn complete(
    tx: &WriteTransaction<'_>,
    owner: i64,
    side: Side,
    tables: &Tables,
    info: &Completed,
) -> Result<(), StoreError> {
    let changed = tx.execute(
        "UPDATE snapshots SET is_complete = 1, completed_at = ?4, people = ?5, groups = ?6, memberships = ?7, markers = ?8
         WHERE connection_key = ?1 AND side = ?2 AND generation = ?3 AND is_complete = 0",
        (
            owner,
            side.name(),
            info.generation,
            to_text(info.at),
            info.people,
            info.groups,
            info.memberships,
            &info.markers,
        ),
    )?;
    if changed == 0 {
        // Another reading of the same side began meanwhile and cleared this one away.
        return Err(StoreError::not_found("unfinished snapshot", info.generation.to_string()));
    }
    tx.execute(
        "DELETE FROM snapshots WHERE connection_key = ?1 AND side = ?2 AND generation < ?3",
        (owner, side.name(), info.generation),
    )?;
    for table in [tables.people, tables.groups] {
        tx.execute(
            &format!("DELETE FROM {table} WHERE connection_key = ?1 AND valid_to <= ?2"),
            (owner, info.generation),
        )?;
    }
    tx.execute(
        &format!(
            "DELETE FROM {table} WHERE valid_to <= ?3 AND group_key IN {GROUPS_OF_OWNER}",
            table = tables.memberships
        ),
        (owner, tables.group_kind, info.generation),
    )?;
    Ok(())
}

const GROUPS_OF_OWNER: &str = "(SELECT object_key FROM object_keys WHERE connection_key = ?1 AND kind = ?2)";

/// The cache tables of a side.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) people: &'static str,
    pub(super) groups: &'static str,
    pub(super) memberships: &'static str,
    pub(super) group_kind: i64,
}

/// What is recorded about a reading that came to its end.
#[derive(Debug)]
pub(super) struct Completed {
    pub(super) generation: u32,
    pub(super) at: Timestamp,
    pub(super) people: u32,
    pub(super) groups: u32,
    pub(super) memberships: u32,
    pub(super) markers: String,
}
