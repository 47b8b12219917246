//! The algorithm of correlation, on positions in both snapshots.

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

use super::rules::{Rule, RuleIndex};
use super::{Ambiguity, Candidate, Doubt};
use crate::attribute::Attribute;
use crate::plan::context::Context;

/// Who an account belongs to by a stored link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Nobody: it is not managed.
    Nobody,
    /// The person at this position.
    Person(u32),
    /// Somebody who is not in JumpCloud's list any more; the position is the link's.
    Gone(u32),
}

/// What was found for a person in JumpCloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pairing {
    /// Not linked and out of scope: not looked for.
    NotLookedFor,
    /// Linked to the account at this position.
    Linked(u32),
    /// Linked to an account that is not in the target.
    Vanished(u32),
    /// Not linked; nothing found.
    Absent,
    /// Not linked; exactly one account found, and nobody else has a claim on it.
    Found(Candidate),
    /// Not linked; not clear.
    Ambiguous(Box<Ambiguity>),
}

/// The result, by position.
#[derive(Debug)]
pub(crate) struct Correlation {
    /// By person's position.
    pub(crate) people: Vec<Pairing>,
    /// By account's position.
    pub(crate) owners: Vec<Owner>,
}

/// Pairs people and accounts.
pub(crate) fn correlate(context: &Context<'_>) -> Correlation {
    let mut people = vec![Pairing::NotLookedFor; context.people.len()];
    let mut owners = vec![Owner::Nobody; context.users.len()];
    for (link_position, link) in (0u32..).zip(context.person_links) {
        let person = context.person_position(&link.source);
        let user = context.user_position(&link.target);
        if let Some(owner) = user.and_then(|user| owners.get_mut(user as usize)) {
            *owner = person.map_or(Owner::Gone(link_position), Owner::Person);
        }
        if let Some(pairing) = person.and_then(|person| people.get_mut(person as usize)) {
            *pairing = user.map_or(Pairing::Vanished(link_position), Pairing::Linked);
        }
    }
    let unlinked: Vec<u32> = (0u32..)
        .zip(&people)
        .filter(|(position, pairing)| **pairing == Pairing::NotLookedFor && context.is_in_scope(*position))
        .map(|(position, _)| position)
        .collect();
    let mut correlation = Correlation { people, owners };
    if !unlinked.is_empty() {
        find(context, &mut correlation, &unlinked);
    }
    correlation
}

fn find(context: &Context<'_>, correlation: &mut Correlation, unlinked: &[u32]) {
    let index = RuleIndex::new(context.users);
    let found: Vec<Vec<Candidate>> = unlinked
        .iter()
        .map(|person| {
            if context.users.is_empty() {
                Vec::new()
            } else {
                candidates(context, correlation, &index, *person)
            }
        })
        .collect();
    let mut claims: IndexMap<u32, Vec<u32>, FxBuildHasher> = IndexMap::default();
    for (person, candidates) in unlinked.iter().zip(&found) {
        for candidate in candidates {
            claims.entry(candidate.user).or_default().push(*person);
        }
    }
    let mut absent = Vec::new();
    for (person, candidates) in unlinked.iter().zip(found) {
        let pairing = judge(context, *person, candidates, &claims);
        if pairing == Pairing::Absent {
            absent.push(*person);
        }
        if let Some(slot) = correlation.people.get_mut(*person as usize) {
            *slot = pairing;
        }
    }
    tell_apart(context, correlation, &absent);
}

/// Returns every account that a rule names, once each, ordered by rule and id.
fn candidates(
    context: &Context<'_>,
    correlation: &Correlation,
    index: &RuleIndex<'_>,
    person_position: u32,
) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = Vec::new();
    let Some(person) = context.person(person_position) else { return candidates };
    for rule in Rule::ALL {
        let Some(key) = rule.key_of_person(&context.feeds, person) else { continue };
        for &user in index.hits(rule, &key) {
            if candidates.iter().any(|known| known.user == user) {
                continue;
            }
            let owner = correlation.owners.get(user as usize).copied().unwrap_or(Owner::Nobody);
            if let Owner::Person(owner) = owner
                && rule != Rule::ExternalId
                && gives_up(context, owner, user, rule, &key)
            {
                continue;
            }
            let belongs_to = match owner {
                Owner::Person(owner) => Some(owner),
                Owner::Gone(_) | Owner::Nobody => {
                    context.owner_by_external_id(user).filter(|owner| *owner != person_position)
                }
            };
            candidates.push(Candidate { user, rule, belongs_to });
        }
    }
    candidates.sort_by(|a, b| {
        (a.rule, context.user(a.user).map(|user| &user.id))
            .cmp(&(b.rule, context.user(b.user).map(|user| &user.id)))
    });
    candidates
}

