//! `/scim/directory/{directory}/Groups`.

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use super::attributes::Op;
use super::errors::{MEDIA_TYPE, Problem, java_exception};
use super::listing::{filter, page};
use super::patch::operations;
use super::path::AttributePath;
use super::users::{LIST, base};
use super::wire::{GroupWire, Projection, Writer};
use crate::dialect::{Removal, Rename};
use crate::services::{Query, Shared, empty_answer, json_as, read_json, text, with_header};
use crate::world::World;
use crate::world::slab::Keys;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupList<'w> {
    schemas: [&'static str; 1],
    total_results: usize,
    start_index: usize,
    items_per_page: usize,
    #[serde(rename = "Resources")]
    resources: Vec<GroupWire<'w>>,
}

pub(super) async fn list(State(services): State<Shared>, query: Query) -> Response {
    let projection = Projection::read(&query);
    let world = services.world();
    let found;
    let keys = match query.get("filter") {
        None => world.target.groups.keys(),
        Some(_) if world.dialect.filters_empty => {
            found = Keys::default();
            &found
        }
        Some(text) => match filter(text, &["displayName"]) {
            Err(problem) => return problem.answer(&world.dialect),
            Ok((_, value)) => {
                found = world.target.group_by_name(&value).into_iter().collect();
                &found
            }
        },
    };
    let listing = page(keys, &query, &world.dialect);
    let base = base(&services, &world);
    let writer = Writer { base: &base, world: &world, dialect: &world.dialect, projection: &projection };
    let groups = listing.keys.iter().filter_map(|key| world.target.groups.get(*key));
    let body = GroupList {
        schemas: [LIST],
        total_results: listing.total,
        start_index: listing.start,
        items_per_page: listing.per_page,
        resources: groups.map(|group| writer.group(group)).collect(),
    };
    json_as(200, MEDIA_TYPE, &body)
}

fn one(services: &Shared, world: &World, key: u32, status: u16, projection: &Projection) -> Response {
    let Some(group) = world.target.groups.get(key) else { return empty_answer(500) };
    let base = base(services, world);
    let writer = Writer { base: &base, world, dialect: &world.dialect, projection };
    let response = json_as(status, MEDIA_TYPE, &writer.group(group));
    if status == 201 {
        with_header(response, "location", &writer.location("Groups", &group.id))
    } else {
        response
    }
}

fn unknown(world: &World, id: &str) -> Response {
    Problem::unknown("GROUP", id).answer(&world.dialect)
}

pub(super) async fn read(
    State(services): State<Shared>,
    Path((_, id)): Path<(String, String)>,
    query: Query,
) -> Response {
    let world = services.world();
    match world.target.group_by_id(&id) {
        Some(key) => one(&services, &world, key, 200, &Projection::read(&query)),
        None => unknown(&world, &id),
    }
}

/// Who is meant: ids of known users, and the first id that nobody has.
fn members(world: &World, value: &Value) -> Result<(Keys, Option<String>), Problem> {
    let entries: Vec<&Value> = match value {
        Value::Null => Vec::new(),
        Value::Array(entries) => entries.iter().collect(),
        single => vec![single],
    };
    if world.dialect.members_cap.is_some_and(|cap| entries.len() > cap) {
        if world.dialect.bare_cap {
            return Err(Problem::new(400, "invalidValue", "The request cannot be processed."));
        }
        return Err(Problem::new(413, "tooMany", "Too many members in one request."));
    }
    let mut unknown = None;
    let mut keys = Vec::with_capacity(entries.len());
    for entry in entries {
        // Nested groups are taken and ignored; a client must never send them.
        if text(entry, "type").eq_ignore_ascii_case("group") {
            continue;
        }
        let id = entry.as_str().unwrap_or_else(|| text(entry, "value"));
        match world.target.user_by_id(id) {
            Some(key) => keys.push(key),
            None if world.target.group_by_id(id).is_some() => {}
            None => unknown = unknown.or_else(|| Some(id.to_owned())),
        }
    }
    Ok((keys.into_iter().collect(), unknown))
}

