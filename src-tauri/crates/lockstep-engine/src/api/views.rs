//! What screens and commands show: plain values, built from the store by the façade.
//!
//! They cross to the window and to `lockstepctl` as they are. Times are RFC 3339 UTC text, ids opaque text, counts `u32`.
//! No secret ever occurs in them: of a key, only its fingerprint and whether it is stored.

use jiff::Timestamp;
use lockstep_core::attribute::Attribute;
use lockstep_core::finding::Finding;
use lockstep_core::ids::{ConnectionId, OperationId, PlanId, RunId};
use lockstep_core::plan::conflict::Conflict;
use lockstep_core::plan::operation::{
    AttributeChange, HeldBy, OperationKind, Reason, Reversibility, Subject,
};
use lockstep_core::policy::Policy;
use lockstep_core::run::RunState;
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

/// Counts that a plan's head shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PlanCounts {
    /// All operations.
    pub all: u32,
    /// Creates of people and groups.
    pub create: u32,
    /// Updates, links, activations, renames, membership changes.
    pub update: u32,
    /// Deactivations.
    pub deactivate: u32,
    /// Deletions.
    pub delete: u32,
    /// Held, of every kind.
    pub held: u32,
    /// Ready, of every kind.
    pub ready: u32,
    /// Held because they cannot be undone.
    pub irreversible: u32,
    /// Ready creates, updates, deactivations, deletions.
    pub ready_create: u32,
    /// Ready updates.
    pub ready_update: u32,
    /// Ready deactivations.
    pub ready_deactivate: u32,
    /// Ready deletions.
    pub ready_delete: u32,
}

/// What one side's reading held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct SideView {
    /// Whether everything was read.
    pub complete: bool,
    /// What is missing, if anything.
    pub problem: Option<String>,
    /// People read: system users, or SCIM users.
    pub people: u32,
    /// Groups read: bound groups, or SCIM groups.
    pub groups: u32,
}

/// A plan's head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PlanView {
    /// Id.
    pub plan_id: PlanId,
    /// Running number within the connection, for people.
    pub number: u32,
    /// Fingerprint of the inputs.
    pub basis: String,
    /// When it was computed.
    #[cfg_attr(feature = "specta", specta(type = String))]
    pub created_at: Timestamp,
    /// `open`, `applied`, `superseded`.
    pub state: String,
    /// JumpCloud's reading.
    pub source: SideView,
    /// Atlassian's reading.
    pub target: SideView,
    /// Counts.
    pub counts: PlanCounts,
    /// Facets: how many operations per kind, state and cause.
    pub facets: Vec<Facet>,
    /// People who are the same on both sides.
    pub people_in_step: u32,
    /// Writes that approving would send.
    pub requests: u32,
    /// Read-backs that follow.
    pub read_backs: u32,
    /// Seconds expected, from the last runs' speed; `None` before the first.
    pub seconds_expected: Option<u32>,
    /// Tripped guards.
    pub guards: Vec<GuardView>,
    /// Conflicts.
    pub conflicts: Vec<Conflict>,
    /// Findings.
    pub findings: Vec<Finding>,
    /// The run that applied it.
    pub run_id: Option<RunId>,
}

/// A tripped guard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GuardView {
    /// Finding code, for example `guard_deactivations`.
    pub code: String,
    /// How many operations it holds.
    pub held: u32,
    /// What it is, in a sentence.
    pub title: String,
    /// The one cause that explains most, if there is one.
    pub cause: Option<String>,
    /// Names held; at most 20 here, all of them in the table.
    pub names: Vec<String>,
    /// Whether a person may override it for this plan.
    pub releasable: bool,
}

/// A facet's entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Facet {
    /// `kind`, `state` or `reason`.
    pub field: String,
    /// The value, as in the operations.
    pub value: String,
    /// How many.
    pub count: u32,
}

/// Which direction a column is sorted in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SortDirection {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

/// Which part of a list to show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(default)]
pub struct WindowQuery {
    /// Text to search for; empty for all.
    pub search: String,
    /// Facet choices: values of one field are joined by "or", fields by "and".
    pub filters: Vec<FacetChoice>,
    /// Column to sort by; `None` for the list's own order.
    pub sort: Option<String>,
    /// Direction.
    pub direction: SortDirection,
    /// First row, 0-based.
    pub offset: u32,
    /// Rows at most; capped at 200.
    pub limit: u32,
}

/// Chosen values of one facet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct FacetChoice {
    /// Field.
    pub field: String,
    /// Values, joined by "or"; empty for no restriction.
    pub values: Vec<String>,
}

