//! `/api/v2/bulk/users`: people created by a job. The job runs at once; its rows are read afterwards.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::errors;
use super::paging::Page;
use super::people::{create_person, update_person};
use crate::services::{Query, Shared, json_answer, read_json, text};
use crate::world::source::PersonState;
use crate::world::{BulkJob, BulkRow, World, rfc3339};

/// The values of the header `creation-source`; the third of them are set apart by the organisation's
/// `csvImport` default.
const CREATION_SOURCES: [&str; 6] = [
    "jumpcloud:gapps",
    "jumpcloud:o365",
    "jumpcloud:workday",
    "jumpcloud:scim",
    "jumpcloud:bulk",
    "jumpcloud:custom_integration",
];

pub(super) async fn create(State(services): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let source = headers.get("creation-source").map_or(Ok("jumpcloud:bulk"), |value| value.to_str());
    if !source.is_ok_and(|source| CREATION_SOURCES.contains(&source)) {
        return errors::invalid_argument("creation-source is malformed");
    }
    run(&services, &body, |world, person| {
        let key = create_person(world, person)?;
        // Bulk and import share the default STAGED (the organisation's settings).
        if person.get("state").is_none()
            && let Some(person) = world.source.people.get_mut(key)
        {
            person.state = PersonState::Staged;
        }
        Ok(key)
    })
}

pub(super) async fn update(State(services): State<Shared>, body: Bytes) -> Response {
    run(&services, &body, |world, person| {
        let id = person.get("id").and_then(Value::as_str).unwrap_or("");
        let key = world.source.person_by_id(id).ok_or("User not found")?;
        update_person(world, key, person)?;
        Ok(key)
    })
}

fn run(
    services: &Shared,
    body: &[u8],
    mut one: impl FnMut(&mut World, &Map<String, Value>) -> Result<u32, String>,
) -> Response {
    let Ok(Value::Array(people)) = read_json(body) else { return errors::not_json() };
    let mut world = services.world();
    let mut rows = Vec::with_capacity(people.len());
    for person in &people {
        let Some(members) = person.as_object() else { return errors::not_json() };
        let outcome = one(&mut world, members);
        rows.push(BulkRow {
            id: world.mint.hex(24),
            is_done: outcome.is_ok(),
            message: outcome.err().unwrap_or_default(),
            at_ms: world.now_ms(),
            email: text(person, "email").to_owned(),
            username: text(person, "username").to_owned(),
        });
    }
    let id = world.mint.hex(24);
    world.jobs.push(BulkJob { id: id.clone(), rows });
    json_answer(201, &json!({"jobId": id}))
}

pub(super) async fn results(
    State(services): State<Shared>,
    Path(id): Path<String>,
    query: Query,
) -> Response {
    let page = match Page::read(&query) {
        Ok(page) => page,
        Err(response) => return *response,
    };
    let world = services.world();
    let Some(job) = world.jobs.iter().find(|job| job.id == id) else { return errors::not_found() };
    let row = |row: &BulkRow| {
        let at = rfc3339(row.at_ms);
        json!({"id": row.id, "status": if row.is_done { "finished" } else { "failed" }, "statusMsg": row.message,
            "createdAt": at, "updatedAt": at, "meta": {},
            "persistedFields": {"email": row.email, "username": row.username}})
    };
    json_answer(200, &page.of(&job.rows).iter().map(row).collect::<Vec<Value>>())
}
