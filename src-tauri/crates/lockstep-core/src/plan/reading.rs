//! What may be concluded from how completely both sides were read (R2).

use crate::plan::context::Context;
use crate::snapshot::Completeness;

/// What is missing in the reading of the source, as far as it bears on people.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// Why nobody may be taken for deleted.
    pub(crate) people: Option<String>,
    /// Why no group may be taken for unbound.
    pub(crate) groups: Option<String>,
    /// Why nobody may be taken for out of scope: any of the lists, or any group's members.
    pub(crate) scope: Option<String>,
    /// Why nothing at all may be sent.
    pub(crate) target_users: Option<String>,
    /// Why nothing may be sent about groups.
    pub(crate) target_groups: Option<String>,
    /// Links exist, but no group is bound.
    pub(crate) has_no_bound_groups: bool,
    /// Links exist, but the directory has nobody in it.
    pub(crate) has_no_people: bool,
    /// Why a first plan has nobody in it, and what to do; `None` as soon as somebody is in scope or linked.
    pub(crate) nobody_in_scope: Option<&'static str>,
}

/// Says what is missing before anybody can be provisioned.
fn nobody_in_scope(context: &Context<'_>) -> Option<&'static str> {
    let source = context.input.source;
    let groups = context.groups;
    if source.people.is_empty() {
        Some(
            "JumpCloud listed nobody, so there is nobody to provision. Check that the key belongs to the right \
             organisation and may read its users.",
        )
    } else if groups.is_empty() {
        Some(
            "No user group is bound to the application, so nobody is in scope. Bind groups to it in JumpCloud, then \
             plan again.",
        )
    } else if groups.iter().all(|group| group.members.is_empty()) {
        Some(
            "The bound groups have no members, so nobody is in scope. Add people to them in JumpCloud, then plan again.",
        )
    } else {
        None
    }
}

fn reason(completeness: &Completeness) -> Option<String> {
    match completeness {
        Completeness::Complete => None,
        Completeness::Incomplete { reason } => Some(sentence(reason)),
    }
}

/// Ends a text like a sentence, since others follow it.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

impl Reading {
    pub(crate) fn new(context: &Context<'_>) -> Self {
        let (source, target) = (context.input.source, context.input.target);
        let people = reason(&source.people_completeness);
        let groups = reason(&source.groups_completeness);
        let members = || context.groups.iter().find_map(|group| reason(&group.completeness));
        let has_links = !context.person_links.is_empty() || !context.group_links.is_empty();
        Self {
            scope: people.clone().or_else(|| groups.clone()).or_else(members),
            people,
            groups,
            target_users: reason(&target.users_completeness),
            target_groups: reason(&target.groups_completeness),
            has_no_bound_groups: has_links && context.groups.is_empty(),
            has_no_people: has_links && source.people.is_empty(),
            nobody_in_scope: if has_links { None } else { nobody_in_scope(context) },
        }
    }
}
