//! What unbinding or deleting a group would do to people, before anybody does it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::correlation::{Pairing, correlate};
use crate::ids::{ScimId, SourceGroupId, SourceUserId};
use crate::link::Links;
use crate::plan::context::{Context, NONE};
use crate::plan::draft::Draft;
use crate::plan::operation::{HeldBy, Operation, OperationKind, Subject};
use crate::plan::reading::Reading;
use crate::plan::reason::count;
use crate::plan::{PlanInput, people, replaced};
use crate::snapshot::source::{Absence, SourceGroup};

/// Bound groups named as what keeps somebody's account.
const GROUPS_NAMED: usize = 5;

/// What would become of a bound group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum GroupFate {
    /// It is unbound from the application (G5).
    Unbound,
    /// It is deleted in JumpCloud (G6).
    Deleted,
}

impl GroupFate {
    const fn absence(self) -> Absence {
        match self {
            Self::Unbound => Absence::Elsewhere,
            Self::Deleted => Absence::Deleted,
        }
    }
}

/// Somebody whom the fate of a group bears on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct AffectedPerson {
    /// E-mail address, else user name.
    pub label: String,
    /// The name for people.
    pub name: String,
    /// The JumpCloud side.
    pub source_id: Option<SourceUserId>,
    /// The account, where there is one.
    pub target_id: Option<ScimId>,
    /// What keeps their account active: other bound groups they are in, by name, at most five.
    pub through: Vec<String>,
}

/// Who would be deactivated, and who would not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct BlastRadius {
    /// People whose account would be deactivated and would not be without it, by label.
    pub deactivated: Vec<AffectedPerson>,
    /// Members who keep their active account, and through what, by label.
    pub keeps: Vec<AffectedPerson>,
    /// Members whose account is inactive anyway, or becomes so whatever happens to the group.
    pub inactive_already: u32,
    /// Members without an account in Atlassian.
    pub without_account: u32,
    /// Members whose lot cannot be told, since something was not read or an account is in question.
    pub unknown: u32,
    /// One or two sentences.
    pub text: String,
}

/// Returns what unbinding or deleting a bound group now would do to people; `None` for a group that is not bound.
///
/// Who is named as deactivated is exactly who the planner would deactivate if the source said so and does not deactivate
/// now; a guard may hold it then.
pub fn blast_radius(input: &PlanInput<'_>, group: &SourceGroupId, fate: GroupFate) -> Option<BlastRadius> {
    let bound = input.source.groups.iter().find(|bound| bound.id == *group)?;
    let confirmed = replaced::directory_replaced(input).map(|_| replaced::confirmed_links(input));
    let links = confirmed.as_ref().unwrap_or(input.links);
    let (ends_now, pairings) = simulate(input, links, &input.source.groups, None, |draft| {
        (deactivations(draft), draft.correlation.people.clone())
    });
    let ends_now: BTreeSet<ScimId> = ends_now.into_keys().collect();
    let others: Vec<SourceGroup> =
        input.source.groups.iter().filter(|other| other.id != *group).cloned().collect();
    let radius = simulate(input, links, &others, Some((group, fate.absence())), |draft| {
        let mut ends = deactivations(draft);
        ends.retain(|target, _| !ends_now.contains(target));
        measure(draft, &pairings, bound, &ends, &ends_now)
    });
    Some(BlastRadius { text: describe(input, links, bound, fate, &radius), ..radius })
}

/// Returns how many people unbinding each bound group now would deactivate; no zeros.
///
/// It is as [`blast_radius`] says; only people whom that counts as unknown (an account in question, another group whose
/// fate is not known) are among them here.
pub fn blast_counts(input: &PlanInput<'_>) -> BTreeMap<SourceGroupId, u32> {
    let confirmed = replaced::directory_replaced(input).map(|_| replaced::confirmed_links(input));
    let context = Context::new(input, confirmed.as_ref().unwrap_or(input.links));
    let correlation = correlate(&context);
    let mut groups = vec![0_u32; context.people.len()];
    for person in context.groups.iter().flat_map(|group| context.members_of(group)) {
        if let Some(count) = groups.get_mut(*person as usize) {
            *count += 1;
        }
    }
    let mut counts = BTreeMap::new();
    for (person, pairing) in (0_u32..).zip(&correlation.people) {
        let Pairing::Linked(user) = *pairing else { continue };
        let is_only_here = groups.get(person as usize) == Some(&1);
        let is_active = context.person(person).is_some_and(|person| person.is_active())
            && context.user(user).is_some_and(|user| user.active);
        if is_only_here
            && is_active
            && !context.is_protected(Some(person), Some(user))
            && let Some(group) = context.scope_group(person)
        {
            *counts.entry(group.id.clone()).or_insert(0) += 1;
        }
    }
    counts
}

