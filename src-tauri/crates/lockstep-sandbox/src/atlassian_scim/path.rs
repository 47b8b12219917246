//! Paths of PATCH operations: `title`, `name.givenName`, `emails[type eq "work"].value`, `members[value eq "x"]`,
//! `urn:…:User:department`.

use super::errors::Problem;
use super::wire::{CUSTOM, ENTERPRISE, USER};

/// A path, taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct AttributePath {
    /// Attribute without its schema, in lower case; for the enterprise extension `enterprise`, for Atlassian's
    /// `custom`.
    pub(super) attribute: String,
    /// Conditions of the value filter, all of which must hold: name in lower case and wanted value.
    pub(super) filter: Vec<(String, String)>,
    /// Sub-attribute in lower case.
    pub(super) sub: Option<String>,
}

fn invalid(path: &str) -> Problem {
    Problem::new(400, "invalidPath", format!("The path {path} is not supported."))
}

impl AttributePath {
    pub(super) fn read(path: &str) -> Result<AttributePath, Problem> {
        let trimmed = path.trim();
        for (schema, attribute) in [(ENTERPRISE, "enterprise"), (CUSTOM, "custom")] {
            if let Some(rest) = strip_prefix_ignoring_case(trimmed, schema) {
                let sub = rest.trim_start_matches([':', '.']).to_ascii_lowercase();
                let sub = (!sub.is_empty()).then_some(sub);
                return Ok(AttributePath { attribute: attribute.to_owned(), filter: Vec::new(), sub });
            }
        }
        let plain =
            strip_prefix_ignoring_case(trimmed, USER).map_or(trimmed, |rest| rest.trim_start_matches(':'));
        if plain.is_empty() || plain.starts_with("urn:") {
            return Err(invalid(path));
        }
        let Some((attribute, rest)) = plain.split_once('[') else {
            let (attribute, sub) = match plain.split_once('.') {
                Some((attribute, sub)) => (attribute, Some(sub.to_ascii_lowercase())),
                None => (plain, None),
            };
            return Ok(AttributePath { attribute: attribute.to_ascii_lowercase(), filter: Vec::new(), sub });
        };
        let (conditions, after) = rest.rsplit_once(']').ok_or_else(|| invalid(path))?;
        let sub = after.strip_prefix('.').map(str::to_ascii_lowercase);
        if sub.is_none() && !after.is_empty() {
            return Err(invalid(path));
        }
        let filter = conditions.split(" and ").map(condition).collect::<Option<Vec<_>>>();
        let filter = filter.ok_or_else(|| invalid(path))?;
        Ok(AttributePath { attribute: attribute.trim().to_ascii_lowercase(), filter, sub })
    }
}

/// Reads `name eq "value"` or `name eq true`.
pub(super) fn condition(text: &str) -> Option<(String, String)> {
    let (name, rest) = text.trim().split_once(char::is_whitespace)?;
    let (op, value) = rest.trim_start().split_once(char::is_whitespace)?;
    if !op.eq_ignore_ascii_case("eq") {
        return None;
    }
    let value = value.trim();
    let value = match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
        // A quote inside has to be escaped, as in JSON (RFC 7644 §3.4.2.2).
        Some(_) => serde_json::from_str::<String>(value).ok()?,
        None if matches!(value, "true" | "false") => value.to_owned(),
        None => return None,
    };
    Some((name.to_ascii_lowercase(), value))
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| text.get(prefix.len()..)).flatten()
}
