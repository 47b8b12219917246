//! One reading of everything that a plan needs from JumpCloud.

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream, try_join};
use lockstep_core::ids::{SourceGroupId, SourceUserId};
use lockstep_core::link::{GroupLinkState, Links};
use lockstep_core::snapshot::Completeness;
use lockstep_core::snapshot::source::{Absence, OtherConnector, SourceGroup, SourceSnapshot};

use super::client::{Application, GroupName, JumpCloudClient};
use super::{doubt, paging};
use crate::connectors::listing::{Listing, Page, ends_everything};
use crate::http::ConnectorError;

/// Absent people or groups that are asked for one by one; beyond it nothing is concluded about the rest.
const MOST_ASKED: usize = 2_000;

/// Absent people asked for before all others: enough to tell a broken list from people who left.
const FIRST_ASKED: usize = 3;

/// What is to be read.
#[derive(Debug, Clone, Copy)]
pub struct SourceScope<'a> {
    /// `_id` of the SSO application whose groups are provisioned.
    pub application: &'a str,
    /// Whether to look for other Atlassian applications with the same groups (G8).
    pub with_overlaps: bool,
}

/// Reads people, bound groups, their members and names, and what became of linked objects that are in no list.
///
/// What the lists lack of what is linked is looked for by other routes before it counts as gone: see [`super::doubt`].
///
/// Errors: what stops the connection, a stop, or the failure of a list's first page. Any other failure makes the list
/// concerned incomplete, with the reason.
pub async fn read_source(
    client: &JumpCloudClient,
    scope: SourceScope<'_>,
    links: &Links,
) -> Result<SourceSnapshot, ConnectorError> {
    let application = scope.application;
    let overlaps = async {
        if scope.with_overlaps { read_overlaps(client, application).await } else { Ok(Overlaps::default()) }
    };
    let (people, groups, overlaps) =
        try_join!(client.people(), read_groups(client, application, links), overlaps)?;
    let BoundGroups { mut groups, bound, completeness } = groups;
    for group in &mut groups {
        if let Some(others) = overlaps.by_group.get(&group.id) {
            group.other_connectors.clone_from(others);
        }
    }
    let people_asked = async {
        let listed = |id: &SourceUserId| people.items.binary_search_by(|person| person.id.cmp(id)).is_ok();
        let missing: Vec<SourceUserId> =
            links.people.iter().map(|link| &link.source).filter(|id| !listed(id)).cloned().collect();
        // While the list itself is in doubt, absence from it means nothing.
        ask_about_people(client, missing, people.completeness.is_complete()).await
    };
    let groups_asked = async {
        let missing = managed(links).filter(|id| bound.binary_search(id).is_err()).cloned().collect();
        ask_each(client, missing, completeness.is_complete(), |id: SourceGroupId| async move {
            doubt::absent_group(client, application, &id).await
        })
        .await
    };
    let scope_asked = doubt::people_out_of_scope(client, application, links, &people.items, &groups);
    let (absent_people, absent_groups, scope_completeness) =
        try_join!(people_asked, groups_asked, scope_asked)?;
    let is_contradicted = absent_people.iter().any(|(_, absence)| *absence == Absence::Elsewhere);
    let people_completeness = if is_contradicted {
        people
            .completeness
            .and(incomplete("Linked people exist in JumpCloud, but are missing in its list of people"))
    } else {
        people.completeness
    };
    let unknown = absent_groups.iter().any(|(_, absence)| *absence == Absence::Unknown);
    let groups_completeness = if unknown {
        completeness
            .and(incomplete("Whether a linked group is still bound to the application is not certain"))
    } else {
        completeness
    };
    Ok(SourceSnapshot {
        people_completeness,
        people: people.items,
        groups,
        absent_people,
        absent_groups,
        groups_completeness: groups_completeness.and(scope_completeness).and(overlaps.completeness),
        foreign_application: overlaps.foreign_application,
    })
}

/// Asks what became of people who are in no list. The list holds everybody, so whoever exists makes it a broken one: after the
/// first such answer no more is asked.
async fn ask_about_people(
    client: &JumpCloudClient,
    mut missing: Vec<SourceUserId>,
    may_ask: bool,
) -> Result<Vec<(SourceUserId, Absence)>, ConnectorError> {
    let ask = |id: SourceUserId| async move {
        Ok(if client.person(&id).await?.is_some() { Absence::Elsewhere } else { Absence::Deleted })
    };
    missing.sort_unstable();
    missing.dedup();
    let rest = missing.split_off(missing.len().min(FIRST_ASKED));
    let mut answers = ask_each(client, missing, may_ask, ask).await?;
    let is_contradicted = answers.iter().any(|(_, absence)| *absence == Absence::Elsewhere);
    answers.extend(ask_each(client, rest, may_ask && !is_contradicted, ask).await?);
    Ok(answers)
}

