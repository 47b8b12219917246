//! `secret set`: the value comes on standard input and goes to the secret store, nowhere else.

use std::io::Read;

use lockstep_core::ids::ConnectionId;
use lockstep_engine::Engine;
use lockstep_engine::api::views::KeyKind;
use lockstep_engine::error::{EngineError, ErrorCode};
use lockstep_engine::secrets::Sensitive;

use super::connection;
use crate::args::SecretKindArg;
use crate::exit::Exit;
use crate::output::Output;

/// No key of either service is longer; a file given by mistake is not swallowed whole.
const LONGEST_KEY: u64 = 64 * 1024;

/// Stores a key.
pub(crate) async fn set(
    engine: &Engine,
    id: &ConnectionId,
    kind: SecretKindArg,
    output: Output,
) -> Result<Exit, EngineError> {
    let mut text = String::new();
    std::io::stdin().lock().take(LONGEST_KEY).read_to_string(&mut text).map_err(|error| {
        EngineError::new(ErrorCode::InvalidInput, "The key could not be read from standard input")
            .caused_by(error)
    })?;
    let key = Sensitive::new(text);
    if key.is_empty() {
        return Err(EngineError::new(ErrorCode::InvalidInput, "Standard input held no key")
            .hint("Pipe the key in, for example `lockstepctl secret set ID scim < key.txt`"));
    }
    let kind = match kind {
        SecretKindArg::Jumpcloud => KeyKind::Jumpcloud,
        SecretKindArg::Scim => KeyKind::Scim,
        SecretKindArg::Organisation => KeyKind::Organisation,
    };
    let view = engine.set_key(id, kind, key).await?;
    connection::print(&view, output);
    Ok(Exit::Done)
}
