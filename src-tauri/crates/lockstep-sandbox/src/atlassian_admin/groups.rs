//! Groups of the organisation: search, counts, role assignments, and the few writes.

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::errors;
use super::search::{answer, texts};
use crate::services::{Query, Shared, empty_answer, json_answer, read_json, text};
use crate::world::World;
use crate::world::organisation::{OrgGroup, RoleAssignment};

/// The documented default page.
const DEFAULT_LIMIT: usize = 20;

pub(super) type GroupPath = Path<(String, String, String)>;

fn wire(world: &World, group: &OrgGroup, with_users: bool, with_resources: bool) -> Value {
    let mut wire = json!({
        "id": group.id, "name": group.name, "description": group.description,
        "directoryId": world.organisation.directory,
        "managementAccess":
            {"deletable": !group.is_synced, "modifiable": !group.is_synced, "readable": true},
        "externalSynced": group.is_synced,
        "managedBy": if group.is_synced { "external" } else { "admins" },
        "links": {"self": group.id},
    });
    let mut counts = serde_json::Map::new();
    if with_users {
        counts.insert("users".to_owned(), group.members.len().into());
    }
    if with_resources {
        counts.insert("resources".to_owned(), group.role_assignments.len().into());
    }
    if let (Some(members), false) = (wire.as_object_mut(), counts.is_empty()) {
        members.insert("counts".to_owned(), Value::Object(counts));
    }
    wire
}

/// `POST …/groups/search`
pub(super) async fn search(State(services): State<Shared>, body: Bytes) -> Response {
    match read_json(&body) {
        Ok(body) => find(&services.world(), &body),
        Err(_) => errors::bad_body("The body is not valid JSON."),
    }
}

/// The deprecated `GET …/groups`: the same by query string.
pub(super) async fn list(State(services): State<Shared>, query: Query) -> Response {
    let mut body = json!({});
    for name in ["cursor", "searchTerm"] {
        if let (Some(members), Some(value)) = (body.as_object_mut(), query.get(name)) {
            members.insert(name.to_owned(), value.into());
        }
    }
    if let (Some(members), Some(limit)) = (body.as_object_mut(), query.number("limit")) {
        members.insert("limit".to_owned(), limit.into());
    }
    find(&services.world(), &body)
}

fn find(world: &World, body: &Value) -> Response {
    let names = texts(body, "groupNames");
    let term = body.get("searchTerm").and_then(Value::as_str).map(str::to_lowercase);
    let ids = texts(body, "groupIds");
    if names.is_some() && (term.is_some() || ids.is_some()) {
        return errors::bad_body("groupNames excludes searchTerm and groupIds");
    }
    // The documents give no numbers for this search; those of the search for people are played.
    for (name, most) in [("accountIds", 10), ("directoryIds", 10), ("groupIds", 10), ("resourceIds", 20)] {
        if texts(body, name).is_some_and(|list| list.len() > most) {
            return errors::bad_body(&format!("{name} takes at most {most} values"));
        }
    }
    let accounts = texts(body, "accountIds");
    let resources = texts(body, "resourceIds");
    let roles = texts(body, "roleIds");
    let owners = texts(body, "resourceOwners");
    let expand = texts(body, "expand").unwrap_or_default();
    let organisation = &world.organisation;
    let holds = |group: &OrgGroup| {
        let is_named =
            |names: &Vec<String>| names.iter().any(|name| name.to_lowercase() == group.name.to_lowercase());
        let has_account = |accounts: &Vec<String>| {
            let keys = accounts.iter().filter_map(|id| organisation.account_by_id(id));
            keys.into_iter().any(|key| group.members.contains(key))
        };
        let has_role = |roles: &Vec<String>| {
            group.role_assignments.iter().any(|given| given.roles.iter().any(|role| roles.contains(role)))
        };
        let has_owner = |owners: &Vec<String>| {
            group.role_assignments.iter().any(|given| owners.contains(&given.resource_owner))
        };
        let has_resource = |resources: &Vec<String>| {
            group.role_assignments.iter().any(|given| resources.contains(&given.resource_id))
        };
        names.as_ref().is_none_or(is_named)
            && ids.as_ref().is_none_or(|ids| ids.iter().any(|id| **id == *group.id))
            && term.as_ref().is_none_or(|term| group.name.to_lowercase().contains(term))
            && accounts.as_ref().is_none_or(has_account)
            && roles.as_ref().is_none_or(has_role)
            && owners.as_ref().is_none_or(has_owner)
            && resources.as_ref().is_none_or(has_resource)
    };
    let mut keys: Vec<u32> =
        organisation.groups.iter().filter(|(_, group)| holds(group)).map(|(key, _)| key).collect();
    keys.sort_by_cached_key(|key| organisation.groups.get(*key).map(|group| group.name.to_lowercase()));
    let with = |name: &str| expand.iter().any(|other| other == name);
    answer(&keys, body, DEFAULT_LIMIT, |key| {
        let group = organisation.groups.get(key)?;
        Some(wire(world, group, with("counts.users"), with("counts.resources")))
    })
}

