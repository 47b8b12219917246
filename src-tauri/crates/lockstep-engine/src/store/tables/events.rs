//! The event log: append-only, hash-chained, one chain per connection.
//!
//! # The hash
//! `hash` is `sha256:` and the lower-case hexadecimal SHA-256 of the record's canonical form: the record as the headless contract prints it (one JSON object), without its
//! member `hash`, in UTF-8, without blanks, the members of every object sorted by name (RFC 8785 for the values that occur: text, whole numbers, `null`, objects, lists).
//! `previous` is part of it, so each record vouches for all before it; the first one's is `sha256:` and 64 zeros. Anybody can check an export with a JSON library and SHA-256.
//! What the chain cannot show by itself is a missing end: that is what a checkpoint, kept elsewhere, is for.

use jiff::Timestamp;
use lockstep_core::ids::{ConnectionId, RunId};
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::columns::{count, from_json, from_word, in_row, time};
use super::window::{Clauses, Window};
use crate::api::views::{EventDay, SortDirection, WindowQuery};
use crate::clock::to_text;
use crate::store::text::search_lines;
use crate::store::writer_memory::ChainEnd;
use crate::store::{StoreError, WriteTransaction};
use crate::tags::CacheTag;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It took effect.
    Success,
    /// It did not.
    Failure,
}

impl Outcome {
    /// Returns the contract's word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }
}

/// An event to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// When it happened.
    pub time: Timestamp,
    /// As in JumpCloud's Directory Insights, for example `user_create_provision`.
    pub event_type: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// What it is about: an object with `type` and `label`, `source_id` and `target_id` where there are such. Never a secret.
    pub subject: Value,
    /// The run that it belongs to.
    pub run: Option<RunId>,
    /// HTTP status, where a request was answered.
    pub status: Option<u16>,
    /// What went wrong, in a sentence.
    pub error: Option<String>,
    /// Who or what caused it.
    pub initiated_by: String,
}

/// A recorded event; serialised, it is the contract's record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Counts up from 1 per connection, without gaps.
    pub sequence: u32,
    /// When it happened, as text, since the hash is over the text.
    pub time: String,
    /// As in JumpCloud's Directory Insights.
    pub event_type: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The connection's slug; the connection itself may be gone.
    pub connection: ConnectionId,
    /// What it is about.
    pub subject: Value,
    /// The run that it belongs to.
    pub run: Option<RunId>,
    /// HTTP status.
    pub status: Option<u16>,
    /// What went wrong.
    pub error: Option<String>,
    /// Who or what caused it.
    pub initiated_by: String,
    /// Hash of the record before.
    pub previous: String,
    /// Hash of this record.
    pub hash: String,
}

/// What a walk along the chain found; serialised, it is the contract's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// Whether every record is as it was written and none is missing before the end.
    pub valid: bool,
    /// Records walked.
    pub records: u32,
    /// Sequence of the first record that is not right.
    pub first_bad: Option<u32>,
    /// Hash of the last record; that of the empty log without any.
    pub head: String,
}

/// The hash before the first record.
#[must_use]
pub fn genesis() -> String {
    format!("sha256:{}", "0".repeat(64))
}

/// Computes a record's hash from everything in it but its hash.
#[must_use]
pub fn hash(event: &Event) -> String {
    let mut record = String::with_capacity(640);
    record_text(&mut record, event, &canonical(&event.subject));
    digest(&record)
}

