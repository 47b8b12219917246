//! What any server's error body says, whatever its shape.

use serde::de::IgnoredAny;

/// The useful parts of any error body: SCIM, JumpCloud's six shapes, the organisation API's list, a leaked Java exception.
///
/// Shapes: `../facts/jumpcloud.md` 7.2, `../facts/atlassian.md` 1.10 and 6.6.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ErrorText {
    pub(super) scim_type: Option<String>,
    pub(super) detail: Option<String>,
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct ErrorBody {
    #[serde(rename = "scimType")]
    scim_type: Option<Lenient>,
    #[serde(rename = "scimErrorType")]
    scim_error_type: Option<Lenient>,
    detail: Option<Lenient>,
    message: Option<Lenient>,
    error: Option<Lenient>,
    errors: Option<Errors>,
    details: Option<Violations>,
}

/// Text where text is, nothing for any other JSON.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Lenient {
    Text(String),
    Nested { message: Option<String>, detail: Option<String> },
    Other(IgnoredAny),
}

impl Lenient {
    fn text(self) -> Option<String> {
        let text = match self {
            Self::Text(text) => Some(text),
            Self::Nested { message, detail } => detail.or(message),
            Self::Other(IgnoredAny) => None,
        };
        text.filter(|text| !text.trim().is_empty())
    }
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Errors {
    Listed(Vec<OrganisationError>),
    Other(IgnoredAny),
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct OrganisationError {
    code: Option<Lenient>,
    title: Option<Lenient>,
    detail: Option<Lenient>,
    message: Option<Lenient>,
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Violations {
    Listed(Vec<Violation>),
    Other(IgnoredAny),
}

#[derive(serde::Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Violation {
    field_violations_list: Vec<FieldViolation>,
    field_violations: Vec<FieldViolation>,
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct FieldViolation {
    field: String,
    description: String,
}

impl ErrorText {
    /// Reads what it can; never fails.
    pub(super) fn parse(body: &[u8]) -> Self {
        let Ok(parsed) = serde_json::from_slice::<ErrorBody>(body) else {
            // A JSON string alone, `"Unauthorized"`, is seen too.
            let text = serde_json::from_slice::<String>(body).ok();
            return Self { scim_type: None, detail: text };
        };
        let first_error = match parsed.errors {
            Some(Errors::Listed(errors)) => errors.into_iter().next().and_then(OrganisationError::text),
            Some(Errors::Other(IgnoredAny)) | None => None,
        };
        let message = parsed.message.and_then(Lenient::text);
        let message = match (message, parsed.details) {
            (Some(message), Some(Violations::Listed(list))) => Some(with_fields(message, list)),
            (message, _) => message,
        };
        Self {
            scim_type: parsed
                .scim_type
                .and_then(Lenient::text)
                .or_else(|| parsed.scim_error_type.and_then(Lenient::text)),
            detail: parsed
                .detail
                .and_then(Lenient::text)
                .or(message)
                .or_else(|| parsed.error.and_then(Lenient::text))
                .or(first_error),
        }
    }
}

impl OrganisationError {
    fn text(self) -> Option<String> {
        let text = self
            .detail
            .and_then(Lenient::text)
            .or_else(|| self.message.and_then(Lenient::text))
            .or_else(|| self.title.and_then(Lenient::text));
        match (self.code.and_then(Lenient::text), text) {
            (Some(code), Some(text)) => Some(format!("{code}: {text}")),
            (code, text) => text.or(code),
        }
    }
}

fn with_fields(message: String, violations: Vec<Violation>) -> String {
    let fields: Vec<String> = violations
        .into_iter()
        .flat_map(|violation| violation.field_violations_list.into_iter().chain(violation.field_violations))
        .map(|violation| format!("{}: {}", violation.field, violation.description))
        .collect();
    if fields.is_empty() { message } else { format!("{message} ({})", fields.join(", ")) }
}
