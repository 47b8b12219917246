//! `--allow-irreversible`: what each of its values names in a plan. Consent to what cannot be undone is for one object.

use lockstep_core::ids::OperationId;
use lockstep_core::plan::approval::AllowIrreversible;
use lockstep_core::plan::document::{OperationDocument, PlanDocument};
use lockstep_core::plan::operation::{Reversibility, Subject};
use lockstep_engine::error::{EngineError, ErrorCode};

/// Returns what the option's values allow: a label or an operation's id each; an empty one, which is the bare option, all.
///
/// # Errors
/// `InvalidInput` for a label that several objects bear.
pub(crate) fn allowed(names: &[String], plan: &PlanDocument) -> Result<AllowIrreversible, EngineError> {
    if names.is_empty() {
        return Ok(AllowIrreversible::None);
    }
    if names.iter().any(String::is_empty) {
        return Ok(AllowIrreversible::All);
    }
    let irreversible: Vec<&OperationDocument> = plan
        .operations
        .iter()
        .filter(|operation| operation.reversibility == Reversibility::Irreversible)
        .collect();
    let mut chosen = Vec::new();
    for name in names {
        let named = named(name, &irreversible)?;
        if named.is_empty() {
            // Most likely misspelt; nothing is lost by going on without it.
            tracing::warn!(
                "The plan has no irreversible operation on '{name}'; --allow-irreversible={name} allows nothing."
            );
        }
        chosen.extend(named);
    }
    Ok(AllowIrreversible::Operations(chosen))
}

/// Returns the operations of the one object that is named.
fn named(name: &str, irreversible: &[&OperationDocument]) -> Result<Vec<OperationId>, EngineError> {
    if let Some(operation) = irreversible.iter().find(|operation| operation.id.as_str() == name) {
        return Ok(vec![operation.id.clone()]);
    }
    let bearing: Vec<&&OperationDocument> =
        irreversible.iter().filter(|operation| operation.subject.label() == name).collect();
    let Some(first) = bearing.first() else { return Ok(Vec::new()) };
    if bearing.iter().all(|operation| object(&operation.subject) == object(&first.subject)) {
        return Ok(bearing.iter().map(|operation| operation.id.clone()).collect());
    }
    let ids: Vec<&str> = bearing.iter().map(|operation| operation.id.as_str()).collect();
    Err(EngineError::new(
        ErrorCode::InvalidInput,
        format!("'{name}' is the label of several objects that would be changed for good"),
    )
    .hint(format!("Name the one you mean by its operation: {}", ids.join(", "))))
}

/// What tells an object from its namesakes.
fn object(subject: &Subject) -> (bool, Option<&str>, Option<&str>) {
    match subject {
        Subject::Person { source_id, target_id, .. } => {
            (true, source_id.as_ref().map(|id| id.as_str()), target_id.as_ref().map(|id| id.as_str()))
        }
        Subject::Group { source_id, target_id, .. } => {
            (false, source_id.as_ref().map(|id| id.as_str()), target_id.as_ref().map(|id| id.as_str()))
        }
    }
}
