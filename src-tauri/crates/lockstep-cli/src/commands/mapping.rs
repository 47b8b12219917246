//! `mapping`: which JumpCloud field feeds which SCIM attribute.

use lockstep_core::attribute::Attribute;
use lockstep_core::policy::Mapping;
use lockstep_core::policy::mapping::Feeds;
use lockstep_engine::Engine;
use lockstep_engine::api::views::ConnectionView;
use lockstep_engine::error::{EngineError, ErrorCode};
use serde::Serialize;

use super::connection_id;
use crate::args::{MappedAttribute, MappingArgs};
use crate::exit::Exit;
use crate::output::{ConnectionDocument, Output};

/// Shows the mapping, after changing what is asked for.
pub(crate) async fn execute(engine: &Engine, args: MappingArgs, output: Output) -> Result<Exit, EngineError> {
    let id = connection_id(&args.id);
    let mut view = engine.connection(&id).await?;
    if !args.only_shows() {
        let mut draft = view.draft;
        change(&mut draft.policy.mapping, args)?;
        view = engine.set_connection(&id, draft).await?;
    }
    let document =
        MappingDocument { connection: (&view).into(), attributes: rows(&view.draft.policy.mapping) };
    output.print(&document, || text(&view, &document.attributes));
    Ok(Exit::Done)
}

/// Changes a mapping. What is switched on and off in one command ends up as the more careful of the two: off.
fn change(mapping: &mut Mapping, args: MappingArgs) -> Result<(), EngineError> {
    for named in args.on {
        mapping.off.remove(&copied(named)?);
    }
    for named in args.off {
        mapping.off.insert(copied(named)?);
    }
    for named in args.default_source {
        mapping.source.remove(&copied(named)?);
    }
    for (named, field) in args.source {
        mapping.source.insert(copied(named)?, field);
    }
    Ok(())
}

fn copied(named: MappedAttribute) -> Result<Attribute, EngineError> {
    match named {
        MappedAttribute::Copied(attribute) => Ok(attribute),
        MappedAttribute::Active => {
            let message = "active is always sent, and never copied from a field: it follows from being suspended, expired, staged or out of scope";
            Err(EngineError::new(ErrorCode::InvalidInput, message).hint(
                "To keep people as they are, deactivate the connection or protect them with --protect-person",
            ))
        }
    }
}

/// A connection with its mapping in full.
#[derive(Debug, Serialize)]
struct MappingDocument<'a> {
    #[serde(flatten)]
    connection: ConnectionDocument<'a>,
    /// Every attribute that is copied, in a fixed order.
    attributes: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    attribute: Attribute,
    /// JumpCloud's fields, in the order in which they are tried; empty when it is off.
    sources: Vec<String>,
    is_on: bool,
    /// Whether it may be switched off.
    is_optional: bool,
}

fn rows(mapping: &Mapping) -> Vec<Row> {
    let feeds = Feeds::new(mapping);
    let row = |attribute: &Attribute| {
        let sources = feeds.feed(*attribute).fields();
        Row {
            attribute: *attribute,
            is_on: !sources.is_empty(),
            sources,
            is_optional: attribute.is_optional(),
        }
    };
    Attribute::ALL.iter().map(row).collect()
}

fn text(view: &ConnectionView, rows: &[Row]) -> String {
    let mut text = format!("Mapping of {} (SCIM attribute, JumpCloud field):\n", view.connection_id);
    for row in rows {
        let source = match row.sources.as_slice() {
            [] => "off".to_owned(),
            [only] => only.clone(),
            // What follows the first is tried together: first and last name make one display name.
            [first, rest @ ..] => format!("{first}, else {}", rest.join(" ")),
        };
        let required = if row.is_optional { "" } else { " (always sent)" };
        text.push_str(&format!("  {:<18} {source}{required}\n", row.attribute.name()));
    }
    text.push_str("  active             by scope, suspension, expiry and staging (always sent)\n");
    text
}
