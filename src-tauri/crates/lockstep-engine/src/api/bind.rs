//! Binding and unbinding groups: JumpCloud's association with the application, after somebody saw what it does.

use std::collections::BTreeSet;
use std::sync::Arc;

use lockstep_core::attribute::SourceField;
use lockstep_core::explain::{AffectedPerson, GroupFate};
use lockstep_core::ids::{ConnectionId, SourceGroupId, SourceUserId};
use lockstep_core::snapshot::source::SourcePerson;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::groups::blast_view;
use super::plan_head::count;
use super::views::{BindPreview, BindableGroup, JobView};
use crate::clients::ClientMode;
use crate::connectors::jumpcloud::Binding;
use crate::engine::{Engine, Inner};
use crate::error::{EngineError, ErrorCode};
use crate::http::ConnectorError;
use crate::jobs::JobKind;
use crate::store::search_text;
use crate::store::tables::events::{self, NewEvent, Outcome};
use crate::sync::replan::Cached;

/// What a changed binding is in the event log.
const EVENT: &str = "idm_integration_update";
/// People of a list that cross to a screen.
const PEOPLE_SHOWN: usize = 1_000;
/// Groups that a search returns at most.
const GROUPS_SHOWN: usize = 500;

impl Engine {
    /// Lists JumpCloud's user groups whose name contains the text, by name; the bound ones say so. It reads JumpCloud.
    ///
    /// # Errors
    /// What is wrong with key or network.
    pub async fn bindable_groups(
        &self,
        id: &ConnectionId,
        search: &str,
    ) -> Result<Vec<BindableGroup>, EngineError> {
        let record = self.inner.connection_record(id).await?;
        let clients = self.inner.clients(id, ClientMode::ReadOnly).await?;
        let client = &clients.jumpcloud;
        let application = &record.draft.endpoints.application;
        let (all, bound) = futures::try_join!(client.groups(), client.bound_groups(application))
            .map_err(|error| of_jumpcloud(&error))?;
        let rows = self.groups(id).await?;
        let wanted = search_text(search.trim());
        let mut groups: Vec<BindableGroup> = all
            .items
            .into_iter()
            .filter(|group| search_text(&group.name).contains(&wanted))
            .map(|group| {
                let is_bound = bound.items.binary_search(&group.id).is_ok();
                let row = rows.iter().find(|row| row.source_id.as_ref() == Some(&group.id));
                BindableGroup {
                    members: row.filter(|_| is_bound).map(|row| row.members),
                    is_dynamic: group.is_dynamic,
                    source_id: group.id,
                    name: group.name,
                    is_bound,
                }
            })
            .collect();
        groups.sort_by_cached_key(|group| (search_text(&group.name), group.source_id.clone()));
        groups.truncate(GROUPS_SHOWN);
        Ok(groups)
    }

