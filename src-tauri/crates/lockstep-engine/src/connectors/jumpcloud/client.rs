//! JumpCloud's requests, one method each.

use lockstep_core::ids::{SourceGroupId, SourceUserId};
use lockstep_core::snapshot::source::SourcePerson;
use reqwest::header::{HeaderName, HeaderValue};
use tokio_util::sync::CancellationToken;

use super::map;
use super::paging;
use super::wire::{SYSTEM_USER_FIELDS, SystemUser, UserGroup, WireApplication};
use crate::connectors::listing::Listing;
use crate::http::{
    Answer, BaseUrl, ConnectorError, Credential, HttpClient, HttpSettings, Request, RetryPolicy, parse,
};

/// Names the organisation for admins of several; routes about organisations refuse it with 403.
const ORGANISATION_HEADER: HeaderName = HeaderName::from_static("x-org-id");
/// What people copy along with the console's address.
const SUFFIXES: [&str; 2] = ["/api/v2", "/api"];

/// How to reach a JumpCloud organisation.
#[derive(Debug, Clone)]
pub struct JumpCloudSettings {
    /// The console's address, for example [`super::Region::console_url`].
    pub console_url: String,
    /// Id of the organisation, for admins of several.
    pub organisation: Option<String>,
    /// Requests in flight at most.
    pub concurrency: usize,
    /// How patiently to repeat.
    pub retry: RetryPolicy,
}

/// A client of one JumpCloud organisation; it never writes.
#[derive(Debug, Clone)]
pub struct JumpCloudClient {
    http: HttpClient,
    organisation: Option<HeaderValue>,
}

/// An SSO application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// `_id`.
    pub id: String,
    /// Its display label, else another name.
    pub label: String,
    /// Template name, `atlassiancloud` for Atlassian's; may be empty.
    pub template: String,
    /// Whether it connects to Atlassian.
    pub is_atlassian: bool,
}

/// An organisation that the key can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// `_id`.
    pub id: String,
    /// `displayName`.
    pub name: String,
}

/// A user group's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupName {
    /// `id`.
    pub id: SourceGroupId,
    /// `name`.
    pub name: String,
    /// Whether a rule decides who is in it (`membershipMethod` is `DYNAMIC_AUTOMATED`); `None` where the answer does not say, as lists never do.
    pub is_dynamic: Option<bool>,
}

impl JumpCloudClient {
    /// Makes a client. Nothing is sent yet.
    pub fn new(settings: JumpCloudSettings, key: &str) -> Result<Self, ConnectorError> {
        Self::both(settings, key).map(|(_, client)| client)
    }

    /// Makes the writing HTTP client and the reading client over it.
    pub(super) fn both(settings: JumpCloudSettings, key: &str) -> Result<(HttpClient, Self), ConnectorError> {
        let organisation = match settings.organisation.as_deref().map(str::trim).filter(|id| !id.is_empty()) {
            None => None,
            Some(id) => Some(HeaderValue::from_str(id).map_err(|_| ConnectorError::InvalidRequest {
                status: 400,
                scim_type: None,
                detail: "The JumpCloud organisation id holds characters that no id has".to_owned(),
            })?),
        };
        let http = HttpClient::new(HttpSettings {
            service: "JumpCloud",
            base: BaseUrl::parse(&settings.console_url)?.without_suffix(&SUFFIXES),
            credential: Credential::api_key(key)?,
            content_type: "application/json",
            accept: "application/json",
            concurrency: settings.concurrency,
            retry: settings.retry,
        })?;
        let client = Self { http: http.read_only(), organisation };
        Ok((http, client))
    }

    /// Returns a clone that sends nothing more once the token is cancelled.
    #[must_use]
    pub fn stopped_by(&self, stop: CancellationToken) -> Self {
        Self { http: self.http.stopped_by(stop), organisation: self.organisation.clone() }
    }

    /// Returns the HTTP client, for its meter and address.
    pub fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Starts a request for a route that takes the organisation's header.
    pub(super) fn get(&self, template: &'static str, values: &[&str]) -> Request {
        self.with_organisation(Request::get(template, values))
    }

    /// Adds the organisation's header, where there is one.
    pub(super) fn with_organisation(&self, request: Request) -> Request {
        match &self.organisation {
            Some(id) => request.header(ORGANISATION_HEADER, id.clone()),
            None => request,
        }
    }

