//! Journeys through the real app in a real window. `cargo xtask test` gives them a screen and a message bus.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod connect;
mod focus;
mod gallery;
mod groups;
mod groups_by_keyboard;
mod harness;
mod keyboard;
mod pages;
mod sandbox;
mod steps;
mod welcome;
