//! What an approval covers: the ready operations, and of the held ones exactly those that a person released for this plan.

use serde::{Deserialize, Serialize};

use super::Plan;
use super::document::OperationDocument;
use super::operation::{HeldBy, Operation, Reversibility};
use crate::ids::OperationId;

/// Which irreversible operations are allowed, always by a person and for one plan only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case", tag = "scope", content = "chosen")]
pub enum AllowIrreversible {
    /// None of them.
    #[default]
    None,
    /// All that the plan names.
    All,
    /// These operations, chosen one by one. Never by label: two objects may share one.
    Operations(Vec<OperationId>),
}

/// A person's approval of a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Whether tripped limits are overridden; an incomplete read and protected objects cannot be.
    pub overrides_guards: bool,
    /// Irreversible operations.
    pub irreversible: AllowIrreversible,
}

/// What an approval looks at.
struct Facts<'a> {
    id: &'a OperationId,
    held_by: Option<HeldBy>,
    releasable: bool,
    reversibility: Reversibility,
}

impl Approval {
    /// Whether the approval covers the operation.
    ///
    /// What cannot be undone needs consent as such, whatever else holds it: a guard that trips on deletions holds them
    /// as a guard, and overriding it is no consent to delete.
    pub fn covers(&self, operation: &Operation) -> bool {
        self.covers_facts(&Facts {
            id: &operation.id,
            held_by: operation.held_by,
            releasable: operation.releasable,
            reversibility: operation.reversibility,
        })
    }

    /// Whether an operation is carried out under this approval, judged by its document.
    pub fn covers_document(&self, operation: &OperationDocument) -> bool {
        self.covers_facts(&Facts {
            id: &operation.id,
            held_by: operation.held_by,
            releasable: operation.releasable,
            reversibility: operation.reversibility,
        })
    }

    fn covers_facts(&self, operation: &Facts<'_>) -> bool {
        let is_released = match operation.held_by {
            None | Some(HeldBy::Irreversible) => true,
            Some(HeldBy::Guard) => self.overrides_guards && operation.releasable,
            Some(
                HeldBy::Conflict
                | HeldBy::UserLimit
                | HeldBy::Domain
                | HeldBy::Acknowledgement
                | HeldBy::Quarantine,
            ) => false,
        };
        is_released && (operation.reversibility != Reversibility::Irreversible || self.allows(operation))
    }

    fn allows(&self, operation: &Facts<'_>) -> bool {
        match &self.irreversible {
            AllowIrreversible::None => false,
            AllowIrreversible::All => true,
            AllowIrreversible::Operations(ids) => ids.contains(operation.id),
        }
    }

    /// Returns the covered operations, in the plan's order.
    pub fn select<'a>(&self, plan: &'a Plan) -> Vec<&'a Operation> {
        plan.operations.iter().filter(|operation| self.covers(operation)).collect()
    }
}
