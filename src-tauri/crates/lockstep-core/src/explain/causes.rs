//! The causes of what happens: the plan's own reasons first, then the facts behind them.

use super::facts::Facts;
use super::person::{Cause, Fate, Will, is_unknown_in_source};
use super::sentence::{holding, inactivity_clause, out_of_scope};
use crate::plan::operation::{HeldBy, ReasonCode};
use crate::plan::reason::enumerate;
use crate::policy::scope::inactivity;

/// Returns the causes, the most important first; a code occurs once.
pub(crate) fn causes(facts: &Facts<'_>, fate: &Fate<'_>) -> Vec<Cause> {
    let mut causes: Vec<Cause> = Vec::new();
    let mut add = |code: String, text: String| {
        if causes.iter().all(|cause| cause.code != code) {
            causes.push(Cause { code, text });
        }
    };
    let name = facts.name();
    for operation in fate.operation.into_iter().chain(facts.operations.iter().copied()) {
        add(code_of(operation.reason.code), operation.reason.text.clone());
    }
    // What the domain rule and the user limit hold has that as its reason already.
    if let Some(held) =
        fate.held.as_ref().filter(|held| !matches!(held.by, HeldBy::Domain | HeldBy::UserLimit))
    {
        let text = format!("{}.", capitalised(&holding(facts, held)));
        add(format!("held_by_{}", name_of(held.by)), text);
    }
    if let Some(conflict) = facts.conflict {
        add("question".to_owned(), conflict.text.clone());
    }
    if let Some(person) = facts.person {
        if let (Some(code), Some(clause)) = (inactivity(person), inactivity_clause(person)) {
            add(code_of(code), format!("{}.", capitalised(&clause)));
        }
        let groups = facts.scope_groups();
        let is_joining =
            facts.operations.iter().any(|operation| operation.reason.code == ReasonCode::JoinedBoundGroup);
        let is_told_already = is_joining && groups.len() == 1;
        if !groups.is_empty() && !is_told_already {
            add("in_bound_group".to_owned(), format!("{name} is in {}.", enumerate(&groups, 5)));
        } else if groups.is_empty()
            && matches!(fate.effect, Will::BeDeactivated | Will::Stay | Will::NotInScope)
        {
            let is_told = facts.operations.iter().any(|operation| {
                matches!(
                    operation.reason.code,
                    ReasonCode::LeftLastBoundGroup | ReasonCode::GroupUnbound | ReasonCode::GroupDeleted
                )
            });
            if !is_told {
                add("not_in_bound_group".to_owned(), format!("{}.", capitalised(&out_of_scope(facts))));
            }
        }
    } else if is_unknown_in_source(facts) {
        let text = format!("JumpCloud does not list {name}, and asking did not say that they were deleted.");
        add("source_person_unknown".to_owned(), text);
    } else if facts.link.is_some() {
        add(code_of(ReasonCode::DeletedInJumpcloud), format!("{name} was deleted in JumpCloud."));
    } else {
        add("not_managed".to_owned(), format!("Nobody in JumpCloud is linked to {name}'s account."));
    }
    causes
}

/// Returns the contract's name of a reason.
pub(crate) fn code_of(code: ReasonCode) -> String {
    snake_case(&code)
}

fn name_of(by: HeldBy) -> String {
    snake_case(&by)
}

/// A unit variant's name as it is serialised.
fn snake_case(value: &impl serde::Serialize) -> String {
    let name = serde_json::to_value(value).ok();
    name.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

fn capitalised(clause: &str) -> String {
    let mut letters = clause.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
