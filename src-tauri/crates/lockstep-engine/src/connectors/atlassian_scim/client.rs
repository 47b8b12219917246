//! SCIM's requests, one method each.
//!
//! `Location` is never followed: on some servers it is relative, missing or wrong.

use std::sync::Mutex;
use std::sync::PoisonError;

use bytes::Bytes;
use lockstep_core::attribute::AttributeSet;
use lockstep_core::ids::ScimId;
use lockstep_core::scim::{
    self, IdPool, MemberRemovalForm, Page as ScimPage, ScimReadError, group_create_body, group_rename_body,
    members_add_body, members_change_body, members_remove_body,
};
use lockstep_core::snapshot::target::{TargetGroup, TargetUser};
use reqwest::Method;
use serde::de::IgnoredAny;
use tokio_util::sync::CancellationToken;

use super::base;
use super::capabilities::{Capabilities, WireConfig};
use super::directory::TargetDirectoryId;
use crate::http::{
    Answer, ConnectorError, Credential, HttpClient, HttpSettings, Repeat, Request, RetryPolicy,
    TransportFault, parse,
};

/// Atlassian answers at most 100, whatever is asked for.
pub(super) const PAGE_SIZE: usize = 100;
const PAGE_SIZE_TEXT: &str = "100";

/// How to reach a SCIM directory.
#[derive(Debug, Clone)]
pub struct ScimSettings {
    /// The directory base URL, as typed.
    pub base_url: String,
    /// Requests in flight at most.
    pub concurrency: usize,
    /// How patiently to repeat.
    pub retry: RetryPolicy,
}

