//! Connections: what was entered about them, their state and their keys.

use lockstep_core::ids::ConnectionId;
use serde_json::{Value, json};

use super::addresses::normalise_draft;
use super::checks::DraftKeys;
use super::views::{ConnectionDraft, ConnectionState, ConnectionView, Endpoints, KeyKind, KeyStatus};
use crate::engine::{Engine, Inner};
use crate::error::{EngineError, ErrorCode};
use crate::events::EngineEvent;
use crate::http::BaseUrl;
use crate::secrets::{Fingerprint, Origin, Secret, SecretError, Sensitive};
use crate::store::tables::connections::{self, ConnectionRecord};
use crate::store::tables::events::{self, NewEvent, Outcome};
use crate::store::tables::plans;
use crate::store::{StoreError, WriteTransaction};
use crate::tags::CacheTag;

const ACTIVATE: &str = "idm_integration_activate";
const UPDATE: &str = "idm_integration_update";
const DELETE: &str = "idm_integration_delete";

impl Engine {
    /// Returns all connections, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list_connections(&self) -> Result<Vec<ConnectionView>, EngineError> {
        let records = self.inner.store.read(connections::list).await?;
        let mut views = Vec::with_capacity(records.len());
        for record in records {
            views.push(self.inner.connection_view(record).await);
        }
        Ok(views)
    }

    /// Returns a connection.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn connection(&self, id: &ConnectionId) -> Result<ConnectionView, EngineError> {
        let record = self.inner.connection_record(id).await?;
        Ok(self.inner.connection_view(record).await)
    }

    /// Adds a connection, inactive and without keys.
    ///
    /// # Errors
    /// `InvalidInput` that names what is wrong.
    pub async fn add_connection(&self, draft: ConnectionDraft) -> Result<ConnectionView, EngineError> {
        self.inner.add_connection(&draft, false).await
    }

    /// Adds a connection and stores its keys. When a key cannot be stored, the connection is not added either, so that what
    /// was typed can be tried again as a whole.
    ///
    /// # Errors
    /// As [`Engine::add_connection`]; `KeychainUnavailable`.
    pub async fn add_connection_with_keys(
        &self,
        draft: ConnectionDraft,
        keys: DraftKeys,
    ) -> Result<ConnectionView, EngineError> {
        let id = self.add_connection(draft).await?.connection_id;
        let DraftKeys { jumpcloud, scim, organisation } = keys;
        for (kind, key) in
            [(KeyKind::Jumpcloud, jumpcloud), (KeyKind::Scim, scim), (KeyKind::Organisation, organisation)]
        {
            let Some(key) = key else { continue };
            if let Err(error) = self.set_key(&id, kind, key).await {
                self.remove_connection(&id).await?;
                return Err(error);
            }
        }
        self.connection(&id).await
    }

    /// Adds a connection whose both sides are the built-in simulators; its keys live in this process only.
    ///
    /// # Errors
    /// As [`Engine::add_connection`].
    pub async fn add_sandbox_connection(
        &self,
        draft: ConnectionDraft,
    ) -> Result<ConnectionView, EngineError> {
        self.inner.add_connection(&draft, true).await
    }

    /// Replaces what was entered about a connection. Nothing is recorded when nothing differs; plans that were made for
    /// other addresses and not approved are dropped.
    ///
    /// # Errors
    /// `InvalidInput`, `NotFound`; `Busy` when addresses change while a job is using them.
    pub async fn set_connection(
        &self,
        id: &ConnectionId,
        draft: ConnectionDraft,
    ) -> Result<ConnectionView, EngineError> {
        self.inner.check_writable()?;
        let draft = normalise_draft(&draft)?;
        let before = self.inner.connection_record(id).await?;
        let is_elsewhere = before.draft.endpoints != draft.endpoints;
        if is_elsewhere {
            self.inner.supervisor.check_idle(id)?;
        }
        if before.is_sandbox {
            check_sandbox(&draft.endpoints)?;
        }
        let changed = changed_fields(&before.draft, &draft);
        if !changed.is_empty() {
            let event = self.inner.connection_event(UPDATE, &draft.name, Some(&changed));
            let (id, at) = (id.clone(), self.inner.clock.now());
            self.inner
                .store
                .write(move |tx| {
                    connections::update(tx, &id, &draft, at)?;
                    if is_elsewhere {
                        // What was planned for one directory must not be sent to another.
                        plans::drop_unapproved(tx, &id)?;
                    }
                    record(tx, &id, event)
                })
                .await?;
        }
        self.connection(id).await
    }

    /// Removes a connection with everything stored about it but its event log, and its keys in the secret store. Nothing changes on either side.
    ///
    /// # Errors
    /// `NotFound`; `Busy` while a job is going on.
    pub async fn remove_connection(&self, id: &ConnectionId) -> Result<(), EngineError> {
        self.inner.check_writable()?;
        self.inner.supervisor.check_idle(id)?;
        let before = self.inner.connection_record(id).await?;
        for kind in KeyKind::ALL {
            // A secret store that does not answer must not keep a connection alive; what is left there is an entry that nothing uses.
            if let Err(error) = self.inner.secrets.delete(id, kind).await {
                tracing::warn!(connection = id.as_str(), kind = kind.name(), error = %error, "A key could not be deleted.");
            }
        }
        let event = self.inner.connection_event(DELETE, &before.draft.name, None);
        let removed = id.clone();
        self.inner
            .store
            .write(move |tx| {
                record(tx, &removed, event)?;
                connections::remove(tx, &removed)
            })
            .await?;
        self.inner.forget_clients(id);
        Ok(())
    }

    /// Lets plans be applied.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn activate(&self, id: &ConnectionId) -> Result<ConnectionView, EngineError> {
        let before = self.inner.connection_record(id).await?;
        if before.state != ConnectionState::Active {
            let event = self.inner.connection_event(ACTIVATE, &before.draft.name, None);
            self.inner.store_state(id, ConnectionState::Active, None, Some(event)).await?;
        }
        self.connection(id).await
    }

    /// Stops plans from being applied; people and groups in the target stay as they are.
    ///
    /// # Errors
    /// `NotFound`; `Busy` while a run is going on.
    pub async fn deactivate(&self, id: &ConnectionId) -> Result<ConnectionView, EngineError> {
        self.inner.supervisor.check_idle(id)?;
        let before = self.inner.connection_record(id).await?;
        if before.state != ConnectionState::Inactive {
            let event = self.inner.connection_event(UPDATE, &before.draft.name, Some(&["state"]));
            self.inner.store_state(id, ConnectionState::Inactive, None, Some(event)).await?;
        }
        self.connection(id).await
    }

    /// Stores a key in the operating system's secret store; for a sandbox connection, in memory.
    ///
    /// # Errors
    /// `KeychainUnavailable` that names the environment variable, with nothing changed; `InvalidInput` for a key that cannot be one.
    pub async fn set_key(
        &self,
        id: &ConnectionId,
        kind: KeyKind,
        key: Sensitive,
    ) -> Result<ConnectionView, EngineError> {
        self.inner.check_writable()?;
        let before = self.inner.connection_record(id).await?;
        check_key(kind, &key)?;
        if before.is_sandbox {
            self.inner.secrets.hold_in_memory(id, kind, key);
        } else {
            self.inner.secrets.set(id, kind, key).await?;
            let changed = [kind.label()];
            let event = self.inner.connection_event(UPDATE, &before.draft.name, Some(&changed));
            let changed_id = id.clone();
            self.inner.store.write(move |tx| record(tx, &changed_id, event)).await?;
        }
        self.inner.forget_clients(id);
        self.connection(id).await
    }

    /// Holds a key of a sandbox connection in this process's memory.
    ///
    /// # Errors
    /// `InvalidInput` for a connection to the real services.
    pub async fn set_memory_key(
        &self,
        id: &ConnectionId,
        kind: KeyKind,
        key: Sensitive,
    ) -> Result<(), EngineError> {
        let before = self.inner.connection_record(id).await?;
        if !before.is_sandbox {
            return Err(EngineError::new(
                ErrorCode::InvalidInput,
                "Keys of a real connection are kept in the operating system's secret store, not in memory",
            ));
        }
        check_key(kind, &key)?;
        self.inner.secrets.hold_in_memory(id, kind, key);
        self.inner.forget_clients(id);
        // Nothing was stored, so no write tells of it.
        self.inner.emit(EngineEvent::CacheInvalidated(vec![CacheTag::Connections]));
        Ok(())
    }
}

