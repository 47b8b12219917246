//! Groups whose name exists in the target already and that are not ours: always reviewed (G2), and what each answer does.

use super::access::Access;
use super::groups::{self, Hold};
use super::membership::{self, Membership};
use super::names::{Holder, Names, takeover_id};
use super::review::{self, Clash, Review};
use super::{choice, question, reason};
use crate::email::same;
use crate::ids::ScimId;
use crate::plan::conflict::Conflict;
use crate::plan::context::Context;
use crate::plan::draft::Draft;
use crate::plan::operation::{HeldBy, Member, Operation, OperationKind, Payload, ReasonCode};
use crate::snapshot::organisation::OrganisationGroup;
use crate::snapshot::source::SourceGroup;
use crate::snapshot::target::TargetGroup;

/// What questions about names share from group to group.
#[derive(Debug)]
pub(crate) struct Desk<'a> {
    pub(crate) names: Names<'a>,
    access: Option<Access<'a>>,
}

impl<'a> Desk<'a> {
    pub(crate) fn new(context: &Context<'a>) -> Self {
        Self { names: Names::new(context), access: None }
    }
}

/// Plans the review if the group's name is taken; says whether that settles the group for this plan.
pub(crate) fn plan_takeover<'a>(
    draft: &mut Draft<'a>,
    membership: &mut Membership,
    desk: &mut Desk<'a>,
    group: &SourceGroup,
    released: Option<&'a TargetGroup>,
    hold: Hold,
) -> bool {
    // Nothing is created for an empty group, so nothing can clash either.
    if group.members.is_empty() {
        return true;
    }
    let Some(clash) = clash(draft.context, &desk.names, group, released) else { return false };
    let access = desk.access.get_or_insert_with(|| Access::new(draft.context));
    let of_name = desk.names.in_organisation(&group.name);
    let mut review = review::review(draft, membership, access, group, clash, of_name);
    let delta = &review.delta;
    let changes_nobody = delta.add.is_empty() && delta.remove.is_empty() && delta.in_doubt == 0;
    if let Clash::Released(target) = clash
        && changes_nobody
        && group.completeness.is_complete()
    {
        groups::push(draft, take_over(group, Some(target), None), group, hold);
        groups::rename(draft, desk, membership, group, target, hold);
        return true;
    }
    let wait = wait(draft.context, group, clash, of_name);
    if wait == Wait::Accepted {
        let text =
            format!("{} was accepted in Atlassian's console, as it was decided here.", group.name.trim());
        carry_out(draft, desk, membership, group, clash, review, text, hold);
        return true;
    }
    let answer = question::answer(draft.context, &review.conflict);
    match answer.as_deref() {
        Some("leave-alone") => question::settle(draft, review.conflict, answer),
        Some("take-over") if wait == Wait::Refused => {
            review.conflict.waiting = Some(waiting_text(draft.context, group));
            let conflict = review.conflict.clone();
            question::settle(draft, review.conflict, answer);
            held(draft, group, clash, &conflict, conflict.waiting.clone(), hold);
        }
        Some("take-over") => {
            let text = format!("{} is taken over, as it was decided.", group.name.trim());
            question::settle(draft, review.conflict.clone(), answer);
            carry_out(draft, desk, membership, group, clash, review, text, hold);
        }
        Some("keep-others") if review.not_keepable.is_empty() && wait == Wait::Nothing => {
            question::settle(draft, review.conflict.clone(), answer);
            keep_others(draft, desk, membership, group, clash, review, hold);
        }
        Some("keep-others") => {
            let text = if review.not_keepable.is_empty() {
                review.conflict.waiting = Some(waiting_text(draft.context, group));
                review.conflict.waiting.clone()
            } else {
                Some(format!(
                    "{} cannot be kept in {} yet: nobody can be added who has no user in JumpCloud, or would get no account \
                     (inactive, not in a verified domain, beyond the user limit). Import them or mend that first, or take the group over.",
                    reason::enumerate(&review.not_keepable, 5),
                    group.name.trim()
                ))
            };
            if let Some(text) = text.as_ref().filter(|_| review.conflict.waiting.is_none()) {
                review.conflict.text = format!("{} {text}", review.conflict.text);
            }
            question::settle(draft, review.conflict.clone(), answer);
            held(draft, group, clash, &review.conflict, text, hold);
        }
        other => match other.and_then(choice::chosen_name).map(str::to_owned) {
            Some(name) if desk.names.is_free(draft.context, group, &name) => {
                question::settle(draft, review.conflict, answer);
                desk.names.give(&name);
                let text = format!("{} is synchronised as {name}, as it was decided.", group.name.trim());
                groups::create(draft, membership, group, &name, hold, Some(text));
            }
            Some(name) => {
                let text =
                    format!("The name {name}, which was chosen for it, is taken by now. Choose again.");
                review.conflict.text = format!("{} {text}", review.conflict.text);
                question::settle(draft, review.conflict.clone(), None);
                held(draft, group, clash, &review.conflict, None, hold);
            }
            None => {
                question::settle(draft, review.conflict.clone(), answer);
                held(draft, group, clash, &review.conflict, None, hold);
            }
        },
    }
    true
}

