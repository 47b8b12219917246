//! The name in the IdP URL: proposed from the organisation's name, never the default, never one that is taken.

use lockstep_saml::idp_url::{IdpUrlProblemKind as Kind, address, check, propose};
use proptest::prelude::*;

#[test]
fn a_name_is_proposed_from_the_organisations() {
    for (organisation, wanted) in [
        ("Acme", "acme-atlassian"),
        ("Acme, Inc.", "acme-inc-atlassian"),
        ("Société Générale d’Été", "societe-generale-dete-atlassian"),
        ("Straße & Söhne", "strasse-sohne-atlassian"),
        ("  --  ", "company-atlassian"),
        ("株式会社", "company-atlassian"),
        ("Atlassian Cloud", "atlassian-cloud"),
        ("AtlassianCloud", "company-atlassian"),
    ] {
        assert_eq!(propose(organisation, &[]), wanted, "{organisation}");
    }
    let taken = [address("acme-atlassian"), "https://sso.jumpcloud.com/saml2/ACME-atlassian-2/".to_owned()];
    assert_eq!(propose("Acme", &taken), "acme-atlassian-3", "the next one that is free");
}

#[test]
fn every_wrong_name_is_refused_with_its_reason() {
    let taken = [address("acme")];
    for (name, wanted) in [
        ("acme-atlassian", vec![]),
        ("", vec![Kind::Empty]),
        ("atlassiancloud", vec![Kind::Default]),
        ("AtlassianCloud", vec![Kind::Default, Kind::Characters]),
        ("Acme Atlassian", vec![Kind::Characters]),
        ("acme_atlassian", vec![Kind::Characters]),
        ("акме", vec![Kind::Characters]),
        ("-acme-", vec![Kind::Hyphens]),
        ("acme", vec![Kind::Taken]),
        ("https://sso.jumpcloud.com/saml2/x", vec![Kind::WholeAddress]),
        (&"a".repeat(65), vec![Kind::TooLong]),
    ] {
        let kinds: Vec<Kind> = check(name, &taken).iter().map(|problem| problem.kind).collect();
        assert_eq!(kinds, wanted, "{name}");
    }
}

proptest! {
    #[test]
    fn whatever_the_organisation_is_called_the_proposal_is_accepted(name in ".{0,80}", others in prop::collection::vec("[a-z]{1,8}", 0..20)) {
        let mut taken: Vec<String> = others.iter().map(|other| address(other)).collect();
        let first = propose(&name, &taken);
        prop_assert!(check(&first, &taken).is_empty(), "{first}");
        taken.push(address(&first));
        let second = propose(&name, &taken);
        prop_assert!(second != first && check(&second, &taken).is_empty(), "{second}");
    }
}
