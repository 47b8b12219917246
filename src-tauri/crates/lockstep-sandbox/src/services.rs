//! What all handlers share, and small helpers to read requests and write answers by hand.

use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use axum::body::Body;
use axum::extract::{FromRequestParts, RawQuery};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;

use crate::dialect::Dialect;
use crate::fault::plan::FaultPlan;
use crate::fault::{Fault, FaultKind};
use crate::lock;
use crate::log::RequestLog;
use crate::world::World;

/// The state behind every route.
#[derive(Debug)]
pub(crate) struct Services {
    /// `http://127.0.0.1:PORT`
    pub(crate) origin: String,
    world: Mutex<World>,
    pub(crate) faults: Mutex<FaultPlan>,
    pub(crate) log: RequestLog,
    /// Milliseconds added to every request.
    pub(crate) latency_ms: AtomicU64,
    pub(crate) in_flight: AtomicUsize,
    pub(crate) started: Instant,
}

/// The handle that handlers get.
pub(crate) type Shared = Arc<Services>;

impl Services {
    pub(crate) fn new(origin: String, world: World, faults: FaultPlan) -> Services {
        Services {
            origin,
            world: Mutex::new(world),
            faults: Mutex::new(faults),
            log: RequestLog::default(),
            latency_ms: AtomicU64::new(0),
            in_flight: AtomicUsize::new(0),
            started: Instant::now(),
        }
    }

    /// Replaces all faults. One that is a dialect switches the SCIM side over until it is replaced.
    pub(crate) fn set_faults(&self, faults: Vec<Fault>) {
        let dialect = faults.iter().rev().find_map(|fault| match &fault.kind {
            FaultKind::Dialect(dialect) => Some(Dialect::clone(dialect)),
            _ => None,
        });
        let had_dialect = {
            let mut plan = lock(&self.faults);
            let had_dialect = plan.has_dialect();
            plan.replace(faults);
            had_dialect
        };
        if dialect.is_some() || had_dialect {
            self.world().dialect = dialect.unwrap_or_default();
        }
    }

    /// Locks the world. Handlers are done with it before they answer; nothing awaits with it.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }
}

/// A query string, read leniently: unknown parameters stay unread.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Returns the first value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Returns every parameter whose name starts like this.
    pub(crate) fn starting<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pairs = self.0.iter().filter(move |(key, _)| key.starts_with(prefix));
        pairs.map(|(key, value)| (key.as_str(), value.as_str()))
    }

    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let RawQuery(text) = RawQuery::from_request_parts(parts, state).await?;
        let pairs = url::form_urlencoded::parse(text.as_deref().unwrap_or("").as_bytes());
        Ok(Query(pairs.into_owned().collect()))
    }
}

/// An answer with a body of this media type.
pub(crate) fn answer(status: u16, media_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// A JSON answer.
pub(crate) fn json_answer(status: u16, body: &impl Serialize) -> Response {
    json_as(status, "application/json; charset=utf-8", body)
}

/// A JSON answer under another media type.
pub(crate) fn json_as(status: u16, media_type: &'static str, body: &impl Serialize) -> Response {
    // Serialising maps with text keys into memory does not fail; an empty body would show at once.
    answer(status, media_type, serde_json::to_vec(body).unwrap_or_default())
}

/// An answer without a body.
pub(crate) fn empty_answer(status: u16) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// Adds a header; a value that is none is left out.
pub(crate) fn with_header(mut response: Response, name: &'static str, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

/// Reads a JSON body; an empty one is an empty object.
pub(crate) fn read_json(body: &[u8]) -> Result<Value, serde_json::Error> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    serde_json::from_slice(body)
}

/// Returns a member's text, "" where there is none.
pub(crate) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or("")
}
