//! A self-signed certificate's signature over itself: shows a character that was changed in pasting.

use x509_cert::der::Encode as _;
use xml_sec::policy::EcdsaSignatureValueEncoding;
use xml_sec::xmldsig::{
    SignatureAlgorithm, verify_ecdsa_signature_spki_with_encoding, verify_rsa_signature_spki,
};

use crate::certificate::{Certificate, signed_part};

/// Whether a certificate that names itself as its issuer is signed by its own key, as far as that can be checked.
///
/// What cannot be checked (another issuer, an algorithm or key size that is not supported) is not held against it.
pub(crate) fn own_signature_holds(certificate: &Certificate) -> bool {
    let Some(parsed) = certificate.parsed() else { return false };
    let content = parsed.tbs_certificate();
    let (Ok(subject), Ok(issuer)) = (content.subject().to_der(), content.issuer().to_der()) else {
        return true;
    };
    let (Ok(key), Some(signed)) =
        (content.subject_public_key_info().to_der(), signed_part(certificate.der()))
    else {
        return true;
    };
    if subject != issuer {
        return true;
    }
    // What stands outside of what is signed must repeat what stands within (RFC 5280 §4.1.1.2).
    if content.signature() != parsed.signature_algorithm() || parsed.signature().unused_bits() != 0 {
        return false;
    }
    let signature = parsed.signature().raw_bytes();
    let facts = certificate.facts();
    // A short key is refused unread, a curve may be unknown; anything else that cannot be verified is damage.
    let rsa = |algorithm| {
        let is_checkable = facts.short_rsa_bits().is_none();
        verify_rsa_signature_spki(algorithm, &key, signed, signature).unwrap_or(!is_checkable)
    };
    let ecdsa = |algorithm| {
        let encoding = EcdsaSignatureValueEncoding::XmlSecAsn1Der;
        let is_checkable = facts.key.kind != "EC" || facts.key.bits.is_some();
        verify_ecdsa_signature_spki_with_encoding(algorithm, &key, signed, signature, encoding)
            .unwrap_or(!is_checkable)
    };
    match parsed.signature_algorithm().oid.to_string().as_str() {
        "1.2.840.113549.1.1.5" => rsa(SignatureAlgorithm::RsaSha1),
        "1.2.840.113549.1.1.11" => rsa(SignatureAlgorithm::RsaSha256),
        "1.2.840.113549.1.1.12" => rsa(SignatureAlgorithm::RsaSha384),
        "1.2.840.113549.1.1.13" => rsa(SignatureAlgorithm::RsaSha512),
        "1.2.840.10045.4.3.2" => ecdsa(SignatureAlgorithm::EcdsaSha256),
        "1.2.840.10045.4.3.3" => ecdsa(SignatureAlgorithm::EcdsaSha384),
        "1.2.840.10045.4.3.4" => ecdsa(SignatureAlgorithm::EcdsaSha512),
        _ => true,
    }
}
