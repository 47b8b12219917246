//! What the organisation API sends: v1 and v2 wrap in `data`, v1 in JSON:API's `attributes`.

use lockstep_core::lenient::{Items, Text};
use serde::{Deserialize, Serialize};

/// One page: `{"data":[…],"links":{"next":"…"}}`. v2 sends a bare cursor, v1 an address holding `cursor=`.
#[derive(Debug, Deserialize)]
pub(super) struct WirePage<'a, T> {
    pub(super) data: Vec<T>,
    #[serde(borrow, default)]
    pub(super) links: Option<Links<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Links<'a> {
    #[serde(borrow, default)]
    pub(super) next: Text<'a>,
}

/// One object: `{"data":{…}}`.
#[derive(Debug, Deserialize)]
pub(super) struct WireObject<T> {
    pub(super) data: T,
}

/// `{"id":"…","type":"orgs","attributes":{"name":"…"}}`.
#[derive(Debug, Deserialize)]
pub(super) struct WireOrganisation<'a> {
    #[serde(borrow, default)]
    pub(super) id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) attributes: Option<Named<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Named<'a> {
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
}

/// `{"id":"example.com","attributes":{"name":"example.com","claim":{"type":"dns","status":"verified"}}}`.
#[derive(Debug, Deserialize)]
pub(super) struct WireDomain<'a> {
    #[serde(borrow, default)]
    pub(super) id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) attributes: Option<DomainAttributes<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct DomainAttributes<'a> {
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    #[serde(borrow, default)]
    pub(super) claim: Option<Claim<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Claim<'a> {
    #[serde(borrow, default)]
    pub(super) status: Text<'a>,
}

/// `{"directoryId":"…","name":"…"}`.
#[derive(Debug, Deserialize)]
pub(super) struct WireDirectory<'a> {
    #[serde(borrow, default, rename = "directoryId")]
    pub(super) directory_id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
}

/// `{"id":"…","name":"jira-users","externalSynced":false,"counts":{"users":10}}`.
#[derive(Debug, Deserialize)]
pub(super) struct WireGroup<'a> {
    #[serde(borrow, default)]
    pub(super) id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    #[serde(borrow, default, rename = "externalSynced")]
    pub(super) external_synced: Text<'a>,
    #[serde(borrow, default, rename = "managedBy")]
    pub(super) managed_by: Text<'a>,
    #[serde(borrow, default)]
    pub(super) counts: Option<Counts<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Counts<'a> {
    #[serde(borrow, default)]
    pub(super) users: Text<'a>,
}

/// `{"resourceId":"ari:cloud:confluence::site/…","resourceOwner":"confluence","defaultRole":null,"roles":["atlassian/user"]}`.
#[derive(Debug, Deserialize)]
pub(super) struct WireRoleAssignment<'a> {
    #[serde(borrow, default, rename = "resourceId")]
    pub(super) resource_id: Text<'a>,
    #[serde(borrow, default, rename = "resourceOwner")]
    pub(super) resource_owner: Text<'a>,
    #[serde(borrow, default, rename = "defaultRole")]
    pub(super) default_role: Text<'a>,
    #[serde(borrow, default)]
    pub(super) roles: Items<Text<'a>>,
}

/// An item of users/search; the e-mail may be missing for accounts outside the organisation's domains.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireUser<'a> {
    #[serde(borrow, default)]
    pub(super) account_id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) account_type: Text<'a>,
    #[serde(borrow, default)]
    pub(super) status: Text<'a>,
    #[serde(borrow, default)]
    pub(super) account_status: Text<'a>,
    #[serde(borrow, default)]
    pub(super) membership_status: Text<'a>,
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    #[serde(borrow, default)]
    pub(super) nickname: Text<'a>,
    #[serde(borrow, default)]
    pub(super) email: Text<'a>,
    #[serde(borrow, default)]
    pub(super) claim_status: Text<'a>,
    #[serde(borrow, default)]
    pub(super) management_source: Text<'a>,
    #[serde(borrow, default)]
    pub(super) added_to_org: Text<'a>,
    #[serde(borrow, default)]
    pub(super) product_access: Items<ProductAccess<'a>>,
    #[serde(borrow, default)]
    pub(super) groups: Items<WireGroup<'a>>,
}

/// `{"key":"jira-software","name":"Jira","lastActive":"…"}`; v1 spells `last_active`.
#[derive(Debug, Deserialize)]
pub(super) struct ProductAccess<'a> {
    #[serde(borrow, default)]
    pub(super) key: Text<'a>,
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    #[serde(borrow, default, rename = "lastActive")]
    pub(super) last_active: Text<'a>,
    #[serde(borrow, default, rename = "last_active")]
    pub(super) last_active_v1: Text<'a>,
}

/// An app on a site: `{"id":"ari:cloud:jira-software::site/…","attributes":{"name":"acme","hostUrl":"https://acme.atlassian.net"}}`.
#[derive(Debug, Deserialize)]
pub(super) struct WireWorkspace<'a> {
    #[serde(borrow, default)]
    pub(super) id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) attributes: Option<WorkspaceAttributes<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct WorkspaceAttributes<'a> {
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    #[serde(borrow, default, rename = "hostUrl")]
    pub(super) host_url: Text<'a>,
}

/// Body of workspaces.
#[derive(Debug, Serialize)]
pub(super) struct WorkspaceQuery<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cursor: Option<&'a str>,
    pub(super) limit: u32,
}

/// Body of groups/search. `groupNames` excludes `searchTerm` and `groupIds`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GroupSearch<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cursor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) limit: Option<u32>,
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    pub(super) group_names: &'a [&'a str],
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    pub(super) group_ids: &'a [&'a str],
    pub(super) expand: &'a [&'a str],
}

/// Body of users/search. `searchTerm` excludes `emails`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserSearch<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cursor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) limit: Option<u32>,
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    pub(super) group_ids: &'a [&'a str],
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    pub(super) emails: &'a [&'a str],
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    pub(super) account_ids: &'a [&'a str],
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    pub(super) expand: &'a [&'a str],
}
