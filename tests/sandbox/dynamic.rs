//! JumpCloud groups whose members a rule decides: an edit is taken, and does not last.

use std::time::{Duration, Instant};

use lockstep_sandbox::Change;
use serde_json::{Value, json};

use crate::support::{Bench, text};

/// The ids of a group's members, as JumpCloud lists them.
async fn members(bench: &Bench, group: &str) -> Vec<String> {
    let rows = bench.all(&format!("/api/v2/usergroups/{group}/members")).await;
    rows.iter().map(|row| text(row, "/to/id").to_owned()).collect()
}

async fn edit(bench: &Bench, group: &str, op: &str, person: &str) -> u16 {
    let body = json!({"op": op, "type": "user", "id": person});
    bench.jumpcloud("POST", &format!("/api/v2/usergroups/{group}/members"), Some(body)).await.status
}

fn set_dynamic(bench: &Bench, dynamic: bool, lag_ms: u32) {
    let change = Change::SetDynamic { group: "Design".to_owned(), dynamic, lag_ms };
    bench.sandbox.world().change(&change).unwrap();
}

#[tokio::test]
async fn what_is_added_to_or_taken_out_of_a_dynamic_group_is_undone_by_its_rule() {
    let bench = Bench::small().await;
    let dump = bench.sandbox.world().dump();
    let group = dump.source.groups["Design"].id.clone();
    let (ada, mei) = (&dump.source.people["ada.moreau"].id, &dump.source.people["mei.lin"].id);
    let before = members(&bench, &group).await;
    set_dynamic(&bench, true, 0);
    let read = bench.jumpcloud("GET", &format!("/api/v2/usergroups/{group}"), None).await.body;
    assert_eq!(text(&read, "/membershipMethod"), "DYNAMIC_AUTOMATED");
    assert_eq!(edit(&bench, &group, "add", ada).await, 204, "it is taken");
    assert_eq!(edit(&bench, &group, "remove", mei).await, 204);
    assert_eq!(members(&bench, &group).await, before, "and does not last");
    set_dynamic(&bench, false, 0);
    assert_eq!(edit(&bench, &group, "add", ada).await, 204);
    assert_eq!(edit(&bench, &group, "add", ada).await, 409, "who is in already");
    assert!(members(&bench, &group).await.contains(ada), "without a rule it lasts");
}

#[tokio::test]
async fn the_rule_may_decide_only_a_moment_after_the_edit_was_read_back() {
    let bench = Bench::small().await;
    let dump = bench.sandbox.world().dump();
    let group = dump.source.groups["Design"].id.clone();
    let ada = &dump.source.people["ada.moreau"].id;
    let lag = Duration::from_millis(300);
    set_dynamic(&bench, true, 300);
    let edited = Instant::now();
    assert_eq!(edit(&bench, &group, "add", ada).await, 204);
    let is_in = members(&bench, &group).await.contains(ada);
    // On a machine that took longer than the lag for one request nothing can be said.
    assert!(is_in || edited.elapsed() >= lag, "it can be read for a moment");
    while members(&bench, &group).await.contains(ada) {
        assert!(edited.elapsed() < Duration::from_secs(30), "the rule never decides");
    }
    assert!(edited.elapsed() >= lag, "the rule waited");
}

#[tokio::test]
async fn who_is_exempt_from_the_rule_stays() {
    let bench = Bench::small().await;
    let dump = bench.sandbox.world().dump();
    let group = dump.source.groups["Design"].id.clone();
    let ada = &dump.source.people["ada.moreau"].id;
    let path = format!("/api/v2/usergroups/{group}");
    let Value::Object(mut whole) = bench.jumpcloud("GET", &path, None).await.body else {
        panic!("an object")
    };
    whole.insert("membershipMethod".to_owned(), "DYNAMIC_AUTOMATED".into());
    whole.insert("memberQueryExemptions".to_owned(), json!([{"id": ada, "type": "USER"}]));
    assert_eq!(bench.jumpcloud("PUT", &path, Some(Value::Object(whole))).await.status, 200);
    assert_eq!(edit(&bench, &group, "add", ada).await, 204);
    assert!(members(&bench, &group).await.contains(ada));
}
