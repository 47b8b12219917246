//! Web pages and request parameters that carry a response.

use crate::certificate::entities_decoded;

const FIELD: &str = "samlresponse";
const PARAMETER: &str = "samlresponse=";

/// Whether a text is a page, or a piece of one, with form fields.
pub(super) fn is_page(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("<?xml") && !lower.contains("<html") {
        return false;
    }
    let has_field = lower.contains(FIELD)
        && (lower.contains("<input") || lower.contains("<textarea") || lower.contains("&lt;input"));
    lower.starts_with("<!doctype html") || lower.starts_with("<html") || has_field
}

/// Returns the values of all form fields named SAMLResponse, in their order.
pub(super) fn in_page(text: &str) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    // A page shown as text has its tags escaped.
    let decoded;
    let text = if !lower.contains("<input") && lower.contains("&lt;input") {
        decoded = entities_decoded(text);
        decoded.as_str()
    } else {
        text
    };
    let mut values = Vec::new();
    for part in text.split('<').skip(1) {
        let (tag, content) = split_tag(part);
        let name = tag
            .split(|c: char| c.is_whitespace() || c == '/')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        if !attribute(tag, "name").is_some_and(|name| name.eq_ignore_ascii_case(FIELD)) {
            continue;
        }
        match name.as_str() {
            "input" => values.extend(attribute(tag, "value")),
            "textarea" => values.push(entities_decoded(content)),
            _ => {}
        }
    }
    values.retain(|value| !value.trim().is_empty());
    values
}

/// Splits a tag from what follows it; a `>` within quotes does not end it.
fn split_tag(part: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, c) in part.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, '>') => {
                return (part.get(..at).unwrap_or_default(), part.get(at + 1..).unwrap_or_default());
            }
            _ => {}
        }
    }
    (part, "")
}

/// Returns an attribute of a tag, decoded.
fn attribute(tag: &str, wanted: &str) -> Option<String> {
    let mut rest = tag.split_once(char::is_whitespace)?.1;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_whitespace() || c == '=' || c == '/').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if name.is_empty() && after.is_empty() {
            return None;
        }
        let after = after.trim_start();
        let Some(value) = after.strip_prefix('=') else {
            rest = if after.len() < rest.len() { after } else { rest.get(1..)? };
            continue;
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = value.get(1..)?;
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(entities_decoded(value));
        }
        rest = after;
    }
}

/// Whether a text is a request's body, address or command line with the parameter.
pub(super) fn has_parameter(text: &str) -> bool {
    !positions(text).is_empty()
}

/// Returns the values of all parameters named SAMLResponse, still encoded, in their order.
pub(super) fn in_parameters(text: &str) -> Vec<String> {
    let starts = positions(text);
    // A value ends where the next one begins, so that together they are never longer than the text.
    let ends = starts.iter().skip(1).map(|next| next - PARAMETER.len()).chain([text.len()]);
    let value = |(start, end): (&usize, usize)| {
        let whole = text.get(*start..end).unwrap_or_default();
        let value = whole.split(|c: char| matches!(c, '&' | '"' | '\'' | '#') || c.is_whitespace()).next();
        value.unwrap_or_default().to_owned()
    };
    starts.iter().zip(ends).map(value).filter(|value| !value.is_empty()).collect()
}

/// Where the parameter's values begin.
fn positions(text: &str) -> Vec<usize> {
    let lower = text.to_ascii_lowercase();
    let starts = lower.match_indices(PARAMETER).filter(|(at, _)| {
        let before = lower.get(..*at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| !c.is_ascii_alphanumeric())
    });
    starts.map(|(at, _)| at + PARAMETER.len()).collect()
}

/// Says that there is a request only.
pub(super) fn request_only(text: &str) -> Option<&'static str> {
    text.to_ascii_lowercase()
        .contains("samlrequest=")
        .then_some("a request to sign in (SAMLRequest), not the response to it")
}
