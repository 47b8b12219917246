//! What an attempt's result means: the table, the remedies, the states and the rests.

use std::collections::BTreeSet;
use std::time::Duration;

use lockstep_core::plan::operation::OperationKind as Kind;
use lockstep_core::run::{
    Answer, Attempt, AttemptResult, FailureClass, Found, Method, OperationState, StopReason, Verdict,
    after_verify, next_retry, outcome, remedy,
};
use lockstep_core::scim::MemberRemovalForm::{ValueArray, ValuePath};

const KINDS: [Kind; 14] = [
    Kind::LinkUser,
    Kind::UpdateUser,
    Kind::ActivateUser,
    Kind::CreateUser,
    Kind::ReleaseGroup,
    Kind::TakeOverGroup,
    Kind::CreateGroup,
    Kind::RenameGroup,
    Kind::AddSourceMembers,
    Kind::AddMembers,
    Kind::RemoveMembers,
    Kind::DeactivateUser,
    Kind::DeleteUser,
    Kind::DeleteGroup,
];

const fn method(kind: Kind) -> Method {
    match kind {
        Kind::CreateUser | Kind::CreateGroup | Kind::AddSourceMembers => Method::Post,
        Kind::DeleteUser | Kind::DeleteGroup => Method::Delete,
        _ => Method::Patch,
    }
}

fn attempt(kind: Kind, result: AttemptResult<'_>) -> Attempt<'_> {
    Attempt { kind, method: method(kind), members: 0, form: ValuePath, result }
}

fn answered(kind: Kind, status: u16) -> Attempt<'static> {
    attempt(kind, AttemptResult::Answered(Answer { status, ..Answer::default() }))
}

fn explained<'a>(kind: Kind, status: u16, scim_type: Option<&'a str>, detail: &'a str) -> Attempt<'a> {
    attempt(kind, AttemptResult::Answered(Answer { status, scim_type, detail, ..Answer::default() }))
}

#[test]
fn a_status_has_one_meaning_for_every_kind() {
    use FailureClass as Class;
    let verify = Verdict::VerifyFirst { after: None };
    for (kind, status, expected) in [
        (Kind::CreateUser, 201, verify), // without an id in the answer
        (Kind::UpdateUser, 200, Verdict::Done),
        (Kind::UpdateUser, 204, Verdict::Done),
        (Kind::DeleteUser, 204, Verdict::Done),
        (Kind::UpdateUser, 307, Verdict::StopRun(StopReason::Redirected)),
        (Kind::UpdateUser, 400, Verdict::Fail(Class::Refused)),
        (Kind::CreateUser, 401, Verdict::StopRun(StopReason::KeyRefused)),
        (Kind::RemoveMembers, 401, Verdict::StopRun(StopReason::KeyRefused)),
        (Kind::UpdateUser, 402, Verdict::StopRun(StopReason::NotInPlan)),
        (Kind::DeleteGroup, 403, Verdict::StopRun(StopReason::Forbidden)),
        (Kind::DeleteUser, 404, Verdict::AlreadySo),
        (Kind::DeleteGroup, 410, Verdict::AlreadySo),
        (Kind::UpdateUser, 404, Verdict::Fail(Class::Vanished)),
        (Kind::DeactivateUser, 404, Verdict::Fail(Class::Vanished)),
        (Kind::CreateUser, 404, Verdict::StopRun(StopReason::DirectoryGone)),
        (Kind::AddMembers, 404, verify),
        (Kind::AddSourceMembers, 404, Verdict::Fail(Class::Vanished)),
        (Kind::RenameGroup, 405, Verdict::Fail(Class::NameImmutable)),
        (Kind::DeleteUser, 405, Verdict::Fail(Class::NotSupported)),
        (Kind::UpdateUser, 408, verify),
        (Kind::CreateUser, 409, verify),
        (Kind::CreateGroup, 409, verify),
        (Kind::AddSourceMembers, 409, Verdict::AlreadySo),
        (Kind::UpdateUser, 409, Verdict::Fail(Class::Taken)),
        (Kind::RenameGroup, 409, Verdict::Fail(Class::GroupNameTaken)),
        (Kind::CreateUser, 413, Verdict::Fail(Class::TooLarge)),
        (Kind::UpdateUser, 422, Verdict::Fail(Class::Refused)),
        (Kind::CreateUser, 425, Verdict::Retry { after: None }),
        (Kind::CreateUser, 429, Verdict::Retry { after: None }),
        (Kind::CreateUser, 500, verify),
        (Kind::DeleteUser, 500, verify),
        (Kind::UpdateUser, 501, Verdict::Fail(Class::NotSupported)),
        (Kind::UpdateUser, 503, verify),
        (Kind::UpdateUser, 99, Verdict::Fail(Class::Refused)),
    ] {
        assert_eq!(outcome(&answered(kind, status)), expected, "{kind:?} answered {status}");
    }
}

