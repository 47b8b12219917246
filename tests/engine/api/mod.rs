//! The façade, over real HTTP to the sandbox where there is a network.

mod checks;
mod connections;
mod reading;
mod runs;
mod safety;
mod secrecy;

use lockstep_core::ids::ConnectionId;
use lockstep_core::policy::Policy;
use lockstep_engine::api::checks::DraftKeys;
use lockstep_engine::api::views::{Check, ConnectionDraft, Endpoints, KeyKind};
use lockstep_engine::clock::Clock;
use lockstep_engine::secrets::Sensitive;
use lockstep_engine::{Engine, EngineOptions, OpenMode, SecretBackend};
use lockstep_sandbox::{Access, Sandbox, SandboxOptions, ScenarioName};
use tempfile::TempDir;

/// Opens an engine on a directory, with keys in memory.
pub(crate) async fn open(directory: &TempDir) -> Engine {
    Engine::open(options(directory, OpenMode::ReadWrite)).await.expect("nobody else holds the directory")
}

pub(crate) fn options(directory: &TempDir, mode: OpenMode) -> EngineOptions {
    EngineOptions {
        data_dir: directory.path().to_owned(),
        mode,
        clock: Clock::System,
        secrets: SecretBackend::Memory,
        initiator: "tests".to_owned(),
    }
}

/// Returns what somebody would type to connect to a sandbox.
pub(crate) fn draft(access: &Access) -> ConnectionDraft {
    ConnectionDraft {
        name: "Acme".to_owned(),
        endpoints: Endpoints {
            jumpcloud_url: access.jumpcloud_url.clone(),
            insights_url: Some(access.insights_url.clone()),
            jumpcloud_organisation: None,
            application: access.application.clone(),
            scim_url: access.scim_url.clone(),
            organisation_url: Some(access.organisation_url.clone()),
            organisation_id: Some(access.organisation_id.clone()),
        },
        policy: Policy::default(),
        concurrency: 16,
        read_interval_seconds: None,
    }
}

/// Returns the keys that belong to it.
pub(crate) fn keys(access: &Access) -> DraftKeys {
    DraftKeys {
        jumpcloud: Some(Sensitive::new(access.jumpcloud_api_key.clone())),
        scim: Some(Sensitive::new(access.scim_token.clone())),
        organisation: Some(Sensitive::new(access.organisation_key.clone())),
    }
}

/// A sandbox, and an engine with a connection to it.
pub(crate) struct Connected {
    pub(crate) engine: Engine,
    pub(crate) sandbox: Sandbox,
    pub(crate) id: ConnectionId,
    pub(crate) directory: TempDir,
}

impl Connected {
    pub(crate) async fn to(scenario: ScenarioName) -> Self {
        let sandbox = start(scenario).await;
        let directory = TempDir::new().expect("a temporary directory");
        let engine = open(&directory).await;
        let access = sandbox.access();
        let added = engine.add_sandbox_connection(draft(&access)).await.expect("a good draft");
        let id = added.connection_id;
        for (kind, key) in [
            (KeyKind::Jumpcloud, &access.jumpcloud_api_key),
            (KeyKind::Scim, &access.scim_token),
            (KeyKind::Organisation, &access.organisation_key),
        ] {
            engine
                .set_memory_key(&id, kind, Sensitive::new(key.clone()))
                .await
                .expect("a sandbox connection");
        }
        Self { engine, sandbox, id, directory }
    }
}

pub(crate) async fn start(scenario: ScenarioName) -> Sandbox {
    let options = SandboxOptions { scenario, ..SandboxOptions::default() };
    Sandbox::start(options).await.expect("a free port on loopback")
}

/// Returns the check of that name.
pub(crate) fn named<'c>(checks: &'c [Check], name: &str) -> &'c Check {
    checks.iter().find(|check| check.name == name).unwrap_or_else(|| panic!("no check {name} in {checks:#?}"))
}