pub(super) async fn read(State(services): State<Shared>, Path((_, _, id)): GroupPath) -> Response {
    let world = services.world();
    match world.organisation.group_by_id(&id).and_then(|key| world.organisation.groups.get(key)) {
        Some(group) => json_answer(200, &json!({"data": wire(&world, group, false, false)})),
        None => errors::no_group(),
    }
}

pub(super) async fn count(State(services): State<Shared>) -> Response {
    json_answer(200, &json!({"count": services.world().organisation.groups.len()}))
}

pub(super) async fn stats(State(services): State<Shared>) -> Response {
    let world = services.world();
    let all = world.organisation.groups.len();
    let synced = world.organisation.groups.iter().filter(|(_, group)| group.is_synced).count();
    let totals = json!({"all": all, "managed": all - synced, "synced": synced});
    json_answer(200, &json!({"totals": totals, "types": [{"type": "USERBASE_GROUP", "count": all}]}))
}

/// `GET …/groups/{group}/role-assignments`
pub(super) async fn role_assignments(
    State(services): State<Shared>,
    Path((_, _, id)): GroupPath,
    query: Query,
) -> Response {
    let world = services.world();
    let group = world.organisation.group_by_id(&id).and_then(|key| world.organisation.groups.get(key));
    let Some(group) = group else { return errors::no_group() };
    let limit = query.number("limit").unwrap_or(DEFAULT_LIMIT).clamp(1, 100);
    let Some(page) = super::paging::page(&group.role_assignments, query.get("cursor"), limit) else {
        return errors::bad_cursor();
    };
    let row = |given: &RoleAssignment| {
        json!({"resourceId": given.resource_id, "resourceOwner": given.resource_owner,
            "defaultRole": given.default_role, "roles": given.roles})
    };
    let rows: Vec<Value> = page.rows.iter().map(row).collect();
    let links = json!({"self": page.this, "prev": page.previous, "next": page.next});
    json_answer(200, &json!({"data": rows, "links": links}))
}

