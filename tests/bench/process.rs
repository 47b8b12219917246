//! Child processes and what they cost.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use wait4::Wait4;

/// What a process took, from its start to its end.
#[derive(Debug, Clone)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    /// User and system time.
    pub(crate) cpu: Duration,
    pub(crate) peak_bytes: u64,
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
}

/// Runs a command to its end. Standard error goes through.
///
/// A child's peak is never below its parent's memory at the time it was started: this process stays small.
pub(crate) fn run(command: &mut Command) -> Result<Cost> {
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} could not be started", command.get_program().display()))?;
    let mut output = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut output)?;
    }
    let ended = child.wait4()?;
    Ok(Cost {
        wall: started.elapsed(),
        cpu: ended.rusage.utime + ended.rusage.stime,
        peak_bytes: ended.rusage.maxrss,
        code: ended.status.code(),
        output,
    })
}

/// Returns the CPU seconds that this process's threads have taken so far.
///
/// Parts within a process are told by these rather than by the clock: others compute on the same machine.
pub(crate) fn cpu_seconds() -> Result<f64> {
    let mut nanoseconds = 0_u64;
    for task in std::fs::read_dir("/proc/self/task")? {
        // A thread may end in between.
        let text = std::fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
        nanoseconds += text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(0);
    }
    Ok(Duration::from_nanos(nanoseconds).as_secs_f64())
}
