//! What the sandbox answers, compared with the published descriptions and captures beside the repository.
//! Where they are absent, each test says so and checks nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{Bench, text};

/// Reads a description; none where the reference material is not beside the repository.
fn spec(name: &str) -> Option<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let file: PathBuf = root.join("../shared/specs").join(name);
    match std::fs::read_to_string(&file) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(_) => {
            println!("SKIPPED: {name} is not beside the repository, nothing was compared");
            None
        }
    }
}

/// Returns the property names of a schema, by reference and `allOf` too.
fn properties(document: &Value, schemas: &str, name: &str) -> BTreeSet<String> {
    let schema = document.pointer(&format!("{schemas}/{name}"));
    let schema = schema.unwrap_or_else(|| panic!("the description has no schema {name}"));
    let own = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    own.map(|(name, _)| name.clone()).collect()
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

#[track_caller]
fn assert_described(what: &str, emitted: &Value, described: &BTreeSet<String>) {
    assert!(!keys(emitted).is_empty(), "{what} has members");
    let strange: Vec<String> = keys(emitted).difference(described).cloned().collect();
    assert!(strange.is_empty(), "{what} has members that its description does not know: {strange:?}");
}

#[tokio::test]
async fn every_member_of_a_system_user_is_in_jumpclouds_description() {
    let Some(document) = spec("jumpcloud/JumpCloud.SDK.V1.json") else { return };
    let described = properties(&document, "/definitions", "systemuserreturn");
    let bench = Bench::small().await;
    for person in bench.all("/api/systemusers?sort=_id").await {
        assert_described(text(&person, "/username"), &person, &described);
    }
}

#[tokio::test]
async fn every_member_of_an_application_is_in_jumpclouds_description() {
    let Some(document) = spec("jumpcloud/JumpCloud.SDK.V1.json") else { return };
    let described = properties(&document, "/definitions", "application");
    let sso = properties(&document, "/definitions", "sso");
    let bench = Bench::small().await;
    for application in bench.all("/api/applications").await {
        assert_described("an application", &application, &described);
        assert_described("its sso", &application["sso"], &sso);
    }
    let templates = properties(&document, "/definitions", "applicationtemplate");
    for template in bench.all("/api/application-templates").await {
        assert_described("a template", &template, &templates);
    }
}

#[tokio::test]
async fn every_member_of_a_user_group_and_of_the_graph_is_in_jumpclouds_description() {
    let Some(document) = spec("jumpcloud/JumpCloud.SDK.V2.json") else { return };
    let group = properties(&document, "/definitions", "UserGroup");
    let connection = properties(&document, "/definitions", "GraphConnection");
    let paths = properties(&document, "/definitions", "GraphObjectWithPaths");
    let bench = Bench::small().await;
    for row in bench.all("/api/v2/usergroups?sort=name").await {
        assert_described("a group in a list", &row, &group);
        let id = text(&row, "/id");
        let whole = bench.jumpcloud("GET", &format!("/api/v2/usergroups/{id}"), None).await.body;
        assert_described("a group", &whole, &group);
        for member in bench.all(&format!("/api/v2/usergroups/{id}/members")).await {
            assert_described("a member", &member, &connection);
        }
        for member in bench.all(&format!("/api/v2/usergroups/{id}/membership")).await {
            assert_described("a membership", &member, &paths);
        }
    }
    let application = &bench.access.application;
    for person in bench.all(&format!("/api/v2/applications/{application}/users")).await {
        assert_described("somebody whom the application reaches", &person, &paths);
    }
}

#[tokio::test]
async fn every_member_of_an_event_is_in_the_description_of_directory_insights() {
    let Some(_) = spec("jumpcloud/JumpCloud.SDK.DirectoryInsights.json") else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/specs/jumpcloud");
    let prose = std::fs::read_to_string(root.join("DirectoryInsights.info-description.md")).unwrap();
    let bench = Bench::small().await;
    let body = json!({"service": ["directory"], "start_time": "2020-01-01T00:00:00Z"});
    let events = bench.jumpcloud("POST", "/insights/directory/v1/events", Some(body)).await.body;
    for event in events.as_array().unwrap() {
        let name = text(event, "/event_type");
        assert!(prose.contains(name), "the description knows {name}");
        for member in keys(event) {
            assert!(prose.contains(&member), "the description knows the member {member} of {name}");
        }
    }
}

async fn scim_user(bench: &Bench) -> Value {
    let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "grace.wanjiru",
        "externalId": "65f0c0ffee0ddba11c0ffee0", "emails": [{"value": "grace@halden.example", "type": "work",
        "primary": true}], "name": {"givenName": "Grace", "familyName": "Wanjiru", "middleName": "W",
        "formatted": "Grace Wanjiru"}, "displayName": "Grace Wanjiru", "nickName": "Grace", "title": "Engineer",
        "preferredLanguage": "en-GB", "timezone": "Africa/Nairobi", "department": "Engineering",
        "organization": "Halden", "phoneNumbers": [{"value": "+254 1", "type": "work", "primary": true}]});
    let created = bench.scim("POST", "/Users", Some(body)).await;
    assert_eq!(created.status, 201, "{}", created.text);
    created.body
}

