//! The services' published examples, read by our clients. They lie beside the repository; without them the tests say so.

use std::path::PathBuf;

use lockstep_core::attribute::Attribute;
use lockstep_engine::connectors::atlassian_admin::{AdminClient, AdminSettings};
use lockstep_engine::connectors::atlassian_scim::read_directory;
use serde_json::Value;

use super::scim::scim;
use crate::http::server::{KEY, Reply, Server, quick};

/// Returns a published file; `None`, with a message, where it is not there.
fn published(name: &str) -> Option<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("../shared/specs"))
        .chain(std::env::var_os("LOCKSTEP_SPECS").map(PathBuf::from))
        .find(|folder| folder.is_dir());
    let text = folder.and_then(|folder| std::fs::read_to_string(folder.join(name)).ok());
    if text.is_none() {
        println!(
            "SKIPPED: the published example {name} is not on this machine (LOCKSTEP_SPECS names its folder)"
        );
    }
    text
}

#[tokio::test]
async fn atlassians_captured_users_and_groups_are_read() {
    let (Some(users), Some(groups)) =
        (published("atlassian/mock-scim-get-users.json"), published("atlassian/mock-scim-get-groups.json"))
    else {
        return;
    };
    let server =
        Server::start(move |seen| Reply::json(if seen.path.ends_with("/Users") { &users } else { &groups }))
            .await;
    let reading = read_directory(&scim(&server.url)).await.expect("a reading");
    assert!(reading.users_completeness.is_complete() && reading.groups_completeness.is_complete());
    assert_eq!((reading.users.len(), reading.groups.len()), (2, 1));
    let user = reading
        .users
        .iter()
        .find(|user| user.attributes.get(Attribute::UserName) == Some("Example Username 2"));
    let user = user.expect("the second example");
    assert_eq!(user.account_id.as_deref(), Some("606a80fbbc3c3f006ff3024a"));
    assert_eq!(user.attributes.get(Attribute::Email), Some("example-2@go-atlassian.io"));
    assert_eq!(user.attributes.get(Attribute::ExternalId), None, "an empty text is no value");
    assert_eq!(
        (reading.groups[0].display_name.as_str(), reading.groups[0].members.len()),
        ("scim-jira-users", 1)
    );
    assert_eq!(server.seen().len(), 2, "one page each, whatever itemsPerPage says");
}

#[tokio::test]
async fn atlassians_captured_single_objects_are_read() {
    let (Some(user), Some(group), Some(config)) = (
        published("atlassian/mock-scim-get-user.json"),
        published("atlassian/mock-scim-get-group.json"),
        published("atlassian/mock-scim-get-service-provider.json"),
    ) else {
        return;
    };
    let server = Server::start(move |seen| {
        Reply::json(match seen.path.rsplit('/').nth(1) {
            Some("Users") => &user,
            Some("Groups") => &group,
            _ => &config,
        })
    })
    .await;
    let client = scim(&server.url);
    let user = client
        .user(&"ef5ff80e-9ca6-449c-8cca-5b621085c6c9".into())
        .await
        .expect("an answer")
        .expect("a user");
    assert!(user.active);
    let group = client
        .group(&"e18da5e4-ba2e-4039-9046-30000af6c0b7".into())
        .await
        .expect("an answer")
        .expect("a group");
    assert_eq!(group.display_name, "scim-jira-users");
    let capabilities = client.capabilities().await.expect("an answer");
    assert!(capabilities.patch && capabilities.filter);
    assert!(
        capabilities.directory.to_string().ends_with("bcdde508-ee40-4df2-89cc-d3f6292c5971"),
        "{}",
        capabilities.directory
    );
}

#[tokio::test]
async fn the_captured_domain_is_a_verified_one() {
    let Some(domain) = published("atlassian/mock-get-organization-domain.json") else { return };
    let one: Value = serde_json::from_str(&domain).expect("JSON");
    let list = serde_json::json!({"data": [one["data"]], "links": {}}).to_string();
    let server = Server::start(move |_| Reply::json(&list)).await;
    let settings = AdminSettings {
        base_url: server.url.clone(),
        organisation: "o".into(),
        concurrency: 1,
        retry: quick(),
    };
    let domains =
        AdminClient::new(&settings, KEY).expect("a client").verified_domains().await.expect("domains");
    assert_eq!(domains, ["go-atlassian.io"]);
}

/// Returns the names of a schema's properties, and the paths of a published description.
fn description(name: &str) -> Option<Value> {
    published(name).map(|text| serde_json::from_str(&text).expect("a published description is JSON"))
}

#[test]
fn every_field_and_route_of_jumpcloud_that_we_read_is_in_its_published_description() {
    let (Some(v1), Some(v2)) =
        (description("jumpcloud/JumpCloud.SDK.V1.json"), description("jumpcloud/JumpCloud.SDK.V2.json"))
    else {
        return;
    };
    let user = &v1["definitions"]["systemuserreturn"]["properties"];
    let user =
        if user.is_null() { &v1["components"]["schemas"]["systemuserreturn"]["properties"] } else { user };
    for field in [
        "_id",
        "username",
        "email",
        "firstname",
        "middlename",
        "lastname",
        "displayname",
        "jobTitle",
        "department",
        "company",
        "costCenter",
        "employeeType",
        "employeeIdentifier",
        "location",
        "phoneNumbers",
        "attributes",
        "state",
        "suspended",
        "password_expired",
        "password_expiration_date",
        "created",
    ] {
        assert!(user.get(field).is_some(), "{field} is a field of a system user");
    }
    let has = |description: &Value, path: &str| {
        let found = description["paths"]
            .as_object()
            .is_some_and(|paths| paths.keys().any(|own| without_names(own).ends_with(path)));
        assert!(found, "{path} is a route");
    };
    for path in ["/systemusers", "/systemusers/{}", "/applications", "/applications/{}", "/organizations"] {
        has(&v1, path);
    }
    for path in [
        "/usergroups",
        "/usergroups/{}",
        "/usergroups/{}/members",
        "/usergroups/{}/membership",
        "/usergroups/{}/applications",
        "/applications/{}/associations",
        "/applications/{}/users",
        "/users/{}/applications",
        "/users/{}/memberof",
    ] {
        has(&v2, path);
    }
}

/// `/usergroups/{group_id}` → `/usergroups/{}`.
fn without_names(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
}
