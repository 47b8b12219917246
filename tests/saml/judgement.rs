//! Times, tolerance, thumbprints, and what each finding tells an admin.

use jiff::Timestamp;
use lockstep_saml::inspection::{FindingCode, Severity};
use lockstep_saml::{Expectations, inspect};

use crate::support::{certificate, codes, corpus, file};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn the_tolerance_for_clocks_is_exact() {
    let corpus = corpus();
    let response = file("valid/signed_assertion.xml");
    // Good from 11:55:00 until before 12:05:00.
    for (time, skew, wanted) in [
        ("2026-06-01T11:55:00Z", 0, None),
        ("2026-06-01T11:54:59Z", 0, Some(FindingCode::NotYetValid)),
        ("2026-06-01T11:54:59Z", 1, Some(FindingCode::WithinSkew)),
        ("2026-06-01T11:52:00Z", 180, Some(FindingCode::WithinSkew)),
        ("2026-06-01T11:51:59Z", 180, Some(FindingCode::NotYetValid)),
        ("2026-06-01T12:04:59Z", 0, None),
        ("2026-06-01T12:05:00Z", 0, Some(FindingCode::Expired)),
        ("2026-06-01T12:05:00Z", 1, Some(FindingCode::WithinSkew)),
        ("2026-06-01T12:07:59Z", 180, Some(FindingCode::WithinSkew)),
        ("2026-06-01T12:08:00Z", 180, Some(FindingCode::Expired)),
    ] {
        let expectations = Expectations { skew_seconds: skew, ..corpus.expectations("idp") };
        let inspection = inspect(&response, &expectations, at(time));
        let found = inspection.findings.iter().map(|finding| finding.code).find(|code| {
            matches!(code, FindingCode::Expired | FindingCode::NotYetValid | FindingCode::WithinSkew)
        });
        assert_eq!(found, wanted, "{time} with {skew} s");
        let is_valid = !matches!(wanted, Some(FindingCode::Expired | FindingCode::NotYetValid));
        assert_eq!(inspection.valid, is_valid, "{time} with {skew} s: {:#?}", inspection.findings);
    }
}

#[test]
fn times_at_the_ends_of_the_calendar_do_no_harm() {
    let corpus = corpus();
    for time in [Timestamp::MIN, Timestamp::MAX] {
        let expectations = Expectations { skew_seconds: u32::MAX, ..corpus.expectations("idp") };
        assert!(!inspect(&file("valid/signed_assertion.xml"), &expectations, time).valid, "{time}");
    }
}

#[test]
fn a_wrong_certificate_is_shown_by_both_thumbprints_of_both_sides() {
    let corpus = corpus();
    let inspection = corpus.judge("refused/wrong_certificate_assertion.xml");
    let finding = &inspection.findings[0];
    assert_eq!(finding.code, FindingCode::OtherCertificate, "the first finding");
    let (ours, other) = (certificate("idp").facts(), certificate("other").facts());
    for (text, facts) in [(finding.expected.as_ref(), &ours), (finding.found.as_ref(), &other)] {
        let text = text.unwrap();
        assert!(text.contains(&facts.sha1) && text.contains(&facts.sha256), "{text}");
    }
    assert_eq!(inspection.certificates.expected.as_ref(), Some(&ours), "expected");
    assert_eq!(inspection.certificates.in_response, [other], "found");
    assert_eq!(finding.place, "Atlassian: Public x509 certificate", "where to change it");
    assert!(
        finding.atlassian_error.as_ref().unwrap().contains("Invalid%20thumbprint"),
        "what Atlassian shows"
    );
}

#[test]
fn atlassian_is_quoted_only_where_its_words_are_known() {
    let corpus = corpus();
    for path in corpus.files.keys() {
        for finding in corpus.judge(path).findings {
            let is_known = matches!(
                finding.code,
                FindingCode::OtherCertificate | FindingCode::NameIdMismatch | FindingCode::NameIdMissing
            );
            assert_eq!(finding.atlassian_error.is_some(), is_known, "{path}: {:?}", finding.code);
        }
    }
}

