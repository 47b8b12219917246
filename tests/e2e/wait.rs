//! Waiting for something to become true, with an end.

use std::time::{Duration, Instant};

use anyhow::bail;

/// How long a journey waits for what the window is about to show.
pub const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(50);

/// Asks again and again until there is an answer.
///
/// # Errors
/// When `patience` is over: names what was waited for and the last error seen on the way.
pub async fn until<T>(
    what: &str,
    patience: Duration,
    mut ask: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let start = Instant::now();
    loop {
        let last = match ask().await {
            Ok(Some(answer)) => return Ok(answer),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if start.elapsed() >= patience {
            match last {
                Some(error) => bail!("Waited {patience:?} for {what}; last: {error:#}"),
                None => bail!("Waited {patience:?} for {what}"),
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}
