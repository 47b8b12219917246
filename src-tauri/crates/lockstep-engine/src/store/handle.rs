//! The store's handle: opening a data directory, reading, writing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::broadcast;

use super::lock::WriterLock;
use super::pool::{self, Readers};
use super::writer::Writer;
use super::{StoreError, WriteTransaction, migrate};
use crate::tags::CacheTag;

/// The database's name within the data directory.
pub const DATABASE_FILE: &str = "lockstep.db";

/// What a data directory is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Takes the writer lock, creates and migrates what is missing.
    Write,
    /// Takes no lock and changes nothing; works while another process writes.
    ReadOnly,
}

/// An open data directory; cheap to clone, closed with its last clone.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

// Fields drop in order: readers first, then the writer (which closes the database), the lock last.
#[derive(Debug)]
struct Inner {
    readers: Readers,
    writer: Option<Writer>,
    directory: PathBuf,
    _lock: Option<WriterLock>,
}

impl Store {
    /// Opens a data directory. Blocks: it may have to create, copy and migrate a database.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when another process writes; [`StoreError::NothingHere`] when reading is asked of a directory without data;
    /// [`StoreError::DatabaseTooNew`] and its relatives when the database is not one that this version may open.
    pub fn open(directory: &Path, mode: Mode) -> Result<Self, StoreError> {
        let path = directory.join(DATABASE_FILE);
        let (writer, lock) = match mode {
            Mode::Write => {
                create_directory(directory)?;
                let lock = WriterLock::take(directory)?;
                let mut connection = pool::open_writer(&path)?;
                migrate::migrate(&mut connection, &path)?;
                let writer = Writer::start(connection).map_err(|source| StoreError::Io {
                    action: "Could not start a thread for",
                    path: path.clone(),
                    source,
                })?;
                (Some(writer), Some(lock))
            }
            Mode::ReadOnly => {
                if !path.is_file() {
                    return Err(StoreError::NothingHere { path: directory.to_owned() });
                }
                migrate::check_readable(&pool::open_reader(&path)?, &path)?;
                (None, None)
            }
        };
        let inner =
            Inner { readers: Readers::new(path), writer, directory: directory.to_owned(), _lock: lock };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Returns the data directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.inner.directory
    }

    /// Tells whether writing is possible.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.inner.writer.is_some()
    }

    /// Runs a closure on a reader, off the async threads; all that it reads is of one moment.
    ///
    /// # Errors
    /// What the closure returns, and what SQLite says when a reader cannot be opened.
    pub async fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
    {
        self.inner.readers.read(work).await
    }

    /// Runs a closure on the writer and returns once its changes are durable; then the tags that it touched are published.
    ///
    /// Writes that wait at the same time share one commit. An error of the closure takes back its own changes only. Dropping the future does not take back a
    /// write that was handed over: await it where the answer matters.
    ///
    /// # Errors
    /// What the closure returns; [`StoreError::ReadOnly`]; [`StoreError::Commit`] when the shared transaction was lost.
    pub async fn write<T>(
        &self,
        work: impl FnOnce(&WriteTransaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
    {
        self.write_or(work).await
    }

    /// Like [`Store::write`], for a closure that may also refuse for a reason of its own; then too nothing of it is stored.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_or<T, E>(
        &self,
        work: impl FnOnce(&WriteTransaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.inner.writer {
            Some(writer) => writer.write(work).await,
            None => Err(E::from(StoreError::ReadOnly)),
        }
    }

    /// Hands a write over at once and returns a future of its answer: it goes on also while nobody waits for it. Writes handed over one after another are
    /// carried out in that order.
    ///
    /// It does without the protection of the others: where it fails after it has changed something, everything that shares its commit is lost, and their
    /// callers get [`StoreError::Commit`]. For the journal of a run, whose writes come by the thousand and fail only when the disk does.
    pub(crate) fn write_whole<F, T>(
        &self,
        work: F,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + use<F, T>
    where
        F: FnOnce(&WriteTransaction<'_>) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        let writing = self.inner.writer.as_ref().map(|writer| writer.write_whole(work));
        async move {
            match writing {
                Some(writing) => writing.await,
                None => Err(StoreError::ReadOnly),
            }
        }
    }

    /// Listens to the tags of every commit from now on; none for a store that only reads.
    #[must_use]
    pub fn subscribe(&self) -> Option<broadcast::Receiver<Arc<[CacheTag]>>> {
        self.inner.writer.as_ref().map(Writer::subscribe)
    }
}

/// Creates the data directory for its owner only: names and addresses of people are in it.
fn create_directory(directory: &Path) -> Result<(), StoreError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory).map_err(|source| StoreError::Io {
        action: "Could not create",
        path: directory.to_owned(),
        source,
    })
}
