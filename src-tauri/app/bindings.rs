//! The one list of commands and events that cross to the window, and their TypeScript form.

use specta_typescript::Typescript;
use tauri_specta::{Builder, collect_commands, collect_events};

use crate::commands;

/// Where the generated bindings live, relative to the repository's root.
pub const BINDINGS_PATH: &str = "ui/src/bindings.gen.ts";

/// Lists every command and event. Used by the application and by the test that keeps the bindings current.
#[must_use]
pub fn builder() -> Builder<tauri::Wry> {
    Builder::<tauri::Wry>::new()
        .commands(collect_commands![commands::app::app_version])
        .events(collect_events![])
}

/// Returns the exporter with the settings that the committed bindings were written with.
#[must_use]
pub fn typescript() -> Typescript {
    Typescript::default()
}
