//! The desktop shell: one window over the engine, no logic of its own.
//!
//! - [`bindings`]: the one list of commands and events, and their TypeScript form.
//! - `commands`: what the window may ask for.
//! - `window`: builds the window and keeps it on our own pages.
//! - `logging`: where log lines go.

pub mod bindings;
mod commands;
mod instance;
mod logging;
mod window;

use tauri::Manager;

/// Runs the application until its window is closed.
///
/// # Errors
/// When the window system or the web view cannot be started.
pub fn run() -> Result<(), tauri::Error> {
    let bindings = bindings::builder();
    let commands = bindings.invoke_handler();
    let builder = instance::single(tauri::Builder::default()).plugin(window::state_plugin());
    builder
        .invoke_handler(commands)
        .setup(move |app| {
            let log = logging::start(app.handle());
            app.manage(log);
            bindings.mount_events(app);
            window::open(app.handle())?;
            Ok(())
        })
        .run(tauri::generate_context!())
}
