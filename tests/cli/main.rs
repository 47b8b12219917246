//! `lockstepctl` as a program: its output, its exit codes, and what it leaves behind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests count as tests; the exemption of clippy.toml covers only the marked functions"
)]

mod apply;
mod bad_input;
mod connection;
mod control;
mod decide;
mod event_log;
mod explain;
mod history;
mod irreversible;
mod large_groups;
mod locking;
mod mapping;
mod plan;
mod read_only;
mod renaming;
mod saml;
mod sandbox_serve;
mod saved_plan;
mod secrets;
mod site;
mod stopping;
mod third_party;
mod usage;
