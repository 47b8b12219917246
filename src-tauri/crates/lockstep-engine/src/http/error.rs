//! What can go wrong between us and a server, and how any of their error bodies becomes one of these.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde::de::IgnoredAny;

use super::credential::Credential;
use super::server_time;

/// Longest piece of a server's own text that is kept, in characters: enough for any sentence seen, too little for a page.
const DETAIL_LENGTH: usize = 300;

/// Where on the way a request was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportFault {
    /// No connection was made (name, refused, TLS, connect time-out): the server has seen nothing.
    Connect,
    /// No complete answer in time.
    Timeout,
    /// The connection broke before the answer's head was read.
    Reset,
    /// The answer's body ended early.
    CutBody,
}

impl std::fmt::Display for TransportFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Connect => "no connection could be made",
            Self::Timeout => "no answer came in time",
            Self::Reset => "the connection broke",
            Self::CutBody => "the answer was cut off",
        })
    }
}

/// The result of a request that did not succeed.
///
/// `detail` is the server's own text: shortened, on one line, and without the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectorError {
    /// An address that we do not use; nothing was sent.
    #[error("{problem}")]
    InvalidUrl {
        /// What is wrong with it, as a sentence without its full stop.
        problem: String,
        /// What the admin can do.
        remedy: &'static str,
    },
    /// A key that cannot be put into a header; nothing was sent.
    #[error("The key holds characters that no key has (a line break or a space inside, for instance)")]
    InvalidKey,
    /// 401.
    #[error("The key was refused (401): {detail}")]
    Unauthorized {
        /// The server's text.
        detail: String,
    },
    /// 403.
    #[error("The key may not do this (403): {detail}")]
    Forbidden {
        /// The server's text.
        detail: String,
    },
    /// 403 from a gateway rather than from the service: going on makes it worse.
    #[error("A gateway blocked us (403, not from the service itself): {detail}")]
    Blocked {
        /// The gateway's text.
        detail: String,
    },
    /// 402: the organisation's package lacks the feature.
    #[error("The organisation's plan does not include this (402): {detail}")]
    NotInPlan {
        /// The server's text.
        detail: String,
    },
    /// 404 or 410.
    #[error("Not found (404): {detail}")]
    NotFound {
        /// The server's text.
        detail: String,
        /// Whether the answer was a web page: then it may come from a gateway and proves nothing about the object.
        is_page: bool,
    },
    /// 409, or another status with `scimType` `uniqueness`.
    #[error("Already exists or in conflict (409): {detail}")]
    AlreadyExists {
        /// RFC 7644 §3.12, where sent.
        scim_type: Option<String>,
        /// The server's text.
        detail: String,
    },
    /// Another refusal of what we sent.
    #[error("The request was refused ({status}): {detail}")]
    InvalidRequest {
        /// HTTP status.
        status: u16,
        /// RFC 7644 §3.12, where sent.
        scim_type: Option<String>,
        /// The server's text.
        detail: String,
    },
    /// 413: send less at once.
    #[error("The request is too large for the server (413): {detail}")]
    RequestTooLarge {
        /// The server's text.
        detail: String,
    },
    /// 429, and still 429 when patience ended.
    #[error("The server asks us to slow down (429)")]
    RateLimited {
        /// How long the server wants us to wait, where it says so.
        retry_after: Option<Duration>,
    },
    /// 408 or 5xx.
    #[error("The server is not available ({status}): {detail}")]
    Unavailable {
        /// HTTP status.
        status: u16,
        /// Where sent.
        retry_after: Option<Duration>,
        /// The server's text.
        detail: String,
    },
    /// No complete answer.
    #[error("No complete answer: {fault} ({detail})")]
    Transport {
        /// Where it was lost.
        fault: TransportFault,
        /// The transport library's text, without the address.
        detail: String,
    },
    /// An answer that is not what the API promises.
    #[error("Unexpected answer to {path}: {detail}")]
    Protocol {
        /// Path template.
        path: &'static str,
        /// What was unexpected.
        detail: String,
    },
    /// A redirect that is not followed, since the key would go along.
    #[error("The server sends us elsewhere, to {to}, which is not followed")]
    Redirected {
        /// Origin (and, within the same origin, path) named by the server.
        to: String,
    },
    /// A write was attempted while only reading is allowed; nothing was sent.
    #[error("Refused to send {method} {path}: only reading is allowed now")]
    ReadOnlyMode {
        /// Method.
        method: String,
        /// Path template.
        path: &'static str,
    },
    /// The answer exceeds the size cap.
    #[error("The answer is larger than {limit} bytes")]
    TooLarge {
        /// The cap, in bytes.
        limit: usize,
    },
    /// Stopped by us before the next sending.
    #[error("Stopped")]
    Cancelled {
        /// Why the request was about to be repeated, if it had been sent before.
        after: Option<Box<ConnectorError>>,
    },
    /// A broken promise inside this program.
    #[error("Could not prepare the request: {detail}")]
    Internal {
        /// What failed.
        detail: String,
    },
}

