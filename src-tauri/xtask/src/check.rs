//! `cargo xtask check`: what can be said without running anything.

use std::process::Command;

use crate::counts::Tally;
use crate::node::Node;
use crate::suite::Suite;
use crate::workspace::Workspace;
use crate::{Outcome, node, packages, process, rust, ui};

/// Runs the checks and says how many hold.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    packages::ensure(&[packages::BUILD])?;
    rust::ensure_components(workspace)?;
    let node = node::find(workspace)?;
    ui::prepare(workspace, &node)?;
    let mut suite = Suite::default();
    of_rust(workspace, &mut suite);
    of_ui(workspace, &node, &mut suite);
    suite.close()
}

/// Formatting and clippy.
pub(crate) fn of_rust(workspace: &Workspace, suite: &mut Suite) {
    suite.step("Rust: formatting", || holds(&mut rust::format_check(workspace)));
    let [all, core] = &mut rust::clippy(workspace);
    suite.step("Rust: clippy", || holds(all));
    suite.step("Rust: clippy on the core with its own rules", || holds(core));
}

/// The user interface's types and lints.
pub(crate) fn of_ui(workspace: &Workspace, node: &Node, suite: &mut Suite) {
    for (title, script) in [("User interface: types", "typecheck"), ("User interface: lints", "lint")] {
        suite.step(title, || holds(node.command("npm", &workspace.ui()).args(["run", script])));
    }
}

fn holds(command: &mut Command) -> Tally {
    Tally::check(process::tee(command).success)
}
