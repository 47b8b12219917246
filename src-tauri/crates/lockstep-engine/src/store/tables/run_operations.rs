//! The journal: where each operation of a run stands, committed before its request is sent and again after.
//!
//! A row that says `sending` or `verifying` after a crash is an operation whose outcome is unknown: it is read back before anything is sent again (R4).

use std::sync::LazyLock;
use std::time::Duration;

use jiff::Timestamp;
use lockstep_core::ids::{OperationId, RunId, ScimId};
use lockstep_core::plan::operation::{Operation, OperationKind};
use lockstep_core::run::OperationState;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, named_params};

use super::columns::{count, from_json, from_word, in_row, optional_time};
use super::plans::operation_text;
use super::runs;
use super::window::{Clauses, Window, facets, order_by};
use crate::api::views::{Facet, WindowQuery};
use crate::clock::to_text;
use crate::store::{StoreError, WriteTransaction, search_text};
use crate::tags::CacheTag;

/// One operation of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRecord {
    /// Its place in its plan, from 0.
    pub ordinal: u32,
    /// What it does, as approved.
    pub operation: Operation,
    /// State.
    pub state: OperationState,
    /// Requests tried so far.
    pub attempt: u32,
    /// Digest of the last request.
    pub request_digest: Option<String>,
    /// Status of the last answer.
    pub status: Option<u16>,
    /// What went wrong, in a sentence.
    pub error: Option<String>,
    /// What to do, in a sentence.
    pub remedy: Option<String>,
    /// When the last attempt was sent.
    pub sent_at: Option<Timestamp>,
    /// When the next attempt is due; `None` unless one is waited for.
    pub next_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How long the last attempt took, in milliseconds.
    pub duration_ms: Option<u32>,
    /// The SCIM id that came of it.
    pub target_id: Option<ScimId>,
}

/// What an attempt that took effect left.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Done {
    /// Status of the answer; `None` where nothing was sent or the answer was lost.
    pub status: Option<u16>,
    /// The SCIM id that came of it.
    pub target_id: Option<ScimId>,
    /// How long the attempt took.
    pub duration: Option<Duration>,
}

/// What an attempt that did not take effect left.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Failure {
    /// Status of the answer, where there was one.
    pub status: Option<u16>,
    /// What went wrong, in a sentence.
    pub error: String,
    /// What to do, in a sentence.
    pub remedy: Option<String>,
    /// How long the attempt took.
    pub duration: Option<Duration>,
}

/// Enters the operations of a run, none of them begun; `ordinal` is the place in the plan.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown run.
pub fn insert<'o>(
    tx: &WriteTransaction<'_>,
    run: &RunId,
    operations: impl IntoIterator<Item = (u32, &'o Operation)>,
) -> Result<(), StoreError> {
    let run = runs::key_by_heart(tx, run)?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO run_operations (run_key, ordinal, operation_id, kind, label_sort, search_text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (ordinal, operation) in operations {
        insert.execute((
            run,
            ordinal,
            operation.id.as_str(),
            operation.kind.name(),
            search_text(operation.subject.label()),
            operation_text(operation),
        ))?;
    }
    tx.touch(CacheTag::Runs);
    Ok(())
}

/// Marks an operation as about to be sent, and returns which attempt it is, from 1. Commit this before sending the request.
///
/// # Errors
/// [`StoreError::Transition`] when it has ended already; [`StoreError::NotFound`].
pub fn mark_sending(
    tx: &WriteTransaction<'_>,
    run: &RunId,
    operation: &OperationId,
    request_digest: &str,
    at: Timestamp,
) -> Result<u32, StoreError> {
    let set = "attempt = attempt + 1, request_digest = :digest, sent_at = :at, next_at = NULL, status = NULL, error = NULL, remedy = NULL, duration_ms = NULL";
    advance(
        tx,
        (run, operation),
        OperationState::Sending,
        set,
        &[(":digest", &request_digest), (":at", &to_text(at))],
    )
}

/// Marks operations as about to be sent for the first time, with the digests of their requests. Commit this before sending any of them.
///
/// # Errors
/// As [`mark_sending`].
pub fn mark_all_sending<'o>(
    tx: &WriteTransaction<'_>,
    run: &RunId,
    operations: impl IntoIterator<Item = (&'o OperationId, &'o str)>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let (key, at) = (runs::key_by_heart(tx, run)?, to_text(at));
    let mut update = tx.prepare_cached(&BEGIN)?;
    for (operation, digest) in operations {
        if update.execute((key, operation.as_str(), digest, &at))? == 0 {
            return Err(refused(tx, key, operation, OperationState::Sending));
        }
    }
    tx.touch(CacheTag::Runs);
    Ok(())
}