/// One row of the plan's table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct OperationRow {
    /// Id.
    pub id: OperationId,
    /// Kind.
    pub kind: OperationKind,
    /// Subject.
    pub subject: Subject,
    /// What holds it; `None` when ready.
    pub held_by: Option<HeldBy>,
    /// Whether it can be undone.
    pub reversibility: Reversibility,
    /// Why.
    pub reason: Reason,
    /// Changes, at most four here; membership changes and creates as [`ChangeSummary`] says.
    pub change: ChangeSummary,
}

/// An operation's change, short enough for a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ChangeSummary {
    /// A new account or group.
    New,
    /// The account's `active`, with the attributes that change in the same request.
    Active {
        /// Before.
        before: bool,
        /// After.
        after: bool,
        /// Attributes.
        changes: Vec<AttributeChange>,
    },
    /// Attributes.
    Attributes {
        /// Which change; a row shows the first and counts the rest.
        changes: Vec<AttributeChange>,
    },
    /// Members.
    Members {
        /// How many are added.
        added: u32,
        /// How many are removed.
        removed: u32,
    },
    /// A group's name.
    Name {
        /// Before.
        before: String,
        /// After.
        after: String,
    },
    /// The object goes.
    Gone,
    /// Only the link changes.
    Link,
}

/// A window of rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct OperationWindow {
    /// The rows.
    pub rows: Vec<OperationRow>,
    /// Rows that match.
    pub total: u32,
    /// Rows of the list without search and filters.
    pub unfiltered: u32,
}

/// A plan operation in full, for the side panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct OperationDetail {
    /// The row.
    pub row: OperationRow,
    /// What holds it, in a sentence with what to do.
    pub held_text: Option<String>,
    /// Every attribute, before and after; for creates, before is `None`.
    pub attributes: Vec<AttributeChange>,
    /// Members added, by label; at most 1,000.
    pub members_added: Vec<String>,
    /// Members removed, by label; at most 1,000.
    pub members_removed: Vec<String>,
    /// The chain of causes, from the event to the effect.
    pub why: Vec<WhyStep>,
    /// What would change it, one sentence each.
    pub would_change: Vec<String>,
    /// How it can be undone, or that it cannot.
    pub undo_text: String,
}

/// One step of a chain of causes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct WhyStep {
    /// `cause`, `group`, `scope`, `effect`: chooses the icon.
    pub kind: String,
    /// Short title.
    pub title: String,
    /// Second line.
    pub detail: Option<String>,
    /// Whether the path is cut here.
    pub is_cut: bool,
}

/// The four phases of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum RunPhase {
    /// Reads both sides again and compares with the plan.
    Comparing,
    /// Sends.
    Sending,
    /// Reads back what was touched.
    ReadingBack,
    /// Over.
    Finished,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RunView {
    /// Id.
    pub run_id: RunId,
    /// Running number within the connection, for people.
    pub number: u32,
    /// The plan it applies.
    pub plan_id: PlanId,
    /// The plan's number.
    pub plan_number: u32,
    /// State.
    pub state: RunState,
    /// Phase.
    pub phase: RunPhase,
    /// When it began.
    #[cfg_attr(feature = "specta", specta(type = String))]
    pub started_at: Timestamp,
    /// When it ended.
    #[cfg_attr(feature = "specta", specta(type = Option<String>))]
    pub ended_at: Option<Timestamp>,
    /// `manual`, `schedule`, `source_change`.
    pub trigger: String,
    /// Who approved it.
    pub started_by: String,
    /// Progress.
    pub progress: RunProgress,
    /// Who overrode a guard, and why.
    pub override_reason: Option<String>,
    /// Why it stopped or failed, and what to do.
    pub problem: Option<String>,
    /// What the read-back found different.
    pub differences: Vec<DifferenceView>,
    /// Operations of the plan that were not sent since their facts moved.
    pub moved: Vec<MovedView>,
    /// Writes sent, retries apart.
    pub requests_sent: u32,
    /// Retries.
    pub requests_retried: u32,
}

