//! What signed bytes say. Only canonical bytes that a verified signature digested come in here.

use std::collections::BTreeMap;

use xml_sec::Node;
use xml_sec::document::XmlDocument;
use xml_sec::policy::VerificationPolicy;

use super::names::{ASSERTION, PROTOCOL};
use super::outline::status_codes;
use super::verify::Failure;
use super::{elements, named, text_of};

/// What an assertion says; times as they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) issuer: Option<String>,
    pub(crate) name_id: Option<String>,
    pub(crate) name_id_format: Option<String>,
    pub(crate) has_encrypted_id: bool,
    pub(crate) confirmations: Vec<Confirmation>,
    pub(crate) not_before: Option<String>,
    pub(crate) not_on_or_after: Option<String>,
    /// One list per restriction: each restriction must be met.
    pub(crate) audiences: Vec<Vec<String>>,
    pub(crate) session_ends: Vec<String>,
    pub(crate) attributes: BTreeMap<String, Vec<String>>,
}

/// How the bearer is confirmed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Confirmation {
    pub(crate) method: String,
    pub(crate) recipient: Option<String>,
    pub(crate) not_before: Option<String>,
    pub(crate) not_on_or_after: Option<String>,
    pub(crate) in_response_to: Option<String>,
}

/// What a signed response says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ResponseClaims {
    pub(crate) issuer: Option<String>,
    pub(crate) destination: Option<String>,
    pub(crate) in_response_to: Option<String>,
    pub(crate) status: Vec<String>,
}

impl Claims {
    /// Reads the bytes of an assertion.
    pub(super) fn read(bytes: &[u8], policy: &VerificationPolicy) -> Result<Self, Failure> {
        with_root(bytes, policy, |root| root.has_tag_name((ASSERTION, "Assertion")).then(|| Self::of(root)))
    }

    /// Reads the only assertion within the bytes of a response.
    pub(super) fn read_within(bytes: &[u8], policy: &VerificationPolicy) -> Result<Self, Failure> {
        with_root(bytes, policy, |root| {
            let mut assertions = named(root, ASSERTION, "Assertion");
            match (root.has_tag_name((PROTOCOL, "Response")), assertions.next(), assertions.next()) {
                (true, Some(only), None) => Some(Self::of(only)),
                _ => None,
            }
        })
    }

    fn of(assertion: Node<'_, '_>) -> Self {
        let mut claims = Self {
            id: attribute(assertion, "ID").unwrap_or_default(),
            version: attribute(assertion, "Version").unwrap_or_default(),
            issuer: named(assertion, ASSERTION, "Issuer").next().map(text_of),
            ..Self::default()
        };
        for child in elements(assertion) {
            match child.tag_name().name() {
                "Subject" => claims.read_subject(child),
                "Conditions" => claims.read_conditions(child),
                "AuthnStatement" => claims.session_ends.extend(attribute(child, "SessionNotOnOrAfter")),
                "AttributeStatement" => claims.read_attributes(child),
                _ => {}
            }
        }
        claims
    }

    fn read_subject(&mut self, subject: Node<'_, '_>) {
        if let Some(name_id) = named(subject, ASSERTION, "NameID").next() {
            self.name_id = Some(text_of(name_id));
            self.name_id_format = attribute(name_id, "Format");
        }
        self.has_encrypted_id |= named(subject, ASSERTION, "EncryptedID").next().is_some();
        for confirmation in named(subject, ASSERTION, "SubjectConfirmation") {
            let data = named(confirmation, ASSERTION, "SubjectConfirmationData").next();
            let of_data = |name| data.and_then(|data| attribute(data, name));
            self.confirmations.push(Confirmation {
                method: attribute(confirmation, "Method").unwrap_or_default(),
                recipient: of_data("Recipient"),
                not_before: of_data("NotBefore"),
                not_on_or_after: of_data("NotOnOrAfter"),
                in_response_to: of_data("InResponseTo"),
            });
        }
    }

    fn read_conditions(&mut self, conditions: Node<'_, '_>) {
        self.not_before = attribute(conditions, "NotBefore");
        self.not_on_or_after = attribute(conditions, "NotOnOrAfter");
        for restriction in named(conditions, ASSERTION, "AudienceRestriction") {
            self.audiences.push(named(restriction, ASSERTION, "Audience").map(text_of).collect());
        }
    }

    fn read_attributes(&mut self, statement: Node<'_, '_>) {
        for entry in named(statement, ASSERTION, "Attribute") {
            let values = named(entry, ASSERTION, "AttributeValue").map(text_of);
            self.attributes.entry(attribute(entry, "Name").unwrap_or_default()).or_default().extend(values);
        }
    }
}

impl ResponseClaims {
    /// Reads the bytes of a response.
    pub(super) fn read(bytes: &[u8], policy: &VerificationPolicy) -> Result<Self, Failure> {
        with_root(bytes, policy, |root| {
            root.has_tag_name((PROTOCOL, "Response")).then(|| Self {
                issuer: named(root, ASSERTION, "Issuer").next().map(text_of),
                destination: attribute(root, "Destination"),
                in_response_to: attribute(root, "InResponseTo"),
                status: named(root, PROTOCOL, "Status").next().map(status_codes).unwrap_or_default(),
            })
        })
    }
}

fn attribute(node: Node<'_, '_>, name: &str) -> Option<String> {
    node.attribute(name).map(str::to_owned)
}

fn with_root<T>(
    bytes: &[u8],
    policy: &VerificationPolicy,
    read: impl FnOnce(Node<'_, '_>) -> Option<T>,
) -> Result<T, Failure> {
    let document = XmlDocument::parse_bytes_with_policy(bytes, policy)
        .map_err(|error| Failure::Refused(error.to_string()))?;
    document.with_view(|view| read(view.document().root_element())).ok_or(Failure::NotCovered)
}
