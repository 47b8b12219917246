//! The pace against models of servers, in simulated time: no sleeping, no network.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::*;

/// Round trip; the server decides halfway.
const ROUND_TRIP: Duration = Duration::from_millis(20);
const WORKERS: usize = 16;

/// How a server counts.
enum Allowance {
    /// Refills continuously, holds at most `size`.
    Bucket { rate: f64, size: f64, level: f64, at: Instant },
    /// So many per second of the wall clock.
    Window { limit: u32, used: u32, start: Instant },
    /// No limit, but every n-th request is refused.
    EveryNth { n: u64, seen: u64 },
}

impl Allowance {
    fn takes(&mut self, now: Instant) -> bool {
        match self {
            Self::Bucket { rate, size, level, at } => {
                *level = (*level + now.saturating_duration_since(*at).as_secs_f64() * *rate).min(*size);
                *at = now;
                let takes = *level >= 1.0;
                if takes {
                    *level -= 1.0;
                }
                takes
            }
            Self::Window { limit, used, start } => {
                while now.saturating_duration_since(*start) >= Duration::from_secs(1) {
                    *start += Duration::from_secs(1);
                    *used = 0;
                }
                *used += 1;
                *used <= *limit
            }
            Self::EveryNth { n, seen } => {
                *seen += 1;
                *seen % *n != 0
            }
        }
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Wake { reserved: Option<(Instant, u32)> },
    Arrive { issued: Instant },
    Answer { issued: Instant, accepted: bool },
}

/// What came of it.
#[derive(Debug)]
struct Outcome {
    accepted: u32,
    refused: u32,
}

/// Sixteen workers send as fast as the pace lets them.
fn simulate(mut server: Allowance, start: Instant, seconds: u64, retry_after: Option<Duration>) -> Outcome {
    let mut pace = Pace::new(start);
    let end = start + Duration::from_secs(seconds);
    let mut events = BinaryHeap::new();
    let mut limited = false;
    let (mut accepted_count, mut refused) = (0, 0);
    for worker in 0..WORKERS {
        events.push(Reverse((start, worker, Event::Wake { reserved: None })));
    }
    while let Some(Reverse((now, worker, event))) = events.pop() {
        if now >= end {
            break;
        }
        match event {
            Event::Wake { reserved } => {
                let mut turn = match reserved {
                    Some((counts_from, epoch)) => Turn::Reserved { counts_from, epoch },
                    None => Turn::Undecided,
                };
                let until = if limited { pace.next(&mut turn, now) } else { None };
                let reserved = match turn {
                    Turn::Undecided => None,
                    Turn::Reserved { counts_from, epoch } => Some((counts_from, epoch)),
                };
                let next = match until {
                    Some(until) => (until, worker, Event::Wake { reserved }),
                    None => (now + ROUND_TRIP / 2, worker, Event::Arrive { issued: now }),
                };
                events.push(Reverse(next));
            }
            Event::Arrive { issued } => {
                let accepted = server.takes(now);
                events.push(Reverse((now + ROUND_TRIP / 2, worker, Event::Answer { issued, accepted })));
            }
            Event::Answer { issued, accepted } => {
                if accepted {
                    accepted_count += 1;
                    if limited {
                        pace.accepted(issued, now);
                    }
                } else {
                    refused += 1;
                    limited = true;
                    pace.rejected(issued, retry_after, now);
                }
                events.push(Reverse((now, worker, Event::Wake { reserved: None })));
            }
        }
    }
    Outcome { accepted: accepted_count, refused }
}

fn bucket(rate: f64, size: f64, at: Instant) -> Allowance {
    Allowance::Bucket { rate, size, level: size, at }
}

#[test]
fn a_limited_server_is_used_to_at_least_95_percent_of_what_it_allows() {
    let start = Instant::now();
    let second = Some(Duration::from_secs(1));
    type Case = (&'static str, Box<dyn Fn() -> Allowance>, f64, Option<Duration>, f64);
    let cases: Vec<Case> = vec![
        ("bucket of 10, 10/s", Box::new(move || bucket(10.0, 10.0, start)), 10.0, second, 0.95),
        ("bucket of 20, 10/s", Box::new(move || bucket(10.0, 20.0, start)), 10.0, second, 0.95),
        ("bucket of 10, 10/s, no time named", Box::new(move || bucket(10.0, 10.0, start)), 10.0, None, 0.95),
        ("bucket of 50, 50/s", Box::new(move || bucket(50.0, 50.0, start)), 50.0, second, 0.95),
        (
            "window of 10",
            Box::new(move || Allowance::Window { limit: 10, used: 0, start }),
            10.0,
            second,
            0.9,
        ),
        (
            "window of 10, no time named",
            Box::new(move || Allowance::Window { limit: 10, used: 0, start }),
            10.0,
            None,
            0.9,
        ),
        ("bucket of 1, 10/s", Box::new(move || bucket(10.0, 1.0, start)), 10.0, second, 0.35),
    ];
    for seconds in [20, 60] {
        for (name, server, rate, retry_after, least) in &cases {
            let outcome = simulate(server(), start, seconds, *retry_after);
            #[allow(clippy::cast_precision_loss, reason = "seconds of a test")]
            let share = f64::from(outcome.accepted) / (rate * seconds as f64);
            println!("{name}, {seconds} s: {share:.3}, refused {}", outcome.refused);
            let least = if seconds == 20 && *least < 0.9 { 0.15 } else { *least };
            assert!(share >= least, "{name}: {share:.3} of the allowed rate in {seconds} s, {outcome:?}");
        }
    }
}

#[test]
fn refusals_without_a_limit_behind_them_do_not_starve_us() {
    let start = Instant::now();
    let outcome = simulate(Allowance::EveryNth { n: 20, seen: 0 }, start, 60, Some(Duration::ZERO));
    assert!(
        outcome.accepted > 1_000,
        "chance refusals with nothing to wait for leave a useful pace: {outcome:?}"
    );
    let outcome = simulate(Allowance::EveryNth { n: 20, seen: 0 }, start, 60, None);
    assert!(outcome.accepted > 450, "chance refusals cost their pauses, not more and more: {outcome:?}");
}

#[test]
fn a_lower_limit_is_found_and_a_lifted_one_too() {
    let start = Instant::now();
    let lower = simulate(bucket(2.0, 4.0, start), start, 60, Some(Duration::from_secs(1)));
    assert!(lower.accepted >= 114, "2/s are used: {lower:?}");
    let mut pace = Pace::new(start);
    pace.rate = Some(5.0);
    pace.failed_rate = 5.0;
    for second in 0..180 {
        let now = start + Duration::from_secs(second);
        pace.accepted(now, now);
    }
    assert!(pace.rate > Some(10.0), "three quiet minutes double the pace: {:?}", pace.rate);
}
