//! SCIM users (facts on Atlassian, sections 1 and 4).

use lockstep_sandbox::Change;
use serde_json::{Value, json};

use crate::support::{Bench, text};

const LINK: &str = "/urn:scim:schemas:extension:atlassian-external:1.0/atlassianAccountId";

fn user(user_name: &str, email: &str) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user_name,
        "externalId": format!("id-of-{user_name}"), "emails": [{"value": email, "type": "work", "primary": true}],
        "displayName": user_name, "title": "Engineer"})
}

async fn create(bench: &Bench, user_name: &str) -> String {
    let answer =
        bench.scim("POST", "/Users", Some(user(user_name, &format!("{user_name}@halden.example")))).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    text(&answer.body, "/id").to_owned()
}

fn patch(operations: Value) -> Option<Value> {
    Some(json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations}))
}

#[tokio::test]
async fn a_new_user_is_answered_whole_with_its_address() {
    let bench = Bench::small().await;
    let answer = bench.scim("POST", "/Users", Some(user("new.one", "new.one@halden.example"))).await;
    assert_eq!(answer.status, 201);
    assert!(answer.header("content-type").starts_with("application/scim+json"));
    let id = text(&answer.body, "/id");
    assert_eq!(answer.header("location"), format!("{}/Users/{id}", bench.access.scim_url));
    assert_eq!(answer.body["active"], true, "active by default");
    assert_eq!(text(&answer.body, "/meta/resourceType"), "User");
    assert!(!text(&answer.body, LINK).is_empty(), "an account was made and linked");
}

#[tokio::test]
async fn a_user_with_the_address_of_an_account_is_linked_to_it() {
    let bench = Bench::small().await;
    let search = json!({"emails": ["ada.moreau@halden.example"]});
    let found =
        bench.organisation("POST", "/v2/orgs/{org}/directories/-/users/search", Some(search)).await.body;
    let body = user("ada.moreau", "Ada.Moreau@halden.example");
    let created = bench.scim("POST", "/Users", Some(body)).await.body;
    assert_eq!(text(&created, LINK), text(&found, "/data/0/accountId"));
}

#[tokio::test]
async fn pages_hold_at_most_100_whatever_is_asked_for() {
    let bench = Bench::custom("custom:people=1,groups=1").await;
    for number in 0..103 {
        create(&bench, &format!("person{number}")).await;
    }
    let page = bench.scim("GET", "/Users?count=1000", None).await.body;
    assert_eq!((page["totalResults"].as_u64(), page["itemsPerPage"].as_u64()), (Some(103), Some(100)));
    assert_eq!(page["Resources"].as_array().unwrap().len(), 100);
    let rest = bench.scim("GET", "/Users?startIndex=101&count=100", None).await.body;
    assert_eq!(rest["Resources"].as_array().unwrap().len(), 3);
    let none = bench.scim("GET", "/Users?count=0", None).await.body;
    assert_eq!((none["totalResults"].as_u64(), none["Resources"].as_array().unwrap().len()), (Some(103), 0));
    let past = bench.scim("GET", "/Users?startIndex=500", None).await.body;
    assert_eq!(past["Resources"], json!([]));
}

#[tokio::test]
async fn filters_are_one_eq_on_user_name_or_external_id() {
    let bench = Bench::small().await;
    create(&bench, "find.me").await;
    let count = async |filter: &str| {
        let query: String = url_encode(filter);
        let answer = bench.scim("GET", &format!("/Users?filter={query}"), None).await;
        (answer.status, answer.body["totalResults"].as_u64())
    };
    assert_eq!(count("userName eq \"FIND.ME\"").await, (200, Some(1)), "letter case does not matter");
    assert_eq!(count("externalId eq \"id-of-find.me\"").await, (200, Some(1)));
    assert_eq!(count("externalId eq \"ID-OF-FIND.ME\"").await, (200, Some(0)), "here it does");
    assert_eq!(count("emails eq \"find.me@halden.example\"").await.0, 400);
    assert_eq!(count("userName sw \"find\"").await.0, 400);
    assert_eq!(count("userName eq \"a\" and externalId eq \"b\"").await.0, 400);
    let refused = bench.scim("GET", "/Users?filter=nonsense", None).await.body;
    assert_eq!((text(&refused, "/scimType"), text(&refused, "/status")), ("invalidFilter", "400"));
}

