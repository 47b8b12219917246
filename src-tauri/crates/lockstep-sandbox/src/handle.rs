//! The handle with which tests and the app move the world.

use std::fmt;
use std::time::Duration;

use crate::dialect::Dialect;
use crate::options::ScenarioName;
use crate::scenario;
use crate::services::Shared;
use crate::world::change::{Change, ChangeError};
use crate::world::dump::Dump;
use crate::world::rfc3339;

/// A handle on the sandbox's world; clones see the same world.
#[derive(Clone)]
pub struct WorldHandle {
    pub(crate) services: Shared,
}

impl fmt::Debug for WorldHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorldHandle").field("origin", &self.services.origin).finish_non_exhaustive()
    }
}

impl WorldHandle {
    /// Makes one change on either side.
    ///
    /// # Errors
    /// When the change names nobody and nothing that exists, or what is taken.
    pub fn change(&self, change: &Change) -> Result<(), ChangeError> {
        self.services.world().change(change)
    }

    /// Returns a normalised picture of both sides, for comparisons.
    pub fn dump(&self) -> Dump {
        self.services.world().dump()
    }

    /// Builds the world anew; addresses stay, and with the scenario and seed of before so do keys and ids. Faults,
    /// latency and the request log stay as they are; the dialect is the default again.
    pub fn reset(&self, scenario: ScenarioName, seed: u64) {
        let world = scenario::build(scenario, seed);
        *self.services.world() = world;
    }

    /// Switches the SCIM side's habits.
    pub fn set_dialect(&self, dialect: Dialect) {
        self.services.world().dialect = dialect;
    }

    /// Adds this much to every answer from now on.
    pub fn set_latency(&self, latency: Duration) {
        let ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
        self.services.latency_ms.store(ms, std::sync::atomic::Ordering::Relaxed);
    }

    /// Returns the SCIM key that is in force (it changes with [`Change::RegenerateScimKey`]).
    pub fn scim_token(&self) -> String {
        self.services.world().credentials.scim.clone()
    }

    /// Returns when the SCIM key expires, as RFC 3339.
    pub fn scim_key_expires_at(&self) -> String {
        rfc3339(self.services.world().credentials.scim_expires)
    }
}