fn digest(record: &str) -> String {
    let mut hash = String::with_capacity(7 + 64);
    hash.push_str("sha256:");
    for byte in Sha256::digest(record) {
        for half in [byte >> 4, byte & 15] {
            hash.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
    }
    hash
}

/// Writes the record's canonical form; its members stand here in their order. `subject` is canonical already.
fn record_text(to: &mut String, event: &Event, subject: &str) {
    to.push_str("{\"connection\":");
    quote(to, event.connection.as_str());
    to.push_str(",\"error\":");
    quote_or_null(to, event.error.as_deref());
    to.push_str(",\"event_type\":");
    quote(to, &event.event_type);
    to.push_str(",\"initiated_by\":");
    quote(to, &event.initiated_by);
    to.push_str(",\"outcome\":");
    quote(to, event.outcome.name());
    to.push_str(",\"previous\":");
    quote(to, &event.previous);
    to.push_str(",\"run\":");
    quote_or_null(to, event.run.as_ref().map(RunId::as_str));
    to.push_str(",\"sequence\":");
    to.push_str(&event.sequence.to_string());
    to.push_str(",\"status\":");
    match event.status {
        Some(status) => to.push_str(&status.to_string()),
        None => to.push_str("null"),
    }
    to.push_str(",\"subject\":");
    to.push_str(subject);
    to.push_str(",\"time\":");
    quote(to, &event.time);
    to.push('}');
}

fn quote_or_null(to: &mut String, text: Option<&str>) {
    match text {
        Some(text) => quote(to, text),
        None => to.push_str("null"),
    }
}

/// Writes a text as JSON; most have nothing to be escaped.
fn quote(to: &mut String, text: &str) {
    if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        to.push('"');
        to.push_str(text);
        to.push('"');
    } else {
        to.push_str(&Value::from(text).to_string());
    }
}

/// Writes JSON without blanks and with sorted members, whatever order the map has.
fn canonical(value: &Value) -> String {
    let mut text = String::with_capacity(128);
    canonical_text(&mut text, value);
    text
}

fn canonical_text(to: &mut String, value: &Value) {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
            to.push('{');
            for (at, (name, value)) in sorted.into_iter().enumerate() {
                if at > 0 {
                    to.push(',');
                }
                quote(to, name);
                to.push(':');
                canonical_text(to, value);
            }
            to.push('}');
        }
        Value::Array(items) => {
            to.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    to.push(',');
                }
                canonical_text(to, item);
            }
            to.push(']');
        }
        Value::String(text) => quote(to, text),
        plain => to.push_str(&plain.to_string()),
    }
}

/// Appends an event to a connection's log, in the transaction of what it records.
///
/// # Errors
/// When SQLite refuses.
pub fn append(
    tx: &WriteTransaction<'_>,
    connection: &ConnectionId,
    new: NewEvent,
) -> Result<Event, StoreError> {
    let end = match tx.memory().take_chain_end(connection.as_str()) {
        Some(end) => end,
        None => {
            let (sequence, hash) = head(tx, connection)?;
            ChainEnd { sequence, hash }
        }
    };
    let mut event = Event {
        sequence: end.sequence + 1,
        time: to_text(new.time),
        event_type: new.event_type.to_owned(),
        outcome: new.outcome,
        connection: connection.clone(),
        subject: new.subject,
        run: new.run,
        status: new.status,
        error: new.error,
        initiated_by: new.initiated_by,
        previous: end.hash,
        hash: String::new(),
    };
    let subject = canonical(&event.subject);
    let mut record = String::with_capacity(640);
    record_text(&mut record, &event, &subject);
    event.hash = digest(&record);
    insert(tx, &event, &subject)?;
    let end = ChainEnd { sequence: event.sequence, hash: event.hash.clone() };
    tx.memory().set_chain_end(connection.as_str(), end);
    tx.touch(CacheTag::Events);
    Ok(event)
}

