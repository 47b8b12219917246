//! Who owns the engine's tasks. Nothing else spawns.

pub mod supervisor;

pub use supervisor::{JobHandle, JobKind, Supervisor};