/// Notes that an attempt failed without effect and that the next one is due at a time; the operation stays `sending`.
///
/// # Errors
/// As [`mark_sending`].
pub fn mark_waiting(
    tx: &WriteTransaction<'_>,
    run: &RunId,
    operation: &OperationId,
    failure: &Failure,
    next_at: Timestamp,
) -> Result<(), StoreError> {
    let set = "status = :status, error = :error, duration_ms = :duration, next_at = :next";
    let values: &[(&str, &dyn ToSql)] = &[
        (":status", &failure.status),
        (":error", &failure.error),
        (":duration", &milliseconds(failure.duration)),
        (":next", &to_text(next_at)),
    ];
    advance(tx, (run, operation), OperationState::Sending, set, values).map(drop)
}

/// Marks an operation's outcome as unknown: it is being read back. `status` is the attempt's answer, if there was one.
///
/// # Errors
/// As [`mark_sending`].
pub fn mark_verifying(
    tx: &WriteTransaction<'_>,
    run: &RunId,
    operation: &OperationId,
    status: Option<u16>,
) -> Result<(), StoreError> {
    let set = "next_at = NULL, status = coalesce(:status, status)";
    advance(tx, (run, operation), OperationState::Verifying, set, &[(":status", &status)]).map(drop)
}

/// Marks an operation as done, by us or before us.
///
/// # Errors
/// As [`mark_sending`].
pub fn mark_done(
    tx: &WriteTransaction<'_>,
    run: &RunId,
    operation: &OperationId,
    done: &Done,
    at: Timestamp,
) -> Result<(), StoreError> {
    let key = runs::key_by_heart(tx, run)?;
    let target = done.target_id.as_ref().map(ScimId::as_str);
    let duration = milliseconds(done.duration);
    let changed = tx.prepare_cached(&END)?.execute((
        key,
        operation.as_str(),
        done.status,
        target,
        duration,
        to_text(at),
    ))?;
    tx.touch(CacheTag::Runs);
    if changed == 0 { Err(refused(tx, key, operation, OperationState::Done)) } else { Ok(()) }
}

/// Marks an operation as failed for good in this run.
///
/// # Errors
/// As [`mark_sending`].
pub fn mark_failed(
    tx: &WriteTransaction<'_>,
    run: &RunId,
    operation: &OperationId,
    failure: &Failure,
    at: Timestamp,
) -> Result<(), StoreError> {
    end_without_effect(tx, (run, operation), OperationState::Failed, failure, at)
}

/// Marks an operation as not sent: the run was stopped, or its facts had moved.
///
/// # Errors
/// As [`mark_sending`].
pub fn mark_skipped(
    tx: &WriteTransaction<'_>,
    run: &RunId,
    operation: &OperationId,
    why: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let failure = Failure { error: why.to_owned(), ..Failure::default() };
    end_without_effect(tx, (run, operation), OperationState::Skipped, &failure, at)
}

/// Marks an operation as not sent: an operation that it needs failed.
///
/// # Errors
/// As [`mark_sending`].
pub fn mark_blocked(
    tx: &WriteTransaction<'_>,
    run: &RunId,
    operation: &OperationId,
    why: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let failure = Failure { error: why.to_owned(), ..Failure::default() };
    end_without_effect(tx, (run, operation), OperationState::Blocked, &failure, at)
}

