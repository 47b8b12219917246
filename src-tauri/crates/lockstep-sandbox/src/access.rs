//! Addresses, ids and keys with which a client reaches a sandbox.

use serde::Serialize;

/// Everything that a connection to the sandbox needs, under the keys that `lockstepctl sandbox serve` prints.
#[derive(Serialize, Clone, Debug)]
pub struct Access {
    /// The console's origin; the client adds `/api` and `/api/v2`.
    pub jumpcloud_url: String,
    /// Directory Insights with its path, `…/insights/directory/v1`.
    pub insights_url: String,
    /// The SCIM directory's base URL.
    pub scim_url: String,
    /// The organisation API's host; the client adds `/admin`.
    pub organisation_url: String,
    /// Atlassian's organisation id (a UUID).
    pub organisation_id: String,
    /// Id of the JumpCloud SSO application that stands for Atlassian Cloud.
    pub application: String,
    /// The administrator's JumpCloud key, for `x-api-key`.
    pub jumpcloud_api_key: String,
    /// The SCIM directory's key.
    pub scim_token: String,
    /// The organisation's (unscoped) key.
    pub organisation_key: String,
    /// Base of the control endpoint, `…/control`.
    pub control_url: String,
}
