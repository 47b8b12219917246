//! The grammar of a fault.
//!
//! `KIND[:KEY=VALUE[,KEY=VALUE]…]`. Keys that say *which* requests are meant, for every kind:
//!
//! | key | meaning |
//! |---|---|
//! | `side` | `jumpcloud`, `insights`, `scim` or `organisation`; default any |
//! | `method` | `GET`, `POST`, …, or `write` / `read`; default any (writes for `rate-limit`) |
//! | `path` | part of the path, for example `/Users` |
//! | `nth` | strikes at the nth matching request, 1-based, and then `count` times (default 1) |
//! | `every` | strikes at every nth matching request |
//! | `after` | strikes at all matching requests after the first n |
//! | `count` | strikes at most so many times |
//! | `probability` | strikes with this probability (0 to 1), by the sandbox's seed |
//!
//! Kinds and their own keys:
//!
//! | kind | own keys | effect |
//! |---|---|---|
//! | `rate-limit` | `rate` (writes per second, 10), `burst` (= rate), `retry-after` (seconds; without it no header) | 429 beyond the rate |
//! | `server-error`, `status` | `status` (503), `retry-after` | an error answer in the side's own shape, no effect |
//! | `error-shape` | `shape` = `message` `status-error` `error` `code-message` `invalid-argument` `already-exists` `text` `html` `scim` `failure` `java` `admin`, `status` (400) | an error answer in that shape |
//! | `html-error` | `status` (403) | a firewall's HTML page |
//! | `slow` | `ms` (200) | answers later |
//! | `hang` | `ms` (600000) | never answers; the connection closes at the end |
//! | `cut-body` | | `Content-Length` promises more than comes |
//! | `malformed` | | a whole answer that is no JSON |
//! | `drop-before` | | the connection closes, nothing happened |
//! | `drop-after` | | the request takes effect, then the connection closes without an answer |
//! | `short-page` | `rows` (half of the page) | a list loses rows, the totals stay |
//! | `empty-list` | | a list is empty and so are its totals |
//! | `missing-page` | | a page is empty, the totals stay |
//! | `changed-total` | `by` (-1) | the totals of a list are off |
//! | `revoked-key` | needs `side` | 401 on every matching request |
//! | `dialect` | any switch of [`Dialect`](crate::Dialect): `dialect:patch-204,page-cap=50` | another server's habits |

use std::str::FromStr;

use serde::Serialize;

use crate::dialect::{Dialect, DialectError};

/// One of the simulated services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// `/api/…`, V1 and V2.
    Jumpcloud,
    /// `/insights/…`.
    Insights,
    /// `/scim/…`.
    Scim,
    /// `/admin/…` and `/users/…`.
    Organisation,
    /// `/control/…`; never faulted.
    Control,
}

/// The body that an error comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `{"message":"…"}`
    Message,
    /// `{"status":400,"error":"…"}`
    StatusError,
    /// `{"error":"…"}`
    Error,
    /// `{"code":400,"message":"…","status":"INVALID_ARGUMENT","details":[…]}`
    CodeMessage,
    /// `{"error":"INVALID_ARGUMENT","message":"…"}`
    InvalidArgument,
    /// `{"message":"Already Exists"}`
    AlreadyExists,
    /// Plain text.
    Text,
    /// A gateway's HTML.
    Html,
    /// A SCIM error.
    Scim,
    /// Atlassian's `{"error":"…","traceId":"…"}`.
    Failure,
    /// Atlassian's leaked Java exception.
    Java,
    /// The organisation API's `{"errors":[…]}`.
    Admin,
}

/// What a fault does.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the table of the module documents every kind")]
pub enum FaultKind {
    RateLimit { rate: f64, burst: f64, retry_after: Option<u32> },
    Status { status: u16, retry_after: Option<u32> },
    ErrorShape { shape: Shape, status: u16 },
    Slow { ms: u64 },
    Hang { ms: u64 },
    CutBody,
    Malformed,
    DropBefore,
    DropAfter,
    ShortPage { rows: Option<usize> },
    EmptyList,
    MissingPage,
    ChangedTotal { by: i64 },
    RevokedKey,
    Dialect(Box<Dialect>),
}

