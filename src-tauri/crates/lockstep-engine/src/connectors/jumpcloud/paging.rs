//! JumpCloud's lists. V1 counts in the body (`totalCount`), V2 in the header `x-total-count`, if at all; both take at most
//! 100 per page. V1 needs `sort=_id`, or rows may be missed; V2's graph has no order, so it is read to a short page.

use lockstep_core::ids::{SourceGroupId, SourceUserId};
use lockstep_core::snapshot::source::SourcePerson;
use reqwest::header::HeaderName;
use serde::Deserialize;

use super::client::{Application, GroupName, JumpCloudClient, Organisation, group_name, without_id};
use super::map;
use super::wire::{
    GraphConnection, ReachedObject, SYSTEM_USER_FIELDS, SystemUser, UserGroup, WireApplication,
    WireOrganisation, WrappedList,
};
use crate::connectors::listing::{End, ListRequest, Listing, Page, read_list};
use crate::http::{Answer, ConnectorError, Request, parse};

/// More is answered 400 by V1, and cut to this by V2.
const PAGE_SIZE: usize = 100;
const PAGE_SIZE_TEXT: &str = "100";
const TOTAL_COUNT: HeaderName = HeaderName::from_static("x-total-count");
/// Of an application, without `config`, which holds a private key.
const APPLICATION_FIELDS: &str = "_id name displayName displayLabel ssoUrl";