/// A run's counts; also sent as an event while it goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RunProgress {
    /// Operations in the run.
    pub total: u32,
    /// Done.
    pub done: u32,
    /// Failed.
    pub failed: u32,
    /// Waiting for their next attempt.
    pub retrying: u32,
    /// In flight.
    pub in_flight: u32,
    /// Not yet begun.
    pub waiting: u32,
    /// Held operations of the plan, which are no part of the run.
    pub held: u32,
    /// Done and total, per group of kinds.
    pub created: CountOf,
    /// Updates, links, activations, membership changes.
    pub updated: CountOf,
    /// Deactivations.
    pub deactivated: CountOf,
    /// Deletions.
    pub deleted: CountOf,
    /// Seconds left, once the speed is known.
    pub seconds_left: Option<u32>,
    /// Requests per second over the last seconds, in tenths.
    pub requests_per_second_tenths: Option<u32>,
    /// The target asked to wait: until when.
    #[cfg_attr(feature = "specta", specta(type = Option<String>))]
    pub waiting_until: Option<Timestamp>,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CountOf {
    /// Done.
    pub done: u32,
    /// Of.
    pub total: u32,
}

/// A difference found by the read-back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct DifferenceView {
    /// Label of the object.
    pub subject: String,
    /// Attribute, or `members`.
    pub attribute: String,
    /// What was sent.
    pub expected: Option<String>,
    /// What is there.
    pub found: Option<String>,
}

/// An approved operation that was not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct MovedView {
    /// Operation.
    pub operation: OperationId,
    /// Label of the object.
    pub label: String,
    /// What moved, in a sentence.
    pub text: String,
}

/// Where one operation of a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum RunOperationState {
    /// Not yet begun.
    Waiting,
    /// Sent, no answer yet.
    Sending,
    /// Its outcome is unknown and is being read back.
    Verifying,
    /// Waits for its next attempt.
    Retrying,
    /// Done.
    Done,
    /// Failed for good.
    Failed,
    /// Not sent: something it needs failed, or the run was stopped.
    Skipped,
}

/// One row of a run's table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RunOperationRow {
    /// Operation.
    pub id: OperationId,
    /// Kind.
    pub kind: OperationKind,
    /// Subject.
    pub subject: Subject,
    /// Change.
    pub change: ChangeSummary,
    /// State.
    pub state: RunOperationState,
    /// Last HTTP status.
    pub status: Option<u16>,
    /// What went wrong, in a sentence.
    pub error: Option<String>,
    /// What to do.
    pub remedy: Option<String>,
    /// Attempts made.
    pub attempts: u32,
    /// Duration of the last attempt in milliseconds.
    pub duration_ms: Option<u32>,
    /// When the next attempt is due.
    #[cfg_attr(feature = "specta", specta(type = Option<String>))]
    pub next_retry_at: Option<Timestamp>,
}

/// A window of a run's rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RunOperationWindow {
    /// The rows.
    pub rows: Vec<RunOperationRow>,
    /// Rows that match.
    pub total: u32,
    /// Rows without search and filters.
    pub unfiltered: u32,
}

/// A person in the People table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PersonRow {
    /// Key of the person: the JumpCloud id, else `scim:` and the SCIM id.
    pub key: String,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// User name.
    pub user_name: Option<String>,
    /// Bound groups that put the person in scope, by name; at most three.
    pub scope_groups: Vec<String>,
    /// How many there are.
    pub scope_group_count: u32,
    /// `active`, `suspended`, `password_expired`, `staged`, `deleted`, `absent`.
    pub source_state: String,
    /// `active`, `deactivated`, `absent`.
    pub target_state: String,
    /// `confirmed`, `found`, `absent`, `ambiguous`, `missing`, `source_missing`, `unqualified`, `unassigned`, `out_of_scope`.
    pub situation: String,
    /// `in_sync`, `out_of_sync`, or `not_managed`.
    pub sync_state: String,
}

/// A window of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PersonWindow {
    /// The rows.
    pub rows: Vec<PersonRow>,
    /// Rows that match.
    pub total: u32,
    /// Rows without search and filters.
    pub unfiltered: u32,
    /// How many per situation, JumpCloud state and Atlassian state, of all people.
    pub facets: Vec<Facet>,
}

/// One attribute of both records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct AttributePair {
    /// Attribute.
    pub attribute: Attribute,
    /// The JumpCloud field it comes from, by JumpCloud's name.
    pub source_field: Option<String>,
    /// What JumpCloud says.
    pub source: Option<String>,
    /// What Atlassian has.
    pub target: Option<String>,
    /// `same`, `update`, `not_mapped`, `not_kept`, `create`.
    pub result: String,
}

/// A group on the way from a person to the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PathGroup {
    /// Name.
    pub name: String,
    /// Whether it is bound to the application.
    pub is_bound: bool,
    /// `member`, `left`, `unbound`, `deleted`.
    pub relation: String,
    /// Members, where known.
    pub members: Option<u32>,
    /// Second line.
    pub detail: String,
}

