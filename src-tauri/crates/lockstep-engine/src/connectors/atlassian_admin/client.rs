//! The organisation API's requests, one method each.

use bytes::Bytes;
use lockstep_core::snapshot::target::OrganisationGroup;
use reqwest::{Method, Url};
use rustc_hash::FxHashSet;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::map;
use super::wire::{
    GroupSearch, UserSearch, WireDirectory, WireDomain, WireGroup, WireObject, WireOrganisation, WirePage,
    WireRoleAssignment, WireUser, WireWorkspace, WorkspaceQuery,
};
use crate::http::{
    BaseUrl, ConnectorError, Credential, HttpClient, HttpSettings, Repeat, Request, RetryPolicy, parse,
};

/// Stands for all directories that the key may manage.
const ALL_DIRECTORIES: &str = "-";
/// 100 is the most that any source names for users; for groups none is published, so a refusal falls back to the default.
const PAGE_SIZE: u32 = 100;
/// Cursors followed at most: beyond it (a million entries) it is a circle that our check for repeats missed.
const MOST_PAGES: usize = 10_000;
/// Names per search; none is published, the other lists of the search take 10 to 20.
pub(super) const NAMES_PER_SEARCH: usize = 20;
/// Group ids per search of people: the published maximum.
pub(super) const GROUPS_PER_SEARCH: usize = 10;
/// Addresses per search; none is published, the other lists of the search take 10 to 20.
pub(super) const EMAILS_PER_SEARCH: usize = 20;

/// How to reach the organisation API.
#[derive(Debug, Clone)]
pub struct AdminSettings {
    /// The API's host, `https://api.atlassian.com`.
    pub base_url: String,
    /// The organisation's id, the part after `/o/` of the administration's address.
    pub organisation: String,
    /// Requests in flight at most.
    pub concurrency: usize,
    /// How patiently to repeat.
    pub retry: RetryPolicy,
}

/// A client of one organisation; it never writes.
#[derive(Debug, Clone)]
pub struct AdminClient {
    http: HttpClient,
    organisation: String,
}

/// A user base directory; another id space than SCIM directories'.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// `directoryId`.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Which groups are searched for.
#[derive(Debug, Clone, Copy)]
pub enum GroupQuery<'a> {
    /// All.
    All,
    /// Those with exactly these names, in any letter case.
    Named(&'a [&'a str]),
    /// Those with these ids.
    Ids(&'a [&'a str]),
}

/// Which users are searched for.
#[derive(Debug, Clone, Copy)]
pub enum UserQuery<'a> {
    /// All.
    All,
    /// The members of a group.
    InGroup(&'a str),
    /// Whoever is in any of these groups, at most 10.
    InGroups(&'a [&'a str]),
    /// Those with exactly these addresses.
    Emails(&'a [&'a str]),
    /// Those with these account ids, at most 10.
    Accounts(&'a [&'a str]),
}

/// What a group gives access to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleAssignment {
    /// `resourceId`, an ARI.
    pub resource: String,
    /// `resourceOwner`: the app.
    pub app: Option<String>,
    /// Not `None`: the group is a default access group of the resource, and cannot be synced.
    pub default_role: Option<String>,
    /// Roles granted.
    pub roles: Vec<String>,
}

/// A person as the organisation sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryUser {
    /// `accountId`.
    pub account_id: String,
    /// `accountType`, for example `atlassian` or `app`.
    pub account_type: Option<String>,
    /// `status`, for example `active`, `suspended`, `deactivated`.
    pub status: Option<String>,
    /// `membershipStatus`.
    pub membership_status: Option<String>,
    /// `name`.
    pub name: Option<String>,
    /// `nickname`.
    pub nickname: Option<String>,
    /// `email`; may be missing for unmanaged accounts.
    pub email: Option<String>,
    /// `claimStatus` is `managed`.
    pub is_managed: bool,
    /// `managementSource` is `synced`: came by an identity provider.
    pub is_synced: bool,
    /// `addedToOrg`.
    pub added_at: Option<String>,
    /// Names of the apps with access.
    pub products: Vec<String>,
    /// The latest `lastActive` of any app.
    pub last_active: Option<String>,
    /// Groups as (id, name), where they were asked for.
    pub groups: Vec<(String, String)>,
}

