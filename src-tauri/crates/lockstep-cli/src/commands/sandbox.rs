//! `sandbox serve`: the simulators as a server of their own, for trying out and for tests.

use lockstep_engine::error::{EngineError, ErrorCode};
use lockstep_sandbox::{Fault, Sandbox, SandboxOptions, ScenarioName};

use crate::args::SandboxCommand;
use crate::exit::Exit;
use crate::output::Output;

/// Serves until a signal comes.
pub(crate) async fn serve(command: SandboxCommand, _output: Output) -> Result<Exit, EngineError> {
    let SandboxCommand::Serve { scenario, seed, port, fault } = command;
    let invalid = |error: Box<dyn std::error::Error + Send + Sync>, what: &str| {
        EngineError::new(ErrorCode::InvalidInput, format!("{what} is not understood"))
            .hint("See `lockstepctl sandbox serve --help`")
            .caused_by(error)
    };
    let scenario: ScenarioName =
        scenario.parse().map_err(|error| invalid(Box::new(error), &format!("The scenario '{scenario}'")))?;
    let faults = fault
        .iter()
        .map(|text| text.parse().map_err(|error| invalid(Box::new(error), &format!("The fault '{text}'"))))
        .collect::<Result<Vec<Fault>, EngineError>>()?;
    let sandbox = Sandbox::start(SandboxOptions { scenario, seed, port, faults }).await.map_err(|error| {
        EngineError::new(ErrorCode::Internal, "The sandbox could not be started")
            .hint("Choose another port, or 0 for a free one")
            .caused_by(error)
    })?;
    // JSON in either mode: the addresses and keys are for programs.
    Output::Json.print(&sandbox.access(), String::new);
    signalled().await;
    sandbox.stop().await;
    Ok(Exit::Done)
}

/// Waits for SIGINT or SIGTERM.
pub(crate) async fn signalled() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
