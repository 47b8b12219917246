//! R7: what was sent is read back; a success that did nothing is a difference, and is not planned for ever (P2).

use lockstep_core::run::RunState;
use lockstep_engine::api::views::ConnectionState;
use lockstep_sandbox::Change;

use super::bench::{TestEngine, approve_all, lines};
use super::changes::{set, staffed};

#[tokio::test]
async fn an_attribute_that_the_target_drops_is_a_difference_once() {
    let test = TestEngine::start("custom:people=12,groups=2").await;
    test.sandbox.world().set_dialect("drop=title".parse().unwrap());
    let run = test.apply_all().await;
    assert_eq!(run.state, RunState::Partial, "{run:#?}");
    assert_eq!(run.differences.len(), 12, "{:#?}", run.differences);
    assert!(
        run.differences.iter().all(|it| it.attribute == "title" && it.found.is_none()),
        "{:?}",
        run.differences
    );
    test.sandbox.requests().reset();
    let next = test.plan().await;
    assert_eq!(lines(&next), Vec::<String>::new(), "it is not planned again");
    assert!(
        next.findings.iter().any(|finding| finding.code == "attribute_not_kept"),
        "it is said: {:?}",
        next.findings
    );
    assert_eq!(test.apply(approve_all(&next)).await.state, RunState::NothingToDo);
    assert!(test.writes().is_empty());
}

#[tokio::test]
async fn a_removal_that_the_target_ignores_is_sent_in_the_other_form() {
    for removal in ["path", "array"] {
        let test = staffed().await;
        test.sandbox.world().set_dialect(format!("removal={removal}").parse().unwrap());
        test.change([
            Change::RemoveMember { group: "Crew".into(), person: "bob".into() },
            Change::RemoveMember { group: "Night".into(), person: "cyd".into() },
        ]);
        let run = test.apply_all().await;
        assert_eq!(run.state, RunState::Converged, "{removal}: {run:#?}");
        test.check_converged().await;
    }
}

#[tokio::test]
async fn what_cannot_be_read_back_is_said_and_is_no_difference() {
    // Few objects are read one by one, many as lists.
    let few = staffed().await;
    few.change([set("ada", "jobTitle", "Pilot")]);
    let many = TestEngine::start("custom:people=30,groups=2").await;
    for (test, faults) in [
        (&few, ["status:side=scim,method=GET,status=503", "slow:ms=0"]),
        (&few, ["malformed:side=scim,method=GET", "slow:ms=0"]),
        (&many, ["status:side=scim,method=GET,status=503", "slow:ms=0"]),
        (
            &many,
            [
                "short-page:side=scim,method=GET,path=/Users",
                "changed-total:side=scim,method=GET,path=/Groups",
            ],
        ),
    ] {
        test.change([set("dan", "jobTitle", faults[0])].into_iter().filter(|_| std::ptr::eq(test, &few)));
        let plan = test.plan().await;
        test.faults(&faults);
        let run = test.apply(approve_all(&plan)).await;
        if plan.operations.is_empty() {
            continue;
        }
        assert_eq!(run.state, RunState::Partial, "{faults:?}: {run:#?}");
        assert_eq!(run.differences, [], "{faults:?}: what was not read does not differ");
        assert!(run.problem.is_some_and(|text| text.contains("sent")), "{faults:?}");
        test.check_converged().await;
    }
}

#[tokio::test]
async fn a_key_refused_while_reading_back_stops_the_run_and_pauses_the_connection() {
    for (scenario, status) in [
        ("custom:people=3,groups=1", 401),
        ("custom:people=3,groups=1", 403),
        ("custom:people=150,groups=2", 401),
    ] {
        let test = TestEngine::start(scenario).await;
        let plan = test.plan().await;
        test.faults(&[&format!("status:side=scim,method=GET,status={status}")]);
        let run = test.apply(approve_all(&plan)).await;
        assert_eq!(run.state, RunState::Stopped, "{scenario}, {status}: {run:#?}");
        assert_eq!(run.operations.done as usize, plan.operations.len(), "everything had been sent");
        assert!(run.problem.is_some_and(|text| text.contains("Everything was sent")), "{scenario}, {status}");
        let connection = test.engine.connection(&test.id).await.unwrap();
        assert_eq!(connection.state, ConnectionState::Paused, "{scenario}, {status}");
        test.faults(&[]);
        let again = test.apply_saved(&plan).await;
        assert_eq!(again.state, RunState::NothingToDo, "nothing is sent twice: {again:#?}");
        test.check_converged().await;
    }
}

#[tokio::test]
async fn odd_servers_are_synchronised_all_the_same() {
    for dialect in [
        "patch-204",
        "patch-empty",
        "filters-empty",
        "page-cap=5",
        "past-end-repeats",
        "bare-409",
        "relative-location",
        "members-cap=7",
        "post-members-ignored",
        "strict-targets",
    ] {
        let test = TestEngine::start("custom:people=30,groups=2").await;
        test.sandbox.world().set_dialect(dialect.parse().unwrap());
        let run = test.apply_all().await;
        assert_eq!(
            run.state,
            RunState::Converged,
            "{dialect}: {:?} {:?} {:?}",
            run.problem,
            run.failures,
            run.differences
        );
        let person = test.dump().source.people.keys().next().cloned().unwrap();
        let group =
            test.dump().source.groups.iter().find(|(_, it)| it.members.contains(&person)).unwrap().0.clone();
        test.change([
            set(&person, "lastname", "Newname"),
            Change::RemoveMember { group, person: person.clone() },
        ]);
        let run = test.apply_all().await;
        assert_eq!(
            run.state,
            RunState::Converged,
            "{dialect}: {:?} {:?} {:?}",
            run.problem,
            run.failures,
            run.differences
        );
        super::desired::check(&test.dump());
        assert_eq!(lines(&test.plan().await), Vec::<String>::new(), "{dialect}");
    }
}
