//! The journal of a run: committed before a request is sent and after it was answered, with all that follows from the
//! answer in the same transaction — the link, what was applied, the event (R4).

use std::time::Duration;

use jiff::Timestamp;
use lockstep_core::ids::{ConnectionId, RunId, ScimId, SourceGroupId, SourceUserId};
use lockstep_core::plan::operation::{Operation, Subject};
use lockstep_core::run::remedy::FailureClass;
use serde_json::{Map, Value};

use super::effect::Effect;
use super::journal_event::event_type;
use crate::clock::Clock;
use crate::store::tables::events::{self, NewEvent, Outcome};
use crate::store::tables::quarantine::{self, NewFailure};
use crate::store::tables::run_operations::{self, Done};
use crate::store::{Store, StoreError};

/// A run's journal.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) connection: ConnectionId,
    pub(crate) run: RunId,
    pub(crate) initiated_by: String,
}

/// Why an operation failed.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) class: FailureClass,
    pub(crate) status: Option<u16>,
    pub(crate) error: String,
    pub(crate) remedy: String,
    pub(crate) duration: Duration,
}

impl Journal {
    /// Commits that a request is about to be sent.
    pub(crate) async fn sending(&self, operation: &Operation, digest: &str) -> Result<(), StoreError> {
        let (run, id, digest, at) =
            (self.run.clone(), operation.id.clone(), digest.to_owned(), self.clock.now());
        self.store.write(move |tx| run_operations::mark_sending(tx, &run, &id, &digest, at).map(drop)).await
    }

    /// Notes that an operation waits for its next attempt.
    pub(crate) async fn waiting(
        &self,
        operation: &Operation,
        status: Option<u16>,
        error: String,
        wait: Duration,
    ) -> Result<(), StoreError> {
        let (run, id) = (self.run.clone(), operation.id.clone());
        let next = self.clock.now().checked_add(wait).unwrap_or(Timestamp::MAX);
        let failure = run_operations::Failure { status, error, remedy: None, duration: None };
        self.store.write(move |tx| run_operations::mark_waiting(tx, &run, &id, &failure, next)).await
    }

    /// Notes that an outcome is unknown and is being read back.
    pub(crate) async fn verifying(
        &self,
        operation: &Operation,
        status: Option<u16>,
    ) -> Result<(), StoreError> {
        let (run, id) = (self.run.clone(), operation.id.clone());
        self.store.write(move |tx| run_operations::mark_verifying(tx, &run, &id, status)).await
    }

    /// Commits that an operation took effect, with all that follows from it.
    pub(crate) async fn done(
        &self,
        operation: &Operation,
        status: Option<u16>,
        duration: Duration,
        effect: Effect,
    ) -> Result<(), StoreError> {
        let at = self.clock.now();
        let done = Done {
            status,
            target_id: effect.target().cloned(),
            duration: (!duration.is_zero()).then_some(duration),
        };
        let event = self.event(operation, effect.target(), Outcome::Success, status, None, at);
        let (journal, id) = (self.clone(), operation.id.clone());
        self.store
            .write(move |tx| {
                run_operations::mark_done(tx, &journal.run, &id, &done, at)?;
                effect.store(tx, &journal.connection, &journal.run, at)?;
                quarantine::clear(tx, &journal.connection, &id)?;
                event.map_or(Ok(()), |event| events::append(tx, &journal.connection, event).map(drop))
            })
            .await
    }

    /// Commits what a part of an operation changed, while the operation itself goes on or ends otherwise.
    pub(crate) async fn effect(&self, effect: Effect) -> Result<(), StoreError> {
        let (journal, at) = (self.clone(), self.clock.now());
        self.store.write(move |tx| effect.store(tx, &journal.connection, &journal.run, at)).await
    }

    /// Commits that an operation failed for good in this run.
    pub(crate) async fn failed(&self, operation: &Operation, failure: Failure) -> Result<(), StoreError> {
        let at = self.clock.now();
        let event =
            self.event(operation, None, Outcome::Failure, failure.status, Some(failure.error.clone()), at);
        let record = failure.record();
        let new = NewFailure {
            operation: operation.id.clone(),
            kind: operation.kind,
            label: operation.subject.label().to_owned(),
            status: failure.status,
            error: failure.error,
            remedy: Some(failure.remedy),
        };
        // A group whose other members went in does not rest: it would keep everybody else out (R5).
        let rests = failure.class != FailureClass::MemberUnknown;
        let journal = self.clone();
        self.store
            .write(move |tx| {
                run_operations::mark_failed(tx, &journal.run, &new.operation, &record, at)?;
                if rests {
                    quarantine::record(tx, &journal.connection, &new, at)?;
                }
                event.map_or(Ok(()), |event| events::append(tx, &journal.connection, event).map(drop))
            })
            .await
    }

