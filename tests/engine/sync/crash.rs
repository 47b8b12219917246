//! R4: a run that is killed at any moment is finished by the next one, without a duplicate and without a loss.
//!
//! Every write of a run × every way for it to go wrong × the power going right then, after it took effect, or while the
//! engine finds out what became of it.

use lockstep_core::run::RunState;
use lockstep_sandbox::Change;

use super::crash_world::{CrashWorld, End, picture};
use super::gate::Strike;

const SCENARIO: &str = "custom:people=12,groups=3,memberships=24";

/// What goes wrong at the n-th write.
#[derive(Debug, Clone, Copy)]
struct Mishap {
    /// A fault of the sandbox.
    fault: Option<&'static str>,
    strike: Strike,
}

const fn mishap(fault: Option<&'static str>, strike: Strike) -> Mishap {
    Mishap { fault, strike }
}

/// The power goes at the write itself.
const POWER: [Mishap; 2] = [mishap(None, Strike::Before), mishap(None, Strike::AfterCommit)];
/// The write goes wrong, and the power goes while its outcome is found out.
const POWER_AFTER_FAULT: [Mishap; 5] = [
    mishap(Some("drop-before"), Strike::AtTheNext),
    mishap(Some("drop-after"), Strike::AtTheNext),
    mishap(Some("status:status=503"), Strike::AtTheNext),
    mishap(Some("slow:ms=5"), Strike::AtTheNext),
    mishap(None, Strike::ErrorAfterCommitThenNext),
];
/// The write goes wrong, and the power stays: the run itself has to come through.
const FAULT_ONLY: [Mishap; 5] = [
    mishap(Some("drop-before"), Strike::Never),
    mishap(Some("drop-after"), Strike::Never),
    mishap(Some("status:status=503"), Strike::Never),
    mishap(Some("cut-body"), Strike::Never),
    mishap(None, Strike::ErrorAfterCommit),
];

impl Mishap {
    /// Sets it at the n-th write from now on.
    fn set(self, world: &CrashWorld, nth: u64) {
        world.gate.arm(nth, self.strike);
        let fault = self.fault.map(|fault| {
            let separator = if fault.contains(':') { ',' } else { ':' };
            format!("{fault}{separator}side=scim,method=write,nth={nth}")
        });
        world.faults(fault.as_slice());
    }

    /// Checks how the run ended, and returns whether the n-th write was there at all.
    fn check(self, end: &End, what: &str) -> bool {
        match (self.strike, end) {
            (Strike::Never | Strike::ErrorAfterCommit, End::Ended(run)) => {
                assert_eq!(run.state, RunState::Converged, "{what}: one fault is outlasted: {run:#?}");
                true
            }
            (Strike::Never | Strike::ErrorAfterCommit, End::Crashed) => panic!("{what}: nothing strikes"),
            (_, End::Crashed) => true,
            // Fewer writes than n.
            (_, End::Ended(_)) => false,
        }
    }
}

/// Kills the first sync at every write.
fn first_sync(mishaps: &[Mishap], finish: impl Fn(&CrashWorld, &str)) {
    let undisturbed = CrashWorld::start(SCENARIO);
    let End::Ended(run) = undisturbed.apply_until_struck() else { panic!("nothing strikes") };
    assert_eq!(run.state, RunState::Converged, "{run:#?}");
    let writes = u64::from(run.requests.sent);
    assert_eq!(writes, 12 + 3 + 3, "twelve people, three groups, three lists of members");
    let expected = picture(&undisturbed.sandbox.world().dump());
    for mishap in mishaps {
        for nth in 1..=writes {
            let what = format!("{mishap:?} at write {nth} of the first sync");
            let world = CrashWorld::start(SCENARIO);
            mishap.set(&world, nth);
            assert!(mishap.check(&world.apply_until_struck(), &what), "{what}: it struck");
            finish(&world, &what);
            assert_eq!(
                picture(&world.sandbox.world().dump()),
                expected,
                "{what}: as in an undisturbed world"
            );
        }
    }
}

/// Kills later runs, one write further each time, with a change of every kind in each.
fn later_runs(mishaps: &[Mishap], finish: impl Fn(&CrashWorld, &str)) {
    for mishap in mishaps {
        let world = CrashWorld::start(SCENARIO);
        assert!(matches!(world.apply_until_struck(), End::Ended(_)), "the first sync");
        let people: Vec<String> = world.sandbox.world().dump().source.people.keys().cloned().collect();
        let mut nth = 0;
        loop {
            nth += 1;
            let what = format!("{mishap:?} at write {nth} of a later run");
            world.change(round(nth, &people));
            mishap.set(&world, nth);
            let end = world.apply_until_struck();
            let goes_on = mishap.check(&end, &what);
            finish(&world, &what);
            if let End::Ended(run) = &end
                && (!goes_on || u64::from(run.requests.sent) < nth)
            {
                assert!(nth > 9, "{what}: a round has a write of every kind: {:?}", run.requests);
                break;
            }
        }
    }
}

