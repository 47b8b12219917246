//! The shape of a response, before anything in it is believed.

use std::collections::BTreeSet;

use xml_sec::Node;

use super::names::{ASSERTION, ENVELOPED, EXCLUSIVE_C14N, OTHER_C14N, PROTOCOL, SIGNATURE};
use super::{Parsed, named, text_of};

/// What stands where in a document. Everything in it is unverified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    /// Local name of the root, and whether it is of SAML's protocol.
    pub(crate) root: String,
    pub(crate) is_response: bool,
    /// Responses within the response.
    pub(crate) nested_responses: usize,
    pub(crate) assertions: Vec<AssertionAt>,
    pub(crate) encrypted_assertions: usize,
    pub(crate) signatures: Vec<SignatureAt>,
    /// Ids that several elements have.
    pub(crate) repeated_ids: BTreeSet<String>,
    /// The first comment or processing instruction, by where it is.
    pub(crate) forbidden: Option<String>,
    /// The response's own issuer and destination.
    pub(crate) issuer: Option<String>,
    pub(crate) destination: Option<String>,
    /// Status codes, outermost first.
    pub(crate) status: Vec<String>,
    /// The identity provider's own words about it.
    pub(crate) status_message: Option<String>,
}

/// An assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AssertionAt {
    pub(crate) id: Option<String>,
    pub(crate) is_child_of_root: bool,
    pub(crate) is_signed: bool,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignatureAt {
    pub(crate) place: Place,
    /// Id of the element that holds it.
    pub(crate) parent_id: Option<String>,
    pub(crate) method: String,
    pub(crate) digests: Vec<String>,
    /// What it refers to.
    pub(crate) references: Vec<String>,
    pub(crate) transforms: Transforms,
    /// Whether it carries content of its own.
    pub(crate) has_object: bool,
    /// The certificates in its KeyInfo, as text.
    pub(crate) certificates: Vec<String>,
}

/// Where a signature stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Directly in the root.
    Response,
    /// Directly in an assertion that is directly in the root.
    Assertion,
    /// Anywhere else.
    Elsewhere,
}

/// What a signature does to the content before it digests it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Transforms {
    /// What SAML allows.
    Allowed,
    /// Another canonical form.
    OtherCanonicalForm(String),
    /// Something that could leave content out.
    Forbidden(String),
}

impl Parsed {
    /// Walks the document once.
    pub(crate) fn outline(&self) -> Outline {
        self.document.with_view(|view| {
            let document = view.document();
            let root = document.root_element();
            let mut outline = Outline {
                root: root.tag_name().name().to_owned(),
                is_response: root.has_tag_name((PROTOCOL, "Response")),
                ..Outline::default()
            };
            let mut ids = BTreeSet::new();
            for node in document.descendants() {
                if node.is_comment() || node.is_pi() {
                    let what = if node.is_comment() { "a comment" } else { "a processing instruction" };
                    let place =
                        node.parent_element().map_or("the document", |parent| parent.tag_name().name());
                    outline.forbidden.get_or_insert_with(|| format!("{what} in {place}"));
                } else if node.is_element() {
                    note_ids(node, &mut ids, &mut outline.repeated_ids);
                    note_element(node, root, &mut outline);
                }
            }
            outline.issuer = named(root, ASSERTION, "Issuer").next().map(text_of);
            outline.destination = root.attribute("Destination").map(str::to_owned);
            if let Some(status) = named(root, PROTOCOL, "Status").next() {
                outline.status = status_codes(status);
                outline.status_message = named(status, PROTOCOL, "StatusMessage").next().map(text_of);
            }
            outline
        })
    }
}

fn note_ids(node: Node<'_, '_>, ids: &mut BTreeSet<String>, repeated: &mut BTreeSet<String>) {
    for attribute in node.attributes() {
        let is_id = matches!(attribute.name(), "ID" | "Id" | "id" | "AssertionID");
        if is_id && !ids.insert(attribute.value().to_owned()) {
            repeated.insert(attribute.value().to_owned());
        }
    }
}

