//! Names of groups that are in use, in the form in which they are compared, and the names that the admin chose.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::{PlanInput, conflict_id};
use crate::email::{fold, same};
use crate::ids::{ConflictId, ScimId, SourceGroupId};
use crate::link::{GroupLinkState, Links};
use crate::memory::{PendingTakeover, TargetMemory};
use crate::plan::choice;
use crate::plan::conflict::{ConflictKind, Decision};
use crate::plan::context::Context;
use crate::plan::operation::Subject;
use crate::snapshot::organisation::OrganisationGroup;
use crate::snapshot::source::{SourceGroup, SourceSnapshot};
use crate::snapshot::target::TargetGroup;

/// Who has a name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder<'a> {
    /// A group of the directory that is not ours.
    Directory(&'a TargetGroup),
    /// A group of the directory that follows a JumpCloud group.
    Managed,
    /// A group of the organisation that no identity provider feeds.
    Organisation(&'a OrganisationGroup),
    /// A group of the organisation that another directory feeds.
    OtherDirectory(&'a OrganisationGroup),
}

/// The names in use in the target, and those that the admin chose.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    /// Groups of the directory that are not ours, the one with the lowest id of each name.
    free: IndexMap<String, &'a TargetGroup, FxBuildHasher>,
    /// Groups of the directory that follow a JumpCloud group.
    managed: BTreeSet<String>,
    /// Groups of the organisation, one of each name; one that no identity provider feeds first.
    organisation: IndexMap<String, &'a OrganisationGroup, FxBuildHasher>,
    /// Names chosen instead of the group's own, by the conflict that they answer.
    chosen: BTreeMap<&'a ConflictId, &'a str>,
    /// Names that this plan gives to new groups.
    given: BTreeSet<String>,
    /// How many bound groups want a name.
    wanted: BTreeMap<String, u32>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(context: &Context<'a>) -> Self {
        let links = context.group_links.iter().filter(|link| link.state == GroupLinkState::Managed);
        let linked: BTreeSet<&ScimId> = links.map(|link| &link.target).collect();
        let mut names = Self {
            free: IndexMap::default(),
            managed: BTreeSet::new(),
            organisation: IndexMap::default(),
            chosen: chosen(context.input.decisions),
            given: BTreeSet::new(),
            wanted: BTreeMap::new(),
        };
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
        for group in context.input.target.organisation.iter().flat_map(|known| &known.groups) {
            let known = names.organisation.entry(fold(&group.name).into_owned()).or_insert(group);
            if (group.external_synced, &group.id) < (known.external_synced, &known.id) {
                *known = group;
            }
        }
        for group in context.groups {
            let name = fold(names.wanted(context, group)).into_owned();
            *names.wanted.entry(name).or_default() += 1;
        }
        names
    }

    /// Returns the name that a bound group is to have in the target: its own, unless another one was chosen for it and it
    /// is linked.
    pub(crate) fn wanted<'g>(&self, context: &Context<'_>, group: &'g SourceGroup) -> &'g str
    where
        'a: 'g,
    {
        let own = group.name.trim();
        if self.chosen.is_empty() || context.managed_link(&group.id).is_none() {
            return own;
        }
        self.chosen.get(&takeover_id(&group.id)).copied().unwrap_or(own)
    }

    /// Whether no other bound group wants the same name.
    pub(crate) fn is_unique(&self, name: &str) -> bool {
        self.wanted.get(fold(name).as_ref()).is_none_or(|count| *count <= 1)
    }

    /// Returns who has the name.
    pub(crate) fn holder(&self, name: &str) -> Option<Holder<'a>> {
        let name = fold(name);
        if let Some(group) = self.free.get(name.as_ref()) {
            Some(Holder::Directory(group))
        } else if self.managed.contains(name.as_ref()) {
            Some(Holder::Managed)
        } else {
            self.organisation.get(name.as_ref()).map(|group| match group.external_synced {
                true => Holder::OtherDirectory(group),
                false => Holder::Organisation(group),
            })
        }
    }

    /// Returns the organisation's group of that name, whoever feeds it.
    pub(crate) fn in_organisation(&self, name: &str) -> Option<&'a OrganisationGroup> {
        self.organisation.get(fold(name).as_ref()).copied()
    }

    /// Whether a group may get a name that is not its own in JumpCloud: nothing has it, wants it, or was refused for it.
    pub(crate) fn is_free(&self, context: &Context<'_>, group: &SourceGroup, name: &str) -> bool {
        let folded = fold(name);
        let own = u32::from(same(self.wanted(context, group), name));
        self.holder(name).is_none()
            && self.wanted.get(folded.as_ref()).copied().unwrap_or_default() <= own
            && !self.given.contains(folded.as_ref())
            && !is_refused(context.input.memory, name)
    }

    /// Takes note that this plan creates a group of that name.
    pub(crate) fn give(&mut self, name: &str) {
        self.given.insert(fold(name).into_owned());
    }
}

