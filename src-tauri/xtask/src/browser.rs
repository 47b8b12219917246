//! The browser that the page's own tests run in.

use std::path::PathBuf;

use crate::{packages, process, report};

/// Tells `ui/vitest.config.ts` which program to start.
pub(crate) const VARIABLE: &str = "LOCKSTEP_CHROMIUM";
const PROGRAMS: &[&str] = &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
/// Finds a Chromium, or installs one. Without any, the tests that need it fail by themselves.
pub(crate) fn find() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        return Some(named.into());
    }
    let installed = || PROGRAMS.iter().find_map(|program| process::find(program));
    if let Some(program) = installed() {
        return Some(program);
    }
    // Why it could not be installed stands on the terminal; the tests that miss it say the rest.
    let _ = packages::install(&[package()]);
    let found = installed();
    if found.is_none() {
        report::line(
            "No Chromium was found, so the page's tests in a browser will fail. Install one, or name it in LOCKSTEP_CHROMIUM.",
        );
    }
    found
}

/// Ubuntu's package has another name, and fetches a snap.
fn package() -> &'static str {
    let system = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    if system.lines().any(|line| line == "ID=ubuntu") { "chromium-browser" } else { "chromium" }
}
