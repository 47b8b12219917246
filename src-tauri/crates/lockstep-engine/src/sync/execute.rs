//! Carries out approved operations: journal, send, judge, journal (R4–R6).
//!
//! Nothing is decided here that the core decides: an attempt's meaning is [`outcome`], the order is [`stage`], and what is
//! sent is the operation's payload. One failing object never stops the others; refused credentials stop all.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lockstep_core::ids::ScimId;
use lockstep_core::memory::PendingTakeover;
use lockstep_core::plan::operation::{Member, Operation, Payload};
use lockstep_core::run::outcome::{Found, StopReason, Verdict, after_verify, outcome};
use lockstep_core::run::remedy::{FailureClass, remedy};
use lockstep_core::scim::MemberRemovalForm;
use tokio_util::sync::CancellationToken;

use super::ahead::{Ahead, Begun};
use super::dependants::AWAITED;
use super::effect::Effect;
use super::journal::{Failure, Journal, Written};
use super::learnt::{Learnt, Unfinished};
use super::look::Look;
use super::pair::Settled;
use super::progress::{Ended, ProgressBoard};
use super::stage;
use super::write::{Reply, Write};
use crate::connectors::atlassian_scim::ScimClient;
use crate::connectors::jumpcloud::JumpCloudWriter;
use crate::http::ConnectorError;
use crate::store::StoreError;

/// Sendings of one request by this level; the HTTP client's own patience comes before each of them.
const ATTEMPTS: u32 = 4;
/// Longest wait between them, whatever a server asks for: beyond it the next run is the better place.
const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// Ends of operations that a worker has on their way to the disk before it waits for the first of them.
const ENDS_UNDER_WAY: usize = 16;
/// Why an operation was not sent.
const STOPPED: &str = "The run was stopped before this was sent";

/// What a run works with.
#[derive(Debug)]
pub(crate) struct Executor {
    /// Sends nothing more once `stop` is cancelled.
    pub(crate) scim: ScimClient,
    /// Only reads, and goes on when the run is stopped: what was sent must be settled.
    pub(crate) reader: ScimClient,
    /// Writes approved steps to JumpCloud.
    pub(crate) jumpcloud: Option<JumpCloudWriter>,
    pub(crate) journal: Journal,
    pub(crate) progress: ProgressBoard,
    pub(crate) stop: CancellationToken,
    pub(crate) concurrency: usize,
    /// Wait before the second sending; doubles.
    pub(crate) first_wait: Duration,
    pub(crate) learnt: Mutex<Learnt>,
}

/// How one operation ended.
pub(crate) enum End {
    /// Carried out, or already so.
    Done { status: Option<u16>, duration: Duration, effect: Effect },
    /// Failed for good.
    Failed(Failure),
    /// It may have been carried out; the next reading tells (R4).
    Unknown(Failure),
    /// Not sent, or certainly without effect.
    Skipped(String),
    /// Not sent: something it needs failed.
    Blocked(String),
    /// Refused for its name, which a group has that SCIM does not show: Atlassian's console is awaited.
    Awaited(Effect),
}

impl Executor {
    /// Carries out the operations, which are in the plan's order. Returns early only when the journal cannot be written.
    pub(crate) async fn execute(&self, operations: &[&Operation]) -> Result<(), StoreError> {
        for lanes in stage::stages(operations) {
            // Workers take the next lane as they become free: futures are made for what is in flight, not for 100,000 people.
            let workers = self.concurrency.min(lanes.len());
            let queue = Ahead::new(lanes);
            futures::future::try_join_all((0..workers).map(|_| self.work(&queue))).await?;
        }
        Ok(())
    }

