//! The engine's handle: what it owns, how it is opened and closed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use lockstep_core::ids::ConnectionId;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::api::known_keys::KnownKeys;
use crate::clients::CachedClients;
use crate::clock::Clock;
use crate::error::{EngineError, ErrorCode};
use crate::events::EngineEvent;
use crate::http::RetryPolicy;
use crate::jobs::Supervisor;
use crate::secrets::{Salt, SecretStore};
use crate::store::tables::settings;
use crate::store::{self, Store};
use crate::sync::acceptance;

/// Messages that a slow listener may fall behind by; it then reads the state from the store anyway.
const EVENT_BACKLOG: usize = 1024;

/// What a data directory is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// Takes the writer lock; fails with `Busy` while another process holds it.
    ReadWrite,
    /// Reads what is stored, while another process may write.
    ReadOnly,
}

/// Where keys are kept.
#[derive(Debug, Clone)]
pub enum SecretBackend {
    /// The environment, then the operating system's secret store.
    Os,
    /// This process only; no environment variable is looked at.
    Memory,
    /// A store made by the caller.
    Given(SecretStore),
}

/// What an engine is opened with.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// The data directory; made if it is missing and `mode` allows.
    pub data_dir: PathBuf,
    /// Reading and writing, or reading only.
    pub mode: OpenMode,
    /// Where the time comes from.
    pub clock: Clock,
    /// Where keys are kept.
    pub secrets: SecretBackend,
    /// Who acts, for the event log: for example `lockstepctl (root)`.
    pub initiator: String,
}

/// The engine; a cheap clone of a shared value. [`Engine::close`] ends its tasks.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

/// What an engine owns.
#[derive(Debug)]
pub(crate) struct Inner {
    /// The data directory.
    pub(crate) store: Store,
    /// The keys.
    pub(crate) secrets: SecretStore,
    /// The time.
    pub(crate) clock: Clock,
    /// Who acts.
    pub(crate) initiator: String,
    /// Every task.
    pub(crate) supervisor: Supervisor,
    /// For keys' fingerprints; `None` for a directory that no writer has opened yet.
    pub(crate) salt: Option<Salt>,
    pub(crate) clients: Mutex<BTreeMap<ConnectionId, CachedClients>>,
    /// What was seen of keys in the secret store.
    pub(crate) known_keys: KnownKeys,
    /// How patiently requests are repeated.
    pub(crate) retry: RetryPolicy,
    /// What listeners hear; for those who report often and keep a sender of their own.
    pub(crate) events: broadcast::Sender<EngineEvent>,
}

impl Engine {
    /// Opens a data directory.
    ///
    /// # Errors
    /// `Busy` when another process writes, `DatabaseTooNew`, `NotFound` when reading is asked of a directory without data.
    pub async fn open(options: EngineOptions) -> Result<Self, EngineError> {
        Self::open_with(options, RetryPolicy::default()).await
    }

    /// Opens a data directory; requests are repeated as patiently as `retry` says.
    ///
    /// # Errors
    /// As [`Engine::open`].
    pub async fn open_with(options: EngineOptions, retry: RetryPolicy) -> Result<Self, EngineError> {
        let EngineOptions { data_dir, mode, clock, secrets, initiator } = options;
        let mode = match mode {
            OpenMode::ReadWrite => store::Mode::Write,
            OpenMode::ReadOnly => store::Mode::ReadOnly,
        };
        let store =
            tokio::task::spawn_blocking(move || Store::open(&data_dir, mode)).await.map_err(|error| {
                EngineError::new(ErrorCode::Internal, "The data directory could not be opened")
                    .caused_by(error)
            })??;
        let salt = if store.is_writable() {
            Some(store.write(settings::ensure_salt).await?)
        } else {
            store.read(settings::salt).await?
        };
        let secrets = match secrets {
            SecretBackend::Os => SecretStore::system(),
            SecretBackend::Memory => SecretStore::in_memory(),
            SecretBackend::Given(store) => store,
        };
        let (events, _) = broadcast::channel(EVENT_BACKLOG);
        let supervisor = Supervisor::new(events.clone());
        forward_tags(&store, &supervisor, &events);
        let clients = Mutex::default();
        let known_keys = KnownKeys::default();
        let inner =
            Inner { store, secrets, clock, initiator, supervisor, salt, clients, known_keys, retry, events };
        if inner.store.is_writable() {
            inner.end_broken_runs().await?;
        }
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Looks now and then whether Atlassian's console has accepted what is waited for, and goes on by itself when it has. For
    /// processes that stay: a command that only plans must not send anything. It ends with the engine.
    pub fn watch_for_acceptance(&self) {
        if self.inner.store.is_writable() {
            acceptance::watch(&self.inner);
        }
    }

    /// Listens to what the engine says from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<EngineEvent> {
        self.inner.events.subscribe()
    }

