//! When an assertion is valid, and how near the ends are.

use jiff::{SignedDuration, Timestamp};

use super::catalogue::finding;
use super::finding::{Finding, FindingCode};
use crate::xml::{Claims, Confirmation};

/// The times that are stated, each with where.
pub(super) struct Window {
    pub(super) begins: Vec<(&'static str, Result<Timestamp, String>)>,
    pub(super) ends: Vec<(&'static str, Result<Timestamp, String>)>,
    session_ends: Vec<Result<Timestamp, String>>,
}

impl Window {
    pub(super) fn of(claims: &Claims, confirmation: Option<&Confirmation>) -> Self {
        let time = |text: &String| text.trim().parse::<Timestamp>().map_err(|_| text.clone());
        let stated = |place, text: Option<&String>| text.map(|text| (place, time(text)));
        let of_bearer = |pick: fn(&Confirmation) -> Option<&String>| confirmation.and_then(pick);
        Self {
            begins: [
                stated("Conditions", claims.not_before.as_ref()),
                stated("SubjectConfirmationData", of_bearer(|bearer| bearer.not_before.as_ref())),
            ]
            .into_iter()
            .flatten()
            .collect(),
            ends: [
                stated("Conditions", claims.not_on_or_after.as_ref()),
                stated("SubjectConfirmationData", of_bearer(|bearer| bearer.not_on_or_after.as_ref())),
            ]
            .into_iter()
            .flatten()
            .collect(),
            session_ends: claims.session_ends.iter().map(time).collect(),
        }
    }

    pub(super) fn judge(&self, at: Timestamp, skew_seconds: u32, findings: &mut Vec<Finding>) {
        let skew = SignedDuration::from_secs(i64::from(skew_seconds));
        let latest = at.checked_add(skew).unwrap_or(Timestamp::MAX);
        let earliest = at.checked_sub(skew).unwrap_or(Timestamp::MIN);
        let now = format!("{at}, {skew_seconds} s tolerated");
        if self.ends.is_empty() {
            findings.push(finding(
                FindingCode::NoTimeLimit,
                "The assertion does not say until when it is valid.",
            ));
        }
        let sessions = self.session_ends.iter().map(|time| ("AuthnStatement (the session)", time));
        let ends = self.ends.iter().map(|(place, time)| (*place, time)).chain(sessions);
        let worst_end = ends
            .filter_map(|(place, time)| judge_end(place, time, at, earliest))
            .min_by_key(|finding| finding.severity);
        let begins = self.begins.iter().filter_map(|(place, time)| judge_begin(place, time, at, latest));
        let worst_begin = begins.min_by_key(|finding| finding.severity);
        findings.extend(
            [worst_end, worst_begin].into_iter().flatten().map(|finding| finding.expecting(now.clone())),
        );
    }
}

fn judge_end(
    place: &str,
    time: &Result<Timestamp, String>,
    at: Timestamp,
    earliest: Timestamp,
) -> Option<Finding> {
    match time {
        Err(text) => Some(
            finding(FindingCode::Expired, format!("The end of validity in {place} is no time.")).found(text),
        ),
        Ok(end) if earliest >= *end => {
            let text = format!(
                "Its validity ended at {end}, {} before (stated in {place}).",
                span(at.duration_since(*end))
            );
            Some(finding(FindingCode::Expired, text).found(format!("until {end}")))
        }
        Ok(end) if at >= *end => {
            let text = format!(
                "Its validity ended {} before, which the tolerance for clocks covers.",
                span(at.duration_since(*end))
            );
            Some(finding(FindingCode::WithinSkew, text).found(format!("until {end}")))
        }
        Ok(_) => None,
    }
}

fn judge_begin(
    place: &str,
    time: &Result<Timestamp, String>,
    at: Timestamp,
    latest: Timestamp,
) -> Option<Finding> {
    match time {
        Err(text) => Some(
            finding(FindingCode::NotYetValid, format!("The begin of validity in {place} is no time."))
                .found(text),
        ),
        Ok(begin) if latest < *begin => {
            let text = format!(
                "Its validity begins at {begin}, {} later (stated in {place}).",
                span(begin.duration_since(at))
            );
            Some(finding(FindingCode::NotYetValid, text).found(format!("from {begin}")))
        }
        Ok(begin) if at < *begin => {
            let text = format!(
                "Its validity begins {} later, which the tolerance for clocks covers.",
                span(begin.duration_since(at))
            );
            Some(finding(FindingCode::WithinSkew, text).found(format!("from {begin}")))
        }
        Ok(_) => None,
    }
}

/// Says a duration with one unit.
fn span(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        ..=119 => format!("{seconds} seconds"),
        120..=7199 => format!("{} minutes", seconds / 60),
        7200..=172_799 => format!("{} hours", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}
