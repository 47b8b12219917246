//! Faults, seen by a raw client.

use std::time::{Duration, Instant};

use lockstep_sandbox::{Fault, FaultError, SandboxOptions};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Bench, text};

fn user(user_name: &str) -> Option<Value> {
    let email = format!("{user_name}@halden.example");
    Some(json!({"userName": user_name, "emails": [{"value": email, "type": "work", "primary": true}]}))
}

/// Asks with a bare socket and returns all that comes until the connection closes.
async fn raw(bench: &Bench, path: &str) -> Vec<u8> {
    let address = bench.access.jumpcloud_url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let key = &bench.access.jumpcloud_api_key;
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nx-api-key: {key}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    // A reset counts as an end, too.
    let _ = stream.read_to_end(&mut bytes).await;
    bytes
}

#[tokio::test]
async fn the_nth_matching_request_is_struck_and_only_so_often() {
    let bench = Bench::small().await;
    bench.faults(&["server-error:nth=2,count=2,side=scim,method=GET,path=/Users,status=502"]);
    let mut statuses = Vec::new();
    for path in ["/Groups", "/Users", "/Users", "/Users?count=1", "/Users"] {
        statuses.push(bench.scim("GET", path, None).await.status);
    }
    assert_eq!(statuses, [200, 200, 502, 502, 200]);
    assert_eq!(
        bench.jumpcloud("GET", "/api/systemusers", None).await.status,
        200,
        "the other side is spared"
    );
}

#[tokio::test]
async fn every_and_after_and_probability_choose_requests() {
    let bench = Bench::small().await;
    let statuses = async |spec: &str| {
        bench.faults(&[spec]);
        let mut statuses = Vec::new();
        for _ in 0..6 {
            statuses.push(bench.scim("GET", "/Users?count=1", None).await.status);
        }
        statuses
    };
    assert_eq!(statuses("status:status=500,every=3").await, [200, 200, 500, 200, 200, 500]);
    assert_eq!(statuses("status:status=500,after=4").await, [200, 200, 200, 200, 500, 500]);
    assert_eq!(statuses("status:status=500,probability=0").await, [200; 6]);
    assert_eq!(statuses("status:status=500,probability=1").await, [500; 6]);
}

#[tokio::test]
async fn a_drop_before_leaves_no_answer_and_no_effect() {
    let bench = Bench::small().await;
    bench.faults(&["drop-before:nth=1,method=POST,side=scim"]);
    let error = bench.try_scim("POST", "/Users", user("lost.one")).await.unwrap_err();
    assert!(error.status().is_none(), "there is no status: {error}");
    assert!(!bench.sandbox.world().dump().target.users.contains_key("lost.one"), "nothing happened");
    let log = bench.sandbox.requests().all();
    assert_eq!((log[0].status, log[0].fault.is_some()), (None, true), "the log says that it was dropped");
}

#[tokio::test]
async fn a_drop_after_leaves_no_answer_but_the_effect() {
    let bench = Bench::small().await;
    bench.faults(&["drop-after:nth=1,method=POST,side=scim"]);
    let error = bench.try_scim("POST", "/Users", user("kept.one")).await.unwrap_err();
    assert!(error.status().is_none(), "there is no status: {error}");
    assert!(bench.sandbox.world().dump().target.users.contains_key("kept.one"), "the write was committed");
}

#[tokio::test]
async fn a_dropped_connection_sends_not_one_byte() {
    let bench = Bench::small().await;
    for spec in ["drop-before:nth=1", "drop-after:nth=1"] {
        bench.faults(&[spec]);
        assert_eq!(raw(&bench, "/api/systemusers").await, b"", "{spec}");
        assert!(
            raw(&bench, "/api/systemusers").await.starts_with(b"HTTP/1.1 200"),
            "the next one is answered"
        );
    }
}

