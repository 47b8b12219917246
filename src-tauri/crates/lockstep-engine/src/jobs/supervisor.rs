//! The only place that spawns: it knows every task, stops it and awaits its end.
//!
//! A connection has at most one job that writes; a second one is refused with `Busy` rather than queued, because what it would do was asked for before the first one
//! changed the world. What a job does is no business of this file.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lockstep_core::ids::{ConnectionId, RunId};
use tokio::sync::{broadcast, oneshot};
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::api::views::JobView;
use crate::error::{EngineError, ErrorCode};
use crate::events::EngineEvent;

/// How long a task may take to end by itself when the engine is closed. The journal makes what follows (an abort) safe.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a job is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobKind {
    /// Reads both sides and computes a plan.
    Refresh,
    /// Computes a plan from what was read before.
    Plan,
    /// Applies a plan.
    Run,
}

impl JobKind {
    /// Returns `refresh`, `plan` or `run`, as screens know them.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refresh => "refresh",
            Self::Plan => "plan",
            Self::Run => "run",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::Refresh => "Both sides are being read for this connection",
            Self::Plan => "A plan is being computed for this connection",
            Self::Run => "A run is going on for this connection",
        }
    }
}

/// Owns every task of the engine.
#[derive(Debug)]
pub struct Supervisor {
    tracker: TaskTracker,
    stop: CancellationToken,
    events: broadcast::Sender<EngineEvent>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    jobs: BTreeMap<ConnectionId, Job>,
    /// Tasks without a slot, and jobs; finished ones are swept when the next is added.
    handles: Vec<AbortHandle>,
}

#[derive(Debug)]
struct Job {
    kind: JobKind,
    stop: CancellationToken,
    view: JobView,
    /// Said once the connection is free again.
    last_words: Vec<EngineEvent>,
}

/// Waits for a job. Dropping it leaves the job running; its error is then announced as an event.
#[derive(Debug)]
#[must_use = "await the job, or drop the handle on purpose to let it go on in the background"]
pub struct JobHandle<T> {
    result: oneshot::Receiver<Result<T, EngineError>>,
}

impl<T> JobHandle<T> {
    /// Waits for the job's end; its connection is free again by then.
    ///
    /// # Errors
    /// The job's own error; `Cancelled` when it was aborted, `Internal` when it panicked.
    pub async fn wait(self) -> Result<T, EngineError> {
        self.result.await.unwrap_or_else(|_| {
            Err(EngineError::new(ErrorCode::Cancelled, "The work was broken off before its end")
                .hint("Start it again; what was sent is in the journal"))
        })
    }
}

impl Supervisor {
    /// Makes a supervisor that announces jobs to `events`.
    pub(crate) fn new(events: broadcast::Sender<EngineEvent>) -> Self {
        Self { tracker: TaskTracker::new(), stop: CancellationToken::new(), events, state: Arc::default() }
    }

    /// Starts the connection's one job; `work` gets the token that asks it to stop.
    ///
    /// # Errors
    /// `Busy` while the connection has another job; `Cancelled` once the engine is being closed.
    pub fn start_job<T, F, W>(
        &self,
        connection: &ConnectionId,
        kind: JobKind,
        work: W,
    ) -> Result<JobHandle<T>, EngineError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, EngineError>> + Send + 'static,
        W: FnOnce(CancellationToken) -> F,
    {
        let stop = self.stop.child_token();
        let view = {
            let mut state = self.state();
            // Checked under the lock: `close` cancels before it looks at the jobs.
            self.check_open()?;
            if let Some(job) = state.jobs.get(connection) {
                return Err(busy(job.kind));
            }
            let view = JobView {
                connection_id: connection.clone(),
                kind: kind.name().to_owned(),
                step: String::new(),
                done: 0,
                total: None,
                run_id: None,
                seconds_left: None,
            };
            let job = Job { kind, stop: stop.clone(), view: view.clone(), last_words: Vec::new() };
            state.jobs.insert(connection.clone(), job);
            view
        };
        let slot = Slot {
            connection: connection.clone(),
            state: Arc::clone(&self.state),
            events: self.events.clone(),
        };
        self.emit(EngineEvent::Job(connection.clone(), Some(view)));
        let (sender, result) = oneshot::channel();
        let events = self.events.clone();
        let id = connection.clone();
        let future = work(stop);
        self.spawn(async move {
            let outcome = future.await;
            // Whoever awaits the result may start the next job at once.
            drop(slot);
            if let Err(Err(unheard)) = sender.send(outcome)
                && unheard.code != ErrorCode::Cancelled
            {
                // No listener is no fault: the error is in the log as well.
                tracing::warn!(connection = id.as_str(), code = ?unheard.code, "A background job failed.");
                let _ = events.send(EngineEvent::JobFailed(id, Arc::new(unheard)));
            }
        });
        Ok(JobHandle { result })
    }