/// The person page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PersonPage {
    /// The row.
    pub row: PersonRow,
    /// What will happen: `stay`, `be_created`, `be_updated`, `be_activated`, `be_deactivated`, `be_deleted`, `not_be_created`.
    pub will: String,
    /// Heading of the Why card, for example "Why Amara Osei would be deactivated".
    pub why_title: String,
    /// One sentence.
    pub why_text: String,
    /// Causes, most important first.
    pub causes: Vec<String>,
    /// Groups drawn between person and account.
    pub path: Vec<PathGroup>,
    /// What would change it.
    pub would_change: Vec<String>,
    /// Whether the account is active in Atlassian now; `None` without an account.
    pub active_in_target: Option<bool>,
    /// Whether it will be after the plan.
    pub active_after: Option<bool>,
    /// What holds the person's operation, if something does.
    pub held_text: Option<String>,
    /// Both records.
    pub attributes: Vec<AttributePair>,
    /// How both are linked, in a sentence.
    pub link_text: String,
    /// Groups in Atlassian.
    pub target_groups: Vec<String>,
    /// Latest events about the person.
    pub history: Vec<EventRow>,
    /// The plan's operations about the person.
    pub operations: Vec<OperationRow>,
    /// The plan they are in.
    pub plan_id: Option<PlanId>,
    /// The plan's number.
    pub plan_number: Option<u32>,
    /// Whether the person is protected.
    pub is_protected: bool,
}

/// A group in the User groups table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GroupRow {
    /// JumpCloud id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Members in JumpCloud.
    pub source_members: u32,
    /// Members in the SCIM group.
    pub target_members: Option<u32>,
    /// `new`, `same_name`, `managed`, `default_access`, `released`, `empty`.
    pub state: String,
    /// Other Atlassian applications it is bound to.
    pub other_connectors: Vec<String>,
    /// People who are in scope only through this group.
    pub only_path_for: u32,
}

/// A window of runs, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RunWindow {
    /// The rows.
    pub rows: Vec<RunView>,
    /// Rows that match.
    pub total: u32,
    /// Rows without search and filters.
    pub unfiltered: u32,
}

/// A window of bound groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GroupWindow {
    /// The rows.
    pub rows: Vec<GroupRow>,
    /// Rows that match.
    pub total: u32,
    /// Rows without search and filters.
    pub unfiltered: u32,
}

/// One event of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct EventRow {
    /// Sequence, 1-based.
    pub sequence: u32,
    /// When.
    #[cfg_attr(feature = "specta", specta(type = String))]
    pub time: Timestamp,
    /// For example `user_create_provision`.
    pub event_type: String,
    /// `success` or `failure`.
    pub outcome: String,
    /// Label of the object.
    pub label: Option<String>,
    /// `person`, `group`, `connection`.
    pub subject_type: Option<String>,
    /// Run.
    pub run: Option<RunId>,
    /// HTTP status.
    pub status: Option<u16>,
    /// Error.
    pub error: Option<String>,
    /// Who.
    pub initiated_by: String,
}

/// A window of events, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct EventWindow {
    /// The rows.
    pub rows: Vec<EventRow>,
    /// Rows that match.
    pub total: u32,
    /// Rows without search and filters.
    pub unfiltered: u32,
}

/// Events of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct EventDay {
    /// Date, `2026-11-23`.
    pub date: String,
    /// Successes.
    pub success: u32,
    /// Failures.
    pub failure: u32,
}

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
    /// Conflicts without a decision.
    pub open_conflicts: u32,
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

/// Work that goes on in the background.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct JobView {
    /// Connection.
    pub connection_id: ConnectionId,
    /// `refresh` or `run`.
    pub kind: String,
    /// What it is doing, in a few words.
    pub step: String,
    /// Items read or done.
    pub done: u32,
    /// Items expected; `None` while unknown.
    pub total: Option<u32>,
    /// The run, for runs.
    pub run_id: Option<RunId>,
    /// Seconds left, once known.
    pub seconds_left: Option<u32>,
}

/// The sandbox's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct SandboxView {
    /// The connection made for it.
    pub connection_id: ConnectionId,
    /// `small`, `medium`, `large`.
    pub scenario: String,
    /// Faults in force, as their specifications.
    pub faults: Vec<String>,
}

/// What the window needs at its start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Session {
    /// Lockstep's version.
    pub version: String,
    /// Connections, by name.
    pub connections: Vec<ConnectionView>,
    /// The sandbox, when it runs.
    pub sandbox: Option<SandboxView>,
    /// Whether another process holds the data directory: everything can be read, nothing changed.
    pub is_read_only: bool,
}
