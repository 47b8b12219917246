//! A refresh under way: pages of either side go into the cache under a generation that nobody sees before its end.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use lockstep_core::ids::{ConnectionId, ScimId, SourceGroupId, SourceUserId};
use lockstep_core::snapshot::source::{SourceGroup, SourcePerson};
use lockstep_core::snapshot::target::{TargetGroup, TargetUser};

use super::object_keys::{Keyed, Kind, KnownKeys};
use super::snapshots::{self, Completed, Side};
use super::source_cache::{self, SourceMarkers};
use super::target_cache::{self, TargetMarkers};
use super::versions::{Memberships, Rows};
use super::{columns, connections};
use crate::store::{Store, StoreError, WriteTransaction};
use crate::tags::CacheTag;

/// The state of a refresh; only the writer's thread touches it.
#[derive(Debug)]
pub(super) struct State {
    pub(super) owner: i64,
    pub(super) generation: u32,
    pub(super) people: Rows,
    pub(super) groups: Rows,
    pub(super) memberships: Memberships,
    person_keys: KnownKeys,
    group_keys: KnownKeys,
    person_kind: Kind,
    group_kind: Kind,
}

impl State {
    fn begin(
        tx: &WriteTransaction<'_>,
        id: &ConnectionId,
        side: Side,
        at: Timestamp,
    ) -> Result<Self, StoreError> {
        let owner = connections::key_by_heart(tx, id)?;
        let (tables, person_kind, group_kind) = match side {
            Side::Source => (&source_cache::TABLES, Kind::SourceUser, Kind::SourceGroup),
            Side::Target => (&target_cache::TABLES, Kind::TargetUser, Kind::TargetGroup),
        };
        let generation = snapshots::begin(tx, owner, side, tables, at)?;
        Ok(Self {
            owner,
            generation,
            people: Rows::load(tx, tables.people, "person_key", owner, generation)?,
            groups: Rows::load(tx, tables.groups, "group_key", owner, generation)?,
            memberships: Memberships::new(tables.memberships, generation),
            person_keys: KnownKeys::load(tx, owner, person_kind)?,
            group_keys: KnownKeys::load(tx, owner, group_kind)?,
            person_kind,
            group_kind,
        })
    }

    pub(super) fn person_key(
        &mut self,
        tx: &WriteTransaction<'_>,
        id: &impl Keyed,
    ) -> Result<i64, StoreError> {
        self.person_keys.ensure(tx, self.owner, self.person_kind, id)
    }

    pub(super) fn group_key(
        &mut self,
        tx: &WriteTransaction<'_>,
        id: &impl Keyed,
    ) -> Result<i64, StoreError> {
        self.group_keys.ensure(tx, self.owner, self.group_kind, id)
    }

    pub(super) fn members(
        &mut self,
        tx: &WriteTransaction<'_>,
        group: i64,
        members: &[impl Keyed],
    ) -> Result<(), StoreError> {
        let mut keys = Vec::with_capacity(members.len());
        for member in members {
            keys.push(self.person_key(tx, member)?);
        }
        self.memberships.meet(tx, group, keys)
    }

    fn finish(
        &mut self,
        tx: &WriteTransaction<'_>,
        side: Side,
        markers: String,
        at: Timestamp,
    ) -> Result<u32, StoreError> {
        // A group that was read without members was met all the same.
        for group in self.groups.met().collect::<Vec<_>>() {
            self.memberships.meet(tx, group, [])?;
        }
        let info = Completed {
            generation: self.generation,
            at,
            people: self.people.end_unmet(tx)?,
            groups: self.groups.end_unmet(tx)?,
            memberships: self.memberships.end_unmet(tx, self.owner, self.group_kind as i64)?,
            markers,
        };
        let tables = match side {
            Side::Source => &source_cache::TABLES,
            Side::Target => &target_cache::TABLES,
        };
        snapshots::complete(tx, self.owner, side, tables, &info)?;
        for tag in [CacheTag::Snapshots, CacheTag::People, CacheTag::Groups] {
            tx.touch(tag);
        }
        Ok(self.generation)
    }
}

/// What both kinds of refresh share: the store, and the state that goes to the writer's thread with each page.
#[derive(Debug, Clone)]
struct Handle {
    store: Store,
    // Only write closures lock it, one at a time on the writer's thread: there is never any waiting.
    state: Arc<Mutex<State>>,
    side: Side,
}