#[test]
fn each_wrong_value_names_the_field_to_change() {
    let corpus = corpus();
    for (path, place, expected) in [
        ("refused/wrong_audience.xml", "Atlassian: SP entity ID", &corpus.sp_entity_id),
        ("refused/wrong_recipient.xml", "JumpCloud: ACS URL", &corpus.acs_url),
        ("refused/wrong_destination.xml", "JumpCloud: ACS URL", &corpus.acs_url),
        ("refused/wrong_issuer.xml", "Atlassian: Identity provider Entity ID", &corpus.idp_entity_id),
        ("refused/wrong_name_id.xml", "JumpCloud: SAMLSubject NameID", &corpus.name_id),
    ] {
        let inspection = corpus.judge(path);
        let finding = &inspection.findings[0];
        assert!(finding.place.contains(place), "{path}: {}", finding.place);
        assert_eq!(finding.expected.as_ref(), Some(expected), "{path}: what it should be");
        assert!(finding.found.is_some(), "{path}: what it is");
    }
}

#[test]
fn near_misses_are_pointed_out() {
    let corpus = corpus();
    let response = file("valid/signed_assertion.xml");
    let slash = Expectations {
        sp_entity_id: Some(format!("{}/", corpus.sp_entity_id)),
        ..corpus.expectations("idp")
    };
    let capitals = Expectations {
        idp_entity_id: Some(corpus.idp_entity_id.to_uppercase()),
        ..corpus.expectations("idp")
    };
    let plain =
        Expectations { acs_url: Some(corpus.acs_url.replace("https", "http")), ..corpus.expectations("idp") };
    for (expectations, hint) in
        [(slash, "slash"), (capitals, "upper and lower case"), (plain, "http and https")]
    {
        let inspection = inspect(&response, &expectations, corpus.at);
        assert!(inspection.findings[0].text.contains(hint), "{hint}: {}", inspection.findings[0].text);
    }
}

#[test]
fn just_in_time_attributes_are_checked_and_its_conditions_named() {
    let corpus = corpus();
    let with = corpus.judge("valid/signed_assertion.xml");
    assert!(
        with.findings.iter().all(|finding| finding.code != FindingCode::JitAttributesMissing),
        "all are there"
    );
    let conditions = with.findings.iter().find(|finding| finding.code == FindingCode::JitConditions).unwrap();
    assert!(conditions.expected.as_ref().unwrap().contains("Automatic"), "what Atlassian wants set");
    let without = corpus.judge("valid/without_attributes.xml");
    let missing =
        without.findings.iter().find(|finding| finding.code == FindingCode::JitAttributesMissing).unwrap();
    for name in ["givenname", "surname"] {
        assert!(missing.expected.as_ref().unwrap().contains(name), "{name} is named");
    }
    assert!(without.valid, "sign-in works without them");
}

#[test]
fn what_was_not_given_is_said_not_to_be_compared() {
    let corpus = corpus();
    let expectations = Expectations { certificate: Some(certificate("idp")), ..Expectations::default() };
    let inspection = inspect(&file("valid/signed_both.xml"), &expectations, corpus.at);
    assert!(inspection.valid, "the signature holds");
    let silent = inspection.findings.iter().filter(|finding| finding.code == FindingCode::NotChecked);
    assert_eq!(silent.count(), 3, "issuer, audience and recipient");
    assert!(codes(&inspection, Severity::Error).is_empty(), "that is no error");
}

#[test]
fn a_failure_says_the_identity_providers_own_reason() {
    let inspection = corpus().judge("refused/failure_without_assertion.xml");
    assert_eq!(inspection.findings[0].found.as_deref(), Some("Responder / AuthnFailed"), "both codes");
}
