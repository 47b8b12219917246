//! No key is in a file, a view or an error, however a sync went.

use std::path::Path;

use lockstep_engine::api::views::WindowQuery;

use super::bench::{TestEngine, approve_all};

fn files(directory: &Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

#[tokio::test]
async fn keys_are_nowhere_after_runs_that_went_well_and_badly() {
    let test = TestEngine::start("small").await;
    let access = test.sandbox.access();
    let keys = [access.jumpcloud_api_key, access.scim_token, access.organisation_key];
    let mut shown = Vec::new();
    for faults in [
        &["error-shape:side=scim,method=write,shape=html,status=400,every=3"][..],
        &["drop-after:side=scim,method=write,every=4"],
        &["revoked-key:side=scim,method=write,after=2"],
        &["revoked-key:side=jumpcloud"],
        &["html-error:side=scim,status=403"],
        &["malformed:side=organisation"],
        &[],
    ] {
        test.faults(faults);
        match test.try_plan().await {
            Ok(plan) => {
                let run = test.apply(approve_all(&plan)).await;
                shown.push(serde_json::to_string(&plan).unwrap());
                shown.push(serde_json::to_string(&run).unwrap());
                let query = WindowQuery { limit: 200, ..WindowQuery::default() };
                let rows = test.engine.run_operations(&run.run_id, &query).await.unwrap();
                shown.push(serde_json::to_string(&rows).unwrap());
            }
            Err(error) => shown.push(format!("{error:?} {error} {} {:?}", error.cause_chain(), error.hints)),
        }
    }
    shown.push(serde_json::to_string(&test.engine.list_connections().await.unwrap()).unwrap());
    shown.push(
        serde_json::to_string(&test.engine.event_records(&test.id, None, None).await.unwrap()).unwrap(),
    );
    shown.push(serde_json::to_string(&test.engine.overview(&test.id).await.unwrap()).unwrap());
    for text in &shown {
        assert!(
            !keys.iter().any(|key| text.contains(key.as_str())),
            "a key is shown: {}",
            &text[..text.len().min(400)]
        );
    }
    test.engine.close().await;
    let files = files(test.directory.path());
    assert!(!files.is_empty(), "there is something to look into");
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        for key in &keys {
            let found = bytes.windows(key.len()).any(|window| window == key.as_bytes());
            assert!(!found, "a key is in {}", file.display());
        }
    }
}
