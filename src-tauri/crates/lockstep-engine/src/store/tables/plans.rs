//! Plans and their operations.

use jiff::Timestamp;
use lockstep_core::ids::{ConnectionId, OperationId, PlanId, RunId};
use lockstep_core::plan::operation::{HeldBy, Operation, Subject};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{from_json, in_row, optional_time, time, to_json, word};
use super::connections;
use super::window::{Clauses, Window, facets, order_by};
use crate::api::views::{Facet, WindowQuery};
use crate::clock::to_text;
use crate::store::text::search_lines;
use crate::store::{StoreError, WriteTransaction, search_text};
use crate::tags::CacheTag;

/// Where a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanState {
    /// The newest; it can be approved.
    Open,
    /// Approved; its run is going on, or was broken off.
    Approved,
    /// Its run came to an end.
    Applied,
    /// A newer plan took its place before it was approved.
    Superseded,
}

impl PlanState {
    /// Returns the word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Applied => "applied",
            Self::Superseded => "superseded",
        }
    }

    fn from_name(name: &str) -> Result<Self, StoreError> {
        [Self::Open, Self::Approved, Self::Applied, Self::Superseded]
            .into_iter()
            .find(|state| state.name() == name)
            .ok_or_else(|| StoreError::corrupt("plan's state", name))
    }
}

/// A plan to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPlan {
    /// Id.
    pub id: PlanId,
    /// Fingerprint of what it was made from.
    pub basis: String,
    /// When it was computed.
    pub created_at: Timestamp,
    /// Generation of the source cache that it was made from; 0 for none.
    pub source_generation: u32,
    /// Generation of the target cache that it was made from; 0 for none.
    pub target_generation: u32,
    /// JSON of everything else about it but its operations; the store does not look into it.
    pub document: String,
}

/// A stored plan without its operations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRecord {
    /// Id.
    pub id: PlanId,
    /// Whose.
    pub connection: ConnectionId,
    /// Counts up from 1 per connection.
    pub number: u32,
    /// Fingerprint of what it was made from.
    pub basis: String,
    /// State.
    pub state: PlanState,
    /// When it was computed.
    pub created_at: Timestamp,
    /// When it was approved.
    pub approved_at: Option<Timestamp>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// The run that applies it.
    pub run: Option<RunId>,
    /// Generation of the source cache that it was made from.
    pub source_generation: u32,
    /// Generation of the target cache that it was made from.
    pub target_generation: u32,
    /// How many operations it has.
    pub operations: u32,
    /// How many of them nothing holds.
    pub ready: u32,
    /// As it was given.
    pub document: String,
}

const COLUMNS: &str = "p.plan_id, c.connection_id, p.number, p.basis, p.state, p.created_at, p.approved_at, p.approved_by, p.run_id, \
     p.source_generation, p.target_generation, p.operations, p.ready, p.document";

fn from_row(row: &Row<'_>) -> rusqlite::Result<PlanRecord> {
    let text = |index| row.get::<_, String>(index);
    let read = || -> Result<PlanRecord, StoreError> {
        Ok(PlanRecord {
            id: text(0)?.into(),
            connection: text(1)?.into(),
            number: row.get(2)?,
            basis: text(3)?,
            state: PlanState::from_name(&text(4)?)?,
            created_at: time("plan's time", &text(5)?)?,
            approved_at: optional_time("plan's time", row.get::<_, Option<String>>(6)?.as_deref())?,
            approved_by: row.get(7)?,
            run: row.get::<_, Option<String>>(8)?.map(RunId::from),
            source_generation: row.get(9)?,
            target_generation: row.get(10)?,
            operations: row.get(11)?,
            ready: row.get(12)?,
            document: text(13)?,
        })
    };
    read().map_err(in_row)
}

