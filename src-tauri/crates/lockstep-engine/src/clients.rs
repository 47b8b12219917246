//! The clients of a connection's services, made from its addresses and keys.

use std::sync::PoisonError;

use lockstep_core::ids::ConnectionId;

use crate::api::views::{Endpoints, KeyKind};
use crate::connectors::jumpcloud::{JumpCloudClient, JumpCloudSettings};
use crate::engine::Inner;
use crate::error::EngineError;
use crate::http::{BaseUrl, Credential, HttpClient, HttpSettings, MeterReading, RetryPolicy};
use crate::secrets::{SecretError, Sensitive};

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
    /// The SCIM directory.
    pub(crate) scim: HttpClient,
    /// The organisation API; `None` where no organisation key or id is configured.
    pub(crate) organisation: Option<HttpClient>,
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
        let draft = self.connection_record(id).await?.draft;
        let keys = self.keys(id, &draft.endpoints).await?;
        let mut cache = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cached) = cache.get(id)
            && cached.endpoints == draft.endpoints
            && cached.concurrency == draft.concurrency
            && cached.keys.same(&keys)
        {
            return Ok(cached.clients.in_mode(mode));
        }
        let clients = Clients::new(&draft.endpoints, &keys, draft.concurrency)?;
        let made = CachedClients {
            endpoints: draft.endpoints,
            concurrency: draft.concurrency,
            keys,
            clients: clients.clone(),
        };
        cache.insert(id.clone(), made);
        Ok(clients.in_mode(mode))
    }

    async fn keys(&self, id: &ConnectionId, endpoints: &Endpoints) -> Result<Keys, EngineError> {
        let (jumpcloud, scim, organisation) = futures::join!(
            self.secrets.require(id, KeyKind::Jumpcloud),
            self.secrets.require(id, KeyKind::Scim),
            async {
                match endpoints.organisation_id {
                    Some(_) => self.secrets.find(id, KeyKind::Organisation).await,
                    None => Ok::<_, SecretError>(None),
                }
            },
        );
        Ok(Keys {
            jumpcloud: jumpcloud?.value,
            scim: scim?.value,
            // Everything but the organisation's own facts works without it, a silent secret store included: the two above were found.
            organisation: organisation?.map(|secret| secret.value),
        })
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
    pub(crate) fn new(endpoints: &Endpoints, keys: &Keys, concurrency: u32) -> Result<Self, EngineError> {
        let concurrency = usize::try_from(concurrency).unwrap_or(16).max(1);
        let json = "application/json";
        let settings = |service, url: &str, credential, content_type| -> Result<HttpClient, EngineError> {
            let base = BaseUrl::parse(url)?;
            let retry = RetryPolicy::default();
            let accept = "application/scim+json, application/json";
            Ok(HttpClient::new(HttpSettings {
                service,
                base,
                credential,
                content_type,
                accept,
                concurrency,
                retry,
            })?)
        };
        let organisation = match (&endpoints.organisation_url, &keys.organisation) {
            (Some(url), Some(key)) => {
                Some(settings("organisation API", url, Credential::bearer(key.reveal())?, json)?)
            }
            _ => None,
        };
        Ok(Self {
            jumpcloud: jumpcloud_client(endpoints, &keys.jumpcloud, concurrency)?,
            scim: settings(
                "SCIM",
                &endpoints.scim_url,
                Credential::bearer(keys.scim.reveal())?,
                "application/scim+json",
            )?,
            organisation,
        })
    }

    fn in_mode(&self, mode: ClientMode) -> Self {
        match mode {
            ClientMode::Writing => self.clone(),
            ClientMode::ReadOnly => Self {
                jumpcloud: self.jumpcloud.clone(),
                scim: self.scim.read_only(),
                organisation: self.organisation.as_ref().map(HttpClient::read_only),
            },
        }
    }

    /// Returns what the SCIM client has sent since it was made; a run subtracts what was there at its start.
    pub(crate) fn meter(&self) -> MeterReading {
        self.scim.meter().read()
    }
}

/// Makes a client of JumpCloud; nothing is sent.
pub(crate) fn jumpcloud_client(
    endpoints: &Endpoints,
    key: &Sensitive,
    concurrency: usize,
) -> Result<JumpCloudClient, EngineError> {
    let settings = JumpCloudSettings {
        console_url: endpoints.jumpcloud_url.clone(),
        organisation: endpoints.jumpcloud_organisation.clone(),
        concurrency,
        retry: RetryPolicy::default(),
    };
    Ok(JumpCloudClient::new(settings, key.reveal())?)
}
