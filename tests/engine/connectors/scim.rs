//! What is sent to a SCIM directory, and how its answers are read.

use lockstep_core::attribute::{Attribute, AttributeSet};
use lockstep_core::scim::{MemberRemovalForm, user_patch_body};
use lockstep_engine::connectors::atlassian_scim::{ScimClient, ScimSettings, UserKey, check};
use lockstep_engine::http::ConnectorError;
use serde_json::{Value, json};

use crate::http::server::{KEY, Reply, Server, quick};

/// Returns a client of a server's directory.
pub(crate) fn scim(url: &str) -> ScimClient {
    let settings =
        ScimSettings { base_url: format!("{url}/scim/directory/d1/"), concurrency: 8, retry: quick() };
    ScimClient::new(&settings, KEY).expect("a client")
}

fn ada() -> Value {
    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "ada@example.com", "userName": "ada",
        "externalId": "a1", "active": true, "emails": [{"value": "ada@example.com", "type": "work", "primary": true}]})
}

fn list(resources: &Value) -> Reply {
    let total = resources.as_array().map_or(0, Vec::len);
    Reply::json(
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": total, "Resources": resources}),
    )
}

#[tokio::test]
async fn a_created_user_is_known_by_the_answers_id_and_location_is_not_followed() {
    let answer = Reply::status(201, ada()).with("location", "http://elsewhere.example/Users/1");
    let server = Server::script(vec![answer]).await;
    let attributes =
        AttributeSet::default().with(Attribute::UserName, "ada").with(Attribute::Email, "ada@example.com");
    let user = scim(&server.url).create_user(&attributes).await.expect("created");
    assert_eq!(user.id.as_str(), "ada@example.com");
    let seen = &server.seen()[0];
    assert_eq!((server.seen().len(), seen.line().as_str()), (1, "POST /scim/directory/d1/Users"));
    assert_eq!(seen.headers["content-type"], "application/scim+json");
    let body: Value = serde_json::from_str(&seen.body).expect("JSON");
    assert_eq!((&body["userName"], &body["active"]), (&json!("ada"), &json!(true)));
}

#[tokio::test]
async fn a_creation_answered_without_an_id_is_an_unknown_outcome() {
    for reply in [
        Reply::empty(201),
        Reply::status(201, "{}"),
        Reply::status(201, "<html>"),
        Reply::status(201, "{\"id\":"),
    ] {
        let server = Server::script(vec![reply.clone()]).await;
        let error = scim(&server.url).create_user(&AttributeSet::default()).await.expect_err("no id");
        assert!(!error.outcome_known(), "{reply:?}: {error:?}");
        assert_eq!(server.seen().len(), 1, "never sent again");
    }
}

#[tokio::test]
async fn a_change_is_done_whatever_success_looks_like() {
    for (reply, sends_back) in [
        (Reply::json(ada()), true),
        (Reply::empty(200), false),
        (Reply::empty(204), false),
        (Reply::status(200, "not JSON"), false),
        (Reply::json(json!({"id": "somebody else"})), false),
    ] {
        let server = Server::script(vec![reply.clone()]).await;
        let body = user_patch_body(&[], Some(false)).expect("a change");
        let user = scim(&server.url).patch_user(&"ada@example.com".into(), body).await.expect("a success");
        assert_eq!(user.is_some(), sends_back, "{reply:?}");
        assert_eq!(server.lines(), ["PATCH /scim/directory/d1/Users/ada%40example.com"], "the @ is encoded");
    }
}

