//! Tests.

mod api;
mod connectors;
mod http;
mod secrets;
mod store;
