//! The SCIM directory: Atlassian's, and any other server that speaks SCIM 2.0.
//!
//! Bodies are read and written by `lockstep_core::scim`; here are the requests, and what servers are known to do with
//! them. A 2xx proves little on some servers: what was touched is read back by whoever sent it.

pub mod base;
pub mod capabilities;
pub mod check;
pub mod client;
pub mod directory;
pub mod snapshot;

pub use capabilities::Capabilities;
pub use client::{ScimClient, ScimSettings, UserKey};
pub use directory::TargetDirectoryId;
pub use snapshot::{ScimReading, read_directory};