    /// Whether nothing can be changed: another process holds the data directory, or reading was all that was asked for.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        !self.inner.store.is_writable()
    }

    /// Returns the data directory.
    #[must_use]
    pub fn data_dir(&self) -> &std::path::Path {
        self.inner.store.directory()
    }

    /// Cancels every job, waits at most ten seconds and aborts the rest. Reading goes on working.
    pub async fn close(&self) {
        self.inner.supervisor.close().await;
    }
}

impl Inner {
    /// Tells the listeners.
    pub(crate) fn emit(&self, event: EngineEvent) {
        // Nobody listening is no fault: the state is in the store.
        let _ = self.events.send(event);
    }

    /// Returns a sender of messages, for what tells progress by itself.
    pub(crate) fn sender(&self) -> broadcast::Sender<EngineEvent> {
        self.events.clone()
    }

    /// Forgets the clients of a connection, whose keys or addresses have changed, and what was seen of its keys.
    pub(crate) fn forget_clients(&self, id: &ConnectionId) {
        self.known_keys.forget(id);
        // Whole values only are put in and taken out, so a panic elsewhere leaves nothing half-done.
        self.clients.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Refuses what would change something while reading is all that is allowed.
    ///
    /// # Errors
    /// `Busy`.
    pub(crate) fn check_writable(&self) -> Result<(), EngineError> {
        if self.store.is_writable() {
            return Ok(());
        }
        Err(EngineError::new(
            ErrorCode::Busy,
            "The data directory is open for reading only: another process writes to it",
        )
        .hint("Close the other Lockstep, or wait until its command has ended"))
    }
}

/// Passes the store's tags on as events until the engine is closed.
fn forward_tags(store: &Store, supervisor: &Supervisor, events: &broadcast::Sender<EngineEvent>) {
    let Some(mut tags) = store.subscribe() else { return };
    let events = events.clone();
    supervisor.start_background(|stop| async move {
        loop {
            let received = tokio::select! {
                () = stop.cancelled() => return,
                received = tags.recv() => received,
            };
            match received {
                Ok(tags) => {
                    let _ = events.send(EngineEvent::CacheInvalidated(tags.to_vec()));
                }
                // What was missed is not known any more, so everything counts as touched.
                Err(RecvError::Lagged(_)) => {
                    let _ = events.send(EngineEvent::CacheInvalidated(crate::tags::CacheTag::ALL.to_vec()));
                }
                Err(RecvError::Closed) => return,
            }
        }
    });
}

/// Returns the platform's data directory for Lockstep, shared by the desktop app and `lockstepctl`.
///
/// # Errors
/// `InvalidInput` where the platform names no home directory.
pub fn default_data_dir() -> Result<PathBuf, EngineError> {
    directories::ProjectDirs::from("", "", "lockstep")
        .map(|directories| directories.data_local_dir().to_owned())
        .ok_or_else(|| {
            EngineError::new(ErrorCode::InvalidInput, "There is no home directory to keep data in")
                .hint("Name a directory with --data-dir or LOCKSTEP_DATA_DIR")
        })
}
