//! Operations: single changes, each with its before, its after, its reason and whether it can be undone.

use serde::{Deserialize, Serialize};

use crate::attribute::{Attribute, AttributeSet};
use crate::ids::{OperationId, ScimId, SourceGroupId, SourceUserId};

/// What an operation does. The order is the order of execution ([`super::order`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    /// Stores the pair and, where needed, writes our `externalId`.
    LinkUser,
    /// Changes attributes.
    UpdateUser,
    /// Sets `active` to true, with whatever else differs.
    ActivateUser,
    /// Creates a SCIM user.
    CreateUser,
    /// Forgets a group's link; sends nothing.
    ReleaseGroup,
    /// Adds people to a JumpCloud group (keep the others).
    AddSourceMembers,
    /// Makes a same-name group ours; its membership then follows JumpCloud.
    TakeOverGroup,
    /// Creates a SCIM group, without members.
    CreateGroup,
    /// Changes `displayName` in place.
    RenameGroup,
    /// Adds members.
    AddMembers,
    /// Removes members.
    RemoveMembers,
    /// Sets `active` to false.
    DeactivateUser,
    /// Deletes the SCIM user.
    DeleteUser,
    /// Deletes the SCIM group.
    DeleteGroup,
}

impl OperationKind {
    /// Returns the contract's name of the kind.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LinkUser => "link_user",
            Self::UpdateUser => "update_user",
            Self::ActivateUser => "activate_user",
            Self::CreateUser => "create_user",
            Self::ReleaseGroup => "release_group",
            Self::TakeOverGroup => "take_over_group",
            Self::CreateGroup => "create_group",
            Self::RenameGroup => "rename_group",
            Self::AddSourceMembers => "add_source_members",
            Self::AddMembers => "add_members",
            Self::RemoveMembers => "remove_members",
            Self::DeactivateUser => "deactivate_user",
            Self::DeleteUser => "delete_user",
            Self::DeleteGroup => "delete_group",
        }
    }

    /// Returns what it does, for sentences: "the update".
    pub const fn describe(self) -> &'static str {
        match self {
            Self::LinkUser => "linking the account",
            Self::UpdateUser => "the update",
            Self::ActivateUser => "the activation",
            Self::CreateUser => "the creation",
            Self::ReleaseGroup => "releasing the group",
            Self::TakeOverGroup => "taking over the group",
            Self::CreateGroup => "the creation of the group",
            Self::RenameGroup => "the renaming",
            Self::AddSourceMembers => "adding to the JumpCloud group",
            Self::AddMembers => "adding members",
            Self::RemoveMembers => "removing members",
            Self::DeactivateUser => "the deactivation",
            Self::DeleteUser => "the deletion",
            Self::DeleteGroup => "the deletion of the group",
        }
    }

    /// Whether it is about a group or its members.
    pub const fn is_about_a_group(self) -> bool {
        !matches!(
            self,
            Self::LinkUser
                | Self::UpdateUser
                | Self::ActivateUser
                | Self::CreateUser
                | Self::DeactivateUser
                | Self::DeleteUser
        )
    }

    /// Returns whether undo can bring back what was before.
    pub const fn reversibility(self) -> Reversibility {
        match self {
            Self::CreateUser | Self::CreateGroup | Self::TakeOverGroup | Self::ReleaseGroup => {
                Reversibility::Partly
            }
            Self::DeleteUser | Self::DeleteGroup => Reversibility::Irreversible,
            Self::LinkUser
            | Self::UpdateUser
            | Self::ActivateUser
            | Self::RenameGroup
            | Self::AddSourceMembers
            | Self::AddMembers
            | Self::RemoveMembers
            | Self::DeactivateUser => Reversibility::Reversible,
        }
    }

    /// Whether somebody loses something by it: these never follow from an incomplete read (R2).
    pub const fn takes_away(self) -> bool {
        matches!(
            self,
            Self::DeactivateUser
                | Self::DeleteUser
                | Self::RemoveMembers
                | Self::DeleteGroup
                | Self::TakeOverGroup
        )
    }
}

/// What holds an operation back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum HeldBy {
    /// A limit was passed, a read was incomplete, or the object is protected.
    Guard,
    /// A conflict without a decision.
    Conflict,
    /// No place under the user limit.
    UserLimit,
    /// The address is in no verified domain.
    Domain,
    /// A fact that somebody must acknowledge first.
    Acknowledgement,
    /// It cannot be undone and was not asked for by name.
    Irreversible,
    /// It failed repeatedly and rests.
    Quarantine,
}

impl HeldBy {
    /// Returns the contract's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Guard => "guard",
            Self::Conflict => "conflict",
            Self::UserLimit => "user_limit",
            Self::Domain => "domain",
            Self::Acknowledgement => "acknowledgement",
            Self::Irreversible => "irreversible",
            Self::Quarantine => "quarantine",
        }
    }

    /// Returns the name for sentences: "a guard".
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Guard => "a guard",
            Self::Conflict => "an open question",
            Self::UserLimit => "the user limit",
            Self::Domain => "the domain rule",
            Self::Acknowledgement => "a missing acknowledgement",
            Self::Irreversible => "a missing consent to what cannot be undone",
            Self::Quarantine => "quarantine",
        }
    }
}

