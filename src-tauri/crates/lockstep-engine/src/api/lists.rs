//! Short lists as windows, which a screen sorts and filters like every other table.

use lockstep_core::ids::ConnectionId;

use super::plan_head::count;
use super::views::{RunView, RunWindow, SortDirection, WindowQuery};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::store::search_text;
use crate::store::tables::WINDOW_ROWS;

impl Engine {
    /// Returns a window of a connection's runs, newest first; sort: `started_at`. Search looks at who started them.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn run_window(&self, id: &ConnectionId, query: &WindowQuery) -> Result<RunWindow, EngineError> {
        let mut rows = self.runs(id).await?;
        let unfiltered = count(rows.len());
        keep(&mut rows, query, |run| format!("{} {} {}", run.number, run.started_by, run.trigger));
        if query.sort.is_some() && query.direction == SortDirection::Ascending {
            rows.reverse();
        }
        let total = count(rows.len());
        Ok(RunWindow { rows: cut::<RunView>(rows, query), total, unfiltered })
    }
}

/// Keeps the rows whose text matches the search.
pub(super) fn keep<T>(rows: &mut Vec<T>, query: &WindowQuery, text: impl Fn(&T) -> String) {
    let wanted = search_text(query.search.trim());
    if !wanted.is_empty() {
        rows.retain(|row| search_text(&text(row)).contains(&wanted));
    }
}

/// Returns the part of the rows that the query asks for.
pub(super) fn cut<T>(rows: Vec<T>, query: &WindowQuery) -> Vec<T> {
    let limit = query.limit.min(WINDOW_ROWS);
    rows.into_iter().skip(query.offset as usize).take(limit as usize).collect()
}
