//! `runs`, `run` and `retry`.

use lockstep_core::ids::{ConnectionId, RunId};
use lockstep_engine::Engine;
use lockstep_engine::error::EngineError;
use serde_json::json;

use super::run_text::{run_line, run_text};
use crate::exit::Exit;
use crate::output::Output;

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
