//! A session for tests: a home of its own, a message bus, an unlocked secret store, and a screen where one is needed.
//!
//! The bus is `dbus-run-session`'s; inside it this program starts itself again, starts the secret store as its own
//! child, runs the tests and ends the store by its process id.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::workspace::Workspace;
use crate::{Outcome, Stop, process};

/// The hidden command that runs inside the bus.
pub(crate) const COMMAND: &str = "inside-session";
/// Tells tests that a real secret store answers, so that one that does not is a failure.
const STORE_VARIABLE: &str = "LOCKSTEP_TEST_SECRET_STORE";
const STORE_DEADLINE: Duration = Duration::from_secs(20);

/// An isolated home, removed at the end.
pub(crate) struct Session {
    home: PathBuf,
    program: PathBuf,
}

impl Session {
    /// Creates the home. It lies in the temporary folder because the path of a socket may have 107 bytes only.
    pub(crate) fn new(workspace: &Workspace) -> Result<Self, String> {
        let home = std::env::temp_dir().join(format!("lockstep-session-{}", std::process::id()));
        for folder in ["", "config", "data", "cache", "state", "run"] {
            std::fs::create_dir_all(home.join(folder)).map_err(|error| error.to_string())?;
        }
        use std::os::unix::fs::PermissionsExt;
        let private = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(home.join("run"), private).map_err(|error| error.to_string())?;
        let program = Self::copy_of_this_program(workspace).map_err(|error| error.to_string())?;
        Ok(Self { home, program })
    }

    /// The cargo commands that run inside may replace this very program's file; a copy stays.
    fn copy_of_this_program(workspace: &Workspace) -> std::io::Result<PathBuf> {
        let copy = workspace.target.join("xtask/session-helper");
        if let Some(folder) = copy.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::copy(std::env::current_exe()?, &copy)?;
        Ok(copy)
    }

    /// A command line inside the session.
    pub(crate) fn command(&self, words: &[String]) -> Command {
        let mut command = Command::new("dbus-run-session");
        command.arg("--").arg(&self.program).arg(COMMAND).args(words);
        self.prepare(&mut command);
        command
    }

    /// The same on a virtual screen that is large enough for the largest window of the tests.
    pub(crate) fn with_screen(&self, words: &[String]) -> Command {
        let mut command = Command::new("xvfb-run");
        command.args(["--auto-servernum", "--server-args=-screen 0 2200x1300x24", "dbus-run-session", "--"]);
        command.arg(&self.program).arg(COMMAND).args(words);
        self.prepare(&mut command);
        command
    }

    fn prepare(&self, command: &mut Command) {
        let real_home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        for (variable, default) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            if std::env::var_os(variable).is_none() {
                command.env(variable, real_home.join(default));
            }
        }
        command.env("HOME", &self.home);
        for (variable, folder) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_RUNTIME_DIR", "run"),
        ] {
            command.env(variable, self.home.join(folder));
        }
        // A key of the person at this machine must not reach a test, nor the real data directory.
        for variable in [
            "LOCKSTEP_JUMPCLOUD_API_KEY",
            "LOCKSTEP_SCIM_TOKEN",
            "LOCKSTEP_ORGANISATION_KEY",
            "LOCKSTEP_DATA_DIR",
        ] {
            command.env_remove(variable);
        }
        command.env_remove("WAYLAND_DISPLAY").env("GDK_BACKEND", "x11");
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // What stays behind lies in the temporary folder.
        let _ = std::fs::remove_dir_all(&self.home);
    }
}

/// Runs a command beside an unlocked secret store, then ends the store.
pub(crate) fn inside(words: &[String]) -> Outcome {
    let Some((program, arguments)) = words.split_first() else {
        return Err(Stop::Because("a command is missing".to_owned()));
    };
    let mut store = start_store()?;
    let status = Command::new(program).args(arguments).env(STORE_VARIABLE, "1").stdin(Stdio::null()).status();
    // The store may have ended by itself.
    let _ = store.kill();
    let _ = store.wait();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Stop::Failed),
        Err(error) => Err(Stop::Because(format!("{program} did not start: {error}"))),
    }
}

fn start_store() -> Outcome<Child> {
    let mut store = Command::new("gnome-keyring-daemon")
        .args(["--foreground", "--unlock", "--components=secrets"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    if let Some(mut input) = store.stdin.take() {
        // The password of a store that lives as long as these tests.
        input.write_all(b"lockstep-tests")?;
    }
    let start = Instant::now();
    while !store_answers() {
        let ended = store.try_wait()?.is_some();
        if ended || start.elapsed() > STORE_DEADLINE {
            let _ = store.kill();
            let _ = store.wait();
            return Err(Stop::Because(
                "the secret store for the tests (gnome-keyring-daemon) did not start".to_owned(),
            ));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(store)
}

/// Asks the bus who owns the secret service's name; it answers before the store is ready to be asked itself.
fn store_answers() -> bool {
    let mut question = Command::new("dbus-send");
    question.args([
        "--session",
        "--print-reply=literal",
        "--dest=org.freedesktop.DBus",
        "/org/freedesktop/DBus",
        "org.freedesktop.DBus.NameHasOwner",
        "string:org.freedesktop.secrets",
    ]);
    process::answer(&mut question).is_some_and(|answer| answer.contains("true"))
}
