//! What follows from an operation that took effect, in our own books: links, and which members we put into a group.

use jiff::Timestamp;
use lockstep_core::ids::{ConnectionId, RunId, ScimId, SourceGroupId, SourceUserId};
use lockstep_core::link::{GroupLink, GroupLinkState, PersonLink};
use lockstep_core::memory::PendingTakeover;
use lockstep_core::plan::operation::{Operation, Payload, Subject};

use crate::store::tables::{connections, links};
use crate::store::{StoreError, WriteTransaction};

/// What an operation that took effect changes in our own books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing.
    None,
    /// A person is linked.
    LinkPerson { source: SourceUserId, target: ScimId },
    /// An account is gone.
    UnlinkPerson { source: SourceUserId },
    /// A group is linked, under this name.
    LinkGroup { source: SourceGroupId, target: ScimId, name: String },
    /// Somebody has to accept a group in Atlassian's console; it is linked where it was created (201), and nothing is where the
    /// name was refused (409).
    AwaitAtlassian { source: SourceGroupId, target: Option<ScimId>, name: String },
    /// A group is gone.
    UnlinkGroup { source: SourceGroupId },
    /// A group is left as it is, for good.
    ReleaseGroup { source: SourceGroupId },
    /// Members came or went.
    Members { source: SourceGroupId, added: Vec<SourceUserId>, removed: Vec<SourceUserId> },
}

impl Effect {
    /// Returns what follows from an operation; `created` is the id of what it created.
    pub(crate) fn of(operation: &Operation, created: Option<ScimId>) -> Self {
        match (&operation.payload, created) {
            (Payload::CreateUser { source, .. }, Some(target)) => {
                Self::LinkPerson { source: source.clone(), target }
            }
            (Payload::LinkUser { source, target, .. }, _) => {
                Self::LinkPerson { source: source.clone(), target: target.clone() }
            }
            (Payload::DeleteUser { .. }, _) => match &operation.subject {
                Subject::Person { source_id: Some(source), .. } => {
                    Self::UnlinkPerson { source: source.clone() }
                }
                _ => Self::None,
            },
            (Payload::CreateGroup { source, display_name }, Some(target)) => {
                Self::LinkGroup { source: source.clone(), target, name: display_name.clone() }
            }
            (Payload::RenameGroup { source, target, after, .. }, _) => {
                Self::LinkGroup { source: source.clone(), target: target.clone(), name: after.clone() }
            }
            (Payload::TakeOverGroup { source, target: None, display_name }, created) => {
                Self::AwaitAtlassian { source: source.clone(), target: created, name: display_name.clone() }
            }
            (Payload::TakeOverGroup { source, target: Some(target), display_name }, _) => {
                Self::LinkGroup { source: source.clone(), target: target.clone(), name: display_name.clone() }
            }
            (Payload::DeleteGroup { source, .. }, _) => Self::UnlinkGroup { source: source.clone() },
            (Payload::ReleaseGroup { source, .. }, _) => Self::ReleaseGroup { source: source.clone() },
            _ => Self::None,
        }
    }

    /// Returns what follows from members that came or went.
    pub(crate) fn members(operation: &Operation, people: Vec<SourceUserId>) -> Self {
        match &operation.payload {
            Payload::AddMembers { source, .. } => {
                Self::Members { source: source.clone(), added: people, removed: Vec::new() }
            }
            Payload::RemoveMembers { source, .. } => {
                Self::Members { source: source.clone(), added: Vec::new(), removed: people }
            }
            _ => Self::None,
        }
    }

    /// Returns the SCIM id that came of it.
    pub(super) fn target(&self) -> Option<&ScimId> {
        match self {
            Self::LinkPerson { target, .. } | Self::LinkGroup { target, .. } => Some(target),
            Self::AwaitAtlassian { target, .. } => target.as_ref(),
            _ => None,
        }
    }

    /// Writes it into the books.
    pub(crate) fn store(
        &self,
        tx: &WriteTransaction<'_>,
        connection: &ConnectionId,
        run: &RunId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        match self {
            Self::None => Ok(()),
            Self::LinkPerson { source, target } => {
                let link = PersonLink { source: source.clone(), target: target.clone() };
                links::link_person(tx, connection, &link, Some(run), at)
            }
            Self::UnlinkPerson { source } => links::unlink_person(tx, connection, source),
            Self::LinkGroup { source, target, name } => {
                links::link_group(tx, connection, &group_link(source, target, name), Some(run), at)
            }
            Self::AwaitAtlassian { source, target, name } => {
                if let Some(target) = target {
                    links::link_group(tx, connection, &group_link(source, target, name), Some(run), at)?;
                }
                let mut memory = connections::target_memory(tx, connection)?;
                let pending = PendingTakeover { name: name.clone(), target: target.clone() };
                memory.takeovers.insert(source.clone(), pending);
                connections::set_target_memory(tx, connection, &memory)
            }
            Self::UnlinkGroup { source } => links::unlink_group(tx, connection, source),
            Self::ReleaseGroup { source } => {
                links::set_group_state(tx, connection, source, GroupLinkState::Released)
            }
            Self::Members { source, added, removed } => {
                links::change_group_members(tx, connection, source, added, removed)
            }
        }
    }
}

fn group_link(source: &SourceGroupId, target: &ScimId, name: &str) -> GroupLink {
    GroupLink {
        source: source.clone(),
        target: target.clone(),
        state: GroupLinkState::Managed,
        name: name.to_owned(),
        last_members: Vec::new(),
    }
}
