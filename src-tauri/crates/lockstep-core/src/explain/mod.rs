//! Explanations: why somebody has access, why they will lose it, and what would change that.
//!
//! An explanation never decides anything: what happens is read from the plan, and the facts around it from the plan's
//! input. It needs no index of the whole organisation, so that one person of 100,000 is explained at once.

mod blast;
mod causes;
mod counterfactual;
mod document;
mod facts;
mod group;
mod group_facts;
mod group_story;
mod person;
mod sentence;

pub use blast::{AffectedPerson, BlastRadius, GroupFate, blast_counts, blast_radius};
pub use counterfactual::{Change, WouldChange};
pub use document::ExplanationDocument;
pub use facts::{GroupState, Membership, PathStep, PersonKey, find_person};
pub use group::{
    GroupChange, GroupExplanation, GroupHeld, GroupKey, GroupPathStep, GroupSituation, GroupWill,
    GroupWouldChange, explain_group,
};
pub use person::{Cause, Held, PersonExplanation, Will, explain_person};
