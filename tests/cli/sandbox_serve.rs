//! `sandbox serve`: the simulators as a process of their own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::control::control;
use crate::site::{finished, program};

/// A sandbox in a process of its own; it ends with the test.
pub(crate) struct Served {
    child: Child,
    pub(crate) access: Value,
}

impl Served {
    /// Starts one.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut command = program();
        command.args(["sandbox", "serve"]).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut text = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let access = loop {
            assert_ne!(output.read_line(&mut text).unwrap(), 0, "it ended at once: {text}");
            if let Ok(access) = serde_json::from_str(&text) {
                break access;
            }
        };
        Self { child, access }
    }

    /// Returns one of the printed values.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.access[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", self.access))
    }

    /// Asks the control endpoint.
    #[track_caller]
    pub(crate) fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        control(self.get("control_url"), method, path, body)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_prints_its_addresses_keys_and_ids_and_can_be_controlled() {
    let served = Served::start(&["--scenario", "small", "--seed", "7"]);
    for name in [
        "jumpcloud_url",
        "insights_url",
        "scim_url",
        "organisation_url",
        "organisation_id",
        "application",
        "jumpcloud_api_key",
        "scim_token",
        "organisation_key",
        "control_url",
    ] {
        assert!(!served.get(name).is_empty(), "{name}");
    }
    let state = served.control("GET", "/state", &json!(null));
    assert_eq!(state["faults"], json!([]), "{state}");
    let dump = served.control("GET", "/dump", &json!(null));
    let person = dump["source"]["people"].as_object().unwrap().keys().next().unwrap().clone();
    let made = served.control("POST", "/changes", &json!({"change": "suspend", "person": person}));
    assert_eq!(made["made"], 1);
}

#[test]
fn what_it_does_not_understand_is_an_error_with_what_there_is() {
    for (arguments, names) in [
        (["--scenario", "gigantic"], "small, medium, large"),
        (["--scenario", "custom:people=many"], "people=N"),
        (["--fault", "gremlins"], "gremlins"),
    ] {
        let mut command = program();
        command.args(["--json", "sandbox", "serve"]).args(arguments).stdin(Stdio::null());
        let answer =
            finished(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()).exits(1);
        assert!(answer.stdout.contains(names), "{arguments:?}: {}", answer.stdout);
        assert_eq!(answer.json()["error"]["code"], "invalid_input");
    }
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_in_good_order() {
    let mut served = Served::start(&[]);
    let status = std::process::Command::new("kill").arg(served.child.id().to_string()).status().unwrap();
    assert!(status.success());
    assert_eq!(served.child.wait().unwrap().code(), Some(0));
}
