//! The graph of V2: who is a member of what, and what is bound to an application.
//!
//! These lists are bare arrays without an order of their own that a client could ask for; ids only.

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::errors;
use super::paging::Page;
use crate::services::{Query, Shared, empty_answer, json_answer, read_json, text};
use crate::world::World;
use crate::world::slab::Keys;

/// How Directory Insights names a change by key.
const API_KEY: &str = "api key";

fn object(id: impl serde::Serialize, kind: &str) -> Value {
    json!({"id": id, "type": kind})
}

fn connection(from: &Value, to: &Value) -> Value {
    json!({"from": from, "to": to, "attributes": null})
}

fn person_object(world: &World, key: u32) -> Option<Value> {
    Some(object(world.source.people.get(key)?.id, "user"))
}

fn group_object(world: &World, key: u32) -> Option<Value> {
    Some(object(world.source.groups.get(key)?.id, "user_group"))
}

fn with_paths(target: &Value, paths: &[Value]) -> Value {
    json!({"id": target.get("id"), "type": target.get("type"), "compiledAttributes": null, "paths": paths})
}

/// Answers one page of keys, each written by `wire`.
fn page_of(query: &Query, keys: &Keys, wire: impl Fn(u32) -> Option<Value>) -> Response {
    match Page::read(query) {
        Ok(page) => {
            let rows: Vec<Value> =
                keys.page(page.skip, page.limit).iter().filter_map(|key| wire(*key)).collect();
            json_answer(200, &rows)
        }
        Err(response) => *response,
    }
}

pub(super) async fn members(
    State(services): State<Shared>,
    Path(id): Path<String>,
    query: Query,
) -> Response {
    let world = services.world();
    let Some(key) = world.source.group_by_id(&id) else {
        return errors::graph_argument("user_group not found");
    };
    let Some(group) = world.source.groups.get(key) else { return errors::not_found() };
    page_of(&query, &group.members, |person| Some(json!({"to": person_object(&world, person)?})))
}

pub(super) async fn change_member(
    State(services): State<Shared>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let Ok(body) = read_json(&body) else { return errors::not_json() };
    let mut world = services.world();
    let Some(group) = world.source.group_by_id(&id) else {
        return errors::graph_argument("user_group not found");
    };
    if text(&body, "type") != "user" {
        return errors::graph_argument("type must be user");
    }
    let Some(person) = world.source.person_by_id(text(&body, "id")) else { return errors::not_found() };
    let is_member = world.source.groups.get(group).is_some_and(|group| group.members.contains(person));
    match (text(&body, "op"), is_member) {
        ("add", true) => errors::already_exists(),
        ("add", false) => {
            world.add_source_member(group, person, API_KEY);
            world.edited_by_hand(group, person, false);
            empty_answer(204)
        }
        ("remove", false) => errors::not_found(),
        ("remove", true) => {
            world.remove_source_member(group, person, API_KEY);
            world.edited_by_hand(group, person, true);
            empty_answer(204)
        }
        ("update", true) => empty_answer(204),
        ("update", false) => errors::not_found(),
        _ => errors::graph_argument("op must be add, remove or update"),
    }
}

pub(super) async fn membership(
    State(services): State<Shared>,
    Path(id): Path<String>,
    query: Query,
) -> Response {
    let world = services.world();
    let Some(key) = world.source.group_by_id(&id) else {
        return errors::graph_argument("user_group not found");
    };
    let Some(group) = world.source.groups.get(key) else { return errors::not_found() };
    let from = object(group.id, "user_group");
    page_of(&query, &group.members, |person| {
        let to = person_object(&world, person)?;
        Some(with_paths(&to, &[json!([connection(&from, &to)])]))
    })
}

/// An unknown person has no groups: 200 and nothing.
pub(super) async fn member_of(
    State(services): State<Shared>,
    Path(id): Path<String>,
    query: Query,
) -> Response {
    let world = services.world();
    let person = world.source.person_by_id(&id).and_then(|key| world.source.people.get(key));
    let Some(person) = person else { return json_answer(200, &json!([])) };
    let from = object(person.id, "user");
    page_of(&query, &person.groups, |group| {
        let to = group_object(&world, group)?;
        Some(with_paths(&to, &[json!([connection(&from, &to)])]))
    })
}

/// `GET /applications/{id}/associations?targets=user_group`: what is bound directly.
pub(super) async fn application_associations(
    State(services): State<Shared>,
    Path(id): Path<String>,
    query: Query,
) -> Response {
    let world = services.world();
    let application = world.source.application(&id).and_then(|key| world.source.applications.get(key));
    let Some(application) = application else { return errors::not_found() };
    let from = object(application.id, "application");
    match query.get("targets") {
        Some("user_group") => page_of(&query, &application.groups, |group| {
            Some(connection(&from, &group_object(&world, group)?))
        }),
        Some("user") => page_of(&query, &application.people, |person| {
            Some(connection(&from, &person_object(&world, person)?))
        }),
        _ => errors::invalid_argument("targets is required and must be user or user_group"),
    }
}

