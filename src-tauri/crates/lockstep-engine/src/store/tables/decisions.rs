//! Answers to conflicts and acknowledgements, with who gave them and when. One that was made on other facts is kept, and asked again by the planner.

use jiff::Timestamp;
use lockstep_core::ids::{ConflictId, ConnectionId};
use lockstep_core::plan::conflict::{ConflictKind, Decision};
use rusqlite::{Connection, Row, named_params};

use super::columns::{from_word, in_row, time, word};
use super::connections;
use crate::clock::to_text;
use crate::store::{StoreError, WriteTransaction};
use crate::tags::CacheTag;

/// An answer, with who gave it and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRecord {
    /// The answer.
    pub decision: Decision,
    /// What the question was.
    pub kind: ConflictKind,
    /// The subject's label.
    pub label: String,
    /// When it was given.
    pub decided_at: Timestamp,
    /// Who gave it.
    pub decided_by: String,
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<DecisionRecord> {
    let text = |index| row.get::<_, String>(index);
    Ok(DecisionRecord {
        decision: Decision { conflict: text(0)?.into(), choice: text(3)?, facts: text(4)? },
        kind: from_word("conflict's kind", &text(1)?).map_err(in_row)?,
        label: text(2)?,
        decided_at: time("decision's time", &text(5)?).map_err(in_row)?,
        decided_by: text(6)?,
    })
}

/// Records an answer; it replaces an earlier one to the same question.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn set(tx: &WriteTransaction<'_>, id: &ConnectionId, record: &DecisionRecord) -> Result<(), StoreError> {
    tx.execute(
        "INSERT OR REPLACE INTO decisions (connection_key, conflict_id, kind, label, choice, facts, decided_at, decided_by)
         VALUES (:owner, :conflict, :kind, :label, :choice, :facts, :at, :by)",
        named_params! {
            ":owner": connections::key_by_heart(tx, id)?,
            ":conflict": record.decision.conflict.as_str(),
            ":kind": word(&record.kind)?,
            ":label": record.label,
            ":choice": record.decision.choice,
            ":facts": record.decision.facts,
            ":at": to_text(record.decided_at),
            ":by": record.decided_by,
        },
    )?;
    tx.touch(CacheTag::Conflicts);
    Ok(())
}

/// Takes an answer back. Returns whether there was one.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn clear(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    conflict: &ConflictId,
) -> Result<bool, StoreError> {
    let deleted = tx.execute(
        "DELETE FROM decisions WHERE connection_key = ?1 AND conflict_id = ?2",
        (connections::key_by_heart(tx, id)?, conflict.as_str()),
    )?;
    tx.touch(CacheTag::Conflicts);
    Ok(deleted > 0)
}

/// Returns all answers of a connection, by conflict.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn list(connection: &Connection, id: &ConnectionId) -> Result<Vec<DecisionRecord>, StoreError> {
    let records = connection
        .prepare_cached(
            "SELECT conflict_id, kind, label, choice, facts, decided_at, decided_by FROM decisions WHERE connection_key = ?1 ORDER BY conflict_id",
        )?
        .query_map([connections::key(connection, id)?], from_row)?
        .collect::<Result<_, _>>()?;
    Ok(records)
}

/// Returns all answers as the planner takes them, the oldest first.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn for_planner(connection: &Connection, id: &ConnectionId) -> Result<Vec<Decision>, StoreError> {
    let mut records = list(connection, id)?;
    records.sort_by_key(|record| record.decided_at);
    Ok(records.into_iter().map(|record| record.decision).collect())
}
