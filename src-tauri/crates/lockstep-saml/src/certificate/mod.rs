//! Certificates: read in whatever state they were pasted, repaired where that is possible, and described.

mod body;
mod container;
mod content;
mod damage;
mod der;
mod facts;
mod input;
mod kind;
mod pem;
mod reading;
mod text;

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use x509_cert::der::Decode as _;

pub use damage::{Damage, DamageKind};
pub use facts::{CertificateFacts, CertificateValidity, KeyFacts};
pub use kind::{WrongKind, WrongKindFound};
pub use reading::{CertificateReading, MAX_INPUT, read_certificate};
pub(crate) use text::entities_decoded;

/// A certificate: its exact bytes, known to parse. Written and read as PEM.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(try_from = "String", into = "String")]
pub struct Certificate(#[cfg_attr(feature = "specta", specta(type = String))] Vec<u8>);

/// Why some bytes are no certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// They do not parse.
    #[error("Not an X.509 certificate")]
    NotACertificate,
}

impl Certificate {
    /// Takes exactly one DER-encoded certificate.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        match x509_cert::Certificate::from_der(der) {
            Ok(_) => Ok(Self(der.to_vec())),
            Err(_) => Err(CertificateError::NotACertificate),
        }
    }

    /// Returns its bytes.
    pub fn der(&self) -> &[u8] {
        &self.0
    }

    /// Returns it as Atlassian wants it pasted: PEM, 64 characters a line, line feeds.
    pub fn pem(&self) -> String {
        pem::write(&self.0)
    }

    /// Describes it.
    pub fn facts(&self) -> CertificateFacts {
        facts::of(self)
    }

    /// Judges its validity at a time.
    pub fn validity_at(&self, at: Timestamp) -> CertificateValidity {
        self.facts().validity_at(at)
    }

    /// Returns it parsed; a certificate parses by construction.
    pub(crate) fn parsed(&self) -> Option<x509_cert::Certificate> {
        x509_cert::Certificate::from_der(&self.0).ok()
    }
}

/// Returns what a certificate's issuer signed: its first part.
pub(crate) fn signed_part(certificate: &[u8]) -> Option<&[u8]> {
    let (whole, _) = der::first(certificate).ok()?;
    der::children(whole.content).first().map(|content| content.whole)
}

impl fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Certificate({})", facts::sha256(&self.0))
    }
}

impl TryFrom<String> for Certificate {
    type Error = CertificateError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        read_certificate(text.as_bytes()).certificate.ok_or(CertificateError::NotACertificate)
    }
}

impl From<Certificate> for String {
    fn from(certificate: Certificate) -> Self {
        certificate.pem()
    }
}
