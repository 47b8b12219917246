//! Files that are no certificate, bundles, chains, and what a certificate says about itself.

use jiff::Timestamp;
use lockstep_saml::certificate::{CertificateValidity, DamageKind, WrongKind};
use lockstep_saml::{Certificate, read_certificate};

use crate::support::{certificate, file};

#[test]
fn files_that_are_no_certificate_are_named() {
    // Made up: the structure of keys without a key in them.
    let algorithm = value(0x30, &hex::decode("06092a864886f70d0101010500").unwrap());
    let der_key = value(0x30, &[value(0x02, &[0]), algorithm, value(0x04, &[0; 200])].concat());
    let key_store = value(0x30, &[value(0x02, &[3]), value(0x30, &[0; 200]), value(0x30, &[])].concat());
    let thumbprint = certificate("idp").facts().sha256;
    for (what, input, kind) in [
        ("nothing", b"".to_vec(), WrongKind::Empty),
        ("blanks", b" \r\n\t ".to_vec(), WrongKind::Empty),
        ("a large file", vec![b'A'; 300 * 1024], WrongKind::TooLarge),
        ("a private key", pem("PRIVATE KEY"), WrongKind::PrivateKey),
        ("an RSA key", pem("RSA PRIVATE KEY"), WrongKind::PrivateKey),
        ("an EC key", pem("EC PRIVATE KEY"), WrongKind::PrivateKey),
        ("an encrypted key", pem("ENCRYPTED PRIVATE KEY"), WrongKind::PrivateKey),
        ("an SSH key", pem("OPENSSH PRIVATE KEY"), WrongKind::PrivateKey),
        ("a key in DER", der_key, WrongKind::PrivateKey),
        ("a public key", file("certificates/public_key.pem"), WrongKind::PublicKey),
        ("a request", file("certificates/request.csr"), WrongKind::SigningRequest),
        ("a request in DER", file("certificates/request.der"), WrongKind::SigningRequest),
        ("a revocation list", file("certificates/revoked.crl"), WrongKind::RevocationList),
        ("a key store", key_store, WrongKind::KeyStore),
        (
            "a public SSH key",
            b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ ada@host".to_vec(),
            WrongKind::OtherKey,
        ),
        ("a PGP key", pem("PGP PUBLIC KEY BLOCK"), WrongKind::OtherKey),
        ("metadata without one", file("metadata/sp.xml"), WrongKind::Metadata),
        ("a page", b"<!DOCTYPE html><html><body>Sign in</body></html>".to_vec(), WrongKind::HtmlPage),
        ("JSON", b"{\"error\":\"Unauthorized\"}".to_vec(), WrongKind::Json),
        ("a thumbprint", thumbprint.clone().into_bytes(), WrongKind::Thumbprint),
        (
            "openssl's thumbprint",
            format!("sha256 Fingerprint={thumbprint}\n").into_bytes(),
            WrongKind::Thumbprint,
        ),
        ("an address", b"https://sso.jumpcloud.com/saml2/acme".to_vec(), WrongKind::Url),
        ("a response", file("valid/signed_both.xml"), WrongKind::SamlMessage),
        ("a packed response", file("packed/base64.txt"), WrongKind::SamlMessage),
        ("an archive", b"PK\x03\x04\x14\x00\x00\x00".to_vec(), WrongKind::OtherFile),
        ("a picture", b"\x89PNG\r\n\x1A\n\x00".to_vec(), WrongKind::OtherFile),
        ("a document", b"%PDF-1.7\n".to_vec(), WrongKind::OtherFile),
        ("words", b"Please find the certificate attached.".to_vec(), WrongKind::Unknown),
        ("noise", vec![0x80, 0x81, 0xFE, 0x00, 0x13], WrongKind::Unknown),
    ] {
        let reading = read_certificate(&input);
        let found = reading.wrong_kind.as_ref().map(|wrong| wrong.kind);
        assert_eq!(found, Some(kind), "{what}: {:?}", reading.damages);
        assert_eq!(reading.certificate, None, "{what}");
        let wrong = reading.wrong_kind.unwrap();
        assert!(!wrong.text.is_empty() && !wrong.fix.is_empty(), "{what}: says what to do");
    }
}

/// A DER value of at most 255 bytes.
fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap();
    let head = if length < 128 { vec![tag, length] } else { vec![tag, 0x81, length] };
    [head, content.to_vec()].concat()
}

/// A block with a label and nothing in it that is anybody's.
fn pem(label: &str) -> Vec<u8> {
    let zeroes = "A".repeat(64);
    format!("-----BEGIN {label}-----\n{zeroes}\n{zeroes}\n-----END {label}-----\n").into_bytes()
}

#[test]
fn a_private_key_is_never_repeated() {
    let reading = read_certificate(&pem("PRIVATE KEY"));
    assert!(!serde_json::to_string(&reading).unwrap().contains("AAAA"), "nothing of it is in the answer");
}