#[tokio::test]
async fn every_member_of_a_scim_user_is_in_atlassians_description() {
    let Some(document) = spec("atlassian/user-provisioning.openapi.2022-08-29.json") else { return };
    let schemas = "/components/schemas";
    let bench = Bench::small().await;
    let user = scim_user(&bench).await;
    let id = text(&user, "/id").to_owned();
    let body = json!({"displayName": "Guild", "members": [{"value": id}]});
    assert_eq!(bench.scim("POST", "/Groups", Some(body)).await.status, 201);
    let user = bench.scim("GET", &format!("/Users/{id}"), None).await.body;
    assert_described("a user", &user, &properties(&document, schemas, "ScimUser"));
    assert_described("its name", &user["name"], &properties(&document, schemas, "ScimUserName"));
    assert_described("its e-mail", &user["emails"][0], &properties(&document, schemas, "ScimUserEmail"));
    assert_described(
        "its phone",
        &user["phoneNumbers"][0],
        &properties(&document, schemas, "ScimUserPhoneNumber"),
    );
    assert_described("its group", &user["groups"][0], &properties(&document, schemas, "ScimGroupForUser"));
    assert_described("its meta", &user["meta"], &properties(&document, schemas, "ScimMetadata"));
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let described = properties(&document, schemas, "EnterpriseUserExtension");
    assert_described("the enterprise extension", &user[enterprise], &described);
    let external = "urn:scim:schemas:extension:atlassian-external:1.0";
    let described = properties(&document, schemas, "ExternalAtlassianScimExtension");
    assert_described("Atlassian's extension", &user[external], &described);
}

#[tokio::test]
async fn every_member_of_a_scim_group_list_and_error_is_in_atlassians_description() {
    let Some(document) = spec("atlassian/user-provisioning.openapi.2022-08-29.json") else { return };
    let schemas = "/components/schemas";
    let bench = Bench::small().await;
    let user = scim_user(&bench).await;
    let body = json!({"displayName": "Guild", "externalId": "x", "members": [{"value": user["id"]}]});
    let group = bench.scim("POST", "/Groups", Some(body)).await.body;
    assert_described("a group", &group, &properties(&document, schemas, "ScimGroup"));
    assert_described("its member", &group["members"][0], &properties(&document, schemas, "ScimGroupMember"));
    let users = bench.scim("GET", "/Users", None).await.body;
    assert_described("a list of users", &users, &properties(&document, schemas, "ScimUserListResponse"));
    let groups = bench.scim("GET", "/Groups", None).await.body;
    assert_described("a list of groups", &groups, &properties(&document, schemas, "ScimGroupListResponse"));
    let error = bench.scim("GET", "/Users/nobody", None).await.body;
    assert_described("an error", &error, &properties(&document, schemas, "ScimError"));
    bench.faults(&["revoked-key:side=scim"]);
    let failure = bench.scim("GET", "/Users", None).await.body;
    assert_described("a refused key", &failure, &properties(&document, schemas, "Failure"));
}

