//! The engine's messages as events of the window. A message that was missed is no state lost: everything is readable by
//! a command too.

use lockstep_core::ids::{ConnectionId, RunId};
use lockstep_engine::Engine;
use lockstep_engine::api::views::{JobView, RunProgress};
use lockstep_engine::events::EngineEvent;
use lockstep_engine::tags::CacheTag;
use serde::Serialize;
use tauri::AppHandle;
use tauri_specta::Event;
use tokio::sync::broadcast::error::RecvError;

use crate::error::CommandError;

/// Something was committed: what shows these is read again.
#[derive(Debug, Clone, Serialize, specta::Type, Event)]
pub(crate) struct CacheInvalidated {
    tags: Vec<CacheTag>,
}

/// A job began, went on, or ended (`null`).
#[derive(Debug, Clone, Serialize, specta::Type, Event)]
pub(crate) struct JobChanged {
    connection_id: ConnectionId,
    job: Option<JobView>,
}

/// A job that nobody waited for ended with an error.
#[derive(Debug, Clone, Serialize, specta::Type, Event)]
pub(crate) struct JobFailed {
    connection_id: ConnectionId,
    error: CommandError,
}

/// A run went on; at most five a second.
#[derive(Debug, Clone, Serialize, specta::Type, Event)]
pub(crate) struct RunProgressed {
    run_id: RunId,
    progress: RunProgress,
}

/// A run ended.
#[derive(Debug, Clone, Serialize, specta::Type, Event)]
pub(crate) struct RunEnded {
    run_id: RunId,
}

/// Passes the engine's messages on until it is closed.
pub(crate) async fn forward(engine: Engine, app: AppHandle) {
    let mut messages = engine.subscribe();
    loop {
        let sent = match messages.recv().await {
            Ok(message) => send(&app, message),
            // What was missed is not known, so that everything counts as touched.
            Err(RecvError::Lagged(_)) => CacheInvalidated { tags: CacheTag::ALL.to_vec() }.emit(&app),
            Err(RecvError::Closed) => return,
        };
        if let Err(error) = sent {
            tracing::warn!(%error, "A message did not reach the window.");
        }
    }
}

fn send(app: &AppHandle, message: EngineEvent) -> tauri::Result<()> {
    match message {
        EngineEvent::CacheInvalidated(tags) => CacheInvalidated { tags }.emit(app),
        EngineEvent::Job(connection_id, job) => JobChanged { connection_id, job }.emit(app),
        EngineEvent::JobFailed(connection_id, error) => {
            JobFailed { connection_id, error: CommandError::from(&*error) }.emit(app)
        }
        EngineEvent::RunProgress(run_id, progress) => RunProgressed { run_id, progress }.emit(app),
        EngineEvent::RunEnded(run_id) => RunEnded { run_id }.emit(app),
        // The window reads the plan when its tag comes.
        EngineEvent::PlanReady(..) => Ok(()),
    }
}
