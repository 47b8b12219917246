//! Links: stored pairs of a source object and a target object.

use jiff::Timestamp;
use lockstep_core::attribute::AttributeSet;
use lockstep_core::ids::{ConnectionId, RunId, ScimId, SourceGroupId, SourceUserId};
use lockstep_core::link::{GroupLink, GroupLinkState, Links, PersonLink};
use rusqlite::{Connection, OptionalExtension};

use super::columns::{from_json, from_word, to_json, word};
use super::connections;
use super::object_keys::{self, Kind, Ranked};
use crate::clock::to_text;
use crate::store::{StoreError, WriteTransaction};
use crate::tags::CacheTag;

/// Loads all links of a connection, sorted by source id.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection; when a stored value cannot be read.
pub fn load(connection: &Connection, id: &ConnectionId) -> Result<Links, StoreError> {
    let owner = connections::key(connection, id)?;
    let people: Ranked<SourceUserId> = Ranked::load(connection, owner, Kind::SourceUser)?;
    Ok(Links {
        people: load_people(connection, owner, &people)?,
        groups: load_groups(connection, owner, &people)?,
    })
}

fn load_people(
    connection: &Connection,
    owner: i64,
    people: &Ranked<SourceUserId>,
) -> Result<Vec<PersonLink>, StoreError> {
    let targets: Ranked<ScimId> = Ranked::load(connection, owner, Kind::TargetUser)?;
    let mut statement = connection
        .prepare_cached("SELECT source_key, target_key FROM person_links WHERE connection_key = ?1")?;
    let mut rows = statement.query([owner])?;
    let mut links = Vec::new();
    while let Some(row) = rows.next()? {
        links.push(PersonLink { source: people.id(row.get(0)?)?, target: targets.id(row.get(1)?)? });
    }
    links.sort_unstable_by(|a, b| a.source.cmp(&b.source));
    Ok(links)
}

fn load_groups(
    connection: &Connection,
    owner: i64,
    people: &Ranked<SourceUserId>,
) -> Result<Vec<GroupLink>, StoreError> {
    let sources: Ranked<SourceGroupId> = Ranked::load(connection, owner, Kind::SourceGroup)?;
    let targets: Ranked<ScimId> = Ranked::load(connection, owner, Kind::TargetGroup)?;
    let mut statement = connection.prepare_cached(
        "SELECT source_key, target_key, state, name FROM group_links WHERE connection_key = ?1",
    )?;
    let mut members =
        connection.prepare_cached("SELECT person_key FROM group_link_members WHERE group_key = ?1")?;
    let mut rows = statement.query([owner])?;
    let mut links = Vec::new();
    while let Some(row) = rows.next()? {
        let source: i64 = row.get(0)?;
        let mut ranks = Vec::new();
        let mut member_rows = members.query([source])?;
        while let Some(member) = member_rows.next()? {
            ranks.push(people.rank(member.get(0)?)?);
        }
        ranks.sort_unstable();
        links.push(GroupLink {
            source: sources.id(source)?,
            target: targets.id(row.get(1)?)?,
            state: from_word("link's state", &row.get::<_, String>(2)?)?,
            name: row.get(3)?,
            last_members: ranks
                .into_iter()
                .map(|rank| people.at(rank).cloned())
                .collect::<Result<_, StoreError>>()?,
        });
    }
    links.sort_unstable_by(|a, b| a.source.cmp(&b.source));
    Ok(links)
}

/// Links a person; a link of either side that was there before gives way.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn link_person(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    link: &PersonLink,
    run: Option<&RunId>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let owner = connections::key_by_heart(tx, id)?;
    let source = object_keys::ensure(tx, owner, Kind::SourceUser, &link.source)?;
    let target = object_keys::ensure(tx, owner, Kind::TargetUser, &link.target)?;
    tx.prepare_cached(
        "INSERT OR REPLACE INTO person_links (connection_key, source_key, target_key, since, run_id) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((owner, source, target, to_text(at), run.map(RunId::as_str)))?;
    tx.touch(CacheTag::Links);
    Ok(())
}

