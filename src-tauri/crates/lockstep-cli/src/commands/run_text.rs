//! Runs as text for people.

use lockstep_core::run::RunState;
use lockstep_engine::api::runs::RunDocument;

/// Returns a run as one line of a list, with its line break.
pub(crate) fn run_line(run: &RunDocument) -> String {
    format!(
        "{}  {}  {:<13}  {}; {} sent\n",
        run.run_id,
        run.started_at.strftime("%Y-%m-%d %H:%M:%S"),
        state(run.state),
        counts(run),
        run.requests.sent,
    )
}

/// Returns a run in full.
pub(crate) fn run_text(run: &RunDocument) -> String {
    let mut text = format!("Run {}: {}\n  {}\n", run.run_id, state(run.state), counts(run));
    let mut line = |words: String| {
        text.push_str("  ");
        text.push_str(&words);
        text.push('\n');
    };
    let requests = &run.requests;
    let by_method: Vec<String> =
        requests.by_method.iter().map(|(method, count)| format!("{count} {method}")).collect();
    let methods = if by_method.is_empty() { String::new() } else { format!(" ({})", by_method.join(", ")) };
    line(format!("{} requests sent{methods}, {} retried", requests.sent, requests.retried));
    if let Some(given) = &run.guard_override {
        line(format!("guards overridden by {}: {}", given.by, given.reason));
    }
    if let Some(problem) = &run.problem {
        line(problem.clone());
    }
    for failure in &run.failures {
        let status = failure.status.map_or_else(String::new, |status| format!(" (HTTP {status})"));
        let error = failure.error.as_deref().unwrap_or("no reason recorded");
        line(format!("failed: {}{status}: {error}", failure.label));
        if let Some(remedy) = &failure.remedy {
            line(format!("  {remedy}"));
        }
    }
    for difference in &run.differences {
        line(format!(
            "differs: {} {}: sent {}, found {}",
            difference.subject,
            difference.attribute,
            difference.expected.as_deref().unwrap_or("nothing"),
            difference.found.as_deref().unwrap_or("nothing"),
        ));
    }
    for question in &run.questions {
        line(question.text.clone());
    }
    for moved in &run.moved {
        line(format!("not sent: {}: {}", moved.label, moved.text));
    }
    text
}

fn counts(run: &RunDocument) -> String {
    let counts = &run.operations;
    let mut text = format!("{} done, {} failed, {} held", counts.done, counts.failed, counts.held);
    if counts.skipped > 0 {
        text.push_str(&format!(", {} not sent", counts.skipped));
    }
    text
}

const fn state(state: RunState) -> &'static str {
    match state {
        RunState::Running => "running",
        RunState::Converged => "converged",
        RunState::Partial => "partial",
        RunState::Stopped => "stopped",
        RunState::NothingToDo => "nothing to do",
    }
}
