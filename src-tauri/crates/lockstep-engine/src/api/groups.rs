//! Groups: the window of the table, and one group with what it gives and what would happen if it went.

use std::collections::BTreeMap;

use lockstep_core::email::same;
use lockstep_core::explain::{BlastRadius, GroupFate, GroupKey, GroupPathStep, blast_radius, explain_group};
use lockstep_core::ids::{ConnectionId, ScimId, SourceGroupId};
use lockstep_core::plan::operation::Subject;
use lockstep_core::plan::{Plan, PlanInput};
use lockstep_core::snapshot::target::AppAccess;
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::conflicts::Asked;
use super::lists::{cut, keep};
use super::operation_text::operation_row;
use super::plan_head::count;
use super::views::{
    BlastRadiusView, Facet, GroupPage, GroupRow, GroupState, GroupWhy, GroupWindow, PathGroup, SortDirection,
    WindowQuery,
};
use crate::engine::Engine;
use crate::error::{EngineError, ErrorCode};
use crate::store::tables::snapshots::{self, Side};
use crate::store::tables::{connections, groups, plans, target_cache};
use crate::store::{StoreError, search_text};
use crate::sync::replan::Cached;

/// People of each list that cross to a screen; how many there are is beside them.
const PEOPLE_SHOWN: usize = 1_000;

impl Engine {
    /// Returns the groups that are bound or were once, by name.
    ///
    /// # Errors
    /// `NotFound` for an unknown connection.
    pub async fn groups(&self, id: &ConnectionId) -> Result<Vec<GroupRow>, EngineError> {
        self.inner.connection_record(id).await?;
        let id = id.clone();
        Ok(self.inner.store.read(move |connection| groups::list(connection, &id)).await?)
    }

    /// Returns a window of the groups, by name; sort: `name`, `members`, `members_in_target`, `state`, `would_deactivate`.
    /// Filters: `state`, `overlap` and `only_path` (`yes`, `no`).
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn group_window(
        &self,
        id: &ConnectionId,
        query: &WindowQuery,
    ) -> Result<GroupWindow, EngineError> {
        let mut rows = self.groups(id).await?;
        let unfiltered = count(rows.len());
        let facets = facets(&rows);
        keep(&mut rows, query, |group| group.name.clone());
        for choice in query.filters.iter().filter(|choice| !choice.values.is_empty()) {
            rows.retain(|row| {
                facet_values(row).iter().any(|(field, value)| {
                    *field == choice.field && choice.values.iter().any(|one| one == value)
                })
            });
        }
        match query.sort.as_deref() {
            Some("members") => rows.sort_by_key(|group| group.members),
            Some("members_in_target") => rows.sort_by_key(|group| group.members_in_target),
            Some("would_deactivate") => rows.sort_by_key(|group| group.would_deactivate),
            Some("state") => rows.sort_by_key(|group| group.state),
            _ => rows.sort_by_cached_key(|group| search_text(&group.name)),
        }
        if query.direction == SortDirection::Descending {
            rows.reverse();
        }
        let total = count(rows.len());
        Ok(GroupWindow { rows: cut(rows, query), total, unfiltered, facets })
    }

    /// Returns a group's page. `key` is a JumpCloud id, a SCIM id, or a name.
    ///
    /// # Errors
    /// `NotFound` where the last reading knows no such group.
    pub async fn group(&self, id: &ConnectionId, key: &str) -> Result<GroupPage, EngineError> {
        self.inner.connection_record(id).await?;
        let (connection_id, wanted, now) = (id.clone(), key.to_owned(), self.inner.clock.now());
        let page =
            self.inner.store.read(move |connection| page(connection, &connection_id, &wanted, now)).await?;
        page.ok_or_else(|| {
            EngineError::new(ErrorCode::NotFound, format!("The last reading of {id} knows no group {key}"))
                .hint("Compute a plan, which reads both sides, and look again")
        })
    }
}

fn facet_values(row: &GroupRow) -> [(&'static str, &'static str); 3] {
    let yes = |is: bool| if is { "yes" } else { "no" };
    [
        ("state", row.state.name()),
        ("overlap", yes(!row.other_connectors.is_empty())),
        ("only_path", yes(row.would_deactivate > 0)),
    ]
}

