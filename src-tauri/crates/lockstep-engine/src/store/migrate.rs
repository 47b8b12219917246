//! Brings a database to the schema that this version knows, or says why it must not be opened.
//!
//! `PRAGMA user_version` is the schema's number, `PRAGMA application_id` says that the file is ours, and the table `schema_migrations` records what was applied with
//! its checksum. A released migration is never edited; each says in its header whether an older app may open the result.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use sha2::{Digest, Sha256};

use super::StoreError;

/// "LOCK" in ASCII: marks the file as a Lockstep database.
const APPLICATION_ID: i32 = 0x4c4f_434b;

/// The header line by which a migration allows an app that does not know it to open the database.
const OLDER_APP_CAN_OPEN: &str = "-- older app: can open";

/// One step of the schema; its number is its place in the list, from 1.
#[derive(Clone, Copy, Debug)]
struct Migration {
    name: &'static str,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] =
    &[Migration { name: "0001_initial", sql: include_str!("migrations/0001_initial.sql") }];

const BOOKKEEPING: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    version   INTEGER PRIMARY KEY,              -- number of the migration, from 1
    name      TEXT NOT NULL,                    -- its file's name without the ending
    checksum  TEXT NOT NULL,                    -- SHA-256 of its text, hexadecimal
    older_app TEXT NOT NULL                     -- 'can open' or 'must refuse': what an app that does not know it may do
) STRICT;";

/// Applies what is missing, after copying a database that already holds something.
///
/// # Errors
/// [`StoreError::NotOurs`], [`StoreError::DatabaseTooNew`], [`StoreError::MigrationChanged`], [`StoreError::Migration`].
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    apply(connection, path, MIGRATIONS)
}

/// Checks that a file is ours, or empty, and not newer than this version.
///
/// # Errors
/// As [`migrate`].
pub(super) fn check_ours(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    check(connection, path, MIGRATIONS).map(drop)
}

/// Checks that a reader may use the database as it is.
///
/// # Errors
/// [`StoreError::NotOurs`], [`StoreError::DatabaseTooNew`], [`StoreError::DatabaseTooOld`].
pub(super) fn check_readable(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let found = check(connection, path, MIGRATIONS)?;
    let known = count(MIGRATIONS);
    if found == 0 {
        // A writer that is just creating it: the same answer as a moment before.
        let path = path.parent().unwrap_or(path).to_owned();
        return Err(StoreError::NothingHere { path });
    }
    if found < known { Err(StoreError::DatabaseTooOld { found, known }) } else { Ok(()) }
}

fn apply(connection: &mut Connection, path: &Path, migrations: &[Migration]) -> Result<(), StoreError> {
    let found = check(connection, path, migrations)?;
    if found >= count(migrations) {
        return Ok(());
    }
    if found > 0 {
        back_up(connection, path, found)?;
    }
    for (version, migration) in (1..).zip(migrations).filter(|(version, _)| *version > found) {
        apply_one(connection, version, migration)
            .map_err(|source| StoreError::Migration { version, source })?;
        tracing::info!(version, name = migration.name, "The database was migrated.");
    }
    Ok(())
}

fn apply_one(
    connection: &mut Connection,
    version: u32,
    migration: &Migration,
) -> Result<(), rusqlite::Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    transaction.execute_batch(BOOKKEEPING)?;
    transaction.execute_batch(migration.sql)?;
    transaction.execute(
        "INSERT INTO schema_migrations (version, name, checksum, older_app) VALUES (?1, ?2, ?3, ?4)",
        (version, migration.name, checksum(migration.sql), older_app(migration.sql)),
    )?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", version)?;
    transaction.commit()
}

/// Returns the schema version found, 0 for an empty file, after checking that the file is ours and its history is the one known here.
fn check(connection: &Connection, path: &Path, migrations: &[Migration]) -> Result<u32, StoreError> {
    let not_ours = || StoreError::NotOurs { path: path.to_owned() };
    let read = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let found = u32::try_from(read("user_version")?).map_err(|_| not_ours())?;
    let marked = read("application_id")? == i64::from(APPLICATION_ID);
    let empty =
        connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get::<_, i64>(0))? == 0;
    match (found, marked, empty) {
        (0, false, true) => return Ok(0),
        (1.., true, _) => {}
        _ => return Err(not_ours()),
    }
    for (version, migration) in (1..=found).zip(migrations) {
        let applied: Option<String> = connection
            .query_row("SELECT checksum FROM schema_migrations WHERE version = ?1", [version], |row| {
                row.get(0)
            })
            .optional()?;
        if applied.as_deref() != Some(checksum(migration.sql).as_str()) {
            return Err(StoreError::MigrationChanged { version });
        }
    }
    let known = count(migrations);
    let refusing: i64 = connection.query_row(
        "SELECT count(*) FROM schema_migrations WHERE version > ?1 AND older_app <> 'can open'",
        [known],
        |row| row.get(0),
    )?;
    if refusing > 0 { Err(StoreError::DatabaseTooNew { found, known }) } else { Ok(found) }
}

