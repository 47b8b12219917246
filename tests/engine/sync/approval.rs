//! R1: what is sent is exactly what was approved, and R3: what a guard holds.

use std::collections::BTreeSet;

use lockstep_core::run::RunState;
use lockstep_engine::error::ErrorCode;
use lockstep_sandbox::Change;

use super::bench::{TestEngine, approve_all, lines, ready};
use super::changes::{hire, overriding, set, staffed};

#[tokio::test]
async fn what_moved_since_the_plan_is_not_sent_and_named_and_the_rest_goes() {
    let test = staffed().await;
    test.change([
        set("ada", "lastname", "Archer"),
        set("bob", "lastname", "Bishop"),
        set("cyd", "lastname", "Cooper"),
        hire("eve", "Evans", &["Crew"]),
    ]);
    let plan = test.plan().await;
    assert_eq!(ready(&plan).len(), 5, "{:?}", lines(&plan));
    // Ada is renamed once more; somebody else already renames Bob in Atlassian; Fay joins the group that Eve joins.
    test.change([
        set("ada", "lastname", "Ashford"),
        Change::TargetSet {
            person: "bob".into(),
            attribute: "name.familyName".into(),
            value: "Bishop".into(),
        },
        hire("fay", "Free", &["Crew"]),
    ]);
    test.sandbox.requests().reset();
    let run = test.apply_saved(&plan).await;
    let moved: BTreeSet<&str> = run.moved.iter().map(|moved| moved.label.as_str()).collect();
    assert_eq!(
        moved,
        ["Crew", "ada@brightwater.example", "bob@brightwater.example"].into(),
        "{:#?}",
        run.moved
    );
    assert_eq!(run.state, RunState::Partial, "{run:#?}");
    let target = test.dump().target;
    assert_eq!(target.users["ada"].family_name, "Able", "a name that nobody approved is not sent");
    assert_eq!(target.users["cyd"].family_name, "Cooper", "what did not move goes");
    assert!(target.users.contains_key("eve") && !target.users.contains_key("fay"), "only who was approved");
    assert_eq!(test.writes().len(), 2, "{:#?}", test.writes());
    test.sandbox.requests().reset();
    let again = test.apply_saved(&plan).await;
    assert_eq!(again.state, RunState::NothingToDo, "{again:#?}");
    assert!(test.writes().is_empty(), "an applied plan sends nothing more");
    assert_eq!(test.apply_all().await.state, RunState::Converged);
    test.check_converged().await;
}

#[tokio::test]
async fn a_plan_that_another_one_replaced_goes_only_after_comparing() {
    let test = staffed().await;
    test.change([set("ada", "lastname", "Archer")]);
    let plan = test.plan().await;
    test.plan().await;
    let error = test.engine.start_run(approve_all(&plan)).await.expect_err("it is not the latest");
    assert_eq!(error.code, ErrorCode::PlanStale, "{error}");
    let run = test.apply_saved(&plan).await;
    assert_eq!((run.state, run.moved.len()), (RunState::Converged, 0), "{run:#?}");
    test.check_converged().await;
}

#[tokio::test]
async fn a_replaced_plan_whose_run_was_broken_off_goes_on_where_it_was() {
    let test = staffed().await;
    test.change([set("ada", "lastname", "Archer"), set("bob", "lastname", "Bishop")]);
    let plan = test.plan().await;
    test.plan().await;
    test.faults(&["status:side=scim,method=write,nth=2,status=401"]);
    let broken = test.apply_saved(&plan).await;
    assert_eq!((broken.state, broken.operations.done), (RunState::Stopped, 1), "{broken:#?}");
    test.faults(&[]);
    let rest = test.apply_saved(&plan).await;
    assert_eq!(
        (rest.state, rest.moved.len()),
        (RunState::Converged, 0),
        "what its own run did is no news: {rest:#?}"
    );
    let view = test.engine.plan(&plan.plan_id).await.unwrap();
    assert_eq!(view.run_id, Some(broken.run_id), "the plan knows the run that began it");
    test.check_converged().await;
}

#[tokio::test]
async fn an_edited_or_foreign_plan_is_refused() {
    let test = staffed().await;
    test.change([set("ada", "lastname", "Archer")]);
    let plan = test.plan().await;
    let mut edited = plan.clone();
    edited.operations[0].reason.text = "Because I say so.".to_owned();
    let mut foreign = plan.clone();
    foreign.connection = "another".into();
    let mut unknown = plan.clone();
    unknown.plan_id = "plan-of-another-directory".into();
    for bad in [edited, foreign, unknown] {
        let error = test.engine.check_saved_plan(&test.id, &bad).await.expect_err("it is not our plan");
        assert_eq!(error.code, ErrorCode::InvalidInput, "{error}");
        assert!(!error.hints.is_empty(), "{error} says what to do");
    }
    test.engine.check_saved_plan(&test.id, &plan).await.unwrap();
}

#[tokio::test]
async fn an_inactive_connection_applies_nothing() {
    let test = staffed().await;
    test.change([set("ada", "lastname", "Archer")]);
    let plan = test.plan().await;
    test.engine.deactivate(&test.id).await.unwrap();
    let error = test.engine.start_run(approve_all(&plan)).await.expect_err("it is not active");
    assert_eq!(error.code, ErrorCode::NotActive, "{error}");
    assert!(test.writes().is_empty());
}

#[tokio::test]
async fn thirty_suspended_at_once_are_held_and_an_override_releases_exactly_them() {
    let test = TestEngine::in_step("custom:people=100,groups=4").await;
    let people: Vec<String> = test.dump().source.people.keys().take(30).cloned().collect();
    test.change(people.iter().map(|person| Change::Suspend { person: person.clone() }));
    let plan = test.plan().await;
    assert_eq!(plan.operations.len(), 30, "{:?}", lines(&plan));
    assert!(lines(&plan).iter().all(|line| line.ends_with("held by guard")), "{:?}", lines(&plan));
    assert_eq!(test.apply(approve_all(&plan)).await.state, RunState::NothingToDo);
    assert!(test.writes().is_empty(), "what a guard holds is not sent");
    let plan = test.plan().await;
    let run = test.apply(overriding(approve_all(&plan))).await;
    assert_eq!(run.state, RunState::Converged, "{run:#?}");
    let by = run.guard_override.expect("the override is recorded");
    assert_eq!((by.reason.as_str(), by.by.as_str()), ("We checked", "tests"));
    let inactive: Vec<String> =
        test.dump().target.users.into_iter().filter(|(_, user)| !user.active).map(|(name, _)| name).collect();
    assert_eq!(inactive, people, "exactly they are deactivated");
    assert_eq!(test.writes().len(), 30, "with one request each");
    test.check_converged().await;
}
