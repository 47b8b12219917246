//! The system user on the wire (`systemuserreturn`), and what a client may write of it.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::paging::Fields;
use crate::world::ids::ObjectId;
use crate::world::rfc3339;
use crate::world::source::{Person, PersonState};

/// Plain text fields, by their wire names.
pub(crate) const TEXT_FIELDS: [&str; 16] = [
    "username",
    "email",
    "firstname",
    "lastname",
    "middlename",
    "displayname",
    "jobTitle",
    "department",
    "company",
    "costCenter",
    "employeeType",
    "employeeIdentifier",
    "location",
    "description",
    "alternateEmail",
    "manager",
];

/// Fields that the sandbox keeps as they were written.
const KEPT_FIELDS: [&str; 12] = [
    "addresses",
    "allow_public_key",
    "enable_managed_uid",
    "enable_user_portal_multifactor",
    "ldap_binding_user",
    "managedAppleId",
    "password_never_expires",
    "public_key",
    "relationships",
    "samba_service_user",
    "sudo",
    "recoveryEmail",
];

/// Writes a person.
pub(crate) fn person_wire(person: &Person, organisation: ObjectId, fields: &Fields) -> Value {
    let mut wire = Map::new();
    let mut put = |name: &str, value: &dyn Fn() -> Value| {
        if fields.wants(name) {
            wire.insert(name.to_owned(), value());
        }
    };
    put("_id", &|| json!(person.id));
    for name in TEXT_FIELDS {
        let value = person.text(name).unwrap_or("");
        // What most organisations never fill comes as "" for some fields and not at all for others.
        if !value.is_empty()
            || matches!(name, "middlename" | "displayname" | "department" | "jobTitle" | "company")
        {
            put(name, &|| value.into());
        }
    }
    put("organization", &|| json!(organisation));
    put("state", &|| person.state.name().into());
    put("suspended", &|| (person.state == PersonState::Suspended).into());
    put("activated", &|| person.activated.into());
    put("account_locked", &|| person.account_locked.into());
    put("password_expired", &|| person.password_expired.into());
    put("password_never_expires", &|| false.into());
    put("password_expiration_date", &|| {
        person.password_expires.map_or(Value::Null, |seconds| rfc3339(seconds * 1000).into())
    });
    put("created", &|| rfc3339(person.id.seconds() * 1000).into());
    put("phoneNumbers", &|| phones(person));
    put("attributes", &|| {
        person.attributes.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
    });
    put("addresses", &|| json!([]));
    put("mfa", &|| json!({"configured": false, "exclusion": false}));
    put("totp_enabled", &|| false.into());
    put("externally_managed", &|| false.into());
    put("external_dn", &|| "".into());
    put("external_source_type", &|| "".into());
    put("sudo", &|| false.into());
    put("unix_uid", &|| 5001.into());
    put("unix_guid", &|| 5001.into());
    if person.is_admin {
        put("admin", &|| json!({"id": person.id, "roleName": "Administrator With Billing"}));
    }
    for (name, value) in person.extra.iter().flat_map(|extra| extra.iter()) {
        put(name, &|| value.clone());
    }
    Value::Object(wire)
}

fn phones(person: &Person) -> Value {
    let mut tail = person.id.to_string();
    let entries = person.phones.iter().enumerate().map(|(index, (kind, number))| {
        // The inner ids are only stable, nobody refers to them.
        tail.replace_range(22.., &format!("{index:02x}"));
        json!({"id": tail, "type": kind, "number": number})
    });
    entries.collect()
}

/// Returns a field as filters and sorting see it.
pub(crate) fn field_text<'a>(person: &'a Person, field: &str) -> Option<Cow<'a, str>> {
    if let Some(text) = person.text(field) {
        return Some(Cow::Borrowed(text));
    }
    Some(match field {
        "_id" | "id" => person.id.to_string().into(),
        "state" => person.state.name().into(),
        "suspended" => (person.state == PersonState::Suspended).to_string().into(),
        "activated" => person.activated.to_string().into(),
        "account_locked" => person.account_locked.to_string().into(),
        "password_expired" => person.password_expired.to_string().into(),
        "created" => rfc3339(person.id.seconds() * 1000).into(),
        "password_expiration_date" => rfc3339(person.password_expires? * 1000).into(),
        _ => return None,
    })
}

/// Writes what a body says into a person, `username` and `email` apart. Errors are sentences.
pub(crate) fn read_into(person: &mut Person, body: &Map<String, Value>) -> Result<(), String> {
    for (name, value) in body {
        if let Some(slot) = person.text_mut(name) {
            match value {
                Value::Null => *slot = "".into(),
                Value::String(text) if text.len() <= 1024 => *slot = text.as_str().into(),
                _ => {
                    return Err(format!(
                        "Validation error: {name} must be a string of at most 1024 characters"
                    ));
                }
            }
            continue;
        }
        match name.as_str() {
            "phoneNumbers" => person.phones = pairs(value, "type", "number"),
            "attributes" => person.attributes = pairs(value, "name", "value"),
            "account_locked" => person.account_locked = value.as_bool().unwrap_or(person.account_locked),
            "activated" => person.activated = value.as_bool().unwrap_or(person.activated),
            "password" => {
                person.activated = true;
                person.password_expired = false;
            }
            name if KEPT_FIELDS.contains(&name) => {
                person.extra.get_or_insert_default().insert(name.to_owned(), value.clone());
            }
            // Unknown and read-only fields are ignored, as they are by the service.
            _ => {}
        }
    }
    read_state(person, body)
}

fn pairs(value: &Value, first: &str, second: &str) -> Vec<(Box<str>, Box<str>)> {
    let entries = value.as_array().into_iter().flatten();
    let texts = entries.filter_map(|entry| Some((entry.get(first)?.as_str()?, entry.get(second)?.as_str()?)));
    texts.map(|(first, second)| (first.into(), second.into())).collect()
}

/// `state` and `suspended` must agree where both are given; what the service answers otherwise is not on
/// record, so the sandbox refuses.
fn read_state(person: &mut Person, body: &Map<String, Value>) -> Result<(), String> {
    let state = body.get("state").and_then(Value::as_str).filter(|state| !state.is_empty());
    let suspended = body.get("suspended").and_then(Value::as_bool);
    let state = match state.map(|state| PersonState::parse(state).ok_or(state)).transpose() {
        Ok(state) => state,
        Err(state) => return Err(format!("Validation error: state {state} is not allowed")),
    };
    match (state, suspended) {
        (Some(state), Some(suspended)) if (state == PersonState::Suspended) != suspended => {
            return Err(format!(
                "Cannot save conflicting state and suspended fields. (state={} suspended={suspended})",
                state.name()
            ));
        }
        (Some(state), _) => person.state = state,
        (None, Some(true)) => person.state = PersonState::Suspended,
        (None, Some(false)) if person.state == PersonState::Suspended => {
            person.state = PersonState::Activated;
        }
        _ => {}
    }
    Ok(())
}

/// Says what is wrong with a user name, if anything.
pub(crate) fn username_problem(username: &str) -> Option<&'static str> {
    let is_legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if username.is_empty() {
        Some("Validation error: username is required")
    } else if !username.starts_with(|c: char| c.is_ascii_alphabetic()) || !username.chars().all(is_legal) {
        Some("Validation error: username must start with a letter and may hold letters, digits, . _ and -")
    } else {
        None
    }
}
