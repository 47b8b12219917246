//! A group's explanation in sentences: what happens, why, and what would change it.

use super::group::{GroupChange, GroupHeld, GroupSituation, GroupWill, GroupWouldChange};
use super::group_facts::GroupFacts;
use super::person::Cause;
use crate::plan::conflict::{Conflict, ConflictKind};
use crate::plan::operation::HeldBy;
use crate::plan::reason::count;

/// Returns what happens, to follow "will" or "would".
const fn verb(will: GroupWill) -> &'static str {
    match will {
        GroupWill::Stay | GroupWill::BeHeld => "stay as it is",
        GroupWill::BeCreated => "be created in Atlassian",
        GroupWill::BeTakenOver => "be taken over, so that its members follow JumpCloud",
        GroupWill::BeRenamed => "be renamed in Atlassian",
        GroupWill::BeUpdated => "get JumpCloud's members in Atlassian",
        GroupWill::BeReleased => "be left as it is in Atlassian and not be synchronised any more",
        GroupWill::BeDeleted => "be deleted in Atlassian",
    }
}

/// Returns the sentence.
pub(crate) fn headline(
    facts: &GroupFacts<'_>,
    situation: GroupSituation,
    will: GroupWill,
    held: Option<&GroupHeld>,
) -> String {
    let name = facts.name();
    match (will, held) {
        (GroupWill::BeHeld, Some(held)) => {
            format!("{name} would {}, but {}.", verb(held.would), holding(facts, held))
        }
        (GroupWill::Stay, _) => unchanged(facts, situation),
        _ => format!("{name} will {}.", verb(will)),
    }
}

fn unchanged(facts: &GroupFacts<'_>, situation: GroupSituation) -> String {
    let name = facts.name();
    if !facts.input.policy.group_management && (facts.source.is_some() || facts.link.is_some()) {
        return format!(
            "{name} stays as it is in Atlassian, because the management of groups is switched off."
        );
    }
    match situation {
        GroupSituation::Managed => {
            let members = facts.source.map_or(0, |group| group.members.len());
            format!(
                "{name} is in step: {} in JumpCloud, and the same in Atlassian.",
                count(members, "member", "members")
            )
        }
        GroupSituation::WaitingForAtlassian => {
            format!("{name} has its members and waits for somebody to accept it in Atlassian's console.")
        }
        GroupSituation::Empty if facts.target.is_some() && facts.is_managed() => {
            format!("{name} has no members and is kept in Atlassian, without any.")
        }
        GroupSituation::Empty => {
            format!("{name} has no members, and an empty group is not created in Atlassian.")
        }
        GroupSituation::LeftAlone => format!("{name} is left alone in Atlassian, as it was decided."),
        GroupSituation::Released => {
            format!("{name} was unbound once and stays in Atlassian as it was then, for good.")
        }
        GroupSituation::Unbound => {
            format!("{name} is not bound to the application any more and stays in Atlassian as it is.")
        }
        GroupSituation::Deleted => {
            format!("{name} was deleted in JumpCloud, and nothing of it is left to do.")
        }
        GroupSituation::Vanished => {
            format!("{name} was synchronised and is not in Atlassian's directory any more.")
        }
        GroupSituation::Unassigned => {
            format!(
                "{name} is in Atlassian only and is left alone, because no JumpCloud group is linked to it."
            )
        }
        GroupSituation::New if facts.source.is_some_and(|group| !group.members.is_empty()) => {
            format!(
                "{name} is not created in Atlassian yet, because none of its members has an account there."
            )
        }
        GroupSituation::New | GroupSituation::SameNameExists | GroupSituation::DefaultGroup => {
            format!("{name} stays as it is in Atlassian.")
        }
    }
}

