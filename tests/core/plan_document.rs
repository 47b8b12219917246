//! The plan's JSON, its hash, the count of requests, and the plan as text.

use insta::assert_snapshot;
use lockstep_core::attribute::{Attribute, AttributeSet};
use lockstep_core::finding::{Finding, Severity};
use lockstep_core::ids::ScimId;
use lockstep_core::memory::TargetMemory;
use lockstep_core::plan::Plan;
use lockstep_core::plan::conflict::{Conflict, ConflictKind, ConflictPerson};
use lockstep_core::plan::document::{DocumentError, DocumentHead, PlanDocument, Side, fingerprint};
use lockstep_core::plan::operation::{
    AttributeChange, HeldBy, Member, Operation, OperationKind, Payload, Reason, ReasonCode, Reversibility,
    Subject,
};
use lockstep_core::plan::render::{Detail, render, render_in};
use lockstep_core::plan::requests::Requests;
use lockstep_core::run::Method;
use proptest::prelude::*;
use serde_json::{Value, json};

fn person(name: &str) -> Subject {
    Subject::Person {
        source_id: Some(format!("source-{name}").into()),
        target_id: Some(format!("scim-{name}").into()),
        label: format!("{name}@example.com"),
        name: name.to_owned(),
    }
}

fn group(name: &str) -> Subject {
    Subject::Group {
        source_id: Some(format!("source-{name}").into()),
        target_id: None,
        label: name.to_owned(),
    }
}

fn operation(kind: OperationKind, subject: Subject, payload: Payload) -> Operation {
    Operation {
        id: format!("{}-{}", serde_json::to_value(kind).unwrap().as_str().unwrap(), subject.label()).into(),
        kind,
        subject,
        held_by: None,
        releasable: false,
        reversibility: Reversibility::Reversible,
        reason: Reason { code: ReasonCode::AttributesChanged, text: "It changed.".to_owned(), group: None },
        payload,
    }
}

fn members(count: usize) -> Vec<Member> {
    (1..=count)
        .map(|number| Member { source: None, target: None, label: format!("{number}@example.com") })
        .collect()
}

fn add_members(count: usize) -> Operation {
    let payload = Payload::AddMembers { source: "g".into(), target: None, members: members(count) };
    operation(OperationKind::AddMembers, group("Engineering"), payload)
}

fn retitled(name: &str) -> Operation {
    let changes = vec![
        AttributeChange { attribute: Attribute::Title, before: None, after: Some("Engineer".to_owned()) },
        AttributeChange { attribute: Attribute::NickName, before: Some("old".to_owned()), after: None },
    ];
    let payload = Payload::UpdateUser { target: format!("scim-{name}").as_str().into(), changes };
    operation(OperationKind::UpdateUser, person(name), payload)
}

/// One operation of every kind of payload, some held, with a question and a remark.
fn everything() -> Plan {
    let ada = AttributeSet::default()
        .with(Attribute::UserName, "ada")
        .with(Attribute::Email, "ada@example.com")
        .with(Attribute::GivenName, "Ada");
    let scim = |name: &str| ScimId::from(name);
    let mut deactivate = operation(
        OperationKind::DeactivateUser,
        person("bob"),
        Payload::DeactivateUser { target: scim("scim-bob"), changes: Vec::new() },
    );
    deactivate.held_by = Some(HeldBy::Guard);
    deactivate.reason = Reason {
        code: ReasonCode::LeftLastBoundGroup,
        text: "bob left Engineering, the last bound group they were in.".to_owned(),
        group: Some("Engineering".to_owned()),
    };
    let mut delete = operation(
        OperationKind::DeleteGroup,
        group("Old"),
        Payload::DeleteGroup { source: "g2".into(), target: scim("scim-old"), members: members(2) },
    );
    delete.held_by = Some(HeldBy::Irreversible);
    delete.reversibility = Reversibility::Irreversible;
    let mut delete_user =
        operation(OperationKind::DeleteUser, person("zed"), Payload::DeleteUser { target: scim("scim-zed") });
    delete_user.reversibility = Reversibility::Irreversible;
    let link = Payload::LinkUser {
        source: "source-eve".into(),
        target: scim("scim-eve"),
        changes: vec![AttributeChange {
            attribute: Attribute::ExternalId,
            before: None,
            after: Some("source-eve".to_owned()),
        }],
        active: Some(true),
    };
    let rename = Payload::RenameGroup {
        source: "g".into(),
        target: scim("scim-g"),
        before: "Sales".to_owned(),
        after: "Sales EMEA".to_owned(),
    };
    Plan {
        people_in_step: 0,
        operations: vec![
            operation(OperationKind::LinkUser, person("eve"), link),
            retitled("carol"),
            operation(
                OperationKind::ActivateUser,
                person("dan"),
                Payload::ActivateUser { target: scim("scim-dan"), changes: Vec::new() },
            ),
            operation(
                OperationKind::CreateUser,
                person("ada"),
                Payload::CreateUser { source: "source-ada".into(), attributes: ada },
            ),
            operation(
                OperationKind::ReleaseGroup,
                group("Unbound"),
                Payload::ReleaseGroup { source: "g3".into(), target: scim("scim-unbound") },
            ),
            operation(
                OperationKind::CreateGroup,
                group("Engineering"),
                Payload::CreateGroup { source: "g".into(), display_name: "Engineering".to_owned() },
            ),
            operation(OperationKind::RenameGroup, group("Sales EMEA"), rename),
            add_members(12),
            operation(
                OperationKind::RemoveMembers,
                group("Sales EMEA"),
                Payload::RemoveMembers { source: "g".into(), target: scim("scim-g"), members: members(1) },
            ),
            deactivate,
            delete_user,
            delete,
        ],
        conflicts: vec![Conflict {
            loses: vec![ConflictPerson {
                label: "kim@example.com".to_owned(),
                keeps_access_through: vec!["Staff".to_owned()],
                ..ConflictPerson::default()
            }],
            ..Conflict::new(
                "c1".into(),
                ConflictKind::GroupTakeover,
                group("Design"),
                "A group named Design exists in Atlassian and is not ours.".to_owned(),
                ["take-over", "later"].map(str::to_owned).to_vec(),
                "sha256:00".to_owned(),
            )
        }],
        findings: vec![Finding {
            severity: Severity::Warning,
            code: "guard_deactivations".to_owned(),
            text: "More people than allowed would be deactivated.".to_owned(),
            subjects: vec!["bob@example.com".to_owned()],
        }],
    }
}

