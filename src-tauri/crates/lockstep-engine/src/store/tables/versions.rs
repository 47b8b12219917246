//! Rows of the cache that are valid from one generation until before another.
//!
//! A row that reads the same as the one in force is not touched at all: a refresh without changes writes nothing. For that, a refresh keeps in memory which rows are in
//! force and which of them it has met (24 bytes a row).

use rusqlite::ToSql;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::store::{StoreError, WriteTransaction};

/// A row in force, as far as a refresh needs to know it.
#[derive(Debug, Clone, Copy)]
struct Known {
    hash: i64,
    from: u32,
    met: bool,
}

/// What a refresh knows about the rows of one table (people or groups).
#[derive(Debug)]
pub(super) struct Rows {
    table: &'static str,
    key_column: &'static str,
    owner: i64,
    generation: u32,
    known: FxHashMap<i64, Known>,
}

impl Rows {
    /// Loads what is in force; call it when nothing of `generation` was written yet.
    pub(super) fn load(
        tx: &WriteTransaction<'_>,
        table: &'static str,
        key_column: &'static str,
        owner: i64,
        generation: u32,
    ) -> Result<Self, StoreError> {
        let sql = format!(
            "SELECT {key_column}, row_hash, valid_from FROM {table} WHERE connection_key = ?1 AND valid_to IS NULL"
        );
        let known = tx
            .prepare_cached(&sql)?
            .query_map([owner], |row| {
                Ok((row.get(0)?, Known { hash: row.get(1)?, from: row.get(2)?, met: false }))
            })?
            .collect::<Result<_, _>>()?;
        Ok(Self { table, key_column, owner, generation, known })
    }

    /// Notes that a row was read; returns whether it must be written. A changed row's version in force is ended here.
    pub(super) fn meet(
        &mut self,
        tx: &WriteTransaction<'_>,
        key: i64,
        hash: i64,
    ) -> Result<bool, StoreError> {
        let now = Known { hash, from: self.generation, met: true };
        match self.known.get_mut(&key) {
            Some(known) if known.hash == hash => {
                known.met = true;
                return Ok(false);
            }
            // Met twice in one reading (pages shifted), and different the second time: the later one counts.
            Some(known) if known.from == self.generation => {
                *known = now;
                self.delete_new(tx, key)?;
            }
            Some(known) => {
                let from = known.from;
                *known = now;
                self.end(tx, key, from)?;
            }
            None => {
                self.known.insert(key, now);
            }
        }
        Ok(true)
    }

    /// Ends every row that was not met; returns how many are in force now.
    pub(super) fn end_unmet(&mut self, tx: &WriteTransaction<'_>) -> Result<u32, StoreError> {
        let unmet: Vec<(i64, u32)> = self
            .known
            .iter()
            .filter(|(_, known)| !known.met)
            .map(|(key, known)| (*key, known.from))
            .collect();
        for (key, from) in &unmet {
            self.end(tx, *key, *from)?;
            self.known.remove(key);
        }
        u32::try_from(self.known.len()).map_err(|_| StoreError::corrupt("cache", "too many rows"))
    }

    /// Returns the keys of the rows met so far.
    pub(super) fn met(&self) -> impl Iterator<Item = i64> {
        self.known.iter().filter(|(_, known)| known.met).map(|(key, _)| *key)
    }

    fn end(&self, tx: &WriteTransaction<'_>, key: i64, from: u32) -> Result<(), StoreError> {
        let (table, key_column) = (self.table, self.key_column);
        let sql = format!(
            "UPDATE {table} SET valid_to = ?4 WHERE connection_key = ?1 AND {key_column} = ?2 AND valid_from = ?3"
        );
        tx.prepare_cached(&sql)?.execute((self.owner, key, from, self.generation))?;
        Ok(())
    }

