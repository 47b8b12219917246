//! Compares what was signed with what is expected.

use jiff::Timestamp;

use super::catalogue::finding;
use super::finding::{Finding, FindingCode, Severity};
use super::model::{Assertion, Expectations, SignedPart};
use super::shape;
use super::window::Window;
use crate::xml::{Claims, Confirmation, Outline, Verified};

const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
const CLAIM: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/";

/// Judges a verified response and describes its assertion.
pub(super) fn judge(
    verified: &Verified,
    outline: &Outline,
    expected: &Expectations,
    at: Timestamp,
) -> (Assertion, Vec<Finding>) {
    let claims = &verified.claims;
    let mut findings = Vec::new();
    let confirmation = confirmation(claims, expected);
    parts(verified, &mut findings);
    issuer(verified, outline, expected, &mut findings);
    audience(claims, expected, &mut findings);
    recipient(confirmation, expected, &mut findings);
    destination(verified, outline, expected, &mut findings);
    // The outline's status has been judged already; this is the same one, from the signed bytes.
    if let Some(response) = &verified.response
        && outline.status.first().map(String::as_str) == Some(SUCCESS)
        && response.status.first().map(String::as_str) != Some(SUCCESS)
    {
        findings.push(shape::status(&response.status, None));
    }
    let window = Window::of(claims, confirmation);
    window.judge(at, expected.skew_seconds, &mut findings);
    name_id(claims, expected, &mut findings);
    just_in_time(claims, &mut findings);
    let assertion = describe(verified, confirmation, expected, &window);
    (assertion, findings)
}

/// The confirmation that counts: a bearer's, with the right recipient where there is one.
fn confirmation<'a>(claims: &'a Claims, expected: &Expectations) -> Option<&'a Confirmation> {
    let bearers = || claims.confirmations.iter().filter(|confirmation| confirmation.method == BEARER);
    bearers()
        .find(|confirmation| expected.acs_url.is_some() && confirmation.recipient == expected.acs_url)
        .or_else(|| bearers().next())
}

fn describe(
    verified: &Verified,
    confirmation: Option<&Confirmation>,
    expected: &Expectations,
    window: &Window,
) -> Assertion {
    let claims = &verified.claims;
    let audiences: Vec<String> = claims.audiences.iter().flatten().cloned().collect();
    let is_expected = |audience: &&String| Some(audience.as_str()) == expected.sp_entity_id.as_deref();
    Assertion {
        issuer: claims.issuer.clone(),
        name_id: claims.name_id.clone(),
        name_id_format: claims.name_id_format.clone(),
        audience: audiences.iter().find(is_expected).or_else(|| audiences.first()).cloned(),
        audiences,
        recipient: confirmation.and_then(|confirmation| confirmation.recipient.clone()),
        destination: verified.response.as_ref().and_then(|response| response.destination.clone()),
        in_response_to: confirmation
            .and_then(|confirmation| confirmation.in_response_to.clone())
            .or_else(|| verified.response.as_ref().and_then(|response| response.in_response_to.clone())),
        not_before: window.begins.iter().filter_map(|(_, time)| time.as_ref().ok()).max().copied(),
        not_on_or_after: window.ends.iter().filter_map(|(_, time)| time.as_ref().ok()).min().copied(),
        attributes: claims.attributes.clone(),
        signed: match (verified.response.is_some(), verified.is_assertion_signed) {
            (true, true) => SignedPart::Both,
            (true, false) => SignedPart::Response,
            (false, true) => SignedPart::Assertion,
            (false, false) => SignedPart::None,
        },
    }
}

fn parts(verified: &Verified, findings: &mut Vec<Finding>) {
    if verified.response.is_none() {
        let text = "Only the assertion is signed: who is signed in is certain, status and destination of the response are not.";
        findings.push(finding(FindingCode::ResponseNotSigned, text).found("assertion"));
    } else if !verified.is_assertion_signed {
        let text = "The response is signed as a whole, the assertion in it has no signature of its own.";
        findings.push(finding(FindingCode::AssertionNotSigned, text).found("response"));
    }
}

