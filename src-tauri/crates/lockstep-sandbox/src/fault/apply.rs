//! What faults do to an answer.

use std::time::Duration;

use axum::body::Body;
use axum::http::header;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use serde_json::{Value, json};

use super::spec::{FaultKind, Shape, Side};
use crate::services::{answer, json_answer, with_header};

/// Returns the answer that a fault gives in place of the service, if it does.
pub(crate) fn instead(kind: &FaultKind, side: Side) -> Option<Response> {
    match kind {
        FaultKind::RateLimit { retry_after, .. } => Some(status_answer(429, *retry_after, side)),
        FaultKind::Status { status, retry_after } => Some(status_answer(*status, *retry_after, side)),
        FaultKind::RevokedKey => Some(status_answer(401, None, side)),
        FaultKind::ErrorShape { shape, status } => Some(shaped(*shape, *status)),
        _ => None,
    }
}

fn status_answer(status: u16, retry_after: Option<u32>, side: Side) -> Response {
    let shape = match (side, status) {
        (Side::Scim, 401 | 403) => Shape::Failure,
        (Side::Scim, _) => Shape::Scim,
        (Side::Organisation, _) => Shape::Admin,
        _ => Shape::Message,
    };
    let response = shaped(shape, status);
    match retry_after {
        Some(seconds) => with_header(response, "retry-after", &seconds.to_string()),
        None => response,
    }
}

fn shaped(shape: Shape, status: u16) -> Response {
    let text = match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        408 => "Request Timeout",
        409 => "Already Exists",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Error",
    };
    let body = match shape {
        Shape::Message => json!({"message": text}),
        Shape::StatusError => json!({"status": status, "error": text}),
        Shape::Error => json!({"error": text}),
        Shape::CodeMessage => {
            json!({"code": status, "message": text, "status": "INVALID_ARGUMENT", "details": []})
        }
        Shape::InvalidArgument => json!({"error": "INVALID_ARGUMENT", "message": text}),
        Shape::AlreadyExists => json!({"message": "Already Exists"}),
        Shape::Text => return answer(status, "text/plain; charset=utf-8", text),
        Shape::Html => {
            let page = format!(
                "<html><head><title>{status} {text}</title></head><body><center><h1>{status} {text}</h1></center>\
                 <p>Your IP has been blocked due to suspected abuse.</p></body></html>"
            );
            return answer(status, "text/html; charset=utf-8", page);
        }
        Shape::Scim => json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": status.to_string(), "detail": text}),
        Shape::Failure => json!({"error": text, "traceId": "5f1d8a0b2c3e4f60"}),
        Shape::Java => json!({"message": text, "scimErrorType": "INVALID_VALUE", "responseStatus": status,
            "cause": null, "stackTrace": []}),
        Shape::Admin => json!({"errors": [{"id": "b7c0f1d2-5a63-4d0e-9b21-6f7f0a4c1e55",
            "status": status.to_string(), "code": format!("ADMIN-{status}-1"), "title": text, "detail": text}]}),
    };
    json_answer(status, &body)
}

/// Whether a fault changes the answer of the service, so that its body has to be read.
pub(crate) fn changes_body(kind: &FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::CutBody
            | FaultKind::Malformed
            | FaultKind::ShortPage { .. }
            | FaultKind::EmptyList
            | FaultKind::MissingPage
            | FaultKind::ChangedTotal { .. }
    )
}

/// Changes the answer of the service.
pub(crate) fn changed(kind: &FaultKind, mut response: Response, body: &Bytes) -> Response {
    match kind {
        FaultKind::CutBody => cut(response, body),
        FaultKind::Malformed => {
            let half = body.slice(..body.len() / 2);
            response.headers_mut().remove(header::CONTENT_LENGTH);
            *response.body_mut() = Body::from(half);
            response
        }
        _ => match serde_json::from_slice::<Value>(body) {
            Ok(mut list) if response.status().is_success() => {
                let total = bend_list(kind, &mut list);
                let text = serde_json::to_vec(&list).unwrap_or_default();
                response.headers_mut().remove(header::CONTENT_LENGTH);
                *response.body_mut() = Body::from(text);
                bend_total_header(kind, response, total)
            }
            _ => {
                *response.body_mut() = Body::from(body.clone());
                response
            }
        },
    }
}

/// Promises the whole body, sends half of it and breaks off.
fn cut(mut response: Response, body: &Bytes) -> Response {
    let half = body.slice(..body.len() / 2);
    let length = (body.len() + 1).to_string();
    let pieces = stream::unfold(0, move |step| {
        let half = half.clone();
        async move {
            match step {
                0 => Some((Ok(half), 1)),
                1 => {
                    // The half has to leave before the connection closes, else the client sees no answer at all.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    Some((Err(std::io::Error::other("The body is cut off")), 2))
                }
                _ => None,
            }
        }
    });
    *response.body_mut() = Body::from_stream(pieces);
    with_header(response, "content-length", &length)
}

/// The members that hold a list, and those that hold its total.
const LISTS: [&str; 4] = ["results", "Resources", "data", "users"];
const TOTALS: [&str; 4] = ["totalCount", "totalResults", "total_count", "total"];

/// Bends a list or an envelope around one; returns the new total where there is one in the header only.
fn bend_list(kind: &FaultKind, list: &mut Value) -> Option<usize> {
    if let Value::Array(rows) = list {
        bend_rows(kind, rows);
        return matches!(kind, FaultKind::EmptyList).then_some(0);
    }
    for name in LISTS {
        if let Some(Value::Array(rows)) = list.get_mut(name) {
            bend_rows(kind, rows);
        }
    }
    for total in TOTALS {
        bend_total(kind, list.get_mut(total));
        bend_total(kind, list.get_mut("meta").and_then(|meta| meta.get_mut(total)));
    }
    None
}

fn bend_rows(kind: &FaultKind, rows: &mut Vec<Value>) {
    match kind {
        FaultKind::ShortPage { rows: keep } => rows.truncate(keep.unwrap_or(rows.len() / 2)),
        FaultKind::EmptyList | FaultKind::MissingPage => rows.clear(),
        _ => {}
    }
}

fn bend_total(kind: &FaultKind, total: Option<&mut Value>) {
    if let Some(total) = total
        && let Some(number) = total.as_i64()
    {
        *total = match kind {
            FaultKind::EmptyList => 0.into(),
            FaultKind::ChangedTotal { by } => (number + by).max(0).into(),
            _ => number.into(),
        };
    }
}

fn bend_total_header(kind: &FaultKind, response: Response, total: Option<usize>) -> Response {
    const NAME: &str = "x-total-count";
    let given = response.headers().get(NAME).and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
    match (kind, given, total) {
        (FaultKind::ChangedTotal { by }, Some(given), _) => {
            with_header(response, NAME, &(given + by).max(0).to_string())
        }
        (_, Some(_), Some(total)) => with_header(response, NAME, &total.to_string()),
        _ => response,
    }
}