fn insert(tx: &WriteTransaction<'_>, event: &Event, subject: &str) -> Result<(), StoreError> {
    let member = |name: &str| event.subject.get(name).and_then(Value::as_str);
    let run = event.run.as_ref().map(RunId::as_str);
    let text = search_lines(
        [
            Some(event.event_type.as_str()),
            member("label"),
            member("name"),
            event.error.as_deref(),
            run,
            Some(event.initiated_by.as_str()),
        ]
        .into_iter()
        .flatten(),
    );
    tx.prepare_cached(
        "INSERT INTO events (connection, sequence, time, event_type, outcome, subject, subject_id, run, status, error, initiated_by, previous, hash, search_text)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?
    .execute((
        event.connection.as_str(),
        event.sequence,
        &event.time,
        &event.event_type,
        event.outcome.name(),
        subject,
        member("source_id").or_else(|| member("target_id")),
        run,
        event.status,
        &event.error,
        &event.initiated_by,
        &event.previous,
        &event.hash,
        text,
    ))?;
    Ok(())
}

const COLUMNS: &str = "sequence, time, event_type, outcome, connection, subject, run, status, error, initiated_by, previous, hash";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Event> {
    let text = |index| row.get::<_, String>(index);
    Ok(Event {
        sequence: row.get(0)?,
        time: text(1)?,
        event_type: text(2)?,
        outcome: from_word("event's outcome", &text(3)?).map_err(in_row)?,
        connection: text(4)?.into(),
        subject: from_json("event's subject", &text(5)?).map_err(in_row)?,
        run: row.get::<_, Option<String>>(6)?.map(RunId::from),
        status: row.get(7)?,
        error: row.get(8)?,
        initiated_by: text(9)?,
        previous: text(10)?,
        hash: text(11)?,
    })
}

/// Walks a connection's chain from its first record. With a checkpoint (a head noted earlier), the chain must also contain it: that shows a cut-off end.
///
/// # Errors
/// When SQLite refuses; a broken chain is a result, not an error.
pub fn verify(
    connection: &Connection,
    id: &ConnectionId,
    checkpoint: Option<&str>,
) -> Result<Verification, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM events WHERE connection = ?1 ORDER BY sequence");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id.as_str()])?;
    let mut found = Verification { valid: true, records: 0, first_bad: None, head: genesis() };
    let mut met = checkpoint.is_none_or(|hash| hash == found.head);
    while let Some(row) = rows.next()? {
        found.records += 1;
        let sequence: u32 = row.get(0)?;
        // A record that cannot even be read is a bad record, not a failure of the check.
        let event = from_row(row).ok();
        let right = event.as_ref().is_some_and(|event| {
            sequence == found.records && event.previous == found.head && hash(event) == event.hash
        });
        if !right && found.first_bad.is_none() {
            found.first_bad = Some(sequence.min(found.records));
        }
        found.head = row.get(11)?;
        met |= checkpoint == Some(found.head.as_str());
    }
    if !met && found.first_bad.is_none() {
        found.first_bad = Some(found.records + 1);
    }
    found.valid = found.first_bad.is_none();
    Ok(found)
}

/// Returns the last record's sequence and hash, to be noted elsewhere as a checkpoint; 0 and the hash of the empty log
/// without any.
///
/// # Errors
/// When SQLite refuses.
pub fn head(connection: &Connection, id: &ConnectionId) -> Result<(u32, String), StoreError> {
    let last = connection
        .prepare_cached(
            "SELECT sequence, hash FROM events WHERE connection = ?1 ORDER BY sequence DESC LIMIT 1",
        )?
        .query_row([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(last.unwrap_or_else(|| (0, genesis())))
}

/// Which events an export takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportFilter {
    /// Not before this time.
    pub since: Option<Timestamp>,
    /// Only of this type.
    pub event_type: Option<String>,
}

/// Hands events to `each`, oldest first, without holding them all in memory.
///
/// # Errors
/// When SQLite refuses, a record cannot be read, or `each` fails.
pub fn export(
    connection: &Connection,
    id: &ConnectionId,
    filter: &ExportFilter,
    mut each: impl FnMut(Event) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM events
         WHERE connection = ?1 AND (?2 IS NULL OR time >= ?2) AND (?3 IS NULL OR event_type = ?3) ORDER BY sequence"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query((id.as_str(), filter.since.map(to_text), filter.event_type.as_deref()))?;
    while let Some(row) = rows.next()? {
        each(from_row(row)?)?;
    }
    Ok(())
}

/// Returns whether anything was ever recorded for a connection, removed ones included.
///
/// # Errors
/// When SQLite refuses.
pub fn exists(connection: &Connection, id: &ConnectionId) -> Result<bool, StoreError> {
    let found = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM events WHERE connection = ?1)")?
        .query_row([id.as_str()], |row| row.get(0))?;
    Ok(found)
}