/// Changes of every kind: update, deactivate, activate, create, a new group, members in and out.
fn round(nth: u64, people: &[String]) -> Vec<Change> {
    let person = |offset: u64| people[usize::try_from((nth + offset) % people.len() as u64).unwrap()].clone();
    let set = |offset: u64, field: &str| Change::SetAttribute {
        person: person(offset),
        field: field.to_owned(),
        value: format!("Round {nth}"),
    };
    let (newcomer, group) = (format!("newcomer{nth}"), format!("Group of round {nth}"));
    let mut changes = vec![
        set(5, "lastname"),
        set(6, "jobTitle"),
        Change::Suspend { person: person(0) },
        Change::CreatePerson {
            username: newcomer.clone(),
            email: format!("{newcomer}@brightwater.example"),
            firstname: "New".to_owned(),
            lastname: "Comer".to_owned(),
            groups: Vec::new(),
            attributes: [("displayname".to_owned(), "New Comer".to_owned())].into(),
        },
        Change::CreateGroup { group: group.clone(), members: vec![newcomer, person(7), person(8)] },
        Change::BindGroup { group: group.clone(), application: None },
    ];
    if nth > 1 {
        let former = format!("Group of round {}", nth - 1);
        changes.extend([
            Change::Restore {
                person: people[usize::try_from((nth - 1) % people.len() as u64).unwrap()].clone(),
            },
            Change::AddMember { group: former.clone(), person: person(9) },
            // Who leaves keeps other groups; a newcomer has no other one and is deactivated.
            Change::RemoveMember { group: former.clone(), person: person(7) },
            Change::RemoveMember { group: former, person: format!("newcomer{}", nth - 1) },
        ]);
    }
    changes
}

#[test]
fn a_first_sync_killed_at_any_write_is_finished_by_the_next() {
    first_sync(&POWER, CrashWorld::recover_and_check);
}

#[test]
fn a_first_sync_killed_at_any_write_is_finished_by_applying_its_plan_again() {
    first_sync(&POWER, CrashWorld::resume_and_check);
}

#[test]
fn a_first_sync_killed_while_an_outcome_is_unknown_is_finished_by_the_next() {
    first_sync(&[POWER_AFTER_FAULT[1], POWER_AFTER_FAULT[4]], CrashWorld::recover_and_check);
}

#[test]
fn a_first_sync_outlasts_a_lost_answer_at_any_write() {
    first_sync(&FAULT_ONLY[1..2], CrashWorld::recover_and_check);
}

#[test]
fn a_later_run_killed_at_any_write_is_finished_by_the_next() {
    later_runs(&POWER, CrashWorld::recover_and_check);
}

#[test]
fn a_later_run_killed_while_an_outcome_is_unknown_is_finished_by_the_next() {
    later_runs(&POWER_AFTER_FAULT, CrashWorld::recover_and_check);
}

#[test]
fn a_later_run_outlasts_a_fault_at_any_write() {
    later_runs(&FAULT_ONLY, CrashWorld::recover_and_check);
}

#[test]
fn a_later_run_killed_at_any_write_is_finished_by_applying_its_plan_again() {
    later_runs(&POWER[1..], CrashWorld::resume_and_check);
}

#[test]
fn a_group_killed_between_two_batches_of_members_gets_the_rest() {
    // After the people and the group, the second of three batches.
    for finish in [CrashWorld::recover_and_check, CrashWorld::resume_and_check] {
        for strike in [Strike::Before, Strike::AfterCommit] {
            let world = CrashWorld::start("custom:people=230,groups=1");
            world.gate.arm(230 + 1 + 2, strike);
            assert!(matches!(world.apply_until_struck(), End::Crashed), "it comes that far");
            finish(&world, &format!("{strike:?} the second batch"));
        }
    }
}

#[test]
fn a_run_killed_with_many_requests_in_flight_is_finished_by_the_next() {
    for strike in [Strike::Before, Strike::AfterCommit] {
        for nth in [1, 6, 11, 14, 17] {
            let what = format!("{strike:?} write {nth} of sixteen at once");
            let world = CrashWorld::with_in_flight(SCENARIO, 16);
            world.gate.arm(nth, strike);
            assert!(matches!(world.apply_until_struck(), End::Crashed), "{what}: it comes that far");
            world.recover_and_check(&what);
        }
    }
}