/// Notes what was last sent about a linked person; without a link, nothing is noted.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn set_last_sent(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    source: &SourceUserId,
    sent: &AttributeSet,
) -> Result<(), StoreError> {
    let owner = connections::key_by_heart(tx, id)?;
    if let Some(source) = object_keys::find(tx, owner, Kind::SourceUser, source)? {
        tx.prepare_cached(
            "UPDATE person_links SET last_sent = ?3 WHERE connection_key = ?1 AND source_key = ?2",
        )?
        .execute((owner, source, to_json("attributes", sent)?))?;
    }
    Ok(())
}

/// Returns what was last sent about a linked person.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn last_sent(
    connection: &Connection,
    id: &ConnectionId,
    source: &SourceUserId,
) -> Result<Option<AttributeSet>, StoreError> {
    let owner = connections::key(connection, id)?;
    let Some(source) = object_keys::find(connection, owner, Kind::SourceUser, source)? else {
        return Ok(None);
    };
    let text: Option<String> = connection
        .prepare_cached("SELECT last_sent FROM person_links WHERE connection_key = ?1 AND source_key = ?2")?
        .query_row((owner, source), |row| row.get(0))
        .optional()?
        .flatten();
    text.map(|text| from_json("attributes", &text)).transpose()
}

/// Returns the SCIM id that a person is linked to.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn target_of_person(
    connection: &Connection,
    id: &ConnectionId,
    source: &SourceUserId,
) -> Result<Option<ScimId>, StoreError> {
    let owner = connections::key(connection, id)?;
    let target: Option<String> = connection
        .prepare_cached(
            "SELECT t.object_id FROM object_keys s
             JOIN person_links l ON l.connection_key = ?1 AND l.source_key = s.object_key
             JOIN object_keys t ON t.object_key = l.target_key
             WHERE s.connection_key = ?1 AND s.kind = ?2 AND s.object_id = ?3",
        )?
        .query_row((owner, Kind::SourceUser as i64, source.as_str()), |row| row.get(0))
        .optional()?;
    Ok(target.map(ScimId::from))
}

/// Returns the person that a SCIM user is linked to.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn source_of_user(
    connection: &Connection,
    id: &ConnectionId,
    target: &ScimId,
) -> Result<Option<SourceUserId>, StoreError> {
    let owner = connections::key(connection, id)?;
    let source: Option<String> = connection
        .prepare_cached(
            "SELECT s.object_id FROM object_keys t
             JOIN person_links l ON l.connection_key = ?1 AND l.target_key = t.object_key
             JOIN object_keys s ON s.object_key = l.source_key
             WHERE t.connection_key = ?1 AND t.kind = ?2 AND t.object_id = ?3",
        )?
        .query_row((owner, Kind::TargetUser as i64, target.as_str()), |row| row.get(0))
        .optional()?;
    Ok(source.map(SourceUserId::from))
}

/// Forgets a person's link.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn unlink_person(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    source: &SourceUserId,
) -> Result<(), StoreError> {
    let owner = connections::key_by_heart(tx, id)?;
    if let Some(source) = object_keys::find(tx, owner, Kind::SourceUser, source)? {
        tx.prepare_cached("DELETE FROM person_links WHERE connection_key = ?1 AND source_key = ?2")?
            .execute((owner, source))?;
        tx.touch(CacheTag::Links);
    }
    Ok(())
}

