//! Verifies the signatures of a response with one given certificate, and hands out only what they cover.

use x509_cert::der::Encode as _;
use xml_sec::document::NodeIdentity;
use xml_sec::provider::RustCryptoProvider;
use xml_sec::xmldsig::{
    CallerTrustedSignatureKey, DsigError, DsigStatus, FailureReason, VerificationKey, VerificationRequest,
    VerifyContext, VerifyEvidence,
};

use super::Parsed;
use super::claims::{Claims, ResponseClaims};
use super::outline::{Outline, Place};
use super::policy::signature_algorithm;
use crate::certificate::{Certificate, read_certificate};

/// What the signatures cover, read from the bytes that were digested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verified {
    /// What the assertion says.
    pub(crate) claims: Claims,
    /// What the response around it says, where that is signed too.
    pub(crate) response: Option<ResponseClaims>,
    /// Whether the assertion has a signature of its own.
    pub(crate) is_assertion_signed: bool,
}

/// Why nothing can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The signature was not made with the certificate's key, or was changed itself.
    KeyDoesNotFit,
    /// The signature is genuine, the content is not what was signed.
    ContentChanged,
    /// The signatures are genuine, but what would be read is not covered by them.
    NotCovered,
    /// The library refuses it; its reason.
    Refused(String),
}

/// Verifies all signatures of a response whose shape has been found right, with the certificate's key only.
pub(crate) fn verify(
    parsed: &Parsed,
    outline: &Outline,
    certificate: &Certificate,
) -> Result<Verified, Failure> {
    let [assertion] = outline.assertions.as_slice() else { return Err(Failure::NotCovered) };
    let id = assertion.id.as_deref().filter(|id| !id.is_empty()).ok_or(Failure::NotCovered)?;
    // Ambiguous ids have no identity.
    let target = parsed.document.with_view(|view| view.node_for_id(id, &[])).ok_or(Failure::NotCovered)?;
    let provider = RustCryptoProvider;
    let context =
        VerifyContext::new().policy(parsed.policy.clone()).provider(&provider).store_pre_digest(true);
    let identities = context.signature_identities(&parsed.document).map_err(|error| refused(&error))?;
    let keys = keys(outline, certificate)?;
    if identities.len() != keys.len() {
        return Err(Failure::NotCovered);
    }
    let trusted: Vec<CallerTrustedSignatureKey<'_>> = identities
        .iter()
        .zip(&keys)
        .map(|(signature, key)| CallerTrustedSignatureKey { signature: *signature, key })
        .collect();
    let request = VerificationRequest {
        expected_targets: &[target],
        trusted_keys: &trusted,
        ..VerificationRequest::default()
    };
    let evidence = context.verify_request(&parsed.document, &request).map_err(|error| refused(&error))?;
    failure_of(&evidence)?;
    // `Ok` alone is no acceptance, and valid signatures may cover something else.
    let is_accepted = evidence.accepted(&parsed.document).map_err(|error| refused(&error))?;
    let is_covered = evidence.covers_element(&parsed.document, target).map_err(|error| refused(&error))?;
    if !is_accepted || !is_covered {
        return Err(Failure::NotCovered);
    }
    read(parsed, outline, &evidence, target, id)
}

/// Whether the signatures fit any of the certificates that the response itself carries. Proves nothing about who
/// signed; it only tells "signed by somebody else" from "changed on the way".
pub(crate) fn verify_with_any(parsed: &Parsed, outline: &Outline) -> Option<Certificate> {
    let texts = outline.signatures.iter().flat_map(|signature| &signature.certificates).take(8);
    texts
        .filter_map(|text| read_certificate(text.as_bytes()).certificate)
        .find(|certificate| verify(parsed, outline, certificate).is_ok())
}

/// One key for each signature, in document order: the certificate's, bound to the signature's own method.
fn keys(outline: &Outline, certificate: &Certificate) -> Result<Vec<VerificationKey>, Failure> {
    let unusable = || Failure::Refused("the certificate's key cannot be used".to_owned());
    let content = certificate.parsed().ok_or_else(unusable)?;
    let public_key = content.tbs_certificate().subject_public_key_info().to_der().map_err(|_| unusable())?;
    let key = |method: &str| {
        let algorithm = signature_algorithm(method).ok_or_else(|| Failure::Refused(method.to_owned()))?;
        Ok(VerificationKey {
            algorithm,
            public_key_bytes: public_key.clone(),
            certificate_der: None,
            name: None,
        })
    };
    outline.signatures.iter().map(|signature| key(&signature.method)).collect()
}

fn failure_of(evidence: &VerifyEvidence) -> Result<(), Failure> {
    for signature in evidence.signatures() {
        match signature.result() {
            Ok(result) => match result.status {
                DsigStatus::Valid => {}
                DsigStatus::Invalid(FailureReason::ReferenceDigestMismatch { .. }) => {
                    return Err(Failure::ContentChanged);
                }
                DsigStatus::Invalid(FailureReason::SignatureMismatch | FailureReason::KeyNotFound) => {
                    return Err(Failure::KeyDoesNotFit);
                }
                other => return Err(Failure::Refused(format!("{other:?}"))),
            },
            // A key of another kind than the method's: RSA for ECDSA.
            Err(DsigError::Crypto(_) | DsigError::KeyResolution(_)) => return Err(Failure::KeyDoesNotFit),
            Err(error) => return Err(refused(error)),
        }
    }
    Ok(())
}

/// Reads from the digested bytes: the assertion's own where it has a signature, else the response's.
fn read(
    parsed: &Parsed,
    outline: &Outline,
    evidence: &VerifyEvidence,
    target: NodeIdentity,
    id: &str,
) -> Result<Verified, Failure> {
    let mut of_assertion = None;
    let mut of_response = None;
    for (signature, at) in evidence.signatures().iter().zip(&outline.signatures) {
        let Ok(result) = signature.result() else { continue };
        for reference in &result.signed_info_references {
            let Some(bytes) = &reference.pre_digest_data else { continue };
            match at.place {
                Place::Assertion if reference.target_identity == Some(target) => of_assertion = Some(bytes),
                Place::Response => of_response = Some(bytes),
                _ => return Err(Failure::NotCovered),
            }
        }
    }
    let response = of_response.map(|bytes| ResponseClaims::read(bytes, &parsed.policy)).transpose()?;
    let claims = match (of_assertion, of_response) {
        (Some(bytes), _) => Claims::read(bytes, &parsed.policy)?,
        (None, Some(bytes)) => Claims::read_within(bytes, &parsed.policy)?,
        (None, None) => return Err(Failure::NotCovered),
    };
    // The same assertion that the document holds, not another one that happens to be signed.
    if claims.id != id {
        return Err(Failure::NotCovered);
    }
    Ok(Verified { claims, response, is_assertion_signed: of_assertion.is_some() })
}

fn refused(error: &DsigError) -> Failure {
    Failure::Refused(error.to_string())
}
