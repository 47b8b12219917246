//! What a planned operation says about itself: a row, its members, the chain of causes, and what could be done about it.
//!
//! Pure: everything is read from the operation. Nothing is decided by these sentences.

use lockstep_core::attribute::AttributeSet;
use lockstep_core::plan::operation::{
    AttributeChange, HeldBy, Member, Operation, OperationKind, Payload, ReasonCode, Reversibility, Subject,
};

use super::views::{ChangeSummary, OperationRow, WhyStep};

/// Changes that a row carries; it shows the first and counts the rest.
const ROW_CHANGES: usize = 4;
/// Members that the side panel lists; beyond that, the counts are in the row.
const LISTED_MEMBERS: usize = 1_000;

/// Returns the operation's row.
pub(crate) fn operation_row(operation: &Operation) -> OperationRow {
    OperationRow {
        id: operation.id.clone(),
        kind: operation.kind,
        subject: operation.subject.clone(),
        held_by: operation.held_by,
        reversibility: operation.reversibility,
        reason: operation.reason.clone(),
        change: change_summary(operation),
    }
}

/// Returns the operation's change, short enough for a row.
pub(crate) fn change_summary(operation: &Operation) -> ChangeSummary {
    let few = |changes: &[AttributeChange]| changes.iter().take(ROW_CHANGES).cloned().collect::<Vec<_>>();
    let number = |members: &[Member]| u32::try_from(members.len()).unwrap_or(u32::MAX);
    match &operation.payload {
        Payload::CreateUser { .. } | Payload::CreateGroup { .. } => ChangeSummary::New,
        Payload::LinkUser { changes, active: Some(after), .. } => {
            ChangeSummary::Active { before: !after, after: *after, changes: few(changes) }
        }
        Payload::LinkUser { changes, active: None, .. } if !changes.is_empty() => {
            ChangeSummary::Attributes { changes: few(changes) }
        }
        Payload::LinkUser { .. } | Payload::TakeOverGroup { .. } | Payload::ReleaseGroup { .. } => {
            ChangeSummary::Link
        }
        Payload::UpdateUser { changes, .. } => ChangeSummary::Attributes { changes: few(changes) },
        Payload::ActivateUser { changes, .. } => {
            ChangeSummary::Active { before: false, after: true, changes: few(changes) }
        }
        Payload::DeactivateUser { changes, .. } => {
            ChangeSummary::Active { before: true, after: false, changes: few(changes) }
        }
        Payload::DeleteUser { .. } | Payload::DeleteGroup { .. } => ChangeSummary::Gone,
        Payload::RenameGroup { before, after, .. } => {
            ChangeSummary::Name { before: before.clone(), after: after.clone() }
        }
        Payload::AddMembers { members, .. } | Payload::AddSourceMembers { members, .. } => {
            ChangeSummary::Members { added: number(members), removed: 0 }
        }
        Payload::RemoveMembers { members, .. } => {
            ChangeSummary::Members { added: 0, removed: number(members) }
        }
    }
}

/// Returns every attribute that the operation sets, before and after; a create's have no before.
pub(crate) fn attribute_changes(operation: &Operation) -> Vec<AttributeChange> {
    match &operation.payload {
        Payload::CreateUser { attributes, .. } => as_changes(attributes),
        Payload::LinkUser { changes, .. }
        | Payload::UpdateUser { changes, .. }
        | Payload::ActivateUser { changes, .. }
        | Payload::DeactivateUser { changes, .. } => changes.clone(),
        _ => Vec::new(),
    }
}

fn as_changes(attributes: &AttributeSet) -> Vec<AttributeChange> {
    attributes
        .iter()
        .map(|(attribute, value)| AttributeChange { attribute, before: None, after: Some(value.to_owned()) })
        .collect()
}

