//! Who comes and who goes of one group: one request where the target takes it, each half judged by itself (P1).

use lockstep_core::run::RunState;
use lockstep_sandbox::Change;

use super::bench::{TestEngine, lines};
use super::changes::staffed;

/// Cyd comes, Bob goes.
async fn exchanged() -> TestEngine {
    let test = staffed().await;
    test.change([
        Change::AddMember { group: "Crew".into(), person: "cyd".into() },
        Change::RemoveMember { group: "Crew".into(), person: "bob".into() },
    ]);
    test.sandbox.requests().reset();
    test
}

#[tokio::test]
async fn who_comes_and_who_goes_is_one_request_as_the_plan_says() {
    let test = exchanged().await;
    let plan = test.plan().await;
    let groups: Vec<String> = lines(&plan).into_iter().filter(|line| line.ends_with("Crew")).collect();
    assert_eq!(groups, ["add_members Crew", "remove_members Crew"], "two operations, each with its own undo");
    let run = test.apply_all().await;
    assert_eq!(run.state, RunState::Converged, "{run:#?}");
    assert_eq!(test.writes().len(), plan.requests.planned, "{:?}", test.writes());
    assert_eq!(run.operations.done as usize, plan.operations.len(), "{run:#?}");
    test.check_converged().await;
}

#[tokio::test]
async fn a_pair_that_is_refused_goes_in_two_requests_and_from_then_on_always() {
    let test = exchanged().await;
    let planned = test.plan().await.requests.planned;
    test.faults(&["status:status=400,side=scim,method=patch,path=Groups,nth=1"]);
    let run = test.apply_all().await;
    assert_eq!(run.state, RunState::Converged, "{run:#?}");
    test.faults(&[]);
    test.check_converged().await;
    test.change([
        Change::RemoveMember { group: "Crew".into(), person: "cyd".into() },
        Change::AddMember { group: "Crew".into(), person: "bob".into() },
    ]);
    let plan = test.plan().await;
    assert_eq!(plan.requests.planned, planned + 1, "the plan knows that it takes two");
    test.sandbox.requests().reset();
    test.apply_all().await;
    assert_eq!(test.writes().len(), plan.requests.planned, "{:?}", test.writes());
    test.check_converged().await;
}

#[tokio::test]
async fn a_pair_whose_answer_is_lost_is_looked_at_before_anything_is_sent_again() {
    for (fault, sent) in [("drop-after", 0), ("drop-before", 1)] {
        let test = exchanged().await;
        let planned = test.plan().await.requests.planned;
        test.faults(&[&format!("{fault}:side=scim,method=patch,path=Groups,nth=1")]);
        let run = test.apply_all().await;
        assert_eq!(run.state, RunState::Converged, "{fault}: {run:#?}");
        assert!(test.writes().len() >= planned + sent, "{fault}: {:?}", test.writes());
        let members = test.dump().target.groups["Crew"].members.clone();
        assert!(
            members.contains(&"cyd".to_owned()) && !members.contains(&"bob".to_owned()),
            "{fault}: {members:?}"
        );
        test.check_converged().await;
    }
}