/// Marks every operation that was not begun as not sent; returns how many.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown run.
pub fn skip_rest(
    tx: &WriteTransaction<'_>,
    run: &RunId,
    why: &str,
    at: Timestamp,
) -> Result<u32, StoreError> {
    let skipped = tx.execute(
        "UPDATE run_operations SET state = 'skipped', error = ?2, ended_at = ?3 WHERE run_key = ?1 AND state = 'planned'",
        (runs::key_by_heart(tx, run)?, why, to_text(at)),
    )?;
    tx.touch(CacheTag::Runs);
    Ok(u32::try_from(skipped).unwrap_or(u32::MAX))
}

fn end_without_effect(
    tx: &WriteTransaction<'_>,
    operation: (&RunId, &OperationId),
    state: OperationState,
    failure: &Failure,
    at: Timestamp,
) -> Result<(), StoreError> {
    let set = "status = coalesce(:status, status), error = :error, remedy = :remedy, duration_ms = coalesce(:duration, duration_ms), \
               ended_at = :at, next_at = NULL";
    let values: &[(&str, &dyn ToSql)] = &[
        (":status", &failure.status),
        (":error", &failure.error),
        (":remedy", &failure.remedy),
        (":duration", &milliseconds(failure.duration)),
        (":at", &to_text(at)),
    ];
    advance(tx, operation, state, set, values).map(drop)
}

/// The two moves that every operation makes: their texts are made once. They return nothing, since a `RETURNING` costs SQLite a copy of each page that
/// the statement changes.
static BEGIN: LazyLock<String> = LazyLock::new(|| {
    let set = "attempt = attempt + 1, request_digest = ?3, sent_at = ?4, next_at = NULL, status = NULL, error = NULL, remedy = NULL, duration_ms = NULL";
    format!(
        "UPDATE run_operations SET state = 'sending', {set} WHERE run_key = ?1 AND operation_id = ?2 AND state IN ({})",
        may_become(OperationState::Sending)
    )
});
static END: LazyLock<String> = LazyLock::new(|| {
    let set = "status = coalesce(?3, status), error = NULL, remedy = NULL, target_id = ?4, duration_ms = coalesce(?5, duration_ms), ended_at = ?6, next_at = NULL";
    format!(
        "UPDATE run_operations SET state = 'done', {set} WHERE run_key = ?1 AND operation_id = ?2 AND state IN ({})",
        may_become(OperationState::Done)
    )
});

/// Returns the states that an operation may come from, as SQL.
fn may_become(to: OperationState) -> String {
    let from: Vec<String> = OperationState::ALL
        .into_iter()
        .filter(|from| from.may_become(to))
        .map(|from| format!("'{}'", state_name(from)))
        .collect();
    from.join(", ")
}

/// Moves an operation on, if its state allows it, and returns its attempt.
fn advance(
    tx: &WriteTransaction<'_>,
    (run, operation): (&RunId, &OperationId),
    to: OperationState,
    set: &str,
    values: &[(&str, &dyn ToSql)],
) -> Result<u32, StoreError> {
    let sql = format!(
        "UPDATE run_operations SET state = '{}', {set} WHERE run_key = :run AND operation_id = :operation AND state IN ({}) RETURNING attempt",
        state_name(to),
        may_become(to)
    );
    let (key, id) = (runs::key_by_heart(tx, run)?, operation.as_str());
    let mut all: Vec<(&str, &dyn ToSql)> = vec![(":run", &key), (":operation", &id)];
    all.extend(values);
    let moved = tx.prepare_cached(&sql)?.query_row(all.as_slice(), |row| row.get(0)).optional()?;
    tx.touch(CacheTag::Runs);
    moved.map_or_else(|| Err(refused(tx, key, operation, to)), Ok)
}

