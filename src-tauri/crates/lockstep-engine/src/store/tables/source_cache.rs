//! The cache of what JumpCloud said.

use lockstep_core::attribute::{SourceField, SourceFields};
use lockstep_core::ids::{ConnectionId, SourceGroupId, SourceUserId};
use lockstep_core::snapshot::Completeness;
use lockstep_core::snapshot::source::{Absence, LifecycleState, SourceGroup, SourcePerson, SourceSnapshot};
use rusqlite::{Connection, Row, params_from_iter};
use serde::{Deserialize, Serialize};

use super::columns::{RowHash, from_json, optional_time, to_json};
use super::connections;
use super::object_keys::{self, Kind, Ranked};
use super::refresh::State;
use super::snapshots::{self, Side, SnapshotInfo, Tables};
use crate::clock::to_text;
use crate::store::{StoreError, WriteTransaction};

pub(super) const TABLES: Tables = Tables {
    people: "source_people",
    groups: "source_groups",
    memberships: "source_memberships",
    group_kind: Kind::SourceGroup as i64,
};

/// What a reading of JumpCloud says besides its rows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceMarkers {
    /// Whether the list of people was read to its end.
    pub people: Completeness,
    /// Whether the list of bound groups was read to its end.
    pub groups: Completeness,
    /// Linked people who are in no page, and what asking for each said; sorted by id.
    pub absent_people: Vec<(SourceUserId, Absence)>,
    /// Linked groups that are not bound any more, and what asking for each said; sorted by id.
    pub absent_groups: Vec<(SourceGroupId, Absence)>,
    /// The application's label, when it is another product's than Atlassian's.
    #[serde(default)]
    pub foreign_application: Option<String>,
    /// Groups that were asked whether a rule decides who is in them, with the answer; sorted by id.
    pub dynamic_groups: Vec<(SourceGroupId, bool)>,
}

/// The field columns, in the order of the table.
const FIELDS: [(SourceField, &str); 17] = [
    (SourceField::Username, "username"),
    (SourceField::Email, "email"),
    (SourceField::FirstName, "first_name"),
    (SourceField::MiddleName, "middle_name"),
    (SourceField::LastName, "last_name"),
    (SourceField::DisplayName, "display_name"),
    (SourceField::JobTitle, "job_title"),
    (SourceField::Department, "department"),
    (SourceField::Company, "company"),
    (SourceField::CostCenter, "cost_center"),
    (SourceField::EmployeeType, "employee_type"),
    (SourceField::EmployeeIdentifier, "employee_identifier"),
    (SourceField::Location, "location"),
    (SourceField::WorkPhone, "work_phone"),
    (SourceField::NickName, "nick_name"),
    (SourceField::PreferredLanguage, "preferred_language"),
    (SourceField::Timezone, "timezone"),
];

/// Columns before the fields: see [`put_people`] and [`person`].
const PLAIN: &str = "state, password_expired, password_expires_at, created_at, custom";
const PLAIN_COUNT: usize = 5;

fn field_columns() -> String {
    FIELDS.map(|(_, column)| column).join(", ")
}

pub(super) fn put_people(
    tx: &WriteTransaction<'_>,
    state: &mut State,
    page: &[SourcePerson],
) -> Result<(), StoreError> {
    let places = vec!["?"; 4 + PLAIN_COUNT + FIELDS.len()].join(", ");
    let mut insert = tx.prepare_cached(&format!(
        "INSERT INTO source_people (connection_key, person_key, valid_from, row_hash, {PLAIN}, {}) VALUES ({places})",
        field_columns()
    ))?;
    for person in page {
        let lifecycle = lifecycle_number(person.state);
        let expires = person.password_expires_at.map(to_text);
        let created = person.created_at.map(to_text);
        let custom = match person.custom.as_slice() {
            [] => None,
            custom => Some(to_json("custom attributes", &custom)?),
        };
        let mut hash = RowHash::default();
        hash.text(Some(&lifecycle.to_string()));
        hash.flag(person.password_expired);
        hash.text(expires.as_deref());
        hash.text(created.as_deref());
        hash.text(custom.as_deref());
        for (field, _) in FIELDS {
            hash.text(person.fields.get(field));
        }
        let hash = hash.finish();
        let key = state.person_key(tx, &person.id)?;
        if state.people.meet(tx, key, hash)? {
            let fields = FIELDS.map(|(field, _)| person.fields.get(field));
            let mut values: super::versions::Values<'_> = vec![
                &state.owner,
                &key,
                &state.generation,
                &hash,
                &lifecycle,
                &person.password_expired,
                &expires,
                &created,
                &custom,
            ];
            values.extend(fields.iter().map(|value| value as &dyn rusqlite::ToSql));
            insert.execute(params_from_iter(values))?;
        }
    }
    Ok(())
}

