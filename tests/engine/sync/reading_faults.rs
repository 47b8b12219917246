//! R2: whatever breaks while either side is read, nobody loses anything by it.

use std::collections::BTreeSet;

use lockstep_core::plan::document::PlanDocument;
use lockstep_sandbox::{Dump, Fault, FaultKind, Matcher};

use super::bench::{TestEngine, approve_all, ready};

/// Every way for a page to be wrong.
fn kinds() -> [FaultKind; 7] {
    [
        FaultKind::Status { status: 503, retry_after: None },
        FaultKind::CutBody,
        FaultKind::Malformed,
        FaultKind::ShortPage { rows: None },
        FaultKind::MissingPage,
        FaultKind::EmptyList,
        FaultKind::ChangedTotal { by: -1 },
    ]
}

fn at(kind: &FaultKind, method: &str, path: &str) -> Fault {
    let matcher =
        Matcher { method: Some(method.to_owned()), path: Some(path.to_owned()), ..Matcher::default() };
    Fault { kind: kind.clone(), matcher, text: format!("{kind:?} at {method} {path}") }
}

/// Who is active and who is in which group: what a broken reading must not take away.
fn standing(dump: &Dump) -> (BTreeSet<String>, BTreeSet<(String, String)>) {
    let active = dump.target.users.iter().filter(|(_, user)| user.active).map(|(name, _)| name.clone());
    let members = dump
        .target
        .groups
        .iter()
        .flat_map(|(name, group)| group.members.iter().map(move |member| (name.clone(), member.clone())));
    (active.collect(), members.collect())
}

fn takes_away(plan: &PlanDocument) -> Vec<String> {
    let taking = ready(plan).into_iter().filter(|operation| operation.kind.takes_away());
    taking.map(|operation| format!("{:?} {}", operation.kind, operation.subject.label())).collect()
}

/// Returns every request that a reading sends, once each.
async fn requests(test: &TestEngine) -> BTreeSet<(String, String)> {
    test.sandbox.requests().reset();
    test.plan().await;
    test.sandbox.requests().all().into_iter().map(|request| (request.method, request.path)).collect()
}

#[tokio::test]
async fn a_fault_at_any_page_of_jumpclouds_lists_takes_nothing_from_anybody() {
    a_fault_at_any_page(|path| path.starts_with("/api/"), 3 + 1 + 4).await;
}

#[tokio::test]
async fn a_fault_at_any_page_of_atlassians_lists_takes_nothing_from_anybody() {
    a_fault_at_any_page(|path| !path.starts_with("/api/"), 3 + 1 + 1).await;
}

/// Breaks every page of a service's lists in every way; there are at least so many pages.
async fn a_fault_at_any_page(is_meant: impl Fn(&str) -> bool, least: usize) {
    let test = TestEngine::in_step("custom:people=210,groups=4,memberships=450").await;
    let before = standing(&test.dump());
    let mut pages = requests(&test).await;
    pages.retain(|(_, path)| is_meant(path));
    assert!(pages.len() >= least, "three pages of people, and every other list: {pages:#?}");
    test.sandbox.requests().reset();
    for (method, path) in &pages {
        for kind in kinds() {
            let fault = at(&kind, method, path);
            let what = fault.text.clone();
            test.sandbox.set_faults(vec![fault]);
            let Ok(plan) = test.try_plan().await else { continue };
            assert_eq!(takes_away(&plan), Vec::<String>::new(), "{what}");
            if !ready(&plan).is_empty() {
                test.apply(approve_all(&plan)).await;
            }
        }
    }
    assert_eq!(standing(&test.dump()), before, "everybody is as before");
    assert_eq!(
        test.writes().len(),
        0,
        "and with both sides in step nothing at all is sent: {:#?}",
        test.writes()
    );
    test.check_converged().await;
}

#[tokio::test]
async fn a_whole_service_that_lies_takes_nothing_from_anybody() {
    let test = TestEngine::in_step("custom:people=120,groups=3").await;
    let before = standing(&test.dump());
    for side in ["jumpcloud", "scim", "organisation"] {
        for kind in
            ["short-page", "empty-list", "missing-page", "changed-total", "changed-total:by=1", "malformed"]
        {
            let separator = if kind.contains(':') { ',' } else { ':' };
            let fault = format!("{kind}{separator}side={side}");
            test.faults(&[&fault]);
            let Ok(plan) = test.try_plan().await else { continue };
            assert_eq!(takes_away(&plan), Vec::<String>::new(), "{fault}");
            if !ready(&plan).is_empty() {
                test.apply(approve_all(&plan)).await;
            }
            assert_eq!(standing(&test.dump()), before, "{fault}");
        }
    }
    test.check_converged().await;
}

#[tokio::test]
async fn a_fault_in_the_reading_before_a_saved_plan_sends_nothing_that_takes_away() {
    let test = TestEngine::in_step("custom:people=60,groups=3").await;
    let person = test.dump().source.people.keys().next().cloned().unwrap();
    test.change([lockstep_sandbox::Change::Suspend { person: person.clone() }]);
    let plan = test.plan().await;
    assert_eq!(ready(&plan).len(), 1);
    test.faults(&["short-page:side=scim,method=GET,path=/Users"]);
    let run = test.apply_saved(&plan).await;
    assert!(test.writes().is_empty(), "the plan cannot be compared with what is there: {run:#?}");
    assert_eq!(run.moved.len(), 1, "and that is said: {run:#?}");
    test.faults(&[]);
    test.apply_all().await;
    test.check_converged().await;
}
