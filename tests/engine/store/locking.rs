//! Who may open a data directory, and when.

use lockstep_engine::store::tables::{connections, settings};
use lockstep_engine::store::{LOCK_FILE, Mode, Store, StoreError};

use super::TestStore;
use super::process::Helper;

#[tokio::test]
async fn a_second_writer_is_told_who_the_first_one_is() {
    let directory = tempfile::tempdir().unwrap();
    let mut other = Helper::start("hold", directory.path(), &[]);
    assert_eq!(other.said().as_deref(), Some("holding"), "the other process writes");

    let error = Store::open(directory.path(), Mode::Write).unwrap_err();
    let StoreError::Busy { holder, .. } = &error else { panic!("got {error:?}") };
    assert_eq!(*holder, Some(other.id()), "the lock file names the process");
    assert!(
        error.to_string().contains(&format!("process {}", other.id())),
        "and so does the message: {error}"
    );
}

#[tokio::test]
async fn reading_works_while_another_process_writes() {
    let directory = tempfile::tempdir().unwrap();
    let mut other = Helper::start("hold", directory.path(), &[]);
    assert_eq!(other.said().as_deref(), Some("holding"), "the other process writes");

    let reader = Store::open(directory.path(), Mode::ReadOnly).unwrap();
    let held: Option<bool> = reader.read(|conn| settings::get(conn, "held")).await.unwrap();
    assert_eq!(held, Some(true), "what the other process committed is seen");
}

#[tokio::test]
async fn a_killed_writer_leaves_no_lock_behind() {
    let directory = tempfile::tempdir().unwrap();
    let mut other = Helper::start("hold", directory.path(), &[]);
    assert_eq!(other.said().as_deref(), Some("holding"), "the other process writes");
    other.kill();

    let store = Store::open(directory.path(), Mode::Write).expect("the lock ended with its process");
    let held: Option<bool> = store.read(|conn| settings::get(conn, "held")).await.unwrap();
    assert_eq!(held, Some(true), "its commit is there");
}

#[tokio::test]
async fn the_last_clone_gives_the_lock_back() {
    let test = TestStore::new().await;
    let path = test.directory.path();
    let clone = test.store.clone();
    drop(test.store);
    assert!(matches!(Store::open(path, Mode::Write), Err(StoreError::Busy { .. })), "a clone still holds it");
    drop(clone);
    let again = Store::open(path, Mode::Write).unwrap();
    let connections = again.read(connections::list).await.unwrap();
    assert_eq!(connections.len(), 1, "what was stored is stored");
}

#[test]
fn reading_a_directory_without_data_says_that_there_is_none() {
    let directory = tempfile::tempdir().unwrap();
    for path in [directory.path().join("never-made"), directory.path().to_owned()] {
        let error = Store::open(&path, Mode::ReadOnly).unwrap_err();
        assert!(matches!(error, StoreError::NothingHere { .. }), "got {error:?}");
        assert!(error.to_string().contains(path.to_str().unwrap()), "it names the place: {error}");
    }
    assert!(!directory.path().join("never-made").exists(), "reading creates nothing");
    assert!(!directory.path().join(LOCK_FILE).exists(), "not even a lock file");
}

#[cfg(unix)]
#[test]
fn a_new_data_directory_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("deep/er");
    let _store = Store::open(&path, Mode::Write).unwrap();
    let mode = path.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "names and addresses of people are in it");
}
