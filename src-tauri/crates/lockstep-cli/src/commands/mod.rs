//! One file per command family; each parses, calls the engine's façade and prints.

mod apply;
mod connection;
mod history;
mod plan;
mod sandbox;
mod secret;

use std::path::PathBuf;

use lockstep_core::ids::ConnectionId;
use lockstep_engine::clock::Clock;
use lockstep_engine::error::EngineError;
use lockstep_engine::{Engine, EngineOptions, OpenMode, SecretBackend};

use crate::args::{Cli, Command, ConnectionCommand, SecretCommand};
use crate::exit::Exit;
use crate::output::Output;

/// Runs the command.
pub(crate) async fn execute(cli: Cli, output: Output) -> Result<Exit, EngineError> {
    if let Command::Sandbox(command) = cli.command {
        return sandbox::serve(command, output).await;
    }
    let engine = open(cli.data_dir, mode(&cli.command)).await?;
    let result = dispatch(&engine, cli.command, output).await;
    engine.close().await;
    result
}

async fn dispatch(engine: &Engine, command: Command, output: Output) -> Result<Exit, EngineError> {
    match command {
        Command::Connection(command) => connection::execute(engine, command, output).await,
        Command::Secret(SecretCommand::Set { id, kind }) => {
            secret::set(engine, &connection_id(&id), kind, output).await
        }
        Command::Plan { id, out } => plan::plan(engine, &connection_id(&id), out, output).await,
        Command::Apply(args) => apply::apply(engine, args, output).await,
        Command::Retry { id, operation } => {
            history::retry(engine, &connection_id(&id), operation.as_deref(), output).await
        }
        Command::Runs { id } => history::runs(engine, &connection_id(&id), output).await,
        Command::Run { run } => history::run(engine, &run.as_str().into(), output).await,
        Command::Events { id, since, event_type, format } => {
            history::events(engine, &connection_id(&id), since, event_type.as_deref(), format).await
        }
        // Served without a data directory, above.
        Command::Sandbox(command) => sandbox::serve(command, output).await,
    }
}

/// What only reads always works, also while another process writes.
const fn mode(command: &Command) -> OpenMode {
    match command {
        Command::Connection(
            ConnectionCommand::List | ConnectionCommand::Show { .. } | ConnectionCommand::Test { .. },
        )
        | Command::Runs { .. }
        | Command::Run { .. }
        | Command::Events { .. }
        | Command::Sandbox(_) => OpenMode::ReadOnly,
        Command::Connection(
            ConnectionCommand::Add { .. }
            | ConnectionCommand::Set { .. }
            | ConnectionCommand::Activate { .. }
            | ConnectionCommand::Deactivate { .. }
            | ConnectionCommand::Remove { .. },
        )
        | Command::Secret(_)
        | Command::Plan { .. }
        | Command::Apply(_)
        | Command::Retry { .. } => OpenMode::ReadWrite,
    }
}

async fn open(data_dir: Option<PathBuf>, mode: OpenMode) -> Result<Engine, EngineError> {
    Engine::open(EngineOptions {
        data_dir: crate::data_dir(data_dir)?,
        mode,
        clock: Clock::System,
        secrets: SecretBackend::Os,
        initiator: initiator(),
    })
    .await
}

/// Who acts, for the log: the operating system's user.
fn initiator() -> String {
    let user = std::env::var("USER")
        .or_else(|_| std::env::var("USERNAME"))
        .unwrap_or_else(|_| "unknown user".into());
    format!("lockstepctl ({user})")
}

fn connection_id(text: &str) -> ConnectionId {
    ConnectionId::from(text)
}
