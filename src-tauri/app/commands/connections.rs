//! Commands about connections, their keys and their tests.

use lockstep_core::ids::ConnectionId;
use lockstep_engine::api::checks::DraftKeys;
use lockstep_engine::api::views::{
    ApplicationChoice, Check, ConnectionDraft, ConnectionView, Endpoints, KeyKind,
};
use lockstep_engine::error::{EngineError, ErrorCode};
use lockstep_engine::secrets::Sensitive;
use tauri::State;

use super::Answer;
use crate::dto::KeysInput;
use crate::state::{Shell, draft_defaults as defaults};

/// Returns a draft with everything that has a default.
#[tauri::command]
#[specta::specta]
pub(crate) fn draft_defaults() -> ConnectionDraft {
    defaults()
}

/// Lists JumpCloud's applications with a key that is not stored yet.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_applications(
    shell: State<'_, Shell>,
    endpoints: Endpoints,
    keys: KeysInput,
) -> Answer<Vec<ApplicationChoice>> {
    let key = DraftKeys::from(keys).jumpcloud.ok_or_else(|| {
        EngineError::new(ErrorCode::InvalidInput, "The JumpCloud API key is missing")
            .hint("Paste the key first")
    })?;
    let organisation = endpoints.jumpcloud_organisation.as_deref();
    Ok(shell.engine.list_applications(&endpoints.jumpcloud_url, organisation, key).await?)
}

/// Tests what was typed, a line per check; nothing is stored.
#[tauri::command]
#[specta::specta]
pub(crate) async fn test_draft(
    shell: State<'_, Shell>,
    draft: ConnectionDraft,
    keys: KeysInput,
) -> Answer<Vec<Check>> {
    Ok(shell.engine.test_draft(&draft, keys.into()).await)
}

/// Tests a stored connection, a line per check.
#[tauri::command]
#[specta::specta]
pub(crate) async fn test_connection(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
) -> Answer<Vec<Check>> {
    Ok(shell.engine.test_connection(&connection_id).await?)
}

/// Adds a connection and stores its keys; without its keys stored, it is not added.
#[tauri::command]
#[specta::specta]
pub(crate) async fn add_connection(
    shell: State<'_, Shell>,
    draft: ConnectionDraft,
    keys: KeysInput,
) -> Answer<ConnectionView> {
    Ok(shell.engine.add_connection_with_keys(draft, keys.into()).await?)
}

/// Replaces what was entered about a connection.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_connection(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
    draft: ConnectionDraft,
) -> Answer<ConnectionView> {
    Ok(shell.engine.set_connection(&connection_id, draft).await?)
}

/// Stores a key in the operating system's secret store.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_key(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
    kind: KeyKind,
    value: String,
) -> Answer<ConnectionView> {
    Ok(shell.engine.set_key(&connection_id, kind, Sensitive::new(value)).await?)
}

/// Allows plans to be applied.
#[tauri::command]
#[specta::specta]
pub(crate) async fn activate_connection(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
) -> Answer<ConnectionView> {
    Ok(shell.engine.activate(&connection_id).await?)
}

/// Forbids plans to be applied; people stay as they are.
#[tauri::command]
#[specta::specta]
pub(crate) async fn deactivate_connection(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
) -> Answer<ConnectionView> {
    Ok(shell.engine.deactivate(&connection_id).await?)
}

/// Forgets a connection; nothing changes in JumpCloud or Atlassian.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_connection(shell: State<'_, Shell>, connection_id: ConnectionId) -> Answer<()> {
    Ok(shell.engine.remove_connection(&connection_id).await?)
}
