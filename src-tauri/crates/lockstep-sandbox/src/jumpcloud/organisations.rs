//! `/api/organizations` and `/api/account`.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::errors;
use crate::services::{Shared, json_answer};
use crate::world::World;

fn whole(world: &World) -> Value {
    json!({
        "_id": world.source.organisation,
        "displayName": world.source.organisation_name, "logoUrl": null,
        "settings": {
            "newSystemUserStateDefaults":
                {"manualEntry": "ACTIVATED", "csvImport": "STAGED", "applicationImport": "STAGED"},
            "passwordPolicy": {"passwordExpirationInDays": 90, "enablePasswordExpirationInDays": true},
            "features": {"directoryInsights": {"enabled": true}},
        },
    })
}

pub(super) async fn list(State(services): State<Shared>) -> Response {
    let world = services.world();
    let row = json!({"_id": world.source.organisation,
        "displayName": world.source.organisation_name, "logoUrl": null});
    json_answer(200, &json!({"totalCount": 1, "results": [row]}))
}

pub(super) async fn read(State(services): State<Shared>, Path(id): Path<String>) -> Response {
    let world = services.world();
    if world.source.organisation.to_string() == id {
        json_answer(200, &whole(&world))
    } else {
        errors::not_found()
    }
}

pub(super) async fn account(State(services): State<Shared>) -> Response {
    let world = services.world();
    let actor = world.actor("api key");
    json_answer(
        200,
        &json!({"_id": actor.id, "email": actor.email, "organization": world.source.organisation}),
    )
}
