//! SCIM servers that were not written here as the target, the sandbox's JumpCloud as the source.
//!
//! `cargo xtask test` installs and starts the servers, and runs these tests with their addresses in a variable. Without
//! it they are ignored, visibly; `tests/servers/README.md` says what each server does.

use std::collections::BTreeMap;
use std::process::Stdio;

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::sandbox_serve::Served;
use crate::site::{Answer, finished, operations, program};

const VARIABLE: &str = "LOCKSTEP_TEST_SCIM_SERVERS";
const ID: &str = "other";
const PEOPLE: u64 = 500;
const GROUPS: u64 = 40;
const MEMBERSHIPS: usize = 4_000;
/// Members that one request carries.
const BATCH: usize = 100;

/// One entry of the variable.
#[derive(Deserialize)]
struct Server {
    name: String,
    scim_url: String,
    token: String,
}

/// The sandbox as the source, one of the servers as the target, and a data directory.
struct Pair {
    source: Served,
    folder: TempDir,
    token: String,
}

impl Pair {
    /// Connects a server by its name.
    fn connect(name: &str) -> Self {
        let servers =
            std::env::var(VARIABLE).unwrap_or_else(|_| panic!("{VARIABLE} says where the servers are"));
        let servers: Vec<Server> = serde_json::from_str(&servers).unwrap();
        let server = servers.into_iter().find(|server| server.name == name).unwrap();
        let scenario = format!("custom:people={PEOPLE},groups={GROUPS},memberships={MEMBERSHIPS}");
        let source = Served::start(&["--scenario", &scenario]);
        let folder = tempfile::tempdir().unwrap();
        let pair = Self { source, folder, token: server.token };
        let addresses = [
            ("--jumpcloud-url", pair.source.get("jumpcloud_url")),
            ("--application", pair.source.get("application")),
            ("--scim-url", &server.scim_url),
        ];
        let mut arguments = vec!["connection", "add", "--name", ID, "--any-domain"];
        arguments.extend(addresses.iter().flat_map(|(option, value)| [*option, *value]));
        pair.run(&arguments).exits(0);
        pair.run(&["connection", "test", ID]).exits(0);
        pair.run(&["connection", "activate", ID]).exits(0);
        pair
    }

    fn run(&self, arguments: &[&str]) -> Answer {
        let mut command = program();
        command.arg("--json").args(arguments);
        command.env("LOCKSTEP_DATA_DIR", self.folder.path());
        command.env("LOCKSTEP_JUMPCLOUD_API_KEY", self.source.get("jumpcloud_api_key"));
        command.env("LOCKSTEP_SCIM_TOKEN", &self.token);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        finished(command.spawn().unwrap())
    }

    /// Computes a plan and asserts that it holds exactly these operations, in any order.
    #[track_caller]
    fn plans(&self, expected: &[String]) -> Value {
        let answer = self.run(&["plan", ID]);
        let plan = answer.json();
        let (mut planned, mut expected) = (operations(&plan), expected.to_vec());
        planned.sort();
        expected.sort();
        assert_eq!(planned, expected, "{}", plan["findings"]);
        assert_eq!(answer.code, if expected.is_empty() { 0 } else { 2 }, "{}", answer.stderr);
        plan
    }

    /// Applies everything and asserts that it converges with so many requests.
    #[track_caller]
    fn converges(&self, requests: &Value) {
        let run = self.run(&["apply", ID, "--approve-all"]).exits(0).json();
        let (state, failures, differences) = (&run["state"], &run["failures"], &run["differences"]);
        assert_eq!((state, failures, differences), (&json!("converged"), &json!([]), &json!([])), "{run}");
        assert_eq!(&run["requests"]["by_method"], requests, "no request is superfluous");
        assert_eq!(run["requests"]["retried"], 0, "{run}");
    }

    /// Asserts that nothing is left to do, and that nothing is sent.
    #[track_caller]
    fn is_in_step(&self) {
        self.plans(&[]);
        let run = self.run(&["apply", ID, "--approve-all"]).exits(0).json();
        assert_eq!((&run["state"], &run["requests"]["sent"]), (&json!("nothing_to_do"), &json!(0)), "{run}");
    }

    fn change(&self, changes: &Value) {
        self.source.control("POST", "/changes", changes);
    }

    fn source(&self) -> Source {
        serde_json::from_value(self.source.control("GET", "/dump", &json!(null))["source"].clone()).unwrap()
    }
}

