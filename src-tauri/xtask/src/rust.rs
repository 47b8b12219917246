//! Cargo's commands, each with the settings that this repository needs.
//!
//! Everything is compiled with `--workspace`: a selection of packages would unify features differently and compile
//! half of the dependencies a second time.

use std::process::Command;

use crate::workspace::Workspace;
use crate::{Outcome, Stop, packages, process, report, ui};

/// Which tests of the workspace to run.
pub(crate) enum Tests {
    /// Everything but the journeys in the real window.
    WithoutWindow,
    /// The journeys in the real window, one after the other.
    Window,
    /// What asks servers that were not written here; ignored unless asked for.
    ThirdParty,
}

/// Starts a cargo command at the repository's root.
pub(crate) fn cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = process::command(program, &workspace.root);
    command.args(arguments);
    command
}

/// Makes sure that the formatter and clippy are there; `cargo nextest` is used when it is.
pub(crate) fn ensure_components(workspace: &Workspace) -> Outcome {
    let has = |tool: &str| process::answer(&mut cargo(workspace, &[tool, "--version"])).is_some();
    if has("fmt") && has("clippy") {
        return Ok(());
    }
    report::heading("Installing rustfmt and clippy");
    process::run(process::command("rustup", &workspace.root).args(["component", "add", "rustfmt", "clippy"]))
}

/// Says whether `cargo nextest` is installed.
pub(crate) fn has_nextest(workspace: &Workspace) -> bool {
    process::answer(&mut cargo(workspace, &["nextest", "--version"])).is_some()
}

/// The formatter's check.
pub(crate) fn format_check(workspace: &Workspace) -> Command {
    cargo(workspace, &["fmt", "--all", "--", "--check", "--config-path", "src-tauri"])
}

/// Formats every package.
pub(crate) fn format(workspace: &Workspace) -> Outcome {
    ensure_components(workspace)?;
    process::run(&mut cargo(workspace, &["fmt", "--all", "--", "--config-path", "src-tauri"]))
}

/// Clippy twice: everything with the common settings, then the core with its own stricter ones.
///
/// The root package and the packages in `tests/` do not find `src-tauri/clippy.toml` by themselves.
pub(crate) fn clippy(workspace: &Workspace) -> [Command; 2] {
    let mut all = cargo(workspace, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    all.env("CLIPPY_CONF_DIR", workspace.root.join("src-tauri"));
    let pure = ["--package", "lockstep-core", "--package", "lockstep-saml"];
    let arguments = [&["clippy"][..], &pure, &["--all-targets", "--", "-D", "warnings"]].concat();
    [all, cargo(workspace, &arguments)]
}

/// Compiles every test and every program, without running any.
pub(crate) fn compile(workspace: &Workspace, nextest: bool) -> Command {
    if nextest {
        cargo(workspace, &["nextest", "run", "--workspace", "--no-run"])
    } else {
        cargo(workspace, &["test", "--workspace", "--no-run"])
    }
}

/// The command line that runs tests; it has been compiled before.
pub(crate) fn tests(workspace: &Workspace, nextest: bool, which: &Tests) -> Vec<String> {
    let words: &[&str] = match (nextest, which) {
        (true, Tests::WithoutWindow) => &["-E", "not package(lockstep-e2e)"],
        (true, Tests::Window) => &["-E", "package(lockstep-e2e)", "--test-threads", "1"],
        (true, Tests::ThirdParty) => &["-E", "test(third_party)", "--run-ignored", "only"],
        (false, Tests::WithoutWindow) => &["--exclude", "lockstep-e2e", "--lib", "--bins", "--tests"],
        (false, Tests::Window) => &["--test", "e2e", "--", "--test-threads", "1"],
        (false, Tests::ThirdParty) => &["--test", "cli", "--", "--ignored", "third_party"],
    };
    let start: &[&str] = if nextest {
        &["nextest", "run", "--workspace", "--no-fail-fast", "--config-file", "src-tauri/nextest.toml"]
    } else {
        &["test", "--workspace", "--no-fail-fast"]
    };
    let program = cargo(workspace, &[]).get_program().to_string_lossy().into_owned();
    std::iter::once(program).chain(start.iter().chain(words).map(|word| (*word).to_owned())).collect()
}

/// Writes the TypeScript bindings again.
pub(crate) fn write_bindings(workspace: &Workspace) -> Outcome {
    packages::ensure(&[packages::BUILD])?;
    ui::ensure_some_page(workspace)?;
    let arguments = ["test", "--package", "lockstep", "--test", "app", "bindings"];
    process::run(cargo(workspace, &arguments).env("UPDATE_BINDINGS", "1"))
        .map_err(|_| Stop::Because("the bindings could not be written".to_owned()))
}
