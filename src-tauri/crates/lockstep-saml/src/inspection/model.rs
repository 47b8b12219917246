//! What goes into an inspection and what comes out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::finding::{Finding, Severity};
use crate::certificate::{Certificate, CertificateFacts};

/// Seconds by which two clocks may differ, unless said otherwise.
pub const DEFAULT_SKEW_SECONDS: u32 = 180;

/// What a response is judged against. What is `None` is not compared, and a finding says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(default)]
pub struct Expectations {
    /// The certificate that Atlassian was given. Without it no signature can be accepted.
    pub certificate: Option<Certificate>,
    /// Entity ID of the identity provider (JumpCloud: IdP Entity ID).
    pub idp_entity_id: Option<String>,
    /// Entity ID of the service provider (Atlassian: Service provider entity URL).
    pub sp_entity_id: Option<String>,
    /// Assertion consumer service URL of the service provider.
    pub acs_url: Option<String>,
    /// E-mail address of the Atlassian account that signs in.
    pub name_id: Option<String>,
    /// Seconds by which the clocks may differ.
    pub skew_seconds: u32,
}

impl Default for Expectations {
    fn default() -> Self {
        Self {
            certificate: None,
            idp_entity_id: None,
            sp_entity_id: None,
            acs_url: None,
            name_id: None,
            skew_seconds: DEFAULT_SKEW_SECONDS,
        }
    }
}

/// The judgement on one response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Inspection {
    /// No finding is an error.
    pub valid: bool,
    /// Errors first, then warnings, then what is worth knowing.
    pub findings: Vec<Finding>,
    /// What the signed part says; everything in it is empty when nothing signed could be read.
    pub assertion: Assertion,
    /// The certificates of both sides, to be compared by their thumbprints.
    pub certificates: Certificates,
    /// How the input was packed, outermost first.
    pub read_as: Vec<InputForm>,
    /// Time of the judgement.
    pub at: Timestamp,
    /// Seconds by which the clocks may differ.
    pub skew_seconds: u32,
    /// The response as text, for reading only: unverified, and it names a person.
    pub xml: Option<String>,
}

impl Inspection {
    /// Returns the findings of one severity.
    pub fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.severity == severity)
    }
}

/// What the signed part of a response says. Nothing unsigned is ever put here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Assertion {
    /// Who issued it.
    pub issuer: Option<String>,
    /// Whom it is about: the account's e-mail address.
    pub name_id: Option<String>,
    /// Format of the NameID, as a URI.
    pub name_id_format: Option<String>,
    /// Whom it is for; with several, the expected one, else the first.
    pub audience: Option<String>,
    /// Everybody whom it is for.
    pub audiences: Vec<String>,
    /// Where it may be delivered.
    pub recipient: Option<String>,
    /// Where the response was sent; only when the response is signed.
    pub destination: Option<String>,
    /// The request that it answers; absent when the identity provider began.
    pub in_response_to: Option<String>,
    /// Begin of validity.
    pub not_before: Option<Timestamp>,
    /// End of validity, exclusive; the earliest of all that are stated.
    pub not_on_or_after: Option<Timestamp>,
    /// Attribute name → values.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// What the verified signatures cover.
    pub signed: SignedPart,
}

/// What the verified signatures cover.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SignedPart {
    /// The whole response.
    Response,
    /// The assertion only.
    Assertion,
    /// Each by a signature of its own.
    Both,
    /// Nothing.
    #[default]
    None,
}

/// The certificates that an inspection saw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Certificates {
    /// The one that Atlassian was given.
    pub expected: Option<CertificateFacts>,
    /// Those that the response carries. They prove nothing: anybody can put one there.
    pub in_response: Vec<CertificateFacts>,
}

/// How an input was packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum InputForm {
    /// A browser's recording of requests.
    Har,
    /// Another JSON document.
    Json,
    /// A page with the form that is posted to the service provider.
    HtmlForm,
    /// A request's body or address with the parameter `SAMLResponse`.
    FormParameter,
    /// Percent-encoded.
    UrlEncoded,
    /// Base64.
    Base64,
    /// Deflated, as in the redirect binding.
    Deflated,
    /// XML.
    Xml,
}
