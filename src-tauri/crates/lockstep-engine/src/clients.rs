//! The clients of a connection's services, made from its addresses and keys.

use std::sync::PoisonError;

use lockstep_core::ids::ConnectionId;
use tokio_util::sync::CancellationToken;

use crate::api::views::{Endpoints, KeyKind};
use crate::connectors::atlassian_admin::{AdminClient, AdminSettings};
use crate::connectors::atlassian_scim::{ScimClient, ScimSettings};
use crate::connectors::jumpcloud::{JumpCloudClient, JumpCloudSettings, JumpCloudWriter};
use crate::engine::Inner;
use crate::error::{EngineError, ErrorCode};
use crate::http::{MeterReading, RetryPolicy};
use crate::secrets::{Origin, Sensitive};
use crate::store::tables::connections::ConnectionRecord;

/// Whether writes may leave the clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClientMode {
    /// For tests, readings and plans: everything but reads is refused before it is sent.
    ReadOnly,
    /// For runs.
    Writing,
}

/// The clients of one connection. They share limiter and counters with all others made for the same addresses and keys.
#[derive(Debug, Clone)]
pub(crate) struct Clients {
    /// JumpCloud's directory; it only reads.
    pub(crate) jumpcloud: JumpCloudClient,
    /// The same, for approved steps that change it; `None` while only reads are allowed.
    pub(crate) jumpcloud_writer: Option<JumpCloudWriter>,
    /// The SCIM directory.
    pub(crate) scim: ScimClient,
    /// The organisation API, which only reads; `None` where no organisation id or key is configured.
    pub(crate) organisation: Option<AdminClient>,
}

/// Clients that were made before, and what they were made from.
#[derive(Debug, Clone)]
pub(crate) struct CachedClients {
    endpoints: Endpoints,
    concurrency: u32,
    keys: Keys,
    clients: Clients,
}

/// The keys of one connection.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    pub(crate) jumpcloud: Sensitive,
    pub(crate) scim: Sensitive,
    pub(crate) organisation: Option<Sensitive>,
}

impl Inner {
    /// Returns the clients of a connection.
    ///
    /// # Errors
    /// `NotFound`, `NotConfigured` for a missing key, `KeychainUnavailable`.
    pub(crate) async fn clients(&self, id: &ConnectionId, mode: ClientMode) -> Result<Clients, EngineError> {
        let record = self.connection_record(id).await?;
        let keys = self.keys(&record).await?;
        let draft = record.draft;
        // A panic elsewhere leaves whole entries or none.
        let mut cache = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cached) = cache.get(id)
            && cached.endpoints == draft.endpoints
            && cached.concurrency == draft.concurrency
            && cached.keys.same(&keys)
        {
            return Ok(cached.clients.in_mode(mode));
        }
        let clients = Clients::new(&draft.endpoints, &keys, draft.concurrency, &self.retry)?;
        let made = CachedClients {
            endpoints: draft.endpoints,
            concurrency: draft.concurrency,
            keys,
            clients: clients.clone(),
        };
        cache.insert(id.clone(), made);
        Ok(clients.in_mode(mode))
    }

    async fn keys(&self, record: &ConnectionRecord) -> Result<Keys, EngineError> {
        let id = &record.id;
        if record.is_sandbox {
            return self.sandbox_keys(id);
        }
        let (jumpcloud, scim, organisation) = futures::join!(
            self.secrets.require(id, KeyKind::Jumpcloud),
            self.secrets.require(id, KeyKind::Scim),
            async {
                match record.draft.endpoints.organisation_id {
                    Some(_) => self.secrets.find(id, KeyKind::Organisation).await,
                    None => Ok(None),
                }
            },
        );
        let (jumpcloud, scim) = (jumpcloud?, scim?);
        let organisation = organisation.unwrap_or_else(|error| {
            // What only it can see is missing from the plan, which says so and holds more rather than less.
            tracing::warn!(connection = id.as_str(), error = %error, "The organisation key could not be read.");
            None
        });
        for (kind, secret) in [
            (KeyKind::Jumpcloud, Some(&jumpcloud)),
            (KeyKind::Scim, Some(&scim)),
            (KeyKind::Organisation, organisation.as_ref()),
        ] {
            let stored = secret.filter(|secret| secret.origin == Origin::Keychain);
            if let Some(secret) = stored {
                self.known_keys.note(id, self.status_of(kind, Ok(Some(secret.clone()))), self.clock.now());
            }
        }
        Ok(Keys {
            jumpcloud: jumpcloud.value,
            scim: scim.value,
            organisation: organisation.map(|secret| secret.value),
        })
    }

    /// Returns the keys of a sandbox's connection, which only the process that runs the sandbox has: a key from the
    /// environment is a real one, and must never reach whatever answers at the sandbox's address.
    pub(crate) fn sandbox_keys(&self, id: &ConnectionId) -> Result<Keys, EngineError> {
        let held = |kind| self.secrets.held(id, kind);
        match (held(KeyKind::Jumpcloud), held(KeyKind::Scim)) {
            (Some(jumpcloud), Some(scim)) => {
                Ok(Keys { jumpcloud, scim, organisation: held(KeyKind::Organisation) })
            }
            _ => Err(EngineError::new(
                ErrorCode::NotConfigured,
                "The sandbox of this connection does not run here",
            )
            .hint("Start the sandbox in the app that this connection was made by")),
        }
    }
}

