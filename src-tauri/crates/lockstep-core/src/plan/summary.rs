//! Figures about a plan.

use std::collections::BTreeMap;

use super::Plan;
use super::operation::{HeldBy, Operation, OperationKind};

impl Plan {
    /// Counts the operations of each kind, held ones included; kinds without any are left out.
    pub fn summary(&self) -> BTreeMap<OperationKind, u32> {
        let mut counts = BTreeMap::new();
        for operation in &self.operations {
            *counts.entry(operation.kind).or_insert(0) += 1;
        }
        counts
    }

    /// Counts the operations by what holds them; nothing where nothing is held.
    pub fn held(&self) -> BTreeMap<HeldBy, u32> {
        let mut counts = BTreeMap::new();
        for by in self.operations.iter().filter_map(|operation| operation.held_by) {
            *counts.entry(by).or_insert(0) += 1;
        }
        counts
    }

    /// Iterates over the operations that nothing holds.
    pub fn ready(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|operation| operation.is_ready())
    }
}
