//! The decisions of a run: states and their transitions, what an attempt's result means, when to try again.
//!
//! No sending and no storing here: a run asks, and does as it is told.

pub mod outcome;
pub mod quarantine;
pub mod remedy;
pub mod state;

pub use outcome::{
    Answer, Attempt, AttemptResult, Found, Method, StopReason, Verdict, after_verify, outcome,
};
pub use quarantine::next_retry;
pub use remedy::{FailureClass, remedy};
pub use state::{OperationState, RunState};
