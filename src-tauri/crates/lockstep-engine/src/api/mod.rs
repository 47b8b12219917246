//! The façade that the window and `lockstepctl` call; one file per feature, named as the commands are.

mod addresses;
pub mod apply;
mod bind;
pub mod checks;
mod choice;
pub(crate) mod compute;
mod conflicts;
mod connections;
mod decide;
mod directory;
pub mod event_chain;
pub mod events;
mod explain;
mod groups;
pub(crate) mod known_keys;
mod lists;
mod operation_text;
mod overview;
pub(crate) mod plan_head;
pub(crate) mod plans;
pub mod runs;
pub mod views;
mod waiting;