/// Which requests a fault strikes.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Matcher {
    /// Only this service.
    pub side: Option<Side>,
    /// Only this method (upper case), or `WRITE` or `READ`.
    pub method: Option<String>,
    /// Only paths that contain this.
    pub path: Option<String>,
    /// From the nth matching request on (1-based).
    pub nth: Option<u64>,
    /// Every nth matching request.
    pub every: Option<u64>,
    /// At most so many times.
    pub count: Option<u64>,
    /// With this probability.
    pub probability: Option<f64>,
}

/// A fault and the requests that it strikes; [`FromStr`] reads the grammar of this module.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// To which requests.
    pub matcher: Matcher,
    /// The text that it was read from, for logs.
    pub text: String,
}

/// Why a text is no fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// No fault of this kind.
    #[error("There is no fault {0:?}")]
    Kind(String),
    /// The key does not belong to this kind.
    #[error("The fault {kind} has no setting {key:?}")]
    Key {
        /// The fault's kind.
        kind: String,
        /// The key that was given.
        key: String,
    },
    /// The value cannot be read.
    #[error("{value:?} is no value of {key}")]
    Value {
        /// The key.
        key: String,
        /// The value that was given.
        value: String,
    },
    /// `revoked-key` needs a side.
    #[error("The fault {0} needs side=jumpcloud, insights, scim or organisation")]
    SideMissing(String),
    /// A dialect's switch is unknown.
    #[error(transparent)]
    Dialect(#[from] DialectError),
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        if kind == "dialect" {
            let dialect = Box::new(Dialect::from_str(rest)?);
            let matcher = Matcher::default();
            return Ok(Fault { kind: FaultKind::Dialect(dialect), matcher, text: text.to_owned() });
        }
        let mut settings = Settings::read(kind, rest)?;
        let mut matcher = settings.matcher()?;
        let kind_of_fault = settings.kind(kind)?;
        settings.finish(kind)?;
        match kind_of_fault {
            FaultKind::RateLimit { .. } if matcher.method.is_none() => {
                matcher.method = Some("WRITE".to_owned());
            }
            FaultKind::RevokedKey if matcher.side.is_none() => {
                return Err(FaultError::SideMissing(kind.to_owned()));
            }
            _ => {}
        }
        Ok(Fault { kind: kind_of_fault, matcher, text: text.to_owned() })
    }
}

/// The settings of a fault that nothing has read yet.
struct Settings(Vec<(String, String)>);

impl Settings {
    fn read(kind: &str, rest: &str) -> Result<Self, FaultError> {
        rest.split(',')
            .filter(|pair| !pair.trim().is_empty())
            .map(|pair| match pair.split_once('=') {
                Some((key, value)) => Ok((key.trim().to_owned(), value.trim().to_owned())),
                None => Err(FaultError::Key { kind: kind.to_owned(), key: pair.to_owned() }),
            })
            .collect::<Result<_, _>>()
            .map(Settings)
    }

    fn take(&mut self, key: &str) -> Option<String> {
        let position = self.0.iter().position(|(name, _)| name == key)?;
        Some(self.0.remove(position).1)
    }

