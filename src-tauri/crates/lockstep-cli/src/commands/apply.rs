//! `apply`: sends exactly what is approved, either a saved plan or everything that needs nobody.

use lockstep_core::ids::RunId;
use lockstep_core::plan::approval::{AllowIrreversible, Approval};
use lockstep_core::plan::document::{OperationDocument, PlanDocument};
use lockstep_core::plan::operation::{HeldBy, Reversibility};
use lockstep_engine::Engine;
use lockstep_engine::api::apply::ApplyRequest;
use lockstep_engine::api::runs::RunDocument;
use lockstep_engine::error::EngineError;

use super::{connection_id, initiator, plan};
use crate::args::ApplyArgs;
use crate::exit::{self, Exit, Remainder};
use crate::output::Output;

/// Applies a plan and waits for its run.
pub(crate) async fn apply(engine: &Engine, args: ApplyArgs, output: Output) -> Result<Exit, EngineError> {
    let id = connection_id(&args.id);
    engine.check_active(&id).await?;
    let allow_irreversible = allowed(args.allow_irreversible);
    let document = match &args.plan {
        Some(path) => {
            let document = plan::load(path)?;
            engine.check_saved_plan(&id, &document).await?;
            document
        }
        None => {
            let view = engine.compute_plan(&id).await?;
            engine.plan_document(&view.plan_id).await?
        }
    };
    let approval =
        Approval { overrides_guards: args.override_guard.is_some(), irreversible: allow_irreversible };
    let request = ApplyRequest {
        plan: document.plan_id.clone(),
        basis: Some(document.basis.clone()),
        override_reason: args.override_guard,
        approval: approval.clone(),
        // A plan that was just computed is compared with nothing: its reading is the latest there is.
        reread: args.plan.is_some(),
        trigger: "manual".to_owned(),
        started_by: initiator(),
        activates: false,
    };
    let run = engine.start_run(request).await?;
    wait(engine, &run.run_id).await?;
    let run = engine.run_document(&run.run_id).await?;
    output.print(&run, || run_text(&run));
    Ok(exit::of_run(&run, remainder(&document, &approval)))
}

/// Waits for the run; a signal stops it after the requests in flight.
async fn wait(engine: &Engine, run: &RunId) -> Result<(), EngineError> {
    let waiting = engine.wait_run(run);
    tokio::pin!(waiting);
    let mut is_stopping = false;
    loop {
        tokio::select! {
            result = &mut waiting => return result.map(drop),
            () = crate::commands::sandbox::signalled(), if !is_stopping => {
                is_stopping = true;
                tracing::warn!("Stopping: what is in flight is still answered.");
                engine.stop_run(run).await?;
            }
        }
    }
}

/// What of the plan stays behind after a run with this approval.
fn remainder(plan: &PlanDocument, approval: &Approval) -> Remainder {
    let left = || {
        let covered = |operation: &OperationDocument| {
            let is_released = match operation.held_by {
                None | Some(HeldBy::Irreversible) => true,
                Some(HeldBy::Guard) => approval.overrides_guards && operation.releasable,
                Some(_) => false,
            };
            is_released
                && (operation.reversibility != Reversibility::Irreversible
                    || allows(&approval.irreversible, operation.subject.label()))
        };
        plan.operations
            .iter()
            .filter(move |operation| !covered(operation))
            .filter_map(|operation| operation.held_by)
    };
    Remainder {
        asks_a_person: left().any(exit::asks_a_person)
            || plan.conflicts.iter().any(|conflict| conflict.decision.is_none()),
        rests: left().any(|held_by| held_by == HeldBy::Quarantine),
    }
}

fn allows(irreversible: &AllowIrreversible, label: &str) -> bool {
    match irreversible {
        AllowIrreversible::None => false,
        AllowIrreversible::All => true,
        AllowIrreversible::Labels(labels) => labels.iter().any(|allowed| allowed == label),
        // Not given on the command line.
        AllowIrreversible::Operations(_) => false,
    }
}

fn allowed(labels: Vec<String>) -> AllowIrreversible {
    if labels.is_empty() {
        AllowIrreversible::None
    } else if labels.iter().any(String::is_empty) {
        AllowIrreversible::All
    } else {
        AllowIrreversible::Labels(labels)
    }
}

/// Returns a run's text for people.
pub(crate) fn run_text(run: &RunDocument) -> String {
    let state = serde_json::to_value(run.state).ok().and_then(|value| value.as_str().map(str::to_owned));
    let mut text = format!(
        "Run {}: {}\n  {} done, {} failed, {} held\n  {} requests sent, {} retried\n",
        run.run_id,
        state.unwrap_or_default().replace('_', " "),
        run.operations.done,
        run.operations.failed,
        run.operations.held,
        run.requests.sent,
        run.requests.retried,
    );
    if let Some(problem) = &run.problem {
        text.push_str(&format!("  {problem}\n"));
    }
    for failure in &run.failures {
        text.push_str(&format!(
            "  failed: {} {}: {}\n",
            failure.operation,
            failure.label,
            failure.error.as_deref().unwrap_or("no reason recorded")
        ));
        if let Some(remedy) = &failure.remedy {
            text.push_str(&format!("    {remedy}\n"));
        }
    }
    for difference in &run.differences {
        text.push_str(&format!(
            "  differs: {} {}: sent {}, found {}\n",
            difference.subject,
            difference.attribute,
            difference.expected.as_deref().unwrap_or("nothing"),
            difference.found.as_deref().unwrap_or("nothing"),
        ));
    }
    for moved in &run.moved {
        text.push_str(&format!("  not sent: {}: {}\n", moved.label, moved.text));
    }
    text
}
