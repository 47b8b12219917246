//! SIGINT and SIGTERM, on which a command stops in good order (exit 5).

use tokio::signal;

use crate::exit::Exit;

/// Catches the signals from its making on, so that none is lost between two waits.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: Option<signal::unix::Signal>,
    #[cfg(unix)]
    terminate: Option<signal::unix::Signal>,
}

impl Signals {
    /// Starts to catch. Where the system refuses, the signals end the process as they do by default.
    #[cfg(unix)]
    pub(crate) fn catch() -> Self {
        use signal::unix::{SignalKind, signal};
        Self {
            interrupt: signal(SignalKind::interrupt()).ok(),
            terminate: signal(SignalKind::terminate()).ok(),
        }
    }

    /// Starts to catch.
    #[cfg(not(unix))]
    pub(crate) const fn catch() -> Self {
        Self {}
    }

    /// Waits for one of them.
    #[cfg(unix)]
    pub(crate) async fn received(&mut self) {
        tokio::select! {
            () = next(&mut self.interrupt) => {}
            () = next(&mut self.terminate) => {}
        }
    }

    /// Waits for Ctrl+C.
    #[cfg(not(unix))]
    pub(crate) async fn received(&mut self) {
        if signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}

#[cfg(unix)]
async fn next(caught: &mut Option<signal::unix::Signal>) {
    let received = match caught {
        Some(caught) => caught.recv().await,
        None => None,
    };
    if received.is_none() {
        std::future::pending::<()>().await;
    }
}

/// Waits for work. The first signal asks it to stop, and its end is still waited for; the second ends the process, which
/// the journal makes as safe as a crash.
pub(crate) async fn until_done<T>(
    signals: &mut Signals,
    work: impl Future<Output = T>,
    stop: impl AsyncFnOnce(),
) -> T {
    tokio::pin!(work);
    tokio::select! {
        result = &mut work => return result,
        () = signals.received() => {}
    }
    tracing::warn!("Stopping: what is in flight is still answered.");
    stop().await;
    tokio::select! {
        result = &mut work => result,
        () = signals.received() => std::process::exit(Exit::Stopped as i32),
    }
}
