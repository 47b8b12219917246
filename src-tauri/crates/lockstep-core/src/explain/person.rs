//! A person's explanation.

use serde::{Deserialize, Serialize};

use super::counterfactual::{self, WouldChange};
use super::facts::{Facts, PathStep, PersonKey};
use super::{causes, sentence};
use crate::correlation::situation::Situation;
use crate::plan::conflict::ConflictKind;
use crate::plan::operation::{HeldBy, Operation, OperationKind, Payload, Subject};
use crate::plan::{Plan, PlanInput};
use crate::snapshot::source::Absence;

/// Bound groups without the person that are listed; with more, the rest is counted in the sentences.
const OTHER_GROUPS_LISTED: usize = 50;

/// What happens to a person's account by the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Will {
    /// It stays as it is, active or not.
    Stay,
    /// It is created.
    BeCreated,
    /// It is linked, and otherwise changed at most in its attributes.
    BeLinked,
    /// Attributes change.
    BeUpdated,
    /// It becomes active.
    BeActivated,
    /// It becomes inactive.
    BeDeactivated,
    /// It is deleted.
    BeDeleted,
    /// Something would happen and waits; `held` says what, and for what.
    BeHeld,
    /// There is none, and none is made although the person is in scope.
    NotBeCreated,
    /// There is none, and the person is in no bound group.
    NotInScope,
}

/// Why something does not happen yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Held {
    /// What holds it.
    pub by: HeldBy,
    /// What would happen.
    pub would: Will,
    /// Whether a person may release it for one plan.
    pub releasable: bool,
}

/// One cause, as a code and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Cause {
    /// A reason code of the contract, or `in_bound_group`, `not_in_bound_group`, `held_by_…`, `not_managed`, …
    pub code: String,
    /// One sentence.
    pub text: String,
}

/// Why a person's account is as it is, what happens to it, and what would change that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PersonExplanation {
    /// Whom it is about.
    pub subject: Subject,
    /// How the person stands between both sides.
    pub situation: Situation,
    /// Whether the account is active now; `None` without an account.
    pub active_in_target: Option<bool>,
    /// Whether it is active once the plan's ready operations are done; `None` without an account.
    pub active_after: Option<bool>,
    /// What happens.
    pub will: Will,
    /// Why something does not happen yet.
    pub held: Option<Held>,
    /// One sentence.
    pub text: String,
    /// Causes, the most important first.
    pub causes: Vec<Cause>,
    /// Groups between person and account: with the person, formerly with them, and other bound ones (at most 50).
    pub path: Vec<PathStep>,
    /// What would change it, the nearest first.
    pub would_change: Vec<WouldChange>,
}

/// Explains a person; `None` where neither side knows them.
///
/// `plan` must have been made from `input`.
pub fn explain_person(input: &PlanInput<'_>, plan: &Plan, key: &PersonKey) -> Option<PersonExplanation> {
    let facts = Facts::new(input, plan, key)?;
    let fate = Fate::of(&facts);
    let mut path = facts.path.clone();
    let others = path.iter().filter(|step| step.member == super::Membership::No).count();
    path.truncate(path.len() - others.saturating_sub(OTHER_GROUPS_LISTED));
    Some(PersonExplanation {
        situation: situation(&facts),
        active_in_target: facts.user.or(facts.lookalike).map(|user| user.active),
        active_after: active_after(&facts),
        will: fate.will,
        held: fate.held.clone(),
        text: sentence::headline(&facts, &fate),
        causes: causes::causes(&facts, &fate),
        would_change: counterfactual::would_change(&facts, &fate),
        path,
        subject: facts.subject,
    })
}

/// What happens, and by which operation.
#[derive(Debug)]
pub(crate) struct Fate<'a> {
    pub(crate) will: Will,
    /// What happens, or would if nothing held it.
    pub(crate) effect: Will,
    pub(crate) held: Option<Held>,
    pub(crate) operation: Option<&'a Operation>,
}

impl<'a> Fate<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        // What is ready happens, even beside something weightier that is held.
        let ready = facts.operations.iter().copied().find(|operation| operation.is_ready());
        let held = facts.operations.iter().copied().find(|operation| !operation.is_ready());
        if let Some(operation) = ready {
            let effect = effect(operation);
            return Self { will: effect, effect, held: held.and_then(holding), operation: Some(operation) };
        }
        if let Some(operation) = held {
            let effect = effect(operation);
            return Self { will: Will::BeHeld, effect, held: holding(operation), operation: Some(operation) };
        }
        let will = match (facts.user, facts.person) {
            (Some(_), _) => Will::Stay,
            (None, Some(_)) if facts.is_in_scope() => Will::NotBeCreated,
            (None, Some(_)) if facts.lookalike.is_some() => Will::Stay,
            (None, Some(_)) => Will::NotInScope,
            (None, None) => Will::Stay,
        };
        Self { will, effect: will, held: None, operation: None }
    }
}

fn holding(operation: &Operation) -> Option<Held> {
    operation.held_by.map(|by| Held { by, would: effect(operation), releasable: operation.releasable })
}

fn effect(operation: &Operation) -> Will {
    match (operation.kind, &operation.payload) {
        (OperationKind::DeleteUser, _) => Will::BeDeleted,
        (OperationKind::DeactivateUser, _) => Will::BeDeactivated,
        (OperationKind::CreateUser, _) => Will::BeCreated,
        (OperationKind::ActivateUser, _) | (_, Payload::LinkUser { active: Some(true), .. }) => {
            Will::BeActivated
        }
        (OperationKind::LinkUser, _) => Will::BeLinked,
        _ => Will::BeUpdated,
    }
}

fn active_after(facts: &Facts<'_>) -> Option<bool> {
    let now = facts.user.or(facts.lookalike).map(|user| user.active);
    let ready: Vec<Will> = facts
        .operations
        .iter()
        .filter(|operation| operation.is_ready())
        .map(|operation| effect(operation))
        .collect();
    if ready.contains(&Will::BeDeleted) {
        None
    } else if ready.contains(&Will::BeDeactivated) {
        Some(false)
    } else if ready.contains(&Will::BeCreated) || ready.contains(&Will::BeActivated) {
        Some(true)
    } else {
        now
    }
}

/// Reads the situation from the links and from what the plan does about an unlinked person.
fn situation(facts: &Facts<'_>) -> Situation {
    let is_in_scope = facts.is_in_scope();
    match (facts.person, facts.link, facts.user) {
        (Some(_), Some(_), Some(_)) if is_in_scope => Situation::Confirmed,
        (Some(_), Some(_), Some(_)) => Situation::Unqualified,
        (Some(_), Some(_), None) => Situation::Missing,
        (None, Some(_), _) => Situation::SourceMissing,
        (None, None, _) => Situation::Unassigned,
        (Some(_), None, _) if !is_in_scope => Situation::OutOfScope,
        (Some(_), None, _) => {
            let is_ambiguous =
                facts.conflict.is_some_and(|conflict| conflict.kind == ConflictKind::AmbiguousPerson);
            let links = facts.operations.iter().any(|operation| operation.kind == OperationKind::LinkUser);
            if is_ambiguous && facts.conflict.is_some_and(|conflict| conflict.decision.is_none()) {
                Situation::Ambiguous
            } else if links {
                Situation::Found
            } else {
                Situation::Absent
            }
        }
    }
}

/// Whether nothing may be concluded about the person, since JumpCloud did not say what became of them.
pub(crate) fn is_unknown_in_source(facts: &Facts<'_>) -> bool {
    facts.person.is_none() && facts.link.is_some() && facts.absence() != Absence::Deleted
}
