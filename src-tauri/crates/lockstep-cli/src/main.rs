//! `lockstepctl`: Lockstep without a window. The same engine, data directory and rules; see the headless contract.

mod args;
mod commands;
mod draft;
mod exit;
mod output;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use lockstep_engine::error::{EngineError, ErrorCode};

use crate::args::Cli;
use crate::exit::Exit;
use crate::output::Output;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    start_logging(&cli);
    let output = if cli.json { Output::Json } else { Output::Text };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output.error(&EngineError::new(ErrorCode::Internal, "Could not start").caused_by(error));
            return Exit::Error.into();
        }
    };
    match runtime.block_on(commands::execute(cli, output)) {
        Ok(exit) => exit.into(),
        Err(error) => {
            output.error(&error);
            exit::of_error(&error).into()
        }
    }
}

/// Answers a wrong command line (exit 64), or a wish for help or the version (exit 0).
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return Exit::Done.into();
    }
    // Parsing failed, so that the option is looked for by hand.
    if std::env::args_os().any(|argument| argument == "--json") {
        let text = error.to_string();
        let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let error = EngineError::new(ErrorCode::InvalidInput, message)
            .hint("See `lockstepctl help` for the commands and their options");
        Output::Json.error(&error);
    } else {
        let _ = error.print();
    }
    Exit::Usage.into()
}

fn start_logging(cli: &Cli) {
    let level = match (cli.quiet, cli.verbose) {
        (true, _) => "error",
        (false, 0) => "warn",
        (false, 1) => "lockstep_engine=info,lockstepctl=info,warn",
        (false, _) => "lockstep_engine=debug,lockstep_sandbox=debug,lockstepctl=debug,info",
    };
    let filter = tracing_subscriber::EnvFilter::new(level);
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Returns the data directory: the option or its environment variable, else the platform's.
fn data_dir(given: Option<PathBuf>) -> Result<PathBuf, EngineError> {
    given.filter(|path| !path.as_os_str().is_empty()).map_or_else(lockstep_engine::default_data_dir, Ok)
}
