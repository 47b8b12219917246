//! Simulators of JumpCloud and Atlassian Cloud over real HTTP on loopback: the product's sandbox and the
//! tests' bench.
//!
//! The wire is built here by hand from the published descriptions. This package shares no types with the
//! clients, so that a misread field cannot cancel itself out. Nothing here is a place for product rules: the
//! sandbox knows how the services behave, not what ought to be provisioned.

mod access;
mod dialect;
mod fault;
mod log;
mod options;
mod world;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use access::Access;
pub use dialect::{Clash, Dialect, DialectError, Removal, Rename};
pub use fault::{Fault, FaultError, FaultKind, Matcher, Shape, Side};
pub use log::{RequestCounters, RequestLog, RequestRecord};
pub use options::{SandboxOptions, ScenarioError, ScenarioName, Sizes};
pub use world::change::{Change, ChangeError};
pub use world::dump::{
    AccountDump, Dump, OrganisationDump, OrganisationGroupDump, SourceDump, SourceGroupDump,
    SourcePersonDump, TargetDump, TargetGroupDump, TargetUserDump,
};

/// Locks, whatever a panicking test left behind: the data are only a simulation.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why a sandbox cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The port is taken or may not be used.
    #[error("Port {port} on 127.0.0.1 cannot be listened on")]
    Bind {
        /// The port that was asked for.
        port: u16,
        /// What the system answered.
        source: std::io::Error,
    },
}

/// A running sandbox; dropping it stops it.
#[derive(Debug)]
pub struct Sandbox {
    access: Access,
    log: RequestLog,
    world: WorldHandle,
}

/// A handle on the sandbox's world; clones see the same world.
#[derive(Clone, Debug)]
pub struct WorldHandle {}

impl WorldHandle {
    /// Makes one change on either side.
    pub fn change(&self, _change: &Change) -> Result<(), ChangeError> {
        Ok(())
    }
}

impl Sandbox {
    /// Starts listening on 127.0.0.1.
    ///
    /// # Errors
    /// When the port cannot be listened on.
    pub async fn start(options: SandboxOptions) -> Result<Sandbox, SandboxError> {
        let source = std::io::Error::other("The sandbox has no services yet");
        Err(SandboxError::Bind { port: options.port, source })
    }

    /// Returns the addresses, ids and keys that a client needs.
    pub fn access(&self) -> Access {
        self.access.clone()
    }

    /// Returns a handle on the world.
    pub fn world(&self) -> WorldHandle {
        self.world.clone()
    }

    /// Returns the request log.
    pub fn requests(&self) -> RequestLog {
        self.log.clone()
    }

    /// Replaces all faults.
    pub fn set_faults(&self, _faults: Vec<Fault>) {}

    /// Stops listening and closes every connection.
    pub async fn stop(self) {}
}
