//! SCIM users (RFC 7643 §4.1): reading a server's answer and writing the body of a creation.

use serde::Serialize;
use serde::de::MapAccess;

use super::error::ScimReadError;
use super::fields::{Entry, Fields, Object, Objects};
use super::pool::IdPool;
use super::{ATLASSIAN_SCHEMA, ENTERPRISE_SCHEMA, USER_SCHEMA};
use crate::attribute::{Attribute, AttributeSet};
use crate::lenient::Text;
use crate::snapshot::target::TargetUser;

/// Reads one user: the body of `GET /Users/{id}` or of the answer to a write.
///
/// # Errors
/// The body is no JSON, or it has no `id`. A write's 2xx may come without a body: then there is nothing to read.
pub fn read_user(body: &[u8]) -> Result<TargetUser, ScimReadError> {
    let Object(wire) = super::list::parse::<Object<WireUser<'_>>>(body)?;
    wire.into_target(&mut IdPool::default())
}

/// Reads the phone numbers of a user that are not ours to change, as the server sent them: all but the work number.
///
/// # Errors
/// The body is no JSON object.
pub fn read_other_phones(body: &[u8]) -> Result<Vec<serde_json::Value>, ScimReadError> {
    let user: serde_json::Map<String, serde_json::Value> = super::list::parse(body)?;
    let list =
        user.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("phoneNumbers")).map(|(_, list)| list);
    let entries = match list {
        Some(serde_json::Value::Array(entries)) => entries,
        Some(single @ serde_json::Value::Object(_)) => vec![single],
        _ => Vec::new(),
    };
    let kind = |entry: &serde_json::Value| {
        entry.get("type").and_then(serde_json::Value::as_str).unwrap_or_default().trim().to_ascii_lowercase()
    };
    // As in reading: one without a type is the work number unless there is one that says so.
    let ours = if entries.iter().any(|entry| kind(entry) == "work") { "work" } else { "" };
    Ok(entries.into_iter().filter(|entry| kind(entry) != ours).collect())
}

/// A user as it came, borrowing from the body.
#[derive(Debug, Default)]
pub(crate) struct WireUser<'a> {
    id: Text<'a>,
    external_id: Text<'a>,
    user_name: Text<'a>,
    active: Text<'a>,
    name: Name<'a>,
    display_name: Text<'a>,
    nick_name: Text<'a>,
    title: Text<'a>,
    preferred_language: Text<'a>,
    timezone: Text<'a>,
    emails: Vec<Entry<'a>>,
    phone_numbers: Vec<Entry<'a>>,
    /// Atlassian's flat variants.
    department: Text<'a>,
    organization: Text<'a>,
    enterprise: Enterprise<'a>,
    atlassian: Atlassian<'a>,
}

impl<'de> Fields<'de> for WireUser<'de> {
    const NAMES: &'static [&'static str] = &[
        "id",
        "externalId",
        "userName",
        "active",
        "name",
        "displayName",
        "nickName",
        "title",
        "preferredLanguage",
        "timezone",
        "emails",
        "phoneNumbers",
        "department",
        "organization",
        ENTERPRISE_SCHEMA,
        ATLASSIAN_SCHEMA,
    ];

    fn read<A: MapAccess<'de>>(&mut self, name: &'static str, object: &mut A) -> Result<(), A::Error> {
        match name {
            "id" => self.id = object.next_value()?,
            "externalId" => self.external_id = object.next_value()?,
            "userName" => self.user_name = object.next_value()?,
            "active" => self.active = object.next_value()?,
            "name" => self.name = object.next_value::<Object<_>>()?.0,
            "displayName" => self.display_name = object.next_value()?,
            "nickName" => self.nick_name = object.next_value()?,
            "title" => self.title = object.next_value()?,
            "preferredLanguage" => self.preferred_language = object.next_value()?,
            "timezone" => self.timezone = object.next_value()?,
            "emails" => self.emails = object.next_value::<Objects<_>>()?.0,
            "phoneNumbers" => self.phone_numbers = object.next_value::<Objects<_>>()?.0,
            "department" => self.department = object.next_value()?,
            "organization" => self.organization = object.next_value()?,
            ENTERPRISE_SCHEMA => self.enterprise = object.next_value::<Object<_>>()?.0,
            _ => self.atlassian = object.next_value::<Object<_>>()?.0,
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Name<'a> {
    given: Text<'a>,
    middle: Text<'a>,
    family: Text<'a>,
}

impl<'de> Fields<'de> for Name<'de> {
    const NAMES: &'static [&'static str] = &["givenName", "middleName", "familyName"];

    fn read<A: MapAccess<'de>>(&mut self, name: &'static str, object: &mut A) -> Result<(), A::Error> {
        match name {
            "givenName" => self.given = object.next_value()?,
            "middleName" => self.middle = object.next_value()?,
            _ => self.family = object.next_value()?,
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Enterprise<'a> {
    department: Text<'a>,
    organization: Text<'a>,
}

impl<'de> Fields<'de> for Enterprise<'de> {
    const NAMES: &'static [&'static str] = &["department", "organization"];

    fn read<A: MapAccess<'de>>(&mut self, name: &'static str, object: &mut A) -> Result<(), A::Error> {
        match name {
            "department" => self.department = object.next_value()?,
            _ => self.organization = object.next_value()?,
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Atlassian<'a> {
    account_id: Text<'a>,
}

impl<'de> Fields<'de> for Atlassian<'de> {
    const NAMES: &'static [&'static str] = &["atlassianAccountId"];

    fn read<A: MapAccess<'de>>(&mut self, _name: &'static str, object: &mut A) -> Result<(), A::Error> {
        self.account_id = object.next_value()?;
        Ok(())
    }
}