#[tokio::test]
async fn a_cut_body_promises_more_than_it_sends() {
    let bench = Bench::small().await;
    bench.faults(&["cut-body:nth=1"]);
    let bytes = raw(&bench, "/api/systemusers").await;
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = head.split_once("\r\n\r\n").unwrap();
    let promised = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "the status is fine: {head}");
    assert!(
        !body.is_empty() && promised.parse::<usize>().unwrap() > body.len(),
        "{promised} > {}",
        body.len()
    );
    bench.faults(&["cut-body:nth=1"]);
    assert!(bench.try_jumpcloud("GET", "/api/systemusers", None).await.is_err(), "a client sees an error");
}

#[tokio::test]
async fn a_malformed_answer_is_whole_and_no_json() {
    let bench = Bench::small().await;
    bench.faults(&["malformed:nth=1"]);
    let answer = bench.jumpcloud("GET", "/api/systemusers", None).await;
    assert_eq!((answer.status, answer.body), (200, Value::Null));
    assert!(answer.text.starts_with('{'));
}

#[tokio::test]
async fn lists_lose_rows_pages_or_totals() {
    let bench = Bench::small().await;
    let ask = async |spec: &str| {
        bench.faults(&[spec]);
        let body = bench.jumpcloud("GET", "/api/systemusers?sort=_id&limit=20", None).await.body;
        (body["results"].as_array().unwrap().len(), body["totalCount"].as_u64().unwrap())
    };
    assert_eq!(ask("short-page:nth=1").await, (10, 41));
    assert_eq!(ask("short-page:nth=1,rows=3").await, (3, 41));
    assert_eq!(ask("missing-page:nth=1").await, (0, 41));
    assert_eq!(ask("empty-list:nth=1").await, (0, 0));
    assert_eq!(ask("changed-total:nth=1,by=-5").await, (20, 36));
    bench.faults(&["changed-total:nth=1,by=2", "short-page:nth=2,side=scim,rows=0"]);
    let groups = bench.jumpcloud("GET", "/api/v2/usergroups?limit=100&sort=name", None).await;
    assert_eq!(groups.header("x-total-count"), "15", "totals in headers change too");
    bench.faults(&["short-page:side=scim,rows=1"]);
    let users = bench.scim("GET", "/Users", None).await.body;
    assert_eq!((users["Resources"].as_array().unwrap().len(), users["totalResults"].as_u64()), (1, Some(5)));
}

#[tokio::test]
async fn errors_come_in_the_shape_of_their_side() {
    let bench = Bench::small().await;
    bench.faults(&["server-error:status=503,retry-after=7"]);
    let scim = bench.scim("GET", "/Users", None).await;
    assert_eq!((scim.status, text(&scim.body, "/status"), scim.header("retry-after")), (503, "503", "7"));
    let organisation = bench.organisation("GET", "/v1/orgs", None).await.body;
    assert_eq!(text(&organisation, "/errors/0/code"), "ADMIN-503-1");
    let jumpcloud = bench.jumpcloud("GET", "/api/systemusers", None).await.body;
    assert_eq!(text(&jumpcloud, "/message"), "Service Unavailable");
    bench.faults(&["revoked-key:side=scim,after=1"]);
    assert_eq!(bench.scim("GET", "/Users", None).await.status, 200);
    let refused = bench.scim("GET", "/Users", None).await;
    assert_eq!((refused.status, refused.body.get("schemas")), (401, None));
}

#[tokio::test]
async fn all_error_shapes_of_jumpcloud_can_be_played() {
    let bench = Bench::small().await;
    let ask = async |shape: &str| {
        bench.faults(&[&format!("error-shape:shape={shape}")]);
        let answer = bench.jumpcloud("GET", "/api/systemusers", None).await;
        assert_eq!(answer.status, 400);
        answer
    };
    assert_eq!(ask("message").await.body, json!({"message": "Bad Request"}));
    assert_eq!(ask("status-error").await.body, json!({"status": 400, "error": "Bad Request"}));
    assert_eq!(ask("error").await.body, json!({"error": "Bad Request"}));
    assert_eq!(ask("code-message").await.body["status"], "INVALID_ARGUMENT");
    assert_eq!(ask("invalid-argument").await.body["error"], "INVALID_ARGUMENT");
    assert_eq!(ask("already-exists").await.body, json!({"message": "Already Exists"}));
    assert_eq!(ask("text").await.text, "Bad Request");
    bench.faults(&["html-error"]);
    let wall = bench.jumpcloud("GET", "/api/systemusers", None).await;
    assert_eq!(wall.status, 403);
    assert!(wall.header("content-type").starts_with("text/html") && wall.text.contains("suspected abuse"));
}

