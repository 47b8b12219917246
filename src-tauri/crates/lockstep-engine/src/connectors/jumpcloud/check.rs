//! The connection test of the JumpCloud side: each step says what was found and, if it failed, what to do.

use super::client::{Application, JumpCloudClient, Organisation};
use super::paging;
use super::region::Region;
use crate::api::views::Check;
use crate::connectors::listing::Listing;
use crate::http::ConnectorError;

/// Tests key, permission, organisation, application and bound groups. Stops at the first failure that explains the rest.
pub async fn check(client: &JumpCloudClient, organisation: Option<&str>, application: &str) -> Vec<Check> {
    let mut checks = Vec::new();
    // The system users are what the key is needed for, so they are what is asked for.
    match client.count_people().await {
        Ok(total) => {
            let count = total.map_or_else(String::new, |total| format!(": {total} in the organisation"));
            checks.push(passed(
                "jumpcloud_key",
                format!("The key is accepted and may read the system users{count}"),
            ));
            if total == Some(0) {
                checks.push(failed(
                    "jumpcloud_people",
                    "JumpCloud lists nobody: the organisation has no system users, or the key may not see them"
                        .to_owned(),
                    "Check that the key belongs to the right organisation, and that people exist in JumpCloud",
                ));
            }
        }
        Err(error) => {
            checks.push(key_refused(client, &error));
            return checks;
        }
    }
    checks.push(organisation_check(client.organisations().await, organisation));
    let found = match client.application(application).await {
        Ok(found) => found,
        // A malformed id is answered 400 by some routes.
        Err(ConnectorError::InvalidRequest { .. }) => None,
        Err(error) => {
            checks.push(failed(
                "jumpcloud_application",
                format!("The application could not be read: {error}"),
                error.remedy(),
            ));
            return checks;
        }
    };
    let is_atlassian = found.as_ref().is_some_and(|application| application.is_atlassian);
    checks.push(application_check(found, application));
    if is_atlassian {
        let groups = groups_check(client, application).await;
        let has_groups = groups.ok;
        checks.push(groups);
        if has_groups {
            checks.extend(scope_check(client, application).await);
        }
    }
    checks
}

/// Says whether the bound groups have anybody in them; nothing where that cannot be asked.
async fn scope_check(client: &JumpCloudClient, application: &str) -> Option<Check> {
    let name = "jumpcloud_scope";
    match paging::reaches_anybody(client, application).await {
        Ok(true) => Some(passed(name, "The bound groups have members, who are in scope".to_owned())),
        Ok(false) => Some(failed(
            name,
            "The bound groups are empty, so nobody is in scope".to_owned(),
            "Put people into the bound groups in JumpCloud, or bind groups that have members",
        )),
        // An old route that some keys may not use: the plan says the same later.
        Err(_) => None,
    }
}

fn key_refused(client: &JumpCloudClient, error: &ConnectorError) -> Check {
    let base = client.http().base();
    let (name, text, remedy) = match error {
        ConnectorError::Unauthorized { .. } => {
            let (place, others) = match Region::of_host(base.host()) {
                Some(region) => (
                    format!("the region {}", region.label()),
                    "a key works only in its own region (United States: console.jumpcloud.com, European Union: \
console.eu.jumpcloud.com, India: console.in.jumpcloud.com)",
                ),
                None => (base.to_string(), "the address must be that of the key's own server"),
            };
            (
                "jumpcloud_key",
                format!("JumpCloud does not know this key at {place} ({error})"),
                format!(
                    "Copy the API key again (your name › My API Key); {others}; a new key replaces the old one at once; \
an administrator of several organisations must also give the organisation's id"
                ),
            )
        }
        ConnectorError::Forbidden { .. } => (
            "jumpcloud_permission",
            format!("The key is known, but may not read the system users ({error})"),
            "Use the key of an administrator who may read users and groups; if an organisation id is given, check it"
                .to_owned(),
        ),
        ConnectorError::NotFound { .. } | ConnectorError::Protocol { .. } => (
            "jumpcloud_address",
            format!("{base} does not answer like JumpCloud's console ({error})"),
            "Use the console's address, for example https://console.jumpcloud.com".to_owned(),
        ),
        _ => ("jumpcloud_address", format!("JumpCloud could not be asked: {error}"), error.remedy().to_owned()),
    };
    Check { name: name.to_owned(), ok: false, text, remedy: Some(remedy) }
}

fn organisation_check(
    organisations: Result<Listing<Organisation>, ConnectorError>,
    wanted: Option<&str>,
) -> Check {
    let name = "jumpcloud_organisation";
    match (organisations, wanted) {
        // Service accounts may not list organisations, and need not.
        (Err(ConnectorError::Forbidden { .. }), _) => {
            passed(name, "The key may not list organisations, which is not needed".to_owned())
        }
        (Err(error), _) => {
            failed(name, format!("The organisation could not be read: {error}"), error.remedy())
        }
        (Ok(list), Some(wanted)) => match list.items.iter().find(|organisation| organisation.id == wanted) {
            Some(organisation) => passed(name, format!("The organisation is {}", organisation.name)),
            None => failed(
                name,
                "The key does not see the organisation with the given id".to_owned(),
                "Check the organisation's id, or leave it out if the key belongs to one organisation only",
            ),
        },
        (Ok(list), None) => match list.items.as_slice() {
            [organisation] => passed(name, format!("The organisation is {}", organisation.name)),
            [] => passed(name, "The key names no organisation, which is not needed".to_owned()),
            several => failed(
                name,
                format!("The key sees {} organisations", several.len()),
                "Give the id of the organisation that is meant",
            ),
        },
    }
}

fn application_check(found: Option<Application>, id: &str) -> Check {
    let name = "jumpcloud_application";
    match found {
        None => failed(
            name,
            format!("There is no SSO application with the id {id}"),
            "Open the application in JumpCloud's console and copy its id from the address bar",
        ),
        Some(application) if !application.is_atlassian => failed(
            name,
            format!("The application {} is not Atlassian's", application.label),
            "Choose the application that was made from the Atlassian Cloud template",
        ),
        Some(application) => passed(name, format!("The application is {}", application.label)),
    }
}

async fn groups_check(client: &JumpCloudClient, application: &str) -> Check {
    let name = "jumpcloud_groups";
    match client.bound_groups(application).await {
        Err(error) => failed(name, format!("The bound groups could not be read: {error}"), error.remedy()),
        Ok(list) if list.items.is_empty() => failed(
            name,
            "No user group is bound to the application, so nobody is in scope".to_owned(),
            "Bind at least one user group to the application in JumpCloud (its tab User Groups)",
        ),
        Ok(list) if list.items.len() == 1 => {
            passed(name, "1 user group is bound to the application".to_owned())
        }
        Ok(list) => passed(name, format!("{} user groups are bound to the application", list.items.len())),
    }
}

fn passed(name: &str, text: String) -> Check {
    Check { name: name.to_owned(), ok: true, text, remedy: None }
}

fn failed(name: &str, text: String, remedy: &str) -> Check {
    Check { name: name.to_owned(), ok: false, text, remedy: Some(remedy.to_owned()) }
}
