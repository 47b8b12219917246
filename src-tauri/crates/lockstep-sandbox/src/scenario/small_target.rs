//! What the small organisation already has in Atlassian: accounts, local groups, and a few SCIM users.

use super::organisation::{local_account, local_group};
use crate::world::World;
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
    // A clash that gives access to an app: two stay, two lose it, one of them keeps Confluence through editors.
    let design = [
        "chloe.dubois@halden.example",
        "giulia.rossi@halden.example",
        "mateus.oliveira@halden.example",
        "carmen.ruiz@halden.example",
    ];
    let key = local_group(world, "design", "Designers, made by hand", &design);
    give(world, key, "confluence", "atlassian/user", false);
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
}

fn give(world: &mut World, group: u32, app: &str, role: &str, is_default: bool) {
    let access = world.app_access(app, role, is_default);
    if let Some(group) = world.organisation.groups.get_mut(group) {
        group.role_assignments.push(access);
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
