//! Habits of other SCIM servers (performance.md, "Dialects").

use serde_json::{Value, json};

use crate::support::{Answer, Bench, text};

async fn with(dialect: &str) -> Bench {
    let bench = Bench::small().await;
    bench.faults(&[&format!("dialect:{dialect}")]);
    bench
}

async fn create(bench: &Bench, user_name: &str) -> Answer {
    let body = json!({"userName": user_name, "title": "Engineer", "timezone": "Europe/Oslo", "emails":
        [{"value": format!("{user_name}@halden.example"), "type": "work", "primary": true}]});
    bench.scim("POST", "/Users", Some(body)).await
}

async fn group(bench: &Bench, members: &[&str]) -> Value {
    let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
    let answer =
        bench.scim("POST", "/Groups", Some(json!({"displayName": "Guild", "members": members}))).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.body
}

async fn patch(bench: &Bench, group: &Value, operation: Value) -> Answer {
    let path = format!("/Groups/{}", text(group, "/id"));
    bench.scim("PATCH", &path, Some(json!({"Operations": [operation]}))).await
}

fn count(group: &Value) -> usize {
    group["members"].as_array().unwrap().len()
}

#[tokio::test]
async fn attributes_are_dropped_silently() {
    let bench = with("drop=title;timezone").await;
    let created = create(&bench, "kim").await;
    assert_eq!(created.status, 201);
    assert!(created.body.get("title").is_none() && created.body.get("timezone").is_none());
    assert_eq!(bench.sandbox.world().dump().target.users["kim"].title, "", "it is not kept either");
}

#[tokio::test]
async fn patch_answers_204_or_an_empty_200() {
    for (dialect, status) in [("patch-204", 204), ("patch-empty", 200)] {
        let bench = with(dialect).await;
        let path = format!("/Users/{}", text(&create(&bench, "kim").await.body, "/id"));
        let body = json!({"Operations": [{"op": "replace", "path": "title", "value": "Lead"}]});
        let answer = bench.scim("PATCH", &path, Some(body)).await;
        assert_eq!((answer.status, answer.text.as_str()), (status, ""));
        assert_eq!(bench.sandbox.world().dump().target.users["kim"].title, "Lead");
    }
}

#[tokio::test]
async fn members_of_a_new_group_are_ignored() {
    let bench = with("post-members-ignored").await;
    let kim = create(&bench, "kim").await.body;
    assert_eq!(count(&group(&bench, &[text(&kim, "/id")]).await), 0);
}

#[tokio::test]
async fn only_one_form_of_removal_works() {
    for (dialect, path_works, array_works) in
        [("removal=path", true, false), ("removal=array", false, true), ("removal=neither", false, false)]
    {
        let bench = with(dialect).await;
        let kim = create(&bench, "kim").await.body;
        let lee = create(&bench, "lee").await.body;
        let group = group(&bench, &[text(&kim, "/id"), text(&lee, "/id")]).await;
        let path = format!("members[value eq \"{}\"]", text(&kim, "/id"));
        let after = patch(&bench, &group, json!({"op": "remove", "path": path})).await;
        assert_eq!((after.status, count(&after.body)), (200, if path_works { 1 } else { 2 }), "{dialect}");
        let array = json!({"op": "remove", "path": "members", "value": [{"value": lee["id"]}]});
        let before = count(&after.body);
        let after = patch(&bench, &group, array).await;
        assert_eq!((after.status, before - count(&after.body)), (200, usize::from(array_works)), "{dialect}");
    }
}

#[tokio::test]
async fn members_are_merged_kept_or_doubled() {
    let bench = with("replace-merges,remove-all-ignored,double-members").await;
    let kim = create(&bench, "kim").await.body;
    let lee = create(&bench, "lee").await.body;
    let group = group(&bench, &[text(&kim, "/id")]).await;
    let replace = json!({"op": "replace", "path": "members", "value": [{"value": lee["id"]}]});
    assert_eq!(count(&patch(&bench, &group, replace).await.body), 2, "replace adds");
    let remove_all = json!({"op": "remove", "path": "members"});
    assert_eq!(count(&patch(&bench, &group, remove_all).await.body), 2, "removing all does nothing");
    let add = json!({"op": "add", "path": "members", "value": [{"value": lee["id"]}]});
    assert_eq!(count(&patch(&bench, &group, add).await.body), 3, "the same member twice");
}

