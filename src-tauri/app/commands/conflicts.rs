//! Commands about conflicts and the answers to them.

use lockstep_core::ids::{ConflictId, ConnectionId};
use lockstep_engine::api::views::{ConflictView, ConflictWindow, DecideAnswer, DecisionInput, WindowQuery};
use tauri::State;

use super::Answer;
use crate::state::Shell;

/// Returns a window of the latest plan's conflicts.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_conflicts(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
    query: WindowQuery,
) -> Answer<ConflictWindow> {
    Ok(shell.engine.conflicts(&connection_id, &query).await?)
}

/// Returns one conflict of the latest plan.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_conflict(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
    conflict: ConflictId,
) -> Answer<ConflictView> {
    Ok(shell.engine.conflict(&connection_id, &conflict).await?)
}

/// Records answers and makes the plan again; nothing is sent.
#[tauri::command]
#[specta::specta]
pub(crate) async fn decide(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
    decisions: Vec<DecisionInput>,
) -> Answer<DecideAnswer> {
    Ok(shell.engine.decide(&connection_id, decisions).await?)
}

/// Takes answers back while nothing was sent because of them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn withdraw_decisions(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
    conflicts: Vec<ConflictId>,
) -> Answer<DecideAnswer> {
    Ok(shell.engine.withdraw_decisions(&connection_id, conflicts).await?)
}