#[tokio::test]
async fn captured_scim_resources_have_no_member_that_the_sandbox_lacks() {
    let Some(captured) = spec("atlassian/mock-scim-get-user.json") else { return };
    let bench = Bench::small().await;
    let user = scim_user(&bench).await;
    for (pointer, what) in
        [("", "the user"), ("/name", "its name"), ("/meta", "its meta"), ("/emails/0", "its e-mail")]
    {
        let theirs = keys(captured.pointer(pointer).unwrap());
        let ours = keys(user.pointer(pointer).unwrap());
        let missing: Vec<&String> = theirs.difference(&ours).collect();
        assert!(missing.is_empty(), "{what} was captured with {missing:?}");
    }
    assert_eq!(
        keys(&captured["urn:scim:schemas:extension:atlassian-external:1.0"]),
        keys(&user["urn:scim:schemas:extension:atlassian-external:1.0"]),
        "the link looks as it was captured"
    );
    let captured = spec("atlassian/mock-scim-get-groups.json").unwrap();
    let body = json!({"displayName": "Guild", "members": [{"value": user["id"]}]});
    assert_eq!(bench.scim("POST", "/Groups", Some(body)).await.status, 201);
    let groups = bench.scim("GET", "/Groups?filter=displayName%20eq%20%22Guild%22", None).await.body;
    assert_eq!(keys(&captured), keys(&groups), "the envelope looks as it was captured");
    assert_eq!(keys(&captured["Resources"][0]), keys(&groups["Resources"][0]), "so does a group");
    let (theirs, ours) = (&captured["Resources"][0]["members"][0], &groups["Resources"][0]["members"][0]);
    assert_eq!(keys(theirs), keys(ours), "so does a member");
}

#[tokio::test]
async fn the_service_provider_configuration_says_what_was_captured() {
    let Some(mut captured) = spec("atlassian/mock-scim-get-service-provider.json") else { return };
    let bench = Bench::small().await;
    let mut ours = bench.scim("GET", "/ServiceProviderConfig", None).await.body;
    for document in [&mut captured, &mut ours] {
        document["meta"]["location"] = Value::Null;
    }
    assert_eq!(captured, ours, "only the address differs");
}

#[tokio::test]
async fn the_attributes_of_the_user_schema_are_those_that_were_captured() {
    let Some(captured) = spec("atlassian/mock-scim-get-user-schemas.json") else { return };
    let bench = Bench::small().await;
    let ours = bench.scim("GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", None).await.body;
    let names = |schema: &Value| -> BTreeSet<String> {
        schema["attributes"].as_array().unwrap().iter().map(|entry| text(entry, "/name").to_owned()).collect()
    };
    let strange: Vec<String> = names(&ours).difference(&names(&captured)).cloned().collect();
    assert!(strange.is_empty(), "the captured schema does not know {strange:?}");
}

#[tokio::test]
async fn the_organisation_api_answers_with_the_members_of_the_examples() {
    let bench = Bench::small().await;
    let cases = [
        ("atlassian/mock-get-organizations.json", "/v1/orgs", "/data/0"),
        ("atlassian/mock-get-organization-domain.json", "/v1/orgs/{org}/domains/halden.example", "/data"),
        ("atlassian/mock-get-organization-users.json", "/v1/orgs/{org}/users", "/data/0"),
    ];
    for (name, path, pointer) in cases {
        let Some(captured) = spec(name) else { return };
        let ours = bench.organisation("GET", path, None).await.body;
        assert_eq!(keys(&captured), keys(&ours), "the envelope of {path}");
        assert_eq!(keys(captured.pointer(pointer).unwrap()), keys(ours.pointer(pointer).unwrap()), "{path}");
    }
}
