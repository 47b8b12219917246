//! What a review of clashing groups needs to know: who is in them, what they give access to, and what else those people are in.
//!
//! The number of requests is bounded by the clashes, not by the organisation. What cannot be read is left out, and the question
//! then says that it cannot be seen: a plan is poorer without it, not wrong.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use lockstep_core::email::{fold, same};
use lockstep_core::snapshot::target::{AppAccess, OrganisationGroup, OrganisationMember};

use super::client::{
    AdminClient, DirectoryUser, EMAILS_PER_SEARCH, GROUPS_PER_SEARCH, GroupQuery, RoleAssignment, UserQuery,
};
use crate::connectors::listing::ends_everything;
use crate::http::ConnectorError;

/// Members of one group that are read at most: 500 pages. A larger group's review has no names.
const MOST_MEMBERS: u32 = 50_000;
/// People looked up by address at most, all clashes together.
const MOST_EMAILS: usize = 10_000;
/// Other groups of those people whose app access is asked for at most.
const MOST_OTHER_GROUPS: usize = 300;

/// A bound group whose name exists in Atlassian and is not ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// Its name.
    pub name: String,
    /// Addresses of its members in JumpCloud.
    pub emails: Vec<String>,
}

/// Fills in what is known about the clashing groups, adds the other groups of the people concerned, and returns who would
/// come in: `None` where that could not be asked.
///
/// Errors: what stops the connection, or a stop.
pub(super) async fn read_clashes(
    client: &AdminClient,
    groups: &mut Vec<OrganisationGroup>,
    clashes: &[Clash],
) -> Result<Option<Vec<OrganisationMember>>, ConnectorError> {
    let emails_of: BTreeMap<String, &Clash> =
        clashes.iter().map(|clash| (fold(&clash.name).into_owned(), clash)).collect();
    let clashing: Vec<usize> = (0..groups.len())
        .filter(|at| groups.get(*at).is_some_and(|group| emails_of.contains_key(fold(&group.name).as_ref())))
        .collect();
    let ids: Vec<String> =
        clashing.iter().filter_map(|at| groups.get(*at)).map(|group| group.id.clone()).collect();
    if ids.is_empty() {
        return Ok(None);
    }
    let readable: Vec<String> = clashing
        .iter()
        .filter_map(|at| groups.get(*at))
        .filter(|group| group.member_count.is_none_or(|count| count <= MOST_MEMBERS))
        .map(|group| group.id.clone())
        .collect();
    let (access, members, sites) = futures::try_join!(
        read_access(client, ids.clone()),
        read_members(client, readable),
        read_sites(client)
    )?;
    for at in clashing {
        if let Some(group) = groups.get_mut(at) {
            group.access = access.get(&group.id).map(|access| with_sites(access, &sites));
            group.members = members.get(&group.id).cloned();
            group.default_access_to = group.default_apps();
        }
    }
    let people = read_newcomers(client, clashes, &members).await?;
    let concerned = leavers(groups, &emails_of)
        .chain(people.iter().flatten())
        .flat_map(|person| &person.groups)
        .filter(|id| !ids.contains(*id))
        .cloned()
        .collect::<BTreeSet<String>>();
    let others = read_others(client, concerned, &sites).await?;
    groups.retain(|group| !others.iter().any(|other| other.id == group.id));
    groups.extend(others);
    Ok(people)
}

/// Members of clashing groups who are in none of JumpCloud's groups of that name.
fn leavers<'a>(
    groups: &'a [OrganisationGroup],
    clashes: &'a BTreeMap<String, &'a Clash>,
) -> impl Iterator<Item = &'a OrganisationMember> {
    groups.iter().flat_map(|group| {
        let stay: BTreeSet<String> = clashes
            .get(fold(&group.name).as_ref())
            .iter()
            .flat_map(|clash| &clash.emails)
            .map(|email| fold(email).into_owned())
            .collect();
        let stays = move |person: &&OrganisationMember| {
            person.email.as_ref().is_some_and(|email| stay.contains(fold(email).as_ref()))
        };
        group.members.iter().flatten().filter(move |person| !stays(person))
    })
}

