//! `events`: the log for other programs, and whether it is as it was written.

use lockstep_engine::Engine;
use lockstep_engine::api::event_chain::Verification;
use lockstep_engine::api::events::EventRecord;
use lockstep_engine::error::EngineError;
use serde_json::json;

use super::connection_id;
use crate::args::{EventFormat, EventsArgs, EventsCheck};
use crate::exit::Exit;
use crate::output::{Output, line};

/// Prints or checks the log.
pub(crate) async fn execute(engine: &Engine, args: EventsArgs, output: Output) -> Result<Exit, EngineError> {
    match args.check {
        Some(EventsCheck::Verify { id, checkpoint }) => {
            let found = engine.verify_events(&connection_id(&id), checkpoint.as_deref()).await?;
            output.print(&found, || verification_text(&found));
            Ok(if found.valid { Exit::Done } else { Exit::CheckFailed })
        }
        Some(EventsCheck::Checkpoint { id }) => {
            let checkpoint = engine.event_checkpoint(&connection_id(&id)).await?;
            // The hash alone: it is what `--checkpoint` takes.
            output.print(&checkpoint, || checkpoint.head.clone());
            Ok(Exit::Done)
        }
        None => {
            let id = connection_id(&args.id.unwrap_or_default());
            let records = engine.event_records(&id, args.since, args.event_type.as_deref()).await?;
            Ok(print(&records, args.format, output))
        }
    }
}

fn verification_text(found: &Verification) -> String {
    let records = match found.records {
        1 => "1 record".to_owned(),
        n => format!("{n} records"),
    };
    match found.first_bad {
        None => format!("The log is as it was written: {records}, the last one {}.", found.head),
        Some(bad) if bad > found.records => format!(
            "The log does not contain the checkpoint: its end was cut off, or it was written anew. It has {records}."
        ),
        Some(bad) => format!(
            "The log is not as it was written: record {bad} of {} is the first that is not right.",
            found.records
        ),
    }
}

/// Prints the log, oldest first: as lines, or under `--json` without a format as one document.
fn print(records: &[EventRecord], format: Option<EventFormat>, output: Output) -> Exit {
    if format.is_none() && output == Output::Json {
        output.print(&json!({ "events": records }), String::new);
        return Exit::Done;
    }
    let format = format.unwrap_or(EventFormat::Jsonl);
    if format == EventFormat::Csv {
        line(&COLUMNS.join(","));
    }
    for record in records {
        let value = serde_json::to_value(record).unwrap_or_default();
        match format {
            EventFormat::Jsonl => line(&value.to_string()),
            EventFormat::Csv => {
                let cells: Vec<String> = COLUMNS.iter().map(|column| cell(value.get(*column))).collect();
                line(&cells.join(","));
            }
        }
    }
    Exit::Done
}

const COLUMNS: [&str; 12] = [
    "sequence",
    "time",
    "event_type",
    "outcome",
    "connection",
    "subject",
    "run",
    "status",
    "error",
    "initiated_by",
    "previous",
    "hash",
];

/// Returns a value as a CSV cell (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe.
fn cell(value: Option<&serde_json::Value>) -> String {
    let (text, is_text) = match value {
        None | Some(serde_json::Value::Null) => return String::new(),
        Some(serde_json::Value::String(text)) => (text.clone(), true),
        Some(other) => (other.to_string(), false),
    };
    let text =
        if is_text && text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::cell;

    #[test]
    fn cells_are_quoted_and_formulas_defused() {
        for (value, expected) in [
            (json!("plain"), "plain"),
            (json!("a,b"), "\"a,b\""),
            (json!("say \"hi\""), "\"say \"\"hi\"\"\""),
            (json!("=1+1"), "'=1+1"),
            (json!("@x,y"), "\"'@x,y\""),
            (json!(201), "201"),
            (json!(-5), "-5"),
            (serde_json::Value::Null, ""),
        ] {
            assert_eq!(cell(Some(&value)), expected, "{value}");
        }
    }
}
