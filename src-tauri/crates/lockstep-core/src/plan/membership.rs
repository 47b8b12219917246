//! Memberships of managed groups, as deltas (G1, G3). JumpCloud's membership wins; whoever else is in there is named.

use std::collections::{BTreeMap, BTreeSet};

use super::groups::{self, Hold};
use super::reason;
use crate::attribute::Attribute;
use crate::correlation::Owner;
use crate::finding::Severity;
use crate::ids::{ScimId, SourceUserId};
use crate::plan::context::{Context, NONE, user_label};
use crate::plan::draft::{Account, Draft};
use crate::plan::operation::{Member, Operation, OperationKind, Payload, ReasonCode};
use crate::snapshot::source::SourceGroup;
use crate::snapshot::target::TargetGroup;

/// Marks and tallies kept from group to group, so that each costs no more than its own members.
#[derive(Debug)]
pub(crate) struct Membership {
    /// By account: the last group that has it as a member in the target.
    present: Vec<u32>,
    /// By account: the last group that wants it as a member, or may do so.
    wanted: Vec<u32>,
    stamp: u32,
    /// Scratch space: the accounts of the group in hand, in order.
    accounts: Vec<u32>,
    /// Accounts of linked people who are in no list of people, by JumpCloud id; filled when first asked for.
    gone: Option<BTreeMap<SourceUserId, u32>>,
    /// Members left out because they have no account and get none.
    without_account: BTreeSet<u32>,
    /// Members in the target that are in no list of users.
    unlisted: usize,
    /// Additions left alone because the target was seen not to keep them, as labels of the groups.
    not_added: BTreeSet<String>,
    /// The same for removals: somebody still is in there.
    not_removed: BTreeSet<String>,
    /// Groups that name members who are in no list of people, so that nobody's account is removed from them.
    unknown: BTreeSet<String>,
}

/// What separates a group from its origin.
#[derive(Debug, Default)]
pub(crate) struct Delta {
    /// Who becomes a member.
    pub(crate) add: Vec<Member>,
    /// Who would not be one any more.
    pub(crate) remove: Vec<Member>,
    /// Of those removed, how many are nobody's account.
    pub(crate) unmanaged: usize,
    /// Accounts that nobody is linked to and that stay only because they may be those of members not read.
    pub(crate) in_doubt: usize,
    /// Accounts of people who are in both.
    pub(crate) stays: Vec<u32>,
    /// Accounts that are not taken out although nobody's membership is confirmed by them: those of members whose own
    /// account is held, in doubt, or not to be removed.
    pub(crate) left: Vec<u32>,
}

impl Membership {
    pub(crate) fn new(context: &Context<'_>) -> Self {
        Self {
            present: vec![NONE; context.users.len()],
            wanted: vec![NONE; context.users.len()],
            stamp: 0,
            accounts: Vec::new(),
            gone: None,
            without_account: BTreeSet::new(),
            unlisted: 0,
            not_added: BTreeSet::new(),
            not_removed: BTreeSet::new(),
            unknown: BTreeSet::new(),
        }
    }

    /// Returns everybody of a group who has an account or gets one by this plan; takes note of the others.
    pub(crate) fn all_members(&mut self, draft: &mut Draft<'_>, group: &SourceGroup) -> Vec<Member> {
        let mut members = Vec::with_capacity(group.members.len());
        let context = draft.context;
        for &person in context.members_of(group).iter().filter(|person| **person != NONE) {
            match draft.account(person) {
                Account::None => self.miss(draft, person),
                Account::Exists(user) => push_member(draft, &mut members, Some(person), Some(user)),
                Account::Coming => push_member(draft, &mut members, Some(person), None),
            }
        }
        sort(&mut members);
        members
    }

    fn miss(&mut self, draft: &Draft<'_>, person: u32) {
        // Nobody inactive gets an account, and nobody expects one for them.
        if draft.context.person(person).is_some_and(|person| person.is_active()) {
            self.without_account.insert(person);
        }
    }