    pub(super) async fn read<T>(
        &self,
        request: &Request,
        read: impl Fn(&Answer) -> Result<T, ConnectorError>,
    ) -> Result<T, ConnectorError> {
        self.http.send_and_read(request, |answer| read(&answer)).await
    }

    /// Lists the organisations that the key can see. Sent without `x-org-id`, which this route refuses.
    pub async fn organisations(&self) -> Result<Listing<Organisation>, ConnectorError> {
        paging::organisations(self).await
    }

    /// Asks for one system user, to prove that the key may list them. Returns how many there are, where it is said.
    pub async fn count_people(&self) -> Result<Option<usize>, ConnectorError> {
        let request =
            self.get("/api/systemusers", &[]).query("limit", "1").query("sort", "_id").query("fields", "_id");
        let template = request.template();
        self.read(&request, |answer| {
            parse::<super::wire::WrappedList<'_, SystemUser<'_>>>(&answer.body, template)
                .map(|list| list.total_count.count())
        })
        .await
    }

    /// Lists all system users of the organisation, sorted by id.
    pub async fn people(&self) -> Result<Listing<SourcePerson>, ConnectorError> {
        paging::people(self).await
    }

    /// Reads one system user; `None` when deleted.
    pub async fn person(&self, id: &SourceUserId) -> Result<Option<SourcePerson>, ConnectorError> {
        let request = self.get("/api/systemusers/{id}", &[id.as_str()]).query("fields", SYSTEM_USER_FIELDS);
        let template = request.template();
        found(
            self.read(&request, |answer| {
                let wire: SystemUser<'_> = parse(&answer.body, template)?;
                map::person(&wire).filter(|person| person.id == *id).ok_or_else(|| without_id(template))
            })
            .await,
        )
    }

    /// Reads one user group's name and whether it is dynamic; `None` when deleted.
    pub async fn group(&self, id: &SourceGroupId) -> Result<Option<GroupName>, ConnectorError> {
        let request = self.get("/api/v2/usergroups/{id}", &[id.as_str()]);
        let template = request.template();
        found(
            self.read(&request, |answer| {
                let wire: UserGroup<'_> = parse(&answer.body, template)?;
                group_name(&wire).filter(|group| group.id == *id).ok_or_else(|| without_id(template))
            })
            .await,
        )
    }

    /// Reads one application; `None` when there is no such application.
    pub async fn application(&self, id: &str) -> Result<Option<Application>, ConnectorError> {
        let request = self.get("/api/applications/{id}", &[id]);
        let template = request.template();
        found(
            self.read(&request, |answer| {
                let wire: WireApplication<'_> = parse(&answer.body, template)?;
                map::application(&wire).ok_or_else(|| without_id(template))
            })
            .await,
        )
    }

    /// Lists all SSO applications, sorted by id.
    pub async fn applications(&self) -> Result<Listing<Application>, ConnectorError> {
        paging::applications(self).await
    }

    /// Lists the user groups bound directly to an application, sorted by id.
    pub async fn bound_groups(&self, application: &str) -> Result<Listing<SourceGroupId>, ConnectorError> {
        paging::bound_groups(self, application).await
    }

    /// Lists all user groups of the organisation, bound or not, sorted by id.
    pub async fn groups(&self) -> Result<Listing<GroupName>, ConnectorError> {
        paging::groups(self).await
    }

    /// Lists the people in a user group, sorted by id.
    pub async fn members(
        &self,
        group: &SourceGroupId,
        name: &str,
    ) -> Result<Listing<SourceUserId>, ConnectorError> {
        paging::members(self, group, name).await
    }
}

/// Turns "not found" into `None`, unless a gateway's page said it: that proves nothing (R2).
fn found<T>(result: Result<T, ConnectorError>) -> Result<Option<T>, ConnectorError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(ConnectorError::NotFound { is_page: false, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn group_name(wire: &UserGroup<'_>) -> Option<GroupName> {
    let id = SourceGroupId::from(wire.id.filled()?);
    let is_dynamic = wire.membership_method.filled().map(|method| method == "DYNAMIC_AUTOMATED");
    Some(GroupName { id, name: wire.name.filled().unwrap_or_default().to_owned(), is_dynamic })
}

pub(super) fn without_id(path: &'static str) -> ConnectorError {
    ConnectorError::Protocol { path, detail: "an entry without its id".to_owned() }
}
