//! A fault at any page boundary of any list makes the reading incomplete, or does not show at all (R2).

use lockstep_core::link::Links;
use lockstep_core::snapshot::source::{Absence, SourceSnapshot};
use lockstep_engine::http::ConnectorError;

use super::stand_in::{JumpCloud, Organisation, edit, short};
use crate::http::server::{Reply, Seen};

/// 250 people in three bound groups: every list that is read for a plan has two pages or more, but for the bound groups.
fn organisation() -> Organisation {
    let mut organisation = Organisation::with_people(250);
    organisation.bind("g1", "Engineering", 0..220);
    organisation.bind("g2", "Design", 200..250);
    organisation.bind("g3", "Sales", 0..150);
    organisation
}

/// Returns whether anybody could be deactivated, deleted or removed because of this snapshot.
fn harms(snapshot: &SourceSnapshot, links: &Links) -> Option<String> {
    if !snapshot.completeness().is_complete() {
        return None;
    }
    for link in &links.groups {
        let Some(group) = snapshot.groups.iter().find(|group| group.id == link.source) else {
            return Some(format!("{} is gone", link.name));
        };
        if let Some(member) =
            link.last_members.iter().find(|member| group.members.binary_search(member).is_err())
        {
            return Some(format!("{member} left {}", link.name));
        }
    }
    let is_listed = |link: &lockstep_core::link::PersonLink| {
        snapshot.people.iter().any(|person| person.id == link.source)
    };
    links.people.iter().find(|link| !is_listed(link)).map(|link| format!("{} is gone", link.source))
}

