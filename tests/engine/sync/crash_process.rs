//! R4 with a real process and a real SIGKILL: the test binary starts itself again as the one that syncs.

use std::process::{Child, Command, Stdio};

use lockstep_core::ids::ConnectionId;
use lockstep_engine::api::views::KeyKind;
use lockstep_engine::clock::Clock;
use lockstep_engine::secrets::Sensitive;

use super::bench::open;
use super::crash_world::{CrashWorld, apply};
use super::gate::Strike;

const DIRECTORY: &str = "LOCKSTEP_TEST_SYNC_DIRECTORY";
const CONNECTION: &str = "LOCKSTEP_TEST_SYNC_CONNECTION";
const KEYS: [(KeyKind, &str); 3] = [
    (KeyKind::Jumpcloud, "LOCKSTEP_TEST_SYNC_JUMPCLOUD"),
    (KeyKind::Scim, "LOCKSTEP_TEST_SYNC_SCIM"),
    (KeyKind::Organisation, "LOCKSTEP_TEST_SYNC_ORGANISATION"),
];

#[tokio::test]
#[ignore = "not a test: another one starts it as a process of its own"]
async fn process_that_syncs() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let id = ConnectionId::from(std::env::var(CONNECTION).unwrap());
    let engine = open(directory.as_ref(), &Clock::System).await.unwrap();
    for (kind, variable) in KEYS {
        engine.set_memory_key(&id, kind, Sensitive::new(std::env::var(variable).unwrap())).await.unwrap();
    }
    apply(&engine, &id).await;
    engine.close().await;
}

/// A process that syncs; killed at the latest when it is dropped.
struct Process(Child);

impl Process {
    fn start(world: &CrashWorld) -> Self {
        let access = world.sandbox.access();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "sync::crash_process::process_that_syncs", "--ignored", "--test-threads=1"])
            .env(DIRECTORY, world.directory.path())
            .env(CONNECTION, world.id.as_str())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let keys = [access.jumpcloud_api_key, access.scim_token, access.organisation_key];
        command.envs(KEYS.iter().map(|(_, variable)| *variable).zip(keys));
        Self(command.spawn().expect("the test binary starts once more"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGKILL; it may have ended already, and both are then no-ops.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_process_killed_by_the_system_is_finished_by_the_next() {
    for strike in [Strike::Before, Strike::AfterCommit] {
        // A person, the last person, a group, a list of members, and the last one.
        for nth in [1, 12, 13, 16, 18] {
            let what = format!("SIGKILL {strike:?} write {nth}");
            let world = CrashWorld::start("custom:people=12,groups=3,memberships=24");
            world.gate.arm(nth, strike);
            let process = Process::start(&world);
            world.wait_for_strike(&what);
            drop(process);
            world.recover_and_check(&what);
        }
    }
}
