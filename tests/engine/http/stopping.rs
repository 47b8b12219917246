//! Stop means stop: what is in flight is answered, nothing new is sent, no wait is sat out (R6).

use std::time::{Duration, Instant};

use lockstep_engine::http::{ConnectorError, Request, RetryPolicy};
use reqwest::Method;
use tokio_util::sync::CancellationToken;

use super::server::{Reply, Server};

#[tokio::test]
async fn nothing_is_sent_after_the_stop() {
    let server = Server::script(vec![Reply::json("{}")]).await;
    let stop = CancellationToken::new();
    let client = server.client().stopped_by(stop.clone());
    stop.cancel();
    let error = client.send(&Request::get("/x", &[])).await.expect_err("stopped");
    assert_eq!(error, ConnectorError::Cancelled { after: None });
    assert!(error.outcome_known(), "it was never sent");
    assert!(server.seen().is_empty());
    server.client().send(&Request::get("/x", &[])).await.expect("other clients go on");
}

#[tokio::test]
async fn a_request_in_flight_is_still_answered() {
    let stop = CancellationToken::new();
    let cancel = stop.clone();
    let server = Server::start(move |_| {
        cancel.cancel();
        Reply::After(Duration::from_millis(30), Box::new(Reply::status(201, "{}")))
    })
    .await;
    let client = server.client().stopped_by(stop);
    client.send(&Request::new(Method::POST, "/Users", &[])).await.expect("the outcome is known");
}

#[tokio::test]
async fn waiting_for_the_server_ends_at_once_and_the_outcome_so_far_is_told() {
    for (reply, known) in [
        (Reply::status(503, "{}").with("retry-after", "60"), false),
        (Reply::status(429, "{}").with("retry-after", "60"), true),
    ] {
        let stop = CancellationToken::new();
        let cancel = stop.clone();
        let server = Server::start(move |_| {
            cancel.cancel();
            reply.clone()
        })
        .await;
        let client = server.client().stopped_by(stop);
        let started = Instant::now();
        let error = client.send(&Request::new(Method::PUT, "/x", &[])).await.expect_err("stopped");
        assert!(matches!(error, ConnectorError::Cancelled { after: Some(_) }), "{error:?}");
        assert_eq!(error.outcome_known(), known, "{error:?}");
        assert!(started.elapsed() < Duration::from_secs(10), "the minute is not sat out");
        assert_eq!(server.seen().len(), 1, "nothing more was sent");
    }
}

#[test]
fn the_built_in_patience_outlasts_a_limit_and_ends_for_a_broken_server() {
    let policy = RetryPolicy::default();
    assert!(policy.rate_limit_budget > policy.budget, "a limited server is slow, not broken");
    assert!(policy.attempts > 1 && policy.first_wait < policy.longest_wait);
}
