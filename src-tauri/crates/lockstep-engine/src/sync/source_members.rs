//! Adds people to a JumpCloud group (keep the others): one request each, and proved by reading the group back. Nobody loses a
//! membership in Atlassian before the group in JumpCloud has them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use lockstep_core::ids::{SourceGroupId, SourceUserId};
use lockstep_core::plan::operation::{Member, Operation, Payload};
use lockstep_core::run::outcome::StopReason;
use lockstep_core::run::remedy::FailureClass;
use sha2::{Digest, Sha256};

use super::effect::Effect;
use super::execute::{End, Executor, stop_reason};
use super::journal::Failure;
use crate::connectors::jumpcloud::JumpCloudWriter;
use crate::http::ConnectorError;
use crate::store::StoreError;

/// Looks at the group until it shows everybody; JumpCloud answers a moment before its lists do.
const LOOKS: u32 = 5;
/// Wait before the second look; doubles.
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// How long a group whose rule decides on its members takes at most to drop somebody again: "within seconds".
const RULE_LAG: Duration = Duration::from_secs(5);
/// Names in a sentence.
const NAMED: usize = 5;

impl Executor {
    /// Adds people to a JumpCloud group.
    pub(crate) async fn add_source_members(&self, operation: &Operation) -> Result<End, StoreError> {
        let Payload::AddSourceMembers { source, members } = &operation.payload else {
            return Ok(End::Skipped("It adds nobody in JumpCloud".to_owned()));
        };
        let Some(writer) = &self.jumpcloud else {
            return Ok(End::Skipped("Nothing may be written to JumpCloud".to_owned()));
        };
        self.journal.sending(operation, &digest(source, members)).await?;
        let started = Instant::now();
        let mut refused: BTreeMap<&SourceUserId, ConnectorError> = BTreeMap::new();
        for person in members.iter().filter_map(|member| member.source.as_ref()) {
            if self.stop.is_cancelled() {
                return Ok(End::Skipped(
                    "The run was stopped before everybody was added in JumpCloud".to_owned(),
                ));
            }
            if let Err(error) = writer.add_member(source, person).await {
                if let Some(reason) = stop_reason(&error) {
                    self.stop_for_jumpcloud(reason, &error);
                    return Ok(End::Skipped(format!("The run was stopped: {error}")));
                }
                // An unknown outcome is told by the reading below, as is what was refused since it was so before.
                refused.insert(person, error);
            }
        }
        self.journal.verifying(operation, None).await?;
        let failure = |class, error, remedy: &str| {
            End::Failed(Failure {
                class,
                status: refused.values().next().and_then(ConnectorError::status),
                error,
                remedy: remedy.to_owned(),
                duration: started.elapsed(),
            })
        };
        let label = operation.subject.label();
        let missing = match self.missing(writer, source, members).await {
            Ok(missing) => missing,
            Err(error) => {
                let text = format!("Who is in {label} in JumpCloud could not be read back: {error}");
                return Ok(End::Unknown(Failure {
                    class: FailureClass::OutcomeUnknown,
                    status: error.status(),
                    error: text,
                    remedy: "Nothing to do: the next plan reads the group and goes on from there.".to_owned(),
                    duration: started.elapsed(),
                }));
            }
        };
        if missing.is_empty() {
            return Ok(End::Done { status: Some(204), duration: started.elapsed(), effect: Effect::None });
        }
        let names = enumerate(&missing);
        let first = missing.iter().find_map(|member| refused.get(member.source.as_ref()?));
        Ok(match first {
            Some(ConnectorError::NotFound { .. }) => failure(
                FailureClass::MemberUnknown,
                format!("JumpCloud does not know {names}, so that {label} was not taken over"),
                "Import them into JumpCloud first, or decide to take the group over without them.",
            ),
            Some(error) => failure(
                FailureClass::Refused,
                format!("JumpCloud did not add {names} to {label}: {error}"),
                "Add them in JumpCloud's console and plan again, or decide otherwise for this group.",
            ),
            None => failure(
                FailureClass::Refused,
                format!("JumpCloud confirmed that {names} joined {label}, and dropped them again"),
                "A rule decides who is in this group: exempt them from it in JumpCloud, or decide otherwise for this group.",
            ),
        })
    }

    /// Returns who is not in the group; looks again until everybody is, for as long as that may take.
    async fn missing<'m>(
        &self,
        writer: &JumpCloudWriter,
        group: &SourceGroupId,
        wanted: &'m [Member],
    ) -> Result<Vec<&'m Member>, ConnectorError> {
        // Reading goes on when the run is being stopped: what was sent must be settled.
        let reader = writer.reader();
        let look = async || {
            let there = reader.members(group, group.as_str()).await?;
            if !there.completeness.is_complete() {
                return Err(ConnectorError::Protocol {
                    path: "/api/v2/usergroups/{id}/members",
                    detail: "the list could not be read to its end".to_owned(),
                });
            }
            let is_in = |member: &&Member| {
                member.source.as_ref().is_some_and(|person| there.items.binary_search(person).is_ok())
            };
            let missing: Vec<&Member> = wanted.iter().filter(|member| !is_in(member)).collect();
            self.learnt().source_members.insert(group.clone(), there.items);
            Ok(missing)
        };
        let mut wait = FIRST_WAIT;
        let mut missing = look().await?;
        for _ in 1..LOOKS {
            if missing.is_empty() {
                break;
            }
            tokio::time::sleep(wait).await;
            wait = wait.saturating_mul(2);
            missing = look().await?;
        }
        let is_dynamic =
            reader.group(group).await.ok().flatten().and_then(|group| group.is_dynamic) == Some(true);
        if missing.is_empty() && is_dynamic {
            tokio::time::sleep(RULE_LAG).await;
            missing = look().await?;
        }
        Ok(missing)
    }

    fn stop_for_jumpcloud(&self, reason: StopReason, error: &ConnectorError) {
        let text = format!("JumpCloud: {error}. The key must be allowed to change user groups");
        self.learnt().stopped_by.get_or_insert((reason, text));
        self.stop.cancel();
    }
}

/// Tells two such operations apart in the journal without keeping their contents.
fn digest(group: &SourceGroupId, members: &[Member]) -> String {
    let mut digest = Sha256::new();
    let people = members.iter().filter_map(|member| member.source.as_ref()).map(SourceUserId::as_str);
    for part in ["add source members", group.as_str()].into_iter().chain(people) {
        digest.update(part);
        digest.update([0]);
    }
    hex::encode(digest.finalize())
}

fn enumerate(members: &[&Member]) -> String {
    let named: Vec<&str> = members.iter().take(NAMED).map(|member| member.label.as_str()).collect();
    match members.len() - named.len() {
        0 => named.join(", "),
        1 => format!("{} and 1 other", named.join(", ")),
        others => format!("{} and {others} others", named.join(", ")),
    }
}
