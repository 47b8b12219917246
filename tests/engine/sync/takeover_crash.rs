//! Crashes around the steps of a takeover: what was sent is finished or settled, nothing is there twice, nobody is lost (R4).

use lockstep_core::run::RunState;
use lockstep_engine::Engine;
use lockstep_engine::api::runs::RunDocument;
use lockstep_engine::api::views::DecisionInput;
use lockstep_sandbox::Change;

use super::bench::approve_all;
use super::changes::{hire, new_group};
use super::crash_world::{CrashWorld, End};
use super::gate::Strike;

const STRIKES: [Strike; 4] =
    [Strike::Before, Strike::AfterCommit, Strike::AtTheNext, Strike::ErrorAfterCommitThenNext];

/// Ada is Studio in Atlassian, Bob in JumpCloud; everything else is in step.
fn clashing(local: bool) -> CrashWorld {
    let world = CrashWorld::with_both_sides_behind_the_gate("custom:people=6,groups=1");
    for (username, lastname) in [("ada", "Able"), ("bob", "Baker")] {
        world.change([hire(username, lastname, &[])]);
    }
    world.change(new_group("Crew", &["ada", "bob"]));
    assert!(matches!(world.apply_until_struck(), End::Ended(_)), "nothing strikes yet");
    let clash = if local {
        Change::CreateLocalGroup {
            group: "Studio".into(),
            members: vec!["ada@brightwater.example".into()],
            app: Some("jira-software".into()),
            default_access: false,
        }
    } else {
        Change::TargetCreateGroup { group: "Studio".into(), members: vec!["ada".into()] }
    };
    world.change([clash]);
    world.change(new_group("Studio", &["bob"]));
    world
}

/// Plans, answers and applies; as often as it is called.
async fn decide_and_apply(world: &CrashWorld, engine: Engine, choice: &str) -> RunDocument {
    let mut plan = engine.compute_plan(&world.id).await.unwrap().plan_id;
    if let Ok(view) = engine.conflict_of_group(&world.id, "Studio").await
        && view.conflict.decision.is_none()
    {
        let input =
            DecisionInput { conflict: view.conflict.id, choice: choice.to_owned(), facts: None, seen: None };
        let answer = engine.decide(&world.id, vec![input]).await.unwrap();
        assert!(answer.refused.is_empty(), "{answer:?}");
        plan = answer.plan.unwrap();
    }
    let plan = engine.plan_document(&plan).await.unwrap();
    let run = engine.start_run(approve_all(&plan)).await.unwrap();
    engine.wait_run(&run.run_id).await.unwrap();
    let run = engine.run_document(&run.run_id).await.unwrap();
    engine.close().await;
    run
}

fn members(world: &CrashWorld) -> (Vec<String>, Vec<String>) {
    let dump = world.sandbox.world().dump();
    let mut source: Vec<String> = dump.source.groups["Studio"].members.iter().cloned().collect();
    let mut target = dump.target.groups["Studio"].members.clone();
    source.sort();
    target.sort();
    (source, target)
}

#[test]
fn a_takeover_killed_at_any_write_is_finished_by_the_next_run() {
    for (local, choice, expected) in [
        (false, "take-over", vec!["bob"]),
        (true, "take-over", vec!["bob"]),
        (false, "keep-others", vec!["ada", "bob"]),
    ] {
        for strike in STRIKES {
            for nth in 1..=3 {
                let what = format!("{strike:?} at write {nth} of {choice}, local {local}");
                let world = clashing(local);
                world.gate.arm(nth, strike);
                let end = world.in_a_process(async |engine| decide_and_apply(&world, engine, choice).await);
                world.heal();
                let is_over = matches!(end, End::Ended(_));
                let end = world.in_a_process(async |engine| decide_and_apply(&world, engine, choice).await);
                let End::Ended(run) = end else { panic!("{what}: nothing strikes any more") };
                assert!(matches!(run.state, RunState::Converged | RunState::NothingToDo), "{what}: {run:#?}");
                let (_, target) = members(&world);
                assert_eq!(target, expected, "{what}");
                if is_over {
                    // Fewer writes than that: every one of them has been struck.
                    break;
                }
            }
        }
    }
}
