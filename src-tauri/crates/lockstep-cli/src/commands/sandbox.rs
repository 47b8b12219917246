//! `sandbox serve`: the simulators as a server of their own, for trying out and for tests.

use lockstep_engine::error::{EngineError, ErrorCode};
use lockstep_sandbox::{Fault, Sandbox, SandboxOptions, ScenarioName};

use crate::args::SandboxCommand;
use crate::exit::Exit;
use crate::output::Output;
use crate::signals::Signals;

/// Serves until a signal comes.
pub(crate) async fn serve(command: SandboxCommand) -> Result<Exit, EngineError> {
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
    let mut signals = Signals::catch();
    // JSON in either mode: the addresses and keys are for programs.
    Output::Json.print(&sandbox.access(), String::new);
    signals.received().await;
    sandbox.stop().await;
    Ok(Exit::Done)
}
