//! A connection, its keys, and what a test of it found.

use lockstep_core::ids::ConnectionId;
use lockstep_core::policy::Policy;
use serde::{Deserialize, Serialize};

/// Where a connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    /// Added; plans can be made, nothing can be applied.
    Inactive,
    /// Plans can be applied.
    Active,
    /// Credentials were refused; the next successful probe resumes it.
    Paused,
}

/// The addresses of both sides; no secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Endpoints {
    /// JumpCloud's console, for example `https://console.jumpcloud.com`.
    pub jumpcloud_url: String,
    /// Directory Insights with its path; `None` takes the region's preset.
    pub insights_url: Option<String>,
    /// `x-org-id`, for admins of several organisations.
    pub jumpcloud_organisation: Option<String>,
    /// The SSO application's `_id`.
    pub application: String,
    /// SCIM base URL.
    pub scim_url: String,
    /// Organisation API host, for example `https://api.atlassian.com`.
    pub organisation_url: Option<String>,
    /// Organisation id.
    pub organisation_id: Option<String>,
}

/// Everything a person enters about a connection, apart from keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ConnectionDraft {
    /// Name for people; the id is made from it.
    pub name: String,
    /// Addresses.
    pub endpoints: Endpoints,
    /// Policy.
    pub policy: Policy,
    /// Requests in flight at most, per side; default 16.
    pub concurrency: u32,
    /// Seconds between automatic reads; `None` for none.
    pub read_interval_seconds: Option<u32>,
}

/// A key as far as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct KeyStatus {
    /// Which key.
    pub kind: KeyKind,
    /// Whether one could be read.
    pub is_stored: bool,
    /// Where it comes from: `environment`, `keychain`, `memory`.
    pub origin: Option<String>,
    /// First digits of a salted hash, to tell keys apart.
    pub fingerprint: Option<String>,
    /// Why it could not be read, and what to do.
    pub problem: Option<String>,
}

/// The three credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// JumpCloud API key.
    Jumpcloud,
    /// SCIM key of the directory.
    Scim,
    /// Organisation API key.
    Organisation,
}

/// A connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ConnectionView {
    /// Id (slug).
    pub connection_id: ConnectionId,
    /// State.
    pub state: ConnectionState,
    /// Why it is paused, and what to do.
    pub pause_reason: Option<String>,
    /// Whether both sides are the built-in simulators.
    pub is_sandbox: bool,
    /// What was entered.
    pub draft: ConnectionDraft,
    /// The keys' status.
    pub keys: Vec<KeyStatus>,
}

/// One line of a connection test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Check {
    /// Stable name, for example `jumpcloud_key`.
    pub name: String,
    /// Whether it passed.
    pub ok: bool,
    /// What was found.
    pub text: String,
    /// What to do about it; `None` when passed.
    pub remedy: Option<String>,
}

/// A JumpCloud application to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ApplicationChoice {
    /// `_id`.
    pub id: String,
    /// Display label.
    pub label: String,
    /// Template name.
    pub template: String,
    /// Whether it looks like an Atlassian Cloud application.
    pub is_atlassian: bool,
}
