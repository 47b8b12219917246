//! The cache of what Atlassian said, and how it follows what a run wrote.

use lockstep_core::attribute::{Attribute, AttributeSet};
use lockstep_core::ids::{ConnectionId, ScimId};
use lockstep_core::snapshot::Completeness;
use lockstep_core::snapshot::target::{OrganisationSnapshot, TargetGroup, TargetSnapshot, TargetUser};
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};
use serde::{Deserialize, Serialize};

use super::columns::{RowHash, from_json};
use super::connections;
use super::object_keys::{self, Kind, Ranked};
use super::refresh::State;
use super::snapshots::{self, Side, SnapshotInfo, Tables};
use super::source_cache::load_members;
use super::versions::{Values, replace_now};
use crate::store::{StoreError, WriteTransaction};
use crate::tags::CacheTag;

pub(super) const TABLES: Tables = Tables {
    people: "target_users",
    groups: "target_groups",
    memberships: "target_memberships",
    group_kind: Kind::TargetGroup as i64,
};

/// What a reading of Atlassian says besides its rows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TargetMarkers {
    /// Whether the list of users was read to its end.
    pub users: Completeness,
    /// Whether the list of groups was read to its end.
    pub groups: Completeness,
    /// What the organisation key can see; `None` without one.
    pub organisation: Option<OrganisationSnapshot>,
}

/// The attribute columns, in the order of the table.
const ATTRIBUTES: [(Attribute, &str); 14] = [
    (Attribute::ExternalId, "external_id"),
    (Attribute::UserName, "user_name"),
    (Attribute::Email, "email"),
    (Attribute::GivenName, "given_name"),
    (Attribute::MiddleName, "middle_name"),
    (Attribute::FamilyName, "family_name"),
    (Attribute::DisplayName, "display_name"),
    (Attribute::NickName, "nick_name"),
    (Attribute::Title, "title"),
    (Attribute::Department, "department"),
    (Attribute::Organization, "organization"),
    (Attribute::PreferredLanguage, "preferred_language"),
    (Attribute::Timezone, "timezone"),
    (Attribute::WorkPhone, "work_phone"),
];

/// Columns before the attributes: `active, account_id`.
const PLAIN_COUNT: usize = 2;

fn attribute_columns() -> String {
    ATTRIBUTES.map(|(_, column)| column).join(", ")
}

fn user_hash(user: &TargetUser) -> i64 {
    let mut hash = RowHash::default();
    hash.flag(user.active);
    hash.text(user.account_id.as_deref());
    for (attribute, _) in ATTRIBUTES {
        hash.text(user.attributes.get(attribute));
    }
    hash.finish()
}

fn insert_user(
    tx: &WriteTransaction<'_>,
    (owner, key, generation, hash): (i64, i64, u32, i64),
    user: &TargetUser,
) -> Result<(), StoreError> {
    let places = vec!["?"; 4 + PLAIN_COUNT + ATTRIBUTES.len()].join(", ");
    let sql = format!(
        "INSERT INTO target_users (connection_key, person_key, valid_from, row_hash, active, account_id, {}) VALUES ({places})",
        attribute_columns()
    );
    let attributes = ATTRIBUTES.map(|(attribute, _)| user.attributes.get(attribute));
    let account = user.account_id.as_deref();
    let mut values: Values<'_> = vec![&owner, &key, &generation, &hash, &user.active, &account];
    values.extend(attributes.iter().map(|value| value as &dyn rusqlite::ToSql));
    tx.prepare_cached(&sql)?.execute(params_from_iter(values))?;
    Ok(())
}