    /// Says what binding a group would do: who comes into scope. It reads the group's members in JumpCloud.
    ///
    /// # Errors
    /// `NotFound` for an unknown group, or before both sides were read; `RemoteUnavailable` where the members could not be read to
    /// the end.
    pub async fn bind_preview(
        &self,
        id: &ConnectionId,
        group: &SourceGroupId,
    ) -> Result<BindPreview, EngineError> {
        let record = self.inner.connection_record(id).await?;
        let clients = self.inner.clients(id, ClientMode::ReadOnly).await?;
        let client = &clients.jumpcloud;
        let (found, bound) =
            futures::try_join!(client.group(group), client.bound_groups(&record.draft.endpoints.application))
                .map_err(|error| of_jumpcloud(&error))?;
        let Some(found) = found else {
            return Err(EngineError::new(ErrorCode::NotFound, format!("JumpCloud has no group {group}"))
                .hint("It was deleted meanwhile: look at the list again"));
        };
        let members = client.members(group, &found.name).await.map_err(|error| of_jumpcloud(&error))?;
        if !members.completeness.is_complete() {
            return Err(EngineError::new(
                ErrorCode::RemoteUnavailable,
                format!("The members of {} could not be read to the end", found.name),
            )
            .hint("Try again in a moment"));
        }
        let cached = self.inner.cached(id).await?;
        let scope: BTreeSet<&SourceUserId> =
            cached.reading.source.groups.iter().flat_map(|group| &group.members).collect();
        let mut enters: Vec<AffectedPerson> = members
            .items
            .iter()
            .filter(|member| !scope.contains(member))
            .map(|member| affected(&cached, member))
            .collect();
        enters.sort_by(|a, b| (&a.label, &a.source_id).cmp(&(&b.label, &b.source_id)));
        let already = members.items.len() - enters.len();
        let text = preview_text(&found.name, enters.len(), already, members.items.is_empty());
        let confirmation = fingerprint(group, &members.items);
        let enters_total = count(enters.len());
        enters.truncate(PEOPLE_SHOWN);
        Ok(BindPreview {
            group: BindableGroup {
                source_id: group.clone(),
                name: found.name,
                members: Some(count(members.items.len())),
                is_bound: bound.items.binary_search(group).is_ok(),
                is_dynamic: found.is_dynamic,
            },
            enters,
            enters_total,
            already_in_scope: count(already),
            text,
            confirmation,
        })
    }

    /// Binds a group to the application, after its preview was seen; then both sides are read and a plan is computed. Nothing is
    /// written to Atlassian.
    ///
    /// # Errors
    /// `PlanStale` when it would do something else than what was seen; `Busy`; as [`Engine::bind_preview`].
    pub async fn bind_group(
        &self,
        id: &ConnectionId,
        group: &SourceGroupId,
        confirmation: &str,
    ) -> Result<JobView, EngineError> {
        self.inner.check_writable()?;
        let preview = self.bind_preview(id, group).await?;
        if preview.confirmation != confirmation {
            return Err(stale(&preview.group.name));
        }
        self.rebind(id, group, preview.group.name, Binding::Bound)
    }

    /// Unbinds a group from the application, after its blast radius was seen; then both sides are read and a plan is computed,
    /// which holds whatever the guards hold. Nothing is written to Atlassian.
    ///
    /// # Errors
    /// `PlanStale` when it would do something else than what was seen; `NotFound` for a group that is not bound; `Busy`.
    pub async fn unbind_group(
        &self,
        id: &ConnectionId,
        group: &SourceGroupId,
        confirmation: &str,
    ) -> Result<JobView, EngineError> {
        self.inner.check_writable()?;
        self.inner.connection_record(id).await?;
        let cached = self.inner.cached(id).await?;
        let name = cached.reading.source.groups.iter().find(|bound| bound.id == *group);
        let Some(name) = name.map(|bound| bound.name.clone()) else {
            return Err(EngineError::new(ErrorCode::NotFound, format!("The group {group} is not bound"))
                .hint("Compute a plan, which reads both sides, and look again"));
        };
        let view = blast_view(&cached.input(), group, GroupFate::Unbound);
        if view.is_none_or(|view| view.confirmation != confirmation) {
            return Err(stale(&name));
        }
        self.rebind(id, group, name, Binding::Unbound)
    }

    fn rebind(
        &self,
        id: &ConnectionId,
        group: &SourceGroupId,
        name: String,
        binding: Binding,
    ) -> Result<JobView, EngineError> {
        let (inner, connection, group) = (Arc::clone(&self.inner), id.clone(), group.clone());
        let job = self.inner.supervisor.start_job(id, JobKind::Refresh, |stop| async move {
            inner.set_binding(&connection, &group, &name, binding, &stop).await?;
            inner.compute(&connection, stop).await
        })?;
        // Its error is announced as an event.
        drop(job);
        self.inner.supervisor.job(id).ok_or_else(|| {
            EngineError::new(ErrorCode::Cancelled, "The change ended before it could be shown")
        })
    }
}

