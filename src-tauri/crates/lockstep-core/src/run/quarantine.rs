//! When an object that keeps failing is tried again (R5).

use std::time::Duration;

use jiff::Timestamp;

/// Rest after the second failure; it doubles with every further one.
const FIRST_REST: Duration = Duration::from_secs(60);

/// The longest rest.
const LONGEST_REST: Duration = Duration::from_secs(6 * 60 * 60);

/// Returns how long an operation rests after so many failures in a row; `None` while it may be tried at once.
pub fn rest_after(failures: u32) -> Option<Duration> {
    let doublings = failures.checked_sub(2)?;
    let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
    Some(FIRST_REST.saturating_mul(factor).min(LONGEST_REST))
}

/// Returns when an operation may be tried again; `None` while it may be tried at once.
pub fn next_retry(failures: u32, last_failure: Timestamp) -> Option<Timestamp> {
    let rest = rest_after(failures)?;
    Some(last_failure.checked_add(rest).unwrap_or(Timestamp::MAX))
}
