//! Renaming a managed group: tried once, then asked about (G4).

use super::groups::{self, Hold, subject};
use super::membership::Membership;
use super::takeover::Desk;
use super::{question, reason};
use crate::email::same;
use crate::plan::conflict::ConflictKind;
use crate::plan::draft::Draft;
use crate::plan::operation::{HeldBy, Operation, OperationKind, Payload, ReasonCode};
use crate::snapshot::source::SourceGroup;
use crate::snapshot::target::TargetGroup;

/// Plans a rename where the names differ; says whether the rest of the group is to be planned.
pub(crate) fn rename<'a>(
    draft: &mut Draft<'a>,
    desk: &mut Desk<'a>,
    membership: &mut Membership,
    group: &SourceGroup,
    target: &TargetGroup,
    hold: Hold,
) -> bool {
    let context = draft.context;
    let wanted = desk.names.wanted(context, group).to_owned();
    // Atlassian compares names without regard to letter case, so that such a difference is none.
    if same(&wanted, &target.display_name) {
        return true;
    }
    let before = target.display_name.clone();
    let is_taken = !desk.names.is_free(context, group, &wanted);
    let is_refused = context.input.memory.rename_refused.contains(&(target.id.clone(), wanted.clone()));
    if !is_taken && !is_refused {
        let text = format!("{before} is called {wanted} in JumpCloud now.");
        groups::push(draft, operation(group, target, &wanted, text), group, hold);
        return true;
    }
    let (text, choices): (String, &[&str]) = if is_taken {
        (
            format!(
                "{before} is called {wanted} in JumpCloud now, and Atlassian has a group of that name already. Keep the old \
                 name, or rename one of the two."
            ),
            &["keep-old-name", "leave-alone", "later"],
        )
    } else {
        (
            format!(
                "{before} is called {wanted} in JumpCloud now, but Atlassian did not take the new name: group names are \
                 fixed for SCIM. Keeping the old name costs nothing but the difference. A new group gets all members and none \
                 of the old one's permissions, which have to be given again; the old one stays as it is and is not \
                 synchronised any more. Renamed by hand in Atlassian's console, it keeps everything."
            ),
            &["keep-old-name", "create-new", "rename-in-atlassian", "leave-alone", "later"],
        )
    };
    let facts =
        [group.id.as_str(), target.id.as_str(), &before, &wanted, if is_taken { "taken" } else { "" }];
    let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
    let facts = if is_taken { &facts[..] } else { facts.get(..4).unwrap_or(&facts) };
    let mut conflict = question::question(
        ConflictKind::GroupRename,
        subject(group, Some(target)),
        text.clone(),
        choices,
        facts,
    );
    let answer = question::answer(context, &conflict);
    let held = operation(group, target, &wanted, text).held(HeldBy::Conflict, false);
    match answer.as_deref() {
        Some("keep-old-name") => question::settle(draft, conflict, answer),
        Some("leave-alone") => {
            question::settle(draft, conflict, answer);
            return false;
        }
        Some("create-new") => {
            question::settle(draft, conflict, answer);
            desk.names.give(&wanted);
            let text = format!(
                "{before} is called {wanted} in JumpCloud now. A new group is created, as it was decided; {before} stays as it \
                 is in Atlassian."
            );
            groups::create(draft, membership, group, &wanted, hold, Some(text));
            return false;
        }
        Some("rename-in-atlassian") => {
            let text = format!(
                "Waiting for Atlassian: rename {before} to {wanted} in admin.atlassian.com, under Groups. Lockstep goes on \
                 once the listing shows the new name."
            );
            conflict.waiting = Some(text);
            question::settle(draft, conflict, answer);
            groups::push(draft, held, group, hold);
        }
        _ => {
            question::settle(draft, conflict, answer);
            groups::push(draft, held, group, hold);
        }
    }
    true
}

fn operation(group: &SourceGroup, target: &TargetGroup, wanted: &str, text: String) -> Operation {
    Operation::new(
        OperationKind::RenameGroup,
        subject(group, Some(target)),
        reason::reason(ReasonCode::GroupRenamed, text, Some(wanted)),
        Payload::RenameGroup {
            source: group.id.clone(),
            target: target.id.clone(),
            before: target.display_name.clone(),
            after: wanted.to_owned(),
        },
    )
}
