//! Who comes and who goes of one group, in one request: two operations, journaled, judged and undone each by itself.
//!
//! Whatever comes of it but success, each half is looked at, and what did not take effect is sent by itself, as if there had
//! been no pair. A server that took both halves only that way is not asked again.

use std::time::Duration;

use lockstep_core::ids::{ScimId, SourceUserId};
use lockstep_core::plan::operation::{Member, Operation, OperationKind, Payload};
use lockstep_core::plan::requests::is_pair;
use lockstep_core::run::outcome::{Found, Method, Verdict, outcome};
use lockstep_core::scim::MemberRemovalForm;

use super::effect::Effect;
use super::execute::{End, Executor};
use super::write::{Reply, Write};
use crate::store::StoreError;

/// One operation's members and their people.
struct Half<'a> {
    operation: &'a Operation,
    ids: Vec<ScimId>,
    people: Vec<SourceUserId>,
    adds: bool,
}

/// What came of a pair.
#[derive(Default)]
pub(crate) struct Settled {
    /// The ends of the first and the second operation; `None` for one that is still to be sent by itself.
    pub(crate) ends: [Option<End>; 2],
    /// Whether the server did not do all that the request says.
    pub(crate) is_refused: bool,
}

impl Executor {
    /// Sends the two operations of a lane in one request, where they are a pair and the target takes one; else nothing is
    /// done yet.
    pub(crate) async fn change_both(&self, lane: &[&Operation]) -> Result<Settled, StoreError> {
        let Some((group, coming, going)) = self.pair(lane) else { return Ok(Settled::default()) };
        let write = Write::ChangeMembers(&group, &coming.ids, &going.ids);
        let digest = write.digest();
        let requests =
            [&coming, &going].map(|half| (half.operation.id.clone(), digest.clone())).into_iter().collect();
        self.journal.sending_all(requests).await?;
        let reply = self.send_once(&write, 1).await;
        // Both halves are of the same kind of request: who may be missing is told by looking, not by the status.
        let attempt = reply.attempt(
            OperationKind::AddMembers,
            Method::Patch,
            coming.ids.len() + going.ids.len(),
            MemberRemovalForm::ValuePath,
        );
        match outcome(&attempt) {
            Verdict::Done => {
                let is_refused = self.is_ignored(&group, &going.ids, MemberRemovalForm::ValuePath).await;
                if is_refused {
                    self.learnt().removal_form = MemberRemovalForm::ValueArray;
                }
                let ends = [Some(done(&coming, &reply)), (!is_refused).then(|| done(&going, &reply))];
                Ok(Settled { ends, is_refused })
            }
            // Nothing was sent, nothing was looked at, or nothing more may be sent: each operation finds out by itself.
            Verdict::Retry { .. } | Verdict::StopRun(_) => Ok(Settled::default()),
            _ => {
                let is_refused = !matches!(outcome(&attempt), Verdict::VerifyFirst { .. })
                    || reply.status().is_some_and(|status| status < 500);
                let mut ends = [None, None];
                for (half, end) in [&coming, &going].into_iter().zip(&mut ends) {
                    self.journal.verifying(half.operation, reply.status()).await?;
                    *end = match self.looker().members(&group, &half.ids, half.adds).await {
                        Ok(Found::AsWanted) => Some(done(half, &reply)),
                        Ok(_) => None,
                        Err(error) => Some(self.give_up(half.operation, self.unreadable(&error), &reply)),
                    };
                }
                Ok(Settled { ends, is_refused })
            }
        }
    }

    /// Notes that the target wants two requests, once it took in two what it did not take in one.
    pub(crate) fn keep_apart(&self) {
        self.learnt().memory.refuses_pairs = true;
    }

    /// Returns the group and the two halves, where a lane is a pair.
    fn pair<'a>(&self, lane: &[&'a Operation]) -> Option<(ScimId, Half<'a>, Half<'a>)> {
        let [first, second] = lane else { return None };
        {
            let learnt = self.learnt();
            if learnt.memory.refuses_pairs || learnt.removal_form != MemberRemovalForm::ValuePath {
                return None;
            }
        }
        let (Payload::AddMembers { members: coming, .. }, Payload::RemoveMembers { members: going, .. }) =
            (&first.payload, &second.payload)
        else {
            return None;
        };
        let group = self.group(first).filter(|group| self.group(second).as_ref() == Some(group))?;
        if lane.iter().any(|operation| self.held_by_another(operation).is_some()) {
            return None;
        }
        if self.stop.is_cancelled() || !is_pair(coming.len(), going.len(), self.batch_size()) {
            return None;
        }
        Some((group, self.half(first, coming, true)?, self.half(second, going, false)?))
    }

    /// Returns one half; `None` when somebody has no account: the operation by itself says who.
    fn half<'a>(&self, operation: &'a Operation, members: &[Member], adds: bool) -> Option<Half<'a>> {
        let ids = members.iter().map(|member| self.member(member)).collect::<Option<Vec<_>>>()?;
        let people = members.iter().filter_map(|member| member.source.clone()).collect();
        Some(Half { operation, ids, people, adds })
    }
}

fn done(half: &Half<'_>, reply: &Reply) -> End {
    End::Done {
        status: reply.status(),
        duration: if half.adds { reply.duration } else { Duration::ZERO },
        effect: Effect::members(half.operation, half.people.clone()),
    }
}
