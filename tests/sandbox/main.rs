//! The sandbox over real HTTP: what it answers, what it refuses, how it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "helpers of tests")]
#![allow(clippy::needless_pass_by_value, reason = "bodies are written where they are sent")]
#![allow(clippy::print_stdout, reason = "a comparison that is skipped says so")]

mod support;

mod conformance;
mod control;
mod dialects;
mod dynamic;
mod faults;
mod first_sync;
mod jumpcloud;
mod organisation;
mod scenarios;
mod scim_groups;
mod scim_users;
mod sso;
mod stories;
mod takeover;
