//! Commands about the sandbox.

use lockstep_engine::api::views::SandboxView;
use lockstep_sandbox::STORIES;
use tauri::State;

use super::Answer;
use crate::dto::SandboxStory;
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

/// Returns the stories that the sandbox can tell.
#[tauri::command]
#[specta::specta]
pub(crate) fn sandbox_stories() -> Vec<SandboxStory> {
    STORIES.iter().map(SandboxStory::from).collect()
}

/// Lets a story happen in the sandbox; returns what happened, in a sentence.
#[tauri::command]
#[specta::specta]
pub(crate) async fn tell_sandbox_story(shell: State<'_, Shell>, name: String) -> Answer<String> {
    Ok(shell.tell_story(&name).await?)
}

/// Replaces the faults that the sandbox plays, by their specifications; an empty list ends them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_sandbox_faults(shell: State<'_, Shell>, faults: Vec<String>) -> Answer<SandboxView> {
    Ok(shell.set_faults(faults).await?)
}
