//! Keys that live in this process only: the sandbox's, and those of tests.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use lockstep_core::ids::ConnectionId;

use super::{SecretKind, Sensitive};

/// Keys by account; they end with the process.
#[derive(Debug, Default)]
pub(super) struct Memory {
    keys: Mutex<BTreeMap<String, Sensitive>>,
}

impl Memory {
    pub(super) fn get(&self, connection: &ConnectionId, kind: SecretKind) -> Option<Sensitive> {
        self.keys().get(&kind.account(connection)).cloned()
    }

    pub(super) fn set(&self, connection: &ConnectionId, kind: SecretKind, value: Sensitive) {
        self.keys().insert(kind.account(connection), value);
    }

    pub(super) fn delete(&self, connection: &ConnectionId, kind: SecretKind) -> bool {
        self.keys().remove(&kind.account(connection)).is_some()
    }

    fn keys(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Sensitive>> {
        // No key is ever half-written, so a panic elsewhere leaves nothing to distrust.
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
