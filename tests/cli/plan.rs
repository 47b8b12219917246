//! `plan`: what it prints, what it saves, and which exit code it gives.

use lockstep_sandbox::{Change, ScenarioName};
use serde_json::{Value, json};

use crate::site::{ID, Site, assert_text, operations};

#[test]
fn a_plan_for_people_is_a_line_per_operation_then_questions_and_findings() {
    let site = Site::connected();
    let answer = site.run(&["plan", ID]).exits(2);
    let lines: Vec<&str> = answer.stdout.lines().collect();
    let is_kept = |line: &str| {
        !line.starts_with("+ create ")
            || line.contains("Wei.Zhang")
            || line.contains("held")
            || line.contains("group")
    };
    let kept: Vec<&str> = lines.into_iter().filter(|line| is_kept(line)).collect();
    assert_text!(kept.join("\n"), @r#"
    Plan: 44 ready, 7 held; 44 requests (37 POST, 7 PATCH).

    = link henrik.dahl@halden.example: externalId "603ce4b6b10da48ceaa1b2eb", nickName "Henrik Dahl", 3 more · An account with Henrik Dahl's user name exists already.
    = link marek.dvorak@halden.example [held by conflict]: externalId "603ce1adb10da48ceaa1b2e9", email "m.dvorak.old@halden.example" → "marek.dvorak@halden.example", 6 more · Marek Dvořák matches several accounts: m.dvorak.old@halden.example (same user name) and marek.dvorak@halden.example (same e-mail address). Choose the right one.
    = link sofia.andersson@halden.example: externalId "603d0aecb10da48ceaa1b300" → "603ce388b10da48ceaa1b2ea", nickName "Sofia Andersson", 3 more · An account with Sofia Andersson's user name exists already; it was made for somebody who is not in JumpCloud any more.
    + create Wei.Zhang@halden-labs.example · Wei Zhang joined Engineering.
    + create greta@northfjord.example [held by domain] · Greta Lindqvist's address is in northfjord.example, which is not a verified domain.
    = take over group Design [held by conflict] · A group named Design exists in the Atlassian organisation and is managed there. Taken over, 2 people would stay, 2 people would gain and 2 people would lose membership.
    = take over group Product Management [held by conflict] · Product Management exists in Atlassian's directory and was not made by this connection. Taken over, 1 person would stay, 4 people would gain and 2 people would lose membership.
    = take over group jira-software-users [held by conflict] · A group named jira-software-users exists in the Atlassian organisation and is managed there. Taken over, 2 people would stay, 2 people would gain and 3 people would lose membership. It is the default access group of jira-software (halden), and such a group cannot be synchronised.
    + create group Contractors · Contractors is bound and has 1 member, samuel.okafor@halden.example the first.
    + create group Customer Support  · Customer Support is bound and has 4 members, aroha.ngata@halden.example the first.
    + create group Engineering · Engineering is bound and has 11 members, Wei.Zhang@halden-labs.example the first.
    + create group Finance [held by acknowledgement] · Finance is bound and has 4 members, amara.diallo@halden.example the first.
    + create group Platform Engineering · Platform Engineering is bound and has 4 members, dmitri.volkov@halden.example the first.
    + create group Security · Security is bound and has 3 members, ingrid.halvorsen@halden.example the first.
    + add members to group Contractors: samuel.okafor@halden.example · 1 member goes to the new group Contractors.
    + add members to group Customer Support : aroha.ngata@halden.example, lan.nguyen@halden.example, liam.o'connor@halden.example and 1 more · 4 members go to the new group Customer Support.
    + add members to group Engineering: Wei.Zhang@halden-labs.example, ada.moreau@halden.example, bjork.jonsdottir@halden.example and 8 more · 11 members go to the new group Engineering.
    + add members to group Finance [held by acknowledgement]: amara.diallo@halden.example, arjun.mehta@halden.example, elena.popescu@halden.example and 1 more · 4 members go to the new group Finance.
    + add members to group Platform Engineering: dmitri.volkov@halden.example, henrik.dahl@halden.example, lars.bjornstad@halden.example and 1 more · 4 members go to the new group Platform Engineering.
    + add members to group Security: ingrid.halvorsen@halden.example, leila.haddad@halden.example and oluwaseun.adeyemi@halden.example · 3 members go to the new group Security.

    Questions:
    ? Design: A group named Design exists in the Atlassian organisation and is managed there. Taken over, 2 people would stay, 2 people would gain and 2 people would lose membership.
        choices: take-over, keep-others, rename:NEW, leave-alone, later
    ? Product Management: Product Management exists in Atlassian's directory and was not made by this connection. Taken over, 1 person would stay, 4 people would gain and 2 people would lose membership.
        choices: take-over, keep-others, rename:NEW, leave-alone, later
    ? jira-software-users: A group named jira-software-users exists in the Atlassian organisation and is managed there. Taken over, 2 people would stay, 2 people would gain and 3 people would lose membership. It is the default access group of jira-software (halden), and such a group cannot be synchronised.
        choices: rename:NEW, leave-alone, later
    ? Finance: Finance is bound to Atlassian Cloud (Labs) as well. Both would send its members, and whichever is unbound first deactivates people the other one still has.
        choices: acknowledge, leave-alone
    ? marek.dvorak@halden.example: Marek Dvořák matches several accounts: m.dvorak.old@halden.example (same user name) and marek.dvorak@halden.example (same e-mail address). Choose the right one.
        choices: b6aec264-b370-4d4a-bf41-a7f805a4567c, 710afd1a-bdf6-417d-9b44-82b08579f724, leave-alone

    Findings:
    warning: 1 person is held because their address is in no verified domain (northfjord.example). Verify the domain in Atlassian, or change the policy.
    warning: Finance is bound to Atlassian Cloud (Labs) as well. If it were unbound here now, nobody would be deactivated, since everybody in it is in another bound group too.
    info: 2 members of bound groups cannot be added to them yet: their own account is held. They follow once it exists.

    With -v every attribute is shown.
    "#);
}

#[test]
fn with_v_a_plan_has_every_attribute() {
    let site = Site::in_step();
    let person = site.source().people.into_iter().next().unwrap();
    site.change(&Change::SetAttribute {
        person: person.0.clone(),
        field: "department".to_owned(),
        value: "Optics".to_owned(),
    });
    let outline = site.run(&["plan", ID]).exits(2).stdout;
    assert_text!(outline, @r#"
    Plan: 1 ready, 0 held; 1 request (1 PATCH).

    ~ update hana.kamau@brightwater.example: department "Finance" → "Optics" · Hana Kamau: department differs from JumpCloud.

    With -v every attribute is shown.
    "#);
    let full = site.run(&["-v", "plan", ID]).exits(2).stdout;
    assert_text!(full, @r#"
    Plan: 1 ready, 0 held; 1 request (1 PATCH).

    ~ update hana.kamau@brightwater.example (Hana Kamau)
        department: "Finance" → "Optics"
        Hana Kamau: department differs from JumpCloud.
    "#);
}

#[test]
fn a_plan_with_nothing_to_do_exits_0() {
    let site = Site::in_step();
    let answer = site.run(&["plan", ID]).exits(0);
    assert_text!(answer.stdout, @"Plan: nothing to do.");
    let (code, plan) = site.json(&["plan", ID]);
    assert_eq!((code, &plan["operations"], &plan["summary"]), (0, &json!([]), &json!({})));
    assert_eq!(plan["requests"], json!({"planned": 0, "by_method": {}}));
}

#[test]
fn a_plan_of_which_all_waits_for_a_person_exits_3() {
    let site = Site::connected();
    site.run(&["apply", ID, "--approve-all"]).exits(3);
    let (code, plan) = site.json(&["plan", ID]);
    let states: Vec<&Value> = plan["operations"].as_array().unwrap().iter().map(|it| &it["state"]).collect();
    assert!(
        !states.is_empty() && states.iter().all(|state| **state == "held"),
        "all of it is held: {states:?}"
    );
    assert_eq!(code, 3);
}

#[test]
fn what_is_held_by_a_standing_state_does_not_change_the_exit_code() {
    let site = Site::plain();
    site.run(&["connection", "set", ID, "--user-limit", "10"]).exits(0);
    site.run(&["apply", ID, "--approve-all"]).exits(0);
    let (code, plan) = site.json(&["plan", ID]);
    let held: Vec<&Value> = plan["operations"].as_array().unwrap().iter().map(|it| &it["held_by"]).collect();
    assert!(held.contains(&&json!("user_limit")), "two people are over the limit: {held:?}");
    assert_eq!(code, 0, "the limit asks nobody: {held:?}");
}

#[test]
fn a_plan_as_a_document_has_the_contracts_fields() {
    let site = Site::connected();
    let (code, mut plan) = site.json(&["plan", ID]);
    assert_eq!(code, 2);
    for (name, is_right) in [
        ("plan_id", plan["plan_id"].is_string()),
        ("basis", plan["basis"].as_str().is_some_and(|basis| basis.starts_with("sha256:"))),
        ("connection", plan["connection"] == ID),
        ("created_at", plan["created_at"].as_str().is_some_and(|time| time.ends_with('Z'))),
        ("source", plan["source"] == json!({"complete": true, "people": 41, "groups": 10})),
        ("target", plan["target"]["complete"] == true),
    ] {
        assert!(is_right, "{name} is {}", plan[name]);
    }
    let planned = plan["requests"]["planned"].as_u64().unwrap();
    let by_method = plan["requests"]["by_method"].as_object().unwrap();
    assert_eq!(planned, by_method.values().filter_map(Value::as_u64).sum::<u64>(), "methods add up");
    let operations = plan["operations"].as_array().unwrap();
    for operation in operations {
        let is_held = operation["state"] == "held";
        assert_eq!(is_held, operation["held_by"].is_string(), "{operation}");
        for name in ["id", "kind", "reversibility", "fingerprint"] {
            assert!(operation[name].is_string(), "{name} in {operation}");
        }
        assert!(
            operation["reason"]["code"].is_string() && operation["reason"]["text"].is_string(),
            "{operation}"
        );
    }
    let mut counted = serde_json::Map::new();
    for operation in operations {
        let count = counted.entry(operation["kind"].as_str().unwrap()).or_insert(json!(0));
        *count = json!(count.as_u64().unwrap() + 1);
    }
    assert_eq!(plan["summary"], Value::Object(counted), "per kind, without zeros");
    let one_of_each = ["link_user", "create_user", "create_group", "add_members"];
    let kept = one_of_each.map(|kind| operations.iter().find(|operation| operation["kind"] == kind).cloned());
    plan["operations"] = json!(kept);
    plan["conflicts"] = json!([plan["conflicts"][0]]);
    assert_text!(without_ids(&plan), @r#"
    {
      "basis": "sha256:HASH",
      "conflicts": [
        {
          "access": [
            {
              "app": "confluence",
              "is_default": false,
              "resource": "ari:cloud:confluence::site/0b1a9043-e2fb-4672-bfef-15741d679173",
              "roles": [
                "atlassian/user"
              ],
              "site": "halden"
            },
            {
              "app": "jira-software",
              "is_default": false,
              "resource": "ari:cloud:jira-software::site/0b1a9043-e2fb-4672-bfef-15741d679173",
              "roles": [
                "atlassian/user"
              ],
              "site": "halden"
            }
          ],
          "blocked": null,
          "choices": [
            "take-over",
            "keep-others",
            "rename:NEW",
            "leave-alone",
            "later"
          ],
          "decision": null,
          "facts": "a87bd71ddee0d5e63a7e3a472edfe8d8.26f8fb542ef5e64f1f480dc5db27e6a9",
          "gains": [
            {
              "in_jumpcloud": true,
              "keeps_access_through": [],
              "label": "ines.carvalho@halden.example",
              "loses_access_to": [],
              "name": "Inês Carvalho",
              "target_id": null
            },
            {
              "in_jumpcloud": true,
              "keeps_access_through": [],
              "label": "mei.lin@halden.example",
              "loses_access_to": [],
              "name": "林 美",
              "target_id": null
            }
          ],
          "id": "conflict-b6ca881af7669d50",
          "kind": "group_takeover",
          "loses": [
            {
              "in_jumpcloud": false,
              "keeps_access_through": [
                "jira-software-users"
              ],
              "label": "carmen.ruiz@halden.example",
              "loses_access_to": [
                "confluence (halden)"
              ],
              "name": "Carmen Ruiz",
              "target_id": null
            },
            {
              "in_jumpcloud": true,
              "keeps_access_through": [
                "confluence-editors"
              ],
              "label": "mateus.oliveira@halden.example",
              "loses_access_to": [
                "jira-software (halden)"
              ],
              "name": "Mateus Oliveira",
              "target_id": null
            }
          ],
          "new_seats": [
            {
              "app": "confluence (halden)",
              "people": [
                "ines.carvalho@halden.example",
                "mei.lin@halden.example"
              ]
            },
            {
              "app": "jira-software (halden)",
              "people": [
                "ines.carvalho@halden.example",
                "mei.lin@halden.example"
              ]
            }
          ],
          "stays": [
            {
              "in_jumpcloud": true,
              "keeps_access_through": [],
              "label": "chloe.dubois@halden.example",
              "loses_access_to": [],
              "name": "Chloé Dubois",
              "target_id": null
            },
            {
              "in_jumpcloud": true,
              "keeps_access_through": [],
              "label": "giulia.rossi@halden.example",
              "loses_access_to": [],
              "name": "Giulia Rossi",
              "target_id": null
            }
          ],
          "subject": {
            "label": "Design",
            "source_id": "603cf837b10da48ceaa1b2f5",
            "target_id": null,
            "type": "group"
          },
          "text": "A group named Design exists in the Atlassian organisation and is managed there. Taken over, 2 people would stay, 2 people would gain and 2 people would lose membership.",
          "waiting": null,
          "warnings": [
            {
              "code": "not_in_jumpcloud",
              "text": "carmen.ruiz@halden.example has no user in JumpCloud that could be added to Design, or has one who would get no account: inactive there, not in a verified domain, or beyond the user limit. To keep the others, import them or mend that first."
            }
          ]
        }
      ],
      "connection": "acme",
      "created_at": "TIME",
      "findings": [
        {
          "code": "domain_not_verified",
          "severity": "warning",
          "subjects": [
            "greta@northfjord.example"
          ],
          "text": "1 person is held because their address is in no verified domain (northfjord.example). Verify the domain in Atlassian, or change the policy."
        },
        {
          "code": "group_on_two_connectors",
          "severity": "warning",
          "subjects": [
            "Finance"
          ],
          "text": "Finance is bound to Atlassian Cloud (Labs) as well. If it were unbound here now, nobody would be deactivated, since everybody in it is in another bound group too."
        },
        {
          "code": "members_without_account",
          "severity": "info",
          "subjects": [
            "greta@northfjord.example",
            "marek.dvorak@halden.example"
          ],
          "text": "2 members of bound groups cannot be added to them yet: their own account is held. They follow once it exists."
        }
      ],
      "hash": "sha256:HASH",
      "operations": [
        {
          "after": {
            "department": "Engineering",
            "externalId": "603ce4b6b10da48ceaa1b2eb",
            "nickName": "Henrik Dahl",
            "organization": "Halden Instruments",
            "title": "Platform Engineer"
          },
          "before": {
            "department": null,
            "externalId": null,
            "nickName": null,
            "organization": null,
            "title": null
          },
          "fingerprint": "sha256:HASH",
          "held_by": null,
          "id": "op-84a0fa378377cb17",
          "kind": "link_user",
          "reason": {
            "code": "found_by_user_name",
            "text": "An account with Henrik Dahl's user name exists already."
          },
          "releasable": false,
          "reversibility": "reversible",
          "state": "ready",
          "subject": {
            "label": "henrik.dahl@halden.example",
            "name": "Henrik Dahl",
            "source_id": "603ce4b6b10da48ceaa1b2eb",
            "target_id": "d41dc121-8f31-43ed-84dc-8b870a47f558",
            "type": "person"
          }
        },
        {
          "after": {
            "active": true,
            "department": "Engineering",
            "displayName": "Wei Zhang",
            "email": "Wei.Zhang@halden-labs.example",
            "externalId": "603cf17fb10da48ceaa1b2f2",
            "name.familyName": "Zhang",
            "name.givenName": "Wei",
            "nickName": "Wei Zhang",
            "organization": "Halden Instruments",
            "title": "Optics Engineer",
            "userName": "wei.zhang"
          },
          "before": null,
          "fingerprint": "sha256:HASH",
          "held_by": null,
          "id": "op-225a6bfa3cb9af3d",
          "kind": "create_user",
          "reason": {
            "code": "joined_bound_group",
            "group": "Engineering",
            "text": "Wei Zhang joined Engineering."
          },
          "releasable": false,
          "reversibility": "partly",
          "state": "ready",
          "subject": {
            "label": "Wei.Zhang@halden-labs.example",
            "name": "Wei Zhang",
            "source_id": "603cf17fb10da48ceaa1b2f2",
            "target_id": null,
            "type": "person"
          }
        },
        {
          "after": {
            "displayName": "Contractors"
          },
          "before": null,
          "fingerprint": "sha256:HASH",
          "held_by": null,
          "id": "op-23eb356bd66e33f9",
          "kind": "create_group",
          "reason": {
            "code": "first_member",
            "group": "Contractors",
            "text": "Contractors is bound and has 1 member, samuel.okafor@halden.example the first."
          },
          "releasable": false,
          "reversibility": "partly",
          "state": "ready",
          "subject": {
            "label": "Contractors",
            "source_id": "603cff40b10da48ceaa1b2fa",
            "target_id": null,
            "type": "group"
          }
        },
        {
          "after": {
            "members": [
              "samuel.okafor@halden.example"
            ]
          },
          "before": {
            "members": []
          },
          "fingerprint": "sha256:HASH",
          "held_by": null,
          "id": "op-14d86ca359d32539",
          "kind": "add_members",
          "reason": {
            "code": "membership_changed",
            "group": "Contractors",
            "text": "1 member goes to the new group Contractors."
          },
          "releasable": false,
          "reversibility": "reversible",
          "state": "ready",
          "subject": {
            "label": "Contractors",
            "source_id": "603cff40b10da48ceaa1b2fa",
            "target_id": null,
            "type": "group"
          }
        }
      ],
      "plan_id": "plan-ID",
      "requests": {
        "by_method": {
          "PATCH": 7,
          "POST": 37
        },
        "planned": 44
      },
      "source": {
        "complete": true,
        "groups": 10,
        "people": 41
      },
      "summary": {
        "add_members": 6,
        "create_group": 6,
        "create_user": 33,
        "link_user": 3,
        "take_over_group": 3
      },
      "target": {
        "complete": true,
        "groups": 1,
        "people": 5
      }
    }
    "#);
}

/// Writes a document with its ids, which differ from seed to seed only, as they are, and its hashes by their name.
fn without_ids(plan: &Value) -> String {
    serde_json::to_string_pretty(plan).unwrap()
}

#[test]
fn the_file_holds_the_same_document_as_is_printed() {
    let site = Site::connected();
    let path = site.path("plan.json");
    let (_, printed) = site.json(&["plan", ID, "--out", path.to_str().unwrap()]);
    let saved: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(printed, saved);
}

#[test]
fn a_file_that_cannot_be_written_is_an_error() {
    let site = Site::plain();
    let path = site.path("no/such/folder/plan.json");
    let (message, hints) =
        site.run(&["--json", "plan", ID, "--out", path.to_str().unwrap()]).exits(1).error();
    assert!(message.contains("could not be saved"), "{message}");
    assert!(hints.contains("folder that exists"), "{hints}");
}

#[test]
fn the_same_inputs_give_the_same_plan_in_another_data_directory() {
    let plan = || {
        let mut plan = Site::connected().json(&["plan", ID]).1;
        let document = plan.as_object_mut().unwrap();
        for name in ["plan_id", "created_at", "hash"] {
            assert!(document.remove(name).is_some(), "{name}");
        }
        plan
    };
    let (first, second) = (plan(), plan());
    assert_eq!(operations(&first), operations(&second));
    assert_eq!(
        serde_json::to_string(&first["operations"]).unwrap(),
        serde_json::to_string(&second["operations"]).unwrap()
    );
    assert_eq!(first["basis"], second["basis"], "and so the same basis");
}

#[test]
fn planning_writes_nothing_outside() {
    let site = Site::connected();
    site.run(&["plan", ID]).exits(2);
    assert_eq!(site.sandbox.requests().counters().writes, 0);
}

#[test]
fn refused_credentials_exit_5_pause_and_working_ones_resume() {
    let mut site = Site::connected();
    let right = site.environment.insert("LOCKSTEP_SCIM_TOKEN".to_owned(), "wrong".to_owned()).unwrap();
    let (code, answer) = site.json(&["plan", ID]);
    assert_eq!((code, &answer["error"]["code"]), (5, &json!("token_rejected")), "{answer}");
    let (_, paused) = site.json(&["connection", "show", ID]);
    assert_eq!(paused["state"], "paused");
    assert!(paused["pause_reason"].as_str().is_some_and(|reason| reason.contains("SCIM")), "{paused}");
    site.environment.insert("LOCKSTEP_SCIM_TOKEN".to_owned(), right);
    site.run(&["plan", ID]).exits(2);
    assert_eq!(site.json(&["connection", "show", ID]).1["state"], "active");
}

#[test]
fn a_server_that_fails_is_an_error_and_no_plan() {
    let site = Site::start(ScenarioName::Small);
    site.add(&[]).exits(0);
    site.faults(&["status:status=500,side=jumpcloud,path=/systemusers"]);
    let (code, answer) = site.json(&["plan", ID]);
    // A reading that broke off may still be a plan, in which nothing is taken from anybody.
    if code == 1 {
        assert_eq!(answer["error"]["code"], "remote_unavailable", "{answer}");
    } else {
        assert_eq!(answer["source"]["complete"], false, "{}", answer["source"]);
    }
}