fn url_encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn taken_addresses_get_the_words_of_the_service() {
    let bench = Bench::small().await;
    let id = create(&bench, "first.one").await;
    create(&bench, "second.one").await;
    let body = user("third.one", "FIRST.ONE@halden.example");
    let refused = bench.scim("POST", "/Users", Some(body)).await;
    let expected = "Resource [USER]: with email[FIRST.ONE@halden.example] already exists.";
    assert_eq!((refused.status, text(&refused.body, "/detail")), (409, expected));
    assert_eq!((text(&refused.body, "/status"), text(&refused.body, "/scimType")), ("409", "uniqueness"));
    let change = patch(json!([{"op": "replace", "path": "emails[type eq \"work\"].value",
        "value": "second.one@halden.example"}]));
    let refused = bench.scim("PATCH", &format!("/Users/{id}"), change).await;
    assert_eq!(refused.status, 409, "a change of address is refused likewise");
    let same_name = bench.scim("POST", "/Users", Some(user("FIRST.one", "other@halden.example"))).await;
    assert_eq!(same_name.status, 409, "user names are unique in any letter case");
    let local = patch(json!([{"op": "replace", "path": "emails[type eq \"work\"].value",
        "value": "carmen.ruiz@halden.example"}]));
    let refused = bench.scim("PATCH", &format!("/Users/{id}"), local).await;
    assert_eq!(refused.status, 409, "so is the address of an account that did not come by SCIM");
}

#[tokio::test]
async fn patch_answers_200_with_the_resource_and_takes_both_spellings() {
    let bench = Bench::small().await;
    let id = create(&bench, "patch.me").await;
    let path = format!("/Users/{id}");
    let operations = json!([
        {"op": "replace", "path": "title", "value": "Lead"},
        {"op": "Replace", "path": "name.familyName", "value": "Me"},
        {"op": "add", "path": "phoneNumbers[type eq \"work\" and primary eq true].value", "value": "+1"},
        {"op": "replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
         "value": "Glass"},
    ]);
    let answer = bench.scim("PATCH", &path, patch(operations)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(text(&answer.body, "/title"), "Lead");
    assert_eq!(text(&answer.body, "/name/familyName"), "Me");
    assert_eq!(answer.body["phoneNumbers"], json!([{"value": "+1", "type": "work", "primary": true}]));
    assert_eq!(
        text(&answer.body, "/department"),
        "Glass",
        "assumed: the flat pair and the extension are one"
    );
    let lower = json!({"operations": [{"op": "replace", "value": {"active": false, "nickName": "P"}}]});
    let answer = bench.scim("PATCH", &path, Some(lower)).await.body;
    assert_eq!((&answer["active"], text(&answer, "/nickName")), (&json!(false), "P"));
    let removed = bench.scim("PATCH", &path, patch(json!([{"op": "remove", "path": "title"}]))).await.body;
    assert!(removed.get("title").is_none());
    let unknown =
        bench.scim("PATCH", &path, patch(json!([{"op": "replace", "path": "shoe", "value": "1"}]))).await;
    assert_eq!((unknown.status, text(&unknown.body, "/scimType")), (400, "invalidPath"));
}

#[tokio::test]
async fn put_clears_what_it_does_not_name_and_reactivates() {
    let bench = Bench::small().await;
    let id = create(&bench, "put.me").await;
    let path = format!("/Users/{id}");
    bench.scim("PATCH", &path, patch(json!([{"op": "replace", "path": "active", "value": false}]))).await;
    let body = json!({"userName": "put.me", "emails": [{"value": "put.me@halden.example", "primary": true}]});
    let answer = bench.scim("PUT", &path, Some(body)).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.get("title").is_none(), "the title is cleared");
    assert_eq!(text(&answer.body, "/externalId"), "", "and so is the external id");
    assert_eq!(answer.body["active"], true, "a missing active is true");
}

#[tokio::test]
async fn a_deleted_user_is_gone_and_its_account_is_switched_off_and_linked_again_by_a_new_one() {
    let bench = Bench::small().await;
    let id = create(&bench, "come.back").await;
    assert_eq!(bench.scim("DELETE", &format!("/Users/{id}"), None).await.status, 204);
    assert_eq!(bench.scim("GET", &format!("/Users/{id}"), None).await.status, 404);
    let account = &bench.sandbox.world().dump().organisation.accounts["come.back@halden.example"];
    assert!(!account.is_active && !account.is_synced, "the account stays, switched off");
    let again = create(&bench, "come.back").await;
    assert_ne!(again, id, "a new id");
    let account = &bench.sandbox.world().dump().organisation.accounts["come.back@halden.example"];
    assert!(account.is_active && account.is_synced, "the same account, on again");
}

