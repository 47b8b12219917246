//! The sandbox as a child process, fresh for each repetition.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::connection::{Call, Connection, split};

/// Where the sandbox is and with which keys.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Access {
    pub(crate) jumpcloud_url: String,
    pub(crate) application: String,
    pub(crate) jumpcloud_api_key: String,
    pub(crate) scim_url: String,
    pub(crate) scim_token: String,
    control_url: String,
}

/// Requests since the counters were last reset.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Requests {
    pub(crate) total: u64,
    pub(crate) writes: u64,
    pub(crate) rate_limited: u64,
}

/// A running sandbox; dropping it ends it.
pub(crate) struct Server {
    child: Child,
    runtime: Runtime,
    pub(crate) access: Access,
}

impl Server {
    /// Starts one and waits until it serves.
    pub(crate) fn start(lockstepctl: &Path, scenario: &str, faults: &[&str]) -> Result<Self> {
        let mut command = Command::new(lockstepctl);
        command.args(["--quiet", "sandbox", "serve", "--scenario", scenario]);
        for fault in faults {
            command.args(["--fault", fault]);
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().context("no output")?;
        let mut text = String::new();
        for line in BufReader::new(output).lines() {
            let line = line?;
            text.push_str(&line);
            if line == "}" {
                break;
            }
        }
        let access = serde_json::from_str(&text).context("The sandbox did not say where it is")?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { child, runtime, access })
    }

    fn control(&self, method: &'static str, route: &str, body: &Value) -> Result<Value> {
        let (host, path) = split(&self.access.control_url)?;
        let path = format!("{path}/{route}");
        let answer = self.runtime.block_on(async {
            let mut connection = Connection::open(host, ("x-bench", "1".to_owned())).await?;
            let call = if body.is_null() {
                Call { method, path, body: bytes::Bytes::new() }
            } else {
                Call::with(method, path, body)
            };
            connection.send(call).await
        })?;
        Ok(serde_json::from_slice(&answer).unwrap_or(Value::Null))
    }

    /// Counts from zero.
    pub(crate) fn reset(&self) -> Result<()> {
        self.control("DELETE", "requests", &Value::Null).map(drop)
    }

    /// Returns the counters.
    pub(crate) fn requests(&self) -> Result<Requests> {
        let counters = self.control("GET", "counters", &Value::Null)?;
        let count = |name: &str| counters.get(name).and_then(Value::as_u64).unwrap_or(0);
        Ok(Requests { total: count("total"), writes: count("writes"), rate_limited: count("rate_limited") })
    }

    /// Returns when the first and the last write came, in seconds since the server's start.
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of minutes")]
    pub(crate) fn writing_time(&self) -> Result<(f64, f64)> {
        let log = self.control("GET", "requests", &Value::Null)?;
        let is_write = |record: &&Value| record.get("is_write").and_then(Value::as_bool) == Some(true);
        let at = |record: &Value| record.get("at_ms").and_then(Value::as_u64).unwrap_or(0) as f64 / 1000.0;
        let writes: Vec<f64> = log.as_array().into_iter().flatten().filter(is_write).map(at).collect();
        Ok((writes.first().copied().unwrap_or(0.0), writes.last().copied().unwrap_or(0.0)))
    }

    /// Sets the faults, in place of those that were.
    pub(crate) fn set_faults(&self, faults: &[&str]) -> Result<()> {
        self.control("PUT", "faults", &serde_json::json!({ "faults": faults })).map(drop)
    }

    /// Changes the world.
    pub(crate) fn change(&self, changes: &Value) -> Result<()> {
        self.control("POST", "changes", changes).map(drop)
    }

    /// Returns the world.
    pub(crate) fn dump(&self) -> Result<Value> {
        self.control("GET", "dump", &Value::Null)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing of it is kept, so there is nothing to close in order.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
