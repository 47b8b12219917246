//! Journeys through the real app in a real window. `cargo xtask test` gives them a screen and a message bus.

mod harness;
mod welcome;
