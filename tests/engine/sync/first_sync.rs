//! The first sync, and the second, which has nothing to do.

use std::collections::BTreeMap;

use lockstep_core::plan::operation::OperationKind;
use lockstep_core::run::RunState;
use lockstep_sandbox::Change;
use serde_json::Value;

use super::bench::{TestEngine, approve_all, lines, ready};
use super::desired;

fn count<'v>(names: impl IntoIterator<Item = &'v str>) -> BTreeMap<&'v str, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    counts
}

#[tokio::test]
async fn a_first_sync_of_five_hundred_people_converges_and_a_second_one_writes_nothing() {
    let test = TestEngine::start("custom:people=500,groups=40").await;
    let plan = test.plan().await;
    assert_eq!(plan.summary.get(&OperationKind::CreateUser), Some(&500), "{:?}", plan.summary);
    assert_eq!(plan.summary.get(&OperationKind::CreateGroup), Some(&40), "{:?}", plan.summary);
    let run = test.apply(approve_all(&plan)).await;
    assert_eq!(run.state, RunState::Converged, "{:?} {:?} {:?}", run.problem, run.failures, run.differences);
    let writes = test.writes();
    assert_eq!(writes.len(), plan.requests.planned, "what was announced was sent");
    assert_eq!(writes.len(), run.requests.sent as usize, "and is what the run says");
    let routes = count(writes.iter().map(|write| write.template.as_str()));
    assert_eq!(routes["/scim/directory/{id}/Users"], 500, "creates = new people");
    assert_eq!(routes["/scim/directory/{id}/Groups"], 40, "{routes:?}");
    let batches: Vec<usize> = writes
        .iter()
        .filter(|write| write.template.ends_with("/Groups/{id}"))
        .filter_map(|write| write.body.as_ref()?["Operations"][0]["value"].as_array().map(Vec::len))
        .collect();
    let dump = test.dump();
    let wanted: usize = dump.source.groups.values().map(|group| group.members.len().div_ceil(100)).sum();
    assert_eq!(batches.len(), wanted, "members go in batches of a hundred (G3)");
    assert!(batches.iter().all(|size| *size <= 100), "{batches:?}");
    test.sandbox.requests().reset();
    let second = test.apply_all().await;
    assert_eq!(second.state, RunState::NothingToDo, "{second:#?}");
    assert_eq!(test.writes().len(), 0, "a second run sends nothing");
    test.check_converged().await;
}

#[tokio::test]
async fn the_small_organisation_converges_up_to_what_is_held() {
    let test = TestEngine::start("small").await;
    let plan = test.plan().await;
    let people = ready(&plan).iter().filter(|it| it.kind == OperationKind::CreateUser).count();
    let run = test.apply(approve_all(&plan)).await;
    assert_eq!(run.state, RunState::Converged, "{:?} {:?} {:?}", run.problem, run.failures, run.differences);
    let created = test.sandbox.requests().matching("POST", "/Users").len();
    assert_eq!(created, people, "creates = new people");
    test.sandbox.requests().reset();
    let next = test.plan().await;
    assert!(ready(&next).is_empty(), "only held operations are left: {:#?}", lines(&next));
    assert!(!next.operations.is_empty(), "the small organisation has what waits for a person");
    assert_eq!(test.apply(approve_all(&next)).await.state, RunState::NothingToDo);
    assert_eq!(test.writes().len(), 0, "held operations are not sent");
    test.check_counts().await;
    test.check_events();
    // Whoever was provisioned is as in JumpCloud; what is left is about held people and groups.
    let wrong = desired::differences(&test.dump());
    let held: Vec<String> = lines(&next);
    let unexplained: Vec<&String> = wrong
        .iter()
        .filter(|text| {
            let names = [
                "design",
                "Design",
                "jira-software-users",
                "Product Management",
                "Finance",
                "greta",
                "marek",
                "archive.reader",
            ];
            !names.iter().any(|name| text.contains(name))
        })
        .collect();
    assert!(unexplained.is_empty(), "{unexplained:#?} although only {held:#?} is held");
}

#[tokio::test]
async fn a_changed_person_costs_one_patch_with_only_what_differs() {
    let test = TestEngine::in_step("custom:people=30,groups=3").await;
    let people: Vec<String> = test.dump().source.people.keys().take(7).cloned().collect();
    for person in &people {
        let set = |field: &str, value: &str| Change::SetAttribute {
            person: person.clone(),
            field: field.to_owned(),
            value: value.to_owned(),
        };
        test.change([set("lastname", "Newname"), set("jobTitle", "Gardener")]);
    }
    let run = test.apply_all().await;
    assert_eq!(run.state, RunState::Converged, "{run:#?}");
    let writes = test.writes();
    assert_eq!(writes.len(), people.len(), "one PATCH per changed person: {writes:#?}");
    for write in &writes {
        assert_eq!(write.method, "PATCH");
        let body = write.body.as_ref().map(Value::to_string).unwrap_or_default();
        assert!(body.contains("Newname") && body.contains("Gardener"), "{body}");
        assert!(!body.contains("emails") && !body.contains("givenName"), "only what differs (S5): {body}");
    }
    test.check_converged().await;
}