/// Stores a plan with its operations in their order; open plans of the connection are superseded by it. Returns its number.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn insert(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    plan: &NewPlan,
    operations: &[Operation],
) -> Result<u32, StoreError> {
    let owner = connections::key_by_heart(tx, id)?;
    tx.execute(
        "UPDATE plans SET state = 'superseded' WHERE connection_key = ?1 AND state = 'open'",
        [owner],
    )?;
    let number: u32 = tx.query_row(
        "SELECT coalesce(max(number), 0) + 1 FROM plans WHERE connection_key = ?1",
        [owner],
        |row| row.get(0),
    )?;
    tx.execute(
        "INSERT INTO plans (plan_id, connection_key, number, basis, created_at, source_generation, target_generation, operations, ready, document)
         VALUES (:id, :owner, :number, :basis, :created_at, :source_generation, :target_generation, :operations, :ready, :document)",
        named_params! {
            ":id": plan.id.as_str(),
            ":owner": owner,
            ":number": number,
            ":basis": plan.basis,
            ":created_at": to_text(plan.created_at),
            ":source_generation": plan.source_generation,
            ":target_generation": plan.target_generation,
            ":operations": i64::try_from(operations.len()).unwrap_or(i64::MAX),
            ":ready": i64::try_from(operations.iter().filter(|operation| operation.is_ready()).count()).unwrap_or(i64::MAX),
            ":document": plan.document,
        },
    )?;
    insert_operations(tx, tx.last_insert_rowid(), operations)?;
    tx.touch(CacheTag::Plan);
    tx.touch(CacheTag::Conflicts);
    Ok(number)
}

fn insert_operations(
    tx: &WriteTransaction<'_>,
    plan: i64,
    operations: &[Operation],
) -> Result<(), StoreError> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO plan_operations (plan_key, ordinal, operation_id, kind, held_by, reason, source_id, target_id, label_sort, name_sort, search_text, operation)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    for (ordinal, operation) in (0_i64..).zip(operations) {
        let (source, target) = subject_ids(&operation.subject);
        insert.execute((
            plan,
            ordinal,
            operation.id.as_str(),
            operation.kind.name(),
            operation.held_by.map(HeldBy::name),
            word(&operation.reason.code)?,
            source,
            target,
            search_text(operation.subject.label()),
            search_text(operation.subject.name()),
            operation_text(operation),
            to_json("operation", operation)?,
        ))?;
    }
    Ok(())
}

/// Returns what a search looks through: label, name and reason.
pub(super) fn operation_text(operation: &Operation) -> String {
    let (label, name) = (operation.subject.label(), operation.subject.name());
    let name = if name == label { "" } else { name };
    search_lines([label, name, operation.reason.text.as_str()])
}

fn subject_ids(subject: &Subject) -> (Option<&str>, Option<&str>) {
    match subject {
        Subject::Person { source_id, target_id, .. } => {
            (source_id.as_ref().map(|id| id.as_str()), target_id.as_ref().map(|id| id.as_str()))
        }
        Subject::Group { source_id, target_id, .. } => {
            (source_id.as_ref().map(|id| id.as_str()), target_id.as_ref().map(|id| id.as_str()))
        }
    }
}

/// Returns a plan.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn get(connection: &Connection, plan: &PlanId) -> Result<PlanRecord, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM plans p JOIN connections c USING (connection_key) WHERE p.plan_id = ?1"
    );
    connection
        .prepare_cached(&sql)?
        .query_row([plan.as_str()], from_row)
        .optional()?
        .ok_or_else(|| StoreError::not_found("plan", plan.as_str()))
}

/// Returns the connection's newest plan, whatever its state.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn latest(connection: &Connection, id: &ConnectionId) -> Result<Option<PlanRecord>, StoreError> {
    let owner = connections::key(connection, id)?;
    let sql = format!(
        "SELECT {COLUMNS} FROM plans p JOIN connections c USING (connection_key) WHERE p.connection_key = ?1 ORDER BY p.number DESC LIMIT 1"
    );
    Ok(connection.prepare_cached(&sql)?.query_row([owner], from_row).optional()?)
}

