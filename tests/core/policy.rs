//! The policy by itself: what is wrong with it, and where values come from.

use lockstep_core::attribute::{Attribute, SourceField};
use lockstep_core::policy::mapping::{Feed, Feeds, is_same_value};
use lockstep_core::policy::validate::validate;
use lockstep_core::policy::{DomainPolicy, Guards, Mapping, Policy};

use crate::org::source_person;

#[test]
fn a_default_policy_has_nothing_wrong() {
    assert!(validate(&Policy::default()).is_empty());
}

#[test]
fn what_is_wrong_with_a_policy_is_said_one_by_one() {
    type Break = fn(&mut Policy);
    let cases: [(&str, Break); 9] = [
        ("mapping_required", |policy| {
            policy.mapping.off.insert(Attribute::Email);
        }),
        ("mapping_fixed", |policy| {
            policy.mapping.source.insert(Attribute::ExternalId, "username".to_owned());
        }),
        ("mapping_without_source", |policy| {
            policy.mapping.source.insert(Attribute::Title, " ".to_owned());
        }),
        ("mapping_custom_attribute", |policy| {
            policy.mapping.source.insert(Attribute::Title, "squad".to_owned());
        }),
        ("domain_malformed", |policy| {
            policy.typed_domains.insert("https://example.com".to_owned());
            policy.typed_domains.insert("example".to_owned());
        }),
        ("protected_person_malformed", |policy| {
            policy.protected_people.insert("ada".to_owned());
        }),
        ("user_limit_zero", |policy| policy.user_limit = 0),
        ("guard_share_too_large", |policy| {
            policy.guards = Guards { max_deactivation_share: Some(101), ..Guards::default() };
        }),
        ("domains_ignored", |policy| {
            policy.domains = DomainPolicy::Any;
            policy.typed_domains.insert("example.com".to_owned());
        }),
    ];
    for (code, break_it) in cases {
        let mut policy = Policy::default();
        break_it(&mut policy);
        let findings = validate(&policy);
        assert!(
            !findings.is_empty() && findings.iter().all(|finding| finding.code == code),
            "{code}: {findings:?}"
        );
    }
}

#[test]
fn s2_what_must_be_mapped_stays_mapped_whatever_a_policy_says() {
    let mut mapping = Mapping::default();
    mapping.off.extend([Attribute::Email, Attribute::UserName, Attribute::ExternalId, Attribute::Title]);
    mapping.source.insert(Attribute::ExternalId, "username".to_owned());
    let feeds = Feeds::new(&mapping);
    assert_eq!(feeds.feed(Attribute::Email), Feed::Field(SourceField::Email));
    assert_eq!(feeds.feed(Attribute::UserName), Feed::Field(SourceField::Username));
    assert_eq!(feeds.feed(Attribute::ExternalId), Feed::Id);
    assert_eq!(feeds.feed(Attribute::Title), Feed::Off);
}

#[test]
fn s2_every_value_says_where_it_comes_from() {
    let mut person = source_person("ada");
    person.fields.set(SourceField::DisplayName, None);
    let mapping = Mapping::default();
    let feeds = Feeds::new(&mapping);
    let full = feeds.provenance(&person, Attribute::DisplayName);
    assert_eq!(full.fields, ["displayname", "firstname", "lastname"]);
    assert_eq!(full.value.as_deref(), Some("Ada Lovelace"));
    assert_eq!(feeds.provenance(&person, Attribute::NickName).value, None, "no display name, no nick name");
    assert_eq!(feeds.provenance(&person, Attribute::ExternalId).value.as_deref(), Some("jc-ada"));
}

#[test]
fn drift_is_told_from_normalisation() {
    for (attribute, desired, observed, expected) in [
        (Attribute::Email, "Ada@Example.com", "ada@example.com", true),
        (Attribute::UserName, "Ada", "ada", true),
        (Attribute::FamilyName, "Lovelace", "lovelace", false),
        (Attribute::FamilyName, "A\u{30a}ngstr\u{f6}m", "\u{c5}ngstr\u{f6}m", true),
        (Attribute::ExternalId, "abc", "ABC", false),
        (Attribute::Title, "Analyst", "Analyst ", false),
    ] {
        assert_eq!(is_same_value(attribute, desired, observed), expected, "{desired:?} and {observed:?}");
    }
}
