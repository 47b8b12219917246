//! Figures of whole runs against the sandbox.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::Options;
use crate::process::Cost;
use crate::server::{Requests, Server};
use crate::subject::{Client, Subject, Who};
use crate::table::{Pair, Table};

const THOUSAND: &str = "custom:people=1000,groups=50,memberships=20000";
const FIVE_THOUSAND: &str = "custom:people=5000,groups=100,memberships=20000";
const LATENCY: &str = "slow:ms=20";

/// Measures P1 to P6 and P10 to P13.
pub(crate) fn measure(options: &Options, subject: &Subject, table: &mut Table) -> Result<()> {
    if options.wants(&["P1", "P2", "P3", "P4"]) {
        thousand(options, subject, table)?;
    }
    if options.wants(&["P5", "P6", "P10"]) {
        five_thousand(options, subject, table)?;
    }
    if options.wants(&["P11"]) {
        durability(options, subject, table)?;
    }
    if options.wants(&["P12"]) {
        rate_limited(subject, table)?;
    }
    if options.wants(&["P13"]) {
        large_group(options, subject, table)?;
    }
    Ok(())
}

/// A run and the requests that it cost.
struct Measured {
    cost: Cost,
    requests: Requests,
}

fn measured(server: &Server, client: &Client<'_>) -> Result<Measured> {
    server.reset()?;
    let cost = client.run()?;
    Ok(Measured { cost, requests: server.requests()? })
}

/// Pairs of one kind of run.
#[derive(Default)]
struct Pairs {
    wall: Pair,
    cpu: Pair,
    peak: Pair,
    writes: Pair,
    requests: Pair,
}

impl Pairs {
    #[expect(clippy::cast_precision_loss, reason = "counts and bytes far below 2^52")]
    fn push(&mut self, bare: &Measured, ours: &Measured) {
        let mebibytes = |it: &Measured| it.cost.peak_bytes as f64 / 1024.0 / 1024.0;
        self.wall.push(bare.cost.wall.as_secs_f64(), ours.cost.wall.as_secs_f64());
        self.cpu.push(bare.cost.cpu.as_secs_f64(), ours.cost.cpu.as_secs_f64());
        self.peak.push(mebibytes(bare), mebibytes(ours));
        self.writes.push(bare.requests.writes as f64, ours.requests.writes as f64);
        self.requests.push(bare.requests.total as f64, ours.requests.total as f64);
    }

    fn print(&self, table: &mut Table, what: &str, [wall, cpu, peak]: [(&str, Option<f64>); 3]) {
        table.ratio(wall.0, &format!("{what}: wall, s"), &self.wall, 2, wall.1);
        table.ratio(cpu.0, &format!("{what}: client CPU, s"), &self.cpu, 3, cpu.1);
        table.ratio(peak.0, &format!("{what}: peak memory, MiB"), &self.peak, 1, peak.1);
    }
}

fn thousand(options: &Options, subject: &Subject, table: &mut Table) -> Result<()> {
    let (mut first, mut nothing, mut delta) = (Pairs::default(), Pairs::default(), Pairs::default());
    for _ in 0..options.repetitions {
        let mut turns = Vec::new();
        for who in [Who::Bare, Who::Lockstep] {
            let server = Server::start(&subject.program, THOUSAND, &[LATENCY])?;
            let client = Client::new(subject, who, &server, None)?;
            let begun = measured(&server, &client)?;
            let again = measured(&server, &client)?;
            server.change(&one_percent(&server.dump()?)?)?;
            let changed = measured(&server, &client)?;
            turns.push((begun, again, changed));
        }
        if let [bare, ours] = turns.as_slice() {
            first.push(&bare.0, &ours.0);
            nothing.push(&bare.1, &ours.1);
            delta.push(&bare.2, &ours.2);
        }
    }
    table.ratio("P1", "first sync: writes", &first.writes, 0, Some(1.0));
    table.ratio("P1", "first sync: all requests, read-back (R7) included", &first.requests, 0, None);
    table.ratio("P1", "nothing to do: all requests", &nothing.requests, 0, Some(1.0));
    table.ratio("P1", "1 % changed: writes", &delta.writes, 0, Some(1.0));
    table.ratio("P1", "1 % changed: all requests, read-back (R7) included", &delta.requests, 0, None);
    let writes = nothing.writes.ours.median();
    table.value("P2", "nothing to do: writes", format!("{writes:.0}"), "0", writes < 0.5);
    first.print(table, "first sync, 20 ms", [("P3", Some(1.15)), ("", None), ("", None)]);
    nothing.print(table, "nothing to do, 20 ms", [("P4", Some(1.10)), ("", None), ("", None)]);
    delta.print(table, "1 % changed, 20 ms", [("", None), ("", None), ("", None)]);
    Ok(())
}

