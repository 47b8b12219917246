//! Atlassian's side of single sign-on: the SAML settings as its console saves them, and authentication policies.

use std::collections::BTreeSet;

/// The SAML settings that an administrator saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SavedSaml {
    /// *Identity provider Entity ID*.
    pub(crate) entity_id: String,
    /// *Identity provider SSO URL*.
    pub(crate) sso_url: String,
    /// *Public x509 certificate*, as it was pasted.
    pub(crate) certificate: String,
}

/// An authentication policy of the identity provider's directory, or the local directory's default one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Policy {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) enforces_sso: bool,
    /// New accounts of the directory's domains join it.
    pub(crate) is_default: bool,
    /// Account keys; whoever is in none is in the default one.
    pub(crate) members: BTreeSet<u32>,
}

/// A task that moves people to a policy. It is under way when it is asked for the first time, and done then.
#[derive(Clone, Debug)]
pub(crate) struct PolicyTask {
    pub(crate) id: String,
    pub(crate) polls: u32,
    pub(crate) moved: usize,
    /// Addresses that could not be moved, and why.
    pub(crate) failed: Vec<(String, PolicyFailure)>,
}

/// Why somebody cannot be moved to a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PolicyFailure {
    /// No account has the address.
    Unknown,
    /// The account is not managed by the organisation.
    Unmanaged,
}

/// An attempt to sign in to Atlassian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignIn {
    pub(crate) name_id: String,
    /// `signed-in`, `created`, or the `error_description`.
    pub(crate) outcome: String,
}

/// Single sign-on on Atlassian's side.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sso {
    /// The unique part of the SP Entity ID and of the ACS URL.
    pub(crate) unique: String,
    pub(crate) saved: Option<SavedSaml>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) tasks: Vec<PolicyTask>,
    /// Requests that were sent to the identity provider and not answered yet.
    pub(crate) requests: BTreeSet<String>,
    pub(crate) sign_ins: Vec<SignIn>,
    /// How far the identity provider's clock is ahead, in seconds.
    pub(crate) idp_clock_seconds: i64,
}

impl Sso {
    /// *Service provider entity URL*.
    pub(crate) fn sp_entity_id(&self) -> String {
        format!("https://auth.atlassian.com/saml/{}", self.unique)
    }

    /// *Service provider assertion consumer service URL*.
    pub(crate) fn acs_url(&self) -> String {
        format!("https://auth.atlassian.com/login/callback?connection=saml-{}", self.unique)
    }

    /// The policy that somebody is in.
    pub(crate) fn policy_of(&self, account: u32) -> Option<&Policy> {
        let own = self.policies.iter().find(|policy| policy.members.contains(&account));
        own.or_else(|| self.policies.iter().find(|policy| policy.is_default))
    }

    /// Moves somebody to a policy.
    pub(crate) fn join_policy(&mut self, account: u32, policy: usize) {
        for (index, other) in self.policies.iter_mut().enumerate() {
            if index == policy {
                other.members.insert(account);
            } else {
                other.members.remove(&account);
            }
        }
    }
}
