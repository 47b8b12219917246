//! JumpCloud's habits (facts on JumpCloud, sections 1 to 4).

use std::collections::BTreeSet;

use lockstep_sandbox::Change;
use serde_json::{Value, json};

use crate::support::{Bench, text};

#[tokio::test]
async fn another_key_gets_401_and_the_organisation_header_follows_its_rules() {
    let bench = Bench::small().await;
    let key = &bench.access.jumpcloud_api_key;
    let ask = async |path: &str, key: &str, organisation: Option<&str>| {
        let mut request = bench.request("GET", &format!("{}{path}", bench.access.jumpcloud_url));
        request = request.header("x-api-key", key);
        if let Some(organisation) = organisation {
            request = request.header("x-org-id", organisation);
        }
        request.send().await.unwrap().status().as_u16()
    };
    let organisations = bench.jumpcloud("GET", "/api/organizations", None).await.body;
    let ours = text(&organisations, "/results/0/_id");
    assert_eq!(ask("/api/systemusers", "another", None).await, 401, "another key");
    assert_eq!(ask("/api/systemusers", key, Some(ours)).await, 200, "our organisation");
    assert_eq!(ask("/api/systemusers", key, Some("ours")).await, 400, "a malformed id");
    assert_eq!(
        ask("/api/systemusers", key, Some("0123456789abcdef01234567")).await,
        404,
        "another organisation"
    );
    assert_eq!(
        ask("/api/organizations", key, Some(ours)).await,
        403,
        "a route that does not support the header"
    );
}

#[tokio::test]
async fn a_limit_above_100_is_refused_with_the_words_of_the_service() {
    let bench = Bench::small().await;
    let answer = bench.jumpcloud("GET", "/api/systemusers?limit=101", None).await;
    assert_eq!(answer.status, 400);
    let expected = "Bad Request: request parameter \"limit\" exceeds maximum value of 100";
    assert_eq!(answer.body, json!({"message": expected}));
    assert_eq!(bench.jumpcloud("GET", "/api/v2/usergroups?limit=101", None).await.status, 400);
}

#[tokio::test]
async fn the_default_page_is_ten_and_totals_are_in_the_body_or_the_header() {
    let bench = Bench::small().await;
    let people = bench.jumpcloud("GET", "/api/systemusers?sort=_id", None).await.body;
    assert_eq!(people["results"].as_array().unwrap().len(), 10, "V1's default page");
    assert_eq!(people["totalCount"], 41, "V1's total is in the body");
    let groups = bench.jumpcloud("GET", "/api/v2/usergroups?sort=name", None).await;
    assert_eq!(groups.body.as_array().unwrap().len(), 10, "V2's default page");
    assert_eq!(groups.header("x-total-count"), "13", "V2's total is in the header");
}

fn ids(rows: &[Value]) -> BTreeSet<&str> {
    rows.iter().map(|row| text(row, "/_id")).collect()
}

#[tokio::test]
async fn pages_without_an_order_miss_people_and_pages_by_id_do_not() {
    let bench = Bench::custom("custom:people=350,groups=4").await;
    let ordered = bench.all("/api/systemusers?sort=_id").await;
    assert_eq!(ids(&ordered).len(), 350, "by id, everybody is seen once");
    let unordered = bench.all("/api/systemusers?fields=email").await;
    assert!(ids(&unordered).len() < 350, "without an order, somebody is missed");
}

#[tokio::test]
async fn fields_are_parted_by_spaces_and_leave_the_id() {
    let bench = Bench::small().await;
    let answer =
        bench.jumpcloud("GET", "/api/systemusers?fields=email%20username&sort=_id&limit=1", None).await;
    let members: Vec<&String> = answer.body["results"][0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["_id", "email", "username"]);
}

#[tokio::test]
async fn filters_find_by_value_and_letter_case() {
    let bench = Bench::small().await;
    let count = async |query: &str| {
        let answer = bench.jumpcloud("GET", &format!("/api/systemusers?sort=_id&{query}"), None).await;
        answer.body["totalCount"].as_u64().unwrap()
    };
    assert_eq!(count("filter=username:%24eq:ada.moreau").await, 1);
    assert_eq!(count("filter=username:%24eq:Ada.Moreau").await, 0, "values are case-sensitive");
    assert_eq!(count("filter=state:%24eq:SUSPENDED").await, 1);
    assert_eq!(
        count("filter%5Bor%5D%5B0%5D=username:%24eq:ada.moreau&filter%5Bor%5D%5B1%5D=username:%24eq:mei.lin")
            .await,
        2
    );
    let search = json!({"searchFilter": {"searchTerm": "@halden-labs", "fields": ["email"]}, "limit": 1000});
    let found = bench.jumpcloud("POST", "/api/search/systemusers", Some(search)).await.body;
    assert_eq!(found["totalCount"], 2);
}

