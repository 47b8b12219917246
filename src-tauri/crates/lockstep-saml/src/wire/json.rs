//! Recordings of a browser (HAR), exports of SAML tracers, and other JSON with a response in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Unpacked, WireError, form, last};
use crate::inspection::InputForm;

/// Unpacks the last response of a document.
pub(super) fn unpack(text: &str) -> Result<Unpacked, WireError> {
    let document: Value = serde_json::from_str(text).map_err(|error| {
        WireError::Unreadable(format!(
            "JSON that ends or breaks in line {}, column {}",
            error.line(),
            error.column()
        ))
    })?;
    let is_recording = document.get("log").is_some_and(|log| log.get("entries").is_some());
    let (form, nothing) = if is_recording {
        (InputForm::Har, "a recording without a SAML response")
    } else {
        (InputForm::Json, "JSON without a SAML response")
    };
    let mut found = Vec::new();
    collect(&document, &mut found);
    last(&found, &[form], nothing)
}

/// Collects in the document's order; an entry's request comes before its response.
fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => in_text(text, found),
        Value::Array(values) => match values.as_slice() {
            // A SAML tracer's parameter: ["SAMLResponse", "…"].
            [Value::String(name), Value::String(packed)] if is_field(name) => found.push(packed.clone()),
            values => values.iter().for_each(|value| collect(value, found)),
        },
        Value::Object(entries) => {
            let text = |key: &str| entries.get(key).and_then(Value::as_str);
            if let (Some(name), Some(packed)) = (text("name"), text("value"))
                && is_field(name)
            {
                found.push(packed.to_owned());
                return;
            }
            if let (Some("base64"), Some(content)) = (text("encoding"), text("text")) {
                if let Ok(bytes) = STANDARD.decode(content) {
                    in_text(&String::from_utf8_lossy(&bytes), found);
                }
                return;
            }
            for (key, value) in entries {
                match value {
                    Value::String(packed) if is_field(key) => found.push(packed.clone()),
                    value => collect(value, found),
                }
            }
        }
        _ => {}
    }
}

fn is_field(name: &str) -> bool {
    name.eq_ignore_ascii_case("SAMLResponse")
}

fn in_text(text: &str, found: &mut Vec<String>) {
    // Most strings of a recording are nothing of the kind.
    if text.len() < 32 || !text.to_ascii_lowercase().contains("samlresponse") {
        return;
    }
    if form::is_page(text) {
        found.extend(form::in_page(text));
    } else {
        found.extend(form::in_parameters(text));
    }
}
