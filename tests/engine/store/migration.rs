//! Databases of other versions.

use lockstep_core::ids::{ConnectionId, RunId};
use lockstep_engine::store::tables::{connections, events, links, plans, run_operations, runs, source_cache};
use lockstep_engine::store::{DATABASE_FILE, Mode, Store, StoreError};

use super::TestStore;

/// A database that version 0.1.0 wrote: `tests/fixtures/databases/README.md`.
const FIRST: &[u8] = include_bytes!("../../fixtures/databases/0001.db");

#[tokio::test]
async fn a_database_of_the_first_version_opens_with_everything_in_it() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join(DATABASE_FILE), FIRST).unwrap();
    let store = Store::open(directory.path(), Mode::Write).unwrap();
    store
        .read(|conn| {
            let acme = ConnectionId::from("acme");
            assert_eq!(connections::get(conn, &acme)?.draft.name, "Acme", "its connection");
            let (_, source) = source_cache::load(conn, &acme)?.expect("its cache");
            assert_eq!(source.people.len(), 2, "the people in it");
            assert_eq!(links::load(conn, &acme)?.people.len(), 1, "the link");
            let plan = plans::latest(conn, &acme)?.expect("its plan");
            assert_eq!(plans::operations(conn, &plan.id)?.len(), 2, "the operations");
            let run = runs::get(conn, &RunId::from("run-1"))?;
            assert_eq!(run_operations::in_states(conn, &run.id, &[])?.len(), 2, "the journal");
            assert!(events::verify(conn, &acme, None)?.valid, "and the log's chain");
            Ok(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let test = TestStore::new().await;
    let raw = test.raw();
    raw.execute(
        "INSERT INTO schema_migrations (version, name, checksum, older_app) VALUES (99, '0099_future', 'x', 'must refuse')",
        (),
    )
    .unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    let TestStore { directory, store, .. } = test;
    drop(store);
    for mode in [Mode::Write, Mode::ReadOnly] {
        let error = Store::open(directory.path(), mode).unwrap_err();
        assert!(matches!(error, StoreError::DatabaseTooNew { found: 99, .. }), "{mode:?}: {error:?}");
    }
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(DATABASE_FILE);
    let letter = b"Dear diary, this is certainly not a database. ".repeat(40);
    std::fs::write(&path, &letter).unwrap();
    for mode in [Mode::ReadOnly, Mode::Write] {
        let error = Store::open(directory.path(), mode).unwrap_err();
        assert!(matches!(error, StoreError::NotOurs { .. }), "{mode:?}: {error:?}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), letter, "not a byte of it is changed");
}

/// Writes the stored database anew. Only while no version with this schema was released: from then on the file is history.
#[tokio::test]
#[ignore = "not a test: writes tests/fixtures/databases/0001.db"]
async fn write_the_first_database() {
    use lockstep_core::link::PersonLink;
    use lockstep_core::run::RunState;
    use lockstep_engine::store::tables::refresh::SourceRefresh;
    use lockstep_engine::store::tables::source_cache::SourceMarkers;
    use serde_json::json;

    let test = TestStore::new().await;
    let refresh = SourceRefresh::begin(&test.store, &test.acme, super::now()).await.unwrap();
    refresh.people(vec![super::person("ada", "Ada Lovelace"), super::person("bob", "Bob")]).await.unwrap();
    refresh.groups(vec![super::source_group("g", "Engineering", &["ada", "bob"])]).await.unwrap();
    refresh.finish(&SourceMarkers::default(), super::now()).await.unwrap();
    let id = test.acme.clone();
    test.store
        .write(move |tx| {
            let link = PersonLink { source: "ada".into(), target: "u1".into() };
            links::link_person(tx, &id, &link, None, super::now())?;
            let operations = [super::create_user("ada", "Ada Lovelace"), super::create_user("bob", "Bob")];
            plans::insert(tx, &id, &super::new_plan("plan-1"), &operations)?;
            let run = runs::NewRun {
                id: RunId::from("run-1"),
                plan: "plan-1".into(),
                started_at: super::now(),
                started_by: "admin".to_owned(),
                trigger: "manual".to_owned(),
                guard_override: None,
                held: 0,
            };
            runs::insert(tx, &id, &run)?;
            plans::approve(tx, &run.plan, &run.id, "admin", super::now())?;
            run_operations::insert(tx, &run.id, (0..).zip(&operations))?;
            runs::finish(tx, &run.id, RunState::Stopped, Some("Stopped by a person"), super::now())?;
            let event = events::NewEvent {
                time: super::now(),
                event_type: "idm_integration_activate",
                outcome: events::Outcome::Success,
                subject: json!({"type": "connection", "label": "Acme"}),
                run: None,
                status: None,
                error: None,
                initiated_by: "admin".to_owned(),
            };
            events::append(tx, &id, event).map(drop)
        })
        .await
        .unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/fixtures/databases/0001.db");
    let raw = test.raw();
    // Small pages: most tables hold a row or two.
    raw.execute_batch("PRAGMA page_size = 512;").unwrap();
    raw.execute("VACUUM INTO ?1", [format!("{path}.new")]).unwrap();
    std::fs::rename(format!("{path}.new"), path).unwrap();
}
