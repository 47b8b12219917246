//! Why it is not clear which account a person has.

use super::rules::Rule;

/// An account that the rules named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// Position of the account.
    pub(crate) user: u32,
    /// The surest rule that named it.
    pub(crate) rule: Rule,
    /// Position of the person in JumpCloud whom the account belongs to already, by link or by `externalId`.
    pub(crate) belongs_to: Option<u32>,
}

/// What speaks against a simple answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// The rules named several accounts.
    SeveralAccounts,
    /// The account belongs to another person in JumpCloud.
    BelongsToAnother,
    /// Another person in scope has a claim on the same account.
    SeveralPeople,
    /// Another person, new or about to be updated, has the same address or user name.
    SameAsAnotherPerson,
}

/// A case for the admin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ambiguity {
    /// The gravest doubt.
    pub(crate) doubt: Doubt,
    /// The accounts named, by rule and id; empty where only two new people clash.
    pub(crate) candidates: Vec<Candidate>,
    /// Positions of the other people concerned.
    pub(crate) rivals: Vec<u32>,
}
