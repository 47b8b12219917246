//! JumpCloud's console API (V1 and V2): what a plan needs to know of the organisation, and the few edges of its graph that an
//! approved step changes ([`JumpCloudWriter`]).
//!
//! Facts and their sources: JumpCloud's published descriptions; the variants tolerated are in [`wire`]'s and
//! [`paging`]'s documentation.

pub mod check;
pub mod client;
mod doubt;
mod map;
pub mod paging;
pub mod region;
pub mod snapshot;
mod wire;
pub mod writer;

pub use client::{Application, GroupName, JumpCloudClient, JumpCloudSettings, Organisation};
pub use region::Region;
pub use snapshot::{SourceScope, read_source};
pub use writer::{Binding, JumpCloudWriter, Written};
