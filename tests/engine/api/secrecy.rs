//! A key is in no view, no error and no file.

use lockstep_engine::api::views::WindowQuery;
use lockstep_sandbox::{Access, ScenarioName};

use super::Connected;

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
