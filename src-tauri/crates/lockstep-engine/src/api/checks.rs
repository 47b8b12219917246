//! The connection test: a line per check, with what was found and what to do. It only reads.

use std::time::Duration;

use futures::future::OptionFuture;
use jiff::SignedDuration;
use lockstep_core::ids::ConnectionId;

use super::addresses;
use super::connections::check_key;
use super::views::{ApplicationChoice, Check, ConnectionDraft, Endpoints, KeyKind};
use crate::clients::{Keys, jumpcloud_client, organisation_client, scim_client};
use crate::connectors::{atlassian_admin, atlassian_scim, jumpcloud};
use crate::engine::{Engine, Inner};
use crate::error::{EngineError, ErrorCode};
use crate::http::{HttpClient, Request, RetryPolicy, server_time};
use crate::secrets::{SecretError, Sensitive};

/// Requests in flight at most during a test; a handful is all it sends.
const CONCURRENCY: u32 = 4;
/// Clocks further apart than this are said; SAML assertions and signed times stop working then.
const MOST_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Keys that were typed and are not stored.
#[derive(Debug, Clone, Default)]
pub struct DraftKeys {
    /// JumpCloud API key.
    pub jumpcloud: Option<Sensitive>,
    /// SCIM key.
    pub scim: Option<Sensitive>,
    /// Organisation key.
    pub organisation: Option<Sensitive>,
}

/// A key as far as the test is concerned: there, or why not.
struct TestKeys {
    jumpcloud: Result<Sensitive, Check>,
    scim: Result<Sensitive, Check>,
    /// `None` where the organisation API is not used.
    organisation: Option<Result<Sensitive, Check>>,
}

impl Engine {
    /// Tests a stored connection.
    ///
    /// # Errors
    /// `NotFound`. What is wrong with the connection is in the checks.
    pub async fn test_connection(&self, id: &ConnectionId) -> Result<Vec<Check>, EngineError> {
        let record = self.inner.connection_record(id).await?;
        let has_organisation = record.draft.endpoints.organisation_id.is_some();
        let keys = if record.is_sandbox {
            // The only place that is looked at: a real key must not reach the simulators.
            let Keys { jumpcloud, scim, organisation } = self.inner.sandbox_keys(id)?;
            let missing = || {
                key_check(KeyKind::Organisation, SecretError::Empty { kind: KeyKind::Organisation }.into())
            };
            TestKeys {
                jumpcloud: Ok(jumpcloud),
                scim: Ok(scim),
                organisation: has_organisation.then(|| organisation.ok_or_else(missing)),
            }
        } else {
            let wanted = |kind: KeyKind| async move {
                let found = self.inner.secrets.require(id, kind).await;
                found.map(|secret| secret.value).map_err(|error| key_check(kind, error.into()))
            };
            let (jumpcloud, scim, organisation) = futures::join!(
                wanted(KeyKind::Jumpcloud),
                wanted(KeyKind::Scim),
                OptionFuture::from(has_organisation.then(|| wanted(KeyKind::Organisation))),
            );
            TestKeys { jumpcloud, scim, organisation }
        };
        Ok(self.inner.test(&record.draft.endpoints, &keys).await)
    }

    /// Tests what was typed, before anything is stored.
    pub async fn test_draft(&self, draft: &ConnectionDraft, keys: DraftKeys) -> Vec<Check> {
        let typed = |kind: KeyKind, key: Option<Sensitive>| match key {
            Some(key) => check_key(kind, &key).map(|()| key).map_err(|error| key_check(kind, error)),
            None => Err(key_check(kind, SecretError::Empty { kind }.into())),
        };
        let has_organisation =
            draft.endpoints.organisation_id.as_deref().is_some_and(|id| !id.trim().is_empty());
        let keys = TestKeys {
            jumpcloud: typed(KeyKind::Jumpcloud, keys.jumpcloud),
            scim: typed(KeyKind::Scim, keys.scim),
            organisation: has_organisation.then(|| typed(KeyKind::Organisation, keys.organisation)),
        };
        self.inner.test(&draft.endpoints, &keys).await
    }

