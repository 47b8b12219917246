//! The clients of the services on both sides: what they say becomes snapshots, what was approved becomes requests.
//!
//! No decisions here: what is wrong, missing or in conflict is reported as it is and judged by the core.

pub mod atlassian_admin;
pub mod atlassian_scim;
pub mod jumpcloud;
pub(crate) mod listing;

pub use listing::Listing;
