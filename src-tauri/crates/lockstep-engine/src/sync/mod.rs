//! What a run does, step by step: read ([`refresh`]), settle what a crash left ([`settle`]), compute ([`reconcile`]),
//! send ([`execute`]), read back ([`read_back`]). Nothing here decides; the core does.

pub(crate) mod differences;
pub(crate) mod execute;
pub(crate) mod journal;
mod journal_event;
mod look;
mod members;
pub(crate) mod progress;
pub(crate) mod read_back;
pub(crate) mod reconcile;
pub(crate) mod refresh;
mod rows;
pub(crate) mod run;
pub(crate) mod settle;
mod stage;
mod write;
