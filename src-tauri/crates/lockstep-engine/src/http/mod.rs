//! The only way to the network: one builder, one retry classifier, one limiter, one guard, one request log.
//!
//! Knows neither JumpCloud nor Atlassian: what a path means and what a body holds is the connectors' business.

pub mod base_url;
pub mod client;
pub mod credential;
pub mod error;
pub mod guard;
pub mod limit;
mod read_body;
pub mod retry;
pub mod server_time;
pub mod trace;

pub use base_url::BaseUrl;
pub use client::{Answer, HttpClient, HttpSettings, Request, parse};
pub use credential::Credential;
pub use error::{ConnectorError, TransportFault};
pub use guard::AccessMode;
pub use limit::Limiter;
pub use retry::{Repeat, RetryPolicy};
pub use trace::{MeterReading, RequestMeter};
