//! Operations that failed, how often in a row, and when they may be tried again (R5).
//!
//! An operation's id is derived from its kind and subject, so the same need is recognised in the next plan.

use jiff::Timestamp;
use lockstep_core::ids::{ConnectionId, OperationId};
use lockstep_core::plan::operation::OperationKind;
use lockstep_core::run::next_retry;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use rustc_hash::FxHashSet;

use super::columns::{from_word, in_row, optional_time, time, word};
use super::connections;
use crate::clock::to_text;
use crate::store::{StoreError, WriteTransaction};
use crate::tags::CacheTag;

/// A failure to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFailure {
    /// Which operation.
    pub operation: OperationId,
    /// Its kind.
    pub kind: OperationKind,
    /// Its subject's label.
    pub label: String,
    /// HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// What went wrong, in a sentence.
    pub error: String,
    /// What to do, in a sentence.
    pub remedy: Option<String>,
}

/// An operation that failed in the last run that tried it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureRecord {
    /// The last failure.
    pub failure: NewFailure,
    /// How often it failed in a row.
    pub failures: u32,
    /// When it failed first.
    pub first_at: Timestamp,
    /// When it failed last.
    pub last_at: Timestamp,
    /// Before when it is not tried again; `None` while it may be tried at once.
    pub next_at: Option<Timestamp>,
}

const COLUMNS: &str =
    "operation_id, kind, label, status, error, remedy, failures, first_at, last_at, next_at";

fn from_row(row: &Row<'_>) -> rusqlite::Result<FailureRecord> {
    let text = |index| row.get::<_, String>(index);
    let read = || -> Result<FailureRecord, StoreError> {
        Ok(FailureRecord {
            failure: NewFailure {
                operation: text(0)?.into(),
                kind: from_word("operation's kind", &text(1)?)?,
                label: text(2)?,
                status: row.get(3)?,
                error: text(4)?,
                remedy: row.get(5)?,
            },
            failures: row.get(6)?,
            first_at: time("failure's time", &text(7)?)?,
            last_at: time("failure's time", &text(8)?)?,
            next_at: optional_time("failure's time", row.get::<_, Option<String>>(9)?.as_deref())?,
        })
    };
    read().map_err(in_row)
}

/// Records that an operation failed, and returns when it may be tried again.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn record(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    new: &NewFailure,
    at: Timestamp,
) -> Result<FailureRecord, StoreError> {
    let owner = connections::key_by_heart(tx, id)?;
    let before = find(tx, owner, &new.operation)?;
    let failures = before.as_ref().map_or(1, |before| before.failures.saturating_add(1));
    let record = FailureRecord {
        failure: new.clone(),
        failures,
        first_at: before.map_or(at, |before| before.first_at),
        last_at: at,
        next_at: next_retry(failures, at),
    };
    tx.prepare_cached(
        "INSERT OR REPLACE INTO quarantine (connection_key, operation_id, kind, label, failures, status, error, remedy, first_at, last_at, next_at)
         VALUES (:owner, :operation, :kind, :label, :failures, :status, :error, :remedy, :first_at, :last_at, :next_at)",
    )?
    .execute(named_params! {
        ":owner": owner,
        ":operation": new.operation.as_str(),
        ":kind": word(&new.kind)?,
        ":label": new.label,
        ":failures": failures,
        ":status": new.status,
        ":error": new.error,
        ":remedy": new.remedy,
        ":first_at": to_text(record.first_at),
        ":last_at": to_text(at),
        ":next_at": record.next_at.map(to_text),
    })?;
    tx.touch(CacheTag::Quarantine);
    Ok(record)
}

fn find(
    connection: &Connection,
    owner: i64,
    operation: &OperationId,
) -> Result<Option<FailureRecord>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM quarantine WHERE connection_key = ?1 AND operation_id = ?2");
    Ok(connection.prepare_cached(&sql)?.query_row((owner, operation.as_str()), from_row).optional()?)
}

/// Returns all operations that failed last, the longest failing first.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn list(connection: &Connection, id: &ConnectionId) -> Result<Vec<FailureRecord>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM quarantine WHERE connection_key = ?1 ORDER BY first_at, operation_id");
    let records = connection
        .prepare_cached(&sql)?
        .query_map([connections::key(connection, id)?], from_row)?
        .collect::<Result<_, _>>()?;
    Ok(records)
}

/// Returns the ids of all operations that failed last.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn ids(connection: &Connection, id: &ConnectionId) -> Result<FxHashSet<OperationId>, StoreError> {
    let ids = connection
        .prepare_cached("SELECT operation_id FROM quarantine WHERE connection_key = ?1")?
        .query_map([connections::key(connection, id)?], |row| row.get::<_, String>(0).map(OperationId::from))?
        .collect::<Result<_, _>>()?;
    Ok(ids)
}

/// Returns the operations that rest now, sorted: the planner holds them.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn resting(
    connection: &Connection,
    id: &ConnectionId,
    now: Timestamp,
) -> Result<Vec<OperationId>, StoreError> {
    let operations = connection
        .prepare_cached(
            "SELECT operation_id FROM quarantine WHERE connection_key = ?1 AND next_at > ?2 ORDER BY operation_id",
        )?
        .query_map((connections::key(connection, id)?, to_text(now)), |row| {
            Ok(OperationId::from(row.get::<_, String>(0)?))
        })?
        .collect::<Result<_, _>>()?;
    Ok(operations)
}

/// Forgets an operation's failures: it succeeded, or is to be tried at once. Returns whether there were any.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn clear(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    operation: &OperationId,
) -> Result<bool, StoreError> {
    let deleted = tx
        .prepare_cached("DELETE FROM quarantine WHERE connection_key = ?1 AND operation_id = ?2")?
        .execute((connections::key_by_heart(tx, id)?, operation.as_str()))?;
    if deleted > 0 {
        tx.touch(CacheTag::Quarantine);
    }
    Ok(deleted > 0)
}

/// Lets every operation be tried at once; their failures are still counted on from there. Returns how many rested.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn release_all(tx: &WriteTransaction<'_>, id: &ConnectionId) -> Result<u32, StoreError> {
    let released = tx.execute(
        "UPDATE quarantine SET next_at = NULL WHERE connection_key = ?1 AND next_at IS NOT NULL",
        [connections::key_by_heart(tx, id)?],
    )?;
    tx.touch(CacheTag::Quarantine);
    Ok(u32::try_from(released).unwrap_or(u32::MAX))
}

/// Lets one operation be tried at once; its failures are still counted on from there. Returns whether it rested.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn release(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    operation: &OperationId,
) -> Result<bool, StoreError> {
    let released = tx.execute(
        "UPDATE quarantine SET next_at = NULL WHERE connection_key = ?1 AND operation_id = ?2 AND next_at IS NOT NULL",
        (connections::key_by_heart(tx, id)?, operation.as_str()),
    )?;
    tx.touch(CacheTag::Quarantine);
    Ok(released > 0)
}
