//! The store: durability, isolation, and what the tables promise.

mod cache;
mod connections;
mod durability;
mod events;
mod journal;
mod large;
mod locking;
mod migration;
pub(crate) mod process;
mod windows;
mod writing;

use jiff::Timestamp;
use lockstep_core::attribute::{Attribute, AttributeSet, SourceField, SourceFields};
use lockstep_core::ids::{ConnectionId, PlanId, SourceUserId};
use lockstep_core::plan::operation::{
    Operation, OperationKind, Payload, Reason, ReasonCode, Reversibility, Subject,
};
use lockstep_core::policy::Policy;
use lockstep_core::snapshot::Completeness;
use lockstep_core::snapshot::source::{LifecycleState, SourceGroup, SourcePerson};
use lockstep_core::snapshot::target::{TargetGroup, TargetUser};
use lockstep_engine::api::views::{ConnectionDraft, Endpoints};
use lockstep_engine::store::tables::{connections as connection_table, plans};
use lockstep_engine::store::{Mode, Store};
use tempfile::TempDir;

/// The time at which everything in these tests happens unless they say otherwise.
pub(crate) fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

/// A data directory with one connection, `acme`.
pub(crate) struct TestStore {
    pub(crate) directory: TempDir,
    pub(crate) store: Store,
    pub(crate) acme: ConnectionId,
}

impl TestStore {
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), Mode::Write).unwrap();
        let acme = ConnectionId::from("acme");
        add_connection(&store, &acme).await;
        Self { directory, store, acme }
    }

    /// Opens the database file past the store, as an intruder or a curious admin would.
    pub(crate) fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.directory.path().join(lockstep_engine::store::DATABASE_FILE)).unwrap()
    }
}

pub(crate) async fn add_connection(store: &Store, id: &ConnectionId) {
    let id = id.clone();
    store.write(move |tx| connection_table::insert(tx, &id, &draft("Acme"), false, now())).await.unwrap();
}

pub(crate) fn draft(name: &str) -> ConnectionDraft {
    ConnectionDraft {
        name: name.to_owned(),
        endpoints: Endpoints {
            jumpcloud_url: "https://console.jumpcloud.com".to_owned(),
            insights_url: None,
            jumpcloud_organisation: Some("org".to_owned()),
            application: "app".to_owned(),
            scim_url: "https://api.atlassian.com/scim/directory/d".to_owned(),
            organisation_url: None,
            organisation_id: None,
        },
        policy: Policy::default(),
        concurrency: 16,
        read_interval_seconds: Some(600),
    }
}

pub(crate) fn person(id: &str, name: &str) -> SourcePerson {
    SourcePerson {
        id: id.into(),
        fields: SourceFields::default()
            .with(SourceField::DisplayName, name)
            .with(SourceField::Username, id)
            .with(SourceField::Email, &format!("{id}@example.com")),
        custom: Vec::new(),
        state: LifecycleState::Activated,
        password_expired: false,
        password_expires_at: None,
        created_at: Some(now()),
    }
}

pub(crate) fn source_group(id: &str, name: &str, members: &[&str]) -> SourceGroup {
    SourceGroup {
        id: id.into(),
        name: name.to_owned(),
        members: members.iter().map(|member| (*member).into()).collect(),
        completeness: Completeness::Complete,
        other_connectors: Vec::new(),
        is_dynamic: None,
    }
}

pub(crate) fn user(id: &str, name: &str) -> TargetUser {
    TargetUser {
        id: id.into(),
        active: true,
        attributes: AttributeSet::default()
            .with(Attribute::DisplayName, name)
            .with(Attribute::UserName, &format!("{id}@example.com")),
        account_id: None,
    }
}

pub(crate) fn target_group(id: &str, name: &str, members: &[&str]) -> TargetGroup {
    TargetGroup {
        id: id.into(),
        display_name: name.to_owned(),
        external_id: None,
        members: members.iter().map(|member| (*member).into()).collect(),
    }
}

pub(crate) fn create_user(id: &str, name: &str) -> Operation {
    Operation {
        id: format!("create_user:{id}").into(),
        kind: OperationKind::CreateUser,
        subject: Subject::Person {
            source_id: Some(id.into()),
            target_id: None,
            label: format!("{id}@example.com"),
            name: name.to_owned(),
        },
        held_by: None,
        releasable: false,
        reversibility: Reversibility::Partly,
        reason: Reason {
            code: ReasonCode::JoinedBoundGroup,
            text: format!("{name} joined Engineering."),
            group: Some("Engineering".to_owned()),
        },
        payload: Payload::CreateUser { source: SourceUserId::from(id), attributes: AttributeSet::default() },
    }
}

pub(crate) fn new_plan(id: &str) -> plans::NewPlan {
    plans::NewPlan {
        id: PlanId::from(id),
        basis: "sha256:00".to_owned(),
        created_at: now(),
        source_generation: 1,
        target_generation: 1,
        document: "{}".to_owned(),
    }
}
