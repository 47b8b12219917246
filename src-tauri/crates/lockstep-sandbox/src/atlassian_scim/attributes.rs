//! Writing attributes into a user: what POST, PUT and PATCH have in common.

use serde_json::Value;

use super::errors::Problem;
use super::path::AttributePath;
use crate::dialect::Dialect;
use crate::world::target::{Multi, ScimUser};

/// What a PATCH operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Add,
    Replace,
    Remove,
}

/// Read-only attributes: ignored in a whole resource, refused in a PATCH.
pub(super) const READ_ONLY: [&str; 5] =
    ["id", "meta", "groups", "schemas", "urn:scim:schemas:extension:atlassian-external:1.0"];

/// Writes one attribute; says by its result whether `emails` was written.
pub(super) fn write(
    user: &mut ScimUser,
    op: Op,
    path: &AttributePath,
    value: &Value,
    dialect: &Dialect,
) -> Result<(), Problem> {
    let attribute = path.attribute.as_str();
    if dialect.drops(attribute) || (attribute == "phonenumbers" && dialect.drops("phones")) {
        return Ok(());
    }
    match (attribute, path.sub.as_deref()) {
        ("active", None) => {
            user.active = match (op, value) {
                (Op::Remove, _) => true,
                (_, Value::Bool(active)) => *active,
                // Microsoft's client sends text.
                (_, Value::String(text)) if text.eq_ignore_ascii_case("true") => true,
                (_, Value::String(text)) if text.eq_ignore_ascii_case("false") => false,
                _ => return Err(Problem::value("active must be a boolean")),
            };
            Ok(())
        }
        ("emails", _) => multi(&mut user.emails, op, path, value, dialect).and_then(|()| {
            let has_address = user.emails.iter().any(|email| email.value.contains('@'));
            if has_address { Ok(()) } else { Err(Problem::value("emails must have a primary address")) }
        }),
        ("phonenumbers", _) => multi(&mut user.phones, op, path, value, dialect),
        ("username", None) => match text(op, value)? {
            name if name.trim().is_empty() => Err(Problem::value("userName is required")),
            name => {
                user.user_name = name;
                Ok(())
            }
        },
        ("name", None) => {
            if op != Op::Add {
                user.name = Default::default();
            }
            each(value, |sub, value| {
                let path = AttributePath { attribute: "name".to_owned(), sub: Some(sub), ..path.clone() };
                write(user, op, &path, value, dialect)
            })
        }
        ("enterprise" | "custom", None) => {
            if op == Op::Remove {
                user.department = "".into();
                user.organization = "".into();
                return Ok(());
            }
            each(value, |sub, value| {
                let path = AttributePath { attribute: attribute.to_owned(), sub: Some(sub), ..path.clone() };
                write(user, op, &path, value, dialect)
            })
        }
        (_, sub) => {
            let dotted = sub.map_or_else(|| attribute.to_owned(), |sub| format!("{attribute}.{sub}"));
            if dialect.drops(&dotted) {
                return Ok(());
            }
            *slot(user, attribute, sub)? = text(op, value)?;
            Ok(())
        }
    }
}

fn slot<'a>(user: &'a mut ScimUser, attribute: &str, sub: Option<&str>) -> Result<&'a mut Box<str>, Problem> {
    Ok(match (attribute, sub) {
        ("externalid", None) => &mut user.external_id,
        ("displayname", None) => &mut user.display_name,
        ("nickname", None) => &mut user.nick_name,
        ("title", None) => &mut user.title,
        ("preferredlanguage", None) => &mut user.preferred_language,
        ("timezone", None) => &mut user.timezone,
        ("department", None) | ("enterprise", Some("department")) => &mut user.department,
        ("organization", None) | ("enterprise", Some("organization")) => &mut user.organization,
        ("custom", Some("basedin")) => &mut user.based_in,
        ("name", Some("formatted")) => &mut user.name.formatted,
        ("name", Some("familyname")) => &mut user.name.family,
        ("name", Some("givenname")) => &mut user.name.given,
        ("name", Some("middlename")) => &mut user.name.middle,
        ("name", Some("honorificprefix")) => &mut user.name.prefix,
        ("name", Some("honorificsuffix")) => &mut user.name.suffix,
        _ => {
            let shown = sub.map_or_else(|| attribute.to_owned(), |sub| format!("{attribute}.{sub}"));
            return Err(Problem::new(400, "invalidPath", format!("The path {shown} is not supported.")));
        }
    })
}

