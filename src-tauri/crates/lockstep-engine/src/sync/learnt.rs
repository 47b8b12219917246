//! What a run learns as it goes: ids of what it created, and how the target wants to be talked to.

use lockstep_core::ids::{ScimId, SourceGroupId, SourceUserId};
use lockstep_core::link::Links;
use lockstep_core::memory::TargetMemory;
use lockstep_core::plan::operation::Operation;
use lockstep_core::run::outcome::StopReason;
use lockstep_core::scim::MemberRemovalForm;
use rustc_hash::FxHashMap;

use super::list_form::ListForm;

/// What a run learns as it goes.
#[derive(Debug, Default)]
pub(crate) struct Learnt {
    pub(crate) people: FxHashMap<SourceUserId, ScimId>,
    pub(crate) groups: FxHashMap<SourceGroupId, ScimId>,
    pub(crate) memory: TargetMemory,
    pub(crate) removal_form: MemberRemovalForm,
    /// Whether that form was seen to take a member out: some servers answer 2xx to the other one and do nothing.
    pub(crate) removal_is_proved: bool,
    /// What came of the other one.
    pub(crate) list_form: ListForm,
    pub(crate) stopped_by: Option<(StopReason, String)>,
    /// Operations on a group that did not come to a good end, and whether Atlassian's console is awaited; by JumpCloud group.
    pub(crate) not_done: FxHashMap<SourceGroupId, Vec<(Operation, Unfinished)>>,
    /// Members of JumpCloud groups to which the run added somebody, as they were read back.
    pub(crate) source_members: FxHashMap<SourceGroupId, Vec<SourceUserId>>,
}

/// Why an operation that others depend on was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfinished {
    /// It failed, or was not sent.
    Failed,
    /// Atlassian's console is awaited.
    Awaited,
}

impl Learnt {
    /// Starts from what is stored.
    pub(crate) fn new(links: &Links, memory: TargetMemory) -> Self {
        Self {
            people: links.people.iter().map(|link| (link.source.clone(), link.target.clone())).collect(),
            groups: links.groups.iter().map(|link| (link.source.clone(), link.target.clone())).collect(),
            memory,
            ..Self::default()
        }
    }
}