/// The linked groups that are ours to change.
fn managed(links: &Links) -> impl Iterator<Item = &SourceGroupId> {
    links.groups.iter().filter(|link| link.state == GroupLinkState::Managed).map(|link| &link.source)
}

struct BoundGroups {
    groups: Vec<SourceGroup>,
    /// All bound groups' ids, sorted, also of those without a name.
    bound: Vec<SourceGroupId>,
    completeness: Completeness,
}

async fn read_groups(
    client: &JumpCloudClient,
    application: &str,
    links: &Links,
) -> Result<BoundGroups, ConnectorError> {
    // Names come from the list of all groups where that takes fewer requests than asking for each.
    let (bound, names) = futures::join!(client.bound_groups(application), paging::group_names(client, 0));
    let Listing { items: bound, completeness } = bound?;
    let (names, members) = try_join!(read_names(client, &bound, names), read_members(client, &bound, links))?;
    let mut groups = Vec::with_capacity(bound.len());
    let mut completeness = completeness;
    for (id, listing) in members {
        match names.get(&id) {
            Some(Ok(Some(name))) if !name.is_empty() => groups.push(SourceGroup {
                members: listing.items,
                completeness: with_name(listing.completeness, &id, name),
                name: name.clone(),
                id,
                other_connectors: Vec::new(),
                is_dynamic: None,
            }),
            // Deleted while we were reading: the next reading will not find it bound.
            Some(Ok(None)) => {
                completeness = completeness.and(incomplete("A bound group was deleted while it was read"));
            }
            Some(Ok(Some(_))) | None => {
                completeness = completeness.and(incomplete("A bound group has no name"));
            }
            Some(Err(error)) => {
                completeness = completeness
                    .and(incomplete(&format!("The name of a bound group could not be read: {error}")));
            }
        }
    }
    groups.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(BoundGroups { groups, bound, completeness })
}

type Names = BTreeMap<SourceGroupId, Result<Option<String>, ConnectorError>>;

async fn read_names(
    client: &JumpCloudClient,
    bound: &[SourceGroupId],
    first: Result<Page<GroupName>, ConnectorError>,
) -> Result<Names, ConnectorError> {
    let mut names = Names::new();
    let mut keep = |page: Vec<GroupName>| {
        for group in page {
            if bound.binary_search(&group.id).is_ok() {
                names.insert(group.id, Ok(Some(group.name)));
            }
        }
        names.len()
    };
    match first {
        Err(error) if ends_everything(&error) => return Err(error),
        // Asking for each is the other way to the same names.
        Err(_) => {}
        Ok(page) => {
            let step = page.items.len();
            let total = page.total.unwrap_or(step);
            let missing = bound.len() - keep(page.items);
            if missing > 0 && step > 0 && total.saturating_sub(step).div_ceil(step) < missing {
                let skips =
                    (1..total.div_ceil(step)).map(|number| paging::group_names(client, number * step));
                let mut pages = stream::iter(skips).buffer_unordered(client.http().concurrency());
                while let Some(page) = pages.next().await {
                    match page {
                        Ok(page) => {
                            keep(page.items);
                        }
                        Err(error) if ends_everything(&error) => return Err(error),
                        Err(_) => {}
                    }
                }
            }
        }
    }
    let missing: Vec<SourceGroupId> = bound.iter().filter(|id| !names.contains_key(*id)).cloned().collect();
    let asked = stream::iter(missing)
        .map(|id: SourceGroupId| async move {
            match client.group(&id).await {
                Err(error) if ends_everything(&error) => Err(error),
                result => Ok((id, result.map(|group| group.map(|group| group.name)))),
            }
        })
        .buffer_unordered(client.http().concurrency())
        .try_collect::<Vec<_>>()
        .await?;
    names.extend(asked);
    Ok(names)
}

