//! Permanent failures, and what an admin does about each.

use serde::{Deserialize, Serialize};

use crate::plan::operation::OperationKind;

/// Why an operation failed for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// Another account holds the e-mail address.
    EmailTaken,
    /// Another account holds the user name.
    UserNameTaken,
    /// Another account holds the `externalId`.
    ExternalIdTaken,
    /// Another group holds the name.
    GroupNameTaken,
    /// Something else of it is taken; the server does not say what.
    Taken,
    /// The linked object is not there any more.
    Vanished,
    /// The server does not know a member.
    MemberUnknown,
    /// A group's name cannot be changed on this server.
    NameImmutable,
    /// Another attribute cannot be changed.
    Immutable,
    /// The server does not accept a value.
    InvalidValue,
    /// Even the smallest request is too large.
    TooLarge,
    /// The server does not support the request.
    NotSupported,
    /// It answered with errors of its own until patience ended.
    Unavailable,
    /// Whether it took effect could not be found out.
    OutcomeUnknown,
    /// Refused for a reason that we do not know.
    Refused,
}

impl FailureClass {
    /// Every class.
    pub const ALL: [Self; 15] = [
        Self::EmailTaken,
        Self::UserNameTaken,
        Self::ExternalIdTaken,
        Self::GroupNameTaken,
        Self::Taken,
        Self::Vanished,
        Self::MemberUnknown,
        Self::NameImmutable,
        Self::Immutable,
        Self::InvalidValue,
        Self::TooLarge,
        Self::NotSupported,
        Self::Unavailable,
        Self::OutcomeUnknown,
        Self::Refused,
    ];

    /// Reads what is taken out of the server's text.
    ///
    /// Atlassian's texts: `Resource [USER]: with email[a@b] already exists.`, `Resource [GROUP]: with displayName … already exists.`
    pub fn of_conflict(kind: OperationKind, detail: &str) -> Self {
        let is_group = matches!(
            kind,
            OperationKind::CreateGroup | OperationKind::RenameGroup | OperationKind::TakeOverGroup
        );
        if is_group {
            return Self::GroupNameTaken;
        }
        let words = without_quoted(detail).to_ascii_lowercase();
        [
            ("email", Self::EmailTaken),
            ("e-mail", Self::EmailTaken),
            ("username", Self::UserNameTaken),
            ("user name", Self::UserNameTaken),
            ("externalid", Self::ExternalIdTaken),
            ("external id", Self::ExternalIdTaken),
        ]
        .into_iter()
        .filter_map(|(word, class)| words.find(word).map(|position| (position, class)))
        .min_by_key(|(position, _)| *position)
        .map_or(Self::Taken, |(_, class)| class)
    }

    /// Returns what happened, in one sentence.
    pub const fn text(self) -> &'static str {
        match self {
            Self::EmailTaken => "Another Atlassian account already has this e-mail address.",
            Self::UserNameTaken => "Another account of the SCIM directory already has this user name.",
            Self::ExternalIdTaken => {
                "Another account of the SCIM directory already carries this person's JumpCloud id."
            }
            Self::GroupNameTaken => "A group of this name already exists in the Atlassian organisation.",
            Self::Taken => "Atlassian says that this already exists, without saying what.",
            Self::Vanished => "The object is no longer in the SCIM directory.",
            Self::MemberUnknown => "Atlassian does not know the member.",
            Self::NameImmutable => "Atlassian does not let SCIM change the name of a group.",
            Self::Immutable => "Atlassian does not let SCIM change this attribute.",
            Self::InvalidValue => "Atlassian does not accept a value.",
            Self::TooLarge => "The request is too large for the server, even with a single change in it.",
            Self::NotSupported => "The server does not support this kind of change.",
            Self::Unavailable => "The server kept answering with errors of its own.",
            Self::OutcomeUnknown => "Whether the change took effect could not be found out.",
            Self::Refused => "The server refused the change.",
        }
    }
}

