//! `decide`: questions of the latest plan are answered; what follows from the answer is in the next plan.

use lockstep_sandbox::Change;
use serde_json::{Value, json};

use crate::site::{ID, Site, assert_text, operations};

/// A group that is local in Atlassian.
const LOCAL: &str = "Design";
/// A local one that new people join by default.
const DEFAULT: &str = "jira-software-users";
/// One that came by SCIM and is not ours.
const SCIM: &str = "Product Management";

/// Starts the small organisation with its three clashes and reads both sides.
fn with_questions() -> Site {
    let site = Site::connected();
    site.run(&["plan", ID]).exits(2);
    site
}

fn decide(site: &Site, group: &str, choice: &str) -> Value {
    let (code, conflict) = site.json(&["decide", ID, "--group", group, choice]);
    assert_eq!(code, 0, "{conflict}");
    conflict
}

fn plan(site: &Site) -> Value {
    site.json(&["plan", ID]).1
}

/// Returns the conflicts of a kind.
fn conflicts<'a>(plan: &'a Value, kind: &str) -> Vec<&'a Value> {
    plan["conflicts"].as_array().unwrap().iter().filter(|conflict| conflict["kind"] == kind).collect()
}

/// Returns the operations on a group as "kind state".
fn about(plan: &Value, group: &str) -> Vec<String> {
    let operations = plan["operations"].as_array().unwrap();
    let about = operations.iter().filter(|operation| operation["subject"]["label"] == group);
    about
        .map(|operation| {
            format!("{} {}", operation["kind"].as_str().unwrap(), operation["state"].as_str().unwrap())
        })
        .collect()
}