/// Returns the labels of those who are added and those who are removed.
pub(crate) fn member_labels(operation: &Operation) -> (Vec<String>, Vec<String>) {
    let labels =
        |members: &[Member]| members.iter().take(LISTED_MEMBERS).map(|member| member.label.clone()).collect();
    match &operation.payload {
        Payload::AddMembers { members, .. } | Payload::AddSourceMembers { members, .. } => {
            (labels(members), Vec::new())
        }
        Payload::RemoveMembers { members, .. } | Payload::DeleteGroup { members, .. } => {
            (Vec::new(), labels(members))
        }
        _ => (Vec::new(), Vec::new()),
    }
}

/// Returns what holds the operation, in a sentence with what to do; `None` when it is ready.
pub(crate) fn held_text(operation: &Operation) -> Option<String> {
    let text = match operation.held_by? {
        HeldBy::Guard if operation.releasable => {
            "Held by a guard: this plan takes away more than the limit allows. Look at the names; if they are right, override the guard for this plan and say why."
        }
        HeldBy::Guard => {
            "Held by a guard that nobody can override: the reading was incomplete or suddenly empty, or the object is protected. Compute the plan again when the cause is mended, or take it off the protected list."
        }
        HeldBy::Conflict => {
            "Held by a conflict: somebody has to decide it first, under Review groups or in the plan's conflicts."
        }
        HeldBy::UserLimit => {
            "Held by the user limit: the directory has no place left. Raise the limit in the settings if your subscription allows, or take somebody out of scope."
        }
        HeldBy::Domain => {
            "Held because the e-mail address is in no verified domain. Verify the domain in Atlassian, add it to the verified domains in the settings, or allow any domain."
        }
        HeldBy::Acknowledgement => "Held until somebody has read and acknowledged what it means.",
        HeldBy::Irreversible => {
            "Held because it cannot be undone: it is never part of “approve all” and has to be allowed by name."
        }
        HeldBy::Quarantine => {
            "Held because it failed repeatedly and rests for a while. Look at the error under Failed operations; retry ends the rest at once."
        }
    };
    Some(text.to_owned())
}

/// Returns how the operation can be undone, or that it cannot.
pub(crate) fn undo_text(operation: &Operation) -> String {
    use OperationKind as Kind;
    match (operation.reversibility, operation.kind) {
        (Reversibility::Irreversible, Kind::DeleteUser) => {
            "Cannot be undone: an account created again is another one, with a new id and without its history."
        }
        (Reversibility::Irreversible, Kind::DeleteGroup) => {
            "Cannot be undone: what the group gives access to is lost with it, also for a new group of the same name."
        }
        (Reversibility::Irreversible, _) => "Cannot be undone.",
        (_, Kind::CreateUser) => {
            "Partly reversible: undo deactivates the account, but it stays in the directory and counts towards the limit."
        }
        (_, Kind::CreateGroup) => {
            "Partly reversible: undo deletes the new group, with whatever was granted to it meanwhile."
        }
        (Reversibility::Partly, Kind::TakeOverGroup) => {
            "Partly reversible: undo restores the members, but the group stays managed by this directory."
        }
        (_, Kind::DeactivateUser) => "Reversible: undo activates the same account again.",
        (_, Kind::ActivateUser) => "Reversible: undo deactivates the account again.",
        (_, Kind::UpdateUser) => "Reversible: undo writes the old values back.",
        (_, Kind::LinkUser) => "Reversible: undo forgets the link and writes the old values back.",
        (_, Kind::RenameGroup) => "Reversible: undo gives the group its old name.",
        (_, Kind::AddMembers | Kind::AddSourceMembers) => "Reversible: undo removes the same people again.",
        (_, Kind::RemoveMembers) => "Reversible: undo adds the same people again.",
        (_, Kind::ReleaseGroup) => "Reversible: bind the group again and review it.",
        (Reversibility::Partly, _) => "Partly reversible: undo restores what it can and names the rest.",
        (Reversibility::Reversible, _) => "Reversible: undo restores the state before.",
    }
    .to_owned()
}

