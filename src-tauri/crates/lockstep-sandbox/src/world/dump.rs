//! A normalised picture of the world for comparisons: names instead of keys, sorted, without times.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// Both sides, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dump {
    /// JumpCloud.
    pub source: SourceDump,
    /// The SCIM directory.
    pub target: TargetDump,
    /// The Atlassian organisation around it.
    pub organisation: OrganisationDump,
}

/// JumpCloud, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceDump {
    /// By user name.
    pub people: BTreeMap<String, SourcePersonDump>,
    /// By name.
    pub groups: BTreeMap<String, SourceGroupDump>,
}

/// A system user, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "JumpCloud's field names")]
pub struct SourcePersonDump {
    pub id: String,
    pub email: String,
    pub firstname: String,
    pub lastname: String,
    pub middlename: String,
    pub displayname: String,
    pub job_title: String,
    pub department: String,
    pub company: String,
    pub work_phone: String,
    /// `STAGED`, `ACTIVATED` or `SUSPENDED`.
    pub state: &'static str,
    pub password_expired: bool,
    /// Custom attributes.
    pub attributes: BTreeMap<String, String>,
}

/// A user group, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceGroupDump {
    /// JumpCloud's id.
    pub id: String,
    /// Whether it is bound to the Atlassian application.
    pub is_bound: bool,
    /// User names.
    pub members: BTreeSet<String>,
    /// Whether a rule decides who is in it.
    pub is_dynamic: bool,
    /// Labels of the other applications that it is bound to.
    pub other_applications: BTreeSet<String>,
}

/// The SCIM directory, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TargetDump {
    /// By `userName`.
    pub users: BTreeMap<String, TargetUserDump>,
    /// By `displayName`.
    pub groups: BTreeMap<String, TargetGroupDump>,
}

/// A SCIM user, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "SCIM's attribute names")]
pub struct TargetUserDump {
    pub id: String,
    pub external_id: String,
    pub email: String,
    pub display_name: String,
    pub nick_name: String,
    pub given_name: String,
    pub family_name: String,
    pub middle_name: String,
    pub title: String,
    pub department: String,
    pub organization: String,
    pub preferred_language: String,
    pub timezone: String,
    pub work_phone: String,
    pub active: bool,
    /// Whether an Atlassian account is linked.
    pub is_linked: bool,
}

/// A SCIM group, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TargetGroupDump {
    /// The SCIM id.
    pub id: String,
    /// The client's id, if any.
    pub external_id: String,
    /// User names; twice the same where the dialect stores it twice.
    pub members: Vec<String>,
    /// Whether it waits for the review in Atlassian's console.
    pub is_pending: bool,
}

/// The Atlassian organisation, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrganisationDump {
    /// By e-mail.
    pub accounts: BTreeMap<String, AccountDump>,
    /// By name.
    pub groups: BTreeMap<String, OrganisationGroupDump>,
    /// SAML and authentication policies.
    pub saml: SamlDump,
    /// Names of SCIM groups whose creation was refused because of a local group, and that the console could accept.
    pub refused_pushes: BTreeSet<String>,
}

/// Atlassian's side of single sign-on, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names of the fields in Atlassian's console")]
pub struct SamlDump {
    pub sp_entity_id: String,
    pub acs_url: String,
    /// Whether anything is saved; the next three are empty otherwise.
    pub is_saved: bool,
    pub idp_entity_id: String,
    pub idp_sso_url: String,
    pub certificate: String,
    /// By name.
    pub policies: BTreeMap<String, PolicyDump>,
    /// Attempts to sign in, in their order.
    pub sign_ins: Vec<SignInDump>,
}

/// An authentication policy, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct PolicyDump {
    pub id: String,
    pub enforces_sso: bool,
    pub is_default: bool,
    /// E-mail addresses of those who are in it by choice.
    pub members: BTreeSet<String>,
}

/// An attempt to sign in to Atlassian.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignInDump {
    /// Who the assertion is about, or who typed their address.
    pub name_id: String,
    /// `signed-in`, `created`, `password`, or the `error_description` that Atlassian shows.
    pub outcome: String,
}

/// An Atlassian account, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct AccountDump {
    pub is_active: bool,
    pub is_managed: bool,
    pub is_synced: bool,
    /// Whether the organisation lets it in: neither suspended there nor outside.
    pub is_member: bool,
    /// What the account can use now, by resource.
    pub access: BTreeMap<String, AppAccessDump>,
}

/// An account's access to one app on one site, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AppAccessDump {
    /// For example `jira-software`.
    pub app: String,
    /// The site's name; none for what is of the whole organisation.
    pub site: Option<String>,
    /// Every role, for example `atlassian/user`.
    pub roles: BTreeSet<String>,
    /// Names of the groups that give it.
    pub through: BTreeSet<String>,
    /// Whether it uses a licence.
    pub uses_seat: bool,
}

/// What a group gives access to, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "Atlassian's field names")]
pub struct GroupAccessDump {
    pub app: String,
    pub resource: String,
    /// The site's name; none for what is of the whole organisation.
    pub site: Option<String>,
    pub roles: Vec<String>,
    pub default_role: Option<String>,
}

/// A group of the organisation, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct OrganisationGroupDump {
    pub is_synced: bool,
    pub id: String,
    pub gives_default_access: bool,
    pub access: Vec<GroupAccessDump>,
    /// E-mail addresses.
    pub members: BTreeSet<String>,
}
