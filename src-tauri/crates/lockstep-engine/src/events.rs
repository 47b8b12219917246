//! What the engine tells its listeners while it works. State lives in the store: a listener that missed one reads it there.

use lockstep_core::ids::{ConnectionId, PlanId, RunId};

use crate::api::views::{JobView, RunProgress};
use crate::tags::CacheTag;

/// One message.
#[derive(Debug, Clone)]
pub enum EngineEvent {
    /// Something was committed: what shows these should be read again.
    CacheInvalidated(Vec<CacheTag>),
    /// A job began, went on, or ended (`None`).
    Job(ConnectionId, Option<JobView>),
    /// A plan is ready, and the connection free for its run.
    PlanReady(ConnectionId, PlanId),
    /// A run went on.
    RunProgress(RunId, RunProgress),
    /// A run ended, and the connection is free.
    RunEnded(RunId),
    /// A job ended with an error; the sentence and its hints.
    JobFailed(ConnectionId, std::sync::Arc<crate::error::EngineError>),
}
