//! What differs between a person and their account.

use crate::attribute::{Attribute, AttributeSet};
use crate::memory::{NotKept, TargetMemory};
use crate::plan::operation::AttributeChange;
use crate::policy::mapping::{Desired, Feeds, is_same_value};
use crate::snapshot::source::SourcePerson;
use crate::snapshot::target::TargetUser;

/// Returns what a new account is created with.
pub(crate) fn desired_attributes(feeds: &Feeds<'_>, person: &SourcePerson) -> AttributeSet {
    let mut attributes = AttributeSet::default();
    for attribute in Attribute::ALL {
        attributes.set(*attribute, feeds.desired(person, *attribute).value());
    }
    attributes
}

/// Returns the differences, in the attributes' order, and the attributes whose difference is left alone because the
/// target was seen not to keep it. Both empty, and nothing allocated, for an account in step.
pub(crate) fn changes(
    feeds: &Feeds<'_>,
    memory: &TargetMemory,
    person: &SourcePerson,
    user: &TargetUser,
) -> (Vec<AttributeChange>, Vec<Attribute>) {
    let mut changes = Vec::new();
    let mut not_kept = Vec::new();
    for &attribute in Attribute::ALL {
        let observed = user.attributes.get(attribute);
        let after = match (feeds.desired(person, attribute), observed) {
            (Desired::Unmanaged, _) | (Desired::Nothing, None) => continue,
            // An account without these cannot exist, so a missing value in JumpCloud clears nothing.
            (Desired::Nothing, Some(_)) if !attribute.is_optional() => continue,
            (Desired::Nothing, Some(_)) => None,
            (Desired::Value(value), Some(observed)) if is_same_value(attribute, &value, observed) => continue,
            (Desired::Value(value), _) => Some(value.into_owned()),
        };
        let change = AttributeChange { attribute, before: observed.map(str::to_owned), after };
        if is_known_not_to_be_kept(memory, user, &change) {
            not_kept.push(attribute);
        } else {
            changes.push(change);
        }
    }
    (changes, not_kept)
}

fn is_known_not_to_be_kept(memory: &TargetMemory, user: &TargetUser, change: &AttributeChange) -> bool {
    !memory.not_kept.is_empty()
        && memory.not_kept.contains(&NotKept {
            target: user.id.clone(),
            attribute: change.attribute,
            sent: change.after.clone(),
            found: change.before.clone(),
        })
}
