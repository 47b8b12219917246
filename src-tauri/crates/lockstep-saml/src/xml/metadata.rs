//! What an identity provider's metadata says (saml-metadata §2.4.3).

use xml_sec::Node;

use super::names::{METADATA, SIGNATURE};
use super::{Parsed, Refusal, named, text_of};

/// Metadata as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RawMetadata {
    pub(crate) entity_id: Option<String>,
    pub(crate) has_idp: bool,
    pub(crate) sso: Vec<RawEndpoint>,
    pub(crate) certificates: Vec<String>,
    pub(crate) name_id_formats: Vec<String>,
    pub(crate) descriptors: usize,
}

/// An address and how it is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawEndpoint {
    pub(crate) binding: String,
    pub(crate) location: String,
}

/// Reads the first entity that is an identity provider; `None` when it is no metadata.
pub(crate) fn read_metadata(bytes: &[u8]) -> Result<Option<RawMetadata>, Refusal> {
    let parsed = Parsed::new(bytes)?;
    Ok(parsed.document.with_view(|view| {
        let root = view.document().root_element();
        let entities: Vec<Node<'_, '_>> =
            root.descendants().filter(|node| node.has_tag_name((METADATA, "EntityDescriptor"))).collect();
        let idp = |entity: &&Node<'_, '_>| named(**entity, METADATA, "IDPSSODescriptor").next().is_some();
        let entity = entities.iter().find(idp).or(entities.first())?;
        let mut metadata = RawMetadata {
            entity_id: entity.attribute("entityID").map(|id| id.trim().to_owned()),
            descriptors: entities.len(),
            ..RawMetadata::default()
        };
        for descriptor in named(*entity, METADATA, "IDPSSODescriptor") {
            metadata.has_idp = true;
            metadata.read(descriptor);
        }
        Some(metadata)
    }))
}

impl RawMetadata {
    fn read(&mut self, descriptor: Node<'_, '_>) {
        let attribute = |node: Node<'_, '_>, name| node.attribute(name).unwrap_or_default().trim().to_owned();
        for service in named(descriptor, METADATA, "SingleSignOnService") {
            self.sso.push(RawEndpoint {
                binding: attribute(service, "Binding"),
                location: attribute(service, "Location"),
            });
        }
        for key in named(descriptor, METADATA, "KeyDescriptor")
            .filter(|key| key.attribute("use") != Some("encryption"))
        {
            let certificates =
                key.descendants().filter(|node| node.has_tag_name((SIGNATURE, "X509Certificate")));
            self.certificates.extend(certificates.map(text_of));
        }
        self.name_id_formats.extend(named(descriptor, METADATA, "NameIDFormat").map(text_of));
    }
}
