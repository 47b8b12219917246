//! Organisations of any size, without special cases: everybody active, everybody in a verified domain.

use rustc_hash::FxHashMap;

use super::names::{DEPARTMENTS, FAMILY, GIVEN, PLACES, TIERS, TITLES};
use super::organisation::{Outline, frame};
use crate::options::Sizes;
use crate::world::World;
use crate::world::slab::Keys;
use crate::world::source::{Group, Person};

const DOMAIN: &str = "brightwater.example";

/// Builds an organisation of these sizes; all its groups are bound.
pub(super) fn build(world: &mut World, sizes: Sizes) {
    let outline = Outline {
        name: "Brightwater Logistics",
        slug: "brightwater",
        domains: &[DOMAIN],
        unverified: &[],
        scim_key_days: 300,
    };
    frame(world, &outline);
    // The administrator is one of the people, where there are people at all.
    let administrator = world.administrator;
    let mut people: Vec<u32> = (sizes.people > 0).then_some(administrator).into_iter().collect();
    let mut namesakes: FxHashMap<(u32, u32), u32> = FxHashMap::default();
    for _ in 1..sizes.people {
        people.push(add_person(world, &mut namesakes));
    }
    let members = memberships(world, &people, sizes);
    let groups: Keys = members
        .into_iter()
        .enumerate()
        .map(|(index, members)| {
            let group = Group {
                id: world.mint.object_id(),
                name: group_name(index).into(),
                members: members.into_iter().collect(),
                ..Group::default()
            };
            world.source.add_group(group)
        })
        .collect();
    if let Some(application) = world.source.applications.get_mut(world.application) {
        application.groups = groups;
    }
}

fn pick<'a, T>(world: &mut World, list: &'a [T]) -> (u32, Option<&'a T>) {
    // The lists are short constants.
    let index = world.mint.below(u32::try_from(list.len()).unwrap_or(1));
    (index, list.get(index as usize))
}

fn add_person(world: &mut World, namesakes: &mut FxHashMap<(u32, u32), u32>) -> u32 {
    let (given_index, given) = pick(world, &GIVEN);
    let (family_index, family) = pick(world, &FAMILY);
    let (given, plain_given) = given.copied().unwrap_or_default();
    let (family, plain_family) = family.copied().unwrap_or_default();
    let same = namesakes.entry((given_index, family_index)).or_default();
    *same += 1;
    let username = match *same {
        1 => format!("{plain_given}.{plain_family}"),
        number => format!("{plain_given}.{plain_family}{number}"),
    };
    let department = pick(world, &DEPARTMENTS).1.copied().unwrap_or_default();
    let title = pick(world, &TITLES).1.copied().unwrap_or_default();
    let place = pick(world, &PLACES).1.copied().unwrap_or_default();
    let mut person = Person {
        id: world.mint.object_id(),
        email: format!("{username}@{DOMAIN}").into(),
        username: username.into(),
        firstname: given.into(),
        lastname: family.into(),
        displayname: format!("{given} {family}").into(),
        job_title: title.into(),
        department: department.into(),
        company: "Brightwater Logistics".into(),
        location: place.into(),
        activated: true,
        ..Person::default()
    };
    if world.mint.below(3) == 0 {
        let number = format!("+47 555 {:05}", world.mint.below(100_000));
        person.set_work_phone(&number);
    }
    world.source.add_person(person)
}

/// Deals out memberships: everybody gets an even share; low groups are larger than high ones.
fn memberships(world: &mut World, people: &[u32], sizes: Sizes) -> Vec<Vec<u32>> {
    let groups = sizes.groups as usize;
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); groups];
    if people.is_empty() || groups == 0 {
        return members;
    }
    let everybody = people.len();
    let share = sizes.memberships as usize / everybody;
    let rest = sizes.memberships as usize % everybody;
    for (position, person) in people.iter().enumerate() {
        let wanted = (share + usize::from(position < rest)).min(groups);
        let mut chosen: Vec<usize> = Vec::with_capacity(wanted);
        while chosen.len() < wanted {
            let first = chosen.is_empty();
            // The first one goes round, so that no group stays empty while there are people enough.
            let group = if first { position % groups } else { skewed(world, sizes.groups) };
            if chosen.contains(&group) {
                if chosen.len() * 2 > groups {
                    // Nearly all of them: take the next free one instead of guessing.
                    let free = (0..groups).find(|group| !chosen.contains(group));
                    chosen.extend(free);
                }
                continue;
            }
            chosen.push(group);
        }
        for group in chosen {
            if let Some(members) = members.get_mut(group) {
                members.push(*person);
            }
        }
    }
    members
}

/// A number below the bound, small ones more often.
fn skewed(world: &mut World, bound: u32) -> usize {
    let limit = world.mint.below(bound) + 1;
    world.mint.below(limit) as usize
}

fn group_name(index: usize) -> String {
    let department = DEPARTMENTS.get(index % DEPARTMENTS.len()).copied().unwrap_or_default();
    let rest = index / DEPARTMENTS.len();
    let place = PLACES.get(rest % PLACES.len()).copied().unwrap_or_default();
    let round = rest / PLACES.len();
    let tier = TIERS.get(round % TIERS.len()).copied().unwrap_or_default();
    let number = round / TIERS.len();
    match (rest, number) {
        (0, _) => department.to_owned(),
        (_, 0) => format!("{department} {place}{tier}"),
        _ => format!("{department} {place}{tier} {}", number + 1),
    }
}
