//! `ListResponse`: paging and filters.

use super::errors::Problem;
use super::path::condition;
use crate::dialect::Dialect;
use crate::services::Query;
use crate::world::slab::Keys;

/// A page of keys, and what the envelope says about it.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) keys: Vec<u32>,
    pub(super) total: usize,
    pub(super) start: usize,
    /// The cap in force, which need not be what was asked for.
    pub(super) per_page: usize,
}

/// Cuts a page out of all keys.
pub(super) fn page(keys: &Keys, query: &Query, dialect: &Dialect) -> Listing {
    let start = query.number("startIndex").unwrap_or(1).max(1);
    let count = query.get("count").map_or(dialect.page_cap, |count| {
        // A negative count counts as none (RFC 7644 §3.4.2.4).
        if count.starts_with('-') { 0 } else { count.parse().unwrap_or(dialect.page_cap) }
    });
    let per_page = count.min(dialect.page_cap);
    let start =
        if dialect.paging_ignored || (dialect.past_end_repeats && start > keys.len()) { 1 } else { start };
    Listing { keys: keys.page(start - 1, per_page).to_vec(), total: keys.len(), start, per_page }
}

/// Reads the one filter that the server knows, `attribute eq "value"`, on one of the given attributes.
pub(super) fn filter<'a>(text: &str, allowed: &[&'a str]) -> Result<(&'a str, String), Problem> {
    let invalid = || {
        let detail = format!("The filter {text} is not supported; use {} eq \"value\"", allowed.join(" or "));
        Problem::new(400, "invalidFilter", detail)
    };
    let (name, value) = condition(text).ok_or_else(invalid)?;
    let attribute =
        allowed.iter().find(|attribute| attribute.eq_ignore_ascii_case(&name)).ok_or_else(invalid)?;
    Ok((attribute, value))
}