/// What the source holds.
#[derive(Deserialize)]
struct Source {
    people: BTreeMap<String, Person>,
    groups: BTreeMap<String, Group>,
}

#[derive(Deserialize)]
struct Person {
    email: String,
}

#[derive(Deserialize)]
struct Group {
    members: Vec<String>,
}

/// The first sync, then a day's changes.
fn a_server_is_kept_in_step(name: &str) {
    let pair = Pair::connect(name);
    let source = pair.source();
    let batches: usize = source.groups.values().map(|group| group.members.len().div_ceil(BATCH)).sum();
    pair.converges(&json!({"POST": PEOPLE + GROUPS, "PATCH": batches}));
    pair.is_in_step();
    ordinary_changes(&pair, &source);
    pair.is_in_step();
    rarer_changes(&pair, &source);
    pair.is_in_step();
}

/// Suspended, renamed, re-titled; into and out of a group.
fn ordinary_changes(pair: &Pair, source: &Source) {
    let (name, group) = source.groups.first_key_value().unwrap();
    let outsiders: Vec<&String> =
        source.people.keys().filter(|person| !group.members.contains(person)).collect();
    let [suspended, renamed, promoted] = [10, 11, 12].map(|index| source.people.keys().nth(index).unwrap());
    let mut changes = vec![
        json!({"change": "suspend", "person": suspended}),
        json!({"change": "set_attribute", "person": renamed, "field": "lastname", "value": "Ångström-O'Neill"}),
        json!({"change": "set_attribute", "person": promoted, "field": "jobTitle", "value": "Head of \"Everything\""}),
    ];
    changes.extend(
        group
            .members
            .iter()
            .take(3)
            .map(|person| json!({"change": "remove_member", "group": name, "person": person})),
    );
    changes.extend(
        outsiders
            .iter()
            .take(2)
            .map(|person| json!({"change": "add_member", "group": name, "person": person})),
    );
    pair.change(&json!(changes));
    let email = |person: &String| &source.people[person].email;
    let plan = pair.plans(&[
        format!("deactivate_user {}", email(suspended)),
        format!("update_user {}", email(renamed)),
        format!("update_user {}", email(promoted)),
        format!("add_members {name}"),
        format!("remove_members {name}"),
    ]);
    assert_eq!(plan["requests"]["by_method"], json!({"PATCH": 4}), "one each, and who comes and goes in one");
    pair.converges(&json!({"PATCH": 4}));
}

/// Restored, cleared, renamed as a group, joined and left for good.
fn rarer_changes(pair: &Pair, source: &Source) {
    let (name, group) = source.groups.last_key_value().unwrap();
    let [restored, cleared] = [10, 20].map(|index| source.people.keys().nth(index).unwrap());
    let leaver = source.people.keys().nth(30).unwrap();
    let bound: Vec<&String> = source
        .groups
        .iter()
        .filter(|(_, group)| group.members.contains(leaver))
        .map(|(name, _)| name)
        .collect();
    assert!(!group.members.contains(leaver), "the group that is renamed keeps the test's sentence simple");
    let renamed = format!("{name} (former)");
    pair.change(&json!([
        {"change": "restore", "person": restored},
        {"change": "set_attribute", "person": cleared, "field": "jobTitle", "value": ""},
        {"change": "create_person", "username": "nia.new", "email": "nia.new@new.example", "firstname": "Nia",
         "lastname": "New", "groups": [name]},
        {"change": "rename_group", "group": name, "to": renamed},
        {"change": "delete_person", "person": leaver},
    ]));
    let email = |person: &String| &source.people[person].email;
    let mut expected = vec![
        format!("activate_user {}", email(restored)),
        format!("update_user {}", email(cleared)),
        "create_user nia.new@new.example".to_owned(),
        format!("rename_group {renamed}"),
        format!("add_members {renamed}"),
        format!("deactivate_user {}", email(leaver)),
    ];
    expected.extend(bound.iter().map(|group| format!("remove_members {group}")));
    pair.plans(&expected);
    pair.converges(&json!({"POST": 1, "PATCH": expected.len() - 1}));
}

#[test]
#[ignore = "needs the servers: cargo xtask test starts them"]
fn third_party_scim2_server_is_kept_in_step() {
    a_server_is_kept_in_step("scim2-server");
}

#[test]
#[ignore = "needs the servers: cargo xtask test starts them"]
fn third_party_scimmy_routers_is_kept_in_step() {
    a_server_is_kept_in_step("scimmy-routers");
}