async fn read_members(
    client: &JumpCloudClient,
    bound: &[SourceGroupId],
    links: &Links,
) -> Result<Vec<(SourceGroupId, Listing<SourceUserId>)>, ConnectorError> {
    // Owned ids: a stream of borrowed ones cannot be shown to be sendable to another thread.
    stream::iter(bound.to_vec())
        .map(|id: SourceGroupId| async move {
            let link = links.groups.binary_search_by(|link| link.source.cmp(&id));
            let link = link.ok().and_then(|index| links.groups.get(index));
            let before = link.map_or(&[][..], |link| &link.last_members);
            let listing = match client.members(&id, &format!("group {id}")).await {
                Ok(listing) => doubt::shrunken_members(client, &id, before, listing).await?,
                Err(error) if ends_everything(&error) => return Err(error),
                Err(error) => Listing {
                    items: Vec::new(),
                    completeness: incomplete(&format!("Reading the members of group {id} failed: {error}")),
                },
            };
            Ok((id, listing))
        })
        .buffer_unordered(client.http().concurrency())
        .try_collect()
        .await
}

/// Puts the group's name into a reason that was found before the name was known.
fn with_name(completeness: Completeness, id: &SourceGroupId, name: &str) -> Completeness {
    match completeness {
        Completeness::Complete => Completeness::Complete,
        Completeness::Incomplete { reason } => {
            Completeness::Incomplete { reason: reason.replace(&format!("group {id}"), name) }
        }
    }
}

#[derive(Default)]
struct Overlaps {
    /// Our application's label, when it is another product's.
    foreign_application: Option<String>,
    by_group: BTreeMap<SourceGroupId, Vec<OtherConnector>>,
    completeness: Completeness,
}

async fn read_overlaps(client: &JumpCloudClient, application: &str) -> Result<Overlaps, ConnectorError> {
    let doubt = |error: &ConnectorError| {
        incomplete(&format!(
            "Whether groups are bound to another Atlassian application could not be read: {error}"
        ))
    };
    let applications = match client.applications().await {
        Ok(applications) => applications,
        Err(error) if ends_everything(&error) => return Err(error),
        Err(error) => return Ok(Overlaps { completeness: doubt(&error), ..Overlaps::default() }),
    };
    let own = applications.items.iter().find(|own| own.id == application);
    let mut overlaps = Overlaps {
        foreign_application: own.filter(|own| !own.is_atlassian).map(|own| own.label.clone()),
        completeness: applications.completeness,
        ..Overlaps::default()
    };
    // In the order of their ids, so that the same organisation gives the same snapshot.
    let others: Vec<Application> = applications
        .items
        .into_iter()
        .filter(|other| other.is_atlassian && other.id != application)
        .collect();
    let mut read = stream::iter(others)
        .map(|other: Application| async move {
            let groups = client.bound_groups(&other.id).await;
            (other, groups)
        })
        .buffered(client.http().concurrency());
    while let Some((other, groups)) = read.next().await {
        match groups {
            Ok(groups) => {
                let connector = OtherConnector { application: other.id.clone(), label: other.label.clone() };
                for group in groups.items {
                    overlaps.by_group.entry(group).or_default().push(connector.clone());
                }
                overlaps.completeness = overlaps.completeness.and(groups.completeness);
            }
            Err(error) if ends_everything(&error) => return Err(error),
            Err(error) => overlaps.completeness = overlaps.completeness.and(doubt(&error)),
        }
    }
    Ok(overlaps)
}

/// Asks for each id what became of it; in the order of the ids.
async fn ask_each<I: Clone + Ord, R: Future<Output = Result<Absence, ConnectorError>>>(
    client: &JumpCloudClient,
    mut missing: Vec<I>,
    may_ask: bool,
    ask: impl Fn(I) -> R,
) -> Result<Vec<(I, Absence)>, ConnectorError> {
    missing.sort_unstable();
    missing.dedup();
    let ask = &ask;
    stream::iter(missing.into_iter().enumerate())
        .map(|(number, id): (usize, I)| async move {
            if !may_ask || number >= MOST_ASKED {
                return Ok((id, Absence::Unknown));
            }
            match ask(id.clone()).await {
                Ok(absence) => Ok((id, absence)),
                Err(error) if ends_everything(&error) => Err(error),
                Err(_) => Ok((id, Absence::Unknown)),
            }
        })
        .buffered(client.http().concurrency())
        .try_collect()
        .await
}

pub(super) fn incomplete(reason: &str) -> Completeness {
    Completeness::Incomplete { reason: reason.to_owned() }
}
