//! A server's address as an admin typed it, checked before a key goes anywhere near it.

use std::net::IpAddr;

use url::{Host, Url};

use super::error::ConnectorError;

/// An address that may be used: https (or loopback), no user information, no query, no trailing slash.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    text: String,
    origin: String,
    host: String,
    is_loopback: bool,
    is_https: bool,
}

impl BaseUrl {
    /// Parses what was typed. White space around it and slashes at its end do not matter.
    ///
    /// Errors are sentences for the admin: what is wrong and what to do.
    pub fn parse(typed: &str) -> Result<Self, ConnectorError> {
        let typed = typed.trim();
        if typed.is_empty() {
            return refuse("The address is empty", "Copy the whole address, starting with https://");
        }
        let url = match Url::parse(typed) {
            Ok(url) => url,
            Err(url::ParseError::RelativeUrlWithoutBase) => {
                return refuse(
                    "The address does not start with https://",
                    "Copy the whole address, starting with https://",
                );
            }
            Err(_) => {
                return refuse(
                    "The address cannot be read",
                    "Copy it again, whole and on its own, starting with https://",
                );
            }
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse(
                "The address holds a user name or a password",
                "Remove the part before the @; the key is stored apart",
            );
        }
        let is_loopback = is_loopback(&url);
        match url.scheme() {
            "https" => {}
            "http" if is_loopback => {}
            "http" => {
                return refuse(
                    "The address starts with http://, so the key would travel unencrypted",
                    "Use https://; plain http is for servers on this computer only",
                );
            }
            // `console.jumpcloud.com:443` parses as a scheme.
            _ => {
                return refuse(
                    "The address does not start with https://",
                    "Copy the whole address, starting with https://",
                );
            }
        }
        let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
            return refuse("The address names no server", "Copy the whole address, starting with https://");
        };
        if url.query().is_some() || url.fragment().is_some() {
            return refuse(
                "The address goes on with ? or #, so it is that of a page or a search, not of an API",
                "Copy the base address only, without ? and #",
            );
        }
        let origin = url.origin().ascii_serialization();
        let path = url.path().trim_end_matches('/');
        Ok(Self {
            text: format!("{origin}{path}"),
            host: host.to_owned(),
            is_loopback,
            is_https: url.scheme() == "https",
            origin,
        })
    }

    /// Returns the address without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns scheme, host and port.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns the host name or address.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the path without a slash at its end; empty for the server's root.
    pub fn path(&self) -> &str {
        self.text.get(self.origin.len()..).unwrap_or_default()
    }

    /// Returns whether the server is on this computer.
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// Returns whether the connection is encrypted.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Returns the same server with another path (`/…`, or empty).
    #[must_use]
    pub fn with_path(&self, path: &str) -> Self {
        Self { text: format!("{}{}", self.origin, path.trim_end_matches('/')), ..self.clone() }
    }

    /// Cuts the first of these endings that is there, as in an address copied with one step too many.
    #[must_use]
    pub fn without_suffix(&self, suffixes: &[&str]) -> Self {
        let path = self.path();
        match suffixes.iter().find_map(|suffix| path.strip_suffix(suffix)) {
            Some(shorter) => self.with_path(shorter),
            None => self.clone(),
        }
    }
}

impl std::fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

fn refuse(problem: &str, remedy: &'static str) -> Result<BaseUrl, ConnectorError> {
    Err(ConnectorError::InvalidUrl { problem: problem.to_owned(), remedy })
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}
