//! Settings of the installation: named JSON values.

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::columns::{from_json, to_json};
use crate::secrets::Salt;
use crate::store::{StoreError, WriteTransaction};
use crate::tags::CacheTag;

const SALT: &str = "secrets.salt";

/// Returns a setting; `None` where it was never set.
///
/// # Errors
/// When what is stored is no `T`.
pub fn get<T: DeserializeOwned>(connection: &Connection, name: &str) -> Result<Option<T>, StoreError> {
    let text: Option<String> = connection
        .prepare_cached("SELECT value FROM settings WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    text.map(|text| from_json("setting", &text)).transpose()
}

/// Sets a setting.
///
/// # Errors
/// When SQLite refuses.
pub fn set(tx: &WriteTransaction<'_>, name: &str, value: &impl Serialize) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute((name, to_json("setting", value)?))?;
    tx.touch(CacheTag::Settings);
    Ok(())
}

/// Forgets a setting.
///
/// # Errors
/// When SQLite refuses.
pub fn clear(tx: &WriteTransaction<'_>, name: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM settings WHERE name = ?1", [name])?;
    tx.touch(CacheTag::Settings);
    Ok(())
}

/// Returns the installation's salt for fingerprints; `None` before the first writer made one.
///
/// # Errors
/// When what is stored is no salt.
pub fn salt(connection: &Connection) -> Result<Option<Salt>, StoreError> {
    let text: Option<String> = get(connection, SALT)?;
    text.map(|text| Salt::from_hex(&text).ok_or_else(|| StoreError::corrupt("salt", "it is not hexadecimal")))
        .transpose()
}

/// Returns the installation's salt for fingerprints, drawing one the first time.
///
/// # Errors
/// As [`salt`].
pub fn ensure_salt(tx: &WriteTransaction<'_>) -> Result<Salt, StoreError> {
    if let Some(salt) = salt(tx)? {
        return Ok(salt);
    }
    let salt = Salt::random();
    set(tx, SALT, &salt.to_hex())?;
    Ok(salt)
}
