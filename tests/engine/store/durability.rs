//! What survives a process that is killed in the middle of its work.

use lockstep_engine::store::tables::refresh::SourceRefresh;
use lockstep_engine::store::tables::source_cache::{self, SourceMarkers};
use lockstep_engine::store::tables::{settings, snapshots};
use lockstep_engine::store::{Mode, Store};

use super::process::Helper;
use super::{TestStore, now, person, source_group};

#[tokio::test]
async fn a_kill_in_the_middle_of_group_commits_loses_nothing_that_was_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    // Each round kills at another moment: the writers are not in step with the lines read here.
    for round in 1..=5 {
        let mut writer = Helper::start("write", directory.path(), &[]);
        let mut acknowledged: Vec<String> = (0..round * 97).map(|_| writer.said().unwrap()).collect();
        acknowledged.extend(writer.kill());

        let store = Store::open(directory.path(), Mode::Write).unwrap();
        let missing = store
            .read(move |conn| {
                let mut missing = Vec::new();
                for name in acknowledged {
                    if settings::get::<u64>(conn, &name)?.is_none() {
                        missing.push(name);
                    }
                }
                let check: String = conn.query_row("PRAGMA integrity_check", (), |row| row.get(0))?;
                assert_eq!(check, "ok", "the file is sound");
                Ok(missing)
            })
            .await
            .unwrap();
        assert!(missing.is_empty(), "acknowledged and lost in round {round}: {missing:?}");
    }
}

#[tokio::test]
async fn a_kill_between_pages_leaves_the_old_snapshot_in_force() {
    let test = TestStore::new().await;
    let refresh = SourceRefresh::begin(&test.store, &test.acme, now()).await.unwrap();
    refresh.people(vec![person("ada", "Ada"), person("bob", "Bob")]).await.unwrap();
    refresh.groups(vec![source_group("g", "Engineering", &["ada", "bob"])]).await.unwrap();
    refresh.finish(&SourceMarkers::default(), now()).await.unwrap();
    let before = load(&test.store, &test).await;
    let TestStore { directory, store, acme } = test;
    drop(store);

    let mut other = Helper::start("read-pages", directory.path(), &[]);
    assert_eq!(other.said().as_deref(), Some("two pages"), "two pages are committed");
    other.kill();

    let store = Store::open(directory.path(), Mode::Write).unwrap();
    let test = TestStore { directory, store, acme };
    assert_eq!(load(&test.store, &test).await, before, "nobody sees the half-read generation");

    // The next reading clears the traces away and counts exactly what it reads.
    let refresh = SourceRefresh::begin(&test.store, &test.acme, now()).await.unwrap();
    refresh.people(vec![person("ada", "Ada"), person("bob", "Bob")]).await.unwrap();
    refresh.groups(vec![source_group("g", "Engineering", &["ada", "bob"])]).await.unwrap();
    assert_eq!(load(&test.store, &test).await, before, "nor the next one before it is complete");
    refresh.finish(&SourceMarkers::default(), now()).await.unwrap();
    assert_eq!(load(&test.store, &test).await, before, "which reads the same as the first");
    let rows: i64 = test.raw().query_row("SELECT count(*) FROM source_people", (), |row| row.get(0)).unwrap();
    assert_eq!(rows, 2, "Cyd, whom only the killed process read, has left no row");
}

async fn load(store: &Store, test: &TestStore) -> Option<lockstep_core::snapshot::source::SourceSnapshot> {
    let id = test.acme.clone();
    store.read(move |conn| source_cache::load(conn, &id)).await.unwrap().map(|(_, snapshot)| snapshot)
}

#[tokio::test]
async fn a_reading_that_was_overtaken_cannot_be_finished() {
    let test = TestStore::new().await;
    let slow = SourceRefresh::begin(&test.store, &test.acme, now()).await.unwrap();
    slow.people(vec![person("ada", "Ada")]).await.unwrap();
    let fast = SourceRefresh::begin(&test.store, &test.acme, now()).await.unwrap();
    fast.people(vec![person("bob", "Bob")]).await.unwrap();
    fast.finish(&SourceMarkers::default(), now()).await.unwrap();
    assert!(slow.finish(&SourceMarkers::default(), now()).await.is_err(), "its rows were cleared away");
    let id = test.acme.clone();
    let info = test.store.read(move |conn| snapshots::in_force(conn, &id, snapshots::Side::Source));
    assert_eq!(info.await.unwrap().unwrap().people, 1, "the later reading is in force");
}
