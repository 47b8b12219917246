//! `cargo xtask run`: from whatever is there to an open window.

use crate::workspace::Workspace;
use crate::{Outcome, Stop, node, packages, process, report, rust, ui};

/// Sets up what is missing, builds and opens the desktop app, and waits until it is closed.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    packages::ensure(&[packages::BUILD])?;
    let node = node::find(workspace)?;
    if let ui::Built::Before = ui::prepare(workspace, &node)? {
        report::line("The user interface is up to date.");
    }
    report::heading("Building the desktop app (several minutes the first time, seconds later)");
    // The whole workspace, as in the tests: the app alone would unify features differently and compile the engine twice.
    process::run(&mut rust::cargo(workspace, &["build", "--workspace", "--bins"]))?;
    if ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .all(|name| std::env::var_os(name).is_none_or(|value| value.is_empty()))
    {
        return Err(Stop::Because(
            "the app is built, but this terminal has no screen to open a window on (neither DISPLAY nor WAYLAND_DISPLAY \
             is set). Start it from a desktop session, or on a virtual screen: `xvfb-run -a cargo xtask run`"
                .to_owned(),
        ));
    }
    report::heading("Opening Lockstep");
    process::run(process::command(workspace.app_binary(), &workspace.root).args(arguments))
}
