//! A run's counters, told to listeners at most five times a second; the truth is in the journal.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lockstep_core::ids::RunId;
use lockstep_core::plan::operation::OperationKind;
use tokio::sync::broadcast;

use crate::api::views::{CountOf, RunProgress};
use crate::events::EngineEvent;

/// Five messages a second are smooth to the eye and cheap for the window.
const INTERVAL: Duration = Duration::from_millis(200);
/// Speed is measured over this time: long enough to be steady, short enough to notice a rate limit.
const SPEED_WINDOW: Duration = Duration::from_secs(10);

/// Counts what a run does.
#[derive(Debug)]
pub(crate) struct ProgressBoard {
    run: RunId,
    events: broadcast::Sender<EngineEvent>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    progress: RunProgress,
    told: Option<Instant>,
    ends: VecDeque<Instant>,
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Done, by us or before us.
    Done,
    /// Failed.
    Failed,
    /// Not sent.
    Skipped,
}

impl ProgressBoard {
    /// Makes a board for these operations.
    pub(crate) fn new(
        run: RunId,
        events: broadcast::Sender<EngineEvent>,
        kinds: impl Iterator<Item = OperationKind>,
        held: u32,
    ) -> Self {
        let mut progress = RunProgress { held, ..RunProgress::default() };
        for kind in kinds {
            progress.total += 1;
            progress.waiting += 1;
            count(&mut progress, kind).total += 1;
        }
        Self { run, events, state: Mutex::new(State { progress, told: None, ends: VecDeque::new() }) }
    }

    /// An operation is about to be sent.
    pub(crate) fn began(&self) {
        self.change(|progress| {
            progress.waiting = progress.waiting.saturating_sub(1);
            progress.in_flight += 1;
        });
    }

    /// An operation waits for its next attempt, or goes on.
    pub(crate) fn retrying(&self, is_waiting: bool) {
        self.change(|progress| {
            let (from, to) = if is_waiting {
                (&mut progress.in_flight, &mut progress.retrying)
            } else {
                (&mut progress.retrying, &mut progress.in_flight)
            };
            *from = from.saturating_sub(1);
            *to += 1;
        });
    }

    /// An operation that was begun has ended.
    pub(crate) fn ended(&self, kind: OperationKind, how: Ended) {
        let mut state = self.state();
        let progress = &mut state.progress;
        progress.in_flight = progress.in_flight.saturating_sub(1);
        match how {
            Ended::Done => {
                progress.done += 1;
                count(progress, kind).done += 1;
            }
            Ended::Failed => progress.failed += 1,
            Ended::Skipped => {}
        }
        state.ends.push_back(Instant::now());
        self.tell(state, false);
    }

    /// An operation was never begun.
    pub(crate) fn skipped(&self) {
        self.change(|progress| progress.waiting = progress.waiting.saturating_sub(1));
    }

    /// Tells the listeners now, and returns the counters.
    pub(crate) fn flush(&self) -> RunProgress {
        let state = self.state();
        let progress = state.progress.clone();
        self.tell(state, true);
        progress
    }

    fn change(&self, change: impl FnOnce(&mut RunProgress)) {
        let mut state = self.state();
        change(&mut state.progress);
        self.tell(state, false);
    }

    fn tell(&self, mut state: MutexGuard<'_, State>, now: bool) {
        let at = Instant::now();
        if !now && state.told.is_some_and(|told| at.duration_since(told) < INTERVAL) {
            return;
        }
        state.told = Some(at);
        state.measure(at);
        let progress = state.progress.clone();
        drop(state);
        // Nobody listening is no fault.
        let _ = self.events.send(EngineEvent::RunProgress(self.run.clone(), progress));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Derives the speed and the time left from the ends of the last seconds.
    fn measure(&mut self, at: Instant) {
        while self.ends.front().is_some_and(|end| at.duration_since(*end) > SPEED_WINDOW) {
            self.ends.pop_front();
        }
        let Some(first) = self.ends.front() else { return };
        let seconds = at.duration_since(*first).as_secs_f64();
        if seconds < 0.5 {
            return;
        }
        let left = self.progress.waiting + self.progress.in_flight + self.progress.retrying;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small positive numbers")]
        {
            let speed = self.ends.len() as f64 / seconds;
            self.progress.requests_per_second_tenths = Some((speed * 10.0) as u32);
            self.progress.seconds_left = Some((f64::from(left) / speed).ceil() as u32);
        }
    }
}

fn count(progress: &mut RunProgress, kind: OperationKind) -> &mut CountOf {
    match kind {
        OperationKind::CreateUser | OperationKind::CreateGroup => &mut progress.created,
        OperationKind::DeactivateUser => &mut progress.deactivated,
        OperationKind::DeleteUser | OperationKind::DeleteGroup => &mut progress.deleted,
        OperationKind::LinkUser
        | OperationKind::UpdateUser
        | OperationKind::ActivateUser
        | OperationKind::ReleaseGroup
        | OperationKind::TakeOverGroup
        | OperationKind::RenameGroup
        | OperationKind::AddSourceMembers
        | OperationKind::AddMembers
        | OperationKind::RemoveMembers => &mut progress.updated,
    }
}
