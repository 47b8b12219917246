//! Reads single objects to settle an unknown outcome (R4). It only reads.

use std::sync::Mutex;

use lockstep_core::ids::ScimId;
use lockstep_core::plan::operation::{Operation, Payload};
use lockstep_core::run::outcome::Found;
use lockstep_core::snapshot::target::{TargetGroup, TargetUser};

use super::write::has_changes;
use crate::connectors::atlassian_scim::snapshot::{read_groups, read_users};
use crate::connectors::atlassian_scim::{ScimClient, UserKey};
use crate::http::ConnectorError;

/// Looks an operation's object up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look<'a> {
    pub(crate) scim: &'a ScimClient,
}

impl Look<'_> {
    /// Finds out whether an operation took effect; for creations also the object's id. `status` is the attempt's answer.
    pub(crate) async fn operation(
        self,
        operation: &Operation,
        status: Option<u16>,
    ) -> Result<(Found, Option<ScimId>), ConnectorError> {
        // 409 and the like: something was there before.
        let was_rejected = status.is_some_and(|status| (400..500).contains(&status) && status != 408);
        Ok(match &operation.payload {
            Payload::CreateUser { source, attributes } => {
                self.created_user(source.as_str(), attributes, was_rejected).await?
            }
            Payload::CreateGroup { source, display_name }
            | Payload::TakeOverGroup { source, target: None, display_name } => {
                self.created_group(source.as_str(), display_name, was_rejected).await?
            }
            Payload::LinkUser { target, changes, active, .. } => {
                (self.user(target, |user| has_changes(user, changes, *active)).await?, None)
            }
            Payload::UpdateUser { target, changes } => {
                (self.user(target, |user| has_changes(user, changes, None)).await?, None)
            }
            Payload::ActivateUser { target, changes } => {
                (self.user(target, |user| has_changes(user, changes, Some(true))).await?, None)
            }
            Payload::DeactivateUser { target, changes } => {
                (self.user(target, |user| has_changes(user, changes, Some(false))).await?, None)
            }
            Payload::DeleteUser { target } => (self.user(target, |_| false).await?, None),
            Payload::RenameGroup { target, after, .. } => {
                (self.group(target, |group| group.display_name == *after).await?, None)
            }
            Payload::DeleteGroup { target, .. } => (self.group(target, |_| false).await?, None),
            Payload::AddMembers { .. }
            | Payload::RemoveMembers { .. }
            | Payload::TakeOverGroup { target: Some(_), .. }
            | Payload::ReleaseGroup { .. }
            | Payload::AddSourceMembers { .. } => (Found::Otherwise, None),
        })
    }

    /// Finds out whether a batch of members took effect.
    pub(crate) async fn members(
        self,
        group: &ScimId,
        ids: &[ScimId],
        adds: bool,
    ) -> Result<Found, ConnectorError> {
        self.group(group, |group| ids.iter().all(|id| group.members.binary_search(id).is_ok() == adds)).await
    }

    async fn user(
        self,
        id: &ScimId,
        is_wanted: impl Fn(&TargetUser) -> bool,
    ) -> Result<Found, ConnectorError> {
        Ok(match self.scim.user(id).await? {
            None => Found::Nothing,
            Some(user) if is_wanted(&user) => Found::AsWanted,
            Some(_) => Found::Otherwise,
        })
    }

    async fn group(
        self,
        id: &ScimId,
        is_wanted: impl Fn(&TargetGroup) -> bool,
    ) -> Result<Found, ConnectorError> {
        Ok(match self.scim.group(id).await? {
            None => Found::Nothing,
            Some(group) if is_wanted(&group) => Found::AsWanted,
            Some(_) => Found::Otherwise,
        })
    }

    /// A created account is ours when it bears our `externalId`. Filters are not trusted: some servers answer 200 with
    /// nothing, so that nothing found by them is looked for in the whole list before anything is sent again.
    async fn created_user(
        self,
        source: &str,
        attributes: &lockstep_core::attribute::AttributeSet,
        was_rejected: bool,
    ) -> Result<(Found, Option<ScimId>), ConnectorError> {
        use lockstep_core::attribute::Attribute::{Email, ExternalId, UserName};
        let matches = |user: &TargetUser| {
            user.attributes.get(ExternalId) == Some(source)
                || [UserName, Email].into_iter().any(|attribute| {
                    match (user.attributes.get(attribute), attributes.get(attribute)) {
                        (Some(there), Some(wanted)) => lockstep_core::email::same(there, wanted),
                        _ => false,
                    }
                })
        };
        let mut found = self.scim.find_users(UserKey::ExternalId(source)).await.unwrap_or_default();
        found.retain(matches);
        if found.is_empty() {
            let listing = read_users(self.scim, &Mutex::default()).await?;
            found = listing.items.into_iter().filter(matches).collect();
            if found.is_empty() && !listing.completeness.is_complete() {
                return Err(ConnectorError::Protocol {
                    path: "/Users",
                    detail: "the list could not be read to its end".to_owned(),
                });
            }
        }
        let ours = found.iter().find(|user| user.attributes.get(ExternalId) == Some(source));
        // Servers that drop `externalId`: an account with our name that was not there before is the one just sent.
        let ours = ours
            .or_else(|| found.iter().find(|user| !was_rejected && user.attributes.get(ExternalId).is_none()));
        Ok(match ours {
            Some(user) => (Found::AsWanted, Some(user.id.clone())),
            None if found.is_empty() => (Found::Nothing, None),
            None => (Found::SomebodyElse, None),
        })
    }

    async fn created_group(
        self,
        source: &str,
        display_name: &str,
        was_rejected: bool,
    ) -> Result<(Found, Option<ScimId>), ConnectorError> {
        let listing = read_groups(self.scim, &Mutex::default()).await?;
        if !listing.completeness.is_complete() {
            return Err(ConnectorError::Protocol {
                path: "/Groups",
                detail: "the list could not be read to its end".to_owned(),
            });
        }
        let same: Vec<&TargetGroup> = listing
            .items
            .iter()
            .filter(|group| {
                group.external_id.as_deref() == Some(source)
                    || lockstep_core::email::same(&group.display_name, display_name)
            })
            .collect();
        let ours = same.iter().find(|group| group.external_id.as_deref() == Some(source)).or_else(|| {
            same.iter().find(|group| !was_rejected && group.external_id.is_none() && group.members.is_empty())
        });
        Ok(match ours {
            Some(group) => (Found::AsWanted, Some(group.id.clone())),
            None if same.is_empty() => (Found::Nothing, None),
            None => (Found::SomebodyElse, None),
        })
    }
}
