//! `apply`: sends exactly what is approved, either a saved plan or everything that needs nobody.

use lockstep_core::plan::approval::Approval;
use lockstep_core::plan::document::PlanDocument;
use lockstep_core::plan::operation::HeldBy;
use lockstep_engine::Engine;
use lockstep_engine::api::apply::ApplyRequest;
use lockstep_engine::error::EngineError;

use super::run_text::run_text;
use super::{connection_id, initiator, irreversible, plan};
use crate::args::ApplyArgs;
use crate::exit::{self, Exit, Remainder};
use crate::output::Output;
use crate::signals::{self, Signals};

/// Applies a plan and waits for its run.
pub(crate) async fn apply(engine: &Engine, args: ApplyArgs, output: Output) -> Result<Exit, EngineError> {
    let id = connection_id(&args.id);
    let mut signals = Signals::catch();
    engine.check_active(&id).await?;
    let document = match &args.plan {
        Some(path) => {
            let document = plan::load(path)?;
            engine.check_saved_plan(&id, &document).await?;
            document
        }
        None => plan::compute(engine, &id, &mut signals).await?,
    };
    let was_applied = engine.is_applied(&document.plan_id).await?;
    let approval = Approval {
        overrides_guards: args.override_guard.is_some(),
        irreversible: irreversible::allowed(&args.allow_irreversible, &document)?,
    };
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
    let mut remainder = if was_applied { Remainder::default() } else { remainder(&document, &approval) };
    // The run has its own; a large plan is not held twice.
    drop(document);
    let run = engine.start_run(request).await?.run_id;
    let ended = signals::until_done(&mut signals, engine.wait_run(&run), async || {
        if let Err(error) = engine.stop_run(&run).await {
            tracing::error!(%error, "The run could not be stopped.");
        }
    });
    ended.await?;
    let run = engine.run_document(&run).await?;
    let waiting = if was_applied { Vec::new() } else { engine.waiting_for_atlassian(&id).await? };
    remainder.awaits_atlassian = !waiting.is_empty();
    output.print(&run, || {
        let mut text = run_text(&run);
        if was_applied {
            text.push_str("  The plan was applied before; it sends nothing more.\n");
        } else if remainder.asks_a_person || remainder.rests || !run.questions.is_empty() {
            text.push_str(&format!("  Something waits for you: `lockstepctl plan {id}` shows what.\n"));
        }
        if !waiting.is_empty() {
            let names = waiting.join(", ");
            text.push_str(&format!(
                "  Atlassian's console is awaited for {names}: the next plan says what to do there.\n"
            ));
        }
        text
    });
    Ok(exit::of_run(&run, remainder))
}

/// What of the plan stays behind after a run with this approval.
fn remainder(plan: &PlanDocument, approval: &Approval) -> Remainder {
    let left = || {
        let operations = plan.operations.iter().filter(|operation| !approval.covers_document(operation));
        operations.filter_map(|operation| operation.held_by)
    };
    Remainder {
        asks_a_person: left().any(exit::asks_a_person) || plan.conflicts.iter().any(exit::asks),
        rests: left().any(|held_by| held_by == HeldBy::Quarantine),
        awaits_atlassian: false,
    }
}
