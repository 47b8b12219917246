//! URL-encoding, base64 and deflate, in whatever order they were applied.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit};

use super::{Unpacked, WireError, too_large, xml};
use crate::certificate::entities_decoded;
use crate::inspection::InputForm;
use crate::xml::MAX_XML;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Unpacks one packed response.
pub(super) fn unpack(packed: &str) -> Result<Unpacked, WireError> {
    let mut forms = Vec::new();
    let mut text = packed.trim().trim_matches(['"', '\'', '`', ',', ';']).trim().to_owned();
    // A URL within a URL is encoded twice.
    for _ in 0..3 {
        if text.starts_with('<') || !text.contains('%') {
            break;
        }
        let decoded = percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if decoded == text {
            break;
        }
        forms.push(InputForm::UrlEncoded);
        text = decoded.trim().to_owned();
    }
    if text.contains("&#") || text.contains("&lt;") && !text.starts_with('<') {
        text = entities_decoded(&text).trim().to_owned();
    }
    if text.starts_with('<') {
        return xml(text.into_bytes(), forms);
    }
    // Line ends that were written out, and slashes that were escaped.
    if text.contains('\\') {
        text = text.replace("\\r", "").replace("\\n", "").replace("\\/", "/");
    }
    let bytes = base64(&text).ok_or_else(|| WireError::Unreadable(described(&text)))?;
    forms.push(InputForm::Base64);
    from_bytes(&bytes, forms, 2)
}

fn from_bytes(bytes: &[u8], mut forms: Vec<InputForm>, layers: u32) -> Result<Unpacked, WireError> {
    let bare = bytes.trim_ascii_start();
    let bare = bare.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bare);
    if bare.trim_ascii_start().starts_with(b"<") || is_utf16_xml(bare) {
        return xml(bare.trim_ascii_start().to_vec(), forms);
    }
    match inflated(bytes) {
        Inflated::TooLarge => return Err(too_large(MAX_XML + 1, MAX_XML)),
        Inflated::Bytes(inner) if inner.trim_ascii_start().starts_with(b"<") || is_utf16_xml(&inner) => {
            forms.push(InputForm::Deflated);
            return xml(inner.trim_ascii_start().to_vec(), forms);
        }
        _ => {}
    }
    // Encoded twice.
    let again = std::str::from_utf8(bytes).ok().filter(|_| layers > 0).and_then(base64);
    match again {
        Some(inner) => {
            forms.push(InputForm::Base64);
            from_bytes(&inner, forms, layers - 1)
        }
        None => Err(WireError::Unreadable("base64 that holds neither XML nor deflated XML".to_owned())),
    }
}

/// Decodes base64 of either alphabet. A lone space was a plus sign that a form turned into one.
fn base64(text: &str) -> Option<Vec<u8>> {
    let is_one_line = !text.contains(['\n', '\r']);
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '+' | '/' | '=' => plain.push(c),
            '-' => plain.push('+'),
            '_' => plain.push('/'),
            ' ' if is_one_line => plain.push('+'),
            _ if c.is_whitespace() || matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200F}') => {}
            _ => return None,
        }
    }
    let bare = plain.trim_end_matches('=');
    if bare.len() < 8 {
        return None;
    }
    LENIENT.decode(bare).ok()
}

enum Inflated {
    Bytes(Vec<u8>),
    TooLarge,
    No,
}

/// Inflates with and without zlib's header; stops at the limit, so that a bomb stays small.
fn inflated(bytes: &[u8]) -> Inflated {
    let results =
        [decompress_to_vec_with_limit(bytes, MAX_XML), decompress_to_vec_zlib_with_limit(bytes, MAX_XML)];
    let mut answer = Inflated::No;
    for result in results {
        match result {
            Ok(inner) => return Inflated::Bytes(inner),
            // Only what looks like XML so far is a response that is too large.
            Err(error)
                if error.status == TINFLStatus::HasMoreOutput
                    && error.output.trim_ascii_start().starts_with(b"<") =>
            {
                answer = Inflated::TooLarge;
            }
            Err(_) => {}
        }
    }
    answer
}

/// Inflates bytes that were not encoded at all.
pub(super) fn inflated_xml(bytes: &[u8]) -> Option<Vec<u8>> {
    match inflated(bytes) {
        Inflated::Bytes(inner) if inner.trim_ascii_start().starts_with(b"<") => Some(inner),
        _ => None,
    }
}

/// Whether bytes are XML in UTF-16, with or without its mark.
pub(super) fn is_utf16_xml(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xFF\xFE<\0")
        || bytes.starts_with(b"\xFE\xFF\0<")
        || bytes.starts_with(b"<\0")
        || bytes.starts_with(b"\0<")
}

/// Says what a text is instead.
fn described(text: &str) -> String {
    let lower = text.get(..text.len().min(256)).unwrap_or_default().to_ascii_lowercase();
    if lower.contains("begin certificate") {
        "a certificate".to_owned()
    } else if lower.starts_with("http://") || lower.starts_with("https://") {
        "an address without the parameter SAMLResponse".to_owned()
    } else if lower.starts_with("eyj") {
        "a JSON web token, which is OpenID Connect and not SAML".to_owned()
    } else {
        "text that is neither XML nor base64".to_owned()
    }
}