/// The entries of a page, and the next page's cursor.
type OnePage<T> = Result<(Vec<T>, Option<String>), ConnectorError>;

impl AdminClient {
    /// Makes a client. Nothing is sent yet.
    pub fn new(settings: &AdminSettings, key: &str) -> Result<Self, ConnectorError> {
        let base = BaseUrl::parse(&settings.base_url)?;
        let base = match base.path().split_once("/admin") {
            // Whatever deeper address was copied: the host is what counts.
            Some((prefix, rest)) if rest.is_empty() || rest.starts_with('/') => base.with_path(prefix),
            _ => base,
        };
        let organisation = settings.organisation.trim();
        if organisation.is_empty() || organisation.contains('/') {
            return Err(ConnectorError::InvalidUrl {
                problem: "The organisation's id is empty or holds more than the id".to_owned(),
                remedy: "Copy the part after /o/ of the address of Atlassian Administration, up to the next slash",
            });
        }
        let http = HttpClient::new(HttpSettings {
            service: "Atlassian organisation",
            base,
            credential: Credential::bearer(key)?,
            content_type: "application/json",
            accept: "application/json",
            concurrency: settings.concurrency,
            retry: settings.retry.clone(),
        })?;
        Ok(Self { http: http.read_only(), organisation: organisation.to_owned() })
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

    /// Reads the organisation's name. The list of organisations is of no use: it is empty for keys with scopes.
    pub async fn organisation_name(&self) -> Result<String, ConnectorError> {
        let request = Request::get("/admin/v1/orgs/{org}", &[&self.organisation]);
        let template = request.template();
        self.http
            .send_and_read(&request, |answer| {
                let organisation: WireObject<WireOrganisation<'_>> = parse(&answer.body, template)?;
                let WireOrganisation { id, attributes } = organisation.data;
                let name = attributes.as_ref().and_then(|attributes| attributes.name.filled());
                Ok(name.or_else(|| id.filled()).unwrap_or(&self.organisation).to_owned())
            })
            .await
    }

    /// Lists the user base directories.
    pub async fn directories(&self) -> Result<Vec<Directory>, ConnectorError> {
        let first = Request::get("/admin/v2/orgs/{org}/directories", &[&self.organisation]);
        self.by_cursor(
            |cursor| Ok(with_cursor(first.clone(), cursor)),
            map_page::<WireDirectory<'_>, _>(map::directory),
        )
        .await
    }

    /// Lists the verified domains, lower case, sorted.
    pub async fn verified_domains(&self) -> Result<Vec<String>, ConnectorError> {
        let first = Request::get("/admin/v1/orgs/{org}/domains", &[&self.organisation]);
        // Domains whose claim is pending are left out, not broken.
        let read = |body: &[u8], path: &'static str| {
            let page: WirePage<'_, WireDomain<'_>> = parse(body, path)?;
            let next = page.links.as_ref().and_then(|links| links.next.filled()).map(str::to_owned);
            Ok((page.data.iter().filter_map(map::verified_domain).collect(), next))
        };
        let mut domains = self.by_cursor(|cursor| Ok(with_cursor(first.clone(), cursor)), read).await?;
        domains.sort_unstable();
        domains.dedup();
        Ok(domains)
    }

    /// Searches the organisation's groups, sorted by name, then id.
    pub async fn groups(&self, query: GroupQuery<'_>) -> Result<Vec<OrganisationGroup>, ConnectorError> {
        if let GroupQuery::Named([]) | GroupQuery::Ids([]) = query {
            return Ok(Vec::new());
        }
        let mut groups = match self.search_groups(query, Some(PAGE_SIZE)).await {
            Err(ConnectorError::InvalidRequest { .. }) => self.search_groups(query, None).await,
            result => result,
        }?;
        groups.sort_unstable_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        groups.dedup_by(|a, b| a.id == b.id);
        Ok(groups)
    }

