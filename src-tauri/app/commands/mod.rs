//! What the window may ask for. Each command is a few lines; the engine does the work.

pub(crate) mod app;
pub(crate) mod conflicts;
pub(crate) mod connections;
pub(crate) mod directory;
pub(crate) mod groups;
pub(crate) mod links;
pub(crate) mod plan;
pub(crate) mod runs;
pub(crate) mod sandbox;

use crate::error::CommandError;

/// What a command answers.
pub(crate) type Answer<T> = Result<T, CommandError>;