    /// Lists JumpCloud's SSO applications, Atlassian's first, for a choice during set-up.
    ///
    /// # Errors
    /// What is wrong with address, key or organisation, with what to do.
    pub async fn list_applications(
        &self,
        jumpcloud_url: &str,
        organisation: Option<&str>,
        key: Sensitive,
    ) -> Result<Vec<ApplicationChoice>, EngineError> {
        check_key(KeyKind::Jumpcloud, &key)?;
        let endpoints = Endpoints {
            jumpcloud_url: addresses::jumpcloud_base(jumpcloud_url)?.to_string(),
            insights_url: None,
            jumpcloud_organisation: organisation.map(str::to_owned),
            application: String::new(),
            scim_url: String::new(),
            organisation_url: None,
            organisation_id: None,
        };
        let client = jumpcloud_client(&endpoints, &key, CONCURRENCY, &patience())?;
        let list = match client.applications().await {
            Ok(list) => list.items,
            Err(error) => {
                let region = jumpcloud::Region::of_host(client.http().base().host());
                let refused = matches!(error, crate::http::ConnectorError::Unauthorized { .. });
                let mapped = EngineError::from(error);
                return Err(match region {
                    Some(region) if refused => mapped.hint(other_regions(region)),
                    _ => mapped,
                });
            }
        };
        let mut choices: Vec<ApplicationChoice> = list
            .into_iter()
            .map(|application| ApplicationChoice {
                id: application.id,
                label: application.label,
                template: application.template,
                is_atlassian: application.is_atlassian,
            })
            .collect();
        choices.sort_by(|a, b| (!a.is_atlassian, &a.label, &a.id).cmp(&(!b.is_atlassian, &b.label, &b.id)));
        Ok(choices)
    }
}

impl Inner {
    async fn test(&self, endpoints: &Endpoints, keys: &TestKeys) -> Vec<Check> {
        let (mut checks, scim, organisation) = futures::join!(
            self.test_jumpcloud(endpoints, &keys.jumpcloud),
            self.test_scim(endpoints, &keys.scim),
            self.test_organisation(endpoints, keys.organisation.as_ref()),
        );
        checks.extend(scim);
        checks.extend(organisation);
        checks
    }

    async fn test_jumpcloud(&self, endpoints: &Endpoints, key: &Result<Sensitive, Check>) -> Vec<Check> {
        let mut checks = Vec::new();
        let Some(url) =
            address_check("jumpcloud_url", addresses::jumpcloud_base(&endpoints.jumpcloud_url), &mut checks)
        else {
            return checks;
        };
        let endpoints = Endpoints { jumpcloud_url: url, ..endpoints.clone() };
        let key = match key {
            Ok(key) => key,
            Err(check) => {
                checks.push(check.clone());
                return checks;
            }
        };
        let client = match jumpcloud_client(&endpoints, key, CONCURRENCY, &patience()) {
            Ok(client) => client,
            Err(error) => {
                checks.push(failed("jumpcloud_url", error));
                return checks;
            }
        };
        let organisation =
            endpoints.jumpcloud_organisation.as_deref().map(str::trim).filter(|id| !id.is_empty());
        let application = endpoints.application.trim();
        checks.extend(jumpcloud::check::check(&client, organisation, application).await);
        if checks.iter().all(|check| check.ok) {
            let probe = Request::get("/api/organizations", &[]).query("limit", "1");
            checks.extend(self.skew_check("jumpcloud_clock", "JumpCloud", client.http(), &probe).await);
        }
        checks
    }

    async fn test_scim(&self, endpoints: &Endpoints, key: &Result<Sensitive, Check>) -> Vec<Check> {
        let mut checks = Vec::new();
        let Some(url) = address_check("scim_url", addresses::scim_base(&endpoints.scim_url), &mut checks)
        else {
            return checks;
        };
        let endpoints = Endpoints { scim_url: url, ..endpoints.clone() };
        let key = match key {
            Ok(key) => key,
            Err(check) => {
                checks.push(check.clone());
                return checks;
            }
        };
        let client = match scim_client(&endpoints, key, CONCURRENCY, &patience()) {
            Ok(client) => client.read_only(),
            Err(error) => {
                checks.push(failed("scim_url", error));
                return checks;
            }
        };
        checks.extend(atlassian_scim::check::check(&client).await);
        if checks.iter().all(|check| check.ok) {
            let probe = Request::get("/ServiceProviderConfig", &[]);
            checks.extend(self.skew_check("scim_clock", "The SCIM server", client.http(), &probe).await);
        }
        checks
    }

