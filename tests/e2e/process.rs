//! The driver's process, which is the parent of the app's and of the web view's.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context;

/// A running `WebKitWebDriver`. Everything that it started ends with it: it leads a process group of its own.
#[derive(Debug)]
pub(crate) struct DriverProcess {
    child: Child,
    /// Where it listens, such as `http://127.0.0.1:4444`.
    pub(crate) address: String,
    log: PathBuf,
}

impl DriverProcess {
    /// Starts the driver with what the app is to find in its environment.
    pub(crate) fn start(home: &Path, environment: &[(&str, &Path)], dark: bool) -> anyhow::Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = home.join("driver.log");
        let file = File::options().create(true).append(true).open(&log)?;
        let mut command = Command::new("WebKitWebDriver");
        command
            .args(["--host=127.0.0.1".to_owned(), format!("--port={port}")])
            .envs(environment.iter().copied())
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("LOCKSTEP_ALLOW_SEVERAL_INSTANCES", "1")
            // WebKit derives `prefers-color-scheme` from the theme's name.
            .env("GTK_THEME", if dark { "Adwaita:dark" } else { "Adwaita" })
            // The accessibility bus would be started anew in each isolated home.
            .env("NO_AT_BRIDGE", "1")
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .process_group(0);
        let child = command.spawn().context("WebKitWebDriver did not start (Debian: webkit2gtk-driver)")?;
        Ok(Self { child, address: format!("http://127.0.0.1:{port}"), log })
    }

    /// Returns its process group, whose id is the leader's.
    pub(crate) fn group(&self) -> u32 {
        self.child.id()
    }

    /// Returns the last lines that the driver and the app wrote.
    pub(crate) fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().take(20).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for DriverProcess {
    fn drop(&mut self) {
        // A process that was aborted leaves children which only the group knows.
        let group = format!("-{}", self.group());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}
