//! Answers to clashes of groups, from the review to what the sandbox then is (G2, section 3 of the product).

use lockstep_core::run::RunState;
use lockstep_engine::api::views::{ConflictStatus, ConflictView, DecideAnswer, DecisionInput, WindowQuery};
use lockstep_sandbox::Change;

use super::bench::{TestEngine, approve_all, lines, ready};
use super::changes::{new_group, staffed};

impl TestEngine {
    /// Returns the latest plan's question about a group.
    pub(crate) async fn review(&self, group: &str) -> ConflictView {
        self.engine
            .conflict_of_group(&self.id, group)
            .await
            .unwrap_or_else(|error| panic!("{group}: {error}"))
    }

    /// Answers the question about a group as it is known now.
    pub(crate) async fn decide(&self, group: &str, choice: &str) -> DecideAnswer {
        let conflict = self.review(group).await.conflict.id;
        let input = DecisionInput { conflict, choice: choice.to_owned(), facts: None, seen: None };
        self.engine.decide(&self.id, vec![input]).await.unwrap()
    }

    /// Answers, and applies what is then ready.
    pub(crate) async fn decide_and_apply(&self, group: &str, choice: &str) -> RunState {
        let answer = self.decide(group, choice).await;
        assert!(answer.refused.is_empty(), "{:?}", answer.refused);
        let plan = answer.plan.expect("both sides were read");
        let plan = self.engine.plan_document(&plan).await.unwrap();
        self.apply(approve_all(&plan)).await.state
    }

