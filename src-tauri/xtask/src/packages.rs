//! Debian packages: what is missing is named, and installed where we may.

use std::path::Path;
use std::process::Command;

use crate::{Outcome, Stop, process, report};

/// What compiling the desktop app needs.
pub(crate) const BUILD: &[&str] = &[
    "build-essential",
    "ca-certificates",
    "libdbus-1-dev",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
];

/// What the tests need besides: a window without a screen, a secret store without a desktop, and Python for the SCIM
/// servers that were not written here.
pub(crate) const TEST: &[&str] =
    &["dbus", "gnome-keyring", "libgl1-mesa-dri", "python3-venv", "webkit2gtk-driver", "xauth", "xvfb"];

/// Makes sure that the packages are installed, or says the exact line that installs them.
///
/// Elsewhere than on Debian and its relatives nothing is checked: the build says what it misses.
pub(crate) fn ensure(wanted: &[&[&str]]) -> Outcome {
    if process::find("dpkg").is_none() {
        report::line("This is no Debian system, so its packages are not checked. Needed are:");
        report::line(&format!("  {}", wanted.concat().join(" ")));
        return Ok(());
    }
    let missing: Vec<&str> = wanted.concat().into_iter().filter(|name| !is_installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    install(&missing)
}

/// Installs packages as root or by a `sudo` that asks no password; else stops with the line to type.
pub(crate) fn install(names: &[&str]) -> Outcome {
    report::heading(&format!("Installing Debian packages: {}", names.join(" ")));
    let prefix: &[&str] = if is_root() {
        &[]
    } else if process::answer(Command::new("sudo").args(["-n", "true"])).is_some() {
        &["sudo", "-n"]
    } else {
        let names = names.join(" ");
        return Err(Stop::Because(format!(
            "these packages are missing and installing them needs root. Type this, then start again:\n\n  \
             sudo apt-get update && sudo apt-get install -y --no-install-recommends {names}"
        )));
    };
    apt(prefix, &["update", "-q"])?;
    let mut arguments = vec!["install", "-y", "-q", "--no-install-recommends"];
    arguments.extend(names);
    apt(prefix, &arguments)
}

fn apt(prefix: &[&str], arguments: &[&str]) -> Outcome {
    let mut words = prefix.to_vec();
    // `env` rather than our own environment: sudo does not pass it on.
    words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    words.extend(arguments);
    let Some((program, rest)) = words.split_first() else { return Ok(()) };
    process::run(Command::new(program).args(rest))
}

fn is_installed(name: &str) -> bool {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${db:Status-Abbrev}", name]);
    // Other architectures' copies are listed too; `ii` says installed and configured.
    process::answer(&mut query).is_some_and(|status| status.starts_with("ii"))
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    // The process's own folder belongs to the user that it runs as.
    Path::new("/proc/self").metadata().is_ok_and(|folder| folder.uid() == 0)
}
