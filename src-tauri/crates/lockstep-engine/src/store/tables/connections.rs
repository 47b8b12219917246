//! Connections: what was entered, and the state they are in.

use jiff::Timestamp;
use lockstep_core::ids::ConnectionId;
use lockstep_core::memory::TargetMemory;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use unicode_normalization::UnicodeNormalization;

use super::columns::{from_json, from_word, in_row, time, to_json, word};
use crate::api::views::{ConnectionDraft, ConnectionState, Endpoints};
use crate::clock::to_text;
use crate::store::{StoreError, WriteTransaction};
use crate::tags::CacheTag;

/// A stored connection; its keys are elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionRecord {
    /// Slug; never changes.
    pub id: ConnectionId,
    /// State.
    pub state: ConnectionState,
    /// Why it is paused; `None` unless it is.
    pub pause_reason: Option<String>,
    /// Whether both sides are the built-in simulators.
    pub is_sandbox: bool,
    /// What was entered.
    pub draft: ConnectionDraft,
    /// When it was added.
    pub created_at: Timestamp,
    /// When anything of it last changed.
    pub updated_at: Timestamp,
}

const COLUMNS: &str = "connection_id, name, state, pause_reason, is_sandbox, jumpcloud_url, insights_url, jumpcloud_org, application, \
     scim_url, organisation_url, organisation_id, policy, concurrency, read_interval, created_at, updated_at";

fn from_row(row: &Row<'_>) -> rusqlite::Result<ConnectionRecord> {
    let text = |index| row.get::<_, String>(index);
    let read = || -> Result<ConnectionRecord, StoreError> {
        Ok(ConnectionRecord {
            id: text(0)?.into(),
            state: from_word("connection state", &text(2)?)?,
            pause_reason: row.get(3)?,
            is_sandbox: row.get(4)?,
            draft: ConnectionDraft {
                name: text(1)?,
                endpoints: Endpoints {
                    jumpcloud_url: text(5)?,
                    insights_url: row.get(6)?,
                    jumpcloud_organisation: row.get(7)?,
                    application: text(8)?,
                    scim_url: text(9)?,
                    organisation_url: row.get(10)?,
                    organisation_id: row.get(11)?,
                },
                policy: from_json("policy", &text(12)?)?,
                concurrency: row.get(13)?,
                read_interval_seconds: row.get(14)?,
            },
            created_at: time("connection's time", &text(15)?)?,
            updated_at: time("connection's time", &text(16)?)?,
        })
    };
    read().map_err(in_row)
}

/// Returns all connections, by name then id.
///
/// # Errors
/// When a stored value cannot be read.
pub fn list(connection: &Connection) -> Result<Vec<ConnectionRecord>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM connections ORDER BY name, connection_id");
    let rows = connection.prepare_cached(&sql)?.query_map((), from_row)?.collect::<Result<_, _>>()?;
    Ok(rows)
}

/// Returns a connection.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn get(connection: &Connection, id: &ConnectionId) -> Result<ConnectionRecord, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM connections WHERE connection_id = ?1");
    connection
        .prepare_cached(&sql)?
        .query_row([id.as_str()], from_row)
        .optional()?
        .ok_or_else(|| StoreError::not_found("connection", id.as_str()))
}

/// Returns the number by which this file's bulk tables know the connection.
pub(super) fn key(connection: &Connection, id: &ConnectionId) -> Result<i64, StoreError> {
    connection
        .prepare_cached("SELECT connection_key FROM connections WHERE connection_id = ?1")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?
        .ok_or_else(|| StoreError::not_found("connection", id.as_str()))
}

/// As [`key`], out of the writer's memory where it has been asked for before.
pub(super) fn key_by_heart(tx: &WriteTransaction<'_>, id: &ConnectionId) -> Result<i64, StoreError> {
    tx.memory().connection(id.as_str(), || key(tx, id))
}

