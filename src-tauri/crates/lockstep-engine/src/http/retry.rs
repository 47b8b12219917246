//! The one place that decides whether a request is sent again, and when.

use std::time::Duration;

use tokio::time::Instant;

use super::error::{ConnectorError, TransportFault};

/// What happens if the server carries a request out twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Nothing: it only reads.
    Safe,
    /// The same as once: it sets or deletes.
    Idempotent,
    /// Twice the effect: it creates or adds. Sent again only when it is certain that it took no effect.
    Once,
}

/// How patiently a request is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Sendings in all for transient faults other than 429.
    pub attempts: u32,
    /// Wait before the second sending, doubled each time.
    pub first_wait: Duration,
    /// Longest wait between two sendings, unless the server names one.
    pub longest_wait: Duration,
    /// Time after which no more is sent, transient faults other than 429.
    pub budget: Duration,
    /// Time after which a 429 is given back to the caller. A limited server is slow, not broken, so this is long.
    pub rate_limit_budget: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 5,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(30),
            budget: Duration::from_secs(180),
            rate_limit_budget: Duration::from_secs(15 * 60),
        }
    }
}

/// What kind of waiting a failure asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Give the error to the caller.
    GiveUp,
    /// Queue up again at the limiter, which knows how long to pause.
    AfterLimiter,
    /// Wait at least this long (or what back-off says, if longer or absent).
    BackOff(Option<Duration>),
}

/// Classifies a failure by what it says about the request's effect, and by what a second effect would mean.
pub fn classify(error: &ConnectorError, repeat: Repeat) -> Verdict {
    match error {
        ConnectorError::RateLimited { .. } => Verdict::AfterLimiter,
        ConnectorError::Unavailable { retry_after, .. } if may_repeat(error, repeat) => {
            Verdict::BackOff(*retry_after)
        }
        ConnectorError::Transport { .. } if may_repeat(error, repeat) => Verdict::BackOff(None),
        _ => Verdict::GiveUp,
    }
}

fn may_repeat(error: &ConnectorError, repeat: Repeat) -> bool {
    match repeat {
        Repeat::Safe | Repeat::Idempotent => true,
        Repeat::Once => error.outcome_known(),
    }
}

/// The attempts of one request.
#[derive(Debug)]
pub(super) struct Attempts<'a> {
    policy: &'a RetryPolicy,
    started: Instant,
    failed: u32,
}

impl<'a> Attempts<'a> {
    pub(super) fn start(policy: &'a RetryPolicy) -> Self {
        Self { policy, started: Instant::now(), failed: 0 }
    }

    /// Returns how long to wait before the next sending; `None` when there shall be none.
    pub(super) fn next(&mut self, error: &ConnectorError, repeat: Repeat) -> Option<Duration> {
        let spent = self.started.elapsed();
        match classify(error, repeat) {
            Verdict::GiveUp => None,
            Verdict::AfterLimiter => {
                let wanted = match error {
                    ConnectorError::RateLimited { retry_after } => retry_after.unwrap_or_default(),
                    _ => Duration::ZERO,
                };
                (spent + wanted < self.policy.rate_limit_budget).then_some(Duration::ZERO)
            }
            Verdict::BackOff(wanted) => {
                self.failed += 1;
                // A refused connection costs the server nothing and heals slowly: the same patience as for the rest.
                if self.failed >= self.policy.attempts {
                    return None;
                }
                let wait = self.back_off().max(wanted.unwrap_or_default());
                (spent + wait < self.policy.budget).then_some(wait)
            }
        }
    }

    /// Doubles, and spreads the upper half, so that tasks that failed together do not return together.
    fn back_off(&self) -> Duration {
        let doubled = self
            .policy
            .first_wait
            .saturating_mul(2_u32.saturating_pow(self.failed.saturating_sub(1)))
            .min(self.policy.longest_wait);
        doubled.mul_f64(0.5 + rand::random::<f64>() / 2.0)
    }
}

/// Returns the error for a body that should have been JSON; a body that merely ends early counts as cut, and so is retried.
pub(super) fn unreadable(error: &serde_json::Error, path: &'static str) -> ConnectorError {
    if error.is_eof() {
        return ConnectorError::Transport {
            fault: TransportFault::CutBody,
            detail: "the JSON ends early".to_owned(),
        };
    }
    // serde's text may quote a value; its position is enough to find the field in a recorded body.
    let kind = match error.classify() {
        serde_json::error::Category::Syntax => "not JSON",
        serde_json::error::Category::Data => "a field has another type than the API promises",
        serde_json::error::Category::Eof | serde_json::error::Category::Io => "unreadable",
    };
    ConnectorError::Protocol {
        path,
        detail: format!("{kind} (line {}, column {})", error.line(), error.column()),
    }
}