    /// Takes lanes until none is left. The next operation is sent while the end of the one before is still being committed;
    /// at the end of a stage everything is durable, since what comes next may build on it.
    async fn work(&self, queue: &Ahead<'_>) -> Result<(), StoreError> {
        let mut ends = VecDeque::with_capacity(ENDS_UNDER_WAY + 1);
        while let Some(Begun { lane, mut write }) = queue.next(self).await? {
            let Settled { ends: mut settled, is_refused } = self.change_both(&lane).await?;
            let mut is_done = true;
            for (at, operation) in lane.into_iter().enumerate() {
                let end = match settled.get_mut(at).and_then(Option::take) {
                    Some(end) => {
                        self.progress.began();
                        Some(end)
                    }
                    None => self.carry_out(operation, write.take()).await?,
                };
                is_done &= matches!(end, Some(End::Done { .. }));
                if let Some(end) = end {
                    ends.push_back(self.end(operation, end));
                }
                if ends.len() > ENDS_UNDER_WAY
                    && let Some(first) = ends.pop_front()
                {
                    first.await?;
                }
            }
            if is_refused && is_done {
                self.keep_apart();
            }
        }
        for end in ends {
            end.await?;
        }
        Ok(())
    }

    /// Returns how the operation ended; `None` when it was not begun and that is in the journal. `write` is its request, where the
    /// journal has it as about to be sent.
    async fn carry_out(
        &self,
        operation: &Operation,
        write: Option<Write<'_>>,
    ) -> Result<Option<End>, StoreError> {
        if self.stop.is_cancelled() {
            self.progress.skipped();
            self.journal.skipped(operation, STOPPED).await?;
            return Ok(None);
        }
        if let Some(end) = self.held_by_another(operation) {
            self.progress.began();
            return Ok(Some(end));
        }
        self.progress.began();
        let end = match &operation.payload {
            Payload::AddMembers { .. } | Payload::RemoveMembers { .. } => {
                self.change_members(operation).await?
            }
            Payload::AddSourceMembers { .. } => self.add_source_members(operation).await?,
            payload => match (write, Write::of(payload)) {
                (Some(write), _) => self.send(operation, &write, true).await?,
                (None, Some(write)) => self.send(operation, &write, false).await?,
                (None, None) => {
                    End::Done { status: None, duration: Duration::ZERO, effect: Effect::of(operation, None) }
                }
            },
        };
        Ok(Some(end))
    }

    /// Puts an operation's end into the journal; it is durable when the future ends.
    fn end(&self, operation: &Operation, end: End) -> Written {
        let how = match &end {
            End::Done { .. } => Ended::Done,
            End::Failed(_) | End::Unknown(_) => Ended::Failed,
            End::Skipped(_) | End::Blocked(_) | End::Awaited(_) => Ended::Skipped,
        };
        match &end {
            End::Done { .. } => {}
            End::Awaited(_) => self.note_unfinished(operation, Unfinished::Awaited),
            _ => self.note_unfinished(operation, Unfinished::Failed),
        }
        let written = match end {
            End::Awaited(effect) => {
                self.learn(operation, &effect);
                self.journal.awaited(operation, AWAITED, effect)
            }
            End::Done { status, duration, effect } => {
                self.learn(operation, &effect);
                self.journal.done(operation, status, duration, effect)
            }
            End::Failed(failure) => {
                if failure.class == FailureClass::NameImmutable
                    && let Payload::RenameGroup { target, after, .. } = &operation.payload
                {
                    self.learnt().memory.rename_refused.insert((target.clone(), after.clone()));
                }
                self.journal.failed(operation, failure)
            }
            End::Unknown(failure) => self.journal.unknown(operation, failure),
            End::Skipped(why) => self.journal.skipped(operation, &why),
            End::Blocked(why) => self.journal.blocked(operation, &why),
        };
        self.progress.ended(operation.kind, how);
        written
    }

    fn learn(&self, operation: &Operation, effect: &Effect) {
        let mut learnt = self.learnt();
        match (effect, &operation.payload) {
            (Effect::LinkPerson { source, target }, _) => {
                learnt.people.insert(source.clone(), target.clone());
            }
            (Effect::LinkGroup { source, target, .. }, _) => {
                learnt.groups.insert(source.clone(), target.clone());
            }
            (Effect::AwaitAtlassian { source, target, name }, _) => {
                learnt.groups.extend(target.clone().map(|target| (source.clone(), target)));
                let pending = PendingTakeover { name: name.clone(), target: target.clone() };
                learnt.memory.takeovers.insert(source.clone(), pending);
            }
            _ => {}
        }
    }

