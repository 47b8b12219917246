//! Answers to conflicts: recorded with who, when and the facts they were given on. Nothing is sent; the plan is made again from
//! what was read last.

use lockstep_core::ids::{ConflictId, ConnectionId};
use lockstep_core::link::GroupLinkState;
use lockstep_core::plan::conflict::{Conflict, ConflictKind, Decision};
use lockstep_core::plan::operation::Subject;
use serde_json::Value;

use super::choice::{Refusal, check_choice};
use super::conflicts::Asked;
use super::views::{DecideAnswer, DecisionInput, RefusedDecision};
use crate::engine::Engine;
use crate::error::{EngineError, ErrorCode};
use crate::store::tables::decisions::{self, DecisionRecord};
use crate::store::tables::events::{self, NewEvent, Outcome};
use crate::store::tables::links;
use crate::store::{StoreError, WriteTransaction};
use crate::sync::journal::subject;
use crate::sync::replan::Cached;

/// What an answer is in the event log: a change of how the connection works, like its settings.
const EVENT: &str = "idm_integration_update";
/// Answers taken at once.
const MOST_ANSWERS: usize = 10_000;

/// An answer that may be recorded, with what was recorded before.
struct Accepted {
    record: DecisionRecord,
    subject: Subject,
    before: Option<DecisionRecord>,
}

impl Engine {
    /// Records answers to conflicts of the latest plan and makes the plan again from the cached reading. Answers that cannot be
    /// taken are refused one by one; the others count.
    ///
    /// # Errors
    /// `NotFound` for an unknown connection or before there is a plan; `Busy` while another process writes.
    pub async fn decide(
        &self,
        id: &ConnectionId,
        inputs: Vec<DecisionInput>,
    ) -> Result<DecideAnswer, EngineError> {
        self.inner.check_writable()?;
        self.inner.connection_record(id).await?;
        if inputs.len() > MOST_ANSWERS {
            return Err(EngineError::new(
                ErrorCode::InvalidInput,
                format!("{} answers at once are more than {MOST_ANSWERS}", inputs.len()),
            )
            .hint("Filter the list and answer in several steps"));
        }
        let (wanted, now, by) = (id.clone(), self.inner.clock.now(), self.inner.initiator.clone());
        let judged = self
            .inner
            .store
            .read(move |connection| {
                let Some(asked) = Asked::load(connection, &wanted)? else { return Ok(None) };
                let mut cached = Cached::load(connection, &wanted, now)?.unwrap_or_default();
                let mut judge = |input: DecisionInput| {
                    judge(&asked, &mut cached, &input)
                        .map(|(conflict, choice)| Accepted {
                            record: DecisionRecord {
                                decision: Decision {
                                    conflict: conflict.id.clone(),
                                    choice,
                                    facts: conflict.facts.clone(),
                                },
                                kind: conflict.kind,
                                label: conflict.subject.label().to_owned(),
                                decided_at: now,
                                decided_by: by.clone(),
                            },
                            subject: conflict.subject.clone(),
                            before: asked.answer(&conflict.id).cloned(),
                        })
                        .map_err(|refusal| refused(&asked, input.conflict, refusal))
                };
                Ok(Some(inputs.into_iter().map(&mut judge).collect::<Vec<_>>()))
            })
            .await?;
        let Some(judged) = judged else {
            return Err(EngineError::new(ErrorCode::NotFound, "There is no plan yet, so nothing is asked")
                .hint(format!("Compute one first: `lockstepctl plan {id}` reads both sides")));
        };
        let (mut accepted, mut answer) = (Vec::new(), empty());
        for judged in judged {
            match judged {
                Ok(one) => accepted.push(one),
                Err(refusal) => answer.refused.push(refusal),
            }
        }
        if accepted.is_empty() {
            return Ok(answer);
        }
        let connection = id.clone();
        let (decided, overtaken) =
            self.inner.store.write(move |tx| record_all(tx, &connection, accepted)).await?;
        answer.decided = decided;
        answer.refused.extend(overtaken);
        self.follow_up(id, answer).await
    }

    /// Takes answers back, so that the questions are open again. Only while nothing was sent because of them.
    ///
    /// # Errors
    /// As [`Engine::decide`].
    pub async fn withdraw_decisions(
        &self,
        id: &ConnectionId,
        conflicts: Vec<ConflictId>,
    ) -> Result<DecideAnswer, EngineError> {
        self.inner.check_writable()?;
        self.inner.connection_record(id).await?;
        let (connection, at, by) = (id.clone(), self.inner.clock.now(), self.inner.initiator.clone());
        let answer = self
            .inner
            .store
            .write(move |tx| {
                let mut answer = empty();
                let Some(asked) = Asked::load(tx, &connection)? else { return Ok(answer) };
                let links = links::load(tx, &connection)?;
                for conflict in conflicts {
                    let Some(record) = asked.answer(&conflict).cloned() else {
                        let text = "Nobody has answered this question, so there is nothing to take back.";
                        let refusal = Refusal::new("unknown_conflict", text);
                        answer.refused.push(refused(&asked, conflict, refusal));
                        continue;
                    };
                    let is_sent = asked.find(&conflict).is_none_or(|conflict| {
                        conflict.waiting.is_some()
                            || conflict.kind == ConflictKind::GroupTakeover
                                && links.groups.iter().any(|link| {
                                    link.state == GroupLinkState::Managed && is_about(&conflict.subject, link.source.as_str())
                                })
                    });
                    if is_sent {
                        let text = format!(
                            "What was decided for {} has been carried out already. Taking the answer back would undo nothing: change \
                             the group itself, or undo the run.",
                            record.label
                        );
                        answer.refused.push(refused(&asked, conflict, Refusal::new("already_applied", text)));
                        continue;
                    }
                    decisions::clear(tx, &connection, &conflict)?;
                    let subject = asked.find(&conflict).map(|conflict| conflict.subject.clone());
                    let event = event(subject.as_ref(), &record, None, at, &by);
                    events::append(tx, &connection, event)?;
                    answer.decided.push(conflict);
                }
                Ok(answer)
            })
            .await?;
        self.follow_up(id, answer).await
    }

