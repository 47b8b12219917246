//! The journal of a run: committed before a request is sent and after it was answered, with all that follows from the
//! answer in the same transaction — the link, what was applied, the event (R4).
//!
//! Every method hands its entry over at once, in the order of the calls, and returns a future of its being durable. Before a request is sent, that future
//! must have ended. What came of a request may still be on its way when the next one is sent: if it is lost, the operation is open, as if its answer had
//! not come, and the next reading settles it.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use lockstep_core::ids::{ConnectionId, OperationId, RunId, ScimId, SourceGroupId, SourceUserId};
use lockstep_core::plan::operation::{Operation, Subject};
use lockstep_core::run::remedy::FailureClass;
use rustc_hash::FxHashSet;
use serde_json::{Map, Value};

use super::effect::Effect;
use super::journal_event::event_type;
use crate::clock::Clock;
use crate::store::tables::events::{self, NewEvent, Outcome};
use crate::store::tables::quarantine::{self, NewFailure};
use crate::store::tables::run_operations::{self, Done};
use crate::store::{Store, StoreError, WriteTransaction};

/// A run's journal.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) connection: ConnectionId,
    pub(crate) run: RunId,
    pub(crate) initiated_by: String,
    /// Operations that failed before: success forgets their failures.
    pub(crate) failed_before: Arc<FxHashSet<OperationId>>,
}

/// An entry on its way; it ends once the entry is durable.
pub(crate) type Written = BoxFuture<'static, Result<(), StoreError>>;

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
    fn write(
        &self,
        entry: impl FnOnce(&WriteTransaction<'_>) -> Result<(), StoreError> + Send + 'static,
    ) -> Written {
        self.store.write_whole(entry).boxed()
    }

    /// Commits that a request is about to be sent.
    pub(crate) fn sending(&self, operation: &Operation, digest: &str) -> Written {
        self.sending_all(vec![(operation.id.clone(), digest.to_owned())])
    }

    /// Commits, at once for all of them, that requests are about to be sent, each with its digest.
    pub(crate) fn sending_all(&self, requests: Vec<(OperationId, String)>) -> Written {
        let (run, at) = (self.run.clone(), self.clock.now());
        self.write(move |tx| {
            let requests = requests.iter().map(|(id, digest)| (id, digest.as_str()));
            run_operations::mark_all_sending(tx, &run, requests, at)
        })
    }

    /// Notes that an operation waits for its next attempt.
    pub(crate) fn waiting(
        &self,
        operation: &Operation,
        status: Option<u16>,
        error: String,
        wait: Duration,
    ) -> Written {
        let (run, id) = (self.run.clone(), operation.id.clone());
        let next = self.clock.now().checked_add(wait).unwrap_or(Timestamp::MAX);
        let failure = run_operations::Failure { status, error, remedy: None, duration: None };
        self.write(move |tx| run_operations::mark_waiting(tx, &run, &id, &failure, next))
    }

    /// Notes that an outcome is unknown and is being read back.
    pub(crate) fn verifying(&self, operation: &Operation, status: Option<u16>) -> Written {
        let (run, id) = (self.run.clone(), operation.id.clone());
        self.write(move |tx| run_operations::mark_verifying(tx, &run, &id, status))
    }

    /// Commits that an operation took effect, with all that follows from it.
    pub(crate) fn done(
        &self,
        operation: &Operation,
        status: Option<u16>,
        duration: Duration,
        effect: Effect,
    ) -> Written {
        let at = self.clock.now();
        let done = Done {
            status,
            target_id: effect.target().cloned(),
            duration: (!duration.is_zero()).then_some(duration),
        };
        let event = self.event(operation, effect.target(), Outcome::Success, status, None, at);
        let (connection, run, id) = (self.connection.clone(), self.run.clone(), operation.id.clone());
        let failed_before = self.failed_before.contains(&id);
        self.write(move |tx| {
            run_operations::mark_done(tx, &run, &id, &done, at)?;
            effect.store(tx, &connection, &run, at)?;
            if failed_before {
                quarantine::clear(tx, &connection, &id)?;
            }
            event.map_or(Ok(()), |event| events::append(tx, &connection, event).map(drop))
        })
    }

    /// Commits what a part of an operation changed, while the operation itself goes on or ends otherwise.
    pub(crate) fn effect(&self, effect: Effect) -> Written {
        let (connection, run, at) = (self.connection.clone(), self.run.clone(), self.clock.now());
        self.write(move |tx| effect.store(tx, &connection, &run, at))
    }

    /// Commits that an operation failed for good in this run.
    pub(crate) fn failed(&self, operation: &Operation, failure: Failure) -> Written {
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
        let (connection, run) = (self.connection.clone(), self.run.clone());
        self.write(move |tx| {
            run_operations::mark_failed(tx, &run, &new.operation, &record, at)?;
            if rests {
                quarantine::record(tx, &connection, &new, at)?;
            }
            event.map_or(Ok(()), |event| events::append(tx, &connection, event).map(drop))
        })
    }

    /// Leaves an operation open: it may have taken effect, and the next reading settles it.
    pub(crate) fn unknown(&self, operation: &Operation, failure: Failure) -> Written {
        let at = self.clock.now();
        let Some(event) =
            self.event(operation, None, Outcome::Failure, failure.status, Some(failure.error), at)
        else {
            return futures::future::ready(Ok(())).boxed();
        };
        let (connection, run, id) = (self.connection.clone(), self.run.clone(), operation.id.clone());
        self.write(move |tx| {
            run_operations::mark_verifying(tx, &run, &id, failure.status)?;
            events::append(tx, &connection, event).map(drop)
        })
    }

    /// Commits that an operation was not sent.
    pub(crate) fn skipped(&self, operation: &Operation, why: &str) -> Written {
        let (run, id, why, at) = (self.run.clone(), operation.id.clone(), why.to_owned(), self.clock.now());
        self.write(move |tx| run_operations::mark_skipped(tx, &run, &id, &why, at))
    }

    /// Commits that an operation waits for Atlassian's console, with what follows from it.
    pub(crate) fn awaited(&self, operation: &Operation, why: &str, effect: Effect) -> Written {
        let (connection, run, at) = (self.connection.clone(), self.run.clone(), self.clock.now());
        let (id, why) = (operation.id.clone(), why.to_owned());
        let event = self.event(operation, None, Outcome::Failure, Some(409), Some(why.clone()), at);
        self.write(move |tx| {
            run_operations::mark_skipped(tx, &run, &id, &why, at)?;
            effect.store(tx, &connection, &run, at)?;
            quarantine::clear(tx, &connection, &id)?;
            event.map_or(Ok(()), |event| events::append(tx, &connection, event).map(drop))
        })
    }

    /// Commits that an operation was not sent since one that it needs failed.
    pub(crate) fn blocked(&self, operation: &Operation, why: &str) -> Written {
        let (run, id, why, at) = (self.run.clone(), operation.id.clone(), why.to_owned(), self.clock.now());
        self.write(move |tx| run_operations::mark_blocked(tx, &run, &id, &why, at))
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
