//! `/admin/control/v1/orgs/{org}/auth-policy/…`: people are moved to an authentication policy by a task (facts on
//! Atlassian, 5.6).

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::errors;
use super::search::texts;
use crate::services::{Shared, json_answer, read_json};
use crate::world::sso::{PolicyFailure, PolicyTask};

/// Takes addresses; who of them can be moved is the task's business.
pub(super) async fn add_users(
    State(services): State<Shared>,
    Path((organisation, policy)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let Ok(body) = read_json(&body) else { return errors::bad_body("The body is not valid JSON.") };
    let Some(emails) = texts(&body, "users").filter(|emails| !emails.is_empty()) else {
        return errors::bad_body("users is required");
    };
    let mut world = services.world();
    let Some(policy) = world.sso.policies.iter().position(|other| other.id == policy) else {
        return errors::problem(404, "ADMIN-404-5", "Not found", "The policy does not exist.");
    };
    let mut task = PolicyTask { id: world.mint.uuid(), polls: 0, moved: 0, failed: Vec::new() };
    for email in emails {
        let account = world.organisation.account_by_email(&email);
        match account.and_then(|key| Some((key, world.organisation.accounts.get(key)?.is_managed))) {
            None => task.failed.push((email, PolicyFailure::Unknown)),
            Some((_, false)) => task.failed.push((email, PolicyFailure::Unmanaged)),
            Some((key, true)) => {
                world.sso.join_policy(key, policy);
                task.moved += 1;
            }
        }
    }
    let link =
        format!("{}/admin/control/v1/orgs/{organisation}/auth-policy/task/{}", services.origin, task.id);
    let answer = json!({"taskId": task.id, "taskLink": link});
    world.sso.tasks.push(task);
    json_answer(202, &answer)
}

pub(super) async fn task(State(services): State<Shared>, Path((_, id)): Path<(String, String)>) -> Response {
    let mut world = services.world();
    let Some(task) = world.sso.tasks.iter_mut().find(|task| task.id == id) else {
        return errors::no_resource();
    };
    task.polls += 1;
    let total = task.moved + task.failed.len();
    if task.polls == 1 {
        let under_way =
            json!({"inProgressCount": total, "successCount": 0, "failureCount": 0, "failureReasons": []});
        return json_answer(200, &under_way);
    }
    let mut by_reason: BTreeMap<PolicyFailure, Vec<&str>> = BTreeMap::new();
    for (email, failure) in &task.failed {
        by_reason.entry(*failure).or_default().push(email);
    }
    let reasons: Vec<Value> = by_reason
        .into_iter()
        .map(|(failure, emails)| {
            let (status, title, detail) = match failure {
                PolicyFailure::Unknown => {
                    (404, "Not found", "No account of the organization has this address.")
                }
                PolicyFailure::Unmanaged => {
                    (403, "Forbidden", "The account is not managed by the organization.")
                }
            };
            json!({"emails": emails, "details": {"status": status, "title": title, "detail": detail}})
        })
        .collect();
    json_answer(
        200,
        &json!({"inProgressCount": 0, "successCount": task.moved, "failureCount": task.failed.len(),
            "failureReasons": reasons}),
    )
}

/// Who is in which policy, by account ids.
pub(super) async fn bulk_fetch(State(services): State<Shared>, body: Bytes) -> Response {
    let Ok(body) = read_json(&body) else { return errors::bad_body("The body is not valid JSON.") };
    let Some(ids) = texts(&body, "accountIds") else { return errors::bad_body("accountIds is required") };
    let world = services.world();
    let rows: Vec<Value> = ids
        .iter()
        .filter_map(|id| {
            let key = world.organisation.account_by_id(id)?;
            let account = world.organisation.accounts.get(key)?;
            let policy = world.sso.policy_of(key)?;
            Some(json!({"accountId": id, "email": account.email, "policyId": policy.id,
                "policyName": policy.name, "ssoEnforced": policy.enforces_sso}))
        })
        .collect();
    json_answer(200, &rows)
}