fn facets(rows: &[GroupRow]) -> Vec<Facet> {
    let mut counted: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for value in rows.iter().flat_map(facet_values) {
        *counted.entry(value).or_default() += 1;
    }
    counted
        .into_iter()
        .map(|((field, value), count)| Facet { field: field.to_owned(), value: value.to_owned(), count })
        .collect()
}

fn page(
    connection: &Connection,
    id: &ConnectionId,
    key: &str,
    now: jiff::Timestamp,
) -> Result<Option<GroupPage>, StoreError> {
    let Some(row) = find_row(connection, id, key)? else { return Ok(None) };
    let record = plans::latest(connection, id)?;
    let asked = Asked::load(connection, id)?;
    let conflict = asked.as_ref().and_then(|asked| {
        let wanted = row.conflict.as_ref()?;
        Some(asked.view(asked.find(wanted)?))
    });
    let operations = match &record {
        None => Vec::new(),
        Some(record) => {
            let source = row.source_id.as_ref().map(SourceGroupId::as_str);
            let target = row.target_id.as_ref().map(ScimId::as_str);
            plans::operations_about(connection, &record.id, source, target)?
        }
    };
    let organisation = target_cache::organisation(connection, id)?;
    let known =
        organisation.iter().flat_map(|known| &known.groups).find(|group| same(&group.name, &row.name));
    let access: Vec<AppAccess> = known.and_then(|group| group.access.clone()).unwrap_or_default();
    let endpoints = connections::get(connection, id)?.draft.endpoints;
    let deep_link = endpoints.organisation_id.as_ref().map(|organisation| match known {
        Some(group) => format!("https://admin.atlassian.com/o/{organisation}/groups/{}", group.id),
        None => format!("https://admin.atlassian.com/o/{organisation}/groups"),
    });
    let cached = Cached::load(connection, id, now)?;
    let blast = |fate| {
        let cached = cached.as_ref()?;
        let source = row.source_id.as_ref()?;
        blast_view(&cached.input(), source, fate)
    };
    let source = snapshots::in_force(connection, id, Side::Source)?;
    let target = snapshots::in_force(connection, id, Side::Target)?;
    let about = Plan {
        operations: operations.clone(),
        conflicts: asked.map(|asked| asked.conflicts).unwrap_or_default(),
        ..Plan::default()
    };
    Ok(Some(GroupPage {
        explanation: why(&row, cached.as_ref(), &about),
        if_unbound: blast(GroupFate::Unbound),
        if_deleted: blast(GroupFate::Deleted),
        access,
        conflict,
        operations: operations
            .iter()
            .filter(|operation| matches!(operation.subject, Subject::Group { .. }))
            .map(operation_row)
            .collect(),
        deep_link,
        read_at: source.zip(target).map(|(source, target)| source.completed_at.min(target.completed_at)),
        plan_id: record.map(|record| record.id),
        row,
    }))
}

/// Finds a group by JumpCloud id, SCIM id or name; one that is only in Atlassian has a row of its own.
fn find_row(connection: &Connection, id: &ConnectionId, key: &str) -> Result<Option<GroupRow>, StoreError> {
    let rows = groups::list(connection, id)?;
    let by_source = |row: &&GroupRow| row.source_id.as_ref().is_some_and(|source| source.as_str() == key);
    let by_target = |row: &&GroupRow| row.target_id.as_ref().is_some_and(|target| target.as_str() == key);
    let found = rows
        .iter()
        .find(by_source)
        .or_else(|| rows.iter().find(by_target))
        .or_else(|| rows.iter().find(|row| same(&row.name, key)));
    if let Some(row) = found {
        return Ok(Some(row.clone()));
    }
    let names = target_cache::group_names(connection, id)?;
    let found = names.into_iter().find(|(target, name)| target.as_str() == key || same(name, key));
    Ok(found.map(|(target, name)| GroupRow {
        source_id: None,
        target_id: Some(target),
        name,
        members: 0,
        members_in_target: None,
        state: GroupState::SameNameExists,
        would_deactivate: 0,
        other_connectors: Vec::new(),
        conflict: None,
        is_protected: false,
    }))
}