#[test]
fn an_answer_is_recorded_with_who_and_when_and_sends_nothing() {
    let site = with_questions();
    let writes = site.sandbox.requests().counters().writes;
    let conflict = decide(&site, LOCAL, "take-over");
    assert_eq!((&conflict["kind"], &conflict["decision"]), (&json!("group_takeover"), &json!("take-over")));
    assert!(conflict["decided_by"].as_str().is_some_and(|by| by.starts_with("lockstepctl (")), "{conflict}");
    assert!(conflict["decided_at"].as_str().is_some_and(|at| at.ends_with('Z')), "{conflict}");
    assert_eq!(conflict["status"], "decided");
    let plan = plan(&site);
    let planned = conflicts(&plan, "group_takeover").into_iter().find(|each| each["id"] == conflict["id"]);
    for (name, value) in planned.unwrap().as_object().unwrap() {
        assert_eq!(conflict.get(name), Some(value), "{name} is as in the plan");
    }
    assert_eq!(site.sandbox.requests().counters().writes, writes, "nothing is sent");
    let events = site.json(&["events", ID]).1;
    let last = events["events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["subject"]["decision"], "take-over", "the log has it: {last}");
}

#[test]
fn an_answer_for_people_ends_with_what_follows() {
    let site = with_questions();
    assert_text!(site.run(&["decide", ID, "--group", "design", "take-over"]).exits(0).stdout, @r"
    Design: A group named Design exists in the Atlassian organisation and is managed there. Taken over, 2 people would stay, 2 people would gain and 2 people would lose membership.
      carmen.ruiz@halden.example has no user in JumpCloud that could be added to Design, or has one who would get no account: inactive there, not in a verified domain, or beyond the user limit. To keep the others, import them or mend that first.
      2 stay: chloe.dubois@halden.example, giulia.rossi@halden.example
      2 gain membership: ines.carvalho@halden.example, mei.lin@halden.example
      2 lose membership: carmen.ruiz@halden.example (loses confluence (halden)), mateus.oliveira@halden.example (loses jira-software (halden))
      new users of confluence (halden): ines.carvalho@halden.example, mei.lin@halden.example
      new users of jira-software (halden): ines.carvalho@halden.example, mei.lin@halden.example
      decision: take-over, by lockstepctl (USER) on TIME
    Recorded. `lockstepctl plan acme` shows what follows; nothing was sent.
    ");
}

#[test]
fn nothing_is_written_to_a_clashing_group_before_it_is_decided() {
    let site = with_questions();
    site.run(&["apply", ID, "--approve-all"]).exits(3);
    let taken = site.sandbox.world().dump().target.groups[SCIM].id.clone();
    for record in site.sandbox.requests().writes() {
        let body = record.body.unwrap_or_default().to_string();
        assert!(!record.path.contains(&taken), "{} {}", record.method, record.path);
        let names = [LOCAL, DEFAULT, SCIM].map(|name| format!("\"displayName\":\"{name}\""));
        assert!(!names.iter().any(|name| body.contains(name)), "{} {}: {body}", record.method, record.path);
    }
}

#[test]
fn each_answer_is_what_the_next_plan_does() {
    let site = with_questions();
    for (group, choice, expected) in [
        (SCIM, "take-over", &["take_over_group ready", "add_members ready", "remove_members ready"][..]),
        (SCIM, "leave-alone", &[]),
        (DEFAULT, "rename:Jira people", &["create_group ready", "add_members ready"]),
    ] {
        decide(&site, group, choice);
        assert_eq!(about(&plan(&site), group), expected, "{group}: {choice}");
    }
    let (_, plan) = site.json(&["plan", ID]);
    let created = |operation: &&Value| operation["after"]["displayName"] == "Jira people";
    let created = plan["operations"].as_array().unwrap().iter().find(created);
    assert_eq!(
        created.map(|operation| &operation["kind"]),
        Some(&json!("create_group")),
        "under its new name"
    );
}

#[test]
fn what_is_put_off_stays_held_and_asks_again() {
    let site = with_questions();
    for group in [LOCAL, DEFAULT, SCIM] {
        assert_eq!(decide(&site, group, "later")["status"], "later", "recorded as asked");
    }
    let (code, run) = site.json(&["apply", ID, "--approve-all"]);
    assert_eq!(code, 3, "it still waits for a person: {run}");
    let (code, plan) = site.json(&["plan", ID]);
    assert_eq!(code, 3);
    assert!(about(&plan, SCIM).iter().all(|each| each.ends_with(" held")), "{:?}", about(&plan, SCIM));
}

#[test]
fn the_group_that_is_taken_over_gets_jumpclouds_members() {
    let site = with_questions();
    decide(&site, SCIM, "take-over");
    site.run(&["apply", ID, "--approve-all"]).exits(3);
    let world = site.sandbox.world().dump();
    let wanted = &world.source.groups[SCIM].members;
    let (group, users) = (&world.target.groups[SCIM], &world.target.users);
    let members: std::collections::BTreeSet<String> =
        group.members.iter().map(|user| users.get(user).map_or(user, |user| &user.email).clone()).collect();
    let wanted: std::collections::BTreeSet<String> =
        wanted.iter().map(|person| world.source.people[person].email.clone()).collect();
    assert_eq!(members, wanted);
}

#[test]
fn every_other_question_is_answered_by_its_id() {
    let site = with_questions();
    let plan = plan(&site);
    let id = |kind: &str| conflicts(&plan, kind)[0]["id"].as_str().unwrap().to_owned();
    let chosen = conflicts(&plan, "ambiguous_person")[0]["choices"][1].as_str().unwrap().to_owned();
    for (kind, choice) in [("group_on_two_connectors", "acknowledge"), ("ambiguous_person", &chosen)] {
        let (code, conflict) = site.json(&["decide", ID, "--conflict", &id(kind), choice]);
        assert_eq!((code, &conflict["decision"]), (0, &json!(choice)), "{conflict}");
    }
    let plan = self::plan(&site);
    assert!(
        about(&plan, "Finance").iter().all(|each| each.ends_with(" ready")),
        "{:?}",
        about(&plan, "Finance")
    );
    assert!(operations(&plan).contains(&"link_user marek.dvorak@halden.example".to_owned()));
}

#[test]
fn a_question_can_be_answered_again() {
    let site = with_questions();
    decide(&site, SCIM, "leave-alone");
    assert_eq!(decide(&site, SCIM, "take-over")["decision"], "take-over", "the last answer counts");
    assert_eq!(decide(&site, SCIM, "take-over")["decision"], "take-over", "twice is no error");
}

#[test]
fn what_cannot_be_answered_is_said_and_nothing_is_recorded() {
    let site = with_questions();
    let before = plan(&site);
    let by_group = |group, choice| vec!["decide", ID, "--group", group, choice];
    for (arguments, code, said) in [
        (by_group("Nobody", "later"), "not_found", "no group Nobody"),
        (by_group("Engineering", "later"), "not_found", "asks nothing about the group Engineering"),
        (
            vec!["decide", ID, "--conflict", "conflict-0", "later"],
            "not_found",
            "asks nothing about conflict-0",
        ),
        (by_group(LOCAL, "acknowledge"), "invalid_input", "acknowledge"),
        (by_group(LOCAL, "TAKE-OVER"), "invalid_input", "TAKE-OVER"),
        (by_group(DEFAULT, "take-over"), "invalid_input", "take-over"),
        (by_group(LOCAL, "rename"), "invalid_input", "rename"),
        (by_group(LOCAL, "rename:"), "invalid_input", "name"),
        (by_group(LOCAL, "rename:  "), "invalid_input", "name"),
        (by_group(LOCAL, "rename: design "), "invalid_input", "design"),
        (by_group(LOCAL, "rename:engineering"), "invalid_input", "taken"),
        (by_group(LOCAL, "rename:product management"), "invalid_input", "taken"),
        (by_group(LOCAL, "rename:Confluence-Editors"), "invalid_input", "taken"),
    ] {
        let answer = site.run(&[&["--json"][..], &arguments].concat()).exits(1);
        let error = answer.json()["error"].clone();
        assert_eq!(error["code"], code, "{arguments:?}: {error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(said), "{arguments:?}: {message}");
        assert_ne!(error["hints"], json!([]), "{arguments:?} says what to do");
    }
    let too_long = format!("rename:{}", "x".repeat(256));
    site.run(&["decide", ID, "--group", LOCAL, &too_long]).exits(1);
    assert_eq!(plan(&site)["conflicts"], before["conflicts"], "nothing is recorded");
}

#[test]
fn two_groups_cannot_be_given_the_same_name() {
    let site = with_questions();
    decide(&site, LOCAL, "rename:The makers");
    let (message, _) =
        site.run(&["--json", "decide", ID, "--group", SCIM, "rename:the Makers"]).exits(1).error();
    assert!(message.contains("taken"), "{message}");
}

#[test]
fn before_the_first_plan_nothing_is_asked() {
    let site = Site::connected();
    let (message, hints) = site.run(&["--json", "decide", ID, "--group", LOCAL, "later"]).exits(1).error();
    assert!(message.contains("no plan yet"), "{message}");
    assert!(hints.contains(&format!("lockstepctl plan {ID}")), "{hints}");
}

#[test]
fn a_group_that_vanished_is_not_asked_about_any_more() {
    let site = with_questions();
    let plan = plan(&site);
    let id = conflicts(&plan, "group_takeover")[0]["id"].as_str().unwrap().to_owned();
    let label = conflicts(&plan, "group_takeover")[0]["subject"]["label"].as_str().unwrap().to_owned();
    site.change(&Change::DeleteGroup { group: label.clone() });
    site.run(&["plan", ID]).exits(2);
    for arguments in [["--conflict", &id], ["--group", &label]] {
        let answer = site.run(&["--json", "decide", ID, arguments[0], arguments[1], "take-over"]).exits(1);
        assert_eq!(answer.json()["error"]["code"], "not_found", "{}", answer.stdout);
    }
}

#[test]
fn an_answer_is_asked_for_again_when_its_facts_change() {
    let site = with_questions();
    decide(&site, SCIM, "take-over");
    let stranger = "m.dvorak.old@halden.example".to_owned();
    site.change(&Change::TargetAddMember { group: SCIM.to_owned(), person: stranger });
    let (_, plan) = site.json(&["plan", ID]);
    let asked = |plan: &Value| {
        let about = |conflict: &&Value| conflict["subject"]["label"] == SCIM;
        plan["conflicts"].as_array().unwrap().iter().find(about).unwrap().clone()
    };
    assert_eq!(
        asked(&plan)["decision"],
        json!(null),
        "somebody else would lose membership: it is asked again"
    );
    assert!(about(&plan, SCIM).iter().all(|each| each.ends_with(" held")), "{:?}", about(&plan, SCIM));
    assert_eq!(decide(&site, SCIM, "take-over")["decision"], "take-over");
    assert_eq!(asked(&self::plan(&site))["decision"], "take-over");
}

#[test]
fn keeping_the_others_adds_them_in_jumpcloud_first() {
    let site = with_questions();
    // Nobody but Henrik, who is in JumpCloud, is to be kept.
    site.change(&Change::TargetRemoveMember {
        group: SCIM.to_owned(),
        person: "archive.reader@halden.example".to_owned(),
    });
    site.run(&["plan", ID]).exits(2);
    decide(&site, SCIM, "keep-others");
    let plan = plan(&site);
    let kinds = about(&plan, SCIM);
    assert_eq!(
        kinds,
        ["add_source_members ready", "take_over_group ready", "add_members ready"],
        "in that order"
    );
    site.run(&["apply", ID, "--approve-all"]).exits(3);
    let world = site.sandbox.world().dump();
    assert!(
        world.source.groups[SCIM].members.contains("henrik.dahl"),
        "{:?}",
        world.source.groups[SCIM].members
    );
}

/// Answers everything that the small organisation asks; the local group is taken over.
fn with_the_local_group_taken_over(site: &Site) {
    let (_, plan) = site.json(&["plan", ID]);
    for conflict in plan["conflicts"].as_array().unwrap() {
        let choice = if conflict["subject"]["label"] == LOCAL { "take-over" } else { "leave-alone" };
        let id = conflict["id"].as_str().unwrap();
        site.run(&["decide", ID, "--conflict", id, choice]).exits(0);
    }
}

#[test]
fn atlassians_console_is_awaited_after_either_of_its_answers_and_then_it_goes_on_by_itself() {
    for clash in ["pending", "refuse"] {
        let site = Site::connected();
        site.faults(&[&format!("dialect:clash={clash}")]);
        with_the_local_group_taken_over(&site);
        let answer = site.run(&["apply", ID, "--approve-all"]).exits(3);
        assert!(answer.stdout.contains("console is awaited for Design"), "{clash}: {}", answer.stdout);
        let (code, plan) = site.json(&["plan", ID]);
        assert_eq!(code, 3, "{clash}: it waits");
        let waiting: Vec<&Value> = plan["conflicts"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|conflict| conflict["waiting"].is_string())
            .map(|conflict| &conflict["subject"]["label"])
            .collect();
        assert_eq!(waiting, [LOCAL], "{clash}");
        assert!(
            about(&plan, LOCAL).iter().all(|each| each.ends_with(" held")),
            "{clash}: {:?}",
            about(&plan, LOCAL)
        );
        site.sandbox.requests().reset();
        site.run(&["apply", ID, "--approve-all"]).exits(3);
        assert_eq!(site.scim_writes(), 0, "{clash}: nothing is sent while it waits");

        site.change(&Change::AcceptTakeover { group: LOCAL.to_owned() });
        site.run(&["apply", ID, "--approve-all"]);
        let (_, plan) = site.json(&["plan", ID]);
        assert_eq!(about(&plan, LOCAL), Vec::<String>::new(), "{clash}: it is in step");
        let world = site.sandbox.world().dump();
        let wanted = world.source.groups[LOCAL].members.len();
        assert_eq!(
            world.organisation.groups["design"].members.len(),
            wanted,
            "{clash}: with JumpCloud's members"
        );
    }
}