async fn read_access(
    client: &AdminClient,
    ids: Vec<String>,
) -> Result<BTreeMap<String, Vec<AppAccess>>, ConnectorError> {
    stream::iter(ids)
        .map(|id: String| async move {
            let assignments = client.role_assignments(&id).await;
            Ok(tolerate(assignments, "A group's app access")?.map(|given| (id, access(given))))
        })
        .buffer_unordered(client.http().concurrency())
        .try_filter_map(|found| async move { Ok(found) })
        .try_collect()
        .await
}

fn access(assignments: Vec<RoleAssignment>) -> Vec<AppAccess> {
    let mut access: Vec<AppAccess> = assignments
        .into_iter()
        .map(|given| {
            let mut roles = given.roles;
            roles.sort_unstable();
            AppAccess {
                app: given.app.unwrap_or_else(|| app_of(&given.resource).to_owned()),
                resource: given.resource,
                site: None,
                roles,
                is_default: given.default_role.is_some(),
            }
        })
        .collect();
    access.sort_unstable();
    access
}

/// The app in an ARI, `ari:cloud:APP::site/…`.
fn app_of(resource: &str) -> &str {
    resource.split(':').nth(2).filter(|app| !app.is_empty()).unwrap_or(resource)
}

fn with_sites(access: &[AppAccess], sites: &BTreeMap<String, String>) -> Vec<AppAccess> {
    access
        .iter()
        .map(|access| AppAccess { site: sites.get(&access.resource).cloned(), ..access.clone() })
        .collect()
}

/// Reads the names of the sites that apps are on, by resource; none where they cannot be read.
async fn read_sites(client: &AdminClient) -> Result<BTreeMap<String, String>, ConnectorError> {
    Ok(tolerate(client.workspaces().await, "The sites")?.unwrap_or_default().into_iter().collect())
}

/// Reads who is in each group; a group whose members could not be read is missing.
async fn read_members(
    client: &AdminClient,
    ids: Vec<String>,
) -> Result<BTreeMap<String, Vec<OrganisationMember>>, ConnectorError> {
    let batches: Vec<Vec<String>> = ids.chunks(GROUPS_PER_SEARCH).map(<[String]>::to_vec).collect();
    let read: Vec<BTreeMap<String, Vec<OrganisationMember>>> = stream::iter(batches)
        .map(|ids: Vec<String>| read_members_of(client, ids))
        .buffer_unordered(client.http().concurrency())
        .try_collect()
        .await?;
    Ok(read.into_iter().flatten().collect())
}

async fn read_members_of(
    client: &AdminClient,
    ids: Vec<String>,
) -> Result<BTreeMap<String, Vec<OrganisationMember>>, ConnectorError> {
    let mut members: BTreeMap<String, Vec<OrganisationMember>> = BTreeMap::new();
    let borrowed: Vec<&str> = ids.iter().map(String::as_str).collect();
    let found = client.users_with_groups(UserQuery::InGroups(&borrowed)).await;
    let Some(found) = tolerate(found, "The members of clashing groups")? else { return Ok(members) };
    let is_told = found.iter().all(|user| user.groups.iter().any(|(id, _)| ids.contains(id)));
    if is_told {
        members.extend(ids.iter().map(|id| (id.clone(), Vec::new())));
        for user in &found {
            let person = member(user);
            for (id, _) in &user.groups {
                if let Some(members) = members.get_mut(id) {
                    members.push(person.clone());
                }
            }
        }
    } else {
        // Whose groups are not told: asked for one group at a time, each answer is that group's.
        for id in &ids {
            let found = client.users_with_groups(UserQuery::InGroups(&[id])).await;
            if let Some(found) = tolerate(found, "The members of a clashing group")? {
                members.insert(id.clone(), found.iter().map(member).collect());
            }
        }
    }
    for people in members.values_mut() {
        people.sort_unstable();
        people.dedup_by(|a, b| a.account_id == b.account_id);
    }
    Ok(members)
}

