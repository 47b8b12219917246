//! What only the organisation key can see.

use lockstep_core::snapshot::Completeness;
use lockstep_engine::connectors::atlassian_admin::{
    AdminClient, AdminSettings, Clash, GroupQuery, OrganisationScope, UserQuery, check, read_organisation,
};
use lockstep_engine::http::ConnectorError;
use serde_json::{Value, json};

use crate::http::server::{KEY, Reply, Seen, Server, quick};

fn admin(url: &str) -> AdminClient {
    let settings =
        AdminSettings { base_url: url.into(), organisation: "org-1".into(), concurrency: 4, retry: quick() };
    AdminClient::new(&settings, KEY).expect("a client")
}

fn body(seen: &Seen) -> Value {
    serde_json::from_str(&seen.body).unwrap_or(Value::Null)
}

fn group(id: &str, name: &str, synced: bool) -> Value {
    json!({"id": id, "name": name, "externalSynced": synced, "managedBy": if synced { "external" } else { "admins" },
        "counts": {"users": 3, "resources": 1}})
}

/// Serves three groups by two pages, two domains by an address, and role assignments.
fn answer(seen: &Seen) -> Reply {
    let path = seen.path.strip_prefix("/admin/").unwrap_or_default();
    match path {
        "v1/orgs/org-1" => Reply::json(
            json!({"data": {"id": "org-1", "type": "orgs", "attributes": {"name": "Analytical Engines"}}}),
        ),
        "v1/orgs/org-1/domains" => {
            let domain = |name: &str, status: &str| json!({"id": name, "type": "domains", "attributes": {"name": name, "claim": {"type": "dns", "status": status}}});
            match seen.query.get("cursor").map(String::as_str) {
                None => Reply::json(
                    json!({"data": [domain("Example.com", "verified"), domain("pending.example", "unverified")],
                    "links": {"next": "https://elsewhere.example/admin/v1/orgs/org-1/domains?cursor=two%3D"}}),
                ),
                Some("two=") => {
                    Reply::json(json!({"data": [domain("example.org", "VERIFIED")], "links": {"next": null}}))
                }
                Some(_) => Reply::status(400, r#"{"errors":[{"code":"ADMIN-400-1"}]}"#),
            }
        }
        "v2/orgs/org-1/directories/-/groups/search" => {
            let body = body(seen);
            let all = [
                group("g1", "Design", false),
                group("g2", "Engineering", true),
                group("g3", "jira-users", false),
            ];
            if let Some(names) = body["groupNames"].as_array() {
                let found: Vec<&Value> =
                    all.iter().filter(|group| names.iter().any(|name| *name == group["name"])).collect();
                return Reply::json(json!({"data": found, "links": {}}));
            }
            match body["cursor"].as_str() {
                None => Reply::json(json!({"data": all[..2], "links": {"self": "a", "next": "bare-cursor"}})),
                Some("bare-cursor") => Reply::json(json!({"data": all[2..], "links": {"self": "b"}})),
                Some(_) => Reply::status(400, "{}"),
            }
        }
        _ if path.ends_with("/g1/role-assignments") => Reply::json(json!({"data": [
            {"resourceId": "ari:1", "resourceOwner": "confluence", "defaultRole": null, "roles": ["atlassian/user"]}]})),
        _ if path.ends_with("/g3/role-assignments") => Reply::json(json!({"data": [
            {"resourceId": "ari:2", "resourceOwner": "jira-software", "defaultRole": "atlassian/user", "roles": ["atlassian/user"]}]})),
        _ => Reply::status(404, r#"{"errors":[{"status":"404","code":"ADMIN-404-1","detail":"Not found"}]}"#),
    }
}

#[tokio::test]
async fn all_groups_and_verified_domains_are_read_over_both_kinds_of_cursor() {
    let server = Server::start(answer).await;
    let snapshot =
        read_organisation(&admin(&server.url), OrganisationScope::AllGroups).await.expect("a reading");
    assert_eq!(snapshot.completeness, Completeness::Complete);
    assert_eq!(
        snapshot.verified_domains,
        ["example.com", "example.org"],
        "lower case; a pending claim is none"
    );
    let groups: Vec<_> = snapshot
        .groups
        .iter()
        .map(|group| (group.name.as_str(), group.external_synced, group.member_count))
        .collect();
    assert_eq!(
        groups,
        [("Design", false, Some(3)), ("Engineering", true, Some(3)), ("jira-users", false, Some(3))]
    );
    assert!(server.seen().iter().all(|seen| seen.headers["authorization"] == format!("Bearer {KEY}")));
}

#[tokio::test]
async fn named_groups_tell_of_which_apps_they_are_default_access_groups() {
    let server = Server::start(answer).await;
    let names = ["Design", "Engineering", "jira-users", "nowhere"];
    let clash = |name: &str| Clash { name: name.to_owned(), emails: Vec::new() };
    let clashes = [clash("design"), clash("jira-users")];
    let snapshot = read_organisation(&admin(&server.url), OrganisationScope::GroupsNamed(&names, &clashes))
        .await
        .expect("a reading");
    let defaults: Vec<_> = snapshot.groups.iter().map(|group| group.default_access_to.join(",")).collect();
    assert_eq!(defaults, ["", "", "jira-software"]);
    let asked: Vec<String> =
        server.lines().into_iter().filter(|line| line.contains("role-assignments")).collect();
    assert_eq!(asked.len(), 2, "what does not clash is not asked about: {asked:?}");
}

#[tokio::test]
async fn a_page_size_that_is_refused_falls_back_to_the_services_own() {
    let server = Server::start(|seen| {
        let limit = body(seen)["limit"].as_u64();
        if limit.is_some_and(|limit| limit > 50) {
            Reply::status(400, r#"{"errors":[{"code":"ADMIN-400-24"}]}"#)
        } else {
            answer(seen)
        }
    })
    .await;
    let groups = admin(&server.url).groups(GroupQuery::All).await.expect("a list");
    assert_eq!(groups.len(), 3);
}

#[tokio::test]
async fn what_cannot_be_read_makes_the_snapshot_poorer_and_refused_keys_stop() {
    for reply in [
        Reply::status(500, "{}"),
        Reply::status(404, "{}"),
        Reply::json("{}"),
        Reply::json(json!({"data": [{}]})),
    ] {
        let fault = reply.clone();
        let server =
            Server::start(
                move |seen| if seen.path.ends_with("/groups/search") { fault.clone() } else { answer(seen) },
            )
            .await;
        let snapshot =
            read_organisation(&admin(&server.url), OrganisationScope::AllGroups).await.expect("a reading");
        assert!(!snapshot.completeness.is_complete(), "{reply:?}");
        assert_eq!(snapshot.verified_domains.len(), 2, "the other list is there");
    }
    let circle = Server::start(|_| Reply::json(json!({"data": [], "links": {"next": "same"}}))).await;
    let error = admin(&circle.url).verified_domains().await.expect_err("a circle");
    assert!(matches!(error, ConnectorError::Protocol { .. }), "{error:?}");
    let refused = Server::script(vec![Reply::status(
        401,
        r#"{"errors":[{"code":"ADMIN-401-2","title":"INSUFFICIENT_SCOPE"}]}"#,
    )])
    .await;
    let error =
        read_organisation(&admin(&refused.url), OrganisationScope::AllGroups).await.expect_err("refused");
    assert!(error.to_string().contains("ADMIN-401-2: INSUFFICIENT_SCOPE"), "{error}");
}

#[tokio::test]
async fn people_are_searched_for_in_every_documented_way() {
    let server = Server::start(|_| {
        Reply::json(json!({"data": [{"accountId": "a1", "accountType": "atlassian", "status": "active", "name": "Ada", "email": null,
            "claimStatus": "managed", "managementSource": "synced",
            "productAccess": [{"key": "jira", "name": "Jira", "lastActive": "2026-01-02"}, {"key": "wiki", "last_active": "2026-02-01"}]}]}))
    })
    .await;
    let client = admin(&server.url);
    let users = client.users(UserQuery::InGroup("g1")).await.expect("people");
    assert!(users[0].is_managed && users[0].is_synced && users[0].email.is_none());
    assert_eq!(
        (users[0].products.join(","), users[0].last_active.as_deref()),
        ("Jira,wiki".into(), Some("2026-02-01"))
    );
    client.users(UserQuery::Emails(&["ada@example.com"])).await.expect("people");
    client.users(UserQuery::All).await.expect("people");
    assert!(
        client.users(UserQuery::Emails(&[])).await.expect("nobody").is_empty(),
        "no address is not all addresses"
    );
    let bodies: Vec<Value> = server.seen().iter().map(body).collect();
    assert_eq!(bodies[0]["groupIds"], json!(["g1"]));
    assert_eq!(bodies[1]["emails"], json!(["ada@example.com"]));
    assert!(bodies[2].get("emails").is_none() && bodies[2].get("groupIds").is_none(), "{}", bodies[2]);
}

#[tokio::test]
async fn the_test_says_what_is_wrong() {
    let server = Server::start(answer).await;
    let checks = check::check(&admin(&server.url)).await;
    assert!(checks.iter().all(|check| check.ok), "{checks:?}");
    for status in [401, 403, 404] {
        let server = Server::script(vec![Reply::status(status, "{}")]).await;
        let checks = check::check(&admin(&server.url)).await;
        assert!(!checks[0].ok && checks[0].remedy.is_some(), "{checks:?}");
    }
}

#[test]
fn a_host_is_understood_with_whatever_was_typed_along() {
    for typed in [
        "https://api.atlassian.com",
        "https://api.atlassian.com/",
        "https://api.atlassian.com/admin/v2/orgs/x",
    ] {
        let settings = AdminSettings {
            base_url: typed.into(),
            organisation: "o".into(),
            concurrency: 1,
            retry: quick(),
        };
        let client = AdminClient::new(&settings, KEY).expect("a client");
        assert_eq!(client.http().base().as_str(), "https://api.atlassian.com", "{typed}");
    }
    for organisation in ["", " ", "o/overview"] {
        let settings = AdminSettings {
            base_url: "https://api.atlassian.com".into(),
            organisation: organisation.into(),
            concurrency: 1,
            retry: quick(),
        };
        AdminClient::new(&settings, KEY).expect_err("no id");
    }
}
