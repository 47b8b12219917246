//! The small organisation: about 40 people, with every interesting case of the product's section 8.

use serde_json::{Map, json};

use super::organisation::{Outline, application, frame};
use super::{small_history, small_people, small_target};
use crate::world::World;
use crate::world::source::{DYNAMIC, Group};

/// Groups that are bound, and who is in them.
const BOUND: [(&str, &[&str]); 10] = [
    (
        "Engineering",
        &[
            "ada.moreau",
            "tomasz.wisniewski",
            "yuki.tanaka",
            "jose.nunez",
            "priya.raghavan",
            "kwame.mensah",
            "soren.overgaard",
            "bjork.jonsdottir",
            "samuel.okafor",
            "nadia.petrova",
            "rohan.iyer",
            "jun.park",
            "wei.zhang",
        ],
    ),
    ("Platform Engineering", &["lars.bjornstad", "dmitri.volkov", "henrik.dahl", "priya.raghavan"]),
    // A local group of Atlassian has this name in small letters; it gives two apps.
    ("Design", &["chloe.dubois", "giulia.rossi", "mei.lin", "ines.carvalho"]),
    // The default access group of Jira has this name: it cannot be synced.
    ("jira-software-users", &["ada.moreau", "fatima.elamrani", "emma.vandenberg", "kwame.mensah"]),
    // The SCIM directory has a group of this name already, left by another connector; it makes people administrators.
    (
        "Product Management",
        &["fatima.elamrani", "emma.vandenberg", "hannah.goldberg", "sofia.andersson", "mateus.oliveira"],
    ),
    ("Security", &["oluwaseun.adeyemi", "leila.haddad", "viktor.horvath", "ingrid.halvorsen"]),
    // A space at its end, as a paste leaves it.
    ("Customer Support ", &["aroha.ngata", "lan.nguyen", "liam.oconnor", "marek.dvorak", "paolo.conti"]),
    ("Contractors", &["greta.lindqvist", "samuel.okafor"]),
    ("Research Lab", &[]),
    ("Finance", &["zofia.kowalska", "arjun.mehta", "amara.diallo", "elena.popescu"]),
];

/// Groups that are not bound to the Atlassian application.
const OTHERS: [(&str, &[&str]); 3] = [
    ("Reception", &["tessa.brandt", "noor.aziz"]),
    ("VPN users", &["ada.moreau", "lars.bjornstad", "elena.popescu", "noor.aziz"]),
    (
        "Oslo office",
        &["ingrid.halvorsen", "soren.overgaard", "lars.bjornstad", "tessa.brandt", "henrik.dahl"],
    ),
];

pub(super) fn build(world: &mut World) {
    let outline = Outline {
        name: "Halden Instruments",
        slug: "halden",
        domains: &["halden.example", "halden-labs.example"],
        unverified: &["northfjord.example"],
        scim_key_days: 21,
    };
    frame(world, &outline);
    let labs = application(world, "atlassiancloud", "Atlassian Cloud (Labs)", "halden-labs");
    application(world, "github", "GitHub", "halden");
    small_people::add(world);
    let bound: Vec<u32> = BOUND.iter().map(|(name, members)| add_group(world, name, members)).collect();
    let others: Vec<u32> = OTHERS.iter().map(|(name, members)| add_group(world, name, members)).collect();
    // Finance is on both Atlassian connectors.
    let on_labs = world.source.group_by_name("Finance").into_iter().chain(others.get(1).copied()).collect();
    if let Some(application) = world.source.applications.get_mut(world.application) {
        application.groups = bound.into_iter().collect();
    }
    if let Some(application) = world.source.applications.get_mut(labs) {
        application.groups = on_labs;
    }
    follow_rule(world, "Contractors");
    small_target::add(world);
    small_history::add(world);
}

/// A rule decides who is in the group.
fn follow_rule(world: &mut World, name: &str) {
    let key = world.source.group_by_name(name);
    if let Some(group) = key.and_then(|key| world.source.groups.get_mut(key)) {
        group.membership_method = DYNAMIC.into();
        let query = json!({"queryType": "FilterQuery", "filters":
            [{"field": "employeeType", "operator": "eq", "value": "Contractor"}]});
        let mut extra = Map::new();
        extra.insert("memberQuery".to_owned(), query);
        group.extra = Some(Box::new(extra));
    }
}

fn add_group(world: &mut World, name: &str, members: &[&str]) -> u32 {
    let members = members.iter().filter_map(|username| world.source.person_by_username(username)).collect();
    let group = Group { id: world.mint.object_id(), name: name.into(), members, ..Group::default() };
    world.source.add_group(group)
}
