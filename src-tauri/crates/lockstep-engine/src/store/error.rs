//! What can go wrong with the data directory.

use std::path::PathBuf;
use std::sync::Arc;

/// Says why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process writes to this data directory.
    #[error("The data directory {} is in use by another writer{}", .path.display(), holder_text(*.holder))]
    Busy {
        /// The data directory.
        path: PathBuf,
        /// The process that holds the lock, where the lock file could be read.
        holder: Option<u32>,
    },
    /// Reading was asked of a directory in which nothing was ever stored.
    #[error("There is no Lockstep data in {} yet", .path.display())]
    NothingHere {
        /// The data directory.
        path: PathBuf,
    },
    /// A newer version wrote the database and an older one must not touch it.
    #[error(
        "The data directory was written by a newer version of Lockstep (schema {found}, this version knows {known})"
    )]
    DatabaseTooNew {
        /// The schema version found.
        found: u32,
        /// The newest schema version known here.
        known: u32,
    },
    /// An older version wrote the database, and it was opened only for reading.
    #[error(
        "The data directory was written by an older version of Lockstep (schema {found}, this version needs {known}); open it once for writing, with the app or any command that writes"
    )]
    DatabaseTooOld {
        /// The schema version found.
        found: u32,
        /// The schema version needed.
        known: u32,
    },
    /// The file is a database, but not one of ours.
    #[error("{} is not a Lockstep database", .path.display())]
    NotOurs {
        /// The database file.
        path: PathBuf,
    },
    /// A migration that was applied differs from the one known under its number.
    #[error("Migration {version} of the database differs from the one this version knows")]
    MigrationChanged {
        /// The migration's number.
        version: u32,
    },
    /// A migration failed; the database is as it was, and a copy of it lies beside it.
    #[error("Migration {version} of the database failed")]
    Migration {
        /// The migration's number.
        version: u32,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// A write was asked of a store that was opened for reading.
    #[error("The data directory is open for reading only")]
    ReadOnly,
    /// The file system refused.
    #[error("{action} {}", .path.display())]
    Io {
        /// What was being done, for instance "Could not create".
        action: &'static str,
        /// With which file or directory.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// SQLite refused a statement.
    #[error("The database refused a statement")]
    Sqlite(#[from] rusqlite::Error),
    /// The transaction that carried this write could not be committed: nothing of it is stored.
    #[error("The database could not commit")]
    Commit(#[source] Arc<rusqlite::Error>),
    /// The writer is gone: the store is being closed.
    #[error("The store is closed")]
    Closed,
    /// The closure panicked; its write was rolled back.
    #[error("A store operation panicked and was rolled back")]
    Panicked,
    /// A stored value cannot be understood.
    #[error("The stored {what} cannot be read: {reason}")]
    Corrupt {
        /// Which value.
        what: &'static str,
        /// Why not.
        reason: String,
    },
    /// The row to be changed is not there.
    #[error("There is no {what} {id}")]
    NotFound {
        /// What kind of row.
        what: &'static str,
        /// Which one.
        id: String,
    },
    /// The row to be created is there already.
    #[error("There is already a {what} {id}")]
    AlreadyExists {
        /// What kind of row.
        what: &'static str,
        /// Which one.
        id: String,
    },
    /// The journal was asked for a step that the operation's state does not allow.
    #[error("Operation {operation} is {found} and cannot become {asked}")]
    Transition {
        /// The operation.
        operation: String,
        /// The state that it is in.
        found: &'static str,
        /// The state that was asked for.
        asked: &'static str,
    },
}

impl StoreError {
    /// Returns an error that says that a stored value cannot be understood.
    pub fn corrupt(what: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::Corrupt { what, reason: reason.to_string() }
    }

    /// Returns an error that says that a row is missing.
    pub fn not_found(what: &'static str, id: impl Into<String>) -> Self {
        Self::NotFound { what, id: id.into() }
    }
}

fn holder_text(holder: Option<u32>) -> String {
    holder.map_or_else(String::new, |pid| format!(" (process {pid})"))
}
