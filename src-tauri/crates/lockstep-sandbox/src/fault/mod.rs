//! Faults that the sandbox plays: what they are ([`spec`]), when they strike ([`plan`]) and what they do
//! to an answer ([`apply`]).

pub(crate) mod apply;
pub(crate) mod plan;
pub(crate) mod spec;

pub use spec::{Fault, FaultError, FaultKind, Matcher, Shape, Side};
