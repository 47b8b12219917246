//! One reading of what only the organisation key can see.

use futures::{StreamExt, TryStreamExt, stream, try_join};
use lockstep_core::snapshot::Completeness;
use lockstep_core::snapshot::target::{OrganisationGroup, OrganisationSnapshot};

use super::clashes::{Clash, read_clashes};
use super::client::{AdminClient, GroupQuery, NAMES_PER_SEARCH};
use crate::connectors::listing::ends_everything;
use crate::http::ConnectorError;

/// Which groups are read.
#[derive(Debug, Clone, Copy)]
pub enum OrganisationScope<'a> {
    /// All, and app access for none.
    AllGroups,
    /// Those with these names; and about those that clash, everything that a review shows (G2).
    GroupsNamed(&'a [&'a str], &'a [Clash]),
}

/// Reads groups and verified domains.
///
/// Errors: what stops the connection, or a stop. Any other failure makes the snapshot incomplete, with the reason: without the
/// organisation's facts a plan is poorer, not wrong.
pub async fn read_organisation(
    client: &AdminClient,
    scope: OrganisationScope<'_>,
) -> Result<OrganisationSnapshot, ConnectorError> {
    let groups = async {
        let (mut groups, completeness) = tolerate("groups", read_groups(client, scope).await)?;
        let people = match scope {
            OrganisationScope::GroupsNamed(_, clashes) => read_clashes(client, &mut groups, clashes).await?,
            OrganisationScope::AllGroups => None,
        };
        groups.sort_unstable_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        groups.dedup_by(|a, b| a.id == b.id);
        Ok((groups, completeness, people))
    };
    let domains = async { tolerate("domains", client.verified_domains().await) };
    let ((groups, groups_completeness, people), (verified_domains, domains_completeness)) =
        try_join!(groups, domains)?;
    Ok(OrganisationSnapshot {
        groups,
        verified_domains,
        completeness: groups_completeness.and(domains_completeness),
        people,
    })
}

fn tolerate<T>(
    what: &str,
    result: Result<Vec<T>, ConnectorError>,
) -> Result<(Vec<T>, Completeness), ConnectorError> {
    match result {
        Ok(items) => Ok((items, Completeness::Complete)),
        Err(error) if ends_everything(&error) => Err(error),
        Err(error) => {
            let reason = format!("Reading the organisation's {what} failed: {error}");
            Ok((Vec::new(), Completeness::Incomplete { reason }))
        }
    }
}

async fn read_groups(
    client: &AdminClient,
    scope: OrganisationScope<'_>,
) -> Result<Vec<OrganisationGroup>, ConnectorError> {
    let names = match scope {
        OrganisationScope::AllGroups => return client.groups(GroupQuery::All).await,
        OrganisationScope::GroupsNamed(names, _) => names,
    };
    // Owned texts: a stream of borrowed ones cannot be shown to be sendable to another thread.
    let searches: Vec<Vec<String>> = names
        .chunks(NAMES_PER_SEARCH)
        .map(|names| names.iter().map(|name| (*name).to_owned()).collect())
        .collect();
    let found: Vec<Vec<OrganisationGroup>> = stream::iter(searches)
        .map(|names: Vec<String>| async move {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            client.groups(GroupQuery::Named(&names)).await
        })
        .buffered(client.http().concurrency())
        .try_collect()
        .await?;
    Ok(found.into_iter().flatten().collect())
}