    /// Whether a group has exactly its origin's members, all with an account; then `accounts` holds them.
    ///
    /// Nearly every group of nearly every plan is, so this spares looking its members up one by one.
    fn is_in_step(&mut self, draft: &Draft<'_>, group: &SourceGroup, target: &TargetGroup) -> bool {
        let context = draft.context;
        let members = context.members_of(group);
        self.accounts.clear();
        if !context.users_are_sorted || members.len() != target.members.len() {
            return false;
        }
        for person in members {
            // NONE is nobody's position, and so has no account either.
            let Account::Exists(user) = draft.account(*person) else { return false };
            self.accounts.push(user);
        }
        self.accounts.sort_unstable();
        self.accounts
            .iter()
            .zip(&target.members)
            .all(|(user, member)| context.user(*user).is_some_and(|user| user.id == *member))
    }

    /// Compares a group with its origin.
    pub(crate) fn delta(
        &mut self,
        draft: &mut Draft<'_>,
        group: &SourceGroup,
        target: &TargetGroup,
    ) -> Delta {
        let context = draft.context;
        let mut delta = Delta::default();
        if self.is_in_step(draft, group, target) {
            delta.stays.clone_from(&self.accounts);
            return delta;
        }
        self.stamp += 1;
        let stamp = self.stamp;
        for id in &target.members {
            match context.user_position(id).and_then(|user| self.present.get_mut(user as usize)) {
                Some(slot) => *slot = stamp,
                // A deleted account that stayed in the group, or something nested: not ours to tidy.
                None => self.unlisted += 1,
            }
        }
        let mut has_unknown = false;
        for (id, &person) in group.members.iter().zip(context.members_of(group)) {
            if person == NONE {
                // Listed as a member but not as a person: deleted a moment ago, or the list is short. The next reading tells.
                let kept = self.keep_account_of(draft, id, stamp);
                delta.left.extend(kept.filter(|user| self.present.get(*user as usize) == Some(&stamp)));
                has_unknown |= kept.is_none() && !context.input.source.people_completeness.is_complete();
                continue;
            }
            match draft.account(person) {
                Account::None => self.miss(draft, person),
                Account::Coming => push_member(draft, &mut delta.add, Some(person), None),
                Account::Exists(user) => {
                    mark(&mut self.wanted, user, stamp);
                    if self.present.get(user as usize) == Some(&stamp) {
                        delta.stays.push(user);
                    } else if self.is_not_kept(draft, group, target, user, true) {
                        continue;
                    } else {
                        push_member(draft, &mut delta.add, Some(person), Some(user));
                    }
                }
            }
        }
        if delta.stays.len() < target.members.len() {
            self.removals(draft, group, target, has_unknown, &mut delta);
        }
        sort(&mut delta.add);
        sort(&mut delta.remove);
        delta
    }

    fn removals(
        &mut self,
        draft: &mut Draft<'_>,
        group: &SourceGroup,
        target: &TargetGroup,
        has_unknown: bool,
        delta: &mut Delta,
    ) {
        let (context, stamp) = (draft.context, self.stamp);
        for id in &target.members {
            let Some(user) = context.user_position(id) else { continue };
            if self.wanted.get(user as usize) == Some(&stamp) {
                continue;
            }
            if may_be_wanted(draft, group, user) || self.is_not_kept(draft, group, target, user, false) {
                delta.left.push(user);
                continue;
            }
            let before = delta.remove.len();
            let owner = draft.correlation.owners.get(user as usize).copied().unwrap_or(Owner::Nobody);
            // It may be the account of the member whom the list of people lacks (R2).
            if has_unknown && owner == Owner::Nobody {
                self.unknown.insert(group.name.clone());
                delta.in_doubt += 1;
                delta.left.push(user);
                continue;
            }
            let person = if let Owner::Person(person) = owner { Some(person) } else { None };
            push_member(draft, &mut delta.remove, person, Some(user));
            if owner == Owner::Nobody && delta.remove.len() > before {
                delta.unmanaged += 1;
            }
        }
    }

