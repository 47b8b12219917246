//! `/api/systemusers` and `/api/search/systemusers`.

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::errors;
use super::paging::{Fields, Filter, Page, rotate};
use super::people_wire::{field_text, person_wire, read_into, username_problem};
use crate::services::{Query, Shared, json_answer, read_json, text};
use crate::world::World;
use crate::world::apply::state_event;
use crate::world::history::{about_field, about_person};
use crate::world::source::{Person, PersonState};

/// How Directory Insights names a change by key.
const API_KEY: &str = "api key";

pub(super) async fn list(State(services): State<Shared>, query: Query) -> Response {
    let page = match Page::read(&query) {
        Ok(page) => page,
        Err(response) => return *response,
    };
    let filter = match Filter::v1(&query) {
        Ok(filter) => filter,
        Err(response) => return *response,
    };
    let fields = Fields::read(query.get("fields"));
    let mut world = services.world();
    world.unordered_lists += usize::from(query.get("sort").is_none());
    let world = &*world;
    let sort = query.get("sort").unwrap_or("");
    let people = &world.source.people;
    // The usual page (all people by id) is a slice; only filters and other orders look at everybody.
    if filter.is_empty() && sort == "_id" {
        return results(world, people.keys().page(page.skip, page.limit), people.len(), &fields);
    }
    let holds =
        |key: &u32| people.get(*key).is_some_and(|person| filter.holds(|field| field_text(person, field)));
    let mut keys: Vec<u32> = people.keys().iter().filter(holds).collect();
    order(world, &mut keys, sort);
    if sort.is_empty() {
        rotate(&mut keys, world.unordered_lists);
    }
    results(world, page.of(&keys), keys.len(), &fields)
}

fn results(world: &World, keys: &[u32], total: usize, fields: &Fields) -> Response {
    let wire =
        |key: &u32| Some(person_wire(world.source.people.get(*key)?, world.source.organisation, fields));
    let rows: Vec<Value> = keys.iter().filter_map(wire).collect();
    json_answer(200, &json!({"totalCount": total, "results": rows}))
}

/// Sorts by space-separated fields, `-` for descending.
fn order(world: &World, keys: &mut [u32], sort: &str) {
    for field in sort.split(' ').filter(|field| !field.is_empty()).rev() {
        let (name, is_descending) = match field.strip_prefix('-') {
            Some(name) => (name, true),
            None => (field, false),
        };
        keys.sort_by_cached_key(|key| {
            let person = world.source.people.get(*key);
            person.and_then(|person| field_text(person, name)).map(|text| text.to_lowercase())
        });
        if is_descending {
            keys.reverse();
        }
    }
}

pub(super) async fn search(State(services): State<Shared>, body: Bytes) -> Response {
    let Ok(body) = read_json(&body) else { return errors::not_json() };
    let number = |name: &str, default: u64| body.get(name).and_then(Value::as_u64).unwrap_or(default);
    let limit = usize::try_from(number("limit", 10)).unwrap_or(usize::MAX);
    if limit > 1000 {
        return errors::message(
            400,
            "Bad Request: request parameter \"limit\" exceeds maximum value of 1000",
        );
    }
    let page = Page { skip: usize::try_from(number("skip", 0)).unwrap_or(usize::MAX), limit };
    let fields = Fields::read(body.get("fields").and_then(Value::as_str));
    let world = services.world();
    let people = &world.source.people;
    let holds = |key: &u32| people.get(*key).is_some_and(|person| matches_search(person, &body));
    let mut keys: Vec<u32> = people.keys().iter().filter(holds).collect();
    order(&world, &mut keys, text(&body, "sort"));
    results(&world, page.of(&keys), keys.len(), &fields)
}