/// Returns a window of events, newest first unless the query says ascending by `time`.
///
/// Filters: `event_type`, `outcome`, `run`, `subject_id`.
///
/// # Errors
/// When SQLite refuses.
pub fn window(
    connection: &Connection,
    id: &ConnectionId,
    query: &WindowQuery,
) -> Result<Window<Event>, StoreError> {
    let mut clauses = Clauses::new("connection", id.as_str().to_owned());
    clauses.search("search_text", &query.search);
    for choice in &query.filters {
        match choice.field.as_str() {
            "event_type" => clauses.any_of("event_type", &choice.values),
            "outcome" => clauses.any_of("outcome", &choice.values),
            "run" => clauses.any_of("run", &choice.values),
            "subject_id" => clauses.any_of("subject_id", &choice.values),
            _ => {}
        }
    }
    let oldest_first = query.sort.as_deref() == Some("time") && query.direction == SortDirection::Ascending;
    let order = if oldest_first { "sequence" } else { "sequence DESC" };
    clauses.window(connection, "events", COLUMNS, order, query, from_row)
}

/// Counts events per day, oldest first; days without events are left out.
///
/// # Errors
/// When SQLite refuses.
pub fn days(
    connection: &Connection,
    id: &ConnectionId,
    since: Timestamp,
) -> Result<Vec<EventDay>, StoreError> {
    let days = connection
        .prepare_cached(
            "SELECT substr(time, 1, 10) AS day, sum(outcome = 'success'), sum(outcome = 'failure')
             FROM events WHERE connection = ?1 AND time >= ?2 GROUP BY day ORDER BY day",
        )?
        .query_map((id.as_str(), to_text(since)), |row| {
            Ok(EventDay { date: row.get(0)?, success: count(row.get(1)?), failure: count(row.get(2)?) })
        })?
        .collect::<Result<_, _>>()?;
    Ok(days)
}

/// Returns the newest events about an object, by its source id or SCIM id.
///
/// # Errors
/// When SQLite refuses.
pub fn about(
    connection: &Connection,
    id: &ConnectionId,
    subjects: &[&str],
    limit: u32,
) -> Result<Vec<Event>, StoreError> {
    let places = vec!["?"; subjects.len()].join(", ");
    let sql = format!(
        "SELECT {COLUMNS} FROM events WHERE connection = ? AND subject_id IN ({places}) ORDER BY sequence DESC LIMIT {limit}"
    );
    let values = std::iter::once(id.as_str()).chain(subjects.iter().copied());
    let events = connection
        .prepare_cached(&sql)?
        .query_map(params_from_iter(values), from_row)?
        .collect::<Result<_, _>>()?;
    Ok(events)
}

/// Reads an event's time.
///
/// # Errors
/// When the stored text is no time.
pub fn time_of(event: &Event) -> Result<Timestamp, StoreError> {
    time("event's time", &event.time)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_hash_is_over_the_canonical_form_of_all_members_but_itself() {
        let event = Event {
            sequence: 7,
            time: "2026-03-02T08:00:00.000Z".to_owned(),
            event_type: "user_create_provision".to_owned(),
            outcome: Outcome::Failure,
            connection: "acme".into(),
            subject: json!({"type": "person", "label": "zo\u{eb}\u{1}\"@x", "deep": [1, {"z": null, "a": true}]}),
            run: None,
            status: Some(409),
            error: Some("a\\b\n".to_owned()),
            initiated_by: "Ada".to_owned(),
            previous: genesis(),
            hash: String::new(),
        };
        let mut record = serde_json::to_value(&event).unwrap();
        record.as_object_mut().unwrap().remove("hash");
        let expected = format!("sha256:{}", hex::encode(Sha256::digest(canonical(&record))));
        assert_eq!(hash(&event), expected, "{}", canonical(&record));
    }

    #[test]
    fn the_canonical_form_sorts_members_at_every_level() {
        let value = json!({"b": [1, {"z": null, "a": "é\n"}], "a": true});
        assert_eq!(canonical(&value), "{\"a\":true,\"b\":[1,{\"a\":\"é\\n\",\"z\":null}]}");
    }
}
