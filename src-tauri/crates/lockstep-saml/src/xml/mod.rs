//! XML and its signatures: the only module that knows the library for them.
//!
//! The library verifies more than SAML allows. What is accepted here is decided by [`policy`] and [`outline`];
//! what is read comes from the bytes that were digested, never from the document around them.

mod claims;
mod metadata;
mod names;
mod outline;
mod own_signature;
mod policy;
mod verify;

pub(crate) use claims::{Claims, Confirmation};
pub(crate) use metadata::read_metadata;
pub(crate) use outline::{Outline, Place, SignatureAt, Transforms};
pub(crate) use own_signature::own_signature_holds;
pub(crate) use policy::{MAX_XML, Strength, digest_strength, signature_strength};
pub(crate) use verify::{Failure, Verified, verify, verify_with_any};

use xml_sec::document::{XmlDocument, XmlDocumentError};
use xml_sec::policy::VerificationPolicy;
use xml_sec::{Node, ParseError};

/// A parsed document with the rules it was parsed under.
pub(crate) struct Parsed {
    document: XmlDocument,
    policy: VerificationPolicy,
}

/// Why a document was not parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Beyond the limits.
    TooLarge(String),
    /// A DTD or an entity.
    Forbidden(String),
    /// No XML.
    Malformed(String),
}

impl Parsed {
    /// Parses under the policy: no DTD, no entities but the five of XML, bounded depth and size.
    pub(crate) fn new(bytes: &[u8]) -> Result<Self, Refusal> {
        let policy = policy::verification().map_err(|error| Refusal::Malformed(error.to_string()))?;
        match XmlDocument::parse_bytes_with_policy(bytes, &policy) {
            Ok(document) => Ok(Self { document, policy }),
            Err(error) => Err(refusal(&error, bytes)),
        }
    }

    /// Returns the document as text.
    pub(crate) fn text(&self) -> &str {
        self.document.as_xml()
    }
}

fn refusal(error: &XmlDocumentError, bytes: &[u8]) -> Refusal {
    let text = String::from_utf8_lossy(bytes);
    match error {
        XmlDocumentError::Parse(ParseError::DtdDetected) => {
            Refusal::Forbidden("a document type declaration".to_owned())
        }
        XmlDocumentError::Parse(
            ParseError::EntityExpansionLimitReached { .. }
            | ParseError::EntityExpansionWorkLimitReached { .. },
        ) => Refusal::Forbidden("entities that expand".to_owned()),
        _ if text.contains("<!DOCTYPE") => Refusal::Forbidden("a document type declaration".to_owned()),
        _ if text.contains("<!ENTITY") => Refusal::Forbidden("an entity declaration".to_owned()),
        XmlDocumentError::DocumentTooLarge { maximum, actual } => {
            Refusal::TooLarge(format!("{actual} bytes of XML, at most {maximum}"))
        }
        XmlDocumentError::DocumentTooDeep { .. }
        | XmlDocumentError::Parse(
            ParseError::NodesLimitReached
            | ParseError::DepthLimitReached { .. }
            | ParseError::ByteLimitReached { .. }
            | ParseError::NamespaceBindingLimitReached { .. },
        ) => Refusal::TooLarge(error.to_string()),
        _ => match foreign_entity(&text) {
            Some(name) => Refusal::Forbidden(format!("the entity &{name};")),
            None => Refusal::Malformed(error.to_string()),
        },
    }
}

/// Returns the name of the first entity that is not one of XML's own.
fn foreign_entity(text: &str) -> Option<&str> {
    text.split('&').skip(1).find_map(|after| {
        let (name, _) = after.split_once(';')?;
        let is_name = !name.is_empty()
            && name.len() < 64
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':'));
        (is_name && !matches!(name, "amp" | "lt" | "gt" | "quot" | "apos")).then_some(name)
    })
}

/// Joins all text of an element, so that nothing between its pieces can shorten it.
fn text_of(node: Node<'_, '_>) -> String {
    let whole: String = node.descendants().filter(Node::is_text).filter_map(Node::text).collect();
    whole.trim().to_owned()
}

/// Elements among the children of a node.
fn elements<'a, 'input>(node: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(Node::is_element)
}

/// Children with a name.
fn named<'a, 'input>(
    node: Node<'a, 'input>,
    namespace: &'static str,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    elements(node).filter(move |child| child.has_tag_name((namespace, name)))
}
