//! PATCH bodies (RFC 7644 §3.5.2).
//!
//! One form per attribute, chosen by what is seen or documented to work at Atlassian and by what other servers take:
//!
//! | attribute | form | why |
//! |---|---|---|
//! | single values, `name.…` | `replace` with the path | documented, and in captured traffic; RFC: acts as `add` where nothing was |
//! | enterprise extension | `replace` with the path `urn:…:User:department` | Atlassian's own mapping; a whole-object value would clear the other one |
//! | `emails` | `replace` of the whole list by one primary work entry | in captured traffic; `emails[type eq "work"].value` is answered `noTarget` where there is no such entry yet |
//! | `phoneNumbers` | the work entry alone: `replace` or `remove` with a value path, `add` where there is none | a mobile number that somebody else put there is none of ours; the whole list, the others included, where a value path is refused |
//! | anything cleared | `remove` with the path | the RFC's form; an empty text is kept as a value by some servers |
//!
//! The property is `Operations` with a capital (RFC); Atlassian's description says `operations`, its examples do not.

use serde::Serialize;

use super::PATCH_SCHEMA;
use super::user::WorkEntry;
use crate::attribute::Attribute;
use crate::ids::ScimId;
use crate::plan::operation::AttributeChange;

/// How members are named when they are removed; no single form works on every server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MemberRemovalForm {
    /// One operation per member, `members[value eq "x"]`. The RFC's form, and the one to try first: a server that does
    /// not understand it refuses it or does nothing.
    #[default]
    ValuePath,
    /// One operation with the path `members` and a list of values. A server that ignores the list may empty the group,
    /// so it is used only where the value path was seen not to work, and read back.
    ValueArray,
}

#[derive(Serialize)]
struct Patch<'a> {
    schemas: [&'static str; 1],
    #[serde(rename = "Operations")]
    operations: Vec<PatchOperation<'a>>,
}