impl Inner {
    /// Returns a connection as it is stored.
    pub(crate) async fn connection_record(&self, id: &ConnectionId) -> Result<ConnectionRecord, EngineError> {
        let wanted = id.clone();
        self.store.read(move |connection| connections::get(connection, &wanted)).await.map_err(|error| {
            match error {
                StoreError::NotFound { .. } => {
                    EngineError::new(ErrorCode::NotFound, format!("There is no connection {id}"))
                        .hint("`lockstepctl connection list` shows which there are")
                }
                other => other.into(),
            }
        })
    }

    /// Pauses a connection whose credentials were refused (R5), with a sentence of what to do; recorded in its log.
    pub(crate) async fn pause(&self, id: &ConnectionId, reason: &str) -> Result<(), EngineError> {
        let before = self.connection_record(id).await?;
        if before.state == ConnectionState::Inactive {
            return Ok(());
        }
        let event = NewEvent {
            outcome: Outcome::Failure,
            error: Some(reason.to_owned()),
            ..self.connection_event(UPDATE, &before.draft.name, Some(&["state"]))
        };
        self.store_state(id, ConnectionState::Paused, Some(reason.to_owned()), Some(event)).await
    }

    /// Resumes a paused connection after a probe that succeeded; any other state stays.
    pub(crate) async fn resume(&self, id: &ConnectionId) -> Result<(), EngineError> {
        let before = self.connection_record(id).await?;
        if before.state != ConnectionState::Paused {
            return Ok(());
        }
        let event = self.connection_event(UPDATE, &before.draft.name, Some(&["state"]));
        self.store_state(id, ConnectionState::Active, None, Some(event)).await
    }

