//! What leaves this program: addresses, headers, bodies, and what never leaves it.

use bytes::Bytes;
use lockstep_engine::http::{BaseUrl, ConnectorError, Credential, Request};
use reqwest::Method;

use super::server::{KEY, Reply, Server};

#[tokio::test]
async fn a_request_carries_key_agent_and_media_types_and_encodes_what_it_is_given() {
    let server = Server::script(vec![Reply::json("{}")]).await;
    let request = Request::new(Method::PATCH, "/Users/{id}", &["a b/ä@x?"])
        .query("filter", "userName eq \"x\"")
        .body(Bytes::from_static(b"{\"a\":1}"));
    server.client().send(&request).await.expect("an answer");
    let seen = &server.seen()[0];
    assert_eq!(seen.path, "/Users/a%20b%2F%C3%A4%40x%3F", "one segment, whatever the id holds");
    assert_eq!(seen.query["filter"], "userName eq \"x\"");
    assert_eq!(seen.body, "{\"a\":1}");
    assert_eq!(seen.headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(seen.headers["user-agent"], concat!("Lockstep/", env!("CARGO_PKG_VERSION")));
    assert_eq!(seen.headers["content-type"], "application/json");
    assert_eq!(seen.headers["accept"], "application/json");
}

#[tokio::test]
async fn an_id_that_would_change_the_address_is_not_sent() {
    let server = Server::script(vec![Reply::json("{}")]).await;
    for id in ["", ".", ".."] {
        let error = server.client().send(&Request::get("/Users/{id}", &[id])).await.expect_err("no such id");
        assert!(error.outcome_known(), "{error:?}");
    }
    assert!(server.seen().is_empty(), "nothing was sent: {:?}", server.lines());
}

#[tokio::test]
async fn the_key_follows_no_redirect_to_another_origin() {
    let other = Server::script(vec![Reply::json("{}")]).await;
    let target = format!("{}/stolen", other.url);
    let server = Server::script(vec![Reply::empty(307).with("location", &target)]).await;
    for method in [Method::GET, Method::POST] {
        let error = server.client().send(&Request::new(method, "/x", &[])).await.expect_err("another origin");
        assert_eq!(error, ConnectorError::Redirected { to: other.url.clone() }, "the error names the origin");
    }
    assert!(other.seen().is_empty(), "nothing arrived there: {:?}", other.seen());
}

#[tokio::test]
async fn a_redirect_within_the_origin_is_followed_for_reads_only() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/old" => Reply::empty(308).with("location", "/new"),
        "/circle" => Reply::empty(302).with("location", "/circle"),
        _ => Reply::json("{}"),
    })
    .await;
    server.client().send(&Request::get("/old", &[])).await.expect("followed");
    assert_eq!(server.lines(), ["GET /old", "GET /new"]);
    let error = server.client().send(&Request::new(Method::POST, "/old", &[])).await.expect_err("a write");
    assert!(matches!(error, ConnectorError::Redirected { .. }), "{error:?}");
    let error = server.client().send(&Request::get("/circle", &[])).await.expect_err("a circle");
    assert!(matches!(error, ConnectorError::Redirected { .. }), "{error:?}");
}

#[tokio::test]
async fn while_planning_only_reads_leave_the_client() {
    let server = Server::script(vec![Reply::json("{}")]).await;
    let client = server.client().read_only();
    for (method, template) in [
        (Method::POST, "/Users"),
        (Method::PUT, "/Users/1"),
        (Method::PATCH, "/Groups/1"),
        (Method::DELETE, "/Users/1"),
        (Method::POST, "/api/v2/applications/1/associations"),
        (Method::POST, "/admin/v2/orgs/1/directories/-/groups"),
        (Method::POST, "/api/systemusers"),
    ] {
        let error = client.send(&Request::new(method.clone(), template, &[])).await.expect_err("a write");
        assert!(matches!(error, ConnectorError::ReadOnlyMode { .. }), "{method} {template}: {error:?}");
    }
    assert!(server.seen().is_empty(), "nothing was sent: {:?}", server.lines());
    for (method, template) in [
        (Method::GET, "/Users"),
        (Method::POST, "/admin/v2/orgs/1/directories/-/groups/search"),
        (Method::POST, "/admin/v2/orgs/1/directories/-/users/search"),
        (Method::POST, "/api/search/systemusers"),
        (Method::POST, "/insights/directory/v1/events"),
    ] {
        client.send(&Request::new(method.clone(), template, &[])).await.expect("a read");
    }
    assert_eq!(client.meter().read().writes(), 0, "searches by POST are no writes");
    assert_eq!(client.meter().read().reads(), 5);
}

#[test]
fn keys_that_cannot_be_a_header_are_refused_without_repeating_them() {
    for key in ["", "  ", "two words", "line\nbreak", "schlüssel"] {
        let error = Credential::bearer(key).expect_err("no key");
        assert_eq!(error, ConnectorError::InvalidKey);
        assert!(key.trim().is_empty() || !error.to_string().contains(key), "{error}");
    }
    let credential = Credential::api_key(&format!(" {KEY}\n")).expect("pasted with white space around it");
    assert!(!format!("{credential:?}").contains(KEY), "{credential:?}");
}

#[test]
fn only_addresses_that_keep_the_key_safe_are_accepted() {
    for (typed, expected) in [
        ("https://console.jumpcloud.com", "https://console.jumpcloud.com"),
        ("https://console.jumpcloud.com/", "https://console.jumpcloud.com"),
        (" HTTPS://Console.JumpCloud.com:443/api/ ", "https://console.jumpcloud.com/api"),
        ("http://127.0.0.1:8080/scim/", "http://127.0.0.1:8080/scim"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
    ] {
        assert_eq!(BaseUrl::parse(typed).map(|url| url.to_string()), Ok(expected.to_owned()), "{typed}");
    }
    for typed in [
        "http://console.jumpcloud.com",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://10.0.0.1",
        "https://user:password@console.jumpcloud.com",
        "https://user@127.0.0.1",
        "https://console.jumpcloud.com/?x=1",
        "https://console.jumpcloud.com/#/users",
        "console.jumpcloud.com",
        "console.jumpcloud.com:443",
        "ftp://console.jumpcloud.com",
        "file:///etc/passwd",
        "",
    ] {
        let error = BaseUrl::parse(typed).expect_err("not to be used");
        assert!(matches!(error, ConnectorError::InvalidUrl { .. }), "{typed}: {error:?}");
        assert!(!error.to_string().is_empty() && !error.remedy().is_empty(), "{typed} gets a sentence");
        assert!(!error.to_string().contains("password@"), "{error}");
    }
}