fn no_member(id: &str) -> Problem {
    Problem::new(404, "", format!("Resource [USER]: with id[{id}] not found."))
}

pub(super) async fn create(State(services): State<Shared>, query: Query, body: Bytes) -> Response {
    let mut world = services.world();
    let created = read_json(&body)
        .map_err(|_| Problem::syntax("the body is not valid JSON"))
        .and_then(|body| create_group(&mut world, &body));
    match created {
        Ok(key) => one(&services, &world, key, 201, &Projection::read(&query)),
        Err(problem) => problem.answer(&world.dialect),
    }
}

fn create_group(world: &mut World, body: &Value) -> Result<u32, Problem> {
    let name = text(body, "displayName");
    if name.trim().is_empty() {
        return Err(Problem::value("displayName is required"));
    }
    let (keys, unknown) = members(world, body.get("members").unwrap_or(&Value::Null))?;
    if let Some(id) = unknown {
        return Err(no_member(&id));
    }
    let keys = if world.dialect.post_members_ignored { Keys::default() } else { keys };
    Ok(world.create_group(name, text(body, "externalId"), &keys)?)
}

/// PUT replaces the members; `displayName` is immutable.
pub(super) async fn replace(
    State(services): State<Shared>,
    Path((_, id)): Path<(String, String)>,
    query: Query,
    body: Bytes,
) -> Response {
    let mut world = services.world();
    let Some(key) = world.target.group_by_id(&id) else { return unknown(&world, &id) };
    let Ok(body) = read_json(&body) else {
        return Problem::syntax("the body is not valid JSON").answer(&world.dialect);
    };
    let keys = match members(&world, body.get("members").unwrap_or(&Value::Null)) {
        Ok((keys, None)) => keys,
        Ok((_, Some(id))) => return java_exception(&format!("The users referenced do not exist: {id}")),
        Err(problem) => return problem.answer(&world.dialect),
    };
    let name = text(&body, "displayName");
    if let Err(problem) = if name.is_empty() { Ok(()) } else { rename(&mut world, key, name) } {
        return problem.answer(&world.dialect);
    }
    set_external_id(&mut world, key, body.get("externalId").unwrap_or(&Value::Null));
    replace_members(&mut world, key, &keys);
    one(&services, &world, key, 200, &Projection::read(&query))
}

pub(super) async fn patch(
    State(services): State<Shared>,
    Path((_, id)): Path<(String, String)>,
    query: Query,
    body: Bytes,
) -> Response {
    let mut world = services.world();
    let Some(key) = world.target.group_by_id(&id) else { return unknown(&world, &id) };
    let Ok(body) = read_json(&body) else {
        return Problem::syntax("the body is not valid JSON").answer(&world.dialect);
    };
    match patch_group(&mut world, key, &body) {
        Err(problem) => problem.answer(&world.dialect),
        Ok(()) if world.dialect.patch_204 => empty_answer(204),
        Ok(()) if world.dialect.patch_empty => empty_answer(200),
        Ok(()) => one(&services, &world, key, 200, &Projection::read(&query)),
    }
}

/// One step of a PATCH, all of whose ids are known: nothing is done before the whole body has been read.
enum Step {
    Join(Keys),
    Leave(Keys),
    Replace(Keys),
    Rename(String),
    ExternalId(Value),
    Nothing,
}

fn patch_group(world: &mut World, key: u32, body: &Value) -> Result<(), Problem> {
    let mut steps = Vec::new();
    for operation in operations(body)? {
        match operation.path {
            Some(path) => {
                let path = AttributePath::read(path)?;
                steps.push(step(world, operation.op, &path, operation.value)?);
            }
            None => {
                let members = operation.value.as_object();
                for (name, value) in members.ok_or_else(|| Problem::syntax("value must be an object"))? {
                    steps.push(step(world, operation.op, &AttributePath::read(name)?, value)?);
                }
            }
        }
    }
    for step in steps {
        match step {
            Step::Join(keys) => keys.iter().for_each(|user| {
                world.join(key, user);
            }),
            Step::Leave(keys) => keys.iter().for_each(|user| {
                world.leave(key, user);
            }),
            Step::Replace(keys) => replace_members(world, key, &keys),
            Step::Rename(name) => rename(world, key, &name)?,
            Step::ExternalId(value) => set_external_id(world, key, &value),
            Step::Nothing => {}
        }
    }
    Ok(())
}

