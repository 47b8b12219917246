//! A stand-in for JumpCloud: an organisation in memory, served as its API would, with a place to put faults.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use lockstep_core::link::{GroupLink, GroupLinkState, Links, PersonLink};
use lockstep_core::snapshot::source::SourceSnapshot;
use lockstep_engine::connectors::jumpcloud::{JumpCloudClient, JumpCloudSettings, SourceScope, read_source};
use lockstep_engine::http::ConnectorError;
use serde_json::{Value, json};

use crate::http::server::{KEY, Reply, Seen, Server, quick};

/// The application that is provisioned.
pub(crate) const APPLICATION: &str = "app-atlassian";

/// An organisation.
#[derive(Clone, Default)]
pub(crate) struct Organisation {
    /// Bodies of system users by id.
    pub(crate) people: BTreeMap<String, Value>,
    /// Groups by id: name and members.
    pub(crate) groups: BTreeMap<String, (String, Vec<String>)>,
    /// Ids of bound groups by application.
    pub(crate) bound: BTreeMap<String, Vec<String>>,
    /// Whether V2's lists of edges say their total.
    pub(crate) counts_edges: bool,
}

impl Organisation {
    /// Makes people `p000`, `p001`… without groups.
    pub(crate) fn with_people(count: usize) -> Self {
        let mut organisation = Self::default();
        for number in 0..count {
            organisation.hire(&format!("p{number:03}"));
        }
        organisation
    }

    pub(crate) fn hire(&mut self, id: &str) {
        let person = json!({"_id": id, "id": id, "username": id, "email": format!("{id}@example.com"),
            "state": "ACTIVATED", "suspended": false});
        self.people.insert(id.to_owned(), person);
    }

    /// Adds a group of the people with these numbers, bound to the application.
    pub(crate) fn bind(&mut self, id: &str, name: &str, members: impl IntoIterator<Item = usize>) {
        let members = members.into_iter().map(|number| format!("p{number:03}")).collect();
        self.groups.insert(id.to_owned(), (name.to_owned(), members));
        self.bound.entry(APPLICATION.to_owned()).or_default().push(id.to_owned());
    }

    /// Returns links for all people and bound groups as they are now.
    pub(crate) fn links(&self) -> Links {
        let people = self
            .people
            .keys()
            .map(|id| PersonLink { source: id.as_str().into(), target: format!("scim-{id}").into() });
        let groups = self.groups.iter().map(|(id, (name, members))| GroupLink {
            source: id.as_str().into(),
            target: format!("scim-{id}").into(),
            state: GroupLinkState::Managed,
            name: name.clone(),
            last_members: members.iter().map(|id| id.as_str().into()).collect(),
        });
        Links { people: people.collect(), groups: groups.collect() }
    }

