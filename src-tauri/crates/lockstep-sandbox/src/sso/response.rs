//! The identity provider's answer: an assertion about one person, signed with the application's certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::canonical::{element, text};
use super::keys::Certificate;

const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
pub(super) const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
pub(super) const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
pub(super) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const EMAIL_FORMAT: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

/// Everything that an answer says.
#[derive(Clone, Debug)]
pub(super) struct SamlResponse {
    pub(super) response_id: String,
    pub(super) assertion_id: String,
    pub(super) issuer: String,
    pub(super) acs_url: String,
    pub(super) audience: String,
    pub(super) name_id: String,
    /// Name and value.
    pub(super) attributes: Vec<(String, String)>,
    pub(super) in_response_to: Option<String>,
    /// RFC 3339, seconds.
    pub(super) issued: String,
    pub(super) not_before: String,
    pub(super) not_on_or_after: String,
    pub(super) signs_assertion: bool,
    pub(super) signs_response: bool,
}

impl SamlResponse {
    /// Writes and signs the answer, in base64 as the browser posts it.
    pub(super) fn sign(&self, certificate: Certificate) -> String {
        let plain = self.assertion("");
        let assertion = if self.signs_assertion {
            self.assertion(&signature(&self.assertion_id, &plain, certificate))
        } else {
            plain
        };
        let unsigned = self.response("", &assertion);
        let response = if self.signs_response {
            self.response(&signature(&self.response_id, &unsigned, certificate), &assertion)
        } else {
            unsigned
        };
        STANDARD.encode(response)
    }

    fn response(&self, signature: &str, assertion: &str) -> String {
        let issuer = element("saml:Issuer", &[("xmlns:saml", ASSERTION)], &text(&self.issuer));
        let code = [("Value", "urn:oasis:names:tc:SAML:2.0:status:Success")];
        let status = element("samlp:Status", &[], &element("samlp:StatusCode", &code, ""));
        let mut attributes = vec![
            ("xmlns:samlp", PROTOCOL),
            ("Destination", self.acs_url.as_str()),
            ("ID", self.response_id.as_str()),
        ];
        attributes.extend(self.in_response_to.as_deref().map(|request| ("InResponseTo", request)));
        attributes.extend([("IssueInstant", self.issued.as_str()), ("Version", "2.0")]);
        element("samlp:Response", &attributes, &format!("{issuer}{signature}{status}{assertion}"))
    }

    fn assertion(&self, signature: &str) -> String {
        let issuer = element("saml:Issuer", &[], &text(&self.issuer));
        let content = format!(
            "{issuer}{signature}{}{}{}{}",
            self.subject(),
            self.conditions(),
            self.authentication(),
            self.attribute_statement()
        );
        let attributes = [
            ("xmlns:saml", ASSERTION),
            ("ID", self.assertion_id.as_str()),
            ("IssueInstant", self.issued.as_str()),
            ("Version", "2.0"),
        ];
        element("saml:Assertion", &attributes, &content)
    }

    fn subject(&self) -> String {
        let name_id = element("saml:NameID", &[("Format", EMAIL_FORMAT)], &text(&self.name_id));
        let mut confirmed: Vec<(&str, &str)> = Vec::new();
        confirmed.extend(self.in_response_to.as_deref().map(|request| ("InResponseTo", request)));
        confirmed
            .extend([("NotOnOrAfter", self.not_on_or_after.as_str()), ("Recipient", self.acs_url.as_str())]);
        let confirmation = element(
            "saml:SubjectConfirmation",
            &[("Method", "urn:oasis:names:tc:SAML:2.0:cm:bearer")],
            &element("saml:SubjectConfirmationData", &confirmed, ""),
        );
        element("saml:Subject", &[], &format!("{name_id}{confirmation}"))
    }

    fn conditions(&self) -> String {
        let audience = element("saml:Audience", &[], &text(&self.audience));
        let times =
            [("NotBefore", self.not_before.as_str()), ("NotOnOrAfter", self.not_on_or_after.as_str())];
        element("saml:Conditions", &times, &element("saml:AudienceRestriction", &[], &audience))
    }

    fn authentication(&self) -> String {
        let class = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
        let context = element("saml:AuthnContext", &[], &element("saml:AuthnContextClassRef", &[], class));
        let attributes =
            [("AuthnInstant", self.issued.as_str()), ("SessionIndex", self.assertion_id.as_str())];
        element("saml:AuthnStatement", &attributes, &context)
    }

    fn attribute_statement(&self) -> String {
        let format = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified";
        let attributes: String = self
            .attributes
            .iter()
            .map(|(name, value)| {
                let value = element("saml:AttributeValue", &[], &text(value));
                element("saml:Attribute", &[("Name", name), ("NameFormat", format)], &value)
            })
            .collect();
        if attributes.is_empty() { attributes } else { element("saml:AttributeStatement", &[], &attributes) }
    }
}

/// Signs an element by its id; the element is in its canonical form and has no signature yet.
fn signature(id: &str, canonical: &str, certificate: Certificate) -> String {
    let digest = STANDARD.encode(Sha256::digest(canonical));
    let transform = |algorithm| element("ds:Transform", &[("Algorithm", algorithm)], "");
    let transforms =
        element("ds:Transforms", &[], &format!("{}{}", transform(ENVELOPED), transform(EXCLUSIVE)));
    let method = element("ds:DigestMethod", &[("Algorithm", SHA256)], "");
    let value = element("ds:DigestValue", &[], &digest);
    let uri = format!("#{id}");
    let reference = element("ds:Reference", &[("URI", &uri)], &format!("{transforms}{method}{value}"));
    let content = format!(
        "{}{}{reference}",
        element("ds:CanonicalizationMethod", &[("Algorithm", EXCLUSIVE)], ""),
        element("ds:SignatureMethod", &[("Algorithm", RSA_SHA256)], ""),
    );
    // By itself the element declares its prefix; below ds:Signature that would be said twice.
    let signed = element("ds:SignedInfo", &[("xmlns:ds", SIGNATURE)], &content);
    let value = STANDARD.encode(certificate.sign(signed.as_bytes()));
    let certificate = element("ds:X509Certificate", &[], &STANDARD.encode(certificate.der()));
    let key = element("ds:KeyInfo", &[], &element("ds:X509Data", &[], &certificate));
    let content = format!(
        "{}{}{key}",
        element("ds:SignedInfo", &[], &content),
        element("ds:SignatureValue", &[], &value)
    );
    element("ds:Signature", &[("xmlns:ds", SIGNATURE)], &content)
}
