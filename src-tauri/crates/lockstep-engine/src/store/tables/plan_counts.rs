//! Counts of a plan's operations, for its head.

use lockstep_core::ids::PlanId;
use lockstep_core::plan::operation::{HeldBy, OperationKind};
use rusqlite::Connection;

use super::columns::{count, from_word};
use crate::store::StoreError;

/// So many operations of a kind that the same thing holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperationCount {
    /// Kind.
    pub kind: OperationKind,
    /// What holds them; `None` for ready ones.
    pub held_by: Option<HeldBy>,
    /// How many.
    pub count: u32,
}

/// Counts a plan's operations by kind and by what holds them; nothing for an unknown plan.
///
/// # Errors
/// When SQLite refuses, or a stored word is unknown.
pub fn by_kind_and_hold(connection: &Connection, plan: &PlanId) -> Result<Vec<OperationCount>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT kind, held_by, count(*) FROM plan_operations
         WHERE plan_key = (SELECT plan_key FROM plans WHERE plan_id = ?1) GROUP BY kind, held_by",
    )?;
    let mut rows = statement.query([plan.as_str()])?;
    let mut counts = Vec::new();
    while let Some(row) = rows.next()? {
        let held_by: Option<String> = row.get(1)?;
        counts.push(OperationCount {
            kind: from_word("operation's kind", row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?,
            held_by: held_by.map(|word| from_word("what holds an operation", &word)).transpose()?,
            count: count(row.get(2)?),
        });
    }
    Ok(counts)
}
