//! What the result of an attempt means, and what to do next.
//!
//! The rule behind the table (R4, R5): an attempt that certainly had no effect may be repeated; one that may have had
//! an effect is read back first; what will never succeed fails for this object only; refused credentials stop all.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::remedy::FailureClass;
use crate::plan::operation::OperationKind;
use crate::scim::MemberRemovalForm;

/// The method of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// `POST`.
    Post,
    /// `PATCH`.
    Patch,
    /// `DELETE`.
    Delete,
}

/// One attempt: what was sent, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt<'a> {
    /// The operation's kind.
    pub kind: OperationKind,
    /// The request's method.
    pub method: Method,
    /// Members that the request carried; 0 for requests that carry none.
    pub members: usize,
    /// How members were named, for a removal.
    pub form: MemberRemovalForm,
    /// What came of it.
    pub result: AttemptResult<'a>,
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptResult<'a> {
    /// An answer with a status.
    Answered(Answer<'a>),
    /// No connection was made: the server has seen nothing.
    NotSent,
    /// Timed out, reset or cut off: it may have been carried out.
    Lost,
}

/// An answer, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// `scimType` of an error body.
    pub scim_type: Option<&'a str>,
    /// The error body's explanation; may be empty.
    pub detail: &'a str,
    /// `Retry-After`, where given.
    pub retry_after: Option<Duration>,
    /// Whether a successful answer to a creation told the new object's id.
    pub has_id: bool,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It took effect.
    Done,
    /// The target was already as wanted.
    AlreadySo,
    /// It had no effect and may be sent again; not before `after`, where the server named a time.
    Retry {
        /// How long the server wants us to wait.
        after: Option<Duration>,
    },
    /// It may have had an effect: read the object, then ask [`after_verify`]. A creation is looked up by `externalId`
    /// and name, everything else by id.
    VerifyFirst {
        /// How long the server wants us to wait.
        after: Option<Duration>,
    },
    /// Send the members in two halves, and remember the smaller batch where the server complained about its size.
    SplitBatch {
        /// Whether the size was the reason, so that later batches should be smaller from the start.
        remember: bool,
    },
    /// Send the removal once more with the other form, and remember it for this target if it works.
    OtherRemovalForm,
    /// It will not succeed as it is.
    Fail(FailureClass),
    /// Send nothing more on this connection.
    StopRun(StopReason),
}

/// Why everything on a connection stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// 401: the key is wrong, replaced or expired.
    KeyRefused,
    /// 403: the key may not do this, or the subscription lapsed.
    Forbidden,
    /// 402: the package does not include it.
    NotInPlan,
    /// 404 for the whole collection: the directory is gone, or the address is another one's.
    DirectoryGone,
    /// A redirect, which is never followed, since the key would go along.
    Redirected,
}

impl StopReason {
    /// Returns what the admin can do, in one or two sentences.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::KeyRefused => {
                "Check whether the key was regenerated or has expired (SCIM keys live one year), store the current one, and run again."
            }
            Self::Forbidden => {
                "Check that the Atlassian Guard subscription is active and that the key belongs to this directory and has not lost its rights; then run again."
            }
            Self::NotInPlan => "Ask whoever manages the subscription to add the package, then run again.",
            Self::DirectoryGone => {
                "Compare the SCIM base URL with the one in Atlassian Administration: the directory was deleted, or the subscription lapsed and took it along."
            }
            Self::Redirected => {
                "Use the address that the server names, if you trust it; a proxy's login page in between answers like this too."
            }
        }
    }
}

/// Decides what an attempt's result means.
pub fn outcome(attempt: &Attempt<'_>) -> Verdict {
    let answer = match attempt.result {
        AttemptResult::NotSent => return Verdict::Retry { after: None },
        AttemptResult::Lost => return Verdict::VerifyFirst { after: None },
        AttemptResult::Answered(answer) => answer,
    };
    let is_taken = answer.scim_type == Some("uniqueness");
    match answer.status {
        200..=299 if is_creation(attempt) && !answer.has_id => Verdict::VerifyFirst { after: None },
        200..=299 => Verdict::Done,
        300..=399 => Verdict::StopRun(StopReason::Redirected),
        401 => Verdict::StopRun(StopReason::KeyRefused),
        402 => Verdict::StopRun(StopReason::NotInPlan),
        403 => Verdict::StopRun(StopReason::Forbidden),
        404 | 410 => not_found(attempt),
        409 => taken(attempt, &answer),
        400..=499 if is_taken => taken(attempt, &answer),
        413 => too_large(attempt),
        // 425: the server was not ready to take the request; like 429, it has not looked at it.
        425 | 429 => Verdict::Retry { after: answer.retry_after },
        405 | 501 | 505 => not_supported(attempt),
        408 | 500..=599 => Verdict::VerifyFirst { after: answer.retry_after },
        _ => refused(attempt, &answer),
    }
}

/// Whether it makes an object. A takeover that POSTs makes a group, which waits until somebody accepts it in the console.
const fn is_creation(attempt: &Attempt<'_>) -> bool {
    match attempt.kind {
        OperationKind::CreateUser | OperationKind::CreateGroup => true,
        OperationKind::TakeOverGroup => matches!(attempt.method, Method::Post),
        _ => false,
    }
}