    async fn search_groups(
        &self,
        query: GroupQuery<'_>,
        limit: Option<u32>,
    ) -> Result<Vec<OrganisationGroup>, ConnectorError> {
        let (group_names, group_ids) = match query {
            GroupQuery::All => (&[][..], &[][..]),
            GroupQuery::Named(names) => (names, &[][..]),
            GroupQuery::Ids(ids) => (&[][..], ids),
        };
        let ask = |cursor: Option<&str>| {
            let search = GroupSearch { cursor, limit, group_names, group_ids, expand: &["counts.users"] };
            self.search("/admin/v2/orgs/{org}/directories/{directory}/groups/search", &search)
        };
        self.by_cursor(ask, map_page::<WireGroup<'_>, _>(map::group)).await
    }

    /// Searches the organisation's people, with the apps that they use.
    pub async fn users(&self, query: UserQuery<'_>) -> Result<Vec<DirectoryUser>, ConnectorError> {
        self.search_users(query, &["productAccess"]).await
    }

    /// Searches the organisation's people, with the groups that they are in.
    pub async fn users_with_groups(
        &self,
        query: UserQuery<'_>,
    ) -> Result<Vec<DirectoryUser>, ConnectorError> {
        self.search_users(query, &["groups"]).await
    }

    async fn search_users(
        &self,
        query: UserQuery<'_>,
        expand: &[&str],
    ) -> Result<Vec<DirectoryUser>, ConnectorError> {
        let mut search = UserSearch {
            cursor: None,
            limit: Some(PAGE_SIZE),
            group_ids: &[],
            emails: &[],
            account_ids: &[],
            expand,
        };
        let group;
        match query {
            UserQuery::All => {}
            UserQuery::InGroup(id) => {
                group = [id];
                search.group_ids = &group;
            }
            UserQuery::InGroups([]) | UserQuery::Emails([]) | UserQuery::Accounts([]) => {
                return Ok(Vec::new());
            }
            UserQuery::InGroups(ids) => search.group_ids = ids,
            UserQuery::Emails(emails) => search.emails = emails,
            UserQuery::Accounts(ids) => search.account_ids = ids,
        }
        let ask = |cursor: Option<&str>| {
            let search = UserSearch { cursor, ..search };
            self.search("/admin/v2/orgs/{org}/directories/{directory}/users/search", &search)
        };
        self.by_cursor(ask, map_page::<WireUser<'_>, _>(map::user)).await
    }

    /// Lists what a group gives access to.
    pub async fn role_assignments(&self, group: &str) -> Result<Vec<RoleAssignment>, ConnectorError> {
        let first = Request::get(
            "/admin/v2/orgs/{org}/directories/{directory}/groups/{group}/role-assignments",
            &[&self.organisation, ALL_DIRECTORIES, group],
        );
        let read = map_page::<WireRoleAssignment<'_>, _>(map::role_assignment);
        self.by_cursor(|cursor| Ok(with_cursor(first.clone(), cursor)), read).await
    }

    /// Lists the apps of the organisation as pairs of resource and site name; those without a site are left out.
    pub async fn workspaces(&self) -> Result<Vec<(String, String)>, ConnectorError> {
        let ask = |cursor: Option<&str>| {
            let query = WorkspaceQuery { cursor, limit: PAGE_SIZE };
            let body = serde_json::to_vec(&query)
                .map_err(|error| ConnectorError::Internal { detail: error.to_string() })?;
            Ok(Request::new(Method::POST, "/admin/v2/orgs/{org}/workspaces", &[&self.organisation])
                .body(Bytes::from(body))
                .repeat(Repeat::Safe))
        };
        let read = |body: &[u8], path: &'static str| {
            let page: WirePage<'_, WireWorkspace<'_>> = parse(body, path)?;
            let next = page.links.as_ref().and_then(|links| links.next.filled()).map(str::to_owned);
            Ok((page.data.iter().filter_map(map::site_of_workspace).collect(), next))
        };
        self.by_cursor(ask, read).await
    }

    fn search(
        &self,
        template: &'static str,
        body: &impl serde::Serialize,
    ) -> Result<Request, ConnectorError> {
        let body = serde_json::to_vec(body)
            .map_err(|error| ConnectorError::Internal { detail: error.to_string() })?;
        Ok(Request::new(Method::POST, template, &[&self.organisation, ALL_DIRECTORIES])
            .body(Bytes::from(body))
            .repeat(Repeat::Safe))
    }

    /// Follows cursors to the end. A cursor that comes twice would go in a circle, and so is an error, not an end.
    async fn by_cursor<T>(
        &self,
        ask: impl Fn(Option<&str>) -> Result<Request, ConnectorError>,
        read: impl Fn(&[u8], &'static str) -> OnePage<T>,
    ) -> Result<Vec<T>, ConnectorError> {
        let mut items = Vec::new();
        let mut seen = FxHashSet::default();
        let mut cursor: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let request = ask(cursor.as_deref())?;
            let template = request.template();
            let (page, next) =
                self.http.send_and_read(&request, |answer| read(&answer.body, template)).await?;
            items.extend(page);
            let Some(next) = next else { return Ok(items) };
            let next = bare(next);
            if !seen.insert(next.clone()) {
                let detail = "the pages go in a circle".to_owned();
                return Err(ConnectorError::Protocol { path: template, detail });
            }
            cursor = Some(next);
        }
        Err(ConnectorError::Protocol { path: "cursor", detail: "the pages do not end".to_owned() })
    }
}

fn with_cursor(request: Request, cursor: Option<&str>) -> Request {
    match cursor {
        Some(cursor) => request.query("cursor", cursor),
        None => request,
    }
}

/// Takes the cursor out of an address, where an address was sent; addresses themselves are never followed.
fn bare(next: String) -> String {
    let address = Url::parse(&next).or_else(|_| match next.starts_with(['/', '?']) {
        true => Url::parse("https://api.atlassian.com").and_then(|base| base.join(&next)),
        false => Err(url::ParseError::RelativeUrlWithoutBase),
    });
    let cursor = address.ok().and_then(|address| {
        address.query_pairs().find(|(name, _)| name == "cursor").map(|(_, value)| value.into_owned())
    });
    cursor.unwrap_or(next)
}

/// Reads one page; an entry without its id makes it unreadable, since it would hide something.
fn map_page<W, T>(map: impl for<'a> Fn(&W::Of<'a>) -> Option<T>) -> impl Fn(&[u8], &'static str) -> OnePage<T>
where
    W: Entry,
{
    move |body, path| {
        let page: WirePage<'_, W::Of<'_>> = parse(body, path)?;
        let next = page.links.as_ref().and_then(|links| links.next.filled()).map(str::to_owned);
        let entries = page.data.iter().map(|wire| {
            map(wire).ok_or(ConnectorError::Protocol { path, detail: "an entry without its id".to_owned() })
        });
        Ok((entries.collect::<Result<_, _>>()?, next))
    }
}

/// A wire type for any lifetime of the body it borrows from.
trait Entry {
    type Of<'a>: Deserialize<'a>;
}

macro_rules! entries {
    ($($wire:ident),*) => { $(impl Entry for $wire<'_> { type Of<'a> = $wire<'a>; })* };
}
entries!(WireDirectory, WireGroup, WireUser, WireRoleAssignment);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_from_both_versions_forms() {
        for (sent, expected) in [
            ("kloH…", "kloH…"),
            ("https://api.atlassian.com/admin/v1/orgs/x/users?cursor=ab%3D&limit=2", "ab="),
            ("/admin/v1/orgs/x/users?limit=2&cursor=ab", "ab"),
            ("https://evil.example/?cursor=ab", "ab"),
            ("eyJhIjoxfQ==", "eyJhIjoxfQ=="),
        ] {
            assert_eq!(bare(sent.to_owned()), expected, "the cursor in {sent}");
        }
    }
}
