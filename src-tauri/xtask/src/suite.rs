//! `cargo xtask test`: every step in order, one count at the end.

use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::counts::{self, Tally};
use crate::node::{self, Node};
use crate::rust::{self, Tests};
use crate::session::Session;
use crate::workspace::Workspace;
use crate::{Outcome, Stop, browser, check, packages, process, report, servers, ui};

const NOT_COMPILED: &str = "the programs and tests did not compile.";

/// The steps that ran, in order.
#[derive(Default)]
pub(crate) struct Suite {
    steps: Vec<(String, Tally, Duration)>,
}

impl Suite {
    /// Announces a step, runs it, and keeps its count and its time.
    pub(crate) fn step(&mut self, title: &str, work: impl FnOnce() -> Tally) -> Tally {
        report::heading(title);
        let start = Instant::now();
        let tally = work();
        self.steps.push((title.to_owned(), tally, start.elapsed()));
        tally
    }

    /// Prints every step and the sum; the last line is `N passed, N failed`.
    pub(crate) fn close(self) -> Outcome {
        report::heading("Summary");
        let mut total = Tally::default();
        for (title, tally, duration) in &self.steps {
            let mark = if tally.failed > 0 { "FAILED" } else { "ok" };
            report::line(&format!(
                "{mark:<6}  {title:<52} {:>12}  {}",
                report::spoken(*duration),
                spelled(*tally)
            ));
            total += *tally;
        }
        report::line(&format!("\n{}", spelled(total)));
        if total.failed > 0 { Err(Stop::Failed) } else { Ok(()) }
    }
}

fn spelled(tally: Tally) -> String {
    let mut text = format!("{} passed, {} failed", tally.passed, tally.failed);
    if tally.skipped > 0 {
        // Writing into a string cannot fail.
        let _ = write!(text, ", {} skipped", tally.skipped);
    }
    text
}

/// Sets up what is missing and runs every step; a failed step does not keep the later ones from running.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    packages::ensure(&[packages::BUILD, packages::TEST])?;
    rust::ensure_components(workspace)?;
    let node = node::find(workspace)?;
    let nextest = rust::has_nextest(workspace);
    if !nextest {
        report::line("cargo-nextest is not installed; `cargo test` runs the tests instead.");
    }
    let mut suite = Suite::default();
    suite.step("User interface: packages and build", || build_ui(workspace, &node));
    check::of_rust(workspace, &mut suite);
    let compiled = suite
        .step("Rust: compile every program and test", || {
            Tally::check(process::tee(&mut rust::compile(workspace, nextest)).success)
        })
        .failed
        == 0;
    suite.step("Rust: tests", || match compiled {
        true => cargo_tests(workspace, nextest, &Tests::WithoutWindow, &[]),
        false => cannot_run(NOT_COMPILED),
    });
    check::of_ui(workspace, &node, &mut suite);
    suite.step("User interface: tests", || vitest(workspace, &node));
    for (title, work) in [
        ("The app in a real window", window as fn(&Workspace, &Node, bool) -> Tally),
        ("SCIM servers not written here", third_party),
    ] {
        suite.step(
            title,
            || if compiled { work(workspace, &node, nextest) } else { cannot_run(NOT_COMPILED) },
        );
    }
    suite.close()
}

/// Builds `ui/dist`; a broken build must not keep the Rust tests from compiling.
fn build_ui(workspace: &Workspace, node: &Node) -> Tally {
    let built = ui::prepare(workspace, node).map(|_| ());
    let done = built.is_ok();
    for result in [built, ui::ensure_some_page(workspace)] {
        if let Err(Stop::Because(reason)) = result {
            report::line(&reason);
        }
    }
    Tally::check(done)
}

fn cargo_tests(workspace: &Workspace, nextest: bool, which: &Tests, environment: &[(&str, String)]) -> Tally {
    let session = match Session::new(workspace) {
        Ok(session) => session,
        Err(reason) => return cannot_run(&reason),
    };
    let words = rust::tests(workspace, nextest, which);
    let mut command =
        if matches!(which, Tests::Window) { session.with_screen(&words) } else { session.command(&words) };
    command.env("LOCKSTEP_APP_BINARY", workspace.app_binary());
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    count(&mut command, nextest)
}

fn count(command: &mut Command, nextest: bool) -> Tally {
    let finished = process::tee(command);
    let counted =
        if nextest { counts::nextest(&finished.output) } else { counts::cargo_test(&finished.output) };
    Tally::judged(counted, finished.success)
}

fn window(workspace: &Workspace, _node: &Node, nextest: bool) -> Tally {
    let environment =
        [("LOCKSTEP_SCREENSHOTS", workspace.target.join("screenshots").to_string_lossy().into_owned())];
    cargo_tests(workspace, nextest, &Tests::Window, &environment)
}

fn vitest(workspace: &Workspace, node: &Node) -> Tally {
    let Ok(folder) = workspace.scratch() else { return cannot_run("target/ cannot be written to.") };
    let file = folder.join("vitest.json");
    // A report of an earlier run must not be taken for this one's.
    let _ = std::fs::remove_file(&file);
    let mut command = node.command("node", &workspace.ui());
    command.args(["node_modules/vitest/vitest.mjs", "run", "--reporter=default", "--reporter=json"]);
    command.arg(format!("--outputFile.json={}", file.display()));
    if let Some(browser) = browser::find() {
        command.env(browser::VARIABLE, browser);
    }
    let success = process::tee(&mut command).success;
    let counted = std::fs::read_to_string(&file).ok().as_deref().and_then(counts::vitest);
    Tally::judged(counted, success)
}

/// Servers that cannot be installed (no network, no such package) are skipped, loudly; everything else counts.
fn third_party(workspace: &Workspace, node: &Node, nextest: bool) -> Tally {
    if !servers::install(workspace, node) {
        report::line("SKIPPED: the servers could not be installed on this machine; the reason stands above.");
        return Tally { skipped: 1, ..Tally::default() };
    }
    match servers::Running::start(workspace, node) {
        Ok(running) => {
            let environment = [(servers::VARIABLE, running.json().to_owned())];
            cargo_tests(workspace, nextest, &Tests::ThirdParty, &environment)
        }
        Err(reason) => cannot_run(&reason),
    }
}

fn cannot_run(reason: &str) -> Tally {
    report::line(&format!("CANNOT RUN: {reason}"));
    Tally::check(false)
}