#[tokio::test]
async fn writes_beyond_the_rate_get_429_and_reads_do_not() {
    let bench = Bench::small().await;
    bench.faults(&["rate-limit:rate=0.001,burst=2,retry-after=1,side=scim"]);
    let mut statuses = Vec::new();
    for number in 0..4 {
        let answer = bench.scim("POST", "/Users", user(&format!("rated{number}"))).await;
        statuses.push((answer.status, answer.header("retry-after").to_owned()));
    }
    let limited = (429, "1".to_owned());
    assert_eq!(statuses, [(201, String::new()), (201, String::new()), limited.clone(), limited]);
    assert_eq!(bench.scim("GET", "/Users", None).await.status, 200, "reads are not counted");
    assert_eq!(bench.sandbox.requests().counters().rate_limited, 2);
    bench.faults(&["rate-limit:rate=0.001,burst=0"]);
    let answer = bench.scim("POST", "/Users", user("rated9")).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, ""), "the header can be missing");
}

#[tokio::test]
async fn the_rate_refills_with_time() {
    let bench = Bench::small().await;
    bench.faults(&["rate-limit:rate=50,burst=1"]);
    let (started, mut created, mut limited) = (Instant::now(), 0, 0);
    while created < 11 {
        match bench.scim("POST", "/Users", user(&format!("steady{created}"))).await.status {
            201 => created += 1,
            429 => limited += 1,
            other => panic!("unexpected {other}"),
        }
    }
    assert!(
        started.elapsed() >= Duration::from_millis(200),
        "ten more at 50 per second take a fifth of a second"
    );
    assert!(limited > 0, "a client that does not wait is limited");
}

#[tokio::test]
async fn slow_answers_are_slow_and_hanging_ones_never_come() {
    let bench = Bench::small().await;
    bench.faults(&["slow:ms=60,nth=1"]);
    let started = Instant::now();
    assert_eq!(bench.jumpcloud("GET", "/api/systemusers", None).await.status, 200);
    assert!(started.elapsed() >= Duration::from_millis(60));
    bench.faults(&["hang:nth=1"]);
    let never =
        tokio::time::timeout(Duration::from_millis(150), bench.jumpcloud("GET", "/api/systemusers", None));
    assert!(never.await.is_err(), "no answer within the time");
    bench.sandbox.stop().await;
}

#[tokio::test]
async fn faults_are_in_force_from_the_first_request_on() {
    let faults = vec!["status:status=500,nth=1".parse().unwrap()];
    let bench = Bench::with(SandboxOptions { faults, ..SandboxOptions::default() }).await;
    assert_eq!(bench.jumpcloud("GET", "/api/systemusers", None).await.status, 500);
}

#[test]
fn a_fault_that_cannot_be_read_says_why() {
    let error = |text: &str| text.parse::<Fault>().unwrap_err();
    assert_eq!(error("earthquake"), FaultError::Kind("earthquake".to_owned()));
    assert!(matches!(error("slow:ms=soon"), FaultError::Value { .. }));
    assert!(matches!(error("slow:colour=red"), FaultError::Key { .. }));
    assert!(matches!(error("drop-after:nth=0"), FaultError::Value { .. }));
    assert!(matches!(error("revoked-key:after=10"), FaultError::SideMissing(_)));
    assert!(matches!(error("server-error:status=200"), FaultError::Value { .. }));
    assert!(matches!(error("dialect:patch-205"), FaultError::Dialect(_)));
}
