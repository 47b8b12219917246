//! Removals: whoever was not named stays, whatever the reading lacked and however the target misunderstands.

use lockstep_core::run::RunState;
use lockstep_sandbox::Change;

use super::bench::{approve_all, lines, ready};
use super::changes::staffed;

#[tokio::test]
async fn r2_somebody_who_was_a_member_on_both_sides_all_along_is_not_lost_by_a_short_page() {
    let test = staffed().await;
    // Cyd came into the group in Atlassian before she did in JumpCloud: nothing was ever sent about it.
    test.change([
        Change::TargetAddMember { group: "Crew".into(), person: "cyd".into() },
        Change::AddMember { group: "Crew".into(), person: "cyd".into() },
    ]);
    assert_eq!(lines(&test.plan().await), Vec::<String>::new(), "both sides are in step");
    for rows in 0..3 {
        test.faults(&[&format!("short-page:side=jumpcloud,path=members,rows={rows}")]);
        let plan = test.plan().await;
        let taking: Vec<_> =
            ready(&plan).into_iter().filter(|operation| operation.kind.takes_away()).collect();
        assert!(taking.is_empty(), "{rows} of three members read: {taking:#?}");
        test.apply(approve_all(&plan)).await;
    }
    assert!(test.dump().target.groups["Crew"].members.len() == 3, "{:?}", test.dump().target.groups["Crew"]);
    test.check_converged().await;
}

#[tokio::test]
async fn a_server_that_takes_everybody_out_is_found_out_and_the_others_are_put_back() {
    let test = staffed().await;
    test.sandbox.world().set_dialect("removal=empties".parse().unwrap());
    let before = test.dump().target.groups["Crew"].members.clone();
    test.change([Change::RemoveMember { group: "Crew".into(), person: "bob".into() }]);
    let run = test.apply_all().await;
    assert_eq!(run.state, RunState::Partial, "{run:#?}");
    assert_eq!(run.failures.len(), 1, "{run:#?}");
    let error = run.failures[0].error.as_deref().unwrap_or_default();
    assert!(error.contains("took everybody out") && error.contains("put back"), "{error}");
    let after = test.dump().target.groups["Crew"].members.clone();
    assert_eq!(after.len(), before.len() - 1, "only who was named is out: {after:?}");
}
