//! Writing: group commit, savepoints, tags.

use lockstep_engine::store::tables::settings;
use lockstep_engine::store::{Mode, Store, StoreError};
use lockstep_engine::tags::CacheTag;

use super::TestStore;

fn keys(store: &TestStore) -> Vec<String> {
    let raw = store.raw();
    let mut statement = raw.prepare("SELECT name FROM settings ORDER BY name").unwrap();
    statement.query_map((), |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_write_takes_back_its_own_changes_only() {
    let test = TestStore::new().await;
    // The first write keeps the writer busy until all others wait, so that they share one transaction with the failing ones.
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let first = test.store.write(move |tx| {
        wait.recv().unwrap();
        settings::set(tx, "first", &1)
    });
    let others = (0..20).map(|number| {
        test.store.write(move |tx| {
            settings::set(tx, &format!("n{number:02}"), &number)?;
            match number {
                7 => Err(StoreError::corrupt("number", "seven is refused")),
                8 => panic!("eight panics"),
                _ => Ok(()),
            }
        })
    });
    let others = futures::future::join_all(others);
    let release = async {
        tokio::task::yield_now().await;
        go.send(()).unwrap();
    };
    let (first, others, ()) = tokio::join!(first, others, release);

    first.unwrap();
    for (number, outcome) in others.iter().enumerate() {
        match (number, outcome) {
            (7, Err(StoreError::Corrupt { .. })) | (8, Err(StoreError::Panicked)) => {}
            (_, Ok(())) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
    let keys = keys(&test);
    assert_eq!(keys.len(), 19, "everything but the two is stored: {keys:?}");
    assert!(!keys.contains(&"n07".to_owned()) && !keys.contains(&"n08".to_owned()), "they are rolled back");
    test.store.write(|tx| settings::set(tx, "later", &1)).await.expect("the writer lives on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_that_wait_together_share_one_commit() {
    let test = TestStore::new().await;
    let mut tags = test.store.subscribe().unwrap();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let first = test.store.write(move |_| {
        wait.recv().unwrap();
        Ok(())
    });
    let others = futures::future::join_all(
        (0..100).map(|number| test.store.write(move |tx| settings::set(tx, &format!("n{number}"), &number))),
    );
    let release = async {
        tokio::task::yield_now().await;
        go.send(()).unwrap();
    };
    let (first, others, ()) = tokio::join!(first, others, release);
    first.unwrap();
    assert!(others.iter().all(Result::is_ok), "all are stored");
    assert_eq!(*tags.recv().await.unwrap(), [CacheTag::Settings], "the tags of all are told once");
    assert!(tags.try_recv().is_err(), "there was one commit, not a hundred");
}

#[tokio::test]
async fn tags_are_published_after_the_commit_and_not_for_failures() {
    let test = TestStore::new().await;
    let mut tags = test.store.subscribe().unwrap();
    let failed = test.store.write(|tx| {
        tx.touch(CacheTag::People);
        Err::<(), _>(StoreError::Closed)
    });
    assert!(failed.await.is_err(), "it fails as told");
    test.store.write(|tx| settings::set(tx, "a", &1)).await.unwrap();
    assert_eq!(*tags.recv().await.unwrap(), [CacheTag::Settings], "only what was committed is told");
    let stored: Option<i64> = test.store.read(|conn| settings::get(conn, "a")).await.unwrap();
    assert_eq!(stored, Some(1), "whoever hears the tag reads the new value");
}

#[tokio::test]
async fn a_refusal_of_the_callers_own_kind_takes_the_write_back() {
    #[derive(Debug, PartialEq)]
    enum Refusal {
        Own,
        Store(String),
    }
    impl From<StoreError> for Refusal {
        fn from(error: StoreError) -> Self {
            Self::Store(error.to_string())
        }
    }
    let test = TestStore::new().await;
    let outcome = test.store.write_or(|tx| {
        settings::set(tx, "a", &1)?;
        Err::<(), _>(Refusal::Own)
    });
    assert_eq!(outcome.await, Err(Refusal::Own), "the caller's own error comes back");
    assert!(keys(&test).is_empty(), "nothing is stored");
}

#[tokio::test]
async fn a_read_sees_one_moment_and_cannot_write() {
    let test = TestStore::new().await;
    let refused = test.store.read(|conn| Ok(conn.execute("DELETE FROM connections", ())?));
    assert!(matches!(refused.await, Err(StoreError::Sqlite(_))), "a reader cannot write");

    let (store, writer) = (test.store.clone(), tokio::runtime::Handle::current());
    let (before, after) = test
        .store
        .read(move |conn| {
            let count = || conn.query_row("SELECT count(*) FROM settings", (), |row| row.get::<_, i64>(0));
            let before = count()?;
            writer.block_on(store.write(|tx| settings::set(tx, "meanwhile", &1)))?;
            Ok((before, count()?))
        })
        .await
        .unwrap();
    assert_eq!((before, after), (0, 0), "what is written meanwhile is not seen");
}

#[tokio::test]
async fn a_store_that_only_reads_refuses_to_write() {
    let test = TestStore::new().await;
    let reader = Store::open(test.directory.path(), Mode::ReadOnly).unwrap();
    let refused = reader.write(|tx| settings::set(tx, "a", &1)).await;
    assert!(matches!(refused, Err(StoreError::ReadOnly)), "got {refused:?}");
    assert!(reader.subscribe().is_none() && !reader.is_writable(), "it says so beforehand");
}