fn matches_search(person: &Person, body: &Value) -> bool {
    let found = |field: &str| field_text(person, field).unwrap_or_default();
    if let Some(search) = body.get("searchFilter") {
        let terms: Vec<String> = match search.get("searchTerm") {
            Some(Value::String(term)) => vec![term.to_lowercase()],
            Some(Value::Array(terms)) => {
                terms.iter().filter_map(Value::as_str).map(str::to_lowercase).collect()
            }
            _ => Vec::new(),
        };
        let fields: Vec<&str> = search
            .get("fields")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let hit = |term: &String| fields.iter().any(|field| found(field).to_lowercase().contains(term));
        if !terms.is_empty() && !terms.iter().any(hit) {
            return false;
        }
    }
    let judge = |expression: &Value| {
        let conditions = expression.as_object().into_iter().flatten();
        conditions.into_iter().all(|(field, wanted)| found(field) == plain(wanted))
    };
    match body.get("filter") {
        Some(Value::Array(all)) => all.iter().all(judge),
        Some(Value::Object(groups)) => {
            let list = |name| groups.get(name).and_then(Value::as_array);
            list("and").is_none_or(|all| all.iter().all(judge))
                && list("or").is_none_or(|any| any.iter().any(judge))
        }
        _ => true,
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(super) async fn read(State(services): State<Shared>, Path(id): Path<String>, query: Query) -> Response {
    let world = services.world();
    match world.source.person_by_id(&id) {
        Some(key) => one(&world, key, &Fields::read(query.get("fields"))),
        None => errors::not_found(),
    }
}

fn one(world: &World, key: u32, fields: &Fields) -> Response {
    match world.source.people.get(key) {
        Some(person) => json_answer(200, &person_wire(person, world.source.organisation, fields)),
        None => errors::not_found(),
    }
}

pub(super) async fn create(State(services): State<Shared>, body: Bytes) -> Response {
    let Ok(Value::Object(body)) = read_json(&body) else { return errors::not_json() };
    let mut world = services.world();
    match create_person(&mut world, &body) {
        Ok(key) => one(&world, key, &Fields::default()),
        Err(problem) => errors::message(400, &problem),
    }
}

/// Creates a person as the API does, also for bulk jobs. Errors are sentences.
pub(super) fn create_person(world: &mut World, body: &Map<String, Value>) -> Result<u32, String> {
    let field = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or("").trim().to_owned();
    let (username, email) = (field("username"), field("email"));
    if let Some(problem) = username_problem(&username) {
        return Err(problem.to_owned());
    }
    if !email.contains('@') {
        return Err("Validation error: email is required and must be an address".to_owned());
    }
    let is_taken = world.source.person_by_username(&username).is_some()
        || world.source.person_by_email(&email).is_some();
    if is_taken {
        return Err("User already exists".to_owned());
    }
    let mut person = Person {
        id: world.mint.object_id(),
        username: username.into(),
        email: email.to_lowercase().into(),
        ..Person::default()
    };
    read_into(&mut person, body)?;
    let event = about_person(&person);
    let key = world.source.add_person(person);
    world.note("user_create", API_KEY, event);
    Ok(key)
}

pub(super) async fn update(State(services): State<Shared>, Path(id): Path<String>, body: Bytes) -> Response {
    let Ok(Value::Object(body)) = read_json(&body) else { return errors::not_json() };
    let mut world = services.world();
    let Some(key) = world.source.person_by_id(&id) else { return errors::not_found() };
    match update_person(&mut world, key, &body) {
        Ok(()) => one(&world, key, &Fields::default()),
        Err(problem) => errors::invalid_argument(&problem),
    }
}

pub(super) fn update_person(world: &mut World, key: u32, body: &Map<String, Value>) -> Result<(), String> {
    let Some(before) = world.source.people.get(key).cloned() else { return Ok(()) };
    let mut person = before.clone();
    read_into(&mut person, body)?;
    if let Some(username) = body.get("username").and_then(Value::as_str) {
        if let Some(problem) = username_problem(username) {
            return Err(problem.to_owned());
        }
        if !world.source.set_username(key, username) {
            return Err("User already exists".to_owned());
        }
        person.username = username.into();
    }
    if let Some(email) = body.get("email").and_then(Value::as_str) {
        if !world.source.set_email(key, email) {
            return Err("User already exists".to_owned());
        }
        person.email = email.into();
    }
    let state = person.state;
    for name in body.keys() {
        if let (Some(from), Some(to)) = (before.text(name), person.text(name))
            && from != to
        {
            world.note("user_update", API_KEY, about_field(&person, name, &json!(from), &json!(to)));
        }
    }
    if before.state != state {
        world.note(state_event(Some(before.state), state), API_KEY, about_person(&person));
    }
    if let Some(slot) = world.source.people.get_mut(key) {
        *slot = person;
    }
    Ok(())
}

pub(super) async fn delete(State(services): State<Shared>, Path(id): Path<String>, query: Query) -> Response {
    let mut world = services.world();
    let Some(key) = world.source.person_by_id(&id) else { return errors::not_found() };
    let has_reports = world.source.people.iter().any(|(_, person)| *person.manager == *id);
    if has_reports && query.get("cascade_manager").is_none() {
        return errors::message(409, "User is a manager; cascade_manager is required");
    }
    let answer = one(&world, key, &Fields::default());
    world.delete_source_person(key, API_KEY);
    answer
}

pub(super) async fn activate(State(services): State<Shared>, Path(id): Path<String>) -> Response {
    set_state(&services, &id, PersonState::Activated)
}

pub(super) async fn suspend(State(services): State<Shared>, Path(id): Path<String>) -> Response {
    set_state(&services, &id, PersonState::Suspended)
}

fn set_state(services: &Shared, id: &str, state: PersonState) -> Response {
    let mut world = services.world();
    let Some(key) = world.source.person_by_id(id) else { return errors::not_found() };
    let Some(person) = world.source.people.get_mut(key) else { return errors::not_found() };
    let before = std::mem::replace(&mut person.state, state);
    let event = about_person(person);
    world.note(state_event(Some(before), state), API_KEY, event);
    one(&world, key, &Fields::default())
}

pub(super) async fn expire(State(services): State<Shared>, Path(id): Path<String>) -> Response {
    let mut world = services.world();
    let Some(key) = world.source.person_by_id(&id) else { return errors::not_found() };
    let Some(person) = world.source.people.get_mut(key) else { return errors::not_found() };
    person.password_expired = true;
    let event = about_person(person);
    world.note("user_password_expired", API_KEY, event);
    one(&world, key, &Fields::default())
}
