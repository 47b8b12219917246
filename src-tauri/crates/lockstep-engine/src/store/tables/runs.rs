//! Runs: what was approved, how it went, and what the read-back found.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lockstep_core::ids::{ConnectionId, PlanId, RunId};
use lockstep_core::run::RunState;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::{Deserialize, Serialize};

use super::columns::{from_json, from_word, in_row, optional_time, time, to_json, word};
use super::{connections, plans};
use crate::api::views::{DifferenceView, MovedView, RunPhase};
use crate::clock::to_text;
use crate::store::{StoreError, WriteTransaction};
use crate::tags::CacheTag;

/// A run to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// Id.
    pub id: RunId,
    /// The plan it applies, which must be stored.
    pub plan: PlanId,
    /// When it began.
    pub started_at: Timestamp,
    /// Who approved it.
    pub started_by: String,
    /// `manual`, `schedule`, `source_change`.
    pub trigger: String,
    /// Who overrode a guard, and why.
    pub guard_override: Option<GuardOverride>,
    /// Operations of the plan that are no part of it.
    pub held: u32,
}

/// Who overrode a guard, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardOverride {
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
}

/// Writes of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestCounts {
    /// Writes sent, retries apart.
    pub sent: u32,
    /// Retries.
    pub retried: u32,
    /// Writes by method, retries apart.
    pub by_method: BTreeMap<String, u32>,
}

/// A stored run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecord {
    /// Id.
    pub id: RunId,
    /// Whose.
    pub connection: ConnectionId,
    /// Counts up from 1 per connection.
    pub number: u32,
    /// The plan it applies.
    pub plan: PlanId,
    /// The plan's number.
    pub plan_number: u32,
    /// State.
    pub state: RunState,
    /// Phase.
    pub phase: RunPhase,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Who approved it.
    pub started_by: String,
    /// `manual`, `schedule`, `source_change`.
    pub trigger: String,
    /// Who overrode a guard, and why.
    pub guard_override: Option<GuardOverride>,
    /// Why it stopped or failed, and what to do.
    pub problem: Option<String>,
    /// Operations of the plan that are no part of it.
    pub held: u32,
    /// Writes.
    pub requests: RequestCounts,
    /// Operations that were not sent since their facts moved.
    pub moved: Vec<MovedView>,
}

const COLUMNS: &str = "r.run_id, c.connection_id, r.number, p.plan_id, p.number, r.state, r.phase, r.started_at, r.ended_at, r.started_by, \
     r.run_trigger, r.guard_override, r.problem, r.held, r.requests, r.moved";

const JOINS: &str = "FROM runs r JOIN connections c ON c.connection_key = r.connection_key JOIN plans p ON p.plan_key = r.plan_key";

fn from_row(row: &Row<'_>) -> rusqlite::Result<RunRecord> {
    let text = |index| row.get::<_, String>(index);
    let optional = |index| row.get::<_, Option<String>>(index);
    let read = || -> Result<RunRecord, StoreError> {
        Ok(RunRecord {
            id: text(0)?.into(),
            connection: text(1)?.into(),
            number: row.get(2)?,
            plan: text(3)?.into(),
            plan_number: row.get(4)?,
            state: from_word("run's state", &text(5)?)?,
            phase: from_word("run's phase", &text(6)?)?,
            started_at: time("run's time", &text(7)?)?,
            ended_at: optional_time("run's time", optional(8)?.as_deref())?,
            started_by: text(9)?,
            trigger: text(10)?,
            guard_override: optional(11)?.map(|text| from_json("guard override", &text)).transpose()?,
            problem: optional(12)?,
            held: row.get(13)?,
            requests: from_json("run's requests", &text(14)?)?,
            moved: from_json("run's moved operations", &text(15)?)?,
        })
    };
    read().map_err(in_row)
}

/// Stores a run that begins; returns its number.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection or plan.
pub fn insert(tx: &WriteTransaction<'_>, id: &ConnectionId, run: &NewRun) -> Result<u32, StoreError> {
    let owner = connections::key_by_heart(tx, id)?;
    let number: u32 = tx.query_row(
        "SELECT coalesce(max(number), 0) + 1 FROM runs WHERE connection_key = ?1",
        [owner],
        |row| row.get(0),
    )?;
    let guard_override =
        run.guard_override.as_ref().map(|reason| to_json("guard override", reason)).transpose()?;
    tx.execute(
        "INSERT INTO runs (run_id, connection_key, number, plan_key, started_at, started_by, run_trigger, guard_override, held)
         VALUES (:id, :owner, :number, :plan, :started_at, :started_by, :trigger, :guard_override, :held)",
        named_params! {
            ":id": run.id.as_str(),
            ":owner": owner,
            ":number": number,
            ":plan": plans::key(tx, &run.plan)?,
            ":started_at": to_text(run.started_at),
            ":started_by": run.started_by,
            ":trigger": run.trigger,
            ":guard_override": guard_override,
            ":held": run.held,
        },
    )?;
    tx.touch(CacheTag::Runs);
    Ok(number)
}

/// Returns a run.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn get(connection: &Connection, run: &RunId) -> Result<RunRecord, StoreError> {
    let sql = format!("SELECT {COLUMNS} {JOINS} WHERE r.run_id = ?1");
    connection
        .prepare_cached(&sql)?
        .query_row([run.as_str()], from_row)
        .optional()?
        .ok_or_else(|| StoreError::not_found("run", run.as_str()))
}

