//! Changes that somebody makes behind the clients' backs: what the control endpoint and
//! [`WorldHandle`](crate::WorldHandle) can do to either side.
//!
//! People are named by user name, e-mail or id, groups by name or id. On the wire a change is
//! `{"change":"suspend","person":"ada.moreau"}`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One change of the world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields repeat the variants' sentences")]
pub enum Change {
    /// A person joins the JumpCloud organisation.
    CreatePerson {
        username: String,
        email: String,
        firstname: String,
        lastname: String,
        /// Groups that the person joins.
        #[serde(default)]
        groups: Vec<String>,
        /// Further fields, as for [`Change::SetAttribute`].
        #[serde(default)]
        attributes: BTreeMap<String, String>,
    },
    /// A person is deleted in JumpCloud.
    DeletePerson { person: String },
    /// `SUSPENDED`.
    Suspend { person: String },
    /// `ACTIVATED` again, the password not expired.
    Restore { person: String },
    /// `STAGED`.
    Stage { person: String },
    /// The password expires.
    ExpirePassword { person: String },
    /// A login lock, which has nothing to do with provisioning.
    LockAccount { person: String },
    /// A field of the system user: `email`, `username`, `firstname`, …, `workPhone`, or
    /// `attributes.NAME` for a custom attribute. An empty value clears it.
    SetAttribute { person: String, field: String, value: String },
    /// A new user group, not bound.
    CreateGroup {
        group: String,
        #[serde(default)]
        members: Vec<String>,
    },
    /// The group's name changes.
    RenameGroup { group: String, to: String },
    /// The group is deleted in JumpCloud.
    DeleteGroup { group: String },
    /// The group is bound to the Atlassian application, or to the one that is named.
    BindGroup {
        group: String,
        #[serde(default)]
        application: Option<String>,
    },
    /// The group is unbound from the Atlassian application, or from the one that is named.
    UnbindGroup {
        group: String,
        #[serde(default)]
        application: Option<String>,
    },
    /// A person joins a group.
    AddMember { group: String, person: String },
    /// A person leaves a group.
    RemoveMember { group: String, person: String },
    /// Everybody leaves a group.
    ClearGroup { group: String },
    /// A rule decides from now on who is in the group (`DYNAMIC_AUTOMATED`), or no longer: what a client adds or
    /// removes is undone after `lag_ms`, at once for 0.
    SetDynamic {
        group: String,
        dynamic: bool,
        #[serde(default)]
        lag_ms: u32,
    },

    /// Somebody else creates a SCIM user.
    TargetCreatePerson {
        user_name: String,
        email: String,
        #[serde(default)]
        external_id: String,
        #[serde(default)]
        display_name: String,
    },
    /// A SCIM user's attribute drifts: `userName`, `displayName`, `title`, `active` (`true`/`false`),
    /// `name.givenName`, `externalId`, `email`, …
    TargetSet { person: String, attribute: String, value: String },
    /// A SCIM user vanishes.
    TargetDeletePerson { person: String },
    /// Somebody else creates a SCIM group.
    TargetCreateGroup {
        group: String,
        #[serde(default)]
        members: Vec<String>,
    },
    /// A SCIM user joins a SCIM group behind our back.
    TargetAddMember { group: String, person: String },
    /// A SCIM user leaves a SCIM group behind our back.
    TargetRemoveMember { group: String, person: String },
    /// A SCIM group is renamed in Atlassian's console.
    TargetRenameGroup { group: String, to: String },
    /// A SCIM group vanishes, with the organisation's group.
    TargetDeleteGroup { group: String },

    /// A local group of the Atlassian organisation, by e-mail addresses of its accounts.
    CreateLocalGroup {
        group: String,
        #[serde(default)]
        members: Vec<String>,
        /// The app that the group gives access to, for example `jira-software`.
        #[serde(default)]
        app: Option<String>,
        /// Whether new people of the app join it by default, so that it cannot be synced.
        #[serde(default)]
        default_access: bool,
    },
    /// A local group is deleted.
    DeleteLocalGroup { group: String },
    /// An account joins a local group, by its e-mail address.
    LocalAddMember { group: String, email: String },
    /// An account leaves a local group.
    LocalRemoveMember { group: String, email: String },
    /// A group of the organisation, local or synced, gets a role in an app.
    GrantAccess {
        group: String,
        /// For example `jira-software`.
        app: String,
        /// `atlassian/user` when it is not said.
        #[serde(default)]
        role: Option<String>,
        /// The site's name; the first site when it is not said. A new name is a new site.
        #[serde(default)]
        site: Option<String>,
        #[serde(default)]
        default_access: bool,
    },
    /// A group of the organisation loses every role in an app, on all sites.
    RevokeAccess { group: String, app: String },
    /// An administrator suspends an account in the organisation; provisioning does not undo it.
    SuspendAccount { email: String },
    /// The suspension ends.
    RestoreAccount { email: String },
    /// A local account of the Atlassian organisation.
    CreateLocalAccount { email: String, name: String },
    /// An administrator accepts *Sync group* in Atlassian's console, for a group that waits or whose creation was
    /// refused.
    AcceptTakeover { group: String },
    /// *Don't make this group default*.
    ClearDefaultAccess { group: String },
    /// The SAML page of Atlassian's console is saved, as pasted.
    SaveSaml { entity_id: String, sso_url: String, certificate: String },
    /// *Delete SAML configuration*.
    DeleteSaml,
    /// People are moved to the policy that enforces single sign-on, or back to the default one, in the console.
    EnforceSso { emails: Vec<String>, enforced: bool },
    /// New accounts of the domain join the policy that enforces single sign-on, or the other one.
    DefaultSso { enforced: bool },
    /// The identity provider's clock is that many seconds ahead, or behind.
    SetIdpClock { seconds: i64 },
    /// JumpCloud's application gets a new certificate: *Regenerate certificate* in its console.
    RegenerateIdpCertificate {
        #[serde(default)]
        application: Option<String>,
    },
    /// A domain is verified, or is no longer.
    VerifyDomain { domain: String, verified: bool },
    /// The SCIM key is regenerated: the old one is dead at once. The new one is in the answer's `scim_token`.
    RegenerateScimKey,
    /// The SCIM key expires now.
    ExpireScimKey,
}

/// Why a change cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// Nobody has this user name, e-mail or id.
    #[error("There is nobody called {0:?} on this side")]
    NoPerson(String),
    /// No group has this name or id.
    #[error("There is no group {0:?} on this side")]
    NoGroup(String),
    /// No application has this name or id.
    #[error("There is no application {0:?}")]
    NoApplication(String),
    /// The name, address or id is taken.
    #[error("{0:?} is taken")]
    Taken(String),
    /// No such attribute.
    #[error("There is no attribute {0:?}")]
    NoAttribute(String),
    /// The group clashes with nothing.
    #[error("The group {0:?} does not wait for a review")]
    NotPending(String),
    /// Members of a synced group come from the identity provider.
    #[error("The group {0:?} is synced from the identity provider; its members cannot be edited here")]
    Synced(String),
    /// Default access groups cannot be synced.
    #[error("The group {0:?} is a default access group, which cannot be synced")]
    DefaultAccess(String),
}
