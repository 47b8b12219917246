//! A large organisation: the same promises, and how long they take.
//!
//! By default a small one, to see that it works; `LOCKSTEP_MEASURE=1` with `--no-capture` takes 100,000 people, 2,000 groups and a million memberships and prints times. Times are
//! printed and never asserted.

use std::time::Instant;

use lockstep_core::attribute::{Attribute, SourceField};
use lockstep_core::ids::{OperationId, PlanId, RunId};
use lockstep_core::link::PersonLink;
use lockstep_engine::api::views::{FacetChoice, SortDirection, WindowQuery};
use lockstep_engine::store::tables::refresh::{SourceRefresh, TargetRefresh};
use lockstep_engine::store::tables::run_operations::Done;
use lockstep_engine::store::tables::runs::NewRun;
use lockstep_engine::store::tables::source_cache::{self, SourceMarkers};
use lockstep_engine::store::tables::target_cache::{self, TargetMarkers};
use lockstep_engine::store::tables::{links, people, plans, run_operations, runs};

use super::{TestStore, create_user, new_plan, now, person, source_group, target_group, user};

const FIRST_NAMES: [&str; 8] = ["Ada", "Grace", "Zoë", "Linus", "Amara", "Jürgen", "Mei", "Olu"];
const LAST_NAMES: [&str; 9] =
    ["Lovelace", "Hopper", "Ångström", "Okafor", "Nakamura", "Silva", "Novák", "Dubois", "Kowalski"];

struct Size {
    people: usize,
    groups: usize,
    memberships_per_person: usize,
}

fn size() -> Size {
    match std::env::var_os("LOCKSTEP_MEASURE") {
        Some(_) => Size { people: 100_000, groups: 2_000, memberships_per_person: 10 },
        None => Size { people: 600, groups: 20, memberships_per_person: 5 },
    }
}

fn name(number: usize) -> String {
    let first = FIRST_NAMES[number % FIRST_NAMES.len()];
    let last = LAST_NAMES[(number / 7) % LAST_NAMES.len()];
    format!("{first} {last} {number}")
}

fn source_id(number: usize) -> String {
    // JumpCloud's ids are 24 hexadecimal digits that grow with time.
    format!("{:024x}", number * 7919 + 0x5f00_0000)
}

fn target_id(number: usize) -> String {
    // SCIM ids come in no order.
    let scattered = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("{scattered:016x}-{number:08x}")
}

struct Stopwatch(Instant);

impl Stopwatch {
    fn start() -> Self {
        Self(Instant::now())
    }

    fn lap(&mut self, what: &str) {
        println!("{:>9.1} ms  {what}", self.0.elapsed().as_secs_f64() * 1000.0);
        self.0 = Instant::now();
    }
}

fn groups_of(size: &Size) -> Vec<Vec<usize>> {
    let mut groups = vec![Vec::new(); size.groups];
    for number in 0..size.people {
        for step in 0..size.memberships_per_person {
            groups[(number * 31 + step * 197) % size.groups].push(number);
        }
    }
    for members in &mut groups {
        members.sort_unstable();
        members.dedup();
    }
    groups
}

async fn read_source(test: &TestStore, size: &Size, memberships: &[Vec<usize>]) {
    let refresh = SourceRefresh::begin(&test.store, &test.acme, now()).await.unwrap();
    for page in (0..size.people).collect::<Vec<_>>().chunks(100) {
        let page = page.iter().map(|number| {
            let mut person = person(&source_id(*number), &name(*number));
            for field in SourceField::ALL {
                if person.fields.get(*field).is_none() {
                    person.fields.set(*field, Some(&format!("{} {}", field.name(), number % 500)));
                }
            }
            person
        });
        refresh.people(page.collect()).await.unwrap();
    }
    for (group, members) in memberships.iter().enumerate() {
        let members: Vec<String> = members.iter().map(|member| source_id(*member)).collect();
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        let group = source_group(&format!("{group:024x}"), &format!("Group {group}"), &members);
        refresh.groups(vec![group]).await.unwrap();
    }
    refresh.finish(&SourceMarkers::default(), now()).await.unwrap();
}

