//! What the last plan found about people: the rows of the People table, kept so that search, sorting and filters are the database's work.

use std::collections::BTreeMap;

use lockstep_core::ids::ConnectionId;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{RowHash, from_json, in_row, to_json};
use super::connections;
use super::window::{Clauses, Window, facets, order_by};
use crate::api::views::{Facet, PersonRow, WindowQuery};
use crate::store::text::search_lines;
use crate::store::{StoreError, WriteTransaction, search_text};
use crate::tags::CacheTag;

/// Makes the People table show exactly these rows; unchanged ones are not rewritten.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn replace(tx: &WriteTransaction<'_>, id: &ConnectionId, rows: &[PersonRow]) -> Result<(), StoreError> {
    let owner = connections::key_by_heart(tx, id)?;
    let mut stored: BTreeMap<String, (i64, i64)> = tx
        .prepare_cached("SELECT identity, person_row, row_hash FROM people WHERE connection_key = ?1")?
        .query_map([owner], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?
        .collect::<Result<_, _>>()?;
    for person in rows {
        let groups = to_json("names of groups", &person.scope_groups)?;
        let hash = hash(person, &groups);
        match stored.remove(&person.key) {
            Some((_, same)) if same == hash => {}
            _ => put(tx, owner, person, &groups, hash)?,
        }
    }
    let mut delete = tx.prepare_cached("DELETE FROM people WHERE person_row = ?1")?;
    for (row, _) in stored.into_values() {
        delete.execute([row])?;
    }
    tx.touch(CacheTag::People);
    Ok(())
}

/// Puts one row, for instance after a run changed the person.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn set(tx: &WriteTransaction<'_>, id: &ConnectionId, person: &PersonRow) -> Result<(), StoreError> {
    let groups = to_json("names of groups", &person.scope_groups)?;
    put(tx, connections::key_by_heart(tx, id)?, person, &groups, hash(person, &groups))?;
    tx.touch(CacheTag::People);
    Ok(())
}

fn hash(person: &PersonRow, groups: &str) -> i64 {
    let mut hash = RowHash::default();
    hash.text(Some(&person.name));
    hash.text(person.email.as_deref());
    hash.text(person.user_name.as_deref());
    hash.text(Some(groups));
    hash.text(Some(&person.scope_group_count.to_string()));
    for word in [&person.source_state, &person.target_state, &person.situation, &person.sync_state] {
        hash.text(Some(word));
    }
    hash.finish()
}

fn put(
    tx: &WriteTransaction<'_>,
    owner: i64,
    person: &PersonRow,
    groups: &str,
    hash: i64,
) -> Result<(), StoreError> {
    let email = person.email.as_deref().unwrap_or_default();
    let user_name = person.user_name.as_deref().filter(|name| *name != email).unwrap_or_default();
    tx.prepare_cached(
        "INSERT INTO people (connection_key, identity, row_hash, name, email, user_name, scope_groups, scope_group_count, source_state, target_state,
             situation, sync_state, name_sort, email_sort, search_text)
         VALUES (:owner, :identity, :hash, :name, :email, :user_name, :groups, :group_count, :source_state, :target_state,
             :situation, :sync_state, :name_sort, :email_sort, :search_text)
         ON CONFLICT (connection_key, identity) DO UPDATE SET row_hash = excluded.row_hash, name = excluded.name, email = excluded.email,
             user_name = excluded.user_name, scope_groups = excluded.scope_groups, scope_group_count = excluded.scope_group_count,
             source_state = excluded.source_state, target_state = excluded.target_state, situation = excluded.situation,
             sync_state = excluded.sync_state, name_sort = excluded.name_sort, email_sort = excluded.email_sort, search_text = excluded.search_text",
    )?
    .execute(named_params! {
        ":owner": owner,
        ":identity": person.key,
        ":hash": hash,
        ":name": person.name,
        ":email": person.email,
        ":user_name": person.user_name,
        ":groups": groups,
        ":group_count": person.scope_group_count,
        ":source_state": person.source_state,
        ":target_state": person.target_state,
        ":situation": person.situation,
        ":sync_state": person.sync_state,
        ":name_sort": search_text(&person.name),
        ":email_sort": search_text(email),
        ":search_text": search_lines([person.name.as_str(), email, user_name]),
    })?;
    Ok(())
}