pub(super) fn put_groups(
    tx: &WriteTransaction<'_>,
    state: &mut State,
    page: &[SourceGroup],
) -> Result<(), StoreError> {
    for group in page {
        let completeness = to_json("completeness", &group.completeness)?;
        let connectors = match group.other_connectors.as_slice() {
            [] => None,
            others => Some(to_json("other connectors", &others)?),
        };
        let mut hash = RowHash::default();
        hash.text(Some(&group.name));
        hash.text(Some(&completeness));
        hash.text(connectors.as_deref());
        let hash = hash.finish();
        let key = state.group_key(tx, &group.id)?;
        if state.groups.meet(tx, key, hash)? {
            tx.prepare_cached(
                "INSERT INTO source_groups (connection_key, group_key, valid_from, row_hash, name, completeness, other_connectors)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((state.owner, key, state.generation, hash, &group.name, completeness, connectors))?;
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
) -> Result<Option<(SnapshotInfo, SourceSnapshot)>, StoreError> {
    let owner = connections::key(connection, id)?;
    let Some(info) = snapshots::in_force_of(connection, owner, Side::Source)? else { return Ok(None) };
    let markers: SourceMarkers = from_json("snapshot's markers", &info.markers)?;
    let people_ids = Ranked::load(connection, owner, Kind::SourceUser)?;
    let snapshot = SourceSnapshot {
        people: load_people(connection, owner, info.generation, &people_ids)?,
        groups: with_methods(
            load_groups(connection, owner, info.generation, &people_ids)?,
            &markers.dynamic_groups,
        ),
        absent_people: markers.absent_people,
        absent_groups: markers.absent_groups,
        people_completeness: markers.people,
        groups_completeness: markers.groups,
        foreign_application: markers.foreign_application,
    };
    Ok(Some((info, snapshot)))
}

fn with_methods(mut groups: Vec<SourceGroup>, dynamic: &[(SourceGroupId, bool)]) -> Vec<SourceGroup> {
    for (id, is_dynamic) in dynamic {
        if let Some(group) =
            groups.binary_search_by(|group| group.id.cmp(id)).ok().and_then(|at| groups.get_mut(at))
        {
            group.is_dynamic = Some(*is_dynamic);
        }
    }
    groups
}

fn load_people(
    connection: &Connection,
    owner: i64,
    generation: u32,
    ids: &Ranked<SourceUserId>,
) -> Result<Vec<SourcePerson>, StoreError> {
    let sql = format!(
        "SELECT person_key, {PLAIN}, {} FROM source_people
         WHERE connection_key = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2)",
        field_columns()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query((owner, generation))?;
    let mut people = Vec::new();
    while let Some(row) = rows.next()? {
        people.push(person(row, ids)?);
    }
    people.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(people)
}

fn person(row: &Row<'_>, ids: &Ranked<SourceUserId>) -> Result<SourcePerson, StoreError> {
    let mut fields = SourceFields::default();
    for (index, (field, _)) in (PLAIN_COUNT + 1..).zip(FIELDS) {
        fields.set(field, row.get_ref(index)?.as_str_or_null().map_err(rusqlite::Error::from)?);
    }
    let text = |index| -> Result<Option<&str>, StoreError> {
        Ok(row.get_ref(index)?.as_str_or_null().map_err(rusqlite::Error::from)?)
    };
    Ok(SourcePerson {
        id: ids.id(row.get(0)?)?,
        fields,
        custom: text(5)?.map_or_else(|| Ok(Vec::new()), |custom| from_json("custom attributes", custom))?,
        state: lifecycle(row.get(1)?)?,
        password_expired: row.get(2)?,
        password_expires_at: optional_time("password's expiry", text(3)?)?,
        created_at: optional_time("person's creation", text(4)?)?,
    })
}

fn load_groups(
    connection: &Connection,
    owner: i64,
    generation: u32,
    people: &Ranked<SourceUserId>,
) -> Result<Vec<SourceGroup>, StoreError> {
    let ids: Ranked<SourceGroupId> = Ranked::load(connection, owner, Kind::SourceGroup)?;
    let mut statement = connection.prepare_cached(
        "SELECT group_key, name, completeness, other_connectors FROM source_groups
         WHERE connection_key = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2)",
    )?;
    let mut rows = statement.query((owner, generation))?;
    let mut groups = Vec::new();
    while let Some(row) = rows.next()? {
        let key: i64 = row.get(0)?;
        let connectors: Option<String> = row.get(3)?;
        groups.push(SourceGroup {
            id: ids.id(key)?,
            name: row.get(1)?,
            members: load_members(connection, TABLES.memberships, key, generation, people)?,
            completeness: from_json("completeness", &row.get::<_, String>(2)?)?,
            other_connectors: connectors
                .map_or_else(|| Ok(Vec::new()), |text| from_json("other connectors", &text))?,
            is_dynamic: None,
        });
    }
    groups.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(groups)
}

/// Loads a group's members, sorted.
pub(super) fn load_members<I: object_keys::Keyed>(
    connection: &Connection,
    table: &str,
    group: i64,
    generation: u32,
    people: &Ranked<I>,
) -> Result<Vec<I>, StoreError> {
    let sql = format!(
        "SELECT person_key FROM {table} WHERE group_key = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2)"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query((group, generation))?;
    let mut ranks = Vec::new();
    while let Some(row) = rows.next()? {
        ranks.push(people.rank(row.get(0)?)?);
    }
    ranks.sort_unstable();
    ranks.into_iter().map(|rank| people.at(rank).cloned()).collect()
}

/// Returns one person of the reading in force.
///
/// # Errors
/// As [`load`].
pub fn person_by_id(
    connection: &Connection,
    id: &ConnectionId,
    person_id: &SourceUserId,
) -> Result<Option<SourcePerson>, StoreError> {
    let owner = connections::key(connection, id)?;
    let generation = snapshots::generation(connection, owner, Side::Source)?;
    let Some(key) = object_keys::find(connection, owner, Kind::SourceUser, person_id)? else {
        return Ok(None);
    };
    let sql = format!(
        "SELECT person_key, {PLAIN}, {} FROM source_people
         WHERE connection_key = ?1 AND person_key = ?3 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2)",
        field_columns()
    );
    let ids = Ranked::single(key, person_id.clone());
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query((owner, generation, key))?;
    rows.next()?.map(|row| person(row, &ids)).transpose()
}

/// Returns the bound groups that a person is in, by id and name, sorted by name.
///
/// # Errors
/// As [`load`].
pub fn groups_of_person(
    connection: &Connection,
    id: &ConnectionId,
    person_id: &SourceUserId,
) -> Result<Vec<(SourceGroupId, String)>, StoreError> {
    let owner = connections::key(connection, id)?;
    let generation = snapshots::generation(connection, owner, Side::Source)?;
    let Some(key) = object_keys::find(connection, owner, Kind::SourceUser, person_id)? else {
        return Ok(Vec::new());
    };
    let groups = connection
        .prepare_cached(
            "SELECT k.object_id, g.name FROM source_groups g JOIN object_keys k ON k.object_key = g.group_key
             WHERE g.connection_key = ?1 AND g.valid_from <= ?2 AND (g.valid_to IS NULL OR g.valid_to > ?2)
               AND EXISTS (SELECT 1 FROM source_memberships m WHERE m.group_key = g.group_key AND m.person_key = ?3
                           AND m.valid_from <= ?2 AND (m.valid_to IS NULL OR m.valid_to > ?2))
             ORDER BY g.name, k.object_id",
        )?
        .query_map((owner, generation, key), |row| Ok((row.get::<_, String>(0)?.into(), row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(groups)
}

fn lifecycle_number(state: LifecycleState) -> i64 {
    match state {
        LifecycleState::Staged => 0,
        LifecycleState::Activated => 1,
        LifecycleState::Suspended => 2,
    }
}

fn lifecycle(number: i64) -> Result<LifecycleState, StoreError> {
    match number {
        0 => Ok(LifecycleState::Staged),
        1 => Ok(LifecycleState::Activated),
        2 => Ok(LifecycleState::Suspended),
        other => Err(StoreError::corrupt("life-cycle state", other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_field_has_a_column() {
        let stored: Vec<_> = FIELDS.iter().map(|(field, _)| *field).collect();
        assert_eq!(stored, SourceField::ALL, "a field without a column would be lost in the cache");
    }
}
