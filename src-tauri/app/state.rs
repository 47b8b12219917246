//! The one value that Tauri manages: the engine, and the sandbox while it runs.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use lockstep_core::ids::ConnectionId;
use lockstep_core::policy::Policy;
use lockstep_engine::api::views::{ConnectionDraft, Endpoints, KeyKind, SandboxView, Session};
use lockstep_engine::clock::Clock;
use lockstep_engine::error::{EngineError, ErrorCode};
use lockstep_engine::secrets::Sensitive;
use lockstep_engine::{
    Engine, EngineOptions, OpenMode, SecretBackend, default_data_dir, operating_system_user,
};
use lockstep_sandbox::{Sandbox, SandboxOptions, ScenarioName};
use tokio::sync::Mutex;

/// Requests in flight at most, per side; `lockstepctl` has the same default.
const CONCURRENCY: u32 = 16;

/// How long the data directory is waited for: a Lockstep that closes gives what runs ten seconds to end.
const CLOSING: Duration = Duration::from_secs(6);

/// What commands work on.
pub(crate) struct Shell {
    /// The engine.
    pub(crate) engine: Engine,
    sandbox: Mutex<Option<RunningSandbox>>,
}

struct RunningSandbox {
    sandbox: Sandbox,
    view: SandboxView,
}

impl Shell {
    /// Opens the data directory: for writing, or, while another process writes, for reading.
    pub(crate) async fn open() -> Result<Self, EngineError> {
        let named = std::env::var_os("LOCKSTEP_DATA_DIR").filter(|text| !text.is_empty()).map(PathBuf::from);
        let data_dir = named.map_or_else(default_data_dir, Ok)?;
        let open = |mode| {
            let (data_dir, initiator) = (data_dir.clone(), operating_system_user());
            let clock = Clock::System;
            Engine::open(EngineOptions { data_dir, mode, clock, secrets: SecretBackend::Os, initiator })
        };
        let asked = Instant::now();
        let engine = loop {
            match open(OpenMode::ReadWrite).await {
                // A Lockstep that was closed a moment ago still ends what it was doing.
                Err(error) if error.code == ErrorCode::Busy && asked.elapsed() < CLOSING => {
                    tokio::time::sleep(CLOSING / 20).await;
                }
                Err(error) if error.code == ErrorCode::Busy => break open(OpenMode::ReadOnly).await?,
                opened => break opened?,
            }
        };
        let shell = Self { engine, sandbox: Mutex::new(None) };
        if !shell.engine.is_read_only() {
            shell.forget_old_sandboxes().await?;
        }
        shell.engine.watch_for_acceptance();
        Ok(shell)
    }

    /// Returns what the window needs at its start.
    pub(crate) async fn session(&self) -> Result<Session, EngineError> {
        Ok(Session {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            connections: self.engine.list_connections().await?,
            sandbox: self.sandbox.lock().await.as_ref().map(|running| running.view.clone()),
            is_read_only: self.engine.is_read_only(),
        })
    }

    /// Starts the sandbox afresh and adds a connection to it; one that runs already is replaced.
    pub(crate) async fn start_sandbox(&self, scenario: &str) -> Result<SandboxView, EngineError> {
        let name: ScenarioName = scenario.parse().map_err(|error| {
            EngineError::new(ErrorCode::InvalidInput, format!("There is no scenario '{scenario}'"))
                .caused_by(Box::<dyn std::error::Error + Send + Sync>::from(error))
        })?;
        let mut slot = self.sandbox.lock().await;
        self.end(&mut slot).await?;
        self.forget_old_sandboxes().await?;
        let options = SandboxOptions { scenario: name, ..SandboxOptions::default() };
        let sandbox = Sandbox::start(options).await.map_err(|error| {
            EngineError::new(ErrorCode::Internal, "The sandbox could not be started").caused_by(error)
        })?;
        let connection_id = self.connect(&sandbox).await?;
        // Reading writes nothing, and there is nothing to see before it: the first plan comes by itself.
        if let Err(error) = self.engine.start_compute(&connection_id).await {
            tracing::warn!(%error, "The sandbox was not read by itself; the window offers to.");
        }
        let view = SandboxView { connection_id, scenario: scenario.to_owned(), faults: Vec::new() };
        *slot = Some(RunningSandbox { sandbox, view: view.clone() });
        Ok(view)
    }