/// Copies the database to `<file>.v<version>.backup` beside it; a copy of the same version is replaced only when the new one is whole.
fn back_up(connection: &Connection, path: &Path, version: u32) -> Result<(), StoreError> {
    let with_ending = |ending: String| -> PathBuf {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        name.into()
    };
    let partial = with_ending(format!(".v{version}.backup.part"));
    let whole = with_ending(format!(".v{version}.backup"));
    let io = |action, path: &Path| {
        let path = path.to_owned();
        move |source| StoreError::Io { action, path, source }
    };
    if partial.exists() {
        std::fs::remove_file(&partial).map_err(io("Could not remove", &partial))?;
    }
    let target = partial.to_str().ok_or_else(|| StoreError::Io {
        action: "Could not copy the database to",
        path: partial.clone(),
        source: std::io::Error::other("the path is not valid Unicode"),
    })?;
    connection.execute("VACUUM INTO ?1", [target])?;
    std::fs::rename(&partial, &whole).map_err(io("Could not rename the copy to", &whole))
}

fn count(migrations: &[Migration]) -> u32 {
    u32::try_from(migrations.len()).unwrap_or(u32::MAX)
}

fn checksum(sql: &str) -> String {
    // Line endings are git's business on some systems; the meaning is the same.
    hex::encode(Sha256::digest(sql.replace("\r\n", "\n")))
}

fn older_app(sql: &str) -> &'static str {
    if sql.lines().any(|line| line.trim_end() == OLDER_APP_CAN_OPEN) { "can open" } else { "must refuse" }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Migration =
        Migration { name: "0001_first", sql: "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (7);" };
    const ADDS: Migration = Migration {
        name: "0002_adds",
        sql: "-- older app: can open\nALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 1;",
    };
    const CHANGES: Migration =
        Migration { name: "0003_changes", sql: "-- older app: must refuse\nALTER TABLE a RENAME TO b;" };
    const BROKEN: Migration =
        Migration { name: "0002_broken", sql: "ALTER TABLE a RENAME TO c; SELECT nonsense FROM nowhere;" };

    fn open(directory: &Path) -> (Connection, PathBuf) {
        let path = directory.join("test.db");
        (Connection::open(&path).unwrap(), path)
    }

    #[test]
    fn a_database_is_copied_before_it_is_migrated() {
        let directory = tempfile::tempdir().unwrap();
        let (mut connection, path) = open(directory.path());
        apply(&mut connection, &path, &[FIRST]).unwrap();
        assert!(!directory.path().join("test.db.v0.backup").exists(), "an empty database needs no copy");

        apply(&mut connection, &path, &[FIRST, ADDS]).unwrap();
        let copy = Connection::open(directory.path().join("test.db.v1.backup")).unwrap();
        assert_eq!(check(&copy, &path, &[FIRST]).unwrap(), 1, "the copy has the schema from before");
        let x: i64 = copy.query_row("SELECT x FROM a", (), |row| row.get(0)).unwrap();
        assert_eq!(x, 7, "the copy has the content");
    }

    #[test]
    fn a_failing_migration_leaves_the_database_as_it_was() {
        let directory = tempfile::tempdir().unwrap();
        let (mut connection, path) = open(directory.path());
        apply(&mut connection, &path, &[FIRST]).unwrap();
        let error = apply(&mut connection, &path, &[FIRST, BROKEN]).unwrap_err();
        assert!(
            matches!(error, StoreError::Migration { version: 2, .. }),
            "it names the migration: {error:?}"
        );
        assert_eq!(check(&connection, &path, &[FIRST]).unwrap(), 1, "the version is the old one");
        connection.query_row("SELECT x FROM a", (), |row| row.get::<_, i64>(0)).unwrap();
    }

    #[test]
    fn an_older_app_opens_a_newer_database_only_where_the_migration_allows_it() {
        let directory = tempfile::tempdir().unwrap();
        let (mut connection, path) = open(directory.path());
        apply(&mut connection, &path, &[FIRST, ADDS]).unwrap();
        assert_eq!(check(&connection, &path, &[FIRST]).unwrap(), 2, "an added column disturbs nobody");
        apply(&mut connection, &path, &[FIRST]).unwrap();

        apply(&mut connection, &path, &[FIRST, ADDS, CHANGES]).unwrap();
        let error = check(&connection, &path, &[FIRST, ADDS]).unwrap_err();
        assert!(matches!(error, StoreError::DatabaseTooNew { found: 3, known: 2 }), "got {error:?}");
    }

    #[test]
    fn a_changed_migration_is_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let (mut connection, path) = open(directory.path());
        apply(&mut connection, &path, &[FIRST]).unwrap();
        let edited = Migration { sql: "CREATE TABLE a (x TEXT) STRICT;", ..FIRST };
        let error = check(&connection, &path, &[edited]).unwrap_err();
        assert!(matches!(error, StoreError::MigrationChanged { version: 1 }), "got {error:?}");
    }

    #[test]
    fn somebody_elses_database_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let (mut connection, path) = open(directory.path());
        connection.execute_batch("CREATE TABLE theirs (x INTEGER)").unwrap();
        let error = apply(&mut connection, &path, &[FIRST]).unwrap_err();
        assert!(matches!(error, StoreError::NotOurs { .. }), "got {error:?}");
    }
}
