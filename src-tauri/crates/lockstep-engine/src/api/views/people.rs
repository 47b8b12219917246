//! People: the table and the person page.

use lockstep_core::attribute::Attribute;
use lockstep_core::ids::PlanId;
use serde::{Deserialize, Serialize};

use super::events::EventRow;
use super::plans::OperationRow;
use super::windows::Facet;

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
    /// What opens its page, where it has one.
    #[serde(default)]
    pub key: Option<String>,
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
