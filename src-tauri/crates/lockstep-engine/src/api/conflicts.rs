//! Conflicts as a review shows them: the latest plan's questions, with the answers that are recorded.

use std::collections::BTreeMap;

use lockstep_core::ids::{ConflictId, ConnectionId, PlanId};
use lockstep_core::plan::conflict::{Conflict, ConflictKind};
use lockstep_core::plan::operation::Subject;
use rusqlite::Connection;

use super::lists::{cut, keep};
use super::plan_head::{PlanHead, count};
use super::views::{
    ConflictRow, ConflictStatus, ConflictView, ConflictWindow, Facet, FormerDecision, SortDirection,
    WindowQuery,
};
use crate::engine::Engine;
use crate::error::{EngineError, ErrorCode};
use crate::store::tables::decisions::{self, DecisionRecord};
use crate::store::tables::{connections, plans, target_cache};
use crate::store::{StoreError, search_text};

/// People of each list that cross to a screen; how many there are is beside them.
const PEOPLE_SHOWN: usize = 1_000;

/// The latest plan's questions.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) plan: PlanId,
    pub(super) conflicts: Vec<Conflict>,
    answers: BTreeMap<ConflictId, DecisionRecord>,
    organisation_known: bool,
    organisation: Option<String>,
}

impl Asked {
    /// Loads them; `None` before there is a plan.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown connection.
    pub(super) fn load(connection: &Connection, id: &ConnectionId) -> Result<Option<Self>, StoreError> {
        let Some(record) = plans::latest(connection, id)? else { return Ok(None) };
        let head = PlanHead::from_document(&record.document)?;
        let answers = decisions::list(connection, id)?
            .into_iter()
            .map(|record| (record.decision.conflict.clone(), record))
            .collect();
        let organisation = target_cache::organisation(connection, id)?;
        Ok(Some(Self {
            plan: record.id,
            conflicts: head.conflicts,
            answers,
            organisation_known: organisation.is_some_and(|known| known.completeness.is_complete()),
            organisation: connections::get(connection, id)?.draft.endpoints.organisation_id,
        }))
    }

    /// Returns the question with that id.
    pub(super) fn find(&self, id: &ConflictId) -> Option<&Conflict> {
        self.conflicts.iter().find(|conflict| conflict.id == *id)
    }

    /// Returns the recorded answer to a question, whatever facts it was given on.
    pub(super) fn answer(&self, id: &ConflictId) -> Option<&DecisionRecord> {
        self.answers.get(id)
    }

    /// Returns the answer in force. Whether one given on other facts still counts is the planner's word: following it may have
    /// changed them.
    pub(super) fn in_force(&self, conflict: &Conflict) -> Option<&DecisionRecord> {
        let is_now_given = |record: &&DecisionRecord| record.decision.facts == conflict.facts;
        self.answer(&conflict.id).filter(|record| conflict.decision.is_some() || is_now_given(record))
    }

    /// Says where a question stands.
    pub(super) fn status(&self, conflict: &Conflict) -> ConflictStatus {
        let answer = self.in_force(conflict);
        match answer.map(|record| record.decision.choice.as_str()) {
            _ if conflict.waiting.is_some() => ConflictStatus::Waiting,
            Some("later") => ConflictStatus::Later,
            Some("take-over" | "keep-others") if conflict.blocked.is_some() => ConflictStatus::Blocked,
            // Nobody can be added to a JumpCloud group who is not in JumpCloud.
            Some("keep-others") if conflict.loses.iter().any(|person| !person.in_jumpcloud) => {
                ConflictStatus::Blocked
            }
            Some(_) => ConflictStatus::Decided,
            None if conflict.blocked.is_some() => ConflictStatus::Blocked,
            None if self.answer(&conflict.id).is_some() => ConflictStatus::FactsChanged,
            None => ConflictStatus::Open,
        }
    }

    /// Whether somebody has to do something about it: answer it, answer it again, or mend what stands in the way.
    pub(super) fn is_open(&self, conflict: &Conflict) -> bool {
        match self.status(conflict) {
            ConflictStatus::Open | ConflictStatus::FactsChanged | ConflictStatus::Later => true,
            ConflictStatus::Blocked => self.in_force(conflict).is_none(),
            ConflictStatus::Waiting | ConflictStatus::Decided => false,
        }
    }

