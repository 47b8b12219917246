//! `/admin/v1/orgs`: organisations and domains; `/admin/v2/orgs/{org}/directories`.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::errors;
use crate::services::{Shared, json_answer};
use crate::world::World;

fn wire(origin: &str, world: &World) -> Value {
    let own = format!("{origin}/admin/v1/orgs/{}", world.organisation.id);
    json!({"id": world.organisation.id, "type": "orgs", "attributes": {"name": world.organisation.name},
        "links": {"self": own}, "relationships": {"domains": {"related": format!("{own}/domains")},
        "users": {"related": format!("{own}/users")}}})
}

pub(super) async fn list(State(services): State<Shared>) -> Response {
    let world = services.world();
    let links = json!({"self": format!("{}/admin/v1/orgs", services.origin)});
    let rows = if world.dialect.scoped_key { Vec::new() } else { vec![wire(&services.origin, &world)] };
    json_answer(200, &json!({"data": rows, "links": links, "meta": null}))
}

pub(super) async fn read(State(services): State<Shared>) -> Response {
    json_answer(200, &json!({"data": wire(&services.origin, &services.world())}))
}

fn domain_wire(origin: &str, world: &World, name: &str, is_verified: bool) -> Value {
    let status = if is_verified { "verified" } else { "unverified" };
    json!({"id": name, "type": "domains", "attributes": {"name": name, "claim": {"type": "dns", "status": status}},
        "links": {"self": format!("{origin}/admin/v1/orgs/{}/domains/{name}", world.organisation.id)}})
}

pub(super) async fn domains(State(services): State<Shared>) -> Response {
    let world = services.world();
    let rows: Vec<Value> = world
        .organisation
        .domains
        .iter()
        .map(|(name, is_verified)| domain_wire(&services.origin, &world, name, *is_verified))
        .collect();
    let own = format!("{}/admin/v1/orgs/{}/domains", services.origin, world.organisation.id);
    json_answer(
        200,
        &json!({"data": rows, "meta": {"total": rows.len()},
        "links": {"self": own, "prev": null, "next": null}}),
    )
}

pub(super) async fn domain(
    State(services): State<Shared>,
    Path((_, wanted)): Path<(String, String)>,
) -> Response {
    let world = services.world();
    match world.organisation.domains.iter().find(|(name, _)| *name == wanted) {
        Some((name, is_verified)) => {
            json_answer(200, &json!({"data": domain_wire(&services.origin, &world, name, *is_verified)}))
        }
        None => errors::problem(404, "ADMIN-404-3", "Not found", "The domain does not exist."),
    }
}

pub(super) async fn directories(State(services): State<Shared>) -> Response {
    let world = services.world();
    let row =
        json!({"directoryId": world.organisation.directory, "name": world.organisation.name, "icon": null});
    json_answer(200, &json!({"data": [row], "links": {"self": "", "prev": null, "next": null}}))
}