#[test]
fn a_creation_that_tells_its_id_is_done() {
    let created = Answer { status: 201, has_id: true, ..Answer::default() };
    assert_eq!(outcome(&attempt(Kind::CreateUser, AttemptResult::Answered(created))), Verdict::Done);
}

#[test]
fn nothing_is_sent_again_unread_after_an_unknown_outcome() {
    for kind in KINDS {
        let verdict = outcome(&attempt(kind, AttemptResult::Lost));
        assert_eq!(verdict, Verdict::VerifyFirst { after: None }, "{kind:?} may have been carried out");
        for status in [408, 500, 502, 503, 504] {
            let verdict = outcome(&answered(kind, status));
            assert!(
                matches!(verdict, Verdict::VerifyFirst { .. }),
                "{kind:?} answered {status}: {verdict:?}"
            );
        }
        let verdict = outcome(&attempt(kind, AttemptResult::NotSent));
        assert_eq!(verdict, Verdict::Retry { after: None }, "{kind:?} was seen by nobody");
    }
}

#[test]
fn the_time_that_a_server_names_is_kept() {
    let after = Some(Duration::from_secs(7));
    for (status, expected) in [(429, Verdict::Retry { after }), (503, Verdict::VerifyFirst { after })] {
        let answer = Answer { status, retry_after: after, ..Answer::default() };
        assert_eq!(outcome(&attempt(Kind::UpdateUser, AttemptResult::Answered(answer))), expected);
    }
}

#[test]
fn refused_credentials_stop_everything_whatever_was_sent() {
    for kind in KINDS {
        for status in [401, 403] {
            let verdict = outcome(&answered(kind, status));
            assert!(matches!(verdict, Verdict::StopRun(_)), "{kind:?} answered {status}: {verdict:?}");
        }
    }
}

