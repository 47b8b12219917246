//! Windows of rows: search, filters, order, and the part of the list that is shown.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::columns::count;
use crate::api::views::{Facet, SortDirection, WindowQuery};
use crate::store::{StoreError, search_text};

/// Rows that one window holds at most.
pub const WINDOW_ROWS: u32 = 200;
/// Words of a search that are looked at: nobody types more, and SQLite refuses an expression of a thousand terms.
const SEARCH_WORDS: usize = 32;

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

    /// Adds "contains the text", folded as the column is. Each word must occur (of very many, the first); the order of the
    /// words does not matter.
    pub(super) fn search(&mut self, column: &str, text: &str) {
        for word in search_text(text).split_whitespace().take(SEARCH_WORDS) {
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

    /// Adds "is one of these states" for a list whose column holds what an operation waits for, and nothing where it is ready.
    pub(super) fn ready_or_held(&mut self, column: &str, values: &[String]) {
        let wants = |state: &str| values.iter().any(|value| value == state);
        match (wants("ready"), wants("held")) {
            (true, false) => self.conditions.push(format!("{column} IS NULL")),
            (false, true) => self.conditions.push(format!("{column} IS NOT NULL")),
            _ => {}
        }
    }

    /// Reads the window and counts. `columns` are taken from `t`; `columns`, `table` and `order` are our own text, never a caller's.
    ///
    /// The rows shown are found in an index first and only then read from the table, whose rows may be wide.
    pub(super) fn window<T>(
        &self,
        connection: &Connection,
        table: &str,
        columns: &str,
        order: &str,
        query: &WindowQuery,
        from_row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Window<T>, StoreError> {
        let (shown, total, unfiltered) = match self.conditions.as_slice() {
            [_] => {
                let total = self.count(connection, table)?;
                (self.page(connection, table, order, query)?, total, total)
            }
            _ => {
                let (shown, total) = self.scan(connection, table, order, query)?;
                (shown, total, self.count(connection, table)?)
            }
        };
        let mut read =
            connection.prepare_cached(&format!("SELECT {columns} FROM {table} AS t WHERE t.rowid = ?1"))?;
        let mut from_row = from_row;
        let rows = shown
            .into_iter()
            .map(|shown| read.query_row([shown], &mut from_row))
            .collect::<Result<_, _>>()?;
        Ok(Window { rows, total, unfiltered })
    }

    /// Finds the rows shown, of a list whose length is known otherwise.
    fn page(
        &self,
        connection: &Connection,
        table: &str,
        order: &str,
        query: &WindowQuery,
    ) -> Result<Vec<i64>, StoreError> {
        let sql = format!(
            "SELECT rowid FROM {table} WHERE {} ORDER BY {order} LIMIT {} OFFSET {}",
            self.conditions.join(" AND "),
            query.limit.min(WINDOW_ROWS),
            query.offset
        );
        let rows = connection
            .prepare_cached(&sql)?
            .query_map(params_from_iter(&self.values), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(rows)
    }

    /// Finds the rows shown and counts those that match, in one pass: a search looks at every row, and once is enough.
    fn scan(
        &self,
        connection: &Connection,
        table: &str,
        order: &str,
        query: &WindowQuery,
    ) -> Result<(Vec<i64>, u32), StoreError> {
        let sql =
            format!("SELECT rowid FROM {table} WHERE {} ORDER BY {order}", self.conditions.join(" AND "));
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(&self.values))?;
        let wanted = query.offset..query.offset.saturating_add(query.limit.min(WINDOW_ROWS));
        let (mut shown, mut total) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            if wanted.contains(&total) {
                shown.push(row.get(0)?);
            }
            total += 1;
        }
        Ok((shown, total))
    }

    /// Counts the rows of the list without search and filters.
    fn count(&self, connection: &Connection, table: &str) -> Result<u32, StoreError> {
        let (Some(owner), Some(value)) = (self.conditions.first(), self.values.first()) else { return Ok(0) };
        let sql = format!("SELECT count(*) FROM {table} WHERE {owner}");
        let rows = connection.prepare_cached(&sql)?.query_row([value], |row| row.get(0))?;
        Ok(count(rows))
    }
}

/// Writes an order by some columns, all in the query's direction.
pub(super) fn order_by(columns: &[&str], direction: SortDirection) -> String {
    let word = match direction {
        SortDirection::Ascending => "ASC",
        SortDirection::Descending => "DESC",
    };
    columns.iter().map(|column| format!("{column} {word}")).collect::<Vec<_>>().join(", ")
}

/// Counts the rows of a list per value of each column; NULL counts as `ready`.
pub(super) fn facets(
    connection: &Connection,
    table: &str,
    owner: (&str, i64),
    fields: &[(&str, &str)],
) -> Result<Vec<Facet>, StoreError> {
    let columns: Vec<&str> = fields.iter().map(|(_, column)| *column).collect();
    let columns = columns.join(", ");
    let sql = format!("SELECT count(*), {columns} FROM {table} WHERE {} = ?1 GROUP BY {columns}", owner.0);
    let mut counted = BTreeMap::<(usize, String), u32>::new();
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([owner.1])?;
    while let Some(row) = rows.next()? {
        for place in 0..fields.len() {
            let value: Option<String> = row.get(place + 1)?;
            let value = value.unwrap_or_else(|| "ready".to_owned());
            *counted.entry((place, value)).or_default() += count(row.get(0)?);
        }
    }
    let name = |place: usize| fields.get(place).map_or("", |(field, _)| *field).to_owned();
    Ok(counted
        .into_iter()
        .map(|((place, value), count)| Facet { field: name(place), value, count })
        .collect())
}
