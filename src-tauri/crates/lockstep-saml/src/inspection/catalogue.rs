//! What each finding means for an admin: where to change what, and what Atlassian shows.
//!
//! Names of fields are the consoles' own. Atlassian's words come from its support pages and public tickets
//! (seen 2026-11); where nothing is documented there is `None`, never a guess.

use super::finding::{Finding, FindingCode, Severity};

/// Shown after a sign-in with a certificate that Atlassian does not have.
const INVALID_THUMBPRINT: &str =
    "error=access_denied&error_description=Invalid%20thumbprint (in the address)";
/// Shown when the NameID is not the account's e-mail, or the account's policy does not enforce single sign-on.
const STRATEGY_MISMATCH: &str = "Hmm...We're having trouble logging you in. Please try again with a different authentication method. (error=access_denied&error_description=authentication-policy-strategy-mismatch in the address)";

/// Severity, place, what to do, and what Atlassian shows.
#[derive(Clone, Copy)]
struct Entry {
    severity: Severity,
    place: &'static str,
    fix: &'static str,
    atlassian_error: Option<&'static str>,
}

const fn error(place: &'static str, fix: &'static str) -> Entry {
    Entry { severity: Severity::Error, place, fix, atlassian_error: None }
}

const fn warning(place: &'static str, fix: &'static str) -> Entry {
    Entry { severity: Severity::Warning, place, fix, atlassian_error: None }
}

const fn info(place: &'static str, fix: &'static str) -> Entry {
    Entry { severity: Severity::Info, place, fix, atlassian_error: None }
}

const fn shown(entry: Entry, atlassian_error: &'static str) -> Entry {
    Entry { atlassian_error: Some(atlassian_error), ..entry }
}

