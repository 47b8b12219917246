//! What only the organisation key can see: groups that did not come from SCIM, who is in them, and what they give.

use serde::{Deserialize, Serialize};

use super::Completeness;

/// Roles that take no seat of an app's licence.
const ROLES_WITHOUT_SEAT: [&str; 2] = ["guest", "user-access-admin"];

/// Roles that let their holders administer something.
const ADMIN_ROLES: [&str; 4] = ["org-admin", "site-admin", "admin", "user-access-admin"];

/// Access to one app on one site, as a group gives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct AppAccess {
    /// `resourceOwner`, for example `jira-software`.
    pub app: String,
    /// `resourceId`, an ARI such as `ari:cloud:jira-software::site/{cloudId}`.
    pub resource: String,
    /// The site's readable name, where it is known.
    pub site: Option<String>,
    /// Role names, for example `atlassian/user`, sorted.
    pub roles: Vec<String>,
    /// `defaultRole` is set: whoever gets the app is put into this group.
    pub is_default: bool,
}

impl AppAccess {
    /// Returns the app with its site, for sentences: "jira-software (acme)".
    pub fn label(&self) -> String {
        match &self.site {
            Some(site) => format!("{} ({site})", self.app),
            None => self.app.clone(),
        }
    }

    /// Whether holding it takes a seat.
    pub fn takes_seat(&self) -> bool {
        self.roles.iter().any(|role| !ROLES_WITHOUT_SEAT.contains(&short(role)))
    }

    /// Returns the roles that administer something, without their prefix.
    pub fn admin_roles(&self) -> impl Iterator<Item = &str> {
        self.roles.iter().map(|role| short(role)).filter(|role| ADMIN_ROLES.contains(role))
    }
}

fn short(role: &str) -> &str {
    role.rsplit_once('/').map_or(role, |(_, role)| role)
}

/// Somebody in the organisation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OrganisationMember {
    /// `accountId`.
    pub account_id: String,
    /// `email`, lower case; absent where the account's privacy hides it.
    pub email: Option<String>,
    /// Name for people.
    pub label: String,
    /// Ids of all groups of the organisation that they are in, sorted; empty where it was not asked.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// A group as the organisation API lists it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct OrganisationGroup {
    /// The organisation's group id; another id space than SCIM's.
    pub id: String,
    /// The group's name.
    pub name: String,
    /// `externalSynced`: membership comes from an identity provider.
    pub external_synced: bool,
    /// Names of apps for which the group is a default access group; empty where it is none or was not asked.
    pub default_access_to: Vec<String>,
    /// `counts.users`, if it was given.
    pub member_count: Option<u32>,
    /// What it gives access to, sorted; `None` where it was not asked or could not be read.
    #[serde(default)]
    pub access: Option<Vec<AppAccess>>,
    /// Who is in it, sorted by account id; `None` where it was not asked or could not be read.
    #[serde(default)]
    pub members: Option<Vec<OrganisationMember>>,
}

impl OrganisationGroup {
    /// Returns the apps for which it is a default access group, sorted; such a group cannot be synchronised.
    pub fn default_apps(&self) -> Vec<String> {
        let by_access = self.access.iter().flatten().filter(|access| access.is_default).map(AppAccess::label);
        let mut apps: Vec<String> = by_access.collect();
        if apps.is_empty() {
            apps.clone_from(&self.default_access_to);
        }
        apps.sort_unstable();
        apps.dedup();
        apps
    }
}

/// What the organisation key can see.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OrganisationSnapshot {
    /// Groups of the organisation, sorted by name then id: at least all that have the name of a bound group or of a name
    /// that the admin chose for one, and all that somebody in a clash is in.
    pub groups: Vec<OrganisationGroup>,
    /// Verified domains, lower case, sorted.
    pub verified_domains: Vec<String>,
    /// Whether both lists were read to their end.
    pub completeness: Completeness,
    /// People who would be added to a clashing group, with the groups they are in, sorted by account id. Who is not
    /// among them has no account in the organisation; `None` where it was not asked.
    #[serde(default)]
    pub people: Option<Vec<OrganisationMember>>,
}
