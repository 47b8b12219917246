//! Correlation: which account belongs to which person (S3).
//!
//! A stored link settles it. Without one all rules are looked at, and whatever is not one person for one account comes
//! out as ambiguous: nothing is guessed.

mod ambiguity;
mod correlate;
pub mod rules;
pub mod situation;

pub(crate) use ambiguity::{Ambiguity, Candidate, Doubt};
pub(crate) use correlate::{Correlation, Owner, Pairing, correlate};
