//! `apply --plan`: a file is bound to its connection, its basis and its own hash.

use lockstep_sandbox::Change;
use serde_json::{Value, json};

use crate::site::{ID, Site};

fn edit(path: &str, change: impl FnOnce(&mut Value)) {
    let mut plan: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    change(&mut plan);
    std::fs::write(path, plan.to_string()).unwrap();
}

#[test]
fn a_saved_plan_is_applied_once_and_then_sends_nothing_more() {
    let site = Site::connected();
    let plan = site.saved_plan();
    let (code, run) = site.json(&["apply", ID, "--plan", &plan]);
    assert_eq!((code, &run["state"]), (3, &json!("converged")), "{run}");
    let held = run["operations"]["held"].clone();
    let sent = site.scim_writes();
    let (code, run) = site.json(&["apply", ID, "--plan", &plan]);
    assert_eq!((code, &run["state"]), (0, &json!("nothing_to_do")), "{run}");
    assert_eq!(run["operations"]["held"], held, "what was done is not held now");
    assert_eq!(site.scim_writes(), sent, "nothing more was sent");
    let text = site.run(&["apply", ID, "--plan", &plan]).exits(0).stdout;
    assert!(text.contains("applied before"), "{text}");
}

#[test]
fn another_writing_of_the_same_document_is_no_edit() {
    let site = Site::plain();
    let plan = site.saved_plan();
    edit(&plan, |_| {});
    site.run(&["apply", ID, "--plan", &plan]).exits(0);
}

#[test]
fn an_edited_file_is_refused() {
    type Edit = fn(&mut Value);
    let edits: [(&str, Edit); 5] = [
        ("a value", |plan| plan["operations"][0]["after"]["title"] = json!("Director")),
        ("another kind", |plan| plan["operations"][1]["kind"] = json!("delete_user")),
        ("an operation left out", |plan| drop(plan["operations"].as_array_mut().unwrap().pop())),
        ("an unknown name", |plan| plan["extra"] = json!(1)),
        ("the hash", |plan| plan["hash"] = json!("sha256:00")),
    ];
    let site = Site::plain();
    for (what, change) in edits {
        let plan = site.saved_plan();
        edit(&plan, change);
        let (message, hints) = site.run(&["--json", "apply", ID, "--plan", &plan]).exits(1).error();
        assert!(message.contains("edited or damaged"), "{what}: {message}");
        assert!(hints.contains("lockstepctl plan"), "{what}: {hints}");
    }
    assert_eq!(site.scim_writes(), 0, "nothing was sent");
}

#[test]
fn a_file_that_is_no_plan_is_refused() {
    let site = Site::plain();
    let path = site.path("plan.json").to_string_lossy().into_owned();
    for text in ["", "not JSON", "{}", "[]", "{\"plan_id\":1}"] {
        std::fs::write(&path, text).unwrap();
        let (message, _) = site.run(&["--json", "apply", ID, "--plan", &path]).exits(1).error();
        assert!(message.contains("not a plan"), "{text:?}: {message}");
    }
    let (message, _) = site.run(&["--json", "apply", ID, "--plan", "/no/such/file"]).exits(1).error();
    assert!(message.contains("could not be read"), "{message}");
}

#[test]
fn a_plan_of_another_connection_is_refused() {
    let site = Site::plain();
    let plan = site.saved_plan();
    let other = site.add(&["--any-domain"]).exits(0).json()["connection_id"].as_str().unwrap().to_owned();
    site.run(&["connection", "activate", &other]).exits(0);
    let (message, _) = site.run(&["--json", "apply", &other, "--plan", &plan]).exits(1).error();
    assert!(message.contains("was made for the connection acme"), "{message}");
    assert_eq!(site.scim_writes(), 0);
}

#[test]
fn a_plan_of_another_data_directory_is_refused() {
    let (here, elsewhere) = (Site::plain(), Site::plain());
    let plan = elsewhere.saved_plan();
    let (message, _) = here.run(&["--json", "apply", ID, "--plan", &plan]).exits(1).error();
    assert!(message.contains("not made with this data directory"), "{message}");
    assert_eq!(here.scim_writes(), 0);
}

#[test]
fn what_moved_since_is_not_sent_is_named_and_exits_3() {
    let site = Site::in_step();
    let people: Vec<String> = site.source().people.into_keys().collect();
    let set_title = |person: &String, value: &str| {
        site.change(&Change::SetAttribute {
            person: person.clone(),
            field: "jobTitle".to_owned(),
            value: value.to_owned(),
        });
    };
    set_title(&people[0], "Surveyor");
    set_title(&people[1], "Surveyor");
    let plan = site.saved_plan();
    set_title(&people[0], "Chief Surveyor");
    let (code, run) = site.json(&["apply", ID, "--plan", &plan]);
    assert_eq!(code, 3, "{run}");
    assert_eq!(run["operations"]["done"], 1, "the other one is as it was: {run}");
    let moved = run["moved"].as_array().unwrap();
    assert_eq!(moved.len(), 1, "{run}");
    assert!(moved[0]["label"].as_str().unwrap().contains('@'), "{run}");
    assert!(!moved[0]["text"].as_str().unwrap().is_empty(), "the difference is named: {run}");
    assert_eq!(site.scim_writes(), 1);
}

#[test]
fn a_saved_plan_of_which_nothing_was_approved_can_still_be_applied_with_an_override() {
    let site = Site::in_step();
    for person in site.source().people.keys().take(4) {
        site.change(&Change::Suspend { person: person.clone() });
    }
    let plan = site.saved_plan();
    site.run(&["apply", ID, "--plan", &plan]).exits(3);
    let (code, run) = site.json(&["apply", ID, "--plan", &plan, "--override-guard", "They left together"]);
    assert_eq!((code, &run["operations"]["done"]), (0, &json!(4)), "{run}");
}
