//! One reading of a SCIM directory: all users, and all groups with their members.

use std::sync::Mutex;

use lockstep_core::scim::{IdPool, Page as ScimPage};
use lockstep_core::snapshot::Completeness;
use lockstep_core::snapshot::target::{TargetGroup, TargetUser};

use super::client::{PAGE_SIZE, ScimClient};
use crate::connectors::listing::{End, ListRequest, Listing, Page, read_list};
use crate::http::ConnectorError;

/// What was read of a SCIM directory.
#[derive(Debug, Default)]
pub struct ScimReading {
    /// Sorted by id, distinct.
    pub users: Vec<TargetUser>,
    /// Sorted by id, distinct.
    pub groups: Vec<TargetGroup>,
    /// Whether `users` was read to its end.
    pub users_completeness: Completeness,
    /// Whether `groups` was read to its end.
    pub groups_completeness: Completeness,
}

/// Reads users and groups at the same time.
///
/// Errors: what stops the connection, a stop, or the failure of a list's first page. Any other failure makes the list
/// concerned incomplete, with the reason.
pub async fn read_directory(client: &ScimClient) -> Result<ScimReading, ConnectorError> {
    // Members are users' ids: one pool for both.
    let pool = Mutex::new(IdPool::default());
    let (users, groups) = futures::try_join!(read_users(client, &pool), read_groups(client, &pool))?;
    Ok(ScimReading {
        users: users.items,
        groups: groups.items,
        users_completeness: users.completeness,
        groups_completeness: groups.completeness,
    })
}

/// Reads all users, sorted by id.
pub async fn read_users(
    client: &ScimClient,
    pool: &Mutex<IdPool>,
) -> Result<Listing<TargetUser>, ConnectorError> {
    let page = |skip: usize| async move { client.users_page(skip + 1, PAGE_SIZE, pool).await.map(page) };
    let mut list = read_list(request(client, "SCIM users"), page, |user| user.id.clone()).await?;
    list.items.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(list)
}

/// Reads all groups, sorted by id.
pub async fn read_groups(
    client: &ScimClient,
    pool: &Mutex<IdPool>,
) -> Result<Listing<TargetGroup>, ConnectorError> {
    let page = |skip: usize| async move { client.groups_page(skip + 1, PAGE_SIZE, pool).await.map(page) };
    let mut list = read_list(request(client, "SCIM groups"), page, |group| group.id.clone()).await?;
    list.items.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(list)
}

fn request<'a>(client: &ScimClient, what: &'a str) -> ListRequest<'a> {
    ListRequest { what, page_size: PAGE_SIZE, end: End::AtTotal, in_flight: client.http().concurrency() }
}

fn page<T>(page: ScimPage<T>) -> Page<T> {
    let total = page.total_results.and_then(|total| usize::try_from(total).ok());
    Page { items: page.resources, total }
}
