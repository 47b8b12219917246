//! Atlassian's two values as they are pasted: every way to get them wrong has its own name.

use lockstep_saml::check_sp_values;
use lockstep_saml::sp::{Loopback, SpContext, SpProblemKind as Kind, UsedEntityId};

const ENTITY: &str = "https://auth.atlassian.com/saml/5f3c9a52-1d7e-4b7c-9f0e-0a1b2c3d4e5f";
const ACS: &str =
    "https://auth.atlassian.com/login/callback?connection=saml-5f3c9a52-1d7e-4b7c-9f0e-0a1b2c3d4e5f";
const OTHER_ACS: &str =
    "https://auth.atlassian.com/login/callback?connection=saml-00000000-1d7e-4b7c-9f0e-0a1b2c3d4e5f";

fn kinds(entity: &str, acs: &str, context: &SpContext) -> Vec<Kind> {
    check_sp_values(entity, acs, context).problems.iter().map(|problem| problem.kind).collect()
}

#[test]
fn the_right_values_are_accepted_as_they_are() {
    let reading = check_sp_values(ENTITY, ACS, &SpContext::default());
    assert!(reading.is_accepted(), "{:?}", reading.problems);
    assert_eq!(reading.problems, [], "nothing to say");
    assert_eq!(reading.id.as_deref(), Some("5f3c9a52-1d7e-4b7c-9f0e-0a1b2c3d4e5f"), "the id of both");
}

#[test]
fn what_copying_does_is_put_right_and_said() {
    let encoded = ACS.replace(':', "%3A").replace('/', "%2F").replace('?', "%3F").replace('=', "%3D");
    let slash = format!("{ENTITY}/");
    let quoted = format!("\u{201C}{ACS}\u{201D}");
    for (entity, acs, kind) in [
        (&*format!("  {ENTITY}\n"), ACS, Kind::Surrounded),
        (ENTITY, &*quoted, Kind::Surrounded),
        (ENTITY, &*encoded, Kind::UrlEncoded),
        (&*slash, ACS, Kind::TrailingSlash),
    ] {
        let reading = check_sp_values(entity, acs, &SpContext::default());
        assert!(reading.is_accepted(), "{kind:?}: {:?}", reading.problems);
        assert_eq!(reading.problems[0].kind, kind, "it is said");
        assert_eq!(
            (reading.entity_id.as_deref(), reading.acs_url.as_deref()),
            (Some(ENTITY), Some(ACS)),
            "{kind:?}"
        );
    }
}

#[test]
fn every_wrong_paste_has_its_own_name() {
    let none = SpContext::default();
    for (entity, acs, wanted) in [
        ("", ACS, vec![Kind::Empty]),
        (ENTITY, "  ", vec![Kind::Empty]),
        (ACS, ENTITY, vec![Kind::Swapped]),
        (ENTITY, ENTITY, vec![Kind::SameValue]),
        (ACS, ACS, vec![Kind::SameValue]),
        (ENTITY, OTHER_ACS, vec![Kind::DifferentIds]),
        ("https://auth.atlassian.com/saml/5f3c 9a52", ACS, vec![Kind::SpacesWithin]),
        ("5f3c9a52-1d7e-4b7c-9f0e-0a1b2c3d4e5f", ACS, vec![Kind::NotAnAddress]),
        ("http://auth.atlassian.com/saml/5f3c", ACS, vec![Kind::NotHttps]),
        ("https://sso.jumpcloud.com/saml2/acme", ACS, vec![Kind::IdpValue]),
        ("https://acme.atlassian.net", ACS, vec![Kind::SiteAddress]),
        (ENTITY, "https://admin.atlassian.com/o/1/security", vec![Kind::SiteAddress]),
        ("https://auth.atlassian.com.attacker.example/saml/5f3c", ACS, vec![Kind::OtherHost]),
        ("https://auth.atlassian.com@attacker.example/saml/5f3c", ACS, vec![Kind::OtherHost]),
        ("https://user@auth.atlassian.com/saml/5f3c", ACS, vec![Kind::OtherHost]),
        ("https://auth.atlassian.com:8443/saml/5f3c", ACS, vec![Kind::OtherHost]),
        ("https://auth.atlassian.com/saml2/5f3c", ACS, vec![Kind::OtherShape]),
        ("https://auth.atlassian.com/saml/5f3c?x=1", ACS, vec![Kind::OtherShape]),
        ("https://auth.atlassian.com/saml/", ACS, vec![Kind::BadId]),
        ("https://auth.atlassian.com/saml/5f%003c", ACS, vec![Kind::BadId]),
        (ENTITY, "https://auth.atlassian.com/login/callback", vec![Kind::OtherShape]),
        (ENTITY, "https://auth.atlassian.com/login/callback?connection=5f3c9a52", vec![Kind::OtherShape]),
        (ENTITY, "https://auth.atlassian.com/login/callback?connection=saml-", vec![Kind::BadId]),
        (
            ENTITY,
            "https://auth.atlassian.com/login/callback?connection=saml-a&connection=saml-b",
            vec![Kind::OtherShape],
        ),
        (
            "http://127.0.0.1:4000/saml/5f3c",
            "http://127.0.0.1:4000/login/callback?connection=saml-5f3c",
            vec![Kind::OtherHost, Kind::OtherHost],
        ),
    ] {
        let reading = check_sp_values(entity, acs, &none);
        assert!(!reading.is_accepted(), "{entity} | {acs}");
        assert_eq!(kinds(entity, acs, &none), wanted, "{entity} | {acs}");
        assert!(reading.problems.iter().all(|problem| problem.text.ends_with('.')), "sentences");
    }
}

#[test]
fn the_sandbox_is_allowed_only_where_it_is_said() {
    let context = SpContext { loopback: Loopback::Allowed, ..SpContext::default() };
    let (entity, acs) = (
        "http://127.0.0.1:4000/atlassian/saml/5f3c",
        "http://127.0.0.1:4000/atlassian/login/callback?connection=saml-5f3c",
    );
    assert!(check_sp_values(entity, acs, &context).is_accepted(), "the sandbox's own");
    assert!(check_sp_values(ENTITY, ACS, &context).is_accepted(), "and the real ones");
    assert_eq!(kinds(entity, ACS, &context), [Kind::DifferentIds], "not one of each");
    let elsewhere = "http://127.0.0.1.attacker.example/saml/5f3c";
    assert_eq!(kinds(elsewhere, acs, &context), [Kind::OtherHost], "a name is no loopback address");
}

#[test]
fn values_of_another_connection_are_refused_and_changed_ones_are_said() {
    let used = vec![UsedEntityId { connection: "Acme Europe".to_owned(), entity_id: ENTITY.to_owned() }];
    let reading = check_sp_values(ENTITY, ACS, &SpContext { used, ..SpContext::default() });
    assert!(!reading.is_accepted(), "two connections cannot share one configuration");
    assert_eq!(reading.problems[0].kind, Kind::UsedElsewhere, "{:?}", reading.problems);
    assert!(reading.problems[0].text.contains("Acme Europe"), "whose they are");
    let current =
        SpContext { current_entity_id: Some(ENTITY.replace("5f3c", "0000")), ..SpContext::default() };
    let reading = check_sp_values(ENTITY, ACS, &current);
    assert!(reading.is_accepted(), "it may be meant");
    assert_eq!(reading.problems[0].kind, Kind::Changed, "but it is said");
    let same = SpContext { current_entity_id: Some(ENTITY.to_owned()), ..SpContext::default() };
    assert_eq!(kinds(ENTITY, ACS, &same), [], "the same again");
}
