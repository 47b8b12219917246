//! What the People table shows, derived from a reading and its plan.

use lockstep_core::attribute::{Attribute, SourceField};
use lockstep_core::correlation::situation::Situation;
use lockstep_core::ids::{ScimId, SourceUserId};
use lockstep_core::plan::operation::Subject;
use lockstep_core::plan::{Plan, PlanInput, situations};
use lockstep_core::snapshot::source::{LifecycleState, SourcePerson};
use lockstep_core::snapshot::target::TargetUser;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::api::views::PersonRow;

/// Group names shown per person.
const NAMES_SHOWN: usize = 3;

/// Returns a row for everybody in JumpCloud and for every account.
pub(crate) fn person_rows(input: &PlanInput<'_>, plan: &Plan) -> Vec<PersonRow> {
    let mut scope: FxHashMap<&SourceUserId, Vec<&str>> = FxHashMap::default();
    for group in &input.source.groups {
        for member in &group.members {
            scope.entry(member).or_default().push(&group.name);
        }
    }
    let mut sources: FxHashSet<&SourceUserId> = FxHashSet::default();
    let mut targets: FxHashSet<&ScimId> = FxHashSet::default();
    for operation in &plan.operations {
        if let Subject::Person { source_id, target_id, .. } = &operation.subject {
            sources.extend(source_id);
            targets.extend(target_id);
        }
    }
    situations(input)
        .into_iter()
        .map(|entry| {
            let person = entry.source.as_ref().and_then(|id| find_person(input, id));
            let user = entry.target.as_ref().and_then(|id| find_user(input, id));
            let groups = entry.source.as_ref().and_then(|id| scope.get(id)).map_or(&[][..], Vec::as_slice);
            let is_planned = entry.source.as_ref().is_some_and(|id| sources.contains(id))
                || entry.target.as_ref().is_some_and(|id| targets.contains(id));
            let key = match (&entry.source, &entry.target) {
                (Some(source), _) => source.to_string(),
                (None, Some(target)) => format!("scim:{target}"),
                (None, None) => String::new(),
            };
            PersonRow {
                key,
                name: name(person, user),
                email: person
                    .and_then(|person| person.fields.get(SourceField::Email))
                    .or_else(|| user.and_then(|user| user.attributes.get(Attribute::Email)))
                    .map(str::to_owned),
                user_name: person
                    .and_then(|person| person.fields.get(SourceField::Username))
                    .or_else(|| user.and_then(|user| user.attributes.get(Attribute::UserName)))
                    .map(str::to_owned),
                scope_groups: groups.iter().take(NAMES_SHOWN).map(|name| (*name).to_owned()).collect(),
                scope_group_count: u32::try_from(groups.len()).unwrap_or(u32::MAX),
                source_state: source_state(person, entry.situation).to_owned(),
                target_state: user
                    .map_or("absent", |user| if user.active { "active" } else { "deactivated" })
                    .to_owned(),
                situation: situation_name(entry.situation).to_owned(),
                sync_state: sync_state(entry.situation, is_planned, user).to_owned(),
            }
        })
        .filter(|row| !row.key.is_empty())
        .collect()
}

fn find_person<'a>(input: &PlanInput<'a>, id: &SourceUserId) -> Option<&'a SourcePerson> {
    let people = &input.source.people;
    people.binary_search_by(|person| person.id.cmp(id)).ok().and_then(|index| people.get(index))
}

fn find_user<'a>(input: &PlanInput<'a>, id: &ScimId) -> Option<&'a TargetUser> {
    let users = &input.target.users;
    users.binary_search_by(|user| user.id.cmp(id)).ok().and_then(|index| users.get(index))
}

fn name(person: Option<&SourcePerson>, user: Option<&TargetUser>) -> String {
    if let Some(person) = person {
        return person.label();
    }
    let Some(user) = user else { return String::new() };
    let get = |attribute| user.attributes.get(attribute);
    if let Some(name) = get(Attribute::DisplayName) {
        return name.to_owned();
    }
    let names: Vec<&str> =
        [Attribute::GivenName, Attribute::FamilyName].into_iter().filter_map(get).collect();
    if names.is_empty() {
        get(Attribute::UserName).unwrap_or(user.id.as_str()).to_owned()
    } else {
        names.join(" ")
    }
}

fn source_state(person: Option<&SourcePerson>, situation: Situation) -> &'static str {
    match person {
        None if situation == Situation::SourceMissing => "deleted",
        None => "absent",
        Some(person) => match person.state {
            LifecycleState::Staged => "staged",
            LifecycleState::Suspended => "suspended",
            LifecycleState::Activated if person.password_expired => "password_expired",
            LifecycleState::Activated => "active",
        },
    }
}

const fn situation_name(situation: Situation) -> &'static str {
    match situation {
        Situation::Confirmed => "confirmed",
        Situation::Found => "found",
        Situation::Absent => "absent",
        Situation::Ambiguous => "ambiguous",
        Situation::Missing => "missing",
        Situation::SourceMissing => "source_missing",
        Situation::Unqualified => "unqualified",
        Situation::Unassigned => "unassigned",
        Situation::OutOfScope => "out_of_scope",
    }
}

fn sync_state(situation: Situation, is_planned: bool, user: Option<&TargetUser>) -> &'static str {
    match situation {
        Situation::OutOfScope | Situation::Unassigned => "not_managed",
        // Gone or out of scope, and deactivated already: as it should be.
        Situation::SourceMissing | Situation::Unqualified
            if !is_planned && user.is_none_or(|user| !user.active) =>
        {
            "in_sync"
        }
        _ if is_planned => "out_of_sync",
        Situation::Confirmed | Situation::SourceMissing | Situation::Unqualified => "in_sync",
        // In scope without an account, and nothing planned: inactive people are not created.
        Situation::Absent => "in_sync",
        Situation::Found | Situation::Ambiguous | Situation::Missing => "out_of_sync",
    }
}
