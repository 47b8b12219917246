//! `/admin/user-provisioning/v1/org/{org}/…`: which SCIM users belong to an account, and cutting the tie.
//! `GET /users/{account}/manage` tells the same by what it forbids.

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::errors;
use crate::services::{Shared, empty_answer, json_answer, read_json, text};
use crate::world::World;

fn links(world: &World, account: Option<u32>, email: &str) -> Value {
    let own = account.and_then(|account| world.organisation.accounts.get(account)?.user);
    let user =
        own.or_else(|| world.target.user_by_email(email)).and_then(|user| world.target.users.get(user));
    let row = user.map(|user| {
        let account = user.account.and_then(|account| world.organisation.accounts.get(account));
        json!({"scimUserId": user.id, "atlassianAccountId": account.map(|account| &account.id),
            "orgId": world.organisation.id, "directoryId": world.target.directory})
    });
    json!({"scimLinks": row.into_iter().collect::<Vec<Value>>()})
}

pub(super) async fn of_account(
    State(services): State<Shared>,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    let world = services.world();
    match world.organisation.account_by_id(&id) {
        Some(key) => json_answer(200, &links(&world, Some(key), "")),
        None => errors::no_user(),
    }
}

pub(super) async fn of_email(State(services): State<Shared>, body: Bytes) -> Response {
    let Ok(body) = read_json(&body) else { return errors::bad_body("The body is not valid JSON.") };
    let world = services.world();
    let email = text(&body, "email");
    json_answer(200, &links(&world, world.organisation.account_by_email(email), email))
}

/// Cuts the tie without deleting the SCIM user.
pub(super) async fn unlink(
    State(services): State<Shared>,
    Path((_, directory, id)): Path<(String, String, String)>,
) -> Response {
    let mut world = services.world();
    if directory != world.target.directory {
        return errors::no_resource();
    }
    let Some(key) = world.target.user_by_id(&id) else { return errors::no_user() };
    world.unlink_user(key);
    empty_answer(204)
}

/// Deletes the SCIM record of a managed account and leaves the account as it is.
pub(super) async fn delete_record(
    State(services): State<Shared>,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    let mut world = services.world();
    let key = world.organisation.account_by_id(&id);
    let Some(account) = key.and_then(|key| world.organisation.accounts.get(key)) else {
        return errors::no_user();
    };
    if !account.is_managed {
        return errors::problem(403, "ADMIN-403-3", "Forbidden", "The account is not managed.");
    }
    let Some(user) = account.user else { return errors::no_user() };
    world.unlink_user(user);
    world.delete_user(user);
    empty_answer(204)
}

pub(super) async fn manage(State(services): State<Shared>, Path(id): Path<String>) -> Response {
    let world = services.world();
    let key = world.organisation.account_by_id(&id);
    let Some(account) = key.and_then(|key| world.organisation.accounts.get(key)) else {
        return errors::no_user();
    };
    let guarded = if account.user.is_some() {
        json!({"allowed": false, "reason": {"key": "externalDirectory.scim"}})
    } else {
        json!({"allowed": account.is_managed})
    };
    let open = json!({"allowed": account.is_managed});
    json_answer(
        200,
        &json!({"email.set": guarded, "lifecycle.enablement": guarded,
        "profile": {"name": guarded, "nickname": open, "zoneinfo": open, "locale": open},
        "profile.write": {"name": guarded, "nickname": open, "zoneinfo": open, "locale": open}}),
    )
}
