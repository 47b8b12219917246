//! Atlassian's organisation API: what SCIM cannot see — groups and people that did not come by SCIM, domains, app access.
//!
//! Reads only; v2 searches by POST, and pages by bare cursors where v1 sends whole addresses.

pub mod check;
mod clashes;
pub mod client;
mod map;
pub mod snapshot;
mod wire;

pub use clashes::Clash;
pub use client::{
    AdminClient, AdminSettings, Directory, DirectoryUser, GroupQuery, RoleAssignment, UserQuery,
};
pub use snapshot::{OrganisationScope, read_organisation};