#[test]
fn a_conflict_says_what_is_taken() {
    use FailureClass as Class;
    for (kind, detail, expected) in [
        (
            Kind::UpdateUser,
            "Resource [USER]: with email[example@example.com] already exists.",
            Class::EmailTaken,
        ),
        (
            Kind::UpdateUser,
            "Resource [USER]: with userName[email@example.com] already exists.",
            Class::UserNameTaken,
        ),
        (
            Kind::LinkUser,
            "Resource [USER]: with externalId[username] already exists.",
            Class::ExternalIdTaken,
        ),
        (Kind::ActivateUser, r#"userName "email" is used with another e-mail"#, Class::UserNameTaken),
        (Kind::UpdateUser, "", Class::Taken),
        (Kind::RenameGroup, "Resource [GROUP]: with displayName already exists.", Class::GroupNameTaken),
    ] {
        let verdict = outcome(&explained(kind, 409, Some("uniqueness"), detail));
        assert_eq!(verdict, Verdict::Fail(expected), "{kind:?}: {detail}");
        let as_400 = outcome(&explained(kind, 400, Some("uniqueness"), detail));
        assert_eq!(as_400, verdict, "some servers answer 400 for it");
    }
}

#[test]
fn a_refused_membership_change_is_halved_or_written_in_the_other_form() {
    let change = |kind, members, form, status, scim_type| Attempt {
        members,
        form,
        ..explained(kind, status, scim_type, "")
    };
    for (kind, members, form, status, scim_type, expected) in [
        (Kind::AddMembers, 100, ValuePath, 413, None, Verdict::SplitBatch { remember: true }),
        (Kind::AddMembers, 1, ValuePath, 413, None, Verdict::Fail(FailureClass::TooLarge)),
        (Kind::AddMembers, 100, ValuePath, 400, Some("tooMany"), Verdict::SplitBatch { remember: true }),
        (Kind::AddMembers, 100, ValuePath, 400, None, Verdict::SplitBatch { remember: false }),
        (Kind::AddMembers, 1, ValuePath, 400, None, Verdict::Fail(FailureClass::MemberUnknown)),
        (Kind::RemoveMembers, 100, ValuePath, 400, Some("invalidPath"), Verdict::OtherRemovalForm),
        (Kind::RemoveMembers, 100, ValuePath, 501, None, Verdict::OtherRemovalForm),
        (Kind::RemoveMembers, 100, ValuePath, 400, None, Verdict::SplitBatch { remember: false }),
        (Kind::RemoveMembers, 1, ValuePath, 400, None, Verdict::OtherRemovalForm),
        (Kind::RemoveMembers, 100, ValuePath, 400, Some("tooMany"), Verdict::SplitBatch { remember: true }),
        (Kind::RemoveMembers, 1, ValuePath, 400, Some("noTarget"), Verdict::VerifyFirst { after: None }),
        (Kind::RemoveMembers, 100, ValueArray, 400, None, Verdict::SplitBatch { remember: false }),
        (Kind::RemoveMembers, 1, ValueArray, 400, None, Verdict::Fail(FailureClass::Refused)),
        (Kind::RemoveMembers, 1, ValueArray, 501, None, Verdict::Fail(FailureClass::NotSupported)),
    ] {
        let verdict = outcome(&change(kind, members, form, status, scim_type));
        assert_eq!(verdict, expected, "{kind:?} of {members} as {form:?} answered {status} {scim_type:?}");
    }
}

#[test]
fn reading_back_settles_every_unknown_outcome() {
    let lost = |kind| attempt(kind, AttemptResult::Lost);
    let taken = "Resource [USER]: with email[a@b] already exists.";
    let again = Verdict::Retry { after: None };
    for (attempt, found, expected) in [
        (lost(Kind::CreateUser), Found::AsWanted, Verdict::Done),
        (lost(Kind::CreateUser), Found::Nothing, again),
        (lost(Kind::CreateUser), Found::SomebodyElse, Verdict::Fail(FailureClass::Taken)),
        (explained(Kind::CreateUser, 409, None, taken), Found::AsWanted, Verdict::AlreadySo),
        (
            explained(Kind::CreateUser, 409, None, taken),
            Found::SomebodyElse,
            Verdict::Fail(FailureClass::EmailTaken),
        ),
        (
            explained(Kind::CreateUser, 409, None, taken),
            Found::Nothing,
            Verdict::Fail(FailureClass::EmailTaken),
        ),
        (answered(Kind::CreateGroup, 409), Found::Nothing, Verdict::Fail(FailureClass::GroupNameTaken)),
        (answered(Kind::CreateUser, 500), Found::Nothing, again),
        (lost(Kind::UpdateUser), Found::AsWanted, Verdict::Done),
        (lost(Kind::UpdateUser), Found::Otherwise, again),
        (lost(Kind::UpdateUser), Found::Nothing, Verdict::Fail(FailureClass::Vanished)),
        (answered(Kind::DeleteUser, 500), Found::Nothing, Verdict::Done),
        (lost(Kind::DeleteUser), Found::Otherwise, again),
        (answered(Kind::AddMembers, 404), Found::Nothing, Verdict::Fail(FailureClass::Vanished)),
        (
            Attempt { members: 100, ..answered(Kind::AddMembers, 404) },
            Found::Otherwise,
            Verdict::SplitBatch { remember: false },
        ),
        (
            Attempt { members: 1, ..answered(Kind::AddMembers, 404) },
            Found::Otherwise,
            Verdict::Fail(FailureClass::MemberUnknown),
        ),
        (
            Attempt { members: 1, ..explained(Kind::RemoveMembers, 400, Some("noTarget"), "") },
            Found::AsWanted,
            Verdict::AlreadySo,
        ),
        (
            Attempt { members: 1, ..explained(Kind::RemoveMembers, 400, Some("noTarget"), "") },
            Found::Otherwise,
            Verdict::OtherRemovalForm,
        ),
        (Attempt { members: 3, ..lost(Kind::RemoveMembers) }, Found::Otherwise, again),
    ] {
        assert_eq!(after_verify(&attempt, found), expected, "{attempt:?}, then {found:?}");
    }
}

#[test]
fn reading_back_never_asks_for_another_reading() {
    for kind in KINDS {
        for found in [Found::AsWanted, Found::Otherwise, Found::SomebodyElse, Found::Nothing] {
            for result in [
                AttemptResult::Lost,
                AttemptResult::Answered(Answer { status: 409, ..Answer::default() }),
                AttemptResult::Answered(Answer { status: 503, ..Answer::default() }),
            ] {
                let verdict = after_verify(&attempt(kind, result), found);
                assert!(
                    !matches!(verdict, Verdict::VerifyFirst { .. }),
                    "{kind:?} {found:?}: it would never end"
                );
            }
        }
    }
}

#[test]
fn every_failure_has_a_sentence_and_a_remedy() {
    let mut texts = BTreeSet::new();
    for class in FailureClass::ALL {
        assert!(texts.insert(class.text()), "{class:?} has its own sentence");
        assert!(class.text().ends_with('.'), "{class:?}: a sentence");
        for kind in KINDS {
            let remedy = remedy(kind, class);
            assert!(remedy.len() > 40 && remedy.ends_with('.'), "{kind:?} {class:?}: says what to do");
        }
    }
    for reason in [
        StopReason::KeyRefused,
        StopReason::Forbidden,
        StopReason::NotInPlan,
        StopReason::DirectoryGone,
        StopReason::Redirected,
    ] {
        assert!(reason.remedy().ends_with('.'), "{reason:?}: says what to do");
    }
}

#[test]
fn an_operation_moves_only_along_its_life_cycle() {
    use OperationState::{Blocked, Done, Failed, Planned, Sending, Skipped, Verifying};
    let allowed: BTreeSet<_> = [
        (Planned, Sending),
        (Planned, Done),
        (Planned, Skipped),
        (Planned, Blocked),
        (Sending, Sending),
        (Sending, Verifying),
        (Sending, Done),
        (Sending, Failed),
        (Sending, Skipped),
        (Verifying, Sending),
        (Verifying, Verifying),
        (Verifying, Done),
        (Verifying, Failed),
        (Verifying, Skipped),
    ]
    .into();
    for from in OperationState::ALL {
        for to in OperationState::ALL {
            assert_eq!(from.may_become(to), allowed.contains(&(from, to)), "{from:?} → {to:?}");
        }
        let is_stuck = OperationState::ALL.iter().all(|to| !from.may_become(*to));
        assert_eq!(from.is_final(), is_stuck, "{from:?} is final if and only if nothing follows");
    }
}

#[test]
fn the_rest_doubles_from_one_minute_to_six_hours() {
    let failed_at: jiff::Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
    for (failures, seconds) in [
        (0, None),
        (1, None),
        (2, Some(60)),
        (3, Some(120)),
        (4, Some(240)),
        (10, Some(15_360)),
        (11, Some(21_600)),
        (40, Some(21_600)),
        (u32::MAX, Some(21_600)),
    ] {
        let rest = next_retry(failures, failed_at).map(|at| at.as_second() - failed_at.as_second());
        assert_eq!(rest, seconds, "after {failures} failures");
    }
    let late = next_retry(2, jiff::Timestamp::MAX);
    assert_eq!(late, Some(jiff::Timestamp::MAX), "the end of time is no panic");
}
