//! What was sent: a log without names, bodies or keys, and counters that a run reports.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;

use super::error::ConnectorError;

/// Header names under which services give a request's id, most telling first.
const REQUEST_ID_HEADERS: [&str; 3] = ["x-request-id", "atl-traceid", "x-b3-traceid"];

/// The methods that are counted, in the order of the counters.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// Counts requests; shared by all clones of a client.
#[derive(Debug, Default)]
pub struct RequestMeter {
    reads: [AtomicU64; METHODS.len()],
    writes: [AtomicU64; METHODS.len()],
    retried_reads: AtomicU64,
    retried_writes: AtomicU64,
    rate_limited: AtomicU64,
}

/// What a meter showed at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MeterReading {
    reads: [u64; METHODS.len()],
    writes: [u64; METHODS.len()],
    /// Sendings of reads after the first.
    pub retried_reads: u64,
    /// Sendings of writes after the first.
    pub retried_writes: u64,
    /// Answers 429.
    pub rate_limited: u64,
}

impl RequestMeter {
    pub(super) fn count(&self, method: &Method, is_read: bool, is_first: bool) {
        if !is_first {
            let retried = if is_read { &self.retried_reads } else { &self.retried_writes };
            retried.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let counters = if is_read { &self.reads } else { &self.writes };
        if let Some(counter) =
            METHODS.iter().position(|name| *name == method.as_str()).and_then(|index| counters.get(index))
        {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn count_rate_limited(&self) {
        self.rate_limited.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns what has been counted so far.
    pub fn read(&self) -> MeterReading {
        let values = |counters: &[AtomicU64; METHODS.len()]| {
            std::array::from_fn(|index| {
                counters.get(index).map_or(0, |counter| counter.load(Ordering::Relaxed))
            })
        };
        MeterReading {
            reads: values(&self.reads),
            writes: values(&self.writes),
            retried_reads: self.retried_reads.load(Ordering::Relaxed),
            retried_writes: self.retried_writes.load(Ordering::Relaxed),
            rate_limited: self.rate_limited.load(Ordering::Relaxed),
        }
    }
}

impl MeterReading {
    /// Returns how many different writes were sent, repetitions apart.
    pub fn writes(&self) -> u64 {
        self.writes.iter().sum()
    }

    /// Returns how many different reads were sent (searches by POST among them), repetitions apart.
    pub fn reads(&self) -> u64 {
        self.reads.iter().sum()
    }

    /// Returns the writes by method, those with none left out.
    pub fn writes_by_method(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        METHODS.iter().copied().zip(self.writes).filter(|(_, count)| *count > 0)
    }

    /// Returns what was counted by either of two meters.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let sum = |one: &[u64; METHODS.len()], two: &[u64; METHODS.len()]| {
            std::array::from_fn(|index| {
                one.get(index).copied().unwrap_or(0) + two.get(index).copied().unwrap_or(0)
            })
        };
        Self {
            reads: sum(&self.reads, &other.reads),
            writes: sum(&self.writes, &other.writes),
            retried_reads: self.retried_reads + other.retried_reads,
            retried_writes: self.retried_writes + other.retried_writes,
            rate_limited: self.rate_limited + other.rate_limited,
        }
    }

    /// Returns what was counted between an earlier reading and this one.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let difference = |now: &[u64; METHODS.len()], then: &[u64; METHODS.len()]| {
            std::array::from_fn(|index| {
                let then = then.get(index).copied().unwrap_or(0);
                now.get(index).copied().unwrap_or(0).saturating_sub(then)
            })
        };
        Self {
            reads: difference(&self.reads, &earlier.reads),
            writes: difference(&self.writes, &earlier.writes),
            retried_reads: self.retried_reads.saturating_sub(earlier.retried_reads),
            retried_writes: self.retried_writes.saturating_sub(earlier.retried_writes),
            rate_limited: self.rate_limited.saturating_sub(earlier.rate_limited),
        }
    }
}

/// Returns the service's id of a request, to quote to its support.
pub fn request_id(headers: &HeaderMap) -> Option<&str> {
    REQUEST_ID_HEADERS.iter().find_map(|name| headers.get(*name)).and_then(|value| value.to_str().ok())
}

/// Logs one sending. The path is its template, so no id or name of a person is written.
pub(super) fn log(
    service: &'static str,
    method: &Method,
    path: &'static str,
    result: Result<(u16, Option<&str>), &ConnectorError>,
    took: Duration,
) {
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    match result {
        Ok((status, request_id)) => {
            tracing::debug!(service, %method, path, status, ms, request_id, "Request answered.");
        }
        Err(error) => {
            tracing::debug!(service, %method, path, status = error.status(), ms, retryable = error.retryable(), "Request failed.");
        }
    }
}
