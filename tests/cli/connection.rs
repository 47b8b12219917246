//! `connection …`: what it prints, stores and refuses.

use serde_json::json;

use crate::site::{ID, Site, assert_text};
use lockstep_sandbox::ScenarioName;

#[test]
fn a_data_directory_without_data_has_no_connections() {
    let site = Site::start(ScenarioName::Empty);
    let (code, list) = site.json(&["connection", "list"]);
    assert_eq!((code, list), (0, json!({"connections": []})));
    let answer = site.run(&["connection", "list"]).exits(0);
    assert_text!(answer.stdout, @"There is no connection yet. Add one with `lockstepctl connection add`.");
    assert!(!site.path("data").exists(), "reading makes no directory");
}

#[test]
fn a_connection_as_a_document() {
    let site = Site::start(ScenarioName::Empty);
    assert_text!(site.add(&[]).exits(0).stdout.replace(&site.access.application, "APPLICATION")
        .replace(&site.access.organisation_id, "ORGANISATION")
        .replace(site.access.scim_url.rsplit('/').next().unwrap(), "DIRECTORY"), @r#"
    {
      "connection_id": "acme",
      "name": "acme",
      "state": "inactive",
      "pause_reason": null,
      "jumpcloud_url": "http://127.0.0.1:PORT",
      "insights_url": null,
      "jumpcloud_org": null,
      "application": "APPLICATION",
      "scim_url": "http://127.0.0.1:PORT/scim/directory/DIRECTORY",
      "organisation_url": "http://127.0.0.1:PORT",
      "organisation_id": "ORGANISATION",
      "policy": {
        "group_management": true,
        "domains": "verified_only",
        "typed_domains": [],
        "user_limit": 5000,
        "user_order": "joined",
        "guards": {
          "max_deactivations": null,
          "max_deactivation_share": null,
          "max_removal_share": null
        },
        "protected_people": [],
        "protected_groups": [],
        "deleted_users": "deactivate",
        "mapping": {
          "off": [],
          "source": {}
        }
      },
      "concurrency": 16,
      "read_interval": null,
      "keys": [
        {
          "kind": "jumpcloud",
          "is_stored": true,
          "origin": "environment",
          "fingerprint": "FINGERPRINT",
          "problem": null
        },
        {
          "kind": "scim",
          "is_stored": true,
          "origin": "environment",
          "fingerprint": "FINGERPRINT",
          "problem": null
        },
        {
          "kind": "organisation",
          "is_stored": true,
          "origin": "environment",
          "fingerprint": "FINGERPRINT",
          "problem": null
        }
      ]
    }
    "#);
}

#[test]
fn a_connection_for_people() {
    let site = Site::start(ScenarioName::Empty);
    site.add(&[]).exits(0);
    let text = site.run(&["connection", "show", ID]).exits(0).stdout;
    let text = text
        .replace(&site.access.application, "APPLICATION")
        .replace(&site.access.organisation_id, "ORGANISATION")
        .replace(site.access.scim_url.rsplit('/').next().unwrap(), "DIRECTORY");
    assert_text!(text, @r#"
    acme (acme), inactive
      JumpCloud         http://127.0.0.1:PORT
      application       APPLICATION
      SCIM directory    http://127.0.0.1:PORT/scim/directory/DIRECTORY
      organisation API  http://127.0.0.1:PORT, organisation ORGANISATION
      JumpCloud key     FINGERPRINT (fingerprint), from the environment
      SCIM key          FINGERPRINT (fingerprint), from the environment
      organisation key  FINGERPRINT (fingerprint), from the environment
    "#);
}

#[test]
fn set_changes_what_is_given_and_leaves_the_rest() {
    let site = Site::start(ScenarioName::Empty);
    site.add(&[
        "--user-limit",
        "77",
        "--verified-domain",
        "Acme.example",
        "--protect-person",
        "Boss@acme.example",
    ])
    .exits(0);
    let options = [
        "--group-management",
        "off",
        "--max-deactivations",
        "5",
        "--max-deactivation-share",
        "20",
        "--max-removal-share",
        "30",
        "--user-order",
        "jumpcloud-created",
        "--deleted-users",
        "delete",
        "--protect-group",
        "Board",
        "--concurrency",
        "4",
        "--read-interval",
        "600",
        "--jumpcloud-org",
        "org1",
        "--insights-url",
        "https://api.jumpcloud.com/insights/directory/v1",
    ];
    let (code, set) = site.json(&[&["connection", "set", ID][..], &options].concat());
    assert_eq!(code, 0, "{set}");
    let policy = &set["policy"];
    assert_eq!(policy["user_limit"], 77, "not given, not changed");
    assert_eq!(policy["typed_domains"], json!(["acme.example"]));
    assert_eq!(policy["protected_people"], json!(["boss@acme.example"]));
    assert_eq!(policy["protected_groups"], json!(["Board"]));
    assert_eq!(policy["group_management"], false);
    assert_eq!(
        policy["guards"],
        json!({"max_deactivations": 5, "max_deactivation_share": 20, "max_removal_share": 30})
    );
    assert_eq!(
        (&policy["user_order"], &policy["deleted_users"]),
        (&json!("jumpcloud-created"), &json!("delete"))
    );
    assert_eq!((&set["concurrency"], &set["read_interval"]), (&json!(4), &json!(600)));
    assert_eq!(set["jumpcloud_org"], "org1");
    assert_eq!(set["insights_url"], "https://api.jumpcloud.com/insights/directory/v1");
    assert_eq!(site.json(&["connection", "show", ID]).1, set, "it is stored");
}

#[test]
fn a_connection_goes_through_its_states() {
    let site = Site::start(ScenarioName::Empty);
    let state = |arguments: &[&str]| site.json(arguments).1["state"].clone();
    site.add(&[]).exits(0);
    assert_eq!(state(&["connection", "show", ID]), "inactive");
    assert_eq!(state(&["connection", "activate", ID]), "active");
    assert_eq!(state(&["connection", "activate", ID]), "active", "again is no error");
    assert_eq!(state(&["connection", "deactivate", ID]), "inactive");
    let (code, removed) = site.json(&["connection", "remove", ID, "--yes"]);
    assert_eq!((code, removed), (0, json!({"connection_id": ID, "removed": true})));
    assert_eq!(site.json(&["connection", "list"]).1, json!({"connections": []}));
    let events = site.run(&["events", ID]).exits(0).stdout;
    assert!(events.contains("idm_integration_activate"), "the log stays readable: {events}");
}

#[test]
fn an_unknown_connection_is_an_error_everywhere() {
    let site = Site::start(ScenarioName::Empty);
    site.add(&[]).exits(0);
    for arguments in [
        &["connection", "show", "nobody"][..],
        &["connection", "test", "nobody"],
        &["connection", "set", "nobody", "--user-limit", "3"],
        &["connection", "activate", "nobody"],
        &["connection", "deactivate", "nobody"],
        &["connection", "remove", "nobody", "--yes"],
        &["plan", "nobody"],
        &["apply", "nobody", "--approve-all"],
        &["retry", "nobody"],
        &["runs", "nobody"],
        &["run", "nobody"],
        &["events", "nobody"],
        &["events", "verify", "nobody"],
        &["events", "checkpoint", "nobody"],
        &["mapping", "nobody"],
        &["decide", "nobody", "--group", "Design", "later"],
        &["explain", "nobody", "--person", "ada@halden.example"],
        &["explain", "nobody", "--group", "Design"],
        &["mapping", "nobody", "--off", "title"],
    ] {
        let (code, answer) = site.json(arguments);
        assert_eq!((code, &answer["error"]["code"]), (1, &json!("not_found")), "{arguments:?}: {answer}");
    }
}

#[test]
fn two_connections_of_one_name_get_two_ids() {
    let site = Site::start(ScenarioName::Empty);
    let first = site.add(&[]).exits(0).json()["connection_id"].clone();
    let second = site.add(&[]).json();
    assert_ne!(Some(&first), second.get("connection_id"), "an id is one connection's: {second}");
}

#[test]
fn a_test_that_passes_exits_0() {
    let site = Site::connected();
    let (code, test) = site.json(&["connection", "test", ID]);
    assert_eq!((code, &test["ok"]), (0, &json!(true)), "{test}");
    for check in test["checks"].as_array().unwrap() {
        assert!(check["name"].is_string() && check["text"].is_string(), "{check}");
        assert_eq!((&check["ok"], &check["remedy"]), (&json!(true), &json!(null)), "{check}");
    }
    let text = site.run(&["connection", "test", ID]).exits(0).stdout;
    assert!(text.lines().all(|line| line.starts_with("ok")), "{text}");
}
