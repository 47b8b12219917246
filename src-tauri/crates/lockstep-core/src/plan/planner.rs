//! The planner's steps, in their order.

use super::draft::Draft;
use super::reading::Reading;
use super::{Plan, PlanInput, groups, guard, order, people, remarks, replaced};
use crate::correlation::correlate;
use crate::plan::context::Context;
use crate::plan::operation::HeldBy;

/// Computes what must change in the target so that it matches the desired state.
///
/// Pure and deterministic: operations are ordered by kind, label and id, never by the order of the input. Conflicts and
/// tripped guards are part of the result; nothing is decided here on the admin's behalf.
pub fn plan(input: &PlanInput<'_>) -> Plan {
    let replaced = replaced::directory_replaced(input);
    let confirmed = replaced.as_ref().map(|_| replaced::confirmed_links(input));
    let context = Context::new(input, confirmed.as_ref().unwrap_or(input.links));
    let correlation = correlate(&context);
    let reading = Reading::new(&context);
    let mut draft = Draft::new(&context, &correlation);
    people::plan_people(&mut draft, &reading);
    groups::plan_groups(&mut draft, &reading);
    guard::apply_guards(&mut draft, &reading);
    remarks::add_remarks(&mut draft);

    let Draft { mut operations, mut conflicts, mut findings, people_in_step, .. } = draft;
    if let Some(replaced) = replaced {
        if replaced.decision.as_deref() != Some("acknowledge") {
            for operation in &mut operations {
                operation.hold(HeldBy::Conflict, false);
            }
            // One question before many: the others would rest on links that may be wrong altogether.
            conflicts.clear();
        }
        conflicts.push(replaced);
    }
    order::sort_operations(&mut operations);
    order::sort_conflicts(&mut conflicts);
    order::sort_findings(&mut findings);
    Plan { operations, conflicts, findings, people_in_step }
}
