//! The SCIM servers that were not written here: `tests/servers/servers.py` installs, starts and stops them.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::node::{self, Node};
use crate::workspace::Workspace;
use crate::{Outcome, Stop, packages, process, report};

/// Holds `[{"name":…,"scim_url":…,"token":…}]` for the tests that are named `third_party…`.
pub(crate) const VARIABLE: &str = "LOCKSTEP_TEST_SCIM_SERVERS";

/// Servers that stop when this is dropped.
pub(crate) struct Running {
    child: Child,
    json: String,
    _output: BufReader<ChildStdout>,
}

impl Running {
    /// Starts every server and waits until each answers.
    pub(crate) fn start(workspace: &Workspace, node: &Node) -> Result<Self, String> {
        let mut child = script(workspace, node, "serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the servers' script did not start: {error}"))?;
        let Some(output) = child.stdout.take() else {
            return Err("the servers' script has no output".to_owned());
        };
        let mut output = BufReader::new(output);
        let mut line = String::new();
        let read = output.read_line(&mut line);
        let running = Self { child, json: line.trim().to_owned(), _output: output };
        match read {
            Ok(count) if count > 0 => Ok(running),
            _ => Err("the servers did not start; the reason stands above".to_owned()),
        }
    }

    /// What the servers' script printed.
    pub(crate) fn json(&self) -> &str {
        &self.json
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The script stops its servers when its input ends, and ends itself.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Installs the servers into `target/servers`; says whether they are there.
pub(crate) fn install(workspace: &Workspace, node: &Node) -> bool {
    process::run(&mut script(workspace, node, "install")).is_ok()
}

/// `cargo xtask servers`: serves until the input ends.
pub(crate) fn serve(workspace: &Workspace) -> Outcome {
    packages::ensure(&[&["python3-venv"]])?;
    let node = node::find(workspace)?;
    if !install(workspace, &node) {
        return Err(Stop::Because("the servers could not be installed; the reason stands above".to_owned()));
    }
    let running = Running::start(workspace, &node).map_err(Stop::Because)?;
    report::line(running.json());
    let mut ignored = String::new();
    while std::io::stdin().read_line(&mut ignored)? > 0 {}
    Ok(())
}

fn script(workspace: &Workspace, node: &Node, verb: &str) -> Command {
    let mut command = process::command("python3", &workspace.root);
    command.arg("tests/servers/servers.py").arg(verb).arg(workspace.target.join("servers"));
    command.env("PATH", node.search_path());
    command
}
