//! `connection …`.

use lockstep_core::policy::Policy;
use lockstep_engine::Engine;
use lockstep_engine::api::views::{ConnectionDraft, ConnectionView, Endpoints};
use lockstep_engine::error::EngineError;
use serde_json::json;

use super::connection_id;
use crate::args::ConnectionCommand;
use crate::draft;
use crate::exit::Exit;
use crate::output::{ConnectionDocument, Output, checks_text, connection_text};

/// Runs a connection command.
pub(crate) async fn execute(
    engine: &Engine,
    command: ConnectionCommand,
    output: Output,
) -> Result<Exit, EngineError> {
    let view = match command {
        ConnectionCommand::Add { name, jumpcloud_url, application, scim_url, options } => {
            let endpoints = Endpoints {
                jumpcloud_url,
                insights_url: None,
                jumpcloud_organisation: None,
                application,
                scim_url,
                organisation_url: None,
                organisation_id: None,
            };
            let mut draft = ConnectionDraft {
                name,
                endpoints,
                policy: Policy::default(),
                concurrency: draft::CONCURRENCY,
                read_interval_seconds: None,
            };
            draft::apply(*options, &mut draft);
            engine.add_connection(draft).await?
        }
        ConnectionCommand::Set { id, name, jumpcloud_url, application, scim_url, options } => {
            let id = connection_id(&id);
            let mut draft = engine.connection(&id).await?.draft;
            draft.name = name.unwrap_or(draft.name);
            let endpoints = &mut draft.endpoints;
            for (slot, value) in [
                (&mut endpoints.jumpcloud_url, jumpcloud_url),
                (&mut endpoints.application, application),
                (&mut endpoints.scim_url, scim_url),
            ] {
                if let Some(value) = value {
                    *slot = value;
                }
            }
            draft::apply(*options, &mut draft);
            engine.set_connection(&id, draft).await?
        }
        ConnectionCommand::List => return list(engine, output).await,
        ConnectionCommand::Show { id } => engine.connection(&connection_id(&id)).await?,
        ConnectionCommand::Test { id } => return test(engine, &id, output).await,
        ConnectionCommand::Activate { id } => engine.activate(&connection_id(&id)).await?,
        ConnectionCommand::Deactivate { id } => engine.deactivate(&connection_id(&id)).await?,
        ConnectionCommand::Remove { id, yes: _ } => {
            let id = connection_id(&id);
            let view = engine.connection(&id).await?;
            engine.remove_connection(&id).await?;
            output.print(&json!({"connection_id": view.connection_id, "removed": true}), || {
                format!("Removed {}. Nothing was changed in JumpCloud or Atlassian.", view.connection_id)
            });
            return Ok(Exit::Done);
        }
    };
    output.print(&ConnectionDocument::from(&view), || connection_text(&view));
    Ok(Exit::Done)
}

async fn list(engine: &Engine, output: Output) -> Result<Exit, EngineError> {
    Ok(print_list(&engine.list_connections().await?, output))
}

/// Prints connections.
pub(crate) fn print_list(connections: &[ConnectionView], output: Output) -> Exit {
    let documents: Vec<_> = connections.iter().map(ConnectionDocument::from).collect();
    output.print(&json!({ "connections": documents }), || {
        if connections.is_empty() {
            "There is no connection yet. Add one with `lockstepctl connection add`.".to_owned()
        } else {
            connections.iter().map(connection_text).collect::<Vec<_>>().join("\n")
        }
    });
    Exit::Done
}

async fn test(engine: &Engine, id: &str, output: Output) -> Result<Exit, EngineError> {
    let checks = engine.test_connection(&connection_id(id)).await?;
    let ok = checks.iter().all(|check| check.ok);
    output.print(&json!({"ok": ok, "checks": checks}), || checks_text(&checks));
    Ok(if ok { Exit::Done } else { Exit::CheckFailed })
}

/// Prints a connection as every command that changes one does.
pub(crate) fn print(view: &ConnectionView, output: Output) {
    output.print(&ConnectionDocument::from(view), || connection_text(view));
}
