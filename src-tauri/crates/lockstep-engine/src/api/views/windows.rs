//! Which part of a list is shown: search, facets, sort, offset.

use serde::{Deserialize, Serialize};

/// A facet's entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Facet {
    /// `kind`, `state` or `reason`.
    pub field: String,
    /// The value, as in the operations.
    pub value: String,
    /// How many.
    pub count: u32,
}

/// Which direction a column is sorted in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SortDirection {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

/// Which part of a list to show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(default)]
pub struct WindowQuery {
    /// Text to search for; empty for all.
    pub search: String,
    /// Facet choices: values of one field are joined by "or", fields by "and".
    pub filters: Vec<FacetChoice>,
    /// Column to sort by; `None` for the list's own order.
    pub sort: Option<String>,
    /// Direction.
    pub direction: SortDirection,
    /// First row, 0-based.
    pub offset: u32,
    /// Rows at most; capped at 200.
    pub limit: u32,
}

/// Chosen values of one facet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct FacetChoice {
    /// Field.
    pub field: String,
    /// Values, joined by "or"; empty for no restriction.
    pub values: Vec<String>,
}
