//! Groups whose names clash: both answers to a creation, *Sync group*, and who has which app through what.

use std::collections::BTreeSet;

use lockstep_sandbox::{Change, ChangeError, Clash, Dialect, Dump, StoryError};
use serde_json::{Value, json};

use crate::support::{Bench, text};

/// `app on site` of an account, and the groups that give it.
fn access(dump: &Dump, email: &str) -> Vec<(String, Vec<String>)> {
    let access = dump.organisation.accounts[email].access.values();
    let shown = access.map(|access| {
        let site = access.site.clone().unwrap_or_default();
        (format!("{} on {site}", access.app), access.through.iter().cloned().collect())
    });
    shown.collect()
}

fn apps(dump: &Dump, email: &str) -> Vec<String> {
    access(dump, email).into_iter().map(|(app, _)| app).collect()
}

async fn provision(bench: &Bench, user_name: &str) -> String {
    let email = format!("{user_name}@halden.example");
    let body = json!({"userName": user_name, "emails": [{"value": email, "primary": true}]});
    text(&bench.scim("POST", "/Users", Some(body)).await.body, "/id").to_owned()
}

/// Pushes the group *Design* with chloe.dubois and mei.lin.
async fn push_design(bench: &Bench) -> (u16, Value) {
    let (chloe, mei) = (provision(bench, "chloe.dubois").await, provision(bench, "mei.lin").await);
    let body = json!({"displayName": "Design", "externalId": "design-1",
        "members": [{"value": chloe}, {"value": mei}]});
    let answer = bench.scim("POST", "/Groups", Some(body)).await;
    (answer.status, answer.body)
}

fn accept(group: &str) -> Change {
    Change::AcceptTakeover { group: group.to_owned() }
}

/// What *Sync group* leaves behind, whichever answer came first.
fn check_design_is_taken_over(dump: &Dump) {
    let design = &dump.organisation.groups["design"];
    assert!(design.is_synced, "the local group is synced now");
    let members: Vec<&str> = design.members.iter().map(String::as_str).collect();
    assert_eq!(members, ["chloe.dubois@halden.example", "mei.lin@halden.example"]);
    assert_eq!(design.access.len(), 2, "the group keeps what it gives access to");
    assert!(!dump.target.groups["Design"].is_pending);
    assert_eq!(dump.target.groups["Design"].external_id, "design-1");
    let lost = "mateus.oliveira@halden.example";
    assert_eq!(
        access(dump, lost),
        [("confluence on halden".to_owned(), vec!["confluence-editors".to_owned()])],
        "Jira is gone, Confluence is kept another way"
    );
    assert_eq!(apps(dump, "carmen.ruiz@halden.example"), ["jira-software on halden"], "Confluence is gone");
    assert_eq!(apps(dump, "mei.lin@halden.example"), ["confluence on halden", "jira-software on halden"]);
    assert_eq!(apps(dump, "giulia.rossi@halden.example"), Vec::<String>::new(), "she was not pushed");
}

#[tokio::test]
async fn a_pending_group_changes_nobodys_apps_until_it_is_accepted() {
    let bench = Bench::small().await;
    let world = bench.sandbox.world();
    let before = world.dump();
    let two = ["confluence on halden", "jira-software on halden"];
    assert_eq!(apps(&before, "mateus.oliveira@halden.example"), two);
    assert!(before.organisation.accounts["carmen.ruiz@halden.example"].access.len() == 2);
    let (status, _) = push_design(&bench).await;
    assert_eq!(status, 201);
    let pending = world.dump();
    assert!(pending.target.groups["Design"].is_pending);
    assert_eq!(apps(&pending, "mateus.oliveira@halden.example"), two, "nothing has changed yet");
    assert_eq!(apps(&pending, "mei.lin@halden.example"), Vec::<String>::new());
    world.change(&accept("Design")).unwrap();
    check_design_is_taken_over(&world.dump());
    assert_eq!(world.change(&accept("Design")), Err(ChangeError::NotPending("Design".to_owned())));
}

