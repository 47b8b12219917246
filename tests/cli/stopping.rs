//! SIGINT and SIGTERM: stop means stop, in good order, exit 5.
#![cfg(unix)]

use std::process::{Child, Command};
use std::time::Duration;

use serde_json::json;

use crate::site::{ID, Site, finished};

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

#[test]
fn a_signal_during_apply_stops_the_run_and_the_next_one_finishes() {
    for name in ["TERM", "INT"] {
        let site = Site::plain();
        site.run(&["connection", "set", ID, "--concurrency", "1"]).exits(0);
        let plan = site.saved_plan();
        site.sandbox.world().set_latency(Duration::from_millis(100));
        let child = site.spawn(&["--json", "apply", ID, "--plan", &plan]);
        site.wait_for("the third write", |site| site.scim_writes() >= 3);
        signal(&child, name);
        let answer = finished(child).exits(5);
        let run = answer.json();
        assert_eq!(run["state"], "stopped", "{name}: {run}");
        let done = run["operations"]["done"].as_u64().unwrap();
        assert!((3..18).contains(&done), "{name}: some, not all: {run}");
        assert!(run["ended_at"].is_string(), "{name}: {run}");
        let sent = site.scim_writes();
        assert_eq!(
            sent as u64,
            run["requests"]["sent"].as_u64().unwrap(),
            "{name}: no request after the stop"
        );

        site.sandbox.world().set_latency(Duration::ZERO);
        let (code, run) = site.json(&["apply", ID, "--plan", &plan]);
        assert_eq!((code, &run["moved"]), (0, &json!([])), "{name}: the same plan goes on: {run}");
        assert_eq!(run["operations"]["done"], json!(18 - done), "{name}: each once: {run}");
        site.run(&["plan", ID]).exits(0);
        assert_eq!(site.sandbox.world().dump().target.users.len(), 12, "{name}: nobody twice");
    }
}

#[test]
fn a_signal_during_plan_exits_5() {
    let site = Site::plain();
    site.faults(&["slow:ms=1000,after=1"]);
    let child = site.spawn(&["--json", "plan", ID]);
    site.wait_for("the first request", |site| site.sandbox.requests().counters().total > 0);
    signal(&child, "TERM");
    let answer = finished(child).exits(5);
    assert_eq!(answer.json()["error"]["code"], "cancelled", "{}", answer.stdout);
}
