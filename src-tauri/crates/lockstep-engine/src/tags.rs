//! Names what a write touched, so that the window refetches exactly that and nothing by guess.

use serde::Serialize;

/// One kind of stored content; a committed write publishes the tags of all that it touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CacheTag {
    /// A connection, its settings, policy or state.
    Connections,
    /// A setting of the installation.
    Settings,
    /// A complete snapshot of either side took effect.
    Snapshots,
    /// What is shown about people.
    People,
    /// What is shown about groups.
    Groups,
    /// Links between the two sides.
    Links,
    /// A plan or its operations.
    Plan,
    /// Conflicts, acknowledgements and decisions.
    Conflicts,
    /// A run, its operations or its differences.
    Runs,
    /// Operations that failed repeatedly and wait.
    Quarantine,
    /// The event log.
    Events,
    /// People to import, and their jobs.
    Import,
}

impl CacheTag {
    /// Every tag.
    pub const ALL: &'static [Self] = &[
        Self::Connections,
        Self::Settings,
        Self::Snapshots,
        Self::People,
        Self::Groups,
        Self::Links,
        Self::Plan,
        Self::Conflicts,
        Self::Runs,
        Self::Quarantine,
        Self::Events,
        Self::Import,
    ];
}
