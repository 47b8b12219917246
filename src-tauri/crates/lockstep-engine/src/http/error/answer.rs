//! How an answer that is no success, or none at all, becomes an error: by its status and headers, with the server's text made safe to show.

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::body::ErrorText;
use super::{ConnectorError, TransportFault};
use crate::http::credential::Credential;
use crate::http::server_time;

/// Longest piece of a server's own text that is kept, in characters: enough for any sentence seen, too little for a page.
const DETAIL_LENGTH: usize = 300;

impl ConnectorError {
    /// Builds the error for a status that is not a success.
    pub(in crate::http) fn from_answer(
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
    pub(in crate::http) fn from_transport(error: reqwest::Error) -> Self {
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
fn shorten(text: &str) -> String {
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
