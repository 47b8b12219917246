//! `plan`: reads both sides, computes, prints; the file it saves is what `apply --plan` takes.

use std::path::{Path, PathBuf};

use lockstep_core::ids::ConnectionId;
use lockstep_core::plan::document::PlanDocument;
use lockstep_core::plan::render::Detail;
use lockstep_engine::Engine;
use lockstep_engine::error::{EngineError, ErrorCode};

use crate::exit::{self, Exit};
use crate::output::Output;
use crate::signals::{self, Signals};

/// Computes and prints a plan.
pub(crate) async fn plan(
    engine: &Engine,
    id: &ConnectionId,
    out: Option<PathBuf>,
    detail: Detail,
    output: Output,
) -> Result<Exit, EngineError> {
    let document = compute(engine, id, &mut Signals::catch()).await?;
    if let Some(path) = &out {
        save(&document, path)?;
    }
    match output {
        Output::Json => output.print(&document, String::new),
        Output::Text => {
            let text = engine.plan_text(&document.plan_id, detail).await?;
            output.print(&document, || text + &next_step(&document, out.as_deref(), detail));
        }
    }
    Ok(exit::of_plan(&document))
}

/// Computes a plan; a signal stops it.
pub(crate) async fn compute(
    engine: &Engine,
    id: &ConnectionId,
    signals: &mut Signals,
) -> Result<PlanDocument, EngineError> {
    let computing = engine.compute_plan(id);
    let view = signals::until_done(signals, computing, async || engine.stop_job(id)).await;
    let view = view.map_err(|error| with_a_test(error, id))?;
    engine.plan_document(&view.plan_id).await
}

/// Adds where to look further, if it was one of the sides that refused.
fn with_a_test(error: EngineError, id: &ConnectionId) -> EngineError {
    match error.code {
        ErrorCode::TokenRejected
        | ErrorCode::TokenLacksScope
        | ErrorCode::RemoteRejected
        | ErrorCode::RemoteUnavailable => {
            error.hint(format!("`lockstepctl connection test {id}` checks addresses and keys one by one"))
        }
        _ => error,
    }
}

/// Says where the plan went and what can be done with it; empty when there is nothing to say.
fn next_step(plan: &PlanDocument, out: Option<&Path>, detail: Detail) -> String {
    let mut text = String::new();
    if plan.operations.is_empty() {
        return text;
    }
    if detail == Detail::Outline {
        text.push_str("\nWith -v every attribute is shown.");
    }
    if let Some(path) = out {
        let path = path.display();
        text.push_str(&format!(
            "\nSaved to {path}. To apply exactly this: lockstepctl apply {} --plan {path}",
            plan.connection
        ));
    }
    text
}

fn save(document: &PlanDocument, path: &Path) -> Result<(), EngineError> {
    let could_not = |error: Box<dyn std::error::Error + Send + Sync>| {
        EngineError::new(
            ErrorCode::InvalidInput,
            format!("The plan could not be saved to {}", path.display()),
        )
        .hint("Name a file in a folder that exists and can be written to")
        .caused_by(error)
    };
    let text = serde_json::to_string_pretty(document).map_err(|error| could_not(error.into()))?;
    std::fs::write(path, text + "\n").map_err(|error| could_not(error.into()))
}

/// Reads a plan that was saved.
pub(crate) fn load(path: &Path) -> Result<PlanDocument, EngineError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        EngineError::new(ErrorCode::InvalidInput, format!("The plan {} could not be read", path.display()))
            .hint("Make one with `lockstepctl plan ID --out FILE`")
            .caused_by(error)
    })?;
    PlanDocument::read(&text).map_err(|error| {
        EngineError::new(ErrorCode::InvalidInput, format!("{} cannot be used: {error}", path.display()))
            .hint("Make a new one with `lockstepctl plan ID --out FILE`")
            .caused_by(error)
    })
}