    fn row(&self, conflict: &Conflict) -> ConflictRow {
        let answer = self.in_force(conflict);
        let losing = conflict.loses.iter().filter(|person| !person.loses_access_to.is_empty()).count();
        let newcomers: std::collections::BTreeSet<&str> =
            conflict.new_seats.iter().flat_map(|seats| &seats.people).map(String::as_str).collect();
        ConflictRow {
            id: conflict.id.clone(),
            kind: conflict.kind,
            subject: conflict.subject.clone(),
            facts: conflict.facts.clone(),
            status: self.status(conflict),
            stays: count(conflict.stays.len()),
            gains: count(conflict.gains.len()),
            loses: count(conflict.loses.len()),
            loses_access: self.sees_access(conflict).then(|| count(losing)),
            new_seats: count(newcomers.len()),
            access: conflict.access.clone(),
            decision: answer.map(|record| record.decision.choice.clone()),
            decided_by: answer.map(|record| record.decided_by.clone()),
            decided_at: answer.map(|record| record.decided_at),
            choices: conflict.choices.clone(),
            blocked: conflict.blocked.clone(),
            waiting: conflict.waiting.clone(),
        }
    }

    /// Whether it is known which apps people lose: without an organisation key nothing about them is.
    fn sees_access(&self, conflict: &Conflict) -> bool {
        self.organisation_known
            && !conflict.warnings.iter().any(|warning| {
                matches!(warning.code.as_str(), "members_unknown" | "access_unknown" | "organisation_unknown")
            })
    }

    /// Returns a question with everything that a review shows.
    pub(super) fn view(&self, conflict: &Conflict) -> ConflictView {
        let answer = self.in_force(conflict);
        let before = self.answer(&conflict.id).filter(|_| answer.is_none());
        let mut shown = conflict.clone();
        for people in [&mut shown.stays, &mut shown.gains, &mut shown.loses] {
            people.truncate(PEOPLE_SHOWN);
        }
        ConflictView {
            stays_total: count(conflict.stays.len()),
            gains_total: count(conflict.gains.len()),
            loses_total: count(conflict.loses.len()),
            status: self.status(conflict),
            decided_by: answer.map(|record| record.decided_by.clone()),
            decided_at: answer.map(|record| record.decided_at),
            decided_before: before.map(|record| FormerDecision {
                choice: record.decision.choice.clone(),
                by: record.decided_by.clone(),
                at: record.decided_at,
            }),
            deep_link: review_link(self.organisation.as_deref(), conflict.kind),
            organisation_known: self.organisation_known,
            plan_id: self.plan.clone(),
            conflict: shown,
        }
    }
}

/// Returns where in Atlassian's console groups are reviewed; `None` for questions that it has no page for.
fn review_link(organisation: Option<&str>, kind: ConflictKind) -> Option<String> {
    match kind {
        ConflictKind::GroupTakeover | ConflictKind::GroupRename => Some(match organisation {
            Some(id) => format!("https://admin.atlassian.com/o/{id}/security/identity-providers"),
            None => "https://admin.atlassian.com".to_owned(),
        }),
        _ => None,
    }
}

impl Engine {
    /// Returns a window of the latest plan's conflicts. Sort: `group`, `access`, `site`, `loses`, `loses_access`, `decision`.
    /// Filters: `kind`, `status`, `choice` (`rename` for every new name), `losing` (`yes`, `no`).
    ///
    /// # Errors
    /// `NotFound` for an unknown connection.
    pub async fn conflicts(
        &self,
        id: &ConnectionId,
        query: &WindowQuery,
    ) -> Result<ConflictWindow, EngineError> {
        self.inner.connection_record(id).await?;
        let id = id.clone();
        let asked = self.inner.store.read(move |connection| Asked::load(connection, &id)).await?;
        let mut rows: Vec<ConflictRow> = match &asked {
            Some(asked) => asked.conflicts.iter().map(|conflict| asked.row(conflict)).collect(),
            None => Vec::new(),
        };
        let unfiltered = count(rows.len());
        let facets = facets(&rows);
        keep(&mut rows, query, |row| {
            let access: Vec<String> = row.access.iter().map(|access| access.label()).collect();
            format!("{} {}", row.subject.label(), access.join(" "))
        });
        for choice in query.filters.iter().filter(|choice| !choice.values.is_empty()) {
            rows.retain(|row| {
                facet_values(row)
                    .iter()
                    .any(|(field, value)| *field == choice.field && choice.values.contains(value))
            });
        }
        sort(&mut rows, query);
        let total = count(rows.len());
        Ok(ConflictWindow { rows: cut(rows, query), total, unfiltered, facets })
    }