    /// Marks the account of a person who is in no list of people but still in the group; returns it if one is known.
    fn keep_account_of(&mut self, draft: &Draft<'_>, id: &SourceUserId, stamp: u32) -> Option<u32> {
        let links = draft.context.person_links;
        let gone = self.gone.get_or_insert_with(|| {
            let owners = (0u32..).zip(&draft.correlation.owners);
            let gone = owners.filter_map(|(user, owner)| match owner {
                Owner::Gone(link) => Some((links.get(*link as usize)?.source.clone(), user)),
                Owner::Person(_) | Owner::Nobody => None,
            });
            gone.collect()
        });
        let user = gone.get(id).copied()?;
        mark(&mut self.wanted, user, stamp);
        Some(user)
    }

    fn is_not_kept(
        &mut self,
        draft: &Draft<'_>,
        group: &SourceGroup,
        target: &TargetGroup,
        user: u32,
        is_wanted: bool,
    ) -> bool {
        let known = &draft.context.input.memory.membership_not_kept;
        if known.is_empty() {
            return false;
        }
        let Some(user) = draft.context.user(user) else { return false };
        let is_known = known.contains(&(target.id.clone(), user.id.clone(), is_wanted));
        if is_known {
            let names = if is_wanted { &mut self.not_added } else { &mut self.not_removed };
            names.insert(group.name.clone());
        }
        is_known
    }

    /// Adds the findings about what was left out.
    pub(crate) fn report(self, draft: &mut Draft<'_>) {
        if !self.without_account.is_empty() {
            let mut labels: Vec<String> =
                self.without_account.iter().map(|person| draft.context.label(Some(*person), None)).collect();
            labels.sort();
            let text = format!(
                "{} of bound groups cannot be added to them yet: their own account is held. They follow once it exists.",
                reason::count(labels.len(), "member", "members")
            );
            draft.remark(Severity::Info, "members_without_account", text, labels);
        }
        if self.unlisted > 0 {
            let text = format!(
                "Groups in Atlassian name {} that its list of users does not have. They are left alone.",
                reason::count(self.unlisted, "member", "members")
            );
            draft.remark(Severity::Info, "unlisted_members", text, Vec::new());
        }
        if !self.unknown.is_empty() {
            let names: Vec<String> = self.unknown.into_iter().collect();
            let text = format!(
                "{} has members in JumpCloud whom the list of people, read incompletely, does not have. Accounts that nobody is linked to \
                 stay in the group until the next reading tells whose they are.",
                reason::enumerate(&names, 3)
            );
            draft.remark(Severity::Info, "members_unknown", text, names);
        }
        if !self.not_added.is_empty() {
            let names: Vec<String> = self.not_added.into_iter().collect();
            let text = format!(
                "Atlassian accepted membership changes of {} and did not keep them. They are not sent again.",
                reason::enumerate(&names, 3)
            );
            draft.remark(Severity::Info, "membership_not_kept", text, names);
        }
        if !self.not_removed.is_empty() {
            let names: Vec<String> = self.not_removed.into_iter().collect();
            let text = format!(
                "Atlassian accepted removals from {} and kept the members. They are not sent again: remove them in \
                 Atlassian.",
                reason::enumerate(&names, 3)
            );
            draft.remark(Severity::Warning, "removal_not_kept", text, names);
        }
    }
}

fn mark(marks: &mut [u32], position: u32, stamp: u32) {
    if let Some(slot) = marks.get_mut(position as usize) {
        *slot = stamp;
    }
}

/// Sorts members as operations name them.
pub(crate) fn sort(members: &mut [Member]) {
    members.sort_by(|a, b| (&a.label, &a.source, &a.target).cmp(&(&b.label, &b.source, &b.target)));
}

/// Whether an open question may give the account to somebody who is in the group: not to be removed meanwhile.
fn may_be_wanted(draft: &Draft<'_>, group: &SourceGroup, user: u32) -> bool {
    draft
        .pending
        .get(&user)
        .into_iter()
        .flatten()
        .filter_map(|person| draft.context.person(*person))
        .any(|person| group.members.binary_search(&person.id).is_ok() || group.members.contains(&person.id))
}

