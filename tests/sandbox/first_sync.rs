//! A first sync by a raw client: the scenario is one that a client can work with.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Bench, text};

async fn sync(bench: &Bench) -> (usize, Vec<String>) {
    let application = &bench.access.application;
    let bound =
        bench.all(&format!("/api/v2/applications/{application}/associations?targets=user_group")).await;
    let people: BTreeMap<String, Value> = bench
        .all("/api/systemusers?sort=_id")
        .await
        .into_iter()
        .map(|person| (text(&person, "/_id").to_owned(), person))
        .collect();
    let mut scim_ids: BTreeMap<String, String> = BTreeMap::new();
    let (mut created, mut refused) = (0, Vec::new());
    for edge in &bound {
        let id = text(edge, "/to/id");
        let group = bench.jumpcloud("GET", &format!("/api/v2/usergroups/{id}"), None).await.body;
        let mut members = Vec::new();
        for member in bench.all(&format!("/api/v2/usergroups/{id}/members")).await {
            let person = &people[text(&member, "/to/id")];
            if let Some(known) = scim_ids.get(text(person, "/_id")) {
                members.push(json!({"value": known}));
                continue;
            }
            let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "userName": person["username"], "externalId": person["_id"], "displayName": person["displayname"],
                "emails": [{"value": person["email"], "type": "work", "primary": true}],
                "active": person["state"] == "ACTIVATED"});
            let answer = bench.scim("POST", "/Users", Some(body)).await;
            if answer.status == 201 {
                created += 1;
                scim_ids.insert(text(person, "/_id").to_owned(), text(&answer.body, "/id").to_owned());
                members.push(json!({"value": answer.body["id"]}));
            } else {
                refused.push(text(person, "/username").to_owned());
            }
        }
        let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": group["name"], "members": members});
        let answer = bench.scim("POST", "/Groups", Some(body)).await;
        let is_there = ["Product Management"].contains(&text(&group, "/name"));
        let expected = if is_there { 409 } else { 201 };
        assert_eq!(answer.status, expected, "{} answers with {}", text(&group, "/name"), answer.text);
    }
    (created, refused)
}

#[tokio::test]
async fn most_people_of_the_small_scenario_can_be_created() {
    let bench = Bench::small().await;
    let (created, refused) = sync(&bench).await;
    assert!(created >= 30, "only {created} people could be created");
    assert_eq!(
        refused,
        ["henrik.dahl", "sofia.andersson", "marek.dvorak"],
        "only those who are in the SCIM directory already are refused"
    );
}

#[tokio::test]
async fn a_custom_organisation_of_500_people_and_40_groups_can_be_created_whole() {
    let bench = Bench::custom("custom:people=500,groups=40").await;
    let (created, refused) = sync(&bench).await;
    assert_eq!((created, refused.len()), (500, 0), "everybody is new");
    let dump = bench.sandbox.world().dump();
    for (name, group) in &dump.source.groups {
        let members: Vec<&String> = group.members.iter().collect();
        let theirs: Vec<&String> = dump.target.groups[name].members.iter().collect();
        assert_eq!(members, theirs, "{name} has the same members on both sides");
    }
}
