//! Everybody's situation, for the People page.

use super::{PlanInput, replaced};
use crate::correlation::situation::{PersonSituation, Situation};
use crate::correlation::{Owner, Pairing, correlate};
use crate::plan::context::Context;

/// Returns the situation of everybody in JumpCloud and of every account, ordered by JumpCloud id, then those who are in
/// the target only, by SCIM id.
pub fn situations(input: &PlanInput<'_>) -> Vec<PersonSituation> {
    let confirmed = replaced::directory_replaced(input).map(|_| replaced::confirmed_links(input));
    let context = Context::new(input, confirmed.as_ref().unwrap_or(input.links));
    let correlation = correlate(&context);
    let mut all = Vec::with_capacity(context.people.len());
    for (position, (person, pairing)) in (0u32..).zip(context.people.iter().zip(&correlation.people)) {
        let target = |user: u32| context.user(user).map(|user| user.id.clone());
        let (situation, target) = match pairing {
            Pairing::NotLookedFor => (Situation::OutOfScope, None),
            Pairing::Linked(user) if context.is_in_scope(position) => (Situation::Confirmed, target(*user)),
            Pairing::Linked(user) => (Situation::Unqualified, target(*user)),
            Pairing::Vanished(_) => (Situation::Missing, None),
            Pairing::Absent => (Situation::Absent, None),
            Pairing::Found(candidate) => (Situation::Found, target(candidate.user)),
            Pairing::Ambiguous(_) => (Situation::Ambiguous, None),
        };
        all.push(PersonSituation { source: Some(person.id.clone()), target, situation });
    }
    for (user, owner) in context.users.iter().zip(&correlation.owners) {
        let (source, situation) = match owner {
            Owner::Person(_) => continue,
            Owner::Gone(link) => {
                let link = context.person_links.get(*link as usize);
                (link.map(|link| link.source.clone()), Situation::SourceMissing)
            }
            Owner::Nobody => (None, Situation::Unassigned),
        };
        all.push(PersonSituation { source, target: Some(user.id.clone()), situation });
    }
    let mut found: Vec<_> = all
        .iter()
        .filter(|entry| entry.situation == Situation::Found)
        .filter_map(|entry| entry.target.clone())
        .collect();
    found.sort_unstable();
    all.retain(|entry| {
        // An account found for somebody is shown with them, not a second time as nobody's.
        !matches!(entry.situation, Situation::Unassigned | Situation::SourceMissing)
            || entry.target.as_ref().is_none_or(|target| found.binary_search(target).is_err())
    });
    all.sort_unstable_by(|a, b| {
        (a.source.is_none(), &a.source, &a.target).cmp(&(b.source.is_none(), &b.source, &b.target))
    });
    all
}
