//! Who may be provisioned: scope (S1), lifecycle (S7) and domains (S9), each with the reason why not.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::email;
use crate::plan::operation::ReasonCode;
use crate::policy::{DomainPolicy, Policy};
use crate::snapshot::source::{LifecycleState, SourcePerson};
use crate::snapshot::target::TargetSnapshot;

/// The domains whose addresses may be provisioned.
#[derive(Debug, Clone)]
pub struct Domains<'a> {
    verified: Option<BTreeSet<Cow<'a, str>>>,
}

/// What the domain rule says of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DomainVerdict {
    /// It may be provisioned.
    Allowed,
    /// There is no usable address.
    NoAddress,
    /// The domain is not among the verified ones.
    NotVerified,
}

impl<'a> Domains<'a> {
    /// Joins the organisation's verified domains and those that the admin typed in.
    pub fn new(policy: &'a Policy, target: &'a TargetSnapshot) -> Self {
        let verified = (policy.domains == DomainPolicy::VerifiedOnly).then(|| {
            let organisation = target.organisation.iter().flat_map(|known| &known.verified_domains);
            organisation.chain(&policy.typed_domains).map(|domain| email::fold(domain)).collect()
        });
        Self { verified }
    }

    /// Whether nobody can pass: only verified domains are allowed, and none is known.
    pub fn is_closed(&self) -> bool {
        self.verified.as_ref().is_some_and(BTreeSet::is_empty)
    }

    /// Whether somebody of that address may be created and updated.
    pub fn may_be_sent(&self, address: Option<&str>) -> bool {
        self.verified.is_none() || self.judge(address) == DomainVerdict::Allowed
    }

    /// Judges an address. A subdomain is a domain of its own: Atlassian verifies each.
    pub fn judge(&self, address: Option<&str>) -> DomainVerdict {
        let Some(domain) = address.and_then(email::domain) else { return DomainVerdict::NoAddress };
        match &self.verified {
            Some(verified) if !verified.contains(&domain) => DomainVerdict::NotVerified,
            _ => DomainVerdict::Allowed,
        }
    }
}

/// Returns why JumpCloud means a person not to be able to work; `None` for an active one (S7).
pub fn inactivity(person: &SourcePerson) -> Option<ReasonCode> {
    match person.state {
        LifecycleState::Suspended => Some(ReasonCode::Suspended),
        LifecycleState::Staged => Some(ReasonCode::Staged),
        LifecycleState::Activated => person.password_expired.then_some(ReasonCode::PasswordExpired),
    }
}
