//! What can go wrong between us and a server.

mod answer;
mod body;
mod judgement;

use std::time::Duration;

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
