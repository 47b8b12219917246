//! Reading a sound JumpCloud organisation.

use lockstep_core::attribute::SourceField;
use lockstep_core::link::Links;
use lockstep_core::snapshot::source::{Absence, LifecycleState};
use lockstep_engine::connectors::jumpcloud::{JumpCloudSettings, Region, check};
use lockstep_engine::http::RetryPolicy;
use serde_json::json;

use super::stand_in::{APPLICATION, JumpCloud, Organisation};
use crate::http::server::{KEY, Reply};

fn ids<I: std::fmt::Display>(items: impl IntoIterator<Item = I>) -> Vec<String> {
    items.into_iter().map(|item| item.to_string()).collect()
}

#[tokio::test]
async fn everything_is_read_once_and_in_as_few_requests_as_there_are_pages() {
    let mut organisation = Organisation::with_people(250);
    organisation.bind("g1", "Engineering", 0..120);
    organisation.bind("g2", "Design", 100..130);
    organisation.bind("g3", "Empty", []);
    let jumpcloud = JumpCloud::start(organisation).await;
    let snapshot = jumpcloud.read(&Links::default()).await.expect("a reading");
    assert!(snapshot.completeness().is_complete(), "{:?}", snapshot.completeness());
    assert_eq!(snapshot.people.len(), 250);
    assert!(snapshot.people.is_sorted_by(|a, b| a.id < b.id), "sorted and distinct");
    let groups: Vec<_> =
        snapshot.groups.iter().map(|group| (group.name.as_str(), group.members.len())).collect();
    assert_eq!(groups, [("Engineering", 120), ("Design", 30), ("Empty", 0)]);
    let mut lines = jumpcloud.server.lines();
    lines.sort();
    assert_eq!(
        lines,
        [
            "GET /api/applications",
            "GET /api/systemusers",
            "GET /api/systemusers",
            "GET /api/systemusers",
            "GET /api/v2/applications/app-atlassian/associations",
            "GET /api/v2/usergroups",
            "GET /api/v2/usergroups/g1/members",
            "GET /api/v2/usergroups/g1/members",
            "GET /api/v2/usergroups/g2/members",
            "GET /api/v2/usergroups/g3/members",
        ]
    );
    for seen in jumpcloud.server.seen() {
        assert_eq!(seen.headers["x-api-key"], KEY);
        assert_eq!(seen.query["limit"], "100", "the most that is allowed: {}", seen.line());
        if !seen.path.contains("/v2/") {
            assert_eq!(seen.query["sort"], "_id", "else rows are missed: {}", seen.line());
        }
    }
}

#[tokio::test]
async fn nothing_changes_and_nothing_more_is_asked_when_all_is_linked() {
    let mut organisation = Organisation::with_people(30);
    organisation.bind("g1", "Engineering", 0..30);
    let links = organisation.links();
    let jumpcloud = JumpCloud::start(organisation).await;
    let first = jumpcloud.read(&Links::default()).await.expect("a reading");
    let requests = jumpcloud.server.seen().len();
    let second = jumpcloud.read(&links).await.expect("a reading");
    assert_eq!(first, second, "the same organisation is the same snapshot");
    assert_eq!(jumpcloud.server.seen().len(), 2 * requests, "links cost nothing while nobody is missing");
}

