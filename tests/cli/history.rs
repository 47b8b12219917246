//! `runs`, `run` and `events`.

use serde_json::{Value, json};

use crate::site::{ID, Site, assert_text};

#[test]
fn runs_are_listed_newest_first_and_shown_as_apply_printed_them() {
    let site = Site::plain();
    assert_eq!(site.json(&["runs", ID]), (0, json!({"runs": []})));
    assert_text!(site.run(&["runs", ID]).exits(0).stdout, @"There was no run yet.");
    let (_, first) = site.json(&["apply", ID, "--approve-all"]);
    let (_, second) = site.json(&["apply", ID, "--approve-all"]);
    let (code, list) = site.json(&["runs", ID]);
    assert_eq!((code, list), (0, json!({"runs": [second, first]})));
    let (code, shown) = site.json(&["run", first["run_id"].as_str().unwrap()]);
    assert_eq!((code, shown), (0, first));
    assert_text!(site.run(&["runs", ID]).exits(0).stdout, @r#"
    run-ID  TIME  nothing to do  0 done, 0 failed, 0 held; 0 sent
    run-ID  TIME  converged      18 done, 0 failed, 0 held; 18 sent
    "#);
}

fn records(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn events_are_lines_of_json_with_the_contracts_columns() {
    let site = Site::in_step();
    let events = records(&site.run(&["events", ID]).exits(0).stdout);
    let columns = [
        "sequence",
        "time",
        "event_type",
        "outcome",
        "connection",
        "subject",
        "run",
        "status",
        "error",
        "initiated_by",
        "previous",
        "hash",
    ];
    for (event, number) in events.iter().zip(1..) {
        let event = event.as_object().unwrap();
        assert_eq!(event["sequence"], json!(number), "oldest first, without gaps");
        let mut names: Vec<&str> = event.keys().map(String::as_str).collect();
        let mut wanted = columns.to_vec();
        names.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(names, wanted);
    }
    let previous: Vec<&Value> = events.iter().skip(1).map(|event| &event["previous"]).collect();
    let hashes: Vec<&Value> = events.iter().take(events.len() - 1).map(|event| &event["hash"]).collect();
    assert_eq!(previous, hashes, "each is chained to the one before");
    assert_eq!(events[0]["event_type"], "idm_integration_activate");
    let count = |name: &str| events.iter().filter(|event| event["event_type"] == name).count();
    assert_eq!((count("user_create_provision"), count("group_create_provision")), (12, 3));
}

#[test]
fn events_are_chosen_by_type_and_time() {
    let site = Site::in_step();
    let all = records(&site.run(&["events", ID]).exits(0).stdout);
    let groups = records(&site.run(&["events", ID, "--type", "group_create_provision"]).exits(0).stdout);
    assert_eq!(groups.len(), 3);
    let last = all.last().unwrap()["time"].as_str().unwrap();
    let since = records(&site.run(&["events", ID, "--since", last]).exits(0).stdout);
    assert!(
        !since.is_empty() && since.len() < all.len(),
        "from that time on: {} of {}",
        since.len(),
        all.len()
    );
}

#[test]
fn events_under_json_are_one_document() {
    let site = Site::in_step();
    let lines = records(&site.run(&["events", ID]).exits(0).stdout);
    assert_eq!(site.json(&["events", ID]), (0, json!({ "events": lines })));
    let explicit = site.run(&["--json", "events", ID, "--format", "jsonl"]).exits(0).stdout;
    assert_eq!(records(&explicit), lines, "a format that is asked for is given");
}

#[test]
fn events_as_a_table_have_the_same_columns() {
    let site = Site::in_step();
    let table = site.run(&["events", ID, "--format", "csv"]).exits(0).stdout;
    let mut lines = table.lines();
    assert_eq!(
        lines.next(),
        Some(
            "sequence,time,event_type,outcome,connection,subject,run,status,error,initiated_by,previous,hash"
        )
    );
    assert!(lines.next().unwrap().starts_with("1,"), "{table}");
    assert_eq!(table.lines().count(), 1 + records(&site.run(&["events", ID]).stdout).len());
}