/// Returns the number by which the file knows the plan.
pub(super) fn key(connection: &Connection, plan: &PlanId) -> Result<i64, StoreError> {
    connection
        .prepare_cached("SELECT plan_key FROM plans WHERE plan_id = ?1")?
        .query_row([plan.as_str()], |row| row.get(0))
        .optional()?
        .ok_or_else(|| StoreError::not_found("plan", plan.as_str()))
}

fn operation_from_row(row: &Row<'_>) -> rusqlite::Result<Operation> {
    from_json("operation", row.get_ref(0)?.as_str()?).map_err(in_row)
}

/// Returns all operations of a plan, in order.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn operations(connection: &Connection, plan: &PlanId) -> Result<Vec<Operation>, StoreError> {
    let operations = connection
        .prepare_cached("SELECT operation FROM plan_operations WHERE plan_key = ?1 ORDER BY ordinal")?
        .query_map([key(connection, plan)?], operation_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(operations)
}

/// Returns one operation of a plan.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown plan or operation.
pub fn operation(
    connection: &Connection,
    plan: &PlanId,
    operation: &OperationId,
) -> Result<Operation, StoreError> {
    connection
        .prepare_cached("SELECT operation FROM plan_operations WHERE plan_key = ?1 AND operation_id = ?2")?
        .query_row((key(connection, plan)?, operation.as_str()), operation_from_row)
        .optional()?
        .ok_or_else(|| StoreError::not_found("operation", operation.as_str()))
}

/// Returns the names of the subjects with these labels, in the same order; a label without an operation stands for itself.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown plan.
pub fn names(connection: &Connection, plan: &PlanId, labels: &[String]) -> Result<Vec<String>, StoreError> {
    let key = key(connection, plan)?;
    let mut query = connection.prepare_cached(
        "SELECT operation FROM plan_operations WHERE plan_key = ?1 AND label_sort = ?2 ORDER BY ordinal LIMIT 1",
    )?;
    labels
        .iter()
        .map(|label| {
            let operation = query.query_row((key, search_text(label)), operation_from_row).optional()?;
            Ok(operation.map_or_else(|| label.clone(), |operation| operation.subject.name().to_owned()))
        })
        .collect()
}

/// Returns the operations whose subject has one of these ids, in the plan's order.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn operations_about(
    connection: &Connection,
    plan: &PlanId,
    source_id: Option<&str>,
    target_id: Option<&str>,
) -> Result<Vec<Operation>, StoreError> {
    let operations = connection
        .prepare_cached(
            "SELECT operation FROM plan_operations WHERE rowid IN (
                 SELECT rowid FROM plan_operations WHERE plan_key = ?1 AND source_id = ?2
                 UNION SELECT rowid FROM plan_operations WHERE plan_key = ?1 AND target_id = ?3)
             ORDER BY ordinal",
        )?
        .query_map((key(connection, plan)?, source_id, target_id), operation_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(operations)
}

/// Returns an operation as the connection's latest run that had it was approved to send it.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn approved_before(
    connection: &Connection,
    id: &ConnectionId,
    operation: &OperationId,
) -> Result<Option<Operation>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT p.operation FROM runs r JOIN run_operations o USING (run_key)
             JOIN plan_operations p ON p.plan_key = r.plan_key AND p.operation_id = o.operation_id
             WHERE r.connection_key = ?1 AND o.operation_id = ?2 ORDER BY r.number DESC LIMIT 1",
        )?
        .query_row((connections::key(connection, id)?, operation.as_str()), operation_from_row)
        .optional()?)
}

