//! Connections: ids, what is refused, states, and what the log says.

use lockstep_core::ids::ConnectionId;
use lockstep_engine::api::views::{ConnectionState, KeyKind, WindowQuery};
use lockstep_engine::error::ErrorCode;
use lockstep_engine::secrets::Sensitive;
use lockstep_engine::{Engine, OpenMode};
use lockstep_sandbox::{Fault, ScenarioName};
use tempfile::TempDir;

use super::{Connected, draft, open, options, start};

fn all() -> WindowQuery {
    WindowQuery { limit: 200, ..WindowQuery::default() }
}

#[tokio::test]
async fn ids_are_made_from_names_and_stay_unique_after_a_removal() {
    let sandbox = start(ScenarioName::Small).await;
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    let mut draft = draft(&sandbox.access());
    draft.name = "Acme (Zürich)".to_owned();
    let first = engine.add_connection(draft.clone()).await.unwrap();
    let second = engine.add_connection(draft.clone()).await.unwrap();
    assert_eq!(first.connection_id.as_str(), "acme-zurich", "letters, digits and hyphens");
    assert_eq!(second.connection_id.as_str(), "acme-zurich-2", "the same name gets a number");
    engine.remove_connection(&first.connection_id).await.unwrap();
    let third = engine.add_connection(draft).await.unwrap();
    assert_eq!(
        third.connection_id.as_str(),
        "acme-zurich-3",
        "a removed connection's log stays readable under its id, so the id is not given again"
    );
    let log = engine.event_records(&first.connection_id, None, None).await.unwrap();
    assert_eq!(log.last().map(|event| event.event_type.as_str()), Some("idm_integration_delete"));
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_and_nothing_is_stored() {
    let sandbox = start(ScenarioName::Small).await;
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    let good = draft(&sandbox.access());
    let mut cases = Vec::new();
    let mut spoil = |change: &dyn Fn(&mut lockstep_engine::api::views::ConnectionDraft)| {
        let mut bad = good.clone();
        change(&mut bad);
        cases.push(bad);
    };
    spoil(&|draft| draft.name = "  ".to_owned());
    spoil(&|draft| draft.endpoints.jumpcloud_url = "http://console.jumpcloud.com".to_owned());
    spoil(&|draft| draft.endpoints.jumpcloud_url = "console.jumpcloud.com".to_owned());
    spoil(&|draft| draft.endpoints.scim_url = "https://api.atlassian.com".to_owned());
    spoil(&|draft| draft.endpoints.application = String::new());
    spoil(&|draft| draft.endpoints.organisation_id = None);
    spoil(&|draft| draft.concurrency = 0);
    spoil(&|draft| draft.policy.guards.max_deactivation_share = Some(150));
    for bad in cases {
        let error = engine.add_connection(bad.clone()).await.expect_err("it cannot be used");
        assert_eq!(error.code, ErrorCode::InvalidInput, "{error} for {bad:?}");
        assert!(!error.hints.is_empty(), "{error} says what to do");
    }
    assert!(engine.list_connections().await.unwrap().is_empty(), "nothing was stored");
}

#[tokio::test]
async fn states_change_once_and_the_log_says_who_changed_them() {
    let connected = Connected::to(ScenarioName::Small).await;
    let Connected { engine, id, .. } = &connected;
    assert_eq!(engine.connection(id).await.unwrap().state, ConnectionState::Inactive, "as added");
    assert_eq!(engine.activate(id).await.unwrap().state, ConnectionState::Active);
    assert_eq!(engine.activate(id).await.unwrap().state, ConnectionState::Active, "twice is once");
    let mut changed = engine.connection(id).await.unwrap().draft;
    changed.policy.user_limit = 7;
    assert_eq!(engine.set_connection(id, changed.clone()).await.unwrap().draft.policy.user_limit, 7);
    engine.set_connection(id, changed).await.unwrap();
    assert_eq!(engine.deactivate(id).await.unwrap().state, ConnectionState::Inactive);
    let log = engine.event_records(id, None, None).await.unwrap();
    let types: Vec<&str> = log.iter().map(|event| event.event_type.as_str()).collect();
    assert_eq!(
        types,
        ["idm_integration_activate", "idm_integration_update", "idm_integration_update"],
        "what changed nothing is not recorded"
    );
    assert!(log.iter().all(|event| event.initiated_by == "tests"), "{log:?}");
    assert_eq!(log[1].subject["changed"][0], "user-limit", "an update names what was changed: {:?}", log[1]);
    let window = engine.events(id, &all()).await.unwrap();
    assert_eq!(window.total, 3, "{window:?}");
    assert_eq!(window.rows[0].sequence, 3, "the newest comes first");
}

#[tokio::test]
async fn an_unknown_connection_is_said_to_be_unknown() {
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    let nobody = ConnectionId::from("nobody");
    let codes = [
        engine.connection(&nobody).await.unwrap_err().code,
        engine.latest_plan(&nobody).await.unwrap_err().code,
        engine.runs(&nobody).await.unwrap_err().code,
        engine.overview(&nobody).await.unwrap_err().code,
        engine.people(&nobody, &all()).await.unwrap_err().code,
        engine.event_records(&nobody, None, None).await.unwrap_err().code,
        engine.test_connection(&nobody).await.unwrap_err().code,
    ];
    assert_eq!(codes, [ErrorCode::NotFound; 7]);
}

#[tokio::test]
async fn only_a_sandbox_connection_takes_keys_into_memory() {
    let sandbox = start(ScenarioName::Small).await;
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    let real = engine.add_connection(draft(&sandbox.access())).await.unwrap();
    let key = Sensitive::new("a-key-0123456789");
    let refused = engine.set_memory_key(&real.connection_id, KeyKind::Scim, key.clone()).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::InvalidInput);
    let stored = engine.set_key(&real.connection_id, KeyKind::Scim, key).await.unwrap();
    let status = stored.keys.iter().find(|status| status.kind == KeyKind::Scim).unwrap();
    assert!(
        status.is_stored && status.fingerprint.as_ref().is_some_and(|text| text.len() == 8),
        "{status:?}"
    );
    let other = stored.keys.iter().find(|status| status.kind == KeyKind::Jumpcloud).unwrap();
    assert!(!other.is_stored && other.fingerprint.is_none(), "{other:?}");
}

