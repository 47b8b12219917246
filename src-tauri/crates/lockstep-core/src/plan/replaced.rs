//! Another SCIM directory than the links were made with: one question instead of a thousand vanished accounts.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::attribute::Attribute;
use crate::email::same;
use crate::ids::{ConflictId, ScimId};
use crate::link::{GroupLink, Links, PersonLink};
use crate::plan::PlanInput;
use crate::plan::conflict::{Conflict, ConflictKind};
use crate::plan::identity::{conflict_id, fingerprint};
use crate::plan::operation::Subject;

/// One vanished account is a case of its own; from two on, all of them vanished means another directory.
const VANISHED_LINKS_THAT_MEAN_ANOTHER_DIRECTORY: usize = 2;

/// Returns the question if the directory is another one, with the answer in force.
pub(crate) fn directory_replaced(input: &PlanInput<'_>) -> Option<Conflict> {
    let links = input.links;
    let count = links.people.len() + links.groups.len();
    if count == 0 {
        return None;
    }
    let known = input.memory.directory.as_deref();
    let is_another = known.zip(input.target_directory).is_some_and(|(known, seen)| known != seen);
    if !is_another && !have_all_links_vanished(input) {
        return None;
    }
    let subject = Subject::Group { source_id: None, target_id: None, label: "SCIM directory".to_owned() };
    let text = format!(
        "None of the {count} linked accounts and groups is in this SCIM directory: it is another one than before. \
         If that is meant, acknowledge it: the links are forgotten and everybody is looked for anew."
    );
    let facts = fingerprint([known.unwrap_or_default(), input.target_directory.unwrap_or_default()]);
    let id: ConflictId = conflict_id(ConflictKind::DirectoryReplaced, &subject);
    let decision =
        input.decisions.iter().rev().find(|decision| decision.conflict == id && decision.facts == facts);
    let text = if is_another && !have_all_links_vanished(input) {
        "This SCIM directory is another one than the links were made with. If that is meant, acknowledge it: the \
         links are forgotten and everybody is looked for anew."
            .to_owned()
    } else {
        text
    };
    let choices = vec!["acknowledge".to_owned(), "later".to_owned()];
    Some(Conflict {
        decision: decision.map(|decision| decision.choice.clone()),
        ..Conflict::new(id, ConflictKind::DirectoryReplaced, subject, text, choices, facts)
    })
}

/// Returns the links that stay once somebody acknowledged that the directory is another one; `None` where it is the same, or
/// nobody has.
pub fn links_after_replacement(input: &PlanInput<'_>) -> Option<Links> {
    let conflict = directory_replaced(input)?;
    (conflict.decision.as_deref() == Some("acknowledge")).then(|| confirmed_links(input))
}

/// Returns the links that another directory itself confirms: an account that carries the person's JumpCloud id, a group
/// that has the name. Those were made after the change; an id alone proves nothing, since servers count from one.
pub(crate) fn confirmed_links(input: &PlanInput<'_>) -> Links {
    let (links, target) = (input.links, input.target);
    let carriers: IndexMap<&ScimId, &str, FxBuildHasher> = target
        .users
        .iter()
        .filter_map(|user| Some((&user.id, user.attributes.get(Attribute::ExternalId)?)))
        .collect();
    let names: IndexMap<&ScimId, &str, FxBuildHasher> =
        target.groups.iter().map(|group| (&group.id, group.display_name.as_str())).collect();
    let is_confirmed = |link: &PersonLink| carriers.get(&link.target) == Some(&link.source.as_str());
    let has_name = |link: &GroupLink| names.get(&link.target).is_some_and(|name| same(name, &link.name));
    Links {
        people: links.people.iter().filter(|link| is_confirmed(link)).cloned().collect(),
        groups: links.groups.iter().filter(|link| has_name(link)).cloned().collect(),
    }
}

fn have_all_links_vanished(input: &PlanInput<'_>) -> bool {
    let (links, target) = (input.links, input.target);
    if links.people.len() + links.groups.len() < VANISHED_LINKS_THAT_MEAN_ANOTHER_DIRECTORY
        || !target.completeness().is_complete()
    {
        return false;
    }
    // The first account or group that is still there settles it, so this is quick where nothing is wrong.
    let is_sorted = target.users.is_sorted_by(|a, b| a.id <= b.id);
    let has_user = |id: &ScimId| {
        if is_sorted {
            target.users.binary_search_by(|user| user.id.cmp(id)).is_ok()
        } else {
            target.users.iter().any(|user| user.id == *id)
        }
    };
    let has_group = |id: &ScimId| target.groups.iter().any(|group| group.id == *id);
    !links.people.iter().any(|link| has_user(&link.target))
        && !links.groups.iter().any(|link| has_group(&link.target))
}
