//! One file per command family; each parses, calls the engine's façade and prints.

mod apply;
mod conflict_text;
mod connection;
mod decide;
mod events;
mod explain;
mod history;
pub(crate) mod irreversible;
mod mapping;
mod plan;
mod run_text;
mod saml;
mod sandbox;
mod secret;

use std::path::PathBuf;

use lockstep_core::ids::ConnectionId;
use lockstep_core::plan::render::Detail;
use lockstep_engine::clock::Clock;
use lockstep_engine::error::{EngineError, ErrorCode};
use lockstep_engine::{Engine, EngineOptions, OpenMode, SecretBackend};

use crate::args::{Cli, Command, ConnectionCommand, SamlCommand, SecretCommand};
use crate::exit::Exit;
use crate::output::Output;

/// Runs the command.
pub(crate) async fn execute(cli: Cli, output: Output) -> Result<Exit, EngineError> {
    if let Command::Sandbox(command) = cli.command {
        return sandbox::serve(command).await;
    }
    // Nothing of a connection is asked: no data directory is needed.
    if let Command::Saml(SamlCommand::Inspect(args)) = &cli.command
        && args.connection.is_none()
    {
        return saml::inspect(None, args, output).await;
    }
    let detail = if cli.verbose > 0 { Detail::Full } else { Detail::Outline };
    let engine = match open(cli.data_dir, mode(&cli.command)).await {
        Ok(engine) => engine,
        // A directory without data is a directory without connections.
        Err(error)
            if error.code == ErrorCode::NotFound
                && matches!(cli.command, Command::Connection(ConnectionCommand::List)) =>
        {
            return Ok(connection::print_list(&[], output));
        }
        Err(error) => return Err(error),
    };
    let result = dispatch(&engine, cli.command, detail, output).await;
    engine.close().await;
    result
}

async fn dispatch(
    engine: &Engine,
    command: Command,
    detail: Detail,
    output: Output,
) -> Result<Exit, EngineError> {
    match command {
        Command::Connection(command) => connection::execute(engine, command, output).await,
        Command::Secret(SecretCommand::Set { id, kind }) => {
            secret::set(engine, &connection_id(&id), kind, output).await
        }
        Command::Plan { id, out } => plan::plan(engine, &connection_id(&id), out, detail, output).await,
        Command::Apply(args) => apply::apply(engine, args, output).await,
        Command::Decide(args) => decide::decide(engine, args, output).await,
        Command::Explain(args) => explain::explain(engine, args, output).await,
        Command::Retry { id, operation } => {
            history::retry(engine, &connection_id(&id), operation.as_deref(), output).await
        }
        Command::Runs { id } => history::runs(engine, &connection_id(&id), output).await,
        Command::Run { run } => history::run(engine, &run.as_str().into(), output).await,
        Command::Events(args) => events::execute(engine, args, output).await,
        Command::Mapping(args) => mapping::execute(engine, args, output).await,
        Command::Saml(SamlCommand::Inspect(args)) => saml::inspect(Some(engine), &args, output).await,
        // Served without a data directory, above.
        Command::Sandbox(command) => sandbox::serve(command).await,
    }
}

/// What only reads always works, also while another process writes.
fn mode(command: &Command) -> OpenMode {
    match command {
        Command::Connection(
            ConnectionCommand::List | ConnectionCommand::Show { .. } | ConnectionCommand::Test { .. },
        )
        | Command::Runs { .. }
        | Command::Run { .. }
        | Command::Explain(_)
        | Command::Events(_)
        | Command::Saml(_)
        | Command::Sandbox(_) => OpenMode::ReadOnly,
        Command::Mapping(args) if args.only_shows() => OpenMode::ReadOnly,
        Command::Connection(
            ConnectionCommand::Add { .. }
            | ConnectionCommand::Set { .. }
            | ConnectionCommand::Activate { .. }
            | ConnectionCommand::Deactivate { .. }
            | ConnectionCommand::Remove { .. },
        )
        | Command::Mapping(_)
        | Command::Secret(_)
        | Command::Plan { .. }
        | Command::Apply(_)
        | Command::Decide(_)
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
    format!("lockstepctl ({})", lockstep_engine::operating_system_user())
}

fn connection_id(text: &str) -> ConnectionId {
    ConnectionId::from(text)
}