fn issuer(verified: &Verified, outline: &Outline, expected: &Expectations, findings: &mut Vec<Finding>) {
    let Some(entity_id) = &expected.idp_entity_id else {
        findings.push(not_checked("issuer", verified.claims.issuer.as_deref()));
        return;
    };
    let of_assertion = verified.claims.issuer.as_deref();
    if of_assertion != Some(entity_id.as_str()) {
        findings.push(mismatch(
            FindingCode::IssuerMismatch,
            "The assertion was issued by another entity ID.",
            entity_id,
            of_assertion,
        ));
        return;
    }
    // The response's issuer is optional; whoever writes one must write the same, signed or not.
    let of_response =
        verified.response.as_ref().map_or(outline.issuer.as_deref(), |response| response.issuer.as_deref());
    if let Some(other) = of_response.filter(|other| other != entity_id) {
        findings.push(mismatch(
            FindingCode::IssuerMismatch,
            "The response was issued by another entity ID than its assertion.",
            entity_id,
            Some(other),
        ));
    }
}

fn audience(claims: &Claims, expected: &Expectations, findings: &mut Vec<Finding>) {
    let all = claims.audiences.iter().flatten().cloned().collect::<Vec<_>>().join(", ");
    let found = (!all.is_empty()).then_some(all.as_str());
    let Some(entity_id) = &expected.sp_entity_id else {
        findings.push(not_checked("audience", found));
        return;
    };
    let is_met = !claims.audiences.is_empty()
        && claims.audiences.iter().all(|restriction| restriction.contains(entity_id));
    if !is_met {
        let text = if found.is_some() {
            "The assertion is meant for another service provider."
        } else {
            "The assertion does not say for whom it is meant."
        };
        findings.push(mismatch(FindingCode::AudienceMismatch, text, entity_id, found));
    }
}

fn recipient(confirmation: Option<&Confirmation>, expected: &Expectations, findings: &mut Vec<Finding>) {
    let found = confirmation.and_then(|confirmation| confirmation.recipient.as_deref());
    let Some(acs_url) = &expected.acs_url else {
        findings.push(not_checked("recipient", found));
        return;
    };
    if found != Some(acs_url.as_str()) {
        let text = match (confirmation, found) {
            (None, _) => "The assertion does not confirm its bearer, so that it cannot be used to sign in.",
            (_, None) => "The assertion does not say where it may be delivered.",
            _ => "The assertion is to be delivered to another address.",
        };
        findings.push(mismatch(FindingCode::RecipientMismatch, text, acs_url, found));
    }
}

fn destination(verified: &Verified, outline: &Outline, expected: &Expectations, findings: &mut Vec<Finding>) {
    let Some(acs_url) = &expected.acs_url else { return };
    let (found, text) = match &verified.response {
        Some(response) => (response.destination.as_deref(), "The response is sent to another address."),
        // Unsigned, and so no proof of anything; but a service provider refuses it all the same.
        None => (
            outline.destination.as_deref(),
            "The response, whose destination is not signed, is sent to another address.",
        ),
    };
    match found {
        Some(found) if found == acs_url => {}
        Some(found) if !found.is_empty() => {
            findings.push(mismatch(FindingCode::DestinationMismatch, text, acs_url, Some(found)));
        }
        _ if verified.response.is_some() => {
            let text = "The signed response does not say where it is sent; the binding asks for it.";
            findings.push(
                mismatch(FindingCode::DestinationMismatch, text, acs_url, None).weighing(Severity::Warning),
            );
        }
        _ => {}
    }
}