/// Says what holds something, to follow "but".
fn holding(facts: &GroupFacts<'_>, held: &GroupHeld) -> String {
    match held.by {
        HeldBy::Guard if facts.is_protected() => "it is protected in the settings".to_owned(),
        HeldBy::Guard if held.releasable => "a guard holds it until somebody releases it".to_owned(),
        HeldBy::Guard => "one of the two sides was not read to the end".to_owned(),
        HeldBy::Conflict if facts.waiting().is_some() => "Atlassian's console is awaited".to_owned(),
        HeldBy::Conflict if facts.conflicts.iter().any(|conflict| conflict.blocked.is_some()) => {
            "a default access group cannot be synchronised".to_owned()
        }
        HeldBy::Conflict => "the question about it has to be answered first".to_owned(),
        HeldBy::Acknowledgement => "somebody has to acknowledge it first".to_owned(),
        HeldBy::Irreversible => "that cannot be undone and has to be allowed by its name".to_owned(),
        HeldBy::Quarantine => "it failed repeatedly and rests for a while".to_owned(),
        HeldBy::UserLimit | HeldBy::Domain => "what it needs is held".to_owned(),
    }
}

/// Returns the causes, the most important first; a code occurs once.
pub(crate) fn causes(facts: &GroupFacts<'_>, situation: GroupSituation) -> Vec<Cause> {
    let mut causes: Vec<Cause> = Vec::new();
    let mut add = |code: &str, text: String| {
        if causes.iter().all(|cause| cause.code != code && cause.text != text) {
            causes.push(Cause { code: code.to_owned(), text });
        }
    };
    let name = facts.name();
    for conflict in &facts.conflicts {
        if let Some(waiting) = &conflict.waiting {
            add("waiting_for_atlassian", waiting.clone());
        }
        if let Some(blocked) = &conflict.blocked {
            add("default_access_group", blocked.clone());
        }
    }
    for operation in &facts.operations {
        add(&super::causes::code_of(operation.reason.code), operation.reason.text.clone());
    }
    for conflict in &facts.conflicts {
        add("question", conflict.text.clone());
    }
    match facts.source {
        Some(group) => {
            let members = count(group.members.len(), "member", "members");
            add("bound", format!("{name} is bound to the application and has {members} in JumpCloud."));
        }
        None if facts.link.is_some() => {
            let what = match situation {
                GroupSituation::Deleted => "was deleted in JumpCloud",
                _ => "is not bound to the application",
            };
            add("not_bound", format!("{name} {what}."));
        }
        None => add("not_managed", format!("No JumpCloud group is linked to {name}.")),
    }
    if !facts.input.policy.group_management {
        add("group_management_off", "The management of groups is switched off in the settings.".to_owned());
    }
    causes
}

/// Returns what would change a group's fate, the nearest first.
pub(crate) fn would_change(
    facts: &GroupFacts<'_>,
    situation: GroupSituation,
    held: Option<&GroupHeld>,
    only_here: u32,
) -> Vec<GroupWouldChange> {
    let mut all = Vec::new();
    let name = facts.name();
    if let Some(held) = held {
        release(facts, held, &mut all);
    } else if situation == GroupSituation::WaitingForAtlassian {
        let text =
            format!("{name} would be synchronised for good if somebody accepted it in Atlassian's console.");
        all.push(entry(text, GroupChange::AcceptInAtlassian, GroupWill::Stay));
    }
    if !facts.input.policy.group_management || facts.is_protected() {
        return all;
    }
    let people = match only_here {
        0 => "and nobody would be deactivated".to_owned(),
        some => format!("and {} would be deactivated", count(some as usize, "person", "people")),
    };
    match situation {
        GroupSituation::Managed | GroupSituation::WaitingForAtlassian => {
            let text = format!(
                "{name} would stay in Atlassian and not be synchronised any more if it were unbound, {people}."
            );
            all.push(entry(text, GroupChange::Unbind, GroupWill::BeReleased));
            let text = format!(
                "{name} would be deleted in Atlassian, once that is allowed by its name, if it were deleted in JumpCloud, {people}."
            );
            all.push(entry(text, GroupChange::DeleteInSource, GroupWill::BeDeleted));
        }
        GroupSituation::New | GroupSituation::SameNameExists | GroupSituation::DefaultGroup => {
            let text = format!("Nothing would happen to {name} if it were unbound, {people}.");
            all.push(entry(text, GroupChange::Unbind, GroupWill::Stay));
        }
        GroupSituation::Empty if !facts.is_managed() => {
            let text =
                format!("{name} would be created in Atlassian if it had a member with an account there.");
            all.push(entry(text, GroupChange::AddMember, GroupWill::BeCreated));
        }
        GroupSituation::Unbound => {
            let text =
                format!("{name} would go on being synchronised if it were bound to the application again.");
            all.push(entry(text, GroupChange::Bind, GroupWill::Stay));
        }
        GroupSituation::Released if facts.target.is_some() => {
            let text = format!(
                "{name} would be taken over again, after a review where members differ, if it were bound to the application."
            );
            all.push(entry(text, GroupChange::Bind, GroupWill::BeTakenOver));
        }
        _ => {}
    }
    all
}