/// Of a thousand people: four new ones, four promoted, two suspended; in five groups some come and some go.
fn one_percent(dump: &Value) -> Result<Value> {
    let object = |value: &'_ Value, name: &str| value.get(name).and_then(Value::as_object).cloned();
    let source = dump.get("source").context("a dump without a source")?;
    let people = object(source, "people").context("a dump without people")?;
    let groups = object(source, "groups").context("a dump without groups")?;
    let mut changes = Vec::new();
    for (index, person) in people.keys().skip(10).step_by(50).take(6).enumerate() {
        changes.push(if index < 4 {
            json!({"change": "set_attribute", "person": person, "field": "jobTitle", "value": "Promoted"})
        } else {
            json!({"change": "suspend", "person": person})
        });
    }
    let names: Vec<&String> = groups.keys().step_by(10).take(5).collect();
    for number in 0..4 {
        changes.push(json!({"change": "create_person", "username": format!("new.one{number}"),
            "email": format!("new.one{number}@brightwater.example"), "firstname": "New", "lastname": "One",
            "groups": names.iter().take(1).collect::<Vec<_>>()}));
    }
    for name in names {
        let members: Vec<&str> = groups
            .get(name)
            .and_then(|group| group.get("members"))
            .and_then(Value::as_array)
            .map(|members| members.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let leaving = members.iter().take(10).map(|person| ("remove_member", *person));
        let joining = people
            .keys()
            .map(String::as_str)
            .filter(|person| !members.contains(person))
            .take(10)
            .map(|person| ("add_member", person));
        for (change, person) in leaving.chain(joining) {
            changes.push(json!({"change": change, "group": name, "person": person}));
        }
    }
    Ok(Value::Array(changes))
}

fn five_thousand(options: &Options, subject: &Subject, table: &mut Table) -> Result<()> {
    let mut first = Pairs::default();
    for _ in 0..options.repetitions {
        let mut turns = Vec::new();
        for who in [Who::Bare, Who::Lockstep] {
            let server = Server::start(&subject.program, FIVE_THOUSAND, &[])?;
            turns.push(measured(&server, &Client::new(subject, who, &server, None)?)?);
        }
        if let [bare, ours] = turns.as_slice() {
            first.push(bare, ours);
        }
    }
    first.print(
        table,
        "first sync of 5,000, 0 ms",
        [("P5", Some(2.0)), ("P6", Some(2.0)), ("P10", Some(1.2))],
    );
    Ok(())
}

/// P11: what durability costs. The journal itself cannot be switched off, so this compares the data directory on disk
/// with one in memory, where syncing to the device is free.
fn durability(options: &Options, subject: &Subject, table: &mut Table) -> Result<()> {
    let memory = Path::new("/dev/shm");
    if !memory.is_dir() {
        table.value("P11", "no memory file system here", "not measured".to_owned(), "", true);
        return Ok(());
    }
    let mut wall = Pair::default();
    for _ in 0..options.repetitions {
        let mut turns = Vec::new();
        for parent in [Some(memory), None] {
            let server = Server::start(&subject.program, THOUSAND, &[LATENCY])?;
            let client = Client::new(subject, Who::Lockstep, &server, parent)?;
            turns.push(measured(&server, &client)?.cost.wall.as_secs_f64());
        }
        if let [memory, disk] = turns.as_slice() {
            wall.push(*memory, *disk);
        }
    }
    table.ratio("P11", "first sync, 20 ms: data on disk ÷ in memory, wall, s", &wall, 2, Some(1.05));
    Ok(())
}

/// P12: throughput under 429, from the first write to the last. The first ten are a burst and count for nothing.
fn rate_limited(subject: &Subject, table: &mut Table) -> Result<()> {
    const RATE: f64 = 10.0;
    let server = Server::start(&subject.program, "custom:people=200,groups=4,memberships=400", &[])?;
    let client = Client::new(subject, Who::Lockstep, &server, None)?;
    server.set_faults(&["rate-limit:side=scim,rate=10,burst=10,retry-after=1"])?;
    let run = measured(&server, &client)?;
    let result: Value = serde_json::from_str(&run.cost.output)?;
    let operations = result.get("operations").cloned().unwrap_or_default();
    let failed = operations.get("failed").and_then(Value::as_u64).unwrap_or(u64::MAX);
    let accepted = run.requests.writes.saturating_sub(run.requests.rate_limited);
    let (first, last) = server.writing_time()?;
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let share = (accepted as f64 - RATE) / RATE / (last - first).max(f64::MIN_POSITIVE);
    let what = format!(
        "10 writes/s allowed: throughput ÷ allowed ({accepted} writes in {:.1} s, {} refused)",
        last - first,
        run.requests.rate_limited
    );
    table.value("P12", &what, format!("{share:.3}"), "≥ 0.95", share >= 0.95);
    table.value("P12", "operations lost", failed.to_string(), "0", failed == 0);
    Ok(())
}

/// P13: one member more in a group of 50,000, against one more in a group of 50, in the same organisation.
fn large_group(options: &Options, subject: &Subject, table: &mut Table) -> Result<()> {
    let server = Server::start(
        &subject.program,
        "custom:people=50000,groups=1,memberships=49950",
        &["dialect:patch-204"],
    )?;
    let dump = server.dump()?;
    let source = dump.get("source").context("a dump without a source")?;
    let large =
        source.get("groups").and_then(Value::as_object).and_then(|groups| groups.keys().next().cloned());
    let large = large.context("no group")?;
    let members: std::collections::HashSet<&str> = source
        .pointer(&format!("/groups/{large}/members"))
        .and_then(Value::as_array)
        .map(|members| members.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let people = source.get("people").and_then(Value::as_object).context("no people")?;
    let outside: Vec<&String> = people.keys().filter(|person| !members.contains(person.as_str())).collect();
    let inside: Vec<&String> = people.keys().filter(|person| members.contains(person.as_str())).collect();
    server.change(&json!([
        {"change": "create_group", "group": "Harbour pilots", "members": outside},
        {"change": "bind_group", "group": "Harbour pilots"},
    ]))?;
    let client = Client::new(subject, Who::Lockstep, &server, None)?;
    client.run()?;
    let (mut wall, mut cpu) = (Pair::default(), Pair::default());
    let mut writes = 0;
    for (outside, inside) in outside.iter().zip(&inside).take(options.repetitions) {
        server.change(&json!({"change": "add_member", "group": "Harbour pilots", "person": inside}))?;
        let small = measured(&server, &client)?;
        server.change(&json!({"change": "add_member", "group": large, "person": outside}))?;
        let large = measured(&server, &client)?;
        writes = writes.max(large.requests.writes);
        wall.push(small.cost.wall.as_secs_f64(), large.cost.wall.as_secs_f64());
        cpu.push(small.cost.cpu.as_secs_f64(), large.cost.cpu.as_secs_f64());
    }
    table.value("P13", "a member more in a group of 50,000: PATCHes", writes.to_string(), "1", writes == 1);
    table.ratio("P13", "the same ÷ in a group of 50: wall, s", &wall, 2, Some(1.2));
    table.ratio("P13", "the same ÷ in a group of 50: client CPU, s", &cpu, 2, Some(1.2));
    Ok(())
}