fn step(world: &World, op: Op, path: &AttributePath, value: &Value) -> Result<Step, Problem> {
    let known = |value: &Value| match members(world, value)? {
        (keys, None) => Ok(keys),
        (_, Some(id)) => Err(no_member(&id)),
    };
    match (path.attribute.as_str(), op) {
        ("members", Op::Remove) => remove_step(world, path, value),
        ("members", Op::Add) => known(value).map(Step::Join),
        ("members", Op::Replace) => known(value).map(Step::Replace),
        ("displayname", Op::Add | Op::Replace) => match value.as_str() {
            Some(name) if !name.trim().is_empty() => Ok(Step::Rename(name.to_owned())),
            _ => Err(Problem::value("displayName must be a string")),
        },
        ("externalid", _) => Ok(Step::ExternalId(value.clone())),
        ("id" | "schemas" | "meta", _) => Ok(Step::Nothing),
        _ => Err(Problem::new(400, "invalidPath", format!("The path {} is not supported.", path.attribute))),
    }
}

/// The two forms of taking somebody out, and taking everybody out. Whoever is not in is no error.
fn remove_step(world: &World, path: &AttributePath, value: &Value) -> Result<Step, Problem> {
    let removal = world.dialect.removal;
    if let [(name, id)] = path.filter.as_slice() {
        if name != "value" {
            return Err(Problem::new(400, "invalidFilter", "members can be chosen by value only"));
        }
        let works = matches!(removal, Removal::Both | Removal::Path);
        let hit = world.target.user_by_id(id).filter(|_| works);
        return Ok(Step::Leave(hit.into_iter().collect()));
    }
    if !path.filter.is_empty() {
        return Err(Problem::new(400, "invalidFilter", "members can be chosen by one value only"));
    }
    if value.is_null() {
        let works = !world.dialect.remove_all_ignored;
        return Ok(if works { Step::Replace(Keys::default()) } else { Step::Nothing });
    }
    if removal == Removal::Empties {
        return Ok(Step::Replace(Keys::default()));
    }
    let (keys, _) = members(world, value)?;
    let works = matches!(removal, Removal::Both | Removal::Array);
    Ok(if works { Step::Leave(keys) } else { Step::Nothing })
}

fn replace_members(world: &mut World, key: u32, keys: &Keys) {
    let present = world.target.groups.get(key).map(|group| group.members.clone()).unwrap_or_default();
    if !world.dialect.replace_merges {
        for user in present.iter().filter(|user| !keys.contains(*user)) {
            world.leave(key, user);
        }
    }
    for user in keys.iter().filter(|user| !present.contains(*user)) {
        world.join(key, user);
    }
}

fn set_external_id(world: &mut World, key: u32, value: &Value) {
    if let Some(group) = world.target.groups.get_mut(key) {
        group.external_id = value.as_str().unwrap_or("").into();
    }
}

fn rename(world: &mut World, key: u32, name: &str) -> Result<(), Problem> {
    if world.target.groups.get(key).is_none_or(|group| *group.display_name == *name) {
        return Ok(());
    }
    match world.dialect.rename {
        Rename::Strict => Err(Problem::new(400, "mutability", "Attribute displayName is immutable.")),
        Rename::Lenient => Ok(()),
        Rename::Accept => {
            if world.target.group_by_name(name).is_some_and(|other| other != key) {
                let detail = format!("Resource [GROUP]: with displayName[{name}] already exists.");
                return Err(Problem::new(409, "uniqueness", detail));
            }
            world.rename_scim_group(key, name);
            Ok(())
        }
    }
}

pub(super) async fn delete(
    State(services): State<Shared>,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    let mut world = services.world();
    let Some(key) = world.target.group_by_id(&id) else { return unknown(&world, &id) };
    world.delete_group(key);
    empty_answer(204)
}
