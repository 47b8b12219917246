//! Other processes: the test binary starts itself again in a role, so that locks, kills and environments are real.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use lockstep_core::ids::ConnectionId;
use lockstep_engine::store::tables::refresh::SourceRefresh;
use lockstep_engine::store::tables::settings;
use lockstep_engine::store::{Mode, Store};

use super::{now, person};

const ROLE: &str = "LOCKSTEP_TEST_ROLE";
const DIRECTORY: &str = "LOCKSTEP_TEST_DIRECTORY";

/// A process in a role; killed at the latest when it is dropped.
pub(crate) struct Helper {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Helper {
    /// Starts a process in a role; `variables` are added to its environment.
    pub(crate) fn start(role: &str, directory: &Path, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args([
                "--exact",
                "store::process::helper_process",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(ROLE, role)
            .env(DIRECTORY, directory)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().expect("the test binary starts once more");
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Returns the next thing that the process says; `None` when it has ended.
    pub(crate) fn said(&mut self) -> Option<String> {
        // The harness prints lines of its own around ours.
        self.lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split_once("» ").map(|(_, said)| said.to_owned()))
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills the process as a power button would (SIGKILL), and returns everything it had still said.
    pub(crate) fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::iter::from_fn(|| self.said()).collect()
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        // It may have ended already; both are then no-ops.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "» {text}").unwrap();
    out.flush().unwrap();
}

#[test]
#[ignore = "not a test: other tests start it as a process of its own"]
fn helper_process() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let directory = PathBuf::from(std::env::var(DIRECTORY).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        match role.as_str() {
            "hold" => hold(&directory).await,
            "write" => write_for_ever(&directory).await,
            "read-pages" => read_two_pages(&directory).await,
            "secrets" => crate::secrets::say_what_the_keychain_says(say).await,
            other => panic!("no such role: {other}"),
        }
    });
}

async fn hold(directory: &Path) {
    let store = Store::open(directory, Mode::Write).unwrap();
    store.write(|tx| settings::set(tx, "held", &true)).await.unwrap();
    say("holding");
    std::future::pending::<()>().await;
}

/// Sixteen writers at once; each number is said once its write was acknowledged.
async fn write_for_ever(directory: &Path) {
    let store = Store::open(directory, Mode::Write).unwrap();
    let writers = (0..16).map(|writer| {
        let store = store.clone();
        async move {
            for number in 0_u64.. {
                let name = format!("{writer}.{number}");
                let set = name.clone();
                store.write(move |tx| settings::set(tx, &set, &number)).await.unwrap();
                say(&name);
            }
        }
    });
    futures::future::join_all(writers).await;
}

async fn read_two_pages(directory: &Path) {
    let store = Store::open(directory, Mode::Write).unwrap();
    let refresh = SourceRefresh::begin(&store, &ConnectionId::from("acme"), now()).await.unwrap();
    refresh.people(vec![person("ada", "Ada the Changed")]).await.unwrap();
    refresh.people(vec![person("cyd", "Cyd")]).await.unwrap();
    say("two pages");
    std::future::pending::<()>().await;
}
