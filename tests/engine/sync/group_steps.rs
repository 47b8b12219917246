//! Renames, bindings, overlaps and large groups, from the façade to what the sandbox then is (G3–G5, G8).

use lockstep_core::run::RunState;
use lockstep_engine::api::views::{ConflictStatus, DecisionInput};
use lockstep_sandbox::Change;

use super::bench::{TestEngine, approve_all, lines, ready};
use super::changes::{hire, new_group, staffed};

#[tokio::test]
async fn unbinding_is_confirmed_by_what_was_shown_and_does_that() {
    let test = staffed().await;
    test.plan().await;
    let page = test.engine.group(&test.id, "Solo").await.unwrap();
    let radius = page.if_unbound.expect("it is bound");
    let deactivated: Vec<&str> = radius.deactivated.iter().map(|person| person.label.as_str()).collect();
    assert_eq!(deactivated, ["dan@brightwater.example"]);
    assert_eq!(page.row.would_deactivate, radius.deactivated_total);
    let group = page.row.source_id.expect("it is in JumpCloud");
    let stale = test.engine.unbind_group(&test.id, &group, "sha256:00").await.unwrap_err();
    assert_eq!(stale.code, lockstep_engine::error::ErrorCode::PlanStale);
    assert!(test.dump().source.groups["Solo"].is_bound, "nothing was unbound");
    test.engine.unbind_group(&test.id, &group, &radius.confirmation).await.unwrap();
    test.until(async || test.engine.job(&test.id).is_none()).await;
    assert!(!test.dump().source.groups["Solo"].is_bound);
    let plan = test.engine.latest_plan(&test.id).await.unwrap().unwrap();
    let plan = test.engine.plan_document(&plan.plan_id).await.unwrap();
    let mut left = lines(&plan);
    left.sort();
    assert_eq!(left, ["deactivate_user dan@brightwater.example", "release_group Solo"]);
    let preview = test.engine.bind_preview(&test.id, &group).await.unwrap();
    assert_eq!((preview.enters_total, preview.group.is_bound), (1, false), "{preview:?}");
    test.engine.bind_group(&test.id, &group, &preview.confirmation).await.unwrap();
    test.until(async || test.engine.job(&test.id).is_none()).await;
    test.check_converged().await;
}

#[tokio::test]
async fn every_groups_row_says_what_its_blast_radius_says() {
    let test = staffed().await;
    test.change([hire("eve", "Evans", &["Crew"]), Change::Suspend { person: "dan".into() }]);
    test.plan().await;
    for row in test.engine.groups(&test.id).await.unwrap() {
        let page = test.engine.group(&test.id, row.source_id.as_ref().unwrap().as_str()).await.unwrap();
        let radius = page.if_unbound.expect("it is bound");
        assert_eq!(row.would_deactivate, radius.deactivated_total, "{row:?} {radius:?}");
    }
}

/// Crew is called Squad in JumpCloud by now, and the server does not take the new name.
async fn refused_rename(dialect: &str) -> TestEngine {
    let test = staffed().await;
    test.sandbox.world().set_dialect(dialect.parse().unwrap());
    test.change([Change::RenameGroup { group: "Crew".into(), to: "Squad".into() }]);
    let run = test.apply_all().await;
    assert_eq!(run.state, RunState::Partial, "{run:#?}");
    let plan = test.plan().await;
    assert!(ready(&plan).is_empty(), "it is tried once: {:?}", lines(&plan));
    test
}

#[tokio::test]
async fn g4_a_rename_that_is_taken_keeps_the_groups_identity() {
    let test = staffed().await;
    test.sandbox.world().set_dialect("rename=accept".parse().unwrap());
    test.change([Change::RenameGroup { group: "Crew".into(), to: "Squad".into() }]);
    assert_eq!(lines(&test.plan().await), ["rename_group Squad"]);
    assert_eq!(test.apply_all().await.state, RunState::Converged);
    test.check_converged().await;
}

#[tokio::test]
async fn g4_a_rename_that_is_refused_or_ignored_is_asked_about_and_the_old_name_can_be_kept() {
    for dialect in ["rename=strict", "rename=lenient"] {
        let test = refused_rename(dialect).await;
        let answer = test.decide("Squad", "keep-old-name").await;
        assert_eq!(answer.decided.len(), 1, "{dialect}: {answer:?}");
        assert_eq!(lines(&test.plan().await), Vec::<String>::new(), "{dialect}");
        test.change([Change::AddMember { group: "Squad".into(), person: "cyd".into() }]);
        assert_eq!(test.apply_all().await.state, RunState::Converged, "{dialect}: members go on");
        assert_eq!(test.members_in_target("Crew"), ["ada", "bob", "cyd"], "{dialect}");
    }
}

#[tokio::test]
async fn g4_a_new_group_takes_the_members_and_the_old_one_is_left() {
    let test = refused_rename("rename=strict").await;
    assert_eq!(test.decide_and_apply("Squad", "create-new").await, RunState::Converged);
    assert_eq!(test.members_in_target("Squad"), ["ada", "bob"]);
    assert!(test.dump().target.groups.contains_key("Crew"), "nothing is deleted by itself");
    assert_eq!(lines(&test.plan().await), Vec::<String>::new());
}

#[tokio::test]
async fn g4_a_rename_by_hand_is_waited_for() {
    let test = refused_rename("rename=strict").await;
    assert_eq!(test.decide("Squad", "rename-in-atlassian").await.decided.len(), 1);
    assert_eq!(test.review("Squad").await.status, ConflictStatus::Waiting);
    test.change([Change::TargetRenameGroup { group: "Crew".into(), to: "Squad".into() }]);
    let plan = test.plan().await;
    assert_eq!((lines(&plan), plan.conflicts.len()), (Vec::new(), 0));
}

