//! The desktop shell: one window over the engine, no logic of its own.
//!
//! - [`bindings`]: the one list of commands and events, and their TypeScript form.
//! - `commands`: what the window may ask for.
//! - `events`: what the window is told.
//! - `state`: the engine and the sandbox that they work on.
//! - `window`: builds the window and keeps it on our own pages.
//! - `logging`: where log lines go.

pub mod bindings;
mod commands;
mod dto;
mod error;
mod events;
mod instance;
mod logging;
mod state;
mod window;

use tauri::{Manager, RunEvent};

use crate::state::Shell;

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
            let shell = tauri::async_runtime::block_on(Shell::open())?;
            tauri::async_runtime::spawn(events::forward(shell.engine.clone(), app.handle().clone()));
            app.manage(shell);
            window::open(app.handle())?;
            Ok(())
        })
        .build(tauri::generate_context!())?
        .run(|app, event| {
            if let RunEvent::Exit = event {
                // What is in flight is answered and journaled; whatever does not end in time is settled at the next start.
                tauri::async_runtime::block_on(app.state::<Shell>().close());
            }
        });
    Ok(())
}