    async fn follow_up(
        &self,
        id: &ConnectionId,
        mut answer: DecideAnswer,
    ) -> Result<DecideAnswer, EngineError> {
        if !answer.decided.is_empty() {
            answer.plan = self.inner.replan(id).await?;
        }
        Ok(answer)
    }
}

const fn empty() -> DecideAnswer {
    DecideAnswer { decided: Vec::new(), refused: Vec::new(), plan: None }
}

fn is_about(subject: &Subject, source: &str) -> bool {
    matches!(subject, Subject::Group { source_id: Some(id), .. } if id.as_str() == source)
}

/// Says whether an answer can be taken: the conflict, and the choice as it is recorded.
fn judge<'a>(
    asked: &'a Asked,
    cached: &mut Cached,
    input: &DecisionInput,
) -> Result<(&'a Conflict, String), Refusal> {
    let Some(conflict) = asked.find(&input.conflict) else {
        return Err(Refusal::new(
            "unknown_conflict",
            "The latest plan does not ask this any more: the group is gone, was renamed, or somebody settled it. Nothing was \
             recorded; look at the questions that are open now.",
        ));
    };
    if let Some(facts) = &input.facts {
        if *facts != conflict.facts {
            return Err(Refusal::new(
                "facts_changed",
                format!(
                    "What is known about {} has changed since it was shown. Look at it again, then decide.",
                    conflict.subject.label()
                ),
            ));
        }
        let in_force = asked.in_force(conflict);
        let now = in_force.map(|record| record.decision.choice.as_str());
        if now != input.seen.as_deref()
            && now != Some(input.choice.as_str())
            && let Some(record) = in_force
        {
            return Err(Refusal::new("decided_elsewhere", decided_elsewhere(record)));
        }
    }
    let choice = check_choice(asked, conflict, cached, &input.choice)?;
    // The next answer must not give the same name away.
    cached.standing.decisions.push(Decision {
        conflict: conflict.id.clone(),
        choice: choice.clone(),
        facts: conflict.facts.clone(),
    });
    Ok((conflict, choice))
}

fn decided_elsewhere(record: &DecisionRecord) -> String {
    format!(
        "Meanwhile {} decided “{}” for {}. That stands; look at it, and decide again if it is wrong.",
        record.decided_by, record.decision.choice, record.label
    )
}

/// Records what was accepted, unless somebody answered in between.
fn record_all(
    tx: &WriteTransaction<'_>,
    id: &ConnectionId,
    accepted: Vec<Accepted>,
) -> Result<(Vec<ConflictId>, Vec<RefusedDecision>), StoreError> {
    let (mut decided, mut overtaken) = (Vec::new(), Vec::new());
    let Some(asked) = Asked::load(tx, id)? else { return Ok((decided, overtaken)) };
    for Accepted { record, subject, before } in accepted {
        let conflict = record.decision.conflict.clone();
        let now = asked.answer(&conflict);
        if let Some(now) = now.filter(|now| Some(*now) != before.as_ref()) {
            let refusal = Refusal::new("decided_elsewhere", decided_elsewhere(now));
            overtaken.push(refused(&asked, conflict, refusal));
            continue;
        }
        if asked.find(&conflict).is_none_or(|now| now.facts != record.decision.facts) {
            let text = format!("{} changed while it was being decided. Look at it again.", record.label);
            overtaken.push(refused(&asked, conflict, Refusal::new("facts_changed", text)));
            continue;
        }
        decisions::set(tx, id, &record)?;
        let choice = Some(record.decision.choice.as_str());
        let event = event(Some(&subject), &record, choice, record.decided_at, &record.decided_by);
        events::append(tx, id, event)?;
        decided.push(conflict);
    }
    Ok((decided, overtaken))
}

fn refused(asked: &Asked, conflict: ConflictId, refusal: Refusal) -> RefusedDecision {
    let label = asked
        .find(&conflict)
        .map(|conflict| conflict.subject.label().to_owned())
        .or_else(|| asked.answer(&conflict).map(|record| record.label.clone()));
    RefusedDecision {
        conflict,
        label: label.unwrap_or_default(),
        code: refusal.code.to_owned(),
        text: refusal.text,
    }
}

fn event(
    about: Option<&Subject>,
    record: &DecisionRecord,
    choice: Option<&str>,
    time: jiff::Timestamp,
    by: &str,
) -> NewEvent {
    let mut described = about.map_or_else(|| serde_json::json!({}), |about| subject(about, None));
    if let Value::Object(members) = &mut described {
        members.entry("label").or_insert_with(|| record.label.clone().into());
        members.insert("decision".to_owned(), choice.map_or(Value::Null, Into::into));
        members.insert("facts".to_owned(), record.decision.facts.clone().into());
    }
    NewEvent {
        time,
        event_type: EVENT,
        outcome: Outcome::Success,
        subject: described,
        run: None,
        status: None,
        error: None,
        initiated_by: by.to_owned(),
    }
}
