//! `ServiceProviderConfig`, `Schemas`, `ResourceTypes`.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::errors::{MEDIA_TYPE, Problem};
use super::users::{LIST, base};
use super::wire::{ENTERPRISE, GROUP, USER};
use crate::services::{Shared, json_as};

const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";
const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";

pub(super) async fn configuration(State(services): State<Shared>) -> Response {
    let world = services.world();
    let location = format!("{}/ServiceProviderConfig", base(&services, &world));
    let no = json!({"supported": false});
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": true},
        "bulk": {"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
        // What the live service says; no page is as large.
        "filter": {"supported": true, "maxResults": 10000},
        "changePassword": no, "sort": no, "etag": no,
        "authenticationSchemes": [{"type": "oauthbearertoken", "name": "OAuth Bearer Token",
            "description": "Authentication scheme using the OAuth Bearer Token Standard"}],
        "meta": {"location": location, "resourceType": "ServiceProviderConfig",
            "created": "2018-05-03T19:31:29.723Z", "lastModified": "2018-05-03T19:31:29.723Z"},
    });
    json_as(200, MEDIA_TYPE, &body)
}

fn attribute(name: &str, kind: &str, mutability: &str) -> Value {
    json!({"name": name, "type": kind, "multiValued": matches!(name, "emails" | "phoneNumbers" | "members" | "groups"),
        "description": name, "required": matches!(name, "userName" | "emails"), "caseExact": name == "externalId",
        "mutability": mutability, "returned": "default",
        "uniqueness": if name == "userName" { "server" } else { "none" }})
}

fn schema(base: &str, id: &str, name: &str, attributes: &[(&str, &str)]) -> Value {
    let attributes: Vec<Value> = attributes
        .iter()
        .map(|(attribute_name, kind)| {
            let mutability = match (name, *attribute_name) {
                ("Group", "displayName") => "immutable",
                (_, "groups") => "readOnly",
                _ => "readWrite",
            };
            attribute(attribute_name, kind, mutability)
        })
        .collect();
    json!({"schemas": [SCHEMA], "id": id, "name": name, "description": name, "attributes": attributes,
        "meta": {"resourceType": "Schema", "location": format!("{base}/Schemas/{id}")}})
}

fn schemas_of(base: &str) -> Vec<Value> {
    let user = [
        ("userName", "string"),
        ("name", "complex"),
        ("displayName", "string"),
        ("nickName", "string"),
        ("title", "string"),
        ("preferredLanguage", "string"),
        ("timezone", "string"),
        ("active", "boolean"),
        ("emails", "complex"),
        ("phoneNumbers", "complex"),
        ("groups", "complex"),
    ];
    let enterprise = [("organization", "string"), ("department", "string")];
    let group = [("displayName", "string"), ("members", "complex")];
    vec![
        schema(base, USER, "User", &user),
        schema(base, ENTERPRISE, "EnterpriseUser", &enterprise),
        schema(base, GROUP, "Group", &group),
    ]
}

fn resource_types_of(base: &str) -> Vec<Value> {
    let one = |name: &str, schema: &str, extensions: Value| {
        json!({"schemas": [RESOURCE_TYPE], "id": name, "name": name, "endpoint": format!("/{name}s"),
            "schema": schema, "schemaExtensions": extensions,
            "meta": {"resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/{name}")}})
    };
    vec![
        one("User", USER, json!([{"schema": ENTERPRISE, "required": false}])),
        one("Group", GROUP, json!([])),
    ]
}

fn list(rows: &[Value]) -> Response {
    let total = rows.len();
    let body = json!({"schemas": [LIST], "totalResults": total, "itemsPerPage": 10, "startIndex": 1,
        "Resources": rows});
    json_as(200, MEDIA_TYPE, &body)
}

fn pick(services: &Shared, rows: Vec<Value>, id: &str) -> Response {
    let hit = rows.into_iter().find(|row| row.get("id").and_then(Value::as_str) == Some(id));
    match hit {
        Some(row) => json_as(200, MEDIA_TYPE, &row),
        None => Problem::unknown("SCHEMA", id).answer(&services.world().dialect),
    }
}

pub(super) async fn schemas(State(services): State<Shared>) -> Response {
    let base = base(&services, &services.world());
    list(&schemas_of(&base))
}

pub(super) async fn schema_by_id(
    State(services): State<Shared>,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    let base = base(&services, &services.world());
    pick(&services, schemas_of(&base), &id)
}

pub(super) async fn resource_types(State(services): State<Shared>) -> Response {
    let base = base(&services, &services.world());
    list(&resource_types_of(&base))
}

pub(super) async fn resource_type_by_id(
    State(services): State<Shared>,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    let base = base(&services, &services.world());
    pick(&services, resource_types_of(&base), &id)
}