/// Returns an id made from a name: lower-case letters, digits and hyphens. It avoids removed connections' ids too, whose logs stay readable under them.
///
/// # Errors
/// When SQLite refuses.
pub fn free_id(connection: &Connection, name: &str) -> Result<ConnectionId, StoreError> {
    let slug = slug(name);
    let mut taken = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM connections WHERE connection_id = ?1) OR EXISTS (SELECT 1 FROM events WHERE connection = ?1)",
    )?;
    let mut candidate = slug.clone();
    for suffix in 2_u32.. {
        if !taken.query_row([&candidate], |row| row.get::<_, bool>(0))? {
            break;
        }
        candidate = format!("{slug}-{suffix}");
    }
    Ok(candidate.into())
}

fn slug(name: &str) -> String {
    let mut slug = String::new();
    // Decomposed, an accented letter is its base letter and marks that are left out.
    for letter in name.nfkd().flat_map(char::to_lowercase) {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty()
            && !slug.ends_with('-')
            && !unicode_normalization::char::is_combining_mark(letter)
        {
            slug.push('-');
        }
    }
    slug.truncate(40);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "connection".to_owned() } else { slug.to_owned() }
}

/// Adds a connection, inactive.
///
/// # Errors
/// [`StoreError::AlreadyExists`].
pub fn insert(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    draft: &ConnectionDraft,
    is_sandbox: bool,
    at: Timestamp,
) -> Result<(), StoreError> {
    if key(tx, id).is_ok() {
        return Err(StoreError::AlreadyExists { what: "connection", id: id.to_string() });
    }
    tx.execute(
        "INSERT INTO connections (connection_id, name, is_sandbox, jumpcloud_url, insights_url, jumpcloud_org, application, scim_url,
             organisation_url, organisation_id, policy, concurrency, read_interval, created_at, updated_at)
         VALUES (:id, :name, :is_sandbox, :jumpcloud_url, :insights_url, :jumpcloud_org, :application, :scim_url,
             :organisation_url, :organisation_id, :policy, :concurrency, :read_interval, :at, :at)",
        named_params! {
            ":id": id.as_str(),
            ":name": draft.name,
            ":is_sandbox": is_sandbox,
            ":jumpcloud_url": draft.endpoints.jumpcloud_url,
            ":insights_url": draft.endpoints.insights_url,
            ":jumpcloud_org": draft.endpoints.jumpcloud_organisation,
            ":application": draft.endpoints.application,
            ":scim_url": draft.endpoints.scim_url,
            ":organisation_url": draft.endpoints.organisation_url,
            ":organisation_id": draft.endpoints.organisation_id,
            ":policy": to_json("policy", &draft.policy)?,
            ":concurrency": draft.concurrency,
            ":read_interval": draft.read_interval_seconds,
            ":at": to_text(at),
        },
    )?;
    tx.touch(CacheTag::Connections);
    Ok(())
}

/// Replaces what was entered.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn update(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    draft: &ConnectionDraft,
    at: Timestamp,
) -> Result<(), StoreError> {
    let changed = tx.execute(
        "UPDATE connections SET name = :name, jumpcloud_url = :jumpcloud_url, insights_url = :insights_url, jumpcloud_org = :jumpcloud_org,
             application = :application, scim_url = :scim_url, organisation_url = :organisation_url, organisation_id = :organisation_id,
             policy = :policy, concurrency = :concurrency, read_interval = :read_interval, updated_at = :at
         WHERE connection_id = :id",
        named_params! {
            ":id": id.as_str(),
            ":name": draft.name,
            ":jumpcloud_url": draft.endpoints.jumpcloud_url,
            ":insights_url": draft.endpoints.insights_url,
            ":jumpcloud_org": draft.endpoints.jumpcloud_organisation,
            ":application": draft.endpoints.application,
            ":scim_url": draft.endpoints.scim_url,
            ":organisation_url": draft.endpoints.organisation_url,
            ":organisation_id": draft.endpoints.organisation_id,
            ":policy": to_json("policy", &draft.policy)?,
            ":concurrency": draft.concurrency,
            ":read_interval": draft.read_interval_seconds,
            ":at": to_text(at),
        },
    )?;
    found(tx, changed, id)
}