fn head() -> DocumentHead {
    DocumentHead {
        plan_id: "plan-1".into(),
        basis: "sha256:ab".to_owned(),
        connection: "acme".into(),
        created_at: "2026-01-02T03:04:05Z".parse().unwrap(),
        source: Side { complete: true, people: 5, groups: 2 },
        target: Side { complete: false, people: 4, groups: 1 },
    }
}

fn document(plan: &Plan) -> PlanDocument {
    PlanDocument::new(head(), plan, &TargetMemory::default())
}

fn as_json(plan: &Plan) -> Value {
    serde_json::to_value(document(plan)).unwrap()
}

#[test]
fn the_document_has_the_names_of_the_contract() {
    let mut bob = everything().operations.swap_remove(9);
    bob.held_by = None;
    let mut json = as_json(&Plan { operations: vec![bob], ..Plan::default() });
    let hash = json["hash"].take();
    let fingerprint = json["operations"][0]["fingerprint"].take();
    for digest in [hash, fingerprint] {
        let digest = digest.as_str().unwrap().to_owned();
        assert!(digest.starts_with("sha256:") && digest.len() == 71, "{digest}");
    }
    assert_eq!(
        json,
        json!({
            "plan_id": "plan-1", "basis": "sha256:ab", "connection": "acme", "created_at": "2026-01-02T03:04:05Z",
            "source": {"complete": true, "people": 5, "groups": 2},
            "target": {"complete": false, "people": 4, "groups": 1},
            "summary": {"deactivate_user": 1},
            "requests": {"planned": 1, "by_method": {"PATCH": 1}},
            "operations": [{
                "id": "deactivate_user-bob@example.com", "kind": "deactivate_user", "state": "ready", "held_by": null, "releasable": false,
                "reversibility": "reversible",
                "subject": {"type": "person", "source_id": "source-bob", "target_id": "scim-bob",
                            "label": "bob@example.com", "name": "bob"},
                "reason": {"code": "left_last_bound_group", "group": "Engineering",
                           "text": "bob left Engineering, the last bound group they were in."},
                "before": {"active": true}, "after": {"active": false}, "fingerprint": null
            }],
            "conflicts": [], "findings": [], "hash": null
        })
    );
}

