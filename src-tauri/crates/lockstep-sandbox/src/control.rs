//! `/control/…`: what [`Sandbox`](crate::Sandbox) can do, for other processes. Loopback only, no key; requests
//! that a web page makes are refused by their `Origin`.
//!
//! | route | effect |
//! |---|---|
//! | `GET /control/state` | latency, dialect, faults, the SCIM key and when it expires |
//! | `POST /control/changes` | one [`Change`](crate::Change) or a list of them |
//! | `GET /control/dump` | the normalised world |
//! | `GET /control/requests`, `DELETE` | the request log; forget it |
//! | `GET /control/counters` | its counters |
//! | `PUT /control/faults` | `{"faults":["SPEC",…]}` |
//! | `PUT /control/dialect` | a [`Dialect`](crate::Dialect) |
//! | `PUT /control/latency` | `{"ms":20}` |

use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post, put};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::lock;
use crate::services::{Shared, empty_answer, json_answer, read_json};
use crate::world::change::Change;
use crate::world::rfc3339;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/control/state", get(state))
        .route("/control/changes", post(changes))
        .route("/control/dump", get(dump))
        .route("/control/requests", get(requests).delete(forget))
        .route("/control/counters", get(counters))
        .route("/control/faults", put(faults))
        .route("/control/dialect", put(dialect))
        .route("/control/latency", put(latency))
        .layer(from_fn(refuse_web_pages))
}

async fn refuse_web_pages(request: Request, next: Next) -> Response {
    if request.headers().contains_key("origin") {
        return json_answer(403, &json!({"error": "The control endpoint is not for web pages"}));
    }
    next.run(request).await
}

fn refuse(error: impl std::fmt::Display) -> Response {
    json_answer(400, &json!({"error": error.to_string()}))
}

async fn state(State(services): State<Shared>) -> Response {
    let faults = lock(&services.faults).texts();
    let latency = services.latency_ms.load(Ordering::Relaxed);
    let world = services.world();
    json_answer(
        200,
        &json!({"faults": faults, "latency_ms": latency, "dialect": world.dialect,
            "scim_token": world.credentials.scim, "scim_key_expires_at": rfc3339(world.credentials.scim_expires),
            "people": world.source.people.len(), "groups": world.source.groups.len()}),
    )
}

async fn changes(State(services): State<Shared>, body: Bytes) -> Response {
    let Ok(body) = read_json(&body) else { return refuse("The body is not valid JSON") };
    let list = if body.is_array() { body } else { Value::Array(vec![body]) };
    let changes: Vec<Change> = match serde_json::from_value(list) {
        Ok(changes) => changes,
        Err(error) => return refuse(error),
    };
    let mut world = services.world();
    for (index, change) in changes.iter().enumerate() {
        if let Err(error) = world.change(change) {
            return json_answer(400, &json!({"error": error.to_string(), "made": index}));
        }
    }
    json_answer(200, &json!({"made": changes.len(), "scim_token": world.credentials.scim}))
}

async fn dump(State(services): State<Shared>) -> Response {
    json_answer(200, &services.world().dump())
}

async fn requests(State(services): State<Shared>) -> Response {
    json_answer(200, &services.log.all())
}

async fn forget(State(services): State<Shared>) -> Response {
    services.log.reset();
    empty_answer(204)
}

async fn counters(State(services): State<Shared>) -> Response {
    json_answer(200, &services.log.counters())
}

async fn faults(State(services): State<Shared>, body: Bytes) -> Response {
    let Ok(body) = read_json(&body) else { return refuse("The body is not valid JSON") };
    let texts = body.get("faults").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    match texts.map(str::parse).collect::<Result<Vec<Fault>, _>>() {
        Ok(faults) => {
            services.set_faults(faults);
            empty_answer(204)
        }
        Err(error) => refuse(error),
    }
}

async fn dialect(State(services): State<Shared>, body: Bytes) -> Response {
    match serde_json::from_slice(&body) {
        Ok(dialect) => {
            services.world().dialect = dialect;
            empty_answer(204)
        }
        Err(error) => refuse(error),
    }
}

async fn latency(State(services): State<Shared>, body: Bytes) -> Response {
    let ms = read_json(&body).ok().and_then(|body| body.get("ms").and_then(Value::as_u64));
    match ms {
        Some(ms) => {
            services.latency_ms.store(ms, Ordering::Relaxed);
            empty_answer(204)
        }
        None => refuse("ms must be a number"),
    }
}