#[tokio::test]
async fn put_changes_only_what_is_sent() {
    let bench = Bench::small().await;
    let ada = bench.jumpcloud("GET", "/api/systemusers?filter=username:%24eq:ada.moreau", None).await.body;
    let path = format!("/api/systemusers/{}", text(&ada, "/results/0/_id"));
    let before = bench.jumpcloud("GET", &path, None).await.body;
    let after = bench.jumpcloud("PUT", &path, Some(json!({"jobTitle": "CTO"}))).await;
    assert_eq!(after.status, 200);
    assert_eq!(after.body["jobTitle"], "CTO");
    assert_eq!(after.body["attributes"], before["attributes"], "custom attributes stay");
}

#[tokio::test]
async fn suspending_sets_both_fields_and_either_of_them_suspends() {
    let bench = Bench::small().await;
    let ada = bench.jumpcloud("GET", "/api/systemusers?filter=username:%24eq:ada.moreau", None).await.body;
    let path = format!("/api/systemusers/{}", text(&ada, "/results/0/_id"));
    let both = json!({"state": "SUSPENDED", "suspended": true});
    for body in [json!({"suspended": true}), json!({"state": "SUSPENDED"}), both] {
        let answer = bench.jumpcloud("PUT", &path, Some(body)).await.body;
        assert_eq!((text(&answer, "/state"), &answer["suspended"]), ("SUSPENDED", &json!(true)));
        let answer = bench.jumpcloud("PUT", &path, Some(json!({"suspended": false}))).await.body;
        assert_eq!((text(&answer, "/state"), &answer["suspended"]), ("ACTIVATED", &json!(false)));
    }
}

#[tokio::test]
async fn assumed_a_contradiction_of_state_and_suspended_is_refused() {
    let bench = Bench::small().await;
    let ada = bench.jumpcloud("GET", "/api/systemusers?filter=username:%24eq:ada.moreau", None).await.body;
    let path = format!("/api/systemusers/{}", text(&ada, "/results/0/_id"));
    let body = json!({"state": "ACTIVATED", "suspended": true});
    assert_eq!(bench.jumpcloud("PUT", &path, Some(body)).await.status, 400);
}

#[tokio::test]
async fn creating_somebody_answers_200_and_a_second_time_400() {
    let bench = Bench::small().await;
    let body = json!({"username": "ottilie.frost", "email": "Ottilie.Frost@halden.example"});
    let created = bench.jumpcloud("POST", "/api/systemusers", Some(body.clone())).await;
    assert_eq!(created.status, 200, "{}", created.text);
    assert_eq!(text(&created.body, "/email"), "ottilie.frost@halden.example", "addresses are lower-cased");
    let again = bench.jumpcloud("POST", "/api/systemusers", Some(body)).await;
    assert_eq!((again.status, text(&again.body, "/message")), (400, "User already exists"));
    let illegal = json!({"username": "otti@halden.example", "email": "otti@halden.example"});
    assert_eq!(
        bench.jumpcloud("POST", "/api/systemusers", Some(illegal)).await.status,
        400,
        "no @ in a user name"
    );
}

#[tokio::test]
async fn a_manager_is_deleted_only_with_the_cascade() {
    let bench = Bench::small().await;
    let ada = bench.jumpcloud("GET", "/api/systemusers?filter=username:%24eq:ada.moreau", None).await.body;
    let path = format!("/api/systemusers/{}", text(&ada, "/results/0/_id"));
    assert_eq!(bench.jumpcloud("DELETE", &path, None).await.status, 409);
    let cascade = format!("{path}?cascade_manager=null");
    assert_eq!(bench.jumpcloud("DELETE", &cascade, None).await.status, 200);
    assert_eq!(bench.jumpcloud("GET", &path, None).await.status, 404);
}

async fn group_id(bench: &Bench, name: &str) -> String {
    let groups = bench.all("/api/v2/usergroups?sort=name").await;
    let group = groups.iter().find(|group| text(group, "/name") == name).unwrap();
    text(group, "/id").to_owned()
}

async fn person_id(bench: &Bench, username: &str) -> String {
    let path = format!("/api/systemusers?filter=username:%24eq:{username}");
    text(&bench.jumpcloud("GET", &path, None).await.body, "/results/0/_id").to_owned()
}

#[tokio::test]
async fn the_list_of_groups_leaves_out_how_members_get_in() {
    let bench = Bench::small().await;
    let list = bench.jumpcloud("GET", "/api/v2/usergroups?sort=name", None).await.body;
    assert!(list[0].get("membershipMethod").is_none(), "not in the list");
    let id = text(&list[0], "/id");
    let group = bench.jumpcloud("GET", &format!("/api/v2/usergroups/{id}"), None).await.body;
    let method = (text(&list[0], "/name"), text(&group, "/membershipMethod"));
    assert_eq!(method, ("Contractors", "DYNAMIC_AUTOMATED"), "in the group itself");
    let id = group_id(&bench, "Design").await;
    let group = bench.jumpcloud("GET", &format!("/api/v2/usergroups/{id}"), None).await.body;
    assert_eq!(text(&group, "/membershipMethod"), "STATIC", "the usual one");
}

