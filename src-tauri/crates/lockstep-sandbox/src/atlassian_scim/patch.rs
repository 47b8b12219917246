//! The envelope of PATCH: `Operations`, in either letter case.

use serde_json::Value;

use super::attributes::{Op, READ_ONLY, write};
use super::errors::Problem;
use super::path::AttributePath;
use crate::dialect::Dialect;
use crate::world::target::ScimUser;

/// One operation, not yet applied.
#[derive(Debug)]
pub(super) struct Operation<'a> {
    pub(super) op: Op,
    pub(super) path: Option<&'a str>,
    pub(super) value: &'a Value,
}

/// Reads the operations of a PATCH.
pub(super) fn operations(body: &Value) -> Result<Vec<Operation<'_>>, Problem> {
    let list = body.get("Operations").or_else(|| body.get("operations")).and_then(Value::as_array);
    let list = list.ok_or_else(|| Problem::syntax("Operations is required"))?;
    list.iter()
        .map(|operation| {
            let name = operation.get("op").and_then(Value::as_str).unwrap_or("");
            let op = match name.to_ascii_lowercase().as_str() {
                "add" => Op::Add,
                "replace" => Op::Replace,
                "remove" => Op::Remove,
                _ => return Err(Problem::syntax(format!("op {name} is not supported"))),
            };
            let path = operation.get("path").and_then(Value::as_str).filter(|path| !path.is_empty());
            if op == Op::Remove && path.is_none() {
                return Err(Problem::new(400, "noTarget", "remove needs a path"));
            }
            Ok(Operation { op, path, value: operation.get("value").unwrap_or(&Value::Null) })
        })
        .collect()
}

/// Applies a PATCH to a user; says whether `emails` was written.
pub(super) fn patch_user(user: &mut ScimUser, body: &Value, dialect: &Dialect) -> Result<bool, Problem> {
    let mut wrote_emails = false;
    for operation in operations(body)? {
        match operation.path {
            Some(path) => {
                let path = AttributePath::read(path)?;
                if READ_ONLY.contains(&path.attribute.as_str()) {
                    let detail = format!("Attribute {} is read-only.", path.attribute);
                    return Err(Problem::new(400, "mutability", detail));
                }
                wrote_emails |= path.attribute == "emails";
                write(user, operation.op, &path, operation.value, dialect)?;
            }
            None => {
                let members = operation.value.as_object();
                for (name, value) in members.ok_or_else(|| Problem::syntax("value must be an object"))? {
                    let path = AttributePath::read(name)?;
                    if READ_ONLY.contains(&name.as_str()) {
                        continue;
                    }
                    wrote_emails |= path.attribute == "emails";
                    write(user, operation.op, &path, value, dialect)?;
                }
            }
        }
    }
    Ok(wrote_emails)
}

/// Reads a whole resource into an empty user, as POST and PUT send it.
pub(super) fn read_user(user: &mut ScimUser, body: &Value, dialect: &Dialect) -> Result<(), Problem> {
    let members = body.as_object().ok_or_else(|| Problem::syntax("the body must be an object"))?;
    user.active = true;
    for (name, value) in members.iter().filter(|(name, _)| !READ_ONLY.contains(&name.as_str())) {
        match AttributePath::read(name).and_then(|path| write(user, Op::Add, &path, value, dialect)) {
            // A resource may carry attributes that this server does not know.
            Err(Problem { scim_type: "invalidPath", .. }) => {}
            result => result?,
        }
    }
    if user.user_name.trim().is_empty() {
        return Err(Problem::value("userName is required"));
    }
    if !user.emails.iter().any(|email| email.value.contains('@')) {
        return Err(Problem::value("emails is required"));
    }
    if !user.emails.iter().any(|email| email.is_primary) {
        return Err(Problem::value("One value of emails must be marked as primary"));
    }
    Ok(())
}