impl Inner {
    /// Writes the association, waits until JumpCloud shows it, and records what came of it.
    async fn set_binding(
        &self,
        id: &ConnectionId,
        group: &SourceGroupId,
        name: &str,
        binding: Binding,
        stop: &CancellationToken,
    ) -> Result<(), EngineError> {
        let application = self.connection_record(id).await?.draft.endpoints.application;
        let clients = self.clients(id, ClientMode::Writing).await?.stopped_by(stop);
        let Some(writer) = &clients.jumpcloud_writer else {
            return Err(EngineError::new(ErrorCode::Internal, "There is no client that writes to JumpCloud"));
        };
        self.supervisor.report(id, |job| {
            job.step = match binding {
                Binding::Bound => format!("Binding {name} in JumpCloud"),
                Binding::Unbound => format!("Unbinding {name} in JumpCloud"),
            };
        });
        let written = writer.set_binding(&application, group, binding).await;
        let event = NewEvent {
            time: self.clock.now(),
            event_type: EVENT,
            outcome: if written.is_ok() { Outcome::Success } else { Outcome::Failure },
            subject: json!({"type": "group", "label": name, "source_id": group.as_str(),
                "bound": binding == Binding::Bound}),
            run: None,
            status: written.as_ref().err().and_then(ConnectorError::status),
            error: written.as_ref().err().map(ToString::to_string),
            initiated_by: self.initiator.clone(),
        };
        let connection = id.clone();
        self.store.write(move |tx| events::append(tx, &connection, event).map(drop)).await?;
        written.map(drop).map_err(|error| of_jumpcloud(&error))
    }
}

fn of_jumpcloud(error: &ConnectorError) -> EngineError {
    crate::error_map::of_service("JumpCloud", error)
}

fn stale(name: &str) -> EngineError {
    EngineError::new(ErrorCode::PlanStale, format!("What this does to {name} is not what was shown"))
        .hint("Look at it again: somebody came, left or was changed meanwhile")
}

fn affected(cached: &Cached, member: &SourceUserId) -> AffectedPerson {
    let people = &cached.reading.source.people;
    let person: Option<&SourcePerson> =
        people.binary_search_by(|person| person.id.cmp(member)).ok().and_then(|at| people.get(at));
    let links = &cached.standing.links.people;
    let link = links.binary_search_by(|link| link.source.cmp(member)).ok().and_then(|at| links.get(at));
    let label = person.and_then(|person| {
        person.fields.get(SourceField::Email).or_else(|| person.fields.get(SourceField::Username))
    });
    AffectedPerson {
        label: label.unwrap_or(member.as_str()).to_owned(),
        name: person.map_or_else(|| member.to_string(), SourcePerson::label),
        source_id: Some(member.clone()),
        target_id: link.map(|link| link.target.clone()),
        through: Vec::new(),
    }
}

fn preview_text(name: &str, enters: usize, already: usize, is_empty: bool) -> String {
    if is_empty {
        return format!("{name} has no members: nothing is created for it until somebody joins.");
    }
    let people = |number: usize| match number {
        1 => "1 person".to_owned(),
        number => format!("{number} people"),
    };
    match (enters, already) {
        (0, already) => {
            format!("Everybody in {name} is in scope already: {}. Nobody new comes in.", people(already))
        }
        (enters, 0) => format!("{} come into scope with {name}.", people(enters)),
        (enters, already) => {
            format!(
                "{} come into scope with {name}; {} are in scope already.",
                people(enters),
                people(already)
            )
        }
    }
}

fn fingerprint(group: &SourceGroupId, members: &[SourceUserId]) -> String {
    let mut digest = Sha256::new();
    for part in std::iter::once(group.as_str()).chain(members.iter().map(SourceUserId::as_str)) {
        digest.update(part);
        digest.update([0]);
    }
    format!("sha256:{}", hex::encode(digest.finalize()))
}
