//! Membership changes: batches whose size adapts to what the target takes (G3), read back where an outcome is unknown.

use std::time::Duration;

use lockstep_core::ids::{ScimId, SourceUserId};
use lockstep_core::plan::operation::{Member, Operation, Payload};
use lockstep_core::run::outcome::{Found, Method, Verdict, after_verify, outcome};
use lockstep_core::run::remedy::FailureClass;
use lockstep_core::scim::MemberRemovalForm;

use super::batches::{Batches, Passenger};
use super::effect::Effect;
use super::execute::{End, Executor};
use super::journal::Failure;
use super::write::Write;
use crate::store::StoreError;

/// Members per request until the target was seen to want fewer (G3).
pub(crate) const BATCH: u32 = 100;
/// Sendings of one batch that had no effect.
const ATTEMPTS: u32 = 4;

/// What is left to do of one operation.
struct Work {
    batches: Batches,
    done: Vec<SourceUserId>,
    refused: Option<Failure>,
    duration: Duration,
    status: Option<u16>,
}

impl Executor {
    /// Adds or removes members.
    pub(crate) async fn change_members(&self, operation: &Operation) -> Result<End, StoreError> {
        let (members, adds) = match &operation.payload {
            Payload::AddMembers { members, .. } => (members, true),
            Payload::RemoveMembers { members, .. } => (members, false),
            _ => return Ok(End::Skipped("It changes no membership".to_owned())),
        };
        let Some(group) = self.group(operation) else {
            return Ok(End::Blocked("The group could not be created".to_owned()));
        };
        let (known, unknown): (Vec<&Member>, Vec<&Member>) =
            members.iter().partition(|member| self.member(member).is_some());
        if known.is_empty() {
            return Ok(End::Blocked("None of the accounts could be created".to_owned()));
        }
        let mut work = Work {
            batches: Batches::new(
                known
                    .iter()
                    .filter_map(|member| Some((self.member(member)?, member.source.clone())))
                    .collect(),
            ),
            done: Vec::new(),
            refused: None,
            duration: Duration::ZERO,
            status: None,
        };
        while let Some(batch) = work.batches.next(self.batch_size()) {
            if self.stop.is_cancelled() {
                return self.stopped(operation, work).await;
            }
            if let Some(end) = self.send_batch(operation, &group, batch, adds, &mut work).await? {
                self.keep(operation, &mut work).await?;
                return Ok(end);
            }
        }
        let effect = Effect::members(operation, std::mem::take(&mut work.done));
        if let Some(failure) = work.refused {
            self.journal.effect(effect).await?;
            return Ok(End::Failed(failure));
        }
        if let Some(first) = unknown.first() {
            self.journal.effect(effect).await?;
            return Ok(End::Failed(Failure {
                class: FailureClass::MemberUnknown,
                status: work.status,
                error: missing(&first.label, unknown.len()),
                remedy: "See why the account was not created; the next plan adds the member.".to_owned(),
                duration: work.duration,
            }));
        }
        Ok(End::Done { status: work.status, duration: work.duration, effect })
    }

    /// Members of the next request: what another operation has learnt meanwhile counts too.
    pub(crate) fn batch_size(&self) -> usize {
        self.learnt().memory.member_batch.unwrap_or(BATCH) as usize
    }

    /// Keeps to a smaller size from now on, in later runs too.
    fn keep_batches_below(&self, size: usize) {
        let size = u32::try_from(size).unwrap_or(BATCH).max(1);
        let mut learnt = self.learnt();
        learnt.memory.member_batch = Some(learnt.memory.member_batch.map_or(size, |old| old.min(size)));
    }

