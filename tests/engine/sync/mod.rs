//! What a sync promises (rules R1–R7, S and G of the product), over real HTTP to the sandbox and a real store.

mod bench;
mod desired;
mod first_sync;
