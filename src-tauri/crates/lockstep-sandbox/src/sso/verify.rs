//! The service provider's reading of an answer. It takes only what is written in canonical form, as the sandbox's own
//! identity provider writes it: anything else cannot be checked here and is refused.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use x509_cert::der::{Decode as _, Encode as _};

use super::response::{RSA_SHA256, SHA256, SIGNATURE};

/// An answer with a thousand attributes is smaller.
const MOST_BYTES: usize = 1024 * 1024;

/// An element found in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'x> {
    /// The whole element.
    pub(super) whole: &'x str,
    /// Its start tag.
    pub(super) start: &'x str,
    /// What is between its tags.
    pub(super) inner: &'x str,
}

impl Found<'_> {
    /// Returns the text of an element that holds nothing else.
    pub(super) fn text(&self) -> String {
        unescape(self.inner)
    }
}

/// Finds the first element of a name; no element holds another one of its own name.
pub(super) fn element_of<'x>(xml: &'x str, name: &str) -> Option<Found<'x>> {
    let opening = format!("<{name}");
    let closing = format!("</{name}>");
    let mut from = 0;
    let start = loop {
        let at = from + xml.get(from..)?.find(&opening)?;
        let after = at + opening.len();
        if xml.get(after..)?.starts_with([' ', '>']) {
            break at;
        }
        from = after;
    };
    let inner = start + xml.get(start..)?.find('>')? + 1;
    let end = inner + xml.get(inner..)?.find(&closing)?;
    Some(Found {
        whole: xml.get(start..end + closing.len())?,
        start: xml.get(start..inner)?,
        inner: xml.get(inner..end)?,
    })
}

/// Returns an attribute of a start tag.
pub(super) fn attribute(start: &str, name: &str) -> Option<String> {
    let mark = format!(" {name}=\"");
    let from = start.find(&mark)? + mark.len();
    let value = start.get(from..)?;
    value.get(..value.find('"')?).map(unescape)
}

fn unescape(text: &str) -> String {
    let table =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x9;", "\t"), ("&#xA;", "\n"), ("&#xD;", "\r")];
    let text = table.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    text.replace("&amp;", "&")
}

/// What an answer says, signed or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answered {
    pub(super) is_success: bool,
    pub(super) destination: String,
    pub(super) in_response_to: String,
    pub(super) issuer: String,
    pub(super) name_id: String,
    pub(super) audience: String,
    pub(super) recipient: String,
    pub(super) not_before: String,
    pub(super) not_on_or_after: String,
    pub(super) attributes: Vec<(String, String)>,
}

/// Why an answer is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// No base64, no XML, or not the shape that this provider writes.
    Unreadable,
    /// Nothing is signed.
    Unsigned,
    /// Signed with another certificate than the one that is saved, or that one cannot be read.
    Thumbprint,
    /// Changed after it was signed.
    Signature,
}

/// Reads an answer and checks every signature in it with the saved certificate.
pub(super) fn read(value: &str, saved_certificate: &str) -> Result<Answered, Refused> {
    let base64: String = value.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
    if base64.len() > MOST_BYTES {
        return Err(Refused::Unreadable);
    }
    let bytes = STANDARD.decode(base64).map_err(|_| Refused::Unreadable)?;
    let xml = String::from_utf8(bytes).map_err(|_| Refused::Unreadable)?;
    // Comments, processing instructions, DTDs and CDATA have no place in an answer.
    if xml.contains("<!") || xml.contains("<?") || !xml.starts_with("<samlp:Response ") {
        return Err(Refused::Unreadable);
    }
    let assertion = element_of(&xml, "saml:Assertion").ok_or(Refused::Unreadable)?;
    if xml.matches("<saml:Assertion").count() > 1 || xml.matches("<samlp:Response").count() > 1 {
        return Err(Refused::Unreadable);
    }
    let response = element_of(&xml, "samlp:Response").filter(|response| response.whole == xml);
    let response = response.ok_or(Refused::Unreadable)?;
    let around = xml.replace(assertion.whole, "");
    let of_response = element_of(&around, "ds:Signature");
    let of_assertion = element_of(assertion.inner, "ds:Signature");
    if of_response.is_none() && of_assertion.is_none() {
        return Err(Refused::Unsigned);
    }
    if let Some(signature) = of_response {
        check(signature, response, saved_certificate)?;
    }
    if let Some(signature) = of_assertion {
        check(signature, assertion, saved_certificate)?;
    }
    Ok(claims(&around, response, assertion))
}

