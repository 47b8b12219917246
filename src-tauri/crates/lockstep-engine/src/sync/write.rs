//! The writes of a run: one request each, its body made once, and what came of sending it.

use std::time::{Duration, Instant};

use lockstep_core::attribute::{Attribute, AttributeSet};
use lockstep_core::ids::{ScimId, SourceGroupId};
use lockstep_core::plan::operation::{AttributeChange, OperationKind, Payload};
use lockstep_core::run::outcome::{Answer, Attempt, AttemptResult, Method};
use lockstep_core::scim::{self, MemberRemovalForm};
use lockstep_core::snapshot::target::TargetUser;
use sha2::{Digest, Sha256};

use crate::connectors::atlassian_scim::ScimClient;
use crate::http::{ConnectorError, TransportFault};

/// A request that changes the target; it borrows what the operation holds.
#[derive(Debug, Clone)]
pub(crate) enum Write<'a> {
    /// POST /Users.
    CreateUser(&'a AttributeSet),
    /// PATCH /Users/{id}.
    PatchUser(&'a ScimId, String, UserChanges<'a>),
    /// DELETE /Users/{id}.
    DeleteUser(&'a ScimId),
    /// POST /Groups, with our id, so that a group whose creation was not answered is known again.
    CreateGroup(&'a str, &'a SourceGroupId),
    /// PATCH /Groups/{id}, `displayName`.
    RenameGroup(&'a ScimId, &'a str),
    /// PATCH /Groups/{id}, members in.
    AddMembers(&'a ScimId, &'a [ScimId]),
    /// PATCH /Groups/{id}, members out.
    RemoveMembers(&'a ScimId, &'a [ScimId], MemberRemovalForm),
    /// PATCH /Groups/{id}, members in and others out.
    ChangeMembers(&'a ScimId, &'a [ScimId], &'a [ScimId]),
    /// DELETE /Groups/{id}.
    DeleteGroup(&'a ScimId),
}

/// What a PATCH of a user is made from, to make it anew in another form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UserChanges<'a> {
    changes: &'a [AttributeChange],
    active: Option<bool>,
}

impl UserChanges<'_> {
    /// Whether another form may be taken where this one was: the number of a phone is addressed by a filter.
    fn may_be_refused_for_its_form(&self, error: &ConnectorError) -> bool {
        matches!(error, ConnectorError::InvalidRequest { status: 400 | 501, .. })
            && self.changes.iter().any(|change| change.attribute == Attribute::WorkPhone)
    }
}

impl<'a> Write<'a> {
    /// Makes the request of an operation that is one request about one object; `None` where nothing is sent.
    pub(crate) fn of(payload: &'a Payload) -> Option<Self> {
        let patch = |target, changes: &'a [AttributeChange], active| {
            scim::user_patch_body(changes, active)
                .map(|body| Self::PatchUser(target, body, UserChanges { changes, active }))
        };
        match payload {
            Payload::CreateUser { attributes, .. } => Some(Self::CreateUser(attributes)),
            Payload::LinkUser { target, changes, active, .. } => patch(target, changes, *active),
            Payload::UpdateUser { target, changes } => patch(target, changes, None),
            Payload::ActivateUser { target, changes } => patch(target, changes, Some(true)),
            Payload::DeactivateUser { target, changes } => patch(target, changes, Some(false)),
            Payload::DeleteUser { target } => Some(Self::DeleteUser(target)),
            Payload::CreateGroup { source, display_name }
            | Payload::TakeOverGroup { source, target: None, display_name } => {
                Some(Self::CreateGroup(display_name, source))
            }
            Payload::RenameGroup { target, after, .. } => Some(Self::RenameGroup(target, after)),
            Payload::DeleteGroup { target, .. } => Some(Self::DeleteGroup(target)),
            Payload::AddMembers { .. }
            | Payload::RemoveMembers { .. }
            | Payload::ReleaseGroup { .. }
            | Payload::TakeOverGroup { target: Some(_), .. }
            | Payload::AddSourceMembers { .. } => None,
        }
    }

    /// Returns the method.
    pub(crate) const fn method(&self) -> Method {
        match self {
            Self::CreateUser(_) | Self::CreateGroup(..) => Method::Post,
            Self::PatchUser(..)
            | Self::RenameGroup(..)
            | Self::AddMembers(..)
            | Self::RemoveMembers(..)
            | Self::ChangeMembers(..) => Method::Patch,
            Self::DeleteUser(_) | Self::DeleteGroup(_) => Method::Delete,
        }
    }

    /// Returns the SHA-256 of what is sent, for the journal: it tells two requests apart without keeping their contents.
    pub(crate) fn digest(&self) -> String {
        let mut digest = Sha256::new();
        let mut part = |text: &str| {
            digest.update(text);
            digest.update([0]);
        };
        match self {
            Self::CreateUser(attributes) => {
                part("create user");
                for (attribute, value) in attributes.iter() {
                    part(attribute.name());
                    part(value);
                }
            }
            Self::PatchUser(id, body, _) => ["patch user", id.as_str(), body].into_iter().for_each(part),
            Self::DeleteUser(id) => ["delete user", id.as_str()].into_iter().for_each(part),
            Self::CreateGroup(name, source) => {
                ["create group", name, source.as_str()].into_iter().for_each(part);
            }
            Self::RenameGroup(id, name) => ["rename group", id.as_str(), name].into_iter().for_each(part),
            Self::AddMembers(id, members) | Self::RemoveMembers(id, members, _) => {
                part(if matches!(self, Self::AddMembers(..)) { "add members" } else { "remove members" });
                part(id.as_str());
                members.iter().for_each(|member| part(member.as_str()));
            }
            Self::ChangeMembers(id, coming, going) => {
                ["change members", id.as_str()].into_iter().for_each(&mut part);
                coming.iter().for_each(|member| part(member.as_str()));
                part("");
                going.iter().for_each(|member| part(member.as_str()));
            }
            Self::DeleteGroup(id) => ["delete group", id.as_str()].into_iter().for_each(part),
        }
        hex::encode(digest.finalize())
    }

    /// Sends the request.
    pub(crate) async fn send(&self, client: &ScimClient) -> Reply {
        let started = Instant::now();
        let changed = |_| (200, None);
        let deleted = |()| (204, None);
        let result = match self {
            Self::CreateUser(attributes) => {
                client.create_user(attributes).await.map(|created| (201, Some(created.id)))
            }
            Self::CreateGroup(name, source) => {
                client.create_group(name, Some(source.as_str())).await.map(|created| (201, Some(created.id)))
            }
            Self::PatchUser(id, body, changes) => {
                patch_user(client, id, body, *changes).await.map(|_| (200, None))
            }
            Self::RenameGroup(id, name) => client.rename_group(id, name).await.map(|_| (200, None)),
            Self::AddMembers(id, members) => client.add_members(id, members).await.map(changed),
            Self::RemoveMembers(id, members, form) => {
                client.remove_members(id, members, *form).await.map(changed)
            }
            Self::ChangeMembers(id, coming, going) => {
                client.change_members(id, coming, going).await.map(changed)
            }
            Self::DeleteUser(id) => client.delete_user(id).await.map(deleted),
            Self::DeleteGroup(id) => client.delete_group(id).await.map(deleted),
        };
        Reply { result, duration: started.elapsed() }
    }
}