    async fn test_organisation(
        &self,
        endpoints: &Endpoints,
        key: Option<&Result<Sensitive, Check>>,
    ) -> Vec<Check> {
        let mut checks = Vec::new();
        let Some(key) = key else { return checks };
        let typed = endpoints.organisation_url.as_deref().map(str::trim).filter(|url| !url.is_empty());
        let parsed = addresses::organisation_base(typed.unwrap_or(addresses::ORGANISATION_API));
        let Some(url) = address_check("organisation_url", parsed, &mut checks) else { return checks };
        let endpoints = Endpoints { organisation_url: Some(url), ..endpoints.clone() };
        let key = match key {
            Ok(key) => key,
            Err(check) => {
                checks.push(check.clone());
                return checks;
            }
        };
        match organisation_client(&endpoints, key, CONCURRENCY, &patience()) {
            Ok(Some(client)) => checks.extend(atlassian_admin::check::check(&client).await),
            Ok(None) => {}
            Err(error) => checks.push(failed("organisation_id", error)),
        }
        checks
    }

    /// Compares the server's clock with ours; nothing where the server does not tell the time.
    async fn skew_check(
        &self,
        name: &str,
        server: &str,
        http: &HttpClient,
        probe: &Request,
    ) -> Option<Check> {
        let answer = http.send(probe).await.ok()?;
        let theirs = server_time::server_time(&answer.headers)?;
        let skew = self.clock.now().duration_since(theirs).abs();
        let check = if skew <= MOST_SKEW {
            Check {
                name: name.to_owned(),
                ok: true,
                text: format!("{server}’s clock agrees with this computer’s"),
                remedy: None,
            }
        } else {
            Check {
                name: name.to_owned(),
                ok: false,
                text: format!("{server}’s clock and this computer’s are {} minutes apart", skew.as_mins()),
                remedy: Some("Set this computer’s clock, best automatically from the network".to_owned()),
            }
        };
        Some(check)
    }
}

/// Somebody is waiting: one repetition is enough to get over a hiccup.
fn patience() -> RetryPolicy {
    RetryPolicy {
        attempts: 2,
        first_wait: Duration::from_millis(300),
        longest_wait: Duration::from_secs(2),
        budget: Duration::from_secs(20),
        rate_limit_budget: Duration::from_secs(20),
    }
}

fn other_regions(here: jumpcloud::Region) -> String {
    let others: Vec<String> = jumpcloud::Region::ALL
        .into_iter()
        .filter(|region| *region != here)
        .map(|region| format!("{} ({})", region.console_url(), region.label()))
        .collect();
    format!(
        "A key works in its own region only, and this is {}: if your organisation is elsewhere, use {}",
        here.label(),
        others.join(" or ")
    )
}

/// Adds the line about an address; returns the address where it can be used.
fn address_check(
    name: &str,
    parsed: Result<crate::http::BaseUrl, EngineError>,
    checks: &mut Vec<Check>,
) -> Option<String> {
    match parsed {
        Ok(url) => {
            checks.push(Check {
                name: name.to_owned(),
                ok: true,
                text: format!("The address is {url}"),
                remedy: None,
            });
            Some(url.to_string())
        }
        Err(error) => {
            checks.push(failed(name, error));
            None
        }
    }
}

fn key_check(kind: KeyKind, error: EngineError) -> Check {
    let name = match kind {
        KeyKind::Jumpcloud => "jumpcloud_key",
        KeyKind::Scim => "scim_key",
        KeyKind::Organisation => "organisation_key",
    };
    failed(name, error)
}

fn failed(name: &str, error: EngineError) -> Check {
    let remedy = match (error.hints.is_empty(), error.code) {
        (false, _) => error.hints.join("; "),
        (true, ErrorCode::Internal) => "Please report this: it is a fault in Lockstep".to_owned(),
        (true, _) => "Correct it and test again".to_owned(),
    };
    Check { name: name.to_owned(), ok: false, text: error.message, remedy: Some(remedy) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_refused_in_one_region_names_the_other_two() {
        let hint = other_regions(jumpcloud::Region::EuropeanUnion);
        assert!(hint.contains("this is European Union"), "{hint}");
        assert!(hint.contains("https://console.jumpcloud.com (United States)"), "{hint}");
        assert!(hint.contains("https://console.in.jumpcloud.com (India)"), "{hint}");
        assert!(!hint.contains("console.eu."), "the region itself is not proposed: {hint}");
    }
}
