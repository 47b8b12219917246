//! JumpCloud's error bodies: which route answers in which of the shapes.

use axum::response::Response;
use serde_json::json;

use crate::services::json_answer;

/// `{"message":"…"}`, the usual shape of V1 and of the graph.
pub(crate) fn message(status: u16, text: &str) -> Response {
    json_answer(status, &json!({"message": text}))
}

pub(crate) fn not_found() -> Response {
    message(404, "Not Found")
}

pub(crate) fn already_exists() -> Response {
    message(409, "Already Exists")
}

/// `{"code":400,"message":"…","status":"INVALID_ARGUMENT","details":[…]}`
pub(crate) fn invalid_argument(text: &str) -> Response {
    json_answer(400, &json!({"code": 400, "message": text, "status": "INVALID_ARGUMENT", "details": []}))
}

/// `{"error":"INVALID_ARGUMENT","message":"…"}`, the graph's shape for an unknown group.
pub(crate) fn graph_argument(text: &str) -> Response {
    json_answer(400, &json!({"error": "INVALID_ARGUMENT", "message": text}))
}

/// `{"status":400,"error":"…"}`, the applications' shape.
pub(crate) fn status_error(status: u16, text: &str) -> Response {
    json_answer(status, &json!({"status": status, "error": text}))
}

pub(crate) fn limit_too_large() -> Response {
    message(400, "Bad Request: request parameter \"limit\" exceeds maximum value of 100")
}

pub(crate) fn not_json() -> Response {
    message(400, "Bad Request: body is not valid JSON")
}
