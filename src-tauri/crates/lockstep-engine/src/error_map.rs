//! How the errors of store, secrets and connectors become sentences with a code and something to do.

use crate::error::{EngineError, ErrorCode};
use crate::http::ConnectorError;
use crate::secrets::SecretError;
use crate::store::StoreError;

/// SQLite's primary result code, where it was SQLite that refused; extended codes keep it in the low byte.
fn sqlite_code(error: &StoreError) -> Option<rusqlite::ErrorCode> {
    match error {
        StoreError::Sqlite(error) | StoreError::Migration { source: error, .. } => error.sqlite_error_code(),
        StoreError::Commit(error) => error.sqlite_error_code(),
        _ => None,
    }
}

fn is_disk_full(error: &StoreError) -> bool {
    match error {
        StoreError::Io { source, .. } => source.kind() == std::io::ErrorKind::StorageFull,
        other => sqlite_code(other) == Some(rusqlite::ErrorCode::DiskFull),
    }
}

/// Whether the user, or the file system, may not write (or not even read) there.
fn is_forbidden(error: &StoreError) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly};
    match error {
        StoreError::Io { source, .. } => matches!(
            source.kind(),
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem
        ),
        other => matches!(sqlite_code(other), Some(CannotOpen | PermissionDenied | ReadOnly)),
    }
}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        if is_disk_full(&error) {
            return Self::new(ErrorCode::DiskFull, "The disk that holds the data directory is full")
                .hint("Free some space and try again; nothing that was stored is lost")
                .caused_by(error);
        }
        if is_forbidden(&error) {
            return Self::new(ErrorCode::InvalidInput, "The data directory cannot be used by this user")
                .hint("Give this user the right to read and write there, or name another with --data-dir or LOCKSTEP_DATA_DIR")
                .hint("Where it can be read, commands that only read (show, list, runs, events) work")
                .caused_by(error);
        }
        match &error {
            StoreError::Busy { .. } => Self::new(ErrorCode::Busy, error.to_string())
                .hint("Close the other Lockstep, or wait until its command has ended")
                .hint("Commands that only read (show, list, runs, events) work meanwhile"),
            StoreError::ReadOnly => Self::new(ErrorCode::Busy, error.to_string())
                .hint("Close the other Lockstep, or wait until its command has ended"),
            StoreError::NothingHere { .. } => Self::new(ErrorCode::NotFound, error.to_string()).hint(
                "Add a connection first, or name the right directory with --data-dir or LOCKSTEP_DATA_DIR",
            ),
            StoreError::DatabaseTooNew { .. } => Self::new(ErrorCode::DatabaseTooNew, error.to_string())
                .hint("Use the newer version of Lockstep, or another data directory"),
            StoreError::DatabaseTooOld { .. } => Self::new(ErrorCode::Busy, error.to_string())
                .hint("Open it once for writing, with the app or a command that writes"),
            StoreError::NotOurs { .. } => {
                Self::new(ErrorCode::InvalidInput, error.to_string()).hint("Name another data directory")
            }
            StoreError::NotFound { .. } => Self::new(ErrorCode::NotFound, error.to_string()),
            StoreError::AlreadyExists { .. } => Self::new(ErrorCode::InvalidInput, error.to_string()),
            StoreError::Closed => Self::new(ErrorCode::Cancelled, "Lockstep is being closed"),
            _ => Self::new(ErrorCode::Internal, "The data directory could not be read or written")
                .hint("Look at the details; if the disk is sound, please report it")
                .caused_by(error),
        }
    }
}