/// Sets the state; the reason is kept only while paused.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn set_state(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    state: ConnectionState,
    pause_reason: Option<&str>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let reason = pause_reason.filter(|_| state == ConnectionState::Paused);
    let changed = tx.execute(
        "UPDATE connections SET state = ?2, pause_reason = ?3, updated_at = ?4 WHERE connection_id = ?1",
        (id.as_str(), word(&state)?, reason, to_text(at)),
    )?;
    found(tx, changed, id)
}

fn found(tx: &WriteTransaction<'_>, changed: usize, id: &ConnectionId) -> Result<(), StoreError> {
    if changed == 0 {
        return Err(StoreError::not_found("connection", id.as_str()));
    }
    tx.touch(CacheTag::Connections);
    Ok(())
}

/// Removes a connection with everything stored about it, except its events.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn remove(tx: &WriteTransaction<'_>, id: &ConnectionId) -> Result<(), StoreError> {
    let key = key(tx, id)?;
    for sql in [
        "DELETE FROM source_memberships WHERE group_key IN (SELECT object_key FROM object_keys WHERE connection_key = ?1 AND kind = 2)",
        "DELETE FROM target_memberships WHERE group_key IN (SELECT object_key FROM object_keys WHERE connection_key = ?1 AND kind = 4)",
        "DELETE FROM group_link_members WHERE group_key IN (SELECT object_key FROM object_keys WHERE connection_key = ?1 AND kind = 2)",
        "DELETE FROM plan_operations WHERE plan_key IN (SELECT plan_key FROM plans WHERE connection_key = ?1)",
        "DELETE FROM run_operations WHERE run_key IN (SELECT run_key FROM runs WHERE connection_key = ?1)",
        "DELETE FROM run_differences WHERE run_key IN (SELECT run_key FROM runs WHERE connection_key = ?1)",
        "DELETE FROM source_people WHERE connection_key = ?1",
        "DELETE FROM source_groups WHERE connection_key = ?1",
        "DELETE FROM target_users WHERE connection_key = ?1",
        "DELETE FROM target_groups WHERE connection_key = ?1",
        "DELETE FROM snapshots WHERE connection_key = ?1",
        "DELETE FROM person_links WHERE connection_key = ?1",
        "DELETE FROM group_links WHERE connection_key = ?1",
        "DELETE FROM people WHERE connection_key = ?1",
        "DELETE FROM groups WHERE connection_key = ?1",
        "DELETE FROM quarantine WHERE connection_key = ?1",
        "DELETE FROM decisions WHERE connection_key = ?1",
        "DELETE FROM object_keys WHERE connection_key = ?1",
        "DELETE FROM connections WHERE connection_key = ?1",
    ] {
        tx.execute(sql, [key])?;
    }
    tx.memory().forget();
    for tag in [
        CacheTag::Connections,
        CacheTag::Snapshots,
        CacheTag::People,
        CacheTag::Groups,
        CacheTag::Links,
        CacheTag::Plan,
        CacheTag::Conflicts,
        CacheTag::Runs,
        CacheTag::Quarantine,
    ] {
        tx.touch(tag);
    }
    Ok(())
}

/// Returns what was learnt about the connection's target; empty before anything was.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn target_memory(connection: &Connection, id: &ConnectionId) -> Result<TargetMemory, StoreError> {
    let text: Option<String> = connection
        .prepare_cached("SELECT memory FROM target_memory WHERE connection_key = ?1")?
        .query_row([key(connection, id)?], |row| row.get(0))
        .optional()?;
    text.map_or_else(|| Ok(TargetMemory::default()), |text| from_json("target memory", &text))
}

/// Replaces what was learnt about the connection's target.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn set_target_memory(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    memory: &TargetMemory,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO target_memory (connection_key, memory) VALUES (?1, ?2)
         ON CONFLICT (connection_key) DO UPDATE SET memory = excluded.memory",
        (key(tx, id)?, to_json("target memory", memory)?),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn an_id_is_made_of_letters_digits_and_hyphens() {
        for (name, id) in [
            ("Acme Corp.", "acme-corp"),
            ("  Zürich & Søn  ", "zurich-s-n"),
            ("日本", "connection"),
            ("A--B__C", "a-b-c"),
        ] {
            assert_eq!(slug(name), id, "from {name:?}");
        }
    }
}
