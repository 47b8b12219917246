//! Reads how many tests passed and failed from what the runners say.

use std::ops::AddAssign;

/// Tests by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Ran and held.
    pub(crate) passed: u32,
    /// Ran and did not hold, or could not run.
    pub(crate) failed: u32,
    /// Were left out, and said so.
    pub(crate) skipped: u32,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl Tally {
    /// A check that is one question: it holds or not.
    pub(crate) fn check(holds: bool) -> Self {
        Self { passed: u32::from(holds), failed: u32::from(!holds), skipped: 0 }
    }

    /// Sets the runner's exit code beside its count: a runner that failed, or that ran nothing, is never a success.
    pub(crate) fn judged(counted: Option<Self>, success: bool) -> Self {
        let mut tally = counted.unwrap_or_default();
        let ran_nothing = tally.passed == 0 && tally.failed == 0;
        if tally.failed == 0 && (!success || ran_nothing) {
            tally.failed = 1;
        }
        tally
    }
}

/// Reads `Summary [ 0.1s] 3/4 tests run: 2 passed (1 slow), 1 failed, 5 skipped`, the last one if there are several.
///
/// Its skipped tests are left out: those belong to other steps, which count them. Tests that were to run and did not
/// (`3/4`) have failed.
pub(crate) fn nextest(output: &str) -> Option<Tally> {
    let plain = without_colours(output);
    let line = plain.lines().rev().find(|line| line.contains("Summary [") && line.contains(" run:"))?;
    let (head, outcomes) = line.split_once(" run:")?;
    let mut tally = Tally::default();
    for outcome in without_parentheses(outcomes).split(',') {
        let (number, label) = outcome.trim().split_once(' ')?;
        let number: u32 = number.parse().ok()?;
        match label.trim() {
            "passed" => tally.passed += number,
            "skipped" => {}
            _ => tally.failed += number,
        }
    }
    let ratio = head.split_whitespace().find_map(|word| word.split_once('/'));
    if let Some((run, planned)) =
        ratio.and_then(|(run, planned)| Some((run.parse().ok()?, planned.parse().ok()?)))
    {
        tally.failed += u32::saturating_sub(planned, run);
    }
    Some(tally)
}

/// Adds up every `test result: ok. 3 passed; 0 failed; 1 ignored; …` of `cargo test`.
pub(crate) fn cargo_test(output: &str) -> Option<Tally> {
    let plain = without_colours(output);
    let mut tally = None;
    for line in plain.lines().filter_map(|line| line.trim().strip_prefix("test result:")) {
        let total: &mut Tally = tally.get_or_insert_default();
        for part in line.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let number = words.next().and_then(|word| word.parse::<u32>().ok());
            match (number, words.next()) {
                (Some(number), Some("passed")) => total.passed += number,
                (Some(number), Some("failed")) => total.failed += number,
                _ => {}
            }
        }
    }
    tally
}

/// Reads the totals at the start of vitest's JSON report.
pub(crate) fn vitest(report: &str) -> Option<Tally> {
    let broken_files = json_number(report, "numFailedTestSuites").unwrap_or(0);
    let failed = json_number(report, "numFailedTests")?;
    Some(Tally {
        passed: json_number(report, "numPassedTests")?,
        // A file that does not load has no failed test of its own.
        failed: if failed == 0 { broken_files } else { failed },
        skipped: json_number(report, "numPendingTests").unwrap_or(0)
            + json_number(report, "numTodoTests").unwrap_or(0),
    })
}

fn json_number(text: &str, key: &str) -> Option<u32> {
    let (_, rest) = text.split_once(&format!("\"{key}\":"))?;
    let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Drops `(2 slow, 1 flaky)`: those are counted outside as well.
fn without_parentheses(text: &str) -> String {
    let mut depth = 0_u32;
    let mut outside = String::new();
    for letter in text.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(letter),
            _ => {}
        }
    }
    outside
}

/// Drops the escape sequences that colour a terminal's text.
fn without_colours(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let rest = piece.split_once(|letter: char| letter.is_ascii_alphabetic());
        plain.push_str(rest.map_or("", |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u32, failed: u32, skipped: u32) -> Tally {
        Tally { passed, failed, skipped }
    }

    #[test]
    fn nextest_summaries_are_read_in_every_form() {
        let plain = "     Summary [   0.171s] 4 tests run: 3 passed, 1 failed, 7 skipped";
        assert_eq!(nextest(plain), Some(tally(3, 1, 0)));
        let single = "Summary [   0.1s] 1 test run: 1 passed, 0 skipped";
        assert_eq!(nextest(single), Some(tally(1, 0, 0)));
        let slow =
            "Summary [  9.1s] 6 tests run: 4 passed (2 slow, 1 flaky), 1 failed, 1 timed out, 0 skipped";
        assert_eq!(nextest(slow), Some(tally(4, 2, 0)));
        let coloured = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.1s] \u{1b}[1m2\u{1b}[0m tests run: \u{1b}[1m2\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, \u{1b}[1m0\u{1b}[0m skipped";
        assert_eq!(nextest(coloured), Some(tally(2, 0, 0)));
    }

    #[test]
    fn tests_that_were_to_run_and_did_not_have_failed() {
        let cancelled = "Summary [   0.1s] 3/10 tests run: 2 passed, 1 failed, 0 skipped";
        assert_eq!(nextest(cancelled), Some(tally(2, 8, 0)));
    }

    #[test]
    fn cargo_test_results_are_added_up() {
        let output = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
                      test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(cargo_test(output), Some(tally(5, 1, 0)));
        assert_eq!(cargo_test("error: could not compile"), None);
    }

    #[test]
    fn a_vitest_file_that_does_not_load_is_a_failure() {
        let report = r#"{"numTotalTestSuites":3,"numFailedTestSuites":1,"numFailedTests":0,"numPassedTests":8,"numPendingTests":2,"numTodoTests":0}"#;
        assert_eq!(vitest(report), Some(tally(8, 1, 2)));
    }

    #[test]
    fn a_runner_that_failed_or_ran_nothing_is_never_a_success() {
        assert_eq!(Tally::judged(None, true), tally(0, 1, 0));
        assert_eq!(Tally::judged(Some(tally(0, 0, 0)), true), tally(0, 1, 0));
        assert_eq!(Tally::judged(Some(tally(5, 0, 0)), false), tally(5, 1, 0));
        assert_eq!(Tally::judged(Some(tally(5, 2, 0)), false), tally(5, 2, 0));
        assert_eq!(Tally::judged(Some(tally(5, 0, 1)), true), tally(5, 0, 1));
    }
}
