//! Judges who signed: the expected certificate, another one, or nobody.

use jiff::Timestamp;

use super::catalogue::finding;
use super::finding::{Finding, FindingCode, Severity};
use crate::certificate::{Certificate, CertificateFacts, CertificateValidity, read_certificate};
use crate::xml::{self, Failure, Outline, Parsed, Verified};

/// Certificates of a response that are looked at.
const MAX_CERTIFICATES: usize = 8;

/// Reads the certificates that a response carries. They prove nothing.
pub(super) fn carried(outline: &Outline) -> Vec<Certificate> {
    let mut certificates: Vec<Certificate> = Vec::new();
    for text in outline.signatures.iter().flat_map(|signature| &signature.certificates).take(MAX_CERTIFICATES)
    {
        if let Some(certificate) = read_certificate(text.as_bytes()).certificate
            && !certificates.contains(&certificate)
        {
            certificates.push(certificate);
        }
    }
    certificates
}

/// Judges the expected certificate itself.
pub(super) fn judge_certificate(facts: &CertificateFacts, at: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    let now = at.to_string();
    match facts.validity_at(at) {
        CertificateValidity::Expired { days_ago } => {
            let text = format!("The certificate that Atlassian was given expired {days_ago} days ago.");
            findings.push(
                finding(FindingCode::CertificateExpired, text)
                    .expecting(now)
                    .found(format!("until {}", facts.not_after)),
            );
        }
        CertificateValidity::NotYetValid => {
            let text = "The certificate that Atlassian was given is not valid yet.";
            findings.push(
                finding(FindingCode::CertificateNotYetValid, text)
                    .expecting(now)
                    .found(format!("from {}", facts.not_before)),
            );
        }
        CertificateValidity::ExpiresSoon { days_left } => {
            let text = format!(
                "The certificate expires in {days_left} days; without a new one nobody can sign in then."
            );
            findings.push(
                finding(FindingCode::CertificateExpiresSoon, text)
                    .found(format!("until {}", facts.not_after)),
            );
        }
        CertificateValidity::Valid { .. } => {}
    }
    findings.extend(short_key(facts));
    findings
}

fn short_key(facts: &CertificateFacts) -> Option<Finding> {
    let bits = facts.short_rsa_bits()?;
    let text = format!("The key of the certificate {} is too short to be safe.", facts.subject);
    let weak = finding(FindingCode::WeakAlgorithm, text).expecting("RSA with 2048 bits or more");
    Some(weak.found(format!("RSA with {bits} bits")))
}

/// Verifies with the expected certificate; where that fails, finds out why.
pub(super) fn verify(
    parsed: &Parsed,
    outline: &Outline,
    expected: &Certificate,
    carried: &[Certificate],
) -> (Option<Verified>, Vec<Finding>) {
    let mut findings = Vec::new();
    let differs = !carried.is_empty() && !carried.contains(expected);
    let verified = match xml::verify(parsed, outline, expected) {
        Ok(verified) => {
            if differs {
                let text = "The signature fits the expected key, but the response carries another certificate, and Atlassian compares thumbprints.";
                findings.push(other(expected, carried, text));
            } else if carried.len() > 1 {
                let text = "The response carries further certificates beside the expected one.";
                findings
                    .push(finding(FindingCode::EmbeddedCertificateDiffers, text).found(thumbprints(carried)));
            }
            Some(verified)
        }
        Err(failure) => {
            findings.extend(explain(&failure, parsed, outline, expected, carried));
            None
        }
    };
    (verified, findings)
}

fn explain(
    failure: &Failure,
    parsed: &Parsed,
    outline: &Outline,
    expected: &Certificate,
    carried: &[Certificate],
) -> Vec<Finding> {
    let changed = |text: &str| finding(FindingCode::SignatureInvalid, text);
    match failure {
        Failure::NotCovered => vec![finding(
            FindingCode::SignatureWrapping,
            "The signature is genuine, but it does not cover the assertion that would be read.",
        )],
        Failure::ContentChanged => {
            vec![changed("The content was changed after it was signed.").found("a digest that does not fit")]
        }
        Failure::Refused(reason) => {
            vec![
                changed("The signature is not built as SAML demands, and was not accepted.")
                    .found(reason.as_str()),
            ]
        }
        Failure::KeyDoesNotFit if carried.is_empty() => vec![other(
            expected,
            carried,
            "The signature does not fit the expected certificate: it was made with another one, or changed. The response carries no certificate to tell.",
        )],
        Failure::KeyDoesNotFit if carried.contains(expected) => {
            vec![changed(
                "The response carries the expected certificate, but the signature was not made with its key, or was changed.",
            )]
        }
        Failure::KeyDoesNotFit => {
            let mut findings = Vec::new();
            let short: Vec<Finding> =
                carried.iter().filter_map(|certificate| short_key(&certificate.facts())).collect();
            // With a short key nothing is verified, so that "changed" would be a guess.
            if xml::verify_with_any(parsed, outline).is_some() || !short.is_empty() {
                findings.push(other(
                    expected,
                    carried,
                    "The response was signed with another certificate than the one that Atlassian was given.",
                ));
            } else {
                findings.push(changed(
                    "The signature fits neither the expected certificate nor the one that the response carries.",
                ));
                findings.push(other(
                    expected,
                    carried,
                    "The response carries another certificate than the one that Atlassian was given.",
                ));
            }
            findings.extend(short);
            findings
        }
    }
}

fn other(expected: &Certificate, carried: &[Certificate], text: &str) -> Finding {
    let finding =
        finding(FindingCode::OtherCertificate, text).expecting(thumbprints(std::slice::from_ref(expected)));
    if carried.is_empty() { finding } else { finding.found(thumbprints(carried)) }
}

fn thumbprints(certificates: &[Certificate]) -> String {
    let one = |certificate: &Certificate| {
        let facts = certificate.facts();
        format!("{} (SHA-1 {}, SHA-256 {})", facts.subject, facts.sha1, facts.sha256)
    };
    certificates.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Says that no certificate was given: nothing can be accepted then.
pub(super) fn no_certificate() -> Finding {
    finding(FindingCode::NotChecked, "No certificate was given, and without it no signature can be accepted: the one in the response could be anybody's.")
        .weighing(Severity::Error)
}