/// Leaves out what stands in brackets and quotes: an address may hold any of the words that are looked for.
fn without_quoted(text: &str) -> String {
    let mut closing = None;
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match (closing, character) {
            (Some(end), character) if character == end => closing = None,
            (Some(_), _) => {}
            (None, '[') => closing = Some(']'),
            (None, quote @ ('"' | '\'' | '`')) => closing = Some(quote),
            (None, character) => plain.push(character),
        }
    }
    plain
}

/// Returns what the admin can do about a failed operation, in one to three sentences.
pub const fn remedy(kind: OperationKind, class: FailureClass) -> &'static str {
    match class {
        FailureClass::EmailTaken => match kind {
            OperationKind::CreateUser => {
                "Look in Atlassian Administration for the account with this address. If it came from another identity provider or an older directory, unlink or delete its SCIM record there; if it is somebody else's, change its address. Then retry."
            }
            _ => {
                "Another account took the new address first, for example by an invitation. Give that account another address, or delete its SCIM record if it has one; then retry. Nothing was changed."
            }
        },
        FailureClass::UserNameTaken => {
            "Find the account with this user name in the SCIM directory: often a left-over of the same person. Link or delete it, or change the username in JumpCloud; then retry."
        }
        FailureClass::ExternalIdTaken => {
            "Two accounts of the directory claim the same JumpCloud person. Decide which one is right, delete the other one's SCIM record, and plan again."
        }
        FailureClass::GroupNameTaken => match kind {
            OperationKind::RenameGroup => {
                "Choose another name in JumpCloud, or rename the other group in Atlassian; then plan again."
            }
            _ => {
                "Open Review groups: decide whether JumpCloud's membership takes the group over, or sync it under another name. A default access group must lose that role in Atlassian first."
            }
        },
        FailureClass::Taken => {
            "Search Atlassian Administration for this e-mail address, user name and name, deactivated accounts included; link, rename or remove what is found, then retry."
        }
        FailureClass::Vanished => match kind {
            OperationKind::AddSourceMembers => {
                "The group or the person was deleted in JumpCloud. Plan again: the next plan starts from what is there now."
            }
            OperationKind::AddMembers
            | OperationKind::RemoveMembers
            | OperationKind::RenameGroup
            | OperationKind::TakeOverGroup
            | OperationKind::DeleteGroup => {
                "The group was deleted in Atlassian meanwhile. Plan again: Lockstep then asks whether it is to be created anew; its permissions in Atlassian do not come back by that."
            }
            _ => {
                "The account was deleted in Atlassian meanwhile. Plan again: Lockstep then asks whether it is to be created anew, which gives it a new SCIM id."
            }
        },
        FailureClass::MemberUnknown => {
            "The member's account was deleted, or belongs to another directory. Plan again: the person is looked up anew."
        }
        FailureClass::NameImmutable => {
            "Keep the old name, rename the group in Atlassian Administration, or let Lockstep create a new group and move the members; the next plan offers these choices with what each one costs."
        }
        FailureClass::Immutable => {
            "Change it in Atlassian Administration if it can be changed there, or switch the attribute's mapping off."
        }
        FailureClass::InvalidValue => {
            "Correct the value in JumpCloud (an e-mail address without a domain, a time zone that is no IANA name, a text that is too long), or switch the attribute's mapping off; then plan again."
        }
        FailureClass::TooLarge => {
            "Shorten the longest values of this object in JumpCloud; if there are none, report it to the operator of the server."
        }
        FailureClass::NotSupported => match kind {
            OperationKind::DeleteUser => {
                "Set the policy for deleted people to deactivate: this server does not delete accounts."
            }
            _ => "Make this change in Atlassian Administration by hand; the next plan then finds it done.",
        },
        FailureClass::Unavailable => {
            "Nothing to do now: it is tried again later. If it stays, look at the service's status page, and report it with the time to its support."
        }
        FailureClass::OutcomeUnknown => {
            "Nothing to do now: the next plan reads the object and continues from what it finds."
        }
        FailureClass::Refused => {
            "Read the server's text. If it names a value, correct it in JumpCloud; if not, try the same change in Atlassian Administration, which often says more."
        }
    }
}