    /// Answers as JumpCloud would.
    pub(crate) fn answer(&self, seen: &Seen) -> Reply {
        let parts: Vec<&str> = seen.path.trim_start_matches('/').split('/').collect();
        let edge = |kind: &str, id: &String| json!({"from": null, "to": {"id": id, "type": kind}});
        match parts.as_slice() {
            ["api", "systemusers"] => wrapped(seen, self.people.values().cloned()),
            ["api", "systemusers", id] => found(self.people.get(*id).cloned()),
            ["api", "organizations"] if seen.headers.contains_key("x-org-id") => {
                Reply::status(403, r#"{"message":"Forbidden"}"#)
            }
            ["api", "organizations"] => {
                wrapped(seen, [json!({"_id": "org-1", "displayName": "Analytical Engines"})])
            }
            ["api", "applications"] => wrapped(seen, self.bound.keys().map(|id| application(id))),
            ["api", "applications", id] => found(self.bound.contains_key(*id).then(|| application(id))),
            ["api", "v2", "applications", id, "associations"] => {
                let groups = self.bound.get(*id).cloned().unwrap_or_default();
                self.edges(seen, groups.iter().map(|id| edge("user_group", id)))
            }
            ["api", "v2", "applications", id, "users"] => {
                let bound = self.bound.get(*id).cloned().unwrap_or_default();
                let mut people: Vec<&String> = bound
                    .iter()
                    .filter_map(|id| self.groups.get(id))
                    .flat_map(|(_, members)| members)
                    .collect();
                people.sort();
                people.dedup();
                self.edges(
                    seen,
                    people.into_iter().map(|id| json!({"id": id, "type": "user", "paths": [[{}, {}]]})),
                )
            }
            ["api", "v2", "users", id, "applications"] => {
                let holds = |group: &String| {
                    self.groups
                        .get(group)
                        .is_some_and(|(_, members)| members.iter().any(|member| member == id))
                };
                let reaching = self.bound.iter().filter(|(_, groups)| groups.iter().any(holds));
                self.edges(
                    seen,
                    reaching.map(|(id, _)| json!({"id": id, "type": "application", "paths": [[{}, {}]]})),
                )
            }
            ["api", "v2", "usergroups"] => {
                let total = self.groups.len();
                let groups = self
                    .groups
                    .iter()
                    .map(|(id, (name, _))| json!({"id": id, "name": name, "type": "user_group"}));
                bare(seen, groups).with("x-total-count", &total.to_string())
            }
            ["api", "v2", "usergroups", id] => found(
                self.groups
                    .get(*id)
                    .map(|(name, _)| json!({"id": id, "name": name, "membershipMethod": "STATIC"})),
            ),
            ["api", "v2", "usergroups", id, "applications"] => {
                let to = self.bound.iter().filter(|(_, groups)| groups.iter().any(|group| group == id));
                self.edges(seen, to.map(|(id, _)| json!({"id": id, "type": "application", "paths": [[{}]]})))
            }
            ["api", "v2", "users", id, "memberof"] => {
                let holds = |(_, members): &&(String, Vec<String>)| members.iter().any(|member| member == id);
                let of = self.groups.iter().filter(|(_, group)| holds(group));
                self.edges(seen, of.map(|(id, _)| json!({"id": id, "type": "user_group", "paths": [[{}]]})))
            }
            ["api", "v2", "usergroups", id, "members"] => match self.groups.get(*id) {
                Some((_, members)) => self.edges(seen, members.iter().map(|id| edge("user", id))),
                None => Reply::status(404, r#"{"message":"Not Found"}"#),
            },
            ["api", "v2", "usergroups", id, "membership"] => match self.groups.get(*id) {
                Some((_, members)) => self.edges(
                    seen,
                    members.iter().map(
                        |id| json!({"id": id, "type": "user", "compiledAttributes": null, "paths": [[{}]]}),
                    ),
                ),
                None => Reply::status(404, r#"{"message":"Not Found"}"#),
            },
            _ => Reply::status(404, r#"{"message":"Not Found"}"#),
        }
    }

    fn edges(&self, seen: &Seen, edges: impl IntoIterator<Item = Value>) -> Reply {
        let edges: Vec<Value> = edges.into_iter().collect();
        let total = edges.len().to_string();
        let reply = bare(seen, edges);
        if self.counts_edges { reply.with("x-total-count", &total) } else { reply }
    }
}

fn application(id: &str) -> Value {
    let template = if id.contains("atlassian") { "atlassiancloud" } else { "saml2" };
    json!({"_id": id, "name": template, "displayLabel": format!("Label of {id}"), "ssoUrl": "https://sso.jumpcloud.com/saml2/x"})
}

fn found(body: Option<Value>) -> Reply {
    match body {
        Some(body) => Reply::json(body),
        None => Reply::status(404, r#"{"message":"Not Found"}"#),
    }
}

fn page(seen: &Seen, items: impl IntoIterator<Item = Value>) -> (usize, Vec<Value>) {
    let items: Vec<Value> = items.into_iter().collect();
    let limit = if seen.query.contains_key("limit") { seen.number("limit").min(100) } else { 10 };
    let total = items.len();
    (total, items.into_iter().skip(seen.number("skip")).take(limit).collect())
}

fn wrapped(seen: &Seen, items: impl IntoIterator<Item = Value>) -> Reply {
    let (total, results) = page(seen, items);
    Reply::json(json!({"totalCount": total, "results": results}))
}

fn bare(seen: &Seen, items: impl IntoIterator<Item = Value>) -> Reply {
    Reply::json(Value::from(page(seen, items).1))
}

/// What a fault does to an answer; `None` leaves it as it is.
type Fault = Box<dyn Fn(&Seen, usize, &Reply) -> Option<Reply> + Send + Sync>;

/// A running stand-in.
pub(crate) struct JumpCloud {
    pub(crate) server: Server,
    fault: Arc<Mutex<Option<Fault>>>,
}

impl JumpCloud {
    pub(crate) async fn start(organisation: Organisation) -> Self {
        let fault: Arc<Mutex<Option<Fault>>> = Arc::default();
        let struck = fault.clone();
        let count = Mutex::new(BTreeMap::<String, usize>::new());
        let server = Server::start(move |seen| {
            let reply = organisation.answer(seen);
            let mut count = count.lock().expect("no panic while held");
            let nth = count.entry(seen.path.clone()).or_default();
            *nth += 1;
            let fault = struck.lock().expect("no panic while held");
            fault.as_ref().and_then(|fault| fault(seen, *nth, &reply)).unwrap_or(reply)
        })
        .await;
        Self { server, fault }
    }

    /// Sets a fault: it gets the request, how often its path was asked for, and the sound answer.
    pub(crate) fn fault(
        &self,
        fault: impl Fn(&Seen, usize, &Reply) -> Option<Reply> + Send + Sync + 'static,
    ) {
        *self.fault.lock().expect("no panic while held") = Some(Box::new(fault));
    }

    pub(crate) fn client(&self) -> JumpCloudClient {
        self.client_of(None)
    }

    pub(crate) fn client_of(&self, organisation: Option<&str>) -> JumpCloudClient {
        let settings = JumpCloudSettings {
            console_url: format!("{}/api/v2/", self.server.url),
            organisation: organisation.map(str::to_owned),
            concurrency: 8,
            retry: quick(),
        };
        JumpCloudClient::new(settings, KEY).expect("a client")
    }

    /// Reads everything, as a plan would.
    pub(crate) async fn read(&self, links: &Links) -> Result<SourceSnapshot, ConnectorError> {
        let scope = SourceScope { application: APPLICATION, with_overlaps: true };
        read_source(&self.client(), scope, links).await
    }
}

/// Returns the body of an answer with every second entry of its list left out, the totals as they are.
pub(crate) fn short(reply: &Reply) -> Reply {
    edit(reply, |list| {
        let keep = list.len() / 2;
        list.truncate(keep);
    })
}

/// Changes the list in an answer, the totals left as they are.
pub(crate) fn edit(reply: &Reply, change: impl FnOnce(&mut Vec<Value>)) -> Reply {
    let Reply::Answer { status, headers, body } = reply else { return reply.clone() };
    let mut value: Value = serde_json::from_str(body).expect("JSON");
    let list = match &mut value {
        Value::Array(list) => Some(list),
        Value::Object(object) => {
            let name = ["results", "Resources", "data"].into_iter().find(|name| object.contains_key(*name));
            name.and_then(|name| object.get_mut(name)).and_then(Value::as_array_mut)
        }
        _ => None,
    };
    if let Some(list) = list {
        change(list);
    }
    Reply::Answer { status: *status, headers: headers.clone(), body: value.to_string() }
}