    fn delete_new(&self, tx: &WriteTransaction<'_>, key: i64) -> Result<(), StoreError> {
        let (table, key_column) = (self.table, self.key_column);
        let sql = format!(
            "DELETE FROM {table} WHERE connection_key = ?1 AND {key_column} = ?2 AND valid_from = ?3"
        );
        tx.prepare_cached(&sql)?.execute((self.owner, key, self.generation))?;
        Ok(())
    }
}

/// What a refresh knows about memberships: the members in force of the groups met so far, and who of them was met.
#[derive(Debug)]
pub(super) struct Memberships {
    table: &'static str,
    generation: u32,
    groups: FxHashMap<i64, Members>,
}

#[derive(Debug, Default)]
struct Members {
    unmet: FxHashSet<i64>,
    /// Met; kept because pages may overlap.
    met: FxHashSet<i64>,
}

impl Memberships {
    pub(super) fn new(table: &'static str, generation: u32) -> Self {
        Self { table, generation, groups: FxHashMap::default() }
    }

    /// Notes members that were read; writes those that are new.
    pub(super) fn meet(
        &mut self,
        tx: &WriteTransaction<'_>,
        group: i64,
        people: impl IntoIterator<Item = i64>,
    ) -> Result<(), StoreError> {
        let table = self.table;
        let members = match self.groups.entry(group) {
            std::collections::hash_map::Entry::Occupied(found) => found.into_mut(),
            std::collections::hash_map::Entry::Vacant(place) => {
                let sql = format!("SELECT person_key FROM {table} WHERE group_key = ?1 AND valid_to IS NULL");
                let unmet = tx
                    .prepare_cached(&sql)?
                    .query_map([group], |row| row.get(0))?
                    .collect::<Result<_, _>>()?;
                place.insert(Members { unmet, met: FxHashSet::default() })
            }
        };
        let sql = format!("INSERT INTO {table} (group_key, person_key, valid_from) VALUES (?1, ?2, ?3)");
        let mut insert = tx.prepare_cached(&sql)?;
        for person in people {
            if members.unmet.remove(&person) {
                members.met.insert(person);
            } else if members.met.insert(person) {
                insert.execute((group, person, self.generation))?;
            }
        }
        Ok(())
    }

    /// Ends every membership that was not met, and all of groups that were not met; returns how many are in force now.
    pub(super) fn end_unmet(
        &mut self,
        tx: &WriteTransaction<'_>,
        owner: i64,
        group_kind: i64,
    ) -> Result<u32, StoreError> {
        let (table, generation) = (self.table, self.generation);
        let sql = format!(
            "UPDATE {table} SET valid_to = ?3 WHERE group_key = ?1 AND person_key = ?2 AND valid_to IS NULL"
        );
        let mut end = tx.prepare_cached(&sql)?;
        let mut in_force = 0;
        for (group, members) in &self.groups {
            for person in &members.unmet {
                end.execute((group, person, generation))?;
            }
            in_force += members.met.len();
        }
        let all: Vec<i64> = tx
            .prepare_cached("SELECT object_key FROM object_keys WHERE connection_key = ?1 AND kind = ?2")?
            .query_map((owner, group_kind), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let sql = format!("UPDATE {table} SET valid_to = ?2 WHERE group_key = ?1 AND valid_to IS NULL");
        let mut end_all = tx.prepare_cached(&sql)?;
        for group in all.iter().filter(|group| !self.groups.contains_key(group)) {
            end_all.execute((group, generation))?;
        }
        u32::try_from(in_force).map_err(|_| StoreError::corrupt("cache", "too many memberships"))
    }
}

/// Puts one row in force now, outside a refresh: after a write, the cache follows what was read back.
pub(super) fn replace_now(
    tx: &WriteTransaction<'_>,
    table: &str,
    key_column: &str,
    (owner, key): (i64, i64),
) -> Result<(), StoreError> {
    let sql = format!("DELETE FROM {table} WHERE connection_key = ?1 AND {key_column} = ?2");
    tx.prepare_cached(&sql)?.execute((owner, key))?;
    Ok(())
}

/// A row's values by place, as SQLite takes them.
pub(super) type Values<'v> = Vec<&'v dyn ToSql>;
