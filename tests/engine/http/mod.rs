//! The HTTP client against a small server that does what the test says.

mod answers;
mod limits;
mod requests;
mod retries;
pub(crate) mod server;
mod stopping;
