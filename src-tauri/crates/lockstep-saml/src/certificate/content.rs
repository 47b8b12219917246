//! What binary content is: a certificate, a bundle, or something that must not be here.

use super::damage::DamageKind;
use super::der::{self, SEQUENCE, Shape, Value};
use super::kind::WrongKind;
use super::{Certificate, der::children};

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const CONTEXT_0: u8 = 0xA0;

/// What some bytes are.
#[derive(Debug)]
pub(super) enum Content {
    /// Certificates, and what was odd about how they were wrapped.
    Certificates { certificates: Vec<Certificate>, noted: Vec<DamageKind> },
    /// Something else.
    Wrong(WrongKind),
    /// The beginning of something.
    Truncated,
    /// Shaped like a certificate, and none.
    Corrupted,
}

/// Recognises DER; `None` when the bytes do not begin like it.
pub(super) fn of(bytes: &[u8]) -> Option<Content> {
    // A sequence with a long length: anything of interest is longer than 127 bytes.
    if !matches!(bytes, [SEQUENCE, 0x81..=0x84, ..]) {
        return None;
    }
    let (value, rest) = match der::first(bytes) {
        Ok(read) => read,
        Err(Shape::Truncated) => return Some(Content::Truncated),
        Err(Shape::Unknown) => return None,
    };
    let mut noted = Vec::new();
    if !rest.is_empty() {
        noted.push(DamageKind::TrailingBytes);
    }
    if let Ok(certificate) = Certificate::from_der(value.whole) {
        let mut certificates = vec![certificate];
        // Certificates may follow one another.
        if let Some(Content::Certificates { certificates: more, .. }) = of(rest) {
            noted.clear();
            certificates.extend(more);
        }
        return Some(Content::Certificates { certificates, noted });
    }
    if let Some(bundle) = der::pkcs7_certificates(value.whole) {
        let certificates: Vec<Certificate> =
            bundle.iter().filter_map(|der| Certificate::from_der(der).ok()).collect();
        if certificates.is_empty() {
            return Some(Content::Wrong(WrongKind::Unknown));
        }
        noted.push(DamageKind::Pkcs7);
        return Some(Content::Certificates { certificates, noted });
    }
    Some(wrong_kind(value.content).map_or(Content::Corrupted, Content::Wrong))
}

/// Tells what else a sequence may be, by the shape of its parts.
fn wrong_kind(content: &[u8]) -> Option<WrongKind> {
    let parts = children(content);
    let tags: Vec<u8> = parts.iter().map(|part| part.tag).collect();
    match tags.as_slice() {
        // PFX: version 3, authSafe.
        [INTEGER, SEQUENCE, SEQUENCE] if parts.first().is_some_and(|version| version.content == [3]) => {
            Some(WrongKind::KeyStore)
        }
        // PKCS#8, PKCS#1, SEC 1, and PKCS#8 encrypted.
        [INTEGER, SEQUENCE, OCTET_STRING, ..]
        | [INTEGER, INTEGER, INTEGER, INTEGER, ..]
        | [INTEGER, OCTET_STRING, ..] => Some(WrongKind::PrivateKey),
        [SEQUENCE, OCTET_STRING] => Some(WrongKind::PrivateKey),
        [SEQUENCE, BIT_STRING] | [INTEGER, INTEGER] => Some(WrongKind::PublicKey),
        [SEQUENCE, SEQUENCE, BIT_STRING] => parts.first().and_then(signed_kind),
        _ => None,
    }
}

/// Tells a request and a revocation list from a certificate by what is signed.
fn signed_kind(signed: &Value<'_>) -> Option<WrongKind> {
    let tags: Vec<u8> = children(signed.content).iter().map(|part| part.tag).collect();
    match tags.as_slice() {
        [INTEGER, SEQUENCE, SEQUENCE] | [INTEGER, SEQUENCE, SEQUENCE, CONTEXT_0] => {
            Some(WrongKind::SigningRequest)
        }
        [INTEGER, SEQUENCE, SEQUENCE, UTC_TIME | GENERALIZED_TIME, ..]
        | [SEQUENCE, SEQUENCE, UTC_TIME | GENERALIZED_TIME, ..] => Some(WrongKind::RevocationList),
        _ => None,
    }
}

/// Recognises files by their first bytes.
pub(super) fn is_other_file(bytes: &[u8]) -> bool {
    const MAGIC: &[&[u8]] = &[
        b"PK\x03\x04",
        b"%PDF-",
        b"\x89PNG",
        b"GIF8",
        b"\xFF\xD8\xFF",
        b"\x1F\x8B",
        b"7z\xBC\xAF",
        b"\xD0\xCF\x11\xE0",
        b"{\\rtf",
        b"\x7FELF",
        b"MZ",
    ];
    // Two letters alone would also begin a text.
    MAGIC.iter().any(|magic| bytes.starts_with(magic)) && !(bytes.starts_with(b"MZ") && bytes.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_identifiers_are_not_taken_for_keys() {
        assert!(wrong_kind(&[0x06, 1, 0x2A]).is_none(), "a sequence of one identifier is nothing known");
    }
}
