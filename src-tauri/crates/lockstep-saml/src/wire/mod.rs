//! From whatever was pasted or dropped to the bytes of one response.

mod form;
mod json;
mod packing;

use crate::inspection::InputForm;
use crate::xml::MAX_XML;

/// The largest recording of a browser that is read.
const MAX_RECORDING: usize = 32 * 1024 * 1024;
/// The largest of everything else: a page with a form, three times the size of base64 by URL-encoding.
const MAX_INPUT: usize = 4 * 1024 * 1024;

/// One response, unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unpacked {
    pub(crate) xml: Vec<u8>,
    /// How it was packed, outermost first.
    pub(crate) forms: Vec<InputForm>,
    /// How many different responses were there; this is the last.
    pub(crate) responses: usize,
}

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WireError {
    /// Beyond the limits; says what.
    TooLarge(String),
    /// Says what there is instead.
    Unreadable(String),
}

/// Unpacks a response.
pub(crate) fn unpack(input: &[u8]) -> Result<Unpacked, WireError> {
    if input.len() > MAX_RECORDING {
        return Err(too_large(input.len(), MAX_RECORDING));
    }
    let start = input.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(input.len());
    let bare = input.get(start..).unwrap_or_default();
    let bare = bare.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bare);
    if bare.is_empty() {
        return Err(WireError::Unreadable("nothing".to_owned()));
    }
    if matches!(bare.first(), Some(b'{' | b'[')) {
        return json::unpack(&String::from_utf8_lossy(bare));
    }
    if bare.len() > MAX_INPUT {
        return Err(too_large(bare.len(), MAX_INPUT));
    }
    if packing::is_utf16_xml(bare) {
        return xml(bare.to_vec(), Vec::new());
    }
    let text = String::from_utf8_lossy(bare);
    if form::is_page(&text) {
        return last(
            &form::in_page(&text),
            &[InputForm::HtmlForm],
            "a page without the form field SAMLResponse",
        );
    }
    if bare.starts_with(b"<") {
        return xml(bare.to_vec(), Vec::new());
    }
    if form::has_parameter(&text) {
        return last(
            &form::in_parameters(&text),
            &[InputForm::FormParameter],
            "an empty parameter SAMLResponse",
        );
    }
    if let Some(request) = form::request_only(&text) {
        return Err(WireError::Unreadable(request.to_owned()));
    }
    match packing::unpack(&text) {
        Ok(unpacked) => Ok(unpacked),
        // Bytes that are no text may be deflated ones.
        Err(error) => packing::inflated_xml(bare)
            .map_or(Err(error), |inflated| xml(inflated, vec![InputForm::Deflated])),
    }
}

/// Unpacks the last of several packed responses, and counts how many different ones there are.
fn last(candidates: &[String], around: &[InputForm], nothing: &str) -> Result<Unpacked, WireError> {
    let Some(last) = candidates.last() else { return Err(WireError::Unreadable(nothing.to_owned())) };
    let mut unpacked = packing::unpack(last)?;
    // What cannot be unpacked, or is the same once more, does not count. Recordings repeat themselves.
    let mut seen = vec![unpacked.xml.clone()];
    for other in candidates.iter().rev().skip(1).take(100) {
        if let Ok(other) = packing::unpack(other)
            && !seen.contains(&other.xml)
        {
            seen.push(other.xml);
        }
    }
    unpacked.responses = seen.len();
    unpacked.forms.splice(0..0, around.iter().copied());
    Ok(unpacked)
}

fn xml(bytes: Vec<u8>, mut forms: Vec<InputForm>) -> Result<Unpacked, WireError> {
    if bytes.len() > MAX_XML {
        return Err(too_large(bytes.len(), MAX_XML));
    }
    forms.push(InputForm::Xml);
    Ok(Unpacked { xml: bytes, forms, responses: 1 })
}

fn too_large(actual: usize, limit: usize) -> WireError {
    WireError::TooLarge(format!("{actual} bytes, at most {limit}"))
}
