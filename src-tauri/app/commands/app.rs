//! Commands about the application itself.

use lockstep_engine::api::views::Session;
use tauri::State;

use super::Answer;
use crate::state::Shell;

/// Returns the version of the application, for example `0.1.0`.
#[tauri::command]
#[specta::specta]
pub(crate) fn app_version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Returns what the window needs at its start.
#[tauri::command]
#[specta::specta]
pub(crate) async fn session(shell: State<'_, Shell>) -> Answer<Session> {
    Ok(shell.session().await?)
}
