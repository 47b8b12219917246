//! Planning in memory and from the store, part by part in processes of their own, so that each one's memory is its own.

use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use lockstep_core::memory::TargetMemory;
use lockstep_core::plan::{PlanInput, plan};

use crate::organisation::{Organisation, Sizes};
use crate::process::{Cost, cpu_seconds, run};
use crate::table::{Pair, Table};
use crate::{Options, join, store};

/// What a process of its own does; it prints the CPU seconds that the measured part took.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Part {
    /// Planning, everything in memory.
    Plan,
    /// The plain hash join, everything in memory.
    Join,
    /// Nothing measured: fills a data directory and a plain database.
    Fill,
    /// Loading from the store and planning.
    LoadAndPlan,
    /// Loading from plain SQLite and joining.
    LoadAndJoin,
}

impl Part {
    /// Does it.
    pub(crate) fn run(self, sizes: Sizes, directory: Option<&Path>) -> Result<()> {
        let directory = || directory.context("--directory is missing");
        let seconds = match self {
            Self::Plan => time_plan(sizes)?,
            Self::Join => time_join(sizes)?,
            Self::Fill => {
                join::fill(&plain(directory()?), sizes.people)?;
                store::fill(directory()?, sizes)?;
                0.0
            }
            Self::LoadAndPlan => store::load_and_plan(directory()?, sizes)?,
            Self::LoadAndJoin => {
                let path = plain(directory()?);
                let started = cpu_seconds()?;
                let (source, target) = (join::load(&path, "source")?, join::load(&path, "target")?);
                let found = black_box(join::join(&source, &target));
                let seconds = cpu_seconds()? - started;
                check(found.1, sizes)?;
                seconds
            }
        };
        writeln!(std::io::stdout(), "{seconds}")?;
        Ok(())
    }

    /// Does it in a process of its own; returns the seconds and what the process took.
    pub(crate) fn spawn(self, sizes: Sizes, directory: Option<&Path>) -> Result<(f64, Cost)> {
        let name = self.to_possible_value().context("a part's name")?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("part").arg(name.get_name());
        for (option, number) in
            [("--people", sizes.people), ("--groups", sizes.groups), ("--memberships", sizes.memberships)]
        {
            command.arg(option).arg(number.to_string());
        }
        if let Some(directory) = directory {
            command.arg("--directory").arg(directory);
        }
        let cost = run(&mut command)?;
        if cost.code != Some(0) {
            bail!("The part {} failed", name.get_name());
        }
        Ok((cost.output.trim().parse()?, cost))
    }
}

fn plain(directory: &Path) -> PathBuf {
    directory.join("plain.db")
}

/// One person in a hundred differs; a figure about anything else would be worth nothing.
pub(crate) fn check(changed: usize, sizes: Sizes) -> Result<()> {
    let expected = sizes.people.div_ceil(100);
    if changed == expected { Ok(()) } else { bail!("{changed} changes were found, not {expected}") }
}

fn time_plan(sizes: Sizes) -> Result<f64> {
    let organisation = Organisation::new(sizes);
    let input = PlanInput {
        policy: &organisation.policy,
        links: &organisation.links,
        memory: &TargetMemory::default(),
        decisions: &[],
        quarantine: &[],
        source: &organisation.source,
        target: &organisation.target,
        target_directory: None,
    };
    let started = cpu_seconds()?;
    let plan = black_box(plan(&input));
    let seconds = cpu_seconds()? - started;
    check(plan.operations.len(), sizes)?;
    Ok(seconds)
}

fn time_join(sizes: Sizes) -> Result<f64> {
    let (source, target) = (join::rows(sizes.people, false), join::rows(sizes.people, true));
    let started = cpu_seconds()?;
    let found = black_box(join::join(&source, &target));
    let seconds = cpu_seconds()? - started;
    check(found.1, sizes)?;
    Ok(seconds)
}

/// Measures P8.
pub(crate) fn measure(options: &Options, table: &mut Table) -> Result<()> {
    if !options.wants(&["P8"]) {
        return Ok(());
    }
    // Everybody is in one group, or nobody would be in scope.
    let sizes = Sizes { people: 100_000, groups: 1, memberships: 100_000 };
    let mut pair = Pair::default();
    for _ in 0..options.repetitions {
        let (join, _) = Part::Join.spawn(sizes, None)?;
        let (plan, _) = Part::Plan.spawn(sizes, None)?;
        pair.push(join * 1000.0, plan * 1000.0);
    }
    table.ratio("P8", "plan of 100,000 people ÷ plain hash join, in memory, CPU ms", &pair, 1, Some(2.0));
    Ok(())
}