fn refused(tx: &WriteTransaction<'_>, run: i64, operation: &OperationId, to: OperationState) -> StoreError {
    let found = tx
        .prepare_cached("SELECT state FROM run_operations WHERE run_key = ?1 AND operation_id = ?2")
        .and_then(|mut statement| {
            statement.query_row((run, operation.as_str()), |row| row.get::<_, String>(0)).optional()
        });
    match found {
        Ok(Some(found)) => StoreError::Transition {
            operation: operation.to_string(),
            found: OperationState::ALL
                .into_iter()
                .map(state_name)
                .find(|name| *name == found)
                .unwrap_or("unknown"),
            asked: state_name(to),
        },
        Ok(None) => StoreError::not_found("operation of the run", operation.as_str()),
        Err(error) => error.into(),
    }
}

const fn state_name(state: OperationState) -> &'static str {
    match state {
        OperationState::Planned => "planned",
        OperationState::Sending => "sending",
        OperationState::Verifying => "verifying",
        OperationState::Done => "done",
        OperationState::Failed => "failed",
        OperationState::Skipped => "skipped",
        OperationState::Blocked => "blocked",
    }
}

fn milliseconds(duration: Option<Duration>) -> Option<u32> {
    duration.map(|duration| u32::try_from(duration.as_millis()).unwrap_or(u32::MAX))
}

// The operation itself is read from its plan: its members may be many, and a journal row is written four times.
const COLUMNS: &str = "t.ordinal, t.state, t.attempt, t.request_digest, t.status, t.error, t.remedy, t.sent_at, t.next_at, t.ended_at, t.duration_ms, \
     t.target_id, (SELECT o.operation FROM runs r JOIN plan_operations o ON o.plan_key = r.plan_key AND o.ordinal = t.ordinal WHERE r.run_key = t.run_key)";

fn from_row(row: &Row<'_>) -> rusqlite::Result<JournalRecord> {
    let time = |index: usize| -> Result<Option<Timestamp>, StoreError> {
        optional_time("journal's time", row.get_ref(index)?.as_str_or_null().map_err(rusqlite::Error::from)?)
    };
    let read = || -> Result<JournalRecord, StoreError> {
        Ok(JournalRecord {
            ordinal: row.get(0)?,
            state: from_word("operation's state", row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?,
            attempt: row.get(2)?,
            request_digest: row.get(3)?,
            status: row.get(4)?,
            error: row.get(5)?,
            remedy: row.get(6)?,
            sent_at: time(7)?,
            next_at: time(8)?,
            ended_at: time(9)?,
            duration_ms: row.get(10)?,
            target_id: row.get::<_, Option<String>>(11)?.map(ScimId::from),
            operation: from_json("operation", row.get_ref(12)?.as_str().map_err(rusqlite::Error::from)?)?,
        })
    };
    read().map_err(in_row)
}

/// Returns one operation of a run.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown run or operation.
pub fn get(
    connection: &Connection,
    run: &RunId,
    operation: &OperationId,
) -> Result<JournalRecord, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM run_operations t WHERE t.run_key = ?1 AND t.operation_id = ?2");
    connection
        .prepare_cached(&sql)?
        .query_row((runs::key(connection, run)?, operation.as_str()), from_row)
        .optional()?
        .ok_or_else(|| StoreError::not_found("operation of the run", operation.as_str()))
}

/// Returns the operations of a run in one of these states, in the plan's order; no states mean all.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn in_states(
    connection: &Connection,
    run: &RunId,
    states: &[OperationState],
) -> Result<Vec<JournalRecord>, StoreError> {
    let states = if states.is_empty() { &OperationState::ALL } else { states };
    let states: Vec<String> = states.iter().map(|state| format!("'{}'", state_name(*state))).collect();
    let sql = format!(
        "SELECT {COLUMNS} FROM run_operations t WHERE t.run_key = ?1 AND t.state IN ({}) ORDER BY t.ordinal",
        states.join(", ")
    );
    let records = connection
        .prepare_cached(&sql)?
        .query_map([runs::key(connection, run)?], from_row)?
        .collect::<Result<_, _>>()?;
    Ok(records)
}