impl WireUser<'_> {
    pub(crate) fn into_target(self, pool: &mut IdPool) -> Result<TargetUser, ScimReadError> {
        let id = self.id.filled().ok_or(ScimReadError::NoId)?;
        let enterprise_first = |extension: &Text<'_>, flat: &Text<'_>| -> Option<Box<str>> {
            extension.filled().or_else(|| flat.filled()).map(Box::from)
        };
        let department = enterprise_first(&self.enterprise.department, &self.department);
        let organization = enterprise_first(&self.enterprise.organization, &self.organization);

        let mut attributes = AttributeSet::default();
        attributes.set(Attribute::ExternalId, self.external_id.filled());
        attributes.set(Attribute::UserName, self.user_name.filled());
        attributes.set(Attribute::Email, work_email(&self.emails));
        attributes.set(Attribute::GivenName, self.name.given.filled());
        attributes.set(Attribute::MiddleName, self.name.middle.filled());
        attributes.set(Attribute::FamilyName, self.name.family.filled());
        attributes.set(Attribute::DisplayName, self.display_name.filled());
        attributes.set(Attribute::NickName, self.nick_name.filled());
        attributes.set(Attribute::Title, self.title.filled());
        attributes.set(Attribute::Department, department.as_deref());
        attributes.set(Attribute::Organization, organization.as_deref());
        attributes.set(Attribute::PreferredLanguage, self.preferred_language.filled());
        attributes.set(Attribute::Timezone, self.timezone.filled());
        attributes.set(Attribute::WorkPhone, work_phone(&self.phone_numbers));

        Ok(TargetUser {
            id: pool.intern(id),
            active: self.active.flag().unwrap_or(true),
            attributes,
            account_id: self.atlassian.account_id.filled().map(Box::from),
        })
    }
}

/// Picks the address that Atlassian matches accounts by: primary work, else primary, else work, else the first.
fn work_email<'a>(emails: &'a [Entry<'_>]) -> Option<&'a str> {
    pick(emails, |entry| match (entry.is_primary(), entry.is_of_type("work")) {
        (true, true) => 0,
        (true, false) => 1,
        (false, true) => 2,
        (false, false) => 3,
    })
}

/// Picks the work number; one without any type counts as such, a mobile or fax number never does.
fn work_phone<'a>(numbers: &'a [Entry<'_>]) -> Option<&'a str> {
    pick(numbers, |entry| match (entry.is_of_type("work"), entry.kind.filled(), entry.is_primary()) {
        (true, _, true) => 0,
        (true, _, false) => 1,
        (false, None, _) => 2,
        (false, Some(_), _) => u8::MAX,
    })
}

/// Returns the filled value of the lowest rank, the first among equals; `u8::MAX` excludes.
fn pick<'a>(entries: &'a [Entry<'_>], rank: impl Fn(&Entry<'_>) -> u8) -> Option<&'a str> {
    entries
        .iter()
        .filter_map(|entry| entry.value.filled().map(|value| (rank(entry), value)))
        .filter(|(rank, _)| *rank != u8::MAX)
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, value)| value.trim())
}

/// Returns the body of `POST /Users`: active, with every attribute that is set.
///
/// `active` is always written: RFC 7643 leaves its default to the server.
pub fn create_user_body(attributes: &AttributeSet) -> String {
    let get = |attribute| attributes.get(attribute);
    let name = WriteName {
        given_name: get(Attribute::GivenName),
        middle_name: get(Attribute::MiddleName),
        family_name: get(Attribute::FamilyName),
    };
    let enterprise = WriteEnterprise {
        department: get(Attribute::Department),
        organization: get(Attribute::Organization),
    };
    let has_name = name.given_name.or(name.middle_name).or(name.family_name).is_some();
    let has_enterprise = enterprise.department.or(enterprise.organization).is_some();
    super::body(&WriteUser {
        schemas: if has_enterprise { &[USER_SCHEMA, ENTERPRISE_SCHEMA] } else { &[USER_SCHEMA] },
        external_id: get(Attribute::ExternalId),
        user_name: get(Attribute::UserName),
        name: has_name.then_some(name),
        display_name: get(Attribute::DisplayName),
        nick_name: get(Attribute::NickName),
        title: get(Attribute::Title),
        preferred_language: get(Attribute::PreferredLanguage),
        timezone: get(Attribute::Timezone),
        emails: get(Attribute::Email).map(WorkEntry::list),
        phone_numbers: get(Attribute::WorkPhone).map(WorkEntry::list),
        active: true,
        enterprise: has_enterprise.then_some(enterprise),
    })
}

/// The one value of `emails` or `phoneNumbers` that we send.
#[derive(Debug, Serialize)]
pub(crate) struct WorkEntry<'a> {
    value: &'a str,
    r#type: &'static str,
    primary: bool,
}

impl<'a> WorkEntry<'a> {
    pub(crate) fn list(value: &'a str) -> [Self; 1] {
        [Self { value, r#type: "work", primary: true }]
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WriteUser<'a> {
    schemas: &'static [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<WriteName<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nick_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    emails: Option<[WorkEntry<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_numbers: Option<[WorkEntry<'a>; 1]>,
    active: bool,
    #[serde(
        rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        skip_serializing_if = "Option::is_none"
    )]
    enterprise: Option<WriteEnterprise<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WriteName<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    middle_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family_name: Option<&'a str>,
}

#[derive(Serialize)]
struct WriteEnterprise<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<&'a str>,
}
