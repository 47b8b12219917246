//! Numbers of a person that are not the work number are none of ours.

use lockstep_core::run::RunState;
use serde_json::{Value, json};

use super::bench::TestEngine;
use super::changes::{set, staffed};

/// Ada's account as the directory shows it, changed first where a body is given.
async fn account(test: &TestEngine, patch: Option<Value>) -> Value {
    let access = test.sandbox.access();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only(Vec::new()).build().unwrap();
    let token = test.sandbox.world().scim_token();
    let list = client.get(format!("{}/Users?count=100", access.scim_url)).bearer_auth(&token).send();
    let list: Value = serde_json::from_slice(&list.await.unwrap().bytes().await.unwrap()).unwrap();
    let users = list["Resources"].as_array().unwrap();
    let ada = users.iter().find(|user| user["userName"] == "ada").expect("Ada has an account").clone();
    let Some(operation) = patch else { return ada };
    let address = format!("{}/Users/{}", access.scim_url, ada["id"].as_str().unwrap());
    let body =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]});
    let answer = client.patch(address).bearer_auth(&token).body(body.to_string()).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    ada
}

fn numbers(account: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entries = account["phoneNumbers"].as_array().cloned().unwrap_or_default();
    let mut numbers: Vec<_> =
        entries.iter().map(|entry| (text(&entry["type"]), text(&entry["value"]))).collect();
    numbers.sort();
    numbers
}

fn expected(numbers: &[(&str, &str)]) -> Vec<(String, String)> {
    numbers.iter().map(|(kind, value)| ((*kind).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn a_mobile_number_stays_when_the_work_number_comes_changes_and_goes() {
    let test = staffed().await;
    let mobile =
        json!({"op": "add", "path": "phoneNumbers", "value": [{"value": "+44 7", "type": "mobile"}]});
    account(&test, Some(mobile)).await;
    for (number, there) in [
        ("+44 1", vec![("mobile", "+44 7"), ("work", "+44 1")]),
        ("+44 2", vec![("mobile", "+44 7"), ("work", "+44 2")]),
        ("", vec![("mobile", "+44 7")]),
    ] {
        test.change([set("ada", "workPhone", number)]);
        let run = test.apply_all().await;
        assert_eq!(run.state, RunState::Converged, "{number:?}: {run:#?}");
        assert_eq!(numbers(&account(&test, None).await), expected(&there), "after {number:?}");
    }
    test.check_converged().await;
}

#[tokio::test]
async fn a_server_that_refuses_filters_in_paths_gets_the_whole_list_with_the_mobile_number_in_it() {
    let test = staffed().await;
    test.change([set("ada", "workPhone", "+44 1")]);
    assert_eq!(test.apply_all().await.state, RunState::Converged);
    let mobile =
        json!({"op": "add", "path": "phoneNumbers", "value": [{"value": "+44 7", "type": "mobile"}]});
    account(&test, Some(mobile)).await;
    test.change([set("ada", "workPhone", "+44 2")]);
    test.faults(&["status:side=scim,method=PATCH,path=/Users,nth=1,status=400"]);
    let run = test.apply_all().await;
    assert_eq!(run.state, RunState::Converged, "{run:#?}");
    assert_eq!(numbers(&account(&test, None).await), expected(&[("mobile", "+44 7"), ("work", "+44 2")]));
}
