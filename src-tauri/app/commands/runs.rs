//! Commands about runs.

use lockstep_core::ids::{ConnectionId, RunId};
use lockstep_engine::api::views::{RunOperationWindow, RunView, RunWindow, WindowQuery};
use tauri::State;

use super::Answer;
use crate::state::Shell;

/// Returns a run.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_run(shell: State<'_, Shell>, run_id: RunId) -> Answer<RunView> {
    Ok(shell.engine.run(&run_id).await?)
}

/// Returns a window of a connection's runs.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_runs(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
    query: WindowQuery,
) -> Answer<RunWindow> {
    Ok(shell.engine.run_window(&connection_id, &query).await?)
}

/// Returns a window of a run's operations.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_run_operations(
    shell: State<'_, Shell>,
    run_id: RunId,
    query: WindowQuery,
) -> Answer<RunOperationWindow> {
    Ok(shell.engine.run_operations(&run_id, &query).await?)
}

/// Stops a run after the requests in flight; what is done stays done.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_run(shell: State<'_, Shell>, run_id: RunId) -> Answer<()> {
    Ok(shell.engine.stop_run(&run_id).await?)
}

/// Takes a connection's operations out of quarantine; returns how many rested.
#[tauri::command]
#[specta::specta]
pub(crate) async fn retry_operations(shell: State<'_, Shell>, connection_id: ConnectionId) -> Answer<u32> {
    Ok(shell.engine.retry(&connection_id, None).await?)
}
