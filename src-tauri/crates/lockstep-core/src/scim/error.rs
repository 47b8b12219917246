//! SCIM error answers (RFC 7644 §3.12), and what can go wrong in reading an answer.

use serde::de::MapAccess;

use super::fields::{Fields, Object};
use crate::lenient::Text;

/// Longest piece of a body kept as the explanation where it has no field for one, in characters.
const BODY_LENGTH: usize = 300;

/// An answer that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScimReadError {
    /// Not JSON: a page of a proxy, or a body cut off.
    #[error("The answer is not valid JSON (line {line}, column {column})")]
    Malformed {
        /// 1-based.
        line: usize,
        /// 1-based.
        column: usize,
    },
    /// A resource without an `id`.
    #[error("The answer holds a resource without an id")]
    NoId,
    /// Neither `Resources` nor `totalResults`.
    #[error("The answer is not a SCIM list")]
    NotAList,
}

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScimError {
    /// `status` of the body, `"409"` or `409`; the HTTP status is the one that counts.
    pub status: Option<u16>,
    /// `scimType`, for example `uniqueness`.
    pub scim_type: Option<String>,
    /// `detail`, else `message`, else `error`, else the body's first 300 characters; may be empty.
    pub detail: String,
}

impl ScimError {
    /// Reads any body: SCIM's, Atlassian's `{"error","traceId"}`, a leaked exception, plain text, nothing. Never fails.
    pub fn read(body: &[u8]) -> Self {
        let Ok(Object(wire)) = super::list::parse::<Object<WireError<'_>>>(body) else {
            return Self { detail: shortened(&String::from_utf8_lossy(body)), ..Self::default() };
        };
        let explanation = [&wire.detail, &wire.message, &wire.error].into_iter().find_map(Text::filled);
        let scim_type = wire.scim_type.filled().or_else(|| wire.scim_error_type.filled());
        Self {
            status: wire.status.count(),
            scim_type: scim_type.map(str::to_owned),
            detail: explanation.map_or_else(|| shortened(&String::from_utf8_lossy(body)), shortened),
        }
    }
}

fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= BODY_LENGTH {
        return line;
    }
    line.chars().take(BODY_LENGTH).chain(['…']).collect()
}

#[derive(Debug, Default)]
struct WireError<'a> {
    status: Text<'a>,
    scim_type: Text<'a>,
    /// Of the exception that Atlassian documents for `PUT /Groups`.
    scim_error_type: Text<'a>,
    detail: Text<'a>,
    message: Text<'a>,
    error: Text<'a>,
}

impl<'de> Fields<'de> for WireError<'de> {
    const NAMES: &'static [&'static str] =
        &["status", "scimType", "scimErrorType", "detail", "message", "error"];

    fn read<A: MapAccess<'de>>(&mut self, name: &'static str, object: &mut A) -> Result<(), A::Error> {
        match name {
            "status" => self.status = object.next_value()?,
            "scimType" => self.scim_type = object.next_value()?,
            "scimErrorType" => self.scim_error_type = object.next_value()?,
            "detail" => self.detail = object.next_value()?,
            "message" => self.message = object.next_value()?,
            _ => self.error = object.next_value()?,
        }
        Ok(())
    }

    fn plain(&mut self, text: Text<'de>) {
        self.detail = text;
    }
}
