//! Reading SCIM answers in every variant that servers give.

use lockstep_core::attribute::Attribute;
use lockstep_core::scim::{
    IdPool, ScimError, ScimReadError, read_group, read_groups_page, read_user, read_users_page,
};

fn user(body: &str) -> lockstep_core::snapshot::target::TargetUser {
    read_user(body.as_bytes()).expect("the user can be read")
}

#[test]
fn active_counts_as_true_unless_it_says_otherwise() {
    for (body, expected) in [
        (r#"{"id":"1"}"#, true),
        (r#"{"id":"1","active":null}"#, true),
        (r#"{"id":"1","active":true}"#, true),
        (r#"{"id":"1","active":"true"}"#, true),
        (r#"{"id":"1","active":"True"}"#, true),
        (r#"{"id":"1","active":"perhaps"}"#, true),
        (r#"{"id":"1","active":false}"#, false),
        (r#"{"id":"1","active":"False"}"#, false),
        (r#"{"id":"1","active":0}"#, false),
        (r#"{"id":"1","Active":false}"#, false),
    ] {
        assert_eq!(user(body).active, expected, "{body}");
    }
}

#[test]
fn the_work_email_is_chosen_by_primary_then_work_then_position() {
    for (emails, expected) in [
        (r#"[{"value":"a@x","type":"work","primary":true}]"#, Some("a@x")),
        (r#"[{"value":"h@x","type":"home"},{"value":"w@x","type":"Work","primary":"true"}]"#, Some("w@x")),
        (r#"[{"value":"p@x","primary":true,"type":"home"},{"value":"w@x","type":"work"}]"#, Some("p@x")),
        (r#"[{"value":"h@x","type":"home"},{"value":"w@x","type":"work"}]"#, Some("w@x")),
        (r#"[{"value":"h@x"},{"value":"i@x"}]"#, Some("h@x")),
        (r#"[{"type":"work","primary":true},{"value":"i@x"}]"#, Some("i@x")),
        (r#"[{"value":" ","type":"work","primary":true},{"value":"i@x"}]"#, Some("i@x")),
        (r#"["plain@x"]"#, Some("plain@x")),
        (r#"{"value":"single@x"}"#, Some("single@x")),
        (r#"[]"#, None),
        (r#"null"#, None),
        (r#"7"#, None),
    ] {
        let read = user(&format!(r#"{{"id":"1","emails":{emails}}}"#));
        assert_eq!(read.attributes.get(Attribute::Email), expected, "{emails}");
    }
}

#[test]
fn a_mobile_number_is_never_taken_for_the_work_number() {
    for (numbers, expected) in [
        (r#"[{"value":"+1","type":"mobile","primary":true},{"value":"+2","type":"work"}]"#, Some("+2")),
        (r#"[{"value":"+1","type":"work"},{"value":"+2","type":"work","primary":true}]"#, Some("+2")),
        (r#"[{"value":"+1","type":"mobile"}]"#, None),
        (r#"[{"value":"+1"}]"#, Some("+1")),
    ] {
        let read = user(&format!(r#"{{"id":"1","phoneNumbers":{numbers}}}"#));
        assert_eq!(read.attributes.get(Attribute::WorkPhone), expected, "{numbers}");
    }
}

#[test]
fn department_and_organisation_come_from_the_extension_else_from_the_flat_pair() {
    let extension = user(
        r#"{"id":"1","department":"Flat","organization":"Flat Ltd",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Deep","organization":""}}"#,
    );
    assert_eq!(extension.attributes.get(Attribute::Department), Some("Deep"), "the extension wins");
    assert_eq!(
        extension.attributes.get(Attribute::Organization),
        Some("Flat Ltd"),
        "an empty text is no value"
    );
}

#[test]
fn every_attribute_is_read_and_unknown_ones_are_passed_over() {
    let read = user(
        r#"{"schemas":["x"],"id":"ada@example.com","externalId":"","userName":"ad\u0061","meta":{"created":"?","version":[1]},
            "name":{"givenName":"Ada","middleName":null,"familyName":"Lovelace","formatted":"x"},"displayName":"Ada L.","nickName":"ada",
            "title":"Analyst","preferredLanguage":"en-GB","timezone":"Europe/London","groups":[{"value":"g"}],"future":{"a":[{}]},
            "urn:scim:schemas:extension:atlassian-external:1.0":{"atlassianAccountId":"606a"}}"#,
    );
    assert_eq!(read.id.as_str(), "ada@example.com");
    assert_eq!(read.account_id.as_deref(), Some("606a"));
    let values: Vec<_> =
        read.attributes.iter().map(|(key, value)| format!("{}={value}", key.name())).collect();
    assert_eq!(
        values,
        [
            "userName=ada",
            "name.givenName=Ada",
            "name.familyName=Lovelace",
            "displayName=Ada L.",
            "nickName=ada",
            "title=Analyst",
            "preferredLanguage=en-GB",
            "timezone=Europe/London"
        ],
        "an empty externalId and a null middle name are no values"
    );
}

#[test]
fn numbers_stand_for_text_where_text_is_due() {
    let read =
        user(r#"{"id":42,"externalId":7,"userName":["no"],"name":"no","emails":[[],{"value":"a@x"}]}"#);
    assert_eq!(read.id.as_str(), "42");
    assert_eq!(read.attributes.get(Attribute::ExternalId), Some("7"));
    assert_eq!(read.attributes.get(Attribute::UserName), None, "a list is no user name");
    assert_eq!(read.attributes.get(Attribute::Email), Some("a@x"));
}

#[test]
fn members_are_sorted_distinct_and_people_only() {
    let group = read_group(
        br#"{"id":"g","displayName":"Engineering","externalId":"","members":[{"value":"b"},{"value":"a","type":"User","$ref":"x"},
            {"value":"b","display":"bob"},{"value":"nested","type":"Group"},{"display":"no value"},null,"c"]}"#,
        &mut IdPool::default(),
    )
    .expect("the group can be read");
    let members: Vec<_> = group.members.iter().map(|id| id.as_str()).collect();
    assert_eq!(members, ["a", "b", "c"]);
    assert_eq!(group.external_id, None);
    for body in [r#"{"id":"g","displayName":"x"}"#, r#"{"id":"g","displayName":"x","members":null}"#] {
        let group = read_group(body.as_bytes(), &mut IdPool::default()).expect("members may be left out");
        assert!(group.members.is_empty(), "{body}");
    }
}

#[test]
fn page_numbers_may_be_absent_or_text() {
    let page =
        |body: &str| read_users_page(body.as_bytes(), &mut IdPool::default()).expect("the page can be read");
    let full = page(
        r#"{"totalResults":"3","startIndex":"1","itemsPerPage":"2","Resources":[{"id":"1"},{"id":"2"}]}"#,
    );
    assert_eq!((full.total_results, full.start_index, full.items_per_page), (Some(3), Some(1), Some(2)));
    assert_eq!(full.resources.len(), 2);
    let bare = page("\u{feff}{\"resources\":[{\"id\":\"1\"}]}");
    assert_eq!((bare.total_results, bare.start_index, bare.items_per_page), (None, None, None));
    assert_eq!(bare.resources.len(), 1, "the attribute's letter case does not matter");
    assert!(
        page(r#"{"totalResults":0}"#).resources.is_empty(),
        "Resources may be left out when nothing was found"
    );
}

#[test]
fn what_is_no_list_is_never_read_as_an_empty_one() {
    for (body, expected) in [
        (r#"{}"#, ScimReadError::NotAList),
        (r#"[]"#, ScimReadError::NotAList),
        (r#""OK""#, ScimReadError::NotAList),
        (r#"null"#, ScimReadError::NotAList),
        (r#"{"status":"500","detail":"sorry"}"#, ScimReadError::NotAList),
        (r#"{"totalResults":1,"Resources":[{"userName":"ada"}]}"#, ScimReadError::NoId),
        (r#"{"totalResults":1,"Resources":[null]}"#, ScimReadError::NoId),
    ] {
        let users = read_users_page(body.as_bytes(), &mut IdPool::default());
        assert_eq!(users.expect_err("must not be read"), expected, "{body}");
        let groups = read_groups_page(body.as_bytes(), &mut IdPool::default());
        assert_eq!(groups.expect_err("must not be read"), expected, "{body}");
    }
    for body in ["", "<html>", r#"{"totalResults":1,"Resources":[{"id":"1"}"#, "{\"Resources\":[]} trailing"]
    {
        let result = read_users_page(body.as_bytes(), &mut IdPool::default());
        assert!(matches!(result, Err(ScimReadError::Malformed { .. })), "{body:?}");
    }
}

#[test]
fn an_error_body_of_any_shape_gives_its_explanation() {
    for (body, status, scim_type, detail) in [
        (
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409","scimType":"uniqueness","detail":"taken"}"#,
            Some(409),
            Some("uniqueness"),
            "taken",
        ),
        (r#"{"status":409,"detail":"taken"}"#, Some(409), None, "taken"),
        (r#"{"error":"bad key","traceId":"x"}"#, None, None, "bad key"),
        (
            r#"{"message":"no user","scimErrorType":"invalidValue","stackTrace":[{}]}"#,
            None,
            Some("invalidValue"),
            "no user",
        ),
        (r#"{"detail":"","message":null,"error":"third"}"#, None, None, "third"),
        (r#"{"other":1}"#, None, None, r#"{"other":1}"#),
        (r#""Unauthorized""#, None, None, "Unauthorized"),
        ("Bad  Gateway\n", None, None, "Bad Gateway"),
        ("", None, None, ""),
    ] {
        let error = ScimError::read(body.as_bytes());
        assert_eq!(
            (error.status, error.scim_type.as_deref(), error.detail.as_str()),
            (status, scim_type, detail),
            "{body}"
        );
    }
    assert!(ScimError::read("x".repeat(5_000).as_bytes()).detail.chars().count() <= 301, "a page is cut");
}

/// The captured bodies that the project keeps beside its facts, where they are present.
#[test]
#[allow(clippy::disallowed_methods, reason = "the core does no I/O, its tests read files")]
fn captured_bodies_of_atlassian_are_read() {
    let folder = std::env::var_os("LOCKSTEP_SPECS")
        .map(std::path::PathBuf::from)
        .unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/specs").into())
        .join("atlassian");
    if !folder.is_dir() {
        eprintln!("SKIPPED: no captured bodies in {}", folder.display());
        return;
    }
    let read = |name: &str| std::fs::read(folder.join(name)).expect("the captured body is there");
    let mut pool = IdPool::default();

    let user = read_user(&read("mock-scim-get-user.json")).expect("captured user");
    assert_eq!(user.id.as_str(), "ef5ff80e-9ca6-449c-8cca-5b621085c6c9");
    assert!(user.active);
    assert_eq!(user.account_id.as_deref(), Some("606a80fbbc3c3f006ff3024a"));
    assert_eq!(user.attributes.get(Attribute::Email), Some("example-2@go-atlassian.io"));
    assert_eq!(user.attributes.get(Attribute::ExternalId), None);
    assert_eq!(user.attributes.get(Attribute::MiddleName), Some("Name"));

    let users = read_users_page(&read("mock-scim-get-users.json"), &mut pool).expect("captured users");
    assert_eq!((users.resources.len(), users.total_results, users.items_per_page), (2, Some(2), Some(50)));
    assert_eq!(users.resources[1], user, "the list holds the same user");

    let groups = read_groups_page(&read("mock-scim-get-groups.json"), &mut pool).expect("captured groups");
    let group = read_group(&read("mock-scim-get-group.json"), &mut pool).expect("captured group");
    assert_eq!(groups.resources, std::slice::from_ref(&group));
    assert_eq!(group.display_name, "scim-jira-users");
    assert_eq!(group.members.len(), 1);
}