    /// Sends an operation that is one request about one object. `is_journaled`: the first sending is in the journal already.
    async fn send(
        &self,
        operation: &Operation,
        write: &Write<'_>,
        is_journaled: bool,
    ) -> Result<End, StoreError> {
        let mut wait = self.first_wait;
        for number in 1..=ATTEMPTS {
            if !(is_journaled && number == 1) {
                self.journal.sending(operation, &write.digest()).await?;
            }
            let reply = self.send_once(write, number).await;
            if reply.was_not_begun() {
                return Ok(End::Skipped(STOPPED.to_owned()));
            }
            let (verdict, seen) = self.judge(operation, write, &reply).await?;
            let (is_invisible, found) = match seen {
                Some((found, id)) => (found == Found::Nothing, id),
                None => (false, None),
            };
            let mut created = reply.created().cloned().or(found);
            match verdict {
                Verdict::Fail(FailureClass::GroupNameTaken) if is_invisible => {
                    return Ok(self.awaits(operation, write, &reply));
                }
                Verdict::Done | Verdict::AlreadySo => {
                    return Ok(End::Done {
                        status: reply.status(),
                        duration: reply.duration,
                        effect: Effect::of(operation, created.take()),
                    });
                }
                Verdict::Retry { after } if number < ATTEMPTS => {
                    if !self.pause(operation, &reply, after.unwrap_or(wait)).await? {
                        return Ok(End::Skipped(STOPPED.to_owned()));
                    }
                    wait = wait.saturating_mul(2);
                }
                verdict => return Ok(self.give_up(operation, verdict, &reply)),
            }
        }
        Ok(End::Skipped(STOPPED.to_owned()))
    }

    /// Sends a request, for the first time or again (`number` is 1-based); only the first sending counts as sent.
    pub(crate) async fn send_once(&self, write: &Write<'_>, number: u32) -> Reply {
        if number == 1 { write.send(&self.scim).await } else { write.send(&self.scim.repeating()).await }
    }

    /// Ends an operation whose name a group of the organisation has that SCIM does not show.
    fn awaits(&self, operation: &Operation, write: &Write<'_>, reply: &Reply) -> End {
        match (&operation.payload, write) {
            (
                Payload::CreateGroup { source, .. } | Payload::TakeOverGroup { source, .. },
                Write::CreateGroup(name, _),
            ) => End::Awaited(Effect::AwaitAtlassian {
                source: source.clone(),
                target: None,
                name: (*name).to_owned(),
            }),
            _ => self.give_up(operation, Verdict::Fail(FailureClass::GroupNameTaken), reply),
        }
    }

    /// Judges a reply; an unknown outcome is read back first. Also returns what that found, and the object's id.
    async fn judge(
        &self,
        operation: &Operation,
        write: &Write<'_>,
        reply: &Reply,
    ) -> Result<(Verdict, Option<(Found, Option<ScimId>)>), StoreError> {
        let attempt = reply.attempt(operation.kind, write.method(), 0, MemberRemovalForm::default());
        let Verdict::VerifyFirst { after } = outcome(&attempt) else { return Ok((outcome(&attempt), None)) };
        self.journal.verifying(operation, reply.status()).await?;
        if let Some(after) = after {
            // Also when the run is being stopped: what was sent must be settled, and reading changes nothing.
            tokio::time::sleep(after.min(Duration::from_secs(30))).await;
        }
        Ok(match self.looker().operation(operation, reply.status()).await {
            Ok((found, id)) => (after_verify(&attempt, found), Some((found, id))),
            Err(error) => (self.unreadable(&error), None),
        })
    }

