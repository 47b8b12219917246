//! JSON in one canonical form, for hashes that do not depend on formatting or on the order of names.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Turns plain data into a JSON value; with text as names and without floats, that cannot fail.
pub(crate) fn as_value(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// Writes JSON with sorted names and without blanks. `serde_json`'s own order depends on a feature that any crate of
/// the build may switch on.
pub(crate) fn write_canonical(digest: &mut DigestWriter, value: &Value) {
    match value {
        Value::Object(fields) => {
            write_object(digest, fields.iter().map(|(name, value)| (name.as_str(), value)));
        }
        Value::Array(items) => {
            digest.text("[");
            for (position, item) in items.iter().enumerate() {
                digest.text(if position == 0 { "" } else { "," });
                write_canonical(digest, item);
            }
            digest.text("]");
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => digest.json(value),
    }
}

pub(crate) fn write_object<'a>(
    digest: &mut DigestWriter,
    fields: impl Iterator<Item = (&'a str, &'a Value)>,
) {
    let sorted: BTreeMap<&str, &Value> = fields.collect();
    digest.text("{");
    for (position, (name, value)) in sorted.into_iter().enumerate() {
        digest.text(if position == 0 { "" } else { "," });
        digest.name(name);
        write_canonical(digest, value);
    }
    digest.text("}");
}

/// A SHA-256 digest that JSON is written into.
#[derive(Default)]
pub(crate) struct DigestWriter(Sha256);

impl DigestWriter {
    pub(crate) fn text(&mut self, text: &str) {
        self.0.update(text);
    }

    fn json(&mut self, value: &impl Serialize) {
        // Writing into a digest cannot fail.
        let _ = serde_json::to_writer(&mut *self, value);
    }

    pub(crate) fn name(&mut self, name: &str) {
        self.json(&name);
        self.text(":");
    }

    pub(crate) fn finish(self) -> String {
        format!("sha256:{}", hex::encode(self.0.finalize()))
    }
}

impl Write for DigestWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
