//! Every form in which people come by a response is read; what is too large or something else is named.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lockstep_saml::inspection::{FindingCode, Severity};
use lockstep_saml::{Expectations, inspect};

use crate::support::{codes, corpus, file};

#[test]
fn every_form_of_packing_leads_to_the_same_judgement() {
    let corpus = corpus();
    let mut count = 0;
    for (path, entry) in corpus.files.iter().filter(|(path, _)| path.starts_with("packed/")) {
        let inspection = corpus.judge(path);
        assert!(inspection.valid, "{path}: {:#?}", inspection.findings);
        assert_eq!(inspection.assertion.name_id.as_ref(), Some(&corpus.name_id), "{path}: whom it names");
        let forms = serde_json::to_value(&inspection.read_as).unwrap();
        assert_eq!(forms, serde_json::to_value(&entry.form).unwrap(), "{path}: how it was packed");
        let several =
            inspection.findings.iter().find(|finding| finding.code == FindingCode::SeveralResponses);
        assert_eq!(
            several.is_some(),
            entry.responses.is_some_and(|count| count > 1),
            "{path}: the last of several is said"
        );
        count += 1;
    }
    assert!(count >= 18, "{count} forms");
}

fn judged(input: &[u8]) -> (Vec<FindingCode>, String) {
    let corpus = corpus();
    let inspection = inspect(input, &corpus.expectations("idp"), corpus.at);
    assert!(!inspection.valid, "never accepted");
    let found =
        inspection.findings.iter().filter_map(|finding| finding.found.clone()).collect::<Vec<_>>().join(" ");
    (codes(&inspection, Severity::Error), found)
}

#[test]
fn what_is_no_response_is_named() {
    let certificate = file("certificates/idp.pem");
    for (input, said) in [
        (&b""[..], "nothing"),
        (b"  \n\t", "nothing"),
        (b"hello", "neither XML nor base64"),
        (b"https://acme.atlassian.net/", "address"),
        (&certificate, "certificate"),
        (b"SAMLRequest=fZJNT8MwDIbv", "SAMLRequest"),
        (b"SAMLResponse=&RelayState=x", "empty parameter"),
        (b"<html><body>Sign in</body></html>", "without the form field"),
        (b"{\"log\":{\"entries\":[]}}", "recording without"),
        (b"{\"log\":{\"entries\":[", "JSON that ends"),
        (b"[1,2,3]", "JSON without"),
        (b"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "JSON web token"),
        (b"AAAAAAAAAAAAAAAAAAAAAAAA", "neither XML nor deflated"),
        (b"\xFF\x00\x80 binary", "neither"),
        (b"<", ""),
        (b"<a>", ""),
        (b"<a/>", "a"),
    ] {
        let (codes, found) = judged(input);
        assert_eq!(codes, [FindingCode::Unreadable], "{:?}: {found}", String::from_utf8_lossy(input));
        assert!(found.contains(said), "{:?}: {found}", String::from_utf8_lossy(input));
    }
}

#[test]
fn what_is_too_large_is_refused_before_it_is_unpacked() {
    let response = String::from_utf8(file("valid/signed_assertion.xml")).unwrap();
    let padded = response.replace(">Lovelace<", &format!(">{}<", "x".repeat(600_000)));
    let attributes =
        response.replace(" Version=\"2.0\"", &format!(" Version=\"2.0\" {}", attributes(20_000)));
    let deep = format!("{}{}", "<a>".repeat(300), "</a>".repeat(300));
    let bomb = STANDARD.encode(miniz_oxide::deflate::compress_to_vec(
        format!("<a>{}</a>", " ".repeat(200_000_000)).as_bytes(),
        9,
    ));
    let encoded = STANDARD.encode(&padded);
    let recording = format!("{{\"x\":\"{}\"}}", "x".repeat(33 * 1024 * 1024));
    for (what, input) in [
        ("a long value", padded.as_bytes()),
        ("a long value in base64", encoded.as_bytes()),
        ("nesting", deep.as_bytes()),
        ("what unpacks to 200 MB", bomb.as_bytes()),
        ("a recording", recording.as_bytes()),
        ("attributes", attributes.as_bytes()),
        ("anything else", &[b'A'; 5 * 1024 * 1024][..]),
    ] {
        assert_eq!(judged(input).0, [FindingCode::TooLarge], "{what}");
    }
}

fn attributes(count: usize) -> String {
    (0..count).map(|number| format!("a{number}=\"xxxxxxxxxxxxxxxxxxxx\" ")).collect()
}

#[test]
fn without_a_certificate_nothing_is_accepted() {
    let corpus = corpus();
    let inspection = inspect(&file("valid/signed_both.xml"), &Expectations::default(), corpus.at);
    assert!(!inspection.valid, "the certificate in the response could be anybody's");
    assert_eq!(inspection.assertion, Default::default(), "nothing is read");
    assert_eq!(inspection.certificates.in_response.len(), 1, "but the certificate is shown, to be compared");
}

#[test]
fn inputs_that_are_made_to_be_searched_over_and_over_are_read_at_once() {
    for piece in [
        "&",
        "<",
        "<input ",
        "<input name=",
        "SAMLResponse=",
        "samlresponse=&",
        "%25",
        "\\n",
        "<a ",
        "{\"a\":[",
        "[\"SAMLResponse\",",
        "&lt;input name=SAMLResponse ",
    ] {
        let text = piece.repeat(2_000_000 / piece.len());
        let (codes, _) = judged(text.as_bytes());
        assert!(matches!(codes[..], [FindingCode::Unreadable | FindingCode::TooLarge]), "{piece}: {codes:?}");
    }
}
