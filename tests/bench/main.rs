//! `cargo run --release -p lockstep-bench -- sync|plan|store|all`: the ratios that Lockstep is held to.
//!
//! Absolute times mean nothing on a shared machine, so every figure is a ratio of two things measured in turns, in one go,
//! as child processes of their own. README.md says what each figure means and what was seen.

mod bare;
mod connection;
mod join;
mod organisation;
mod plan;
mod process;
mod server;
mod store;
mod subject;
mod sync;
mod table;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand};

use crate::subject::Subject;
use crate::table::Table;

/// Measures Lockstep against bare clients and plain joins.
#[derive(Debug, Parser)]
#[command(name = "lockstep-bench")]
struct Cli {
    #[command(subcommand)]
    command: Bench,
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// Runs against the sandbox, compared with a bare client.
    Sync(Options),
    /// Planning in memory, compared with a plain hash join; the largest organisation.
    Plan(Options),
    /// Loading from the store, compared with plain SQLite.
    Store(Options),
    /// Everything.
    All(Options),
    /// The bare client: brings the target in step with the fewest requests, and nothing else.
    #[command(hide = true)]
    Bare(bare::BareOptions),
    /// One measured part of `plan` and `store`, in a process of its own.
    #[command(hide = true)]
    Part {
        /// Which.
        part: plan::Part,
        /// How many people.
        #[arg(long)]
        people: usize,
        /// How many groups.
        #[arg(long)]
        groups: usize,
        /// How many memberships.
        #[arg(long)]
        memberships: usize,
        /// Where the database is.
        #[arg(long)]
        directory: Option<PathBuf>,
    },
}

/// What is measured, and how often.
#[derive(Debug, Clone, Args)]
struct Options {
    /// Runs of each side.
    #[arg(long, default_value_t = 5)]
    repetitions: usize,
    /// Only these figures, for example `P3,P4`.
    #[arg(long, value_delimiter = ',')]
    figures: Vec<String>,
    /// The program to measure; built first when it is not given.
    #[arg(long)]
    lockstepctl: Option<PathBuf>,
}

impl Options {
    fn wants(&self, figures: &[&str]) -> bool {
        self.figures.is_empty()
            || figures
                .iter()
                .any(|figure| self.figures.iter().any(|wanted| wanted.eq_ignore_ascii_case(figure)))
    }
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Bench::Bare(options) => bare::run(&options),
        Bench::Part { part, people, groups, memberships, directory } => {
            part.run(organisation::Sizes { people, groups, memberships }, directory.as_deref())
        }
        Bench::Sync(options) => report(|table| sync::measure(&options, &subject(&options)?, table)),
        Bench::Plan(options) => report(|table| plan::measure(&options, table)),
        Bench::Store(options) => report(|table| store::measure(&options, table)),
        Bench::All(options) => report(|table| {
            let subject = subject(&options)?;
            sync::measure(&options, &subject, table)?;
            plan::measure(&options, table)?;
            store::measure(&options, table)
        }),
    }
}

/// Prints what was measured, also when the rest failed.
fn report(measure: impl FnOnce(&mut Table) -> Result<()>) -> Result<()> {
    let mut table = Table::default();
    let result = measure(&mut table);
    table.print()?;
    result
}

/// Finds `lockstepctl`, building it beside this program.
fn subject(options: &Options) -> Result<Subject> {
    let own = std::env::current_exe().context("Where is this program?")?;
    if let Some(given) = &options.lockstepctl {
        return Ok(Subject { program: given.clone(), own });
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo).args(["build", "--release", "--package", "lockstep-cli"]).status()?;
    if !built.success() {
        bail!("lockstepctl could not be built");
    }
    Ok(Subject { program: own.with_file_name("lockstepctl"), own })
}
