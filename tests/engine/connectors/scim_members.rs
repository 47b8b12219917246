//! Membership changes in batches that adapt to the server (G3).

use lockstep_core::ids::ScimId;
use lockstep_core::scim::MemberRemovalForm;
use lockstep_engine::connectors::atlassian_scim::{BatchLimit, MemberChange, ScimClient};
use serde_json::Value;

use super::scim::scim;
use crate::http::server::{Reply, Seen, Server};

fn people(count: usize) -> Vec<ScimId> {
    (0..count).map(|number| format!("u{number:03}").into()).collect()
}

/// Returns the ids in a request that adds members.
fn added(seen: &Seen) -> Vec<String> {
    let body: Value = serde_json::from_str(&seen.body).expect("JSON");
    let list = body["Operations"][0]["value"].as_array().cloned().unwrap_or_default();
    list.iter().filter_map(|member| member["value"].as_str().map(str::to_owned)).collect()
}

async fn add(
    client: &ScimClient,
    count: usize,
    limit: &BatchLimit,
) -> lockstep_engine::connectors::atlassian_scim::MembersOutcome {
    client.change_members(&"g1".into(), MemberChange::Add, &people(count), limit).await
}

#[tokio::test]
async fn members_go_in_batches_of_a_hundred_in_order() {
    let server = Server::script(vec![Reply::empty(204)]).await;
    let limit = BatchLimit::new(None);
    let outcome = add(&scim(&server.url), 250, &limit).await;
    assert_eq!((outcome.sent.len(), outcome.failed.len(), outcome.requests), (250, 0, 3));
    assert_eq!(outcome.sent, people(250), "in the order given");
    assert_eq!(server.seen().iter().map(|seen| added(seen).len()).collect::<Vec<_>>(), [100, 100, 50]);
    assert_eq!(limit.learnt(), None, "nothing to remember");
}

#[tokio::test]
async fn a_server_that_takes_fewer_is_asked_once_and_remembered() {
    for status in [413, 400] {
        let server = Server::start(move |seen| {
            if added(seen).len() > 30 {
                Reply::status(status, r#"{"detail":"no"}"#)
            } else {
                Reply::empty(204)
            }
        })
        .await;
        let client = scim(&server.url);
        let limit = BatchLimit::new(None);
        let outcome = add(&client, 200, &limit).await;
        assert_eq!(outcome.sent, people(200), "{status}");
        assert_eq!(limit.learnt(), Some(25), "100, 50, 25: the first that went through ({status})");
        let before = server.seen().len();
        let again = add(&client, 50, &limit).await;
        assert_eq!((again.sent.len(), server.seen().len() - before), (50, 2), "no more refusals ({status})");
        let remembered = BatchLimit::new(limit.learnt());
        assert_eq!(remembered.get(), 25);
    }
}

#[tokio::test]
async fn one_unknown_member_does_not_keep_the_others_out() {
    for status in [400, 404] {
        let server = Server::start(move |seen| {
            if added(seen).contains(&"u037".to_owned()) {
                Reply::status(status, r#"{"detail":"no such user"}"#)
            } else {
                Reply::empty(204)
            }
        })
        .await;
        let limit = BatchLimit::new(None);
        let outcome = add(&scim(&server.url), 100, &limit).await;
        assert_eq!(outcome.sent.len(), 99, "{status}");
        let failed: Vec<_> = outcome.failed.iter().map(|(id, error)| (id.as_str(), error.status())).collect();
        assert_eq!(failed, [("u037", Some(status))]);
        assert_eq!(limit.learnt(), None, "it was not the size");
        assert!(outcome.requests <= 15, "halving, not one by one: {}", outcome.requests);
    }
}

#[tokio::test]
async fn an_unknown_outcome_ends_the_change_and_nothing_is_sent_twice() {
    let server = Server::script(vec![Reply::empty(204), Reply::Drop]).await;
    let outcome = add(&scim(&server.url), 250, &BatchLimit::new(None)).await;
    assert_eq!((outcome.sent.len(), outcome.failed.len()), (100, 150));
    assert!(outcome.failed.iter().all(|(_, error)| !error.outcome_known()), "to be read back");
    assert_eq!(server.seen().len(), 2, "a member added twice may be stored twice");
}

#[tokio::test]
async fn refused_credentials_end_the_change_at_once() {
    let server = Server::script(vec![Reply::status(401, "{}")]).await;
    let change = MemberChange::Remove(MemberRemovalForm::ValuePath);
    let outcome =
        scim(&server.url).change_members(&"g1".into(), change, &people(300), &BatchLimit::new(None)).await;
    assert_eq!((outcome.sent.len(), outcome.failed.len(), server.seen().len()), (0, 300, 1));
}