fn entry(code: FindingCode) -> Entry {
    const SENDER: &str = "JumpCloud: the application's SSO tab";
    const INPUT: &str = "The pasted response";
    const SUSPECT: &str = "The response: changed on its way";
    match code {
        FindingCode::Unreadable => error(
            INPUT,
            "Copy the value of the form field SAMLResponse from the browser's developer tools (Network, the POST to auth.atlassian.com), whole, or save the recording as HAR.",
        ),
        FindingCode::TooLarge => error(
            INPUT,
            "Copy the value of the form field SAMLResponse only. If the response itself is that large, send fewer groups: JumpCloud, Include group attribute.",
        ),
        FindingCode::ForbiddenXml => error(
            SUSPECT,
            "JumpCloud never sends this. Do not sign in with it; record the sign-in again, and find out what stands between the browser and JumpCloud.",
        ),
        FindingCode::NotSigned => error(
            "JumpCloud: Sign Assertion",
            "Switch on Sign Assertion (or Sign Response) in the application's SSO tab. If it is on, the signature was removed on the way: do not trust this response.",
        ),
        FindingCode::SignatureInvalid => error(
            SUSPECT,
            "Record the sign-in again and paste the whole value. If it is still so, something changes the response between JumpCloud and the browser.",
        ),
        FindingCode::SignatureWrapping => error(
            SUSPECT,
            "This is how a forged sign-in looks. Do not accept it; find out where it came from and tell your security team.",
        ),
        FindingCode::WeakAlgorithm => error(
            "JumpCloud: Signature Algorithm",
            "Choose RSA-SHA256 in the application's SSO tab; for a short key, create a new certificate of 2048 bits or more and save it in Atlassian too.",
        ),
        FindingCode::UnsupportedCanonicalization => error(
            SENDER,
            "The identity provider must use exclusive canonicalization (http://www.w3.org/2001/10/xml-exc-c14n#). That the response was changed is not said by this.",
        ),
        FindingCode::OtherCertificate => shown(
            error(
                "Atlassian: Public x509 certificate",
                "Download the current certificate from JumpCloud (IDP Certificate → Download certificate) and save it in Atlassian: Security → Identity providers → Edit SAML.",
            ),
            INVALID_THUMBPRINT,
        ),
        FindingCode::CertificateExpired => error(
            "JumpCloud: IDP Certificate, then Atlassian: Public x509 certificate",
            "Renew the certificate in JumpCloud and save the new one in Atlassian. Until then people sign in at https://id.atlassian.com/login?saml=false.",
        ),
        FindingCode::CertificateNotYetValid => error(
            "JumpCloud: IDP Certificate, then Atlassian: Public x509 certificate",
            "Use the certificate that is valid today, or wait until this one is.",
        ),
        FindingCode::EncryptedAssertion => {
            error(SENDER, "Switch encryption of assertions off: Atlassian gives no key for it.")
        }
        FindingCode::DuplicateAssertion => error(
            SUSPECT,
            "A sign-in has exactly one assertion. Do not accept this one; record the sign-in again.",
        ),
        FindingCode::StatusNotSuccess => error(
            "JumpCloud: the person, and the application's user groups",
            "The identity provider refused the sign-in. Check that the person is active and in a group that is bound to the application.",
        ),
        FindingCode::IssuerMismatch => error(
            "JumpCloud: IdP Entity ID, the same as Atlassian: Identity provider Entity ID",
            "Copy the IdP Entity ID from JumpCloud to Atlassian's Identity provider Entity ID, character by character the same.",
        ),
        FindingCode::AudienceMismatch => error(
            "JumpCloud: SP Entity ID, copied from Atlassian: SP entity ID",
            "Copy the Service provider entity URL from Atlassian into SP Entity ID in JumpCloud.",
        ),
        FindingCode::RecipientMismatch => error(
            "JumpCloud: ACS URL, copied from Atlassian: SP assertion consumer service URL",
            "Copy the Service provider assertion consumer service URL from Atlassian into ACS URL in JumpCloud.",
        ),
        FindingCode::DestinationMismatch => error(
            "JumpCloud: ACS URL, copied from Atlassian: SP assertion consumer service URL",
            "Copy the Service provider assertion consumer service URL from Atlassian into ACS URL in JumpCloud.",
        ),
        FindingCode::Expired => error(
            "The time of the sign-in",
            "A response is good for minutes. Record a new sign-in, or judge this one at its own time (--at). If a new one is expired too, a clock is wrong.",
        ),
        FindingCode::NotYetValid => error(
            "The time of the sign-in",
            "The clock of this computer is behind the identity provider's; set it by the network, or judge the response at its own time (--at).",
        ),
        FindingCode::NameIdMissing => shown(
            error(
                "JumpCloud: SAMLSubject NameID",
                "Choose email as SAMLSubject NameID in the application's SSO tab.",
            ),
            STRATEGY_MISMATCH,
        ),
        FindingCode::NameIdMismatch => shown(
            error(
                "JumpCloud: SAMLSubject NameID, and the person's e-mail in JumpCloud and Atlassian",
                "Choose email as SAMLSubject NameID, and give the person the same e-mail address in JumpCloud and Atlassian.",
            ),
            STRATEGY_MISMATCH,
        ),
        FindingCode::WithinSkew => warning(
            "The clocks",
            "It counts as valid because clocks may differ a little; Atlassian's own tolerance is not documented.",
        ),
        FindingCode::NoTimeLimit => warning(SENDER, "An assertion should say until when it is valid."),
        FindingCode::EmbeddedCertificateDiffers => info(
            "Nothing to change",
            "The response carries further certificates beside the expected one; they are not used.",
        ),
        FindingCode::CertificateExpiresSoon => warning(
            "JumpCloud: IDP Certificate, then Atlassian: Public x509 certificate",
            "Plan the renewal: create the new certificate in JumpCloud and save it in Atlassian in the same hour.",
        ),
        FindingCode::NameIdFormat => warning(
            "JumpCloud: SAMLSubject NameID and its Format",
            "Atlassian finds the account by the e-mail address in the NameID: choose email, and the format urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress.",
        ),
        FindingCode::NameIdCase => {
            info("Nothing to change", "Addresses are compared without regard to upper and lower case.")
        }
        FindingCode::JitAttributesMissing => warning(
            "JumpCloud: User attributes of the application",
            "Add the attributes under exactly these names, or provision people by SCIM: just-in-time provisioning creates nobody without them.",
        ),
        FindingCode::JitAttributeUnsuitable => info(
            "JumpCloud: User attributes of the application",
            "Send a value that never changes, such as the JumpCloud id: an e-mail address may change.",
        ),
        FindingCode::JitConditions => info(
            "Atlassian: Security → Domains, Identity providers, Authentication policies",
            "A response cannot show these; check them in Atlassian where people are to be created at their first sign-in.",
        ),
        FindingCode::ResponseNotSigned => {
            info("Nothing to change", "JumpCloud may sign the response as well: Sign Response.")
        }
        FindingCode::AssertionNotSigned => info(
            "JumpCloud: Sign Assertion",
            "Some service providers want the assertion itself signed; Atlassian's wish is not documented.",
        ),
        FindingCode::SeveralResponses => info(INPUT, "To judge another one, paste it alone."),
        FindingCode::NotChecked => {
            info("The inspector's expectations", "Give the value to have it compared.")
        }
    }
}

/// Makes a finding from its code and its sentence.
pub(super) fn finding(code: FindingCode, text: impl Into<String>) -> Finding {
    let entry = entry(code);
    Finding {
        code,
        severity: entry.severity,
        text: text.into(),
        expected: None,
        found: None,
        place: entry.place.to_owned(),
        fix: entry.fix.to_owned(),
        atlassian_error: entry.atlassian_error.map(str::to_owned),
    }
}

impl Finding {
    /// Says what should be there.
    pub(super) fn expecting(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(shortened(expected.into()));
        self
    }

    /// Says what is there.
    pub(super) fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(shortened(found.into()));
        self
    }

    /// Gives it another weight.
    pub(super) fn weighing(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}

/// Values come from the input and may be of any length.
fn shortened(value: String) -> String {
    const LENGTH: usize = 500;
    match value.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value,
    }
}
