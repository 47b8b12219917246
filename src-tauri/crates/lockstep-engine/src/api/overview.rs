//! The overview: a few counts, the latest plan and run, and what is due. Everything is counted in the store.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use lockstep_core::attribute::SourceField;
use lockstep_core::ids::ConnectionId;
use lockstep_core::plan::conflict::Conflict;
use lockstep_core::plan::operation::OperationKind;
use rusqlite::Connection;

use super::conflicts::Asked;
use super::plan_head::count;
use super::plans::plan_view;
use super::runs::run_view;
use super::views::{
    ChecklistItem, ConnectionState, ConnectionView, EventDay, ExpiringPassword, JobView, KeyKind, Overview,
    PlanView, RunView,
};
use crate::clock::{from_text, to_text};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::store::StoreError;
use crate::store::tables::snapshots::{self, Side};
use crate::store::tables::{
    events, person_facts, plan_counts, plans, quarantine, runs, source_cache, target_cache,
};

/// Days looked back on in the chart, and ahead for expiring passwords.
const DAYS: i64 = 14;
/// People named among the expiring passwords.
const EXPIRING_SHOWN: u32 = 50;

/// What is read from the store in one moment.
struct Stored {
    plan: Option<PlanView>,
    last_run: Option<RunView>,
    read_at: Option<Timestamp>,
    directory_users: u32,
    planned_new_users: u32,
    failed_operations: u32,
    open_conflicts: u32,
    waiting_conflicts: u32,
    expiring_passwords: Vec<ExpiringPassword>,
    event_days: Vec<EventDay>,
}

impl Engine {
    /// Returns the overview of a connection.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn overview(&self, id: &ConnectionId) -> Result<Overview, EngineError> {
        let connection = self.connection(id).await?;
        let (wanted, now) = (id.clone(), self.inner.clock.now());
        let stored = self.inner.store.read(move |connection| stored(connection, &wanted, now)).await?;
        Ok(Overview {
            checklist: checklist(&connection, &stored),
            job: self.job(id),
            read_at: stored.read_at,
            in_step: stored.plan.as_ref().map_or(0, |plan| plan.people_in_step),
            directory_users: stored.directory_users,
            planned_new_users: stored.planned_new_users,
            user_limit: connection.draft.policy.user_limit,
            failed_operations: stored.failed_operations,
            open_conflicts: stored.open_conflicts,
            waiting_conflicts: stored.waiting_conflicts,
            expiring_passwords: stored.expiring_passwords,
            event_days: stored.event_days,
            plan: stored.plan,
            last_run: stored.last_run,
            connection,
        })
    }

    /// Returns the connection's job, if one is going on.
    #[must_use]
    pub fn job(&self, id: &ConnectionId) -> Option<JobView> {
        self.inner.supervisor.job(id)
    }
}

fn stored(connection: &Connection, id: &ConnectionId, now: Timestamp) -> Result<Stored, StoreError> {
    let record = plans::latest(connection, id)?;
    let planned_new_users = match &record {
        None => 0,
        Some(record) => plan_counts::by_kind_and_hold(connection, &record.id)?
            .iter()
            .filter(|entry| entry.kind == OperationKind::CreateUser)
            .map(|entry| entry.count)
            .sum(),
    };
    let asked = Asked::load(connection, id)?;
    let conflicts = |is: &dyn Fn(&Asked, &Conflict) -> bool| {
        asked
            .as_ref()
            .map_or(0, |asked| count(asked.conflicts.iter().filter(|conflict| is(asked, conflict)).count()))
    };
    let open_conflicts = conflicts(&Asked::is_open);
    let waiting_conflicts = conflicts(&|_, conflict| conflict.waiting.is_some());
    let last_run = runs::list(connection, id, 1)?.pop();
    let source = snapshots::in_force(connection, id, Side::Source)?;
    let target = snapshots::in_force(connection, id, Side::Target)?;
    Ok(Stored {
        plan: record.map(|record| plan_view(connection, record)).transpose()?,
        last_run: last_run.map(|record| run_view(connection, record)).transpose()?,
        // The older of the two says how old what is shown is.
        read_at: source.zip(target).map(|(source, target)| source.completed_at.min(target.completed_at)),
        directory_users: target_cache::count_users(connection, id)?,
        planned_new_users,
        failed_operations: count(quarantine::list(connection, id)?.len()),
        open_conflicts,
        waiting_conflicts,
        expiring_passwords: expiring_passwords(connection, id, now)?,
        event_days: event_days(connection, id, now)?,
    })
}