const COLUMNS: &str = "t.identity, t.name, t.email, t.user_name, t.scope_groups, t.scope_group_count, t.source_state, t.target_state, t.situation, t.sync_state";

fn from_row(row: &Row<'_>) -> rusqlite::Result<PersonRow> {
    Ok(PersonRow {
        key: row.get(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        user_name: row.get(3)?,
        scope_groups: from_json("names of groups", row.get_ref(4)?.as_str()?).map_err(in_row)?,
        scope_group_count: row.get(5)?,
        source_state: row.get(6)?,
        target_state: row.get(7)?,
        situation: row.get(8)?,
        sync_state: row.get(9)?,
    })
}

/// Returns one row by its key.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn get(connection: &Connection, id: &ConnectionId, key: &str) -> Result<Option<PersonRow>, StoreError> {
    let owner = connections::key(connection, id)?;
    let sql = format!("SELECT {COLUMNS} FROM people t WHERE t.connection_key = ?1 AND t.identity = ?2");
    Ok(connection.prepare_cached(&sql)?.query_row((owner, key), from_row).optional()?)
}

/// Returns rows whose address, user name or name is exactly this text, letter case apart; for `explain`.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn find(connection: &Connection, id: &ConnectionId, text: &str) -> Result<Vec<PersonRow>, StoreError> {
    let owner = connections::key(connection, id)?;
    let sql = format!(
        "SELECT {COLUMNS} FROM people t
         WHERE t.connection_key = ?1 AND instr(char(10) || t.search_text || char(10), ?2) > 0
         ORDER BY t.name_sort, t.person_row LIMIT 20"
    );
    let line = format!("\n{}\n", search_text(text));
    let rows =
        connection.prepare_cached(&sql)?.query_map((owner, line), from_row)?.collect::<Result<_, _>>()?;
    Ok(rows)
}

/// Returns a window of people.
///
/// Filters: `situation`, `source_state`, `target_state`, `sync_state`. Sort: `name`, `email`, `situation`, `source_state`, `target_state`, `sync_state`; else by name.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn window(
    connection: &Connection,
    id: &ConnectionId,
    query: &WindowQuery,
) -> Result<Window<PersonRow>, StoreError> {
    let mut clauses = Clauses::new("connection_key", connections::key(connection, id)?);
    clauses.search("search_text", &query.search);
    for choice in &query.filters {
        if let Some((_, column)) = FIELDS.iter().find(|(field, _)| *field == choice.field) {
            clauses.any_of(column, &choice.values);
        }
    }
    let columns: &[&str] = match query.sort.as_deref() {
        Some("email") => &["email_sort", "person_row"],
        Some("situation") => &["situation", "name_sort", "person_row"],
        Some("source_state") => &["source_state", "name_sort", "person_row"],
        Some("target_state") => &["target_state", "name_sort", "person_row"],
        Some("sync_state") => &["sync_state", "name_sort", "person_row"],
        _ => &["name_sort", "person_row"],
    };
    let order = order_by(columns, query.direction);
    clauses.window(connection, "people", COLUMNS, &order, query, from_row)
}

const FIELDS: [(&str, &str); 4] = [
    ("situation", "situation"),
    ("source_state", "source_state"),
    ("target_state", "target_state"),
    ("sync_state", "sync_state"),
];

/// Counts all people per `situation`, `source_state`, `target_state` and `sync_state`.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn state_facets(connection: &Connection, id: &ConnectionId) -> Result<Vec<Facet>, StoreError> {
    facets(connection, "people", ("connection_key", connections::key(connection, id)?), &FIELDS)
}
