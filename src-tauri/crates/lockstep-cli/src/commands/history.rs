//! `runs`, `run`, `events` and `retry`.

use lockstep_core::ids::{ConnectionId, RunId};
use lockstep_engine::Engine;
use lockstep_engine::api::events::EventRecord;
use lockstep_engine::error::EngineError;
use serde_json::json;

use super::run_text::{run_line, run_text};
use crate::args::EventFormat;
use crate::exit::Exit;
use crate::output::{Output, line};

/// Lists runs, newest first.
pub(crate) async fn runs(engine: &Engine, id: &ConnectionId, output: Output) -> Result<Exit, EngineError> {
    let mut documents = Vec::new();
    for run in engine.runs(id).await? {
        documents.push(engine.run_document(&run.run_id).await?);
    }
    output.print(&json!({ "runs": documents }), || {
        if documents.is_empty() {
            "There was no run yet.".to_owned()
        } else {
            documents.iter().map(run_line).collect()
        }
    });
    Ok(Exit::Done)
}

/// Shows a run.
pub(crate) async fn run(engine: &Engine, run: &RunId, output: Output) -> Result<Exit, EngineError> {
    let document = engine.run_document(run).await?;
    output.print(&document, || run_text(&document));
    Ok(Exit::Done)
}

/// Takes operations out of quarantine.
pub(crate) async fn retry(
    engine: &Engine,
    id: &ConnectionId,
    operation: Option<&str>,
    output: Output,
) -> Result<Exit, EngineError> {
    let operation = operation.map(Into::into);
    let released = engine.retry(id, operation.as_ref()).await?;
    output.print(&json!({ "released": released }), || match released {
        0 => "Nothing was in quarantine.".to_owned(),
        1 => "1 operation is out of quarantine; the next plan has it again.".to_owned(),
        n => format!("{n} operations are out of quarantine; the next plan has them again."),
    });
    Ok(Exit::Done)
}

/// Prints the log, oldest first: as lines, or under `--json` without a format as one document.
pub(crate) fn events(records: &[EventRecord], format: Option<EventFormat>, output: Output) -> Exit {
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