/// Returns the chain of causes, from what happened in JumpCloud to what happens in Atlassian.
pub(crate) fn why(operation: &Operation) -> Vec<WhyStep> {
    let is_cut = operation.kind.takes_away();
    let mut steps = vec![step("cause", cause_title(operation), Some(operation.reason.text.clone()), is_cut)];
    if let Some(middle) = middle_step(operation) {
        steps.push(middle);
    }
    let mut effect = step("effect", effect_title(operation), Some(undo_text(operation)), false);
    effect.is_cut = operation.held_by.is_some();
    steps.push(effect);
    steps
}

fn step(kind: &str, title: impl Into<String>, detail: Option<String>, is_cut: bool) -> WhyStep {
    WhyStep { kind: kind.to_owned(), title: title.into(), detail, is_cut }
}

fn cause_title(operation: &Operation) -> String {
    let group = operation.reason.group.as_deref();
    let about =
        |with: &str, without: &str| group.map_or_else(|| without.to_owned(), |name| with.replace("{}", name));
    match operation.reason.code {
        ReasonCode::JoinedBoundGroup => about("Joined {}", "Joined a bound group"),
        ReasonCode::LeftLastBoundGroup => about("Left {}", "Left the last bound group"),
        ReasonCode::GroupUnbound => about("{} was unbound", "The group was unbound"),
        ReasonCode::GroupDeleted => about("{} was deleted", "The group was deleted"),
        ReasonCode::Suspended => "Suspended in JumpCloud".to_owned(),
        ReasonCode::PasswordExpired => "Password expired".to_owned(),
        ReasonCode::Staged => "Staged in JumpCloud".to_owned(),
        ReasonCode::Restored => "Restored in JumpCloud".to_owned(),
        ReasonCode::DeletedInJumpcloud => "Deleted in JumpCloud".to_owned(),
        ReasonCode::AttributesChanged => "Both records differ".to_owned(),
        ReasonCode::FirstMember => about("{} has members", "The group has members"),
        ReasonCode::MembershipChanged => "Membership differs".to_owned(),
        ReasonCode::GroupRenamed => "Renamed in JumpCloud".to_owned(),
        ReasonCode::FoundByExternalId => "Found by external id".to_owned(),
        ReasonCode::FoundByUserName => "Found by user name".to_owned(),
        ReasonCode::FoundByEmail => "Found by e-mail address".to_owned(),
        ReasonCode::DomainNotVerified => "Domain not verified".to_owned(),
        ReasonCode::OverUserLimit => "Over the user limit".to_owned(),
        ReasonCode::Undo => "Undo of an earlier run".to_owned(),
    }
}

fn middle_step(operation: &Operation) -> Option<WhyStep> {
    let person = matches!(operation.subject, Subject::Person { .. });
    match operation.reason.code {
        ReasonCode::LeftLastBoundGroup | ReasonCode::GroupUnbound | ReasonCode::GroupDeleted if person => {
            Some(step("scope", "Out of scope", Some("No other bound group has this person".to_owned()), true))
        }
        ReasonCode::DeletedInJumpcloud if person => Some(step(
            "scope",
            "Out of scope",
            Some("There is no such person in JumpCloud any more".to_owned()),
            true,
        )),
        ReasonCode::JoinedBoundGroup | ReasonCode::Restored if person => Some(step(
            "scope",
            "In scope",
            operation.reason.group.as_ref().map(|group| format!("Through {group}")),
            false,
        )),
        ReasonCode::Suspended | ReasonCode::PasswordExpired | ReasonCode::Staged if person => Some(step(
            "scope",
            "Inactive in JumpCloud",
            Some(
                "Whoever is inactive there is inactive in Atlassian, and stays a member of the groups"
                    .to_owned(),
            ),
            true,
        )),
        _ => None,
    }
}

