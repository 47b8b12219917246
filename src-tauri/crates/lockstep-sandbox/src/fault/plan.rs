//! Decides which faults strike a request.

use std::time::Instant;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::spec::{Fault, FaultKind, Matcher, Side};

/// A request, as faults look at it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) side: Side,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) is_write: bool,
}

#[derive(Debug)]
struct Entry {
    fault: Fault,
    matched: u64,
    struck: u64,
    /// Requests that the rate limit lets through at once.
    tokens: f64,
    refilled: Option<Instant>,
}

/// The faults in force and how often each has struck.
#[derive(Debug)]
pub(crate) struct FaultPlan {
    entries: Vec<Entry>,
    rng: ChaCha8Rng,
}

impl FaultPlan {
    pub(crate) fn new(faults: Vec<Fault>, seed: u64) -> FaultPlan {
        let mut plan = FaultPlan { entries: Vec::new(), rng: ChaCha8Rng::seed_from_u64(seed) };
        plan.replace(faults);
        plan
    }

    /// Replaces all faults; the counting starts again.
    pub(crate) fn replace(&mut self, faults: Vec<Fault>) {
        let entry = |fault: Fault| {
            let tokens = if let FaultKind::RateLimit { burst, .. } = fault.kind { burst } else { 0.0 };
            Entry { fault, matched: 0, struck: 0, tokens, refilled: None }
        };
        self.entries = faults.into_iter().map(entry).collect();
    }

    /// Whether one of the faults is a dialect.
    pub(crate) fn has_dialect(&self) -> bool {
        self.entries.iter().any(|entry| matches!(entry.fault.kind, FaultKind::Dialect(_)))
    }

    /// Returns the faults in force, as they were written.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.entries.iter().map(|entry| entry.fault.text.clone()).collect()
    }

    /// Returns the faults that strike this request, in the order in which they were set.
    pub(crate) fn strike(&mut self, asked: Asked<'_>, now: Instant) -> Vec<Fault> {
        let rng = &mut self.rng;
        self.entries.iter_mut().filter_map(|entry| entry.strike(asked, now, rng)).collect()
    }
}

impl Entry {
    fn strike(&mut self, asked: Asked<'_>, now: Instant, rng: &mut ChaCha8Rng) -> Option<Fault> {
        if asked.side == Side::Control || !meets(&self.fault.matcher, asked) {
            return None;
        }
        self.matched += 1;
        let Matcher { nth, every, count, probability, .. } = self.fault.matcher;
        let is_due = nth.is_none_or(|nth| self.matched >= nth)
            && every.is_none_or(|every| self.matched.is_multiple_of(every))
            && count.is_none_or(|count| self.struck < count);
        if !is_due || probability.is_some_and(|probability| rng.random::<f64>() >= probability) {
            return None;
        }
        if let FaultKind::RateLimit { rate, burst, .. } = self.fault.kind
            && self.takes_token(rate, burst, now)
        {
            return None;
        }
        self.struck += 1;
        Some(self.fault.clone())
    }

    fn takes_token(&mut self, rate: f64, burst: f64, now: Instant) -> bool {
        let elapsed = self.refilled.map_or(0.0, |then| now.saturating_duration_since(then).as_secs_f64());
        self.refilled = Some(now);
        self.tokens = (self.tokens + elapsed * rate).min(burst);
        let takes = self.tokens >= 1.0;
        if takes {
            self.tokens -= 1.0;
        }
        takes
    }
}

fn meets(matcher: &Matcher, asked: Asked<'_>) -> bool {
    matcher.side.is_none_or(|side| side == asked.side)
        && matcher.path.as_ref().is_none_or(|part| asked.path.contains(part.as_str()))
        && match matcher.method.as_deref() {
            None | Some("ANY") => true,
            Some("WRITE") => asked.is_write,
            Some("READ") => !asked.is_write,
            Some(method) => method == asked.method,
        }
}
