//! Documents around a certificate, and documents instead of one.

use base64::Engine as _;
use serde_json::Value;

use super::damage::DamageKind;
use super::kind::WrongKind;
use super::pem::Marker;
use super::reading::{Outcome, note, read_layer};
use super::text::Draft;

/// Recognises a document as a whole; `None` leaves it to the repair of its text.
pub(super) fn read(draft: &mut Draft, layers: u32) -> Option<Outcome> {
    let text = draft.text.trim().to_owned();
    let lower =
        text.get(..text.len().min(4096)).map_or_else(|| text.to_ascii_lowercase(), str::to_ascii_lowercase);
    if text.starts_with('<') {
        return markup(&text, draft, layers);
    }
    if text.starts_with(['{', '[']) {
        return json(&text, draft, layers);
    }
    if lower.contains("ssh-rsa ") || lower.contains("ssh-ed25519 ") || lower.contains("ecdsa-sha2-") {
        return Some(Outcome::Wrong(WrongKind::OtherKey));
    }
    if is_url(&text) {
        return Some(Outcome::Wrong(WrongKind::Url));
    }
    if is_thumbprint(&text) {
        return Some(Outcome::Wrong(WrongKind::Thumbprint));
    }
    None
}

/// Whether a PEM label may hold a certificate.
pub(super) fn is_certificate_label(label: &str) -> bool {
    !label.ends_with("REQUEST") && (label.contains("CERT") || matches!(label, "PKCS7" | "CMS"))
}

/// Tells what PEM blocks hold of which none is a certificate.
pub(super) fn wrong_label(markers: &[Marker]) -> Option<WrongKind> {
    let label = markers.first()?.label.as_str();
    Some(if label.starts_with("PGP") {
        WrongKind::OtherKey
    } else if label.ends_with("PRIVATEKEY") {
        WrongKind::PrivateKey
    } else if label.ends_with("PUBLICKEY") {
        WrongKind::PublicKey
    } else if label.ends_with("REQUEST") {
        WrongKind::SigningRequest
    } else if label.ends_with("CRL") {
        WrongKind::RevocationList
    } else {
        return None;
    })
}

fn is_url(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    (lower.starts_with("https://") || lower.starts_with("http://"))
        && !text.contains(char::is_whitespace)
        && text.len() < 4096
}

/// A hash in hexadecimal, perhaps with its name before it.
fn is_thumbprint(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let value = lower.rsplit_once('=').map_or(lower.as_str(), |(_, value)| value);
    let value = ["sha-256", "sha256", "sha-1", "sha1", "thumbprint", "fingerprint"]
        .iter()
        .fold(value.to_owned(), |value, name| value.replace(name, ""));
    let digits: Vec<char> = value.chars().filter(|c| !matches!(c, ':' | ' ' | '-' | '\n' | '\r')).collect();
    matches!(digits.len(), 32 | 40 | 64) && digits.iter().all(char::is_ascii_hexdigit)
}

/// Web pages, metadata, SAML messages, and fragments with a certificate in a tag.
fn markup(text: &str, draft: &mut Draft, layers: u32) -> Option<Outcome> {
    let is_message = ["Response", "AuthnRequest", "LogoutRequest", "LogoutResponse", "Assertion"]
        .iter()
        .any(|name| root_name(text) == Some(name));
    if is_message {
        return Some(Outcome::Wrong(WrongKind::SamlMessage));
    }
    let is_metadata = matches!(root_name(text), Some("EntityDescriptor" | "EntitiesDescriptor"));
    let inner = elements(text, "X509Certificate");
    if !inner.is_empty() {
        draft.note(if is_metadata { DamageKind::FromMetadata } else { DamageKind::FromXml });
        return Some(all(inner.iter().map(|inner| inner.as_str()), draft, layers));
    }
    if is_metadata {
        return Some(Outcome::Wrong(WrongKind::Metadata));
    }
    let lower = text.to_ascii_lowercase();
    if lower.contains("begin certificate") || lower.contains("begin&nbsp;certificate") {
        return None; // A page with a certificate in it: the tags go.
    }
    let is_page = ["<!doctype html", "<html", "<head", "<body", "<script", "<div", "<p", "<span"]
        .iter()
        .any(|tag| lower.contains(tag));
    is_page.then_some(Outcome::Wrong(WrongKind::HtmlPage))
}