#[tokio::test]
async fn after_a_409_accepting_makes_the_group_from_what_was_pushed() {
    let bench = Bench::small().await;
    let world = bench.sandbox.world();
    world.set_dialect(Dialect { clash: Clash::Refuse, ..Dialect::default() });
    assert_eq!(world.change(&accept("Design")), Err(ChangeError::NoGroup("Design".to_owned())));
    let (status, body) = push_design(&bench).await;
    assert_eq!((status, text(&body, "/scimType")), (409, "uniqueness"));
    let refused = world.dump();
    assert!(!refused.target.groups.contains_key("Design"), "the directory does not have it");
    assert_eq!(refused.organisation.refused_pushes, BTreeSet::from(["Design".to_owned()]));
    world.change(&accept("design")).unwrap();
    let dump = world.dump();
    check_design_is_taken_over(&dump);
    assert!(dump.organisation.refused_pushes.is_empty());
}

#[tokio::test]
async fn after_a_409_accepting_may_only_let_the_next_creation_through() {
    let bench = Bench::small().await;
    let world = bench.sandbox.world();
    world.set_dialect(Dialect { clash: Clash::Refuse, accept_opens: true, ..Dialect::default() });
    let (status, _) = push_design(&bench).await;
    assert_eq!(status, 409);
    world.change(&accept("Design")).unwrap();
    assert!(!world.dump().organisation.groups["design"].is_synced, "not yet");
    let ids = world.dump();
    let id = |name: &str| ids.target.users[name].id.clone();
    let body = json!({"displayName": "Design", "externalId": "design-1",
        "members": [{"value": id("chloe.dubois")}, {"value": id("mei.lin")}]});
    assert_eq!(bench.scim("POST", "/Groups", Some(body)).await.status, 201);
    check_design_is_taken_over(&world.dump());
}

#[tokio::test]
async fn a_default_access_group_is_accepted_only_after_it_is_made_an_ordinary_one() {
    for clash in [Clash::Pending, Clash::Refuse] {
        let bench = Bench::small().await;
        let world = bench.sandbox.world();
        world.set_dialect(Dialect { clash, ..Dialect::default() });
        let name = "jira-software-users";
        let pushed = bench.scim("POST", "/Groups", Some(json!({"displayName": name}))).await;
        assert_eq!(pushed.status, if clash == Clash::Pending { 201 } else { 409 });
        assert_eq!(world.change(&accept(name)), Err(ChangeError::DefaultAccess(name.to_owned())));
        world.change(&Change::ClearDefaultAccess { group: name.to_owned() }).unwrap();
        world.change(&accept(name)).unwrap();
        let group = &world.dump().organisation.groups[name];
        assert!(group.is_synced && group.members.is_empty(), "{clash:?}: nobody was pushed, so all are out");
    }
}

#[tokio::test]
async fn a_local_group_that_is_deleted_lets_the_waiting_group_through() {
    let bench = Bench::small().await;
    let world = bench.sandbox.world();
    push_design(&bench).await;
    world.change(&Change::DeleteLocalGroup { group: "design".to_owned() }).unwrap();
    let dump = world.dump();
    assert!(!dump.target.groups["Design"].is_pending);
    assert!(dump.organisation.groups["Design"].access.is_empty(), "its permissions went with the old one");
    assert_eq!(dump.organisation.groups["Design"].members.len(), 2);
}

