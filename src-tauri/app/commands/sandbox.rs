//! Commands about the sandbox.

use lockstep_engine::api::views::SandboxView;
use tauri::State;

use super::Answer;
use crate::state::Shell;

/// Starts the sandbox afresh with a scenario (`small`, `medium`, `large`) and connects to it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_sandbox(shell: State<'_, Shell>, scenario: String) -> Answer<SandboxView> {
    Ok(shell.start_sandbox(&scenario).await?)
}

/// Stops the sandbox and forgets its connection.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_sandbox(shell: State<'_, Shell>) -> Answer<()> {
    Ok(shell.stop_sandbox().await?)
}