    /// Reads without regard to the stop: an unknown outcome is settled even then.
    pub(crate) fn looker(&self) -> Look<'_> {
        Look { scim: &self.reader }
    }

    pub(crate) fn unreadable(&self, error: &ConnectorError) -> Verdict {
        match stop_reason(error) {
            Some(reason) => Verdict::StopRun(reason),
            None => Verdict::Fail(FailureClass::OutcomeUnknown),
        }
    }

    /// Turns a verdict that ends the operation without success into its end.
    pub(crate) fn give_up(&self, operation: &Operation, verdict: Verdict, reply: &Reply) -> End {
        let failure = |class: FailureClass| Failure {
            class,
            status: reply.status(),
            error: sentence(class, reply),
            remedy: remedy(operation.kind, class).to_owned(),
            duration: reply.duration,
        };
        match verdict {
            Verdict::Fail(FailureClass::OutcomeUnknown) => {
                End::Unknown(failure(FailureClass::OutcomeUnknown))
            }
            Verdict::Fail(class) => End::Failed(failure(class)),
            Verdict::StopRun(reason) => {
                self.stop_all(reason, reply);
                let is_reply_to_the_write = reason == StopReason::DirectoryGone
                    || reply.result.as_ref().is_err_and(|error| stop_reason(error) == Some(reason));
                if is_reply_to_the_write {
                    End::Skipped(format!("The run was stopped: {}", reason.remedy()))
                } else {
                    // The write was answered otherwise or not at all; reading it back was refused.
                    End::Unknown(failure(FailureClass::OutcomeUnknown))
                }
            }
            // Patience ended.
            _ => End::Failed(failure(FailureClass::Unavailable)),
        }
    }

    pub(crate) fn stop_all(&self, reason: StopReason, reply: &Reply) {
        let text = reply.result.as_ref().err().map(ToString::to_string).unwrap_or_default();
        self.learnt().stopped_by.get_or_insert((reason, text));
        self.stop.cancel();
    }

    /// Waits; returns false when the run is stopped meanwhile.
    pub(crate) async fn pause(
        &self,
        operation: &Operation,
        reply: &Reply,
        wait: Duration,
    ) -> Result<bool, StoreError> {
        let wait = wait.min(LONGEST_WAIT);
        let error = reply.result.as_ref().err().map(ToString::to_string).unwrap_or_default();
        self.journal.waiting(operation, reply.status(), error, wait).await?;
        self.progress.retrying(true);
        let goes_on = tokio::select! {
            biased;
            () = self.stop.cancelled() => false,
            () = tokio::time::sleep(wait) => true,
        };
        self.progress.retrying(false);
        Ok(goes_on)
    }

    pub(crate) fn learnt(&self) -> MutexGuard<'_, Learnt> {
        self.learnt.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the SCIM id of a member, known from the plan or learnt since.
    pub(crate) fn member(&self, member: &Member) -> Option<ScimId> {
        let learnt = self.learnt();
        member
            .source
            .as_ref()
            .and_then(|source| learnt.people.get(source).cloned())
            .or_else(|| member.target.clone())
    }

    /// Returns the SCIM id of the group that an operation is about.
    pub(crate) fn group(&self, operation: &Operation) -> Option<ScimId> {
        let (source, target) = match &operation.payload {
            Payload::AddMembers { source, target, .. } | Payload::TakeOverGroup { source, target, .. } => {
                (source, target.clone())
            }
            Payload::RemoveMembers { source, target, .. }
            | Payload::RenameGroup { source, target, .. }
            | Payload::DeleteGroup { source, target, .. }
            | Payload::ReleaseGroup { source, target } => (source, Some(target.clone())),
            Payload::CreateGroup { source, .. } => (source, None),
            _ => return None,
        };
        target.or_else(|| self.learnt().groups.get(source).cloned())
    }
}

/// Whether a failed read says that the credentials are refused.
pub(crate) const fn stop_reason(error: &ConnectorError) -> Option<StopReason> {
    match error {
        ConnectorError::Unauthorized { .. } | ConnectorError::InvalidKey => Some(StopReason::KeyRefused),
        ConnectorError::Forbidden { .. } | ConnectorError::Blocked { .. } => Some(StopReason::Forbidden),
        ConnectorError::NotInPlan { .. } => Some(StopReason::NotInPlan),
        ConnectorError::Redirected { .. } => Some(StopReason::Redirected),
        _ => None,
    }
}

/// Returns what went wrong in a sentence: ours, with the server's own words where it had any.
fn sentence(class: FailureClass, reply: &Reply) -> String {
    match &reply.result {
        Err(error) => format!("{}: {error}", class.text().trim_end_matches('.')),
        Ok(_) => class.text().to_owned(),
    }
}
