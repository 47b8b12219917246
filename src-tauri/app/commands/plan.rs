//! Commands about plans.

use lockstep_core::ids::{ConnectionId, OperationId, PlanId};
use lockstep_engine::api::apply::ApplyRequest;
use lockstep_engine::api::views::{
    JobView, OperationDetail, OperationWindow, PlanView, RunView, WindowQuery,
};
use lockstep_engine::operating_system_user;
use tauri::State;

use super::Answer;
use crate::dto::ApprovalInput;
use crate::state::Shell;

/// Starts reading both sides and computing a plan; events tell how it goes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_refresh(shell: State<'_, Shell>, connection_id: ConnectionId) -> Answer<JobView> {
    Ok(shell.engine.start_compute(&connection_id).await?)
}

/// Asks a connection's job to stop after the requests in flight.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_job(shell: State<'_, Shell>, connection_id: ConnectionId) -> Answer<()> {
    shell.engine.stop_job(&connection_id);
    Ok(())
}

/// Returns a connection's newest plan.
#[tauri::command]
#[specta::specta]
pub(crate) async fn latest_plan(
    shell: State<'_, Shell>,
    connection_id: ConnectionId,
) -> Answer<Option<PlanView>> {
    Ok(shell.engine.latest_plan(&connection_id).await?)
}

/// Returns a plan.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_plan(shell: State<'_, Shell>, plan_id: PlanId) -> Answer<PlanView> {
    Ok(shell.engine.plan(&plan_id).await?)
}

/// Returns a window of a plan's operations.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_operations(
    shell: State<'_, Shell>,
    plan_id: PlanId,
    query: WindowQuery,
) -> Answer<OperationWindow> {
    Ok(shell.engine.plan_operations(&plan_id, &query).await?)
}

/// Returns one operation in full.
#[tauri::command]
#[specta::specta]
pub(crate) async fn operation_detail(
    shell: State<'_, Shell>,
    plan_id: PlanId,
    operation_id: OperationId,
) -> Answer<OperationDetail> {
    Ok(shell.engine.plan_operation(&plan_id, &operation_id).await?)
}

/// Approves a plan as it was shown and starts its run; activates a connection whose first plan it is.
#[tauri::command]
#[specta::specta]
pub(crate) async fn approve_plan(
    shell: State<'_, Shell>,
    plan_id: PlanId,
    basis: String,
    approval: ApprovalInput,
) -> Answer<RunView> {
    let request = ApplyRequest {
        plan: plan_id,
        basis: Some(basis),
        approval: approval.approval(),
        override_reason: approval.override_reason,
        reread: true,
        trigger: "manual".to_owned(),
        started_by: operating_system_user(),
        activates: true,
    };
    Ok(shell.engine.start_run(request).await?)
}
