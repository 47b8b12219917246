//! Large groups: what is sent follows what changed, never the size of the group (G3).
//!
//! Everybody has an account already, and only what recognises people is mapped, so that memberships are all there is to send.

use std::collections::BTreeSet;

use lockstep_core::attribute::Attribute;
use lockstep_sandbox::{Change, RequestRecord};
use serde_json::{Value, json};

use crate::site::{ID, Site};

/// Members of one request until the server wants fewer.
const BATCH: usize = 100;

/// Starts an organisation of one bound group with everybody in it but one; returns the group and the one outside.
fn one_large_group(people: usize) -> (Site, String, String) {
    let scenario = format!("custom:people={people},groups=1,memberships={}", people - 1);
    let site = Site::start(scenario.parse().unwrap());
    // Its answers to a membership change would otherwise hold the whole group each time.
    site.faults(&["dialect:patch-204"]);
    site.add(&["--any-domain", "--user-limit", "1000000"]).exits(0);
    let mut mapping = vec!["mapping", ID];
    for attribute in Attribute::ALL.iter().filter(|attribute| attribute.is_optional()) {
        mapping.extend(["--off", attribute.name()]);
    }
    site.run(&mapping).exits(0);
    site.run(&["connection", "activate", ID]).exits(0);
    let source = site.source();
    for (user_name, person) in &source.people {
        site.change(&Change::TargetCreatePerson {
            user_name: user_name.clone(),
            email: person.email.clone(),
            external_id: person.id.clone(),
            display_name: String::new(),
        });
    }
    let (group, members) = source.groups.into_iter().next().unwrap();
    let members: BTreeSet<String> = members.members.into_iter().collect();
    let outside = source.people.into_keys().find(|person| !members.contains(person)).unwrap();
    (site, group, outside)
}

/// Returns the membership changes that were sent.
fn patches(site: &Site) -> Vec<RequestRecord> {
    site.sandbox.requests().matching("PATCH", "/Groups/")
}

/// Returns the ids that a membership change adds.
fn added(record: &RequestRecord) -> Vec<String> {
    let body =
        record.body.as_ref().unwrap_or_else(|| panic!("the body of request {} is kept", record.number));
    let operations = body["Operations"].as_array().unwrap();
    assert_eq!(operations.len(), 1, "one operation: {body}");
    assert_eq!((&operations[0]["op"], &operations[0]["path"]), (&json!("add"), &json!("members")));
    let values = operations[0]["value"].as_array().unwrap();
    values.iter().map(|value| value["value"].as_str().unwrap().to_owned()).collect()
}

/// Asserts that the accepted requests add so many people, each once.
#[track_caller]
fn everybody_once(sent: &[RequestRecord], people: usize) {
    let accepted: Vec<String> =
        sent.iter().filter(|record| record.status == Some(204)).flat_map(added).collect();
    assert_eq!(accepted.len(), people, "so many are added");
    assert_eq!(accepted.iter().collect::<BTreeSet<_>>().len(), people, "nobody twice");
}

#[track_caller]
fn converges(site: &Site) -> Value {
    let (code, run) = site.json(&["apply", ID, "--approve-all"]);
    assert_eq!((code, &run["state"], &run["differences"]), (0, &json!("converged"), &json!([])), "{run}");
    run
}

#[test]
fn one_member_more_in_a_group_of_50_000_is_one_request_with_one_value() {
    let (site, group, outside) = one_large_group(50_001);
    converges(&site);
    let first = patches(&site);
    assert_eq!(first.len(), 50_000 / BATCH, "the first time everybody goes, by the hundred");
    everybody_once(&first, 50_000);

    site.sandbox.requests().reset();
    site.change(&Change::AddMember { group, person: outside });
    let run = converges(&site);
    assert_eq!(run["requests"]["by_method"], json!({"PATCH": 1}), "{run}");
    let sent = site.sandbox.requests().writes();
    let [only] = sent.as_slice() else { panic!("one write: {}", sent.len()) };
    assert_eq!(added(only).len(), 1, "one value: {:?}", only.body);
}

#[test]
fn batches_become_as_small_as_the_server_wants_them_and_stay_so() {
    let (site, group, outside) = one_large_group(20_001);
    site.faults(&["dialect:patch-204,members-cap=30"]);
    converges(&site);
    let sent = patches(&site);
    let refused: Vec<usize> =
        sent.iter().filter(|record| record.status == Some(413)).map(|record| added(record).len()).collect();
    assert_eq!(refused, [100, 50], "two attempts find what it takes");
    assert!(
        sent.iter().filter(|record| record.status == Some(204)).all(|record| added(record).len() <= 25),
        "no larger one is tried again"
    );
    everybody_once(&sent, 20_000);
    assert!(sent.len() <= 2 + 20_000 / 25 + 3, "and none smaller than needed: {}", sent.len());

    // What was learnt is kept for the next run.
    let newcomers: Vec<String> = (0..60).map(|number| format!("new.comer{number}")).collect();
    for username in &newcomers {
        site.change(&Change::CreatePerson {
            username: username.clone(),
            email: format!("{username}@brightwater.example"),
            firstname: "New".to_owned(),
            lastname: "Comer".to_owned(),
            groups: vec![group.clone()],
            attributes: [].into(),
        });
    }
    site.change(&Change::AddMember { group, person: outside });
    site.sandbox.requests().reset();
    converges(&site);
    let sizes: Vec<usize> = patches(&site).iter().map(|record| added(record).len()).collect();
    assert_eq!(sizes, [25, 25, 11], "from the first request on");
}

#[test]
fn a_refused_batch_is_halved_and_the_others_keep_their_size() {
    let (site, ..) = one_large_group(2_001);
    site.faults(&["dialect:patch-204", "status:status=400,side=scim,method=PATCH,path=/Groups/,nth=5"]);
    converges(&site);
    let sent = patches(&site);
    everybody_once(&sent, 2_000);
    let sizes: Vec<usize> = sent.iter().map(|record| added(record).len()).collect();
    assert_eq!(sizes.get(4..7), Some(&[100, 50, 50][..]), "the one that was refused goes in halves");
    assert_eq!(sizes.len(), 2_000 / BATCH + 2, "all others go as they are");
}

#[test]
fn a_server_that_does_not_say_that_a_batch_is_too_large_is_understood_after_two() {
    let (site, ..) = one_large_group(2_001);
    site.faults(&["dialect:patch-204,members-cap=30,bare-cap"]);
    converges(&site);
    let sent = patches(&site);
    everybody_once(&sent, 2_000);
    let refused: Vec<usize> =
        sent.iter().filter(|record| record.status == Some(400)).map(|record| added(record).len()).collect();
    assert_eq!(
        refused,
        [100, 50, 50, 100, 50, 50],
        "one refusal may be about a member; two are about the size"
    );
    let sizes: Vec<usize> = sent.iter().map(|record| added(record).len()).collect();
    assert!(sizes.iter().skip(14).all(|size| *size == 25), "no larger one is tried again: {sizes:?}");
}
