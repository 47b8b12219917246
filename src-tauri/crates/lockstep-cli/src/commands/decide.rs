//! `decide`: answers a question of the latest plan.

use lockstep_core::email;
use lockstep_core::ids::{ConflictId, ConnectionId};
use lockstep_core::plan::operation::Subject;
use lockstep_engine::Engine;
use lockstep_engine::api::views::{ConflictRow, DecisionInput, RefusedDecision, WindowQuery};
use lockstep_engine::error::{EngineError, ErrorCode};

use super::conflict_text::{ConflictDocument, conflict_text};
use super::connection_id;
use crate::args::DecideArgs;
use crate::exit::Exit;
use crate::output::Output;

/// Questions looked at in one go.
const PAGE: u32 = 200;

/// Records an answer and prints the question as it stands then.
pub(crate) async fn decide(engine: &Engine, args: DecideArgs, output: Output) -> Result<Exit, EngineError> {
    let id = connection_id(&args.id);
    let conflict = match (args.group, args.conflict) {
        (Some(name), _) => about_group(engine, &id, &name, &args.choice).await?,
        (None, conflict) => ConflictId::from(conflict.unwrap_or_default().trim()),
    };
    let before = engine.conflict(&id, &conflict).await?;
    let input = DecisionInput {
        conflict: conflict.clone(),
        choice: args.choice.trim().to_owned(),
        facts: Some(before.conflict.facts.clone()),
        seen: before.conflict.decision.clone(),
    };
    let answer = engine.decide(&id, vec![input]).await?;
    if let Some(refused) = answer.refused.into_iter().next() {
        return Err(refusal(&refused, &before.conflict.choices));
    }
    let view = engine.conflict(&id, &conflict).await?;
    output.print(&ConflictDocument::from(&view), || {
        let mut text = conflict_text(&view);
        text.push_str(&format!("Recorded. `lockstepctl plan {id}` shows what follows; nothing was sent.\n"));
        text
    });
    Ok(Exit::Done)
}

/// Finds the question about a group: the one that offers the choice, where several are asked about it.
async fn about_group(
    engine: &Engine,
    id: &ConnectionId,
    name: &str,
    choice: &str,
) -> Result<ConflictId, EngineError> {
    let rows = named(engine, id, name).await?;
    let about: Vec<&ConflictRow> = rows.iter().collect();
    let offering: Vec<&ConflictRow> = about.iter().copied().filter(|row| offers(row, choice)).collect();
    match (about.as_slice(), offering.as_slice()) {
        ([only], _) | (_, [only]) => Ok(only.id.clone()),
        ([], _) => Err(nothing_asked(engine, id, name).await),
        ([first, ..], []) => Ok(first.id.clone()),
        (_, several) => Err(ambiguous(id, name, choice, several)),
    }
}

/// Returns the questions about groups of a name; lower and upper case do not matter.
async fn named(engine: &Engine, id: &ConnectionId, name: &str) -> Result<Vec<ConflictRow>, EngineError> {
    let mut query = WindowQuery { search: name.to_owned(), limit: PAGE, ..WindowQuery::default() };
    let mut found = Vec::new();
    loop {
        let window = engine.conflicts(id, &query).await?;
        found.extend(window.rows.into_iter().filter(|row| {
            matches!(row.subject, Subject::Group { .. }) && email::same(row.subject.label(), name)
        }));
        query.offset += PAGE;
        if query.offset >= window.total {
            return Ok(found);
        }
    }
}

fn offers(row: &ConflictRow, choice: &str) -> bool {
    let choice = choice.trim();
    row.choices.iter().any(|offered| match offered.strip_suffix("NEW") {
        Some(prefix) => choice.starts_with(prefix),
        None => offered == choice,
    })
}

async fn nothing_asked(engine: &Engine, id: &ConnectionId, name: &str) -> EngineError {
    let plan_first = format!("`lockstepctl plan {id}` reads both sides and names every question");
    match engine.latest_plan(id).await {
        Ok(Some(_)) => {}
        Ok(None) => {
            return EngineError::new(ErrorCode::NotFound, "There is no plan yet, so nothing is asked")
                .hint(plan_first);
        }
        Err(error) => return error,
    }
    match engine.group(id, name).await {
        Ok(_) => EngineError::new(
            ErrorCode::NotFound,
            format!("The latest plan asks nothing about the group {name}"),
        )
        .hint(format!("`lockstepctl explain {id} --group \"{name}\"` says how it stands"))
        .hint(plan_first),
        Err(error) if error.code == ErrorCode::NotFound => EngineError::new(
            ErrorCode::NotFound,
            format!("There is no group {name}: none is bound, linked or in question under that name"),
        )
        .hint("Check how it is spelled; upper and lower case do not matter")
        .hint(plan_first),
        Err(error) => error,
    }
}

fn ambiguous(id: &ConnectionId, name: &str, choice: &str, several: &[&ConflictRow]) -> EngineError {
    let message = format!("{} questions are asked about groups of the name {name}", several.len());
    let mut error = EngineError::new(ErrorCode::InvalidInput, message);
    for row in several {
        let source = match &row.subject {
            Subject::Group { source_id: Some(source), .. } => format!(" (JumpCloud group {source})"),
            _ => String::new(),
        };
        error = error.hint(format!("`lockstepctl decide {id} --conflict {} {choice}`{source}", row.id));
    }
    error
}

/// Turns a refused answer into an error: its first sentence says what is wrong, the rest what to do.
fn refusal(refused: &RefusedDecision, choices: &[String]) -> EngineError {
    let code = match refused.code.as_str() {
        "unknown_conflict" => ErrorCode::NotFound,
        "facts_changed" | "decided_elsewhere" | "already_applied" => ErrorCode::PlanStale,
        _ => ErrorCode::InvalidInput,
    };
    match refused.text.split_once(". ") {
        Some((message, remedy)) => EngineError::new(code, message).hint(remedy.trim_end_matches('.')),
        None => EngineError::new(code, refused.text.trim_end_matches('.'))
            .hint(format!("Choose one of {}", choices.join(", "))),
    }
}
