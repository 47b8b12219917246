//! The limiter over real HTTP: nothing is lost, and nothing is slowed down where there is no limit.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::{StreamExt, stream};
use lockstep_engine::http::Request;
use reqwest::Method;

use super::server::{Reply, Server};

#[tokio::test]
async fn no_more_requests_are_in_flight_than_allowed() {
    static NOW: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    let server = Server::start(|_| {
        let now = NOW.fetch_add(1, Ordering::SeqCst) + 1;
        MOST.fetch_max(now, Ordering::SeqCst);
        // The answer leaves after the count has gone down, so the count is never too low.
        let reply = Reply::After(Duration::from_millis(5), Box::new(Reply::json("{}")));
        NOW.fetch_sub(1, Ordering::SeqCst);
        reply
    })
    .await;
    let client = server.client();
    let ids: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    stream::iter(&ids)
        .for_each_concurrent(None, |id| async {
            client.send(&Request::get("/things/{id}", &[id])).await.expect("an answer");
        })
        .await;
    assert_eq!(server.seen().len(), 100, "each was sent once");
    assert!(MOST.load(Ordering::SeqCst) <= 16, "at most 16 at once");
}

#[tokio::test]
async fn a_limited_server_gets_every_write_exactly_once() {
    // 50 a second, as a bucket of 10; a request beyond it is refused with a time to wait of zero, to keep the test short.
    let bucket = Mutex::new((10.0_f64, Instant::now()));
    let server = Server::start(move |_| {
        let mut bucket = bucket.lock().expect("no panic while held");
        let now = Instant::now();
        bucket.0 = (bucket.0 + now.duration_since(bucket.1).as_secs_f64() * 50.0).min(10.0);
        bucket.1 = now;
        if bucket.0 < 1.0 {
            return Reply::status(429, "{}").with("retry-after", "0.1");
        }
        bucket.0 -= 1.0;
        Reply::status(201, "{}")
    })
    .await;
    let client = server.client();
    let ids: Vec<String> = (0..60).map(|number| number.to_string()).collect();
    let results: Vec<_> = stream::iter(&ids)
        .map(|id| {
            let client = client.clone();
            async move { client.send(&Request::new(Method::POST, "/things/{id}", &[id])).await }
        })
        .buffer_unordered(64)
        .collect()
        .await;
    assert!(results.iter().all(Result::is_ok), "nothing is lost: {results:?}");
    let reading = client.meter().read();
    assert_eq!(reading.writes(), 60);
    assert!(reading.rate_limited > 0, "the limit was met");
    let taken = server.seen().len() as u64 - reading.rate_limited;
    assert_eq!(taken, 60, "each was carried out once");
}
