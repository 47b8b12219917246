//! The allow-list and the commands name each other: none is refused by oversight, none is allowed in vain.

use std::collections::BTreeSet;
use std::path::Path;

use crate::bindings::generated;

/// Returns the commands that the generated bindings call.
fn called() -> BTreeSet<String> {
    let text = generated();
    // `__TAURI_INVOKE<Answer>("command", …)` or without the answer's type, after the import that brings the name itself.
    let calls = text.split("__TAURI_INVOKE").skip(2).filter_map(|rest| rest.split("(\"").nth(1));
    calls.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// Returns the names between the brackets of `commands.allow` in every permission file.
fn allowed() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/permissions");
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for list in text.split("commands.allow").skip(1) {
            let inside = list.split('[').nth(1).and_then(|rest| rest.split(']').next()).unwrap();
            names.extend(inside.split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
    names
}

#[test]
fn every_command_is_allowed_and_nothing_else_is() {
    let called = called();
    assert!(called.contains("app_version"), "the bindings are read as expected");
    assert_eq!(called, allowed(), "left: what the bindings call, right: what the permissions allow");
}
