//! The attribute mapping (S2): which JumpCloud field feeds which SCIM attribute, and what a person's value is.

use std::borrow::Cow;

use crate::attribute::{Attribute, SourceField};
use crate::email;
use crate::policy::Mapping;
use crate::snapshot::source::SourcePerson;

/// Where an attribute's values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feed<'a> {
    /// Switched off: neither sent nor compared.
    Off,
    /// JumpCloud's `_id`.
    Id,
    /// A field; no value clears the attribute.
    Field(SourceField),
    /// A custom attribute that JumpCloud has only where an admin added it; no value means "not ours to say".
    IfPresent(SourceField),
    /// A custom attribute that the admin named; no value clears the attribute.
    Custom(&'a str),
    /// `displayname`, else first and last name.
    FullName,
    /// The custom attribute `nickName`, else `displayname`.
    PublicName,
}

impl Feed<'_> {
    /// Returns JumpCloud's names of the fields, in the order in which they are tried; empty when the attribute is off.
    pub fn fields(self) -> Vec<String> {
        match self {
            Self::Off => Vec::new(),
            Self::Id => vec!["id".to_owned()],
            Self::Field(field) | Self::IfPresent(field) => vec![field.name().to_owned()],
            Self::Custom(name) => vec![name.to_owned()],
            Self::FullName => ["displayname", "firstname", "lastname"].map(str::to_owned).to_vec(),
            Self::PublicName => ["nickName", "displayname"].map(str::to_owned).to_vec(),
        }
    }
}

/// A mapping with defaults filled in.
#[derive(Debug, Clone)]
pub struct Feeds<'a> {
    feeds: [Feed<'a>; Attribute::ALL.len()],
}

/// What a person's value for an attribute is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Desired<'a> {
    /// Neither sent nor compared.
    Unmanaged,
    /// JumpCloud has no value.
    Nothing,
    /// The value, trimmed and never empty.
    Value(Cow<'a, str>),
}

impl<'a> Desired<'a> {
    /// Returns the value, if there is one.
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::Value(value) => Some(value),
            Self::Unmanaged | Self::Nothing => None,
        }
    }

    fn of(value: Option<&'a str>) -> Self {
        // Fields hold no blank text, so a trimmed value is never empty.
        value.map_or(Self::Nothing, |text| Self::Value(Cow::Borrowed(text.trim())))
    }
}

/// Where a person's value came from, for the page that explains it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// JumpCloud's names of the fields used, in the order in which they were tried; empty when the attribute is off.
    pub fields: Vec<String>,
    /// The value, if there is one.
    pub value: Option<String>,
}

impl<'a> Feeds<'a> {
    /// Fills in the defaults. What may not be switched off or fed from elsewhere stays as it is by default.
    pub fn new(mapping: &'a Mapping) -> Self {
        let mut feeds = [Feed::Off; Attribute::ALL.len()];
        for (slot, attribute) in feeds.iter_mut().zip(Attribute::ALL) {
            *slot = feed(mapping, *attribute);
        }
        Self { feeds }
    }

    /// Returns where the attribute's values come from.
    pub fn feed(&self, attribute: Attribute) -> Feed<'a> {
        self.feeds.get(attribute as usize).copied().unwrap_or(Feed::Off)
    }

    /// Returns a person's value; allocates only where two fields are joined.
    pub fn desired<'p>(&self, person: &'p SourcePerson, attribute: Attribute) -> Desired<'p> {
        let field = |field| person.fields.get(field);
        match self.feed(attribute) {
            Feed::Off => Desired::Unmanaged,
            Feed::Id => Desired::of(Some(person.id.as_str())),
            Feed::Field(source) => Desired::of(field(source)),
            Feed::IfPresent(source) => match field(source) {
                None => Desired::Unmanaged,
                value => Desired::of(value),
            },
            Feed::Custom(name) => Desired::of(custom(person, name)),
            Feed::PublicName => {
                Desired::of(field(SourceField::NickName).or_else(|| field(SourceField::DisplayName)))
            }
            Feed::FullName => {
                let display = field(SourceField::DisplayName);
                match (display, field(SourceField::FirstName), field(SourceField::LastName)) {
                    (Some(name), _, _) | (None, Some(name), None) | (None, None, Some(name)) => {
                        Desired::of(Some(name))
                    }
                    (None, Some(first), Some(last)) => {
                        Desired::Value(Cow::Owned(format!("{} {}", first.trim(), last.trim())))
                    }
                    (None, None, None) => Desired::Nothing,
                }
            }
        }
    }

    /// Says where a person's value comes from.
    pub fn provenance(&self, person: &SourcePerson, attribute: Attribute) -> Provenance {
        let fields = self.feed(attribute).fields();
        Provenance { fields, value: self.desired(person, attribute).value().map(str::to_owned) }
    }
}

fn feed(mapping: &Mapping, attribute: Attribute) -> Feed<'_> {
    if attribute.is_optional() && mapping.off.contains(&attribute) {
        return Feed::Off;
    }
    if attribute != Attribute::ExternalId
        && let Some(name) = mapping.source.get(&attribute)
    {
        return SourceField::from_name(name).map_or(Feed::Custom(name), Feed::Field);
    }
    match attribute {
        Attribute::ExternalId => Feed::Id,
        Attribute::UserName => Feed::Field(SourceField::Username),
        Attribute::Email => Feed::Field(SourceField::Email),
        Attribute::GivenName => Feed::Field(SourceField::FirstName),
        Attribute::MiddleName => Feed::Field(SourceField::MiddleName),
        Attribute::FamilyName => Feed::Field(SourceField::LastName),
        Attribute::DisplayName => Feed::FullName,
        Attribute::NickName => Feed::PublicName,
        Attribute::Title => Feed::Field(SourceField::JobTitle),
        Attribute::Department => Feed::Field(SourceField::Department),
        Attribute::Organization => Feed::Field(SourceField::Company),
        Attribute::PreferredLanguage => Feed::IfPresent(SourceField::PreferredLanguage),
        Attribute::Timezone => Feed::IfPresent(SourceField::Timezone),
        Attribute::WorkPhone => Feed::Field(SourceField::WorkPhone),
    }
}

/// Returns a custom attribute's value; JumpCloud's names of them are compared without regard to letter case.
fn custom<'p>(person: &'p SourcePerson, name: &str) -> Option<&'p str> {
    person
        .custom
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
        .filter(|value| !value.is_empty())
}

/// Whether an observed value already is the desired one.
///
/// Addresses and user names differ only when more than letter case does (S5; RFC 7643 §4.1.1 says the same of
/// `userName`). Everywhere another Unicode form of the same text counts as equal: servers normalise, and that is no drift.
pub fn is_same_value(attribute: Attribute, desired: &str, observed: &str) -> bool {
    match attribute {
        Attribute::Email | Attribute::UserName => email::same(desired, observed),
        _ => email::same_text(desired, observed),
    }
}