#[tokio::test]
async fn the_second_writer_of_a_directory_is_refused_and_readers_are_not() {
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    let second = Engine::open(options(&directory, OpenMode::ReadWrite)).await.expect_err("it is taken");
    assert_eq!(second.code, ErrorCode::Busy, "{second}");
    let reader = Engine::open(options(&directory, OpenMode::ReadOnly)).await.expect("reading always works");
    assert!(reader.is_read_only() && !engine.is_read_only());
    let sandbox = start(ScenarioName::Small).await;
    let refused = reader.add_connection(draft(&sandbox.access())).await.expect_err("it only reads");
    assert_eq!(refused.code, ErrorCode::Busy, "{refused}");
}

#[tokio::test]
async fn the_second_job_of_a_connection_is_refused_until_the_first_has_ended() {
    let connected = Connected::to(ScenarioName::Small).await;
    let Connected { engine, sandbox, id, .. } = &connected;
    let slow: Fault = "slow:side=jumpcloud,ms=300".parse().unwrap();
    sandbox.set_faults(vec![slow]);
    let mut events = engine.subscribe();
    let job = engine.start_compute(id).await.unwrap();
    assert_eq!(job.kind, "refresh");
    assert!(engine.job(id).is_some(), "it is shown while it goes on");
    let second = engine.compute_plan(id).await.expect_err("one job per connection");
    assert_eq!(second.code, ErrorCode::Busy, "{second}");
    assert_eq!(
        engine.remove_connection(id).await.unwrap_err().code,
        ErrorCode::Busy,
        "nor is it removed meanwhile"
    );
    loop {
        // The end of the job is announced, so nothing has to be polled.
        if let lockstep_engine::events::EngineEvent::Job(_, None) = events.recv().await.unwrap() {
            break;
        }
    }
    sandbox.set_faults(Vec::new());
    engine.compute_plan(id).await.expect("the connection is free again");
}

#[tokio::test]
async fn closing_stops_a_job_and_refuses_the_next() {
    let connected = Connected::to(ScenarioName::Small).await;
    let Connected { engine, sandbox, id, .. } = &connected;
    let slow: Fault = "slow:side=scim,ms=200".parse().unwrap();
    sandbox.set_faults(vec![slow]);
    engine.start_compute(id).await.unwrap();
    engine.close().await;
    assert!(engine.job(id).is_none(), "closing awaits what it stops");
    assert_eq!(engine.compute_plan(id).await.unwrap_err().code, ErrorCode::Cancelled);
}
