//! Drives the real app in a real window, for the journeys in `journeys/`.
//!
//! - [`journey`]: a walk through the app in a home of its own, which leaves a picture when it fails.
//! - [`Home`] and [`App`]: an isolated home, and the app running in it under WebKit's driver.
//! - [`Driver`]: the few WebDriver commands that journeys need.
//! - [`axe`]: accessibility rules, run inside the window.
//!
//! Needs a screen and a message bus; `cargo xtask test` provides both.

mod app;
pub mod axe;
mod driver;
mod keys;
mod process;
mod wait;

pub use app::{App, Home, Options, Scheme, journey};
pub use driver::{Driver, Element, Locator};
pub use keys::Key;
pub use wait::{PATIENCE, until};
