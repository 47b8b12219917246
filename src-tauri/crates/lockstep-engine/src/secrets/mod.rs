//! Keys of the services: where they come from, and the guarantee that they go nowhere else.
//!
//! A key lives in the environment, in the operating system's secret store or in this process's memory. It is never written to the data directory, and
//! [`Sensitive`] keeps it out of logs, errors and answers.

mod environment;
mod error;
mod fingerprint;
mod keychain;
mod kind;
mod memory;
mod sensitive;
mod store;

pub use environment::Environment;
pub use error::SecretError;
pub use fingerprint::{Fingerprint, Salt};
pub use kind::SecretKind;
pub use sensitive::Sensitive;
pub use store::{Origin, Secret, SecretStore};
