//! The inspector: unpacks, verifies, reads only what is signed, compares.

mod catalogue;
mod claims;
mod finding;
mod model;
mod shape;
mod signature;
mod window;

use jiff::Timestamp;

pub use finding::{Finding, FindingCode, Severity};
pub use model::{
    Assertion, Certificates, DEFAULT_SKEW_SECONDS, Expectations, InputForm, Inspection, SignedPart,
};

use crate::certificate::Certificate;
use crate::wire::{self, WireError};
use crate::xml::{Parsed, Refusal};

/// Judges a SAML response, however it was packed, against what is expected at a given time.
///
/// Reads nothing but what the expected certificate's key signed; without a valid signature the assertion is empty.
/// Every step that fails ends the judgement there: what is not trusted is not interpreted.
pub fn inspect(input: &[u8], expectations: &Expectations, at: Timestamp) -> Inspection {
    let mut inspection = Inspection {
        valid: false,
        findings: Vec::new(),
        assertion: Assertion::default(),
        certificates: Certificates {
            expected: expectations.certificate.as_ref().map(Certificate::facts),
            in_response: Vec::new(),
        },
        read_as: Vec::new(),
        at,
        skew_seconds: expectations.skew_seconds,
        xml: None,
    };
    if let Some(parsed) = parse(input, &mut inspection) {
        judge(&parsed, expectations, &mut inspection);
    }
    inspection.findings.sort_by_key(|finding| finding.severity);
    inspection.valid = inspection.findings.iter().all(|finding| finding.severity != Severity::Error);
    inspection
}

fn parse(input: &[u8], inspection: &mut Inspection) -> Option<Parsed> {
    let unpacked = match wire::unpack(input) {
        Ok(unpacked) => unpacked,
        Err(WireError::TooLarge(found)) => {
            let text = "This is larger than any response is.";
            inspection.findings.push(catalogue::finding(FindingCode::TooLarge, text).found(found));
            return None;
        }
        Err(WireError::Unreadable(found)) => {
            let text = "No SAML response was found in this.";
            inspection.findings.push(catalogue::finding(FindingCode::Unreadable, text).found(found));
            return None;
        }
    };
    inspection.read_as = unpacked.forms;
    if unpacked.responses > 1 {
        let text =
            format!("There were {} different responses; the last one was inspected.", unpacked.responses);
        inspection.findings.push(
            catalogue::finding(FindingCode::SeveralResponses, text).found(unpacked.responses.to_string()),
        );
    }
    match Parsed::new(&unpacked.xml) {
        Ok(parsed) => {
            inspection.xml = Some(parsed.text().to_owned());
            Some(parsed)
        }
        Err(refusal) => {
            let (code, text, found) = match refusal {
                Refusal::TooLarge(found) => {
                    (FindingCode::TooLarge, "The response is larger or deeper than any is.", found)
                }
                Refusal::Forbidden(found) => {
                    (FindingCode::ForbiddenXml, "The response holds what XML in SAML must not hold.", found)
                }
                Refusal::Malformed(found) => (
                    FindingCode::Unreadable,
                    "The response is no well-formed XML; perhaps a part is missing.",
                    found,
                ),
            };
            inspection.findings.push(catalogue::finding(code, text).found(found));
            None
        }
    }
}

fn judge(parsed: &Parsed, expectations: &Expectations, inspection: &mut Inspection) {
    let outline = parsed.outline();
    if !outline.is_response {
        let text = match outline.root.as_str() {
            "AuthnRequest" => "This is the request to sign in, not the response to it.",
            "LogoutRequest" | "LogoutResponse" => {
                "This is a message about signing out, not the response to a sign-in."
            }
            "Assertion" => "This is an assertion without its response.",
            "EntityDescriptor" | "EntitiesDescriptor" => "This is metadata, not a response.",
            _ => "This is XML, but no SAML 2.0 response.",
        };
        inspection.findings.push(
            catalogue::finding(FindingCode::Unreadable, text)
                .expecting("Response")
                .found(outline.root.as_str()),
        );
        return;
    }
    let carried = signature::carried(&outline);
    inspection.certificates.in_response = carried.iter().map(Certificate::facts).collect();
    let shape = shape::judge(&outline);
    let is_sound = shape
        .iter()
        .all(|finding| finding.severity != Severity::Error || finding.code == FindingCode::StatusNotSuccess);
    inspection.findings.extend(shape);
    let Some(expected) = &expectations.certificate else {
        inspection.findings.push(signature::no_certificate());
        return;
    };
    let own = signature::judge_certificate(&expected.facts(), inspection.at);
    let is_strong = own.iter().all(|finding| finding.code != FindingCode::WeakAlgorithm);
    inspection.findings.extend(own);
    // Without an assertion there is nothing to verify.
    if !is_sound || !is_strong || outline.assertions.is_empty() {
        return;
    }
    let (verified, found) = signature::verify(parsed, &outline, expected, &carried);
    inspection.findings.extend(found);
    if let Some(verified) = verified {
        let (assertion, found) = claims::judge(&verified, &outline, expectations, inspection.at);
        inspection.findings.extend(found);
        inspection.assertion = assertion;
    }
}