impl ConnectorError {
    /// Returns whether the same request may succeed later without anybody changing anything.
    pub fn retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::Unavailable { .. } | Self::Transport { .. } => true,
            Self::Cancelled { .. } => true,
            Self::InvalidUrl { .. }
            | Self::InvalidKey
            | Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::Blocked { .. }
            | Self::NotInPlan { .. }
            | Self::NotFound { .. }
            | Self::AlreadyExists { .. }
            | Self::InvalidRequest { .. }
            | Self::RequestTooLarge { .. }
            | Self::Protocol { .. }
            | Self::Redirected { .. }
            | Self::ReadOnlyMode { .. }
            | Self::TooLarge { .. }
            | Self::Internal { .. } => false,
        }
    }

    /// Returns whether it is certain that the request took no effect.
    ///
    /// False means: it may have been carried out (or was, and the answer is unreadable); read back before sending it again.
    pub fn outcome_known(&self) -> bool {
        match self {
            Self::Unavailable { .. } | Self::Protocol { .. } | Self::TooLarge { .. } => false,
            Self::Transport { fault, .. } => *fault == TransportFault::Connect,
            Self::Cancelled { after } => after.as_ref().is_none_or(|error| error.outcome_known()),
            Self::InvalidUrl { .. }
            | Self::InvalidKey
            | Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::Blocked { .. }
            | Self::NotInPlan { .. }
            | Self::NotFound { .. }
            | Self::AlreadyExists { .. }
            | Self::InvalidRequest { .. }
            | Self::RequestTooLarge { .. }
            | Self::RateLimited { .. }
            | Self::Redirected { .. }
            | Self::ReadOnlyMode { .. }
            | Self::Internal { .. } => true,
        }
    }

    /// Returns whether everything on this connection must stop, not only this object (R5).
    pub fn stops_the_connection(&self) -> bool {
        matches!(
            self,
            Self::Unauthorized { .. }
                | Self::Forbidden { .. }
                | Self::Blocked { .. }
                | Self::InvalidKey
                | Self::InvalidUrl { .. }
                | Self::Redirected { .. }
        )
    }

    /// Returns the HTTP status that led to this error, where one was received.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Unauthorized { .. } => Some(401),
            Self::NotInPlan { .. } => Some(402),
            Self::Forbidden { .. } | Self::Blocked { .. } => Some(403),
            Self::NotFound { .. } => Some(404),
            Self::AlreadyExists { .. } => Some(409),
            Self::RequestTooLarge { .. } => Some(413),
            Self::RateLimited { .. } => Some(429),
            Self::InvalidRequest { status, .. } | Self::Unavailable { status, .. } => Some(*status),
            Self::InvalidUrl { .. }
            | Self::InvalidKey
            | Self::Transport { .. }
            | Self::Protocol { .. }
            | Self::Redirected { .. }
            | Self::ReadOnlyMode { .. }
            | Self::TooLarge { .. }
            | Self::Cancelled { .. }
            | Self::Internal { .. } => None,
        }
    }

    /// Returns what the admin can do about it, as one sentence without its full stop.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::InvalidUrl { remedy, .. } => remedy,
            Self::InvalidKey => "Copy the key again, whole and on its own",
            Self::Unauthorized { .. } => {
                "Check that the key is the current one, belongs to this address and region, and has not expired; then store it again"
            }
            Self::Forbidden { .. } => "Use a key whose owner has the permission, and check the subscription",
            Self::Blocked { .. } => {
                "Wait, and ask the service's support to unblock this network address; Lockstep sends nothing more"
            }
            Self::NotInPlan { .. } => "Ask whoever manages the subscription to add the package",
            Self::NotFound { .. } => "Check the address and the id; the object may have been deleted",
            Self::AlreadyExists { .. } => {
                "Find the object that holds the name or address already, and link, rename or remove it"
            }
            Self::InvalidRequest { .. } => "Correct the value that the server names at its source",
            Self::RequestTooLarge { .. } => "Send smaller batches",
            Self::RateLimited { .. } => "Nothing to do: Lockstep slows down and tries again later",
            Self::Unavailable { .. } => {
                "Nothing to do now: try again later, and look at the service's status page"
            }
            Self::Transport { fault: TransportFault::Connect, .. } => {
                "Check the address, the network and the proxy, and that the server runs"
            }
            Self::Transport { .. } => "Nothing to do now: it is tried again; check the network if it stays",
            Self::Protocol { .. } => {
                "Check that the address is the API's and not that of a web page or a proxy"
            }
            Self::Redirected { .. } => "Use the address that the server names, if you trust it",
            Self::ReadOnlyMode { .. } | Self::Internal { .. } => {
                "Please report this: it is a fault in Lockstep"
            }
            Self::TooLarge { .. } => "Check that the address is the API's; no known answer is that large",
            Self::Cancelled { .. } => "Start again when you are ready",
        }
    }

    /// Builds the error for a status that is not a success.
    pub(crate) fn from_answer(
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        credential: &Credential,
    ) -> Self {
        let parsed = ErrorText::parse(body);
        let detail = match &parsed.detail {
            Some(text) => shorten(&credential.scrub(text)),
            None => shorten(&credential.scrub(&readable(body))),
        };
        // Our own sentences end without a full stop, so that more can follow.
        let detail = detail.trim_end_matches('.').to_owned();
        let detail = if detail.is_empty() { "no explanation given".to_owned() } else { detail };
        let scim_type = parsed.scim_type.map(|text| shorten(&credential.scrub(&text)));
        let retry_after = server_time::retry_after(headers);
        if scim_type.as_deref() == Some("uniqueness") && status.is_client_error() {
            return Self::AlreadyExists { scim_type, detail };
        }
        match status.as_u16() {
            401 => Self::Unauthorized { detail },
            402 => Self::NotInPlan { detail },
            403 if is_html(headers, body) => Self::Blocked { detail },
            403 => Self::Forbidden { detail },
            404 | 410 => Self::NotFound { detail, is_page: is_html(headers, body) },
            409 => Self::AlreadyExists { scim_type, detail },
            413 => Self::RequestTooLarge { detail },
            429 => Self::RateLimited { retry_after },
            // 501 and 505 will be the same tomorrow.
            status @ (501 | 505) => Self::InvalidRequest { status, scim_type, detail },
            status if status == 408 || status == 425 || status >= 500 => {
                Self::Unavailable { status, retry_after, detail }
            }
            status => Self::InvalidRequest { status, scim_type, detail },
        }
    }

    /// Builds the error for a failure below HTTP.
    pub(crate) fn from_transport(error: reqwest::Error) -> Self {
        let fault = if error.is_connect() {
            TransportFault::Connect
        } else if error.is_timeout() {
            TransportFault::Timeout
        } else if error.is_body() || error.is_decode() {
            TransportFault::CutBody
        } else if error.is_builder() {
            return Self::Internal { detail: root_cause(&error.without_url()) };
        } else {
            TransportFault::Reset
        };
        // The address may hold a name in its query: the cause alone says enough.
        Self::Transport { fault, detail: shorten(&root_cause(&error.without_url())) }
    }
}

fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// A refusal by a gateway: a page, or text where the services answer in JSON.
fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    let declared = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let start = body.trim_ascii_start();
    declared.is_some_and(|value| value.starts_with("text/html")) && !start.is_empty()
        || start.starts_with(b"<")
}

/// The useful parts of any error body: SCIM, JumpCloud's six shapes, the organisation API's list, a leaked Java exception.
///
/// Shapes: `../facts/jumpcloud.md` 7.2, `../facts/atlassian.md` 1.10 and 6.6.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorText {
    pub(crate) scim_type: Option<String>,
    pub(crate) detail: Option<String>,
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
    pub(crate) fn parse(body: &[u8]) -> Self {
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

/// The visible text of a body that is not JSON, tags left out.
fn readable(body: &[u8]) -> String {
    // A page's first kilobytes hold its title; the rest is not worth the time.
    let text = String::from_utf8_lossy(body.get(..4096).unwrap_or(body));
    let mut plain = String::with_capacity(text.len());
    let mut inside_tag = false;
    for character in text.chars() {
        match character {
            '<' => inside_tag = true,
            '>' if inside_tag => {
                inside_tag = false;
                plain.push(' ');
            }
            _ if !inside_tag => plain.push(character),
            _ => {}
        }
    }
    plain
}

/// Puts the text on one line and cuts it.
pub(crate) fn shorten(text: &str) -> String {
    let mut short = String::with_capacity(text.len().min(DETAIL_LENGTH + 4));
    let mut length = 0;
    for word in text.split(|character: char| character.is_whitespace() || character.is_control()) {
        if word.is_empty() {
            continue;
        }
        if length > 0 {
            short.push(' ');
            length += 1;
        }
        for character in word.chars() {
            if length >= DETAIL_LENGTH {
                short.push('…');
                return short;
            }
            short.push(character);
            length += 1;
        }
    }
    short
}
