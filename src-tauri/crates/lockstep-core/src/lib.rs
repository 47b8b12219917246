//! The pure core of Lockstep: it computes, and nothing else.
//!
//! Given what both sides said ([`snapshot`]), what is stored between runs ([`link`], [`memory`]) and what the admin
//! decided ([`policy`], [`plan::conflict`]), [`plan::plan`] returns every change with its reason. Invariants:
//!
//! - The same inputs give the same plan, byte for byte: no clock, no randomness, no I/O, no map iteration order.
//! - An incomplete read can never deactivate, delete or remove anybody (R2).
//! - An object in the target without a link or an admin's decision is never changed.
//! - Nothing is decided here on the admin's behalf: doubtful cases come out as conflicts and held operations.

pub mod attribute;
pub mod correlation;
pub mod email;
pub mod explain;
pub mod finding;
pub mod ids;
pub mod lenient;
pub mod link;
pub mod memory;
pub mod plan;
pub mod policy;
pub mod run;
pub mod scim;
pub mod snapshot;
