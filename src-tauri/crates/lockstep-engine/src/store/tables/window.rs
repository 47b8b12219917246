//! Windows of rows: search, filters, order, and the part of the list that is shown.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::columns::count;
use crate::api::views::{SortDirection, WindowQuery};
use crate::store::{StoreError, search_text};

/// Rows that one window holds at most.
pub const WINDOW_ROWS: u32 = 200;

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window<T> {
    /// The rows shown.
    pub rows: Vec<T>,
    /// Rows that match the search and the filters.
    pub total: u32,
    /// Rows of the list without search and filters.
    pub unfiltered: u32,
}

/// The conditions of a window, and the values bound to them. The first one is the list's owner (a connection, a plan, a run).
#[derive(Debug)]
pub(super) struct Clauses {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Clauses {
    pub(super) fn new(owner: &str, value: impl Into<Value>) -> Self {
        Self { conditions: vec![format!("{owner} = ?")], values: vec![value.into()] }
    }

    /// Adds "contains the text", folded as the column is. Each word must occur; the order of the words does not matter.
    pub(super) fn search(&mut self, column: &str, text: &str) {
        for word in search_text(text).split_whitespace() {
            // instr and not LIKE: no wildcards to escape, and about twice as fast.
            self.conditions.push(format!("instr({column}, ?) > 0"));
            self.values.push(word.to_owned().into());
        }
    }

    /// Adds "is one of"; no values mean no restriction.
    pub(super) fn any_of(&mut self, column: &str, values: &[String]) {
        if !values.is_empty() {
            let places = vec!["?"; values.len()].join(", ");
            self.conditions.push(format!("{column} IN ({places})"));
            self.values.extend(values.iter().cloned().map(Value::from));
        }
    }

    /// Adds a condition without values.
    pub(super) fn condition(&mut self, condition: impl Into<String>) {
        self.conditions.push(condition.into());
    }

    /// Reads the window and counts. `columns`, `table` and `order` are our own text, never a caller's.
    pub(super) fn window<T>(
        &self,
        connection: &Connection,
        table: &str,
        columns: &str,
        order: &str,
        query: &WindowQuery,
        from_row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Window<T>, StoreError> {
        let total = self.count(connection, table, &self.conditions)?;
        let unfiltered = match self.conditions.as_slice() {
            [_] => total,
            [owner, ..] => self.count(connection, table, std::slice::from_ref(owner))?,
            [] => 0,
        };
        let limit = query.limit.min(WINDOW_ROWS);
        let sql = format!(
            "SELECT {columns} FROM {table} WHERE {} ORDER BY {order} LIMIT {limit} OFFSET {}",
            self.conditions.join(" AND "),
            query.offset
        );
        let rows = connection
            .prepare_cached(&sql)?
            .query_map(params_from_iter(&self.values), from_row)?
            .collect::<Result<_, _>>()?;
        Ok(Window { rows, total, unfiltered })
    }

    fn count(&self, connection: &Connection, table: &str, conditions: &[String]) -> Result<u32, StoreError> {
        let sql = format!("SELECT count(*) FROM {table} WHERE {}", conditions.join(" AND "));
        let places = conditions.iter().map(|condition| condition.matches('?').count()).sum();
        let values = self.values.iter().take(places);
        let rows = connection.prepare_cached(&sql)?.query_row(params_from_iter(values), |row| row.get(0))?;
        Ok(count(rows))
    }
}

/// Returns SQLite's word for a direction.
pub(super) const fn direction(direction: SortDirection) -> &'static str {
    match direction {
        SortDirection::Ascending => "ASC",
        SortDirection::Descending => "DESC",
    }
}
