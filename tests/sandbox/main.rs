//! The sandbox over real HTTP: what it answers, what it refuses, how it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "helpers of tests")]

mod support;

mod conformance;
mod control;
mod dialects;
mod faults;
mod first_sync;
mod jumpcloud;
mod organisation;
mod scenarios;
mod scim_groups;
mod scim_users;