impl Keys {
    fn same(&self, other: &Self) -> bool {
        let text = |key: &Option<Sensitive>| key.as_ref().map(|key| key.reveal().to_owned());
        self.jumpcloud.reveal() == other.jumpcloud.reveal()
            && self.scim.reveal() == other.scim.reveal()
            && text(&self.organisation) == text(&other.organisation)
    }
}

impl Clients {
    /// Makes clients; nothing is sent.
    ///
    /// # Errors
    /// `InvalidInput` for an address or a key that cannot be used.
    fn new(
        endpoints: &Endpoints,
        keys: &Keys,
        concurrency: u32,
        retry: &RetryPolicy,
    ) -> Result<Self, EngineError> {
        let writer =
            JumpCloudWriter::new(jumpcloud_settings(endpoints, concurrency, retry), keys.jumpcloud.reveal())?;
        let scim = scim_client(endpoints, &keys.scim, concurrency, retry)?;
        let organisation = match &keys.organisation {
            Some(key) => organisation_client(endpoints, key, concurrency, retry)?,
            None => None,
        };
        Ok(Self { jumpcloud: writer.reader().clone(), jumpcloud_writer: Some(writer), scim, organisation })
    }

    fn in_mode(&self, mode: ClientMode) -> Self {
        match mode {
            ClientMode::Writing => self.clone(),
            ClientMode::ReadOnly => {
                Self { scim: self.scim.read_only(), jumpcloud_writer: None, ..self.clone() }
            }
        }
    }

    /// Returns clones that send nothing more once the token is cancelled.
    #[must_use]
    pub(crate) fn stopped_by(&self, stop: &CancellationToken) -> Self {
        Self {
            jumpcloud: self.jumpcloud.stopped_by(stop.clone()),
            jumpcloud_writer: self.jumpcloud_writer.as_ref().map(|client| client.stopped_by(stop.clone())),
            scim: self.scim.stopped_by(stop.clone()),
            organisation: self.organisation.as_ref().map(|client| client.stopped_by(stop.clone())),
        }
    }

    /// Returns what the clients that write have sent since they were made; a run subtracts what was there at its start.
    pub(crate) fn meter(&self) -> MeterReading {
        let scim = self.scim.http().meter().read();
        match &self.jumpcloud_writer {
            Some(writer) => scim.and(&writer.http().meter().read()),
            None => scim,
        }
    }
}

/// Makes a client of JumpCloud; nothing is sent.
///
/// # Errors
/// `InvalidInput` for an address or a key that cannot be used.
pub(crate) fn jumpcloud_client(
    endpoints: &Endpoints,
    key: &Sensitive,
    concurrency: u32,
    retry: &RetryPolicy,
) -> Result<JumpCloudClient, EngineError> {
    Ok(JumpCloudClient::new(jumpcloud_settings(endpoints, concurrency, retry), key.reveal())?)
}

fn jumpcloud_settings(endpoints: &Endpoints, concurrency: u32, retry: &RetryPolicy) -> JumpCloudSettings {
    JumpCloudSettings {
        console_url: endpoints.jumpcloud_url.clone(),
        organisation: endpoints.jumpcloud_organisation.clone(),
        concurrency: in_flight(concurrency),
        retry: retry.clone(),
    }
}

/// Makes a client of the SCIM directory; nothing is sent.
///
/// # Errors
/// As [`jumpcloud_client`].
pub(crate) fn scim_client(
    endpoints: &Endpoints,
    key: &Sensitive,
    concurrency: u32,
    retry: &RetryPolicy,
) -> Result<ScimClient, EngineError> {
    let settings = ScimSettings {
        base_url: endpoints.scim_url.clone(),
        concurrency: in_flight(concurrency),
        retry: retry.clone(),
    };
    Ok(ScimClient::new(&settings, key.reveal())?)
}

/// Makes a client of the organisation API; `None` where no organisation is named. Nothing is sent.
///
/// # Errors
/// As [`jumpcloud_client`].
pub(crate) fn organisation_client(
    endpoints: &Endpoints,
    key: &Sensitive,
    concurrency: u32,
    retry: &RetryPolicy,
) -> Result<Option<AdminClient>, EngineError> {
    let (Some(url), Some(id)) = (&endpoints.organisation_url, &endpoints.organisation_id) else {
        return Ok(None);
    };
    let settings = AdminSettings {
        base_url: url.clone(),
        organisation: id.clone(),
        concurrency: in_flight(concurrency),
        retry: retry.clone(),
    };
    Ok(Some(AdminClient::new(&settings, key.reveal())?))
}

fn in_flight(concurrency: u32) -> usize {
    usize::try_from(concurrency).unwrap_or(usize::MAX).max(1)
}