fn note_element(node: Node<'_, '_>, root: Node<'_, '_>, outline: &mut Outline) {
    let name = node.tag_name().name();
    if node.has_tag_name((SIGNATURE, "Signature")) {
        outline.signatures.push(signature_at(node, root));
    } else if name == "Response" && node != root {
        outline.nested_responses += 1;
    } else if name == "EncryptedAssertion" {
        outline.encrypted_assertions += 1;
    } else if name == "Assertion" {
        outline.assertions.push(AssertionAt {
            id: node.attribute("ID").map(str::to_owned),
            is_child_of_root: node.has_tag_name((ASSERTION, "Assertion"))
                && node.parent_element() == Some(root),
            is_signed: named(node, SIGNATURE, "Signature").next().is_some(),
        });
    }
}

fn signature_at(node: Node<'_, '_>, root: Node<'_, '_>) -> SignatureAt {
    let parent = node.parent_element();
    let place = match parent {
        Some(parent) if parent == root => Place::Response,
        Some(parent)
            if parent.has_tag_name((ASSERTION, "Assertion")) && parent.parent_element() == Some(root) =>
        {
            Place::Assertion
        }
        _ => Place::Elsewhere,
    };
    let algorithm = |node: Node<'_, '_>| node.attribute("Algorithm").unwrap_or_default().to_owned();
    let mut signature = SignatureAt {
        place,
        parent_id: parent.and_then(|parent| parent.attribute("ID")).map(str::to_owned),
        method: String::new(),
        digests: Vec::new(),
        references: Vec::new(),
        transforms: Transforms::Allowed,
        has_object: named(node, SIGNATURE, "Object").next().is_some(),
        certificates: Vec::new(),
    };
    let mut transforms = Vec::new();
    for info in named(node, SIGNATURE, "SignedInfo") {
        transforms.extend(named(info, SIGNATURE, "CanonicalizationMethod").map(algorithm));
        signature.method =
            named(info, SIGNATURE, "SignatureMethod").next().map(algorithm).unwrap_or_default();
        for reference in named(info, SIGNATURE, "Reference") {
            signature.references.push(reference.attribute("URI").unwrap_or_default().to_owned());
            signature.digests.extend(named(reference, SIGNATURE, "DigestMethod").map(algorithm));
            for list in named(reference, SIGNATURE, "Transforms") {
                transforms.extend(named(list, SIGNATURE, "Transform").map(algorithm));
            }
        }
    }
    for info in named(node, SIGNATURE, "KeyInfo") {
        let certificates =
            info.descendants().filter(|inner| inner.has_tag_name((SIGNATURE, "X509Certificate")));
        signature.certificates.extend(certificates.map(text_of));
    }
    signature.transforms = judged(&transforms);
    signature
}

fn judged(transforms: &[String]) -> Transforms {
    let is_allowed = |uri: &&String| matches!(uri.as_str(), ENVELOPED | EXCLUSIVE_C14N);
    let is_canonical = |uri: &&String| OTHER_C14N.contains(&uri.as_str());
    let mut others = transforms.iter().filter(|uri| !is_allowed(uri));
    if let Some(uri) = others.clone().find(|uri| !is_canonical(uri)) {
        return Transforms::Forbidden(uri.clone());
    }
    others.next().map_or(Transforms::Allowed, |uri| Transforms::OtherCanonicalForm(uri.clone()))
}

/// Status codes from the outside in; a second one says more about the first.
pub(super) fn status_codes(status: Node<'_, '_>) -> Vec<String> {
    let mut codes = Vec::new();
    let mut node = status;
    // Two levels are what SAML defines (saml-core §3.2.2.2); a few more do no harm.
    while let Some(code) = named(node, PROTOCOL, "StatusCode").next().filter(|_| codes.len() < 4) {
        codes.push(code.attribute("Value").unwrap_or_default().to_owned());
        node = code;
    }
    codes
}