    /// Leaves an operation open: it may have taken effect, and the next reading settles it.
    pub(crate) async fn unknown(&self, operation: &Operation, failure: Failure) -> Result<(), StoreError> {
        let at = self.clock.now();
        let Some(event) =
            self.event(operation, None, Outcome::Failure, failure.status, Some(failure.error), at)
        else {
            return Ok(());
        };
        let (journal, id) = (self.clone(), operation.id.clone());
        self.store
            .write(move |tx| {
                run_operations::mark_verifying(tx, &journal.run, &id, failure.status)?;
                events::append(tx, &journal.connection, event).map(drop)
            })
            .await
    }

    /// Commits that an operation was not sent.
    pub(crate) async fn skipped(&self, operation: &Operation, why: &str) -> Result<(), StoreError> {
        let (run, id, why, at) = (self.run.clone(), operation.id.clone(), why.to_owned(), self.clock.now());
        self.store.write(move |tx| run_operations::mark_skipped(tx, &run, &id, &why, at)).await
    }

    /// Commits that an operation waits for Atlassian's console, with what follows from it.
    pub(crate) async fn awaited(
        &self,
        operation: &Operation,
        why: &str,
        effect: Effect,
    ) -> Result<(), StoreError> {
        let (journal, id, why, at) = (self.clone(), operation.id.clone(), why.to_owned(), self.clock.now());
        let event = self.event(operation, None, Outcome::Failure, Some(409), Some(why.clone()), at);
        self.store
            .write(move |tx| {
                run_operations::mark_skipped(tx, &journal.run, &id, &why, at)?;
                effect.store(tx, &journal.connection, &journal.run, at)?;
                quarantine::clear(tx, &journal.connection, &id)?;
                event.map_or(Ok(()), |event| events::append(tx, &journal.connection, event).map(drop))
            })
            .await
    }

    /// Commits that an operation was not sent since one that it needs failed.
    pub(crate) async fn blocked(&self, operation: &Operation, why: &str) -> Result<(), StoreError> {
        let (run, id, why, at) = (self.run.clone(), operation.id.clone(), why.to_owned(), self.clock.now());
        self.store.write(move |tx| run_operations::mark_blocked(tx, &run, &id, &why, at)).await
    }

    fn event(
        &self,
        operation: &Operation,
        target: Option<&ScimId>,
        outcome: Outcome,
        status: Option<u16>,
        error: Option<String>,
        at: Timestamp,
    ) -> Option<NewEvent> {
        Some(NewEvent {
            time: at,
            event_type: event_type(operation.kind)?,
            outcome,
            subject: subject(&operation.subject, target),
            run: Some(self.run.clone()),
            status,
            error,
            initiated_by: self.initiated_by.clone(),
        })
    }
}

impl Failure {
    fn record(&self) -> run_operations::Failure {
        run_operations::Failure {
            status: self.status,
            error: self.error.clone(),
            remedy: Some(self.remedy.clone()),
            duration: Some(self.duration),
        }
    }
}

/// Returns the subject as events name it.
pub(crate) fn subject(subject: &Subject, target: Option<&ScimId>) -> Value {
    let mut fields = Map::new();
    let (kind, source, own_target) = match subject {
        Subject::Person { source_id, target_id, .. } => {
            ("person", source_id.as_ref().map(SourceUserId::as_str), target_id.as_ref())
        }
        Subject::Group { source_id, target_id, .. } => {
            ("group", source_id.as_ref().map(SourceGroupId::as_str), target_id.as_ref())
        }
    };
    fields.insert("type".to_owned(), kind.into());
    fields.insert("label".to_owned(), subject.label().into());
    if let Some(source) = source {
        fields.insert("source_id".to_owned(), source.into());
    }
    if let Some(target) = target.or(own_target) {
        fields.insert("target_id".to_owned(), target.as_str().into());
    }
    Value::Object(fields)
}