/// Links a group, or changes its link's target, state or name. `last_members` is not looked at: see [`change_group_members`] and [`set_group_members`].
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn link_group(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    link: &GroupLink,
    run: Option<&RunId>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let owner = connections::key_by_heart(tx, id)?;
    let source = object_keys::ensure(tx, owner, Kind::SourceGroup, &link.source)?;
    let target = object_keys::ensure(tx, owner, Kind::TargetGroup, &link.target)?;
    tx.prepare_cached(
        "INSERT OR REPLACE INTO group_links (connection_key, source_key, target_key, state, name, since, run_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((owner, source, target, word(&link.state)?, &link.name, to_text(at), run.map(RunId::as_str)))?;
    tx.touch(CacheTag::Links);
    Ok(())
}

/// Sets whether a group's link is in force.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection or a group without a link.
pub fn set_group_state(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    source: &SourceGroupId,
    state: GroupLinkState,
) -> Result<(), StoreError> {
    let (owner, source_key) = group_key(tx, id, source)?;
    let changed = tx
        .prepare_cached("UPDATE group_links SET state = ?3 WHERE connection_key = ?1 AND source_key = ?2")?
        .execute((owner, source_key, word(&state)?))?;
    if changed == 0 {
        return Err(StoreError::not_found("group link", source.as_str()));
    }
    tx.touch(CacheTag::Links);
    Ok(())
}

/// Forgets a group's link, and its members.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn unlink_group(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    source: &SourceGroupId,
) -> Result<(), StoreError> {
    let (owner, source) = group_key(tx, id, source)?;
    tx.execute("DELETE FROM group_links WHERE connection_key = ?1 AND source_key = ?2", (owner, source))?;
    tx.execute("DELETE FROM group_link_members WHERE group_key = ?1", [source])?;
    tx.touch(CacheTag::Links);
    Ok(())
}

/// Replaces the members of the last applied membership.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn set_group_members(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    source: &SourceGroupId,
    members: &[SourceUserId],
) -> Result<(), StoreError> {
    let (_, source_key) = group_key(tx, id, source)?;
    tx.execute("DELETE FROM group_link_members WHERE group_key = ?1", [source_key])?;
    change_group_members(tx, id, source, members, &[])
}

/// Adds to and removes from the members of the last applied membership; costs what changes, not what the group holds.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn change_group_members(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    source: &SourceGroupId,
    added: &[SourceUserId],
    removed: &[SourceUserId],
) -> Result<(), StoreError> {
    let (owner, group) = group_key(tx, id, source)?;
    let mut insert = tx
        .prepare_cached("INSERT OR IGNORE INTO group_link_members (group_key, person_key) VALUES (?1, ?2)")?;
    for person in added {
        insert.execute((group, object_keys::ensure(tx, owner, Kind::SourceUser, person)?))?;
    }
    let mut delete =
        tx.prepare_cached("DELETE FROM group_link_members WHERE group_key = ?1 AND person_key = ?2")?;
    for person in removed {
        if let Some(person) = object_keys::find(tx, owner, Kind::SourceUser, person)? {
            delete.execute((group, person))?;
        }
    }
    tx.touch(CacheTag::Links);
    Ok(())
}

/// Returns the SCIM id that a group is linked to, and whether the link is in force.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn target_of_group(
    connection: &Connection,
    id: &ConnectionId,
    source: &SourceGroupId,
) -> Result<Option<(ScimId, GroupLinkState)>, StoreError> {
    let owner = connections::key(connection, id)?;
    let found: Option<(String, String)> = connection
        .prepare_cached(
            "SELECT t.object_id, l.state FROM object_keys s
             JOIN group_links l ON l.connection_key = ?1 AND l.source_key = s.object_key
             JOIN object_keys t ON t.object_key = l.target_key
             WHERE s.connection_key = ?1 AND s.kind = ?2 AND s.object_id = ?3",
        )?
        .query_row((owner, Kind::SourceGroup as i64, source.as_str()), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    found.map(|(target, state)| Ok((target.into(), from_word("link's state", &state)?))).transpose()
}

fn group_key(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    source: &SourceGroupId,
) -> Result<(i64, i64), StoreError> {
    let owner = connections::key_by_heart(tx, id)?;
    Ok((owner, object_keys::ensure(tx, owner, Kind::SourceGroup, source)?))
}