pub(super) async fn people(client: &JumpCloudClient) -> Result<Listing<SourcePerson>, ConnectorError> {
    let page = |skip: usize| async move {
        let request = client
            .get("/api/systemusers", &[])
            .query("limit", PAGE_SIZE_TEXT)
            .query("skip", &skip.to_string())
            .query("sort", "_id")
            .query("fields", SYSTEM_USER_FIELDS);
        let template = request.template();
        client.read(&request, |answer| page_v1::<SystemUser<'_>, _>(answer, template, map::person)).await
    };
    let mut list =
        read_list(request(client, "people", End::AtTotal), page, |person| person.id.clone()).await?;
    list.items.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(list)
}

pub(super) async fn applications(client: &JumpCloudClient) -> Result<Listing<Application>, ConnectorError> {
    let page = |skip: usize| async move {
        let request = client
            .get("/api/applications", &[])
            .query("limit", PAGE_SIZE_TEXT)
            .query("skip", &skip.to_string())
            .query("sort", "_id")
            .query("fields", APPLICATION_FIELDS);
        let template = request.template();
        client
            .read(&request, |answer| page_v1::<WireApplication<'_>, _>(answer, template, map::application))
            .await
    };
    let mut list =
        read_list(request(client, "applications", End::AtTotal), page, |application| application.id.clone())
            .await?;
    list.items.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(list)
}

pub(super) async fn organisations(client: &JumpCloudClient) -> Result<Listing<Organisation>, ConnectorError> {
    let page = |skip: usize| async move {
        // Without the organisation's header: this route answers it with 403.
        let request = Request::get("/api/organizations", &[])
            .query("limit", PAGE_SIZE_TEXT)
            .query("skip", &skip.to_string())
            .query("sort", "_id");
        let template = request.template();
        client
            .read(&request, |answer| page_v1::<WireOrganisation<'_>, _>(answer, template, map::organisation))
            .await
    };
    read_list(request(client, "organisations", End::AtTotal), page, |organisation| organisation.id.clone())
        .await
}

pub(super) async fn bound_groups(
    client: &JumpCloudClient,
    application: &str,
) -> Result<Listing<SourceGroupId>, ConnectorError> {
    let page = |skip: usize| async move {
        let request = client
            .get("/api/v2/applications/{id}/associations", &[application])
            .query("targets", "user_group")
            .query("limit", PAGE_SIZE_TEXT)
            .query("skip", &skip.to_string());
        let template = request.template();
        client.read(&request, |answer| edges(answer, template, "user_group")).await
    };
    let mut list = read_list(request(client, "bound groups", End::AtShortPage), page, Clone::clone).await?;
    list.items.sort_unstable();
    Ok(list)
}

pub(super) async fn members(
    client: &JumpCloudClient,
    group: &SourceGroupId,
    name: &str,
) -> Result<Listing<SourceUserId>, ConnectorError> {
    let page = |skip: usize| async move {
        let request = client
            .get("/api/v2/usergroups/{id}/members", &[group.as_str()])
            .query("limit", PAGE_SIZE_TEXT)
            .query("skip", &skip.to_string());
        let template = request.template();
        client.read(&request, |answer| edges(answer, template, "user")).await
    };
    let what = format!("the members of {name}");
    let mut list = read_list(request(client, &what, End::AtShortPage), page, Clone::clone).await?;
    list.items.sort_unstable();
    Ok(list)
}

/// Lists the people in a user group by another route than [`members`], to compare.
pub(super) async fn membership(
    client: &JumpCloudClient,
    group: &SourceGroupId,
) -> Result<Listing<SourceUserId>, ConnectorError> {
    let page = |skip: usize| async move {
        let request = paged(client.get("/api/v2/usergroups/{id}/membership", &[group.as_str()]), skip);
        reached(client, &request, Counted::All).await
    };
    let list =
        read_list(request(client, "memberships", End::AtShortPage), page, |item: &(SourceUserId, bool)| {
            item.0.clone()
        })
        .await?;
    Ok(only_counted(list))
}

/// Lists the people whom an application reaches through a bound group, by another route than the groups' members.
pub(super) async fn people_of_application(
    client: &JumpCloudClient,
    application: &str,
) -> Result<Listing<SourceUserId>, ConnectorError> {
    let page = |skip: usize| async move {
        let request = paged(client.get("/api/v2/applications/{id}/users", &[application]), skip);
        reached(client, &request, Counted::ThroughGroup).await
    };
    let list = read_list(
        request(client, "people in scope", End::AtShortPage),
        page,
        |item: &(SourceUserId, bool)| item.0.clone(),
    )
    .await?;
    Ok(only_counted(list))
}

/// Asks for one page of those whom an application reaches through a bound group, to prove that somebody is in scope.
pub(super) async fn reaches_anybody(
    client: &JumpCloudClient,
    application: &str,
) -> Result<bool, ConnectorError> {
    let request = paged(client.get("/api/v2/applications/{id}/users", &[application]), 0);
    let page: Page<(SourceUserId, bool)> = reached(client, &request, Counted::ThroughGroup).await?;
    Ok(page.items.iter().any(|(_, counts)| *counts))
}

/// Lists the applications that reach a person through a group.
pub(super) async fn applications_of_person(
    client: &JumpCloudClient,
    person: &SourceUserId,
) -> Result<Listing<String>, ConnectorError> {
    let page = |skip: usize| async move {
        let request = paged(client.get("/api/v2/users/{id}/applications", &[person.as_str()]), skip);
        reached(client, &request, Counted::ThroughGroup).await
    };
    let what = "a person's applications";
    let list =
        read_list(request(client, what, End::AtShortPage), page, |item: &(String, bool)| item.0.clone())
            .await?;
    Ok(only_counted(list))
}

/// Lists the applications that a user group is bound to, by another route than [`bound_groups`].
pub(super) async fn applications_of_group(
    client: &JumpCloudClient,
    group: &SourceGroupId,
) -> Result<Listing<String>, ConnectorError> {
    let page = |skip: usize| async move {
        let request = paged(client.get("/api/v2/usergroups/{id}/applications", &[group.as_str()]), skip);
        reached(client, &request, Counted::All).await
    };
    let what = "a group's applications";
    let list =
        read_list(request(client, what, End::AtShortPage), page, |item: &(String, bool)| item.0.clone())
            .await?;
    Ok(only_counted(list))
}

/// Lists the groups that a person is in; empty for somebody who does not exist.
pub(super) async fn groups_of_person(
    client: &JumpCloudClient,
    person: &SourceUserId,
) -> Result<Listing<SourceGroupId>, ConnectorError> {
    let page = |skip: usize| async move {
        let request = paged(client.get("/api/v2/users/{id}/memberof", &[person.as_str()]), skip);
        reached(client, &request, Counted::All).await
    };
    let what = "a person's groups";
    let list = read_list(request(client, what, End::AtShortPage), page, |item: &(SourceGroupId, bool)| {
        item.0.clone()
    })
    .await?;
    Ok(only_counted(list))
}

fn paged(request: Request, skip: usize) -> Request {
    request.query("limit", PAGE_SIZE_TEXT).query("skip", &skip.to_string())
}

/// Which objects at the end of paths count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counted {
    All,
    /// Not those that are bound directly.
    ThroughGroup,
}

/// Reads objects at the end of paths, each with whether it counts: those that do not still fill the page.
async fn reached<T: for<'i> From<&'i str>>(
    client: &JumpCloudClient,
    request: &Request,
    counted: Counted,
) -> Result<Page<(T, bool)>, ConnectorError> {
    let template = request.template();
    client
        .read(request, |answer| {
            page_v2::<ReachedObject<'_>, _>(answer, template, |object| {
                let id = object.id.filled().ok_or_else(|| without_id(template))?;
                Ok(Some((T::from(id), counted == Counted::All || object.is_through_group())))
            })
        })
        .await
}