    /// Sends one batch until it is settled; `Some` when the whole operation ends here.
    async fn send_batch(
        &self,
        operation: &Operation,
        group: &ScimId,
        batch: Vec<Passenger>,
        adds: bool,
        work: &mut Work,
    ) -> Result<Option<End>, StoreError> {
        let ids: Vec<ScimId> = batch.iter().map(|(id, _)| id.clone()).collect();
        let mut wait = self.first_wait;
        // One member that the form does not take out is no reason to leave a form that takes out others.
        let mut form_of_batch = None;
        for number in 1..=ATTEMPTS {
            let form = form_of_batch.unwrap_or(self.learnt().removal_form);
            let write =
                if adds { Write::AddMembers(group, &ids) } else { Write::RemoveMembers(group, &ids, form) };
            self.journal.sending(operation, &write.digest()).await?;
            let bystanders = if adds {
                Vec::new()
            } else {
                match self.bystanders(operation, group, &ids, form).await {
                    Ok(bystanders) => bystanders,
                    Err(failure) => return Ok(Some(End::Failed(failure))),
                }
            };
            let reply = self.send_once(&write, number).await;
            if reply.was_not_begun() {
                return Ok(Some(End::Skipped("The run was stopped before this was sent".to_owned())));
            }
            work.duration += reply.duration;
            work.status = reply.status().or(work.status);
            let attempt = reply.attempt(operation.kind, Method::Patch, ids.len(), form);
            let mut verdict = outcome(&attempt);
            if let Verdict::VerifyFirst { .. } = verdict {
                self.journal.verifying(operation, reply.status()).await?;
                verdict = match self.looker().members(group, &ids, adds).await {
                    Ok(found) => after_verify(&attempt, found),
                    Err(error) => self.unreadable(&error),
                };
            }
            if verdict == Verdict::Done && !adds && self.is_ignored(group, &ids, form).await {
                verdict = Verdict::OtherRemovalForm;
            }
            if matches!(verdict, Verdict::Done | Verdict::AlreadySo)
                && let Some(failure) = self.put_back(operation, group, &bystanders).await
            {
                return Ok(Some(End::Failed(failure)));
            }
            match verdict {
                Verdict::Done | Verdict::AlreadySo => {
                    if let Some(size) = work.batches.accepted(batch.len()) {
                        self.keep_batches_below(size);
                    }
                    work.done.extend(batch.into_iter().filter_map(|(_, source)| source));
                    return Ok(None);
                }
                Verdict::SplitBatch { remember } => {
                    let half = work.batches.halve(batch, remember);
                    if remember {
                        self.keep_batches_below(half);
                    }
                    return Ok(None);
                }
                Verdict::OtherRemovalForm => {
                    let mut learnt = self.learnt();
                    if learnt.removal_is_proved {
                        form_of_batch = Some(MemberRemovalForm::ValueArray);
                    } else {
                        learnt.removal_form = MemberRemovalForm::ValueArray;
                    }
                }
                Verdict::Retry { after } if number < ATTEMPTS => {
                    if !self.pause(operation, &reply, after.unwrap_or(wait)).await? {
                        return Ok(Some(End::Skipped("The run was stopped before this was sent".to_owned())));
                    }
                    wait = wait.saturating_mul(2);
                }
                // One member that the server does not want must not keep the others out.
                Verdict::Fail(FailureClass::MemberUnknown) => {
                    if let End::Failed(failure) = self.give_up(operation, verdict, &reply) {
                        work.refused.get_or_insert(failure);
                    }
                    work.batches.refused(batch.len());
                    return Ok(None);
                }
                verdict => return Ok(Some(self.give_up(operation, verdict, &reply))),
            }
        }
        Ok(Some(self.out_of_patience(operation, work)))
    }

    /// Whether the server answered a removal with success and kept everybody in. Looked at until a form was seen to work
    /// once in the run; what the last form cannot do is left to the read-back.
    pub(crate) async fn is_ignored(&self, group: &ScimId, ids: &[ScimId], form: MemberRemovalForm) -> bool {
        if self.learnt().removal_is_proved || form != MemberRemovalForm::ValuePath {
            return false;
        }
        let found = self.looker().members(group, ids, false).await;
        if let Ok(Found::AsWanted) = found {
            self.learnt().removal_is_proved = true;
        }
        matches!(found, Ok(Found::Otherwise))
    }

    fn out_of_patience(&self, operation: &Operation, work: &Work) -> End {
        let class = FailureClass::Unavailable;
        End::Failed(Failure {
            class,
            status: work.status,
            error: class.text().to_owned(),
            remedy: lockstep_core::run::remedy::remedy(operation.kind, class).to_owned(),
            duration: work.duration,
        })
    }

    async fn stopped(&self, operation: &Operation, mut work: Work) -> Result<End, StoreError> {
        self.keep(operation, &mut work).await?;
        Ok(End::Skipped("The run was stopped before all members were sent".to_owned()))
    }

    /// Records the batches that were carried out, although the operation does not end well.
    async fn keep(&self, operation: &Operation, work: &mut Work) -> Result<(), StoreError> {
        if work.done.is_empty() {
            return Ok(());
        }
        self.journal.effect(Effect::members(operation, std::mem::take(&mut work.done))).await
    }
}

fn missing(first: &str, count: usize) -> String {
    match count {
        1 => format!("{first} has no account yet; everybody else was added"),
        n => format!("{first} and {} others have no account yet; everybody else was added", n - 1),
    }
}