#[tokio::test]
async fn members_are_added_and_removed_one_by_one_with_the_graphs_answers() {
    let bench = Bench::small().await;
    let (group, person) = (group_id(&bench, "Reception").await, person_id(&bench, "ada.moreau").await);
    let path = format!("/api/v2/usergroups/{group}/members");
    let change = async |path: &str, op: &str, id: &str| {
        let answer = bench.jumpcloud("POST", path, Some(json!({"op": op, "type": "user", "id": id}))).await;
        (answer.status, text(&answer.body, "/message").to_owned())
    };
    assert_eq!(change(&path, "add", &person).await.0, 204);
    assert_eq!(change(&path, "add", &person).await, (409, "Already Exists".to_owned()));
    assert_eq!(change(&path, "remove", &person).await.0, 204);
    assert_eq!(change(&path, "remove", &person).await, (404, "Not Found".to_owned()));
    assert_eq!(change(&path, "add", "000000000000000000000000").await.0, 404, "nobody has this id");
    let unknown = "/api/v2/usergroups/000000000000000000000000/members";
    assert_eq!(change(unknown, "add", &person).await, (400, "user_group not found".to_owned()));
}

#[tokio::test]
async fn a_groups_put_replaces_the_whole_object_and_needs_a_name() {
    let bench = Bench::small().await;
    let created = json!({"name": "Glassworks", "description": "Lenses"});
    let created = bench.jumpcloud("POST", "/api/v2/usergroups", Some(created)).await;
    assert_eq!(created.status, 201);
    let path = format!("/api/v2/usergroups/{}", text(&created.body, "/id"));
    let renamed = bench.jumpcloud("PUT", &path, Some(json!({"name": "Glass works"}))).await.body;
    assert_eq!((text(&renamed, "/name"), text(&renamed, "/description")), ("Glass works", ""));
    assert_eq!(bench.jumpcloud("PUT", &path, Some(json!({"description": "x"}))).await.status, 400);
    let taken = bench.jumpcloud("POST", "/api/v2/usergroups", Some(json!({"name": "Engineering"}))).await;
    assert_eq!(taken.status, 409, "names are unique");
    assert_eq!(bench.jumpcloud("DELETE", &path, None).await.status, 204);
}

#[tokio::test]
async fn the_application_reaches_exactly_the_members_of_its_bound_groups() {
    let bench = Bench::small().await;
    let application = &bench.access.application;
    let groups = bench.all(&format!("/api/v2/applications/{application}/usergroups")).await;
    let mut members = BTreeSet::new();
    for group in &groups {
        let id = text(group, "/id");
        for member in bench.all(&format!("/api/v2/usergroups/{id}/members")).await {
            members.insert(text(&member, "/to/id").to_owned());
        }
    }
    let reached = bench.all(&format!("/api/v2/applications/{application}/users")).await;
    let reached: BTreeSet<String> = reached.iter().map(|row| text(row, "/id").to_owned()).collect();
    assert_eq!(reached, members);
    let tessa = person_id(&bench, "tessa.brandt").await;
    assert!(!reached.contains(&tessa), "tessa.brandt is in no bound group");
    let stranger = bench.jumpcloud("GET", "/api/v2/users/000000000000000000000000/memberof", None).await;
    assert_eq!((stranger.status, stranger.body), (200, json!([])), "an unknown person has no groups");
}

#[tokio::test]
async fn binding_and_unbinding_changes_whom_the_application_reaches() {
    let bench = Bench::small().await;
    let application = &bench.access.application;
    let path = format!("/api/v2/applications/{application}/associations");
    let reached = async || bench.all(&format!("/api/v2/applications/{application}/users")).await.len();
    let before = reached().await;
    let id = group_id(&bench, "Reception").await;
    let body = |op: &str| Some(json!({"op": op, "type": "user_group", "id": id}));
    assert_eq!(bench.jumpcloud("POST", &path, body("add")).await.status, 204);
    assert_eq!(bench.jumpcloud("POST", &path, body("add")).await.status, 409);
    assert_eq!(reached().await, before + 2);
    assert_eq!(bench.jumpcloud("POST", &path, body("remove")).await.status, 204);
    assert_eq!(reached().await, before);
    let without = format!("/api/v2/applications/{application}/associations");
    assert_eq!(bench.jumpcloud("GET", &without, None).await.status, 400, "targets is required");
}

