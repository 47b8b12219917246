//! What is sent again, and what never is.

use bytes::Bytes;
use lockstep_engine::http::retry::{Verdict, classify};
use lockstep_engine::http::{ConnectorError, Repeat, Request, TransportFault};
use reqwest::Method;
use serde_json::Value;

use super::server::{Reply, Server, client};

fn transport(fault: TransportFault) -> ConnectorError {
    ConnectorError::Transport { fault, detail: String::new() }
}

fn unavailable(status: u16) -> ConnectorError {
    ConnectorError::Unavailable { status, retry_after: None, detail: String::new() }
}

#[test]
fn the_classifier_repeats_a_creation_only_when_it_certainly_had_no_effect() {
    use Repeat::{Idempotent, Once, Safe};
    let back_off = Verdict::BackOff(None);
    let limited = ConnectorError::RateLimited { retry_after: None };
    for (error, repeat, expected) in [
        (limited.clone(), Once, Verdict::AfterLimiter),
        (limited, Safe, Verdict::AfterLimiter),
        (transport(TransportFault::Connect), Once, back_off),
        (transport(TransportFault::Reset), Once, Verdict::GiveUp),
        (transport(TransportFault::Timeout), Once, Verdict::GiveUp),
        (transport(TransportFault::CutBody), Once, Verdict::GiveUp),
        (transport(TransportFault::Reset), Idempotent, back_off),
        (transport(TransportFault::Timeout), Safe, back_off),
        (transport(TransportFault::CutBody), Safe, back_off),
        (unavailable(500), Once, Verdict::GiveUp),
        (unavailable(503), Once, Verdict::GiveUp),
        (unavailable(408), Once, Verdict::GiveUp),
        (unavailable(503), Idempotent, back_off),
        (unavailable(408), Safe, back_off),
        (ConnectorError::Unauthorized { detail: String::new() }, Safe, Verdict::GiveUp),
        (ConnectorError::NotFound { detail: String::new(), is_page: false }, Safe, Verdict::GiveUp),
        (ConnectorError::Protocol { path: "/", detail: String::new() }, Safe, Verdict::GiveUp),
        (ConnectorError::TooLarge { limit: 1 }, Safe, Verdict::GiveUp),
    ] {
        assert_eq!(classify(&error, repeat), expected, "{error:?} of a request that is {repeat:?}");
    }
}

#[tokio::test]
async fn a_read_survives_every_transient_fault() {
    for fault in [
        Reply::status(408, "{}"),
        Reply::status(429, "{}").with("retry-after", "0"),
        Reply::status(500, "{}"),
        Reply::status(502, "<html>"),
        Reply::status(503, "{}").with("retry-after", "0"),
        Reply::status(504, ""),
        Reply::Drop,
        Reply::Cut { body: r#"{"ok":tr"#.into() },
        Reply::json(r#"{"ok":tr"#),
    ] {
        let server = Server::script(vec![fault.clone(), Reply::json(r#"{"ok":true}"#)]).await;
        let client = server.client();
        let read: Value = client.send_for(&Request::get("/x", &[])).await.expect("the second answer");
        assert_eq!(read["ok"], true, "after {fault:?}");
        assert_eq!(server.seen().len(), 2, "sent twice after {fault:?}");
        let reading = client.meter().read();
        assert_eq!((reading.reads(), reading.retried_reads), (1, 1), "counted once, repeated once");
    }
}

#[tokio::test]
async fn a_creation_with_an_unknown_outcome_is_sent_once_and_says_so() {
    for fault in
        [Reply::Drop, Reply::status(503, "{}"), Reply::Cut { body: "{".into() }, Reply::json("{\"id\":")]
    {
        let server = Server::script(vec![fault.clone(), Reply::json("{}")]).await;
        let request = Request::new(Method::POST, "/Users", &[]).body(Bytes::from_static(b"{}"));
        let error = server.client().send_for::<Value>(&request).await.expect_err("an unknown outcome");
        assert!(!error.outcome_known(), "{fault:?}: {error:?}");
        assert_eq!(server.seen().len(), 1, "never sent again after {fault:?}");
    }
}

#[tokio::test]
async fn a_creation_refused_by_429_is_sent_again_until_it_is_taken() {
    let refusal = Reply::status(429, "{}").with("retry-after", "0");
    let server =
        Server::script(vec![refusal.clone(), refusal.clone(), refusal, Reply::status(201, "{}")]).await;
    let client = server.client();
    client.send(&Request::new(Method::POST, "/Users", &[])).await.expect("created in the end");
    let reading = client.meter().read();
    assert_eq!((reading.writes(), reading.retried_writes, reading.rate_limited), (1, 3, 3));
    assert_eq!(reading.writes_by_method().collect::<Vec<_>>(), [("POST", 1)]);
}

#[tokio::test]
async fn an_idempotent_write_is_repeated_and_a_body_is_the_same_each_time() {
    let server = Server::script(vec![Reply::Drop, Reply::status(502, ""), Reply::empty(204)]).await;
    let request = Request::new(Method::PATCH, "/Users/1", &[])
        .body(Bytes::from_static(b"{\"x\":1}"))
        .repeat(Repeat::Idempotent);
    server.client().send(&request).await.expect("done in the end");
    let bodies: Vec<String> = server.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies, ["{\"x\":1}"; 3]);
}

#[tokio::test]
async fn patience_ends_and_the_last_error_is_returned() {
    let server = Server::script(vec![Reply::status(500, r#"{"message":"broken"}"#)]).await;
    let error = server.client().send(&Request::get("/x", &[])).await.expect_err("broken for good");
    assert_eq!(error.status(), Some(500));
    assert_eq!(server.seen().len(), 4, "as many times as the policy says");
}

#[tokio::test]
async fn permanent_errors_are_not_repeated() {
    for status in [400, 401, 402, 403, 404, 409, 412, 413, 422, 501] {
        let server = Server::script(vec![Reply::status(status, "{}")]).await;
        server.client().send(&Request::get("/x", &[])).await.expect_err("refused");
        assert_eq!(server.seen().len(), 1, "{status} is final");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_known_outcome() {
    let server = Server::script(vec![]).await;
    let url = server.url.clone();
    drop(server);
    // The port may still be closing: whatever comes back, nothing was carried out.
    tokio::task::yield_now().await;
    let error =
        client(&url).send(&Request::new(Method::POST, "/Users", &[])).await.expect_err("nobody there");
    assert!(matches!(error, ConnectorError::Transport { .. }), "{error:?}");
}

#[tokio::test]
async fn a_page_in_place_of_json_is_an_error_that_quotes_nothing() {
    let server = Server::script(vec![Reply::html(200, "<html>ada@example.com</html>")]).await;
    let error = server.client().send_for::<Value>(&Request::get("/Users", &[])).await.expect_err("no JSON");
    assert!(matches!(error, ConnectorError::Protocol { path: "/Users", .. }), "{error:?}");
    assert!(!error.to_string().contains("ada"), "{error}");
}
