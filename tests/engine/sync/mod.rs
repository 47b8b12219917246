//! What a sync promises (rules R1–R7, S and G of the product), over real HTTP to the sandbox and a real store.

mod approval;
pub(crate) mod bench;
mod changes;
mod crash;
mod crash_process;
mod crash_world;
mod deciding;
mod desired;
mod failures;
mod first_sync;
mod gate;
mod group_steps;
mod pairs;
mod phones;
mod read_back;
mod reading_faults;
mod removals;
mod secrecy;
mod settling;
mod takeover_crash;
