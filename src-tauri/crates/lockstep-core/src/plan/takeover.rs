//! Groups whose name exists in the target already and that are not ours: always reviewed (G2).

use std::collections::BTreeSet;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::groups::{self, Hold};
use super::membership::{Delta, Membership};
use super::{question, reason};
use crate::email::fold;
use crate::ids::ScimId;
use crate::link::GroupLinkState;
use crate::plan::conflict::{Conflict, ConflictKind, ConflictPerson};
use crate::plan::context::Context;
use crate::plan::draft::Draft;
use crate::plan::identity::{conflict_id, fingerprint};
use crate::plan::operation::{HeldBy, Member, Operation, OperationKind, Payload, ReasonCode};
use crate::snapshot::source::SourceGroup;
use crate::snapshot::target::{OrganisationGroup, TargetGroup};

/// The names in use in the target, in the form in which they are compared.
#[derive(Debug)]
pub(crate) struct TargetNames<'a> {
    /// Groups of the directory that are not ours, the one with the lowest id of each name.
    free: IndexMap<String, &'a TargetGroup, FxBuildHasher>,
    /// Groups of the directory that follow another JumpCloud group.
    managed: BTreeSet<String>,
    /// Groups of the organisation that no identity provider feeds.
    organisation: IndexMap<String, &'a OrganisationGroup, FxBuildHasher>,
}

impl<'a> TargetNames<'a> {
    pub(crate) fn new(context: &Context<'a>) -> Self {
        let links = context.group_links.iter().filter(|link| link.state == GroupLinkState::Managed);
        let linked: BTreeSet<&ScimId> = links.map(|link| &link.target).collect();
        let mut names =
            Self { free: IndexMap::default(), managed: BTreeSet::new(), organisation: IndexMap::default() };
        for group in context.target_groups {
            let name = fold(&group.display_name).into_owned();
            if linked.contains(&group.id) {
                names.managed.insert(name);
            } else {
                let known = names.free.entry(name).or_insert(group);
                if group.id < known.id {
                    *known = group;
                }
            }
        }
        let organisation = context.input.target.organisation.iter().flat_map(|known| &known.groups);
        for group in organisation.filter(|group| !group.external_synced) {
            let known = names.organisation.entry(fold(&group.name).into_owned()).or_insert(group);
            if group.id < known.id {
                *known = group;
            }
        }
        names
    }
}

