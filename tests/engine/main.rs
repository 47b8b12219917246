//! Tests of the engine: the store, secrets, clients and the façade, against real files, processes and servers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests count as tests; the exemption of clippy.toml covers only the marked functions"
)]

mod api;
mod connectors;
mod http;
mod predictions;
mod secrets;
mod store;
mod sync;
