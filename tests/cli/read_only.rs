//! A data directory that cannot be written to: reading works, and everything else says why not.

#![cfg(unix)]

use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::site::{Answer, ID, Site, finished, program};

/// A user without rights: root may write everywhere, whatever the permissions say.
const NOBODY: u32 = 65_534;

/// Takes the right to write from a folder and what is in it.
fn seal(folder: &Path) {
    let set = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for entry in std::fs::read_dir(folder).unwrap() {
        set(&entry.unwrap().path(), 0o444);
    }
    set(folder, 0o555);
    // The folder above belongs to the test alone otherwise.
    set(folder.parent().unwrap(), 0o755);
}

/// Whether this process may write where permissions forbid it.
fn is_root() -> bool {
    let file = tempfile::NamedTempFile::new().unwrap();
    chown(file.path(), Some(0), None).is_ok()
}

fn run(site: &Site, arguments: &[&str]) -> Answer {
    let mut command: Command = program();
    command.arg("--json").args(arguments).envs(&site.environment);
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    finished(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

#[test]
fn what_only_reads_works_where_nothing_can_be_written() {
    let site = Site::in_step();
    let run_id = site.json(&["runs", ID]).1["runs"][0]["run_id"].as_str().unwrap().to_owned();
    let source = site.source();
    let person = &source.people.values().next().unwrap().email;
    let group = source.groups.keys().next().unwrap();
    let commands: [&[&str]; 10] = [
        &["connection", "list"],
        &["connection", "show", ID],
        &["runs", ID],
        &["run", &run_id],
        &["events", ID],
        &["events", "verify", ID],
        &["events", "checkpoint", ID],
        &["mapping", ID],
        &["explain", ID, "--person", person],
        &["explain", ID, "--group", group],
    ];
    let before: Vec<Value> = commands.iter().map(|command| site.json(command).1).collect();
    seal(&site.path("data"));
    for (command, before) in commands.iter().zip(before) {
        let answer = run(&site, command).exits(0);
        assert_eq!(answer.json(), before, "{command:?}");
    }
}

#[test]
fn what_writes_says_that_the_directory_cannot_be_written_to() {
    let site = Site::in_step();
    seal(&site.path("data"));
    for command in [
        &["plan", ID][..],
        &["apply", ID, "--approve-all"],
        &["connection", "set", ID, "--user-limit", "9"],
        &["mapping", ID, "--off", "title"],
        &["decide", ID, "--group", "Design", "later"],
    ] {
        let answer = run(&site, command).exits(1);
        let document = answer.json();
        let said = document["error"].to_string();
        assert!(said.contains("/data"), "{command:?} names the directory: {said}");
        assert_ne!(document["error"]["code"], json!("internal"), "{command:?}: {said}");
        assert_ne!(document["error"]["hints"], json!([]), "{command:?} says what to do: {said}");
    }
    assert_eq!(site.scim_writes(), 0, "nothing is sent");
}