/// Names a person or an account in a membership, unless the admin protected them.
fn push_member(draft: &mut Draft<'_>, members: &mut Vec<Member>, person: Option<u32>, user: Option<u32>) {
    let context = draft.context;
    let label = context.label(person, user);
    if context.is_protected(person, user) {
        draft.protected.insert(label);
        return;
    }
    members.push(Member {
        source: person.and_then(|person| context.person(person)).map(|person| person.id.clone()),
        target: user.and_then(|user| context.user(user)).map(|user| user.id.clone()),
        label,
    });
}

/// Names a member by what the target says.
pub(crate) fn member_of_target(context: &Context<'_>, id: &ScimId) -> Member {
    let user = context.user_position(id).and_then(|position| context.user(position));
    let source = user.and_then(|user| {
        let external_id = user.attributes.get(Attribute::ExternalId)?;
        context.person_position(&external_id.into()).and_then(|person| context.person(person))
    });
    Member {
        source: source.map(|person| person.id.clone()),
        target: Some(id.clone()),
        label: user.map_or_else(|| id.as_str().to_owned(), |user| user_label(user).to_owned()),
    }
}

/// Plans the delta of a managed group.
pub(crate) fn plan_delta(
    draft: &mut Draft<'_>,
    membership: &mut Membership,
    group: &SourceGroup,
    target: &TargetGroup,
    hold: Hold,
) {
    let delta = membership.delta(draft, group, target);
    push_delta(draft, group, target, delta, hold);
}

/// Adds the operations that a delta takes.
pub(crate) fn push_delta(
    draft: &mut Draft<'_>,
    group: &SourceGroup,
    target: &TargetGroup,
    delta: Delta,
    hold: Hold,
) {
    if !delta.add.is_empty() {
        let text = format!("{} joined {}.", names_of(draft, &delta.add), group.name);
        let operation = Operation::new(
            OperationKind::AddMembers,
            groups::subject(group, Some(target)),
            reason::reason(ReasonCode::MembershipChanged, text, Some(&group.name)),
            Payload::AddMembers {
                source: group.id.clone(),
                target: Some(target.id.clone()),
                members: delta.add,
            },
        );
        groups::push(draft, operation, group, hold);
    }
    if !delta.remove.is_empty() {
        let names = names_of(draft, &delta.remove);
        let verb = if delta.remove.len() == 1 { "is" } else { "are" };
        let unmanaged = match delta.unmanaged {
            0 => String::new(),
            all if all == delta.remove.len() => ", and not managed by Lockstep".to_owned(),
            1 => "; 1 of them is not managed by Lockstep".to_owned(),
            some => format!("; {some} of them are not managed by Lockstep"),
        };
        let text = format!("{names} {verb} not in {} in JumpCloud{unmanaged}.", group.name);
        let mut operation = Operation::new(
            OperationKind::RemoveMembers,
            groups::subject(group, Some(target)),
            reason::reason(ReasonCode::MembershipChanged, text, Some(&group.name)),
            Payload::RemoveMembers {
                source: group.id.clone(),
                target: target.id.clone(),
                members: delta.remove,
            },
        );
        if let Some((by, releasable)) = groups::removal_hold(draft, group) {
            operation.hold(by, releasable);
        }
        groups::push(draft, operation, group, hold);
    }
}

/// Names members by their names for people.
fn names_of(draft: &Draft<'_>, members: &[Member]) -> String {
    let names: Vec<String> = members
        .iter()
        .take(3)
        .map(|member| {
            let person = member.source.as_ref().and_then(|id| draft.context.person_position(id));
            let user = member.target.as_ref().and_then(|id| draft.context.user_position(id));
            draft.context.name(person, user)
        })
        .collect();
    let rest = members.len() - names.len();
    if rest > 0 { format!("{} and {rest} more", names.join(", ")) } else { reason::enumerate(&names, 3) }
}
