//! Short lists as windows: runs and bound groups, which a screen sorts and filters like every other table.

use lockstep_core::ids::ConnectionId;

use super::views::{GroupRow, GroupWindow, RunView, RunWindow, SortDirection, WindowQuery};
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

    /// Returns a window of the bound groups, by name; sort: `name`, `members`, `state`. Filter: `state`.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn group_window(
        &self,
        id: &ConnectionId,
        query: &WindowQuery,
    ) -> Result<GroupWindow, EngineError> {
        let mut rows = self.groups(id).await?;
        let unfiltered = count(rows.len());
        keep(&mut rows, query, |group| group.name.clone());
        for choice in
            query.filters.iter().filter(|choice| choice.field == "state" && !choice.values.is_empty())
        {
            rows.retain(|group| choice.values.contains(&group.state));
        }
        match query.sort.as_deref() {
            Some("members") => rows.sort_by_key(|group| group.source_members),
            Some("state") => rows.sort_by(|a, b| a.state.cmp(&b.state)),
            _ => rows.sort_by_cached_key(|group| search_text(&group.name)),
        }
        if query.direction == SortDirection::Descending {
            rows.reverse();
        }
        let total = count(rows.len());
        Ok(GroupWindow { rows: cut::<GroupRow>(rows, query), total, unfiltered })
    }
}

fn keep<T>(rows: &mut Vec<T>, query: &WindowQuery, text: impl Fn(&T) -> String) {
    let wanted = search_text(query.search.trim());
    if !wanted.is_empty() {
        rows.retain(|row| search_text(&text(row)).contains(&wanted));
    }
}

fn cut<T>(rows: Vec<T>, query: &WindowQuery) -> Vec<T> {
    let limit = query.limit.min(WINDOW_ROWS);
    rows.into_iter().skip(query.offset as usize).take(limit as usize).collect()
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
