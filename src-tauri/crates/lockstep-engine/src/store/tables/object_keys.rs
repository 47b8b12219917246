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
    fn from_text(text: String) -> Self;
}

impl Keyed for SourceUserId {
    fn text(&self) -> &str {
        self.as_str()
    }

    fn from_text(text: String) -> Self {
        text.into()
    }
}

impl Keyed for SourceGroupId {
    fn text(&self) -> &str {
        self.as_str()
    }

    fn from_text(text: String) -> Self {
        text.into()
    }
}

impl Keyed for ScimId {
    fn text(&self) -> &str {
        self.as_str()
    }

    fn from_text(text: String) -> Self {
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
    ranks: FxHashMap<i64, u32>,
}

impl<I: Keyed> Ranked<I> {
    pub(super) fn load(connection: &Connection, owner: i64, kind: Kind) -> Result<Self, StoreError> {
        let mut statement = connection.prepare_cached(
            "SELECT object_key, object_id FROM object_keys WHERE connection_key = ?1 AND kind = ?2 ORDER BY object_id",
        )?;
        let mut rows = statement.query((owner, kind as i64))?;
        let mut all = Self { ids: Vec::new(), ranks: FxHashMap::default() };
        while let Some(row) = rows.next()? {
            let rank = u32::try_from(all.ids.len()).map_err(|_| StoreError::corrupt("ids", "too many"))?;
            all.ranks.insert(row.get(0)?, rank);
            all.ids.push(I::from_text(row.get(1)?));
        }
        Ok(all)
    }

    /// Returns a ranking of just one identifier.
    pub(super) fn single(key: i64, id: I) -> Self {
        Self { ids: vec![id], ranks: std::iter::once((key, 0)).collect() }
    }

    pub(super) fn rank(&self, key: i64) -> Result<u32, StoreError> {
        self.ranks.get(&key).copied().ok_or_else(|| StoreError::corrupt("id", format!("no text for {key}")))
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
