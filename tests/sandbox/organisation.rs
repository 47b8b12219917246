//! Atlassian's organisation API (facts on Atlassian, sections 1.11, 5.6 and 6).

use lockstep_sandbox::Change;
use serde_json::{Value, json};

use crate::support::{Bench, text};

const GROUPS: &str = "/v2/orgs/{org}/directories/-/groups";
const USERS: &str = "/v2/orgs/{org}/directories/-/users";

async fn groups(bench: &Bench, body: Value) -> Vec<Value> {
    let answer = bench.organisation("POST", &format!("{GROUPS}/search"), Some(body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body["data"].as_array().unwrap().clone()
}

async fn users(bench: &Bench, body: Value) -> Vec<String> {
    let answer = bench.organisation("POST", &format!("{USERS}/search"), Some(body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body["data"].as_array().unwrap().iter().map(|row| text(row, "/email").to_owned()).collect()
}

#[tokio::test]
async fn groups_are_found_by_exact_name_in_any_letter_case() {
    let bench = Bench::small().await;
    let found = groups(&bench, json!({"groupNames": ["DESIGN"], "expand": ["counts.users"]})).await;
    assert_eq!(found.len(), 1);
    assert_eq!((text(&found[0], "/name"), &found[0]["externalSynced"]), ("design", &json!(false)));
    assert_eq!(found[0]["counts"]["users"], 4);
    assert_eq!(groups(&bench, json!({"groupNames": ["desig"]})).await.len(), 0, "whole names only");
    let plain = groups(&bench, json!({"searchTerm": "desig"})).await;
    assert_eq!(plain.len(), 1, "terms are parts");
    assert!(plain[0].get("counts").is_none(), "counts only when they are asked for");
    let both = json!({"groupNames": ["design"], "searchTerm": "design"});
    assert_eq!(bench.organisation("POST", &format!("{GROUPS}/search"), Some(both)).await.status, 400);
}

#[tokio::test]
async fn cursors_are_bare_tokens_in_v2_and_urls_in_v1() {
    let bench = Bench::small().await;
    let mut names = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let body = json!({"limit": 2, "cursor": cursor});
        let page = bench.organisation("POST", &format!("{GROUPS}/search"), Some(body)).await.body;
        names.extend(page["data"].as_array().unwrap().iter().map(|group| text(group, "/name").to_owned()));
        cursor = page["links"]["next"].clone();
        match cursor.as_str() {
            Some(token) => assert!(!token.contains('/'), "a bare token: {token}"),
            None => break,
        }
    }
    assert_eq!(
        names,
        [
            "auditors",
            "confluence-editors",
            "design",
            "jira-software-users",
            "org-admins",
            "Product Management"
        ]
    );
    let bad = json!({"cursor": "nonsense"});
    let refused = bench.organisation("POST", &format!("{GROUPS}/search"), Some(bad)).await;
    assert_eq!((refused.status, text(&refused.body, "/errors/0/code")), (400, "ADMIN-400-1"));
    let accounts = bench.organisation("GET", "/v1/orgs/{org}/users", None).await.body;
    assert!(text(&accounts, "/links/self").starts_with("http://"), "v1 links are addresses");
    assert!(accounts["data"][0].get("account_id").is_some(), "v1 is in snake_case");
}

#[tokio::test]
async fn role_assignments_tell_app_access_and_default_groups() {
    let bench = Bench::small().await;
    let assignments = async |name: &str| {
        let id = text(&groups(&bench, json!({"groupNames": [name]})).await[0], "/id").to_owned();
        bench.organisation("GET", &format!("{GROUPS}/{id}/role-assignments"), None).await.body["data"].clone()
    };
    let jira = assignments("jira-software-users").await;
    assert_eq!(text(&jira, "/0/resourceOwner"), "jira-software");
    assert_eq!(text(&jira, "/0/defaultRole"), "atlassian/user", "a default access group");
    let design = assignments("design").await;
    assert_eq!((text(&design, "/0/resourceOwner"), &design[0]["defaultRole"]), ("confluence", &Value::Null));
}

#[tokio::test]
async fn role_assignments_come_in_pages() {
    let bench = Bench::small().await;
    let id = text(&groups(&bench, json!({"groupNames": ["design"]})).await[0], "/id").to_owned();
    let path = format!("{GROUPS}/{id}/role-assignments?limit=1");
    let first = bench.organisation("GET", &path, None).await.body;
    let next = text(&first, "/links/next").to_owned();
    assert_eq!((first["data"].as_array().unwrap().len(), next.is_empty()), (1, false));
    let second = bench.organisation("GET", &format!("{path}&cursor={next}"), None).await.body;
    assert_eq!(text(&second, "/data/0/resourceOwner"), "jira-software");
    assert_eq!(second["links"]["next"], Value::Null, "the end");
}

#[tokio::test]
async fn workspaces_name_the_sites_of_resources() {
    let bench = Bench::small().await;
    let id = text(&groups(&bench, json!({"groupNames": ["product management"]})).await[0], "/id").to_owned();
    let given = bench.organisation("GET", &format!("{GROUPS}/{id}/role-assignments"), None).await.body;
    let resource = text(&given, "/data/0/resourceId");
    let answer = bench.organisation("POST", "/v2/orgs/{org}/workspaces", Some(json!({}))).await.body;
    let spaces = answer["data"].as_array().unwrap();
    let space = spaces.iter().find(|space| text(space, "/id") == resource).unwrap();
    assert_eq!(text(space, "/attributes/hostUrl"), "https://halden-labs.atlassian.net");
    assert_eq!(spaces.len(), 3, "Jira on two sites and Confluence on one; the organisation itself is none");
}

#[tokio::test]
async fn people_are_found_by_group_address_and_claim() {
    let bench = Bench::small().await;
    let id = text(&groups(&bench, json!({"groupNames": ["design"]})).await[0], "/id").to_owned();
    let members = users(&bench, json!({"groupIds": [id]})).await;
    assert_eq!(members.len(), 4);
    assert!(members.contains(&"carmen.ruiz@halden.example".to_owned()));
    assert_eq!(users(&bench, json!({"emails": ["CARMEN.RUIZ@halden.example"]})).await.len(), 1);
    assert_eq!(users(&bench, json!({"claimStatus": "unmanaged"})).await, ["ottoline@ledgerfolk.example"]);
    let many: Vec<String> = (0..11).map(|number| number.to_string()).collect();
    let refused =
        bench.organisation("POST", &format!("{USERS}/search"), Some(json!({"groupIds": many}))).await;
    assert_eq!(refused.status, 400, "at most ten groups at once");
    let refused =
        bench.organisation("POST", &format!("{GROUPS}/search"), Some(json!({"groupIds": many}))).await;
    assert_eq!(refused.status, 400, "here too");
    let page = bench.organisation("POST", &format!("{USERS}/search"), Some(json!({"limit": 101}))).await;
    assert_eq!(page.status, 400, "pages of at most a hundred");
}

#[tokio::test]
async fn provisioned_people_are_synced_and_others_invited() {
    let bench = Bench::small().await;
    let source = async |email: &str| {
        let body = json!({"emails": [email], "expand": ["groups", "productAccess"]});
        let answer = bench.organisation("POST", &format!("{USERS}/search"), Some(body)).await.body;
        (text(&answer, "/data/0/managementSource").to_owned(), answer["data"][0].clone())
    };
    assert_eq!(source("henrik.dahl@halden.example").await.0, "synced");
    let (how, carmen) = source("carmen.ruiz@halden.example").await;
    assert_eq!(how, "invited");
    assert_eq!(carmen["groups"].as_array().unwrap().len(), 2);
    let apps: Vec<&str> =
        carmen["productAccess"].as_array().unwrap().iter().map(|app| text(app, "/key")).collect();
    assert_eq!(apps, ["confluence", "jira-software"]);
}

#[tokio::test]
async fn domains_say_which_are_verified() {
    let bench = Bench::small().await;
    let domains = bench.organisation("GET", "/v1/orgs/{org}/domains", None).await.body;
    let list: Vec<(&str, &str)> = domains["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|domain| (text(domain, "/id"), text(domain, "/attributes/claim/status")))
        .collect();
    let expected = [
        ("halden.example", "verified"),
        ("halden-labs.example", "verified"),
        ("northfjord.example", "unverified"),
    ];
    assert_eq!(list, expected);
    let missing = bench.organisation("GET", "/v1/orgs/{org}/domains/other.example", None).await;
    assert_eq!(text(&missing.body, "/errors/0/code"), "ADMIN-404-3");
}

#[tokio::test]
async fn other_keys_organisations_and_directories_are_refused() {
    let bench = Bench::small().await;
    let url = format!("{}/admin/v1/orgs", bench.access.organisation_url);
    let refused = bench.request("GET", &url).bearer_auth(&bench.access.scim_token).send().await.unwrap();
    assert_eq!(refused.status(), 401, "the SCIM key is another key");
    let other = bench.organisation("GET", "/v1/orgs/00000000-0000-4000-8000-000000000000", None).await;
    assert_eq!(text(&other.body, "/errors/0/code"), "ADMIN-404-2");
    let path = "/v2/orgs/{org}/directories/00000000-0000-4000-8000-000000000000/groups/search";
    assert_eq!(bench.organisation("POST", path, None).await.status, 404);
    let directories = bench.organisation("GET", "/v2/orgs/{org}/directories", None).await.body;
    let id = text(&directories, "/data/0/directoryId");
    assert!(!bench.access.scim_url.ends_with(id), "the user base has another id than the SCIM directory");
    let path = format!("/v2/orgs/{{org}}/directories/{id}/groups/search");
    assert_eq!(bench.organisation("POST", &path, None).await.status, 200, "an empty body is the first page");
}

#[tokio::test]
async fn synced_groups_cannot_be_changed_here_and_default_ones_not_deleted() {
    let bench = Bench::small().await;
    bench.scim("POST", "/Groups", Some(json!({"displayName": "Guild"}))).await;
    let id =
        async |name: &str| text(&groups(&bench, json!({"groupNames": [name]})).await[0], "/id").to_owned();
    let carmen = bench
        .organisation(
            "POST",
            &format!("{USERS}/search"),
            Some(json!({"emails": ["carmen.ruiz@halden.example"]})),
        )
        .await
        .body;
    let body = json!({"accountId": carmen["data"][0]["accountId"]});
    let path = format!("{GROUPS}/{}/memberships", id("Guild").await);
    assert_eq!(bench.organisation("POST", &path, Some(body.clone())).await.status, 403);
    let path = format!("{GROUPS}/{}/memberships", id("auditors").await);
    assert_eq!(bench.organisation("POST", &path, Some(body.clone())).await.status, 204);
    let again = bench.organisation("POST", &path, Some(body)).await;
    assert_eq!(again.status, 409);
    assert!(text(&again.body, "/errors/0/detail").contains("already"));
    let default = format!("{GROUPS}/{}", id("jira-software-users").await);
    let refused = bench.organisation("DELETE", &default, None).await;
    assert_eq!(text(&refused.body, "/errors/0/code"), "ADMIN-403-6");
}

#[tokio::test]
async fn scim_links_explain_whose_an_address_is() {
    let bench = Bench::small().await;
    let path = "/user-provisioning/v1/org/{org}/get-scim-links-for-email";
    let links = async |email: &str| {
        let body = Some(json!({"email": email}));
        bench.organisation("POST", path, body).await.body["scimLinks"].as_array().unwrap().clone()
    };
    let found = links("marek.dvorak@halden.example").await;
    assert_eq!(found.len(), 1);
    let user = bench.scim("GET", &format!("/Users/{}", text(&found[0], "/scimUserId")), None).await.body;
    assert_eq!(text(&user, "/userName"), "marek.dvorak.support");
    assert!(links("carmen.ruiz@halden.example").await.is_empty(), "she did not come by SCIM");
    let account = text(&found[0], "/atlassianAccountId");
    let manage = format!("{}/users/{account}/manage", bench.access.organisation_url);
    let request = bench.request("GET", &manage).bearer_auth(&bench.access.organisation_key);
    let manage: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
    assert_eq!(text(&manage, "/email.set/reason/key"), "externalDirectory.scim");
}

#[tokio::test]
async fn a_key_with_scopes_lists_no_organisations_and_writes_nothing() {
    let bench = Bench::small().await;
    bench.faults(&["dialect:scoped-key"]);
    assert_eq!(bench.organisation("GET", "/v1/orgs", None).await.body["data"], json!([]));
    assert_eq!(bench.organisation("GET", "/v1/orgs/{org}", None).await.status, 200);
    assert_eq!(groups(&bench, json!({})).await.len(), 6, "searches are reads");
    let refused = bench.organisation("POST", GROUPS, Some(json!({"name": "New"}))).await;
    assert_eq!((refused.status, text(&refused.body, "/errors/0/detail")), (401, "INSUFFICIENT_SCOPE"));
}

#[tokio::test]
async fn accounts_become_managed_with_their_domain() {
    let bench = Bench::small().await;
    let world = bench.sandbox.world();
    let is_managed = || world.dump().organisation.accounts["ottoline@ledgerfolk.example"].is_managed;
    assert!(!is_managed());
    let verify = |verified| Change::VerifyDomain { domain: "ledgerfolk.example".to_owned(), verified };
    world.change(&verify(true)).unwrap();
    assert!(is_managed(), "a verified domain's accounts are claimed");
    world.change(&verify(false)).unwrap();
    assert!(!is_managed(), "and lost with it");
}