    /// Starts a task that belongs to no connection; it ends when the token is cancelled.
    pub(crate) fn start_background<F, W>(&self, work: W)
    where
        F: Future<Output = ()> + Send + 'static,
        W: FnOnce(CancellationToken) -> F,
    {
        self.spawn(work(self.stop.child_token()));
    }

    /// Returns the connection's job, if one is going on.
    pub fn job(&self, connection: &ConnectionId) -> Option<JobView> {
        self.state().jobs.get(connection).map(|job| job.view.clone())
    }

    /// Changes what is shown about the connection's job, and announces it; without a job, nothing happens.
    pub fn report(&self, connection: &ConnectionId, change: impl FnOnce(&mut JobView)) {
        let view = {
            let mut state = self.state();
            let Some(job) = state.jobs.get_mut(connection) else { return };
            change(&mut job.view);
            job.view.clone()
        };
        self.emit(EngineEvent::Job(connection.clone(), Some(view)));
    }

    /// Announces `event` once the connection's job has given its place back: whoever hears it may start the next job at once.
    /// Without a job, it is announced now.
    pub(crate) fn announce_at_end(&self, connection: &ConnectionId, event: EngineEvent) {
        if let Some(job) = self.state().jobs.get_mut(connection) {
            job.last_words.push(event);
            return;
        }
        self.emit(event);
    }

    /// Asks the connection's job to stop; returns whether there was one. It ends after the request in flight.
    pub fn stop_job(&self, connection: &ConnectionId) -> bool {
        self.state().jobs.get(connection).map(|job| job.stop.cancel()).is_some()
    }

    /// Asks the job that carries out this run to stop; returns whether there was one.
    pub fn stop_run(&self, run: &RunId) -> bool {
        let state = self.state();
        let job = state.jobs.values().find(|job| job.view.run_id.as_ref() == Some(run));
        job.map(|job| job.stop.cancel()).is_some()
    }

    /// Whether a job carries out this run.
    pub fn carries_out(&self, run: &RunId) -> bool {
        self.state().jobs.values().any(|job| job.view.run_id.as_ref() == Some(run))
    }

    /// Refuses with `Busy` while the connection has a job.
    ///
    /// # Errors
    /// `Busy`.
    pub fn check_idle(&self, connection: &ConnectionId) -> Result<(), EngineError> {
        self.state().jobs.get(connection).map_or(Ok(()), |job| Err(busy(job.kind)))
    }

