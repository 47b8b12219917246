//! `events verify` and `events checkpoint`: is the log as it was written?

use serde_json::{Value, json};

use crate::site::{ID, Site, assert_text};

/// Changes the log behind its back, as somebody would who wants to hide something.
fn tamper(site: &Site, sql: &str) {
    let database = rusqlite::Connection::open(site.path("data").join("lockstep.db")).unwrap();
    database
        .execute_batch("DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_deleted;")
        .unwrap();
    assert!(database.execute(sql, ()).unwrap() > 0, "{sql} changes something");
}

fn checkpoint(site: &Site) -> Value {
    let (code, checkpoint) = site.json(&["events", "checkpoint", ID]);
    assert_eq!(code, 0, "{checkpoint}");
    checkpoint
}

#[test]
fn a_log_as_it_was_written_verifies() {
    let site = Site::in_step();
    let records = site.json(&["events", ID]).1["events"].as_array().unwrap().clone();
    let head = &records.last().unwrap()["hash"];
    let (code, found) = site.json(&["events", "verify", ID]);
    let expected = json!({"valid": true, "records": records.len(), "first_bad": null, "head": head});
    assert_eq!((code, found), (0, expected));
    assert_eq!(checkpoint(&site), json!({"connection": ID, "records": records.len(), "head": head}));
    assert_text!(
        site.run(&["events", "verify", ID]).exits(0).stdout,
        @"The log is as it was written: 19 records, the last one sha256:HASH."
    );
    let alone = site.run(&["events", "checkpoint", ID]).exits(0).stdout;
    assert_eq!(alone.trim(), head.as_str().unwrap(), "for people it is what --checkpoint takes");
}

#[test]
fn a_record_that_was_changed_is_named() {
    let site = Site::in_step();
    tamper(&site, "UPDATE events SET initiated_by = 'nobody' WHERE sequence = 3");
    let (code, found) = site.json(&["events", "verify", ID]);
    assert_eq!((code, &found["valid"], &found["first_bad"]), (6, &json!(false), &json!(3)), "{found}");
    assert_text!(
        site.run(&["events", "verify", ID]).exits(6).stdout,
        @"The log is not as it was written: record 3 of 19 is the first that is not right."
    );
}

#[test]
fn an_end_that_was_cut_off_is_found_by_a_checkpoint() {
    let site = Site::in_step();
    let noted = checkpoint(&site)["head"].as_str().unwrap().to_owned();
    site.run(&["connection", "set", ID, "--user-limit", "400"]).exits(0);
    site.run(&["events", "verify", ID, "--checkpoint", &noted]).exits(0);
    site.run(&["events", "verify", ID, "--checkpoint", &noted.to_uppercase()]).exits(0);

    tamper(&site, "DELETE FROM events WHERE sequence > 5");
    site.run(&["events", "verify", ID]).exits(0);
    let (code, found) = site.json(&["events", "verify", ID, "--checkpoint", &noted]);
    assert_eq!((code, &found["valid"], &found["first_bad"]), (6, &json!(false), &json!(6)), "{found}");
    assert_text!(
        site.run(&["events", "verify", ID, "--checkpoint", &noted]).exits(6).stdout,
        @"The log does not contain the checkpoint: its end was cut off, or it was written anew. It has 5 records."
    );
}

#[test]
fn the_log_of_a_removed_connection_can_be_verified() {
    let site = Site::in_step();
    site.run(&["connection", "remove", ID, "--yes"]).exits(0);
    assert_eq!(site.json(&["events", "verify", ID]).1["valid"], true);
    assert_eq!(checkpoint(&site)["connection"], ID);
}

#[test]
fn a_log_without_records_is_whole() {
    let site = Site::start(lockstep_sandbox::ScenarioName::Empty);
    site.add(&[]).exits(0);
    let (code, found) = site.json(&["events", "verify", ID]);
    assert_eq!((code, &found["valid"], &found["records"]), (0, &json!(true), &json!(0)), "{found}");
    assert_eq!(checkpoint(&site)["head"], found["head"], "zeros");
}
