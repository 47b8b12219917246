//! The bodies we send, as text and as seen by a small server.

use lockstep_core::attribute::{Attribute, AttributeSet};
use lockstep_core::ids::ScimId;
use lockstep_core::plan::operation::AttributeChange;
use lockstep_core::scim::{
    MemberRemovalForm, create_user_body, group_create_body, group_rename_body, members_add_body,
    members_remove_body, read_other_phones, read_user, user_patch_body, user_patch_body_with_phones,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn parsed(body: &str) -> Value {
    serde_json::from_str(body).expect("a body is JSON")
}

fn change(attribute: Attribute, after: Option<&str>) -> AttributeChange {
    AttributeChange { attribute, before: None, after: after.map(str::to_owned) }
}

#[test]
fn a_new_user_is_active_and_carries_what_is_set() {
    let ada = AttributeSet::default()
        .with(Attribute::ExternalId, "5f")
        .with(Attribute::UserName, "ada")
        .with(Attribute::Email, "ada@example.com")
        .with(Attribute::GivenName, "Ada")
        .with(Attribute::Department, "Engines")
        .with(Attribute::WorkPhone, "+44 1");
    assert_eq!(
        parsed(&create_user_body(&ada)),
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
            "externalId": "5f", "userName": "ada", "name": {"givenName": "Ada"},
            "emails": [{"value": "ada@example.com", "type": "work", "primary": true}],
            "phoneNumbers": [{"value": "+44 1", "type": "work", "primary": true}],
            "active": true,
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Engines"}
        })
    );
}

#[test]
fn the_enterprise_extension_is_named_only_where_it_is_used() {
    let bob = AttributeSet::default().with(Attribute::UserName, "bob");
    assert_eq!(
        create_user_body(&bob),
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bob","active":true}"#
    );
}

#[test]
fn a_patch_uses_one_form_per_attribute() {
    let changes = [
        change(Attribute::Email, Some("a@x")),
        change(Attribute::GivenName, Some("Ada")),
        change(Attribute::Title, None),
        change(Attribute::Organization, Some("Engines Ltd")),
        change(Attribute::WorkPhone, None),
    ];
    assert_eq!(
        parsed(&user_patch_body(&changes, Some(false)).expect("there is something to send")),
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
            {"op": "replace", "path": "active", "value": false},
            {"op": "replace", "path": "emails", "value": [{"value": "a@x", "type": "work", "primary": true}]},
            {"op": "replace", "path": "name.givenName", "value": "Ada"},
            {"op": "remove", "path": "title"},
            {"op": "replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization", "value": "Engines Ltd"},
            {"op": "remove", "path": "phoneNumbers[type eq \"work\"]"}
        ]})
    );
}

#[test]
fn only_the_work_number_is_changed() {
    let phone = |before: Option<&str>, after: Option<&str>| {
        let change =
            AttributeChange { before: before.map(str::to_owned), ..change(Attribute::WorkPhone, after) };
        parsed(&user_patch_body(&[change], None).expect("a change"))["Operations"][0].clone()
    };
    assert_eq!(
        phone(Some("1"), Some("2")),
        json!({"op": "replace", "path": "phoneNumbers[type eq \"work\"].value", "value": "2"})
    );
    assert_eq!(
        phone(None, Some("2")),
        json!({"op": "add", "path": "phoneNumbers", "value": [{"value": "2", "type": "work", "primary": true}]}),
        "a filter would find nothing yet"
    );
    assert_eq!(phone(Some("1"), None), json!({"op": "remove", "path": "phoneNumbers[type eq \"work\"]"}));
}

#[test]
fn a_whole_list_of_numbers_keeps_the_others() {
    let stored = json!({"id": "7", "PhoneNumbers": [
        {"value": "1", "type": "Work", "primary": true}, {"value": "+44 7", "type": "mobile", "display": "Ada's"}, {"value": "9"}
    ]});
    let others = read_other_phones(stored.to_string().as_bytes()).expect("a user");
    assert_eq!(others.len(), 2, "a mobile number, and one whose type nobody knows: {others:?}");
    let body = |after: Option<&str>, others: &[Value]| {
        let change = AttributeChange { before: Some("1".to_owned()), ..change(Attribute::WorkPhone, after) };
        let body = user_patch_body_with_phones(&[change], None, others).expect("a change");
        parsed(&body)["Operations"][0].clone()
    };
    assert_eq!(
        body(Some("2"), &others),
        json!({"op": "replace", "path": "phoneNumbers", "value": [
            {"value": "+44 7", "type": "mobile", "display": "Ada's"}, {"value": "9"},
            {"value": "2", "type": "work", "primary": true}
        ]})
    );
    assert_eq!(body(None, &others)["value"].as_array().map(Vec::len), Some(2), "the others stay");
    assert_eq!(body(None, &[]), json!({"op": "remove", "path": "phoneNumbers"}));
    let untyped = json!({"id": "7", "phoneNumbers": [{"value": "1"}]});
    let others = read_other_phones(untyped.to_string().as_bytes()).expect("a user");
    assert_eq!(others, Vec::<Value>::new(), "the only number is read as the work number");
}

