//! The cache: what goes in comes out, changes only, whole generations only.

use lockstep_core::link::{GroupLink, GroupLinkState, PersonLink};
use lockstep_core::snapshot::Completeness;
use lockstep_core::snapshot::source::{Absence, LifecycleState, OtherConnector, SourceSnapshot};
use lockstep_core::snapshot::target::{OrganisationGroup, OrganisationSnapshot, TargetSnapshot};
use lockstep_engine::store::tables::refresh::{SourceRefresh, TargetRefresh};
use lockstep_engine::store::tables::source_cache::{self, SourceMarkers};
use lockstep_engine::store::tables::target_cache::{self, TargetMarkers};
use lockstep_engine::store::tables::{connections, links, snapshots};
use proptest::prelude::*;

use super::{TestStore, now, person, source_group, target_group, user};

async fn read_source(test: &TestStore, snapshot: &SourceSnapshot) {
    let refresh = SourceRefresh::begin(&test.store, &test.acme, now()).await.unwrap();
    for page in snapshot.people.chunks(3) {
        refresh.people(page.to_vec()).await.unwrap();
    }
    for page in snapshot.groups.chunks(2) {
        refresh.groups(page.to_vec()).await.unwrap();
    }
    let markers = SourceMarkers {
        people: snapshot.people_completeness.clone(),
        groups: snapshot.groups_completeness.clone(),
        absent_people: snapshot.absent_people.clone(),
        absent_groups: snapshot.absent_groups.clone(),
        foreign_application: snapshot.foreign_application.clone(),
        dynamic_groups: Vec::new(),
    };
    refresh.finish(&markers, now()).await.unwrap();
}

async fn read_target(test: &TestStore, snapshot: &TargetSnapshot) {
    let refresh = TargetRefresh::begin(&test.store, &test.acme, now()).await.unwrap();
    for page in snapshot.users.chunks(3) {
        refresh.users(page.to_vec()).await.unwrap();
    }
    for page in snapshot.groups.chunks(2) {
        refresh.groups(page.to_vec()).await.unwrap();
    }
    let markers = TargetMarkers {
        users: snapshot.users_completeness.clone(),
        groups: snapshot.groups_completeness.clone(),
        organisation: snapshot.organisation.clone(),
    };
    refresh.finish(&markers, now()).await.unwrap();
}

async fn source(test: &TestStore) -> SourceSnapshot {
    let id = test.acme.clone();
    test.store.read(move |conn| source_cache::load(conn, &id)).await.unwrap().unwrap().1
}

async fn target(test: &TestStore) -> TargetSnapshot {
    let id = test.acme.clone();
    test.store.read(move |conn| target_cache::load(conn, &id)).await.unwrap().unwrap().1
}

/// Rows of the cache that the newest generation wrote or ended.
fn touched(test: &TestStore, side: &str) -> i64 {
    let tables = match side {
        "source" => ["source_people", "source_groups", "source_memberships"],
        _ => ["target_users", "target_groups", "target_memberships"],
    };
    let raw = test.raw();
    let generation: i64 = raw
        .query_row("SELECT max(generation) FROM snapshots WHERE side = ?1", [side], |row| row.get(0))
        .unwrap();
    tables
        .iter()
        .map(|table| {
            let sql = format!("SELECT count(*) FROM {table} WHERE valid_from = ?1 OR valid_to IS NOT NULL");
            raw.query_row(&sql, [generation], |row| row.get::<_, i64>(0)).unwrap()
        })
        .sum()
}

