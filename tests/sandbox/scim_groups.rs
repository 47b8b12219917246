//! SCIM groups and their clashes with local ones (facts on Atlassian, sections 1.9 and 3).

use lockstep_sandbox::{Change, ChangeError, Clash, Dialect, Rename};
use serde_json::{Value, json};

use crate::support::{Bench, text};

/// Creates people and returns their SCIM ids.
async fn people(bench: &Bench, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..count {
        let body = json!({"userName": format!("member{number}"),
            "emails": [{"value": format!("member{number}@halden.example"), "type": "work", "primary": true}]});
        ids.push(text(&bench.scim("POST", "/Users", Some(body)).await.body, "/id").to_owned());
    }
    ids
}

fn members(ids: &[String]) -> Value {
    ids.iter().map(|id| json!({"value": id})).collect()
}

async fn group(bench: &Bench, name: &str, ids: &[String]) -> Value {
    let answer =
        bench.scim("POST", "/Groups", Some(json!({"displayName": name, "members": members(ids)}))).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.body
}

async fn patch(bench: &Bench, id: &str, operations: Value) -> crate::support::Answer {
    bench.scim("PATCH", &format!("/Groups/{id}"), Some(json!({"Operations": operations}))).await
}

fn count(group: &Value) -> usize {
    group["members"].as_array().unwrap().len()
}

#[tokio::test]
async fn members_are_added_in_batches_and_removed_in_both_forms() {
    let bench = Bench::small().await;
    let ids = people(&bench, 5).await;
    let created = group(&bench, "Guild", &ids[..1]).await;
    let id = text(&created, "/id");
    assert_eq!(text(&created, "/members/0/display"), "member0", "shown by user name");
    let added =
        patch(&bench, id, json!([{"op": "add", "path": "members", "value": members(&ids[1..])}])).await;
    assert_eq!((added.status, count(&added.body)), (200, 5));
    let again = patch(&bench, id, json!([{"op": "add", "path": "members", "value": members(&ids)}])).await;
    assert_eq!(count(&again.body), 5, "whoever is in stays in once");
    let by_path = format!("members[value eq \"{}\"]", ids[0]);
    let removed = patch(&bench, id, json!([{"op": "remove", "path": by_path}])).await;
    assert_eq!(count(&removed.body), 4, "by value path");
    let by_value = json!([{"op": "remove", "path": "members", "value": members(&ids[1..3])}]);
    assert_eq!(count(&patch(&bench, id, by_value).await.body), 2, "by an array of values");
    let replaced =
        patch(&bench, id, json!([{"op": "replace", "path": "members", "value": members(&ids[..1])}])).await;
    assert_eq!(count(&replaced.body), 1);
    let emptied = patch(&bench, id, json!([{"op": "remove", "path": "members"}])).await;
    assert_eq!(count(&emptied.body), 0);
}

#[tokio::test]
async fn an_unknown_member_is_404_in_patch_and_a_java_exception_in_put_and_nothing_is_changed() {
    let bench = Bench::small().await;
    let ids = people(&bench, 2).await;
    let created = group(&bench, "Guild", &ids[..1]).await;
    let id = text(&created, "/id");
    let operations =
        json!([{"op": "add", "path": "members", "value": [{"value": ids[1]}, {"value": "nobody"}]}]);
    assert_eq!(patch(&bench, id, operations).await.status, 404);
    let body = json!({"displayName": "Guild", "members": [{"value": "nobody"}]});
    let put = bench.scim("PUT", &format!("/Groups/{id}"), Some(body)).await;
    assert_eq!(put.status, 400);
    assert!(put.body.get("stackTrace").is_some() && put.body.get("detail").is_none(), "{}", put.text);
    let after = bench.scim("GET", &format!("/Groups/{id}"), None).await.body;
    assert_eq!(count(&after), 1, "nothing was half done");
}

#[tokio::test]
async fn assumed_a_rename_is_refused_ignored_or_done_by_mode() {
    let bench = Bench::small().await;
    let created = group(&bench, "Guild", &[]).await;
    let id = text(&created, "/id");
    let rename = json!([{"op": "replace", "path": "displayName", "value": "Glass Guild"}]);
    let refused = patch(&bench, id, rename.clone()).await;
    assert_eq!((refused.status, text(&refused.body, "/scimType")), (400, "mutability"));
    let world = bench.sandbox.world();
    world.set_dialect(Dialect { rename: Rename::Lenient, ..Dialect::default() });
    let ignored = patch(&bench, id, rename.clone()).await;
    assert_eq!((ignored.status, text(&ignored.body, "/displayName")), (200, "Guild"));
    world.set_dialect(Dialect { rename: Rename::Accept, ..Dialect::default() });
    let done = patch(&bench, id, rename).await;
    assert_eq!((done.status, text(&done.body, "/displayName")), (200, "Glass Guild"));
    assert!(world.dump().organisation.groups.contains_key("Glass Guild"), "the mirror has the new name too");
}

#[tokio::test]
async fn a_second_scim_group_of_the_same_name_is_409() {
    let bench = Bench::small().await;
    group(&bench, "Guild", &[]).await;
    let refused = bench.scim("POST", "/Groups", Some(json!({"displayName": "GUILD"}))).await;
    assert_eq!(refused.status, 409);
    assert_eq!(text(&refused.body, "/detail"), "Resource [GROUP]: with displayName[GUILD] already exists.");
}

