//! The operations that come next, in the journal as about to be sent before it is their turn.
//!
//! A durable commit costs as much for one operation as for many, and nobody can send while waiting for one. So a stage's
//! lanes are journaled a chunk at a time, and the next chunk while the last one is being sent. What a crash or a stop finds
//! journaled and not sent had no effect, which the next reading, or the run itself, finds out.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use lockstep_core::ids::OperationId;

use super::execute::Executor;
use super::stage::Lane;
use super::write::Write;
use crate::store::StoreError;

/// Lanes journaled in one commit.
const CHUNK: usize = 64;
/// Lanes left when the next chunk is begun: enough to send while its commit takes place.
const LOW: usize = 32;

/// A lane whose first operation may be sent.
#[derive(Debug)]
pub(crate) struct Begun<'a> {
    pub(crate) lane: Lane<'a>,
    /// The first operation's request, where it is in the journal. Operations on groups depend on one another, and are few:
    /// they are journaled when it is their turn.
    pub(crate) write: Option<Write<'a>>,
}

/// A stage's lanes, in their order.
#[derive(Debug)]
pub(crate) struct Ahead<'a> {
    /// Locked for no longer than it takes to add or take.
    begun: Mutex<VecDeque<Begun<'a>>>,
    /// Locked while a chunk is being journaled, by the worker that does so.
    rest: tokio::sync::Mutex<std::vec::IntoIter<Lane<'a>>>,
}

impl<'a> Ahead<'a> {
    /// Makes a queue of which nothing is journaled yet.
    pub(crate) fn new(lanes: Vec<Lane<'a>>) -> Self {
        Self { begun: Mutex::default(), rest: tokio::sync::Mutex::new(lanes.into_iter()) }
    }

    /// Returns the next lane; `None` when there is none left.
    pub(crate) async fn next(&self, executor: &Executor) -> Result<Option<Begun<'a>>, StoreError> {
        let (first, left) = self.take();
        if first.is_some() {
            if left <= LOW
                && let Ok(mut rest) = self.rest.try_lock()
            {
                self.begin(executor, &mut rest).await?;
            }
            return Ok(first);
        }
        let mut rest = self.rest.lock().await;
        let (first, _) = self.take();
        if first.is_some() {
            return Ok(first);
        }
        self.begin(executor, &mut rest).await?;
        Ok(self.take().0)
    }

    fn take(&self) -> (Option<Begun<'a>>, usize) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let first = begun.pop_front();
        (first, begun.len())
    }

    /// Journals the next chunk. Once the run is stopped nothing more is about to be sent, and the lanes are handed out as they are.
    async fn begin(
        &self,
        executor: &Executor,
        rest: &mut std::vec::IntoIter<Lane<'a>>,
    ) -> Result<(), StoreError> {
        let mut requests: Vec<(OperationId, String)> = Vec::new();
        let mut chunk: Vec<Begun<'a>> = Vec::new();
        for lane in rest.by_ref().take(CHUNK) {
            let first = lane
                .first()
                .copied()
                .filter(|operation| !executor.stop.is_cancelled() && !operation.kind.is_about_a_group());
            let write = first.and_then(|operation| Write::of(&operation.payload));
            if let (Some(operation), Some(write)) = (first, &write) {
                requests.push((operation.id.clone(), write.digest()));
            }
            chunk.push(Begun { lane, write });
        }
        if !requests.is_empty() {
            executor.journal.sending_all(requests).await?;
        }
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).extend(chunk);
        Ok(())
    }
}
