//! The scenarios: the same seed gives the same world, every interesting case is there, the large one starts.

use std::time::Duration;

use lockstep_sandbox::{Sandbox, SandboxOptions, ScenarioName};
use serde_json::Value;

use crate::support::{Bench, text};

#[tokio::test]
async fn the_same_seed_gives_the_same_world_and_another_seed_another() {
    let start = async |scenario: &str, seed: u64| {
        let scenario = scenario.parse().unwrap();
        let sandbox =
            Sandbox::start(SandboxOptions { scenario, seed, ..SandboxOptions::default() }).await.unwrap();
        (sandbox.world().dump(), sandbox.access())
    };
    for scenario in ["small", "custom:people=300,groups=20,memberships=900"] {
        let ((first, first_access), (second, second_access)) =
            (start(scenario, 7).await, start(scenario, 7).await);
        assert_eq!(first, second, "{scenario} with the same seed");
        assert_eq!(first_access.scim_token, second_access.scim_token, "keys depend on the seed too");
        assert_eq!(first_access.application, second_access.application, "and so do ids");
        assert_ne!(first, start(scenario, 8).await.0, "{scenario} with another seed");
    }
}

#[tokio::test]
async fn scenario_names_read_back_as_they_are_written() {
    let custom = "custom:people=500,groups=40,memberships=2000";
    for name in ["small", "medium", "large", "empty", "unbound", "foreign-application", custom] {
        assert_eq!(name.parse::<ScenarioName>().unwrap().to_string(), name);
    }
    assert!("huge".parse::<ScenarioName>().unwrap_err().to_string().contains("foreign-application"));
    assert!("custom:peoples=5".parse::<ScenarioName>().is_err());
}

#[tokio::test]
async fn the_small_scenario_has_every_interesting_case() {
    let bench = Bench::small().await;
    let dump = bench.sandbox.world().dump();
    let (people, groups) = (&dump.source.people, &dump.source.groups);
    assert_eq!(people["viktor.horvath"].state, "SUSPENDED");
    assert_eq!(people["rohan.iyer"].state, "STAGED");
    assert!(people["nadia.petrova"].password_expired);
    assert!(people["greta.lindqvist"].email.ends_with("@northfjord.example"), "an unverified domain");
    assert!(
        groups["Research Lab"].is_bound && groups["Research Lab"].members.is_empty(),
        "a bound, empty group"
    );
    assert!(groups.contains_key("Customer Support "), "a name with a space at its end");
    assert!(!groups["Reception"].is_bound, "tessa.brandt is in no bound group");
    let local = &dump.organisation.groups;
    assert!(local.contains_key("design") && !local["design"].is_synced, "a clash but for the letter case");
    assert!(local["jira-software-users"].gives_default_access, "a default access group");
    let users = &dump.target.users;
    let gone = &users["sofia.andersson"];
    assert_eq!(gone.email, people["sofia.andersson"].email, "a re-hire has the same address");
    assert!(!gone.external_id.is_empty(), "the record of before has an id");
    assert!(people.values().all(|person| person.id != gone.external_id), "which is of nobody any more");
    assert_eq!(users["henrik.dahl"].external_id, "", "found by user name, not linked");
    assert_ne!(users["marek.dvorak"].email, people["marek.dvorak"].email, "found by user name");
    assert_eq!(
        users["marek.dvorak.support"].email, people["marek.dvorak"].email,
        "and another one by address"
    );
    assert!(!dump.organisation.accounts["carmen.ruiz@halden.example"].is_synced, "somebody to import");
    let owner = bench.jumpcloud("GET", "/api/account", None).await.body;
    assert_eq!(
        text(&owner, "/email"),
        people["ingrid.halvorsen"].email,
        "the key's owner is one of the people"
    );
}

#[tokio::test]
async fn finance_is_on_two_atlassian_connectors_of_the_small_scenario() {
    let bench = Bench::small().await;
    let groups = bench.all("/api/v2/usergroups?sort=name").await;
    let finance = groups.iter().find(|group| text(group, "/name") == "Finance").unwrap();
    let bound = bench.all(&format!("/api/v2/usergroups/{}/applications", text(finance, "/id"))).await;
    let mut templates = Vec::new();
    for application in &bound {
        let path = format!("/api/applications/{}", text(application, "/id"));
        templates.push(text(&bench.jumpcloud("GET", &path, None).await.body, "/name").to_owned());
    }
    assert_eq!(templates, ["atlassiancloud", "atlassiancloud"]);
}

#[tokio::test]
async fn two_passwords_of_the_small_scenario_expire_within_14_days() {
    let bench = Bench::small().await;
    let soon: Vec<String> = bench
        .all("/api/systemusers?sort=_id")
        .await
        .iter()
        .filter(|person| {
            person["password_expiration_date"].is_string() && person["password_expired"] == false
        })
        .map(|person| text(person, "/username").to_owned())
        .collect();
    assert_eq!(soon, ["amara.diallo", "paolo.conti"]);
}

#[tokio::test]
async fn unbound_empty_and_foreign_application_are_what_they_say() {
    let bench = Bench::of(ScenarioName::Unbound).await;
    let path = format!("/api/v2/applications/{}/associations?targets=user_group", bench.access.application);
    assert_eq!(bench.jumpcloud("GET", &path, None).await.body, Value::Array(Vec::new()), "nothing is bound");
    let bench = Bench::of(ScenarioName::ForeignApplication).await;
    let path = format!("/api/applications/{}", bench.access.application);
    assert_eq!(text(&bench.jumpcloud("GET", &path, None).await.body, "/name"), "slack");
    let bench = Bench::of(ScenarioName::Empty).await;
    let groups = bench.all("/api/v2/usergroups?sort=name").await;
    assert_eq!(groups.len(), 6);
    for group in &groups {
        let path = format!("/api/v2/usergroups/{}/members", text(group, "/id"));
        assert_eq!(
            bench.jumpcloud("GET", &path, None).await.body,
            Value::Array(Vec::new()),
            "nobody is in it"
        );
    }
}

#[tokio::test]
async fn custom_sizes_are_met_exactly() {
    let bench = Bench::custom("custom:people=333,groups=17,memberships=1234").await;
    let dump = bench.sandbox.world().dump();
    let memberships: usize = dump.source.groups.values().map(|group| group.members.len()).sum();
    assert_eq!((dump.source.people.len(), dump.source.groups.len(), memberships), (333, 17, 1234));
}

#[tokio::test]
async fn the_large_scenario_starts_and_answers_its_last_page() {
    let bench = tokio::time::timeout(Duration::from_secs(120), Bench::of(ScenarioName::Large)).await.unwrap();
    let page = bench.jumpcloud("GET", "/api/systemusers?sort=_id&limit=100&skip=99950", None).await.body;
    assert_eq!(page["totalCount"], 100_000);
    assert_eq!(page["results"].as_array().unwrap().len(), 50);
    let groups = bench.jumpcloud("GET", "/api/v2/usergroups?sort=name&limit=1", None).await;
    assert_eq!(groups.header("x-total-count"), "2000");
}
