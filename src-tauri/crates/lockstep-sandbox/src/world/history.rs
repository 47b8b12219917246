//! Directory Insights: what happened in JumpCloud, newest last.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use super::source::{Group, Person};

/// Events kept; JumpCloud keeps 90 days.
const KEPT: usize = 100_000;

/// One event as the API answers it.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) id: String,
    /// Milliseconds since 1970.
    pub(crate) at_ms: i64,
    pub(crate) event_type: &'static str,
    /// Further members of the event.
    pub(crate) body: Map<String, Value>,
}

/// Who did something, as `initiated_by` shows it.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    pub(crate) id: String,
    pub(crate) email: String,
    /// `session` or `api key`.
    pub(crate) auth_method: &'static str,
}

/// All events.
#[derive(Debug, Default)]
pub(crate) struct History {
    events: VecDeque<Event>,
}

impl History {
    /// Returns the events, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.events.iter()
    }

    /// Adds an event; one that is older than the newest goes where it belongs.
    pub(crate) fn record(
        &mut self,
        id: String,
        at_ms: i64,
        event_type: &'static str,
        actor: &Actor,
        mut body: Map<String, Value>,
    ) {
        let initiated_by = json!({"type": "admin", "id": actor.id, "email": actor.email});
        body.insert("initiated_by".to_owned(), initiated_by);
        body.insert("auth_method".to_owned(), actor.auth_method.into());
        let event = Event { id, at_ms, event_type, body };
        let position = self.events.partition_point(|other| other.at_ms <= at_ms);
        self.events.insert(position, event);
        if self.events.len() > KEPT {
            self.events.pop_front();
        }
    }
}

/// The members of an event about a person.
pub(crate) fn about_person(person: &Person) -> Map<String, Value> {
    members(json!({"resource": {"id": person.id, "type": "user", "username": person.username}}))
}

/// The members of an event about a changed field of a person.
pub(crate) fn about_field(person: &Person, field: &str, from: &Value, to: &Value) -> Map<String, Value> {
    let mut body = about_person(person);
    body.insert("changes".to_owned(), json!([{"field": field, "from": from, "to": to}]));
    body
}

/// The members of an event about a group.
pub(crate) fn about_group(group: &Group) -> Map<String, Value> {
    members(json!({"resource": {"id": group.id, "type": "user_group", "name": group.name}}))
}

/// The members of `association_change`: no `resource`, a connection instead.
pub(crate) fn about_association(op: &str, from: &Value, to: &Value) -> Map<String, Value> {
    members(json!({"association": {"op": op, "action_source": "manual", "attributes": null,
        "connection": {"from": from, "to": to}}}))
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