fn effect_title(operation: &Operation) -> String {
    match operation.kind {
        OperationKind::CreateUser => "A new account in Atlassian",
        OperationKind::LinkUser => "Linked to the existing account",
        OperationKind::UpdateUser => "Updated in Atlassian",
        OperationKind::ActivateUser => "Activated in Atlassian",
        OperationKind::DeactivateUser => "Deactivated in Atlassian",
        OperationKind::DeleteUser => "Deleted in Atlassian",
        OperationKind::CreateGroup => "A new group in Atlassian",
        OperationKind::TakeOverGroup => "JumpCloud’s membership wins in Atlassian’s group",
        OperationKind::RenameGroup => "Renamed in Atlassian",
        OperationKind::AddMembers => "Members added in Atlassian",
        OperationKind::RemoveMembers => "Members removed in Atlassian",
        OperationKind::AddSourceMembers => "Added to the JumpCloud group",
        OperationKind::DeleteGroup => "The group and its permissions go",
        OperationKind::ReleaseGroup => "Left as it is, and no longer synchronised",
    }
    .to_owned()
}

/// Returns what would change the operation, one sentence each, the nearest first.
pub(crate) fn would_change(operation: &Operation) -> Vec<String> {
    let name = operation.subject.name();
    let mut sentences = Vec::new();
    let group = operation.reason.group.as_deref();
    match operation.reason.code {
        ReasonCode::LeftLastBoundGroup => {
            if let Some(group) = group {
                sentences.push(format!("{name} stays active if put back into {group} in JumpCloud."));
            }
            sentences.push(format!("{name} stays active in any other bound group."));
        }
        ReasonCode::GroupUnbound => {
            if let Some(group) = group {
                sentences.push(format!("Bind {group} to the application again."));
            }
            if matches!(operation.subject, Subject::Person { .. }) {
                sentences.push(format!("{name} stays active in any other bound group."));
            }
        }
        ReasonCode::GroupDeleted => sentences.push(match operation.subject {
            Subject::Person { .. } => format!("{name} stays active in any other bound group."),
            Subject::Group { .. } => {
                "Nothing in JumpCloud: a group made again there is another group, and would be reviewed."
                    .to_owned()
            }
        }),
        ReasonCode::Suspended => {
            sentences.push(format!("{name} stays active if the suspension ends in JumpCloud."));
        }
        ReasonCode::PasswordExpired => {
            sentences.push(format!("{name} stays active after setting a new password in JumpCloud."));
        }
        ReasonCode::Staged => sentences.push(format!("{name} becomes active when activated in JumpCloud.")),
        ReasonCode::JoinedBoundGroup | ReasonCode::FirstMember => {
            if let Some(group) = group {
                sentences
                    .push(format!("Nothing happens if {name} is taken out of {group} in JumpCloud first."));
            }
        }
        ReasonCode::DeletedInJumpcloud => {
            sentences.push(
                "A person created again in JumpCloud with the same address is linked to the same account."
                    .to_owned(),
            );
        }
        ReasonCode::AttributesChanged => {
            sentences.push(
                "Correct the value in JumpCloud, or switch the attribute off in the mapping.".to_owned(),
            );
        }
        ReasonCode::MembershipChanged => {
            sentences.push("Change the members in JumpCloud: its membership wins.".to_owned());
        }
        ReasonCode::GroupRenamed => {
            sentences.push("Give the group its old name back in JumpCloud.".to_owned());
        }
        ReasonCode::FoundByExternalId | ReasonCode::FoundByUserName | ReasonCode::FoundByEmail => {
            sentences.push(
                "If the account is somebody else’s, change the address or user name on one of the sides."
                    .to_owned(),
            );
        }
        ReasonCode::DomainNotVerified => {
            sentences
                .push("Verify the domain in Atlassian, or add it to the verified domains here.".to_owned());
        }
        ReasonCode::OverUserLimit => {
            sentences.push("Raise the user limit, or change who comes first under it.".to_owned());
        }
        ReasonCode::Restored | ReasonCode::Undo => {}
    }
    if operation.kind.takes_away() && operation.held_by.is_none() {
        sentences.push(match operation.subject {
            Subject::Person { .. } => format!("Protect {name}, and no plan ever touches the account."),
            Subject::Group { .. } => format!("Protect {name}, and no plan ever touches the group."),
        });
    }
    sentences
}
