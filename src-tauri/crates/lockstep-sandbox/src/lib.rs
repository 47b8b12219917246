//! Simulators of JumpCloud and Atlassian Cloud over real HTTP on loopback: the product's sandbox and the
//! tests' bench.
//!
//! The wire is built here by hand from the published descriptions. This package shares no types with the
//! clients, so that a misread field cannot cancel itself out. Nothing here is a place for product rules: the
//! sandbox knows how the services behave, not what ought to be provisioned.

mod access;
mod atlassian_admin;
mod atlassian_scim;
mod control;
mod dialect;
mod fault;
mod handle;
mod jumpcloud;
mod log;
mod options;
mod route_template;
mod sandbox;
mod scenario;
mod server;
mod services;
mod sso;
mod story;
mod world;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use access::Access;
pub use dialect::{Clash, Dialect, DialectError, Removal, Rename};
pub use fault::{Fault, FaultError, FaultKind, Matcher, Shape, Side};
pub use handle::WorldHandle;
pub use log::{RequestCounters, RequestLog, RequestRecord};
pub use options::{SandboxOptions, ScenarioError, ScenarioName, Sizes};
pub use sandbox::{Sandbox, SandboxError};
pub use story::{STORIES, Story, StoryError};
pub use world::change::{Change, ChangeError};
pub use world::dump::{
    AccountDump, AppAccessDump, Dump, GroupAccessDump, OrganisationDump, OrganisationGroupDump, PolicyDump,
    SamlDump, SignInDump, SourceDump, SourceGroupDump, SourcePersonDump, TargetDump, TargetGroupDump,
    TargetUserDump,
};

/// Locks, whatever a panicking test left behind: the data are only a simulation.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
