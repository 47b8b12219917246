//! Conflicts, and the answers given to them.

use jiff::Timestamp;
use lockstep_core::ids::{ConflictId, PlanId};
use lockstep_core::plan::conflict::{Conflict, ConflictKind};
use lockstep_core::plan::operation::Subject;
use lockstep_core::snapshot::target::AppAccess;
use serde::{Deserialize, Serialize};

use super::windows::Facet;

/// Where a conflict stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ConflictStatus {
    /// Nobody has answered.
    Open,
    /// Answered on facts that have changed since: asked again.
    FactsChanged,
    /// Somebody looked and put it off.
    Later,
    /// Answered, or not, and something else must be done first.
    Blocked,
    /// Answered and sent; Atlassian's console is awaited.
    Waiting,
    /// Answered.
    Decided,
}

impl ConflictStatus {
    /// Returns its name on the wire and in filters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::FactsChanged => "facts_changed",
            Self::Later => "later",
            Self::Blocked => "blocked",
            Self::Waiting => "waiting",
            Self::Decided => "decided",
        }
    }
}

/// An answer that was given before the facts changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct FormerDecision {
    /// The choice.
    pub choice: String,
    /// Who gave it.
    pub by: String,
    /// When.
    #[cfg_attr(feature = "specta", specta(type = String))]
    pub at: Timestamp,
}

/// A conflict with everything that a review shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ConflictView {
    /// The question; lists of people are cut at 1,000.
    pub conflict: Conflict,
    /// How many stay.
    pub stays_total: u32,
    /// How many gain membership.
    pub gains_total: u32,
    /// How many lose it.
    pub loses_total: u32,
    /// Where it stands.
    pub status: ConflictStatus,
    /// Who gave the answer in force.
    pub decided_by: Option<String>,
    /// When.
    #[cfg_attr(feature = "specta", specta(type = Option<String>))]
    pub decided_at: Option<Timestamp>,
    /// An answer to other facts, which does not count any more.
    pub decided_before: Option<FormerDecision>,
    /// Where in Atlassian's console the group is reviewed.
    pub deep_link: Option<String>,
    /// Whether an organisation key lets Lockstep see members and app access of groups that did not come by SCIM.
    pub organisation_known: bool,
    /// The plan that asks.
    pub plan_id: PlanId,
}

/// A conflict in the Review groups table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ConflictRow {
    /// The conflict.
    pub id: ConflictId,
    /// What the question is.
    pub kind: ConflictKind,
    /// What it is about.
    pub subject: Subject,
    /// Fingerprint of the facts; a decision names it.
    pub facts: String,
    /// Where it stands.
    pub status: ConflictStatus,
    /// Who stays a member.
    pub stays: u32,
    /// Who becomes one.
    pub gains: u32,
    /// Who would no longer be one.
    pub loses: u32,
    /// How many of them lose an app with it; `None` where that cannot be seen.
    pub loses_access: Option<u32>,
    /// People who take a new seat in an app.
    pub new_seats: u32,
    /// What the group in Atlassian gives access to.
    pub access: Vec<AppAccess>,
    /// The answer in force.
    pub decision: Option<String>,
    /// Who gave it.
    pub decided_by: Option<String>,
    /// When.
    #[cfg_attr(feature = "specta", specta(type = Option<String>))]
    pub decided_at: Option<Timestamp>,
    /// The answers that can be given.
    pub choices: Vec<String>,
    /// Why a choice cannot be taken now.
    pub blocked: Option<String>,
    /// What is waited for.
    pub waiting: Option<String>,
}

/// A window of conflicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ConflictWindow {
    /// The rows.
    pub rows: Vec<ConflictRow>,
    /// Rows that match.
    pub total: u32,
    /// Rows without search and filters.
    pub unfiltered: u32,
    /// Counts by `kind`, `status`, `choice` (`rename` for every new name) and `losing`, over all rows.
    pub facets: Vec<Facet>,
}

/// An answer to a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct DecisionInput {
    /// Which conflict.
    pub conflict: ConflictId,
    /// One of its choices; a new name as `rename:NEW`.
    pub choice: String,
    /// The facts that were shown; `None` for those that are known now.
    pub facts: Option<String>,
    /// The answer in force that was shown with them; looked at only together with `facts`.
    #[serde(default)]
    pub seen: Option<String>,
}

/// An answer that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RefusedDecision {
    /// Which conflict.
    pub conflict: ConflictId,
    /// The group, where it is known.
    pub label: String,
    /// `unknown_conflict`, `facts_changed`, `decided_elsewhere`, `choice_not_offered`, `name_taken`, `name_invalid`,
    /// `unknown_member`, `already_applied`.
    pub code: String,
    /// One or two sentences: what is wrong, and what to do.
    pub text: String,
}

/// What came of answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct DecideAnswer {
    /// Recorded.
    pub decided: Vec<ConflictId>,
    /// Not recorded; nothing about these changed.
    pub refused: Vec<RefusedDecision>,
    /// The plan that follows from the answers; `None` where none was recorded, or both sides must be read first.
    pub plan: Option<PlanId>,
}