#[tokio::test]
async fn users_are_found_by_the_value_and_not_by_what_the_server_makes_of_the_filter() {
    let other = json!({"id": "2", "userName": "bob", "externalId": "b1"});
    let server = Server::script(vec![list(&json!([ada(), other]))]).await;
    let client = scim(&server.url);
    let found = client.find_users(UserKey::ExternalId("a1")).await.expect("an answer");
    assert_eq!(found.len(), 1, "a server that ignores filters finds nobody else: {found:?}");
    assert_eq!(server.seen()[0].query["filter"], r#"externalId eq "a1""#);
    let found = client.find_users(UserKey::UserName("ADA")).await.expect("an answer");
    assert_eq!(found.len(), 1, "user names are compared in any letter case");
    client.find_users(UserKey::UserName(r#"a"b\c"#)).await.expect("an answer");
    assert_eq!(server.seen()[2].query["filter"], r#"userName eq "a\"b\\c""#, "quotes do not end the filter");
    let groups = Server::script(vec![list(
        &json!([{"id": "g", "displayName": "Design"}, {"id": "h", "displayName": "Designers"}]),
    )])
    .await;
    let found = scim(&groups.url).find_groups("design").await.expect("an answer");
    assert_eq!(found.iter().map(|group| group.id.as_str()).collect::<Vec<_>>(), ["g"]);
    assert_eq!(groups.seen()[0].query["filter"], r#"displayName eq "design""#);
}

#[tokio::test]
async fn an_unknown_id_is_nobody_but_an_error_is_an_error() {
    let error = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": 404, "detail": "Resource not found"});
    let server = Server::script(vec![Reply::status(404, error)]).await;
    assert!(scim(&server.url).user(&"x".into()).await.expect("an answer").is_none());
    assert!(scim(&server.url).group(&"x".into()).await.expect("an answer").is_none());
    for reply in [Reply::status(500, "{}"), Reply::html(404, "<html>gateway</html>")] {
        let server = Server::script(vec![reply.clone()]).await;
        scim(&server.url).user(&"x".into()).await.expect_err("it proves nothing");
    }
}

#[tokio::test]
async fn groups_and_members_are_changed_in_the_documented_forms() {
    let server = Server::script(vec![
        Reply::status(201, json!({"id": "g1", "displayName": "Design"})),
        Reply::empty(204),
    ])
    .await;
    let client = scim(&server.url);
    let group = client.create_group("Design", Some("j1")).await.expect("created");
    let members = ["a".into(), "b".into()];
    client.add_members(&group.id, &members).await.expect("added");
    client.remove_members(&group.id, &members, MemberRemovalForm::ValuePath).await.expect("removed");
    client.remove_members(&group.id, &members, MemberRemovalForm::ValueArray).await.expect("removed");
    client.rename_group(&group.id, "Designers").await.expect("renamed");
    client.delete_group(&group.id).await.expect("deleted");
    client.delete_user(&"a".into()).await.expect("deleted");
    let operations: Vec<Value> = server.seen()[1..5]
        .iter()
        .map(|seen| serde_json::from_str::<Value>(&seen.body).expect("JSON")["Operations"].clone())
        .collect();
    assert_eq!(
        operations,
        [
            json!([{"op": "add", "path": "members", "value": [{"value": "a"}, {"value": "b"}]}]),
            json!([{"op": "remove", "path": "members[value eq \"a\"]"}, {"op": "remove", "path": "members[value eq \"b\"]"}]),
            json!([{"op": "remove", "path": "members", "value": [{"value": "a"}, {"value": "b"}]}]),
            json!([{"op": "replace", "path": "displayName", "value": "Designers"}]),
        ]
    );
    let lines = server.lines();
    assert_eq!(lines[5..], ["DELETE /scim/directory/d1/Groups/g1", "DELETE /scim/directory/d1/Users/a"]);
}

#[tokio::test]
async fn what_the_server_can_do_is_read_where_it_says_so() {
    let config = json!({"patch": {"supported": false}, "filter": {"supported": "true"},
        "meta": {"location": "https://api.atlassian.com/scim/directory/d2/ServiceProviderConfig"}});
    let server = Server::script(vec![Reply::json(config)]).await;
    let told = scim(&server.url).capabilities().await.expect("an answer");
    assert!(!told.patch && told.filter && told.is_described);
    let silent = Server::script(vec![Reply::status(404, "{}")]).await;
    let silent = scim(&silent.url).capabilities().await.expect("an answer");
    assert!(silent.patch && silent.filter && !silent.is_described, "the usual is assumed");
    assert_ne!(told.directory.fingerprint(), silent.directory.fingerprint(), "another directory");
}

#[tokio::test]
async fn a_sound_directory_passes_its_test_and_each_fault_gets_its_sentence() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/scim/directory/d1/Users" => list(&json!([])),
        _ => Reply::json(json!({"patch": {"supported": true}})),
    })
    .await;
    let checks = check::check(&scim(&server.url)).await;
    assert!(checks.iter().all(|check| check.ok), "an empty directory is a sound one: {checks:?}");
    for (reply, name) in [
        (Reply::status(401, r#"{"error":"Unauthorized","traceId":"1"}"#), "scim_key"),
        (Reply::Answer { status: 401, headers: vec![], body: "Authentication required".into() }, "scim_key"),
        (Reply::html(401, ""), "scim_key"),
        (Reply::status(403, "{}"), "scim_permission"),
        (Reply::status(404, "{}"), "scim_address"),
        (Reply::html(200, "<html>"), "scim_address"),
        (Reply::json("{}"), "scim_address"),
        (Reply::empty(301).with("location", "https://other.example/"), "scim_address"),
    ] {
        let server = Server::script(vec![reply.clone()]).await;
        let checks = check::check(&scim(&server.url)).await;
        assert_eq!(
            (checks.len(), checks[0].ok, checks[0].name.as_str()),
            (1, false, name),
            "{reply:?}: {checks:?}"
        );
        assert!(checks[0].remedy.as_ref().is_some_and(|remedy| remedy.len() > 20), "{checks:?}");
    }
}

#[tokio::test]
async fn an_address_in_use_is_told_with_the_servers_words() {
    let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409","scimType":"uniqueness","detail":"Resource [USER]: with email[ada@example.com] already exists."}"#;
    let server = Server::script(vec![Reply::status(409, body)]).await;
    let error = scim(&server.url).create_user(&AttributeSet::default()).await.expect_err("taken");
    let ConnectorError::AlreadyExists { scim_type, detail } = &error else { panic!("{error:?}") };
    assert_eq!(scim_type.as_deref(), Some("uniqueness"));
    assert!(detail.starts_with("Resource [USER]: with email["), "{detail}");
    assert!(error.outcome_known(), "nothing was created");
}