/// Whether Atlassian answered that the name is taken, by something that SCIM does not show.
fn is_refused(memory: &TargetMemory, name: &str) -> bool {
    memory.takeovers.values().any(|pending| pending.target.is_none() && same(&pending.name, name))
}

/// Returns the takeover question's id of a JumpCloud group.
pub(crate) fn takeover_id(group: &SourceGroupId) -> ConflictId {
    let subject = Subject::Group { source_id: Some(group.clone()), target_id: None, label: String::new() };
    conflict_id(ConflictKind::GroupTakeover, &subject)
}

/// Returns the names chosen by each conflict's last answer.
fn chosen(decisions: &[Decision]) -> BTreeMap<&ConflictId, &str> {
    let mut chosen = BTreeMap::new();
    for decision in decisions {
        match choice::chosen_name(&decision.choice) {
            Some(name) => chosen.insert(&decision.conflict, name),
            None => chosen.remove(&decision.conflict),
        };
    }
    chosen
}

/// Returns the names to ask the organisation for, sorted and distinct as they are compared: those of bound groups, those
/// chosen for them, and those that Atlassian's console is awaited for.
pub fn organisation_names(
    source: &SourceSnapshot,
    links: &Links,
    memory: &TargetMemory,
    decisions: &[Decision],
) -> Vec<String> {
    let own = source.groups.iter().map(|group| group.name.trim());
    let linked = links.groups.iter().filter(|link| link.state == GroupLinkState::Managed);
    let linked = linked.map(|link| link.name.trim());
    let pending = memory.takeovers.values().map(|pending| pending.name.trim());
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for name in own.chain(linked).chain(chosen(decisions).into_values()).chain(pending) {
        if !name.is_empty() {
            names.entry(fold(name).into_owned()).or_insert(name);
        }
    }
    names.into_values().map(str::to_owned).collect()
}

/// Returns the entries of [`TargetMemory::takeovers`] whose wait is over, accepted or without object; the next plan does
/// not need them.
pub fn settled_takeovers(input: &PlanInput<'_>) -> Vec<SourceGroupId> {
    let pending = input.memory.takeovers.iter();
    pending.filter(|(group, pending)| is_settled(input, group, pending)).map(|(id, _)| id.clone()).collect()
}

fn is_settled(input: &PlanInput<'_>, id: &SourceGroupId, pending: &PendingTakeover) -> bool {
    let Some(group) = input.source.groups.iter().find(|group| group.id == *id) else {
        // Only a complete list says that it was unbound.
        return input.source.groups_completeness.is_complete();
    };
    let link = input.links.groups.iter().find(|link| link.source == *id);
    let link = link.filter(|link| link.state == GroupLinkState::Managed);
    let listed = link.and_then(|link| input.target.groups.iter().find(|target| target.id == link.target));
    let has_name = listed.is_some_and(|target| same(&target.display_name, &pending.name));
    let organisation = input.target.organisation.as_ref().filter(|known| known.completeness.is_complete());
    let of_name =
        organisation.map(|known| known.groups.iter().filter(|group| same(&group.name, &pending.name)));
    match (&pending.target, of_name) {
        (Some(_), Some(mut groups)) => !has_name || groups.all(|group| group.external_synced),
        // Without an organisation key, SCIM's listing is all that can be seen.
        (Some(_), None) => input.target.groups_completeness.is_complete(),
        (None, _) if has_name => true,
        (None, Some(mut groups)) => groups.next().is_none(),
        (None, None) => {
            let is_chosen =
                chosen(input.decisions).get(&takeover_id(id)).is_some_and(|name| same(name, &pending.name));
            !same(&group.name, &pending.name) && !is_chosen
        }
    }
}
