//! Numbers for the identifiers of both sides, so that a membership costs a few bytes and not two texts.

use lockstep_core::ids::{ScimId, SourceGroupId, SourceUserId};
use rusqlite::{Connection, OptionalExtension};
use rustc_hash::FxHashMap;

use crate::store::{StoreError, WriteTransaction};

/// An identifier type that has numbers.
pub(super) trait Keyed: Clone {
    /// Returns the vendor's text.
    fn text(&self) -> &str;
    /// Wraps the vendor's text.
    fn from_text(text: &str) -> Self;
}

impl Keyed for SourceUserId {
    fn text(&self) -> &str {
        self.as_str()
    }

    fn from_text(text: &str) -> Self {
        text.into()
    }
}

impl Keyed for SourceGroupId {
    fn text(&self) -> &str {
        self.as_str()
    }

    fn from_text(text: &str) -> Self {
        text.into()
    }
}

impl Keyed for ScimId {
    fn text(&self) -> &str {
        self.as_str()
    }

    fn from_text(text: &str) -> Self {
        text.into()
    }
}

/// What an identifier names; SCIM users and groups share a type but not an id space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    SourceUser = 1,
    SourceGroup = 2,
    TargetUser = 3,
    TargetGroup = 4,
}

/// Returns the number of an identifier, if it has one.
pub(super) fn find(
    connection: &Connection,
    owner: i64,
    kind: Kind,
    id: &impl Keyed,
) -> Result<Option<i64>, StoreError> {
    let key = connection
        .prepare_cached(
            "SELECT object_key FROM object_keys WHERE connection_key = ?1 AND kind = ?2 AND object_id = ?3",
        )?
        .query_row((owner, kind as i64, id.text()), |row| row.get(0))
        .optional()?;
    Ok(key)
}

/// Returns the number of an identifier, giving it one if need be.
pub(super) fn ensure(
    tx: &WriteTransaction<'_>,
    owner: i64,
    kind: Kind,
    id: &impl Keyed,
) -> Result<i64, StoreError> {
    if let Some(key) = find(tx, owner, kind, id)? {
        return Ok(key);
    }
    tx.prepare_cached("INSERT INTO object_keys (connection_key, kind, object_id) VALUES (?1, ?2, ?3)")?
        .execute((owner, kind as i64, id.text()))?;
    Ok(tx.last_insert_rowid())
}

/// All identifiers of a kind, in their own order, found by number.
///
/// The place of an id in this order stands for it while rows are loaded: sorting and comparing numbers instead of texts makes loading a million memberships cheap.
pub(super) struct Ranked<I> {
    ids: Vec<I>,
    /// By number, counted from the smallest one: numbers are given out one after another, so that few places stay empty.
    ranks: Vec<u32>,
    first: i64,
}

/// No id has this number.
const NONE: u32 = u32::MAX;

impl<I: Keyed> Ranked<I> {
    pub(super) fn load(connection: &Connection, owner: i64, kind: Kind) -> Result<Self, StoreError> {
        let mut statement = connection.prepare_cached(
            "SELECT object_key, object_id FROM object_keys WHERE connection_key = ?1 AND kind = ?2 ORDER BY object_id",
        )?;
        let mut rows = statement.query((owner, kind as i64))?;
        let (mut ids, mut keys) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            keys.push(row.get::<_, i64>(0)?);
            ids.push(I::from_text(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?));
        }
        Self::by_key(ids, &keys)
    }

    /// Returns a ranking of just one identifier.
    pub(super) fn single(key: i64, id: I) -> Self {
        Self { ids: vec![id], ranks: vec![0], first: key }
    }

    fn by_key(ids: Vec<I>, keys: &[i64]) -> Result<Self, StoreError> {
        let too_many = || StoreError::corrupt("ids", "too many");
        let first = keys.iter().copied().min().unwrap_or(0);
        let last = keys.iter().copied().max().unwrap_or(first - 1);
        let mut ranks = vec![NONE; usize::try_from(last - first + 1).map_err(|_| too_many())?];
        for (rank, key) in (0..).zip(keys) {
            if let Some(place) = usize::try_from(key - first).ok().and_then(|at| ranks.get_mut(at)) {
                *place = rank;
            }
        }
        if ids.len() >= NONE as usize { Err(too_many()) } else { Ok(Self { ids, ranks, first }) }
    }

    pub(super) fn rank(&self, key: i64) -> Result<u32, StoreError> {
        let found = usize::try_from(key - self.first).ok().and_then(|at| self.ranks.get(at)).copied();
        found
            .filter(|rank| *rank != NONE)
            .ok_or_else(|| StoreError::corrupt("id", format!("no text for {key}")))
    }

    pub(super) fn at(&self, rank: u32) -> Result<&I, StoreError> {
        self.ids.get(rank as usize).ok_or_else(|| StoreError::corrupt("id", format!("no rank {rank}")))
    }

    pub(super) fn id(&self, key: i64) -> Result<I, StoreError> {
        self.at(self.rank(key)?).cloned()
    }
}

/// Numbers of a kind by identifier, kept in memory for the length of a refresh.
#[derive(Debug, Default)]
pub(super) struct KnownKeys(FxHashMap<Box<str>, i64>);

impl KnownKeys {
    pub(super) fn load(connection: &Connection, owner: i64, kind: Kind) -> Result<Self, StoreError> {
        let mut statement = connection.prepare_cached(
            "SELECT object_id, object_key FROM object_keys WHERE connection_key = ?1 AND kind = ?2",
        )?;
        let keys = statement
            .query_map((owner, kind as i64), |row| Ok((row.get::<_, Box<str>>(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        Ok(Self(keys))
    }

    pub(super) fn ensure(
        &mut self,
        tx: &WriteTransaction<'_>,
        owner: i64,
        kind: Kind,
        id: &impl Keyed,
    ) -> Result<i64, StoreError> {
        if let Some(key) = self.0.get(id.text()) {
            return Ok(*key);
        }
        let key = ensure(tx, owner, kind, id)?;
        self.0.insert(id.text().into(), key);
        Ok(key)
    }
}