#[tokio::test]
async fn a_group_with_the_name_of_a_local_one_waits_until_the_takeover_is_accepted() {
    let bench = Bench::small().await;
    let world = bench.sandbox.world();
    let body =
        json!({"userName": "mei.lin", "emails": [{"value": "mei.lin@halden.example", "primary": true}]});
    let mei = text(&bench.scim("POST", "/Users", Some(body)).await.body, "/id").to_owned();
    let before = world.dump().organisation.groups["design"].members.clone();
    group(&bench, "Design", &[mei]).await;
    let dump = world.dump();
    assert!(dump.target.groups["Design"].is_pending);
    assert_eq!(dump.organisation.groups["design"].members, before, "nothing is propagated");
    world.change(&Change::AcceptTakeover { group: "Design".to_owned() }).unwrap();
    let dump = world.dump();
    assert!(!dump.target.groups["Design"].is_pending);
    let taken = &dump.organisation.groups["design"];
    assert!(taken.is_synced);
    assert_eq!(taken.members.iter().collect::<Vec<_>>(), ["mei.lin@halden.example"], "overwritten");
    let search = json!({"groupNames": ["DESIGN"], "expand": ["counts.users"]});
    let found =
        bench.organisation("POST", "/v2/orgs/{org}/directories/-/groups/search", Some(search)).await.body;
    assert_eq!(found["data"][0]["externalSynced"], true);
    assert_eq!(found["data"][0]["managementAccess"]["modifiable"], false);
    assert_eq!(found["data"][0]["counts"]["users"], 1);
}

#[tokio::test]
async fn a_default_access_group_is_never_synced_until_it_is_default_no_more() {
    let bench = Bench::small().await;
    let world = bench.sandbox.world();
    group(&bench, "jira-software-users", &[]).await;
    let name = "jira-software-users".to_owned();
    let accept = Change::AcceptTakeover { group: name.clone() };
    assert_eq!(world.change(&accept), Err(ChangeError::DefaultAccess(name.clone())));
    world.change(&Change::ClearDefaultAccess { group: name }).unwrap();
    world.change(&accept).unwrap();
    assert!(world.dump().organisation.groups["jira-software-users"].is_synced);
}

#[tokio::test]
async fn assumed_a_clash_is_409_in_the_refusing_mode() {
    let bench = Bench::small().await;
    bench.sandbox.world().set_dialect(Dialect { clash: Clash::Refuse, ..Dialect::default() });
    let refused = bench.scim("POST", "/Groups", Some(json!({"displayName": "Design"}))).await;
    assert_eq!(refused.status, 409);
}

#[tokio::test]
async fn deleting_a_synced_group_deletes_the_organisations_and_a_waiting_one_does_not() {
    let bench = Bench::small().await;
    let (synced, waiting) = (group(&bench, "Guild", &[]).await, group(&bench, "Design", &[]).await);
    for created in [&synced, &waiting] {
        let path = format!("/Groups/{}", text(created, "/id"));
        assert_eq!(bench.scim("DELETE", &path, None).await.status, 204);
        assert_eq!(bench.scim("GET", &path, None).await.status, 404);
    }
    let groups = bench.sandbox.world().dump().organisation.groups;
    assert!(!groups.contains_key("Guild"), "permissions and all are gone");
    assert!(groups.contains_key("design"), "the local group was never ours");
}

#[tokio::test]
async fn members_can_be_left_out_of_the_answer() {
    let bench = Bench::small().await;
    let ids = people(&bench, 2).await;
    let created = group(&bench, "Guild", &ids).await;
    let path = format!("/Groups/{}?excludedAttributes=members", text(&created, "/id"));
    assert!(bench.scim("GET", &path, None).await.body.get("members").is_none());
    let list = bench.scim("GET", "/Groups?excludedAttributes=members", None).await.body;
    assert!(list["Resources"][0].get("members").is_none());
    let filter = "/Groups?filter=displayName%20eq%20%22guild%22";
    assert_eq!(bench.scim("GET", filter, None).await.body["totalResults"], 1, "by name in any letter case");
}

#[tokio::test]
async fn drift_on_the_target_side_is_visible_to_clients() {
    let bench = Bench::small().await;
    let world = bench.sandbox.world();
    let ids = people(&bench, 2).await;
    group(&bench, "Guild", &ids).await;
    let person = "member0".to_owned();
    world.change(&Change::TargetRemoveMember { group: "Guild".to_owned(), person: person.clone() }).unwrap();
    world
        .change(&Change::TargetSet { person, attribute: "title".to_owned(), value: "Drifter".to_owned() })
        .unwrap();
    world.change(&Change::TargetDeletePerson { person: "member1".to_owned() }).unwrap();
    let list = bench.scim("GET", "/Groups?filter=displayName%20eq%20%22Guild%22", None).await.body;
    assert_eq!(list["Resources"][0]["members"], json!([]));
    let user = bench.scim("GET", &format!("/Users/{}", ids[0]), None).await.body;
    assert_eq!(text(&user, "/title"), "Drifter");
    assert_eq!(bench.scim("GET", &format!("/Users/{}", ids[1]), None).await.status, 404);
}
