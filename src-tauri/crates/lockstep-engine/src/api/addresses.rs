//! The addresses that an admin types: what is understood, what is refused, and what is said.
//!
//! A prefix or a slash typed along is understood; an address that can only be a mistake is refused before any key goes near it.

use lockstep_core::finding::Severity;
use lockstep_core::policy::validate::validate;

use super::views::{ConnectionDraft, Endpoints};
use crate::connectors::atlassian_scim as scim;
use crate::connectors::jumpcloud::Region;
use crate::error::{EngineError, ErrorCode};
use crate::http::{BaseUrl, ConnectorError};

/// Directory Insights' path below the API host.
const INSIGHTS_PATH: &str = "/insights/directory/v1";

/// Where Atlassian serves SCIM and the organisation API.
pub(crate) const ORGANISATION_API: &str = "https://api.atlassian.com";

/// Returns the endpoints as they are stored: checked, without what was typed along.
///
/// # Errors
/// `InvalidInput` that names the address, says what is wrong with it and what to do.
pub(crate) fn normalise(typed: &Endpoints) -> Result<Endpoints, EngineError> {
    let application = typed.application.trim();
    if application.is_empty() {
        return Err(EngineError::new(ErrorCode::InvalidInput, "The JumpCloud application is missing").hint(
            "Choose the Atlassian Cloud application, or copy its id from the address bar of its page in JumpCloud",
        ));
    }
    let organisation_id = filled(typed.organisation_id.as_deref());
    let organisation_url = match filled(typed.organisation_url.as_deref()) {
        Some(url) => Some(organisation_base(&url)?.to_string()),
        // The id alone is enough: the organisation API has one address.
        None => organisation_id.as_ref().map(|_| ORGANISATION_API.to_owned()),
    };
    if organisation_url.is_some() && organisation_id.is_none() {
        return Err(EngineError::new(
            ErrorCode::InvalidInput,
            "The organisation API's address is there, but the organisation id is missing",
        )
        .hint("Copy the id that follows /o/ in the address of admin.atlassian.com"));
    }
    let insights_url = match filled(typed.insights_url.as_deref()) {
        Some(url) => Some(insights_base(&url)?.to_string()),
        None => None,
    };
    Ok(Endpoints {
        jumpcloud_url: jumpcloud_base(&typed.jumpcloud_url)?.to_string(),
        insights_url,
        jumpcloud_organisation: filled(typed.jumpcloud_organisation.as_deref()),
        application: application.to_owned(),
        scim_url: scim_base(&typed.scim_url)?.to_string(),
        organisation_url,
        organisation_id,
    })
}

/// Returns the whole draft as it is stored.
///
/// # Errors
/// `InvalidInput`.
pub(crate) fn normalise_draft(typed: &ConnectionDraft) -> Result<ConnectionDraft, EngineError> {
    let name = typed.name.trim();
    if name.is_empty() {
        return Err(EngineError::new(ErrorCode::InvalidInput, "The connection has no name")
            .hint("Give it one, for example the name of your organisation"));
    }
    if !(1..=256).contains(&typed.concurrency) {
        return Err(EngineError::new(
            ErrorCode::InvalidInput,
            format!("{} requests at a time are not possible", typed.concurrency),
        )
        .hint("Choose a number from 1 to 256; 16 suits most organisations"));
    }
    if typed.read_interval_seconds == Some(0) {
        return Err(EngineError::new(ErrorCode::InvalidInput, "The interval between readings is 0 seconds")
            .hint("Choose at least one second, or leave it out to read every time"));
    }
    let mut draft = typed.clone();
    draft.name = name.to_owned();
    draft.endpoints = normalise(&typed.endpoints)?;
    draft.policy.typed_domains = draft
        .policy
        .typed_domains
        .iter()
        .map(|domain| domain.trim().trim_start_matches('@').to_lowercase())
        .filter(|domain| !domain.is_empty())
        .collect();
    draft.policy.protected_people = lower(&draft.policy.protected_people);
    let wrong = validate(&draft.policy).into_iter().find(|finding| {
        // A limit of 0 is a choice: nobody new is created. It is said in every plan.
        finding.severity == Severity::Error && finding.code != "user_limit_zero"
    });
    if let Some(finding) = wrong {
        return Err(refused(&finding.text));
    }
    Ok(draft)
}

/// Checks JumpCloud's console address and cuts an API prefix typed along.
pub(crate) fn jumpcloud_base(typed: &str) -> Result<BaseUrl, EngineError> {
    let url = parse("JumpCloud URL", typed)?.without_suffix(&["/api/v2", "/api"]);
    let insights_of =
        |region: &Region| BaseUrl::parse(region.insights_url()).is_ok_and(|api| api.host() == url.host());
    if let Some(region) = Region::ALL.iter().find(|region| insights_of(region)) {
        return Err(EngineError::new(
            ErrorCode::InvalidInput,
            format!("JumpCloud URL: {} is the address of Directory Insights, not of the console", url.host()),
        )
        .hint(format!("Use {}", region.console_url())));
    }
    Ok(url)
}