fn expiring_passwords(
    connection: &Connection,
    id: &ConnectionId,
    now: Timestamp,
) -> Result<Vec<ExpiringPassword>, StoreError> {
    let until = now.checked_add(SignedDuration::from_hours(24 * DAYS)).unwrap_or(Timestamp::MAX);
    let (from, to) = (to_text(now), to_text(until));
    let found = person_facts::expiring_passwords(connection, id, (&from, &to), EXPIRING_SHOWN)?;
    let mut people = Vec::with_capacity(found.len());
    for expiry in found {
        let Some(person) = source_cache::person_by_id(connection, id, &expiry.person)? else { continue };
        let expires_at =
            from_text(&expiry.expires_at).map_err(|error| StoreError::corrupt("password's expiry", error))?;
        let name = person.label();
        let name = if name.is_empty() {
            person.fields.get(SourceField::Email).unwrap_or_default().to_owned()
        } else {
            name
        };
        people.push(ExpiringPassword { key: expiry.person.to_string(), name, expires_at });
    }
    Ok(people)
}

/// Returns the last days, today included, oldest first; days without events are there too, with zeros.
fn event_days(
    connection: &Connection,
    id: &ConnectionId,
    now: Timestamp,
) -> Result<Vec<EventDay>, StoreError> {
    let day = |back: i64| {
        let at = now.checked_sub(SignedDuration::from_hours(24 * back)).unwrap_or(Timestamp::MIN);
        at.to_zoned(TimeZone::UTC).date()
    };
    let start = day(DAYS - 1).to_zoned(TimeZone::UTC).map_or(Timestamp::MIN, |midnight| midnight.timestamp());
    let counted: BTreeMap<String, EventDay> =
        events::days(connection, id, start)?.into_iter().map(|day| (day.date.clone(), day)).collect();
    Ok((0..DAYS)
        .rev()
        .map(|back| {
            let date = day(back).to_string();
            counted.get(&date).cloned().unwrap_or(EventDay { date, success: 0, failure: 0 })
        })
        .collect())
}

fn checklist(connection: &ConnectionView, stored: &Stored) -> Vec<ChecklistItem> {
    let key = |kind: KeyKind| connection.keys.iter().find(|key| key.kind == kind);
    let key_item = |kind: KeyKind, title: &str, missing: &str| {
        let (state, detail) = match key(kind) {
            Some(key) if key.is_stored => ("done", None),
            Some(key) if key.problem.is_some() => ("attention", key.problem.clone()),
            _ => ("open", Some(missing.to_owned())),
        };
        item(&format!("{}_key", kind.name()), state, title, detail)
    };
    let has_organisation = connection.draft.endpoints.organisation_id.is_some();
    let mut items = vec![
        key_item(KeyKind::Jumpcloud, "JumpCloud is connected", "Store a JumpCloud API key"),
        key_item(
            KeyKind::Scim,
            "The SCIM directory is connected",
            "Store the SCIM key of the Atlassian directory",
        ),
    ];
    items.push(if has_organisation {
        key_item(KeyKind::Organisation, "The organisation is connected", "Store an organisation API key")
    } else {
        item(
            "organisation_key",
            "open",
            "The organisation is connected",
            Some(
                "Optional: with the organisation’s id and key, verified domains and groups from elsewhere are known"
                    .to_owned(),
            ),
        )
    });
    items.push(match &stored.plan {
        Some(_) => item("first_plan", "done", "A plan is computed", None),
        None => item(
            "first_plan",
            "open",
            "A plan is computed",
            Some("Compute one: it reads both sides and changes nothing".to_owned()),
        ),
    });
    items.push(match connection.state {
        ConnectionState::Active => item("activated", "done", "Provisioning is active", None),
        ConnectionState::Paused => {
            item("activated", "attention", "Provisioning is paused", connection.pause_reason.clone())
        }
        ConnectionState::Inactive => item(
            "activated",
            "open",
            "Provisioning is active",
            Some("Activate it once the first plan looks right".to_owned()),
        ),
    });
    items.push(match stored.last_run.as_ref().map(|run| run.state) {
        Some(lockstep_core::run::RunState::Converged | lockstep_core::run::RunState::NothingToDo) => {
            item("first_run", "done", "Both sides are in step", None)
        }
        Some(lockstep_core::run::RunState::Running) => {
            item("first_run", "open", "Both sides are in step", Some("A run is going on".to_owned()))
        }
        Some(lockstep_core::run::RunState::Partial | lockstep_core::run::RunState::Stopped) => item(
            "first_run",
            "attention",
            "Both sides are in step",
            Some("The last run did not finish everything: look at its failed operations".to_owned()),
        ),
        None => item(
            "first_run",
            "open",
            "Both sides are in step",
            Some("Approve the plan, and Lockstep sends exactly that".to_owned()),
        ),
    });
    items
}

fn item(name: &str, state: &str, title: &str, detail: Option<String>) -> ChecklistItem {
    ChecklistItem { name: name.to_owned(), state: state.to_owned(), title: title.to_owned(), detail }
}
