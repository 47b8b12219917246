//! What must not be sent since something it needs was not done: a group gets its members once it is ours, and becomes ours once
//! those to be kept are in the JumpCloud group.

use lockstep_core::plan::operation::{Operation, OperationKind, Subject};
use lockstep_core::plan::order::depends_on;

use super::execute::{End, Executor};
use super::learnt::Unfinished;

impl Executor {
    /// Returns how an operation ends that needs another one which was not done; `None` where it may go.
    pub(crate) fn held_by_another(&self, operation: &Operation) -> Option<End> {
        let learnt = self.learnt();
        if learnt.not_done.is_empty() {
            return None;
        }
        let Subject::Group { source_id: Some(group), .. } = &operation.subject else { return None };
        let (other, why) =
            learnt.not_done.get(group)?.iter().find(|(other, _)| depends_on(operation, other))?;
        Some(match why {
            Unfinished::Awaited => End::Skipped(AWAITED.to_owned()),
            Unfinished::Failed => {
                let what = other.kind.describe();
                End::Blocked(format!("{} was not done, and this needs it", capitalised(what)))
            }
        })
    }

    /// Notes an operation that others may need.
    pub(crate) fn note_unfinished(&self, operation: &Operation, why: Unfinished) {
        let is_needed = matches!(
            operation.kind,
            OperationKind::AddSourceMembers | OperationKind::TakeOverGroup | OperationKind::CreateGroup
        );
        let Subject::Group { source_id: Some(group), .. } = &operation.subject else { return };
        if is_needed {
            let mut learnt = self.learnt();
            learnt.not_done.entry(group.clone()).or_default().push((operation.clone(), why));
        }
    }
}

/// What is said of a group whose name Atlassian refused (409): a group of the organisation has it.
pub(crate) const AWAITED: &str = "A group of this name exists in the Atlassian organisation: an administrator has to accept it in Atlassian's console";

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