/// Finds what stands in the way of creating a group under its own name.
fn clash<'a>(
    context: &Context<'_>,
    names: &Names<'a>,
    group: &SourceGroup,
    released: Option<&'a TargetGroup>,
) -> Option<Clash<'a>> {
    if let Some(target) = released {
        return Some(Clash::Released(target));
    }
    let pending = context.input.memory.takeovers.get(&group.id);
    let is_refused =
        pending.is_some_and(|pending| pending.target.is_none() && same(&pending.name, &group.name));
    let sees_organisation =
        context.input.target.organisation.as_ref().is_some_and(|known| known.completeness.is_complete());
    let holder = names.holder(&group.name);
    // Two groups that follow one in the target would undo each other's memberships.
    if holder != Some(Holder::Managed) && !names.is_unique(&group.name) {
        return Some(Clash::Twin);
    }
    match holder {
        Some(Holder::Directory(target)) => Some(Clash::Directory(target)),
        Some(Holder::Managed) => Some(Clash::NameTaken),
        Some(Holder::Organisation(local)) => Some(Clash::Organisation(local)),
        // What was refused as a local group and is fed from outside now was accepted in the console.
        Some(Holder::OtherDirectory(local)) if is_refused => Some(Clash::Organisation(local)),
        Some(Holder::OtherDirectory(other)) => Some(Clash::OtherDirectory(other)),
        None => (is_refused && !sees_organisation).then_some(Clash::Unseen),
    }
}

/// How far a takeover has come on Atlassian's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// Atlassian has not been asked.
    Nothing,
    /// It answered that somebody has to accept it in its console (409), and nobody has.
    Refused,
    /// It was refused, decided here, and accepted there.
    Accepted,
}

fn wait(
    context: &Context<'_>,
    group: &SourceGroup,
    clash: Clash<'_>,
    of_name: Option<&OrganisationGroup>,
) -> Wait {
    let pending = context.input.memory.takeovers.get(&group.id);
    if !pending.is_some_and(|pending| pending.target.is_none() && same(&pending.name, &group.name)) {
        return Wait::Nothing;
    }
    let is_accepted = match clash {
        // SCIM did not list it when it answered 409.
        Clash::Directory(_) => of_name.is_none_or(|known| known.external_synced),
        Clash::Organisation(local) => local.external_synced,
        _ => false,
    };
    let id = takeover_id(&group.id);
    let last = context.input.decisions.iter().rev().find(|decision| decision.conflict == id);
    let is_decided =
        last.is_some_and(|decision| matches!(decision.choice.as_str(), "take-over" | "keep-others"));
    match (is_accepted, is_decided) {
        (true, true) => Wait::Accepted,
        (true, false) => Wait::Nothing,
        (false, _) => Wait::Refused,
    }
}

/// Says what is awaited, and what to do.
pub(crate) fn waiting_text(context: &Context<'_>, group: &SourceGroup) -> String {
    let name = group.name.trim();
    let then = if context.input.target.organisation.is_some() {
        "Lockstep sees it and goes on by itself."
    } else {
        "Without an organisation key that cannot be seen; Lockstep goes on once SCIM lists the group."
    };
    format!(
        "Waiting for Atlassian: only its own console can hand over {name}. In admin.atlassian.com, open the identity \
         provider directory, choose “Review groups” and sync {name}. {then}"
    )
}

/// Adds the question about a group that is ours and pends until somebody accepts it in Atlassian's console (201).
pub(crate) fn awaited<'a>(
    draft: &mut Draft<'a>,
    membership: &mut Membership,
    desk: &mut Desk<'a>,
    group: &SourceGroup,
    target: &TargetGroup,
) -> bool {
    let context = draft.context;
    let Some(local) = desk.names.in_organisation(&target.display_name).filter(|local| !local.external_synced)
    else {
        return true;
    };
    let access = desk.access.get_or_insert_with(|| Access::new(context));
    let clash = Clash::Organisation(local);
    let mut conflict = review::review(draft, membership, access, group, clash, Some(local)).conflict;
    let answer = question::answer(context, &conflict);
    let waiting = waiting_text(context, group);
    conflict.waiting = Some(match conflict.blocked.take() {
        Some(blocked) => format!("{waiting} {blocked}"),
        None => waiting,
    });
    // The group was created, so that was decided; what is left to say is whether to go on.
    conflict.choices = ["take-over", "leave-alone"].map(str::to_owned).to_vec();
    let goes_on = answer.as_deref() != Some("leave-alone");
    let answer = if goes_on { "take-over" } else { "leave-alone" };
    if !goes_on {
        conflict.waiting = None;
    }
    question::settle(draft, conflict, Some(answer.to_owned()));
    goes_on
}