/// Returns the operations of a run that are of one kind, in the plan's order.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn of_kind(
    connection: &Connection,
    run: &RunId,
    kind: OperationKind,
) -> Result<Vec<JournalRecord>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM run_operations t WHERE t.run_key = ?1 AND t.kind = ?2 ORDER BY t.ordinal"
    );
    let records = connection
        .prepare_cached(&sql)?
        .query_map((runs::key(connection, run)?, kind.name()), from_row)?
        .collect::<Result<_, _>>()?;
    Ok(records)
}

/// Returns where each operation of a run stands, without the operations themselves.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn states(
    connection: &Connection,
    run: &RunId,
) -> Result<Vec<(OperationId, OperationState)>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT operation_id, state FROM run_operations WHERE run_key = ?1")?;
    let mut rows = statement.query([runs::key(connection, run)?])?;
    let mut states = Vec::new();
    while let Some(row) = rows.next()? {
        let state = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        states.push((row.get::<_, String>(0)?.into(), from_word("operation state", state)?));
    }
    Ok(states)
}

/// Returns the operations whose outcome is unknown after a crash, in the plan's order.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn open(connection: &Connection, run: &RunId) -> Result<Vec<JournalRecord>, StoreError> {
    in_states(connection, run, &[OperationState::Sending, OperationState::Verifying])
}

/// Returns a window of a run's operations.
///
/// Filters: `kind`, `state` (as the table shows it: `waiting`, `sending`, `verifying`, `retrying`, `done`, `failed`, `skipped`). Sort: `label`, `kind`, `state`; else the plan's
/// order.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn window(
    connection: &Connection,
    run: &RunId,
    query: &WindowQuery,
) -> Result<Window<JournalRecord>, StoreError> {
    let mut clauses = Clauses::new("run_key", runs::key(connection, run)?);
    clauses.search("search_text", &query.search);
    for choice in &query.filters {
        match choice.field.as_str() {
            "kind" => clauses.any_of("kind", &choice.values),
            "state" => clauses.any_of("shown_state", &choice.values),
            _ => {}
        }
    }
    let columns: &[&str] = match query.sort.as_deref() {
        Some("label") => &["label_sort", "ordinal"],
        Some("kind") => &["kind", "ordinal"],
        Some("state") => &["shown_state", "ordinal"],
        _ => &["ordinal"],
    };
    let order = order_by(columns, query.direction);
    clauses.window(connection, "run_operations", COLUMNS, &order, query, from_row)
}

/// Counts a run's operations per `kind` and `state` as the table shows it.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn state_facets(connection: &Connection, run: &RunId) -> Result<Vec<Facet>, StoreError> {
    let owner = ("run_key", runs::key(connection, run)?);
    facets(connection, "run_operations", owner, &[("kind", "kind"), ("state", "shown_state")])
}

/// How many operations of one kind are in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Kind.
    pub kind: OperationKind,
    /// State.
    pub state: OperationState,
    /// Whether they wait for their next attempt.
    pub is_waiting: bool,
    /// How many.
    pub count: u32,
}

/// Counts a run's operations by kind and state, for its progress.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn progress(connection: &Connection, run: &RunId) -> Result<Vec<Progress>, StoreError> {
    let progress = connection
        .prepare_cached(
            "SELECT kind, state, shown_state = 'retrying' AS waits, count(*) FROM run_operations WHERE run_key = :run GROUP BY kind, state, waits",
        )?
        .query_map(named_params! {":run": runs::key(connection, run)?}, |row| {
            Ok(Progress {
                kind: from_word("operation's kind", row.get_ref(0)?.as_str()?).map_err(in_row)?,
                state: from_word("operation's state", row.get_ref(1)?.as_str()?).map_err(in_row)?,
                is_waiting: row.get(2)?,
                count: count(row.get(3)?),
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(progress)
}
