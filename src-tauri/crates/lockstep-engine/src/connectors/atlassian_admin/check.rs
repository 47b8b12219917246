//! The connection test of the organisation key: each step says what was found and, if it failed, what to do.

use super::client::AdminClient;
use crate::api::views::Check;
use crate::http::ConnectorError;

/// Tests the key by the organisation's name and its domains.
pub async fn check(client: &AdminClient) -> Vec<Check> {
    let name = match client.organisation_name().await {
        Ok(name) => name,
        Err(error) => return vec![refused(&error)],
    };
    let organisation = passed("organisation_key", format!("The key is accepted; the organisation is {name}"));
    let domains = match client.verified_domains().await {
        Ok(domains) if domains.is_empty() => failed(
            "organisation_domains",
            "The organisation has no verified domain".to_owned(),
            "Verify a domain in Atlassian Administration (Settings › Domains), or name the domains in the connection's settings",
        ),
        Ok(domains) => passed("organisation_domains", format!("Verified domains: {}", domains.join(", "))),
        Err(error) => {
            failed("organisation_domains", format!("The domains could not be read: {error}"), error.remedy())
        }
    };
    vec![organisation, domains]
}

fn refused(error: &ConnectorError) -> Check {
    let remedy = match error {
        ConnectorError::Unauthorized { .. } => {
            "Store an organisation API key (Atlassian Administration › Settings › API keys); the SCIM key and personal tokens do not \
work here, and keys last a week unless a later date was chosen"
        }
        ConnectorError::Forbidden { .. } => {
            "Use a key without scopes, or one with the read scopes for directories, groups, accounts and domains"
        }
        ConnectorError::NotFound { .. } => {
            "Check the organisation's id: the part after /o/ of the address of Atlassian Administration"
        }
        _ => error.remedy(),
    };
    failed("organisation_key", format!("The organisation could not be read: {error}"), remedy)
}

fn passed(name: &str, text: String) -> Check {
    Check { name: name.to_owned(), ok: true, text, remedy: None }
}

fn failed(name: &str, text: String, remedy: &str) -> Check {
    Check { name: name.to_owned(), ok: false, text, remedy: Some(remedy.to_owned()) }
}
