//! Sentences: one per reason, with names, without guessing anybody's gender.

use crate::plan::operation::{AttributeChange, Reason, ReasonCode};

/// Makes a reason.
pub(crate) fn reason(code: ReasonCode, text: String, group: Option<&str>) -> Reason {
    Reason { code, text, group: group.map(str::to_owned) }
}

/// Joins names for a sentence: "A", "A and B", "A, B and 3 more".
pub(crate) fn enumerate<T: AsRef<str>>(names: &[T], most: usize) -> String {
    match names {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        _ => {
            let shown: Vec<&str> = names.iter().take(most.max(1)).map(AsRef::as_ref).collect();
            let rest = names.len() - shown.len();
            match (rest, shown.split_last()) {
                (0, Some((last, first))) => format!("{} and {last}", first.join(", ")),
                _ => format!("{} and {rest} more", shown.join(", ")),
            }
        }
    }
}

/// Returns "1 person", "2 people".
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// Says why a person is inactive in JumpCloud.
pub(crate) fn inactive(code: ReasonCode, name: &str) -> Reason {
    let text = match code {
        ReasonCode::PasswordExpired => format!("{name}'s password has expired in JumpCloud."),
        ReasonCode::Staged => format!("{name} is staged in JumpCloud and not yet activated."),
        _ => format!("{name} is suspended in JumpCloud."),
    };
    reason(code, text, None)
}

/// Says which attributes differ.
pub(crate) fn attributes_changed(name: &str, changes: &[AttributeChange]) -> Reason {
    let names: Vec<&str> = changes.iter().map(|change| change.attribute.name()).collect();
    let verb = if names.len() == 1 { "differs" } else { "differ" };
    let text = format!("{name}: {} {verb} from JumpCloud.", enumerate(&names, 4));
    reason(ReasonCode::AttributesChanged, text, None)
}
