//! `/scim/directory/{directory}/Users`.

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::errors::{MEDIA_TYPE, Problem};
use super::listing::{filter, page};
use super::patch::{patch_user, read_user};
use super::wire::{Projection, Writer};
use crate::services::{Query, Shared, empty_answer, json_as, read_json, with_header};
use crate::world::World;
use crate::world::slab::Keys;
use crate::world::target::ScimUser;

pub(super) const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// Returns the directory's base URL.
pub(super) fn base(services: &Shared, world: &World) -> String {
    format!("{}/scim/directory/{}", services.origin, world.target.directory)
}

pub(super) async fn list(State(services): State<Shared>, query: Query) -> Response {
    let projection = Projection::read(&query);
    if query.get("attributes").is_some() && query.get("excludedAttributes").is_some() {
        let problem = Problem::value("attributes and excludedAttributes exclude each other");
        return problem.answer(&services.world().dialect);
    }
    let world = services.world();
    let found;
    let keys = match query.get("filter") {
        None => world.target.users.keys(),
        Some(_) if world.dialect.filters_empty => {
            found = Keys::default();
            &found
        }
        Some(text) => match filter(text, &["userName", "externalId"]) {
            Err(problem) => return problem.answer(&world.dialect),
            Ok(("userName", value)) => {
                found = world.target.user_by_name(&value).into_iter().collect();
                &found
            }
            Ok((_, value)) => {
                found = world.target.users_by_external_id(&value);
                &found
            }
        },
    };
    let listing = page(keys, &query, &world.dialect);
    let base = base(&services, &world);
    let writer = Writer { base: &base, world: &world, dialect: &world.dialect, projection: &projection };
    let users = listing.keys.iter().filter_map(|key| world.target.users.get(*key));
    let rows: Vec<Value> = users.map(|user| writer.user(user)).collect();
    let body = json!({"schemas": [LIST], "totalResults": listing.total, "startIndex": listing.start,
        "itemsPerPage": listing.per_page, "Resources": rows});
    json_as(200, MEDIA_TYPE, &body)
}

/// Answers with one user.
fn one(services: &Shared, world: &World, key: u32, status: u16, projection: &Projection) -> Response {
    let Some(user) = world.target.users.get(key) else { return empty_answer(500) };
    let base = base(services, world);
    let writer = Writer { base: &base, world, dialect: &world.dialect, projection };
    let response = json_as(status, MEDIA_TYPE, &writer.user(user));
    if status == 201 {
        with_header(response, "location", &writer.location("Users", &user.id))
    } else {
        response
    }
}

fn unknown(world: &World, id: &str) -> Response {
    Problem::unknown("USER", id).answer(&world.dialect)
}

pub(super) async fn read(
    State(services): State<Shared>,
    Path((_, id)): Path<(String, String)>,
    query: Query,
) -> Response {
    let world = services.world();
    match world.target.user_by_id(&id) {
        Some(key) => one(&services, &world, key, 200, &Projection::read(&query)),
        None => unknown(&world, &id),
    }
}

pub(super) async fn create(State(services): State<Shared>, query: Query, body: Bytes) -> Response {
    let mut world = services.world();
    let Ok(body) = read_json(&body) else {
        return Problem::syntax("the body is not valid JSON").answer(&world.dialect);
    };
    let mut user = ScimUser::default();
    let created = read_user(&mut user, &body, &world.dialect)
        .and_then(|()| world.create_user(user).map_err(Problem::from));
    match created {
        Ok(key) => one(&services, &world, key, 201, &Projection::read(&query)),
        Err(problem) => problem.answer(&world.dialect),
    }
}

/// PUT clears what it does not name; a missing `active` is true.
pub(super) async fn replace(
    State(services): State<Shared>,
    Path((_, id)): Path<(String, String)>,
    query: Query,
    body: Bytes,
) -> Response {
    let mut world = services.world();
    let Some(key) = world.target.user_by_id(&id) else { return unknown(&world, &id) };
    let Some(old) = world.target.users.get(key).cloned() else { return unknown(&world, &id) };
    let Ok(body) = read_json(&body) else {
        return Problem::syntax("the body is not valid JSON").answer(&world.dialect);
    };
    let mut user = ScimUser {
        id: old.id,
        account: old.account,
        groups: old.groups,
        created: old.created,
        modified: old.modified,
        ..ScimUser::default()
    };
    let replaced = read_user(&mut user, &body, &world.dialect)
        .and_then(|()| world.update_user(key, user, true).map_err(Problem::from));
    match replaced {
        Ok(()) => one(&services, &world, key, 200, &Projection::read(&query)),
        Err(problem) => problem.answer(&world.dialect),
    }
}

pub(super) async fn patch(
    State(services): State<Shared>,
    Path((_, id)): Path<(String, String)>,
    query: Query,
    body: Bytes,
) -> Response {
    let mut world = services.world();
    let Some(key) = world.target.user_by_id(&id) else { return unknown(&world, &id) };
    let Some(mut user) = world.target.users.get(key).cloned() else { return unknown(&world, &id) };
    let Ok(body) = read_json(&body) else {
        return Problem::syntax("the body is not valid JSON").answer(&world.dialect);
    };
    let patched = patch_user(&mut user, &body, &world.dialect)
        .and_then(|wrote_emails| world.update_user(key, user, wrote_emails).map_err(Problem::from));
    match patched {
        Err(problem) => problem.answer(&world.dialect),
        Ok(()) if world.dialect.patch_204 => empty_answer(204),
        Ok(()) if world.dialect.patch_empty => empty_answer(200),
        Ok(()) => one(&services, &world, key, 200, &Projection::read(&query)),
    }
}

pub(super) async fn delete(
    State(services): State<Shared>,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    let mut world = services.world();
    let Some(key) = world.target.user_by_id(&id) else { return unknown(&world, &id) };
    world.delete_user(key);
    empty_answer(204)
}
