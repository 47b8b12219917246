//! Keeps within what a server allows, without knowing it beforehand.
//!
//! Nothing is limited until the first 429, except the number of requests in flight. From then on:
//!
//! - every 429 pauses all tasks of the service for as long as the server says;
//! - between two 429s the server's allowance was used up exactly, so *accepted ÷ time between them* is its rate: that is
//!   where the pace comes from, with what accrues during a pause kept as credit;
//! - the pace then grows, quickly while far from the last rate that failed, slowly near it and beyond.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// Pause after a 429 that names no time; doubled while nothing is accepted in between.
const DEFAULT_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause of our own making.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Slowest pace, in requests per second; below it the pauses alone do the limiting.
const SLOWEST: f64 = 0.5;
/// The pace loses at most this share by one 429, since a single one may be chance.
const DECREASE: f64 = 0.93;
/// Growth while far from the rate that failed last.
const FAST_GROWTH: f64 = 1.2;
/// A 429 this soon after a pause is blamed on the credit, not on the pace.
const BURST_WINDOW: Duration = Duration::from_millis(500);
/// How often the pace may grow.
const GROWTH_INTERVAL: Duration = Duration::from_secs(1);
/// How often the pace is tried beyond what failed before.
const PROBE_INTERVAL: Duration = Duration::from_secs(10);

/// The limiter of one service, shared by all tasks that talk to it.
#[derive(Debug)]
pub struct Limiter {
    gate: Semaphore,
    /// Lets the common case, a server without limits, skip the lock.
    is_limited: AtomicBool,
    pace: Mutex<Pace>,
}

/// Leave to send one request.
#[derive(Debug)]
#[must_use = "a request's fate tells the limiter how fast it may go"]
pub struct Permit<'a> {
    limiter: &'a Limiter,
    _slot: SemaphorePermit<'a>,
    issued: Instant,
}

#[derive(Debug)]
struct Pace {
    /// Requests per second; unknown until two 429s were seen.
    rate: Option<f64>,
    /// Leave accrued and not yet used; below zero: already promised.
    credit: f64,
    /// Pauses so far.
    epoch: u32,
    /// Most credit that may accrue.
    burst: f64,
    accrued_at: Instant,
    paused_until: Instant,
    /// When the server last said 429 to something sent after the pause before.
    refused_at: Option<Instant>,
    /// Accepted of what was sent since then.
    accepted: u32,
    /// What the last refusal has to teach, once the answers to what was sent before it are in.
    lesson: Option<Lesson>,
    /// 429s in a row without anything accepted in between.
    refused_in_a_row: u32,
    /// Rate at which the last 429 came although paced.
    failed_rate: f64,
    grow_at: Instant,
    probe: f64,
}

/// The time between two refusals.
#[derive(Debug)]
struct Lesson {
    seconds: f64,
    accepted: u32,
    is_soon_after_pause: bool,
}

/// Where a waiting task stands.
#[derive(Debug, Clone, Copy)]
enum Turn {
    Undecided,
    /// Its leave counts from a moment on, unless a pause has begun since: then all that was promised is void.
    Reserved {
        counts_from: Instant,
        epoch: u32,
    },
}

impl Limiter {
    /// Makes a limiter that lets this many requests be in flight.
    pub fn new(concurrency: usize) -> Self {
        Self {
            gate: Semaphore::new(concurrency.max(1)),
            is_limited: AtomicBool::new(false),
            pace: Mutex::new(Pace::new(Instant::now())),
        }
    }

