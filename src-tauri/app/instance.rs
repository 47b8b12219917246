//! One running application per person: a second start brings the first one's window forward.

use tauri::{Builder, Wry};

use crate::window;

/// Set by tests, which run several applications side by side, each with its own data directory.
const ALLOW_SEVERAL: &str = "LOCKSTEP_ALLOW_SEVERAL_INSTANCES";

/// Registers the single-instance plug-in, unless the environment allows several instances.
///
/// It must be the first plug-in: a second instance has to end before others do any work.
pub(crate) fn single(builder: Builder<Wry>) -> Builder<Wry> {
    if std::env::var_os(ALLOW_SEVERAL).is_some() {
        return builder;
    }
    builder.plugin(tauri_plugin_single_instance::init(|app, _arguments, _directory| {
        window::bring_forward(app);
    }))
}
