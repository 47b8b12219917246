//! What happened in the small organisation during the last days, as Directory Insights tells it.

use serde_json::{Map, Value, json};

use crate::world::World;
use crate::world::history::{about_association, about_field, about_person};

const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;

pub(super) fn add(world: &mut World) {
    membership(world, 6, 9 * 60 + 12, "add", "Contractors", "greta.lindqvist");
    person(world, 5, 14 * 60 + 3, "user_create", "rohan.iyer");
    membership(world, 5, 14 * 60 + 4, "add", "Engineering", "rohan.iyer");
    field(world, 4, 10 * 60 + 40, "hannah.goldberg", "jobTitle", "Writer", "Technical Writer");
    binding(world, 3, 11 * 60 + 26, "Research Lab");
    person(world, 2, 16 * 60 + 20, "user_suspended", "viktor.horvath");
    person(world, 2, 7 * 60, "user_password_expired", "nadia.petrova");
    membership(world, 1, 8 * 60 + 51, "remove", "Engineering", "hannah.goldberg");
    membership(world, 1, 8 * 60 + 52, "add", "Product Management", "hannah.goldberg");
    membership(world, 1, 15 * 60 + 5, "remove", "Design", "mateus.oliveira");
    membership(world, 1, 15 * 60 + 6, "add", "Product Management", "mateus.oliveira");
}

/// Days ago at a minute of that day (UTC); never later than now, for there are none of today.
fn when(world: &World, days_ago: i64, minute: i64) -> i64 {
    let today = world.now_ms() / DAY_MS * DAY_MS;
    today - days_ago * DAY_MS + minute * MINUTE_MS
}

fn record(world: &mut World, days_ago: i64, minute: i64, event_type: &'static str, body: Map<String, Value>) {
    let (id, actor, at) = (world.mint.hex(24), world.actor("session"), when(world, days_ago, minute));
    world.history.record(id, at, event_type, &actor, body);
}

fn person(world: &mut World, days_ago: i64, minute: i64, event_type: &'static str, username: &str) {
    let key = world.source.person_by_username(username);
    if let Some(body) = key.and_then(|key| world.source.people.get(key)).map(about_person) {
        record(world, days_ago, minute, event_type, body);
    }
}

fn field(world: &mut World, days_ago: i64, minute: i64, username: &str, field: &str, from: &str, to: &str) {
    let key = world.source.person_by_username(username);
    let person = key.and_then(|key| world.source.people.get(key));
    if let Some(body) = person.map(|person| about_field(person, field, &json!(from), &json!(to))) {
        record(world, days_ago, minute, "user_update", body);
    }
}

fn membership(world: &mut World, days_ago: i64, minute: i64, op: &str, group: &str, username: &str) {
    let keys = world.source.group_by_name(group).zip(world.source.person_by_username(username));
    let Some((group, person)) = keys else { return };
    let body = about_association(op, &world.group_object(group), &world.person_object(person));
    record(world, days_ago, minute, "association_change", body);
}

fn binding(world: &mut World, days_ago: i64, minute: i64, group: &str) {
    let Some(group) = world.source.group_by_name(group) else { return };
    let application = world.source.applications.get(world.application).map(|application| {
        json!({"object_id": application.id, "type": "application", "name": application.display_label})
    });
    let body = about_association("add", &application.unwrap_or_default(), &world.group_object(group));
    record(world, days_ago, minute, "association_change", body);
}