#[tokio::test]
async fn a_person_is_read_with_all_that_a_mapping_may_use() {
    let mut organisation = Organisation::with_people(1);
    let ada = json!({"_id": "ada", "username": "ada", "email": "Ada@Example.com", "firstname": "Ada", "lastname": "Lovelace",
        "middlename": "", "displayname": null, "jobTitle": "Analyst", "department": "Engines", "company": "Babbage & Co",
        "phoneNumbers": [{"type": "mobile", "number": "1"}, {"type": "work", "number": ""}, {"type": "work", "number": "2"}],
        "attributes": [{"name": "timezone", "value": "Europe/London"}, {"name": "nickName", "value": "Ada"},
            {"name": "preferredLanguage", "value": "en-GB"}, {"name": "shoeSize", "value": "38"}],
        "state": "ACTIVATED", "suspended": false, "password_expired": true, "account_locked": true,
        "password_expiration_date": "2026-05-01T00:00:00.000Z", "created": "2020-01-02T03:04:05.678Z"});
    organisation.people.insert("ada".into(), ada);
    for (id, state, suspended) in [
        ("bob", "STAGED", json!(false)),
        ("cyd", "SUSPENDED", json!(true)),
        ("dan", "ACTIVATED", json!(true)),
        ("eve", "", json!(null)),
    ] {
        let person = json!({"_id": id, "username": id, "email": format!("{id}@example.com"), "state": state, "suspended": suspended});
        organisation.people.insert(id.into(), person);
    }
    let jumpcloud = JumpCloud::start(organisation).await;
    let client = jumpcloud.client();
    let ada = client.person(&"ada".into()).await.expect("an answer").expect("she exists");
    for (field, value) in [
        (SourceField::Email, Some("Ada@Example.com")),
        (SourceField::MiddleName, None),
        (SourceField::DisplayName, None),
        (SourceField::JobTitle, Some("Analyst")),
        (SourceField::WorkPhone, Some("2")),
        (SourceField::Timezone, Some("Europe/London")),
        (SourceField::NickName, Some("Ada")),
        (SourceField::PreferredLanguage, Some("en-GB")),
    ] {
        assert_eq!(ada.fields.get(field), value, "{field:?}");
    }
    assert_eq!(ada.custom, [("shoeSize".into(), "38".into())]);
    assert!(ada.password_expired && !ada.is_active(), "an expired password makes inactive, a lock does not");
    assert_eq!(ids(ada.created_at), ["2020-01-02T03:04:05.678Z"]);
    assert_eq!(ids(ada.password_expires_at), ["2026-05-01T00:00:00Z"]);
    let people = client.people().await.expect("the list").items;
    let states: Vec<_> = people.iter().map(|person| (person.id.as_str(), person.state)).collect();
    assert_eq!(
        states,
        [
            ("ada", LifecycleState::Activated),
            ("bob", LifecycleState::Staged),
            ("cyd", LifecycleState::Suspended),
            ("dan", LifecycleState::Suspended),
            ("eve", LifecycleState::Activated),
            ("p000", LifecycleState::Activated),
        ]
    );
    assert!(client.person(&"nobody".into()).await.expect("an answer").is_none(), "404 is deleted");
}

#[tokio::test]
async fn linked_objects_that_are_in_no_list_are_asked_for_by_id() {
    let mut organisation = Organisation::with_people(5);
    organisation.bind("g1", "Engineering", 0..5);
    organisation.bind("g2", "Design", 0..2);
    organisation.bind("g3", "Sales", 0..2);
    let links = organisation.links();
    organisation.people.remove("p004");
    organisation.groups.get_mut("g1").expect("Engineering").1.pop();
    organisation.groups.remove("g2");
    organisation.bound.get_mut(APPLICATION).expect("bound groups").retain(|id| id == "g1");
    let jumpcloud = JumpCloud::start(organisation).await;
    let snapshot = jumpcloud.read(&links).await.expect("a reading");
    assert!(snapshot.completeness().is_complete(), "{:?}", snapshot.completeness());
    assert_eq!(snapshot.absent_people, [("p004".into(), Absence::Deleted)]);
    assert_eq!(snapshot.absent_groups, [("g2".into(), Absence::Deleted), ("g3".into(), Absence::Elsewhere)]);
}

#[tokio::test]
async fn groups_on_two_atlassian_applications_are_told() {
    let mut organisation = Organisation::with_people(2);
    organisation.bind("g1", "Engineering", 0..2);
    organisation.bind("g2", "Design", 0..2);
    organisation.bound.insert("app-other-atlassian".into(), vec!["g2".into()]);
    organisation.bound.insert("app-wiki".into(), vec!["g1".into()]);
    let jumpcloud = JumpCloud::start(organisation).await;
    let snapshot = jumpcloud.read(&Links::default()).await.expect("a reading");
    let others: Vec<_> = snapshot
        .groups
        .iter()
        .map(|group| {
            ids(group.other_connectors.iter().map(|other| format!("{} {}", other.application, other.label)))
        })
        .collect();
    assert_eq!(others, [vec![], vec!["app-other-atlassian Label of app-other-atlassian".to_owned()]]);
}

#[tokio::test]
async fn the_organisation_header_is_sent_except_about_organisations() {
    let mut organisation = Organisation::with_people(1);
    organisation.bind("g1", "Engineering", 0..1);
    let jumpcloud = JumpCloud::start(organisation).await;
    let client = jumpcloud.client_of(Some("org-1"));
    client.people().await.expect("people");
    client.organisations().await.expect("organisations, which refuse the header");
    client.bound_groups(APPLICATION).await.expect("groups");
    for seen in jumpcloud.server.seen() {
        let expected = if seen.path.starts_with("/api/organizations") { None } else { Some("org-1") };
        assert_eq!(seen.headers.get("x-org-id").map(String::as_str), expected, "{}", seen.line());
    }
}