fn text(op: Op, value: &Value) -> Result<Box<str>, Problem> {
    match value {
        _ if op == Op::Remove => Ok("".into()),
        Value::Null => Ok("".into()),
        Value::String(text) => Ok(text.as_str().into()),
        _ => Err(Problem::value("a string was expected")),
    }
}

fn each(value: &Value, mut write: impl FnMut(String, &Value) -> Result<(), Problem>) -> Result<(), Problem> {
    match value {
        Value::Null => Ok(()),
        Value::Object(members) => {
            members.iter().try_for_each(|(name, value)| write(name.to_ascii_lowercase(), value))
        }
        _ => Err(Problem::value("an object was expected")),
    }
}

/// Writes `emails` or `phoneNumbers`.
fn multi(
    values: &mut Vec<Multi>,
    op: Op,
    path: &AttributePath,
    value: &Value,
    dialect: &Dialect,
) -> Result<(), Problem> {
    if path.filter.is_empty() {
        if path.sub.is_some() {
            return Err(Problem::new(400, "invalidPath", "a value filter is needed before a sub-attribute"));
        }
        return whole(values, op, value);
    }
    let hits = |multi: &Multi| path.filter.iter().all(|(name, wanted)| matches(multi, name, wanted));
    if op == Op::Remove && path.sub.as_deref().is_none_or(|sub| sub == "value") {
        values.retain(|multi| !hits(multi));
        return Ok(());
    }
    if !values.iter().any(hits) {
        if dialect.strict_targets && op == Op::Replace {
            return Err(Problem::new(400, "noTarget", "no value matches the filter"));
        }
        // What the filter asks for is what the new value is.
        let wanted =
            |name: &str| path.filter.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
        values.push(Multi {
            value: "".into(),
            kind: wanted("type").unwrap_or("").into(),
            is_primary: wanted("primary") == Some("true") || values.is_empty(),
        });
    }
    let is_new = values.last().is_some_and(|multi| multi.value.is_empty());
    let last = values.len().saturating_sub(1);
    for (index, multi) in values.iter_mut().enumerate() {
        if hits(multi) || (is_new && index == last) {
            match path.sub.as_deref() {
                Some("value") => multi.value = text(op, value)?,
                Some("type") => multi.kind = text(op, value)?,
                Some("primary") => multi.is_primary = value.as_bool().unwrap_or(false),
                None => *multi = entry(value)?,
                Some(_) => return Err(Problem::new(400, "invalidPath", "unknown sub-attribute")),
            }
        }
    }
    values.retain(|multi| !multi.value.is_empty());
    Ok(())
}

fn whole(values: &mut Vec<Multi>, op: Op, value: &Value) -> Result<(), Problem> {
    let given = match value {
        _ if op == Op::Remove => Vec::new(),
        Value::Null => Vec::new(),
        Value::Array(entries) => entries.iter().map(entry).collect::<Result<_, _>>()?,
        single => vec![entry(single)?],
    };
    if op == Op::Add {
        if given.iter().any(|multi| multi.is_primary) {
            values.iter_mut().for_each(|multi| multi.is_primary = false);
        }
        values.retain(|old| !given.iter().any(|new| new.value == old.value));
        values.extend(given);
    } else {
        *values = given;
    }
    Ok(())
}

fn entry(value: &Value) -> Result<Multi, Problem> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or("");
    if let Value::String(plain) = value {
        return Ok(Multi { value: plain.as_str().into(), kind: "".into(), is_primary: true });
    }
    if !value.is_object() {
        return Err(Problem::value("an array of objects was expected"));
    }
    let is_primary = value.get("primary").and_then(Value::as_bool).unwrap_or(false);
    Ok(Multi { value: text("value").into(), kind: text("type").into(), is_primary })
}

fn matches(multi: &Multi, name: &str, wanted: &str) -> bool {
    match name {
        "type" => multi.kind.eq_ignore_ascii_case(wanted),
        "primary" => multi.is_primary.to_string() == wanted,
        "value" => *multi.value == *wanted,
        _ => false,
    }
}
