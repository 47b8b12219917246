//! What the XML library may accept: narrower than its own profile for SAML.

use std::collections::BTreeSet;

use xml_sec::policy::{
    PolicyCompileContext, PolicyCompiler, PolicyProfile, PolicyViolation, VerificationPolicy,
};
use xml_sec::provider::RustCryptoProvider;
use xml_sec::xmldsig::{DigestAlgorithm, SignatureAlgorithm};

use super::names::{ENVELOPED, EXCLUSIVE_C14N};

/// The largest response that is parsed. One with a thousand groups has about 150 kB.
pub(crate) const MAX_XML: usize = 512 * 1024;
/// Elements within elements.
pub(super) const MAX_DEPTH: usize = 256;
/// Elements, texts and attributes together stay far below this in a response of the largest size.
const MAX_NODES: usize = 100_000;

/// Builds the policy: RSA and ECDSA with SHA-2, the two transforms that SAML allows, no DTD, bounded work.
///
/// The profile itself also allows the canonical form with comments, which would let a comment be signed.
pub(super) fn verification() -> Result<VerificationPolicy, PolicyViolation> {
    let provider = RustCryptoProvider;
    let compiler = PolicyCompiler::new(PolicyProfile::SecureSaml, &provider, None)?;
    let mut layer = compiler.policies().clone();
    layer.signing = None;
    if let Some(policy) = &mut layer.verification {
        policy.signature_algorithms = Some(BTreeSet::from(SIGNATURES.map(|(_, algorithm)| algorithm)));
        policy.digest_algorithms = Some(BTreeSet::from(DIGESTS.map(|(_, algorithm)| algorithm)));
        policy.transforms.allowed_algorithms =
            Some([ENVELOPED, EXCLUSIVE_C14N].into_iter().map(str::to_owned).collect());
        policy.resources.max_xml_depth = policy.resources.max_xml_depth.min(MAX_DEPTH);
        policy.resources.max_xml_nodes = policy.resources.max_xml_nodes.min(MAX_NODES);
        // A canonical form declares its namespaces anew and may be a little longer than what was sent.
        policy.resources.max_xml_document_bytes = policy.resources.max_xml_document_bytes.min(2 * MAX_XML);
    }
    let context = PolicyCompileContext { external_resources: false, target_evidence: true };
    let compiled = compiler.restrict(&layer)?.compile(&context)?;
    compiled.verification().cloned().ok_or(PolicyViolation::Configuration { reason: "verification is off" })
}

/// Signature methods that are accepted.
const SIGNATURES: [(&str, SignatureAlgorithm); 6] = [
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", SignatureAlgorithm::RsaSha256),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", SignatureAlgorithm::RsaSha384),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", SignatureAlgorithm::RsaSha512),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", SignatureAlgorithm::EcdsaSha256),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", SignatureAlgorithm::EcdsaSha384),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", SignatureAlgorithm::EcdsaSha512),
];

/// Digest methods that are accepted.
const DIGESTS: [(&str, DigestAlgorithm); 3] = [
    ("http://www.w3.org/2001/04/xmlenc#sha256", DigestAlgorithm::Sha256),
    ("http://www.w3.org/2001/04/xmldsig-more#sha384", DigestAlgorithm::Sha384),
    ("http://www.w3.org/2001/04/xmlenc#sha512", DigestAlgorithm::Sha512),
];

/// Returns the accepted signature method of a URI.
pub(super) fn signature_algorithm(uri: &str) -> Option<SignatureAlgorithm> {
    SIGNATURES.iter().find(|(known, _)| *known == uri).map(|(_, algorithm)| *algorithm)
}

/// How much a method's URI can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strength {
    /// Accepted.
    Accepted,
    /// SHA-1 or MD5.
    Weak,
    /// A shared secret, or anything else that SAML with certificates does not use.
    Foreign,
}

/// Judges a signature method.
pub(crate) fn signature_strength(uri: &str) -> Strength {
    if signature_algorithm(uri).is_some() {
        Strength::Accepted
    } else if uri.contains("hmac") {
        Strength::Foreign
    } else {
        weak_or_foreign(uri)
    }
}

/// Judges a digest method.
pub(crate) fn digest_strength(uri: &str) -> Strength {
    if DIGESTS.iter().any(|(known, _)| *known == uri) { Strength::Accepted } else { weak_or_foreign(uri) }
}

fn weak_or_foreign(uri: &str) -> Strength {
    let name = uri.rsplit('#').next().unwrap_or(uri).to_ascii_lowercase();
    if name.ends_with("sha1") || name.ends_with("md5") || name.contains("sha1-") {
        Strength::Weak
    } else {
        Strength::Foreign
    }
}
