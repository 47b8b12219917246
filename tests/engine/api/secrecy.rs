//! A key is in no view, no error and no file.

use lockstep_engine::api::views::WindowQuery;
use lockstep_engine::secrets::{Environment, SecretStore};
use lockstep_engine::{Engine, EngineOptions, OpenMode, SecretBackend};
use lockstep_sandbox::{Access, ScenarioName};
use tempfile::TempDir;

use super::{Connected, draft, options, start};

#[tokio::test]
async fn keys_are_in_no_view_and_in_no_file_of_the_data_directory() {
    let connected = Connected::to(ScenarioName::Small).await;
    let Connected { engine, id, sandbox, directory } = &connected;
    let Access { jumpcloud_api_key, scim_token, organisation_key, .. } = sandbox.access();
    let secrets = [jumpcloud_api_key, scim_token, organisation_key];
    engine.activate(id).await.unwrap();
    let plan = engine.compute_plan(id).await.unwrap();
    let query = WindowQuery { limit: 200, ..WindowQuery::default() };
    let shown = [
        serde_json::to_string(&engine.list_connections().await.unwrap()).unwrap(),
        serde_json::to_string(&plan).unwrap(),
        serde_json::to_string(&engine.plan_document(&plan.plan_id).await.unwrap()).unwrap(),
        serde_json::to_string(&engine.overview(id).await.unwrap()).unwrap(),
        serde_json::to_string(&engine.event_records(id, None, None).await.unwrap()).unwrap(),
        serde_json::to_string(&engine.people(id, &query).await.unwrap()).unwrap(),
        serde_json::to_string(&engine.test_connection(id).await.unwrap()).unwrap(),
        format!("{engine:?}"),
    ];
    for text in &shown {
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "a key is shown in {}", &text[..text.len().min(300)]);
        }
    }
    engine.close().await;
    let mut files = 0;
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() {
            continue;
        }
        files += 1;
        let bytes = std::fs::read(&path).unwrap();
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "a key is in {}", path.display());
        }
    }
    assert!(files > 0, "there was something to look into");
}

#[tokio::test]
async fn a_refused_key_is_not_repeated_in_the_error() {
    let connected = Connected::to(ScenarioName::Small).await;
    let Connected { engine, id, .. } = &connected;
    let wrong = "a-wrong-key-0123456789";
    let key = lockstep_engine::secrets::Sensitive::new(wrong);
    engine.set_memory_key(id, lockstep_engine::api::views::KeyKind::Scim, key).await.unwrap();
    let error = engine.compute_plan(id).await.expect_err("the key is wrong");
    let text = format!("{error:?} {error} {} {:?}", error.cause_chain(), error.hints);
    assert!(!text.contains(wrong), "{text}");
    assert!(!error.hints.is_empty(), "{error} says what to do");
}

#[tokio::test]
async fn a_key_from_the_environment_wins_and_is_written_nowhere() {
    let sandbox = start(ScenarioName::Small).await;
    let access = sandbox.access();
    let directory = TempDir::new().unwrap();
    let environment = Environment::fixed([
        ("LOCKSTEP_JUMPCLOUD_API_KEY", "a-general-key-that-is-wrong"),
        ("LOCKSTEP_JUMPCLOUD_API_KEY__ACME", access.jumpcloud_api_key.as_str()),
        ("LOCKSTEP_SCIM_TOKEN", access.scim_token.as_str()),
        ("LOCKSTEP_ORGANISATION_KEY", access.organisation_key.as_str()),
    ]);
    let secrets = SecretBackend::Given(SecretStore::in_memory().with_environment(environment));
    let options = EngineOptions { secrets, ..options(&directory, OpenMode::ReadWrite) };
    let engine = Engine::open(options).await.unwrap();
    let added = engine.add_connection(draft(&access)).await.unwrap();
    for key in &added.keys {
        assert_eq!(key.origin.as_deref(), Some("environment"), "{key:?}");
    }
    let checks = engine.test_connection(&added.connection_id).await.unwrap();
    assert!(checks.iter().all(|check| check.ok), "the connection's own variable wins: {checks:#?}");
    engine.compute_plan(&added.connection_id).await.expect("a plan needs no stored key");
}