/// Returns a connection's runs, newest first.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn list(connection: &Connection, id: &ConnectionId, limit: u32) -> Result<Vec<RunRecord>, StoreError> {
    let owner = connections::key(connection, id)?;
    let sql = format!("SELECT {COLUMNS} {JOINS} WHERE r.connection_key = ?1 ORDER BY r.number DESC LIMIT ?2");
    let runs =
        connection.prepare_cached(&sql)?.query_map((owner, limit), from_row)?.collect::<Result<_, _>>()?;
    Ok(runs)
}

/// Returns the runs of all connections that did not come to an end, oldest first: after a start, they were broken off.
///
/// # Errors
/// When a stored value cannot be read.
pub fn unfinished(connection: &Connection) -> Result<Vec<RunRecord>, StoreError> {
    let sql = format!("SELECT {COLUMNS} {JOINS} WHERE r.state = 'running' ORDER BY r.run_key");
    let runs = connection.prepare_cached(&sql)?.query_map((), from_row)?.collect::<Result<_, _>>()?;
    Ok(runs)
}

/// Returns a connection's runs, oldest first, that hold operations whose outcome is unknown: sent, and never settled.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn unsettled(connection: &Connection, id: &ConnectionId) -> Result<Vec<RunId>, StoreError> {
    // By the shown state, since there is an index on it: a look per run and state, however large the run.
    let sql = "SELECT run_id FROM runs WHERE connection_key = ?1 AND EXISTS (SELECT 1 FROM run_operations o WHERE o.run_key = runs.run_key
               AND o.shown_state IN ('sending', 'retrying', 'verifying')) ORDER BY number";
    let owner = connections::key(connection, id)?;
    let runs = connection
        .prepare_cached(sql)?
        .query_map([owner], |row| row.get::<_, String>(0))?
        .map(|run| run.map(RunId::from))
        .collect::<Result<_, _>>()?;
    Ok(runs)
}

/// Returns the number by which the journal knows the run.
pub(super) fn key(connection: &Connection, run: &RunId) -> Result<i64, StoreError> {
    connection
        .prepare_cached("SELECT run_key FROM runs WHERE run_id = ?1")?
        .query_row([run.as_str()], |row| row.get(0))
        .optional()?
        .ok_or_else(|| StoreError::not_found("run", run.as_str()))
}

/// As [`key`], out of the writer's memory where it has been asked for before.
pub(super) fn key_by_heart(tx: &WriteTransaction<'_>, run: &RunId) -> Result<i64, StoreError> {
    tx.memory().run(run.as_str(), || key(tx, run))
}

/// Sets the phase that a run is in.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn set_phase(tx: &WriteTransaction<'_>, run: &RunId, phase: RunPhase) -> Result<(), StoreError> {
    let changed =
        tx.execute("UPDATE runs SET phase = ?2 WHERE run_id = ?1", (run.as_str(), word(&phase)?))?;
    found(tx, changed, run)
}

/// Replaces the counts of a run's writes.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn set_requests(
    tx: &WriteTransaction<'_>,
    run: &RunId,
    requests: &RequestCounts,
) -> Result<(), StoreError> {
    let requests = to_json("run's requests", requests)?;
    let changed = tx.execute("UPDATE runs SET requests = ?2 WHERE run_id = ?1", (run.as_str(), requests))?;
    found(tx, changed, run)
}

/// Replaces the list of operations that were not sent since their facts moved.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn set_moved(tx: &WriteTransaction<'_>, run: &RunId, moved: &[MovedView]) -> Result<(), StoreError> {
    let moved = to_json("run's moved operations", &moved)?;
    let changed = tx.execute("UPDATE runs SET moved = ?2 WHERE run_id = ?1", (run.as_str(), moved))?;
    found(tx, changed, run)
}

/// Records that a run came to its end.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn finish(
    tx: &WriteTransaction<'_>,
    run: &RunId,
    state: RunState,
    problem: Option<&str>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let changed = tx.execute(
        "UPDATE runs SET state = ?2, phase = 'finished', problem = ?3, ended_at = ?4 WHERE run_id = ?1",
        (run.as_str(), word(&state)?, problem, to_text(at)),
    )?;
    found(tx, changed, run)
}

fn found(tx: &WriteTransaction<'_>, changed: usize, run: &RunId) -> Result<(), StoreError> {
    if changed == 0 {
        return Err(StoreError::not_found("run", run.as_str()));
    }
    tx.touch(CacheTag::Runs);
    Ok(())
}

/// Replaces what the read-back of a run found different.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn set_differences(
    tx: &WriteTransaction<'_>,
    run: &RunId,
    differences: &[DifferenceView],
) -> Result<(), StoreError> {
    let key = key(tx, run)?;
    tx.execute("DELETE FROM run_differences WHERE run_key = ?1", [key])?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO run_differences (run_key, subject, attribute, expected, found) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for difference in differences {
        insert.execute((
            key,
            &difference.subject,
            &difference.attribute,
            &difference.expected,
            &difference.found,
        ))?;
    }
    tx.touch(CacheTag::Runs);
    Ok(())
}

/// Returns what the read-back of a run found different, in the order in which it was found.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn differences(connection: &Connection, run: &RunId) -> Result<Vec<DifferenceView>, StoreError> {
    let differences = connection
        .prepare_cached(
            "SELECT subject, attribute, expected, found FROM run_differences WHERE run_key = ?1 ORDER BY difference_key",
        )?
        .query_map([key(connection, run)?], |row| {
            Ok(DifferenceView {
                subject: row.get(0)?,
                attribute: row.get(1)?,
                expected: row.get(2)?,
                found: row.get(3)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(differences)
}
