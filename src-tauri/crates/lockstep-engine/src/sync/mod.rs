//! What a run does, step by step: read ([`refresh`]), settle what a crash left ([`settle`]), compute ([`reconcile`]),
//! send ([`execute`]), read back ([`read_back`]). Nothing here decides; the core does.

pub(crate) mod acceptance;
mod ahead;
mod batches;
mod clash;
mod compare;
mod dependants;
pub(crate) mod differences;
mod effect;
pub(crate) mod execute;
mod group_rows;
pub(crate) mod journal;
mod journal_event;
mod learnt;
mod list_form;
mod look;
mod members;
mod moving;
mod pair;
pub(crate) mod progress;
pub(crate) mod read_back;
pub(crate) mod reconcile;
pub(crate) mod refresh;
pub(crate) mod replan;
mod rows;
pub(crate) mod run;
pub(crate) mod settle;
mod source_members;
mod stage;
mod write;
