//! What is stored about one person and the groups around them: enough to explain them without loading everybody.

use std::collections::BTreeSet;

use lockstep_core::attribute::SourceField;
use lockstep_core::ids::{ConnectionId, ScimId, SourceGroupId, SourceUserId};
use lockstep_core::link::{GroupLink, Links, PersonLink};
use lockstep_core::snapshot::source::{SourceGroup, SourcePerson, SourceSnapshot};
use lockstep_core::snapshot::target::{TargetGroup, TargetSnapshot, TargetUser};
use rusqlite::Connection;

use super::columns::{from_json, from_word};
use super::object_keys::{self, Kind};
use super::snapshots::{self, Side};
use super::source_cache::{self, SourceMarkers};
use super::target_cache::{self, TargetMarkers};
use super::{connections, links};
use crate::store::StoreError;

/// Accounts with the same address or name that are looked at; more than one is a conflict already.
const LOOKALIKES: u32 = 5;

/// Both sides and the links, cut down to one person. Of every group's members only this person is there.
#[derive(Debug, Clone, Default)]
pub struct PersonFacts {
    /// JumpCloud's side: this person, and all bound groups.
    pub source: SourceSnapshot,
    /// Atlassian's side: this person's account, or accounts that look like theirs, and the account's groups.
    pub target: TargetSnapshot,
    /// Links of this person, of accounts that look like theirs, and of groups.
    pub links: Links,
}

impl PersonFacts {
    /// Returns the person in JumpCloud.
    #[must_use]
    pub fn person(&self) -> Option<&SourcePerson> {
        self.source.people.first()
    }

    /// Returns the account with this id.
    #[must_use]
    pub fn user(&self, id: &ScimId) -> Option<&TargetUser> {
        self.target.users.iter().find(|user| user.id == *id)
    }
}

/// Loads what is stored about a person: by the JumpCloud id where they have one, by the SCIM id of their account.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection; when a stored value cannot be read.
pub fn load(
    connection: &Connection,
    id: &ConnectionId,
    source_id: Option<&SourceUserId>,
    target_id: Option<&ScimId>,
) -> Result<PersonFacts, StoreError> {
    let owner = connections::key(connection, id)?;
    let mut facts = PersonFacts::default();
    if let Some(info) = snapshots::in_force_of(connection, owner, Side::Source)? {
        let markers: SourceMarkers = from_json("snapshot's markers", &info.markers)?;
        facts.source.absent_people = markers.absent_people;
        facts.source.absent_groups = markers.absent_groups;
        facts.source.people_completeness = markers.people;
        facts.source.groups_completeness = markers.groups;
        facts.source.groups = bound_groups(connection, owner, info.generation, source_id)?;
    }
    if let Some(info) = snapshots::in_force_of(connection, owner, Side::Target)? {
        let markers: TargetMarkers = from_json("snapshot's markers", &info.markers)?;
        facts.target.users_completeness = markers.users;
        facts.target.groups_completeness = markers.groups;
        facts.target.organisation = markers.organisation;
    }
    if let Some(source_id) = source_id {
        facts.source.people.extend(source_cache::person_by_id(connection, id, source_id)?);
    }
    let mut accounts: BTreeSet<ScimId> = target_id.into_iter().cloned().collect();
    if accounts.is_empty()
        && let Some(person) = facts.person()
    {
        accounts = lookalikes(connection, owner, person)?;
    }
    for account in &accounts {
        facts.target.users.extend(target_cache::user_by_id(connection, id, account)?);
        let link = links::source_of_user(connection, id, account)?;
        facts.links.people.extend(link.map(|source| PersonLink { source, target: account.clone() }));
        for (group, name) in target_cache::groups_of_user(connection, id, account)? {
            let members = vec![account.clone()];
            facts.target.groups.push(TargetGroup {
                id: group,
                display_name: name,
                external_id: None,
                members,
            });
        }
    }
    // A link whose account has vanished is found only from this side.
    if let Some(source) = source_id
        && let Some(target) = links::target_of_person(connection, id, source)?
        && facts.links.people.iter().all(|link| link.source != *source)
    {
        facts.links.people.push(PersonLink { source: source.clone(), target });
    }
    facts.links.people.sort_by(|a, b| a.source.cmp(&b.source));
    facts.target.groups.sort_by(|a, b| a.id.cmp(&b.id));
    facts.target.groups.dedup_by(|a, b| a.id == b.id);
    facts.links.groups = group_links(connection, owner, source_id)?;
    Ok(facts)
}

