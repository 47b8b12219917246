//! Why a key could not be read or stored.

use super::SecretKind;

/// Says why a key could not be read or stored, without ever naming its value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// No secret store answers, or it is locked.
    #[error("{reason}; set {variable} in the environment instead, or make the secret store available")]
    KeychainUnavailable {
        /// One clause: what is wrong with the secret store.
        reason: String,
        /// The variable that serves instead.
        variable: String,
        /// What the platform said.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// There is no such key anywhere.
    #[error(
        "No {} is stored for connection {connection}; if one was stored before, the secret store may be locked. Store it with `lockstepctl secret set {connection} {}`, or set {variable} in the environment",
        .kind.label(), .kind.name()
    )]
    NotStored {
        /// The connection.
        connection: String,
        /// Which key.
        kind: SecretKind,
        /// The variable that serves instead.
        variable: String,
    },
    /// The environment variable is not text.
    #[error("The environment variable {variable} is not valid Unicode")]
    NotText {
        /// Its name.
        variable: String,
    },
    /// An empty key was to be stored.
    #[error("The {} is empty", .kind.label())]
    Empty {
        /// Which key.
        kind: SecretKind,
    },
    /// The secret store answered, but not with what was stored.
    #[error("The secret store's entry for the {} cannot be used: {reason}", .kind.label())]
    Unusable {
        /// Which key.
        kind: SecretKind,
        /// Why not.
        reason: String,
    },
}
