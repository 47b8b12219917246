//! A key on its way into a header, and nowhere else.

use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use zeroize::Zeroizing;

use super::error::ConnectorError;

/// JumpCloud's header for an administrator's API key.
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Below this many characters a "key" is no key, and removing it from texts would only mangle them.
const SHORTEST_SCRUBBED: usize = 4;

/// A key together with the header that it goes into. Its value appears in no `Debug` output, error or log.
#[derive(Clone)]
pub struct Credential {
    header: HeaderName,
    value: HeaderValue,
    secret: Zeroizing<String>,
}

impl Credential {
    /// Makes `Authorization: Bearer <key>`. Surrounding white space, as left by pasting, is dropped.
    pub fn bearer(key: &str) -> Result<Self, ConnectorError> {
        let key = key.trim();
        Self::new(AUTHORIZATION, key, &Zeroizing::new(format!("Bearer {key}")))
    }

    /// Makes `x-api-key: <key>`. Surrounding white space, as left by pasting, is dropped.
    pub fn api_key(key: &str) -> Result<Self, ConnectorError> {
        let key = key.trim();
        Self::new(API_KEY, key, key)
    }

    fn new(header: HeaderName, key: &str, text: &str) -> Result<Self, ConnectorError> {
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ConnectorError::InvalidKey);
        }
        let mut value = HeaderValue::from_str(text).map_err(|_| ConnectorError::InvalidKey)?;
        value.set_sensitive(true);
        Ok(Self { header, value, secret: Zeroizing::new(key.to_owned()) })
    }

    pub(super) fn header(&self) -> (HeaderName, HeaderValue) {
        (self.header.clone(), self.value.clone())
    }

    /// Replaces the key wherever a server echoes it.
    pub(crate) fn scrub(&self, text: &str) -> String {
        let secret = self.secret.as_str();
        if secret.len() < SHORTEST_SCRUBBED || !text.contains(secret) {
            return text.to_owned();
        }
        text.replace(secret, "[key]")
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credential({}: [key])", self.header)
    }
}
