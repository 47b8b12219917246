//! How values are put into columns and taken out again.

use jiff::Timestamp;
use rusqlite::types::Type;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::clock;
use crate::store::StoreError;

/// Writes a value as JSON.
pub(super) fn to_json(what: &'static str, value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::corrupt(what, error))
}

/// Reads a value from JSON.
pub(super) fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::corrupt(what, error))
}

/// Returns the word that serde gives a plain enum variant.
pub(super) fn word(value: &impl Serialize) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(other) => Err(StoreError::corrupt("word", other)),
        Err(error) => Err(StoreError::corrupt("word", error)),
    }
}

/// Reads a plain enum variant from the word that serde gives it.
pub(super) fn from_word<T: DeserializeOwned>(what: &'static str, word: &str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|error| StoreError::corrupt(what, error))
}

/// Reads a time.
pub(super) fn time(what: &'static str, text: &str) -> Result<Timestamp, StoreError> {
    clock::from_text(text).map_err(|error| StoreError::corrupt(what, error))
}

/// Reads a time that may be missing.
pub(super) fn optional_time(what: &'static str, text: Option<&str>) -> Result<Option<Timestamp>, StoreError> {
    text.map(|text| time(what, text)).transpose()
}

/// Lets a row closure, which may only return rusqlite's errors, report one of ours.
pub(super) fn in_row(error: StoreError) -> rusqlite::Error {
    match error {
        StoreError::Sqlite(error) => error,
        other => rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(other)),
    }
}

/// Hashes a row's content, to see whether it changed. The separators keep ("a", "bc") apart from ("ab", "c"), and no value apart from an empty one.
#[derive(Default)]
pub(super) struct RowHash(Sha256);

impl RowHash {
    pub(super) fn text(&mut self, value: Option<&str>) {
        match value {
            None => self.0.update([0xff]),
            Some(value) => {
                self.0.update([0x01]);
                self.0.update((value.len() as u64).to_le_bytes());
                self.0.update(value);
            }
        }
    }

    pub(super) fn flag(&mut self, value: bool) {
        self.0.update([u8::from(value)]);
    }

    /// Returns the first eight bytes of SHA-256 as a number.
    pub(super) fn finish(self) -> i64 {
        let digest = self.0.finalize();
        let mut first = [0; 8];
        for (to, from) in first.iter_mut().zip(digest) {
            *to = from;
        }
        i64::from_be_bytes(first)
    }
}

/// Turns a count of SQLite's into the one that screens use; counts beyond 4 billion do not occur.
pub(super) fn count(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