#[tokio::test]
async fn deactivating_keeps_the_record_and_its_groups() {
    let bench = Bench::small().await;
    let id = create(&bench, "rest.now").await;
    bench.scim("POST", "/Groups", Some(json!({"displayName": "Guild", "members": [{"value": id}]}))).await;
    let off = patch(json!([{"op": "replace", "path": "active", "value": false}]));
    let answer = bench.scim("PATCH", &format!("/Users/{id}"), off).await.body;
    assert_eq!(text(&answer, "/groups/0/display"), "Guild");
    let dump = bench.sandbox.world().dump();
    assert!(!dump.organisation.accounts["rest.now@halden.example"].is_active);
    assert!(dump.organisation.groups["Guild"].members.contains("rest.now@halden.example"));
}

#[tokio::test]
async fn writing_emails_of_somebody_outside_the_verified_domains_unlinks_them() {
    let bench = Bench::small().await;
    let created = bench.scim("POST", "/Users", Some(user("greta", "greta@northfjord.example"))).await.body;
    assert!(!text(&created, LINK).is_empty(), "external people are linked at first");
    let id = text(&created, "/id");
    bench.scim("POST", "/Groups", Some(json!({"displayName": "Guests", "members": [{"value": id}]}))).await;
    let path = format!("/Users/{id}");
    let title = patch(json!([{"op": "replace", "path": "title", "value": "Consultant"}]));
    let answer = bench.scim("PATCH", &path, title).await.body;
    assert!(!text(&answer, LINK).is_empty(), "other attributes do no harm");
    let emails =
        patch(json!([{"op": "replace", "path": "emails", "value": [{"value": "greta@northfjord.example",
        "type": "work", "primary": true}]}]));
    let answer = bench.scim("PATCH", &path, emails).await.body;
    assert_eq!(text(&answer, LINK), "", "ACCESS-1003: even the same address unlinks");
    assert!(
        bench.sandbox.world().dump().organisation.groups["Guests"].members.is_empty(),
        "and drops groups"
    );
}

#[tokio::test]
async fn a_401_is_not_scim_shaped_and_comes_after_expiry_and_regeneration() {
    let bench = Bench::small().await;
    let world = bench.sandbox.world();
    world.change(&Change::RegenerateScimKey).unwrap();
    let refused = bench.scim("GET", "/Users", None).await;
    assert_eq!(refused.status, 401, "the old key is dead at once");
    assert!(refused.body.get("traceId").is_some() && refused.body.get("schemas").is_none());
    let url = format!("{}/Users", bench.access.scim_url);
    let status = async |token: &str| {
        bench.request("GET", &url).bearer_auth(token).send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(&world.scim_token()).await, 200, "the new one works");
    world.change(&Change::ExpireScimKey).unwrap();
    assert_eq!(status(&world.scim_token()).await, 401, "until it expires");
}

#[tokio::test]
async fn attributes_can_be_chosen_and_left_out() {
    let bench = Bench::small().await;
    let only = bench.scim("GET", "/Users?attributes=userName,emails.value&count=1", None).await.body;
    let members: Vec<&String> = only["Resources"][0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["emails", "id", "schemas", "userName"]);
    let without = bench.scim("GET", "/Users?excludedAttributes=emails&count=1", None).await.body;
    assert!(without["Resources"][0].get("emails").is_none());
    let both = bench.scim("GET", "/Users?attributes=id&excludedAttributes=emails", None).await;
    assert_eq!(both.status, 400, "the two exclude each other");
}

#[tokio::test]
async fn an_unknown_user_is_404_in_the_shape_of_scim() {
    let bench = Bench::small().await;
    for (method, body) in
        [("GET", None), ("DELETE", None), ("PATCH", patch(json!([]))), ("PUT", Some(json!({})))]
    {
        let answer = bench.scim(method, "/Users/00000000-0000-4000-8000-000000000000", body).await;
        assert_eq!((answer.status, text(&answer.body, "/status")), (404, "404"), "{method}");
    }
}