    /// Cancels every task, waits at most ten seconds, then aborts what is left and awaits it. May be called again.
    pub async fn close(&self) {
        self.stop.cancel();
        self.tracker.close();
        if tokio::time::timeout(PATIENCE, self.tracker.wait()).await.is_ok() {
            return;
        }
        let handles = std::mem::take(&mut self.state().handles);
        tracing::warn!(tasks = handles.len(), "Tasks did not end in time and are aborted.");
        for handle in handles {
            handle.abort();
        }
        self.tracker.wait().await;
    }

    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        let handle = self.tracker.spawn(future).abort_handle();
        let mut state = self.state();
        state.handles.retain(|handle| !handle.is_finished());
        state.handles.push(handle);
    }

    fn check_open(&self) -> Result<(), EngineError> {
        if self.stop.is_cancelled() {
            return Err(EngineError::new(ErrorCode::Cancelled, "Lockstep is being closed"));
        }
        Ok(())
    }

    fn emit(&self, event: EngineEvent) {
        // Nobody listening is no fault.
        let _ = self.events.send(event);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A connection's place; given back when the job ends, is aborted or panics.
struct Slot {
    connection: ConnectionId,
    state: Arc<Mutex<State>>,
    events: broadcast::Sender<EngineEvent>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let ended = lock(&self.state).jobs.remove(&self.connection);
        let _ = self.events.send(EngineEvent::Job(self.connection.clone(), None));
        for event in ended.into_iter().flat_map(|job| job.last_words) {
            let _ = self.events.send(event);
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // Entries are inserted and removed whole, so a panic elsewhere leaves nothing half-done.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn busy(kind: JobKind) -> EngineError {
    EngineError::new(ErrorCode::Busy, kind.sentence()).hint("Wait until it is done, or stop it")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn supervisor() -> (Supervisor, broadcast::Receiver<EngineEvent>) {
        let (events, listener) = broadcast::channel(16);
        (Supervisor::new(events), listener)
    }

    #[tokio::test]
    async fn a_connection_is_free_again_once_its_job_was_awaited() {
        let (supervisor, _listener) = supervisor();
        let id = ConnectionId::from("acme");
        for answer in [1, 2] {
            let job = supervisor.start_job(&id, JobKind::Refresh, |_| async move { Ok(answer) }).unwrap();
            assert_eq!(job.wait().await.unwrap(), answer);
            assert_eq!(supervisor.job(&id), None, "its place is given back before its answer");
        }
    }

    #[tokio::test]
    async fn what_a_job_says_at_its_end_is_heard_when_the_connection_is_free() {
        let (supervisor, mut listener) = supervisor();
        let supervisor = Arc::new(supervisor);
        let id = ConnectionId::from("acme");
        let (run, speaker, own) = (RunId::from("run-1"), Arc::clone(&supervisor), id.clone());
        let job = supervisor.start_job(&id, JobKind::Run, |_| async move {
            speaker.announce_at_end(&own, EngineEvent::RunEnded(run));
            Ok(())
        });
        job.unwrap().wait().await.unwrap();
        let mut heard = Vec::new();
        while let Ok(event) = listener.try_recv() {
            heard.push(event);
        }
        let freed = heard.iter().position(|event| matches!(event, EngineEvent::Job(_, None)));
        let ended = heard.iter().position(|event| matches!(event, EngineEvent::RunEnded(_)));
        assert!(freed.is_some() && freed < ended, "the place is given back first: {heard:?}");
    }

    #[tokio::test]
    async fn another_connection_is_not_kept_waiting() {
        let (supervisor, _listener) = supervisor();
        let (first, second) = (ConnectionId::from("one"), ConnectionId::from("two"));
        let waiting = supervisor.start_job(&first, JobKind::Run, |stop| async move {
            stop.cancelled().await;
            Ok(())
        });
        let waiting = waiting.unwrap();
        let refused = supervisor.start_job(&first, JobKind::Refresh, |_| async { Ok(()) });
        assert_eq!(refused.unwrap_err().code, ErrorCode::Busy);
        supervisor.start_job(&second, JobKind::Run, |_| async { Ok(()) }).unwrap().wait().await.unwrap();
        assert!(supervisor.stop_job(&first), "there was one to stop");
        waiting.wait().await.unwrap();
        assert!(!supervisor.stop_job(&first), "and now there is none");
    }

    #[tokio::test]
    async fn an_error_that_nobody_awaits_is_announced_once() {
        let (supervisor, mut listener) = supervisor();
        let id = ConnectionId::from("acme");
        let failing =
            |_| async { Err::<(), _>(EngineError::new(ErrorCode::RemoteUnavailable, "It is down")) };
        drop(supervisor.start_job(&id, JobKind::Refresh, failing).unwrap());
        loop {
            if let EngineEvent::JobFailed(connection, error) = listener.recv().await.unwrap() {
                assert_eq!((connection, error.code), (id.clone(), ErrorCode::RemoteUnavailable));
                break;
            }
        }
        let awaited = supervisor.start_job(&id, JobKind::Refresh, failing).unwrap().wait().await;
        assert_eq!(awaited.unwrap_err().code, ErrorCode::RemoteUnavailable);
        supervisor.close().await;
        while let Ok(event) = listener.try_recv() {
            assert!(!matches!(event, EngineEvent::JobFailed(..)), "who awaits it hears it there: {event:?}");
        }
    }

    #[tokio::test]
    async fn a_job_that_panics_gives_its_place_back() {
        let (supervisor, _listener) = supervisor();
        let id = ConnectionId::from("acme");
        let job =
            supervisor.start_job::<(), _, _>(&id, JobKind::Run, |_| async { panic!("a fault of ours") });
        assert_eq!(job.unwrap().wait().await.unwrap_err().code, ErrorCode::Cancelled);
        supervisor.start_job(&id, JobKind::Run, |_| async { Ok(()) }).unwrap().wait().await.unwrap();
    }

    #[tokio::test]
    async fn closing_stops_jobs_and_refuses_new_ones() {
        let (supervisor, _listener) = supervisor();
        let id = ConnectionId::from("acme");
        let job = supervisor.start_job(&id, JobKind::Run, |stop| async move {
            stop.cancelled().await;
            Ok("stopped")
        });
        let job = job.unwrap();
        supervisor.close().await;
        assert_eq!(job.wait().await.unwrap(), "stopped", "it could end by itself");
        let late = supervisor.start_job(&id, JobKind::Run, |_| async { Ok(()) });
        assert_eq!(late.unwrap_err().code, ErrorCode::Cancelled);
    }
}