/// Returns what unbinding or deleting a group would do, as screens show it.
pub(super) fn blast_view(
    input: &PlanInput<'_>,
    group: &SourceGroupId,
    fate: GroupFate,
) -> Option<BlastRadiusView> {
    let radius: BlastRadius = blast_radius(input, group, fate)?;
    let confirmation = confirmation(group, fate, &radius);
    let BlastRadius { mut deactivated, mut keeps, inactive_already, without_account, unknown, text } = radius;
    let (deactivated_total, keeps_total) = (count(deactivated.len()), count(keeps.len()));
    deactivated.truncate(PEOPLE_SHOWN);
    keeps.truncate(PEOPLE_SHOWN);
    Some(BlastRadiusView {
        deactivated,
        deactivated_total,
        keeps,
        keeps_total,
        inactive_already,
        without_account,
        unknown,
        text,
        confirmation,
    })
}

/// Returns the fingerprint of a consequence: what happens to which group, and who would be deactivated.
fn confirmation(group: &SourceGroupId, fate: GroupFate, radius: &BlastRadius) -> String {
    let mut digest = Sha256::new();
    let mut part = |text: &str| {
        digest.update(text);
        digest.update([0]);
    };
    part(match fate {
        GroupFate::Unbound => "unbound",
        GroupFate::Deleted => "deleted",
    });
    part(group.as_str());
    for person in &radius.deactivated {
        part(person.source_id.as_ref().map_or("", |id| id.as_str()));
        part(person.target_id.as_ref().map_or("", |id| id.as_str()));
    }
    part(&radius.unknown.to_string());
    format!("sha256:{}", hex::encode(digest.finalize()))
}

/// Returns why a group is as it is, as screens show it.
fn why(row: &GroupRow, cached: Option<&Cached>, plan: &Plan) -> GroupWhy {
    let key = match (&row.source_id, &row.target_id) {
        (Some(source), _) => GroupKey::Source(source.clone()),
        (None, Some(target)) => GroupKey::Target(target.clone()),
        (None, None) => GroupKey::Name(row.name.clone()),
    };
    let explanation = cached.and_then(|cached| explain_group(&cached.input(), plan, &key));
    let Some(explanation) = explanation else {
        return GroupWhy {
            situation: row.state.name().to_owned(),
            text: "Both sides have not been read to the end yet, so nothing more is known.".to_owned(),
            causes: Vec::new(),
            path: Vec::new(),
            would_change: Vec::new(),
        };
    };
    GroupWhy {
        situation: row.state.name().to_owned(),
        text: explanation.text,
        causes: explanation.causes.into_iter().map(|cause| cause.text).collect(),
        path: explanation.path.into_iter().map(step).collect(),
        would_change: explanation.would_change.into_iter().map(|change| change.text).collect(),
    }
}

fn step(step: GroupPathStep) -> PathGroup {
    let people = |number: Option<u32>| match number {
        Some(1) => ", 1 member".to_owned(),
        Some(number) => format!(", {number} members"),
        None => String::new(),
    };
    match step {
        GroupPathStep::Source { group, source_id, bound, members } => PathGroup {
            name: group,
            key: Some(source_id.to_string()),
            is_bound: bound,
            relation: if bound { "member" } else { "unbound" }.to_owned(),
            members,
            detail: format!("JumpCloud, {}{}", if bound { "bound" } else { "not bound" }, people(members)),
        },
        GroupPathStep::Target { group, target_id, linked, members } => PathGroup {
            name: group,
            key: target_id.as_ref().map(ToString::to_string),
            is_bound: linked,
            relation: "target".to_owned(),
            members,
            detail: match (&target_id, linked) {
                (None, _) => "Atlassian, not there yet".to_owned(),
                (Some(_), true) => format!("Atlassian, follows JumpCloud{}", people(members)),
                (Some(_), false) => format!("Atlassian, not ours{}", people(members)),
            },
        },
        GroupPathStep::Access { access } => PathGroup {
            name: access.label(),
            key: None,
            is_bound: true,
            relation: "access".to_owned(),
            members: None,
            detail: access.roles.join(", "),
        },
    }
}