fn insert_group(
    tx: &WriteTransaction<'_>,
    (owner, key, generation, hash): (i64, i64, u32, i64),
    group: &TargetGroup,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO target_groups (connection_key, group_key, valid_from, row_hash, display_name, external_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((owner, key, generation, hash, &group.display_name, &group.external_id))?;
    Ok(())
}

fn group_hash(group: &TargetGroup) -> i64 {
    let mut hash = RowHash::default();
    hash.text(Some(&group.display_name));
    hash.text(group.external_id.as_deref());
    hash.finish()
}

pub(super) fn put_users(
    tx: &WriteTransaction<'_>,
    state: &mut State,
    page: &[TargetUser],
) -> Result<(), StoreError> {
    for user in page {
        let hash = user_hash(user);
        let key = state.person_key(tx, &user.id)?;
        if state.people.meet(tx, key, hash)? {
            insert_user(tx, (state.owner, key, state.generation, hash), user)?;
        }
    }
    Ok(())
}

pub(super) fn put_groups(
    tx: &WriteTransaction<'_>,
    state: &mut State,
    page: &[TargetGroup],
) -> Result<(), StoreError> {
    for group in page {
        let hash = group_hash(group);
        let key = state.group_key(tx, &group.id)?;
        if state.groups.meet(tx, key, hash)? {
            insert_group(tx, (state.owner, key, state.generation, hash), group)?;
        }
        state.members(tx, key, &group.members)?;
    }
    Ok(())
}

/// Loads the reading in force; `None` before the first one was complete.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection; when a stored value cannot be read.
pub fn load(
    connection: &Connection,
    id: &ConnectionId,
) -> Result<Option<(SnapshotInfo, TargetSnapshot)>, StoreError> {
    let owner = connections::key(connection, id)?;
    let Some(info) = snapshots::in_force_of(connection, owner, Side::Target)? else { return Ok(None) };
    let markers: TargetMarkers = from_json("snapshot's markers", &info.markers)?;
    let user_ids = Ranked::load(connection, owner, Kind::TargetUser)?;
    let snapshot = TargetSnapshot {
        users: load_users(connection, owner, info.generation, &user_ids)?,
        groups: load_groups(connection, owner, info.generation, &user_ids)?,
        users_completeness: markers.users,
        groups_completeness: markers.groups,
        organisation: markers.organisation,
    };
    Ok(Some((info, snapshot)))
}

/// Returns what the organisation key saw at the reading in force; `None` without one, or before there was a reading.
///
/// # Errors
/// As [`load`].
pub fn organisation(
    connection: &Connection,
    id: &ConnectionId,
) -> Result<Option<OrganisationSnapshot>, StoreError> {
    let owner = connections::key(connection, id)?;
    let Some(info) = snapshots::in_force_of(connection, owner, Side::Target)? else { return Ok(None) };
    let markers: TargetMarkers = from_json("snapshot's markers", &info.markers)?;
    Ok(markers.organisation)
}

/// Returns the names of all SCIM groups of the reading in force, with their ids.
///
/// # Errors
/// As [`load`].
pub fn group_names(connection: &Connection, id: &ConnectionId) -> Result<Vec<(ScimId, String)>, StoreError> {
    let owner = connections::key(connection, id)?;
    let generation = snapshots::generation(connection, owner, Side::Target)?;
    let names = connection
        .prepare_cached(
            "SELECT k.object_id, g.display_name FROM target_groups g JOIN object_keys k ON k.object_key = g.group_key
             WHERE g.connection_key = ?1 AND g.valid_from <= ?2 AND (g.valid_to IS NULL OR g.valid_to > ?2)
             ORDER BY k.object_id",
        )?
        .query_map((owner, generation), |row| Ok((row.get::<_, String>(0)?.into(), row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(names)
}

fn load_users(
    connection: &Connection,
    owner: i64,
    generation: u32,
    ids: &Ranked<ScimId>,
) -> Result<Vec<TargetUser>, StoreError> {
    let sql = format!(
        "SELECT person_key, active, account_id, {} FROM target_users
         WHERE connection_key = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2)",
        attribute_columns()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query((owner, generation))?;
    let mut users = Vec::new();
    while let Some(row) = rows.next()? {
        users.push(user(row, ids)?);
    }
    users.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(users)
}

fn user(row: &Row<'_>, ids: &Ranked<ScimId>) -> Result<TargetUser, StoreError> {
    let mut attributes = AttributeSet::default();
    for (index, (attribute, _)) in (PLAIN_COUNT + 1..).zip(ATTRIBUTES) {
        attributes.set(attribute, row.get_ref(index)?.as_str_or_null().map_err(rusqlite::Error::from)?);
    }
    Ok(TargetUser { id: ids.id(row.get(0)?)?, active: row.get(1)?, account_id: row.get(2)?, attributes })
}

fn load_groups(
    connection: &Connection,
    owner: i64,
    generation: u32,
    users: &Ranked<ScimId>,
) -> Result<Vec<TargetGroup>, StoreError> {
    let ids: Ranked<ScimId> = Ranked::load(connection, owner, Kind::TargetGroup)?;
    let mut statement = connection.prepare_cached(
        "SELECT group_key, display_name, external_id FROM target_groups
         WHERE connection_key = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2)",
    )?;
    let mut rows = statement.query((owner, generation))?;
    let mut groups = Vec::new();
    while let Some(row) = rows.next()? {
        let key: i64 = row.get(0)?;
        groups.push(TargetGroup {
            id: ids.id(key)?,
            display_name: row.get(1)?,
            external_id: row.get(2)?,
            members: load_members(connection, TABLES.memberships, key, generation, users)?,
        });
    }
    groups.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(groups)
}

/// Returns one SCIM user of the reading in force.
///
/// # Errors
/// As [`load`].
pub fn user_by_id(
    connection: &Connection,
    id: &ConnectionId,
    user_id: &ScimId,
) -> Result<Option<TargetUser>, StoreError> {
    let owner = connections::key(connection, id)?;
    let generation = snapshots::generation(connection, owner, Side::Target)?;
    let Some(key) = object_keys::find(connection, owner, Kind::TargetUser, user_id)? else { return Ok(None) };
    let sql = format!(
        "SELECT person_key, active, account_id, {} FROM target_users
         WHERE connection_key = ?1 AND person_key = ?3 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2)",
        attribute_columns()
    );
    let ids = Ranked::single(key, user_id.clone());
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query((owner, generation, key))?;
    rows.next()?.map(|row| user(row, &ids)).transpose()
}

/// Returns the SCIM groups that a user is in, by id and name, sorted by name.
///
/// # Errors
/// As [`load`].
pub fn groups_of_user(
    connection: &Connection,
    id: &ConnectionId,
    user_id: &ScimId,
) -> Result<Vec<(ScimId, String)>, StoreError> {
    let owner = connections::key(connection, id)?;
    let generation = snapshots::generation(connection, owner, Side::Target)?;
    let Some(key) = object_keys::find(connection, owner, Kind::TargetUser, user_id)? else {
        return Ok(Vec::new());
    };
    let groups = connection
        .prepare_cached(
            "SELECT k.object_id, g.display_name FROM target_groups g JOIN object_keys k ON k.object_key = g.group_key
             WHERE g.connection_key = ?1 AND g.valid_from <= ?2 AND (g.valid_to IS NULL OR g.valid_to > ?2)
               AND EXISTS (SELECT 1 FROM target_memberships m WHERE m.group_key = g.group_key AND m.person_key = ?3
                           AND m.valid_from <= ?2 AND (m.valid_to IS NULL OR m.valid_to > ?2))
             ORDER BY g.display_name, k.object_id",
        )?
        .query_map((owner, generation, key), |row| Ok((row.get::<_, String>(0)?.into(), row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(groups)
}

/// Puts a user as it was read back into the reading in force; for use between refreshes, in the transaction of the journal.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn set_user(tx: &WriteTransaction<'_>, id: &ConnectionId, user: &TargetUser) -> Result<(), StoreError> {
    let owner = connections::key_by_heart(tx, id)?;
    let key = object_keys::ensure(tx, owner, Kind::TargetUser, &user.id)?;
    let generation = snapshots::generation(tx, owner, Side::Target)?;
    replace_now(tx, TABLES.people, "person_key", (owner, key))?;
    insert_user(tx, (owner, key, generation, user_hash(user)), user)?;
    tx.touch(CacheTag::People);
    Ok(())
}

/// Takes a user, and the user's memberships, out of the reading in force.
///
/// # Errors
/// As [`set_user`].
pub fn remove_user(tx: &WriteTransaction<'_>, id: &ConnectionId, user: &ScimId) -> Result<(), StoreError> {
    let owner = connections::key_by_heart(tx, id)?;
    if let Some(key) = object_keys::find(tx, owner, Kind::TargetUser, user)? {
        replace_now(tx, TABLES.people, "person_key", (owner, key))?;
        tx.prepare_cached(
            "DELETE FROM target_memberships WHERE person_key = ?2 AND group_key IN (SELECT group_key FROM target_groups WHERE connection_key = ?1)",
        )?
        .execute((owner, key))?;
        tx.touch(CacheTag::People);
    }
    Ok(())
}

/// Puts a group's name and `externalId` into the reading in force; its members stay as they are.
///
/// # Errors
/// As [`set_user`].
pub fn set_group(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    group: &TargetGroup,
) -> Result<(), StoreError> {
    let owner = connections::key_by_heart(tx, id)?;
    let key = object_keys::ensure(tx, owner, Kind::TargetGroup, &group.id)?;
    let generation = snapshots::generation(tx, owner, Side::Target)?;
    replace_now(tx, TABLES.groups, "group_key", (owner, key))?;
    insert_group(tx, (owner, key, generation, group_hash(group)), group)?;
    tx.touch(CacheTag::Groups);
    Ok(())
}

/// Takes a group, and its memberships, out of the reading in force.
///
/// # Errors
/// As [`set_user`].
pub fn remove_group(tx: &WriteTransaction<'_>, id: &ConnectionId, group: &ScimId) -> Result<(), StoreError> {
    let owner = connections::key_by_heart(tx, id)?;
    if let Some(key) = object_keys::find(tx, owner, Kind::TargetGroup, group)? {
        replace_now(tx, TABLES.groups, "group_key", (owner, key))?;
        tx.prepare_cached("DELETE FROM target_memberships WHERE group_key = ?1")?.execute([key])?;
        tx.touch(CacheTag::Groups);
    }
    Ok(())
}

/// Adds and removes members of a group in the reading in force; costs what changes, not what the group holds.
///
/// # Errors
/// As [`set_user`].
pub fn change_members(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    group: &ScimId,
    added: &[ScimId],
    removed: &[ScimId],
) -> Result<(), StoreError> {
    let owner = connections::key_by_heart(tx, id)?;
    let generation = snapshots::generation(tx, owner, Side::Target)?;
    let group = object_keys::ensure(tx, owner, Kind::TargetGroup, group)?;
    let mut delete =
        tx.prepare_cached("DELETE FROM target_memberships WHERE group_key = ?1 AND person_key = ?2")?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO target_memberships (group_key, person_key, valid_from) VALUES (?1, ?2, ?3)",
    )?;
    for user in removed {
        if let Some(user) = object_keys::find(tx, owner, Kind::TargetUser, user)? {
            delete.execute((group, user))?;
        }
    }
    for user in added {
        let user = object_keys::ensure(tx, owner, Kind::TargetUser, user)?;
        delete.execute((group, user))?;
        insert.execute((group, user, generation))?;
    }
    tx.touch(CacheTag::Groups);
    Ok(())
}

/// Counts the SCIM users of the reading in force, those written since included (S10).
///
/// # Errors
/// As [`set_user`].
pub fn count_users(connection: &Connection, id: &ConnectionId) -> Result<u32, StoreError> {
    let owner = connections::key(connection, id)?;
    let generation = snapshots::generation(connection, owner, Side::Target)?;
    let users = connection
        .prepare_cached(
            "SELECT count(*) FROM target_users
             WHERE connection_key = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2)",
        )?
        .query_row((owner, generation), |row| row.get(0))
        .optional()?;
    Ok(users.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_has_a_column() {
        let stored: Vec<_> = ATTRIBUTES.iter().map(|(attribute, _)| *attribute).collect();
        assert_eq!(stored, Attribute::ALL, "an attribute without a column would be lost in the cache");
    }
}