/// Sends a PATCH of a user; where a server does not take a filter in a path, the whole list of numbers instead, with those in
/// it that are there.
async fn patch_user(
    client: &ScimClient,
    id: &ScimId,
    body: &str,
    changes: UserChanges<'_>,
) -> Result<Option<TargetUser>, ConnectorError> {
    let refused = match client.patch_user(id, body.to_owned()).await {
        Err(error) if changes.may_be_refused_for_its_form(&error) => error,
        answer => return answer,
    };
    // Without knowing the other numbers, nothing is replaced: the refusal stands.
    let Ok(Some(others)) = client.other_phones(id).await else { return Err(refused) };
    match scim::user_patch_body_with_phones(changes.changes, changes.active, &others) {
        Some(body) => client.patch_user(id, body).await,
        None => Err(refused),
    }
}

/// What came of sending a write.
#[derive(Debug)]
pub(crate) struct Reply {
    /// Status and, for creations, the id that was answered.
    pub(crate) result: Result<(u16, Option<ScimId>), ConnectorError>,
    /// How long it took.
    pub(crate) duration: Duration,
}

impl Reply {
    /// Returns the id that a creation was answered with.
    pub(crate) fn created(&self) -> Option<&ScimId> {
        self.result.as_ref().ok().and_then(|(_, id)| id.as_ref())
    }