#[tokio::test]
async fn a_sound_connection_passes_its_test_and_each_fault_gets_its_sentence() {
    let mut organisation = Organisation::with_people(3);
    organisation.bind("g1", "Engineering", 0..1);
    organisation.bound.insert("app-wiki".into(), vec!["g1".into()]);
    organisation.bound.insert("app-unbound-atlassian".into(), vec![]);
    let jumpcloud = JumpCloud::start(organisation).await;
    let client = jumpcloud.client();
    let checks = check::check(&client, None, APPLICATION).await;
    assert!(checks.iter().all(|check| check.ok && check.remedy.is_none()), "{checks:?}");
    assert_eq!(checks.len(), 5, "key, organisation, application, groups, scope: {checks:?}");
    for (application, organisation, name, text) in [
        ("app-wiki", None, "jumpcloud_application", "is not Atlassian's"),
        ("app-nowhere", None, "jumpcloud_application", "There is no SSO application"),
        ("app-unbound-atlassian", None, "jumpcloud_groups", "No user group is bound"),
        (APPLICATION, Some("org-9"), "jumpcloud_organisation", "does not see the organisation"),
    ] {
        let checks = check::check(&client, organisation, application).await;
        let failed: Vec<_> = checks.iter().filter(|check| !check.ok).collect();
        assert_eq!(failed.len(), 1, "{checks:?}");
        assert_eq!(failed[0].name, name);
        assert!(failed[0].text.contains(text) && failed[0].remedy.is_some(), "{failed:?}");
    }
    for (reply, name) in [
        (Reply::status(401, "{}"), "jumpcloud_key"),
        (Reply::status(403, r#"{"message":"Forbidden"}"#), "jumpcloud_permission"),
        (Reply::html(403, "<html>blocked</html>"), "jumpcloud_address"),
        (Reply::html(404, "<html>nothing here</html>"), "jumpcloud_address"),
        (Reply::html(200, "<html>log in</html>"), "jumpcloud_address"),
    ] {
        jumpcloud.fault(move |_, _, _| Some(reply.clone()));
        let before = jumpcloud.server.seen().len();
        let checks = check::check(&client, None, APPLICATION).await;
        assert_eq!((checks.len(), checks[0].ok, checks[0].name.as_str()), (1, false, name), "{checks:?}");
        assert!(checks[0].remedy.is_some() && !checks[0].text.contains(KEY), "{checks:?}");
        assert_eq!(jumpcloud.server.seen().len() - before, 1, "a refused key is not tried on");
    }
}

#[test]
fn every_region_has_its_hosts() {
    for region in Region::ALL {
        let settings = JumpCloudSettings {
            console_url: region.console_url().into(),
            organisation: None,
            concurrency: 1,
            retry: RetryPolicy::default(),
        };
        let client =
            lockstep_engine::connectors::jumpcloud::JumpCloudClient::new(settings, KEY).expect("a client");
        assert_eq!(Region::of_host(client.http().base().host()), Some(region));
        assert!(region.insights_url().ends_with("/insights/directory/v1"), "{region:?}");
    }
}

/// The supervisor runs readings on other threads.
#[test]
fn a_reading_can_be_spawned() {
    fn sendable<T: Send>(_: &T) {}
    let _ = |client: &'static lockstep_engine::connectors::jumpcloud::JumpCloudClient,
             links: &'static Links| {
        let scope =
            lockstep_engine::connectors::jumpcloud::SourceScope { application: "", with_overlaps: true };
        sendable(&lockstep_engine::connectors::jumpcloud::read_source(client, scope, links));
    };
    let _ = |client: &'static lockstep_engine::connectors::atlassian_scim::ScimClient| {
        sendable(&lockstep_engine::connectors::atlassian_scim::read_directory(client));
    };
    let _ = |client: &'static lockstep_engine::connectors::atlassian_admin::AdminClient| {
        let scope = lockstep_engine::connectors::atlassian_admin::OrganisationScope::AllGroups;
        sendable(&lockstep_engine::connectors::atlassian_admin::read_organisation(client, scope));
    };
}
