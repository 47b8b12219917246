//! The plain joins that planning is compared with: two tables of twenty texts, joined by a hash table, and compared.

use std::path::Path;

use anyhow::Result;
use rusqlite::{Connection, params_from_iter};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::organisation::source_id;

/// Texts of a row.
const WIDTH: usize = 20;

/// A person as a plain program holds one.
pub(crate) struct Row {
    id: Box<str>,
    values: [Box<str>; WIDTH],
}

/// Makes one side, in an order that depends on the side.
pub(crate) fn rows(people: usize, is_target: bool) -> Vec<Row> {
    let mut rows: Vec<Row> = (0..people).map(|person| row(person, is_target)).collect();
    if is_target {
        // As in a directory whose ids say nothing.
        rows.sort_by_cached_key(|row| row.id.bytes().rev().collect::<Vec<u8>>());
    }
    rows
}

fn row(person: usize, is_target: bool) -> Row {
    let value = |column: usize| match column {
        0 => format!("user{person:07}@example.com"),
        1 if is_target && person.is_multiple_of(100) => "Apprentice".to_owned(),
        column => format!("value {column} {}", person % (31 + column)),
    };
    Row { id: source_id(person).into(), values: std::array::from_fn(|column| value(column).into()) }
}

/// Joins both sides; returns how many are new, changed and gone.
pub(crate) fn join(source: &[Row], target: &[Row]) -> (usize, usize, usize) {
    let there: FxHashMap<&str, &Row> = target.iter().map(|row| (&*row.id, row)).collect();
    let (mut new, mut changed) = (0, 0);
    for row in source {
        match there.get(&*row.id) {
            None => new += 1,
            Some(other) => {
                let differs = row.values.iter().zip(&other.values).filter(|(a, b)| a != b).count();
                changed += usize::from(differs > 0);
            }
        }
    }
    let here: FxHashSet<&str> = source.iter().map(|row| &*row.id).collect();
    let gone = target.iter().filter(|row| !here.contains(&*row.id)).count();
    (new, changed, gone)
}

/// Writes both sides into a database of its own.
pub(crate) fn fill(path: &Path, people: usize) -> Result<()> {
    let connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA journal_mode = WAL; BEGIN")?;
    let columns: Vec<String> = (0..WIDTH).map(|column| format!("a{column} TEXT")).collect();
    for (table, is_target) in [("source", false), ("target", true)] {
        connection.execute_batch(&format!(
            "CREATE TABLE {table} (id TEXT PRIMARY KEY, {}) WITHOUT ROWID",
            columns.join(", ")
        ))?;
        let places = vec!["?"; WIDTH + 1].join(",");
        let mut insert = connection.prepare(&format!("INSERT INTO {table} VALUES ({places})"))?;
        for row in rows(people, is_target) {
            insert.execute(params_from_iter(std::iter::once(&row.id).chain(&row.values)))?;
        }
    }
    connection.execute_batch("COMMIT")?;
    Ok(())
}

/// Reads one side back.
pub(crate) fn load(path: &Path, table: &str) -> Result<Vec<Row>> {
    let connection = Connection::open(path)?;
    let mut select = connection.prepare(&format!("SELECT * FROM {table}"))?;
    let mut found = select.query([])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let mut values: [Box<str>; WIDTH] = std::array::from_fn(|_| Box::default());
        for (column, value) in values.iter_mut().enumerate() {
            *value = row.get_ref(column + 1)?.as_str()?.into();
        }
        rows.push(Row { id: row.get_ref(0)?.as_str()?.into(), values });
    }
    Ok(rows)
}