/// Local name of the first element.
fn root_name(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        let (_, after) = rest.split_once('<')?;
        if after.starts_with(['?', '!']) {
            rest = after;
            continue;
        }
        let name = after.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next()?;
        return Some(name.rsplit(':').next().unwrap_or(name));
    }
}

/// Contents of all elements of a local name; enough for base64, which holds no tags.
fn elements(text: &str, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split('<') {
        let Some((tag, content)) = part.split_once('>') else { continue };
        let tag = tag.split_whitespace().next().unwrap_or_default();
        if !tag.starts_with('/') && tag.rsplit(':').next() == Some(name) {
            found.push(content.to_owned());
        }
    }
    found
}

/// Strings of a JSON document that may be a certificate.
fn json(text: &str, draft: &mut Draft, layers: u32) -> Option<Outcome> {
    let document: Value = serde_json::from_str(text).ok()?;
    let mut candidates = Vec::new();
    collect(&document, 0, &mut candidates);
    if candidates.is_empty() {
        return Some(Outcome::Wrong(WrongKind::Json));
    }
    draft.note(DamageKind::FromJson);
    Some(match all(candidates.iter().map(String::as_str), draft, layers) {
        // Long strings may be anything; only what is certain is said of them.
        Outcome::Wrong(kind) if kind != WrongKind::PrivateKey => Outcome::Wrong(WrongKind::Json),
        outcome => outcome,
    })
}

fn collect(value: &Value, depth: u32, candidates: &mut Vec<String>) {
    // serde_json bounds the depth at 128; no certificate lies deeper than this.
    if depth > 32 || candidates.len() > 32 {
        return;
    }
    match value {
        Value::String(text) if is_candidate(text) => candidates.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| collect(value, depth + 1, candidates)),
        Value::Object(entries) => entries.values().for_each(|value| collect(value, depth + 1, candidates)),
        _ => {}
    }
}

fn is_candidate(text: &str) -> bool {
    let is_base64 =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_' | '\r' | '\n');
    text.contains("BEGIN ") || text.len() >= 200 && text.trim().chars().take(200).all(is_base64)
}

/// Reads several texts and joins what they hold.
fn all<'a>(texts: impl Iterator<Item = &'a str>, draft: &mut Draft, layers: u32) -> Outcome {
    let mut certificates = Vec::new();
    let mut failure = None;
    for text in texts {
        let mut noted = Vec::new();
        match read_layer(text.as_bytes(), &mut noted, layers - 1) {
            Outcome::Found(found) => {
                certificates.extend(found);
                // A bare value within a document is complete as it is.
                noted.retain(|kind| !LAYOUT.contains(kind));
                noted.into_iter().for_each(|kind| note(&mut draft.damages, kind));
            }
            // A private key is the worst that can be there, and is said before anything else.
            other if !matches!(failure, Some(Outcome::Wrong(WrongKind::PrivateKey))) => failure = Some(other),
            _ => {}
        }
    }
    match failure {
        Some(Outcome::Wrong(WrongKind::PrivateKey)) if !certificates.is_empty() => {
            draft.note(DamageKind::PrivateKeyAlong);
            Outcome::Found(certificates)
        }
        _ if !certificates.is_empty() => Outcome::Found(certificates),
        Some(outcome) => outcome,
        None => Outcome::Wrong(WrongKind::Unknown),
    }
}

/// What is no damage of a value within a document.
const LAYOUT: &[DamageKind] = &[
    DamageKind::MissingHeader,
    DamageKind::MissingFooter,
    DamageKind::OneLine,
    DamageKind::LineWidth,
    DamageKind::Indentation,
    DamageKind::BlankLines,
    DamageKind::TrailingSpaces,
];

/// Whether bytes, decoded from base64, are a document rather than DER.
pub(super) fn of_decoded(bytes: &[u8], damages: &mut Vec<DamageKind>, layers: u32) -> Option<Outcome> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    if text.starts_with('<') {
        let mut draft = Draft { text: text.to_owned(), damages: Vec::new() };
        return markup(text, &mut draft, layers).or(Some(Outcome::Wrong(WrongKind::Unknown)));
    }
    let is_nested = text.contains("BEGIN CERT")
        || text.starts_with("LS0tLS1CRUdJTi")
        || text.starts_with("MII")
            && base64::engine::general_purpose::STANDARD_NO_PAD.decode(text.get(..64)?).is_ok();
    is_nested.then(|| {
        note(damages, DamageKind::EncodedPem);
        read_layer(text.as_bytes(), damages, layers - 1)
    })
}