#[derive(Serialize)]
struct PatchOperation<'a> {
    op: &'static str,
    path: std::borrow::Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Flag(bool),
    Text(&'a str),
    Work([WorkEntry<'a>; 1]),
    Phones(Vec<Phone<'a>>),
    Members(Vec<MemberValue<'a>>),
}

/// An entry of a whole list of numbers.
#[derive(Serialize)]
#[serde(untagged)]
enum Phone<'a> {
    Ours(WorkEntry<'a>),
    Other(&'a serde_json::Value),
}

#[derive(Serialize)]
struct MemberValue<'a> {
    value: &'a str,
}

fn patch(operations: Vec<PatchOperation<'_>>) -> String {
    super::body(&Patch { schemas: [PATCH_SCHEMA], operations })
}

const PHONES: &str = "phoneNumbers";

/// Returns the path of an attribute in a PATCH operation.
const fn path(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::ExternalId => "externalId",
        Attribute::UserName => "userName",
        Attribute::Email => "emails",
        Attribute::GivenName => "name.givenName",
        Attribute::MiddleName => "name.middleName",
        Attribute::FamilyName => "name.familyName",
        Attribute::DisplayName => "displayName",
        Attribute::NickName => "nickName",
        Attribute::Title => "title",
        Attribute::Department => "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        Attribute::Organization => "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization",
        Attribute::PreferredLanguage => "preferredLanguage",
        Attribute::Timezone => "timezone",
        Attribute::WorkPhone => PHONES,
    }
}

/// Returns the body of `PATCH /Users/{id}`: the changes, and `active` where it is given; `None` if there is nothing to send.
pub fn user_patch_body(changes: &[AttributeChange], active: Option<bool>) -> Option<String> {
    user_patch(changes, active, work_phone)
}

/// Returns the same for a server that refuses to change one number by itself: the whole list, in which `others` stay.
pub fn user_patch_body_with_phones(
    changes: &[AttributeChange],
    active: Option<bool>,
    others: &[serde_json::Value],
) -> Option<String> {
    user_patch(changes, active, |change| whole_phones(change, others))
}

/// Changes the work number and no other.
fn work_phone(change: &AttributeChange) -> PatchOperation<'_> {
    match (&change.before, &change.after) {
        (None, Some(after)) => PatchOperation {
            op: "add",
            path: PHONES.into(),
            value: Some(Value::Work(WorkEntry::list(after))),
        },
        (Some(_), Some(after)) => PatchOperation {
            op: "replace",
            path: r#"phoneNumbers[type eq "work"].value"#.into(),
            value: Some(Value::Text(after)),
        },
        (_, None) => {
            PatchOperation { op: "remove", path: r#"phoneNumbers[type eq "work"]"#.into(), value: None }
        }
    }
}

fn whole_phones<'a>(change: &'a AttributeChange, others: &'a [serde_json::Value]) -> PatchOperation<'a> {
    let ours = change.after.as_deref().into_iter().flat_map(WorkEntry::list).map(Phone::Ours);
    let all: Vec<Phone<'_>> = others.iter().map(Phone::Other).chain(ours).collect();
    if all.is_empty() {
        return PatchOperation { op: "remove", path: PHONES.into(), value: None };
    }
    PatchOperation { op: "replace", path: PHONES.into(), value: Some(Value::Phones(all)) }
}

fn user_patch<'a>(
    changes: &'a [AttributeChange],
    active: Option<bool>,
    phone: impl Fn(&'a AttributeChange) -> PatchOperation<'a>,
) -> Option<String> {
    let mut operations = Vec::with_capacity(changes.len() + 1);
    if let Some(active) = active {
        operations.push(PatchOperation {
            op: "replace",
            path: "active".into(),
            value: Some(Value::Flag(active)),
        });
    }
    operations.extend(changes.iter().map(|change| {
        if change.attribute == Attribute::WorkPhone {
            return phone(change);
        }
        let value = change.after.as_deref().map(|after| match change.attribute {
            Attribute::Email => Value::Work(WorkEntry::list(after)),
            _ => Value::Text(after),
        });
        PatchOperation {
            op: if value.is_some() { "replace" } else { "remove" },
            path: path(change.attribute).into(),
            value,
        }
    }));
    (!operations.is_empty()).then(|| patch(operations))
}

/// Returns the body of `PATCH /Groups/{id}` that adds members; one operation for all of them.
pub fn members_add_body(ids: &[ScimId]) -> String {
    patch(vec![added(ids)])
}

/// Returns the body of `PATCH /Groups/{id}` that adds members and removes others, these by value paths.
pub fn members_change_body(coming: &[ScimId], going: &[ScimId]) -> String {
    patch(std::iter::once(added(coming)).chain(going.iter().map(removed)).collect())
}

fn added(ids: &[ScimId]) -> PatchOperation<'_> {
    PatchOperation { op: "add", path: "members".into(), value: Some(member_values(ids)) }
}

fn removed(id: &ScimId) -> PatchOperation<'_> {
    PatchOperation {
        op: "remove",
        // A filter's text is written as in JSON (RFC 7644 §3.4.2.2).
        path: format!("members[value eq {}]", super::body(&id.as_str())).into(),
        value: None,
    }
}

/// Returns the body of `PATCH /Groups/{id}` that removes members.
pub fn members_remove_body(ids: &[ScimId], form: MemberRemovalForm) -> String {
    match form {
        MemberRemovalForm::ValuePath => patch(ids.iter().map(removed).collect()),
        MemberRemovalForm::ValueArray => patch(vec![PatchOperation {
            op: "remove",
            path: "members".into(),
            value: Some(member_values(ids)),
        }]),
    }
}

/// Returns the body of `PATCH /Groups/{id}` that changes the name.
pub fn group_rename_body(display_name: &str) -> String {
    patch(vec![PatchOperation {
        op: "replace",
        path: "displayName".into(),
        value: Some(Value::Text(display_name)),
    }])
}

fn member_values(ids: &[ScimId]) -> Value<'_> {
    Value::Members(ids.iter().map(|id| MemberValue { value: id.as_str() }).collect())
}

#[cfg(test)]
mod tests {
    use super::super::ENTERPRISE_SCHEMA;
    use super::*;

    #[test]
    fn enterprise_paths_start_with_the_schema() {
        for attribute in [Attribute::Department, Attribute::Organization] {
            let field = path(attribute).strip_prefix(ENTERPRISE_SCHEMA);
            assert!(field.is_some_and(|field| field.starts_with(':')), "{attribute:?} is in the extension");
        }
    }
}
