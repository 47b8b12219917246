//! `saml inspect`: its document, its exit codes, and every way in which its input is wrong.

use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::site::{Answer, ID, Site, finished, program};

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../tests/saml/corpus")
}

fn file(name: &str) -> String {
    corpus().join(name).to_string_lossy().into_owned()
}

/// Runs the program with a data directory that does not exist, so that it cannot be what answers.
fn run(arguments: &[&str], input: &[u8]) -> Answer {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program();
    command.args(arguments).env("LOCKSTEP_DATA_DIR", folder.path().join("none"));
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    // A program that does not read its input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input);
    finished(child)
}

/// Judges a file against the corpus's values.
fn inspect(name: &str, more: &[&str]) -> Answer {
    let facts: Value = serde_json::from_slice(&std::fs::read(file("corpus.json")).unwrap()).unwrap();
    let text = |key: &str| facts[key].as_str().unwrap().to_owned();
    let (idp, sp, acs, at) = (text("idp_entity_id"), text("sp_entity_id"), text("acs_url"), text("at"));
    let certificate = file("certificates/idp.pem");
    let mut arguments = vec!["--json", "saml", "inspect", "--idp-entity-id", &idp, "--sp-entity-id", &sp];
    arguments.extend(["--acs-url", &acs]);
    if !more.contains(&"--certificate") {
        arguments.extend(["--certificate", &certificate]);
    }
    if !more.contains(&"--at") {
        arguments.extend(["--at", &at]);
    }
    arguments.extend(more);
    let path = if name == "-" { name.to_owned() } else { file(name) };
    arguments.push(&path);
    run(&arguments, &[])
}

fn errors(document: &Value) -> Vec<&str> {
    let findings = document["findings"].as_array().unwrap().iter();
    let errors = findings.filter(|finding| finding["severity"] == "error");
    errors.map(|finding| finding["code"].as_str().unwrap()).collect()
}

#[test]
fn a_good_response_is_valid_and_its_assertion_is_reported() {
    let document = inspect("valid/signed_both.xml", &["--name-id-email", "ada@acme.example"]).exits(0).json();
    assert_eq!(document["valid"], true, "{document:#}");
    let assertion = &document["assertion"];
    assert_eq!(assertion["name_id"], "ada@acme.example", "whom it is about");
    assert_eq!(assertion["issuer"], "https://sso.jumpcloud.com/saml2/acme-atlassian", "issuer");
    assert_eq!(assertion["not_before"], "2026-06-01T11:55:00Z", "begin");
    assert_eq!(assertion["not_on_or_after"], "2026-06-01T12:05:00Z", "end");
    assert_eq!(assertion["signed"], "both", "what is signed");
    let given_name = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname";
    assert_eq!(assertion["attributes"][given_name], json!(["Ada"]), "attributes");
    assert!(assertion["audience"].is_string() && assertion["recipient"].is_string(), "for whom and where");
    assert_eq!(
        document["certificates"]["expected"], document["certificates"]["in_response"][0],
        "thumbprints"
    );
    assert!(!document.to_string().contains("<saml2"), "the response itself is not repeated");
}

#[test]
fn every_mutation_exits_6_with_the_contracts_finding() {
    for (name, code) in [
        ("expired", "expired"),
        ("not_yet_valid", "not_yet_valid"),
        ("wrong_audience", "audience_mismatch"),
        ("wrong_recipient", "recipient_mismatch"),
        ("wrong_destination", "destination_mismatch"),
        ("wrong_issuer", "issuer_mismatch"),
        ("wrong_certificate_assertion", "other_certificate"),
        ("tampered_name_id_assertion", "signature_invalid"),
        ("signature_removed", "not_signed"),
        ("sha1_signature", "weak_algorithm"),
        ("xsw3_evil_assertion_before", "signature_wrapping"),
        ("comment_in_name_id_assertion", "forbidden_xml"),
        ("entity_expansion", "forbidden_xml"),
        ("two_signed_assertions", "duplicate_assertion"),
        ("failure_without_assertion", "status_not_success"),
        ("name_id_missing", "name_id_missing"),
        ("cut_off", "unreadable"),
    ] {
        let document = inspect(&format!("refused/{name}.xml"), &[]).exits(6).json();
        assert_eq!(document["valid"], false, "{name}");
        assert!(errors(&document).contains(&code), "{name}: {document:#}");
        let findings = document["findings"].as_array().unwrap();
        let finding = findings.iter().find(|finding| finding["code"] == code).unwrap();
        for key in ["severity", "expected", "found", "where", "fix", "atlassian_error"] {
            assert!(finding.get(key).is_some(), "{name}: {key} is always there");
        }
    }
    let wrong_person = inspect("valid/signed_both.xml", &["--name-id-email", "bob@acme.example"]).exits(6);
    assert_eq!(errors(&wrong_person.json()), ["name_id_mismatch"], "with the account's address");
    let old = ["--certificate", &file("certificates/expired.pem")];
    let answer = inspect("refused/certificate_expired.xml", &old).exits(6);
    assert_eq!(errors(&answer.json()), ["certificate_expired"], "with the old certificate");
}

