//! A connection's policy: what may be provisioned, and how far a plan may go by itself.

pub mod mapping;
pub mod scope;
pub mod validate;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::attribute::Attribute;

/// Whose addresses may be provisioned (S9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum DomainPolicy {
    /// Only people whose address is in a verified domain.
    #[default]
    VerifiedOnly,
    /// Anybody in scope.
    Any,
}

/// The order in which new people take the places under the user limit (S10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum UserOrder {
    /// By the time they were first seen in scope; until that is known, by JumpCloud's creation time.
    #[default]
    Joined,
    /// By name.
    Name,
    /// By JumpCloud's `created`.
    JumpcloudCreated,
}

/// What happens to the account of a person deleted in JumpCloud (S8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum DeletedUsers {
    /// It is deactivated, which can be undone.
    #[default]
    Deactivate,
    /// It is deleted, which cannot.
    Delete,
}

/// Limits above which operations of a kind are held (R3).
///
/// `None` stands for the built-in default, which spares tiny organisations; a number set by the admin counts as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Guards {
    /// Deactivations and deletions in one plan; default 25.
    pub max_deactivations: Option<u32>,
    /// The same as a share of the active linked people, in percent; default 10, counting from three on.
    pub max_deactivation_share: Option<u8>,
    /// Removed memberships as a share of all memberships, in percent; default 20, counting from ten on.
    pub max_removal_share: Option<u8>,
}

/// Which JumpCloud field feeds which SCIM attribute (S2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Mapping {
    /// Optional attributes that are switched off: neither sent nor compared.
    pub off: BTreeSet<Attribute>,
    /// Attributes fed from another JumpCloud field or custom attribute than the default; by attribute, JumpCloud's name.
    pub source: BTreeMap<Attribute, String>,
}

/// A connection's policy.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(default)]
pub struct Policy {
    /// *Enable management of User Groups and Group Membership*.
    pub group_management: bool,
    /// Whose addresses may be provisioned.
    pub domains: DomainPolicy,
    /// Verified domains that the admin typed in, lower case.
    pub typed_domains: BTreeSet<String>,
    /// How many SCIM users the directory may hold (S10).
    pub user_limit: u32,
    /// Who comes first under the limit.
    pub user_order: UserOrder,
    /// When a plan waits for a person.
    pub guards: Guards,
    /// E-mail addresses of people never touched, lower case.
    pub protected_people: BTreeSet<String>,
    /// Names of groups never touched.
    pub protected_groups: BTreeSet<String>,
    /// What happens to people deleted in JumpCloud.
    pub deleted_users: DeletedUsers,
    /// Attribute mapping.
    pub mapping: Mapping,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            group_management: true,
            domains: DomainPolicy::VerifiedOnly,
            typed_domains: BTreeSet::new(),
            // JumpCloud's article names 5,000; Atlassian's current limits are higher, so it is editable.
            user_limit: 5_000,
            user_order: UserOrder::default(),
            guards: Guards::default(),
            protected_people: BTreeSet::new(),
            protected_groups: BTreeSet::new(),
            deleted_users: DeletedUsers::default(),
            mapping: Mapping::default(),
        }
    }
}