#[tokio::test]
async fn every_detail_of_the_source_comes_out_as_it_went_in() {
    let test = TestStore::new().await;
    let mut ada = person("ada", "Ada Lovelace");
    ada.state = LifecycleState::Suspended;
    ada.password_expired = true;
    ada.password_expires_at = Some(now());
    ada.custom = vec![("shoe".into(), "38".into()), ("team".into(), "Ünited".into())];
    let mut group = source_group("g2", "Engineering", &["ada", "nobody-listed"]);
    group.completeness = Completeness::Incomplete { reason: "The second page was cut off".to_owned() };
    group.other_connectors =
        vec![OtherConnector { application: "app2".to_owned(), label: "Other Atlassian".to_owned() }];
    let snapshot = SourceSnapshot {
        people: vec![ada, person("bob", "Bob")],
        groups: vec![source_group("g1", "Empty", &[]), group],
        absent_people: vec![("cyd".into(), Absence::Deleted)],
        absent_groups: vec![("g9".into(), Absence::Elsewhere)],
        people_completeness: Completeness::Incomplete { reason: "The total changed".to_owned() },
        groups_completeness: Completeness::Complete,
        foreign_application: Some("Slack".to_owned()),
    };
    read_source(&test, &snapshot).await;
    assert_eq!(source(&test).await, snapshot);

    let id = test.acme.clone();
    let (bob, groups) = test
        .store
        .read(move |conn| {
            Ok((
                source_cache::person_by_id(conn, &id, &"bob".into())?,
                source_cache::groups_of_person(conn, &id, &"ada".into())?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(bob, Some(person("bob", "Bob")), "one person by id");
    assert_eq!(groups, [("g2".into(), "Engineering".to_owned())], "and the groups somebody is in");
}

#[tokio::test]
async fn every_detail_of_the_target_comes_out_as_it_went_in() {
    let test = TestStore::new().await;
    let mut ada = user("u1", "Ada");
    ada.active = false;
    ada.account_id = Some("712020:x".into());
    let mut group = target_group("g1", "Engineering", &["u1", "u2"]);
    group.external_id = Some("ext".to_owned());
    let snapshot = TargetSnapshot {
        users: vec![ada, user("u2", "Bob")],
        groups: vec![group, target_group("g2", "Empty", &[])],
        users_completeness: Completeness::Complete,
        groups_completeness: Completeness::Incomplete { reason: "No".to_owned() },
        organisation: Some(OrganisationSnapshot {
            groups: vec![OrganisationGroup {
                id: "o1".to_owned(),
                name: "site-admins".to_owned(),
                external_synced: false,
                default_access_to: vec!["Jira".to_owned()],
                member_count: Some(3),
                ..OrganisationGroup::default()
            }],
            verified_domains: vec!["example.com".to_owned()],
            ..OrganisationSnapshot::default()
        }),
    };
    read_target(&test, &snapshot).await;
    assert_eq!(target(&test).await, snapshot);
}

#[tokio::test]
async fn a_reading_without_changes_writes_no_row() {
    let test = TestStore::new().await;
    let snapshot = SourceSnapshot {
        people: vec![person("ada", "Ada"), person("bob", "Bob")],
        groups: vec![source_group("g", "Engineering", &["ada", "bob"])],
        ..SourceSnapshot::default()
    };
    read_source(&test, &snapshot).await;
    assert_eq!(touched(&test, "source"), 5, "the first reading writes all");
    read_source(&test, &snapshot).await;
    assert_eq!(touched(&test, "source"), 0, "the second writes nothing");

    let mut changed = snapshot.clone();
    changed.people[0] = person("ada", "Ada King");
    changed.groups[0].members = vec!["bob".into()];
    read_source(&test, &changed).await;
    assert_eq!(touched(&test, "source"), 1, "a change writes one row, and what it ended is dropped");
    assert_eq!(source(&test).await, changed);
}

#[tokio::test]
async fn what_a_run_wrote_is_in_the_cache_and_costs_what_changed() {
    let test = TestStore::new().await;
    let snapshot = TargetSnapshot {
        users: vec![user("u1", "Ada"), user("u2", "Bob"), user("u3", "Cyd")],
        groups: vec![target_group("g1", "Engineering", &["u1", "u2"]), target_group("g2", "Old", &["u1"])],
        ..TargetSnapshot::default()
    };
    read_target(&test, &snapshot).await;
    let id = test.acme.clone();
    test.store
        .write(move |tx| {
            let mut bob = user("u2", "Bob");
            bob.active = false;
            target_cache::set_user(tx, &id, &bob)?;
            target_cache::set_user(tx, &id, &user("u4", "Dan"))?;
            target_cache::remove_user(tx, &id, &"u3".into())?;
            target_cache::set_group(tx, &id, &target_group("g1", "Engineers", &[]))?;
            target_cache::change_members(tx, &id, &"g1".into(), &["u4".into(), "u1".into()], &["u2".into()])?;
            target_cache::remove_group(tx, &id, &"g2".into())
        })
        .await
        .unwrap();
    let mut bob = user("u2", "Bob");
    bob.active = false;
    let expected = TargetSnapshot {
        users: vec![user("u1", "Ada"), bob, user("u4", "Dan")],
        groups: vec![target_group("g1", "Engineers", &["u1", "u4"])],
        ..TargetSnapshot::default()
    };
    assert_eq!(target(&test).await, expected);
    let id = test.acme.clone();
    assert_eq!(test.store.read(move |conn| target_cache::count_users(conn, &id)).await.unwrap(), 3);
    read_target(&test, &expected).await;
    assert_eq!(touched(&test, "target"), 0, "reading it back finds nothing new");
}

#[tokio::test]
async fn links_are_one_to_one_and_come_out_sorted() {
    let test = TestStore::new().await;
    let id = test.acme.clone();
    let stored = test
        .store
        .write(move |tx| {
            let pair =
                |source: &str, target: &str| PersonLink { source: source.into(), target: target.into() };
            links::link_person(tx, &id, &pair("bob", "u2"), None, now())?;
            links::link_person(tx, &id, &pair("ada", "u1"), None, now())?;
            links::link_person(tx, &id, &pair("cyd", "u2"), None, now())?;
            let mut group = GroupLink {
                source: "g".into(),
                target: "tg".into(),
                state: GroupLinkState::Managed,
                name: "Engineering".to_owned(),
                last_members: Vec::new(),
            };
            links::link_group(tx, &id, &group, None, now())?;
            links::set_group_members(tx, &id, &group.source, &["cyd".into(), "ada".into()])?;
            links::change_group_members(tx, &id, &group.source, &["bob".into()], &["cyd".into()])?;
            links::set_group_state(tx, &id, &group.source, GroupLinkState::Released)?;
            group.state = GroupLinkState::Released;
            group.last_members = vec!["ada".into(), "bob".into()];
            let all = links::load(tx, &id)?;
            assert_eq!(all.people, [pair("ada", "u1"), pair("cyd", "u2")], "the newer link of u2 counts");
            assert_eq!(all.groups, [group]);
            assert_eq!(links::target_of_person(tx, &id, &"ada".into())?, Some("u1".into()));
            assert_eq!(links::source_of_user(tx, &id, &"u2".into())?, Some("cyd".into()));
            links::unlink_person(tx, &id, &"ada".into())?;
            links::unlink_group(tx, &id, &"g".into())?;
            links::load(tx, &id)
        })
        .await
        .unwrap();
    assert_eq!((stored.people.len(), stored.groups.len()), (1, 0), "and can be forgotten");
}

#[tokio::test]
async fn a_removed_connection_leaves_nothing_but_its_log() {
    let test = TestStore::new().await;
    let source = SourceSnapshot {
        people: vec![person("ada", "Ada")],
        groups: vec![source_group("g", "Engineering", &["ada"])],
        ..SourceSnapshot::default()
    };
    read_source(&test, &source).await;
    let target = TargetSnapshot {
        users: vec![user("u", "Ada")],
        groups: vec![target_group("g", "G", &["u"])],
        ..TargetSnapshot::default()
    };
    read_target(&test, &target).await;
    let id = test.acme.clone();
    test.store.write(move |tx| connections::remove(tx, &id)).await.unwrap();
    let raw = test.raw();
    let tables: Vec<String> = raw
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('schema_migrations')")
        .unwrap()
        .query_map((), |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for table in tables {
        let rows: i64 =
            raw.query_row(&format!("SELECT count(*) FROM {table}"), (), |row| row.get(0)).unwrap();
        assert_eq!(rows, 0, "{table} still has rows");
    }
}

#[tokio::test]
async fn before_the_first_complete_reading_there_is_none() {
    let test = TestStore::new().await;
    let refresh = SourceRefresh::begin(&test.store, &test.acme, now()).await.unwrap();
    refresh.people(vec![person("ada", "Ada")]).await.unwrap();
    let id = test.acme.clone();
    assert!(test.store.read(move |conn| source_cache::load(conn, &id)).await.unwrap().is_none());
    drop(refresh);
    let id = test.acme.clone();
    let info = test.store.read(move |conn| snapshots::in_force(conn, &id, snapshots::Side::Target)).await;
    assert!(info.unwrap().is_none(), "of either side");
}

/// A directory of up to eight people and four groups, any of which may be there or not.
fn directory() -> impl Strategy<Value = SourceSnapshot> {
    let people = proptest::collection::btree_map(0..8_u8, 0..3_u8, 0..8);
    let groups = proptest::collection::btree_map(
        0..4_u8,
        (0..2_u8, proptest::collection::btree_set(0..10_u8, 0..10)),
        0..4,
    );
    (people, groups).prop_map(|(people, groups)| SourceSnapshot {
        people: people
            .into_iter()
            .map(|(id, name)| person(&format!("p{id}"), &format!("Name {name}")))
            .collect(),
        groups: groups
            .into_iter()
            .map(|(id, (name, members))| {
                let members: Vec<String> = members.iter().map(|member| format!("p{member}")).collect();
                let members: Vec<&str> = members.iter().map(String::as_str).collect();
                source_group(&format!("g{id}"), &format!("Group {name}"), &members)
            })
            .collect(),
        ..SourceSnapshot::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_was_read_before_the_last_reading_is_what_is_in_force(readings in proptest::collection::vec((directory(), any::<bool>()), 1..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let test = TestStore::new().await;
            for (reading, breaks_off) in readings {
                if breaks_off {
                    // A reading that gets as far as all people and half the groups, and is never finished.
                    let refresh = SourceRefresh::begin(&test.store, &test.acme, now()).await.unwrap();
                    refresh.people(reading.people.clone()).await.unwrap();
                    refresh.groups(reading.groups.iter().take(reading.groups.len() / 2).cloned().collect()).await.unwrap();
                    continue;
                }
                read_source(&test, &reading).await;
                assert_eq!(source(&test).await, reading, "exactly the last complete reading");
            }
        });
    }
}
