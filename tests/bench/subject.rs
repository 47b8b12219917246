//! The two clients that are compared, as commands on one sandbox.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::process::{Cost, run};
use crate::server::{Access, Server};

/// Programs to run.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    /// `lockstepctl`.
    pub(crate) program: PathBuf,
    /// This program, for the bare client.
    pub(crate) own: PathBuf,
}

/// Who brings the target in step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Bare,
    Lockstep,
}

/// A client ready to run, any number of times.
pub(crate) struct Client<'a> {
    subject: &'a Subject,
    who: Who,
    access: Access,
    directory: TempDir,
}

impl<'a> Client<'a> {
    /// Makes a client with a data directory of its own, below `parent` where one is given.
    pub(crate) fn new(
        subject: &'a Subject,
        who: Who,
        server: &Server,
        parent: Option<&Path>,
    ) -> Result<Self> {
        let directory = match parent {
            Some(parent) => tempfile::tempdir_in(parent)?,
            None => tempfile::tempdir()?,
        };
        let client = Self { subject, who, access: server.access.clone(), directory };
        match who {
            Who::Bare => {
                std::fs::write(client.access_file(), serde_json::to_vec(&client.access)?)?;
            }
            Who::Lockstep => {
                let access = &client.access;
                client.quietly(&[
                    "connection",
                    "add",
                    "--name",
                    "bench",
                    "--jumpcloud-url",
                    &access.jumpcloud_url,
                    "--application",
                    &access.application,
                    "--scim-url",
                    &access.scim_url,
                    "--any-domain",
                    "--user-limit",
                    "1000000",
                ])?;
                client.quietly(&["connection", "activate", "bench"])?;
            }
        }
        Ok(client)
    }

    fn access_file(&self) -> PathBuf {
        self.directory.path().join("access.json")
    }

    fn lockstepctl(&self) -> Command {
        let mut command = Command::new(&self.subject.program);
        command
            .env("LOCKSTEP_DATA_DIR", self.directory.path().join("data"))
            .env("LOCKSTEP_JUMPCLOUD_API_KEY", &self.access.jumpcloud_api_key)
            .env("LOCKSTEP_SCIM_TOKEN", &self.access.scim_token)
            .args(["--json", "--quiet"]);
        command
    }

    fn quietly(&self, arguments: &[&str]) -> Result<()> {
        let status = self.lockstepctl().args(arguments).stdout(Stdio::null()).status()?;
        if status.success() { Ok(()) } else { bail!("lockstepctl {} failed", arguments.join(" ")) }
    }

    /// Brings the target in step, and checks that it was done without failures.
    pub(crate) fn run(&self) -> Result<Cost> {
        let mut command = match self.who {
            Who::Bare => {
                let mut command = Command::new(&self.subject.own);
                command.arg("bare").arg("--access").arg(self.access_file());
                command
            }
            Who::Lockstep => {
                let mut command = self.lockstepctl();
                command.args(["apply", "bench", "--approve-all"]);
                command
            }
        };
        let cost = run(&mut command)?;
        if cost.code != Some(0) {
            bail!("{:?} ended with {:?}: {}", self.who, cost.code, cost.output);
        }
        if self.who == Who::Lockstep {
            let run: serde_json::Value = serde_json::from_str(&cost.output).context("a run's JSON")?;
            let state = run.get("state").and_then(serde_json::Value::as_str).unwrap_or_default();
            if !matches!(state, "converged" | "nothing_to_do") {
                bail!("The run ended {state}");
            }
        }
        Ok(cost)
    }
}