    fn number<T: FromStr>(&mut self, key: &str) -> Result<Option<T>, FaultError> {
        match self.take(key) {
            None => Ok(None),
            Some(value) => match value.parse() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(FaultError::Value { key: key.to_owned(), value }),
            },
        }
    }

    fn matcher(&mut self) -> Result<Matcher, FaultError> {
        let side = match self.take("side") {
            None => None,
            Some(value) => Some(match value.as_str() {
                "jumpcloud" | "source" => Side::Jumpcloud,
                "insights" => Side::Insights,
                "scim" | "target" => Side::Scim,
                "organisation" | "organization" | "admin" => Side::Organisation,
                _ => return Err(FaultError::Value { key: "side".to_owned(), value }),
            }),
        };
        let mut nth: Option<u64> = self.number("nth")?;
        let mut count = self.number("count")?;
        if nth.is_some() && count.is_none() {
            count = Some(1);
        }
        if let Some(after) = self.number::<u64>("after")? {
            nth = Some(after + 1);
        }
        if nth == Some(0) {
            return Err(FaultError::Value { key: "nth".to_owned(), value: "0".to_owned() });
        }
        let every = self.number("every")?;
        if every == Some(0) {
            return Err(FaultError::Value { key: "every".to_owned(), value: "0".to_owned() });
        }
        Ok(Matcher {
            side,
            method: self.take("method").map(|method| method.to_ascii_uppercase()),
            path: self.take("path"),
            nth,
            every,
            count,
            probability: self.number("probability")?,
        })
    }

    fn kind(&mut self, kind: &str) -> Result<FaultKind, FaultError> {
        Ok(match kind {
            "rate-limit" => {
                let rate: f64 = self.number("rate")?.unwrap_or(10.0);
                let burst = self.number("burst")?.unwrap_or(rate.max(1.0));
                FaultKind::RateLimit { rate, burst, retry_after: self.number("retry-after")? }
            }
            "server-error" | "status" => {
                FaultKind::Status { status: self.status(503)?, retry_after: self.number("retry-after")? }
            }
            "error-shape" => FaultKind::ErrorShape { shape: self.shape()?, status: self.status(400)? },
            "html-error" => FaultKind::ErrorShape { shape: Shape::Html, status: self.status(403)? },
            "slow" => FaultKind::Slow { ms: self.number("ms")?.unwrap_or(200) },
            "hang" => FaultKind::Hang { ms: self.number("ms")?.unwrap_or(600_000) },
            "cut-body" => FaultKind::CutBody,
            "malformed" => FaultKind::Malformed,
            "drop-before" => FaultKind::DropBefore,
            "drop-after" => FaultKind::DropAfter,
            "short-page" => FaultKind::ShortPage { rows: self.number("rows")? },
            "empty-list" => FaultKind::EmptyList,
            "missing-page" => FaultKind::MissingPage,
            "changed-total" => FaultKind::ChangedTotal { by: self.number("by")?.unwrap_or(-1) },
            "revoked-key" => FaultKind::RevokedKey,
            _ => return Err(FaultError::Kind(kind.to_owned())),
        })
    }

    fn status(&mut self, default: u16) -> Result<u16, FaultError> {
        let status = self.number("status")?.unwrap_or(default);
        if (400..600).contains(&status) {
            Ok(status)
        } else {
            Err(FaultError::Value { key: "status".to_owned(), value: status.to_string() })
        }
    }

    fn shape(&mut self) -> Result<Shape, FaultError> {
        let value = self.take("shape").unwrap_or_else(|| "message".to_owned());
        Ok(match value.as_str() {
            "message" => Shape::Message,
            "status-error" => Shape::StatusError,
            "error" => Shape::Error,
            "code-message" => Shape::CodeMessage,
            "invalid-argument" => Shape::InvalidArgument,
            "already-exists" => Shape::AlreadyExists,
            "text" => Shape::Text,
            "html" => Shape::Html,
            "scim" => Shape::Scim,
            "failure" => Shape::Failure,
            "java" => Shape::Java,
            "admin" => Shape::Admin,
            _ => return Err(FaultError::Value { key: "shape".to_owned(), value }),
        })
    }

    fn finish(self, kind: &str) -> Result<(), FaultError> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((key, _)) => Err(FaultError::Key { kind: kind.to_owned(), key }),
        }
    }
}
