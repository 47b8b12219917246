//! Reading a SCIM directory whose server pages in its own way, or fails.

use lockstep_core::snapshot::Completeness;
use lockstep_engine::connectors::atlassian_scim::{ScimReading, read_directory};
use lockstep_engine::http::ConnectorError;
use serde_json::{Value, json};

use super::scim::scim;
use crate::http::server::{Reply, Seen, Server};

/// How a server pages.
#[derive(Clone, Copy)]
struct Paging {
    users: usize,
    cap: usize,
    says_total: bool,
    ignores_start: bool,
    repeats_past_end: bool,
}

const SOUND: Paging =
    Paging { users: 250, cap: 100, says_total: true, ignores_start: false, repeats_past_end: false };

fn resources(seen: &Seen, paging: Paging) -> Vec<Value> {
    let start = if paging.ignores_start { 1 } else { seen.number("startIndex").max(1) };
    let start = if start > paging.users && paging.repeats_past_end { 1 } else { start };
    let count = seen.number("count").min(paging.cap);
    (start..=paging.users)
        .take(count)
        .map(|number| json!({"id": format!("u{number:04}"), "userName": format!("user{number}")}))
        .collect()
}

fn answer(seen: &Seen, paging: Paging) -> Reply {
    if seen.path.ends_with("/Groups") {
        let groups = json!([{"id": "g1", "displayName": "Design", "members": [{"value": "u0001"}, {"value": "u0002"}, {"value": "u0001"}]}]);
        return Reply::json(
            json!({"totalResults": 1, "itemsPerPage": 50, "startIndex": 1, "Resources": groups}),
        );
    }
    let mut body = json!({"itemsPerPage": 10_000, "startIndex": 1, "Resources": resources(seen, paging)});
    if paging.says_total {
        body["totalResults"] = json!(paging.users);
    }
    Reply::json(body)
}

async fn read(paging: Paging) -> (ScimReading, usize) {
    let server = Server::start(move |seen| answer(seen, paging)).await;
    let reading = read_directory(&scim(&server.url)).await.expect("a reading");
    (reading, server.seen().iter().filter(|seen| seen.path.ends_with("/Users")).count())
}

#[tokio::test]
async fn users_and_groups_are_read_in_as_few_requests_as_there_are_pages() {
    let (reading, requests) = read(SOUND).await;
    assert!(reading.users_completeness.is_complete(), "{:?}", reading.users_completeness);
    assert_eq!((reading.users.len(), requests), (250, 3));
    assert!(reading.users.is_sorted_by(|a, b| a.id < b.id), "sorted and distinct");
    assert_eq!(reading.groups[0].members.len(), 2, "a member stored twice is one member");
}

#[tokio::test]
async fn every_way_to_page_is_read_to_its_end() {
    for (paging, pages) in [
        (Paging { users: 0, ..SOUND }, 1),
        (Paging { users: 1, ..SOUND }, 1),
        (Paging { users: 100, ..SOUND }, 1),
        (Paging { users: 101, ..SOUND }, 2),
        (Paging { cap: 50, ..SOUND }, 5),
        (Paging { cap: 7, ..SOUND }, 36),
        (Paging { says_total: false, ..SOUND }, 4),
        (Paging { repeats_past_end: true, ..SOUND }, 3),
        (Paging { says_total: false, repeats_past_end: true, ..SOUND }, 4),
        (Paging { users: 60, ignores_start: true, ..SOUND }, 1),
    ] {
        let (reading, requests) = read(paging).await;
        assert!(reading.users_completeness.is_complete(), "{:?}", reading.users_completeness);
        assert_eq!((reading.users.len(), requests), (paging.users, pages), "cap {}", paging.cap);
    }
}

#[tokio::test]
async fn a_server_without_paging_is_found_out_and_said() {
    for says_total in [true, false] {
        let (reading, requests) = read(Paging { ignores_start: true, says_total, ..SOUND }).await;
        let Completeness::Incomplete { reason } = &reading.users_completeness else {
            panic!("150 users are missing")
        };
        assert!(reason.contains("same entries") || reason.contains("250 are counted"), "{reason}");
        assert_eq!(reading.users.len(), 100, "what came is kept");
        assert!(requests <= 4, "it is not asked for ever: {requests}");
    }
}

#[tokio::test]
async fn a_page_that_fails_half_way_makes_the_list_incomplete() {
    for (reply, part) in [
        (Reply::status(500, "{}"), "500"),
        (Reply::Drop, "connection broke"),
        (Reply::html(200, "<html>"), "not valid JSON"),
        (Reply::json("{}"), "not a SCIM list"),
        (Reply::json(json!({"totalResults": 250, "Resources": []})), "none came"),
        (Reply::json(json!({"totalResults": 250, "Resources": [{"userName": "x"}]})), "without an id"),
    ] {
        let server =
            Server::start(
                move |seen| {
                    if seen.number("startIndex") == 101 { reply.clone() } else { answer(seen, SOUND) }
                },
            )
            .await;
        let reading = read_directory(&scim(&server.url)).await.expect("a reading");
        let Completeness::Incomplete { reason } = &reading.users_completeness else {
            panic!("{part} was overlooked")
        };
        assert!(reason.contains(part), "{part}: {reason}");
        assert!(reading.groups_completeness.is_complete(), "the other list is sound");
    }
}

#[tokio::test]
async fn a_short_page_in_the_middle_is_filled_up() {
    let server = Server::start(|seen| match answer(seen, SOUND) {
        Reply::Answer { status, headers, body }
            if seen.number("startIndex") == 101 && seen.path.ends_with("/Users") =>
        {
            let mut value: Value = serde_json::from_str(&body).expect("JSON");
            if let Some(list) = value["Resources"].as_array_mut() {
                list.truncate(40);
            }
            Reply::Answer { status, headers, body: value.to_string() }
        }
        other => other,
    })
    .await;
    let reading = read_directory(&scim(&server.url)).await.expect("a reading");
    assert!(reading.users_completeness.is_complete(), "{:?}", reading.users_completeness);
    assert_eq!(reading.users.len(), 250);
    assert!(server.seen().iter().any(|seen| seen.number("startIndex") == 141), "from where the page ended");
}

#[tokio::test]
async fn totals_that_do_not_agree_are_never_complete() {
    let server = Server::start(|seen| {
        let paging = Paging { users: 80, ..SOUND };
        match answer(seen, paging) {
            Reply::Answer { body, .. } => {
                Reply::json(body.replace("\"totalResults\":80", "\"totalResults\":90"))
            }
            other => other,
        }
    })
    .await;
    let reading = read_directory(&scim(&server.url)).await.expect("a reading");
    assert!(!reading.users_completeness.is_complete(), "10 users are missing");
}

#[tokio::test]
async fn a_first_page_that_fails_is_an_error() {
    let server = Server::script(vec![Reply::status(503, "{}")]).await;
    let error = read_directory(&scim(&server.url)).await.expect_err("nothing was read");
    assert_eq!(error.status(), Some(503));
    let server = Server::script(vec![Reply::html(401, "")]).await;
    let error = read_directory(&scim(&server.url)).await.expect_err("refused");
    assert!(matches!(error, ConnectorError::Unauthorized { .. }), "{error:?}");
}
