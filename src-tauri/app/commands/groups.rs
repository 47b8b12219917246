//! Commands about groups and what binds them.

use lockstep_core::ids::{ConnectionId, SourceGroupId};
use lockstep_engine::api::views::{BindPreview, BindableGroup, GroupPage, GroupWindow, JobView, WindowQuery};
use tauri::State;

use super::Answer;
use crate::state::Shell;

/// Returns a window of groups that are bound or were once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_groups(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
    query: WindowQuery,
) -> Answer<GroupWindow> {
    Ok(shell.engine.group_window(&connection_id, &query).await?)
}

/// Returns a group's page, by JumpCloud id, SCIM id or name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_group(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
    key: String,
) -> Answer<GroupPage> {
    Ok(shell.engine.group(&connection_id, &key).await?)
}

/// Lists JumpCloud's user groups whose name contains the text; it reads JumpCloud.
#[tauri::command]
#[specta::specta]
pub(crate) async fn bindable_groups(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
    search: String,
) -> Answer<Vec<BindableGroup>> {
    Ok(shell.engine.bindable_groups(&connection_id, &search).await?)
}

/// Says what binding a group would do; it reads JumpCloud.
#[tauri::command]
#[specta::specta]
pub(crate) async fn bind_preview(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
    group: SourceGroupId,
) -> Answer<BindPreview> {
    Ok(shell.engine.bind_preview(&connection_id, &group).await?)
}

/// Binds a group in JumpCloud as it was previewed, then reads both sides.
#[tauri::command]
#[specta::specta]
pub(crate) async fn bind_group(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
    group: SourceGroupId,
    confirmation: String,
) -> Answer<JobView> {
    Ok(shell.engine.bind_group(&connection_id, &group, &confirmation).await?)
}

/// Unbinds a group in JumpCloud after its blast radius was seen, then reads both sides.
#[tauri::command]
#[specta::specta]
pub(crate) async fn unbind_group(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
    group: SourceGroupId,
    confirmation: String,
) -> Answer<JobView> {
    Ok(shell.engine.unbind_group(&connection_id, &group, &confirmation).await?)
}
