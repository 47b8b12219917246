//! What a certificate says about itself.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use x509_cert::der::Encode as _;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::time::Time;

use super::Certificate;
use super::der::integer_bits;

/// Days before the end from which on a certificate is said to expire soon.
const SOON_DAYS: i64 = 60;

/// A certificate, described.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CertificateFacts {
    /// Whose key it is, for example `CN=example`.
    pub subject: String,
    /// Who issued it; the same as the subject when it is self-signed.
    pub issuer: String,
    /// Serial number, hexadecimal, colons between bytes.
    pub serial: String,
    /// Begin of validity.
    pub not_before: Timestamp,
    /// End of validity.
    pub not_after: Timestamp,
    /// Kind and size of the key.
    pub key: KeyFacts,
    /// Algorithm that signed the certificate itself, for example `SHA-256 with RSA`.
    pub signature_algorithm: String,
    /// SHA-1 thumbprint: upper-case hexadecimal with colons.
    pub sha1: String,
    /// SHA-256 thumbprint: upper-case hexadecimal with colons.
    pub sha256: String,
    /// Whether it names itself as its issuer.
    pub is_self_signed: bool,
    /// The certificate as Atlassian wants it pasted.
    pub pem: String,
}

/// A key's kind and size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct KeyFacts {
    /// `RSA`, `EC`, `Ed25519`, or the algorithm's object identifier.
    pub kind: String,
    /// Size in bits, where it is known.
    pub bits: Option<u32>,
}

/// Whether a certificate may be used at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CertificateValidity {
    /// Its validity has not begun.
    NotYetValid,
    /// It is valid.
    Valid {
        /// Whole days that are left.
        days_left: u32,
    },
    /// It is valid, and the end is near.
    ExpiresSoon {
        /// Whole days that are left.
        days_left: u32,
    },
    /// Its validity is over.
    Expired {
        /// Whole days since then.
        days_ago: u32,
    },
}

impl CertificateFacts {
    /// Judges the validity at a time.
    pub fn validity_at(&self, at: Timestamp) -> CertificateValidity {
        if at < self.not_before {
            return CertificateValidity::NotYetValid;
        }
        let left = self.not_after.duration_since(at);
        if left.is_negative() {
            return CertificateValidity::Expired { days_ago: whole_days(left.abs()) };
        }
        let days_left = whole_days(left);
        if left < SignedDuration::from_hours(24 * SOON_DAYS) {
            CertificateValidity::ExpiresSoon { days_left }
        } else {
            CertificateValidity::Valid { days_left }
        }
    }

    /// Returns the size of an RSA key that is too short to be trusted.
    pub fn short_rsa_bits(&self) -> Option<u32> {
        self.key.bits.filter(|bits| self.key.kind == "RSA" && *bits < 2048)
    }
}

fn whole_days(duration: SignedDuration) -> u32 {
    u32::try_from(duration.as_hours() / 24).unwrap_or(u32::MAX)
}

/// Describes a certificate.
pub(super) fn of(certificate: &Certificate) -> CertificateFacts {
    let der = certificate.der();
    let mut facts = CertificateFacts {
        subject: String::new(),
        issuer: String::new(),
        serial: String::new(),
        not_before: Timestamp::UNIX_EPOCH,
        not_after: Timestamp::UNIX_EPOCH,
        key: KeyFacts { kind: String::new(), bits: None },
        signature_algorithm: String::new(),
        sha1: sha1(der),
        sha256: sha256(der),
        is_self_signed: false,
        pem: certificate.pem(),
    };
    // A `Certificate` parses by construction.
    if let Some(parsed) = certificate.parsed() {
        let content = parsed.tbs_certificate();
        facts.subject = content.subject().to_string();
        facts.issuer = content.issuer().to_string();
        facts.serial = colons(content.serial_number().as_bytes());
        facts.not_before = timestamp(&content.validity().not_before);
        facts.not_after = timestamp(&content.validity().not_after);
        let key = content.subject_public_key_info();
        let parameters = key.algorithm.parameters.as_ref().and_then(|any| any.decode_as().ok());
        facts.key = key_facts(key.algorithm.oid, parameters, key.subject_public_key.raw_bytes());
        facts.signature_algorithm = signature_name(parsed.signature_algorithm().oid);
        facts.is_self_signed = match (content.subject().to_der(), content.issuer().to_der()) {
            (Ok(subject), Ok(issuer)) => subject == issuer,
            _ => false,
        };
    }
    facts
}

fn timestamp(time: &Time) -> Timestamp {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

fn key_facts(algorithm: ObjectIdentifier, curve: Option<ObjectIdentifier>, key: &[u8]) -> KeyFacts {
    let named = |kind: &str, bits| KeyFacts { kind: kind.to_owned(), bits };
    match algorithm.to_string().as_str() {
        // rsaEncryption and id-RSASSA-PSS: SEQUENCE { modulus, exponent }.
        "1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10" => named("RSA", integer_bits(key)),
        "1.2.840.10045.2.1" => {
            let bits = match curve.map(|curve| curve.to_string()).as_deref() {
                Some("1.2.840.10045.3.1.7" | "1.3.132.0.10") => Some(256),
                Some("1.3.132.0.34") => Some(384),
                Some("1.3.132.0.35") => Some(521),
                _ => None,
            };
            named("EC", bits)
        }
        "1.3.101.112" => named("Ed25519", Some(256)),
        "1.2.840.10040.4.1" => named("DSA", None),
        other => named(other, None),
    }
}

fn signature_name(algorithm: ObjectIdentifier) -> String {
    match algorithm.to_string().as_str() {
        "1.2.840.113549.1.1.4" => "MD5 with RSA",
        "1.2.840.113549.1.1.5" => "SHA-1 with RSA",
        "1.2.840.113549.1.1.10" => "RSA-PSS",
        "1.2.840.113549.1.1.11" => "SHA-256 with RSA",
        "1.2.840.113549.1.1.12" => "SHA-384 with RSA",
        "1.2.840.113549.1.1.13" => "SHA-512 with RSA",
        "1.2.840.10045.4.1" => "SHA-1 with ECDSA",
        "1.2.840.10045.4.3.2" => "SHA-256 with ECDSA",
        "1.2.840.10045.4.3.3" => "SHA-384 with ECDSA",
        "1.2.840.10045.4.3.4" => "SHA-512 with ECDSA",
        "1.3.101.112" => "Ed25519",
        other => other,
    }
    .to_owned()
}

fn sha1(der: &[u8]) -> String {
    colons(&Sha1::digest(der))
}

pub(super) fn sha256(der: &[u8]) -> String {
    colons(&Sha256::digest(der))
}

fn colons(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}