    /// Waits for leave to send; `None` when stopped meanwhile.
    pub async fn acquire(&self, stop: &CancellationToken) -> Option<Permit<'_>> {
        let slot = match self.gate.try_acquire() {
            Ok(slot) => slot,
            Err(_) => tokio::select! {
                biased;
                () = stop.cancelled() => return None,
                slot = self.gate.acquire() => slot.ok()?,
            },
        };
        let mut turn = Turn::Undecided;
        while self.is_limited.load(Ordering::Acquire) {
            let until = self.with_pace(|pace| pace.next(&mut turn, Instant::now()));
            let Some(until) = until else { break };
            tokio::select! {
                biased;
                () = stop.cancelled() => return None,
                () = sleep_until(until) => {}
            }
        }
        if stop.is_cancelled() {
            return None;
        }
        Some(Permit { limiter: self, _slot: slot, issued: Instant::now() })
    }

    fn with_pace<T>(&self, action: impl FnOnce(&mut Pace) -> T) -> T {
        // Numbers only: a panic elsewhere cannot leave them in a state worse than any other.
        action(&mut self.pace.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Permit<'_> {
    /// Says that the server took the request on, whatever it answered.
    pub fn accepted(self) {
        if self.limiter.is_limited.load(Ordering::Acquire) {
            self.limiter.with_pace(|pace| pace.accepted(self.issued, Instant::now()));
        }
    }

    /// Says that the server answered 429.
    pub fn rejected(self, retry_after: Option<Duration>) {
        self.limiter.with_pace(|pace| pace.rejected(self.issued, retry_after, Instant::now()));
        self.limiter.is_limited.store(true, Ordering::Release);
    }
}

impl Pace {
    fn new(now: Instant) -> Self {
        Self {
            rate: None,
            credit: 0.0,
            epoch: 0,
            burst: f64::INFINITY,
            accrued_at: now,
            paused_until: now,
            refused_at: None,
            accepted: 0,
            lesson: None,
            refused_in_a_row: 0,
            failed_rate: f64::INFINITY,
            grow_at: now,
            probe: 0.01,
        }
    }

    fn accrue(&mut self, now: Instant) {
        if let Some(rate) = self.rate {
            let most = self.burst.min(rate.max(1.0) * 2.0);
            let gained = now.saturating_duration_since(self.accrued_at).as_secs_f64() * rate;
            self.credit = (self.credit + gained).min(most.max(1.0));
        }
        self.accrued_at = now;
    }

    /// Returns until when to wait before asking again; `None` when it is this task's turn.
    fn next(&mut self, turn: &mut Turn, now: Instant) -> Option<Instant> {
        // Somebody else's 429 may have begun a pause while this one slept.
        if now < self.paused_until {
            return Some(self.paused_until);
        }
        let counts_from = match *turn {
            Turn::Reserved { counts_from, epoch } if epoch == self.epoch => counts_from,
            Turn::Reserved { .. } | Turn::Undecided => self.reserve(now),
        };
        *turn = Turn::Reserved { counts_from, epoch: self.epoch };
        (now < counts_from).then_some(counts_from)
    }

    /// Takes one leave and returns from when it counts.
    fn reserve(&mut self, now: Instant) -> Instant {
        self.learn();
        self.accrue(now);
        let Some(rate) = self.rate else { return now };
        self.credit -= 1.0;
        let wait = if self.credit >= 0.0 { 0.0 } else { -self.credit / rate };
        now + Duration::from_secs_f64(wait)
    }

    fn accepted(&mut self, issued: Instant, now: Instant) {
        self.refused_in_a_row = 0;
        match &mut self.lesson {
            // Sent before the refusal, though answered after it.
            Some(lesson) if self.refused_at.is_some_and(|refused_at| issued <= refused_at) => {
                lesson.accepted += 1;
            }
            _ => self.accepted += 1,
        }
        if now >= self.grow_at && now >= self.paused_until {
            self.accrue(now);
            self.grow(now);
        }
    }

    fn grow(&mut self, now: Instant) {
        let Some(rate) = self.rate else { return };
        let near = self.failed_rate * 0.985;
        if rate < self.failed_rate * 0.9 {
            self.rate = Some((rate * FAST_GROWTH).min(near));
            self.grow_at = now + GROWTH_INTERVAL;
        } else if rate < near {
            self.rate = Some((rate * 1.02).min(near));
            self.grow_at = now + GROWTH_INTERVAL;
        } else {
            self.rate = Some(rate * (1.0 + self.probe));
            // Each step that went well doubles the next: a limit that was lifted is found within minutes.
            self.probe = (self.probe * 2.0).min(0.25);
            self.failed_rate = self.failed_rate.max(rate);
            self.grow_at = now + PROBE_INTERVAL;
        }
    }

    fn rejected(&mut self, issued: Instant, retry_after: Option<Duration>, now: Instant) {
        let own = DEFAULT_PAUSE.saturating_mul(1 << self.refused_in_a_row.min(6)).min(LONGEST_PAUSE);
        let pause = retry_after.unwrap_or(own);
        if let Some(refused_at) = self.refused_at
            && issued <= refused_at
        {
            // Sent before the pause began: the same refusal, heard again.
            if retry_after.is_some() {
                self.paused_until = self.paused_until.max(refused_at + pause);
            }
            return;
        }
        self.learn();
        self.accrue(now);
        self.lesson = self.refused_at.map(|refused_at| Lesson {
            seconds: now.saturating_duration_since(refused_at).as_secs_f64().max(0.001),
            accepted: self.accepted,
            is_soon_after_pause: now.saturating_duration_since(self.paused_until) < BURST_WINDOW,
        });
        self.refused_in_a_row = (self.refused_in_a_row + 1).min(16);
        self.refused_at = Some(now);
        self.accepted = 0;
        self.paused_until = now + pause;
        // At this moment the server has nothing left for us.
        self.credit = 0.0;
        self.epoch = self.epoch.wrapping_add(1);
        self.grow_at = self.paused_until + GROWTH_INTERVAL;
        self.probe = 0.01;
    }

    /// Draws the conclusion from the last refusal.
    fn learn(&mut self) {
        let Some(lesson) = self.lesson.take() else { return };
        let measured = f64::from(lesson.accepted) / lesson.seconds;
        match self.rate {
            // Nothing accepted says nothing about a rate; the pauses go on doing the limiting.
            None if lesson.accepted == 0 => {}
            None => {
                self.rate = Some(measured.max(SLOWEST));
                self.burst = f64::from(lesson.accepted).max(1.0);
                // The pause that is just over was long enough for this much to accrue.
                self.credit = self.burst;
            }
            Some(_) if lesson.is_soon_after_pause && self.burst > 1.0 => {
                self.burst = (self.burst / 2.0).max(1.0);
            }
            Some(rate) => {
                // A window that began before the pause may have been filled by the credit, too.
                self.burst = (self.burst / 2.0).max(1.0);
                self.failed_rate = rate;
                self.rate = Some(measured.clamp(rate * DECREASE, rate * 0.98).max(SLOWEST));
            }
        }
    }
}

#[cfg(test)]
mod tests;
