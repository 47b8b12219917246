//! How connections to the database are opened, and the readers' pool.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::Semaphore;

use super::{StoreError, migrate};

/// Readers kept open; the window asks for a few windows of rows at once, seldom more.
const READERS: usize = 4;
/// How long SQLite waits for another process; only opening, migrating and recovering ever meet one.
const BUSY_TIMEOUT_MS: u32 = 10_000;
/// Memory-mapped part of the file for readers: reads skip a copy. Bounded so that a huge database does not fill the address space of a small machine.
const READER_MMAP_BYTES: i64 = 256 * 1024 * 1024;
/// The writer changes what it reads, and so would hold the same pages twice.
const WRITER_MMAP_BYTES: i64 = 0;
/// Page cache of a connection in KiB (negative by SQLite's convention): a window of rows at 100,000 people stays in memory.
const READER_CACHE_KIB: i64 = -8 * 1024;
/// The writer's page cache in KiB: bulk inserts touch every index page of a table. What does not fit is read again from the system's own cache.
const WRITER_CACHE_KIB: i64 = -16 * 1024;
/// Prepared statements kept per connection; the tables have about this many.
const STATEMENTS: usize = 128;

/// Opens the writer's connection, creating the file when there is none.
pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    settle(&connection, WRITER_CACHE_KIB, WRITER_MMAP_BYTES).map_err(|error| name_stranger(error, path))?;
    // Before anything that changes the file: changing the journal's mode is lasting.
    migrate::check_ours(&connection, path)?;
    // FULL: with NORMAL a WAL database can lose its last commits at power loss, and an operation whose journal row is lost would be sent twice.
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA wal_autocheckpoint = 4000;",
    )?;
    Ok(connection)
}

/// Opens a connection that cannot change anything.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    settle(&connection, READER_CACHE_KIB, READER_MMAP_BYTES).map_err(|error| name_stranger(error, path))?;
    connection.execute_batch("PRAGMA query_only = ON;")?;
    Ok(connection)
}

/// The first statement is where SQLite notices that a file is no database.
fn name_stranger(error: StoreError, path: &Path) -> StoreError {
    match error {
        StoreError::Sqlite(cause) if cause.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            StoreError::NotOurs { path: path.to_owned() }
        }
        other => other,
    }
}

fn settle(connection: &Connection, cache_kib: i64, mmap_bytes: i64) -> Result<(), StoreError> {
    connection.execute_batch(&format!(
        "PRAGMA busy_timeout = {BUSY_TIMEOUT_MS};
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = {cache_kib};
         PRAGMA mmap_size = {mmap_bytes};"
    ))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

/// Readers that are opened when first needed and then kept.
#[derive(Debug, Clone)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, idle: Arc::default(), permits: Arc::new(Semaphore::new(READERS)) }
    }

    /// Runs a closure on a blocking thread, within one read transaction: all that it reads is of one moment.
    pub(super) async fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let readers = self.clone();
        let joined = tokio::task::spawn_blocking(move || {
            let outcome = readers.read_blocking(work);
            drop(permit);
            outcome
        });
        joined.await.unwrap_or_else(|_| Err(StoreError::Panicked))
    }

    fn read_blocking<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match kept {
            Some(connection) => connection,
            None => open_reader(&self.path)?,
        };
        // A panic in `work` drops the connection, so no half-read transaction returns to the pool.
        connection.execute_batch("BEGIN DEFERRED")?;
        let outcome = work(&connection);
        connection.execute_batch("ROLLBACK")?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        outcome
    }
}
