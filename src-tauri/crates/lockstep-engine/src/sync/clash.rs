//! What a reading asks about groups whose name exists in Atlassian already and that are not ours (G2). Nothing is asked where
//! there is no such group.

use futures::{StreamExt, TryStreamExt, stream};
use lockstep_core::attribute::SourceField;
use lockstep_core::email::fold;
use lockstep_core::ids::SourceGroupId;
use lockstep_core::link::GroupLinkState;
use lockstep_core::plan::organisation_names;
use lockstep_core::snapshot::source::{SourceGroup, SourceSnapshot};
use lockstep_core::snapshot::target::{OrganisationSnapshot, TargetGroup};
use rustc_hash::FxHashSet;

use super::reconcile::Standing;
use crate::clients::Clients;
use crate::connectors::atlassian_admin::{self, Clash, OrganisationScope};
use crate::connectors::listing::ends_everything;
use crate::error::EngineError;
use crate::http::ConnectorError;

/// Clashing groups whose membership method is asked for at most; one request each.
const MOST_METHODS: usize = 200;

/// Reads what only the organisation key can see: verified domains, the groups named like bound ones that are not ours, and
/// what a review of those shows.
///
/// # Errors
/// What stops the connection (401, 403), or a stop. Anything else makes the snapshot poorer, and it says so.
pub(super) async fn read_organisation(
    clients: &Clients,
    source: &SourceSnapshot,
    standing: &Standing,
) -> Result<Option<OrganisationSnapshot>, EngineError> {
    let Some(client) = &clients.organisation else { return Ok(None) };
    let settled = Settled::new(standing);
    let names = names_to_ask(source, standing, &settled);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let clashes: Vec<Clash> = source
        .groups
        .iter()
        .filter(|group| !group.members.is_empty() && !settled.holds(group))
        .map(|group| Clash { name: group.name.clone(), emails: emails(source, group) })
        .collect();
    atlassian_admin::read_organisation(client, OrganisationScope::GroupsNamed(&names, &clashes))
        .await
        .map(Some)
        .map_err(|error| crate::error_map::of_service("Atlassian's organisation API", &error))
}

/// Asks JumpCloud of each clashing group whether a rule decides who is in it: whoever is added to such a group by hand does
/// not stay.
///
/// # Errors
/// What stops the connection, or a stop; otherwise it stays unknown.
pub(super) async fn read_methods(
    clients: &Clients,
    source: &mut SourceSnapshot,
    directory: &[TargetGroup],
    organisation: Option<&OrganisationSnapshot>,
    standing: &Standing,
) -> Result<(), EngineError> {
    let settled = Settled::new(standing);
    let linked: FxHashSet<&str> = managed(standing).map(|link| link.target.as_str()).collect();
    let mut taken: FxHashSet<String> = directory
        .iter()
        .filter(|group| !linked.contains(group.id.as_str()))
        .map(|group| fold(&group.display_name).into_owned())
        .collect();
    let known = organisation.into_iter().flat_map(|known| &known.groups);
    taken.extend(known.map(|group| fold(&group.name).into_owned()));
    let clashing: Vec<SourceGroupId> = source
        .groups
        .iter()
        .filter(|group| !settled.holds(group) && taken.contains(fold(&group.name).as_ref()))
        .map(|group| group.id.clone())
        .take(MOST_METHODS)
        .collect();
    let client = &clients.jumpcloud;
    let asked: Vec<(SourceGroupId, Option<bool>)> = stream::iter(clashing)
        .map(|id: SourceGroupId| async move {
            match client.group(&id).await {
                Ok(group) => Ok((id, group.and_then(|group| group.is_dynamic))),
                Err(error) if ends_everything(&error) => Err(error),
                Err(_) => Ok((id, None)),
            }
        })
        .buffer_unordered(client.http().concurrency())
        .try_collect()
        .await
        .map_err(|error: ConnectorError| crate::error_map::of_service("JumpCloud", &error))?;
    for (id, is_dynamic) in asked {
        let found = source.groups.binary_search_by(|group| group.id.cmp(&id)).ok();
        if let Some(group) = found.and_then(|at| source.groups.get_mut(at)) {
            group.is_dynamic = is_dynamic;
        }
    }
    Ok(())
}

/// The names that may clash: a linked group that has the name it had says nothing new.
fn names_to_ask(source: &SourceSnapshot, standing: &Standing, settled: &Settled<'_>) -> Vec<String> {
    let (ours, open): (Vec<&SourceGroup>, Vec<&SourceGroup>) =
        source.groups.iter().partition(|group| settled.holds(group));
    let mut known: FxHashSet<String> = ours.into_iter().map(|group| fold(&group.name).into_owned()).collect();
    // A link keeps its group's old name until the rename took effect.
    let is_pending = |id: &SourceGroupId| standing.memory.takeovers.contains_key(id);
    let names = managed(standing).filter(|link| !is_pending(&link.source));
    known.extend(names.map(|link| fold(&link.name).into_owned()));
    for group in open {
        known.remove(fold(&group.name).as_ref());
    }
    let mut names = organisation_names(source, &standing.links, &standing.memory, &standing.decisions);
    names.retain(|name| !known.contains(fold(name).as_ref()));
    names
}

/// Groups that are ours and for which nothing is waited.
struct Settled<'a>(FxHashSet<&'a SourceGroupId>);

impl<'a> Settled<'a> {
    fn new(standing: &'a Standing) -> Self {
        let pending = &standing.memory.takeovers;
        Self(managed(standing).map(|link| &link.source).filter(|id| !pending.contains_key(*id)).collect())
    }

    fn holds(&self, group: &SourceGroup) -> bool {
        self.0.contains(&group.id)
    }
}

fn managed(standing: &Standing) -> impl Iterator<Item = &lockstep_core::link::GroupLink> {
    standing.links.groups.iter().filter(|link| link.state == GroupLinkState::Managed)
}

fn emails(source: &SourceSnapshot, group: &SourceGroup) -> Vec<String> {
    let people = &source.people;
    let person = |id| people.binary_search_by(|person| person.id.cmp(id)).ok().and_then(|at| people.get(at));
    group
        .members
        .iter()
        .filter_map(|member| person(member)?.fields.get(SourceField::Email))
        .map(str::to_owned)
        .collect()
}
