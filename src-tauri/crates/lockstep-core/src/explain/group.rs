//! A group's explanation.

use serde::{Deserialize, Serialize};

use super::blast::blast_counts;
use super::group_facts::GroupFacts;
use super::group_story;
use super::person::Cause;
use crate::ids::{ScimId, SourceGroupId};
use crate::plan::operation::{HeldBy, Subject};
use crate::plan::{Plan, PlanInput};
use crate::snapshot::organisation::AppAccess;

/// Which group to explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupKey {
    /// A JumpCloud group, bound now or once.
    Source(SourceGroupId),
    /// A SCIM group, linked or not.
    Target(ScimId),
    /// Any group of that name, JumpCloud's first; case, blanks and Unicode form do not matter.
    Name(String),
}

/// How a group stands between both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum GroupSituation {
    /// Bound, not linked, and nothing has its name.
    New,
    /// Bound, not linked, and a group of that name exists already.
    SameNameExists,
    /// Bound and linked.
    Managed,
    /// Somebody has to accept it in Atlassian's console.
    WaitingForAtlassian,
    /// The group of that name is a default access group, which cannot be synchronised.
    DefaultGroup,
    /// Bound and without members.
    Empty,
    /// Unbound once, left as it is.
    Released,
    /// Linked and not bound any more.
    Unbound,
    /// Linked and deleted in JumpCloud.
    Deleted,
    /// Linked, and not in the target any more.
    Vanished,
    /// Somebody decided to leave it alone.
    LeftAlone,
    /// Only in Atlassian.
    Unassigned,
}

/// What happens to a group by the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum GroupWill {
    /// Nothing.
    Stay,
    /// It is created.
    BeCreated,
    /// It is taken over.
    BeTakenOver,
    /// Its name changes.
    BeRenamed,
    /// Its members change.
    BeUpdated,
    /// Its link is forgotten.
    BeReleased,
    /// It is deleted.
    BeDeleted,
    /// Something would happen and waits.
    BeHeld,
}

/// Why something does not happen yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GroupHeld {
    /// What holds it.
    pub by: HeldBy,
    /// What would happen.
    pub would: GroupWill,
    /// Whether a person may release it for one plan.
    pub releasable: bool,
}

/// One stage on the way from JumpCloud's group to the apps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum GroupPathStep {
    /// The group in JumpCloud.
    Source {
        /// Its name.
        group: String,
        /// Its id.
        source_id: SourceGroupId,
        /// Whether it is bound to the application.
        bound: bool,
        /// How many members it has; `None` where it is not bound.
        members: Option<u32>,
    },
    /// The group in the SCIM directory.
    Target {
        /// Its name there.
        group: String,
        /// Its id; `None` while it does not exist.
        target_id: Option<ScimId>,
        /// Whether it follows the group in JumpCloud.
        linked: bool,
        /// How many members it has.
        members: Option<u32>,
    },
    /// An app that the group gives access to.
    Access {
        /// Which, and how.
        access: AppAccess,
    },
}

/// One thing that would be otherwise for a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum GroupChange {
    /// The group is bound to the application.
    Bind,
    /// The group is unbound.
    Unbind,
    /// The group is deleted in JumpCloud.
    DeleteInSource,
    /// Somebody joins it in JumpCloud.
    AddMember,
    /// Its question is answered.
    Answer {
        /// With which choice.
        choice: String,
    },
    /// It is accepted in Atlassian's console.
    AcceptInAtlassian,
    /// It is no default access group any more.
    ClearDefaultAccess,
    /// The operation is allowed by name.
    AllowIrreversible,
    /// A guard is overridden for this plan.
    OverrideGuard,
    /// The protection is taken off.
    LiftProtection,
    /// The next reading is complete.
    ReadCompletely,
    /// The rest after failures ends.
    Retry,
    /// Group management is switched on.
    ManageGroups,
}

/// What would change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GroupWouldChange {
    /// One sentence.
    pub text: String,
    /// All of these together.
    pub changes: Vec<GroupChange>,
    /// What would happen then.
    pub then: GroupWill,
}

/// Why a group is as it is, what happens to it, and what would change that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GroupExplanation {
    /// Which group.
    pub subject: Subject,
    /// How it stands between both sides.
    pub situation: GroupSituation,
    /// Whether it is in the target and follows JumpCloud; `None` where it is not in the target.
    pub active_in_target: Option<bool>,
    /// What happens.
    pub will: GroupWill,
    /// Why something does not happen yet.
    pub held: Option<GroupHeld>,
    /// One sentence.
    pub text: String,
    /// Causes, the most important first.
    pub causes: Vec<Cause>,
    /// From JumpCloud's group to the apps.
    pub path: Vec<GroupPathStep>,
    /// What would change it, the nearest first.
    pub would_change: Vec<GroupWouldChange>,
}

/// Explains a group; `None` where nothing has that id or name.
///
/// `plan` must have been made from `input`.
pub fn explain_group(input: &PlanInput<'_>, plan: &Plan, key: &GroupKey) -> Option<GroupExplanation> {
    let facts = GroupFacts::new(input, plan, key)?;
    let situation = facts.situation();
    let (will, _, held) = facts.fate();
    let only_here = facts.source.and_then(|group| blast_counts(input).remove(&group.id)).unwrap_or_default();
    Some(GroupExplanation {
        situation,
        active_in_target: facts.target.map(|_| facts.is_managed()),
        will,
        text: group_story::headline(&facts, situation, will, held.as_ref()),
        causes: group_story::causes(&facts, situation),
        path: facts.path(),
        would_change: group_story::would_change(&facts, situation, held.as_ref(), only_here),
        subject: facts.subject,
        held,
    })
}