fn take_over(group: &SourceGroup, target: Option<&TargetGroup>, text: Option<String>) -> Operation {
    let name = group.name.trim();
    let text = text.unwrap_or_else(|| format!("{name} is bound again and its membership is what it was."));
    Operation::new(
        OperationKind::TakeOverGroup,
        groups::subject(group, target),
        reason::reason(ReasonCode::FirstMember, text, Some(name)),
        Payload::TakeOverGroup {
            source: group.id.clone(),
            target: target.map(|target| target.id.clone()),
            display_name: name.to_owned(),
        },
    )
}

/// Adds the takeover that waits for an answer, or for Atlassian.
fn held(
    draft: &mut Draft<'_>,
    group: &SourceGroup,
    clash: Clash<'_>,
    conflict: &Conflict,
    text: Option<String>,
    hold: Hold,
) {
    let text = text.unwrap_or_else(|| conflict.text.clone());
    let mut operation = take_over(group, clash.target(), Some(text)).held(HeldBy::Conflict, false);
    if !group.completeness.is_complete() {
        operation.hold(HeldBy::Guard, false);
    }
    groups::push(draft, operation, group, hold);
}

/// Plans a takeover that was decided: JumpCloud's membership wins.
#[expect(clippy::too_many_arguments, reason = "one call of the planner's steps, spelled out")]
fn carry_out<'a>(
    draft: &mut Draft<'a>,
    desk: &mut Desk<'a>,
    membership: &mut Membership,
    group: &SourceGroup,
    clash: Clash<'a>,
    review: Review,
    text: String,
    hold: Hold,
) {
    let mut operation = take_over(group, clash.target(), Some(text));
    if !group.completeness.is_complete() {
        operation.hold(HeldBy::Guard, false);
    }
    groups::push(draft, operation, group, hold);
    match clash.target() {
        Some(target) => {
            groups::rename(draft, desk, membership, group, target, hold);
            membership::push_delta(draft, group, target, review.delta, hold);
        }
        // Everybody goes to the group that pends, so that accepting it takes over the right list.
        None => {
            let members = membership.all_members(draft, group);
            add_all(draft, group, None, members, hold);
        }
    }
}

/// Plans a takeover after which everybody is in the group who was, on either side.
fn keep_others<'a>(
    draft: &mut Draft<'a>,
    desk: &mut Desk<'a>,
    membership: &mut Membership,
    group: &SourceGroup,
    clash: Clash<'a>,
    review: Review,
    hold: Hold,
) {
    let name = group.name.trim();
    let Review { keepable, mut delta, .. } = review;
    if !keepable.is_empty() {
        let text = format!(
            "{} in Atlassian's group {name} only, and added to it in JumpCloud first, as it was decided.",
            if keepable.len() == 1 {
                "1 person is".to_owned()
            } else {
                format!("{} people are", keepable.len())
            },
        );
        let mut operation = Operation::new(
            OperationKind::AddSourceMembers,
            groups::subject(group, clash.target()),
            reason::reason(ReasonCode::MembershipChanged, text, Some(name)),
            Payload::AddSourceMembers { source: group.id.clone(), members: keepable.clone() },
        );
        if !group.completeness.is_complete() {
            operation.hold(HeldBy::Guard, false);
        }
        groups::push(draft, operation, group, hold);
    }
    let mut operation = take_over(
        group,
        clash.target(),
        Some(format!("{name} is taken over with everybody who is in it, as it was decided.")),
    );
    if !group.completeness.is_complete() {
        operation.hold(HeldBy::Guard, false);
    }
    groups::push(draft, operation, group, hold);
    delta.remove.clear();
    match clash.target() {
        Some(target) => {
            groups::rename(draft, desk, membership, group, target, hold);
            membership::push_delta(draft, group, target, delta, hold);
        }
        None => {
            let mut members = membership.all_members(draft, group);
            // Whoever has a SCIM account already goes along; the others follow once they have one.
            members.extend(keepable.into_iter().filter(|member| member.target.is_some()));
            membership::sort(&mut members);
            add_all(draft, group, None, members, hold);
        }
    }
}

/// Adds everybody to a group that this plan makes.
pub(crate) fn add_all(
    draft: &mut Draft<'_>,
    group: &SourceGroup,
    target: Option<ScimId>,
    members: Vec<Member>,
    hold: Hold,
) {
    if members.is_empty() {
        return;
    }
    let name = group.name.trim();
    let text =
        format!("{} to the new group {name}.", reason::count(members.len(), "member goes", "members go"));
    let operation = Operation::new(
        OperationKind::AddMembers,
        groups::subject(group, None),
        reason::reason(ReasonCode::MembershipChanged, text, Some(name)),
        Payload::AddMembers { source: group.id.clone(), target, members },
    );
    groups::push(draft, operation, group, hold);
}
