//! Explanations against an evaluator that shares no code with the planner: it looks at every group and every person
//! again for each question.

use lockstep_core::explain::{Change, PersonKey, Will, explain_person};
use lockstep_core::memory::TargetMemory;
use lockstep_core::plan::plan;
use lockstep_core::policy::DeletedUsers;
use lockstep_core::snapshot::source::{Absence, LifecycleState};
use proptest::prelude::*;

use crate::explain_person::{NAMES, Org, effect, organisation};

/// Whether the active account of somebody who is linked ends, by the rules S6, S7, S8, G5 and G6 in their plain words.
fn is_deactivated(org: &Org, name: &str) -> bool {
    let mut account = None;
    for link in &org.links.people {
        if link.source.as_str() == name {
            for user in &org.target.users {
                if user.id == link.target {
                    account = Some(user.active);
                }
            }
        }
    }
    if account != Some(true) {
        return false;
    }
    let mut person = None;
    for candidate in &org.source.people {
        if candidate.id.as_str() == name {
            person = Some(candidate);
        }
    }
    let Some(person) = person else {
        let mut is_known_deleted = false;
        for (id, absence) in &org.source.absent_people {
            is_known_deleted |= id.as_str() == name && *absence == Absence::Deleted;
        }
        return is_known_deleted && org.policy.deleted_users == DeletedUsers::Deactivate;
    };
    let mut is_in_a_bound_group = false;
    for group in &org.source.groups {
        for member in &group.members {
            is_in_a_bound_group |= member.as_str() == name;
        }
    }
    let works = person.state == LifecycleState::Activated && !person.password_expired;
    !is_in_a_bound_group || !works
}

/// Every organisation that the changes stand for: one for each group that somebody could join.
fn changed(org: &Org, name: &str, changes: &[Change]) -> Option<Vec<Org>> {
    let mut all = vec![org.clone()];
    for change in changes {
        let mut next = Vec::new();
        for org in &all {
            match change {
                Change::JoinAnyOf { groups } => {
                    for group in groups {
                        let mut org = org.clone();
                        let only = Change::JoinAnyOf { groups: vec![group.clone()] };
                        if !org.make(name, &only) {
                            return None;
                        }
                        next.push(org);
                    }
                }
                other => {
                    let mut org = org.clone();
                    if !org.make(name, other) {
                        return None;
                    }
                    next.push(org);
                }
            }
        }
        all = next;
    }
    Some(all)
}

proptest! {
    // Four people each: 10,000 of them.
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(2_500),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn ten_thousand_people_are_explained_as_plain_rules_say(
        mut org in organisation(),
        gone in proptest::option::weighted(0.2, 0..NAMES.len()),
    ) {
        if let Some(gone) = gone {
            let name = NAMES[gone];
            org.source.people.retain(|person| person.id.as_str() != name);
            org.source.absent_people.push((name.into(), Absence::Deleted));
            for group in &mut org.source.groups {
                group.members.retain(|member| member.as_str() != name);
            }
        }
        let memory = TargetMemory::default();
        let input = org.input(&memory);
        let plan = plan(&input);
        for name in NAMES {
            let Some(explanation) = explain_person(&input, &plan, &PersonKey::Source(name.into())) else {
                prop_assert!(!is_deactivated(&org, name));
                continue;
            };
            let is_planned = effect(&explanation) == Will::BeDeactivated;
            prop_assert_eq!(is_planned, is_deactivated(&org, name), "{}: {}", name, explanation.text);
            for way in &explanation.would_change {
                // What lets a held operation go changes nothing about what is right.
                let is_release = explanation.held.as_ref().is_some_and(|held| held.would == way.then);
                let Some(others) = changed(&org, name, &way.changes).filter(|_| !is_release) else { continue };
                for other in others {
                    prop_assert_eq!(
                        is_deactivated(&other, name), way.then == Will::BeDeactivated,
                        "{}: {}", name, way.text
                    );
                }
            }
            let explains_how = explanation.would_change.iter().any(|way| way.then != Will::BeDeactivated);
            let works = org.source.people.iter().any(|person| person.id.as_str() == name);
            prop_assert!(
                !is_planned || !works || explains_how || org.source.groups.is_empty(),
                "nothing is said to keep {}: {}", name, explanation.text
            );
        }
    }
}
