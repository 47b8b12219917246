//! The façade that the window and `lockstepctl` call; one file per feature, named as the commands are.

mod addresses;
pub mod checks;
mod connections;
pub mod events;
mod operation_text;
pub(crate) mod plan_head;
pub(crate) mod plans;
pub mod runs;
pub mod views;
