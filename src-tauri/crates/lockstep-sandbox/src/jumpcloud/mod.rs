//! JumpCloud: V1, V2 and Directory Insights, as far as a client of its directory needs them.

pub(crate) mod applications;
mod bulk;
mod errors;
mod graph;
mod groups;
mod insights;
mod organisations;
mod paging;
mod people;
mod people_wire;
pub(crate) mod templates;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{delete, get, post};

use crate::services::Shared;
use crate::world::ids::ObjectId;

/// `/api` and `/api/v2`.
pub(crate) fn routes(services: &Shared) -> Router<Shared> {
    Router::new()
        .route("/api/systemusers", get(people::list).post(people::create))
        .route("/api/systemusers/{id}", get(people::read).put(people::update).delete(people::delete))
        .route("/api/systemusers/{id}/state/activate", post(people::activate))
        .route("/api/systemusers/{id}/state/suspend", post(people::suspend))
        .route("/api/systemusers/{id}/expire", post(people::expire))
        .route("/api/search/systemusers", post(people::search))
        .route("/api/applications", get(applications::list).post(applications::create))
        .route(
            "/api/applications/{id}",
            get(applications::read).put(applications::update).delete(applications::delete),
        )
        .route("/api/application-templates", get(templates::list))
        .route("/api/application-templates/{id}", get(templates::read))
        .route("/api/organizations", get(organisations::list))
        .route("/api/organizations/{id}", get(organisations::read))
        .route(
            "/api/organizations/{organisation}/applications/{id}/metadata.xml",
            get(applications::metadata),
        )
        .route("/api/account", get(organisations::account))
        .route("/api/v2/usergroups", get(groups::list).post(groups::create))
        .route("/api/v2/usergroups/{id}", get(groups::read).put(groups::update).delete(groups::delete))
        .route("/api/v2/usergroups/{id}/members", get(graph::members).post(graph::change_member))
        .route("/api/v2/usergroups/{id}/membership", get(graph::membership))
        .route("/api/v2/usergroups/{id}/applications", get(graph::group_applications))
        .route("/api/v2/usergroups/{id}/associations", get(graph::group_associations).post(graph::bind_group))
        .route("/api/v2/users/{id}/memberof", get(graph::member_of))
        .route("/api/v2/users/{id}/applications", get(graph::person_applications))
        .route("/api/v2/applications", get(applications::list_v2))
        .route("/api/v2/applications/{id}", get(applications::read_v2))
        .route(
            "/api/v2/applications/{id}/logo",
            post(applications::set_logo).merge(delete(applications::delete_logo)),
        )
        .route(
            "/api/v2/applications/{id}/associations",
            get(graph::application_associations).post(graph::bind),
        )
        .route("/api/v2/applications/{id}/usergroups", get(graph::application_groups))
        .route("/api/v2/applications/{id}/users", get(graph::application_people))
        .route("/api/v2/bulk/users", post(bulk::create).patch(bulk::update))
        .route("/api/v2/bulk/users/{job}/results", get(bulk::results))
        .layer(from_fn_with_state(services.clone(), check_key))
}

/// `/insights/directory/v1`.
pub(crate) fn insights_routes(services: &Shared) -> Router<Shared> {
    Router::new()
        .route("/insights/directory/v1/events", post(insights::events))
        .route("/insights/directory/v1/events/count", post(insights::count))
        .layer(from_fn_with_state(services.clone(), check_key))
}

/// Refuses other keys, and `x-org-id` by the rules for several organisations: malformed 400, sent where it is
/// not supported 403, of no organisation 404.
async fn check_key(State(services): State<Shared>, request: Request, next: Next) -> Response {
    match refusal(&services, &request) {
        Some(response) => response,
        None => next.run(request).await,
    }
}

fn refusal(services: &Shared, request: &Request) -> Option<Response> {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    let mut world = services.world();
    world.follow_membership_rules();
    if header("x-api-key") != Some(&world.credentials.jumpcloud) {
        return Some(errors::message(401, "Unauthorized"));
    }
    let given = header("x-org-id")?;
    if ObjectId::parse(given).is_none() {
        return Some(errors::message(400, "Bad Request: x-org-id is malformed"));
    }
    if request.uri().path().starts_with("/api/organizations") {
        return Some(errors::message(403, "Forbidden: x-org-id is not supported on this route"));
    }
    let is_ours = given == world.source.organisation.to_string();
    (!is_ours).then(|| errors::message(404, "Organization not found"))
}
