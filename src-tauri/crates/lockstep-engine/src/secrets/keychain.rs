//! The operating system's secret store: Secret Service, Keychain, Credential Manager.
//!
//! The stores are used directly and opened anew for each call. The all-in-one crate above them opens one at the first call and keeps a failure until the process ends;
//! a desktop whose secret service starts late, or restarts, would then need a restart of the app. Keys are read at the start of a run, so opening costs nothing that counts.

use std::sync::Arc;
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error};
use lockstep_core::ids::ConnectionId;

use super::{SecretError, SecretKind, Sensitive};

/// The service name under which all keys are kept.
const SERVICE: &str = "lockstep";
/// Long enough for a person to type a password into the store's prompt; without a limit, a prompt that nobody sees would hang a scheduler for ever.
const PATIENCE: Duration = Duration::from_secs(90);

pub(super) async fn get(
    connection: &ConnectionId,
    kind: SecretKind,
) -> Result<Option<Sensitive>, SecretError> {
    let outcome = on_entry(connection, kind, |entry| match entry.get_password() {
        Ok(value) => Ok(Some(Sensitive::new(value))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    });
    outcome.await
}

pub(super) async fn set(
    connection: &ConnectionId,
    kind: SecretKind,
    value: Sensitive,
) -> Result<(), SecretError> {
    on_entry(connection, kind, move |entry| entry.set_password(value.reveal())).await
}

/// Returns whether there was something to delete.
pub(super) async fn delete(connection: &ConnectionId, kind: SecretKind) -> Result<bool, SecretError> {
    let outcome = on_entry(connection, kind, |entry| match entry.delete_credential() {
        Ok(()) => Ok(true),
        Err(Error::NoEntry) => Ok(false),
        Err(error) => Err(error),
    });
    outcome.await
}

/// Opens the store on a blocking thread, and translates its errors.
async fn on_entry<T: Send + 'static>(
    connection: &ConnectionId,
    kind: SecretKind,
    work: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
) -> Result<T, SecretError> {
    let account = kind.account(connection);
    let call = tokio::task::spawn_blocking(move || {
        let entry = platform_store()?.build(SERVICE, &account, None)?;
        work(&entry)
    });
    let unavailable = |reason: &str, source| SecretError::KeychainUnavailable {
        reason: reason.to_owned(),
        variable: kind.variable_for(connection),
        source,
    };
    match tokio::time::timeout(PATIENCE, call).await {
        Ok(Ok(Ok(value))) => Ok(value),
        Ok(Ok(Err(error))) => Err(translate(error, kind, unavailable)),
        Ok(Err(_)) => Err(unavailable("The secret store's client failed", None)),
        Err(_) => Err(unavailable("The secret store does not answer", None)),
    }
}

fn translate(
    error: Error,
    kind: SecretKind,
    unavailable: impl FnOnce(&str, Option<Box<dyn std::error::Error + Send + Sync>>) -> SecretError,
) -> SecretError {
    match error {
        Error::NoStorageAccess(source) => {
            unavailable("The secret store is locked, or has no collection to store in", Some(source))
        }
        Error::PlatformFailure(source) => unavailable("No secret store answers on this system", Some(source)),
        Error::NoDefaultStore | Error::NotSupportedByStore(_) => {
            unavailable("This system has no secret store", None)
        }
        // These carry the stored bytes: say what is wrong without them.
        Error::BadEncoding(_) => SecretError::Unusable { kind, reason: "it is not text".to_owned() },
        Error::BadDataFormat(..) => SecretError::Unusable { kind, reason: "it is damaged".to_owned() },
        Error::Ambiguous(entries) => SecretError::Unusable {
            kind,
            reason: format!("there are {} entries for it; delete all but one", entries.len()),
        },
        Error::TooLong(_, limit) => SecretError::Unusable {
            kind,
            reason: format!("the secret store takes at most {limit} characters"),
        },
        other => SecretError::Unusable { kind, reason: other.to_string() },
    }
}

fn platform_store() -> Result<Arc<CredentialStore>, Error> {
    #[cfg(all(unix, not(target_os = "macos")))]
    let store = zbus_secret_service_keyring_store::Store::new()?;
    #[cfg(target_os = "macos")]
    let store = apple_native_keyring_store::keychain::Store::new()?;
    #[cfg(windows)]
    let store = windows_native_keyring_store::Store::new()?;
    Ok(store)
}
