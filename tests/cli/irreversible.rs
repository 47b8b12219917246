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
