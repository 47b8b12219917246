//! R5: one failing object stops nobody, transient faults pass, refused credentials stop all. R6: stop means stop.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use lockstep_core::run::RunState;
use lockstep_engine::api::views::ConnectionState;
use lockstep_engine::error::ErrorCode;

use super::bench::{TestEngine, approve_all, lines, ready};
use super::changes::{set, staffed};

#[tokio::test]
async fn an_object_that_keeps_failing_rests_and_the_others_go_on() {
    let test = staffed().await;
    let ada = test.dump().target.users["ada"].id.clone();
    let refuse = format!("status:side=scim,method=PATCH,path=/Users/{ada},status=400");
    for round in 1..=2 {
        test.change([set("ada", "jobTitle", "Refused"), set("bob", "jobTitle", &format!("Round {round}"))]);
        test.faults(&[&refuse]);
        let run = test.apply_all().await;
        assert_eq!(run.state, RunState::Partial, "{run:#?}");
        let [failure] = run.failures.as_slice() else { panic!("one failed: {run:#?}") };
        assert_eq!((failure.label.as_str(), failure.status), ("ada@brightwater.example", Some(400)));
        assert!(failure.error.is_some() && failure.remedy.is_some(), "{failure:?}");
        assert_eq!(test.dump().target.users["bob"].title, format!("Round {round}"), "Bob is not stopped");
    }
    let held = ["update_user ada@brightwater.example held by quarantine"];
    assert_eq!(lines(&test.plan().await), held, "after the second failure it rests");
    test.clock.advance(SignedDuration::from_secs(59));
    assert_eq!(lines(&test.plan().await), held, "for a minute");
    test.clock.advance(SignedDuration::from_secs(2));
    assert_eq!(ready(&test.plan().await).len(), 1, "then it is tried again");
    test.apply_all().await;
    test.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(lines(&test.plan().await), held, "the rest doubles");
    assert_eq!(test.engine.retry(&test.id, None).await.unwrap(), 1);
    test.faults(&[]);
    assert_eq!(test.apply_all().await.state, RunState::Converged, "retry ends it");
    test.check_converged().await;
}

#[tokio::test]
async fn a_person_who_cannot_be_created_keeps_nobody_out_of_the_group() {
    let test = TestEngine::start("custom:people=12,groups=1").await;
    for _ in 0..3 {
        // Somebody is refused each time, whoever it is.
        test.faults(&["status:side=scim,method=POST,path=/Users,nth=1,status=400"]);
        let run = test.apply_all().await;
        assert_eq!(run.state, RunState::Partial, "{run:#?}");
        let dump = test.dump();
        let [group] = dump.target.groups.values().collect::<Vec<_>>()[..] else {
            panic!("{:?}", dump.target)
        };
        assert_eq!(group.members.len(), dump.target.users.len(), "whoever has an account is in the group");
        test.engine.retry(&test.id, None).await.unwrap();
        if dump.target.users.len() == 12 {
            break;
        }
    }
    test.faults(&[]);
    test.apply_all().await;
    test.check_converged().await;
}

#[tokio::test]
async fn transient_faults_are_outlasted() {
    for fault in [
        "status:side=scim,method=write,status=503,every=3",
        "status:side=scim,method=write,status=500,every=4",
        "status:side=scim,method=write,status=408,every=4",
        "drop-before:side=scim,method=write,every=3",
        "drop-after:side=scim,method=write,every=3",
        "cut-body:side=scim,method=write,every=3",
        "drop-before:side=scim,method=read,every=3",
        "status:side=jumpcloud,status=502,every=5",
    ] {
        let test = TestEngine::start("custom:people=20,groups=3").await;
        test.faults(&[fault]);
        let run = test.apply_all().await;
        assert_eq!(
            run.state,
            RunState::Converged,
            "{fault}: {:?} {:?} {:?}",
            run.problem,
            run.failures,
            run.differences
        );
        test.check_converged().await;
    }
}

#[tokio::test]
async fn a_rate_limit_costs_time_and_nothing_else() {
    for limit in ["rate-limit:rate=60,burst=5,retry-after=1", "rate-limit:rate=60,burst=5"] {
        let test = TestEngine::start("custom:people=30,groups=3").await;
        test.faults(&[limit]);
        let started = Instant::now();
        let run = test.apply_all().await;
        assert_eq!(run.state, RunState::Converged, "{limit}: {:?} {:?}", run.problem, run.failures);
        assert_eq!(run.requests.sent, 36, "{limit}: retries apart: {:?}", run.requests);
        assert!(test.sandbox.requests().counters().rate_limited > 0, "{limit}: it was met");
        assert!(started.elapsed() < Duration::from_secs(30), "{limit}: {:?}", started.elapsed());
        test.check_converged().await;
    }
}