async fn read_target(test: &TestStore, size: &Size, memberships: &[Vec<usize>]) {
    let refresh = TargetRefresh::begin(&test.store, &test.acme, now()).await.unwrap();
    for page in (0..size.people).collect::<Vec<_>>().chunks(100) {
        let page = page.iter().map(|number| {
            let mut user = user(&target_id(*number), &name(*number));
            for attribute in Attribute::ALL {
                if user.attributes.get(*attribute).is_none() {
                    user.attributes.set(*attribute, Some(&format!("{} {}", attribute.name(), number % 500)));
                }
            }
            user
        });
        refresh.users(page.collect()).await.unwrap();
    }
    for (group, members) in memberships.iter().enumerate() {
        let members: Vec<String> = members.iter().map(|member| target_id(*member)).collect();
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        let group = target_group(&format!("group-{group}"), &format!("Group {group}"), &members);
        refresh.groups(vec![group]).await.unwrap();
    }
    refresh.finish(&TargetMarkers::default(), now()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_organisation_goes_in_and_comes_out() {
    let size = size();
    let memberships = groups_of(&size);
    let total: usize = memberships.iter().map(Vec::len).sum();
    let test = TestStore::new().await;
    println!("{} people, {} groups, {total} memberships", size.people, size.groups);
    let mut watch = Stopwatch::start();
    read_source(&test, &size, &memberships).await;
    watch.lap("first reading of the source stored");
    read_source(&test, &size, &memberships).await;
    watch.lap("second one, unchanged");
    read_target(&test, &size, &memberships).await;
    watch.lap("first reading of the target stored");
    let (id, count) = (test.acme.clone(), size.people);
    let link = move |tx: &lockstep_engine::store::WriteTransaction<'_>| {
        for number in 0..count {
            let link = PersonLink { source: source_id(number).into(), target: target_id(number).into() };
            links::link_person(tx, &id, &link, None, now())?;
        }
        Ok(())
    };
    test.store.write(link).await.unwrap();
    watch.lap("everybody linked");

    let id = test.acme.clone();
    let (_, source) = test.store.read(move |conn| source_cache::load(conn, &id)).await.unwrap().unwrap();
    watch.lap("source loaded");
    let id = test.acme.clone();
    let (_, target) = test.store.read(move |conn| target_cache::load(conn, &id)).await.unwrap().unwrap();
    watch.lap("target loaded");
    let id = test.acme.clone();
    let links = test.store.read(move |conn| links::load(conn, &id)).await.unwrap();
    watch.lap("links loaded");
    assert_eq!(
        (source.people.len(), target.users.len(), links.people.len()),
        (size.people, size.people, size.people)
    );
    assert!(source.people.is_sorted_by(|a, b| a.id < b.id), "people are sorted and distinct");
    assert!(target.users.is_sorted_by(|a, b| a.id < b.id), "users are sorted and distinct");
    let members = source.groups.iter().map(|group| group.members.len()).sum::<usize>();
    assert_eq!(members, total, "every membership");
    assert!(
        source.groups.iter().all(|group| group.members.is_sorted_by(|a, b| a < b)),
        "members are sorted and distinct"
    );
    if let Some(peak) = peak_memory() {
        println!("{peak:>9} MiB peak memory of the process");
    }
}

fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn windows_of_a_large_organisation_are_quick() {
    let size = size();
    let test = TestStore::new().await;
    let mut watch = Stopwatch::start();
    let situations = ["confirmed", "absent", "found", "unassigned"];
    let rows: Vec<_> = (0..size.people)
        .map(|number| super::windows::row(&source_id(number), &name(number), situations[number % 4]))
        .collect();
    let id = test.acme.clone();
    test.store.write(move |tx| people::replace(tx, &id, &rows)).await.unwrap();
    watch.lap("people stored");
    let operations: Vec<_> =
        (0..size.people).map(|number| create_user(&source_id(number), &name(number))).collect();
    let (id, stored) = (test.acme.clone(), operations.clone());
    test.store.write(move |tx| plans::insert(tx, &id, &new_plan("plan-1"), &stored)).await.unwrap();
    watch.lap("plan stored");

    let last = u32::try_from(size.people).unwrap() / 10 * 9;
    let absent = FacetChoice { field: "situation".to_owned(), values: vec!["absent".to_owned()] };
    let query = |search: &str, sort: &str, offset: u32| WindowQuery {
        search: search.to_owned(),
        sort: Some(sort.to_owned()).filter(|sort| !sort.is_empty()),
        offset,
        limit: 60,
        ..WindowQuery::default()
    };
    let queries = [
        ("first window", query("", "", 0)),
        ("window at nine tenths", query("", "", last)),
        (
            "window by e-mail, from the end",
            WindowQuery { direction: SortDirection::Descending, ..query("", "email", 0) },
        ),
        ("window by label, at nine tenths", query("", "label", last)),
        ("search of one letter", query("a", "", 0)),
        ("search of a name", query("ångström 99", "", 0)),
        ("search of a name, by label", query("ångström 99", "label", 0)),
        ("search without a hit", query("nobody at all", "", 0)),
        ("filter", WindowQuery { filters: vec![absent], ..query("", "", 0) }),
    ];
    for (what, query) in queries {
        let (id, asked) = (test.acme.clone(), query.clone());
        let window = test.store.read(move |conn| people::window(conn, &id, &asked)).await.unwrap();
        watch.lap(&format!("people: {what}: {} of {}", window.rows.len(), window.total));
        let window =
            test.store.read(move |conn| plans::window(conn, &PlanId::from("plan-1"), &query)).await.unwrap();
        watch.lap(&format!("operations: {what}: {} of {}", window.rows.len(), window.total));
        assert_eq!(window.unfiltered as usize, size.people, "every window knows how long the list is");
    }
    let id = test.acme.clone();
    test.store.read(move |conn| people::state_facets(conn, &id)).await.unwrap();
    watch.lap("people: facets");
    test.store.read(|conn| plans::operation_facets(conn, &PlanId::from("plan-1"))).await.unwrap();
    watch.lap("operations: facets");
    let loaded = test.store.read(|conn| plans::operations(conn, &PlanId::from("plan-1"))).await.unwrap();
    watch.lap("operations: all loaded");
    assert!(loaded == operations, "as they went in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_operations_in_flight_share_their_commits() {
    const IN_FLIGHT: usize = 16;
    let count = size().people.min(8_000);
    let test = TestStore::new().await;
    let operations: Vec<_> =
        (0..count).map(|number| create_user(&source_id(number), &name(number))).collect();
    let ids: Vec<OperationId> = operations.iter().map(|operation| operation.id.clone()).collect();
    let id = test.acme.clone();
    let run = RunId::from("run-1");
    let prepare = move |tx: &lockstep_engine::store::WriteTransaction<'_>| {
        plans::insert(tx, &id, &new_plan("plan-1"), &operations)?;
        let run = NewRun {
            id: RunId::from("run-1"),
            plan: PlanId::from("plan-1"),
            started_at: now(),
            started_by: "admin".to_owned(),
            trigger: "manual".to_owned(),
            guard_override: None,
            held: 0,
        };
        runs::insert(tx, &id, &run)?;
        run_operations::insert(tx, &run.id, (0..).zip(&operations))
    };
    test.store.write(prepare).await.unwrap();
    let mut watch = Stopwatch::start();
    let workers = (0..IN_FLIGHT).map(|worker| {
        let (store, run) = (test.store.clone(), run.clone());
        let mine: Vec<_> = ids.iter().skip(worker).step_by(IN_FLIGHT).cloned().collect();
        async move {
            for operation in mine {
                let (id, sending) = (run.clone(), operation.clone());
                store
                    .write(move |tx| run_operations::mark_sending(tx, &id, &sending, "sha256:0", now()))
                    .await
                    .unwrap();
                let id = run.clone();
                store
                    .write(move |tx| run_operations::mark_done(tx, &id, &operation, &Done::default(), now()))
                    .await
                    .unwrap();
            }
        }
    });
    futures::future::join_all(workers).await;
    watch.lap(&format!("{count} operations journaled before and after, {IN_FLIGHT} in flight"));
    let open = test.store.read(move |conn| run_operations::open(conn, &run)).await.unwrap();
    assert!(open.is_empty(), "all are done");
}