/// Looks up who of JumpCloud's members of the clashing groups has an account in the organisation.
async fn read_newcomers(
    client: &AdminClient,
    clashes: &[Clash],
    members: &BTreeMap<String, Vec<OrganisationMember>>,
) -> Result<Option<Vec<OrganisationMember>>, ConnectorError> {
    let wanted: BTreeSet<String> =
        clashes.iter().flat_map(|clash| &clash.emails).map(|email| fold(email).into_owned()).collect();
    let mut known: BTreeMap<&str, &OrganisationMember> = BTreeMap::new();
    for person in members.values().flatten() {
        if person.email.as_ref().is_some_and(|email| wanted.contains(fold(email).as_ref())) {
            known.insert(&person.account_id, person);
        }
    }
    let has = |email: &String| {
        known.values().any(|person| person.email.as_ref().is_some_and(|own| same(own, email)))
    };
    let unknown: Vec<String> = if known.is_empty() {
        wanted.iter().cloned().collect()
    } else {
        let have: BTreeSet<String> =
            known.values().filter_map(|person| Some(fold(person.email.as_ref()?).into_owned())).collect();
        wanted.iter().filter(|email| !have.contains(*email) && !has(email)).cloned().collect()
    };
    if unknown.len() > MOST_EMAILS {
        return Ok(None);
    }
    let batches: Vec<Vec<String>> = unknown.chunks(EMAILS_PER_SEARCH).map(<[String]>::to_vec).collect();
    let found: Vec<Option<Vec<DirectoryUser>>> = stream::iter(batches)
        .map(|emails: Vec<String>| async move {
            let borrowed: Vec<&str> = emails.iter().map(String::as_str).collect();
            let found = client.users_with_groups(UserQuery::Emails(&borrowed)).await;
            tolerate(found, "Who comes into clashing groups")
        })
        .buffer_unordered(client.http().concurrency())
        .try_collect()
        .await?;
    let Some(found) = found.into_iter().collect::<Option<Vec<_>>>() else { return Ok(None) };
    let mut people: Vec<OrganisationMember> = known.into_values().cloned().collect();
    people.extend(found.iter().flatten().map(member));
    people.sort_unstable();
    people.dedup_by(|a, b| a.account_id == b.account_id);
    Ok(Some(people))
}

fn member(user: &DirectoryUser) -> OrganisationMember {
    let mut groups: Vec<String> = user.groups.iter().map(|(id, _)| id.clone()).collect();
    groups.sort_unstable();
    groups.dedup();
    let label = user.name.as_ref().or(user.nickname.as_ref()).or(user.email.as_ref());
    OrganisationMember {
        account_id: user.account_id.clone(),
        email: user.email.as_ref().map(|email| email.trim().to_lowercase()),
        label: label.unwrap_or(&user.account_id).clone(),
        groups,
    }
}

/// Reads other groups with what they give access to; those beyond the bound come without it.
async fn read_others(
    client: &AdminClient,
    ids: BTreeSet<String>,
    sites: &BTreeMap<String, String>,
) -> Result<Vec<OrganisationGroup>, ConnectorError> {
    let ids: Vec<String> = ids.into_iter().collect();
    let batches: Vec<Vec<String>> = ids.chunks(GROUPS_PER_SEARCH).map(<[String]>::to_vec).collect();
    let found: Vec<Vec<OrganisationGroup>> = stream::iter(batches)
        .map(|ids: Vec<String>| async move {
            let borrowed: Vec<&str> = ids.iter().map(String::as_str).collect();
            let found = client.groups(GroupQuery::Ids(&borrowed)).await;
            Ok::<_, ConnectorError>(tolerate(found, "People's other groups")?.unwrap_or_default())
        })
        .buffer_unordered(client.http().concurrency())
        .try_collect()
        .await?;
    let mut others: Vec<OrganisationGroup> = found.into_iter().flatten().collect();
    others.retain(|group| ids.contains(&group.id));
    let asked = others.iter().take(MOST_OTHER_GROUPS).map(|group| group.id.clone()).collect();
    let access = read_access(client, asked).await?;
    for group in &mut others {
        group.access = access.get(&group.id).map(|access| with_sites(access, sites));
        group.default_access_to = group.default_apps();
    }
    Ok(others)
}

/// Turns a failure that concerns only this into "not known".
fn tolerate<T>(result: Result<T, ConnectorError>, what: &str) -> Result<Option<T>, ConnectorError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if ends_everything(&error) => Err(error),
        Err(error) => {
            tracing::warn!(error = %error, "{what} could not be read; the review says so.");
            Ok(None)
        }
    }
}
