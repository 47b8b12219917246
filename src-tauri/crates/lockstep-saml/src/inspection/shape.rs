//! Judges the shape of a response: whether what is signed is what would be read.

use super::catalogue::finding;
use super::finding::{Finding, FindingCode};
use crate::xml::{Outline, Place, SignatureAt, Strength, Transforms, digest_strength, signature_strength};

const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

/// Returns what forbids reading anything from the response.
pub(super) fn judge(outline: &Outline) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(what) = &outline.forbidden {
        let text = "The response holds a comment or a processing instruction; such a thing can cut a name in two without breaking the signature.";
        findings.push(finding(FindingCode::ForbiddenXml, text).found(what));
    }
    let failed = outline.status.first().map(String::as_str) != Some(SUCCESS);
    let is_empty = outline.assertions.is_empty() && outline.encrypted_assertions == 0;
    if failed {
        findings.push(status(&outline.status, outline.status_message.as_deref()));
        if is_empty {
            return findings;
        }
    }
    assertions(outline, &mut findings);
    // What is encrypted may hold its signature within.
    if outline.signatures.is_empty() && outline.encrypted_assertions == 0 {
        findings.push(finding(
            FindingCode::NotSigned,
            "Neither the response nor the assertion is signed; anybody could have written it.",
        ));
    }
    signatures(outline, &mut findings);
    findings
}

/// Says that the identity provider refused.
pub(super) fn status(codes: &[String], message: Option<&str>) -> Finding {
    let short = |code: &String| code.rsplit(':').next().unwrap_or(code).to_owned();
    let mut found = codes.iter().map(short).collect::<Vec<_>>().join(" / ");
    if found.is_empty() {
        found.push_str("no status");
    }
    if let Some(message) = message.filter(|message| !message.is_empty()) {
        found = format!("{found}: {message}");
    }
    finding(FindingCode::StatusNotSuccess, "The identity provider reports that the sign-in failed.")
        .expecting("Success")
        .found(found)
}

fn wrapping(text: &str, found: impl Into<String>) -> Finding {
    finding(FindingCode::SignatureWrapping, text).found(found)
}

fn assertions(outline: &Outline, findings: &mut Vec<Finding>) {
    if outline.nested_responses > 0 {
        let text = "A second response is hidden in the first; which of them is signed and which is read could differ.";
        findings.push(wrapping(text, format!("{} more", outline.nested_responses)));
    }
    if outline.encrypted_assertions > 0 {
        findings.push(finding(
            FindingCode::EncryptedAssertion,
            "The assertion is encrypted, and only the service provider could read it.",
        ));
    }
    let hidden = outline.assertions.iter().filter(|assertion| !assertion.is_child_of_root).count();
    let count = outline.assertions.len();
    if hidden > 0 {
        let text =
            "An assertion stands where none belongs; the signature may cover that one while another is read.";
        findings.push(wrapping(text, format!("{hidden} of {count} assertions")));
    }
    if count - hidden > 1 {
        findings.push(
            finding(FindingCode::DuplicateAssertion, "The response holds more than one assertion.")
                .expecting("1")
                .found((count - hidden).to_string()),
        );
        let signed = outline.assertions.iter().filter(|assertion| assertion.is_signed).count();
        let is_whole_signed = outline.signatures.iter().any(|signature| signature.place == Place::Response);
        if signed < count && !outline.signatures.is_empty() && !is_whole_signed {
            let text =
                "One assertion is signed and another is not; the unsigned one could be read in its place.";
            findings.push(wrapping(text, format!("{signed} of {count} assertions signed")));
        }
    }
    if let Some(id) = outline.repeated_ids.iter().next() {
        findings.push(wrapping(
            "The same id stands at several elements; a signature that refers to it could mean either.",
            id,
        ));
    }
    if count == 0 && outline.encrypted_assertions == 0 {
        findings.push(
            finding(FindingCode::Unreadable, "The response says success and holds no assertion.")
                .found("no assertion"),
        );
    }
}

fn signatures(outline: &Outline, findings: &mut Vec<Finding>) {
    let holders: Vec<_> =
        outline.signatures.iter().map(|signature| (signature.place, &signature.parent_id)).collect();
    if holders
        .iter()
        .enumerate()
        .any(|(index, holder)| holders.iter().take(index).any(|before| before == holder))
    {
        let text = "More than one signature stands in the same place.";
        findings.push(wrapping(text, format!("{} signatures", outline.signatures.len())));
    }
    for signature in &outline.signatures {
        position(signature, findings);
        algorithms(signature, findings);
    }
    // The same thing of two signatures is one finding.
    let mut seen: Vec<Finding> = Vec::new();
    findings.retain(|finding| {
        let is_new = !seen.contains(finding);
        if is_new {
            seen.push(finding.clone());
        }
        is_new
    });
}

fn position(signature: &SignatureAt, findings: &mut Vec<Finding>) {
    if signature.place == Place::Elsewhere {
        findings.push(wrapping(
            "A signature stands neither in the response nor in the assertion itself.",
            "a signature elsewhere",
        ));
    }
    if signature.has_object {
        findings.push(wrapping(
            "A signature carries content of its own, which SAML does not allow.",
            "an Object within the signature",
        ));
    }
    match signature.references.as_slice() {
        [] => findings.push(finding(FindingCode::SignatureInvalid, "A signature refers to nothing.").found("no reference")),
        [uri] if uri.is_empty() => findings.push(
            finding(
                FindingCode::SignatureInvalid,
                "A signature refers to the document as a whole; SAML wants the id of the element that holds it.",
            )
            .expecting(format!("#{}", signature.parent_id.as_deref().unwrap_or_default()))
            .found("an empty reference"),
        ),
        [uri] if uri.strip_prefix('#').is_some_and(|id| signature.parent_id.as_deref() == Some(id) && !id.is_empty()) => {}
        [uri] => findings.push(
            wrapping("A signature covers another element than the one that holds it.", uri)
                .expecting(format!("#{}", signature.parent_id.as_deref().unwrap_or_default())),
        ),
        several => findings.push(wrapping("A signature covers several things; SAML allows one.", several.join(", "))),
    }
}

fn algorithms(signature: &SignatureAt, findings: &mut Vec<Finding>) {
    match &signature.transforms {
        Transforms::Allowed => {}
        Transforms::OtherCanonicalForm(uri) => findings.push(
            finding(
                FindingCode::UnsupportedCanonicalization,
                "The signature uses a canonical form other than the exclusive one, and is not checked further.",
            )
            .expecting("http://www.w3.org/2001/10/xml-exc-c14n#")
            .found(uri),
        ),
        Transforms::Forbidden(uri) => {
            findings.push(wrapping("A signature leaves parts of the content out by a transform that SAML does not allow.", uri));
        }
    }
    let methods = std::iter::once((&signature.method, signature_strength(&signature.method)));
    let digests = signature.digests.iter().map(|uri| (uri, digest_strength(uri)));
    for (uri, strength) in methods.chain(digests) {
        match strength {
            Strength::Accepted => {}
            Strength::Weak => findings.push(
                finding(FindingCode::WeakAlgorithm, "The signature uses a hash that can be forged.")
                    .expecting("SHA-256, SHA-384 or SHA-512")
                    .found(uri),
            ),
            Strength::Foreign => findings.push(
                finding(
                    FindingCode::SignatureInvalid,
                    "The signature uses a method that has no place here: with a shared secret, anybody who knows the certificate could sign.",
                )
                .expecting("RSA or ECDSA with SHA-256, SHA-384 or SHA-512")
                .found(uri),
            ),
        }
    }
}
