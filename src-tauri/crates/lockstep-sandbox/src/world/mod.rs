//! The state of both services.

pub(crate) mod change;
pub(crate) mod dump;
