//! `apply --approve-all`: what is sent, what the run says, which exit code it gives.

use lockstep_sandbox::Change;
use serde_json::json;

use crate::site::{ID, Site, assert_text};

#[test]
fn everything_that_needs_nobody_is_applied_and_exits_0() {
    let site = Site::plain();
    let (code, run) = site.json(&["apply", ID, "--approve-all"]);
    assert_eq!((code, &run["state"]), (0, &json!("converged")), "{run}");
    assert_eq!(run["operations"]["done"], json!(12 + 3 + 3), "people, groups and their members");
    assert_eq!(run["requests"]["by_method"]["POST"], json!(15), "one POST each");
    assert_eq!(run["requests"]["retried"], 0);
    assert_eq!(run["requests"]["sent"], json!(site.scim_writes()), "what it says is what was sent");
    assert_text!(serde_json::to_string_pretty(&run).unwrap(), @r#"
    {
      "connection": "acme",
      "differences": [],
      "ended_at": "TIME",
      "failures": [],
      "moved": [],
      "operations": {
        "done": 18,
        "failed": 0,
        "held": 0,
        "skipped": 0
      },
      "override": null,
      "plan_id": "plan-ID",
      "problem": null,
      "questions": [],
      "requests": {
        "by_method": {
          "PATCH": 3,
          "POST": 15
        },
        "retried": 0,
        "sent": 18
      },
      "run_id": "run-ID",
      "started_at": "TIME",
      "started_by": "lockstepctl (USER)",
      "state": "converged",
      "trigger": "manual"
    }
    "#);
}

#[test]
fn a_run_for_people() {
    let site = Site::plain();
    assert_text!(site.run(&["apply", ID, "--approve-all"]).exits(0).stdout, @r#"
    Run run-ID: converged
      18 done, 0 failed, 0 held
      18 requests sent (3 PATCH, 15 POST), 0 retried
    "#);
    assert_text!(site.run(&["apply", ID, "--approve-all"]).exits(0).stdout, @r#"
    Run run-ID: nothing to do
      0 done, 0 failed, 0 held
      0 requests sent, 0 retried
    "#);
}

#[test]
fn a_second_run_sends_no_writes() {
    let site = Site::in_step();
    let (code, run) = site.json(&["apply", ID, "--approve-all"]);
    assert_eq!((code, &run["state"]), (0, &json!("nothing_to_do")), "{run}");
    assert_eq!(site.sandbox.requests().counters().writes, 0);
}

#[test]
fn what_waits_for_a_person_exits_3_and_the_rest_is_applied() {
    let site = Site::connected();
    let (code, run) = site.json(&["apply", ID, "--approve-all"]);
    assert_eq!((code, &run["state"]), (3, &json!("converged")), "{run}");
    assert!(run["operations"]["done"].as_u64() > Some(30), "{run}");
    assert!(run["operations"]["held"].as_u64() > Some(0), "{run}");
}

#[test]
fn an_inactive_connection_is_planned_but_not_applied() {
    let site = Site::plain();
    site.run(&["connection", "deactivate", ID]).exits(0);
    site.run(&["plan", ID]).exits(2);
    let (message, hints) = site.run(&["--json", "apply", ID, "--approve-all"]).exits(1).error();
    assert!(message.contains("not active"), "{message}");
    assert!(hints.contains("connection activate acme"), "{hints}");
    assert_eq!(site.scim_writes(), 0);
}

#[test]
fn operations_that_fail_exit_4_with_cause_and_remedy_and_win_over_3() {
    let site = Site::connected();
    site.faults(&["error-shape:shape=scim,status=400,side=scim,method=POST,path=/Users,nth=1"]);
    let (code, run) = site.json(&["apply", ID, "--approve-all"]);
    assert_eq!((code, &run["state"]), (4, &json!("partial")), "{run}");
    let failure = &run["failures"][0];
    assert_eq!(failure["status"], 400, "{failure}");
    for name in ["operation", "label", "error", "remedy"] {
        assert!(failure[name].as_str().is_some_and(|text| !text.is_empty()), "{name} in {failure}");
    }
    assert!(run["operations"]["held"].as_u64() > Some(0), "something waits as well");
}

#[test]
fn differences_after_the_run_exit_4() {
    let site = Site::plain();
    site.sandbox.world().set_dialect("drop=title".parse().unwrap_or_else(|error| panic!("{error}")));
    let (code, run) = site.json(&["apply", ID, "--approve-all"]);
    assert_eq!((code, &run["state"]), (4, &json!("partial")), "{run}");
    let difference = &run["differences"][0];
    for name in ["subject", "attribute", "expected"] {
        assert!(difference[name].is_string(), "{name} in {difference}");
    }
    let second = site.run(&["apply", ID, "--approve-all"]);
    assert!(
        second.stdout.contains("0 requests sent"),
        "what a server does not keep is not sent again: {second:?}"
    );
}

#[test]
fn faults_that_pass_are_retried_and_counted_apart() {
    let site = Site::plain();
    site.faults(&["status:status=503,side=scim,method=POST,path=/Users,nth=2,count=2"]);
    let (code, run) = site.json(&["apply", ID, "--approve-all"]);
    assert_eq!((code, &run["state"]), (0, &json!("converged")), "{run}");
    assert!(run["requests"]["retried"].as_u64() >= Some(2), "{run}");
}

#[test]
fn a_guard_holds_until_it_is_overridden_with_a_reason() {
    let site = Site::in_step();
    for person in site.source().people.keys().take(4) {
        site.change(&Change::Suspend { person: person.clone() });
    }
    let (code, run) = site.json(&["apply", ID, "--approve-all"]);
    assert_eq!(
        (code, &run["operations"]["done"]),
        (3, &json!(0)),
        "four of twelve are more than a tenth: {run}"
    );
    assert_eq!(site.scim_writes(), 0);
    let (code, run) =
        site.json(&["apply", ID, "--approve-all", "--override-guard", "The Oslo office closed"]);
    assert_eq!((code, &run["operations"]["done"]), (0, &json!(4)), "{run}");
    assert_eq!(run["override"]["reason"], "The Oslo office closed");
    assert!(run["override"]["by"].as_str().is_some_and(|by| by.starts_with("lockstepctl (")), "{run}");
    let by = run["override"]["by"].as_str().unwrap();
    assert!(!by.contains("unknown user"), "the operating system knows who this is, without USER: {by}");
}

#[test]
fn refused_credentials_stop_the_run_with_5() {
    let site = Site::plain();
    site.faults(&["revoked-key:side=scim,method=write,after=5"]);
    let (code, run) = site.json(&["apply", ID, "--approve-all"]);
    assert_eq!((code, &run["state"]), (5, &json!("stopped")), "{run}");
    assert!(run["problem"].as_str().is_some_and(|problem| problem.contains("key")), "{run}");
    assert_eq!(site.json(&["connection", "show", ID]).1["state"], "paused");
    site.faults(&[]);
    site.run(&["apply", ID, "--approve-all"]).exits(0);
    site.run(&["plan", ID]).exits(0);
}

#[test]
fn what_failed_twice_rests_until_retry() {
    let site = Site::plain();
    site.faults(&["error-shape:shape=scim,status=400,side=scim,method=POST,path=/Groups"]);
    site.run(&["apply", ID, "--approve-all"]).exits(4);
    site.run(&["apply", ID, "--approve-all"]).exits(4);
    site.faults(&[]);
    let (_, plan) = site.json(&["plan", ID]);
    let rests = |plan: &serde_json::Value| {
        plan["operations"].as_array().unwrap().iter().filter(|it| it["held_by"] == "quarantine").count()
    };
    assert!(rests(&plan) > 0, "{}", plan["operations"]);
    let (code, run) = site.json(&["apply", ID, "--approve-all"]);
    assert_eq!(code, 4, "what rests in quarantine is not done: {run}");
    let (code, released) = site.json(&["retry", ID]);
    assert_eq!(code, 0);
    assert!(released["released"].as_u64() > Some(0), "{released}");
    site.run(&["apply", ID, "--approve-all"]).exits(0);
}