#[tokio::test]
async fn paging_is_capped_ignored_or_starts_again() {
    let bench = with("page-cap=2").await;
    let page = bench.scim("GET", "/Users?count=100", None).await.body;
    assert_eq!((page["Resources"].as_array().unwrap().len(), page["itemsPerPage"].as_u64()), (2, Some(2)));
    let first = page["Resources"].clone();
    let bench = with("page-cap=2,paging-ignored").await;
    let page = bench.scim("GET", "/Users?startIndex=3", None).await.body;
    assert_eq!(names(&page["Resources"]), names(&first), "always the first page");
    let bench = with("page-cap=2,past-end-repeats").await;
    let page = bench.scim("GET", "/Users?startIndex=99", None).await.body;
    assert_eq!(names(&page["Resources"]), names(&first), "past the end comes page one");
}

fn names(rows: &Value) -> Vec<String> {
    rows.as_array().unwrap().iter().map(|row| text(row, "/userName").to_owned()).collect()
}

#[tokio::test]
async fn errors_and_ids_look_different() {
    let bench = with("bare-409,text-401,unknown-500,name-ids,relative-location,filters-empty").await;
    let created = create(&bench, "kim@halden.example").await;
    assert_eq!(text(&created.body, "/id"), "kim@halden.example", "ids are user names");
    assert_eq!(created.header("location"), "/Users/kim@halden.example");
    let read = bench.scim("GET", "/Users/kim%40halden.example", None).await;
    assert_eq!(read.status, 200, "percent-encoded they are found");
    let refused = create(&bench, "kim@halden.example").await;
    assert_eq!((refused.status, &refused.body["status"]), (409, &json!(409)));
    assert!(refused.body.get("scimType").is_none());
    assert_eq!(bench.scim("GET", "/Users/nobody", None).await.status, 500);
    let filtered = bench.scim("GET", "/Users?filter=userName%20eq%20%22henrik.dahl%22", None).await;
    assert_eq!((filtered.status, filtered.body["totalResults"].as_u64()), (200, Some(0)));
    let url = format!("{}/Users", bench.access.scim_url);
    let refused = bench.request("GET", &url).bearer_auth("another").send().await.unwrap();
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.text().await.unwrap(), "Unauthorized");
}

#[tokio::test]
async fn duplicates_in_other_letter_case_are_taken_and_deleted_users_stay_in_groups() {
    let bench = with("case-sensitive,ghost-members").await;
    let kim = create(&bench, "kim").await.body;
    assert_eq!(create(&bench, "KIM").await.status, 201);
    let group = group(&bench, &[text(&kim, "/id")]).await;
    assert_eq!(bench.scim("DELETE", &format!("/Users/{}", text(&kim, "/id")), None).await.status, 204);
    let after = bench.scim("GET", &format!("/Groups/{}", text(&group, "/id")), None).await.body;
    assert_eq!(text(&after, "/members/0/value"), text(&kim, "/id"), "a ghost");
}

#[tokio::test]
async fn people_outside_the_verified_domains_can_be_refused() {
    let bench = with("refuse-unverified").await;
    let body =
        json!({"userName": "greta", "emails": [{"value": "greta@northfjord.example", "primary": true}]});
    assert_eq!(bench.scim("POST", "/Users", Some(body)).await.status, 400);
}

#[tokio::test]
async fn too_many_members_are_refused() {
    let bench = with("members-cap=1").await;
    let kim = create(&bench, "kim").await.body;
    let lee = create(&bench, "lee").await.body;
    let group = group(&bench, &[text(&kim, "/id")]).await;
    let two = json!([{"value": kim["id"]}, {"value": lee["id"]}]);
    let answer = patch(&bench, &group, json!({"op": "add", "path": "members", "value": two})).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn replacing_what_no_filter_hits_can_be_an_error() {
    let bench = with("strict-targets").await;
    let path = format!("/Users/{}", text(&create(&bench, "kim").await.body, "/id"));
    let body = json!({"Operations": [{"op": "replace", "path": "phoneNumbers[type eq \"work\"].value",
        "value": "+1"}]});
    let answer = bench.scim("PATCH", &path, Some(body)).await;
    assert_eq!((answer.status, text(&answer.body, "/scimType")), (400, "noTarget"));
}

#[tokio::test]
async fn a_dialect_ends_with_its_fault() {
    let bench = with("patch-204").await;
    bench.faults(&[]);
    let path = format!("/Users/{}", text(&create(&bench, "kim").await.body, "/id"));
    let body = json!({"Operations": [{"op": "replace", "path": "title", "value": "Lead"}]});
    assert_eq!(bench.scim("PATCH", &path, Some(body)).await.status, 200);
}
