//! What JumpCloud sends, field names as in its descriptions (V1 and V2 of 2026-03).
//!
//! Any field of an object may be absent, null, `""` or of another type. The list itself and the ids may not.

use lockstep_core::lenient::{Items, Text};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// A wrapped list, as V1 sends and some of V2: `{"totalCount": 2, "results": [{"_id": "5b…", "username": "ada"}]}`.
#[derive(Debug, Deserialize)]
pub(super) struct WrappedList<'a, T> {
    pub(super) results: Vec<T>,
    #[serde(borrow, default, rename = "totalCount")]
    pub(super) total_count: Text<'a>,
}

/// A system user. `id` repeats `_id` in some answers.
#[derive(Debug, Deserialize)]
pub(super) struct SystemUser<'a> {
    #[serde(borrow, default, rename = "_id")]
    pub(super) underscore_id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) username: Text<'a>,
    #[serde(borrow, default)]
    pub(super) email: Text<'a>,
    #[serde(borrow, default)]
    pub(super) firstname: Text<'a>,
    #[serde(borrow, default)]
    pub(super) middlename: Text<'a>,
    #[serde(borrow, default)]
    pub(super) lastname: Text<'a>,
    #[serde(borrow, default)]
    pub(super) displayname: Text<'a>,
    #[serde(borrow, default, rename = "jobTitle")]
    pub(super) job_title: Text<'a>,
    #[serde(borrow, default)]
    pub(super) department: Text<'a>,
    #[serde(borrow, default)]
    pub(super) company: Text<'a>,
    #[serde(borrow, default, rename = "costCenter")]
    pub(super) cost_center: Text<'a>,
    #[serde(borrow, default, rename = "employeeType")]
    pub(super) employee_type: Text<'a>,
    #[serde(borrow, default, rename = "employeeIdentifier")]
    pub(super) employee_identifier: Text<'a>,
    #[serde(borrow, default)]
    pub(super) location: Text<'a>,
    #[serde(borrow, default, rename = "phoneNumbers")]
    pub(super) phone_numbers: Items<PhoneNumber<'a>>,
    #[serde(borrow, default)]
    pub(super) attributes: Items<CustomAttribute<'a>>,
    /// `STAGED`, `ACTIVATED` or `SUSPENDED`.
    #[serde(borrow, default)]
    pub(super) state: Text<'a>,
    #[serde(borrow, default)]
    pub(super) suspended: Text<'a>,
    #[serde(borrow, default)]
    pub(super) password_expired: Text<'a>,
    #[serde(borrow, default)]
    pub(super) password_expiration_date: Text<'a>,
    #[serde(borrow, default)]
    pub(super) created: Text<'a>,
}

/// The fields of [`SystemUser`], as `fields` wants them: V1 separates by spaces.
pub(super) const SYSTEM_USER_FIELDS: &str = "_id username email firstname middlename lastname displayname jobTitle \
department company costCenter employeeType employeeIdentifier location phoneNumbers attributes state suspended \
password_expired password_expiration_date created";

/// `{"type": "work", "number": "+351 …"}`.
#[derive(Debug, Deserialize)]
pub(super) struct PhoneNumber<'a> {
    #[serde(borrow, default, rename = "type")]
    pub(super) kind: Text<'a>,
    #[serde(borrow, default)]
    pub(super) number: Text<'a>,
}

/// `{"name": "timezone", "value": "Europe/Lisbon"}`.
#[derive(Debug, Deserialize)]
pub(super) struct CustomAttribute<'a> {
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    #[serde(borrow, default)]
    pub(super) value: Text<'a>,
}

/// An edge of V2's graph: `{"from": null, "to": {"id": "5b…", "type": "user"}}`.
#[derive(Debug, Deserialize)]
pub(super) struct GraphConnection<'a> {
    #[serde(borrow)]
    pub(super) to: GraphObject<'a>,
}

/// One end of an edge.
#[derive(Debug, Deserialize)]
pub(super) struct GraphObject<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow, default, rename = "type")]
    pub(super) kind: Text<'a>,
}

/// An object at the end of V2's paths: `{"id": "5b…", "type": "user", "paths": [[{"to": …}, {"to": …}]]}`.
#[derive(Debug, Deserialize)]
pub(super) struct ReachedObject<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(default)]
    pub(super) paths: Option<Vec<Items<IgnoredAny>>>,
}

impl ReachedObject<'_> {
    /// Returns whether it is reached through a group rather than directly; true where no path is told.
    pub(super) fn is_through_group(&self) -> bool {
        self.paths.as_ref().is_none_or(|paths| paths.is_empty() || paths.iter().any(|path| path.0.len() > 1))
    }
}

/// `GET /api/v2/usergroups/{id}` and an entry of its list.
#[derive(Debug, Deserialize)]
pub(super) struct UserGroup<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    /// `NOTSET`, `STATIC`, `DYNAMIC_REVIEW_REQUIRED` or `DYNAMIC_AUTOMATED`; lists omit it.
    #[serde(borrow, default, rename = "membershipMethod")]
    pub(super) membership_method: Text<'a>,
}

/// `GET /api/applications/{id}` and an entry of its list; of `config` only what tells whose service it is.
#[derive(Debug, Deserialize)]
pub(super) struct WireApplication<'a> {
    #[serde(borrow, default, rename = "_id")]
    pub(super) underscore_id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) id: Text<'a>,
    /// The template's name, `atlassiancloud`.
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    #[serde(borrow, default, rename = "displayName")]
    pub(super) display_name: Text<'a>,
    #[serde(borrow, default, rename = "displayLabel")]
    pub(super) display_label: Text<'a>,
    #[serde(borrow, default, rename = "ssoUrl")]
    pub(super) sso_url: Text<'a>,
    #[serde(borrow, default)]
    pub(super) config: ApplicationConfig<'a>,
}

/// The two settings that hold Atlassian's addresses; the private key among the others is never read.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ApplicationConfig<'a> {
    #[serde(borrow, default, rename = "acsUrl")]
    pub(super) acs_url: Setting<'a>,
    #[serde(borrow, default, rename = "spEntityId")]
    pub(super) sp_entity_id: Setting<'a>,
}

/// `{"value": "https://…", "label": …}`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Setting<'a> {
    #[serde(borrow, default)]
    pub(super) value: Text<'a>,
}

/// An entry of `GET /api/organizations`.
#[derive(Debug, Deserialize)]
pub(super) struct WireOrganisation<'a> {
    #[serde(borrow, default, rename = "_id")]
    pub(super) underscore_id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) id: Text<'a>,
    #[serde(borrow, default, rename = "displayName")]
    pub(super) display_name: Text<'a>,
}
