//! `lockstepctl`: Lockstep without a window. The same engine, data directory and rules; see the headless contract.

mod args;
mod commands;
mod draft;
mod exit;
mod output;
mod signals;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use lockstep_engine::error::{EngineError, ErrorCode};

use crate::args::Cli;
use crate::exit::Exit;
use crate::output::Output;

const SEE_HELP: &str = "See `lockstepctl help` for the commands and their options";

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
    // Parsing failed, so that options and command are looked for by hand.
    let has = |word: &str| std::env::args_os().any(|argument| argument == word);
    let output = if has("--json") { Output::Json } else { Output::Text };
    if has("secret") && error.kind() == ErrorKind::UnknownArgument {
        // What is too much is most likely the key itself, which must not be repeated.
        let hint = "Pipe it in, for example `lockstepctl secret set ID scim < key.txt`";
        let message = "A key is read from standard input, never from the command line";
        output.error(&EngineError::new(ErrorCode::InvalidInput, message).hint(hint).hint(SEE_HELP));
    } else if output == Output::Json {
        output.error(&usage_error(error));
    } else {
        let _ = error.print();
    }
    Exit::Usage.into()
}

/// Turns a usage error into one with a message in one line and its tips as hints.
fn usage_error(error: &clap::Error) -> EngineError {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return EngineError::new(ErrorCode::InvalidInput, "A command is missing").hint(SEE_HELP);
    }
    let text = error.to_string();
    let mut paragraphs = text.split("\n\n");
    let words: Vec<&str> = paragraphs.next().unwrap_or_default().split_whitespace().collect();
    let message = capitalised(words.join(" ").trim_start_matches("error: "));
    let mut answer = EngineError::new(ErrorCode::InvalidInput, message);
    for tip in paragraphs.filter_map(|paragraph| paragraph.trim().strip_prefix("tip: ")) {
        answer = answer.hint(tip.lines().next().unwrap_or_default());
    }
    answer.hint(SEE_HELP)
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
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
