//! Atlassian's user provisioning (SCIM 2.0) directory.

mod attributes;
mod discovery;
mod errors;
mod groups;
mod listing;
mod patch;
mod path;
mod users;
mod wire;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;

use crate::services::{Shared, json_answer};

/// `/scim/directory/{directory}/…`.
pub(crate) fn routes(services: &Shared) -> Router<Shared> {
    Router::new()
        .route("/scim/directory/{directory}/Users", get(users::list).post(users::create))
        .route(
            "/scim/directory/{directory}/Users/{id}",
            get(users::read).put(users::replace).patch(users::patch).delete(users::delete),
        )
        .route("/scim/directory/{directory}/Groups", get(groups::list).post(groups::create))
        .route(
            "/scim/directory/{directory}/Groups/{id}",
            get(groups::read).put(groups::replace).patch(groups::patch).delete(groups::delete),
        )
        .route("/scim/directory/{directory}/ServiceProviderConfig", get(discovery::configuration))
        .route("/scim/directory/{directory}/Schemas", get(discovery::schemas))
        .route("/scim/directory/{directory}/Schemas/{id}", get(discovery::schema_by_id))
        .route("/scim/directory/{directory}/ResourceTypes", get(discovery::resource_types))
        .route("/scim/directory/{directory}/ResourceTypes/{id}", get(discovery::resource_type_by_id))
        .layer(from_fn_with_state(services.clone(), check_key))
}

/// Refuses other and expired keys, and other directories.
async fn check_key(State(services): State<Shared>, request: Request, next: Next) -> Response {
    let given = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let token = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or("").to_owned();
    let refusal = {
        let world = services.world();
        let is_current = token == world.credentials.scim && world.now_ms() < world.credentials.scim_expires;
        let rest = request.uri().path().trim_start_matches("/scim/directory/");
        let is_here = rest.split('/').next() == Some(&*world.target.directory);
        match (is_current, is_here) {
            (false, _) => Some(errors::unauthorised(&world.dialect)),
            // Which of 403 and 404 another directory gives is not on record.
            (true, false) => Some(json_answer(404, &errors::failure("Directory not found"))),
            (true, true) => None,
        }
    };
    match refusal {
        Some(response) => response,
        None => next.run(request).await,
    }
}
