//! Commands about the application itself.

/// Returns the version of the application, for example `0.1.0`.
#[tauri::command]
#[specta::specta]
pub(crate) fn app_version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