#[test]
fn every_form_of_packing_is_read_from_a_file_and_from_standard_input() {
    for form in ["base64", "url_encoded", "deflated", "page", "har", "body"] {
        inspect(&format!("packed/{form}.txt"), &[]).exits(0);
    }
    let certificate = file("certificates/idp.pem");
    let arguments = ["saml", "inspect", "--certificate", &certificate, "--at", "2026-06-01T12:00:00Z", "-"];
    let answer = run(&arguments, &std::fs::read(file("packed/base64.txt")).unwrap()).exits(0);
    assert!(answer.stdout.starts_with("Valid at 2026-06-01T12:00:00Z."), "{}", answer.stdout);
    let large = vec![b'A'; 5 * 1024 * 1024];
    let document = run(&[&["--json"], &arguments[..]].concat(), &large).exits(6).json();
    assert_eq!(errors(&document), ["too_large"], "{document:#}");
}

#[test]
fn time_and_tolerance_are_arguments() {
    let late = ["--at", "2026-06-01T12:06:00Z"];
    let document = inspect("valid/signed_assertion.xml", &late).exits(0).json();
    assert_eq!(document["skew_seconds"], 180, "by default");
    inspect("valid/signed_assertion.xml", &[&late[..], &["--skew", "0"]].concat()).exits(6);
    inspect("valid/signed_assertion.xml", &["--at", "2026-06-01T14:04:59+02:00", "--skew", "0"]).exits(0);
    // Without a time it is now, and that is long after.
    let certificate = file("certificates/idp.pem");
    let response = file("valid/signed_assertion.xml");
    let now = ["--json", "saml", "inspect", "--certificate", &certificate, &response];
    assert_eq!(errors(&run(&now, &[]).exits(6).json()), ["expired"], "now");
}

#[test]
fn the_certificate_is_read_in_any_form_and_anything_else_is_refused_with_a_reason() {
    for name in ["certificates/bundle.p7b", "metadata/idp.xml"] {
        inspect("valid/signed_assertion.xml", &["--certificate", &file(name)]).exits(0);
    }
    for (name, reason) in [
        ("certificates/request.csr", "request for a certificate"),
        ("certificates/public_key.pem", "public key"),
        ("valid/signed_both.xml", "SAML message"),
        ("certificates/none.pem", ""),
    ] {
        let answer = inspect("valid/signed_assertion.xml", &["--certificate", &file(name)]).exits(1);
        let (message, hints) = answer.error();
        assert!(message.contains(name.rsplit('/').next().unwrap()), "{name}: {message}");
        assert!(hints.contains(reason), "{name}: {hints}");
    }
}

#[test]
fn wrong_usage_exits_64_and_a_missing_file_1() {
    let response = file("valid/signed_both.xml");
    for arguments in [
        &["saml", "inspect", &response][..],
        &["saml", "inspect"],
        &["saml", "inspect", "--certificate", "c.pem"],
        &["saml", "inspect", "--certificate", "c.pem", "--connection", "acme", &response],
        &["saml", "inspect", "--connection", "acme", "--acs-url", "https://a.example", &response],
        &["saml", "inspect", "--certificate", "c.pem", "--at", "yesterday", &response],
        &["saml", "inspect", "--certificate", "c.pem", "--skew", "-1", &response],
        &["saml"],
    ] {
        run(arguments, &[]).exits(64);
    }
    inspect("valid/none.xml", &[]).exits(1);
}

#[test]
fn a_connection_without_values_says_what_to_give() {
    let response = file("valid/signed_both.xml");
    let site = Site::connected();
    let answer = site.run(&["--json", "saml", "inspect", "--connection", ID, &response]).exits(1);
    let (message, hints) = answer.error();
    assert!(message.contains(ID) && message.contains("single sign-on"), "{message}");
    assert!(hints.contains("--certificate"), "{hints}");
    let unknown = site.run(&["--json", "saml", "inspect", "--connection", "nobody", &response]).exits(1);
    assert!(unknown.error().0.contains("nobody"), "an unknown connection is named");
}