    async fn add_connection(
        &self,
        draft: &ConnectionDraft,
        is_sandbox: bool,
    ) -> Result<ConnectionView, EngineError> {
        self.check_writable()?;
        let draft = normalise_draft(draft)?;
        if is_sandbox {
            check_sandbox(&draft.endpoints)?;
        }
        let at = self.clock.now();
        let added = self
            .store
            .write(move |tx| {
                let id = connections::free_id(tx, &draft.name)?;
                connections::insert(tx, &id, &draft, is_sandbox, at)?;
                connections::get(tx, &id)
            })
            .await?;
        Ok(self.connection_view(added).await)
    }

    async fn store_state(
        &self,
        id: &ConnectionId,
        state: ConnectionState,
        reason: Option<String>,
        event: Option<NewEvent>,
    ) -> Result<(), EngineError> {
        self.check_writable()?;
        let (id, at) = (id.clone(), self.clock.now());
        self.store
            .write(move |tx| {
                connections::set_state(tx, &id, state, reason.as_deref(), at)?;
                event.map_or(Ok(()), |event| record(tx, &id, event))
            })
            .await?;
        Ok(())
    }

    pub(crate) async fn connection_view(&self, record: ConnectionRecord) -> ConnectionView {
        let keys = futures::future::join_all(KeyKind::ALL.map(|kind| self.key_status(&record, kind))).await;
        ConnectionView {
            connection_id: record.id,
            state: record.state,
            pause_reason: record.pause_reason,
            is_sandbox: record.is_sandbox,
            draft: record.draft,
            keys,
        }
    }

    /// Says whether there is a key; the answer holds a fingerprint, never the key.
    async fn key_status(&self, record: &ConnectionRecord, kind: KeyKind) -> KeyStatus {
        let id = &record.id;
        if record.is_sandbox {
            let held = self.secrets.held(id, kind).map(|value| Secret { value, origin: Origin::Memory });
            return self.status_of(kind, Ok(held));
        }
        match self.secrets.at_hand(id, kind) {
            Ok(None) => {
                let ask = async { self.status_of(kind, self.secrets.find(id, kind).await) };
                self.known_keys.status(id, kind, self.clock.now(), ask).await
            }
            found => self.status_of(kind, found),
        }
    }

