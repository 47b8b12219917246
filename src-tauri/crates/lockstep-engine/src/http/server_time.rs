//! Times in answers' headers: how long to wait, and what time it is over there.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

/// Spelled out on Atlassian's admin APIs as ISO 8601; others send seconds, from now or from 1970.
const RATE_LIMIT_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Numbers above this are seconds since 1970, not seconds from now (it is 1973 as the one, three years as the other).
const EPOCH_FROM: u64 = 100_000_000;

const HTTP_DATE: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);

/// Returns how long the server wants us to wait, from `Retry-After` or else `X-RateLimit-Reset`.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let now = || server_time(headers).unwrap_or_else(Timestamp::now);
    let value = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    value(RETRY_AFTER)
        .and_then(|text| parse_wait(text, &now))
        .or_else(|| value(RATE_LIMIT_RESET).and_then(|text| parse_wait(text, &now)))
}

/// Returns the server's clock at the time of its answer.
pub fn server_time(headers: &HeaderMap) -> Option<Timestamp> {
    parse_http_date(headers.get(DATE)?.to_str().ok()?)
}

fn parse_http_date(text: &str) -> Option<Timestamp> {
    HTTP_DATE.parse_timestamp(text).ok()
}

fn parse_wait(text: &str, now: &dyn Fn() -> Timestamp) -> Option<Duration> {
    let until = if let Ok(seconds) = text.parse::<f64>() {
        if !seconds.is_finite() || seconds < 0.0 {
            return None;
        }
        #[allow(clippy::cast_precision_loss, reason = "a constant far below 2^53")]
        if seconds < EPOCH_FROM as f64 {
            return Some(Duration::from_secs_f64(seconds));
        }
        #[allow(
            clippy::cast_possible_truncation,
            reason = "seconds since 1970 fit; out of range is refused below"
        )]
        Timestamp::from_second(seconds.ceil() as i64).ok()?
    } else {
        parse_http_date(text).or_else(|| text.parse::<Timestamp>().ok())?
    };
    // A moment that has passed means: now.
    Some(Duration::try_from(until.duration_since(now())).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<Duration> {
        let now = || "2026-01-02T03:04:05Z".parse().expect("a fixed time");
        parse_wait(text, &now)
    }

    #[test]
    fn every_documented_form_of_a_wait_is_understood() {
        for (text, expected) in [
            ("7", Some(7_000)),
            ("0.5", Some(500)),
            ("0", Some(0)),
            ("Fri, 02 Jan 2026 03:04:35 GMT", Some(30_000)),
            ("2026-01-02T03:05:05Z", Some(60_000)),
            ("1767323055", Some(10_000)),
            ("2020-01-01T00:00:00Z", Some(0)),
            ("soon", None),
            ("-3", None),
        ] {
            assert_eq!(at(text), expected.map(Duration::from_millis), "the wait of {text:?}");
        }
    }
}
