//! A running sandbox: starts, hands out its handles, stops.

use std::fmt;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access::Access;
use crate::fault::Fault;
use crate::fault::plan::FaultPlan;
use crate::handle::WorldHandle;
use crate::log::RequestLog;
use crate::options::SandboxOptions;
use crate::services::{Services, Shared};
use crate::world::World;
use crate::{scenario, server};

/// Why a sandbox cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The port is taken or may not be used.
    #[error("Port {port} on 127.0.0.1 cannot be listened on")]
    Bind {
        /// The port that was asked for.
        port: u16,
        /// What the system answered.
        source: std::io::Error,
    },
}

/// A running sandbox; dropping it stops it.
pub struct Sandbox {
    access: Access,
    services: Shared,
    token: CancellationToken,
    tracker: TaskTracker,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("origin", &self.services.origin).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Builds the world and starts listening on 127.0.0.1.
    ///
    /// # Errors
    /// When the port cannot be listened on.
    pub async fn start(options: SandboxOptions) -> Result<Sandbox, SandboxError> {
        let SandboxOptions { scenario, seed, port, faults } = options;
        let refused = |source| SandboxError::Bind { port, source };
        let listener = server::listen(port).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let world = scenario::build(scenario, seed);
        let origin = format!("http://{address}");
        let access = access(&origin, &world);
        let services = Arc::new(Services::new(origin, world, FaultPlan::new(Vec::new(), seed)));
        services.set_faults(faults);
        let (token, tracker) = (CancellationToken::new(), TaskTracker::new());
        let router = server::router(&services);
        tracker.spawn(server::serve(listener, services.clone(), router, token.clone(), tracker.clone()));
        tracker.close();
        Ok(Sandbox { access, services, token, tracker })
    }

    /// Returns the addresses, ids and keys that a client needs.
    pub fn access(&self) -> Access {
        self.access.clone()
    }

    /// Returns a handle on the world.
    pub fn world(&self) -> WorldHandle {
        WorldHandle { services: self.services.clone() }
    }

    /// Returns the request log.
    pub fn requests(&self) -> RequestLog {
        self.services.log.clone()
    }

    /// Replaces all faults; their counting starts again.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        self.services.set_faults(faults);
    }

    /// Stops listening, closes every connection and waits for them.
    pub async fn stop(self) {
        self.token.cancel();
        self.tracker.wait().await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.token.cancel();
    }
}

fn access(origin: &str, world: &World) -> Access {
    let application = world.source.applications.get(world.application);
    Access {
        jumpcloud_url: origin.to_owned(),
        insights_url: format!("{origin}/insights/directory/v1"),
        scim_url: format!("{origin}/scim/directory/{}", world.target.directory),
        organisation_url: origin.to_owned(),
        organisation_id: world.organisation.id.clone(),
        application: application.map(|application| application.id.to_string()).unwrap_or_default(),
        jumpcloud_api_key: world.credentials.jumpcloud.clone(),
        scim_token: world.credentials.scim.clone(),
        organisation_key: world.credentials.organisation.clone(),
        control_url: format!("{origin}/control"),
    }
}
