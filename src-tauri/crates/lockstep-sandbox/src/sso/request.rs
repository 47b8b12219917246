//! The service provider's request: written and deflated by Atlassian, read by JumpCloud.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::canonical::{element, text};
use super::verify::{attribute, element_of};

const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// A request is a few hundred bytes.
const MOST_BYTES: usize = 16 * 1024;

/// What a request asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AuthnRequest {
    pub(super) id: String,
    pub(super) issuer: String,
    pub(super) acs_url: String,
}

impl AuthnRequest {
    /// Writes the request as the redirect binding does: deflated, base64.
    pub(super) fn write(&self, destination: &str, issued: &str) -> String {
        let issuer = element("saml:Issuer", &[("xmlns:saml", ASSERTION)], &text(&self.issuer));
        let attributes = [
            ("xmlns:samlp", PROTOCOL),
            ("AssertionConsumerServiceURL", self.acs_url.as_str()),
            ("Destination", destination),
            ("ID", self.id.as_str()),
            ("IssueInstant", issued),
            ("ProtocolBinding", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"),
            ("Version", "2.0"),
        ];
        let xml = element("samlp:AuthnRequest", &attributes, &issuer);
        STANDARD.encode(miniz_oxide::deflate::compress_to_vec(xml.as_bytes(), 6))
    }

    /// Reads a deflated request, or a plain one as the POST binding sends it.
    pub(super) fn read(value: &str) -> Option<AuthnRequest> {
        let bytes = STANDARD.decode(value.trim()).ok()?;
        let bytes = if bytes.starts_with(b"<") {
            bytes
        } else {
            miniz_oxide::inflate::decompress_to_vec_with_limit(&bytes, MOST_BYTES).ok()?
        };
        let xml = String::from_utf8(bytes).ok()?;
        let request = element_of(&xml, "samlp:AuthnRequest")?;
        Some(AuthnRequest {
            id: attribute(request.start, "ID")?,
            issuer: element_of(request.inner, "saml:Issuer").map(|issuer| issuer.text())?,
            acs_url: attribute(request.start, "AssertionConsumerServiceURL").unwrap_or_default(),
        })
    }
}