#[test]
fn only_what_changes_is_listed_before_and_after() {
    let json = as_json(&everything());
    let sides: Vec<(Value, Value, Value)> = json["operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|operation| (operation["kind"].clone(), operation["before"].clone(), operation["after"].clone()))
        .collect();
    let labels: Vec<String> = (1..=12).map(|number| format!("{number}@example.com")).collect();
    for (expected, (kind, before, after)) in [
        (json!({"active": false, "externalId": null}), json!({"active": true, "externalId": "source-eve"})),
        (json!({"title": null, "nickName": "old"}), json!({"title": "Engineer", "nickName": null})),
        (json!({"active": false}), json!({"active": true})),
        (
            json!(null),
            json!({"userName": "ada", "email": "ada@example.com", "name.givenName": "Ada", "active": true}),
        ),
        (json!({}), json!({})),
        (json!(null), json!({"displayName": "Engineering"})),
        (json!({"displayName": "Sales"}), json!({"displayName": "Sales EMEA"})),
        (json!({"members": []}), json!({"members": labels})),
        (json!({"members": ["1@example.com"]}), json!({"members": []})),
        (json!({"active": true}), json!({"active": false})),
        (json!({"id": "scim-zed"}), json!(null)),
        (json!({"displayName": "Old", "members": ["1@example.com", "2@example.com"]}), json!(null)),
    ]
    .into_iter()
    .zip(sides)
    {
        assert_eq!((&before, &after), (&expected.0, &expected.1), "{kind}");
    }
}

#[test]
fn a_large_membership_is_listed_to_a_thousand_with_its_count() {
    for (count, expected) in [(1_000, None), (1_001, Some(1_001)), (50_000, Some(50_000))] {
        let json = as_json(&Plan { operations: vec![add_members(count)], ..Plan::default() });
        let after = &json["operations"][0]["after"];
        assert_eq!(after["members"].as_array().unwrap().len(), count.min(1_000));
        assert_eq!(after.get("count").and_then(Value::as_u64), expected, "{count} members");
        assert_eq!(json["operations"][0]["before"], json!({"members": []}));
    }
}

#[test]
fn the_summary_counts_held_operations_and_the_requests_do_not() {
    let json = as_json(&everything());
    assert_eq!(json["summary"]["deactivate_user"], json!(1), "held, and in the plan");
    assert_eq!(json["summary"].as_object().unwrap().len(), 12, "each kind once, no zeros");
    assert_eq!(json["requests"], json!({"planned": 9, "by_method": {"POST": 2, "PATCH": 6, "DELETE": 1}}));
}

#[test]
fn members_are_counted_in_batches_that_the_target_takes() {
    let batch = |member_batch| TargetMemory { member_batch, ..TargetMemory::default() };
    for (count, member_batch, expected) in [
        (1, None, 1),
        (100, None, 1),
        (101, None, 2),
        (250, Some(50), 5),
        (3, Some(0), 3),
        (101, Some(1_000), 2),
    ] {
        let requests = Requests::of(&[add_members(count)], &batch(member_batch));
        assert_eq!(requests.planned, expected, "{count} members, batch {member_batch:?}");
        assert_eq!(requests.by_method.get(&Method::Patch), Some(&expected));
    }
    let keep_others = Payload::AddSourceMembers { source: "g".into(), members: members(7) };
    let keep_others = operation(OperationKind::AddSourceMembers, group("Engineering"), keep_others);
    let requests = Requests::of(&[keep_others], &TargetMemory::default());
    assert_eq!(requests.by_method, [(Method::Post, 7)].into(), "JumpCloud takes one person per request");
    let nothing =
        Payload::LinkUser { source: "s".into(), target: "t".into(), changes: Vec::new(), active: None };
    let nothing = operation(OperationKind::LinkUser, person("eve"), nothing);
    assert_eq!(
        Requests::of(&[nothing], &TargetMemory::default()),
        Requests::default(),
        "a bare link sends nothing"
    );
}

#[test]
fn a_document_reads_back_whatever_its_formatting() {
    let document = document(&everything());
    let compact = serde_json::to_string(&document).unwrap();
    let pretty = serde_json::to_string_pretty(&document).unwrap();
    // Through a value, names come out in another order.
    let reordered = serde_json::to_string(&serde_json::to_value(&document).unwrap()).unwrap();
    for text in [compact, pretty, reordered] {
        assert_eq!(PlanDocument::read(&text).expect("untouched"), document);
    }
}

#[test]
fn every_edit_of_a_document_is_noticed() {
    let text = serde_json::to_string(&document(&everything())).unwrap();
    for (from, to) in [
        (r#""title":"Engineer""#, r#""title":"Director""#),
        (r#""held_by":"guard""#, r#""held_by":null"#),
        (r#""state":"held""#, r#""state":"ready""#),
        (r#""connection":"acme""#, r#""connection":"other""#),
        (r#""plan_id":"plan-1""#, r#""plan_id":"plan-1","added":1"#),
        (r#""people":5"#, r#""people":6"#),
        (r#""group":"Engineering""#, r#""group":"Sales""#),
        (r#""hash":"sha256:"#, r#""hash":"sha256:0"#),
    ] {
        assert!(text.contains(from), "{from} is in the document");
        let edited = text.replacen(from, to, 1);
        assert!(matches!(PlanDocument::read(&edited), Err(DocumentError::HashMismatch)), "{from} → {to}");
    }
    for text in ["", "[]", "{}", "null", r#"{"plan_id":"x"}"#, "not json"] {
        assert!(matches!(PlanDocument::read(text), Err(DocumentError::NotAPlan(_))), "{text:?}");
    }
}

#[test]
fn a_fingerprint_sees_members_that_the_document_does_not_list() {
    let payload = |last: &str| {
        let mut members = members(1_500);
        members.last_mut().unwrap().label = last.to_owned();
        Payload::AddMembers { source: "g".into(), target: None, members }
    };
    assert_eq!(fingerprint(&payload("a")), fingerprint(&payload("a")));
    assert_ne!(fingerprint(&payload("a")), fingerprint(&payload("b")), "the 1,500th member counts");
}

#[test]
fn a_plan_reads_as_text() {
    assert_snapshot!(render(&everything(), &TargetMemory::default()), @r#"
    Plan: 10 ready, 2 held; 9 requests (2 POST, 6 PATCH, 1 DELETE).

    = link eve@example.com (eve)
        active: false → true
        externalId: (none) → "source-eve"
        It changed.
    ~ update carol@example.com (carol)
        title: (none) → "Engineer"
        nickName: "old" → (none)
        It changed.
    + activate dan@example.com (dan)
        active: false → true
        It changed.
    + create ada@example.com (ada)
        userName: "ada"
        email: "ada@example.com"
        name.givenName: "Ada"
        active: true
        It changed.
    = release group Unbound
        It changed.
    + create group Engineering
        displayName: "Engineering"
        It changed.
    ~ rename group Sales EMEA
        displayName: "Sales" → "Sales EMEA"
        It changed.
    + add members to group Engineering
        members: + 1@example.com, 2@example.com, 3@example.com, 4@example.com, 5@example.com, 6@example.com, 7@example.com, 8@example.com, 9@example.com, 10@example.com and 2 more
        It changed.
    - remove members from group Sales EMEA
        members: - 1@example.com
        It changed.
    - deactivate bob@example.com (bob) [held by guard]
        active: true → false
        bob left Engineering, the last bound group they were in.
    ! delete zed@example.com (zed) [cannot be undone]
        id: "scim-zed"
        It changed.
    ! delete group Old [held by irreversible: cannot be undone]
        displayName: "Old"
        members: 1@example.com, 2@example.com
        It changed.

    Questions:
    ? Design: A group named Design exists in Atlassian and is not ours.
        choices: take-over, later

    Findings:
    warning: More people than allowed would be deactivated.
    "#);
    assert_snapshot!(render(&Plan::default(), &TargetMemory::default()), @"Plan: nothing to do.");
}

#[test]
fn an_outline_has_a_line_per_operation() {
    assert_snapshot!(render_in(Detail::Outline, &everything(), &TargetMemory::default()), @r#"
    Plan: 10 ready, 2 held; 9 requests (2 POST, 6 PATCH, 1 DELETE).

    = link eve@example.com: externalId "source-eve" · It changed.
    ~ update carol@example.com: title "Engineer", nickName "old" → (none) · It changed.
    + activate dan@example.com · It changed.
    + create ada@example.com · It changed.
    = release group Unbound · It changed.
    + create group Engineering · It changed.
    ~ rename group Sales EMEA: was "Sales" · It changed.
    + add members to group Engineering: 1@example.com, 2@example.com, 3@example.com and 9 more · It changed.
    - remove members from group Sales EMEA: 1@example.com · It changed.
    - deactivate bob@example.com [held by guard] · bob left Engineering, the last bound group they were in.
    ! delete zed@example.com [cannot be undone] · It changed.
    ! delete group Old [held by irreversible: cannot be undone] · It changed.

    Questions:
    ? Design: A group named Design exists in Atlassian and is not ours.
        choices: take-over, later

    Findings:
    warning: More people than allowed would be deactivated.
    "#);
}

proptest! {
    #[test]
    fn any_text_in_a_plan_survives_the_document(name in "\\PC{0,20}", title in "\\PC{0,20}\\n?", source in any::<usize>()) {
        let mut operation = retitled(&name);
        operation.reason.text = title;
        let plan = Plan { operations: vec![operation], ..Plan::default() };
        let mut head = head();
        head.source.people = source;
        let document = PlanDocument::new(head, &plan, &TargetMemory::default());
        let text = serde_json::to_string(&document).unwrap();
        prop_assert_eq!(PlanDocument::read(&text).unwrap(), document);
    }
}
