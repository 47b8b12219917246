//! The control endpoint and the request log.

use serde_json::json;

use crate::support::{Bench, text};

#[tokio::test]
async fn changes_over_http_do_what_the_handle_does() {
    let bench = Bench::small().await;
    let changes = json!([
        {"change": "suspend", "person": "ada.moreau"},
        {"change": "create_person", "username": "tove.berg", "email": "tove.berg@halden.example",
         "firstname": "Tove", "lastname": "Berg", "groups": ["Engineering"], "attributes": {"jobTitle": "Intern"}},
        {"change": "rename_group", "group": "Finance", "to": "Money"},
        {"change": "unbind_group", "group": "Design"},
        {"change": "set_attribute", "person": "mei.lin", "field": "attributes.nickName", "value": "Mei"},
        {"change": "regenerate_scim_key"},
    ]);
    let made = bench.control("POST", "/changes", Some(changes)).await;
    assert_eq!((made.status, made.body["made"].as_u64()), (200, Some(6)));
    assert_eq!(text(&made.body, "/scim_token"), bench.sandbox.world().scim_token());
    let dump = bench.control("GET", "/dump", None).await.body;
    assert_eq!(text(&dump, "/source/people/ada.moreau/state"), "SUSPENDED");
    assert_eq!(text(&dump, "/source/people/tove.berg/job_title"), "Intern");
    assert_eq!(dump["source"]["groups"]["Money"]["is_bound"], true);
    assert_eq!(dump["source"]["groups"]["Design"]["is_bound"], false);
    assert_eq!(text(&dump, "/source/people/mei.lin/attributes/nickName"), "Mei");
    let members = &dump["source"]["groups"]["Engineering"]["members"];
    assert!(members.as_array().unwrap().contains(&json!("tove.berg")));
}

#[tokio::test]
async fn a_change_that_cannot_be_made_says_why() {
    let bench = Bench::small().await;
    let refused =
        bench.control("POST", "/changes", Some(json!({"change": "suspend", "person": "nobody"}))).await;
    assert_eq!(refused.status, 400);
    assert_eq!(text(&refused.body, "/error"), "There is nobody called \"nobody\" on this side");
    assert_eq!(bench.control("POST", "/changes", Some(json!({"change": "explode"}))).await.status, 400);
    let faults = bench.control("PUT", "/faults", Some(json!({"faults": ["slow:ms=never"]}))).await;
    assert_eq!(faults.status, 400);
}

#[tokio::test]
async fn faults_dialect_and_latency_can_be_set_over_http() {
    let bench = Bench::small().await;
    let faults = json!({"faults": ["status:status=503,nth=1,side=scim"]});
    assert_eq!(bench.control("PUT", "/faults", Some(faults)).await.status, 204);
    assert_eq!(bench.control("PUT", "/dialect", Some(json!({"page-cap": 2}))).await.status, 204);
    assert_eq!(bench.control("PUT", "/latency", Some(json!({"ms": 5}))).await.status, 204);
    let state = bench.control("GET", "/state", None).await.body;
    assert_eq!(state["faults"], json!(["status:status=503,nth=1,side=scim"]));
    assert_eq!((state["latency_ms"].as_u64(), state["dialect"]["page-cap"].as_u64()), (Some(5), Some(2)));
    assert_eq!(bench.scim("GET", "/Users", None).await.status, 503);
    assert_eq!(bench.scim("GET", "/Users", None).await.body["itemsPerPage"], 2);
}

#[tokio::test]
async fn the_control_endpoint_is_not_for_web_pages() {
    let bench = Bench::small().await;
    let url = format!("{}/state", bench.access.control_url);
    let refused =
        bench.request("GET", &url).header("origin", "https://elsewhere.example").send().await.unwrap();
    assert_eq!(refused.status(), 403);
}

#[tokio::test]
async fn the_log_counts_by_route_and_writes_apart_and_holds_no_key() {
    let bench = Bench::small().await;
    bench.jumpcloud("GET", "/api/systemusers?limit=5", None).await;
    bench.jumpcloud("POST", "/api/search/systemusers", Some(json!({}))).await;
    let body = json!({"userName": "kim", "emails": [{"value": "kim@halden.example", "primary": true}]});
    let id = text(&bench.scim("POST", "/Users", Some(body)).await.body, "/id").to_owned();
    let body = json!({"Operations": [{"op": "replace", "path": "title", "value": "Lead"}]});
    bench.scim("PATCH", &format!("/Users/{id}"), Some(body.clone())).await;
    bench.control("GET", "/state", None).await;
    let log = bench.sandbox.requests();
    let counters = log.counters();
    assert_eq!((counters.total, counters.writes, counters.successful_writes), (4, 2, 2));
    assert_eq!(counters.by_route["PATCH /scim/directory/{id}/Users/{id}"], 1);
    assert_eq!(counters.by_route["GET /api/systemusers"], 1);
    let writes = log.writes();
    assert_eq!((writes[1].method.as_str(), writes[1].body.as_ref()), ("PATCH", Some(&body)));
    assert_eq!(log.matching("GET", "/api/systemusers")[0].path, "/api/systemusers?limit=5");
    let text = serde_json::to_string(&log.all()).unwrap();
    for key in [&bench.access.scim_token, &bench.access.jumpcloud_api_key, &bench.access.organisation_key] {
        assert!(!text.contains(key.as_str()), "no key is in the log");
    }
    log.reset();
    assert_eq!(log.counters().total, 0);
}

#[tokio::test]
async fn access_has_exactly_the_members_of_the_contract() {
    let bench = Bench::small().await;
    let access = serde_json::to_value(&bench.access).unwrap();
    let mut members: Vec<&String> = access.as_object().unwrap().keys().collect();
    members.sort();
    let expected = [
        "application",
        "control_url",
        "insights_url",
        "jumpcloud_api_key",
        "jumpcloud_url",
        "organisation_id",
        "organisation_key",
        "organisation_url",
        "scim_token",
        "scim_url",
    ];
    assert_eq!(members, expected);
}

#[tokio::test]
async fn a_stopped_sandbox_answers_no_more_and_frees_its_port() {
    let bench = Bench::small().await;
    let url = bench.access.jumpcloud_url.clone();
    let port: u16 = url.rsplit(':').next().unwrap().parse().unwrap();
    assert_eq!(bench.jumpcloud("GET", "/api/systemusers", None).await.status, 200);
    bench.sandbox.stop().await;
    let options = lockstep_sandbox::SandboxOptions { port, ..Default::default() };
    assert!(lockstep_sandbox::Sandbox::start(options).await.is_ok(), "the port is free again");
}
