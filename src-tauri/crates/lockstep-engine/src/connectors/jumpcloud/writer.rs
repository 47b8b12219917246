//! What Lockstep changes in JumpCloud: who is in a group, and which groups an application has. Approved steps only (R1):
//! readings and plans are given a [`JumpCloudClient`], which cannot write; only who is given this client can.

use std::time::Duration;

use bytes::Bytes;
use lockstep_core::ids::{SourceGroupId, SourceUserId};
use reqwest::Method;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::client::{JumpCloudClient, JumpCloudSettings};
use crate::http::{ConnectorError, HttpClient, Repeat, Request};

/// Looks at an association until it shows what was written; JumpCloud answers a moment before its lists do.
const LOOKS: u32 = 6;
/// Wait before the second look; doubles.
const FIRST_WAIT: Duration = Duration::from_millis(150);

/// A client of one JumpCloud organisation that writes.
#[derive(Debug, Clone)]
pub struct JumpCloudWriter {
    http: HttpClient,
    reader: JumpCloudClient,
}

/// What came of a change of an edge of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It was made.
    Now,
    /// It was so before: 409 `Already Exists` to an addition, 404 to a removal.
    Before,
}

/// What happens to an association.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// The group is bound to the application.
    Bound,
    /// It is not.
    Unbound,
}

impl JumpCloudWriter {
    /// Makes a client. Nothing is sent yet.
    pub fn new(settings: JumpCloudSettings, key: &str) -> Result<Self, ConnectorError> {
        let (http, reader) = JumpCloudClient::both(settings, key)?;
        Ok(Self { http, reader })
    }

    /// Returns the client that only reads; it shares limiter and counters.
    #[must_use]
    pub fn reader(&self) -> &JumpCloudClient {
        &self.reader
    }

    /// Returns a clone that sends nothing more once the token is cancelled.
    #[must_use]
    pub fn stopped_by(&self, stop: CancellationToken) -> Self {
        Self { http: self.http.stopped_by(stop.clone()), reader: self.reader.stopped_by(stop) }
    }

    /// Returns the HTTP client, for its meter.
    pub fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Adds a person to a user group.
    ///
    /// Errors: [`ConnectorError::NotFound`] for an unknown person; [`ConnectorError::InvalidRequest`] for an unknown group. A
    /// group whose rule decides on its members takes the addition and drops it again: read back what came of it.
    pub async fn add_member(
        &self,
        group: &SourceGroupId,
        person: &SourceUserId,
    ) -> Result<Written, ConnectorError> {
        let body = json!({"op": "add", "type": "user", "id": person.as_str()});
        self.add("/api/v2/usergroups/{id}/members", group.as_str(), &body).await
    }

    /// Binds a user group to an application, or unbinds it, and waits until the application's list shows it.
    ///
    /// Errors: [`ConnectorError::NotFound`] for an unknown application or group; [`ConnectorError::Protocol`] when it was answered
    /// with success and does not show.
    pub async fn set_binding(
        &self,
        application: &str,
        group: &SourceGroupId,
        binding: Binding,
    ) -> Result<Written, ConnectorError> {
        const TEMPLATE: &str = "/api/v2/applications/{id}/associations";
        let body = |op: &str| json!({"op": op, "type": "user_group", "id": group.as_str()});
        let written = match binding {
            Binding::Bound => self.add(TEMPLATE, application, &body("add")).await?,
            Binding::Unbound => match self.change(TEMPLATE, application, &body("remove")).await {
                // Unbound already, or the application is gone: the look below tells.
                Err(ConnectorError::NotFound { is_page: false, .. }) => Written::Before,
                result => result.map(|()| Written::Now)?,
            },
        };
        let mut wait = FIRST_WAIT;
        for look in 1..=LOOKS {
            let bound = self.reader.bound_groups(application).await?;
            let is_bound = bound.items.binary_search(group).is_ok();
            // That it is not in a list proves nothing while the list is incomplete.
            if is_bound == (binding == Binding::Bound) && (is_bound || bound.completeness.is_complete()) {
                return Ok(written);
            }
            if look < LOOKS {
                tokio::time::sleep(wait).await;
                wait = wait.saturating_mul(2);
            }
        }
        Err(ConnectorError::Protocol {
            path: TEMPLATE,
            detail: "the change was confirmed, and the list of bound groups does not show it".to_owned(),
        })
    }

    async fn add(
        &self,
        template: &'static str,
        id: &str,
        body: &serde_json::Value,
    ) -> Result<Written, ConnectorError> {
        match self.change(template, id, body).await {
            Ok(()) => Ok(Written::Now),
            Err(ConnectorError::AlreadyExists { .. }) => Ok(Written::Before),
            // Some routes answer 400 with the same words.
            Err(ConnectorError::InvalidRequest { detail, .. })
                if detail.to_ascii_lowercase().contains("already exist") =>
            {
                Ok(Written::Before)
            }
            Err(error) => Err(error),
        }
    }

    async fn change(
        &self,
        template: &'static str,
        id: &str,
        body: &serde_json::Value,
    ) -> Result<(), ConnectorError> {
        // An edge is there or not: twice is once.
        let request = Request::new(Method::POST, template, &[id])
            .body(Bytes::from(body.to_string()))
            .repeat(Repeat::Idempotent);
        self.http.send(&self.reader.with_organisation(request)).await.map(drop)
    }
}
