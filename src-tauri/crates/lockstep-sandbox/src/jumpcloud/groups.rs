//! `/api/v2/usergroups`.

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::errors;
use super::paging::{Fields, Filter, Page, rotate};
use crate::services::{Query, Shared, empty_answer, json_answer, read_json, text, with_header};
use crate::world::World;
use crate::world::source::Group;

/// How Directory Insights names a change by key.
const API_KEY: &str = "api key";

/// What a client may write besides name, description, e-mail and method.
const KEPT_FIELDS: [&str; 4] =
    ["attributes", "memberQuery", "memberQueryExemptions", "memberSuggestionsNotify"];

/// Writes a group. The list leaves out how members get in: that takes a GET of the group.
fn group_wire(world: &World, group: &Group, is_list: bool) -> Map<String, Value> {
    let mut wire = Map::new();
    wire.insert("id".to_owned(), json!(group.id));
    wire.insert("name".to_owned(), json!(group.name));
    wire.insert("description".to_owned(), json!(group.description));
    wire.insert("email".to_owned(), json!(group.email));
    wire.insert("type".to_owned(), "user_group".into());
    wire.insert("attributes".to_owned(), json!({"sudo": {"enabled": false, "withoutPassword": false}}));
    if !is_list {
        let method = if group.membership_method.is_empty() { "STATIC" } else { &*group.membership_method };
        wire.insert("membershipMethod".to_owned(), method.into());
        wire.insert("memberSuggestionsNotify".to_owned(), false.into());
        wire.insert("organizationObjectId".to_owned(), json!(world.source.organisation));
        wire.insert("suggestionCounts".to_owned(), json!({"add": 0, "remove": 0, "total": 0}));
    }
    for (name, value) in group.extra.iter().flat_map(|extra| extra.iter()) {
        if !is_list || name == "attributes" {
            wire.insert(name.clone(), value.clone());
        }
    }
    wire
}

pub(super) async fn list(State(services): State<Shared>, query: Query) -> Response {
    let page = match Page::read(&query) {
        Ok(page) => page,
        Err(response) => return *response,
    };
    let filter = match Filter::v2(&query) {
        Ok(filter) => filter,
        Err(response) => return *response,
    };
    let fields = Fields::read(query.get("fields"));
    let mut world = services.world();
    let sort = query.get("sort").unwrap_or("").to_owned();
    world.unordered_lists += usize::from(sort.is_empty());
    let groups = &world.source.groups;
    let holds = |key: &u32| {
        groups.get(*key).is_some_and(|group| {
            filter.holds(|field| match field {
                "name" => Some((&*group.name).into()),
                "id" | "_id" => Some(group.id.to_string().into()),
                "type" => Some("user_group".into()),
                _ => None,
            })
        })
    };
    let mut keys: Vec<u32> = groups.keys().iter().filter(holds).collect();
    if sort.trim_start_matches('-').starts_with("name") {
        keys.sort_by_cached_key(|key| groups.get(*key).map(|group| group.name.to_lowercase()));
    }
    if sort.starts_with('-') {
        keys.reverse();
    }
    if sort.is_empty() {
        rotate(&mut keys, world.unordered_lists);
    }
    let rows: Vec<Value> = page
        .of(&keys)
        .iter()
        .filter_map(|key| {
            let mut wire = group_wire(&world, groups.get(*key)?, true);
            fields.keep(&mut wire);
            Some(Value::Object(wire))
        })
        .collect();
    with_header(json_answer(200, &rows), "x-total-count", &keys.len().to_string())
}

pub(super) async fn read(State(services): State<Shared>, Path(id): Path<String>) -> Response {
    let world = services.world();
    match world.source.group_by_id(&id).and_then(|key| world.source.groups.get(key)) {
        Some(group) => json_answer(200, &group_wire(&world, group, false)),
        None => errors::not_found(),
    }
}

pub(super) async fn create(State(services): State<Shared>, body: Bytes) -> Response {
    let Ok(Value::Object(body)) = read_json(&body) else { return errors::not_json() };
    let mut world = services.world();
    let mut group = Group { id: world.mint.object_id(), ..Group::default() };
    if let Err(response) = read_into(&mut group, &body) {
        return *response;
    }
    if world.source.group_by_name(&group.name).is_some() {
        return errors::already_exists();
    }
    let key = world.source.add_group(group);
    world.note_group(key, "group_create", API_KEY);
    match world.source.groups.get(key) {
        Some(group) => json_answer(201, &group_wire(&world, group, false)),
        None => errors::not_found(),
    }
}

/// PUT replaces the whole group.
pub(super) async fn update(State(services): State<Shared>, Path(id): Path<String>, body: Bytes) -> Response {
    let Ok(Value::Object(body)) = read_json(&body) else { return errors::not_json() };
    let mut world = services.world();
    let Some(key) = world.source.group_by_id(&id) else { return errors::not_found() };
    let Some(before) = world.source.groups.get(key).cloned() else { return errors::not_found() };
    let mut group = Group { id: before.id, members: before.members, ..Group::default() };
    if let Err(response) = read_into(&mut group, &body) {
        return *response;
    }
    let name = std::mem::replace(&mut group.name, before.name);
    if let Some(slot) = world.source.groups.get_mut(key) {
        *slot = group;
    }
    if !world.source.rename_group(key, &name) {
        return errors::already_exists();
    }
    world.note_group(key, "group_update", API_KEY);
    match world.source.groups.get(key) {
        Some(group) => json_answer(200, &group_wire(&world, group, false)),
        None => errors::not_found(),
    }
}

fn read_into(group: &mut Group, body: &Map<String, Value>) -> Result<(), Box<Response>> {
    let whole = Value::Object(body.clone());
    let name = text(&whole, "name").trim();
    if name.is_empty() {
        return Err(Box::new(errors::invalid_argument("name is required")));
    }
    group.name = name.into();
    group.description = text(&whole, "description").into();
    group.email = text(&whole, "email").into();
    group.membership_method = text(&whole, "membershipMethod").into();
    let kept: Map<String, Value> = body
        .iter()
        .filter(|(name, _)| KEPT_FIELDS.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    group.extra = (!kept.is_empty()).then(|| Box::new(kept));
    Ok(())
}

pub(super) async fn delete(State(services): State<Shared>, Path(id): Path<String>) -> Response {
    let mut world = services.world();
    let Some(key) = world.source.group_by_id(&id) else { return errors::not_found() };
    world.delete_source_group(key, API_KEY);
    empty_answer(204)
}
