//! Opaque cursors: bare tokens in v2, URLs in v1.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Writes a cursor for an offset.
pub(super) fn cursor(offset: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("page:{offset:08}"))
}

/// Reads a cursor; no cursor is the start.
pub(super) fn offset(cursor: Option<&str>) -> Option<usize> {
    match cursor {
        None | Some("") => Some(0),
        Some(cursor) => {
            let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
            text.strip_prefix("page:")?.parse().ok()
        }
    }
}

/// A page of rows, with the cursors of this page and its neighbours.
pub(super) struct Page<'a, T> {
    pub(super) rows: &'a [T],
    pub(super) this: String,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
}

/// Cuts a page out of all rows; none when the cursor is no cursor.
pub(super) fn page<'a, T>(rows: &'a [T], given: Option<&str>, limit: usize) -> Option<Page<'a, T>> {
    let start = offset(given)?.min(rows.len());
    let end = start.saturating_add(limit).min(rows.len());
    Some(Page {
        rows: rows.get(start..end).unwrap_or_default(),
        this: cursor(start),
        previous: (start > 0).then(|| cursor(start.saturating_sub(limit))),
        next: (end < rows.len()).then(|| cursor(end)),
    })
}
