//! `POST /admin/v2/orgs/{org}/workspaces`: the organisation's apps and the addresses of the sites they are on.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::errors;
use super::paging::page;
use crate::services::{Shared, json_answer, read_json};

/// The documented default page.
const DEFAULT_LIMIT: usize = 20;

/// One entry per app and site that some group gives access to.
pub(super) async fn query(State(services): State<Shared>, body: Bytes) -> Response {
    let Ok(body) = read_json(&body) else { return errors::bad_body("The body is not valid JSON.") };
    let world = services.world();
    let organisation = &world.organisation;
    let given = organisation.groups.iter().flat_map(|(_, group)| group.role_assignments.iter());
    let apps: BTreeMap<&str, &str> =
        given.map(|given| (given.resource_id.as_str(), given.resource_owner.as_str())).collect();
    let rows: Vec<(&str, &str, &str)> = apps
        .into_iter()
        .filter_map(|(resource, app)| Some((resource, app, organisation.site_of(resource)?)))
        .collect();
    let limit = body.get("limit").and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
    let cursor = body.get("cursor").and_then(Value::as_str);
    let Some(page) = page(&rows, cursor, limit.unwrap_or(DEFAULT_LIMIT).clamp(1, 100)) else {
        return errors::bad_cursor();
    };
    let row = |(resource, app, site): &(&str, &str, &str)| {
        json!({"id": resource, "type": "workspaces", "attributes": {"name": site, "typeKey": app, "type": app,
            "status": "online", "statusDetails": [], "sandbox": {"type": "NONE"},
            "hostUrl": format!("https://{site}.atlassian.net")}})
    };
    let data: Vec<Value> = page.rows.iter().map(row).collect();
    let links = json!({"self": page.this, "prev": page.previous, "next": page.next});
    json_answer(
        200,
        &json!({"data": data, "links": links,
        "meta": {"pageSize": data.len(), "total": rows.len()}}),
    )
}