impl Handle {
    async fn begin(store: &Store, id: &ConnectionId, side: Side, at: Timestamp) -> Result<Self, StoreError> {
        let id = id.clone();
        let state = store.write(move |tx| State::begin(tx, &id, side, at)).await?;
        Ok(Self { store: store.clone(), state: Arc::new(Mutex::new(state)), side })
    }

    async fn page(
        &self,
        work: impl FnOnce(&WriteTransaction<'_>, &mut State) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StoreError> {
        let state = Arc::clone(&self.state);
        self.store.write(move |tx| work(tx, &mut state.lock().unwrap_or_else(PoisonError::into_inner))).await
    }

    async fn finish(self, markers: String, at: Timestamp) -> Result<u32, StoreError> {
        let (state, side) = (self.state, self.side);
        self.store
            .write(move |tx| {
                state.lock().unwrap_or_else(PoisonError::into_inner).finish(tx, side, markers, at)
            })
            .await
    }
}

/// A reading of JumpCloud that is being stored. Dropping it unfinished leaves the reading before in force; so does any error: after one, begin anew.
///
/// Pages may come in any order and from several tasks; an object that comes twice counts as it came last, and a member that comes twice once.
#[derive(Debug, Clone)]
pub struct SourceRefresh(Handle);

impl SourceRefresh {
    /// Opens the next generation, after clearing away what an unfinished reading left.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown connection.
    pub async fn begin(store: &Store, connection: &ConnectionId, at: Timestamp) -> Result<Self, StoreError> {
        Ok(Self(Handle::begin(store, connection, Side::Source, at).await?))
    }

    /// Stores a page of people.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub async fn people(&self, page: Vec<SourcePerson>) -> Result<(), StoreError> {
        self.0.page(move |tx, state| source_cache::put_people(tx, state, &page)).await
    }

    /// Stores groups, with the members that they carry; further members may follow by [`SourceRefresh::members`].
    ///
    /// # Errors
    /// When SQLite refuses.
    pub async fn groups(&self, page: Vec<SourceGroup>) -> Result<(), StoreError> {
        self.0.page(move |tx, state| source_cache::put_groups(tx, state, &page)).await
    }

    /// Stores a page of a group's members.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub async fn members(&self, group: SourceGroupId, page: Vec<SourceUserId>) -> Result<(), StoreError> {
        self.0
            .page(move |tx, state| {
                let group = state.group_key(tx, &group)?;
                state.members(tx, group, &page)
            })
            .await
    }

    /// Puts the reading in force: exactly what was read, what is missing in it being said by the markers. Returns its generation.
    ///
    /// # Errors
    /// When SQLite refuses, or when another reading of the same side began meanwhile.
    pub async fn finish(self, markers: &SourceMarkers, at: Timestamp) -> Result<u32, StoreError> {
        let markers = columns::to_json("snapshot's markers", markers)?;
        self.0.finish(markers, at).await
    }
}

/// A reading of Atlassian that is being stored; as [`SourceRefresh`].
#[derive(Debug, Clone)]
pub struct TargetRefresh(Handle);

impl TargetRefresh {
    /// Opens the next generation, after clearing away what an unfinished reading left.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown connection.
    pub async fn begin(store: &Store, connection: &ConnectionId, at: Timestamp) -> Result<Self, StoreError> {
        Ok(Self(Handle::begin(store, connection, Side::Target, at).await?))
    }

    /// Stores a page of SCIM users.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub async fn users(&self, page: Vec<TargetUser>) -> Result<(), StoreError> {
        self.0.page(move |tx, state| target_cache::put_users(tx, state, &page)).await
    }

    /// Stores SCIM groups, with the members that they carry.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub async fn groups(&self, page: Vec<TargetGroup>) -> Result<(), StoreError> {
        self.0.page(move |tx, state| target_cache::put_groups(tx, state, &page)).await
    }

    /// Stores a page of a group's members.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub async fn members(&self, group: ScimId, page: Vec<ScimId>) -> Result<(), StoreError> {
        self.0
            .page(move |tx, state| {
                let group = state.group_key(tx, &group)?;
                state.members(tx, group, &page)
            })
            .await
    }

    /// Puts the reading in force; as [`SourceRefresh::finish`].
    ///
    /// # Errors
    /// As [`SourceRefresh::finish`].
    pub async fn finish(self, markers: &TargetMarkers, at: Timestamp) -> Result<u32, StoreError> {
        let markers = columns::to_json("snapshot's markers", markers)?;
        self.0.finish(markers, at).await
    }
}
