//! `explain`: why a person or a group is as it is, and what would change that.

use lockstep_core::explain::{
    Cause, GroupExplanation, GroupPathStep, GroupState, Membership, PathStep, PersonExplanation,
};
use lockstep_core::plan::operation::Subject;
use lockstep_engine::Engine;
use lockstep_engine::error::EngineError;

use super::connection_id;
use crate::args::ExplainArgs;
use crate::exit::Exit;
use crate::output::Output;

/// Prints an explanation.
pub(crate) async fn explain(engine: &Engine, args: ExplainArgs, output: Output) -> Result<Exit, EngineError> {
    let id = connection_id(&args.id);
    match (args.person, args.group) {
        (_, Some(name)) => {
            let explanation = engine.explain_group(&id, &name).await?;
            output.print(&explanation, || group_text(&explanation));
        }
        (person, None) => {
            let explanation = engine.explain_person(&id, &person.unwrap_or_default()).await?;
            output.print(&explanation, || person_text(&explanation));
        }
    }
    Ok(Exit::Done)
}

/// Bound groups without the person that are named.
const OTHERS_NAMED: usize = 10;

fn person_text(explanation: &PersonExplanation) -> String {
    let (others, path): (Vec<&PathStep>, Vec<&PathStep>) =
        explanation.path.iter().partition(|step| step.member == Membership::No);
    let mut drawn: Vec<String> = path.into_iter().map(person_step).collect();
    drawn.push(account(explanation));
    if !others.is_empty() {
        let names: Vec<&str> = others.iter().take(OTHERS_NAMED).map(|step| step.group.trim()).collect();
        let more = others.len() - names.len();
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        drawn.push(format!("not in {}{rest}", names.join(", ")));
    }
    let changes = explanation.would_change.iter().map(|change| change.text.as_str());
    text(&explanation.text, &explanation.causes, &drawn, changes)
}

fn group_text(explanation: &GroupExplanation) -> String {
    let path: Vec<String> = explanation.path.iter().map(group_step).collect();
    let changes = explanation.would_change.iter().map(|change| change.text.as_str());
    text(&explanation.text, &explanation.causes, &path, changes)
}

fn text<'a>(
    headline: &str,
    causes: &[Cause],
    path: &[String],
    changes: impl Iterator<Item = &'a str>,
) -> String {
    let mut lines = vec![headline];
    for cause in causes {
        // Two causes may be told by one sentence.
        if !lines.contains(&cause.text.as_str()) {
            lines.push(&cause.text);
        }
    }
    let mut text = lines.join("\n  ");
    let mut section = |title: &str, lines: Vec<&str>| {
        if !lines.is_empty() {
            text.push_str(&format!("\n\n{title}:\n  {}", lines.join("\n  ")));
        }
    };
    section("Path", path.iter().map(String::as_str).collect());
    section("What would change it", changes.collect());
    text
}

fn person_step(step: &PathStep) -> String {
    let mark = if step.member == Membership::Yes { "─▶" } else { "─╳" };
    let left = if step.member == Membership::Left { "left; " } else { "" };
    let state = match step.state {
        GroupState::Bound => "bound",
        GroupState::Unbound => "not bound any more",
        GroupState::Deleted => "deleted in JumpCloud",
        GroupState::Unknown => "not seen among the bound groups",
    };
    format!("{mark} {} ({left}{state})", step.group.trim())
}

fn account(explanation: &PersonExplanation) -> String {
    let id = match &explanation.subject {
        Subject::Person { target_id: Some(id), .. } => format!(" {id}"),
        _ => String::new(),
    };
    match explanation.active_in_target {
        Some(true) => format!("─▶ account{id} in Atlassian (active)"),
        Some(false) => format!("─▶ account{id} in Atlassian (inactive)"),
        None => "─╳ no account in Atlassian".to_owned(),
    }
}

fn group_step(step: &GroupPathStep) -> String {
    let members = |members: &Option<u32>| match members {
        Some(1) => "; 1 member".to_owned(),
        Some(count) => format!("; {count} members"),
        None => String::new(),
    };
    match step {
        GroupPathStep::Source { group, bound, members: count, .. } => {
            let bound = if *bound { "bound" } else { "not bound" };
            format!("{} in JumpCloud ({bound}{})", group.trim(), members(count))
        }
        GroupPathStep::Target { group, linked, target_id, members: count } => {
            let mark = if *linked { "─▶" } else { "─╳" };
            let linked = match (linked, target_id, count) {
                (true, ..) => "linked",
                (false, Some(_), _) => "not linked",
                (false, None, Some(_)) => "managed in Atlassian, not linked",
                (false, None, None) => "not there yet",
            };
            format!("{mark} {} in Atlassian ({linked}{})", group.trim(), members(count))
        }
        GroupPathStep::Access { access } => format!("─▶ {}", access.label()),
    }
}
