//! The three kinds of keys and their names in the environment and in the secret store.

use lockstep_core::ids::ConnectionId;

pub use crate::api::views::KeyKind as SecretKind;

impl SecretKind {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Jumpcloud, Self::Scim, Self::Organisation];

    /// Returns the kind's name on the command line and in the secret store's account.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jumpcloud => "jumpcloud",
            Self::Scim => "scim",
            Self::Organisation => "organisation",
        }
    }

    /// Returns what people call it, for sentences.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Jumpcloud => "JumpCloud API key",
            Self::Scim => "SCIM key",
            Self::Organisation => "organisation key",
        }
    }

    /// Returns the environment variable that holds it for all connections.
    #[must_use]
    pub const fn variable(self) -> &'static str {
        match self {
            Self::Jumpcloud => "LOCKSTEP_JUMPCLOUD_API_KEY",
            Self::Scim => "LOCKSTEP_SCIM_TOKEN",
            Self::Organisation => "LOCKSTEP_ORGANISATION_KEY",
        }
    }

    /// Returns the environment variable that holds it for one connection and wins over the general one.
    #[must_use]
    pub fn variable_for(self, connection: &ConnectionId) -> String {
        let id = connection.as_str().to_uppercase().replace('-', "_");
        format!("{}__{id}", self.variable())
    }

    /// Returns the account under which the secret store keeps it.
    pub(super) fn account(self, connection: &ConnectionId) -> String {
        format!("{}/{}", connection.as_str(), self.name())
    }
}
