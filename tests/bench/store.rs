//! Loading from the store, compared with plain SQLite; the largest organisation.

use std::hint::black_box;
use std::path::Path;

use anyhow::{Context, Result};
use jiff::Timestamp;
use lockstep_core::ids::ConnectionId;
use lockstep_core::memory::TargetMemory;
use lockstep_core::plan::{PlanInput, plan};
use lockstep_engine::api::views::{ConnectionDraft, Endpoints};
use lockstep_engine::store::tables::refresh::{SourceRefresh, TargetRefresh};
use lockstep_engine::store::tables::source_cache::SourceMarkers;
use lockstep_engine::store::tables::target_cache::TargetMarkers;
use lockstep_engine::store::tables::{connections, links, source_cache, target_cache};
use lockstep_engine::store::{Mode, Store, StoreError};

use crate::Options;
use crate::organisation::{Organisation, Sizes};
use crate::plan::{Part, check};
use crate::process::cpu_seconds;
use crate::table::{Pair, Series, Table};

const PAGE: usize = 5_000;

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

fn connection() -> ConnectionId {
    ConnectionId::from("bench")
}

/// Puts an organisation into a data directory, as a refresh does.
pub(crate) fn fill(directory: &Path, sizes: Sizes) -> Result<()> {
    let Organisation { source, target, links: stored, policy } = Organisation::new(sizes);
    let (id, at) = (connection(), Timestamp::now());
    let draft = ConnectionDraft {
        name: "bench".to_owned(),
        endpoints: Endpoints {
            jumpcloud_url: "http://127.0.0.1:9".to_owned(),
            insights_url: None,
            jumpcloud_organisation: None,
            application: "application".to_owned(),
            scim_url: "http://127.0.0.1:9/scim".to_owned(),
            organisation_url: None,
            organisation_id: None,
        },
        policy,
        concurrency: 16,
        read_interval_seconds: None,
    };
    runtime()?.block_on(async {
        let store = Store::open(directory, Mode::Write)?;
        let wanted = id.clone();
        store.write(move |tx| connections::insert(tx, &wanted, &draft, false, at)).await?;
        let refresh = SourceRefresh::begin(&store, &id, at).await?;
        for page in source.people.chunks(PAGE) {
            refresh.people(page.to_vec()).await?;
        }
        for page in source.groups.chunks(PAGE) {
            refresh.groups(page.to_vec()).await?;
        }
        let markers = SourceMarkers {
            people: source.people_completeness,
            groups: source.groups_completeness,
            absent_people: Vec::new(),
            absent_groups: Vec::new(),
            foreign_application: source.foreign_application,
            dynamic_groups: Vec::new(),
        };
        refresh.finish(&markers, at).await?;
        let refresh = TargetRefresh::begin(&store, &id, at).await?;
        for page in target.users.chunks(PAGE) {
            refresh.users(page.to_vec()).await?;
        }
        for page in target.groups.chunks(PAGE) {
            refresh.groups(page.to_vec()).await?;
        }
        let markers = TargetMarkers {
            users: target.users_completeness,
            groups: target.groups_completeness,
            organisation: None,
        };
        refresh.finish(&markers, at).await?;
        store
            .write(move |tx| {
                for link in &stored.people {
                    links::link_person(tx, &id, link, None, at)?;
                }
                for link in &stored.groups {
                    links::link_group(tx, &id, link, None, at)?;
                }
                Ok(())
            })
            .await?;
        anyhow::Ok(())
    })
}

/// Loads everything that a plan needs and plans; returns the seconds.
pub(crate) fn load_and_plan(directory: &Path, sizes: Sizes) -> Result<f64> {
    runtime()?.block_on(async {
        let store = Store::open(directory, Mode::ReadOnly)?;
        let started = cpu_seconds()?;
        let id = connection();
        let (policy, stored, source, target) = store
            .read(move |database| {
                let record = connections::get(database, &id)?;
                let stored = links::load(database, &id)?;
                Ok::<_, StoreError>((
                    record.draft.policy,
                    stored,
                    source_cache::load(database, &id)?,
                    target_cache::load(database, &id)?,
                ))
            })
            .await?;
        let ((_, source), (_, target)) = source.zip(target).context("an empty cache")?;
        let input = PlanInput {
            policy: &policy,
            links: &stored,
            memory: &TargetMemory::default(),
            decisions: &[],
            quarantine: &[],
            source: &source,
            target: &target,
            target_directory: None,
        };
        let plan = black_box(plan(&input));
        let seconds = cpu_seconds()? - started;
        check(plan.operations.len(), sizes)?;
        Ok(seconds)
    })
}

/// Measures P9 and P15.
pub(crate) fn measure(options: &Options, table: &mut Table) -> Result<()> {
    if options.wants(&["P9"]) {
        let sizes = Sizes { people: 100_000, groups: 1, memberships: 100_000 };
        let directory = tempfile::tempdir()?;
        Part::Fill.spawn(sizes, Some(directory.path()))?;
        let mut pair = Pair::default();
        for _ in 0..options.repetitions {
            let (plain, _) = Part::LoadAndJoin.spawn(sizes, Some(directory.path()))?;
            let (ours, _) = Part::LoadAndPlan.spawn(sizes, Some(directory.path()))?;
            pair.push(plain * 1000.0, ours * 1000.0);
        }
        let what = "100,000 people: load + plan ÷ plain SQLite load + join, CPU ms";
        table.ratio("P9", what, &pair, 0, Some(1.5));
    }
    if options.wants(&["P15"]) {
        let sizes = Sizes { people: 100_000, groups: 2_000, memberships: 1_000_000 };
        let directory = tempfile::tempdir()?;
        Part::Fill.spawn(sizes, Some(directory.path()))?;
        let (mut seconds, mut peak) = (Series::default(), Series::default());
        for _ in 0..options.repetitions.min(3) {
            let (took, cost) = Part::LoadAndPlan.spawn(sizes, Some(directory.path()))?;
            seconds.push(took);
            #[expect(clippy::cast_precision_loss, reason = "bytes far below 2^52")]
            peak.push(cost.peak_bytes as f64 / 1024.0 / 1024.0);
        }
        let what = "100,000 people, 2,000 groups, 1,000,000 memberships: plan from the cache";
        table.value("P15", &format!("{what}, CPU s"), format!("{:.2}", seconds.median()), "", true);
        let peak = peak.median();
        table.value("P15", &format!("{what}, peak MiB"), format!("{peak:.0}"), "≤ 1024", peak <= 1024.0);
    }
    Ok(())
}
