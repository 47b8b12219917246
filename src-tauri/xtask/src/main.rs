//! The developer's commands. Standard library only, so that it builds in seconds on a fresh machine.
//!
//! - `run` and `test` do all of their own set-up: [`packages`], [`node`], [`browser`], [`ui`].
//! - [`session`]: what a test that needs a secret store or a window runs in.
//! - [`suite`] and [`counts`]: the steps of `test`, and how runners' summaries become one count.

mod browser;
mod check;
mod counts;
mod launch;
mod node;
mod packages;
mod process;
mod report;
mod rust;
mod servers;
mod session;
mod suite;
mod ui;
mod workspace;

use std::process::ExitCode;

use workspace::Workspace;

const HELP: &str = "\
cargo xtask COMMAND

  run [-- ARGUMENTS]   set up what is missing, then open the desktop app
  test                 set up what is missing, then run every test; ends with `N passed, N failed`
  check                formatting, clippy and the user interface's types and lints, without tests
  bindings             write ui/src/bindings.gen.ts again after a command or an event changed
  ui                   build the user interface if its sources changed
  fmt                  format the Rust sources
  servers              start the third-party SCIM servers, print them as JSON, stop them at end of input
";

/// Why a command ended without success.
pub(crate) enum Stop {
    /// Something is missing or broken; the sentence says what to do about it.
    Because(String),
    /// What it started failed and has already said why.
    Failed,
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Because(error.to_string())
    }
}

/// What every command returns.
pub(crate) type Outcome<T = ()> = Result<T, Stop>;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let mut rest: Vec<String> = arguments.collect();
    // Only the first: what follows may have one of its own.
    if rest.first().is_some_and(|argument| argument == "--") {
        rest.remove(0);
    }
    let outcome = Workspace::find().and_then(|workspace| dispatch(&workspace, &command, &rest));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Failed) => ExitCode::FAILURE,
        Err(Stop::Because(reason)) => {
            eprintln!("\nxtask: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(workspace: &Workspace, command: &str, rest: &[String]) -> Outcome {
    match command {
        "run" => launch::run(workspace, rest),
        "test" => suite::run(workspace),
        "check" => check::run(workspace),
        "bindings" => rust::write_bindings(workspace),
        "ui" => ui::prepare(workspace, &node::find(workspace)?).map(|_| ()),
        "fmt" => rust::format(workspace),
        "servers" => servers::serve(workspace),
        session::COMMAND => session::inside(rest),
        "" | "help" | "--help" | "-h" => {
            report::line(HELP);
            Ok(())
        }
        other => Err(Stop::Because(format!("there is no command `{other}`\n\n{HELP}"))),
    }
}