#[tokio::test]
async fn a_group_whose_rule_decides_on_its_members_keeps_nobody_whom_we_add() {
    let test = staffed().await;
    test.change([Change::TargetCreateGroup { group: "Studio".into(), members: vec!["ada".into()] }]);
    test.change(new_group("Studio", &["bob"]));
    test.change([Change::SetDynamic { group: "Studio".into(), dynamic: true, lag_ms: 300 }]);
    test.plan().await;
    let view = test.review("Studio").await;
    assert!(
        view.conflict.warnings.iter().any(|warning| warning.text.contains("rule")),
        "the review says so: {:#?}",
        view.conflict.warnings
    );
    let answer = test.decide("Studio", "keep-others").await;
    if let Some(plan) = answer.plan {
        let plan = test.engine.plan_document(&plan).await.unwrap();
        test.apply(approve_all(&plan)).await;
    }
    assert!(test.members_in_target("Studio").contains(&"ada".to_owned()), "nobody loses a membership");
}

#[tokio::test]
async fn a_default_access_group_cannot_be_taken_over_until_it_is_none() {
    let test = staffed().await;
    test.change([Change::CreateLocalGroup {
        group: "Studio".into(),
        members: vec!["ada@brightwater.example".into()],
        app: Some("confluence".into()),
        default_access: true,
    }]);
    test.change(new_group("Studio", &["bob"]));
    test.plan().await;
    let view = test.review("Studio").await;
    assert_eq!(view.status, ConflictStatus::Blocked, "{view:#?}");
    let answer = test.decide("Studio", "take-over").await;
    assert_eq!(answer.refused.len(), 1, "{answer:?}");
    let row = test.engine.group(&test.id, "Studio").await.unwrap().row;
    assert_eq!(row.state, lockstep_engine::api::views::GroupState::DefaultGroup);
    test.change([Change::ClearDefaultAccess { group: "Studio".into() }]);
    test.plan().await;
    assert_eq!(test.decide("Studio", "take-over").await.decided.len(), 1);
}

#[tokio::test]
async fn an_acknowledged_new_directory_is_moved_to_once() {
    let test = staffed().await;
    let people: Vec<String> = test.dump().target.users.keys().cloned().collect();
    let groups: Vec<String> = test.dump().target.groups.keys().cloned().collect();
    test.change(groups.into_iter().map(|group| Change::TargetDeleteGroup { group }));
    test.change(people.into_iter().map(|person| Change::TargetDeletePerson { person }));
    let plan = test.plan().await;
    assert!(ready(&plan).is_empty(), "{:?}", lines(&plan));
    let conflict = plan
        .conflicts
        .iter()
        .find(|conflict| conflict.kind == lockstep_core::plan::conflict::ConflictKind::DirectoryReplaced);
    let conflict = conflict.expect("the directory is another one").id.clone();
    let input = DecisionInput { conflict, choice: "acknowledge".to_owned(), facts: None, seen: None };
    let plan = test.engine.decide(&test.id, vec![input]).await.unwrap().plan.unwrap();
    let plan = test.engine.plan_document(&plan).await.unwrap();
    test.apply(approve_all(&plan)).await;
    test.apply_all().await;
    test.check_converged().await;
}

#[tokio::test]
async fn g8_a_group_on_two_connectors_is_acknowledged_before_anything_of_it_is_sent() {
    let test = TestEngine::start("small").await;
    let plan = test.plan().await;
    let kind = lockstep_core::plan::conflict::ConflictKind::GroupOnTwoConnectors;
    let conflict =
        plan.conflicts.iter().find(|conflict| conflict.kind == kind).expect("the small one has one");
    let label = conflict.subject.label().to_owned();
    let about = |plan: &lockstep_core::plan::document::PlanDocument| {
        ready(plan).iter().filter(|operation| operation.subject.label() == label).count()
    };
    assert_eq!(about(&plan), 0, "{:?}", lines(&plan));
    let row = test.engine.group(&test.id, &label).await.unwrap().row;
    assert!(!row.other_connectors.is_empty(), "{row:?}");
    let input = DecisionInput {
        conflict: conflict.id.clone(),
        choice: "acknowledge".to_owned(),
        facts: Some(conflict.facts.clone()),
        seen: None,
    };
    let answer = test.engine.decide(&test.id, vec![input]).await.unwrap();
    let plan = test.engine.plan_document(&answer.plan.unwrap()).await.unwrap();
    assert!(about(&plan) > 0, "{:?}", lines(&plan));
}

#[tokio::test]
async fn g3_additions_adapt_to_what_the_server_takes() {
    for (dialect, most) in [("members-cap=30", 30), ("members-cap=7", 7)] {
        let test = TestEngine::start("custom:people=260,groups=1").await;
        let people: Vec<String> = test.dump().source.people.keys().cloned().collect();
        test.change([
            Change::CreateGroup { group: "Everybody".into(), members: people },
            Change::BindGroup { group: "Everybody".into(), application: None },
        ]);
        test.sandbox.world().set_dialect(dialect.parse().unwrap());
        let run = test.apply_all().await;
        assert_eq!(run.state, RunState::Converged, "{dialect}: {run:#?}");
        let refused = test.writes().iter().filter(|write| write.status == Some(413)).count();
        assert!(
            (1..=8).contains(&refused),
            "{dialect}: a size that was refused is not sent again: {refused}"
        );
        test.check_converged().await;
        test.sandbox.requests().reset();
        test.change([hire("zoe", "Zimmer", &["Everybody"])]);
        test.apply_all().await;
        let patches: Vec<_> = test.writes().into_iter().filter(|write| write.method == "PATCH").collect();
        assert_eq!(patches.len(), 1, "{dialect}: one member is one request with one value, most {most}");
    }
}