/// Returns a window of a plan's operations.
///
/// Filters: `kind`, `state` (`ready`, `held`), `held_by`, `reason`. Sort: `label`, `name`, `kind`, `reason`; else the plan's order.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn window(
    connection: &Connection,
    plan: &PlanId,
    query: &WindowQuery,
) -> Result<Window<Operation>, StoreError> {
    let mut clauses = Clauses::new("plan_key", key(connection, plan)?);
    clauses.search("search_text", &query.search);
    for choice in &query.filters {
        match choice.field.as_str() {
            "kind" => clauses.any_of("kind", &choice.values),
            "held_by" => clauses.any_of("held_by", &choice.values),
            "reason" => clauses.any_of("reason", &choice.values),
            "state" => clauses.ready_or_held("held_by", &choice.values),
            _ => {}
        }
    }
    let columns: &[&str] = match query.sort.as_deref() {
        Some("label") => &["label_sort", "ordinal"],
        Some("name") => &["name_sort", "ordinal"],
        Some("kind") => &["kind", "ordinal"],
        Some("reason") => &["reason", "ordinal"],
        _ => &["ordinal"],
    };
    let order = order_by(columns, query.direction);
    clauses.window(connection, "plan_operations", "t.operation", &order, query, operation_from_row)
}

/// Counts a plan's operations per `kind`, `held_by` (nothing: `ready`) and `reason`.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn operation_facets(connection: &Connection, plan: &PlanId) -> Result<Vec<Facet>, StoreError> {
    let owner = ("plan_key", key(connection, plan)?);
    let fields = [("kind", "kind"), ("held_by", "held_by"), ("reason", "reason")];
    facets(connection, "plan_operations", owner, &fields)
}

/// Records that a plan was approved, and the run that applies it.
///
/// # Errors
/// [`StoreError::NotFound`] for a plan that was approved or applied before.
pub fn approve(
    tx: &WriteTransaction<'_>,
    plan: &PlanId,
    run: &RunId,
    by: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let changed = tx.execute(
        "UPDATE plans SET state = 'approved', approved_at = ?2, approved_by = ?3, run_id = ?4 WHERE plan_id = ?1 AND state IN ('open', 'superseded')",
        (plan.as_str(), to_text(at), by, run.as_str()),
    )?;
    if changed == 0 {
        return Err(StoreError::not_found("plan to be approved", plan.as_str()));
    }
    tx.touch(CacheTag::Plan);
    Ok(())
}

/// Sets a plan's state.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn set_state(tx: &WriteTransaction<'_>, plan: &PlanId, state: PlanState) -> Result<(), StoreError> {
    let changed =
        tx.execute("UPDATE plans SET state = ?2 WHERE plan_id = ?1", (plan.as_str(), state.name()))?;
    if changed == 0 {
        return Err(StoreError::not_found("plan", plan.as_str()));
    }
    tx.touch(CacheTag::Plan);
    Ok(())
}

/// Drops the plans that were never approved: what they were made from is not the connection's any more.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn drop_unapproved(tx: &WriteTransaction<'_>, id: &ConnectionId) -> Result<u32, StoreError> {
    tx.execute(
        "UPDATE plans SET state = 'superseded' WHERE connection_key = ?1 AND state = 'open'",
        [connections::key_by_heart(tx, id)?],
    )?;
    tx.touch(CacheTag::Plan);
    tx.touch(CacheTag::Conflicts);
    drop_superseded(tx, id, 0)
}

/// Drops superseded plans but the newest `keep`: a plan of a large organisation takes tens of megabytes. Plans with runs stay.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn drop_superseded(tx: &WriteTransaction<'_>, id: &ConnectionId, keep: u32) -> Result<u32, StoreError> {
    let owner = connections::key_by_heart(tx, id)?;
    let keys: Vec<i64> = tx
        .prepare_cached(
            "SELECT plan_key FROM plans WHERE connection_key = ?1 AND state = 'superseded' ORDER BY number DESC LIMIT -1 OFFSET ?2",
        )?
        .query_map((owner, keep), |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for key in &keys {
        tx.execute("DELETE FROM plan_operations WHERE plan_key = ?1", [key])?;
        tx.execute("DELETE FROM plans WHERE plan_key = ?1", [key])?;
    }
    Ok(u32::try_from(keys.len()).unwrap_or(u32::MAX))
}