/// What a user can be looked up by: the two attributes that Atlassian filters on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserKey<'a> {
    /// `externalId eq "…"`.
    ExternalId(&'a str),
    /// `userName eq "…"`.
    UserName(&'a str),
}

/// A client of one SCIM directory.
#[derive(Debug, Clone)]
pub struct ScimClient {
    http: HttpClient,
}

impl ScimClient {
    /// Makes a client. Nothing is sent yet.
    pub fn new(settings: &ScimSettings, key: &str) -> Result<Self, ConnectorError> {
        let http = HttpClient::new(HttpSettings {
            service: "SCIM",
            base: base::parse(&settings.base_url)?,
            credential: Credential::bearer(key)?,
            content_type: "application/scim+json",
            accept: "application/scim+json, application/json",
            concurrency: settings.concurrency,
            retry: settings.retry.clone(),
        })?;
        Ok(Self { http })
    }

    /// Returns a clone that refuses to write.
    #[must_use]
    pub fn read_only(&self) -> Self {
        Self { http: self.http.read_only() }
    }

    /// Returns a clone whose requests count as repetitions.
    #[must_use]
    pub fn repeating(&self) -> Self {
        Self { http: self.http.repeating() }
    }

    /// Returns a clone that sends nothing more once the token is cancelled.
    #[must_use]
    pub fn stopped_by(&self, stop: CancellationToken) -> Self {
        Self { http: self.http.stopped_by(stop) }
    }

    /// Returns the HTTP client, for its meter and address.
    pub fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Asks what the server can do. A server without such a document is taken to do everything.
    pub async fn capabilities(&self) -> Result<Capabilities, ConnectorError> {
        let request = Request::get("/ServiceProviderConfig", &[]);
        let directory = |location: Option<&str>| TargetDirectoryId::new(self.http.base(), location);
        let read = |answer: Answer| {
            let config: WireConfig<'_> = parse(&answer.body, "/ServiceProviderConfig")?;
            Ok(Capabilities {
                patch: WireConfig::supports(config.patch.as_ref()),
                filter: WireConfig::supports(config.filter.as_ref()),
                is_described: true,
                directory: directory(config.meta.as_ref().and_then(|meta| meta.location.filled())),
            })
        };
        match self.http.send_and_read(&request, read).await {
            Err(ConnectorError::NotFound { .. } | ConnectorError::Protocol { .. }) => Ok(Capabilities {
                patch: true,
                filter: true,
                is_described: false,
                directory: directory(None),
            }),
            result => result,
        }
    }

    /// Reads one page of users; `start` is 1-based.
    pub async fn users_page(
        &self,
        start: usize,
        count: usize,
        pool: &Mutex<IdPool>,
    ) -> Result<ScimPage<TargetUser>, ConnectorError> {
        let request = list("/Users", start, count);
        self.read(&request, |body| scim::read_users_page(body, &mut lock(pool))).await
    }

    /// Reads one page of groups with their members; `start` is 1-based.
    pub async fn groups_page(
        &self,
        start: usize,
        count: usize,
        pool: &Mutex<IdPool>,
    ) -> Result<ScimPage<TargetGroup>, ConnectorError> {
        let request = list("/Groups", start, count);
        self.read(&request, |body| scim::read_groups_page(body, &mut lock(pool))).await
    }

    /// Reads one user; `None` when there is none.
    ///
    /// Some servers answer 500 for an unknown id: that stays an error, since it cannot be told from a failure.
    pub async fn user(&self, id: &ScimId) -> Result<Option<TargetUser>, ConnectorError> {
        let request = Request::get("/Users/{id}", &[id.as_str()]);
        found(self.read(&request, scim::read_user).await)
    }

    /// Reads the phone numbers of a user that are not ours, as they came; `None` when there is no such user.
    pub async fn other_phones(&self, id: &ScimId) -> Result<Option<Vec<serde_json::Value>>, ConnectorError> {
        let request = Request::get("/Users/{id}", &[id.as_str()]);
        found(self.read(&request, scim::read_other_phones).await)
    }

    /// Reads one group; `None` when there is none.
    pub async fn group(&self, id: &ScimId) -> Result<Option<TargetGroup>, ConnectorError> {
        let request = Request::get("/Groups/{id}", &[id.as_str()]);
        found(self.read(&request, |body| scim::read_group(body, &mut IdPool::default())).await)
    }

    /// Looks a user up by a filter; only users that really hold the value are returned.
    ///
    /// Absence proves nothing: some servers answer any filter with 0 hits, others ignore it.
    pub async fn find_users(&self, key: UserKey<'_>) -> Result<Vec<TargetUser>, ConnectorError> {
        use lockstep_core::attribute::Attribute;
        let (name, value, attribute) = match key {
            UserKey::ExternalId(value) => ("externalId", value, Attribute::ExternalId),
            UserKey::UserName(value) => ("userName", value, Attribute::UserName),
        };
        let request = Request::get("/Users", &[]).query("filter", &equals(name, value));
        let page = self.read(&request, |body| scim::read_users_page(body, &mut IdPool::default())).await?;
        let holds = |user: &TargetUser| match (key, user.attributes.get(attribute)) {
            (UserKey::ExternalId(value), Some(own)) => own == value,
            (UserKey::UserName(value), Some(own)) => own.to_lowercase() == value.to_lowercase(),
            (_, None) => false,
        };
        Ok(page.resources.into_iter().filter(holds).collect())
    }

    /// Looks groups up by name, in any letter case. Absence proves nothing, see [`Self::find_users`].
    pub async fn find_groups(&self, name: &str) -> Result<Vec<TargetGroup>, ConnectorError> {
        let request = Request::get("/Groups", &[]).query("filter", &equals("displayName", name));
        let page = self.read(&request, |body| scim::read_groups_page(body, &mut IdPool::default())).await?;
        let wanted = name.trim().to_lowercase();
        Ok(page
            .resources
            .into_iter()
            .filter(|group| group.display_name.trim().to_lowercase() == wanted)
            .collect())
    }

    /// Creates a user. Never sent again after an unknown outcome.
    ///
    /// Errors: [`ConnectorError::Protocol`] when it was created but the answer holds no id: look it up.
    pub async fn create_user(&self, attributes: &AttributeSet) -> Result<TargetUser, ConnectorError> {
        let request = write(Method::POST, "/Users", &[], scim::create_user_body(attributes));
        self.read(&request, scim::read_user).await
    }

    /// Changes a user with a body of [`scim::user_patch_body`]; returns the user where the server sends it back.
    pub async fn patch_user(&self, id: &ScimId, body: String) -> Result<Option<TargetUser>, ConnectorError> {
        // It sets values: twice is once.
        let request = write(Method::PATCH, "/Users/{id}", &[id.as_str()], body).repeat(Repeat::Idempotent);
        let answer = self.http.send(&request).await?;
        // The status is the server's word; what it did is read back anyway.
        Ok(scim::read_user(&answer.body).ok().filter(|user| user.id == *id))
    }

    /// Deletes a user. A second sending may find it gone: [`ConnectorError::NotFound`] then means done.
    pub async fn delete_user(&self, id: &ScimId) -> Result<(), ConnectorError> {
        self.http.send(&Request::new(Method::DELETE, "/Users/{id}", &[id.as_str()])).await.map(drop)
    }

    /// Creates a group without members. Never sent again after an unknown outcome.
    pub async fn create_group(
        &self,
        name: &str,
        external_id: Option<&str>,
    ) -> Result<TargetGroup, ConnectorError> {
        let request = write(Method::POST, "/Groups", &[], group_create_body(name, external_id));
        self.read(&request, |body| scim::read_group(body, &mut IdPool::default())).await
    }

    /// Renames a group; servers may refuse or ignore it (G4). Returns the group where the server sends it back.
    pub async fn rename_group(&self, id: &ScimId, name: &str) -> Result<Option<TargetGroup>, ConnectorError> {
        let request = write(Method::PATCH, "/Groups/{id}", &[id.as_str()], group_rename_body(name))
            .repeat(Repeat::Idempotent);
        let answer = self.http.send(&request).await?;
        Ok(scim::read_group(&answer.body, &mut IdPool::default()).ok().filter(|group| group.id == *id))
    }

    /// Deletes a group. A second sending may find it gone: [`ConnectorError::NotFound`] then means done.
    pub async fn delete_group(&self, id: &ScimId) -> Result<(), ConnectorError> {
        self.http.send(&Request::new(Method::DELETE, "/Groups/{id}", &[id.as_str()])).await.map(drop)
    }

    /// Adds members in one request. Not repeated after an unknown outcome: some servers then hold a member twice.
    pub async fn add_members(&self, group: &ScimId, members: &[ScimId]) -> Result<(), ConnectorError> {
        let request = write(Method::PATCH, "/Groups/{id}", &[group.as_str()], members_add_body(members));
        self.http.send(&request).await.map(drop)
    }

    /// Adds members and removes others in one request. Not repeated after an unknown outcome, as [`Self::add_members`].
    pub async fn change_members(
        &self,
        group: &ScimId,
        coming: &[ScimId],
        going: &[ScimId],
    ) -> Result<(), ConnectorError> {
        let body = members_change_body(coming, going);
        self.http.send(&write(Method::PATCH, "/Groups/{id}", &[group.as_str()], body)).await.map(drop)
    }

    /// Removes members in one request.
    pub async fn remove_members(
        &self,
        group: &ScimId,
        members: &[ScimId],
        form: MemberRemovalForm,
    ) -> Result<(), ConnectorError> {
        let body = members_remove_body(members, form);
        let request =
            write(Method::PATCH, "/Groups/{id}", &[group.as_str()], body).repeat(Repeat::Idempotent);
        self.http.send(&request).await.map(drop)
    }

    async fn read<T>(
        &self,
        request: &Request,
        read: impl Fn(&[u8]) -> Result<T, ScimReadError>,
    ) -> Result<T, ConnectorError> {
        let template = request.template();
        self.http
            .send_and_read(request, |answer| {
                read(&answer.body).map_err(|error| unreadable(error, &answer.body, template))
            })
            .await
    }
}

fn list(template: &'static str, start: usize, count: usize) -> Request {
    let request = Request::get(template, &[]).query("startIndex", &start.to_string());
    if count == PAGE_SIZE {
        request.query("count", PAGE_SIZE_TEXT)
    } else {
        request.query("count", &count.to_string())
    }
}

fn write(method: Method, template: &'static str, values: &[&str], body: String) -> Request {
    Request::new(method, template, values).body(Bytes::from(body))
}

/// A filter's text is written as in JSON (RFC 7644 §3.4.2.2).
fn equals(attribute: &str, value: &str) -> String {
    let mut filter = String::with_capacity(attribute.len() + value.len() + 8);
    filter.push_str(attribute);
    filter.push_str(" eq \"");
    for character in value.chars() {
        if matches!(character, '"' | '\\') {
            filter.push('\\');
        }
        filter.push(character);
    }
    filter.push('"');
    filter
}

/// Turns "not found" into `None`, unless a gateway's page said it: that proves nothing.
fn found<T>(result: Result<T, ConnectorError>) -> Result<Option<T>, ConnectorError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(ConnectorError::NotFound { is_page: false, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A body that merely ends early is a cut one, and so is read again.
fn unreadable(error: ScimReadError, body: &[u8], path: &'static str) -> ConnectorError {
    let is_cut =
        !body.is_empty() && serde_json::from_slice::<IgnoredAny>(body).is_err_and(|error| error.is_eof());
    if is_cut {
        return ConnectorError::Transport {
            fault: TransportFault::CutBody,
            detail: "the JSON ends early".to_owned(),
        };
    }
    let detail = if body.is_empty() { "an empty answer".to_owned() } else { error.to_string() };
    ConnectorError::Protocol { path, detail }
}

fn lock(pool: &Mutex<IdPool>) -> std::sync::MutexGuard<'_, IdPool> {
    // A pool is a set of texts: a panic elsewhere cannot leave it wrong.
    pool.lock().unwrap_or_else(PoisonError::into_inner)
}
