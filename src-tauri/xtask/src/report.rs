//! What is said to the person at the terminal. The only module that prints.
#![allow(clippy::print_stdout, reason = "the terminal is this program's interface")]

use std::io::Write;
use std::time::Duration;

/// Prints a line, and makes it visible before a child process prints its own.
pub(crate) fn line(text: &str) {
    println!("{text}");
    // A closed pipe is no reason to stop the work.
    let _ = std::io::stdout().flush();
}

/// Announces a step.
pub(crate) fn heading(text: &str) {
    line(&format!("\n== {text}"));
}

/// Returns a duration as people read it, such as `4 min 05 s`.
pub(crate) fn spoken(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds >= 60 {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    } else {
        format!("{seconds}.{} s", duration.subsec_millis() / 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        assert_eq!(spoken(Duration::from_millis(2_340)), "2.3 s");
        assert_eq!(spoken(Duration::from_secs(245)), "4 min 05 s");
    }
}