#[test]
fn a_patch_without_changes_is_not_sent() {
    assert_eq!(user_patch_body(&[], None), None);
    assert!(user_patch_body(&[], Some(true)).is_some(), "activation alone is a change");
}

#[test]
fn members_are_sent_in_one_operation_and_removed_in_either_form() {
    let ids = [ScimId::from("a"), ScimId::from(r#"b"\@x"#)];
    let operations = |body: String| parsed(&body)["Operations"].clone();
    assert_eq!(
        operations(members_add_body(&ids)),
        json!([{"op": "add", "path": "members", "value": [{"value": "a"}, {"value": r#"b"\@x"#}]}])
    );
    assert_eq!(
        operations(members_remove_body(&ids, MemberRemovalForm::ValuePath)),
        json!([
            {"op": "remove", "path": r#"members[value eq "a"]"#},
            {"op": "remove", "path": r#"members[value eq "b\"\\@x"]"#}
        ]),
        "an id is quoted as a filter's text"
    );
    assert_eq!(
        operations(members_remove_body(&ids, MemberRemovalForm::ValueArray)),
        json!([{"op": "remove", "path": "members", "value": [{"value": "a"}, {"value": r#"b"\@x"#}]}])
    );
}

#[test]
fn a_group_is_created_empty_and_renamed_in_place() {
    assert_eq!(
        parsed(&group_create_body("R&D", Some("g1"))),
        json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "R&D", "externalId": "g1"})
    );
    assert_eq!(parsed(&group_create_body("R&D", None)).get("externalId"), None);
    assert_eq!(
        parsed(&group_rename_body("Research"))["Operations"],
        json!([{"op": "replace", "path": "displayName", "value": "Research"}])
    );
}

/// Applies a PATCH body to a stored user the way RFC 7644 §3.5.2 says, for the path forms that we use.
fn apply(resource: &mut Value, body: &str) {
    let body = parsed(body);
    for operation in body["Operations"].as_array().expect("Operations is a list") {
        let path = operation["path"].as_str().expect("every operation has a path");
        if let Some(sub) = path.strip_prefix(r#"phoneNumbers[type eq "work"]"#) {
            let list = resource["phoneNumbers"].as_array_mut().expect("there is a number to change");
            match sub {
                ".value" => list.iter_mut().for_each(|entry| entry["value"] = operation["value"].clone()),
                _ => list.clear(),
            }
            continue;
        }
        let steps: Vec<&str> = match path.rsplit_once(':') {
            Some((schema, field)) => vec![schema, field],
            None => path.split('.').collect(),
        };
        let (field, parents) = steps.split_last().expect("a path has a field");
        let mut object = &mut *resource;
        for parent in parents {
            object = object.as_object_mut().expect("an object").entry(*parent).or_insert(json!({}));
        }
        let object = object.as_object_mut().expect("an object");
        match operation["op"].as_str() {
            Some("add") | Some("replace") => {
                drop(object.insert((*field).to_owned(), operation["value"].clone()));
            }
            Some("remove") => drop(object.remove(*field)),
            other => panic!("unexpected operation {other:?}"),
        }
    }
}

prop_compose! {
    fn attribute_set()(values in proptest::collection::vec(proptest::option::of("\\PC{1,12}"), Attribute::ALL.len())) -> AttributeSet {
        let mut set = AttributeSet::default();
        for (attribute, value) in Attribute::ALL.iter().zip(&values) {
            // Addresses and numbers carry no blanks at their ends; everything else is kept to the letter.
            let value = value.as_deref().map(|value| match attribute {
                Attribute::Email | Attribute::WorkPhone => value.trim(),
                _ => value,
            });
            set.set(*attribute, value);
        }
        set
    }
}

proptest! {
    #[test]
    fn what_is_created_reads_back_the_same(set in attribute_set()) {
        let mut stored = parsed(&create_user_body(&set));
        stored["id"] = json!("1");
        let read = read_user(stored.to_string().as_bytes()).expect("readable");
        prop_assert_eq!(read.attributes, set);
        prop_assert!(read.active);
    }

    #[test]
    fn a_difference_sent_as_a_patch_gives_what_was_wanted(
        before in attribute_set(), wanted in attribute_set(), active in proptest::option::of(any::<bool>())
    ) {
        let changes: Vec<_> = Attribute::ALL.iter().copied()
            .filter(|attribute| before.get(*attribute) != wanted.get(*attribute))
            .map(|attribute| AttributeChange {
                attribute,
                before: before.get(attribute).map(str::to_owned),
                after: wanted.get(attribute).map(str::to_owned),
            })
            .collect();
        let mut stored = parsed(&create_user_body(&before));
        stored["id"] = json!("1");
        match user_patch_body(&changes, active) {
            Some(body) => apply(&mut stored, &body),
            None => prop_assert!(changes.is_empty() && active.is_none(), "only nothing is not sent"),
        }
        let read = read_user(stored.to_string().as_bytes()).expect("readable");
        prop_assert_eq!(read.attributes, wanted);
        prop_assert_eq!(read.active, active.unwrap_or(true));
    }

    #[test]
    fn reading_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_user(&bytes);
        let _ = lockstep_core::scim::ScimError::read(&bytes);
    }
}
