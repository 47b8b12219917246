//! Atlassian's organisation API: what exists outside the SCIM directory.

mod auth_policies;
mod errors;
mod groups;
mod organisations;
mod paging;
mod scim_links;
mod search;
mod users;
mod workspaces;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{delete, get, patch, post};

use crate::services::Shared;

/// `/admin/…` and `/users/{account}/manage`.
pub(crate) fn routes(services: &Shared) -> Router<Shared> {
    let group = "/admin/v2/orgs/{organisation}/directories/{directory}/groups/{group}";
    let groups = "/admin/v2/orgs/{organisation}/directories/{directory}/groups";
    let user = "/admin/v2/orgs/{organisation}/directories/{directory}/users/{account}";
    let users = "/admin/v2/orgs/{organisation}/directories/{directory}/users";
    let links = "/admin/user-provisioning/v1/org/{organisation}";
    Router::new()
        .route("/admin/v1/orgs", get(organisations::list))
        .route("/admin/v1/orgs/{organisation}", get(organisations::read))
        .route("/admin/v1/orgs/{organisation}/users", get(users::accounts))
        .route("/admin/v1/orgs/{organisation}/domains", get(organisations::domains))
        .route("/admin/v1/orgs/{organisation}/domains/{domain}", get(organisations::domain))
        .route("/admin/v2/orgs/{organisation}/directories", get(organisations::directories))
        .route("/admin/v2/orgs/{organisation}/workspaces", post(workspaces::query))
        .route(groups, get(groups::list).post(groups::create))
        .route(&format!("{groups}/search"), post(groups::search))
        .route(&format!("{groups}/count"), get(groups::count))
        .route(&format!("{groups}/stats"), get(groups::stats))
        .route(group, get(groups::read).delete(groups::delete))
        .route(&format!("{group}/role-assignments"), get(groups::role_assignments))
        .route(&format!("{group}/role-assignments/{{verb}}"), post(groups::change_role))
        .route(&format!("{group}/memberships"), post(groups::add_member))
        .route(&format!("{group}/memberships/{{account}}"), delete(groups::remove_member))
        .route(users, get(users::list))
        .route(&format!("{users}/search"), post(users::search))
        .route(&format!("{users}/count"), get(users::count))
        .route(&format!("{users}/stats"), get(users::stats))
        .route(user, get(users::read))
        .route(&format!("{user}/role-assignments"), get(users::role_assignments))
        .route(&format!("{user}/{{verb}}"), post(users::change_membership))
        .route(&format!("{links}/user/{{account}}/get-scim-links"), get(scim_links::of_account))
        .route(&format!("{links}/get-scim-links-for-email"), post(scim_links::of_email))
        .route(&format!("{links}/user/{{account}}/onlyDeleteUserInDB"), delete(scim_links::delete_record))
        .route(
            &format!("{links}/scimDirectoryId/{{directory}}/scimUserId/{{id}}/unlink"),
            patch(scim_links::unlink),
        )
        .route("/users/{account}/manage", get(scim_links::manage))
        .route(
            "/admin/control/v1/orgs/{organisation}/auth-policy/{policy}/add-users",
            post(auth_policies::add_users),
        )
        .route("/admin/control/v1/orgs/{organisation}/auth-policy/task/{task}", get(auth_policies::task))
        .route(
            "/admin/control/v1/orgs/{organisation}/users/auth-policies/bulk-fetch",
            post(auth_policies::bulk_fetch),
        )
        .layer(from_fn_with_state(services.clone(), check_key))
}

/// Refuses other keys, and organisations and directories that are not this one.
async fn check_key(State(services): State<Shared>, request: Request, next: Next) -> Response {
    let given = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let token = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or("").to_owned();
    let refusal = {
        let world = services.world();
        let path = request.uri().path();
        let mut segments = path.split('/');
        let organisation =
            segments.by_ref().find(|part| matches!(*part, "orgs" | "org")).and_then(|_| segments.next());
        let directory = path.split_once("/directories/").and_then(|(_, rest)| rest.split('/').next());
        let writes = crate::server::is_write(request.method().as_str(), path);
        if token != world.credentials.organisation {
            Some(errors::unauthorised())
        } else if world.dialect.scoped_key && path.starts_with("/users/") {
            Some(errors::problem(403, "ADMIN-403-3", "Forbidden", "The key lacks the scope manage:org."))
        } else if world.dialect.scoped_key && writes {
            Some(errors::problem(401, "ADMIN-401-2", "Unauthorized", "INSUFFICIENT_SCOPE"))
        } else if organisation.is_some_and(|id| id != world.organisation.id) {
            Some(errors::no_organisation())
        } else if directory.is_some_and(|id| id != "-" && id != world.organisation.directory) {
            Some(errors::no_resource())
        } else {
            None
        }
    };
    match refusal {
        Some(response) => response,
        None => next.run(request).await,
    }
}
