//! People of the organisation: v2's search, and v1's list of managed accounts.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::errors;
use super::paging::page;
use super::search::{answer, texts};
use crate::services::{Query, Shared, empty_answer, json_answer, read_json};
use crate::world::organisation::{Account, Membership, RoleAssignment};
use crate::world::{World, rfc3339};

/// The documented default page.
const DEFAULT_LIMIT: usize = 50;
/// Page of v1's list.
const ACCOUNTS_PER_PAGE: usize = 100;

fn membership_status(account: &Account) -> &'static str {
    match account.membership {
        Membership::Active => "active",
        Membership::Suspended => "suspended",
        Membership::None => "no_membership",
    }
}

/// The composite `status`.
fn status(account: &Account) -> &'static str {
    match (account.is_active, account.membership) {
        (false, _) => "deactivated",
        (true, Membership::Active) => "active",
        (true, Membership::Suspended) => "suspended",
        (true, Membership::None) => "not_invited",
    }
}

fn access(world: &World, account: &Account) -> Vec<RoleAssignment> {
    let groups = account.groups.iter().filter_map(|group| world.organisation.groups.get(group));
    let mut access: Vec<RoleAssignment> = Vec::new();
    for given in groups.flat_map(|group| group.role_assignments.iter()) {
        match access.iter_mut().find(|other| other.resource_id == given.resource_id) {
            None => access.push(given.clone()),
            Some(other) => {
                let new: Vec<String> =
                    given.roles.iter().filter(|role| !other.roles.contains(role)).cloned().collect();
                other.roles.extend(new);
            }
        }
    }
    access
}

fn when(seconds: Option<i64>) -> Value {
    seconds.map_or(Value::Null, |seconds| rfc3339(seconds * 1000).into())
}

fn wire(world: &World, account: &Account, expand: &[String]) -> Value {
    let with = |name: &str| expand.iter().any(|other| other == name);
    let mut wire = json!({
        "accountId": account.id, "accountType": "atlassian", "status": status(account),
        "accountStatus": if account.is_active { "active" } else { "inactive" },
        "membershipStatus": membership_status(account), "addedToOrg": when(Some(account.added)),
        "name": account.name, "nickname": account.name, "email": account.email, "emailVerified": true,
        "claimStatus": if account.is_managed { "managed" } else { "unmanaged" },
        "platformRoles": if account.is_org_admin { json!(["atlassian/org-admin"]) } else { json!([]) },
        "picture": null, "avatar": null,
        "managementSource": if account.user.is_some() { "synced" } else { "invited" },
        "mfaEnabled": false, "jobTitle": account.job_title, "department": account.department,
        "organization": "", "location": "", "timeZone": "", "deactivatedOn": null, "forDeletion": false,
        "links": {"self": account.id},
    });
    let Some(members) = wire.as_object_mut() else { return wire };
    if with("counts.resources") {
        members.insert("counts".to_owned(), json!({"resources": access(world, account).len()}));
    }
    if with("productAccess") {
        let rows: Vec<Value> = access(world, account)
            .iter()
            .map(|given| {
                json!({"key": given.resource_owner, "name": given.resource_owner,
                "resourceId": given.resource_id, "lastActive": when(account.last_active)})
            })
            .collect();
        members.insert("productAccess".to_owned(), rows.into());
    }
    if with("groups") {
        let groups = account.groups.iter().filter_map(|key| world.organisation.groups.get(key));
        let rows: Vec<Value> = groups
            .map(|group| json!({"id": group.id, "name": group.name, "description": group.description}))
            .collect();
        members.insert("groups".to_owned(), rows.into());
    }
    wire
}

/// `POST …/users/search`
pub(super) async fn search(State(services): State<Shared>, body: Bytes) -> Response {
    match read_json(&body) {
        Ok(body) => find(&services.world(), &body),
        Err(_) => errors::bad_body("The body is not valid JSON."),
    }
}

/// The deprecated `GET …/users`.
pub(super) async fn list(State(services): State<Shared>, query: Query) -> Response {
    let mut body = serde_json::Map::new();
    if let Some(cursor) = query.get("cursor") {
        body.insert("cursor".to_owned(), cursor.into());
    }
    if let Some(limit) = query.number("limit") {
        body.insert("limit".to_owned(), limit.into());
    }
    find(&services.world(), &Value::Object(body))
}

