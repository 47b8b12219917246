//! The organisation API's errors, `{"errors":[{"id","status","code","title","detail"}]}`.

use axum::response::Response;
use serde_json::json;

use crate::services::json_answer;

pub(super) fn problem(status: u16, code: &str, title: &str, detail: &str) -> Response {
    let error = json!({"id": "b7c0f1d2-5a63-4d0e-9b21-6f7f0a4c1e55", "status": status.to_string(), "code": code,
        "title": title, "detail": detail});
    json_answer(status, &json!({"errors": [error]}))
}

pub(super) fn unauthorised() -> Response {
    problem(401, "ADMIN-401-1", "Unauthorized", "The key is unknown, expired or revoked.")
}

pub(super) fn no_organisation() -> Response {
    problem(404, "ADMIN-404-2", "Not found", "The organization does not exist.")
}

pub(super) fn no_group() -> Response {
    problem(404, "ADMIN-404-10", "Not found", "The group does not exist.")
}

pub(super) fn no_user() -> Response {
    problem(404, "ADMIN-404-8", "Not found", "The user does not exist.")
}

pub(super) fn no_resource() -> Response {
    problem(404, "ADMIN-404-1", "Not found", "The resource does not exist.")
}

pub(super) fn bad_cursor() -> Response {
    problem(400, "ADMIN-400-1", "Bad request", "The cursor is invalid.")
}

pub(super) fn bad_body(detail: &str) -> Response {
    problem(400, "ADMIN-400-24", "Bad request", detail)
}

pub(super) fn conflict(detail: &str) -> Response {
    problem(409, "ADMIN-409-28", "Conflict", detail)
}
