//! What was asked of the sandbox: every request in order, and counters.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use serde::Serialize;

use crate::fault::Side;
use crate::lock;

/// Requests kept; beyond it the oldest go, while the counters go on.
const KEPT: usize = 200_000;
/// Bytes of request bodies kept in all.
const KEPT_BODY_BYTES: usize = 64 * 1024 * 1024;

/// One request, as it arrived. Headers are not kept, so that no key is in a log.
#[derive(Clone, Debug, Serialize)]
pub struct RequestRecord {
    /// 1-based, since the start or the last reset.
    pub number: u64,
    /// The service that was asked.
    pub side: Side,
    /// In upper case.
    pub method: String,
    /// Path with its query.
    pub path: String,
    /// Path with `{id}` for ids, without the query.
    pub template: String,
    /// Whether the request changes something by its nature (searches by POST do not).
    pub is_write: bool,
    /// The request's body where it was JSON.
    pub body: Option<serde_json::Value>,
    /// Status of the answer; none when the connection was dropped.
    pub status: Option<u16>,
    /// The fault that struck, as it was written.
    pub fault: Option<String>,
    /// Milliseconds since the sandbox started.
    pub at_ms: u64,
    /// Requests in flight when this one arrived, itself included.
    pub in_flight: usize,
}

/// Counters since the start or the last reset, the control endpoint apart.
#[derive(Clone, Debug, Default, Serialize, PartialEq, Eq)]
pub struct RequestCounters {
    /// All requests.
    pub total: u64,
    /// Requests that change something by their nature.
    pub writes: u64,
    /// Requests answered with 429.
    pub rate_limited: u64,
    /// Writes answered with 2xx.
    pub successful_writes: u64,
    /// By method and path template, for example `PATCH /scim/directory/{id}/Users/{id}`.
    pub by_route: BTreeMap<String, u64>,
    /// Writes by service.
    pub writes_by_side: BTreeMap<Side, u64>,
    /// The most requests that were in flight at once.
    pub most_in_flight: usize,
}

#[derive(Default)]
struct State {
    records: VecDeque<RequestRecord>,
    body_bytes: usize,
    counters: RequestCounters,
}

/// A handle on the request log; clones see the same log.
#[derive(Clone, Default)]
pub struct RequestLog {
    state: Arc<Mutex<State>>,
}

impl std::fmt::Debug for RequestLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RequestLog").field("counters", &self.counters()).finish()
    }
}

impl RequestLog {
    /// Returns every request kept, oldest first.
    pub fn all(&self) -> Vec<RequestRecord> {
        lock(&self.state).records.iter().cloned().collect()
    }

    /// Returns the requests kept that change something, oldest first.
    pub fn writes(&self) -> Vec<RequestRecord> {
        lock(&self.state).records.iter().filter(|record| record.is_write).cloned().collect()
    }

    /// Returns the requests kept whose method is this and whose path contains the text.
    pub fn matching(&self, method: &str, path: &str) -> Vec<RequestRecord> {
        let hit = |record: &&RequestRecord| record.method == method && record.path.contains(path);
        lock(&self.state).records.iter().filter(hit).cloned().collect()
    }

    /// Returns the counters.
    pub fn counters(&self) -> RequestCounters {
        lock(&self.state).counters.clone()
    }

    /// Forgets all requests and counts from zero.
    pub fn reset(&self) {
        *lock(&self.state) = State::default();
    }

    pub(crate) fn record(&self, mut record: RequestRecord, body_bytes: usize) {
        let mut state = lock(&self.state);
        let counters = &mut state.counters;
        counters.total += 1;
        counters.most_in_flight = counters.most_in_flight.max(record.in_flight);
        *counters.by_route.entry(format!("{} {}", record.method, record.template)).or_default() += 1;
        if record.is_write {
            counters.writes += 1;
            *counters.writes_by_side.entry(record.side).or_default() += 1;
            if record.status.is_some_and(|status| (200..300).contains(&status)) {
                counters.successful_writes += 1;
            }
        }
        if record.status == Some(429) {
            counters.rate_limited += 1;
        }
        record.number = counters.total;
        if state.body_bytes + body_bytes > KEPT_BODY_BYTES {
            record.body = None;
        } else {
            state.body_bytes += body_bytes;
        }
        state.records.push_back(record);
        if state.records.len() > KEPT {
            state.records.pop_front();
        }
    }
}