/// `POST …/role-assignments/assign` and `…/revoke`
pub(super) async fn change_role(
    State(services): State<Shared>,
    Path((_, _, id, verb)): Path<(String, String, String, String)>,
    body: Bytes,
) -> Response {
    let Ok(body) = read_json(&body) else { return errors::bad_body("The body is not valid JSON.") };
    let (resource, role) = (text(&body, "resourceId"), text(&body, "roleId"));
    if resource.is_empty() || role.is_empty() {
        return errors::bad_body("resourceId and roleId are required");
    }
    let mut world = services.world();
    let Some(key) = world.organisation.group_by_id(&id) else { return errors::no_group() };
    let Some(group) = world.organisation.groups.get_mut(key) else { return errors::no_group() };
    let given = &mut group.role_assignments;
    match verb.as_str() {
        "assign" => match given.iter_mut().find(|given| given.resource_id == resource) {
            Some(entry) if entry.roles.iter().any(|other| other == role) => {}
            Some(entry) => entry.roles.push(role.to_owned()),
            None => {
                let owner = resource.split(':').nth(2).unwrap_or("").to_owned();
                given.push(RoleAssignment {
                    resource_id: resource.to_owned(),
                    resource_owner: owner,
                    default_role: None,
                    roles: vec![role.to_owned()],
                });
            }
        },
        "revoke" => {
            for entry in given.iter_mut().filter(|entry| entry.resource_id == resource) {
                entry.roles.retain(|other| other != role);
            }
            given.retain(|entry| !entry.roles.is_empty());
        }
        _ => return errors::no_resource(),
    }
    empty_answer(204)
}

/// Creates a local group; the answer does not tell its id.
pub(super) async fn create(State(services): State<Shared>, body: Bytes) -> Response {
    let Ok(body) = read_json(&body) else { return errors::bad_body("The body is not valid JSON.") };
    let name = text(&body, "name").trim();
    if name.is_empty() {
        return errors::bad_body("name is required");
    }
    let mut world = services.world();
    if world.organisation.group_by_name(name).is_some() {
        return errors::conflict("A group with this name already exists.");
    }
    let id = world.mint.uuid().into();
    let description = text(&body, "description").into();
    world.organisation.add_group(OrgGroup { id, name: name.into(), description, ..OrgGroup::default() });
    json_answer(201, &json!({}))
}

pub(super) async fn delete(State(services): State<Shared>, Path((_, _, id)): GroupPath) -> Response {
    let mut world = services.world();
    let Some(key) = world.organisation.group_by_id(&id) else { return errors::no_group() };
    let Some(group) = world.organisation.groups.get(key) else { return errors::no_group() };
    if group.gives_default_access() {
        return errors::problem(403, "ADMIN-403-6", "Forbidden", "The group gives default access.");
    }
    if group.is_synced {
        return errors::problem(
            403,
            "ADMIN-403-5",
            "Forbidden",
            "The group is synced from an identity provider.",
        );
    }
    world.remove_local_group(key);
    empty_answer(204)
}

pub(super) async fn add_member(
    State(services): State<Shared>,
    Path((_, _, id)): GroupPath,
    body: Bytes,
) -> Response {
    let Ok(body) = read_json(&body) else { return errors::bad_body("The body is not valid JSON.") };
    let mut world = services.world();
    let Some(group) = world.organisation.group_by_id(&id) else { return errors::no_group() };
    let Some(account) = world.organisation.account_by_id(text(&body, "accountId")) else {
        return errors::no_user();
    };
    if world.organisation.groups.get(group).is_some_and(|group| group.is_synced) {
        return errors::problem(
            403,
            "ADMIN-403-5",
            "Forbidden",
            "The group is synced from an identity provider.",
        );
    }
    if world.organisation.add_member(group, account) {
        empty_answer(204)
    } else {
        errors::conflict("The user is already a member of the group.")
    }
}

pub(super) async fn remove_member(
    State(services): State<Shared>,
    Path((_, _, id, account)): Path<(String, String, String, String)>,
) -> Response {
    let mut world = services.world();
    let Some(group) = world.organisation.group_by_id(&id) else { return errors::no_group() };
    let Some(account) = world.organisation.account_by_id(&account) else { return errors::no_user() };
    if world.organisation.groups.get(group).is_some_and(|group| group.is_synced) {
        return errors::problem(
            403,
            "ADMIN-403-5",
            "Forbidden",
            "The group is synced from an identity provider.",
        );
    }
    if world.organisation.remove_member(group, account) { empty_answer(204) } else { errors::no_user() }
}