fn entry(text: String, change: GroupChange, then: GroupWill) -> GroupWouldChange {
    GroupWouldChange { text, changes: vec![change], then }
}

/// Adds what lets a held operation go.
fn release(facts: &GroupFacts<'_>, held: &GroupHeld, all: &mut Vec<GroupWouldChange>) {
    let name = facts.name();
    let verb = verb(held.would);
    let (condition, change) = match held.by {
        HeldBy::Guard if facts.is_protected() => {
            ("the protection were taken off in the settings", GroupChange::LiftProtection)
        }
        HeldBy::Guard if held.releasable => {
            ("somebody overrode the guard for this plan", GroupChange::OverrideGuard)
        }
        HeldBy::Guard => ("the next reading were a complete one", GroupChange::ReadCompletely),
        HeldBy::Irreversible => ("somebody allowed it by its name", GroupChange::AllowIrreversible),
        HeldBy::Quarantine => ("somebody chose to retry now", GroupChange::Retry),
        HeldBy::Acknowledgement => {
            let choice = match facts.question(ConflictKind::VanishedTarget) {
                Some(_) => "recreate",
                None => "acknowledge",
            };
            ("somebody acknowledged it", GroupChange::Answer { choice: choice.to_owned() })
        }
        HeldBy::Conflict => {
            let questions = facts.conflicts.iter().filter(|conflict| {
                matches!(conflict.kind, ConflictKind::GroupTakeover | ConflictKind::GroupRename)
            });
            for conflict in questions {
                answers(name, conflict, all);
            }
            return;
        }
        HeldBy::UserLimit | HeldBy::Domain => return,
    };
    all.push(entry(format!("{name} would {verb} if {condition}."), change, held.would));
}

/// Adds what each answer would do.
fn answers(name: &str, conflict: &Conflict, all: &mut Vec<GroupWouldChange>) {
    if conflict.waiting.is_some() {
        if conflict.kind == ConflictKind::GroupTakeover {
            let text = format!("{name} would be taken over if somebody accepted it in Atlassian's console.");
            all.push(entry(text, GroupChange::AcceptInAtlassian, GroupWill::BeTakenOver));
        }
        return;
    }
    if conflict.blocked.is_some() {
        let text = format!("{name} could be taken over if it were no default access group any more.");
        all.push(entry(text, GroupChange::ClearDefaultAccess, GroupWill::BeTakenOver));
    }
    let offers = |choice: &str| conflict.choices.iter().any(|offered| offered == choice);
    let people = |number: usize| count(number, "person", "people");
    let mut answer = |choice: &str, text: String, then: GroupWill| {
        if offers(choice) {
            all.push(entry(text, GroupChange::Answer { choice: choice.to_owned() }, then));
        }
    };
    let (gains, loses) = (people(conflict.gains.len()), people(conflict.loses.len()));
    let text = format!(
        "{name} would be taken over if that were decided: {gains} would gain and {loses} would lose membership."
    );
    answer("take-over", text, GroupWill::BeTakenOver);
    if conflict.warnings.iter().all(|warning| warning.code != "not_in_jumpcloud") {
        let text = format!("{name} would be taken over and {loses} kept if that were decided.");
        answer("keep-others", text, GroupWill::BeTakenOver);
    }
    let text = format!("{name} would be created under another name if one were chosen.");
    answer("rename:NEW", text, GroupWill::BeCreated);
    let text = format!("A new group would be created beside {name} if that were decided.");
    answer("create-new", text, GroupWill::BeCreated);
}
