//! Bound groups, and what happens to people when one is unbound or deleted.

use jiff::Timestamp;
use lockstep_core::explain::AffectedPerson;
use lockstep_core::ids::{ConflictId, PlanId, ScimId, SourceGroupId};
use lockstep_core::snapshot::target::AppAccess;
use serde::{Deserialize, Serialize};

use super::conflicts::ConflictView;
use super::people::PathGroup;
use super::plans::OperationRow;
use super::windows::Facet;

/// Where a group stands between both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum GroupState {
    /// Not there yet; the plan creates it.
    New,
    /// A group of this name is there and is not ours (G2).
    SameNameExists,
    /// Linked: it follows JumpCloud.
    Managed,
    /// Sent; an administrator has to accept it in Atlassian's console.
    WaitingForAtlassian,
    /// A group of this name is there that new people join by default: it cannot be synchronised.
    DefaultGroup,
    /// Nobody is in it, so nothing is created (G1).
    Empty,
    /// Unbound once, and bound again: reviewed.
    Released,
    /// Not bound any more: left as it is (G5).
    Unbound,
    /// Deleted in JumpCloud (G6).
    Deleted,
    /// Linked, and not in the directory any more.
    Vanished,
    /// Left alone by decision.
    LeftAlone,
}

impl GroupState {
    /// Returns its name on the wire and in filters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::SameNameExists => "same_name_exists",
            Self::Managed => "managed",
            Self::WaitingForAtlassian => "waiting_for_atlassian",
            Self::DefaultGroup => "default_group",
            Self::Empty => "empty",
            Self::Released => "released",
            Self::Unbound => "unbound",
            Self::Deleted => "deleted",
            Self::Vanished => "vanished",
            Self::LeftAlone => "left_alone",
        }
    }
}

/// A group in the User groups table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GroupRow {
    /// JumpCloud id; `None` for a group of a conflict that is in Atlassian only.
    pub source_id: Option<SourceGroupId>,
    /// SCIM id, where there is one.
    pub target_id: Option<ScimId>,
    /// Name.
    pub name: String,
    /// Members in JumpCloud.
    pub members: u32,
    /// Members in the SCIM group.
    pub members_in_target: Option<u32>,
    /// Where it stands.
    pub state: GroupState,
    /// People who would be deactivated if it were unbound now.
    pub would_deactivate: u32,
    /// Other Atlassian applications it is bound to (G8).
    pub other_connectors: Vec<String>,
    /// The question about it, if there is one.
    pub conflict: Option<ConflictId>,
    /// Whether it is on the protected list.
    pub is_protected: bool,
}

/// A window of groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GroupWindow {
    /// The rows.
    pub rows: Vec<GroupRow>,
    /// Rows that match.
    pub total: u32,
    /// Rows without search and filters.
    pub unfiltered: u32,
    /// Counts by `state`, `overlap` (yes, no) and `only_path` (yes, no), over all rows.
    pub facets: Vec<Facet>,
}

/// What would happen to people if a group were unbound, or deleted, now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct BlastRadiusView {
    /// Who would be deactivated; cut at 1,000.
    pub deactivated: Vec<AffectedPerson>,
    /// How many.
    pub deactivated_total: u32,
    /// Who keeps access, and through what; cut at 1,000.
    pub keeps: Vec<AffectedPerson>,
    /// How many.
    pub keeps_total: u32,
    /// Members whose account is inactive already.
    pub inactive_already: u32,
    /// Members without an account in Atlassian.
    pub without_account: u32,
    /// Members of whom it cannot be told.
    pub unknown: u32,
    /// One or two sentences.
    pub text: String,
    /// Fingerprint of exactly this consequence; unbinding takes it as the confirmation.
    pub confirmation: String,
}

/// Why a group is as it is, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GroupWhy {
    /// How it stands between both sides.
    pub situation: String,
    /// One sentence.
    pub text: String,
    /// Causes, the most important first.
    pub causes: Vec<String>,
    /// What is drawn between JumpCloud's group and Atlassian's.
    pub path: Vec<PathGroup>,
    /// What would change it.
    pub would_change: Vec<String>,
}

/// The page of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GroupPage {
    /// The row.
    pub row: GroupRow,
    /// Why it is as it is.
    pub explanation: GroupWhy,
    /// What it gives access to, as far as it can be seen.
    pub access: Vec<AppAccess>,
    /// What unbinding it now would do; `None` for a group that is not bound.
    pub if_unbound: Option<BlastRadiusView>,
    /// What deleting it in JumpCloud now would do.
    pub if_deleted: Option<BlastRadiusView>,
    /// The question about it.
    pub conflict: Option<ConflictView>,
    /// The plan's operations about it.
    pub operations: Vec<OperationRow>,
    /// Where it is in Atlassian's console.
    pub deep_link: Option<String>,
    /// When both sides were last read.
    #[cfg_attr(feature = "specta", specta(type = Option<String>))]
    pub read_at: Option<Timestamp>,
    /// The plan.
    pub plan_id: Option<PlanId>,
}

/// A JumpCloud group that can be bound to the application, or is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct BindableGroup {
    /// JumpCloud id.
    pub source_id: SourceGroupId,
    /// Name.
    pub name: String,
    /// Members; `None` where they were not asked for.
    pub members: Option<u32>,
    /// Whether it is bound already.
    pub is_bound: bool,
    /// Whether a rule decides who is in it; `None` where that was not asked for.
    pub is_dynamic: Option<bool>,
}

/// What binding a group would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct BindPreview {
    /// The group.
    pub group: BindableGroup,
    /// Who comes into scope; cut at 1,000.
    pub enters: Vec<AffectedPerson>,
    /// How many.
    pub enters_total: u32,
    /// Members who are in scope already.
    pub already_in_scope: u32,
    /// One or two sentences.
    pub text: String,
    /// Fingerprint of exactly this; binding takes it as the confirmation.
    pub confirmation: String,
}