fn only_counted<T: Ord>(list: Listing<(T, bool)>) -> Listing<T> {
    let mut items: Vec<T> =
        list.items.into_iter().filter(|(_, counts)| *counts).map(|(item, _)| item).collect();
    items.sort_unstable();
    Listing { items, completeness: list.completeness }
}

/// Reads one page of all user groups' names, in the order of their ids.
pub(super) async fn group_names(
    client: &JumpCloudClient,
    skip: usize,
) -> Result<Page<GroupName>, ConnectorError> {
    let request = client
        .get("/api/v2/usergroups", &[])
        .query("limit", PAGE_SIZE_TEXT)
        .query("skip", &skip.to_string())
        .query("sort", "id")
        .query("fields", "id,name");
    let template = request.template();
    client
        .read(&request, |answer| {
            page_v2::<UserGroup<'_>, _>(answer, template, |group| {
                group_name(group).map(Some).ok_or_else(|| without_id(template))
            })
        })
        .await
}

/// Lists all user groups, sorted by id.
pub(super) async fn groups(client: &JumpCloudClient) -> Result<Listing<GroupName>, ConnectorError> {
    let page = |skip: usize| group_names(client, skip);
    let mut list =
        read_list(request(client, "user groups", End::AtShortPage), page, |group| group.id.clone()).await?;
    list.items.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(list)
}

fn request<'a>(client: &JumpCloudClient, what: &'a str, end: End) -> ListRequest<'a> {
    ListRequest { what, page_size: PAGE_SIZE, end, in_flight: client.http().concurrency() }
}

fn page_v1<'a, W: Deserialize<'a>, T>(
    answer: &'a Answer,
    template: &'static str,
    map: impl Fn(&W) -> Option<T>,
) -> Result<Page<T>, ConnectorError> {
    let list: WrappedList<'a, W> = parse(&answer.body, template)?;
    let items = list.results.iter().map(|wire| map(wire).ok_or_else(|| without_id(template)));
    Ok(Page { items: items.collect::<Result<_, _>>()?, total: list.total_count.count() })
}

fn page_v2<'a, W: Deserialize<'a>, T>(
    answer: &'a Answer,
    template: &'static str,
    map: impl Fn(&W) -> Result<Option<T>, ConnectorError>,
) -> Result<Page<T>, ConnectorError> {
    let counted = answer.headers.get(TOTAL_COUNT).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    // An untagged enum would buffer every entry: what comes first tells the shape.
    let is_bare = answer.body.trim_ascii_start().first() != Some(&b'{');
    let (entries, total) = if is_bare {
        (parse::<Vec<W>>(&answer.body, template)?, counted)
    } else {
        let list: WrappedList<'a, W> = parse(&answer.body, template)?;
        (list.results, list.total_count.count().or(counted))
    };
    let mut items = Vec::with_capacity(entries.len());
    for entry in &entries {
        items.extend(map(entry)?);
    }
    Ok(Page { items, total })
}

/// Reads edges to objects of one kind.
fn edges<T: for<'i> From<&'i str>>(
    answer: &Answer,
    template: &'static str,
    kind: &str,
) -> Result<Page<T>, ConnectorError> {
    page_v2::<GraphConnection<'_>, _>(answer, template, |edge| {
        let id = edge.to.id.filled().ok_or_else(|| without_id(template))?;
        // The kind is asked for, so it is checked only where it is said.
        let is_other = edge.to.kind.filled().is_some_and(|own| own != kind);
        if is_other {
            return Err(ConnectorError::Protocol {
                path: template,
                detail: format!("an entry that is no {kind}"),
            });
        }
        Ok(Some(T::from(id)))
    })
}
