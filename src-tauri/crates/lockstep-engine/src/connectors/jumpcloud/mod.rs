//! JumpCloud's console API (V1 and V2), read only: what a plan needs to know of the organisation.
//!
//! Facts and their sources: JumpCloud's published descriptions; the variants tolerated are in [`wire`]'s and
//! [`paging`]'s documentation. Writing (imports, SSO set-up) is not here.

pub mod check;
pub mod client;
mod doubt;
mod map;
pub mod paging;
pub mod region;
pub mod snapshot;
mod wire;

pub use client::{Application, GroupName, JumpCloudClient, JumpCloudSettings, Organisation};
pub use region::Region;
pub use snapshot::{SourceScope, read_source};
