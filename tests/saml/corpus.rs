//! What other libraries signed is accepted; every mutation of it is refused, with the finding that names the mutation.

use std::collections::BTreeSet;

use lockstep_saml::inspection::{Severity, SignedPart};

use crate::support::{EVIL, codes, corpus, file};

#[test]
fn what_other_libraries_signed_is_accepted() {
    let corpus = corpus();
    let mut signers = BTreeSet::new();
    for (path, entry) in corpus.files.iter().filter(|(path, _)| path.starts_with("valid/")) {
        let inspection = corpus.judge(path);
        assert!(inspection.valid, "{path}: {:#?}", inspection.findings);
        let assertion = &inspection.assertion;
        let name_id = entry.name_id.clone().unwrap_or(Some(corpus.name_id.clone()));
        assert_eq!(assertion.name_id, name_id, "{path}: the signed identity is read");
        assert_eq!(assertion.issuer.as_ref(), Some(&corpus.idp_entity_id), "{path}: issuer");
        assert_eq!(assertion.audience.as_ref(), Some(&corpus.sp_entity_id), "{path}: audience");
        assert_eq!(assertion.recipient.as_ref(), Some(&corpus.acs_url), "{path}: recipient");
        assert_eq!(signed(assertion.signed), entry.signed.clone().unwrap(), "{path}: what is signed");
        assert!(assertion.not_on_or_after.is_some(), "{path}: the end is known");
        let signer = ["by_xmlsec1", "by_pysaml2"].into_iter().find(|signer| path.contains(signer));
        signers.insert(signer.unwrap_or("signxml"));
    }
    assert_eq!(signers.len(), 3, "three libraries: {signers:?}");
}

#[test]
fn every_mutation_is_refused_with_the_finding_that_names_it() {
    let corpus = corpus();
    let refused: Vec<_> = corpus.files.iter().filter(|(_, entry)| !entry.findings.is_empty()).collect();
    assert!(refused.len() >= 70, "{} mutations", refused.len());
    let mut wrong = Vec::new();
    for (path, entry) in refused {
        let inspection = corpus.judge(path);
        let found = codes(&inspection, Severity::Error);
        let mut wanted = entry.findings.clone();
        wanted.sort();
        wanted.dedup();
        // A wrong answer is a finding that is missing, or one that accuses of something else.
        if inspection.valid || found != wanted {
            wrong.push(format!("{path}: wanted {wanted:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nobody_is_reported_who_was_not_signed() {
    let corpus = corpus();
    for (path, entry) in &corpus.files {
        let inspection = corpus.judge(path);
        let said = serde_json::to_string(&(&inspection.assertion, &inspection.findings)).unwrap();
        assert!(!said.contains(EVIL) || path.contains("tampered_destination"), "{path}: {said}");
        match &entry.signed {
            None => {
                assert_eq!(
                    inspection.assertion,
                    Default::default(),
                    "{path}: nothing signed, nothing reported"
                );
            }
            Some(part) => assert_eq!(&signed(inspection.assertion.signed), part, "{path}: what is signed"),
        }
        if let Some(name_id) = &entry.name_id {
            assert_eq!(&inspection.assertion.name_id, name_id, "{path}: whom the signed part names");
        }
    }
}

#[test]
fn at_least_eight_forms_of_wrapping_are_in_the_corpus() {
    let corpus = corpus();
    let forms = (1..=8).filter(|form| {
        let prefix = format!("refused/xsw{form}_");
        corpus.files.keys().any(|path| path.starts_with(&prefix))
    });
    assert_eq!(forms.count(), 8, "the eight forms of the paper");
}

#[test]
fn every_finding_says_where_and_what_to_do() {
    let corpus = corpus();
    for path in corpus.files.keys() {
        for finding in corpus.judge(path).findings {
            assert!(
                !finding.text.is_empty() && !finding.place.is_empty() && !finding.fix.is_empty(),
                "{path}: {finding:?}"
            );
            assert!(
                finding.text.ends_with('.') || finding.text.ends_with(')'),
                "{path}: a sentence: {}",
                finding.text
            );
        }
    }
}

#[test]
fn the_findings_are_those_of_the_contract() {
    let contract = [
        "unreadable",
        "not_signed",
        "signature_invalid",
        "signature_wrapping",
        "weak_algorithm",
        "other_certificate",
        "certificate_expired",
        "issuer_mismatch",
        "audience_mismatch",
        "recipient_mismatch",
        "destination_mismatch",
        "expired",
        "not_yet_valid",
        "name_id_mismatch",
        "name_id_missing",
        "duplicate_assertion",
        "forbidden_xml",
        "too_large",
        "status_not_success",
    ];
    let document: serde_json::Value = serde_json::from_slice(&file("corpus.json")).unwrap();
    let said = document["files"].to_string();
    // Too large ones are made when they are tested.
    for code in contract.iter().filter(|code| **code != "too_large") {
        assert!(said.contains(&format!("\"{code}\"")), "{code} has a file in the corpus");
    }
    for code in contract {
        let parsed = serde_json::from_value::<lockstep_saml::inspection::FindingCode>(code.into());
        assert!(parsed.is_ok(), "{code} is a finding");
    }
}

fn signed(part: SignedPart) -> String {
    serde_json::to_value(part).unwrap().as_str().unwrap().to_owned()
}
