//! Starting programs: quietly, visibly, and visibly while keeping what they say.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use crate::{Outcome, Stop};

/// What a program said and how it ended.
pub(crate) struct Finished {
    /// Whether its exit code was 0.
    pub(crate) success: bool,
    /// Standard output and error as they came, line by line.
    pub(crate) output: String,
}

/// Returns the program's path when it can be found on the search path.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Returns what a program prints, trimmed, if it starts and succeeds.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

/// Runs a program in the foreground; its failure is ours.
pub(crate) fn run(command: &mut Command) -> Outcome {
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Stop::Because(format!("`{}` ended with {status}", spelled(command)))),
        Err(error) => Err(Stop::Because(format!("`{}` did not start: {error}", spelled(command)))),
    }
}

/// Runs a program, shows what it says as it says it, and keeps it for counting.
pub(crate) fn tee(command: &mut Command) -> Finished {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            let output = format!("`{}` did not start: {error}", spelled(command));
            crate::report::line(&output);
            return Finished { success: false, output };
        }
    };
    let said = Arc::new(Mutex::new(Vec::new()));
    let readers = [
        child.stdout.take().map(|pipe| follow(pipe, Arc::clone(&said))),
        child.stderr.take().map(|pipe| follow(pipe, Arc::clone(&said))),
    ];
    for reader in readers.into_iter().flatten() {
        // A reader ends when its pipe closes; one that panicked has lost lines, which counting notices.
        let _ = reader.join();
    }
    let success = child.wait().is_ok_and(|status| status.success());
    let bytes = said.lock().map(|bytes| bytes.clone()).unwrap_or_default();
    Finished { success, output: String::from_utf8_lossy(&bytes).into_owned() }
}

fn follow(pipe: impl Read + Send + 'static, said: Arc<Mutex<Vec<u8>>>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            let mut terminal = std::io::stdout().lock();
            // Nobody reading the terminal is no reason to stop the tests.
            let _ = terminal.write_all(&line).and_then(|()| terminal.flush());
            if let Ok(mut said) = said.lock() {
                said.extend_from_slice(&line);
            }
            line.clear();
        }
    })
}

/// Returns the command line as one would type it.
pub(crate) fn spelled(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

/// Starts a command in a folder.
pub(crate) fn command(program: impl AsRef<Path>, folder: &Path) -> Command {
    let mut command = Command::new(program.as_ref());
    command.current_dir(folder);
    command
}
