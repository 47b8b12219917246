//! What the window may ask for. Each command is a few lines; the engine does the work.

pub(crate) mod app;
