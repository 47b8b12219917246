//! The event log, as a window for screens and as the contract's records for export.

use jiff::Timestamp;
use lockstep_core::ids::ConnectionId;
use serde_json::Value;

use super::event_chain::{must_have_been, unknown};
use super::views::{EventRow, EventWindow, WindowQuery};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::store::StoreError;
use crate::store::tables::events::{self, Event, ExportFilter};

/// A record of the log, with the headless contract's keys.
pub type EventRecord = Event;

impl Engine {
    /// Returns a window of a connection's events, newest first unless the query says otherwise.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn events(&self, id: &ConnectionId, query: &WindowQuery) -> Result<EventWindow, EngineError> {
        let (id, query) = (id.clone(), query.clone());
        let window = self
            .inner
            .store
            .read(move |connection| {
                let window = events::window(connection, &id, &query)?;
                let rows = window.rows.iter().map(event_row).collect::<Result<_, _>>()?;
                Ok(EventWindow { rows, total: window.total, unfiltered: window.unfiltered })
            })
            .await?;
        Ok(window)
    }

    /// Returns the records of a connection's log, oldest first; a removed connection's log stays readable under its id.
    ///
    /// # Errors
    /// `NotFound` where there never was such a connection.
    pub async fn event_records(
        &self,
        id: &ConnectionId,
        since: Option<Timestamp>,
        event_type: Option<&str>,
    ) -> Result<Vec<EventRecord>, EngineError> {
        let wanted = id.clone();
        let filter = ExportFilter { since, event_type: event_type.map(str::to_owned) };
        let records = self.inner.store.read(move |connection| {
            must_have_been(connection, &wanted)?;
            let mut records = Vec::new();
            events::export(connection, &wanted, &filter, |event| {
                records.push(event);
                Ok(())
            })?;
            Ok(records)
        });
        records.await.map_err(|error| unknown(error, id))
    }
}

/// Turns a record into a row.
pub(super) fn event_row(event: &Event) -> Result<EventRow, StoreError> {
    let member = |name: &str| event.subject.get(name).and_then(Value::as_str).map(str::to_owned);
    let outcome = match event.outcome {
        events::Outcome::Success => "success",
        events::Outcome::Failure => "failure",
    };
    Ok(EventRow {
        sequence: event.sequence,
        time: events::time_of(event)?,
        event_type: event.event_type.clone(),
        outcome: outcome.to_owned(),
        label: member("label"),
        subject_type: member("type"),
        run: event.run.clone(),
        status: event.status,
        error: event.error.clone(),
        initiated_by: event.initiated_by.clone(),
    })
}