    /// Returns the HTTP status, if there was an answer.
    pub(crate) fn status(&self) -> Option<u16> {
        match &self.result {
            Ok((status, _)) => Some(*status),
            Err(error) => error.status(),
        }
    }

    /// Whether we stopped before the request was sent.
    pub(crate) fn was_not_begun(&self) -> bool {
        matches!(&self.result, Err(error @ ConnectorError::Cancelled { .. }) if error.outcome_known())
    }

    /// Describes the attempt for the core's judgement.
    pub(crate) fn attempt(
        &self,
        kind: OperationKind,
        method: Method,
        members: usize,
        form: MemberRemovalForm,
    ) -> Attempt<'_> {
        let result = match &self.result {
            Ok((status, id)) => {
                AttemptResult::Answered(Answer { status: *status, has_id: id.is_some(), ..Answer::default() })
            }
            Err(error) => of_error(error),
        };
        Attempt { kind, method, members, form, result }
    }
}

fn of_error(error: &ConnectorError) -> AttemptResult<'_> {
    let answered =
        |status: u16, detail| AttemptResult::Answered(Answer { status, detail, ..Answer::default() });
    match error {
        ConnectorError::Transport { fault: TransportFault::Connect, .. } => AttemptResult::NotSent,
        // A 2xx whose body cannot be read: it was carried out, most likely.
        ConnectorError::Transport { .. }
        | ConnectorError::Protocol { .. }
        | ConnectorError::TooLarge { .. } => AttemptResult::Lost,
        ConnectorError::Cancelled { after } => match after {
            Some(cause) if !cause.outcome_known() => AttemptResult::Lost,
            _ => AttemptResult::NotSent,
        },
        ConnectorError::AlreadyExists { scim_type, detail, .. } => AttemptResult::Answered(Answer {
            status: 409,
            scim_type: scim_type.as_deref(),
            detail,
            ..Answer::default()
        }),
        ConnectorError::InvalidRequest { status, scim_type, detail } => AttemptResult::Answered(Answer {
            status: *status,
            scim_type: scim_type.as_deref(),
            detail,
            ..Answer::default()
        }),
        ConnectorError::RateLimited { retry_after } => {
            AttemptResult::Answered(Answer { status: 429, retry_after: *retry_after, ..Answer::default() })
        }
        ConnectorError::Unavailable { status, retry_after, detail } => AttemptResult::Answered(Answer {
            status: *status,
            retry_after: *retry_after,
            detail,
            ..Answer::default()
        }),
        ConnectorError::Redirected { to } => answered(302, to),
        // A gateway's page says nothing about the object: a deletion would count as done, and its link be forgotten.
        ConnectorError::NotFound { is_page: true, .. } => AttemptResult::Lost,
        // Refused by ourselves: a fault of ours that no repetition mends.
        other => answered(other.status().unwrap_or(400), ""),
    }
}

/// Whether a SCIM user is as the changes want it.
pub(crate) fn has_changes(
    user: &lockstep_core::snapshot::target::TargetUser,
    changes: &[AttributeChange],
    active: Option<bool>,
) -> bool {
    active.is_none_or(|active| user.active == active)
        && changes.iter().all(|change| {
            let there = user.attributes.get(change.attribute);
            match (change.attribute, change.after.as_deref(), there) {
                (Attribute::Email | Attribute::UserName, Some(wanted), Some(there)) => {
                    lockstep_core::email::same(wanted, there)
                }
                (_, wanted, there) => wanted == there,
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateways_page_does_not_count_as_the_services_not_found() {
        let not_found = |is_page| ConnectorError::NotFound { detail: String::new(), is_page };
        assert_eq!(
            of_error(&not_found(true)),
            AttemptResult::Lost,
            "it is looked at before anything is concluded"
        );
        let gone = not_found(false);
        let AttemptResult::Answered(answer) = of_error(&gone) else { panic!("it is an answer") };
        assert_eq!(answer.status, 404);
    }
}
