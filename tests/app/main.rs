//! Tests of the desktop shell: what it hands to the window, and what the window may ask for.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod bindings;
mod permissions;
