//! The one place that knows what time it is, and how a time is written down.
//!
//! Everything else takes a [`Clock`] or a [`Timestamp`], so that tests advance the time instead of sleeping.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Tells the time: the system's, or one that stands still until it is advanced.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The system's clock.
    #[default]
    System,
    /// A clock that only moves by [`Clock::advance`]; clones share it.
    Fixed(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// Returns a clock that stands at `start`.
    #[must_use]
    pub fn fixed(start: Timestamp) -> Self {
        Self::Fixed(Arc::new(Mutex::new(start)))
    }

    /// Returns the time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            // A panic elsewhere cannot leave a half-written timestamp, so a poisoned lock is still right.
            Self::Fixed(time) => *time.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Returns the time now as [`to_text`] writes it.
    #[must_use]
    pub fn now_text(&self) -> String {
        to_text(self.now())
    }

    /// Moves a fixed clock forward; the system's clock takes no notice.
    ///
    /// A step beyond the calendar's end (year 9999) leaves the clock at that end.
    pub fn advance(&self, step: SignedDuration) {
        if let Self::Fixed(time) = self {
            let mut time = time.lock().unwrap_or_else(PoisonError::into_inner);
            *time = time.checked_add(step).unwrap_or(Timestamp::MAX);
        }
    }
}

/// Writes a time as RFC 3339 UTC text with exactly three decimals.
///
/// The fixed width makes the order of the texts the order of the times, which indexes rely on
/// (`05.120Z` sorts before `05Z`, so a varying width would not).
#[must_use]
pub fn to_text(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// Reads a time that [`to_text`], or anybody following RFC 3339, wrote.
///
/// # Errors
/// Fails when the text is no RFC 3339 timestamp.
pub fn from_text(text: &str) -> Result<Timestamp, jiff::Error> {
    text.parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_advanced() {
        let clock = Clock::fixed("2026-01-02T03:04:05Z".parse().unwrap());
        let same = clock.clone();
        assert_eq!(clock.now_text(), "2026-01-02T03:04:05.000Z", "it stands where it was started");
        clock.advance(SignedDuration::from_millis(120));
        assert_eq!(same.now_text(), "2026-01-02T03:04:05.120Z", "clones share one time");
    }

    #[test]
    fn the_order_of_texts_is_the_order_of_times() {
        let early: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let late = early + SignedDuration::from_millis(120);
        assert!(to_text(early) < to_text(late), "a fixed width sorts as text");
        assert_eq!(from_text(&to_text(late)).unwrap(), late, "what was written is read back");
    }
}
