//! The connection test and every kind of bad input: a sentence that says what is wrong, and what to do.

use lockstep_engine::api::checks::DraftKeys;
use lockstep_engine::api::views::{Check, ConnectionDraft, KeyKind};
use lockstep_engine::error::ErrorCode;
use lockstep_engine::secrets::{Environment, SecretStore, Sensitive};
use lockstep_engine::{Engine, EngineOptions, OpenMode, SecretBackend};
use lockstep_sandbox::{Access, Sandbox, ScenarioName};
use tempfile::TempDir;

use super::{draft, keys, named, open, start};

/// Tests a draft that was spoilt somehow.
async fn test(sandbox: &Sandbox, spoil: impl FnOnce(&mut ConnectionDraft, &mut DraftKeys)) -> Vec<Check> {
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    let access = sandbox.access();
    let (mut draft, mut keys) = (draft(&access), keys(&access));
    spoil(&mut draft, &mut keys);
    let checks = engine.test_draft(&draft, keys).await;
    engine.close().await;
    for check in &checks {
        assert_eq!(
            check.ok,
            check.remedy.is_none(),
            "what is wrong, and only that, says what to do: {check:?}"
        );
        let text = format!("{check:?}");
        for key in [&access.jumpcloud_api_key, &access.scim_token, &access.organisation_key] {
            assert!(!text.contains(key.as_str()), "a check never shows a key: {text}");
        }
    }
    checks
}

/// Asserts that exactly this check failed, and what it says.
fn failed_alone(checks: &[Check], name: &str, text: &str, remedy: &str) {
    let failed: Vec<&Check> = checks.iter().filter(|check| !check.ok).collect();
    let [check] = failed.as_slice() else { panic!("one check fails, and the rest says so: {checks:#?}") };
    assert_eq!(check.name, name, "{check:?}");
    assert!(check.text.contains(text), "{check:?} says {text:?}");
    assert!(check.remedy.as_deref().unwrap_or_default().contains(remedy), "{check:?} advises {remedy:?}");
}

#[tokio::test]
async fn a_good_connection_passes_every_check() {
    let sandbox = start(ScenarioName::Small).await;
    let checks = test(&sandbox, |_, _| {}).await;
    assert!(checks.iter().all(|check| check.ok), "{checks:#?}");
    for name in [
        "jumpcloud_url",
        "jumpcloud_key",
        "jumpcloud_application",
        "jumpcloud_groups",
        "jumpcloud_clock",
        "scim_url",
        "scim_key",
        "organisation_key",
        "organisation_domains",
    ] {
        named(&checks, name);
    }
}

#[tokio::test]
async fn prefixes_and_slashes_that_were_typed_along_are_understood() {
    let sandbox = start(ScenarioName::Small).await;
    let checks = test(&sandbox, |draft, _| {
        draft.endpoints.jumpcloud_url.push_str("/api/v2/");
        draft.endpoints.scim_url.push('/');
        draft.endpoints.organisation_url = draft.endpoints.organisation_url.take().map(|url| url + "/admin/");
    })
    .await;
    assert!(checks.iter().all(|check| check.ok), "{checks:#?}");
}

#[tokio::test]
async fn http_to_another_machine_is_refused_before_anything_is_sent() {
    let sandbox = start(ScenarioName::Small).await;
    let checks = test(&sandbox, |draft, _| {
        draft.endpoints.jumpcloud_url = "http://console.jumpcloud.com".to_owned();
        draft.endpoints.scim_url = "http://api.atlassian.com/scim/directory/x".to_owned();
    })
    .await;
    for name in ["jumpcloud_url", "scim_url"] {
        let check = named(&checks, name);
        assert!(!check.ok && check.text.contains("unencrypted"), "{check:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_to_be_so() {
    let sandbox = start(ScenarioName::Small).await;
    // The port was free a moment ago, and nobody listens on it.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let checks = test(&sandbox, |draft, _| {
        draft.endpoints.scim_url = format!("http://{nobody}/scim/directory/x");
    })
    .await;
    failed_alone(&checks, "scim_address", "no connection could be made", "Check the address");
}

#[tokio::test]
async fn a_jumpcloud_address_that_is_another_service_is_named() {
    let sandbox = start(ScenarioName::Small).await;
    let checks = test(&sandbox, |draft, _| {
        draft.endpoints.jumpcloud_url = draft.endpoints.scim_url.clone();
    })
    .await;
    let failed: Vec<&Check> = checks.iter().filter(|check| !check.ok).collect();
    assert!(
        failed.len() == 1 && failed[0].name.starts_with("jumpcloud_"),
        "one sentence, about JumpCloud: {checks:#?}"
    );
}