#[tokio::test]
async fn access_ends_with_the_account_the_suspension_and_the_grant() {
    let bench = Bench::small().await;
    let world = bench.sandbox.world();
    let change = |change: Change| world.change(&change).unwrap();
    let (email, group) = ("zofia.kowalska@halden.example", "auditors");
    let zofia = || apps(&world.dump(), email);
    change(Change::LocalAddMember { group: group.to_owned(), email: email.to_owned() });
    let dump = world.dump();
    let guest = dump.organisation.accounts[email].access.values().next().unwrap();
    assert!(!guest.uses_seat, "a guest uses no licence: {guest:?}");
    change(Change::GrantAccess {
        group: group.to_owned(),
        app: "jira-software".to_owned(),
        role: None,
        site: Some("halden-labs".to_owned()),
        default_access: false,
    });
    assert_eq!(zofia(), ["confluence on halden", "jira-software on halden-labs"]);
    change(Change::SuspendAccount { email: email.to_owned() });
    assert_eq!(zofia(), Vec::<String>::new());
    change(Change::RestoreAccount { email: email.to_owned() });
    change(Change::RevokeAccess { group: group.to_owned(), app: "confluence".to_owned() });
    assert_eq!(zofia(), ["jira-software on halden-labs"]);
    let id = provision(&bench, "zofia.kowalska").await;
    let body = json!({"Operations": [{"op": "replace", "path": "active", "value": false}]});
    assert_eq!(bench.scim("PATCH", &format!("/Users/{id}"), Some(body)).await.status, 200);
    assert_eq!(zofia(), Vec::<String>::new(), "who is deactivated has no app");
    change(Change::LocalRemoveMember { group: group.to_owned(), email: email.to_owned() });
    assert!(!world.dump().organisation.groups[group].members.contains(email));
}

#[tokio::test]
async fn the_small_organisation_has_three_clashes_of_three_kinds() {
    let dump = Bench::small().await.sandbox.world().dump();
    let (local, scim) = (&dump.organisation.groups, &dump.target.groups);
    assert!(!local["design"].is_synced && !local["design"].gives_default_access);
    assert!(local["jira-software-users"].gives_default_access);
    let product = &scim["Product Management"];
    assert_eq!(product.external_id, dump.source.groups["Product Management"].id, "left by a connector");
    assert_eq!(product.members, ["archive.reader", "henrik.dahl", "sofia.andersson"]);
    let given = &local["Product Management"].access[0];
    assert_eq!((given.app.as_str(), given.site.as_deref()), ("jira-software", Some("halden-labs")));
    assert!(given.roles.contains(&"atlassian/admin".to_owned()), "its members administer Jira");
    let finance = &dump.source.groups["Finance"];
    assert_eq!(finance.other_applications, BTreeSet::from(["Atlassian Cloud (Labs)".to_owned()]));
    assert!(dump.source.groups["Contractors"].is_dynamic);
}

#[tokio::test]
async fn the_stories_of_a_takeover_can_be_told_one_after_the_other() {
    let bench = Bench::small().await;
    let world = bench.sandbox.world();
    assert!(matches!(world.tell("accept-takeover"), Err(StoryError::NothingWaits)));
    world.tell("clash").unwrap();
    let dump = world.dump();
    let made = &dump.organisation.groups["Engineering"];
    assert!(!made.is_synced && made.members.len() == 3, "two who stay and one who would leave: {made:?}");
    bench.scim("POST", "/Groups", Some(json!({"displayName": "jira-software-users"}))).await;
    assert!(matches!(world.tell("accept-takeover"), Err(StoryError::NothingWaits)), "default groups cannot");
    world.tell("make-not-default").unwrap();
    world.tell("accept-takeover").unwrap();
    assert!(world.dump().organisation.groups["jira-software-users"].is_synced);
}

#[tokio::test]
async fn a_world_can_be_built_anew_under_the_same_addresses_and_keys() {
    let bench = Bench::custom("custom:people=4,groups=2,memberships=6").await;
    let world = bench.sandbox.world();
    let before = world.dump();
    provision(&bench, "somebody").await;
    world.set_dialect(Dialect { clash: Clash::Refuse, ..Dialect::default() });
    assert_ne!(world.dump(), before);
    world.reset("custom:people=4,groups=2,memberships=6".parse().unwrap(), 1);
    assert_eq!(world.dump(), before);
    let users = bench.scim("GET", "/Users", None).await;
    assert_eq!((users.status, &users.body["totalResults"]), (200, &json!(0)), "the same keys are taken");
}