pub(super) async fn bind(State(services): State<Shared>, Path(id): Path<String>, body: Bytes) -> Response {
    let Ok(body) = read_json(&body) else { return errors::not_json() };
    let mut world = services.world();
    let Some(application) = world.source.application(&id) else { return errors::not_found() };
    let target = text(&body, "id");
    let op = text(&body, "op");
    if !matches!(op, "add" | "remove" | "update") {
        return errors::graph_argument("op must be add, remove or update");
    }
    let is_bound = op != "remove";
    let changed = match text(&body, "type") {
        "user_group" => {
            let Some(group) = world.source.group_by_id(target) else { return errors::not_found() };
            world.bind(application, group, is_bound, API_KEY)
        }
        "user" => {
            let Some(person) = world.source.person_by_id(target) else { return errors::not_found() };
            world.bind_person(application, person, is_bound)
        }
        _ => return errors::graph_argument("type must be user or user_group"),
    };
    match (op, changed) {
        ("add", false) => errors::already_exists(),
        ("remove", false) => errors::not_found(),
        _ => empty_answer(204),
    }
}

/// `GET /applications/{id}/usergroups`: direct and indirect; user groups are not nested, so direct it is.
pub(super) async fn application_groups(
    State(services): State<Shared>,
    Path(id): Path<String>,
    query: Query,
) -> Response {
    let world = services.world();
    let application = world.source.application(&id).and_then(|key| world.source.applications.get(key));
    let Some(application) = application else { return errors::not_found() };
    let from = object(application.id, "application");
    page_of(&query, &application.groups, |group| {
        let to = group_object(&world, group)?;
        Some(with_paths(&to, &[json!([connection(&from, &to)])]))
    })
}

/// `GET /applications/{id}/users`: everybody that a path leads to.
pub(super) async fn application_people(
    State(services): State<Shared>,
    Path(id): Path<String>,
    query: Query,
) -> Response {
    let mut world = services.world();
    let Some(key) = world.source.application(&id) else { return errors::not_found() };
    let everybody = world.source.everybody_of(key);
    let Some(application) = world.source.applications.get(key) else { return errors::not_found() };
    let from = object(application.id, "application");
    page_of(&query, &everybody, |person_key| {
        let to = person_object(&world, person_key)?;
        let person = world.source.people.get(person_key)?;
        let mut paths: Vec<Value> = Vec::new();
        if application.people.contains(person_key) {
            paths.push(json!([connection(&from, &to)]));
        }
        for group in person.groups.iter().filter(|group| application.groups.contains(*group)) {
            let group = group_object(&world, group)?;
            paths.push(json!([connection(&from, &group), connection(&group, &to)]));
        }
        Some(with_paths(&to, &paths))
    })
}

/// The same edges seen from a group: `GET /usergroups/{id}/applications`.
pub(super) async fn group_applications(
    State(services): State<Shared>,
    Path(id): Path<String>,
    query: Query,
) -> Response {
    let world = services.world();
    let Some(group) = world.source.group_by_id(&id) else {
        return errors::graph_argument("user_group not found");
    };
    let from = group_object(&world, group).unwrap_or_default();
    page_of(&query, &applications_of_group(&world, group), |application| {
        let to = object(world.source.applications.get(application)?.id, "application");
        Some(with_paths(&to, &[json!([connection(&from, &to)])]))
    })
}

/// `GET /usergroups/{id}/associations?targets=application`.
pub(super) async fn group_associations(
    State(services): State<Shared>,
    Path(id): Path<String>,
    query: Query,
) -> Response {
    let world = services.world();
    let Some(group) = world.source.group_by_id(&id) else {
        return errors::graph_argument("user_group not found");
    };
    if query.get("targets") != Some("application") {
        return json_answer(200, &json!([]));
    }
    let from = group_object(&world, group).unwrap_or_default();
    page_of(&query, &applications_of_group(&world, group), |application| {
        Some(connection(&from, &object(world.source.applications.get(application)?.id, "application")))
    })
}

pub(super) async fn bind_group(
    State(services): State<Shared>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let Ok(body) = read_json(&body) else { return errors::not_json() };
    let mut world = services.world();
    let Some(group) = world.source.group_by_id(&id) else {
        return errors::graph_argument("user_group not found");
    };
    let Some(application) = world.source.application(text(&body, "id")) else { return errors::not_found() };
    match text(&body, "op") {
        "add" if world.bind(application, group, true, API_KEY) => empty_answer(204),
        "add" => errors::already_exists(),
        "remove" if world.bind(application, group, false, API_KEY) => empty_answer(204),
        "remove" => errors::not_found(),
        _ => errors::graph_argument("op must be add or remove"),
    }
}

/// `GET /users/{id}/applications`.
pub(super) async fn person_applications(
    State(services): State<Shared>,
    Path(id): Path<String>,
    query: Query,
) -> Response {
    let world = services.world();
    let Some(key) = world.source.person_by_id(&id) else { return json_answer(200, &json!([])) };
    let Some(person) = world.source.people.get(key) else { return json_answer(200, &json!([])) };
    let reaches = |(_, application): &(u32, &crate::world::source::Application)| {
        application.people.contains(key)
            || person.groups.iter().any(|group| application.groups.contains(group))
    };
    let keys: Keys = world.source.applications.iter().filter(reaches).map(|(key, _)| key).collect();
    let from = object(person.id, "user");
    page_of(&query, &keys, |application| {
        let application = world.source.applications.get(application)?;
        let to = object(application.id, "application");
        let via = person.groups.iter().filter(|group| application.groups.contains(*group));
        let mut paths: Vec<Value> = Vec::new();
        for group in via {
            let group = group_object(&world, group)?;
            paths.push(json!([connection(&from, &group), connection(&group, &to)]));
        }
        Some(with_paths(&to, &paths))
    })
}

fn applications_of_group(world: &World, group: u32) -> Keys {
    let bound =
        world.source.applications.iter().filter(|(_, application)| application.groups.contains(group));
    bound.map(|(key, _)| key).collect()
}
