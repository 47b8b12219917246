//! The bare client: what is left of a sync without retries, journal, checks, limits and read-back.
//!
//! It reads JumpCloud in waves, then the SCIM directory in waves, joins by external id and by group name, and sends the
//! fewest requests that the same rules allow: one POST per new person or group, one PATCH per changed person, memberships
//! in batches of a hundred, what comes and what goes in one request.

use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::{Context, Result};
use bytes::Bytes;
use clap::Args;
use futures::future::try_join_all;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value, json};

use crate::connection::{Call, Connection, split};
use crate::server::Access;

/// Requests in flight.
const IN_FLIGHT: usize = 16;
/// Rows of a page, and members of a request.
const PAGE: usize = 100;
const PATCH_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const USER_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Options of the bare client.
#[derive(Debug, Args)]
pub(crate) struct BareOptions {
    /// What `sandbox serve` printed.
    #[arg(long)]
    access: PathBuf,
}

/// Brings the target in step.
pub(crate) fn run(options: &BareOptions) -> Result<()> {
    let access: Access = serde_json::from_slice(&std::fs::read(&options.access)?)?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(sync(&access))
}

/// Kept connections to one service.
struct Pool {
    connections: Mutex<Vec<Connection>>,
    base: String,
}

impl Pool {
    async fn open(url: &str, key: (&'static str, String)) -> Result<Self> {
        let (host, base) = split(url)?;
        let connections = try_join_all((0..IN_FLIGHT).map(|_| Connection::open(host, key.clone()))).await?;
        Ok(Self { connections: Mutex::new(connections), base: base.to_owned() })
    }

    /// Sends all calls, sixteen at a time; answers in the order of the calls, each read as soon as it came.
    async fn wave<T>(&self, calls: Vec<Call>, read: impl Fn(&Bytes) -> Result<T>) -> Result<Vec<T>> {
        let count = calls.len();
        let queue = Mutex::new(calls.into_iter().enumerate());
        let answers: Mutex<Vec<Option<T>>> = Mutex::new((0..count).map(|_| None).collect());
        let worker = async || -> Result<()> {
            let free = self.connections.lock().ok().and_then(|mut free| free.pop());
            let Some(mut connection) = free else { return Ok(()) };
            loop {
                let next = queue.lock().ok().and_then(|mut queue| queue.next());
                let Some((index, call)) = next else { break };
                let answer = read(&connection.send(call).await?)?;
                if let Some(slot) = answers.lock().ok().as_mut().and_then(|answers| answers.get_mut(index)) {
                    *slot = Some(answer);
                }
            }
            if let Ok(mut free) = self.connections.lock() {
                free.push(connection);
            }
            Ok(())
        };
        try_join_all((0..IN_FLIGHT.min(count)).map(|_| worker())).await?;
        answers
            .into_inner()
            .ok()
            .and_then(|answers| answers.into_iter().collect())
            .context("a call without an answer")
    }

    fn get(&self, path: &str) -> Call {
        Call::get(format!("{}{path}", self.base))
    }
}

fn parse(body: &Bytes) -> Result<Value> {
    Ok(serde_json::from_slice(body)?)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn take_list(value: &mut Value, name: &str) -> Vec<Value> {
    match value.get_mut(name).map(Value::take) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

/// What JumpCloud says.
struct Source {
    people: FxHashMap<String, Value>,
    groups: Vec<Group>,
}

struct Group {
    id: String,
    name: String,
    members: Vec<String>,
}

/// Reads lists without a count, each until a page is short.
async fn read_to_short_pages(pool: &Pool, paths: &[String]) -> Result<Vec<Vec<Value>>> {
    let mut lists: Vec<Vec<Value>> = paths.iter().map(|_| Vec::new()).collect();
    let mut open: Vec<usize> = (0..paths.len()).collect();
    while !open.is_empty() {
        let page = |index: &usize| {
            let (path, skip) = (paths.get(*index)?, lists.get(*index)?.len());
            let sign = if path.contains('?') { '&' } else { '?' };
            Some(pool.get(&format!("{path}{sign}limit={PAGE}&skip={skip}")))
        };
        let calls = open.iter().filter_map(page).collect();
        let pages = pool.wave(calls, parse).await?;
        let mut still_open = Vec::new();
        for (index, page) in open.into_iter().zip(pages) {
            let Value::Array(items) = page else { continue };
            if items.len() == PAGE {
                still_open.push(index);
            }
            if let Some(list) = lists.get_mut(index) {
                list.extend(items);
            }
        }
        open = still_open;
    }
    Ok(lists)
}

async fn read_source(pool: &Pool, application: &str) -> Result<Source> {
    const FIELDS: &str = "_id%20username%20email%20firstname%20middlename%20lastname%20displayname%20jobTitle%20department%20\
company%20phoneNumbers%20state%20suspended";
    let page = |skip: usize| {
        pool.get(&format!("/api/systemusers?limit={PAGE}&skip={skip}&sort=_id&fields={FIELDS}"))
    };
    let mut people: FxHashMap<String, Value> = FxHashMap::default();
    let mut keep = |page: &mut Value| {
        people.extend(take_list(page, "results").into_iter().map(|it| (text(&it, "_id").to_owned(), it)));
    };
    let mut first = pool.wave(vec![page(0)], parse).await?.pop().unwrap_or_default();
    let total = first.get("totalCount").and_then(Value::as_u64).unwrap_or(0);
    keep(&mut first);
    let rest = (1..usize::try_from(total)?.div_ceil(PAGE)).map(|number| page(number * PAGE)).collect();
    pool.wave(rest, parse).await?.iter_mut().for_each(keep);

    // The rules want to know whether another Atlassian application has the same groups.
    pool.wave(vec![pool.get(&format!("/api/applications?limit={PAGE}&skip=0&sort=_id"))], |_| Ok(())).await?;
    let bound = format!("/api/v2/applications/{application}/associations?targets=user_group");
    let mut lists = read_to_short_pages(pool, &[bound, "/api/v2/usergroups".to_owned()]).await?;
    let names: FxHashMap<String, String> = lists
        .pop()
        .unwrap_or_default()
        .iter()
        .map(|group| (text(group, "id").to_owned(), text(group, "name").to_owned()))
        .collect();
    let ids: Vec<String> =
        lists.pop().unwrap_or_default().iter().map(|edge| reached(edge).to_owned()).collect();
    let paths: Vec<String> = ids.iter().map(|id| format!("/api/v2/usergroups/{id}/members")).collect();
    let members = read_to_short_pages(pool, &paths).await?;
    let groups = ids
        .into_iter()
        .zip(members)
        .map(|(id, members)| Group {
            name: names.get(&id).cloned().unwrap_or_default(),
            members: members.iter().map(|edge| reached(edge).to_owned()).collect(),
            id,
        })
        .collect();
    Ok(Source { people, groups })
}

fn reached(edge: &Value) -> &str {
    edge.get("to").map_or("", |to| text(to, "id"))
}

async fn read_scim(pool: &Pool, kind: &str, key: &str) -> Result<FxHashMap<String, Value>> {
    let page = |start: usize| pool.get(&format!("/{kind}?startIndex={start}&count={PAGE}"));
    let mut all = FxHashMap::default();
    let mut keep = |page: &mut Value| {
        all.extend(take_list(page, "Resources").into_iter().map(|it| (text(&it, key).to_owned(), it)));
    };
    let mut first = pool.wave(vec![page(1)], parse).await?.pop().unwrap_or_default();
    let total = first.get("totalResults").and_then(Value::as_u64).unwrap_or(0);
    keep(&mut first);
    let rest = (1..usize::try_from(total)?.div_ceil(PAGE)).map(|number| page(number * PAGE + 1)).collect();
    pool.wave(rest, parse).await?.iter_mut().for_each(keep);
    Ok(all)
}

/// The SCIM user that a person ought to be.
fn wanted(person: &Value) -> Map<String, Value> {
    let is_active = text(person, "state") != "SUSPENDED"
        && !person.get("suspended").and_then(Value::as_bool).unwrap_or(false);
    let email = text(person, "email");
    let mut user = Map::new();
    let mut set = |name: &str, value: Value| {
        if value.as_str() != Some("") {
            user.insert(name.to_owned(), value);
        }
    };
    set("schemas", json!([USER_SCHEMA, ENTERPRISE]));
    set("externalId", text(person, "_id").into());
    set("userName", text(person, "username").into());
    set("name", json!({"givenName": text(person, "firstname"), "familyName": text(person, "lastname")}));
    set("displayName", text(person, "displayname").into());
    set("nickName", text(person, "displayname").into());
    set("title", text(person, "jobTitle").into());
    set("active", is_active.into());
    set("emails", json!([{"value": email, "type": "work", "primary": true}]));
    if let Some(phone) = list(person, "phoneNumbers").iter().find(|phone| text(phone, "type") == "work") {
        set("phoneNumbers", json!([{"value": text(phone, "number"), "type": "work", "primary": true}]));
    }
    let (department, company) = (text(person, "department"), text(person, "company"));
    set(ENTERPRISE, json!({"department": department, "organization": company}));
    user
}

/// What to set so that `there` is as wanted.
fn changes(wanted: &Map<String, Value>, there: &Value) -> Vec<Value> {
    const COMPARED: [&str; 6] = ["externalId", "userName", "displayName", "nickName", "title", "active"];
    let mut changes = Vec::new();
    for name in COMPARED {
        if wanted.get(name) != there.get(name) {
            changes.push(json!({"op": "replace", "path": name, "value": wanted.get(name)}));
        }
    }
    for (outer, separator, inner) in
        [("name", '.', ["givenName", "familyName"]), (ENTERPRISE, ':', ["department", "organization"])]
    {
        for name in inner {
            let value =
                |object: Option<&Value>| object.map(|it| text(it, name).to_owned()).unwrap_or_default();
            let (want, have) = (value(wanted.get(outer)), value(there.get(outer)));
            if want != have {
                let path = format!("{outer}{separator}{name}");
                changes.push(json!({"op": "replace", "path": path, "value": want}));
            }
        }
    }
    changes
}

async fn sync(access: &Access) -> Result<()> {
    let jumpcloud =
        Pool::open(&access.jumpcloud_url, ("x-api-key", access.jumpcloud_api_key.clone())).await?;
    let source = read_source(&jumpcloud, &access.application).await?;
    drop(jumpcloud);
    let scim =
        Pool::open(&access.scim_url, ("authorization", format!("Bearer {}", access.scim_token))).await?;
    let users = read_scim(&scim, "Users", "externalId").await?;
    let groups = read_scim(&scim, "Groups", "displayName").await?;
    let mut ids = send_people(&scim, &source, &users).await?;
    ids.extend(users.iter().map(|(external, user)| (external.clone(), text(user, "id").to_owned())));
    send_groups(&scim, &source, &groups, &ids).await
}

fn new_id(body: &Bytes) -> Result<String> {
    #[derive(serde::Deserialize)]
    struct Created {
        id: String,
    }
    Ok(serde_json::from_slice::<Created>(body)?.id)
}

fn patch(scim: &Pool, kind: &str, id: &str, operations: &[Value]) -> Call {
    let body = json!({"schemas": [PATCH_SCHEMA], "Operations": operations});
    Call::with("PATCH", format!("{}/{kind}/{id}", scim.base), &body)
}

/// Creates and changes people; returns the new ones' ids by external id.
async fn send_people(
    scim: &Pool,
    source: &Source,
    users: &FxHashMap<String, Value>,
) -> Result<FxHashMap<String, String>> {
    let in_scope: FxHashSet<&str> =
        source.groups.iter().flat_map(|group| group.members.iter().map(String::as_str)).collect();
    let (mut created, mut posts, mut patches) = (Vec::new(), Vec::new(), Vec::new());
    for (id, person) in &source.people {
        if !in_scope.contains(id.as_str()) {
            continue;
        }
        let wanted = wanted(person);
        match users.get(id) {
            None => {
                created.push(id.clone());
                posts.push(Call::with("POST", format!("{}/Users", scim.base), &Value::Object(wanted)));
            }
            Some(user) => {
                let changes = changes(&wanted, user);
                if !changes.is_empty() {
                    patches.push(patch(scim, "Users", text(user, "id"), &changes));
                }
            }
        }
    }
    let new = scim.wave(posts, new_id).await?;
    scim.wave(patches, |_| Ok(())).await?;
    Ok(created.into_iter().zip(new).collect())
}

/// Creates groups, then sends who comes and who goes.
async fn send_groups(
    scim: &Pool,
    source: &Source,
    groups: &FxHashMap<String, Value>,
    ids: &FxHashMap<String, String>,
) -> Result<()> {
    let new: Vec<&Group> = source.groups.iter().filter(|group| !groups.contains_key(&group.name)).collect();
    let post = |group: &&Group| {
        let body = json!({"schemas": [GROUP_SCHEMA], "displayName": group.name, "externalId": group.id});
        Call::with("POST", format!("{}/Groups", scim.base), &body)
    };
    let created = scim.wave(new.iter().map(post).collect(), new_id).await?;
    let created: FxHashMap<&str, String> = new.iter().map(|group| group.name.as_str()).zip(created).collect();
    let mut patches = Vec::new();
    for group in &source.groups {
        let there = groups.get(&group.name);
        let Some(id) =
            created.get(group.name.as_str()).map(String::as_str).or(there.map(|it| text(it, "id")))
        else {
            continue;
        };
        let have: FxHashSet<&str> = there
            .map(|it| list(it, "members").iter().map(|member| text(member, "value")).collect())
            .unwrap_or_default();
        let want: FxHashSet<&str> =
            group.members.iter().filter_map(|member| ids.get(member).map(String::as_str)).collect();
        let member = |id: &&str| json!({"value": id});
        let coming: Vec<Value> = want.difference(&have).map(member).collect();
        let going: Vec<Value> = have.difference(&want).map(member).collect();
        let (mut coming, mut going) = (coming.chunks(PAGE), going.chunks(PAGE));
        loop {
            let operation =
                |name: &str, members: &[Value]| json!({"op": name, "path": "members", "value": members});
            let operations: Vec<Value> = coming
                .next()
                .map(|members| operation("add", members))
                .into_iter()
                .chain(going.next().map(|members| operation("remove", members)))
                .collect();
            if operations.is_empty() {
                break;
            }
            patches.push(patch(scim, "Groups", id, &operations));
        }
    }
    scim.wave(patches, |_| Ok(())).await.map(drop)
}
