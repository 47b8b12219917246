//! Directory Insights: `/insights/directory/v1/events` and `/events/count`.

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::errors;
use crate::services::{Shared, json_answer, read_json, text, with_header};
use crate::world::history::Event;
use crate::world::ids::ObjectId;
use crate::world::rfc3339;

const SERVICES: [&str; 18] = [
    "access_management",
    "alerts",
    "all",
    "asset_management",
    "directory",
    "ldap",
    "mdm",
    "notifications",
    "object_storage",
    "password_manager",
    "radius",
    "reports",
    "saas_app_management",
    "software",
    "sso",
    "systems",
    "workflows",
    "alert",
];
const DEFAULT_LIMIT: usize = 1000;
const LARGEST_LIMIT: usize = 10_000;

/// Writes an event.
fn wire(event: &Event, organisation: ObjectId) -> Map<String, Value> {
    let mut wire = event.body.clone();
    wire.insert("id".to_owned(), json!(event.id));
    wire.insert("event_type".to_owned(), json!(event.event_type));
    wire.insert("timestamp".to_owned(), json!(rfc3339(event.at_ms)));
    wire.insert("service".to_owned(), json!("directory"));
    wire.insert("organization".to_owned(), json!(organisation));
    wire.insert("success".to_owned(), json!(true));
    wire.insert("client_ip".to_owned(), json!("192.0.2.17"));
    wire.insert("@version".to_owned(), json!("1"));
    wire
}

/// The times and conditions of a query.
struct Wanted {
    start_ms: i64,
    end_ms: i64,
    covers_directory: bool,
    search: Option<Value>,
}

fn read_query(body: &Value, now_ms: i64) -> Result<Wanted, Box<Response>> {
    let refuse = |text: &str| Err(Box::new(errors::message(400, text)));
    let services: Vec<&str> = body
        .get("service")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if services.is_empty() || services.iter().any(|service| !SERVICES.contains(service)) {
        return refuse(&format!("Invalid service; valid services: {}", SERVICES.join(", ")));
    }
    let Ok(start) = text(body, "start_time").parse::<Timestamp>() else {
        return refuse("Invalid start_time: must be RFC3339");
    };
    let end_ms = match text(body, "end_time") {
        "" => now_ms,
        end => match end.parse::<Timestamp>() {
            Ok(end) => end.as_millisecond(),
            Err(_) => return refuse("Invalid end_time: must be RFC3339"),
        },
    };
    if start.as_millisecond() > end_ms || start.as_millisecond() > now_ms {
        return refuse(&format!("Start Time not after End Time {start} > {}", rfc3339(end_ms)));
    }
    Ok(Wanted {
        start_ms: start.as_millisecond(),
        end_ms,
        covers_directory: services.iter().any(|service| matches!(*service, "all" | "directory")),
        search: body.get("search_term").cloned(),
    })
}

impl Wanted {
    fn holds(&self, event: &Event, wire: &Value) -> bool {
        self.covers_directory
            && (self.start_ms..=self.end_ms).contains(&event.at_ms)
            && self.search.as_ref().is_none_or(|search| holds(search, wire))
    }
}

/// Judges `{"and":[…]}`, `{"or":[…]}`, `{"not":[…]}` and `{"field": value or list}`. What is stored counts in
/// lower case.
fn holds(search: &Value, event: &Value) -> bool {
    let conditions = search.as_object().into_iter().flatten();
    conditions.into_iter().all(|(name, value)| {
        let list = || value.as_array().into_iter().flatten();
        match name.as_str() {
            "and" => list().all(|part| holds(part, event)),
            "or" => list().any(|part| holds(part, event)),
            "not" => !list().any(|part| holds(part, event)),
            field => {
                let pointer = format!("/{}", field.replace('.', "/"));
                let found = match event.pointer(&pointer) {
                    Some(Value::String(found)) => found.to_lowercase(),
                    Some(found) => found.to_string(),
                    None => return false,
                };
                match value {
                    Value::Array(values) => values.iter().any(|value| plain(value) == found),
                    value => plain(value) == found,
                }
            }
        }
    })
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(super) async fn events(State(services): State<Shared>, body: Bytes) -> Response {
    let Ok(body) = read_json(&body) else { return errors::not_json() };
    let world = services.world();
    let wanted = match read_query(&body, world.now_ms()) {
        Ok(wanted) => wanted,
        Err(response) => return *response,
    };
    let number = |name: &str| body.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let limit = number("limit").filter(|limit| (1..=LARGEST_LIMIT).contains(limit)).unwrap_or(DEFAULT_LIMIT);
    let is_descending = text(&body, "sort").eq_ignore_ascii_case("desc");
    let fields: Vec<&str> = body
        .get("fields")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut found: Vec<(i64, Value)> = world
        .history
        .iter()
        .map(|event| (event, Value::Object(wire(event, world.source.organisation))))
        .filter(|(event, wire)| wanted.holds(event, wire))
        .map(|(event, wire)| (event.at_ms, wire))
        .collect();
    if is_descending {
        found.reverse();
    }
    let after = body.get("search_after").and_then(Value::as_array);
    let start = match after.and_then(|after| after.get(1)) {
        Some(id) => found.iter().position(|(_, event)| event.get("id") == Some(id)).map_or(0, |at| at + 1),
        None => number("skip").unwrap_or(0),
    };
    let rows: Vec<(i64, Value)> = found.into_iter().skip(start).take(limit).collect();
    let last = rows.last().map(|(at, event)| json!([at, event.get("id")]).to_string()).unwrap_or_default();
    let count = rows.len();
    let wire: Vec<Value> = rows
        .into_iter()
        .map(|(_, mut event)| {
            if let (Some(members), false) = (event.as_object_mut(), fields.is_empty()) {
                members.retain(|name, _| fields.iter().any(|field| field.split('.').next() == Some(name)));
            }
            event
        })
        .collect();
    let mut response = json_answer(200, &wire);
    response = with_header(response, "x-result-count", &count.to_string());
    response = with_header(response, "x-limit", &limit.to_string());
    response = with_header(response, "x-sort", if is_descending { "DESC" } else { "ASC" });
    if last.is_empty() { response } else { with_header(response, "x-search_after", &last) }
}

pub(super) async fn count(State(services): State<Shared>, body: Bytes) -> Response {
    let Ok(body) = read_json(&body) else { return errors::not_json() };
    let world = services.world();
    let wanted = match read_query(&body, world.now_ms()) {
        Ok(wanted) => wanted,
        Err(response) => return *response,
    };
    let events = world.history.iter();
    let count = events
        .filter(|event| wanted.holds(event, &Value::Object(wire(event, world.source.organisation))))
        .count();
    json_answer(200, &json!({"count": count}))
}
