//! Error bodies of the SCIM directory.

use axum::response::Response;
use serde_json::{Value, json};

use crate::dialect::Dialect;
use crate::services::{answer, json_answer, json_as};
use crate::world::provisioning::Refusal;

/// What the SCIM side answers with.
pub(super) const MEDIA_TYPE: &str = "application/scim+json; charset=utf-8";

/// A request that the directory refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: u16,
    pub(super) scim_type: &'static str,
    pub(super) detail: String,
}

impl Problem {
    pub(super) fn new(status: u16, scim_type: &'static str, detail: impl Into<String>) -> Problem {
        Problem { status, scim_type, detail: detail.into() }
    }

    pub(super) fn syntax(detail: impl Into<String>) -> Problem {
        Problem::new(400, "invalidSyntax", detail)
    }

    pub(super) fn value(detail: impl Into<String>) -> Problem {
        Problem::new(400, "invalidValue", detail)
    }

    pub(super) fn unknown(kind: &str, id: &str) -> Problem {
        Problem::new(404, "", format!("Resource [{kind}]: with id[{id}] not found."))
    }

    /// Writes the problem as a SCIM error; `status` is text, unless the dialect has it otherwise.
    pub(super) fn answer(&self, dialect: &Dialect) -> Response {
        if self.status == 404 && dialect.unknown_500 {
            return json_answer(500, &json!({"error": "Internal Server Error"}));
        }
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": self.status.to_string(),
            "detail": self.detail,
        });
        if let Some(members) = body.as_object_mut() {
            if !self.scim_type.is_empty() {
                members.insert("scimType".to_owned(), self.scim_type.into());
            }
            if self.status == 409 && dialect.bare_409 {
                members.remove("scimType");
                members.insert("status".to_owned(), self.status.into());
            }
        }
        json_as(self.status, MEDIA_TYPE, &body)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Conflict(detail) => Problem::new(409, "uniqueness", detail),
            Refusal::Invalid(detail) => Problem::value(detail),
        }
    }
}

/// 401 is not SCIM-shaped.
pub(super) fn unauthorised(dialect: &Dialect) -> Response {
    if dialect.text_401 {
        return answer(401, "text/plain", "Unauthorized");
    }
    json_answer(401, &failure("Unauthorized; scope does not match"))
}

/// `{"error":"…","traceId":"…"}`
pub(super) fn failure(error: &str) -> Value {
    json!({"error": error, "traceId": "5f1d8a0b2c3e4f60"})
}

/// PUT of a group with somebody unknown leaks a Java exception.
pub(super) fn java_exception(message: &str) -> Response {
    let body = json!({"message": message, "scimErrorType": "INVALID_VALUE", "responseStatus": 400, "cause": null,
        "suppressed": [], "localizedMessage": message, "stackTrace": [{"methodName": "replaceGroup",
        "fileName": "GroupService.java", "lineNumber": 212, "className": "GroupService", "nativeMethod": false}]});
    json_answer(400, &body)
}