#[tokio::test]
async fn refused_credentials_pause_the_connection_and_working_ones_resume_it() {
    for fault in
        ["revoked-key:side=scim,method=write,after=5", "status:side=scim,method=write,after=5,status=403"]
    {
        let test = TestEngine::start_with("custom:people=40,groups=3", |draft| draft.concurrency = 4).await;
        test.faults(&[fault]);
        let run = test.apply_all().await;
        assert_eq!(run.state, RunState::Stopped, "{fault}: {run:#?}");
        assert!(run.problem.is_some_and(|text| text.contains("key")), "{fault}: it says what to do");
        assert!(
            test.writes().len() <= 5 + 4,
            "{fault}: nothing is begun after the refusal: {}",
            test.writes().len()
        );
        assert_eq!(run.operations.failed, 0, "{fault}: nobody is blamed: {:?}", run.failures);
        let connection = test.engine.connection(&test.id).await.unwrap();
        assert_eq!(connection.state, ConnectionState::Paused, "{fault}");
        test.faults(&[]);
        let run = test.apply_all().await;
        assert_eq!(run.state, RunState::Converged, "{fault}: {run:#?}");
        assert_eq!(test.engine.connection(&test.id).await.unwrap().state, ConnectionState::Active, "{fault}");
        test.check_converged().await;
    }
}

#[tokio::test]
async fn a_key_refused_while_an_outcome_is_looked_up_loses_nothing() {
    // The answer of the third write is lost, and from then on the key is dead: whether it took effect is found out later.
    for lost in ["drop-after:side=scim,method=write,nth=3", "status:side=scim,method=write,nth=3,status=409"]
    {
        let test = TestEngine::start_with("custom:people=12,groups=2", |draft| draft.concurrency = 1).await;
        let plan = test.plan().await;
        test.faults(&[lost, "revoked-key:side=scim,method=read"]);
        let run = test.apply(approve_all(&plan)).await;
        assert_eq!(run.state, RunState::Stopped, "{lost}: {run:#?}");
        assert_eq!(test.writes().len(), 3, "{lost}: {:#?}", test.writes());
        test.faults(&[]);
        let run = test.apply_all().await;
        assert_eq!(run.state, RunState::Converged, "{lost}: {run:#?}");
        test.check_converged().await;
    }
}

#[tokio::test]
async fn a_key_refused_by_either_side_stops_the_reading() {
    for side in ["jumpcloud", "scim", "organisation"] {
        let test = staffed().await;
        test.faults(&[&format!("revoked-key:side={side}")]);
        let error = test.try_plan().await.expect_err("the key is refused");
        assert_eq!(error.code, ErrorCode::TokenRejected, "{side}: {error}");
        assert_eq!(test.engine.connection(&test.id).await.unwrap().state, ConnectionState::Paused, "{side}");
        test.faults(&[]);
        test.plan().await;
        assert_eq!(test.engine.connection(&test.id).await.unwrap().state, ConnectionState::Active, "{side}");
    }
}

#[tokio::test]
async fn stop_means_stop() {
    let test = TestEngine::start_with("custom:people=80,groups=3", |draft| draft.concurrency = 4).await;
    let plan = test.plan().await;
    test.sandbox.world().set_latency(Duration::from_millis(5));
    let run = test.engine.start_run(approve_all(&plan)).await.unwrap();
    while test.writes().len() < 10 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    test.engine.stop_run(&run.run_id).await.unwrap();
    let sent = test.writes().len();
    let run = test.wait(&run.run_id).await;
    assert_eq!(run.state, RunState::Stopped, "{run:#?}");
    assert!(
        test.writes().len() <= sent + 4,
        "no new request after the ones in flight: {}",
        test.writes().len()
    );
    assert_eq!(run.operations.failed, 0, "{:?}", run.failures);
    assert!(run.operations.skipped > 0 && run.operations.done > 0, "{:?}", run.operations);
    assert_eq!(
        run.operations.done as usize,
        test.dump().target.users.len(),
        "what was done is in the journal"
    );
    test.sandbox.world().set_latency(Duration::ZERO);
    // The same plan goes on where it was stopped: what is done is no news.
    let rest = test.apply_saved(&plan).await;
    assert_eq!((rest.state, rest.moved.len()), (RunState::Converged, 0), "{rest:#?}");
    test.check_converged().await;
}
