//! One writer at a time; reading always works.

use serde_json::json;

use crate::site::{ID, Site};

#[test]
fn a_second_writer_exits_7_while_reading_works() {
    let site = Site::in_step();
    let run = site.json(&["runs", ID]).1["runs"][0]["run_id"].as_str().unwrap().to_owned();
    let source = site.source();
    let person = source.people.values().next().unwrap().email.clone();
    let group = source.groups.into_keys().next().unwrap();
    // The writer waits for an answer that never comes.
    site.faults(&["hang:after=1"]);
    let mut writer = site.spawn(&["plan", ID]);
    site.wait_for("the first request", |site| site.sandbox.requests().counters().total > 0);

    for arguments in [
        &["plan", ID][..],
        &["apply", ID, "--approve-all"],
        &["retry", ID],
        &["connection", "set", ID, "--user-limit", "9"],
        &["connection", "activate", ID],
        &["connection", "deactivate", ID],
        &["connection", "remove", ID, "--yes"],
        &["secret", "set", ID, "scim"],
        &["mapping", ID, "--off", "title"],
        &["decide", ID, "--group", "Design", "later"],
    ] {
        let (code, answer) = site.json(arguments);
        assert_eq!((code, &answer["error"]["code"]), (7, &json!("busy")), "{arguments:?}: {answer}");
    }
    site.faults(&[]);
    for arguments in [
        &["connection", "list"][..],
        &["connection", "show", ID],
        &["runs", ID],
        &["run", &run],
        &["events", ID],
        &["events", "verify", ID],
        &["events", "checkpoint", ID],
        &["mapping", ID],
        &["explain", ID, "--person", &person],
        &["explain", ID, "--group", &group],
        &["connection", "test", ID],
    ] {
        site.run(arguments).exits(0);
    }
    writer.kill().unwrap();
    writer.wait().unwrap();
    // A writer that was killed leaves no lock behind.
    site.run(&["plan", ID]).exits(0);
}
