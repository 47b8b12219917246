//! Where log lines go: to standard error, and to a file per day of which the last seven are kept.

use std::path::PathBuf;

use tauri::{AppHandle, Manager};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

/// Overrides the level, for example `lockstep_engine=debug`.
const LEVEL_VARIABLE: &str = "LOCKSTEP_LOG";
/// Dependencies are heard only when something is wrong with them.
const DEFAULT_LEVEL: &str = "warn,lockstep_app=info,lockstep_engine=info,lockstep_sandbox=info";
const KEPT_FILES: usize = 7;

/// Keeps the log file's writer alive; what it still holds is written when it is dropped.
pub(crate) struct Log {
    _guard: Option<WorkerGuard>,
}

/// Starts logging. Without a writable folder the lines go to standard error only, which is said there.
pub(crate) fn start(app: &AppHandle) -> Log {
    let filter = EnvFilter::try_from_env(LEVEL_VARIABLE).unwrap_or_else(|_| EnvFilter::new(DEFAULT_LEVEL));
    let (writer, guard) = match file_appender(app) {
        Ok(appender) => {
            let (writer, guard) = tracing_appender::non_blocking(appender);
            (Some(writer), Some(guard))
        }
        Err(reason) => {
            eprintln!("Lockstep logs to standard error only: {reason}");
            (None, None)
        }
    };
    let file = writer.map(|writer| fmt::layer().with_ansi(false).with_writer(writer));
    let console = fmt::layer().with_writer(std::io::stderr);
    if let Err(error) = tracing_subscriber::registry().with(filter).with(console).with(file).try_init() {
        eprintln!("Lockstep could not start logging: {error}");
    }
    Log { _guard: guard }
}

fn file_appender(app: &AppHandle) -> Result<RollingFileAppender, String> {
    let folder = log_folder(app).map_err(|error| error.to_string())?;
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("lockstep")
        .filename_suffix("log")
        .max_log_files(KEPT_FILES)
        .build(folder)
        .map_err(|error| error.to_string())
}

/// The logs lie in the data directory when one was named, so that a test or a second set-up keeps its own.
fn log_folder(app: &AppHandle) -> tauri::Result<PathBuf> {
    match std::env::var_os("LOCKSTEP_DATA_DIR") {
        Some(directory) if !directory.is_empty() => Ok(PathBuf::from(directory).join("logs")),
        _ => app.path().app_log_dir(),
    }
}
