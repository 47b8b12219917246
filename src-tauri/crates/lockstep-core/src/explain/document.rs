//! An explanation as a document: what `lockstepctl explain` prints (`contract.md`, "Other JSON").

use serde::{Deserialize, Serialize};

use super::group::GroupExplanation;
use super::person::PersonExplanation;

/// The explanation of a person or of a group; both have the contract's names, and some more of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ExplanationDocument {
    /// Of a person.
    Person(Box<PersonExplanation>),
    /// Of a group.
    Group(Box<GroupExplanation>),
}
