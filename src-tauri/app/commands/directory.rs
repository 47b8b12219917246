//! Commands about people, events and the overview: all of them read the cache.

use lockstep_core::ids::ConnectionId;
use lockstep_engine::api::views::{EventWindow, Overview, PersonPage, PersonWindow, WindowQuery};
use tauri::State;

use super::Answer;
use crate::state::Shell;

/// Returns a connection's overview.
#[tauri::command]
#[specta::specta]
pub(crate) async fn overview(shell: State<'_, Shell>, connection_id: ConnectionId) -> Answer<Overview> {
    Ok(shell.engine.overview(&connection_id).await?)
}

/// Returns a window of people.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_people(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
    query: WindowQuery,
) -> Answer<PersonWindow> {
    Ok(shell.engine.people(&connection_id, &query).await?)
}

/// Returns a person's page.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_person(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
    key: String,
) -> Answer<PersonPage> {
    Ok(shell.engine.person(&connection_id, &key).await?)
}

/// Returns a window of events.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_events(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
    query: WindowQuery,
) -> Answer<EventWindow> {
    Ok(shell.engine.events(&connection_id, &query).await?)
}
