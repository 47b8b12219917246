//! The tables: one file each with its row types, its SQL and free functions over a connection or a write transaction.

mod columns;
pub mod connections;
pub mod decisions;
pub mod events;
pub mod groups;
pub mod links;
mod object_keys;
pub mod people;
pub mod person_facts;
pub mod plan_counts;
pub mod plans;
pub mod quarantine;
pub mod refresh;
pub mod run_operations;
pub mod runs;
pub mod settings;
pub mod snapshots;
pub mod source_cache;
pub mod target_cache;
mod versions;
mod window;

pub use window::{WINDOW_ROWS, Window};