/// Plans what happens to people with these bound groups, and looks at it.
fn simulate<T>(
    input: &PlanInput<'_>,
    links: &Links,
    groups: &[SourceGroup],
    tried: Option<(&SourceGroupId, Absence)>,
    look: impl FnOnce(&Draft<'_>) -> T,
) -> T {
    let context = Context::with_groups(input, links, groups, tried);
    let correlation = correlate(&context);
    let reading = Reading::new(&context);
    let mut draft = Draft::new(&context, &correlation);
    people::plan_people(&mut draft, &reading);
    look(&draft)
}

/// Returns the operations that end an account, by account.
fn deactivations(draft: &Draft<'_>) -> BTreeMap<ScimId, Operation> {
    let ends = |operation: &&Operation| {
        matches!(operation.kind, OperationKind::DeactivateUser | OperationKind::DeleteUser)
    };
    let target = |operation: &Operation| match &operation.subject {
        Subject::Person { target_id, .. } => target_id.clone(),
        Subject::Group { .. } => None,
    };
    let operations = draft.operations.iter().filter(ends);
    operations.filter_map(|operation| Some((target(operation)?, operation.clone()))).collect()
}

fn measure(
    draft: &Draft<'_>,
    pairings: &[Pairing],
    bound: &SourceGroup,
    ends: &BTreeMap<ScimId, Operation>,
    ends_now: &BTreeSet<ScimId>,
) -> BlastRadius {
    let context = draft.context;
    let mut radius = BlastRadius::default();
    for operation in ends.values() {
        let Subject::Person { source_id, target_id, label, name } = &operation.subject else { continue };
        let person = source_id.as_ref().and_then(|id| context.person_position(id));
        let user = target_id.as_ref().and_then(|id| context.user_position(id));
        let mut affected = AffectedPerson {
            label: label.clone(),
            name: name.clone(),
            source_id: source_id.clone(),
            target_id: target_id.clone(),
            through: Vec::new(),
        };
        // What nobody can release: the admin protected them, or something was not read to the end.
        let is_barred = operation.held_by == Some(HeldBy::Guard) && !operation.releasable;
        if is_barred && context.is_protected(person, user) {
            affected.through.push("the protection in the settings".to_owned());
            radius.keeps.push(affected);
        } else if is_barred {
            radius.unknown += 1;
        } else {
            radius.deactivated.push(affected);
        }
    }
    let mut keepers: BTreeMap<u32, (u32, Vec<String>)> = BTreeMap::new();
    for id in &bound.members {
        let Some(position) = context.person_position(id) else {
            radius.unknown += 1;
            continue;
        };
        let user = match pairings.get(position as usize) {
            Some(Pairing::Linked(user)) => *user,
            Some(Pairing::Found(_) | Pairing::Ambiguous(_)) => {
                radius.unknown += 1;
                continue;
            }
            _ => {
                radius.without_account += 1;
                continue;
            }
        };
        let (Some(person), Some(account)) = (context.person(position), context.user(user)) else { continue };
        if ends.contains_key(&account.id) {
            continue;
        }
        if !account.active || !person.is_active() || ends_now.contains(&account.id) {
            radius.inactive_already += 1;
        } else if context.is_in_scope(position) {
            keepers.insert(position, (user, Vec::new()));
        } else {
            radius.unknown += 1;
        }
    }
    name_paths(context, &mut keepers);
    radius.keeps.extend(keepers.into_iter().map(|(person, (user, through))| AffectedPerson {
        label: context.label(Some(person), Some(user)),
        name: context.name(Some(person), Some(user)),
        source_id: context.person(person).map(|person| person.id.clone()),
        target_id: context.user(user).map(|user| user.id.clone()),
        through,
    }));
    for list in [&mut radius.deactivated, &mut radius.keeps] {
        list.sort_by(|a, b| {
            (&a.label, &a.source_id, &a.target_id).cmp(&(&b.label, &b.source_id, &b.target_id))
        });
    }
    radius
}

/// Names the bound groups that people are in.
fn name_paths(context: &Context<'_>, keepers: &mut BTreeMap<u32, (u32, Vec<String>)>) {
    if keepers.is_empty() {
        return;
    }
    let mut groups: Vec<&SourceGroup> = context.groups.iter().collect();
    groups.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    for group in groups {
        for person in context.members_of(group).iter().filter(|person| **person != NONE) {
            if let Some((_, names)) = keepers.get_mut(person)
                && names.len() < GROUPS_NAMED
            {
                names.push(group.name.clone());
            }
        }
    }
}

fn describe(
    input: &PlanInput<'_>,
    links: &Links,
    group: &SourceGroup,
    fate: GroupFate,
    radius: &BlastRadius,
) -> String {
    let name = group.name.trim();
    let people = |number| count(number, "person", "people");
    let what = match fate {
        GroupFate::Unbound => "unbound",
        GroupFate::Deleted => "deleted in JumpCloud",
    };
    let mut text = if radius.deactivated.is_empty() {
        format!("If {name} were {what} now, nobody would be deactivated")
    } else {
        format!("If {name} were {what} now, {} would be deactivated", people(radius.deactivated.len()))
    };
    if !radius.keeps.is_empty() {
        text.push_str(&format!(" and {} would keep their account", people(radius.keeps.len())));
    }
    text.push('.');
    if radius.unknown > 0 {
        text.push_str(&format!(" Of {} it cannot be told.", people(radius.unknown as usize)));
    }
    let is_managed = links.groups.iter().any(|link| {
        link.source == group.id
            && link.state == crate::link::GroupLinkState::Managed
            && input.target.groups.iter().any(|target| target.id == link.target)
    });
    if is_managed && input.policy.group_management {
        text.push_str(match fate {
            GroupFate::Unbound => " The group stays in Atlassian as it is and is not synchronised any more.",
            GroupFate::Deleted => {
                " The group in Atlassian would be deleted with its permissions, once somebody allows that by its name."
            }
        });
    }
    text
}