#[test]
fn bundles_and_metadata_give_their_certificate() {
    let original = certificate("idp");
    for (path, kind) in [
        ("certificates/bundle.p7b", DamageKind::Pkcs7),
        ("certificates/bundle.p7b.pem", DamageKind::Pkcs7),
        ("metadata/idp.xml", DamageKind::FromMetadata),
    ] {
        let reading = read_certificate(&file(path));
        assert_eq!(reading.certificate.as_ref(), Some(&original), "{path}: {:?}", reading.damages);
        assert!(reading.damages.iter().any(|damage| damage.kind == kind), "{path}: {:?}", reading.damages);
    }
}

#[test]
fn of_a_chain_the_one_that_signs_for_nobody_else_is_taken() {
    let (leaf, root) = (certificate("leaf"), certificate("root"));
    for chain in [[&leaf, &root], [&root, &leaf]] {
        let pem = read_certificate(format!("{}{}", chain[0].pem(), chain[1].pem()).as_bytes());
        let der = read_certificate(&[chain[0].der(), chain[1].der()].concat());
        for reading in [pem, der] {
            assert_eq!(reading.certificate.as_ref(), Some(&leaf), "{:?}", reading.damages);
            assert_eq!(reading.others, [root.facts()], "the other one is shown");
            assert_eq!(reading.damages[0].kind, DamageKind::SeveralCertificates, "and it is said");
        }
    }
}

#[test]
fn a_certificate_says_who_when_and_how_strong() {
    let facts = certificate("idp").facts();
    assert_eq!(facts.subject, "CN=idp TEST ONLY,O=Acme,C=US", "subject");
    assert_eq!(facts.issuer, facts.subject, "issuer");
    assert!(facts.is_self_signed, "self-signed");
    assert_eq!((facts.key.kind.as_str(), facts.key.bits), ("RSA", Some(2048)), "key");
    assert_eq!(facts.signature_algorithm, "SHA-256 with RSA", "algorithm");
    assert_eq!(facts.not_before.to_string(), "2024-01-01T00:00:00Z", "begin");
    assert_eq!(facts.not_after.to_string(), "2034-01-01T00:00:00Z", "end");
    assert_eq!((facts.sha1.len(), facts.sha256.len()), (59, 95), "thumbprints");
    assert_eq!(facts.short_rsa_bits(), None, "long enough");
    assert_eq!(certificate("weak").facts().short_rsa_bits(), Some(1024), "too short");
    let ec = certificate("ec").facts();
    assert_eq!((ec.key.kind.as_str(), ec.key.bits), ("EC", Some(256)), "curve");
    assert!(!certificate("leaf").facts().is_self_signed, "issued by another");
    assert_eq!(certificate("leaf").facts().serial, "07", "serial");
}

#[test]
fn validity_is_judged_at_the_given_time() {
    let certificate = certificate("soon");
    for (at, wanted) in [
        ("2021-12-31T23:59:59Z", CertificateValidity::NotYetValid),
        ("2022-01-01T00:00:00Z", CertificateValidity::Valid { days_left: 1631 }),
        ("2026-04-20T00:00:00Z", CertificateValidity::Valid { days_left: 61 }),
        ("2026-04-22T00:00:00Z", CertificateValidity::ExpiresSoon { days_left: 59 }),
        ("2026-06-19T23:59:59Z", CertificateValidity::ExpiresSoon { days_left: 0 }),
        ("2026-06-20T00:00:00Z", CertificateValidity::ExpiresSoon { days_left: 0 }),
        ("2026-06-20T00:00:01Z", CertificateValidity::Expired { days_ago: 0 }),
        ("2026-07-20T00:00:01Z", CertificateValidity::Expired { days_ago: 30 }),
    ] {
        assert_eq!(certificate.validity_at(at.parse::<Timestamp>().unwrap()), wanted, "{at}");
    }
}

#[test]
fn a_certificate_is_written_and_read_as_pem() {
    let original = certificate("idp");
    let json = serde_json::to_string(&original).unwrap();
    assert!(json.starts_with("\"-----BEGIN CERTIFICATE-----\\n"), "{json}");
    assert_eq!(serde_json::from_str::<Certificate>(&json).unwrap(), original, "the same again");
    assert!(serde_json::from_str::<Certificate>("\"nonsense\"").is_err(), "nothing else is one");
}

#[test]
fn texts_that_are_made_to_be_searched_over_and_over_are_read_at_once() {
    for piece in [
        "&",
        "<",
        "end",
        "begin",
        "-",
        "- ",
        "\\u",
        "=",
        "=3D",
        "%",
        ">",
        "\"",
        "|",
        "1 ",
        "----END CERTIFICATE",
        "{\"a\":",
        "[",
    ] {
        let text = format!(">{}", piece.repeat(250_000 / piece.len()));
        // What it is does not matter: a quadratic search would not end within the time that a test has.
        assert_eq!(read_certificate(text.as_bytes()).certificate, None, "{piece}");
        assert_eq!(read_certificate(&text.as_bytes()[1..]).certificate, None, "{piece}");
    }
}
