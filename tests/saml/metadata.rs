//! Metadata of an identity provider, and the cross-check with given values.

use lockstep_saml::metadata::{GivenValues, MetadataError, MetadataField, SsoBinding, cross_check};
use lockstep_saml::read_metadata;

use crate::support::{certificate, corpus, file};

#[test]
fn metadata_says_entity_id_addresses_and_certificates() {
    let metadata = read_metadata(&file("metadata/idp.xml")).unwrap();
    let corpus = corpus();
    assert_eq!(metadata.entity_id, corpus.idp_entity_id, "entity ID");
    assert_eq!(metadata.sso[0].binding, SsoBinding::Redirect, "the redirect comes first");
    assert_eq!(metadata.sso.len(), 2, "both bindings");
    assert_eq!(metadata.certificates, [certificate("idp").facts()], "the signing certificate");
}

#[test]
fn values_that_agree_have_no_differences_and_each_that_does_not_is_named() {
    let metadata = read_metadata(&file("metadata/idp.xml")).unwrap();
    let given = GivenValues {
        entity_id: Some(metadata.entity_id.clone()),
        sso_url: Some(metadata.sso[0].url.clone()),
        certificate: Some(certificate("idp")),
    };
    assert_eq!(cross_check(&metadata, &given), [], "all agree");
    assert_eq!(cross_check(&metadata, &GivenValues::default()), [], "nothing was given");
    let other = GivenValues {
        entity_id: Some(metadata.entity_id.to_uppercase()),
        sso_url: Some("https://sso.jumpcloud.com/saml2/other".to_owned()),
        certificate: Some(certificate("other")),
    };
    let fields: Vec<MetadataField> =
        cross_check(&metadata, &other).iter().map(|difference| difference.field).collect();
    assert_eq!(
        fields,
        [MetadataField::EntityId, MetadataField::SsoUrl, MetadataField::Certificate],
        "each one"
    );
}

#[test]
fn what_is_no_metadata_of_an_identity_provider_is_refused() {
    let idp = String::from_utf8(file("metadata/idp.xml")).unwrap();
    let unnamed = idp.replace("entityID=", "other=");
    let hostile = idp.replace("?>\n", "?>\n<!DOCTYPE a [<!ENTITY x \"y\">]>");
    for (what, input, is_right) in [
        (
            "a service provider's",
            file("metadata/sp.xml"),
            (|error| matches!(error, MetadataError::NotAnIdp)) as fn(&MetadataError) -> bool,
        ),
        ("other XML", b"<a/>".to_vec(), |error| matches!(error, MetadataError::NotMetadata)),
        ("a page", b"<html><p>Sign in".to_vec(), |error| matches!(error, MetadataError::Malformed(_))),
        ("nothing", Vec::new(), |error| matches!(error, MetadataError::Malformed(_))),
        ("without a name", unnamed.into_bytes(), |error| matches!(error, MetadataError::NoEntityId)),
        ("with a DTD", hostile.into_bytes(), |error| matches!(error, MetadataError::Forbidden(_))),
        ("too much", vec![b' '; 600_000], |error| matches!(error, MetadataError::TooLarge(_))),
    ] {
        let error = read_metadata(&input).expect_err(what);
        assert!(is_right(&error), "{what}: {error:?}");
    }
}