#[tokio::test]
async fn no_fault_at_a_page_boundary_lets_anybody_vanish() {
    type Fault = (&'static str, fn(&Reply) -> Reply);
    let faults: [Fault; 8] = [
        ("500", |_| Reply::status(500, "{}")),
        ("dropped", |_| Reply::Drop),
        ("cut", |_| Reply::Cut { body: "[{".into() }),
        ("malformed", |_| Reply::html(200, "<html>")),
        ("short", short),
        ("missing", |reply| edit(reply, Vec::clear)),
        ("one entry lost", |reply| edit(reply, |list| drop(list.pop()))),
        ("no list", |_| Reply::json("{}")),
    ];
    let paths = [
        "/api/systemusers",
        "/api/v2/applications/app-atlassian/associations",
        "/api/v2/usergroups",
        "/api/v2/usergroups/g1/members",
        "/api/v2/usergroups/g2/members",
    ];
    for counts_edges in [false, true] {
        let mut organisation = organisation();
        organisation.counts_edges = counts_edges;
        let links = organisation.links();
        let jumpcloud = JumpCloud::start(organisation).await;
        for path in paths {
            for skip in ["0", "100", "200"] {
                for (name, fault) in faults {
                    // Struck each time, so that repeating does not help.
                    jumpcloud.fault(move |seen: &Seen, _, reply| {
                        let strikes =
                            seen.path == path && seen.query.get("skip").is_some_and(|own| own == skip);
                        strikes.then(|| fault(reply))
                    });
                    if let Ok(snapshot) = jumpcloud.read(&links).await {
                        let harm = harms(&snapshot, &links);
                        assert_eq!(
                            harm, None,
                            "{name} at {path} after {skip}, edges counted: {counts_edges}"
                        );
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_group_that_lost_somebody_is_read_by_another_route_first() {
    let mut organisation = organisation();
    let links = organisation.links();
    organisation.groups.get_mut("g2").expect("Design").1.retain(|id| id != "p249");
    let jumpcloud = JumpCloud::start(organisation).await;
    let snapshot = jumpcloud.read(&links).await.expect("a reading");
    assert!(snapshot.completeness().is_complete(), "both routes say so: {:?}", snapshot.completeness());
    let asked: Vec<_> =
        jumpcloud.server.lines().into_iter().filter(|line| line.contains("memberof")).collect();
    assert_eq!(asked, ["GET /api/v2/users/p249/memberof"], "only about who is missing");

    jumpcloud.fault(|seen, _, reply| seen.path.ends_with("g2/members").then(|| short(reply)));
    let snapshot = jumpcloud.read(&links).await.expect("a reading");
    let group = snapshot.groups.iter().find(|group| group.name == "Design").expect("still bound");
    let reason = format!("{:?}", group.completeness);
    assert!(reason.contains("Two readings of the members of Design disagree"), "{reason}");
}

#[tokio::test]
async fn people_whose_group_has_no_link_are_asked_for_too() {
    // With group management off there are links of people only.
    let organisation = organisation();
    let links = Links { people: organisation.links().people, groups: Vec::new() };
    let jumpcloud = JumpCloud::start(organisation).await;
    let sound = jumpcloud.read(&links).await.expect("a reading");
    assert!(sound.completeness().is_complete(), "{:?}", sound.completeness());
    for path in ["/members", "/associations"] {
        jumpcloud.fault(move |seen, _, reply| seen.path.ends_with(path).then(|| edit(reply, Vec::clear)));
        let snapshot = jumpcloud.read(&links).await.expect("a reading");
        assert!(
            !snapshot.completeness().is_complete(),
            "the application reaches people who are in no list: {path}"
        );
    }
}

#[tokio::test]
async fn a_list_that_changes_while_it_is_read_is_read_once_more() {
    let jumpcloud = JumpCloud::start(organisation()).await;
    let grown = |by: usize| {
        move |_: &Seen, nth: usize, reply: &Reply| match reply {
            Reply::Answer { body, .. } if body.contains("totalCount") && nth == 2 => {
                Some(Reply::json(body.replace("\"totalCount\":250", &format!("\"totalCount\":{}", 250 + by))))
            }
            _ => None,
        }
    };
    jumpcloud.fault(grown(1));
    let people = jumpcloud.client().people().await.expect("a list");
    assert!(people.completeness.is_complete(), "steady the second time: {:?}", people.completeness);
    assert_eq!(jumpcloud.server.seen().len(), 6, "three pages, twice");

    jumpcloud.fault(|seen, _, reply| match reply {
        Reply::Answer { body, .. } if seen.number("skip") == 100 => {
            Some(Reply::json(body.replace("\"totalCount\":250", "\"totalCount\":251")))
        }
        _ => None,
    });
    let people = jumpcloud.client().people().await.expect("a list");
    assert!(!people.completeness.is_complete(), "never steady");
    assert_eq!(people.items.len(), 250, "what was read is kept");
}

#[tokio::test]
async fn refused_credentials_stop_at_once_wherever_they_are_met() {
    for (status, path) in
        [(401, "/api/systemusers"), (401, "/members"), (403, "/associations"), (403, "/api/applications")]
    {
        let jumpcloud = JumpCloud::start(organisation()).await;
        jumpcloud.fault(move |seen, _, _| {
            seen.path.ends_with(path).then(|| Reply::status(status, r#"{"message":"no"}"#))
        });
        let error = jumpcloud.read(&Links::default()).await.expect_err("refused");
        assert!(error.stops_the_connection(), "{path}: {error:?}");
        assert_eq!(error.status(), Some(status));
    }
}

#[tokio::test]
async fn a_gateway_that_blocks_us_is_not_asked_again() {
    let jumpcloud = JumpCloud::start(organisation()).await;
    jumpcloud.fault(|_, _, _| Some(Reply::html(403, "<html>Your IP has been blocked</html>")));
    let error = jumpcloud.client().people().await.expect_err("blocked");
    assert!(matches!(error, ConnectorError::Blocked { .. }), "{error:?}");
    assert_eq!(jumpcloud.server.seen().len(), 1);
}

#[tokio::test]
async fn an_absence_that_nobody_confirms_stays_unknown() {
    let mut organisation = organisation();
    let links = organisation.links();
    organisation.people.remove("p000");
    let jumpcloud = JumpCloud::start(organisation).await;
    for reply in [Reply::status(500, "{}"), Reply::html(404, "<html>gateway</html>"), Reply::json("{}")] {
        let answer = reply.clone();
        jumpcloud.fault(move |seen, _, _| seen.path.ends_with("/p000").then(|| answer.clone()));
        let snapshot = jumpcloud.read(&links).await.expect("a reading");
        assert_eq!(snapshot.absent_people, [("p000".into(), Absence::Unknown)], "after {reply:?}");
    }
    // A list that is itself in doubt makes nobody absent.
    jumpcloud.fault(|seen, _, reply| (seen.path == "/api/systemusers").then(|| short(reply)));
    let before = jumpcloud.server.lines().len();
    let snapshot = jumpcloud.read(&links).await.expect("a reading");
    assert!(snapshot.absent_people.iter().all(|(_, absence)| *absence == Absence::Unknown));
    let asked = jumpcloud.server.lines().split_off(before);
    assert!(
        !asked.iter().any(|line| line.contains("/api/systemusers/")),
        "and nobody is asked for: {asked:?}"
    );
}