fn judge(
    context: &Context<'_>,
    person: u32,
    candidates: Vec<Candidate>,
    claims: &IndexMap<u32, Vec<u32>, FxBuildHasher>,
) -> Pairing {
    let mut rivals: Vec<u32> = candidates
        .iter()
        .flat_map(|candidate| {
            let claimants = claims.get(&candidate.user).map_or(&[] as &[u32], Vec::as_slice);
            claimants.iter().copied().chain(candidate.belongs_to)
        })
        .filter(|rival| *rival != person)
        .collect();
    rivals.sort_by_key(|rival| context.person(*rival).map(|rival| &rival.id));
    rivals.dedup();
    let doubt = match candidates.as_slice() {
        [] => return Pairing::Absent,
        [only] if rivals.is_empty() => return Pairing::Found(*only),
        [only] if only.belongs_to.is_some() => Doubt::BelongsToAnother,
        [_] => Doubt::SeveralPeople,
        _ => Doubt::SeveralAccounts,
    };
    Pairing::Ambiguous(Box::new(Ambiguity { doubt, candidates, rivals }))
}

/// Whether an account's owner gives up a key earlier in the same plan than anybody is created: by an update that
/// nothing holds.
fn gives_up(context: &Context<'_>, owner: u32, user: u32, rule: Rule, key: &str) -> bool {
    let (Some(person), Some(account)) = (context.person(owner), context.user(user)) else { return false };
    let address = context.feeds.desired(person, Attribute::Email);
    context.is_in_scope(owner)
        && rule.key_of_person(&context.feeds, person).is_some_and(|wanted| wanted != key)
        && context.domains.may_be_sent(address.value())
        && !context.is_protected(Some(owner), Some(user))
        // A deactivation carries the changes along, but comes after all creations.
        && (person.is_active() || !account.active)
}

/// Marks new people who could not be created, since user names and addresses are unique in the target: two who share
/// one, or one who shares it with somebody whose account is about to get it.
fn tell_apart(context: &Context<'_>, correlation: &mut Correlation, absent: &[u32]) {
    let mut clashes: IndexMap<u32, Vec<u32>, FxBuildHasher> = IndexMap::default();
    for rule in [Rule::UserName, Rule::Email] {
        let mut first: IndexMap<String, u32, FxBuildHasher> =
            IndexMap::with_capacity_and_hasher(absent.len(), FxBuildHasher);
        for &position in absent {
            let Some(person) = context.person(position).filter(|person| person.is_active()) else { continue };
            let Some(key) = rule.key_of_person(&context.feeds, person) else { continue };
            match first.entry(key) {
                indexmap::map::Entry::Vacant(entry) => {
                    entry.insert(position);
                }
                indexmap::map::Entry::Occupied(entry) => {
                    // Everybody of a clash is connected through its first: rivals are completed below.
                    clashes.entry(*entry.get()).or_default().push(position);
                    clashes.entry(position).or_default().push(*entry.get());
                }
            }
        }
        if first.is_empty() {
            continue;
        }
        for (position, pairing) in (0u32..).zip(&correlation.people) {
            let has_account = matches!(pairing, Pairing::Linked(_) | Pairing::Found(_));
            let Some(person) =
                context.person(position).filter(|_| has_account && context.is_in_scope(position))
            else {
                continue;
            };
            let desired = context.feeds.desired(person, rule.attribute());
            let newcomer = desired.value().and_then(|value| first.get(rule.key(value).as_ref()));
            if let Some(newcomer) = newcomer {
                clashes.entry(*newcomer).or_default().push(position);
            }
        }
    }
    let starts: Vec<u32> = clashes.keys().copied().collect();
    for start in starts {
        let mut group: IndexSet<u32, FxBuildHasher> = IndexSet::default();
        let mut open = vec![start];
        while let Some(next) = open.pop() {
            if group.insert(next) {
                open.extend(clashes.get(&next).into_iter().flatten().copied());
            }
        }
        let mut rivals: Vec<u32> = group.into_iter().filter(|position| *position != start).collect();
        rivals.sort_by_key(|rival| context.person(*rival).map(|rival| &rival.id));
        if let Some(slot) = correlation.people.get_mut(start as usize) {
            *slot = Pairing::Ambiguous(Box::new(Ambiguity {
                doubt: Doubt::SameAsAnotherPerson,
                candidates: Vec::new(),
                rivals,
            }));
        }
    }
}