    /// Returns one conflict of the latest plan.
    ///
    /// # Errors
    /// `NotFound` where the latest plan does not ask it any more.
    pub async fn conflict(
        &self,
        id: &ConnectionId,
        conflict: &ConflictId,
    ) -> Result<ConflictView, EngineError> {
        self.inner.connection_record(id).await?;
        let (connection_id, wanted) = (id.clone(), conflict.clone());
        let view = self
            .inner
            .store
            .read(move |connection| {
                let asked = Asked::load(connection, &connection_id)?;
                Ok(asked.and_then(|asked| asked.find(&wanted).map(|conflict| asked.view(conflict))))
            })
            .await?;
        view.ok_or_else(|| unknown_conflict(id, conflict.as_str()))
    }

    /// Returns the conflict about the group of that name, a takeover before others; for `decide --group`.
    ///
    /// # Errors
    /// `NotFound` where the latest plan asks nothing about it.
    pub async fn conflict_of_group(
        &self,
        id: &ConnectionId,
        name: &str,
    ) -> Result<ConflictView, EngineError> {
        self.inner.connection_record(id).await?;
        let (connection_id, wanted) = (id.clone(), name.to_owned());
        let view = self
            .inner
            .store
            .read(move |connection| {
                let asked = Asked::load(connection, &connection_id)?;
                Ok(asked.and_then(|asked| {
                    let is_about = |conflict: &&Conflict| {
                        matches!(&conflict.subject, Subject::Group { label, .. } if lockstep_core::email::same(label, &wanted))
                    };
                    let mut about: Vec<&Conflict> = asked.conflicts.iter().filter(is_about).collect();
                    about.sort_by_key(|conflict| conflict.kind);
                    about.first().map(|conflict| asked.view(conflict))
                }))
            })
            .await?;
        view.ok_or_else(|| unknown_conflict(id, name))
    }
}

fn unknown_conflict(id: &ConnectionId, what: &str) -> EngineError {
    EngineError::new(ErrorCode::NotFound, format!("The latest plan asks nothing about {what}"))
        .hint("It may have been settled meanwhile: look at the questions that are open now")
        .hint(format!(
            "Compute a plan first: `lockstepctl plan {id}` reads both sides and names every question"
        ))
}

/// Returns the fields that a row can be filtered by, with its values.
fn facet_values(row: &ConflictRow) -> Vec<(&'static str, String)> {
    let mut values = vec![
        ("kind", kind_name(row.kind).to_owned()),
        ("status", row.status.name().to_owned()),
        ("losing", if row.loses_access.unwrap_or(row.loses) > 0 { "yes" } else { "no" }.to_owned()),
    ];
    if let Some(choice) = &row.decision {
        let choice = if choice.starts_with("rename:") { "rename" } else { choice };
        values.push(("choice", choice.to_owned()));
    }
    values
}

fn facets(rows: &[ConflictRow]) -> Vec<Facet> {
    let mut counted: BTreeMap<(&'static str, String), u32> = BTreeMap::new();
    for row in rows {
        for value in facet_values(row) {
            *counted.entry(value).or_default() += 1;
        }
    }
    counted
        .into_iter()
        .map(|((field, value), count)| Facet { field: field.to_owned(), value, count })
        .collect()
}

const fn kind_name(kind: ConflictKind) -> &'static str {
    match kind {
        ConflictKind::GroupTakeover => "group_takeover",
        ConflictKind::GroupRename => "group_rename",
        ConflictKind::GroupOnTwoConnectors => "group_on_two_connectors",
        ConflictKind::AmbiguousPerson => "ambiguous_person",
        ConflictKind::VanishedTarget => "vanished_target",
        ConflictKind::DirectoryReplaced => "directory_replaced",
    }
}

fn sort(rows: &mut [ConflictRow], query: &WindowQuery) {
    let first = |row: &ConflictRow, of: fn(&lockstep_core::snapshot::target::AppAccess) -> Option<&str>| {
        row.access.iter().find_map(of).map(search_text).unwrap_or_default()
    };
    match query.sort.as_deref() {
        Some("group") => rows.sort_by_cached_key(|row| search_text(row.subject.label())),
        Some("access") => rows.sort_by_cached_key(|row| first(row, |access| Some(&access.app))),
        Some("site") => rows.sort_by_cached_key(|row| first(row, |access| access.site.as_deref())),
        Some("loses") => rows.sort_by_key(|row| row.loses),
        Some("loses_access") => rows.sort_by_key(|row| row.loses_access),
        Some("decision") => rows.sort_by(|a, b| (a.status, &a.decision).cmp(&(b.status, &b.decision))),
        _ => {}
    }
    if query.direction == SortDirection::Descending {
        rows.reverse();
    }
}
