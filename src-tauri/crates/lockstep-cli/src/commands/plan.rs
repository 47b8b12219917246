//! `plan`: reads both sides, computes, prints; the file it saves is what `apply --plan` takes.

use std::path::{Path, PathBuf};

use lockstep_core::ids::ConnectionId;
use lockstep_core::plan::document::PlanDocument;
use lockstep_engine::Engine;
use lockstep_engine::error::{EngineError, ErrorCode};

use crate::exit::{self, Exit};
use crate::output::Output;

/// Computes and prints a plan.
pub(crate) async fn plan(
    engine: &Engine,
    id: &ConnectionId,
    out: Option<PathBuf>,
    output: Output,
) -> Result<Exit, EngineError> {
    let view = engine.compute_plan(id).await?;
    let document = engine.plan_document(&view.plan_id).await?;
    if let Some(path) = &out {
        save(&document, path)?;
    }
    let text = engine.plan_text(&view.plan_id).await?;
    output.print(&document, || text);
    Ok(exit::of_plan(&document))
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