/// Whether undo can bring back the state before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Reversibility {
    /// The inverse operation restores it.
    Reversible,
    /// The object cannot be removed again as if it had never been (a created account can only be deactivated).
    Partly,
    /// Nothing brings it back.
    Irreversible,
}

/// What the operation is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Subject {
    /// A person.
    Person {
        /// The JumpCloud id, where there is one.
        source_id: Option<SourceUserId>,
        /// The SCIM id, where there is one.
        target_id: Option<ScimId>,
        /// The e-mail address, else the user name.
        label: String,
        /// The name for people.
        name: String,
    },
    /// A group.
    Group {
        /// The JumpCloud id, where there is one.
        source_id: Option<SourceGroupId>,
        /// The SCIM id, where there is one.
        target_id: Option<ScimId>,
        /// The group's name.
        label: String,
    },
}

impl Subject {
    /// Returns the label: a person's e-mail address, a group's name.
    pub fn label(&self) -> &str {
        match self {
            Self::Person { label, .. } | Self::Group { label, .. } => label,
        }
    }

    /// Returns the name for people: a person's name, a group's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Person { name, .. } => name,
            Self::Group { label, .. } => label,
        }
    }
}

/// Why the operation is in the plan; the codes are part of the headless contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the contract's and say it all")]
pub enum ReasonCode {
    JoinedBoundGroup,
    LeftLastBoundGroup,
    GroupUnbound,
    GroupDeleted,
    Suspended,
    PasswordExpired,
    Staged,
    Restored,
    DeletedInJumpcloud,
    AttributesChanged,
    FirstMember,
    MembershipChanged,
    GroupRenamed,
    FoundByExternalId,
    FoundByUserName,
    FoundByEmail,
    DomainNotVerified,
    OverUserLimit,
    Undo,
}

/// The reason, for display only: nothing is decided by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Reason {
    /// Stable code.
    pub code: ReasonCode,
    /// One sentence naming people and groups.
    pub text: String,
    /// The group that explains it, if one does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub group: Option<String>,
}

/// One attribute's change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct AttributeChange {
    /// Which attribute.
    pub attribute: Attribute,
    /// The value observed; `None` for none.
    pub before: Option<String>,
    /// The value wanted; `None` clears it.
    pub after: Option<String>,
}

/// A member as an operation names it: by the JumpCloud id while the account does not exist yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Member {
    /// The JumpCloud side; `None` for somebody who exists only in the target.
    pub source: Option<SourceUserId>,
    /// The SCIM id; `None` until the same plan's create or link has given it.
    pub target: Option<ScimId>,
    /// E-mail address, else user name.
    pub label: String,
}

/// What exactly is sent. Two operations with the same id and an equal payload are the same approved change (R1).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "payload", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields repeat the subject's vocabulary")]
pub enum Payload {
    /// POST /Users, active.
    CreateUser { source: SourceUserId, attributes: AttributeSet },
    /// Stores the link; PATCHes `changes` (our `externalId`, if it is to be written, is one of them) if there are any.
    LinkUser { source: SourceUserId, target: ScimId, changes: Vec<AttributeChange>, active: Option<bool> },
    /// PATCHes the changes.
    UpdateUser { target: ScimId, changes: Vec<AttributeChange> },
    /// PATCHes `active:true` and the changes, in one request.
    ActivateUser { target: ScimId, changes: Vec<AttributeChange> },
    /// PATCHes `active:false` and the changes, in one request.
    DeactivateUser { target: ScimId, changes: Vec<AttributeChange> },
    /// DELETE /Users/{id}.
    DeleteUser { target: ScimId },
    /// POST /Groups without members.
    CreateGroup { source: SourceGroupId, display_name: String },
    /// Stores the link and replaces what membership differs.
    TakeOverGroup { source: SourceGroupId, target: Option<ScimId>, display_name: String },
    /// PATCHes `displayName`.
    RenameGroup { source: SourceGroupId, target: ScimId, before: String, after: String },
    /// PATCHes in batches; `target` is `None` while the same plan creates the group.
    AddMembers { source: SourceGroupId, target: Option<ScimId>, members: Vec<Member> },
    /// PATCHes in batches.
    RemoveMembers { source: SourceGroupId, target: ScimId, members: Vec<Member> },
    /// DELETE /Groups/{id}.
    DeleteGroup { source: SourceGroupId, target: ScimId, members: Vec<Member> },
    /// Sends nothing.
    ReleaseGroup { source: SourceGroupId, target: ScimId },
    /// POST /usergroups/{id}/members in JumpCloud, one per person.
    AddSourceMembers { source: SourceGroupId, members: Vec<Member> },
}

/// One planned change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// Derived from kind and subject.
    pub id: OperationId,
    /// What it does.
    pub kind: OperationKind,
    /// What it is about.
    pub subject: Subject,
    /// What holds it; `None` when it is ready.
    pub held_by: Option<HeldBy>,
    /// Whether a person may release it for this plan (a guard's limit), or nobody can (an incomplete read, a protected
    /// object). Meaningless while `held_by` is `None`.
    pub releasable: bool,
    /// Whether it can be undone.
    pub reversibility: Reversibility,
    /// Why it is in the plan.
    pub reason: Reason,
    /// What is sent.
    pub payload: Payload,
}

impl Operation {
    /// Whether nothing holds it.
    pub const fn is_ready(&self) -> bool {
        self.held_by.is_none()
    }
}