fn not_found(attempt: &Attempt<'_>) -> Verdict {
    match (attempt.kind, attempt.method) {
        (_, Method::Delete) => Verdict::AlreadySo,
        (OperationKind::AddSourceMembers, _) => Verdict::Fail(FailureClass::Vanished),
        (_, Method::Post) => Verdict::StopRun(StopReason::DirectoryGone),
        // The group, or one of the members: only reading tells which.
        (OperationKind::AddMembers | OperationKind::RemoveMembers, _) => Verdict::VerifyFirst { after: None },
        _ => Verdict::Fail(FailureClass::Vanished),
    }
}

fn taken(attempt: &Attempt<'_>, answer: &Answer<'_>) -> Verdict {
    // Perhaps by an earlier attempt of our own whose answer was lost.
    if is_creation(attempt) {
        return Verdict::VerifyFirst { after: None };
    }
    match attempt.kind {
        OperationKind::AddSourceMembers => Verdict::AlreadySo,
        OperationKind::AddMembers | OperationKind::RemoveMembers => Verdict::VerifyFirst { after: None },
        kind => Verdict::Fail(FailureClass::of_conflict(kind, answer.detail)),
    }
}

const fn too_large(attempt: &Attempt<'_>) -> Verdict {
    if attempt.members > 1 {
        Verdict::SplitBatch { remember: true }
    } else {
        Verdict::Fail(FailureClass::TooLarge)
    }
}

fn not_supported(attempt: &Attempt<'_>) -> Verdict {
    match attempt.kind {
        OperationKind::RenameGroup => Verdict::Fail(FailureClass::NameImmutable),
        OperationKind::RemoveMembers if attempt.form == MemberRemovalForm::ValuePath => {
            Verdict::OtherRemovalForm
        }
        _ => Verdict::Fail(FailureClass::NotSupported),
    }
}

fn refused(attempt: &Attempt<'_>, answer: &Answer<'_>) -> Verdict {
    match (attempt.kind, answer.scim_type) {
        (OperationKind::RenameGroup, _) => Verdict::Fail(FailureClass::NameImmutable),
        (OperationKind::AddMembers | OperationKind::RemoveMembers, Some("tooMany")) => too_large(attempt),
        // RFC 7644 §3.5.2.2: a filter that matches nobody; perhaps they are out already.
        (OperationKind::RemoveMembers, Some("noTarget")) => Verdict::VerifyFirst { after: None },
        (OperationKind::RemoveMembers, Some("invalidPath"))
            if attempt.form == MemberRemovalForm::ValuePath =>
        {
            Verdict::OtherRemovalForm
        }
        // One bad member, or too many: halving finds the one and suits the other. Nothing says which it was.
        (OperationKind::AddMembers | OperationKind::RemoveMembers, _) if attempt.members > 1 => {
            Verdict::SplitBatch { remember: false }
        }
        // Not even one member: then it may be the form.
        (OperationKind::RemoveMembers, _) if attempt.form == MemberRemovalForm::ValuePath => {
            Verdict::OtherRemovalForm
        }
        (OperationKind::AddMembers, _) => Verdict::Fail(FailureClass::MemberUnknown),
        (_, Some("mutability")) => Verdict::Fail(FailureClass::Immutable),
        (_, Some("invalidValue" | "invalidSyntax" | "invalidPath" | "noTarget")) => {
            Verdict::Fail(FailureClass::InvalidValue)
        }
        _ => Verdict::Fail(FailureClass::Refused),
    }
}

/// What reading the object found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Found {
    /// It is as the operation wants it; for a creation: the object bears our `externalId`, for a group our name.
    AsWanted,
    /// It is there, and not as the operation wants it.
    Otherwise,
    /// A creation: another object holds the name, the address or the `externalId`.
    SomebodyElse,
    /// It is not there.
    Nothing,
}

/// Decides what to do after [`Verdict::VerifyFirst`], from the attempt and from what reading found.
pub fn after_verify(attempt: &Attempt<'_>, found: Found) -> Verdict {
    let (status, detail) = match attempt.result {
        AttemptResult::Answered(answer) => (answer.status, answer.detail),
        AttemptResult::NotSent | AttemptResult::Lost => (0, ""),
    };
    let was_rejected = (400..=499).contains(&status) && status != 408;
    match found {
        Found::AsWanted if was_rejected => Verdict::AlreadySo,
        Found::AsWanted => Verdict::Done,
        Found::SomebodyElse => Verdict::Fail(FailureClass::of_conflict(attempt.kind, detail)),
        Found::Nothing if attempt.method == Method::Delete => Verdict::Done,
        Found::Nothing if is_creation(attempt) && was_rejected => {
            // Taken by something that the listing does not show: a deactivated account, or a group outside SCIM.
            Verdict::Fail(FailureClass::of_conflict(attempt.kind, detail))
        }
        Found::Nothing if is_creation(attempt) => Verdict::Retry { after: None },
        Found::Nothing => Verdict::Fail(FailureClass::Vanished),
        Found::Otherwise if was_rejected => still_otherwise(attempt),
        Found::Otherwise => Verdict::Retry { after: None },
    }
}

/// A membership change was rejected, and the group is there: it is about a member, or about the form.
const fn still_otherwise(attempt: &Attempt<'_>) -> Verdict {
    match attempt.kind {
        OperationKind::AddMembers | OperationKind::RemoveMembers if attempt.members > 1 => {
            Verdict::SplitBatch { remember: false }
        }
        OperationKind::RemoveMembers if matches!(attempt.form, MemberRemovalForm::ValuePath) => {
            Verdict::OtherRemovalForm
        }
        OperationKind::AddMembers | OperationKind::RemoveMembers => {
            Verdict::Fail(FailureClass::MemberUnknown)
        }
        _ => Verdict::Fail(FailureClass::Refused),
    }
}