/// Checks Directory Insights' address and adds its path where only the host was typed.
pub(crate) fn insights_base(typed: &str) -> Result<BaseUrl, EngineError> {
    let url = parse("Directory Insights URL", typed)?.without_suffix(&["/events"]);
    Ok(if url.path().is_empty() { url.with_path(INSIGHTS_PATH) } else { url })
}

/// Checks the SCIM base URL; at Atlassian it must name a directory.
pub(crate) fn scim_base(typed: &str) -> Result<BaseUrl, EngineError> {
    scim::base::parse(typed).map_err(|error| named("SCIM base URL", error))
}

/// Checks the organisation API's address and cuts a prefix typed along.
pub(crate) fn organisation_base(typed: &str) -> Result<BaseUrl, EngineError> {
    let url = parse("Organisation API URL", typed)?.without_suffix(&[
        "/admin/v2",
        "/admin/v1",
        "/admin/v2/orgs",
        "/admin/v1/orgs",
        "/admin",
    ]);
    if url.host() == "admin.atlassian.com" {
        return Err(EngineError::new(
            ErrorCode::InvalidInput,
            "Organisation API URL: admin.atlassian.com is the console for people, not the API",
        )
        .hint(format!("Use {ORGANISATION_API}")));
    }
    Ok(url)
}

fn parse(what: &str, typed: &str) -> Result<BaseUrl, EngineError> {
    BaseUrl::parse(typed).map_err(|error| named(what, error))
}

/// Says which of the addresses it is that cannot be used.
fn named(what: &str, error: ConnectorError) -> EngineError {
    match error {
        ConnectorError::InvalidUrl { problem, remedy } => {
            EngineError::new(ErrorCode::InvalidInput, format!("{what}: {}", lower_first(&problem)))
                .hint(remedy)
        }
        other => other.into(),
    }
}

/// Turns a finding's text, a sentence of what is wrong and perhaps one of what to do, into an error.
fn refused(text: &str) -> EngineError {
    match text.split_once(". ") {
        Some((problem, remedy)) => {
            EngineError::new(ErrorCode::InvalidInput, problem).hint(remedy.trim_end_matches('.'))
        }
        None => EngineError::new(ErrorCode::InvalidInput, text.trim_end_matches('.')),
    }
}

fn filled(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn lower(texts: &std::collections::BTreeSet<String>) -> std::collections::BTreeSet<String> {
    texts.iter().map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty()).collect()
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_along_is_understood() {
        for typed in [
            "https://console.jumpcloud.com/api/v2/",
            "https://console.jumpcloud.com/api",
            " https://console.jumpcloud.com/ ",
        ] {
            assert_eq!(
                jumpcloud_base(typed).unwrap().as_str(),
                "https://console.jumpcloud.com",
                "typed {typed:?}"
            );
        }
        for typed in [
            "https://api.atlassian.com/scim/directory/abc/",
            "https://api.atlassian.com/scim/directory/abc/Users",
        ] {
            assert_eq!(
                scim_base(typed).unwrap().as_str(),
                "https://api.atlassian.com/scim/directory/abc",
                "typed {typed:?}"
            );
        }
        assert_eq!(
            organisation_base("https://api.atlassian.com/admin/").unwrap().as_str(),
            "https://api.atlassian.com"
        );
        assert_eq!(
            insights_base("https://api.eu.jumpcloud.com/").unwrap().as_str(),
            "https://api.eu.jumpcloud.com/insights/directory/v1"
        );
    }

    #[test]
    fn an_address_that_can_only_be_a_mistake_is_refused_with_what_to_do() {
        let sentence = |result: Result<BaseUrl, EngineError>| {
            let error = result.unwrap_err();
            assert!(!error.hints.is_empty(), "{} says what to do", error.message);
            error.message
        };
        assert!(sentence(scim_base("https://api.atlassian.com")).contains("names no SCIM directory"));
        assert!(
            sentence(scim_base("https://api.atlassian.com/scim/directory/"))
                .contains("names no SCIM directory")
        );
        assert!(sentence(scim_base("https://admin.atlassian.com/o/1/scim")).contains("of a page or a site"));
        assert!(sentence(jumpcloud_base("http://console.jumpcloud.com")).contains("unencrypted"));
        assert!(sentence(jumpcloud_base("https://api.eu.jumpcloud.com")).contains("Directory Insights"));
        assert!(
            sentence(jumpcloud_base("https://me:secret@console.jumpcloud.com"))
                .contains("user name or a password")
        );
        assert!(
            sentence(organisation_base("ftp://api.atlassian.com")).contains("does not start with https://")
        );
    }
}
