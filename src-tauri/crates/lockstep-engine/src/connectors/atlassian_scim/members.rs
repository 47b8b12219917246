//! Membership changes in batches that adapt to what the server takes (G3).

use std::sync::atomic::{AtomicU32, Ordering};

use lockstep_core::ids::ScimId;
use lockstep_core::scim::MemberRemovalForm;

use super::client::ScimClient;
use crate::http::ConnectorError;

/// Members per request at first.
const FIRST_LIMIT: u32 = 100;

/// How many members one request may carry; lowered when the server refuses, never raised. Shared by all groups of a target.
#[derive(Debug)]
pub struct BatchLimit(AtomicU32);

impl BatchLimit {
    /// Starts from what was learnt before, else from 100.
    pub fn new(learnt: Option<u32>) -> Self {
        Self(AtomicU32::new(learnt.unwrap_or(FIRST_LIMIT).clamp(1, FIRST_LIMIT)))
    }

    /// Returns the limit.
    pub fn get(&self) -> usize {
        usize::try_from(self.0.load(Ordering::Relaxed)).unwrap_or(1).max(1)
    }

    /// Returns what is worth remembering: the limit, once a request was refused for its size.
    pub fn learnt(&self) -> Option<u32> {
        let limit = self.0.load(Ordering::Relaxed);
        (limit < FIRST_LIMIT).then_some(limit)
    }

    fn lower_to(&self, limit: usize) {
        self.0.fetch_min(u32::try_from(limit).unwrap_or(1).max(1), Ordering::Relaxed);
    }
}

/// What happens to the members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberChange {
    /// They are added.
    Add,
    /// They are removed, named in this form.
    Remove(MemberRemovalForm),
}

/// What came of a membership change.
#[derive(Debug, Default)]
pub struct MembersOutcome {
    /// Members whose request was answered with success; read back before it is believed.
    pub sent: Vec<ScimId>,
    /// Members whose request failed, each with the error of the smallest request that held it.
    pub failed: Vec<(ScimId, ConnectorError)>,
    /// Requests sent, retries apart.
    pub requests: usize,
}

impl ScimClient {
    /// Adds or removes members, in the given order, in batches.
    ///
    /// A batch refused for its size is halved, and the smaller size remembered. One refused for its content is halved down to
    /// the member at fault, so that the others still go through; an unknown member is such a refusal. Whatever stops the
    /// connection, and an unknown outcome, ends the change: the rest comes back as failed with the same error.
    pub async fn change_members(
        &self,
        group: &ScimId,
        change: MemberChange,
        members: &[ScimId],
        limit: &BatchLimit,
    ) -> MembersOutcome {
        let mut outcome = MembersOutcome::default();
        // Taken from the end: the first members come last.
        let mut todo: Vec<&[ScimId]> = vec![members];
        // Lengths of batches refused for an unstated reason, by the members left until both halves are through.
        let mut suspects: Vec<Suspect> = Vec::new();
        while let Some(batch) = todo.pop() {
            if batch.is_empty() {
                continue;
            }
            let most = limit.get();
            if batch.len() > most {
                let (now, later) = batch.split_at(most);
                todo.push(later);
                todo.push(now);
                continue;
            }
            outcome.requests += 1;
            let result = match change {
                MemberChange::Add => self.add_members(group, batch).await,
                MemberChange::Remove(form) => self.remove_members(group, batch, form).await,
            };
            match result {
                Ok(()) => {
                    outcome.sent.extend_from_slice(batch);
                    Suspect::settle(&mut suspects, batch.len(), true, limit);
                }
                Err(error) if batch.len() > 1 && is_too_much(&error) => {
                    let half = batch.len().div_ceil(2);
                    if matches!(error, ConnectorError::RequestTooLarge { .. }) {
                        limit.lower_to(half);
                    } else {
                        suspects.push(Suspect { left: batch.len(), half, is_size: true });
                    }
                    let (first, second) = batch.split_at(half);
                    todo.push(second);
                    todo.push(first);
                }
                Err(error) if is_about_one_member(&error) => {
                    outcome.failed.extend(batch.iter().map(|member| (member.clone(), error.clone())));
                    Suspect::settle(&mut suspects, batch.len(), false, limit);
                }
                Err(error) => {
                    let rest = todo.iter().rev().flat_map(|batch| batch.iter());
                    outcome
                        .failed
                        .extend(batch.iter().chain(rest).map(|member| (member.clone(), error.clone())));
                    break;
                }
            }
        }
        outcome
    }
}

/// A batch that was refused without saying whether for its size or its content.
struct Suspect {
    /// Members of it not yet settled.
    left: usize,
    half: usize,
    /// Still possible that it was the size: every part went through.
    is_size: bool,
}

impl Suspect {
    fn settle(suspects: &mut Vec<Self>, members: usize, went_through: bool, limit: &BatchLimit) {
        for suspect in suspects.iter_mut() {
            suspect.left = suspect.left.saturating_sub(members);
            suspect.is_size &= went_through;
            if suspect.left == 0 && suspect.is_size {
                limit.lower_to(suspect.half);
            }
        }
        suspects.retain(|suspect| suspect.left > 0);
    }
}

/// A refusal that a smaller batch may not meet.
fn is_too_much(error: &ConnectorError) -> bool {
    matches!(error, ConnectorError::RequestTooLarge { .. }) || is_about_one_member(error)
}

/// A refusal for content: an unknown member is answered 404 by PATCH, 400 by others; a double one 409.
fn is_about_one_member(error: &ConnectorError) -> bool {
    matches!(
        error,
        ConnectorError::InvalidRequest { .. }
            | ConnectorError::NotFound { .. }
            | ConnectorError::AlreadyExists { .. }
    )
}
