//! The single writer: a thread of its own that gathers concurrent writes into one transaction.
//!
//! A durable commit costs an fsync. While one is under way, further writes queue up; the next transaction takes all of them, so that sixteen operations in flight cost a
//! few fsyncs and not sixteen. There is no waiting for company: a lone write is committed at once.
//! A failing write takes back only its own changes: the first of a transaction with the transaction, each later one with a savepoint. A savepoint
//! is not free: SQLite keeps a copy of every page that changes after it. Writes of a run's journal do without, see [`Writer::write_whole`].

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{broadcast, mpsc, oneshot};

use super::writer_memory::WriterMemory;
use super::{StoreError, WriteTransaction};
use crate::tags::CacheTag;

/// Writes that may wait for the writer; beyond that, callers wait to be let in.
const QUEUE: usize = 4096;
/// Writes that one transaction takes at most; it bounds what a failing disk takes back at once.
const BATCH: usize = 1024;
/// A transaction takes no further write after this, so that small writes do not wait behind many large ones.
const BATCH_TIME: Duration = Duration::from_millis(50);
/// Commits that a slow listener may fall behind before it misses tags; it is then told so and refetches everything.
const TAG_BACKLOG: usize = 256;

/// One caller's write, whatever type it answers with.
trait Pending: Send {
    /// Whether it does without a savepoint.
    fn is_whole(&self) -> bool;
    /// Runs the closure; false means that its changes are to be rolled back.
    fn run(&mut self, transaction: &WriteTransaction<'_>) -> bool;
    /// Hands the caller the outcome, or the error that spoilt the whole transaction.
    fn settle(self: Box<Self>, spoilt: Option<StoreError>);
}

struct Job<F, T, E> {
    work: Option<F>,
    is_whole: bool,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Pending for Job<F, T, E>
where
    F: FnOnce(&WriteTransaction<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn is_whole(&self) -> bool {
        self.is_whole
    }

    fn run(&mut self, transaction: &WriteTransaction<'_>) -> bool {
        let Some(work) = self.work.take() else { return false };
        // The closure is gone after a panic and its changes are rolled back: nothing half-done can be seen.
        let outcome = catch_unwind(AssertUnwindSafe(|| work(transaction)))
            .unwrap_or_else(|_| Err(E::from(StoreError::Panicked)));
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn settle(self: Box<Self>, spoilt: Option<StoreError>) {
        let outcome = match (self.outcome, spoilt) {
            (Some(Err(own)), _) => Err(own),
            (_, Some(error)) => Err(E::from(error)),
            (Some(done), None) => done,
            (None, None) => Err(E::from(StoreError::Closed)),
        };
        // A caller that stopped waiting does not undo its write.
        let _ = self.reply.send(outcome);
    }
}

/// The way to the writer's thread; dropping it drains the queue, closes the database and awaits the thread.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Option<mpsc::Sender<Box<dyn Pending>>>,
    tags: broadcast::Sender<Arc<[CacheTag]>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> std::io::Result<Self> {
        let (queue, incoming) = mpsc::channel(QUEUE);
        let (tags, _) = broadcast::channel(TAG_BACKLOG);
        let publish = tags.clone();
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || serve(&connection, incoming, &publish))?;
        Ok(Self { queue: Some(queue), tags, thread: Some(thread) })
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<Arc<[CacheTag]>> {
        self.tags.subscribe()
    }

    /// Runs a write of its own.
    pub(super) fn write<F, T, E>(&self, work: F) -> impl Future<Output = Result<T, E>> + Send + use<F, T, E>
    where
        F: FnOnce(&WriteTransaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.hand_over(work, false)
    }

    /// Runs a write that, where it fails after it changed something, takes the whole transaction with it.
    pub(super) fn write_whole<F, T, E>(
        &self,
        work: F,
    ) -> impl Future<Output = Result<T, E>> + Send + use<F, T, E>
    where
        F: FnOnce(&WriteTransaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.hand_over(work, true)
    }

    /// Puts a write into the queue at once, not only when the future is first polled: who does not wait for the answer yet has its write under way.
    fn hand_over<F, T, E>(
        &self,
        work: F,
        is_whole: bool,
    ) -> impl Future<Output = Result<T, E>> + Send + use<F, T, E>
    where
        F: FnOnce(&WriteTransaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Box<dyn Pending> = Box::new(Job { work: Some(work), is_whole, outcome: None, reply });
        // A closed queue is found by the sending below.
        let left = match &self.queue {
            Some(queue) => match queue.try_send(job) {
                Ok(()) => None,
                Err(TrySendError::Full(job) | TrySendError::Closed(job)) => Some((queue.clone(), job)),
            },
            None => None,
        };
        async move {
            if let Some((queue, job)) = left {
                queue.send(job).await.map_err(|_| StoreError::Closed)?;
            }
            answer.await.unwrap_or_else(|_| Err(E::from(StoreError::Closed)))
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        // A write closure may hold the last handle of the store; a thread cannot await itself.
        if let Some(thread) =
            self.thread.take().filter(|thread| thread.thread().id() != std::thread::current().id())
            && thread.join().is_err()
        {
            tracing::error!("The store's writer ended by a panic.");
        }
    }
}

fn serve(
    connection: &Connection,
    mut incoming: mpsc::Receiver<Box<dyn Pending>>,
    publish: &broadcast::Sender<Arc<[CacheTag]>>,
) {
    let memory = WriterMemory::default();
    while let Some(first) = incoming.blocking_recv() {
        let (settled, spoilt, tags) = run_batch(connection, &memory, first, &mut incoming);
        // Before the answers, so that whoever begins to listen after one hears nothing of the past.
        if spoilt.is_none() && !tags.is_empty() {
            // Nobody listening is no error.
            let _ = publish.send(tags.into_iter().collect());
        }
        for job in settled {
            job.settle(spoilt.as_ref().map(|cause| StoreError::Commit(Arc::clone(cause))));
        }
    }
    if let Err(error) = connection.execute_batch("PRAGMA optimize") {
        tracing::debug!(%error, "The database was not optimised at the end.");
    }
}

type Batch = (Vec<Box<dyn Pending>>, Option<Arc<rusqlite::Error>>, BTreeSet<CacheTag>);

/// Runs one transaction: the first write and whatever else is already waiting.
fn run_batch(
    connection: &Connection,
    memory: &WriterMemory,
    first: Box<dyn Pending>,
    incoming: &mut mpsc::Receiver<Box<dyn Pending>>,
) -> Batch {
    let started = Instant::now();
    let mut jobs = Vec::new();
    let mut tags = BTreeSet::new();
    if let Err(cause) = execute(connection, "BEGIN IMMEDIATE") {
        return (vec![first], Some(Arc::new(cause)), tags);
    }
    let mut next = Some(first);
    while let Some(mut job) = next {
        let run = match (jobs.is_empty(), job.is_whole()) {
            (true, _) => run_first(connection, memory, job.as_mut(), &mut tags),
            (_, true) => run_whole(connection, memory, job.as_mut(), &mut tags),
            (false, false) => run_in_savepoint(connection, memory, job.as_mut(), &mut tags),
        };
        jobs.push(job);
        if let Err(cause) = run {
            memory.forget();
            return (jobs, Some(take_back(connection, cause)), tags);
        }
        let full = jobs.len() >= BATCH || started.elapsed() >= BATCH_TIME;
        next = if full { None } else { incoming.try_recv().ok() };
    }
    match execute(connection, "COMMIT") {
        Ok(()) => (jobs, None, tags),
        Err(cause) => {
            memory.forget();
            (jobs, Some(take_back(connection, cause)), tags)
        }
    }
}

/// Runs the first write of a transaction: what it changed before it failed is all that there is to take back. An error means that the whole
/// transaction is spoilt (disk full, I/O error), not that the write failed.
fn run_first(
    connection: &Connection,
    memory: &WriterMemory,
    job: &mut dyn Pending,
    tags: &mut BTreeSet<CacheTag>,
) -> Result<(), rusqlite::Error> {
    let transaction = WriteTransaction::new(connection, memory);
    if job.run(&transaction) {
        tags.extend(transaction.into_touched());
        return Ok(());
    }
    memory.forget();
    // After some errors SQLite has already rolled everything back by itself.
    if !connection.is_autocommit() {
        execute(connection, "ROLLBACK")?;
    }
    execute(connection, "BEGIN IMMEDIATE")
}

/// Runs a write that is not protected. An error means as in [`run_first`], or that it failed after it had changed something.
fn run_whole(
    connection: &Connection,
    memory: &WriterMemory,
    job: &mut dyn Pending,
    tags: &mut BTreeSet<CacheTag>,
) -> Result<(), rusqlite::Error> {
    let before = connection.total_changes();
    let transaction = WriteTransaction::new(connection, memory);
    if job.run(&transaction) {
        tags.extend(transaction.into_touched());
        return Ok(());
    }
    if connection.total_changes() == before && !connection.is_autocommit() {
        return Ok(());
    }
    Err(rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT),
        Some("a write without a savepoint failed half-way".to_owned()),
    ))
}

/// Runs one write in its savepoint. An error means as in [`run_first`].
fn run_in_savepoint(
    connection: &Connection,
    memory: &WriterMemory,
    job: &mut dyn Pending,
    tags: &mut BTreeSet<CacheTag>,
) -> Result<(), rusqlite::Error> {
    execute(connection, "SAVEPOINT write")?;
    let transaction = WriteTransaction::new(connection, memory);
    if job.run(&transaction) {
        tags.extend(transaction.into_touched());
    } else {
        memory.forget();
        // After some errors SQLite has already rolled everything back by itself, and this fails.
        execute(connection, "ROLLBACK TO write")?;
    }
    execute(connection, "RELEASE write")
}

fn take_back(connection: &Connection, cause: rusqlite::Error) -> Arc<rusqlite::Error> {
    if !connection.is_autocommit()
        && let Err(error) = execute(connection, "ROLLBACK")
    {
        tracing::error!(%error, "The database could not roll back.");
    }
    tracing::error!(error = %cause, "A transaction of the store was lost.");
    Arc::new(cause)
}

fn execute(connection: &Connection, sql: &str) -> Result<(), rusqlite::Error> {
    connection.prepare_cached(sql)?.execute(()).map(drop)
}