fn bound_groups(
    connection: &Connection,
    owner: i64,
    generation: u32,
    person: Option<&SourceUserId>,
) -> Result<Vec<SourceGroup>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT k.object_id, g.name, g.completeness, g.other_connectors, EXISTS (
             SELECT 1 FROM source_memberships m WHERE m.group_key = g.group_key AND m.person_key = ?3
                 AND m.valid_from <= ?2 AND (m.valid_to IS NULL OR m.valid_to > ?2))
         FROM source_groups g JOIN object_keys k ON k.object_key = g.group_key
         WHERE g.connection_key = ?1 AND g.valid_from <= ?2 AND (g.valid_to IS NULL OR g.valid_to > ?2)
         ORDER BY k.object_id",
    )?;
    let key =
        person.map(|id| object_keys::find(connection, owner, Kind::SourceUser, id)).transpose()?.flatten();
    let mut rows = statement.query((owner, generation, key))?;
    let mut groups = Vec::new();
    while let Some(row) = rows.next()? {
        let other: Option<String> = row.get(3)?;
        let is_member: bool = row.get(4)?;
        groups.push(SourceGroup {
            id: SourceGroupId::from(row.get::<_, String>(0)?),
            name: row.get(1)?,
            members: person.filter(|_| is_member).cloned().into_iter().collect(),
            completeness: from_json("completeness", &row.get::<_, String>(2)?)?,
            other_connectors: other
                .map(|text| from_json("other connectors", &text))
                .transpose()?
                .unwrap_or_default(),
            is_dynamic: None,
        });
    }
    Ok(groups)
}

fn group_links(
    connection: &Connection,
    owner: i64,
    person: Option<&SourceUserId>,
) -> Result<Vec<GroupLink>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT s.object_id, t.object_id, l.state, l.name,
             EXISTS (SELECT 1 FROM group_link_members m WHERE m.group_key = l.source_key AND m.person_key = ?2)
         FROM group_links l JOIN object_keys s ON s.object_key = l.source_key JOIN object_keys t ON t.object_key = l.target_key
         WHERE l.connection_key = ?1 ORDER BY s.object_id",
    )?;
    let key =
        person.map(|id| object_keys::find(connection, owner, Kind::SourceUser, id)).transpose()?.flatten();
    let mut rows = statement.query((owner, key))?;
    let mut links = Vec::new();
    while let Some(row) = rows.next()? {
        let was_member: bool = row.get(4)?;
        links.push(GroupLink {
            source: SourceGroupId::from(row.get::<_, String>(0)?),
            target: ScimId::from(row.get::<_, String>(1)?),
            state: from_word("link's state", &row.get::<_, String>(2)?)?,
            name: row.get(3)?,
            last_members: person.filter(|_| was_member).cloned().into_iter().collect(),
        });
    }
    Ok(links)
}

/// Finds accounts with the person's id, address or user name; a scan, since accounts have no index by these.
fn lookalikes(
    connection: &Connection,
    owner: i64,
    person: &SourcePerson,
) -> Result<BTreeSet<ScimId>, StoreError> {
    let generation = snapshots::generation(connection, owner, Side::Target)?;
    let mut statement = connection.prepare_cached(
        "SELECT k.object_id FROM target_users u JOIN object_keys k ON k.object_key = u.person_key
         WHERE u.connection_key = ?1 AND u.valid_from <= ?2 AND (u.valid_to IS NULL OR u.valid_to > ?2)
             AND (u.external_id = ?3 OR u.email = ?4 COLLATE NOCASE OR u.user_name = ?5 COLLATE NOCASE)
         ORDER BY k.object_id LIMIT ?6",
    )?;
    let found = statement.query_map(
        (
            owner,
            generation,
            person.id.as_str(),
            person.fields.get(SourceField::Email),
            person.fields.get(SourceField::Username),
            LOOKALIKES,
        ),
        |row| row.get::<_, String>(0).map(ScimId::from),
    )?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Somebody in scope whose password expires soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiry {
    /// Who.
    pub person: SourceUserId,
    /// When, as it is stored.
    pub expires_at: String,
}

/// Returns people in a bound group whose password expires between two times, the soonest first.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown connection.
pub fn expiring_passwords(
    connection: &Connection,
    id: &ConnectionId,
    between: (&str, &str),
    limit: u32,
) -> Result<Vec<Expiry>, StoreError> {
    let owner = connections::key(connection, id)?;
    let generation = snapshots::generation(connection, owner, Side::Source)?;
    let mut statement = connection.prepare_cached(
        "SELECT k.object_id, p.password_expires_at FROM source_people p JOIN object_keys k ON k.object_key = p.person_key
         WHERE p.connection_key = ?1 AND p.valid_from <= ?2 AND (p.valid_to IS NULL OR p.valid_to > ?2)
             AND p.password_expires_at >= ?3 AND p.password_expires_at < ?4 AND p.password_expired = 0 AND p.state = 1
             AND EXISTS (SELECT 1 FROM source_memberships m WHERE m.person_key = p.person_key
                 AND m.valid_from <= ?2 AND (m.valid_to IS NULL OR m.valid_to > ?2))
         ORDER BY p.password_expires_at, k.object_id LIMIT ?5",
    )?;
    let found = statement.query_map((owner, generation, between.0, between.1, limit), |row| {
        Ok(Expiry { person: SourceUserId::from(row.get::<_, String>(0)?), expires_at: row.get(1)? })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}
