//! The one list of commands and events that cross to the window, and their TypeScript form.

use specta_typescript::Typescript;
use tauri_specta::{Builder, collect_commands, collect_events};

use crate::{commands, events};

/// Where the generated bindings live, relative to the repository's root.
pub const BINDINGS_PATH: &str = "ui/src/bindings.gen.ts";

/// Lists every command and event. Used by the application and by the test that keeps the bindings current.
#[must_use]
pub fn builder() -> Builder<tauri::Wry> {
    // One type for both directions: what is absent in JSON and what is null mean the same here.
    Builder::<tauri::Wry>::new()
        .disable_serde_phases()
        .commands(collect_commands![
            commands::app::app_version,
            commands::app::session,
            commands::conflicts::decide,
            commands::conflicts::get_conflict,
            commands::conflicts::list_conflicts,
            commands::conflicts::withdraw_decisions,
            commands::connections::activate_connection,
            commands::connections::add_connection,
            commands::connections::deactivate_connection,
            commands::connections::draft_defaults,
            commands::connections::list_applications,
            commands::connections::remove_connection,
            commands::connections::set_connection,
            commands::connections::set_key,
            commands::connections::test_connection,
            commands::connections::test_draft,
            commands::directory::get_person,
            commands::directory::list_events,
            commands::directory::list_people,
            commands::directory::overview,
            commands::groups::bind_group,
            commands::groups::bind_preview,
            commands::groups::bindable_groups,
            commands::groups::get_group,
            commands::groups::list_groups,
            commands::groups::unbind_group,
            commands::links::open_link,
            commands::plan::approve_plan,
            commands::plan::get_plan,
            commands::plan::latest_plan,
            commands::plan::list_operations,
            commands::plan::operation_detail,
            commands::plan::start_refresh,
            commands::plan::stop_job,
            commands::runs::get_run,
            commands::runs::list_run_operations,
            commands::runs::list_runs,
            commands::runs::retry_operations,
            commands::runs::stop_run,
            commands::sandbox::sandbox_stories,
            commands::sandbox::set_sandbox_faults,
            commands::sandbox::start_sandbox,
            commands::sandbox::stop_sandbox,
            commands::sandbox::tell_sandbox_story,
        ])
        .events(collect_events![
            events::CacheInvalidated,
            events::JobChanged,
            events::JobFailed,
            events::RunEnded,
            events::RunProgressed,
        ])
}

/// Returns the exporter with the settings that the committed bindings were written with.
#[must_use]
pub fn typescript() -> Typescript {
    Typescript::default()
}
