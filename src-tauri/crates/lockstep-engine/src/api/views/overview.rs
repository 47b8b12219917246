//! The overview: where a connection stands and what waits.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::connections::ConnectionView;
use super::events::EventDay;
use super::plans::PlanView;
use super::runs::RunView;
use super::session::JobView;

/// Somebody whose password is about to expire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ExpiringPassword {
    /// Person key.
    pub key: String,
    /// Name.
    pub name: String,
    /// When.
    #[cfg_attr(feature = "specta", specta(type = String))]
    pub expires_at: Timestamp,
}

/// The overview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Overview {
    /// The connection.
    pub connection: ConnectionView,
    /// The latest plan.
    pub plan: Option<PlanView>,
    /// The latest run.
    pub last_run: Option<RunView>,
    /// A job that is going on, if any.
    pub job: Option<JobView>,
    /// When both sides were last read to the end.
    #[cfg_attr(feature = "specta", specta(type = Option<String>))]
    pub read_at: Option<Timestamp>,
    /// People in step, to update, to create, to deactivate.
    pub in_step: u32,
    /// SCIM users in the directory.
    pub directory_users: u32,
    /// New people in the plan.
    pub planned_new_users: u32,
    /// User limit.
    pub user_limit: u32,
    /// Operations that failed and wait for a retry.
    pub failed_operations: u32,
    /// Conflicts that somebody has to look at: without an answer in force, or put off.
    pub open_conflicts: u32,
    /// Conflicts for which Atlassian's console is awaited.
    pub waiting_conflicts: u32,
    /// Passwords that expire within 14 days, of people in scope; soonest first.
    pub expiring_passwords: Vec<ExpiringPassword>,
    /// The last 14 days of events, oldest first.
    pub event_days: Vec<EventDay>,
    /// Set-up checklist.
    pub checklist: Vec<ChecklistItem>,
}

/// One item of the set-up checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ChecklistItem {
    /// Stable name.
    pub name: String,
    /// `done`, `attention`, `open`.
    pub state: String,
    /// What it is.
    pub title: String,
    /// What to do.
    pub detail: Option<String>,
}
