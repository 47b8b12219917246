//! What the small organisation already has in Atlassian: accounts, local groups, and a few SCIM users.

use super::organisation::{local_account, local_group};
use crate::world::World;
use crate::world::apply_organisation::access_on;
use crate::world::apply_target::work;
use crate::world::target::{Name, ScimUser};

/// People of JumpCloud who were invited by hand before.
const INVITED: [(&str, &str); 8] = [
    ("Ada Moreau", "ada.moreau@halden.example"),
    ("Tomasz Wiśniewski", "tomasz.wisniewski@halden.example"),
    ("Chloé Dubois", "chloe.dubois@halden.example"),
    ("Giulia Rossi", "giulia.rossi@halden.example"),
    ("Mateus Oliveira", "mateus.oliveira@halden.example"),
    ("Fatima El Amrani", "fatima.elamrani@halden.example"),
    ("Zofia Kowalska", "zofia.kowalska@halden.example"),
    ("Kwame Mensah", "kwame.mensah@halden.example"),
];

/// People whom JumpCloud does not know; the second is a near match of somebody there, the third a guest.
const ATLASSIAN_ONLY: [(&str, &str); 4] = [
    ("Carmen Ruiz", "carmen.ruiz@halden.example"),
    ("Noor Aziz", "noor.aziz@halden-labs.example"),
    ("Ottoline Pryce", "ottoline@ledgerfolk.example"),
    ("Build Robot", "build-robot@halden.example"),
];

pub(super) fn add(world: &mut World) {
    for (name, email) in INVITED.into_iter().chain(ATLASSIAN_ONLY) {
        local_account(world, name, email);
    }
    // A clash that gives two apps: two stay, two leave; one of those keeps Confluence through the editors, the other
    // keeps Jira through its default group; whoever joins needs new seats.
    let design = [
        "chloe.dubois@halden.example",
        "giulia.rossi@halden.example",
        "mateus.oliveira@halden.example",
        "carmen.ruiz@halden.example",
    ];
    let key = local_group(world, "design", "Designers, made by hand", &design);
    give(world, key, "confluence", "atlassian/user", false);
    give(world, key, "jira-software", "atlassian/user", false);
    let editors = ["mateus.oliveira@halden.example", "fatima.elamrani@halden.example"];
    let key = local_group(world, "confluence-editors", "", &editors);
    give(world, key, "confluence", "atlassian/user", false);
    // A clash that Atlassian never syncs, because new people join the group by default.
    let jira = [
        "ada.moreau@halden.example",
        "tomasz.wisniewski@halden.example",
        "carmen.ruiz@halden.example",
        "build-robot@halden.example",
        "kwame.mensah@halden.example",
    ];
    let key = local_group(world, "jira-software-users", "Everybody with Jira", &jira);
    give(world, key, "jira-software", "atlassian/user", true);
    let key = local_group(world, "auditors", "", &["ottoline@ledgerfolk.example"]);
    give(world, key, "confluence", "atlassian/guest", false);
    scim_users(world);
    scim_group(world);
}

fn give(world: &mut World, group: u32, app: &str, role: &str, is_default: bool) {
    let access = world.app_access(app, role, is_default);
    world.grant(group, access);
}

/// A SCIM group that another connector left, with that connector's id: one stays, two leave, and its members are
/// administrators of Jira on a second site.
fn scim_group(world: &mut World) {
    let name = "Product Management";
    let left = world.source.group_by_name(name).and_then(|key| world.source.groups.get(key));
    let external_id = left.map(|group| group.id.to_string()).unwrap_or_default();
    let people = ["sofia.andersson", "henrik.dahl", "archive.reader"];
    let members = people.iter().filter_map(|user_name| world.target.user_by_name(user_name)).collect();
    if let Err(refusal) = world.create_group(name, &external_id, &members) {
        // No other group has the name.
        tracing::error!(?refusal, name, "The small organisation is inconsistent.");
    }
    let site = world.site(Some("halden-labs"));
    let Some(mirror) = world.organisation.group_by_name(name) else { return };
    for role in ["atlassian/user", "atlassian/admin"] {
        world.grant(mirror, access_on(&site, "jira-software", role, false));
    }
}

/// SCIM users from before: one to be found by user name, one re-hired (the id is of nobody any more), two who
/// are both somebody, and one who is nobody's.
fn scim_users(world: &mut World) {
    let gone = world.mint.object_id().to_string();
    let users = [
        ("henrik.dahl", "henrik.dahl@halden.example", "Henrik", "Dahl", String::new()),
        ("sofia.andersson", "sofia.andersson@halden.example", "Sofia", "Andersson", gone),
        ("marek.dvorak", "m.dvorak.old@halden.example", "Marek", "Dvorak", String::new()),
        ("marek.dvorak.support", "marek.dvorak@halden.example", "Marek", "Dvořák", String::new()),
        ("archive.reader", "archive.reader@halden.example", "Archive", "Reader", "legacy-7".to_owned()),
    ];
    for (user_name, email, given, family, external_id) in users {
        let user = ScimUser {
            user_name: user_name.into(),
            external_id: external_id.into(),
            name: Name { given: given.into(), family: family.into(), ..Name::default() },
            display_name: format!("{given} {family}").into(),
            emails: vec![work(email)],
            active: user_name != "sofia.andersson",
            ..ScimUser::default()
        };
        if let Err(refusal) = world.create_user(user) {
            // The table above has no two users of one name or address.
            tracing::error!(?refusal, user_name, "The small organisation is inconsistent.");
        }
    }
}
