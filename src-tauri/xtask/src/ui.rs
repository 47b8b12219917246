//! The user interface's packages and its build, each done only when what it is made from has changed.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::node::Node;
use crate::workspace::Workspace;
use crate::{Outcome, Stop, process, report};

/// What lies in `ui/` without being a source of the build.
const NOT_SOURCES: &[&str] = &["node_modules", "dist", "dist-fake", "test-results", "coverage"];

const BUILD_STAMP: &str = "ui-build.stamp";

/// Whether the build had to be done.
pub(crate) enum Built {
    /// The sources had changed, or nothing had been built yet.
    Anew,
    /// The last build is still what the sources make.
    Before,
}

/// Installs the packages and builds `ui/dist`, as far as needed.
pub(crate) fn prepare(workspace: &Workspace, node: &Node) -> Outcome<Built> {
    install(workspace, node)?;
    let ui = workspace.ui();
    let stamp = workspace.scratch()?.join(BUILD_STAMP);
    let sources = fingerprint(&sources(&ui)?)?;
    if ui.join("dist/index.html").is_file() && is_current(&stamp, &sources) {
        return Ok(Built::Before);
    }
    report::heading("Building the user interface");
    process::run(node.command("npm", &ui).args(["run", "build"]))?;
    std::fs::write(&stamp, sources)?;
    Ok(Built::Anew)
}

/// Leaves an empty page where there is none: without `ui/dist` the app does not compile, and its bindings, which the
/// page may be waiting for, cannot be written.
pub(crate) fn ensure_some_page(workspace: &Workspace) -> Outcome {
    let dist = workspace.ui().join("dist");
    let page = dist.join("index.html");
    if !page.is_file() {
        std::fs::create_dir_all(&dist)?;
        std::fs::write(page, "<!doctype html><title>Lockstep</title>")?;
        // The next build must not take this page for its own.
        let _ = std::fs::remove_file(workspace.scratch()?.join(BUILD_STAMP));
    }
    Ok(())
}

/// Runs `npm ci` when the lock file is another one than the last time, or the packages are gone.
pub(crate) fn install(workspace: &Workspace, node: &Node) -> Outcome {
    let ui = workspace.ui();
    let stamp = workspace.scratch()?.join("npm-ci.stamp");
    let lock = fingerprint(&[ui.join("package-lock.json")])?;
    // npm writes this file last, so an interrupted installation is noticed.
    if ui.join("node_modules/.package-lock.json").is_file() && is_current(&stamp, &lock) {
        return Ok(());
    }
    report::heading("Installing the user interface's packages");
    process::run(node.command("npm", &ui).args(["ci", "--no-audit", "--no-fund"]))?;
    std::fs::write(&stamp, lock)?;
    Ok(())
}

fn is_current(stamp: &Path, fingerprint: &str) -> bool {
    std::fs::read_to_string(stamp).is_ok_and(|last| last == fingerprint)
}

/// Returns every source below `folder`, sorted.
fn sources(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(next)? {
            let entry = entry?;
            let path = entry.path();
            if NOT_SOURCES.iter().any(|name| entry.file_name() == *name) {
                continue;
            }
            if entry.file_type()?.is_dir() {
                waiting.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Returns a short text that changes when a path or a byte of any file does.
fn fingerprint(files: &[PathBuf]) -> Outcome<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        let content =
            std::fs::read(file).map_err(|error| Stop::Because(format!("{}: {error}", file.display())))?;
        content.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_changes_with_the_content_and_leaves_out_what_is_not_a_source() {
        let folder = std::env::temp_dir().join(format!("lockstep-xtask-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("src")).unwrap();
        std::fs::create_dir_all(folder.join("node_modules/a")).unwrap();
        std::fs::write(folder.join("src/a.ts"), "1").unwrap();
        std::fs::write(folder.join("node_modules/a/index.js"), "1").unwrap();
        let files = sources(&folder).ok().unwrap();
        assert_eq!(files, [folder.join("src/a.ts")]);
        let before = fingerprint(&files).ok().unwrap();
        std::fs::write(folder.join("src/a.ts"), "2").unwrap();
        let after = fingerprint(&files).ok().unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_ne!(before, after);
    }
}