    async fn connect(&self, sandbox: &Sandbox) -> Result<ConnectionId, EngineError> {
        let access = sandbox.access();
        let draft = ConnectionDraft {
            name: "Sandbox".to_owned(),
            endpoints: Endpoints {
                jumpcloud_url: access.jumpcloud_url,
                insights_url: Some(access.insights_url),
                application: access.application,
                scim_url: access.scim_url,
                organisation_url: Some(access.organisation_url),
                organisation_id: Some(access.organisation_id),
                jumpcloud_organisation: None,
            },
            ..draft_defaults()
        };
        let id = self.engine.add_sandbox_connection(draft).await?.connection_id;
        for (kind, key) in [
            (KeyKind::Jumpcloud, access.jumpcloud_api_key),
            (KeyKind::Scim, access.scim_token),
            (KeyKind::Organisation, access.organisation_key),
        ] {
            self.engine.set_memory_key(&id, kind, Sensitive::new(key)).await?;
        }
        Ok(id)
    }

    /// Lets a story happen in the sandbox's world; returns what happened.
    pub(crate) async fn tell_story(&self, name: &str) -> Result<String, EngineError> {
        let slot = self.sandbox.lock().await;
        let running = slot.as_ref().ok_or_else(no_sandbox)?;
        running.sandbox.world().tell(name).map_err(|error| {
            EngineError::new(ErrorCode::InvalidInput, error.to_string())
                .hint("Start the sandbox afresh")
                .caused_by(error)
        })
    }

    /// Replaces the faults that the sandbox plays.
    pub(crate) async fn set_faults(&self, specs: Vec<String>) -> Result<SandboxView, EngineError> {
        let faults = specs
            .iter()
            .map(|spec| {
                spec.parse().map_err(|error: lockstep_sandbox::FaultError| {
                    EngineError::new(ErrorCode::InvalidInput, format!("The fault '{spec}' is not understood"))
                        .caused_by(error)
                })
            })
            .collect::<Result<Vec<_>, EngineError>>()?;
        let mut slot = self.sandbox.lock().await;
        let running = slot.as_mut().ok_or_else(no_sandbox)?;
        running.sandbox.set_faults(faults);
        running.view.faults = specs;
        Ok(running.view.clone())
    }

    /// Stops the sandbox and forgets its connection.
    pub(crate) async fn stop_sandbox(&self) -> Result<(), EngineError> {
        let mut slot = self.sandbox.lock().await;
        self.end(&mut slot).await
    }

    /// Forgets the connection first: while a job uses it, that is refused and the sandbox goes on.
    async fn end(&self, slot: &mut Option<RunningSandbox>) -> Result<(), EngineError> {
        let Some(running) = slot.as_ref() else { return Ok(()) };
        match self.engine.remove_connection(&running.view.connection_id).await {
            Err(error) if error.code != ErrorCode::NotFound => return Err(error),
            _ => {}
        }
        if let Some(running) = slot.take() {
            running.sandbox.stop().await;
        }
        Ok(())
    }

    /// A sandbox's world ends with its process, and so does its connection.
    async fn forget_old_sandboxes(&self) -> Result<(), EngineError> {
        for connection in self.engine.list_connections().await? {
            if connection.is_sandbox {
                self.engine.remove_connection(&connection.connection_id).await?;
            }
        }
        Ok(())
    }

    /// Ends the engine's tasks and the sandbox.
    pub(crate) async fn close(&self) {
        self.engine.close().await;
        if let Some(running) = self.sandbox.lock().await.take() {
            running.sandbox.stop().await;
        }
    }
}

fn no_sandbox() -> EngineError {
    EngineError::new(ErrorCode::NotFound, "The sandbox does not run").hint("Start it from the welcome page")
}

/// Returns a draft with everything that has a default, for a form to start from.
pub(crate) fn draft_defaults() -> ConnectionDraft {
    ConnectionDraft {
        name: String::new(),
        endpoints: Endpoints {
            jumpcloud_url: "https://console.jumpcloud.com".to_owned(),
            insights_url: None,
            jumpcloud_organisation: None,
            application: String::new(),
            scim_url: String::new(),
            organisation_url: Some("https://api.atlassian.com".to_owned()),
            organisation_id: None,
        },
        policy: Policy::default(),
        concurrency: CONCURRENCY,
        read_interval_seconds: None,
    }
}