/// What stands in the way of simply creating a group.
enum Clash<'a> {
    /// Ours once, and the same group is there still.
    Released(&'a TargetGroup),
    /// A group of the directory that is not ours.
    Directory(&'a TargetGroup),
    /// A group of the organisation, invisible to SCIM.
    Organisation(&'a OrganisationGroup),
    /// The name belongs to a group that follows another JumpCloud group.
    NameTaken,
    /// Another bound group has the same name.
    Twin,
}

/// Plans the review if the group's name is taken; says whether that settles the group for this plan.
pub(crate) fn plan_takeover(
    draft: &mut Draft<'_>,
    membership: &mut Membership,
    names: &TargetNames<'_>,
    group: &SourceGroup,
    released: Option<&TargetGroup>,
    is_unique: bool,
    hold: Hold,
) -> bool {
    // Nothing is created for an empty group, so nothing can clash either.
    if group.members.is_empty() {
        return true;
    }
    let name = fold(&group.name);
    let clash = if let Some(target) = released {
        Clash::Released(target)
    } else if let Some(target) = names.free.get(name.as_ref()) {
        Clash::Directory(target)
    } else if names.managed.contains(name.as_ref()) {
        Clash::NameTaken
    } else if let Some(group) = names.organisation.get(name.as_ref()) {
        Clash::Organisation(group)
    } else if !is_unique {
        Clash::Twin
    } else {
        return false;
    };
    let (target, delta) = match clash {
        Clash::Released(target) | Clash::Directory(target) => {
            (Some(target), membership.delta(draft, group, target))
        }
        _ => (None, Delta { add: membership.all_members(draft, group), ..Delta::default() }),
    };
    let changes_nobody = delta.add.is_empty() && delta.remove.is_empty() && delta.in_doubt == 0;
    let is_same_again =
        matches!(clash, Clash::Released(_)) && changes_nobody && group.completeness.is_complete();
    let operation = take_over(group, target);
    if is_same_again {
        groups::push(draft, operation, group, hold);
        if let Some(target) = target {
            groups::rename(draft, group, target, hold);
        }
        return true;
    }
    let text = describe(group, &clash, &delta);
    let answer = question::settle(draft, review(draft, group, target, &clash, delta, text.clone()));
    if answer.as_deref() == Some("leave-alone") {
        return true;
    }
    let mut operation = operation.held(HeldBy::Conflict, false);
    operation.reason.text = text;
    if !group.completeness.is_complete() {
        operation.hold(HeldBy::Guard, false);
    }
    groups::push(draft, operation, group, hold);
    true
}

fn take_over(group: &SourceGroup, target: Option<&TargetGroup>) -> Operation {
    let name = group.name.trim();
    let text = format!("{name} is bound again and its membership is what it was.");
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

fn describe(group: &SourceGroup, clash: &Clash<'_>, delta: &Delta) -> String {
    let name = group.name.trim();
    let people = |number| reason::count(number, "person", "people");
    match clash {
        Clash::Released(_) | Clash::Directory(_) => {
            let origin = match clash {
                Clash::Released(_) => "was synchronised before and was released",
                _ => "exists in Atlassian's directory and was not made by this connection",
            };
            format!(
                "{name} {origin}. Taken over, {} would stay, {} would gain and {} would lose membership.",
                people(delta.stays.len()),
                people(delta.add.len()),
                people(delta.remove.len())
            )
        }
        Clash::Organisation(local) => {
            let members = local.member_count.map_or_else(
                || "Who is in it cannot be seen from here.".to_owned(),
                |count| format!("It has {}.", people(count as usize)),
            );
            let default = if local.default_access_to.is_empty() {
                String::new()
            } else {
                format!(
                    " It is the default access group of {}, and such a group cannot be synchronised.",
                    reason::enumerate(&local.default_access_to, 3)
                )
            };
            format!(
                "A group named {name} exists in the Atlassian organisation and is managed there. {members}{default}"
            )
        }
        Clash::NameTaken => {
            format!(
                "A group named {name} in Atlassian follows another JumpCloud group already. Rename one of them."
            )
        }
        Clash::Twin => format!("Several bound groups are called {name}; Atlassian takes a name only once."),
    }
}

fn review(
    draft: &Draft<'_>,
    group: &SourceGroup,
    target: Option<&TargetGroup>,
    clash: &Clash<'_>,
    delta: Delta,
    text: String,
) -> Conflict {
    let subject = groups::subject(group, target);
    let mut stays: Vec<ConflictPerson> = delta
        .stays
        .iter()
        .map(|user| ConflictPerson {
            label: draft.context.label(None, Some(*user)),
            target_id: draft.context.user(*user).map(|user| user.id.clone()),
            ..ConflictPerson::default()
        })
        .collect();
    stays.sort_by(|a, b| (&a.label, &a.target_id).cmp(&(&b.label, &b.target_id)));
    let gains: Vec<ConflictPerson> = delta.add.into_iter().map(person).collect();
    let loses: Vec<ConflictPerson> = delta.remove.into_iter().map(person).collect();
    let kind = match clash {
        Clash::Released(_) => "released",
        Clash::Directory(_) => "directory",
        Clash::Organisation(_) => "organisation",
        Clash::NameTaken => "taken",
        Clash::Twin => "twin",
    };
    let facts = {
        let mut facts = vec![group.id.as_str(), &group.name, kind];
        facts.extend(target.map(|target| target.id.as_str()));
        for (part, people) in [("stays", &stays), ("gains", &gains), ("loses", &loses)] {
            facts.push(part);
            facts.extend(people.iter().map(|person| person.label.as_str()));
        }
        fingerprint(facts)
    };
    let choices: &[&str] = match clash {
        Clash::NameTaken | Clash::Twin => &["rename:NEW", "leave-alone", "later"],
        _ => &["take-over", "keep-others", "rename:NEW", "leave-alone", "later"],
    };
    let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
    let id = conflict_id(ConflictKind::GroupTakeover, &subject);
    Conflict {
        stays,
        gains,
        loses,
        ..Conflict::new(id, ConflictKind::GroupTakeover, subject, text, choices, facts)
    }
}

fn person(member: Member) -> ConflictPerson {
    ConflictPerson { label: member.label, target_id: member.target, ..ConflictPerson::default() }
}