impl From<SecretError> for EngineError {
    fn from(error: SecretError) -> Self {
        let text = error.to_string();
        match error {
            SecretError::KeychainUnavailable { reason, variable, source } => {
                let mapped = Self::new(ErrorCode::KeychainUnavailable, reason)
                    .hint(format!("Set {variable} in the environment instead"))
                    .hint("Or make the operating system's secret store available (unlock it, or install one) and try again");
                match source {
                    Some(source) => Self { source: Some(source), ..mapped },
                    None => mapped,
                }
            }
            SecretError::NotStored { connection, kind, variable } => Self::new(
                ErrorCode::NotConfigured,
                format!("No {} is stored for connection {connection}", kind.label()),
            )
            .hint(format!("Store it with `lockstepctl secret set {connection} {}`", kind.name()))
            .hint(format!("Or set {variable} in the environment"))
            .hint("If one was stored before, the secret store may be locked"),
            SecretError::NotText { .. } => {
                Self::new(ErrorCode::InvalidInput, text).hint("Set it again, to the key and nothing else")
            }
            SecretError::Empty { .. } => {
                Self::new(ErrorCode::InvalidInput, text).hint("Paste the key, whole and on its own")
            }
            SecretError::Unusable { .. } => Self::new(ErrorCode::KeychainUnavailable, text)
                .hint("Store the key again; delete the entry in the secret store first if that fails"),
        }
    }
}

impl From<ConnectorError> for EngineError {
    fn from(error: ConnectorError) -> Self {
        let code = connector_code(&error);
        let retryable = error.retryable();
        let mapped = Self::new(code, error.to_string()).hint(error.remedy()).caused_by(error);
        Self { retryable, ..mapped }
    }
}

/// Returns the code for a connector's error.
pub(crate) fn connector_code(error: &ConnectorError) -> ErrorCode {
    match error {
        ConnectorError::InvalidUrl { .. } | ConnectorError::InvalidKey => ErrorCode::InvalidInput,
        ConnectorError::Unauthorized { .. } => ErrorCode::TokenRejected,
        ConnectorError::Forbidden { .. }
        | ConnectorError::Blocked { .. }
        | ConnectorError::NotInPlan { .. } => ErrorCode::TokenLacksScope,
        ConnectorError::RateLimited { .. } => ErrorCode::RateLimited,
        ConnectorError::Unavailable { .. } | ConnectorError::Transport { .. } => ErrorCode::RemoteUnavailable,
        ConnectorError::NotFound { .. }
        | ConnectorError::AlreadyExists { .. }
        | ConnectorError::InvalidRequest { .. }
        | ConnectorError::RequestTooLarge { .. }
        | ConnectorError::Protocol { .. }
        | ConnectorError::Redirected { .. }
        | ConnectorError::TooLarge { .. } => ErrorCode::RemoteRejected,
        ConnectorError::Cancelled { .. } => ErrorCode::Cancelled,
        ConnectorError::ReadOnlyMode { .. } | ConnectorError::Internal { .. } => ErrorCode::Internal,
    }
}

/// Turns a service's error into a sentence that says whose it is.
pub(crate) fn of_service(service: &str, error: &ConnectorError) -> EngineError {
    let code = connector_code(error);
    let message = match error {
        ConnectorError::Unauthorized { .. } => format!("The key for {service} was refused"),
        ConnectorError::Forbidden { .. } => format!("The key for {service} may not do this"),
        ConnectorError::Blocked { .. } => format!("{} blocks this network address", capitalised(service)),
        ConnectorError::NotInPlan { .. } => {
            format!("The subscription does not include this part of {service}")
        }
        ConnectorError::NotFound { .. } => {
            format!("{} does not know what was asked for", capitalised(service))
        }
        ConnectorError::RateLimited { .. } => format!("{} asks to wait", capitalised(service)),
        ConnectorError::Unavailable { .. } | ConnectorError::Transport { .. } => {
            format!("{} could not be read", capitalised(service))
        }
        ConnectorError::Cancelled { .. } => "Stopped on request".to_owned(),
        _ => format!("{} gave an answer that cannot be used", capitalised(service)),
    };
    let mapped = EngineError::new(code, message).hint(error.remedy()).caused_by(error.clone());
    EngineError { retryable: error.retryable(), ..mapped }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