fn name_id(claims: &Claims, expected: &Expectations, findings: &mut Vec<Finding>) {
    let Some(name_id) = claims.name_id.as_deref().filter(|name_id| !name_id.is_empty()) else {
        let text = if claims.has_encrypted_id {
            "The NameID is encrypted, which Atlassian cannot read."
        } else {
            "The assertion does not say who signs in."
        };
        let missing = finding(FindingCode::NameIdMissing, text);
        findings.push(match &expected.name_id {
            Some(email) => missing.expecting(email),
            None => missing.expecting("the e-mail address of the Atlassian account"),
        });
        return;
    };
    if let Some(email) = &expected.name_id {
        if !same_address(name_id, email) {
            let text = "The NameID is not the e-mail address of the Atlassian account.";
            findings.push(mismatch(FindingCode::NameIdMismatch, text, email, Some(name_id)));
        } else if name_id != email {
            let text = "The NameID and the account's e-mail address differ in upper and lower case only.";
            findings.push(mismatch(FindingCode::NameIdCase, text, email, Some(name_id)));
        }
    }
    let format = claims.name_id_format.as_deref().unwrap_or_default();
    let is_opaque = format.ends_with(":transient")
        || format.ends_with(":persistent")
        || format.ends_with(":WindowsDomainQualifiedName");
    if !name_id.contains('@') {
        findings.push(
            finding(FindingCode::NameIdFormat, "The NameID is no e-mail address.")
                .expecting("an e-mail address")
                .found(name_id),
        );
    } else if is_opaque {
        let text = "The NameID's format says that it is no e-mail address.";
        findings.push(
            finding(FindingCode::NameIdFormat, text)
                .expecting("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress")
                .found(format),
        );
    }
}

fn same_address(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.trim().to_lowercase()
}

fn just_in_time(claims: &Claims, findings: &mut Vec<Finding>) {
    let value = |name: &str| {
        let values = claims.attributes.get(&format!("{CLAIM}{name}"));
        values.and_then(|values| values.iter().find(|value| !value.is_empty()))
    };
    let missing: Vec<String> = ["givenname", "surname", "name"]
        .iter()
        .filter(|name| value(name).is_none())
        .map(|name| format!("{CLAIM}{name}"))
        .collect();
    if !missing.is_empty() {
        let present = claims.attributes.keys().cloned().collect::<Vec<_>>().join(", ");
        let text = "Attributes that just-in-time provisioning needs are missing or empty.";
        findings.push(
            finding(FindingCode::JitAttributesMissing, text)
                .expecting(missing.join(", "))
                .found(if present.is_empty() { "no attributes".to_owned() } else { present }),
        );
    }
    if let (Some(name), Some(name_id)) = (value("name"), &claims.name_id)
        && same_address(name, name_id)
    {
        let text = "The attribute …/name holds the e-mail address; it is meant for an id that never changes.";
        findings.push(finding(FindingCode::JitAttributeUnsuitable, text).found(name));
    }
    findings.push(
        finding(FindingCode::JitConditions, "For just-in-time provisioning Atlassian needs more than this response shows.").expecting(
            "Atlassian Guard; the domain's claim setting Automatic; the domain linked to this identity provider directory; that directory's default authentication policy enforcing single sign-on",
        ),
    );
}

fn mismatch(code: FindingCode, text: &str, expected: &str, found: Option<&str>) -> Finding {
    let hint = found.and_then(|found| nearness(expected, found));
    let text = hint.map_or_else(|| text.to_owned(), |hint| format!("{text} {hint}"));
    let finding = finding(code, text).expecting(expected);
    match found {
        Some(found) => finding.found(found),
        None => finding,
    }
}

/// Names the difference when it is one that eyes miss.
fn nearness(expected: &str, found: &str) -> Option<&'static str> {
    if expected == found {
        return None;
    }
    if expected.trim_end_matches('/') == found.trim_end_matches('/') {
        Some("They differ by a slash at the end.")
    } else if expected.trim() == found.trim() {
        Some("They differ by spaces around.")
    } else if expected.to_lowercase() == found.to_lowercase() {
        Some("They differ in upper and lower case.")
    } else if expected.replacen("https://", "http://", 1) == found.replacen("https://", "http://", 1) {
        Some("They differ in http and https.")
    } else {
        None
    }
}

fn not_checked(what: &str, found: Option<&str>) -> Finding {
    let finding = finding(FindingCode::NotChecked, format!("Nothing was given to compare the {what} with."));
    match found {
        Some(found) => finding.found(found),
        None => finding,
    }
}
