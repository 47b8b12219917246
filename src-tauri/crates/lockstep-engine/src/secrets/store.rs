//! Where a key is looked for, in order, and where it is put.

use std::sync::Arc;

use lockstep_core::ids::ConnectionId;

use super::memory::Memory;
use super::{Environment, SecretError, SecretKind, Sensitive, keychain};

/// Where a key came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// An environment variable, by name.
    Environment(String),
    /// The operating system's secret store.
    Keychain,
    /// This process.
    Memory,
}

impl Origin {
    /// Returns `environment`, `keychain` or `memory`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Environment(_) => "environment",
            Self::Keychain => "keychain",
            Self::Memory => "memory",
        }
    }
}

/// A key and where it came from.
#[derive(Debug, Clone)]
pub struct Secret {
    /// The key.
    pub value: Sensitive,
    /// Where it came from.
    pub origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Backend {
    Keychain,
    Memory,
}

/// Finds and keeps keys; cheap to clone.
///
/// Looked for in this order: keys held in memory for one connection (the sandbox's: a real key in the environment must never reach the simulators, nor the other way
/// round), the environment, the operating system's secret store.
#[derive(Debug, Clone)]
pub struct SecretStore {
    environment: Environment,
    backend: Backend,
    memory: Arc<Memory>,
}

impl SecretStore {
    /// Returns the store for real use: the process's environment, then the operating system's secret store.
    #[must_use]
    pub fn system() -> Self {
        Self { environment: Environment::Process, backend: Backend::Keychain, memory: Arc::default() }
    }

    /// Returns a store that keeps everything in this process; for tests.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            environment: Environment::fixed::<String, String>([]),
            backend: Backend::Memory,
            memory: Arc::default(),
        }
    }

    /// Replaces the environment that is looked into.
    #[must_use]
    pub fn with_environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Finds a key that can be had without asking the secret store: one held in memory, or in the environment.
    ///
    /// # Errors
    /// [`SecretError::NotText`].
    pub fn at_hand(
        &self,
        connection: &ConnectionId,
        kind: SecretKind,
    ) -> Result<Option<Secret>, SecretError> {
        if let Some(value) = self.memory.get(connection, kind) {
            return Ok(Some(Secret { value, origin: Origin::Memory }));
        }
        let found = self.environment.find(connection, kind)?;
        Ok(found.map(|(value, variable)| Secret { value, origin: Origin::Environment(variable) }))
    }

    /// Finds a key; `None` where there is none, or where a locked secret store pretends so.
    ///
    /// # Errors
    /// [`SecretError::KeychainUnavailable`] when the secret store cannot be asked.
    pub async fn find(
        &self,
        connection: &ConnectionId,
        kind: SecretKind,
    ) -> Result<Option<Secret>, SecretError> {
        if let Some(secret) = self.at_hand(connection, kind)? {
            return Ok(Some(secret));
        }
        match self.backend {
            Backend::Memory => Ok(None),
            Backend::Keychain => {
                let value = keychain::get(connection, kind).await?;
                Ok(value.map(|value| Secret { value, origin: Origin::Keychain }))
            }
        }
    }

    /// Returns a key that is held in memory; no other place is looked at.
    #[must_use]
    pub fn held(&self, connection: &ConnectionId, kind: SecretKind) -> Option<Sensitive> {
        self.memory.get(connection, kind)
    }

    /// Finds a key that is needed.
    ///
    /// # Errors
    /// [`SecretError::NotStored`] where there is none; as [`SecretStore::find`].
    pub async fn require(&self, connection: &ConnectionId, kind: SecretKind) -> Result<Secret, SecretError> {
        self.find(connection, kind).await?.ok_or_else(|| SecretError::NotStored {
            connection: connection.to_string(),
            kind,
            variable: kind.variable_for(connection),
        })
    }

    /// Stores a key in the secret store. A variable of the environment that is set goes on winning over it: see [`SecretStore::overriding_variable`].
    ///
    /// # Errors
    /// [`SecretError::Empty`]; [`SecretError::KeychainUnavailable`], with nothing changed.
    pub async fn set(
        &self,
        connection: &ConnectionId,
        kind: SecretKind,
        value: Sensitive,
    ) -> Result<(), SecretError> {
        if value.is_empty() {
            return Err(SecretError::Empty { kind });
        }
        match self.backend {
            Backend::Memory => {
                self.memory.set(connection, kind, value);
                Ok(())
            }
            Backend::Keychain => keychain::set(connection, kind, value).await,
        }
    }

    /// Deletes a key from the secret store and from memory; returns whether there was one.
    ///
    /// # Errors
    /// As [`SecretStore::set`].
    pub async fn delete(&self, connection: &ConnectionId, kind: SecretKind) -> Result<bool, SecretError> {
        let held = self.memory.delete(connection, kind);
        match self.backend {
            Backend::Memory => Ok(held),
            Backend::Keychain if held => Ok(true),
            Backend::Keychain => keychain::delete(connection, kind).await,
        }
    }

    /// Holds a key for as long as this process lives; it wins over every other place. For the sandbox's connection.
    pub fn hold_in_memory(&self, connection: &ConnectionId, kind: SecretKind, value: Sensitive) {
        self.memory.set(connection, kind, value);
    }

    /// Returns the environment variable that wins over what is stored, if one is set.
    ///
    /// # Errors
    /// [`SecretError::NotText`].
    pub fn overriding_variable(
        &self,
        connection: &ConnectionId,
        kind: SecretKind,
    ) -> Result<Option<String>, SecretError> {
        Ok(self.environment.find(connection, kind)?.map(|(_, variable)| variable))
    }
}