#[tokio::test]
async fn an_applications_put_resets_what_it_leaves_out_and_makes_a_new_certificate() {
    let bench = Bench::small().await;
    let path = format!("/api/applications/{}", bench.access.application);
    let before = bench.jumpcloud("GET", &path, None).await.body;
    let same = bench.jumpcloud("PUT", &path, Some(before.clone())).await.body;
    assert_eq!(same["config"], before["config"], "the complete object keeps everything");
    let mut less = before.clone();
    less["config"].as_object_mut().unwrap().remove("idpCertificate");
    less["config"].as_object_mut().unwrap().remove("spEntityId");
    let after = bench.jumpcloud("PUT", &path, Some(less)).await.body;
    assert_eq!(text(&after, "/config/spEntityId/value"), "", "back to the template's default");
    assert_ne!(after["config"]["idpCertificate"], before["config"]["idpCertificate"], "a new certificate");
    let groups =
        bench.all(&format!("{path}/associations?targets=user_group").replace("/api/", "/api/v2/")).await;
    assert_eq!(groups.len(), 10, "bindings are no part of the object");
    let body = json!({"name": "atlassiancloud", "config": {}});
    let refused = bench.jumpcloud("POST", "/api/applications", Some(body)).await;
    assert_eq!(refused.body, json!({"status": 400, "error": "The IdP URL is required"}));
}

#[tokio::test]
async fn a_bulk_job_tells_row_by_row_who_was_created() {
    let bench = Bench::small().await;
    let people = json!([
        {"username": "one.new", "email": "one.new@halden.example"},
        {"username": "ada.moreau", "email": "ada.moreau@halden.example"},
    ]);
    let job = bench.jumpcloud("POST", "/api/v2/bulk/users?suppressEmail=true", Some(people)).await;
    assert_eq!(job.status, 201);
    let path = format!("/api/v2/bulk/users/{}/results?limit=100", text(&job.body, "/jobId"));
    let rows = bench.jumpcloud("GET", &path, None).await.body;
    let statuses: Vec<&str> = rows.as_array().unwrap().iter().map(|row| text(row, "/status")).collect();
    assert_eq!(statuses, ["finished", "failed"]);
    assert_eq!(text(&rows[1], "/statusMsg"), "User already exists");
}

#[tokio::test]
async fn directory_insights_tells_who_left_a_group_when_and_by_whom() {
    let bench = Bench::small().await;
    let query = json!({"service": ["directory"], "start_time": "2020-01-01T00:00:00Z",
        "search_term": {"and": [{"event_type": "association_change"}, {"association.op": "remove"}]}});
    let events = bench.jumpcloud("POST", "/insights/directory/v1/events", Some(query)).await.body;
    let hannah = events
        .as_array()
        .unwrap()
        .iter()
        .find(|event| text(event, "/association/connection/to/name") == "hannah.goldberg");
    let hannah = hannah.unwrap();
    assert_eq!(text(hannah, "/association/connection/from/name"), "Engineering");
    assert!(text(hannah, "/timestamp").contains("T08:51:00"), "at 08:51: {hannah}");
    assert_eq!(text(hannah, "/initiated_by/email"), "ingrid.halvorsen@halden.example");
    assert!(hannah.get("resource").is_none(), "an association_change has no resource");
}

#[tokio::test]
async fn directory_insights_records_changes_and_pages_by_search_after() {
    let bench = Bench::small().await;
    let world = bench.sandbox.world();
    world.change(&Change::Suspend { person: "mei.lin".to_owned() }).unwrap();
    world.change(&Change::RemoveMember { group: "Design".to_owned(), person: "mei.lin".to_owned() }).unwrap();
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let query = json!({"service": ["all"], "start_time": "2020-01-01T00:00:00Z", "limit": 4,
            "search_after": after});
        let page = bench.jumpcloud("POST", "/insights/directory/v1/events", Some(query)).await;
        seen.extend(page.body.as_array().unwrap().iter().map(|event| text(event, "/event_type").to_owned()));
        if page.header("x-result-count").parse::<u32>().unwrap() < 4 {
            break;
        }
        after = serde_json::from_str(page.header("x-search_after")).unwrap();
    }
    assert_eq!(seen.len(), 13, "eleven events of before and two of now: {seen:?}");
    assert_eq!(seen[11..], ["user_suspended", "association_change"]);
    let count = json!({"service": ["directory"], "start_time": "2020-01-01T00:00:00Z"});
    let count = bench.jumpcloud("POST", "/insights/directory/v1/events/count", Some(count)).await.body;
    assert_eq!(count, json!({"count": 13}));
    let future = json!({"service": ["directory"], "start_time": "2999-01-01T00:00:00Z"});
    assert_eq!(bench.jumpcloud("POST", "/insights/directory/v1/events", Some(future)).await.status, 400);
}
