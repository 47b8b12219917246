//! Reads both sides at the same time, and puts complete readings into the cache. It writes nothing outside.

use jiff::Timestamp;
use lockstep_core::ids::ConnectionId;
use lockstep_core::snapshot::source::SourceSnapshot;
use lockstep_core::snapshot::target::{OrganisationSnapshot, TargetSnapshot};

use super::clash;
use super::reconcile::Standing;
use crate::api::views::Endpoints;
use crate::clients::Clients;
use crate::connectors::atlassian_scim::{ScimReading, read_directory};
use crate::connectors::jumpcloud::{SourceScope, read_source};
use crate::error::EngineError;
use crate::store::tables::refresh::{SourceRefresh, TargetRefresh};
use crate::store::tables::source_cache::SourceMarkers;
use crate::store::tables::target_cache::TargetMarkers;
use crate::store::{Store, StoreError};

/// Rows handed to the store at once: large enough for bulk, small enough for others to get in between; they are copied on the way.
const ROWS: usize = 1_000;

/// One reading of both sides.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) source: SourceSnapshot,
    pub(crate) target: TargetSnapshot,
}

/// Reads both sides.
///
/// # Errors
/// What stops the connection (401, 403), a stop, or a list whose first page could not be read. Everything else makes a
/// list incomplete and is in the snapshots.
pub(crate) async fn read(
    clients: &Clients,
    endpoints: &Endpoints,
    standing: &Standing,
) -> Result<Reading, EngineError> {
    let scope = SourceScope { application: &endpoints.application, with_overlaps: true };
    let links = &standing.links;
    let source =
        async { read_source(&clients.jumpcloud, scope, links).await.map_err(|error| source_error(&error)) };
    let directory = async { read_directory(&clients.scim).await.map_err(|error| target_error(&error)) };
    let (mut source, directory) = futures::try_join!(source, directory)?;
    let organisation = clash::read_organisation(clients, &source, standing).await?;
    clash::read_methods(clients, &mut source, &directory.groups, organisation.as_ref(), standing).await?;
    Ok(Reading { source, target: target_snapshot(directory, organisation) })
}

/// Reads the SCIM directory again; what the organisation key saw is taken over.
///
/// # Errors
/// As [`read`].
pub(crate) async fn read_directory_again(
    clients: &Clients,
    organisation: Option<OrganisationSnapshot>,
) -> Result<TargetSnapshot, EngineError> {
    let directory = read_directory(&clients.scim).await.map_err(|error| target_error(&error))?;
    Ok(target_snapshot(directory, organisation))
}

fn target_snapshot(directory: ScimReading, organisation: Option<OrganisationSnapshot>) -> TargetSnapshot {
    TargetSnapshot {
        users: directory.users,
        groups: directory.groups,
        users_completeness: directory.users_completeness,
        groups_completeness: directory.groups_completeness,
        organisation,
    }
}

fn source_error(error: &crate::http::ConnectorError) -> EngineError {
    crate::error_map::of_service("JumpCloud", error)
}

fn target_error(error: &crate::http::ConnectorError) -> EngineError {
    crate::error_map::of_service("the SCIM directory", error)
}

/// Puts JumpCloud's reading into the cache, unless it is incomplete: screens then go on showing the last complete one.
/// Returns its generation, 0 for none.
pub(crate) async fn store_source(
    store: &Store,
    connection: &ConnectionId,
    source: &SourceSnapshot,
    at: Timestamp,
) -> Result<u32, StoreError> {
    if !source.completeness().is_complete() {
        return Ok(0);
    }
    let refresh = SourceRefresh::begin(store, connection, at).await?;
    for page in source.people.chunks(ROWS) {
        refresh.people(page.to_vec()).await?;
    }
    for page in source.groups.chunks(ROWS) {
        refresh.groups(page.to_vec()).await?;
    }
    let markers = SourceMarkers {
        people: source.people_completeness.clone(),
        groups: source.groups_completeness.clone(),
        absent_people: source.absent_people.clone(),
        absent_groups: source.absent_groups.clone(),
        foreign_application: source.foreign_application.clone(),
        dynamic_groups: source
            .groups
            .iter()
            .filter_map(|group| Some((group.id.clone(), group.is_dynamic?)))
            .collect(),
    };
    refresh.finish(&markers, at).await
}

/// Puts Atlassian's reading into the cache; as [`store_source`].
pub(crate) async fn store_target(
    store: &Store,
    connection: &ConnectionId,
    target: &TargetSnapshot,
    at: Timestamp,
) -> Result<u32, StoreError> {
    if !target.completeness().is_complete() {
        return Ok(0);
    }
    let refresh = TargetRefresh::begin(store, connection, at).await?;
    for page in target.users.chunks(ROWS) {
        refresh.users(page.to_vec()).await?;
    }
    for page in target.groups.chunks(ROWS) {
        refresh.groups(page.to_vec()).await?;
    }
    let markers = TargetMarkers {
        users: target.users_completeness.clone(),
        groups: target.groups_completeness.clone(),
        organisation: target.organisation.clone(),
    };
    refresh.finish(&markers, at).await
}