#[tokio::test]
async fn wrong_keys_are_told_apart() {
    let sandbox = start(ScenarioName::Small).await;
    let checks =
        test(&sandbox, |_, keys| keys.jumpcloud = Some(Sensitive::new("wrong-key-0123456789"))).await;
    failed_alone(&checks, "jumpcloud_key", "does not know this key", "must be that of the key's own server");
    let checks = test(&sandbox, |_, keys| keys.scim = Some(Sensitive::new("wrong-key-0123456789"))).await;
    failed_alone(&checks, "scim_key", "was refused", "Store the key");
    let checks =
        test(&sandbox, |_, keys| keys.organisation = Some(Sensitive::new("wrong-key-0123456789"))).await;
    failed_alone(&checks, "organisation_key", "could not be read", "organisation API key");
    let checks = test(&sandbox, |_, keys| keys.jumpcloud = Some(Sensitive::new("two words"))).await;
    failed_alone(&checks, "jumpcloud_key", "no key has", "Copy it again");
    let checks = test(&sandbox, |_, keys| keys.scim = None).await;
    failed_alone(&checks, "scim_key", "is empty", "Paste the key");
}

#[tokio::test]
async fn an_application_that_is_not_atlassians_or_not_there_is_said() {
    let sandbox = start(ScenarioName::ForeignApplication).await;
    let checks = test(&sandbox, |_, _| {}).await;
    failed_alone(&checks, "jumpcloud_application", "is not Atlassian's", "Atlassian Cloud template");
    let sandbox = start(ScenarioName::Small).await;
    let checks =
        test(&sandbox, |draft, _| draft.endpoints.application = "0123456789abcdef01234567".to_owned()).await;
    failed_alone(&checks, "jumpcloud_application", "There is no SSO application", "copy its id");
}

#[tokio::test]
async fn a_scim_address_without_its_path_is_said() {
    let sandbox = start(ScenarioName::Small).await;
    let checks = test(&sandbox, |draft, _| {
        let (server, _) = draft.endpoints.scim_url.split_once("/scim").expect("the sandbox's path");
        draft.endpoints.scim_url = server.to_owned();
    })
    .await;
    failed_alone(&checks, "scim_address", "", "whole base URL with its path");
    let checks = test(&sandbox, |draft, _| {
        draft.endpoints.scim_url = "https://api.atlassian.com/scim/directory".to_owned();
    })
    .await;
    failed_alone(&checks, "scim_url", "names no SCIM directory", "Copy the whole directory base URL");
}

#[tokio::test]
async fn an_organisation_without_people_is_said() {
    let sandbox = start(ScenarioName::Empty).await;
    let checks = test(&sandbox, |_, _| {}).await;
    failed_alone(&checks, "jumpcloud_scope", "nobody is in scope", "Put people into the bound groups");
}

#[tokio::test]
async fn an_application_without_bound_groups_is_said() {
    let sandbox = start(ScenarioName::Unbound).await;
    let checks = test(&sandbox, |_, _| {}).await;
    failed_alone(&checks, "jumpcloud_groups", "No user group is bound", "Bind at least one user group");
}

#[tokio::test]
async fn applications_are_listed_with_atlassians_first() {
    let sandbox = start(ScenarioName::Small).await;
    let Access { jumpcloud_url, jumpcloud_api_key, application, .. } = sandbox.access();
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    let list =
        engine.list_applications(&jumpcloud_url, None, Sensitive::new(jumpcloud_api_key)).await.unwrap();
    assert!(list.iter().any(|choice| choice.id == application && choice.is_atlassian), "{list:?}");
    assert!(list.first().is_some_and(|choice| choice.is_atlassian), "Atlassian's come first: {list:?}");
    let refused =
        engine.list_applications(&jumpcloud_url, None, Sensitive::new("wrong-key-0123456789")).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::TokenRejected, "a wrong key is an error here");
}

#[tokio::test]
async fn a_sandbox_without_an_organisation_key_is_not_tested_with_the_real_one() {
    let sandbox = start(ScenarioName::Small).await;
    let directory = tempfile::TempDir::new().unwrap();
    let real = Environment::fixed([("LOCKSTEP_ORGANISATION_KEY", "a-real-key-0123456789")]);
    let secrets = SecretBackend::Given(SecretStore::in_memory().with_environment(real));
    let options = EngineOptions { secrets, ..super::options(&directory, OpenMode::ReadWrite) };
    let engine = Engine::open(options).await.unwrap();
    let access = sandbox.access();
    let id = engine.add_sandbox_connection(draft(&access)).await.unwrap().connection_id;
    for (kind, key) in [(KeyKind::Jumpcloud, &access.jumpcloud_api_key), (KeyKind::Scim, &access.scim_token)]
    {
        engine.set_memory_key(&id, kind, Sensitive::new(key.clone())).await.unwrap();
    }
    let checks = engine.test_connection(&id).await.unwrap();
    let check = named(&checks, "organisation_key");
    assert!(!check.ok && check.text.contains("empty"), "the key is said to be missing: {check:?}");
    let asked = sandbox.requests().all().iter().any(|request| request.path.starts_with("/admin"));
    assert!(!asked, "and no other key goes to the simulators");
    let shown = engine.connection(&id).await.unwrap().keys;
    assert!(
        shown.iter().all(|key| key.kind != KeyKind::Organisation || !key.is_stored),
        "nor is it shown as the sandbox's: {shown:?}"
    );
}
