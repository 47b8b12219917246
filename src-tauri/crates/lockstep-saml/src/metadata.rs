//! Metadata of an identity provider, and whether it agrees with the values that were given otherwise.

use serde::{Deserialize, Serialize};

use crate::certificate::{Certificate, CertificateFacts, read_certificate};
use crate::xml::{self, Refusal};

/// The binding by which JumpCloud sends people's browsers away and Atlassian sends them to it.
const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
/// The other one.
const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
/// The largest document that is read.
const MAX_INPUT: usize = crate::xml::MAX_XML;

/// What an identity provider says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Metadata {
    /// IdP Entity ID.
    pub entity_id: String,
    /// Where sign-ins begin; the redirect binding first.
    pub sso: Vec<SsoEndpoint>,
    /// Certificates for signing, described.
    pub certificates: Vec<CertificateFacts>,
    /// Formats of NameID that it offers.
    pub name_id_formats: Vec<String>,
}

/// An address where sign-ins begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct SsoEndpoint {
    /// How it is spoken to.
    pub binding: SsoBinding,
    /// IdP SSO URL.
    pub url: String,
}

/// How an address is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SsoBinding {
    /// By a redirect.
    Redirect,
    /// By a form.
    Post,
    /// Otherwise.
    Other,
}

/// Why a document is no metadata of an identity provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// Beyond the limits.
    #[error("The metadata is too large: {0}")]
    TooLarge(String),
    /// A DTD or an entity.
    #[error("The metadata holds {0}, which is refused")]
    Forbidden(String),
    /// No XML.
    #[error("The metadata is not readable as XML: {0}")]
    Malformed(String),
    /// XML of another kind.
    #[error("This is XML, but no SAML metadata")]
    NotMetadata,
    /// The other side's.
    #[error("This is the metadata of a service provider; the identity provider's is needed")]
    NotAnIdp,
    /// Without its name.
    #[error("The metadata does not name its entity ID")]
    NoEntityId,
}

impl From<Refusal> for MetadataError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::TooLarge(what) => Self::TooLarge(what),
            Refusal::Forbidden(what) => Self::Forbidden(what),
            Refusal::Malformed(what) => Self::Malformed(what),
        }
    }
}

/// Reads metadata. It is unsigned as a rule: what it says is as trustworthy as where it came from.
pub fn read_metadata(bytes: &[u8]) -> Result<Metadata, MetadataError> {
    if bytes.len() > MAX_INPUT {
        return Err(MetadataError::TooLarge(format!("{} bytes, at most {MAX_INPUT}", bytes.len())));
    }
    let bare = bytes.trim_ascii_start();
    let raw = xml::read_metadata(bare)?.ok_or(MetadataError::NotMetadata)?;
    if !raw.has_idp {
        return Err(MetadataError::NotAnIdp);
    }
    let entity_id = raw.entity_id.filter(|id| !id.is_empty()).ok_or(MetadataError::NoEntityId)?;
    let mut sso: Vec<SsoEndpoint> = raw
        .sso
        .into_iter()
        .map(|endpoint| SsoEndpoint {
            binding: match endpoint.binding.as_str() {
                REDIRECT => SsoBinding::Redirect,
                POST => SsoBinding::Post,
                _ => SsoBinding::Other,
            },
            url: endpoint.location,
        })
        .collect();
    sso.sort_by_key(|endpoint| endpoint.binding);
    let mut certificates: Vec<CertificateFacts> = Vec::new();
    for certificate in raw.certificates.iter().filter_map(|text| read_certificate(text.as_bytes()).facts) {
        if !certificates.contains(&certificate) {
            certificates.push(certificate);
        }
    }
    Ok(Metadata { entity_id, sso, certificates, name_id_formats: raw.name_id_formats })
}

/// Values that are known from elsewhere: an application's settings, or what somebody typed into Atlassian.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(default)]
pub struct GivenValues {
    /// IdP Entity ID.
    pub entity_id: Option<String>,
    /// IdP SSO URL.
    pub sso_url: Option<String>,
    /// Signing certificate.
    pub certificate: Option<Certificate>,
}

/// One value that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct MetadataDifference {
    /// Which value.
    pub field: MetadataField,
    /// In the metadata; empty when it is not there.
    pub in_metadata: String,
    /// As given.
    pub given: String,
    /// What it means, in a sentence.
    pub text: String,
}

/// A value that metadata and settings share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum MetadataField {
    /// IdP Entity ID.
    EntityId,
    /// IdP SSO URL.
    SsoUrl,
    /// Signing certificate.
    Certificate,
}

/// Compares given values with metadata; no difference means that all that were given agree.
pub fn cross_check(metadata: &Metadata, given: &GivenValues) -> Vec<MetadataDifference> {
    let mut differences = Vec::new();
    let mut differ = |field, in_metadata: String, given: &str, text: &str| {
        differences.push(MetadataDifference {
            field,
            in_metadata,
            given: given.to_owned(),
            text: text.to_owned(),
        });
    };
    if let Some(entity_id) = given.entity_id.as_deref().filter(|id| *id != metadata.entity_id) {
        let text = "The IdP Entity ID is not the one in the metadata; Atlassian compares it exactly, upper and lower case included.";
        differ(MetadataField::EntityId, metadata.entity_id.clone(), entity_id, text);
    }
    if let Some(url) =
        given.sso_url.as_deref().filter(|url| !metadata.sso.iter().any(|endpoint| endpoint.url == *url))
    {
        let known = metadata.sso.first().map(|endpoint| endpoint.url.clone()).unwrap_or_default();
        differ(MetadataField::SsoUrl, known, url, "The IdP SSO URL is not one of those in the metadata.");
    }
    if let Some(certificate) = &given.certificate {
        let given = certificate.facts();
        if !metadata.certificates.iter().any(|known| known.sha256 == given.sha256) {
            let known = metadata.certificates.first().map(|known| known.sha256.clone()).unwrap_or_default();
            let text = "The certificate is not the one in the metadata. It was renewed, or it is of another application.";
            differ(MetadataField::Certificate, known, &given.sha256, text);
        }
    }
    differences
}
