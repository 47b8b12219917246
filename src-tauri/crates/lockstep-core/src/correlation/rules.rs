//! The rules by which an unlinked person's account is found: `externalId`, `userName`, primary e-mail (S3).

use std::borrow::Cow;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::attribute::Attribute;
use crate::email::{fold, nfc};
use crate::plan::operation::ReasonCode;
use crate::policy::mapping::Feeds;
use crate::snapshot::source::SourcePerson;
use crate::snapshot::target::TargetUser;

/// A rule, the surest first. All are looked at; the order only decides which one a sentence names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The account carries the person's JumpCloud id.
    ExternalId,
    /// The account has the person's user name.
    UserName,
    /// The account has the person's primary e-mail address.
    Email,
}

impl Rule {
    /// Every rule, the surest first.
    pub const ALL: [Self; 3] = [Self::ExternalId, Self::UserName, Self::Email];

    /// Returns the attribute that the rule compares.
    pub const fn attribute(self) -> Attribute {
        match self {
            Self::ExternalId => Attribute::ExternalId,
            Self::UserName => Attribute::UserName,
            Self::Email => Attribute::Email,
        }
    }

    /// Returns the reason that an account found by the rule is linked for.
    pub const fn reason(self) -> ReasonCode {
        match self {
            Self::ExternalId => ReasonCode::FoundByExternalId,
            Self::UserName => ReasonCode::FoundByUserName,
            Self::Email => ReasonCode::FoundByEmail,
        }
    }

    /// Returns what the rule compares, for sentences.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::ExternalId => "JumpCloud id",
            Self::UserName => "user name",
            Self::Email => "e-mail address",
        }
    }

    /// Returns the form in which the rule compares a value: an `externalId` letter by letter, the others folded.
    pub fn key(self, value: &str) -> Cow<'_, str> {
        match self {
            Self::ExternalId => nfc(value.trim()),
            Self::UserName | Self::Email => fold(value),
        }
    }

    /// Returns the key by which the rule looks for a person.
    pub(crate) fn key_of_person(self, feeds: &Feeds<'_>, person: &SourcePerson) -> Option<String> {
        feeds.desired(person, self.attribute()).value().map(|value| self.key(value).into_owned())
    }
}

/// Positions of the accounts that share a key: nearly always one.
#[derive(Debug, Clone)]
enum Hits {
    One(u32),
    Many(Vec<u32>),
}

impl Hits {
    fn push(&mut self, position: u32) {
        match self {
            Self::One(first) => *self = Self::Many(vec![*first, position]),
            Self::Many(all) => all.push(position),
        }
    }

    fn as_slice(&self) -> &[u32] {
        match self {
            Self::One(position) => std::slice::from_ref(position),
            Self::Many(all) => all,
        }
    }
}

/// Accounts by each rule's key, built from the full listing, since the server cannot filter on e-mail.
#[derive(Debug, Default)]
pub(crate) struct RuleIndex<'a> {
    by_rule: [IndexMap<Cow<'a, str>, Hits, FxBuildHasher>; 3],
}

impl<'a> RuleIndex<'a> {
    /// Indexes all accounts.
    pub(crate) fn new(users: &'a [TargetUser]) -> Self {
        let mut index = Self::default();
        for (map, rule) in index.by_rule.iter_mut().zip(Rule::ALL) {
            map.reserve(users.len());
            for (position, user) in (0u32..).zip(users) {
                if let Some(value) = user.attributes.get(rule.attribute()) {
                    map.entry(rule.key(value))
                        .and_modify(|hits| hits.push(position))
                        .or_insert(Hits::One(position));
                }
            }
        }
        index
    }

    /// Returns the positions of the accounts with that key.
    pub(crate) fn hits(&self, rule: Rule, key: &str) -> &[u32] {
        self.by_rule.get(rule as usize).and_then(|map| map.get(key)).map_or(&[], Hits::as_slice)
    }
}
