//! Small web pages: one column, light and dark, nothing from elsewhere.

use axum::response::Response;

use crate::services::{answer, with_header};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;\
    color-scheme:light dark}h1{font-size:1.4rem}label{display:block;margin:.8rem 0 .2rem;font-weight:600}\
    input,textarea{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}\
    textarea{font:13px/1.4 ui-monospace,monospace;height:9rem}button{font:inherit;margin-top:1rem;padding:.5rem 1rem}\
    .who{opacity:.7}code{overflow-wrap:anywhere}dt{font-weight:600}dd{margin:0 0 .6rem}";

/// Escapes text for HTML, in attributes too.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Answers a page. `outcome` names what happened, for tests and for those who look: `data-outcome` of the body.
pub(super) fn page(status: u16, whose: &str, title: &str, outcome: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <style>{STYLE}</style></head><body data-outcome=\"{outcome}\"><p class=\"who\">{whose} \u{b7} sandbox</p>\
         <h1>{title}</h1>{body}</body></html>",
        title = escape(title),
        outcome = escape(outcome),
        whose = escape(whose),
    );
    let response = answer(status, "text/html; charset=utf-8", html);
    let response = with_header(
        response,
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    with_header(with_header(response, "referrer-policy", "same-origin"), "cache-control", "no-store")
}

/// Writes an input with its label.
pub(super) fn input(label: &str, name: &str, value: &str, more: &str) -> String {
    format!(
        "<label for=\"{name}\">{}</label><input id=\"{name}\" name=\"{name}\" value=\"{}\" {more}>",
        escape(label),
        escape(value)
    )
}

/// Writes a field that is sent along and not shown.
pub(super) fn hidden(name: &str, value: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value))
}
