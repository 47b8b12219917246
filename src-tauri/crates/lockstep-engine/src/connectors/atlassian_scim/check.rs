//! The connection test of the SCIM side: each step says what was found and, if it failed, what to do.

use std::sync::Mutex;

use lockstep_core::scim::IdPool;

use super::client::ScimClient;
use crate::api::views::Check;
use crate::http::ConnectorError;

/// Tests the address and the key by one page of users, and what the server says it can do.
pub async fn check(client: &ScimClient) -> Vec<Check> {
    let base = client.http().base();
    let is_atlassian = base.host() == "api.atlassian.com";
    let pool = Mutex::new(IdPool::default());
    let (capabilities, users) = futures::join!(client.capabilities(), client.users_page(1, 1, &pool));
    let users = match users {
        Ok(users) => users,
        Err(error) => return vec![refused(&base.to_string(), is_atlassian, &error)],
    };
    let count = users.total_results.map_or_else(String::new, |total| format!(": {total} in the directory"));
    let mut checks =
        vec![passed("scim_key", format!("The key is accepted and may read the SCIM users{count}"))];
    match capabilities {
        Ok(capabilities) if !capabilities.patch => checks.push(failed(
            "scim_capabilities",
            "The server says that it cannot change users and groups in part (PATCH)".to_owned(),
            "Use a SCIM server with PATCH; Lockstep never sends whole objects over existing ones",
        )),
        Ok(capabilities) if !capabilities.is_described => checks.push(passed(
            "scim_capabilities",
            "The server does not say what it can do; the usual is assumed".to_owned(),
        )),
        Ok(_) => checks.push(passed("scim_capabilities", "The server can do what is needed".to_owned())),
        Err(error) => checks.push(failed(
            "scim_capabilities",
            format!("What the server can do could not be read: {error}"),
            error.remedy(),
        )),
    }
    checks
}

fn refused(base: &str, is_atlassian: bool, error: &ConnectorError) -> Check {
    let (name, text, remedy) = match error {
        ConnectorError::Unauthorized { .. } => (
            "scim_key",
            format!("The SCIM directory answers: {error}"),
            if is_atlassian {
                "Store the key that belongs to this directory: it is shown once in Atlassian (Security › Identity providers › your \
directory), lasts a year, and dies when a new one is made; an organisation key or a personal token does not work here"
            } else {
                "Store the key that belongs to this server"
            },
        ),
        ConnectorError::Forbidden { .. } => (
            "scim_permission",
            format!("The SCIM key may not do this ({error})"),
            "Check that the organisation has Atlassian Guard, and that the key is the SCIM key of this directory",
        ),
        ConnectorError::NotFound { .. } => (
            "scim_address",
            format!("There is no SCIM directory at {base} ({error})"),
            if is_atlassian {
                "Copy the directory base URL again, with the whole id at its end; without an Atlassian Guard subscription the \
directory is not found either"
            } else {
                "Copy the whole base URL with its path: /Users is added to it"
            },
        ),
        ConnectorError::Protocol { .. } => (
            "scim_address",
            format!("{base} does not answer like a SCIM server ({error})"),
            "Copy the whole base URL with its path; a web page or a proxy seems to answer there",
        ),
        _ => ("scim_address", format!("The SCIM server could not be asked: {error}"), error.remedy()),
    };
    failed(name, text, remedy)
}

fn passed(name: &str, text: String) -> Check {
    Check { name: name.to_owned(), ok: true, text, remedy: None }
}

fn failed(name: &str, text: String, remedy: &str) -> Check {
    Check { name: name.to_owned(), ok: false, text, remedy: Some(remedy.to_owned()) }
}
