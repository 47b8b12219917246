//! Tests of the core: decision tables, snapshots of plans, properties.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests count as tests; the exemption of clippy.toml covers only the marked functions"
)]

mod explain_brute_force;
mod explain_person;
mod group_explain;
mod group_takeover;
mod org;
mod plan_document;
mod plan_groups;
mod plan_guards;
mod plan_people;
mod plan_properties;
mod policy;
mod run_outcome;
mod scim_reading;
mod scim_writing;
