//! The corpus as a table, and what its responses are judged against.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use lockstep_saml::inspection::{FindingCode, Inspection, Severity};
use lockstep_saml::{Certificate, Expectations, inspect, read_certificate};
use serde::Deserialize;

/// Who is named by what an attacker wrote.
pub(crate) const EVIL: &str = "attacker.example";

#[derive(Debug, Deserialize)]
pub(crate) struct Corpus {
    pub(crate) at: Timestamp,
    pub(crate) idp_entity_id: String,
    pub(crate) sp_entity_id: String,
    pub(crate) acs_url: String,
    pub(crate) name_id: String,
    pub(crate) files: BTreeMap<String, Entry>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Entry {
    pub(crate) findings: Vec<FindingCode>,
    /// Which certificate is expected, where it is not `idp`.
    pub(crate) certificate: Option<String>,
    /// What is signed, where that can be read.
    pub(crate) signed: Option<String>,
    /// When it is good, where it is not the corpus's time.
    pub(crate) at: Option<Timestamp>,
    /// Who signs in, where it is not Ada.
    #[serde(default, deserialize_with = "given")]
    pub(crate) name_id: Option<Option<String>>,
    /// How it is packed.
    #[serde(default)]
    pub(crate) form: Vec<String>,
    /// How many responses there are.
    pub(crate) responses: Option<usize>,
}

fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../tests/saml/corpus")
}

#[allow(clippy::disallowed_methods, reason = "the tests read the corpus; the crate itself reads no files")]
pub(crate) fn file(path: &str) -> Vec<u8> {
    std::fs::read(folder().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn corpus() -> Corpus {
    serde_json::from_slice(&file("corpus.json")).unwrap()
}

pub(crate) fn certificate(name: &str) -> Certificate {
    read_certificate(&file(&format!("certificates/{name}.pem"))).certificate.unwrap()
}

impl Corpus {
    pub(crate) fn expectations(&self, certificate_name: &str) -> Expectations {
        Expectations {
            certificate: Some(certificate(certificate_name)),
            idp_entity_id: Some(self.idp_entity_id.clone()),
            sp_entity_id: Some(self.sp_entity_id.clone()),
            acs_url: Some(self.acs_url.clone()),
            name_id: Some(self.name_id.clone()),
            ..Expectations::default()
        }
    }

    pub(crate) fn judge(&self, path: &str) -> Inspection {
        let entry = &self.files[path];
        let expectations = self.expectations(entry.certificate.as_deref().unwrap_or("idp"));
        inspect(&file(path), &expectations, entry.at.unwrap_or(self.at))
    }
}

/// Codes of all findings of one severity, without repetition.
pub(crate) fn codes(inspection: &Inspection, severity: Severity) -> Vec<FindingCode> {
    let mut codes: Vec<FindingCode> = inspection.of(severity).map(|finding| finding.code).collect();
    codes.sort();
    codes.dedup();
    codes
}
