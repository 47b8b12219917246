//! `--allow-irreversible`: what cannot be undone goes only with a saved plan, all of it or by name.

use lockstep_sandbox::Change;
use serde_json::json;

use crate::site::{ID, Site};

/// Brings two groups in step and deletes both in JumpCloud; returns their names.
fn two_deleted_groups() -> (Site, String, String) {
    let site = Site::in_step();
    // Removals are no matter of these tests.
    let limits =
        ["--max-removal-share", "100", "--max-deactivations", "100", "--max-deactivation-share", "100"];
    site.run(&[&["connection", "set", ID][..], &limits].concat()).exits(0);
    let mut groups = site.source().groups.into_keys();
    let (first, second) = (groups.next().unwrap(), groups.next().unwrap());
    for group in [&first, &second] {
        site.change(&Change::DeleteGroup { group: group.clone() });
    }
    (site, first, second)
}

fn groups(site: &Site) -> Vec<String> {
    let target = site.sandbox.world().dump().target;
    target.groups.into_keys().collect()
}

#[test]
fn approve_all_deletes_no_group() {
    let (site, first, second) = two_deleted_groups();
    let (code, run) = site.json(&["apply", ID, "--approve-all"]);
    assert_eq!(code, 3, "a deletion waits for a person: {run}");
    let left = groups(&site);
    assert!(left.contains(&first) && left.contains(&second), "{left:?}");
}

#[test]
fn a_saved_plan_without_the_option_deletes_no_group() {
    let (site, first, second) = two_deleted_groups();
    let plan = site.saved_plan();
    site.run(&["apply", ID, "--plan", &plan]).exits(3);
    let left = groups(&site);
    assert!(left.contains(&first) && left.contains(&second), "{left:?}");
}

#[test]
fn a_label_allows_that_object_only() {
    let (site, first, second) = two_deleted_groups();
    let plan = site.saved_plan();
    let option = format!("--allow-irreversible={first}");
    let (code, run) = site.json(&["apply", ID, "--plan", &plan, &option]);
    assert_eq!(code, 3, "the other one waits: {run}");
    let left = groups(&site);
    assert!(!left.contains(&first) && left.contains(&second), "{left:?}");
}

#[test]
fn labels_can_be_repeated() {
    let (site, first, second) = two_deleted_groups();
    let plan = site.saved_plan();
    let options = [&first, &second].map(|group| format!("--allow-irreversible={group}"));
    let (code, run) = site.json(&["apply", ID, "--plan", &plan, &options[0], &options[1]]);
    assert_eq!((code, &run["state"]), (0, &json!("converged")), "{run}");
    assert_eq!(groups(&site).len(), 1);
}

#[test]
fn bare_it_allows_all_that_the_file_names() {
    let (site, ..) = two_deleted_groups();
    let plan = site.saved_plan();
    let (code, run) = site.json(&["apply", ID, "--plan", &plan, "--allow-irreversible"]);
    assert_eq!((code, &run["state"]), (0, &json!("converged")), "{run}");
    assert_eq!(groups(&site).len(), 1);
}

#[test]
fn a_label_that_names_nothing_allows_nothing_and_is_said() {
    let (site, first, second) = two_deleted_groups();
    let plan = site.saved_plan();
    let answer = site.run(&["apply", ID, "--plan", &plan, "--allow-irreversible=Nobody"]).exits(3);
    assert!(answer.stderr.contains("Nobody"), "{}", answer.stderr);
    let left = groups(&site);
    assert!(left.contains(&first) && left.contains(&second), "{left:?}");
}

#[test]
fn a_label_of_two_objects_is_refused_and_an_operation_names_one_of_them() {
    let (site, email) = a_person_and_a_group_of_the_same_label();
    let plan = site.saved_plan();
    let (_, document) = site.json(&["plan", ID]);
    let operation = |kind: &str| {
        let operations = document["operations"].as_array().unwrap();
        let found = operations.iter().find(|it| it["kind"] == kind && it["subject"]["label"] == json!(email));
        found.unwrap_or_else(|| panic!("no {kind} in {document}"))["id"].as_str().unwrap().to_owned()
    };
    let (person, group) = (operation("delete_user"), operation("delete_group"));
    let option = format!("--allow-irreversible={email}");
    let refused = site.run(&["--json", "apply", ID, "--plan", &plan, &option]).exits(1);
    let (message, hints) = refused.error();
    assert!(message.contains(&email) && message.contains("several"), "{message}");
    assert!(hints.contains(&person) && hints.contains(&group), "it names both: {hints}");
    assert!(groups(&site).contains(&email), "nothing was sent");
    let option = format!("--allow-irreversible={group}");
    site.run(&["apply", ID, "--plan", &plan, &option]).exits(3);
    assert!(!groups(&site).contains(&email), "the group is gone");
    let people = site.sandbox.world().dump().target.users;
    assert!(people.values().any(|user| user.email == email), "and the person is not");
}

/// Somebody's e-mail address is a group's name as well; both are deleted in JumpCloud, and the policy deletes accounts.
fn a_person_and_a_group_of_the_same_label() -> (Site, String) {
    let site = Site::in_step();
    let limits =
        ["--max-removal-share", "100", "--max-deactivations", "100", "--max-deactivation-share", "100"];
    let policy = ["--deleted-users", "delete"];
    site.run(&[&["connection", "set", ID][..], &limits, &policy].concat()).exits(0);
    let members: Vec<(String, String)> =
        site.source().people.into_iter().map(|(username, person)| (username, person.email)).collect();
    let (_, group) = site.source().groups.into_iter().next().unwrap();
    let leaver = group.members.iter().next().unwrap().clone();
    let email = members.iter().find(|(username, _)| *username == leaver).unwrap().1.clone();
    let stayer = members.iter().find(|(username, _)| *username != leaver).unwrap().0.clone();
    site.change(&Change::CreateGroup { group: email.clone(), members: vec![stayer] });
    site.change(&Change::BindGroup { group: email.clone(), application: None });
    site.run(&["apply", ID, "--approve-all"]).exits(0);
    site.change(&Change::DeletePerson { person: leaver });
    site.change(&Change::DeleteGroup { group: email.clone() });
    (site, email)
}
