//! The SCIM attributes that Lockstep manages, the JumpCloud fields they come from, and compact sets of their values.

use serde::{Deserialize, Serialize};

macro_rules! keyed_values {
    (
        $(#[$key_doc:meta])* $key:ident,
        $(#[$set_doc:meta])* $set:ident,
        { $( $(#[$doc:meta])* $variant:ident => $name:literal ),+ $(,)? }
    ) => {
        $(#[$key_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "specta", derive(specta::Type))]
        pub enum $key {
            $( $(#[$doc])* #[serde(rename = $name)] $variant ),+
        }

        impl $key {
            /// Every key, in a fixed order.
            pub const ALL: &'static [Self] = &[$( Self::$variant ),+];

            /// Returns the name as it is written in plans, settings and on the command line.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $name ),+ }
            }

            /// Returns the key of that name, compared without regard to letter case.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|key| key.name().eq_ignore_ascii_case(name))
            }
        }

        $(#[$set_doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
        pub struct $set {
            values: [Option<Box<str>>; $key::ALL.len()],
        }

        impl $set {
            /// Returns the value, which is never empty text.
            pub fn get(&self, key: $key) -> Option<&str> {
                self.values.get(key as usize).and_then(|value| value.as_deref())
            }

            /// Sets the value; empty or blank text counts as no value.
            pub fn set(&mut self, key: $key, value: Option<&str>) {
                if let Some(slot) = self.values.get_mut(key as usize) {
                    *slot = value.filter(|text| !text.trim().is_empty()).map(Box::from);
                }
            }

            /// Returns the set with the value set; for building in one expression.
            #[must_use]
            pub fn with(mut self, key: $key, value: &str) -> Self {
                self.set(key, Some(value));
                self
            }

            /// Iterates over the values that are present, in the fixed order of the keys.
            pub fn iter(&self) -> impl Iterator<Item = ($key, &str)> {
                $key::ALL.iter().copied().filter_map(|key| self.get(key).map(|value| (key, value)))
            }
        }

        impl Serialize for $set {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.iter().map(|(key, value)| (key.name(), value)))
            }
        }

        impl<'de> Deserialize<'de> for $set {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let map = std::collections::BTreeMap::<String, String>::deserialize(deserializer)?;
                let mut set = Self::default();
                for (name, value) in &map {
                    if let Some(key) = $key::from_name(name) {
                        set.set(key, Some(value));
                    }
                }
                Ok(set)
            }
        }
    };
}

keyed_values! {
    /// A SCIM attribute that Lockstep writes (RFC 7643 §4.1, §4.3); its name is the one shown in plans.
    /// `active` is not among them: it is a decision (S2), not a copied value.
    Attribute,
    /// The values of a SCIM user's attributes, desired or observed.
    AttributeSet,
    {
        /// The JumpCloud id, fixed.
        ExternalId => "externalId",
        /// The login name.
        UserName => "userName",
        /// The primary work e-mail, `emails[type eq "work" and primary eq true].value`.
        Email => "email",
        /// `name.givenName`.
        GivenName => "name.givenName",
        /// `name.middleName`.
        MiddleName => "name.middleName",
        /// `name.familyName`.
        FamilyName => "name.familyName",
        /// The full name shown; Atlassian calls it "Display name".
        DisplayName => "displayName",
        /// The name shown to everybody; Atlassian calls it "Public name".
        NickName => "nickName",
        /// The job title.
        Title => "title",
        /// The enterprise extension's `department`.
        Department => "department",
        /// The enterprise extension's `organization`.
        Organization => "organization",
        /// A language tag, for example `en-GB`.
        PreferredLanguage => "preferredLanguage",
        /// An IANA time zone, for example `Europe/Lisbon`.
        Timezone => "timezone",
        /// The primary work phone, `phoneNumbers[type eq "work" and primary eq true].value`.
        WorkPhone => "phoneNumber",
    }
}

keyed_values! {
    /// A JumpCloud system user's field, under JumpCloud's own name.
    SourceField,
    /// The values of a JumpCloud system user's fields.
    SourceFields,
    {
        /// `username`.
        Username => "username",
        /// `email`.
        Email => "email",
        /// `firstname`.
        FirstName => "firstname",
        /// `middlename`.
        MiddleName => "middlename",
        /// `lastname`.
        LastName => "lastname",
        /// `displayname`.
        DisplayName => "displayname",
        /// `jobTitle`.
        JobTitle => "jobTitle",
        /// `department`.
        Department => "department",
        /// `company`.
        Company => "company",
        /// `costCenter`.
        CostCenter => "costCenter",
        /// `employeeType`.
        EmployeeType => "employeeType",
        /// `employeeIdentifier`.
        EmployeeIdentifier => "employeeIdentifier",
        /// `location`.
        Location => "location",
        /// The number in `phoneNumbers` whose `type` is `work`.
        WorkPhone => "workPhone",
        /// The custom attribute named `nickName`.
        NickName => "nickName",
        /// The custom attribute named `preferredLanguage`.
        PreferredLanguage => "preferredLanguage",
        /// The custom attribute named `timezone`.
        Timezone => "timezone",
    }
}

impl Attribute {
    /// Whether the mapping of the attribute may be switched off (S2).
    pub const fn is_optional(self) -> bool {
        !matches!(self, Self::ExternalId | Self::UserName | Self::Email)
    }
}
