//! What the searches of v2 have in common: a body, or the same names in the query string.

use axum::response::Response;
use serde_json::{Value, json};

use super::errors;
use super::paging::page;
use crate::services::json_answer;

/// Returns the texts of a list in the body; one text counts as a list.
pub(super) fn texts(body: &Value, name: &str) -> Option<Vec<String>> {
    match body.get(name)? {
        Value::Array(values) => Some(values.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        Value::String(value) => Some(vec![value.clone()]),
        _ => None,
    }
}

/// Answers one page of keys, each written by `wire`, with bare cursors.
pub(super) fn answer(
    keys: &[u32],
    body: &Value,
    default_limit: usize,
    wire: impl Fn(u32) -> Option<Value>,
) -> Response {
    let limit = match body.get("limit") {
        None | Some(Value::Null) => default_limit,
        Some(limit) => match limit.as_u64().and_then(|limit| usize::try_from(limit).ok()) {
            Some(limit) if (1..=100).contains(&limit) => limit,
            _ => return errors::bad_body("limit must be between 1 and 100"),
        },
    };
    let given = body.get("cursor").and_then(Value::as_str);
    let Some(page) = page(keys, given, limit) else { return errors::bad_cursor() };
    let rows: Vec<Value> = page.rows.iter().filter_map(|key| wire(*key)).collect();
    let links = json!({"self": page.this, "prev": page.previous, "next": page.next});
    json_answer(200, &json!({"data": rows, "links": links}))
}