fn find(world: &World, body: &Value) -> Response {
    let organisation = &world.organisation;
    let lists = |name: &str| texts(body, name);
    let (ids, groups, emails) = (lists("accountIds"), lists("groupIds"), lists("emails"));
    for (name, most) in [("accountIds", 10), ("directoryIds", 10), ("groupIds", 10), ("resourceIds", 20)] {
        if lists(name).is_some_and(|list| list.len() > most) {
            return errors::bad_body(&format!("{name} takes at most {most} values"));
        }
    }
    let resources = lists("resourceIds");
    let term = body.get("searchTerm").and_then(Value::as_str).map(str::to_lowercase);
    if term.is_some() && emails.is_some() {
        return errors::bad_body("searchTerm excludes emails");
    }
    // A group's members, addresses and ids come from indexes; only the other conditions look at everybody.
    let keys: Vec<u32> = if let Some(ids) = &ids {
        ids.iter().filter_map(|id| organisation.account_by_id(id)).collect()
    } else if let Some(emails) = &emails {
        emails.iter().filter_map(|email| organisation.account_by_email(email)).collect()
    } else if let Some(groups) = &groups {
        let groups = groups.iter().filter_map(|id| organisation.groups.get(organisation.group_by_id(id)?));
        groups.flat_map(|group| group.members.iter()).collect::<BTreeSet<u32>>().into_iter().collect()
    } else {
        organisation.accounts.keys().iter().collect()
    };
    let (states, account_states) = (lists("status"), lists("accountStatus"));
    let (memberships, domains) = (lists("membershipStatus"), lists("emailDomains"));
    let claim = body.get("claimStatus").and_then(Value::as_str);
    let is_in = |list: &Option<Vec<String>>, value: &str| {
        list.as_ref().is_none_or(|list| list.iter().any(|v| v == value))
    };
    let holds = |account: &Account| {
        let domain = account.email.rsplit_once('@').map_or("", |(_, domain)| domain);
        let in_groups = groups.as_ref().is_none_or(|groups| {
            let wanted = groups.iter().filter_map(|id| organisation.group_by_id(id));
            wanted.into_iter().any(|group| account.groups.contains(group))
        });
        let has_resource = resources.as_ref().is_none_or(|resources| {
            access(world, account).iter().any(|given| resources.contains(&given.resource_id))
        });
        in_groups
            && has_resource
            && is_in(&states, status(account))
            && is_in(&account_states, if account.is_active { "active" } else { "inactive" })
            && is_in(&memberships, membership_status(account))
            && is_in(&domains, domain)
            && claim.is_none_or(|claim| (claim == "managed") == account.is_managed)
            && term.as_ref().is_none_or(|term| {
                account.email.to_lowercase().contains(term) || account.name.to_lowercase().contains(term)
            })
    };
    let keys: Vec<u32> =
        keys.into_iter().filter(|key| organisation.accounts.get(*key).is_some_and(&holds)).collect();
    let expand = lists("expand").unwrap_or_default();
    answer(&keys, body, DEFAULT_LIMIT, |key| Some(wire(world, organisation.accounts.get(key)?, &expand)))
}

pub(super) async fn read(
    State(services): State<Shared>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Response {
    let world = services.world();
    match world.organisation.account_by_id(&id).and_then(|key| world.organisation.accounts.get(key)) {
        Some(account) => json_answer(200, &json!({"data": wire(&world, account, &[])})),
        None => errors::no_user(),
    }
}

pub(super) async fn count(State(services): State<Shared>) -> Response {
    json_answer(200, &json!({"count": services.world().organisation.accounts.len()}))
}

pub(super) async fn stats(State(services): State<Shared>) -> Response {
    let world = services.world();
    let count = |hit: &dyn Fn(&Account) -> bool| {
        world.organisation.accounts.iter().filter(|(_, account)| hit(account)).count()
    };
    let totals = json!({"all": world.organisation.accounts.len(), "managed": count(&|account| account.is_managed),
        "synced": count(&|account| account.user.is_some()), "active": count(&|account| account.is_active)});
    json_answer(200, &json!({"totals": totals}))
}

pub(super) async fn role_assignments(
    State(services): State<Shared>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Response {
    let world = services.world();
    let account = world.organisation.account_by_id(&id).and_then(|key| world.organisation.accounts.get(key));
    let Some(account) = account else { return errors::no_user() };
    let rows: Vec<Value> = access(&world, account)
        .iter()
        .map(|given| {
            json!({"resourceId": given.resource_id, "resourceOwner": given.resource_owner,
            "roles": given.roles})
        })
        .collect();
    json_answer(200, &json!({"data": rows, "links": {"self": null, "prev": null, "next": null}}))
}

/// `POST …/users/{id}/suspend` and `…/restore`
pub(super) async fn change_membership(
    State(services): State<Shared>,
    Path((_, _, id, verb)): Path<(String, String, String, String)>,
) -> Response {
    let mut world = services.world();
    let key = world.organisation.account_by_id(&id);
    let Some(account) = key.and_then(|key| world.organisation.accounts.get_mut(key)) else {
        return errors::no_user();
    };
    account.membership = match verb.as_str() {
        "suspend" => Membership::Suspended,
        "restore" => Membership::Active,
        _ => return errors::no_resource(),
    };
    empty_answer(204)
}

/// v1: managed accounts, snake_case, links that are URLs.
pub(super) async fn accounts(
    State(services): State<Shared>,
    Path(id): Path<String>,
    query: Query,
) -> Response {
    let world = services.world();
    let managed: Vec<u32> = world
        .organisation
        .accounts
        .iter()
        .filter(|(_, account)| account.is_managed)
        .map(|(key, _)| key)
        .collect();
    let Some(page) = page(&managed, query.get("cursor"), ACCOUNTS_PER_PAGE) else {
        return errors::bad_cursor();
    };
    let base = format!("{}/admin/v1/orgs/{id}/users", services.origin);
    let url = |cursor: &String| format!("{base}?cursor={cursor}");
    let row = |account: &Account| {
        let products: Vec<Value> = access(&world, account)
            .iter()
            .map(|given| {
                json!({"key": given.resource_owner, "name": given.resource_owner,
                "url": "https://example.atlassian.net", "last_active": when(account.last_active)})
            })
            .collect();
        json!({"account_id": account.id, "account_type": "atlassian",
            "account_status": if account.is_active { "active" } else { "inactive" },
            "name": account.name, "picture": null, "email": account.email, "access_billable": !products.is_empty(),
            "last_active": when(account.last_active), "product_access": products,
            "links": {"self": format!("{}/users/{}/manage/profile", services.origin, account.id)}})
    };
    let rows: Vec<Value> =
        page.rows.iter().filter_map(|key| world.organisation.accounts.get(*key)).map(row).collect();
    let links = json!({"self": url(&page.this), "prev": page.previous.as_ref().map(url),
        "next": page.next.as_ref().map(url)});
    json_answer(200, &json!({"data": rows, "meta": {"total": managed.len()}, "links": links}))
}