    pub(crate) fn status_of(&self, kind: KeyKind, found: Result<Option<Secret>, SecretError>) -> KeyStatus {
        let mut status = KeyStatus { kind, is_stored: false, origin: None, fingerprint: None, problem: None };
        match found {
            Ok(Some(secret)) => {
                status.is_stored = true;
                status.origin = Some(secret.origin.name().to_owned());
                status.fingerprint = self.salt.map(|salt| Fingerprint::of(&secret.value, salt).to_string());
            }
            Ok(None) => {}
            Err(error) => status.problem = Some(error.to_string()),
        }
        status
    }

    fn connection_event(&self, event_type: &'static str, name: &str, changed: Option<&[&str]>) -> NewEvent {
        let mut subject = json!({"type": "connection", "label": name});
        if let (Some(changed), Value::Object(members)) = (changed, &mut subject) {
            members.insert("changed".to_owned(), json!(changed));
        }
        NewEvent {
            time: self.clock.now(),
            event_type,
            outcome: Outcome::Success,
            subject,
            run: None,
            status: None,
            error: None,
            initiated_by: self.initiator.clone(),
        }
    }
}

fn record(tx: &WriteTransaction<'_>, id: &ConnectionId, event: NewEvent) -> Result<(), StoreError> {
    events::append(tx, id, event).map(|_| ())
}

/// Refuses what can be no key before it is stored: a header could not carry it.
pub(super) fn check_key(kind: KeyKind, key: &Sensitive) -> Result<(), EngineError> {
    if key.is_empty() {
        return Err(SecretError::Empty { kind }.into());
    }
    if key.reveal().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(EngineError::new(
        ErrorCode::InvalidInput,
        format!(
            "The {} holds characters that no key has (a line break or a space inside, for instance)",
            kind.label()
        ),
    )
    .hint("Copy it again, whole and on its own"))
}

/// Refuses to call a connection a sandbox that reaches anything but this computer.
fn check_sandbox(endpoints: &Endpoints) -> Result<(), EngineError> {
    let Endpoints { jumpcloud_url, insights_url, scim_url, organisation_url, .. } = endpoints;
    let urls = [Some(jumpcloud_url), insights_url.as_ref(), Some(scim_url), organisation_url.as_ref()];
    for url in urls.into_iter().flatten() {
        if !BaseUrl::parse(url)?.is_loopback() {
            return Err(EngineError::new(
                ErrorCode::InvalidInput,
                format!("A sandbox connection stays on this computer, and {url} is elsewhere"),
            )
            .hint("Add a connection of its own for the real services"));
        }
    }
    Ok(())
}

/// Names what differs, as it is called on the command line.
fn changed_fields(before: &ConnectionDraft, after: &ConnectionDraft) -> Vec<&'static str> {
    let (old, new) = (&before.endpoints, &after.endpoints);
    let (was, is) = (&before.policy, &after.policy);
    [
        ("name", before.name != after.name),
        ("jumpcloud-url", old.jumpcloud_url != new.jumpcloud_url),
        ("insights-url", old.insights_url != new.insights_url),
        ("jumpcloud-org", old.jumpcloud_organisation != new.jumpcloud_organisation),
        ("application", old.application != new.application),
        ("scim-url", old.scim_url != new.scim_url),
        ("organisation-url", old.organisation_url != new.organisation_url),
        ("organisation-id", old.organisation_id != new.organisation_id),
        ("group-management", was.group_management != is.group_management),
        ("domains", was.domains != is.domains),
        ("verified-domain", was.typed_domains != is.typed_domains),
        ("user-limit", was.user_limit != is.user_limit),
        ("user-order", was.user_order != is.user_order),
        ("guards", was.guards != is.guards),
        ("protect-person", was.protected_people != is.protected_people),
        ("protect-group", was.protected_groups != is.protected_groups),
        ("deleted-users", was.deleted_users != is.deleted_users),
        ("mapping", was.mapping != is.mapping),
        ("concurrency", before.concurrency != after.concurrency),
        ("read-interval", before.read_interval_seconds != after.read_interval_seconds),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}