    /// Waits until Lockstep has seen by itself that Atlassian's console is not awaited any more, and returns the plan.
    async fn plan_without_asking(&self) -> lockstep_core::plan::document::PlanDocument {
        for _ in 0..400 {
            let plan = self.engine.latest_plan(&self.id).await.unwrap().expect("there is one");
            let is_over = plan.conflicts.iter().all(|conflict| conflict.waiting.is_none());
            if is_over && self.engine.job(&self.id).is_none() {
                return self.engine.plan_document(&plan.plan_id).await.unwrap();
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("nobody looked whether it was accepted");
    }

    /// Waits until something is so.
    pub(crate) async fn until(&self, is_so: impl AsyncFn() -> bool) {
        for _ in 0..2_000 {
            if is_so().await {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("it never came to that");
    }

    pub(crate) fn members_in_target(&self, group: &str) -> Vec<String> {
        let mut members = self.dump().target.groups[group].members.clone();
        members.sort();
        members
    }

    fn members_in_source(&self, group: &str) -> Vec<String> {
        let mut members = self.dump().source.groups[group].members.iter().cloned().collect::<Vec<_>>();
        members.sort();
        members
    }
}

/// Bob and Cyd are Studio in JumpCloud; Ada and Bob are the SCIM group of that name, which somebody else made.
async fn directory_clash() -> TestEngine {
    let test = staffed().await;
    test.change([Change::TargetCreateGroup {
        group: "Studio".into(),
        members: vec!["ada".into(), "bob".into()],
    }]);
    test.change(new_group("Studio", &["bob", "cyd"]));
    let plan = test.plan().await;
    assert!(
        ready(&plan).iter().all(|operation| operation.subject.label() != "Studio"),
        "nothing reaches a clashing group before a decision: {:?}",
        lines(&plan)
    );
    test.sandbox.requests().reset();
    test
}

/// As [`directory_clash`], with a local group of the organisation that SCIM does not show.
async fn local_clash(dialect: &str) -> TestEngine {
    let test = staffed().await;
    test.sandbox.world().set_dialect(dialect.parse().unwrap());
    test.change([Change::CreateLocalGroup {
        group: "Studio".into(),
        members: vec!["ada@brightwater.example".into(), "bob@brightwater.example".into()],
        app: Some("jira-software".into()),
        default_access: false,
    }]);
    test.change(new_group("Studio", &["bob", "cyd"]));
    test.plan().await;
    test.sandbox.requests().reset();
    test
}

fn labels(people: &[lockstep_core::plan::conflict::ConflictPerson]) -> Vec<&str> {
    people.iter().map(|person| person.label.as_str()).collect()
}

#[tokio::test]
async fn a_review_names_who_stays_gains_and_loses_and_which_apps_go_with_it() {
    let test = local_clash("clash=pending").await;
    let view = test.review("Studio").await;
    assert_eq!(view.status, ConflictStatus::Open);
    assert!(view.organisation_known, "the sandbox has an organisation key");
    let conflict = &view.conflict;
    assert_eq!(labels(&conflict.stays), ["bob@brightwater.example"]);
    assert_eq!(labels(&conflict.gains), ["cyd@brightwater.example"]);
    assert_eq!(labels(&conflict.loses), ["ada@brightwater.example"]);
    assert_eq!(
        conflict.access.iter().map(|access| access.app.as_str()).collect::<Vec<_>>(),
        ["jira-software"]
    );
    assert_eq!(conflict.loses[0].loses_access_to.len(), 1, "no other group gives her Jira: {conflict:#?}");
    assert!(view.deep_link.is_some_and(|link| link.starts_with("https://admin.atlassian.com/o/")));
    let window =
        test.engine.conflicts(&test.id, &WindowQuery { limit: 50, ..WindowQuery::default() }).await.unwrap();
    assert_eq!((window.total, window.rows[0].loses_access), (1, Some(1)), "{window:#?}");
}

#[tokio::test]
async fn deciding_sends_nothing_and_makes_the_plan_from_what_was_read() {
    let test = directory_clash().await;
    let answer = test.decide("Studio", "take-over").await;
    assert_eq!(answer.decided.len(), 1, "{answer:?}");
    assert_eq!(test.sandbox.requests().all().len(), 0, "no request of any kind");
    let plan = test.engine.plan_document(&answer.plan.expect("a plan")).await.unwrap();
    assert_eq!(lines(&plan), ["take_over_group Studio", "add_members Studio", "remove_members Studio"]);
    let view = test.review("Studio").await;
    assert_eq!((view.status, view.decided_by.as_deref()), (ConflictStatus::Decided, Some("tests")));
    assert!(view.decided_at.is_some());
    test.check_events();
}

#[tokio::test]
async fn a_taken_over_group_of_the_directory_has_jumpclouds_members() {
    let test = directory_clash().await;
    assert_eq!(test.decide_and_apply("Studio", "take-over").await, RunState::Converged);
    assert_eq!(test.members_in_target("Studio"), ["bob", "cyd"]);
    test.check_converged().await;
}

#[tokio::test]
async fn kept_people_are_added_in_jumpcloud_first_and_nobody_loses_membership() {
    let test = directory_clash().await;
    assert_eq!(test.decide_and_apply("Studio", "keep-others").await, RunState::Converged);
    assert_eq!(test.members_in_source("Studio"), ["ada", "bob", "cyd"]);
    assert_eq!(test.members_in_target("Studio"), ["ada", "bob", "cyd"]);
    let writes: Vec<String> =
        test.writes().iter().map(|write| format!("{} {}", write.method, write.template)).collect();
    assert_eq!(writes.len(), 2, "who is to be kept, then who was missing: {writes:?}");
    assert!(writes[0].starts_with("POST") && writes[0].contains("usergroups"), "JumpCloud first: {writes:?}");
    test.check_converged().await;
}

#[tokio::test]
async fn a_jumpcloud_group_that_drops_whom_we_added_is_not_taken_over() {
    let test = directory_clash().await;
    test.faults(&["status:status=404,side=jumpcloud,method=POST,path=members"]);
    let state = test.decide_and_apply("Studio", "keep-others").await;
    assert_eq!(state, RunState::Partial, "the addition failed, and what needs it was not sent");
    test.faults(&[]);
    assert_eq!(test.members_in_target("Studio"), ["ada", "bob"], "nobody lost a membership");
    let plan = test.plan().await;
    assert!(plan.operations.iter().any(|operation| operation.kind.name() == "add_source_members"));
}

#[tokio::test]
async fn a_group_is_synchronised_under_another_name() {
    let test = directory_clash().await;
    assert_eq!(test.decide_and_apply("Studio", "rename:Studio JumpCloud").await, RunState::Converged);
    assert_eq!(test.members_in_target("Studio"), ["ada", "bob"], "the other group is left alone");
    assert_eq!(test.members_in_target("Studio JumpCloud"), ["bob", "cyd"]);
    assert_eq!(lines(&test.plan().await), Vec::<String>::new(), "the name is kept for good");
}

#[tokio::test]
async fn a_group_left_alone_is_left_alone_and_one_put_off_is_asked_again() {
    let test = directory_clash().await;
    assert_eq!(test.decide("Studio", "later").await.decided.len(), 1);
    assert_eq!(test.review("Studio").await.status, ConflictStatus::Later);
    assert_eq!(test.decide("Studio", "leave-alone").await.decided.len(), 1);
    assert_eq!(lines(&test.plan().await), Vec::<String>::new());
    assert_eq!(test.members_in_target("Studio"), ["ada", "bob"]);
    let conflict = test.review("Studio").await.conflict.id;
    let answer = test.engine.withdraw_decisions(&test.id, vec![conflict]).await.unwrap();
    assert_eq!((answer.decided.len(), answer.refused.len()), (1, 0), "{answer:?}");
    assert_eq!(
        test.review("Studio").await.status,
        ConflictStatus::Open,
        "nothing was sent, so it can be taken back"
    );
}

#[tokio::test]
async fn a_local_group_that_pends_waits_for_the_console_and_is_done_once_accepted() {
    let test = local_clash("clash=pending").await;
    assert_eq!(test.decide_and_apply("Studio", "take-over").await, RunState::Converged);
    assert_eq!(test.review("Studio").await.status, ConflictStatus::Waiting);
    assert_eq!(test.members_in_target("Studio"), ["bob", "cyd"], "accepting takes the right list");
    let plan = test.plan().await;
    assert_eq!(lines(&plan), Vec::<String>::new(), "nothing is sent again while it waits");
    assert!(plan.conflicts.iter().any(|conflict| conflict.waiting.is_some()), "{:#?}", plan.conflicts);
    test.change([Change::AcceptTakeover { group: "Studio".into() }]);
    test.engine.watch_for_acceptance();
    let plan = test.plan_without_asking().await;
    assert_eq!(lines(&plan), Vec::<String>::new());
    assert!(plan.conflicts.is_empty(), "the wait is over by itself: {:#?}", plan.conflicts);
    test.check_converged().await;
}

#[tokio::test]
async fn a_local_group_that_is_refused_waits_too_and_goes_on_once_accepted() {
    let test = local_clash("clash=refuse").await;
    let state = test.decide_and_apply("Studio", "take-over").await;
    let run = &test.engine.runs(&test.id).await.unwrap()[0];
    assert_eq!(state, RunState::Converged, "waiting is no failure: {run:#?}");
    assert_eq!(test.review("Studio").await.status, ConflictStatus::Waiting);
    let run = &test.engine.runs(&test.id).await.unwrap()[0];
    assert_eq!(test.writes().len(), 1, "what depends on it was not sent: {run:#?}");
    let plan = test.plan().await;
    assert!(ready(&plan).is_empty(), "it is not sent again and again: {:?}", lines(&plan));
    assert!(plan.conflicts.iter().any(|conflict| conflict.waiting.is_some()));
    test.change([Change::AcceptTakeover { group: "Studio".into() }]);
    // What was approved goes on by itself: the group, and exactly the members that were named.
    let before = test.engine.runs(&test.id).await.unwrap().len();
    test.engine.watch_for_acceptance();
    test.plan_without_asking().await;
    test.until(async || {
        test.engine.runs(&test.id).await.unwrap().len() > before && test.engine.job(&test.id).is_none()
    })
    .await;
    let run = &test.engine.runs(&test.id).await.unwrap()[0];
    assert_eq!(run.state, RunState::Converged, "{run:#?}");
    assert_eq!(test.members_in_target("Studio"), ["bob", "cyd"]);
    test.check_converged().await;
}

#[tokio::test]
async fn bad_answers_are_refused_by_name_and_change_nothing() {
    let test = directory_clash().await;
    let view = test.review("Studio").await;
    let (id, facts) = (view.conflict.id.clone(), view.conflict.facts.clone());
    let input = |conflict: &lockstep_core::ids::ConflictId, choice: &str| DecisionInput {
        conflict: conflict.clone(),
        choice: choice.to_owned(),
        facts: None,
        seen: None,
    };
    let long = format!("rename:{}", "x".repeat(300));
    let inputs = vec![
        input(&"nobody".into(), "take-over"),
        input(&id, "delete-everything"),
        input(&id, "rename:"),
        input(&id, "rename:STUDIO "),
        input(&id, "rename:Crew"),
        input(&id, &long),
        DecisionInput { facts: Some("other".to_owned()), ..input(&id, "take-over") },
    ];
    let answer = test.engine.decide(&test.id, inputs).await.unwrap();
    let codes: Vec<&str> = answer.refused.iter().map(|refused| refused.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "unknown_conflict",
            "choice_not_offered",
            "name_invalid",
            "name_invalid",
            "name_taken",
            "name_invalid",
            "facts_changed"
        ],
        "{:#?}",
        answer.refused
    );
    assert!(answer.refused.iter().all(|refused| refused.text.ends_with('.')), "{:#?}", answer.refused);
    assert_eq!((answer.decided.len(), answer.plan), (0, None));
    assert_eq!(test.review("Studio").await.status, ConflictStatus::Open);

    // Two windows: the second one saw it open.
    let shown = |choice: &str| DecisionInput { facts: Some(facts.clone()), ..input(&id, choice) };
    assert_eq!(test.engine.decide(&test.id, vec![shown("leave-alone")]).await.unwrap().decided.len(), 1);
    let answer = test.engine.decide(&test.id, vec![shown("take-over")]).await.unwrap();
    assert_eq!(answer.refused[0].code, "decided_elsewhere", "{answer:?}");
    assert_eq!(
        test.review("Studio").await.conflict.decision.as_deref(),
        Some("leave-alone"),
        "nothing is lost"
    );
    let again = DecisionInput { seen: Some("leave-alone".to_owned()), ..shown("take-over") };
    assert_eq!(
        test.engine.decide(&test.id, vec![again]).await.unwrap().decided.len(),
        1,
        "who saw it may change it"
    );
}

#[tokio::test]
async fn an_answer_on_other_facts_is_asked_again_and_says_what_was_decided() {
    let test = directory_clash().await;
    assert_eq!(test.decide("Studio", "take-over").await.decided.len(), 1);
    test.change([Change::TargetAddMember { group: "Studio".into(), person: "dan".into() }]);
    let plan = test.plan().await;
    assert!(ready(&plan).is_empty(), "{:?}", lines(&plan));
    let view = test.review("Studio").await;
    assert_eq!(view.status, ConflictStatus::FactsChanged);
    assert_eq!(view.decided_before.map(|before| before.choice).as_deref(), Some("take-over"));
}

#[tokio::test]
async fn many_questions_are_answered_at_once_and_no_name_is_given_twice() {
    let test = staffed().await;
    for group in ["North", "South", "West"] {
        test.change([Change::TargetCreateGroup { group: group.into(), members: vec!["ada".into()] }]);
        test.change(new_group(group, &["bob"]));
    }
    test.plan().await;
    let mut inputs = Vec::new();
    for (group, choice) in [("North", "rename:Compass"), ("South", "rename:compass"), ("West", "take-over")] {
        let conflict = test.review(group).await.conflict.id;
        inputs.push(DecisionInput { conflict, choice: choice.to_owned(), facts: None, seen: None });
    }
    let answer = test.engine.decide(&test.id, inputs).await.unwrap();
    assert_eq!(answer.decided.len(), 2, "{answer:?}");
    assert_eq!((answer.refused[0].label.as_str(), answer.refused[0].code.as_str()), ("South", "name_taken"));
    let plan = test.engine.plan_document(&answer.plan.unwrap()).await.unwrap();
    assert_eq!(test.apply(approve_all(&plan)).await.state, RunState::Converged);
    assert_eq!(test.members_in_target("Compass"), ["bob"]);
    assert_eq!(test.members_in_target("West"), ["bob"]);
}

#[tokio::test]
async fn a_group_that_vanished_before_it_was_decided_is_no_question_any_more() {
    let test = directory_clash().await;
    let conflict = test.review("Studio").await.conflict.id;
    test.change([Change::TargetDeleteGroup { group: "Studio".into() }]);
    test.plan().await;
    let input = DecisionInput { conflict, choice: "take-over".to_owned(), facts: None, seen: None };
    let answer = test.engine.decide(&test.id, vec![input]).await.unwrap();
    assert_eq!(answer.refused[0].code, "unknown_conflict", "{answer:?}");
}

#[tokio::test]
async fn p1_where_nothing_clashes_nothing_is_asked_about_clashes() {
    let test = staffed().await;
    test.plan().await;
    let asked: Vec<String> = test.sandbox.requests().all().iter().map(|one| one.template.clone()).collect();
    for route in ["groups/search", "users/search", "role-assignments", "workspaces"] {
        assert!(asked.iter().all(|template| !template.contains(route)), "{route}: {asked:?}");
    }
}

#[tokio::test]
async fn whom_jumpcloud_does_not_know_cannot_be_kept_and_is_named() {
    let test = staffed().await;
    let stranger = "stranger@elsewhere.example";
    test.change([
        Change::CreateLocalAccount { email: stranger.into(), name: "Sam Stranger".into() },
        Change::CreateLocalGroup {
            group: "Studio".into(),
            members: vec![stranger.into(), "ada@brightwater.example".into()],
            app: Some("confluence".into()),
            default_access: false,
        },
    ]);
    test.change(new_group("Studio", &["bob"]));
    test.plan().await;
    test.sandbox.requests().reset();
    assert_eq!(test.decide("Studio", "keep-others").await.decided.len(), 1, "it is remembered");
    let view = test.review("Studio").await;
    assert_eq!(view.status, ConflictStatus::Blocked, "{view:#?}");
    assert!(view.conflict.text.contains("Stranger") || view.conflict.text.contains(stranger), "{view:#?}");
    let plan = test.plan().await;
    assert!(ready(&plan).is_empty(), "nobody is added in part: {:?}", lines(&plan));
    assert_eq!(test.writes().len(), 0);
}

#[tokio::test]
async fn without_an_organisation_key_a_refused_name_is_waited_for_and_scims_listing_ends_it() {
    let test = TestEngine::start_with("custom:people=5,groups=1", |draft| {
        draft.endpoints.organisation_id = None;
        draft.endpoints.organisation_url = None;
        draft.policy.typed_domains = ["brightwater.example".to_owned()].into();
    })
    .await;
    test.sandbox.world().set_dialect("clash=refuse".parse().unwrap());
    test.change([super::changes::hire("ada", "Able", &[])]);
    test.change([
        Change::CreateLocalAccount { email: "old@elsewhere.example".into(), name: "Old Hand".into() },
        Change::CreateLocalGroup {
            group: "Studio".into(),
            members: vec!["old@elsewhere.example".into()],
            app: None,
            default_access: false,
        },
    ]);
    test.change(new_group("Studio", &["ada"]));
    let run = test.apply_all().await;
    assert_eq!(run.state, RunState::Converged, "{run:#?}");
    let plan = test.plan().await;
    assert!(ready(&plan).is_empty(), "it is not sent again and again: {:?}", lines(&plan));
    let view = test.review("Studio").await;
    assert!(!view.organisation_known, "{view:#?}");
    assert_eq!(
        test.engine
            .conflicts(&test.id, &WindowQuery { limit: 9, ..WindowQuery::default() })
            .await
            .unwrap()
            .rows[0]
            .loses_access,
        None
    );
    if view.status == ConflictStatus::Open {
        assert_eq!(test.decide("Studio", "take-over").await.decided.len(), 1);
    }
    assert_eq!(test.review("Studio").await.status, ConflictStatus::Waiting);
    test.change([Change::AcceptTakeover { group: "Studio".into() }]);
    let plan = test.plan().await;
    assert!(plan.conflicts.iter().all(|conflict| conflict.waiting.is_none()), "{:#?}", plan.conflicts);
    let run = test.apply(approve_all(&plan)).await;
    assert!(matches!(run.state, RunState::Converged), "{run:#?}");
    assert_eq!(test.members_in_target("Studio"), ["ada"]);
}

#[tokio::test]
async fn what_cannot_be_read_about_a_clash_makes_its_review_poorer_and_nothing_wrong() {
    let test = local_clash("clash=pending").await;
    for path in ["role-assignments", "users/search", "workspaces"] {
        test.faults(&[&format!("status:status=500,side=organisation,path={path}")]);
        let plan = test.plan().await;
        assert!(ready(&plan).is_empty(), "{path}: {:?}", lines(&plan));
        let view = test.review("Studio").await;
        assert_eq!(view.status, ConflictStatus::Open, "{path}");
        match path {
            "role-assignments" => assert_eq!(view.conflict.access, [], "{path}"),
            "users/search" => {
                assert!(view.conflict.loses.is_empty(), "{path}: {:#?}", view.conflict);
                assert!(!view.conflict.warnings.is_empty(), "it says that it cannot be seen");
            }
            _ => assert!(view.conflict.access.iter().all(|access| access.site.is_none()), "{path}"),
        }
    }
}