/// Checks one signature over one element.
fn check(signature: Found<'_>, over: Found<'_>, saved_certificate: &str) -> Result<(), Refused> {
    let used = element_of(signature.inner, "ds:X509Certificate").map(|it| it.text()).unwrap_or_default();
    let used = STANDARD.decode(used).map_err(|_| Refused::Thumbprint)?;
    let saved = certificate_of(saved_certificate).ok_or(Refused::Thumbprint)?;
    if used != saved {
        return Err(Refused::Thumbprint);
    }
    let info = element_of(signature.inner, "ds:SignedInfo").ok_or(Refused::Signature)?;
    let reference = element_of(info.inner, "ds:Reference").ok_or(Refused::Signature)?;
    let algorithm = |name: &str| element_of(info.inner, name).and_then(|it| attribute(it.start, "Algorithm"));
    let id = attribute(over.start, "ID").unwrap_or_default();
    let is_expected = algorithm("ds:SignatureMethod").as_deref() == Some(RSA_SHA256)
        && algorithm("ds:DigestMethod").as_deref() == Some(SHA256)
        && info.inner.matches("<ds:Reference").count() == 1
        && attribute(reference.start, "URI") == Some(format!("#{id}"));
    if !is_expected {
        return Err(Refused::Signature);
    }
    let canonical = over.whole.replacen(signature.whole, "", 1);
    let digest = element_of(reference.inner, "ds:DigestValue").map(|it| it.text()).unwrap_or_default();
    if digest != STANDARD.encode(Sha256::digest(canonical)) {
        return Err(Refused::Signature);
    }
    let signed = format!("<ds:SignedInfo xmlns:ds=\"{SIGNATURE}\">{}</ds:SignedInfo>", info.inner);
    let value = element_of(signature.inner, "ds:SignatureValue").map(|it| it.text()).unwrap_or_default();
    let value = STANDARD.decode(value).map_err(|_| Refused::Signature)?;
    let key = public_key(&saved).ok_or(Refused::Thumbprint)?;
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
        .verify(signed.as_bytes(), &value)
        .map_err(|_| Refused::Signature)
}

/// Reads a pasted certificate as strictly as a service that stores what it is given: control characters written out
/// (`\x0a`) make it unreadable (ACCESS-1498).
pub(super) fn certificate_of(pasted: &str) -> Option<Vec<u8>> {
    let body = pasted.trim().strip_prefix("-----BEGIN CERTIFICATE-----")?;
    let body = body.strip_suffix("-----END CERTIFICATE-----")?;
    let base64: String = body.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
    STANDARD.decode(base64).ok()
}

fn public_key(der: &[u8]) -> Option<Vec<u8>> {
    let certificate = x509_cert::Certificate::from_der(der).ok()?;
    certificate.tbs_certificate().subject_public_key_info().to_der().ok()
}

fn claims(around: &str, response: Found<'_>, assertion: Found<'_>) -> Answered {
    let text = |name: &str| element_of(assertion.inner, name).map(|found| found.text()).unwrap_or_default();
    let of = |element: &str, name: &str| {
        element_of(assertion.inner, element)
            .and_then(|found| attribute(found.start, name))
            .unwrap_or_default()
    };
    let mut attributes = Vec::new();
    let mut rest = element_of(assertion.inner, "saml:AttributeStatement").map_or("", |found| found.inner);
    while let Some(found) = element_of(rest, "saml:Attribute") {
        let name = attribute(found.start, "Name").unwrap_or_default();
        let value = element_of(found.inner, "saml:AttributeValue").map(|value| value.text());
        attributes.push((name, value.unwrap_or_default()));
        let (_, after) = rest.split_once(found.whole).unwrap_or_default();
        rest = after;
    }
    let code = element_of(around, "samlp:StatusCode").and_then(|code| attribute(code.start, "Value"));
    Answered {
        is_success: code.is_some_and(|code| code.ends_with(":Success")),
        destination: attribute(response.start, "Destination").unwrap_or_default(),
        in_response_to: attribute(response.start, "InResponseTo").unwrap_or_default(),
        issuer: text("saml:Issuer"),
        name_id: text("saml:NameID"),
        audience: text("saml:Audience"),
        recipient: of("saml:SubjectConfirmationData", "Recipient"),
        not_before: of("saml:Conditions", "NotBefore"),
        not_on_or_after: of("saml:Conditions", "NotOnOrAfter"),
        attributes,
    }
}
