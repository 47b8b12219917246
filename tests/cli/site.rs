//! A sandbox, a data directory and the program: what every test here starts with.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use lockstep_sandbox::{Access, Change, Sandbox, SandboxOptions, ScenarioName};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The name of the connection in all tests, and so its id.
pub(crate) const ID: &str = "acme";

/// What one command answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Answer {
    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "exit code of\n{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Returns the one document on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("exactly one JSON document ({error}) in\n{}", self.stdout))
    }

    /// Returns message and hints of the error document.
    #[track_caller]
    pub(crate) fn error(&self) -> (String, String) {
        let error = &self.json()["error"];
        let hints: Vec<&str> = error["hints"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        (error["message"].as_str().unwrap().to_owned(), hints.join("\n"))
    }
}

/// A sandbox and a data directory.
pub(crate) struct Site {
    pub(crate) sandbox: Sandbox,
    runtime: Runtime,
    pub(crate) folder: TempDir,
    pub(crate) access: Access,
    /// Environment of the program, keys included.
    pub(crate) environment: BTreeMap<String, String>,
}

impl Site {
    /// Starts the sandbox; there is no connection yet.
    pub(crate) fn start(scenario: ScenarioName) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let options = SandboxOptions { scenario, ..SandboxOptions::default() };
        let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
        let access = sandbox.access();
        let folder = tempfile::tempdir().unwrap();
        let environment = [
            ("LOCKSTEP_DATA_DIR", folder.path().join("data").to_string_lossy().into_owned()),
            ("LOCKSTEP_JUMPCLOUD_API_KEY", access.jumpcloud_api_key.clone()),
            ("LOCKSTEP_SCIM_TOKEN", access.scim_token.clone()),
            ("LOCKSTEP_ORGANISATION_KEY", access.organisation_key.clone()),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value)).into();
        Self { sandbox, runtime, folder, access, environment }
    }

    /// Starts the small organisation with an active connection.
    pub(crate) fn connected() -> Self {
        Self::connected_to(ScenarioName::Small)
    }

    /// Starts an organisation with an active connection.
    pub(crate) fn connected_to(scenario: ScenarioName) -> Self {
        let site = Self::start(scenario);
        site.add(&[]).exits(0);
        site.run(&["connection", "activate", ID]).exits(0);
        site
    }

    /// Starts a small generated organisation, whose plan asks nobody anything, with an active connection.
    pub(crate) fn plain() -> Self {
        let site = Self::start("custom:people=12,groups=3,memberships=24".parse().unwrap());
        site.add(&["--any-domain"]).exits(0);
        site.run(&["connection", "activate", ID]).exits(0);
        site
    }

    /// Starts [`Site::plain`] and brings it in step.
    pub(crate) fn in_step() -> Self {
        let site = Self::plain();
        site.run(&["apply", ID, "--approve-all"]).exits(0);
        site.sandbox.requests().reset();
        site
    }

    /// Adds the connection to the sandbox; further options may follow.
    pub(crate) fn add(&self, options: &[&str]) -> Answer {
        let Access { jumpcloud_url, application, scim_url, organisation_url, organisation_id, .. } =
            &self.access;
        let mut arguments = vec!["--json", "connection", "add", "--name", ID];
        arguments.extend([
            "--jumpcloud-url",
            jumpcloud_url,
            "--application",
            application,
            "--scim-url",
            scim_url,
        ]);
        arguments.extend(["--organisation-url", organisation_url, "--organisation-id", organisation_id]);
        arguments.extend(options);
        self.run(&arguments)
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        self.run_with(arguments, "")
    }

    /// Runs the program with something on its standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Answer {
        let mut child = self.spawn(arguments);
        // A program that does not read its input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        finished(child)
    }

    /// Runs the program with `--json` and returns its exit code and document.
    pub(crate) fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let answer = self.run(&[&["--json"], arguments].concat());
        let document = answer.json();
        (answer.code, document)
    }

    /// Starts the program.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = program();
        command.args(arguments).envs(&self.environment);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Makes one change in the sandbox.
    pub(crate) fn change(&self, change: &Change) {
        self.sandbox.world().change(change).unwrap();
    }

    /// Sets faults, by their grammar.
    pub(crate) fn faults(&self, specs: &[&str]) {
        self.sandbox.set_faults(specs.iter().map(|spec| spec.parse().unwrap()).collect());
    }

    /// Counts the writes that reached the SCIM directory.
    pub(crate) fn scim_writes(&self) -> usize {
        let writes = self.sandbox.requests().writes();
        writes.iter().filter(|record| record.path.starts_with("/scim/")).count()
    }

    /// Waits until the sandbox has seen something; a test that waits in vain fails after a minute.
    #[track_caller]
    pub(crate) fn wait_for(&self, what: &str, mut seen: impl FnMut(&Self) -> bool) {
        let waiting = async {
            while !seen(self) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let limited =
            self.runtime.block_on(async { tokio::time::timeout(Duration::from_secs(60), waiting).await });
        assert!(limited.is_ok(), "waited in vain for {what}");
    }

    /// Returns a path in the test's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Computes a plan and saves it; returns the file.
    pub(crate) fn saved_plan(&self) -> String {
        let path = self.path("plan.json").to_string_lossy().into_owned();
        let answer = self.run(&["plan", ID, "--out", &path]);
        assert!(matches!(answer.code, 0 | 2 | 3), "a plan is saved: {answer:?}");
        path
    }

    /// Returns the names of people and groups of the source.
    pub(crate) fn source(&self) -> lockstep_sandbox::SourceDump {
        self.sandbox.world().dump().source
    }
}

/// The program with an environment of its own: no secret store answers, and nothing of the machine's is seen.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstepctl"));
    command.env_clear();
    for name in ["PATH", "HOME", "SYSTEMROOT", "TMPDIR"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    command
}

/// Waits for a program's end.
pub(crate) fn finished(child: Child) -> Answer {
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Answer {
        code: output.status.code().unwrap_or(-1),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// Returns the operations of a plan as "kind label", in their order.
pub(crate) fn operations(plan: &Value) -> Vec<String> {
    let operations = plan["operations"].as_array().unwrap();
    operations
        .iter()
        .map(|operation| {
            format!(
                "{} {}",
                operation["kind"].as_str().unwrap(),
                operation["subject"]["label"].as_str().unwrap()
            )
        })
        .collect()
}

/// Whether a text occurs in any file below a folder.
pub(crate) fn occurs(folder: &Path, text: &str) -> bool {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.into_iter().any(|path| {
        if path.is_dir() {
            return occurs(&path, text);
        }
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

/// Compares text with an inline snapshot, without what differs from run to run.
macro_rules! assert_text {
    ($($arguments:tt)*) => {
        insta::with_settings!({filters => vec![
            (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
            (r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?Z?", "TIME"),
            (r"(run|plan)-[0-9a-f]{32}", "$1-ID"),
            (r"sha256:[0-9a-f]{64}", "sha256:HASH"),
            (r"lockstepctl \([^)]*\)", "lockstepctl (USER)"),
            (r"\b[0-9a-f]{8} \(fingerprint\)", "FINGERPRINT (fingerprint)"),
            (r#""fingerprint": "[0-9a-f]{8}""#, r#""fingerprint": "FINGERPRINT""#),
            (r"/[^\s]*/(plan\.json|data)\b", "FOLDER/$1"),
        ]}, { insta::assert_snapshot!($($arguments)*) });
    };
}
pub(crate) use assert_text;
