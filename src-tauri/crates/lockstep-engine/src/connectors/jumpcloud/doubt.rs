//! Looks twice, by another route, at what a list lacks although it was there before (R2).
//!
//! V2's graph routes give no totals, so a page that comes short looks like the end of the list. Whoever would be
//! deactivated or removed because of such a page is found here; where nobody is missing, nothing is asked.

use futures::{StreamExt, TryStreamExt, stream};
use lockstep_core::ids::{SourceGroupId, SourceUserId};
use lockstep_core::link::{GroupLinkState, Links};
use lockstep_core::snapshot::Completeness;
use lockstep_core::snapshot::source::{Absence, SourceGroup, SourcePerson};
use rustc_hash::FxHashSet;

use super::client::JumpCloudClient;
use super::paging;
use super::snapshot::incomplete;
use crate::connectors::listing::{Listing, ends_everything};
use crate::http::ConnectorError;

/// People missing in a group who are asked for one by one.
const FIRST_ASKED: usize = 5;
/// Entries per page of the graph's lists, to choose the way with fewer requests.
const PAGE_SIZE: usize = 100;

/// Makes sure that whoever is missing in a member list has left: the first few are asked for one by one, and where there are
/// more the group's membership is read by another route.
pub(super) async fn shrunken_members(
    client: &JumpCloudClient,
    group: &SourceGroupId,
    before: &[SourceUserId],
    mut listing: Listing<SourceUserId>,
) -> Result<Listing<SourceUserId>, ConnectorError> {
    let is_listed = |id: &SourceUserId| listing.items.binary_search(id).is_ok();
    if !listing.completeness.is_complete() {
        return Ok(listing);
    }
    let mut lost: Vec<SourceUserId> = before.iter().filter(|id| !is_listed(id)).cloned().collect();
    let has_more = lost.len() > FIRST_ASKED;
    lost.truncate(FIRST_ASKED);
    let answer = async {
        let mut completeness = Completeness::Complete;
        for id in &lost {
            let groups = paging::groups_of_person(client, id).await?;
            let is_contradicted = groups.items.binary_search(group).is_ok();
            completeness =
                completeness.and(if is_contradicted { disagree(group) } else { groups.completeness });
        }
        if has_more && completeness.is_complete() {
            let told = paging::membership(client, group).await?;
            let agrees = told.items.iter().all(is_listed);
            completeness = if agrees { told.completeness } else { disagree(group) };
        }
        Ok(completeness)
    };
    listing.completeness = match answer.await {
        Ok(completeness) => completeness,
        Err(error) if ends_everything(&error) => return Err(error),
        Err(error) => incomplete(&format!("That members left group {group} could not be confirmed: {error}")),
    };
    Ok(listing)
}

fn disagree(group: &SourceGroupId) -> Completeness {
    incomplete(&format!("Two readings of the members of group {group} disagree"))
}

/// Finds out why a linked group is not in the list of bound groups; unknown where the group still says that it is bound.
pub(super) async fn absent_group(
    client: &JumpCloudClient,
    application: &str,
    group: &SourceGroupId,
) -> Result<Absence, ConnectorError> {
    if client.group(group).await?.is_none() {
        return Ok(Absence::Deleted);
    }
    let bound_to = paging::applications_of_group(client, group).await?;
    let is_bound = bound_to.items.iter().any(|id| id == application);
    Ok(if is_bound || !bound_to.completeness.is_complete() { Absence::Unknown } else { Absence::Elsewhere })
}

/// Makes sure of linked people who are in no bound group, unless a linked group's own comparison has vouched for it.
pub(super) async fn people_out_of_scope(
    client: &JumpCloudClient,
    application: &str,
    links: &Links,
    people: &[SourcePerson],
    groups: &[SourceGroup],
) -> Result<Completeness, ConnectorError> {
    if links.people.is_empty() {
        return Ok(Completeness::Complete);
    }
    let in_scope: FxHashSet<&SourceUserId> = groups.iter().flat_map(|group| &group.members).collect();
    // Whoever was in a linked group that is still bound was compared with it; one that is not bound any more was asked itself.
    let vouched: FxHashSet<&SourceUserId> = links
        .groups
        .iter()
        .filter(|link| link.state == GroupLinkState::Managed)
        .flat_map(|link| &link.last_members)
        .collect();
    let doubtful: Vec<SourceUserId> = links
        .people
        .iter()
        .map(|link| &link.source)
        .filter(|id| !in_scope.contains(id) && !vouched.contains(id))
        .filter(|id| people.binary_search_by(|person| person.id.cmp(id)).is_ok())
        .cloned()
        .collect();
    let contradiction = || {
        incomplete("JumpCloud says of somebody who is in no bound group that the application reaches them")
    };
    if doubtful.len() > in_scope.len() / PAGE_SIZE + 1 {
        let reached = match paging::people_of_application(client, application).await {
            Ok(reached) => reached,
            Err(error) if ends_everything(&error) => return Err(error),
            Err(error) => return Ok(unconfirmed(&error)),
        };
        let is_contradicted = doubtful.iter().any(|id| reached.items.binary_search(id).is_ok());
        return Ok(if is_contradicted { contradiction() } else { reached.completeness });
    }
    let answers = stream::iter(doubtful)
        .map(|id: SourceUserId| async move {
            match paging::applications_of_person(client, &id).await {
                Ok(reaching) if reaching.items.iter().any(|id| id == application) => Ok(contradiction()),
                Ok(reaching) => Ok(reaching.completeness),
                Err(error) if ends_everything(&error) => Err(error),
                Err(error) => Ok(unconfirmed(&error)),
            }
        })
        .buffered(client.http().concurrency())
        .try_collect::<Vec<_>>()
        .await?;
    Ok(answers.into_iter().fold(Completeness::Complete, Completeness::and))
}

fn unconfirmed(error: &ConnectorError) -> Completeness {
    incomplete(&format!("That people left all bound groups could not be confirmed: {error}"))
}
