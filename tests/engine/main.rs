//! Tests.

mod api;
mod http;
mod secrets;
mod store;
