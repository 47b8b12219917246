//! Answers to questions: what can be said, and whether it can be said now.

use std::fmt;

use super::names::takeover_id;
use super::{Plan, PlanInput};
use crate::email::{fold, nfc, same};
use crate::ids::{ConflictId, SourceGroupId};
use crate::plan::conflict::Conflict;
use crate::plan::operation::Subject;
use crate::plan::reason::enumerate;

/// How the choice of another name begins, and how it stands among the choices.
const RENAME: &str = "rename:";
const RENAME_NEW: &str = "rename:NEW";

/// Longest name of a group, in characters; Atlassian's own limit for group names.
pub const GROUP_NAME_LIMIT: usize = 255;

/// An answer that can be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Another name for the group, trimmed and in NFC.
    Rename(String),
    /// One of the conflict's other choices, by the contract's name.
    Named(String),
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rename(name) => write!(f, "{RENAME}{name}"),
            Self::Named(name) => f.write_str(name),
        }
    }
}

/// Why an answer is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// No such question is open; the group may have vanished, or somebody settled it.
    #[error(
        "This question is not open any more: what it was about has changed or is gone. Look at the questions again."
    )]
    UnknownConflict,
    /// It is none of the answers.
    #[error("“{choice}” is no answer to this question. Choose one of {offered}.{why}")]
    NotOffered {
        /// What was said.
        choice: String,
        /// What can be said.
        offered: String,
        /// Why the usual answer is missing, with a blank before it; empty where there is nothing to say.
        why: String,
    },
    /// Something has the name.
    #[error("The name “{name}” is taken: {holder}. Choose another one.")]
    NameTaken {
        /// The name.
        name: String,
        /// Who has it, as a clause.
        holder: String,
    },
    /// The name cannot be a group's.
    #[error("{0}")]
    NameInvalid(String),
}

impl ChoiceError {
    /// Returns the stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownConflict => "unknown_conflict",
            Self::NotOffered { .. } => "choice_not_offered",
            Self::NameTaken { .. } => "name_taken",
            Self::NameInvalid(_) => "name_invalid",
        }
    }
}

/// Returns the name of a recorded choice of another name.
pub(crate) fn chosen_name(choice: &str) -> Option<&str> {
    choice.strip_prefix(RENAME).map(str::trim).filter(|name| !name.is_empty())
}

/// Whether a recorded choice is among those that the conflict offers now.
pub(crate) fn is_offered(conflict: &Conflict, choice: &str) -> bool {
    let offers = |wanted: &str| conflict.choices.iter().any(|offered| offered == wanted);
    if chosen_name(choice).is_some() { offers(RENAME_NEW) } else { offers(choice) }
}

/// Checks an answer before it is recorded.
///
/// `plan` must have been made from `input`. Where several answers are given at once, check each with the earlier ones
/// among `input.decisions`, so that no name is given away twice.
///
/// # Errors
/// The question is not open, the answer is not offered, or the name cannot be given.
pub fn check_choice(
    input: &PlanInput<'_>,
    plan: &Plan,
    conflict: &ConflictId,
    choice: &str,
) -> Result<Choice, ChoiceError> {
    let conflict =
        plan.conflicts.iter().find(|known| known.id == *conflict).ok_or(ChoiceError::UnknownConflict)?;
    let choice = choice.trim();
    if let Some(name) = choice.strip_prefix(RENAME)
        && conflict.choices.iter().any(|offered| offered == RENAME_NEW)
    {
        return check_name(input, &conflict.subject, name).map(Choice::Rename);
    }
    if conflict.choices.iter().any(|offered| offered == choice) {
        return Ok(Choice::Named(choice.to_owned()));
    }
    Err(ChoiceError::NotOffered {
        choice: choice.to_owned(),
        offered: enumerate(&conflict.choices, usize::MAX),
        why: conflict.blocked.as_ref().map_or_else(String::new, |why| format!(" {why}")),
    })
}

fn check_name(input: &PlanInput<'_>, subject: &Subject, name: &str) -> Result<String, ChoiceError> {
    let name = nfc(name.trim()).into_owned();
    let invalid = |text: String| Err(ChoiceError::NameInvalid(text));
    if name.is_empty() {
        return invalid("The new name is empty. Write it after “rename:”.".to_owned());
    }
    let length = name.chars().count();
    if length > GROUP_NAME_LIMIT {
        return invalid(format!(
            "The new name has {length} characters, and Atlassian takes at most {GROUP_NAME_LIMIT}."
        ));
    }
    if name.chars().any(char::is_control) {
        return invalid("The new name contains a line break or another control character.".to_owned());
    }
    if same(&name, subject.label()) {
        return invalid(format!("“{name}” is the group's own name, which is the one in question."));
    }
    let own = match subject {
        Subject::Group { source_id, .. } => source_id.as_ref(),
        Subject::Person { .. } => None,
    };
    match holder(input, own, &name) {
        Some(holder) => Err(ChoiceError::NameTaken { name, holder }),
        None => Ok(name),
    }
}

/// Says who has or gets a name, as a clause.
fn holder(input: &PlanInput<'_>, own: Option<&SourceGroupId>, name: &str) -> Option<String> {
    let folded = fold(name);
    let is_same = |other: &str| fold(other) == folded;
    if input.target.groups.iter().any(|group| is_same(&group.display_name)) {
        return Some("a group of the SCIM directory has it".to_owned());
    }
    let organisation = input.target.organisation.iter().flat_map(|known| &known.groups);
    if organisation.into_iter().any(|group| is_same(&group.name)) {
        return Some("a group of the Atlassian organisation has it".to_owned());
    }
    let others = || input.source.groups.iter().filter(|group| Some(&group.id) != own);
    if others().any(|group| is_same(&group.name)) {
        return Some("another bound group has it".to_owned());
    }
    if input.memory.takeovers.values().any(|pending| is_same(&pending.name)) {
        return Some("Atlassian answered before that a group has it".to_owned());
    }
    others()
        .find(|group| {
            let id = takeover_id(&group.id);
            let last = input.decisions.iter().rev().find(|decision| decision.conflict == id);
            last.and_then(|decision| chosen_name(&decision.choice)).is_some_and(is_same)
        })
        .map(|group| format!("it was chosen for {} already", group.name))
}
