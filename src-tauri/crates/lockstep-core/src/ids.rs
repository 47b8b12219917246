//! Identifiers, one type each, so that a JumpCloud id cannot be passed for a SCIM id.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Cheap to clone: large organisations repeat the same id in many memberships.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "specta", derive(specta::Type))]
        pub struct $name(#[cfg_attr(feature = "specta", specta(type = String))] Arc<str>);

        impl $name {
            /// Wraps the identifier as the vendor gave it.
            pub fn new(value: impl Into<Arc<str>>) -> Self {
                Self(value.into())
            }

            /// Returns the identifier's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                Self(value.into())
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::from)
            }
        }
    };
}

id! {
    /// A JumpCloud system user's `_id` (24 hex digits as seen).
    SourceUserId
}
id! {
    /// A JumpCloud user group's `id`.
    SourceGroupId
}
id! {
    /// The service provider's `id` of a SCIM user or group; opaque, may contain any character.
    ScimId
}
id! {
    /// A connection's slug, made from its name when it is added.
    ConnectionId
}
id! {
    /// A plan's identifier.
    PlanId
}
id! {
    /// A run's identifier.
    RunId
}
id! {
    /// An operation's identifier: derived from its kind and subject, so the same need has the same id in every plan.
    OperationId
}
id! {
    /// A conflict's identifier: derived from its kind and subject.
    ConflictId
}
