//! Changes of every kind in JumpCloud: what they plan, what is held, and that applying it converges (S4–S8, G1–G7).

use lockstep_core::plan::approval::{AllowIrreversible, Approval};
use lockstep_core::plan::operation::OperationKind;
use lockstep_core::run::RunState;
use lockstep_engine::api::apply::ApplyRequest;
use lockstep_sandbox::Change;

use super::bench::{TestEngine, approve_all, lines};

/// Ada and Bob are Crew, Bob and Cyd are Night, Dan alone is Solo; thirty others are around them. All of it is in step.
pub(crate) async fn staffed() -> TestEngine {
    let test = TestEngine::start("custom:people=30,groups=3").await;
    for (username, lastname) in [("ada", "Able"), ("bob", "Baker"), ("cyd", "Carter"), ("dan", "Dunne")] {
        test.change([hire(username, lastname, &[])]);
    }
    for (group, members) in
        [("Crew", vec!["ada", "bob"]), ("Night", vec!["bob", "cyd"]), ("Solo", vec!["dan"])]
    {
        test.change(new_group(group, &members));
    }
    assert_eq!(test.apply_all().await.state, RunState::Converged);
    test.check_converged().await;
    test.sandbox.requests().reset();
    test
}

pub(crate) fn hire(username: &str, lastname: &str, groups: &[&str]) -> Change {
    Change::CreatePerson {
        username: username.to_owned(),
        email: format!("{username}@brightwater.example"),
        firstname: username.to_uppercase(),
        lastname: lastname.to_owned(),
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        attributes: [].into(),
    }
}

pub(crate) fn new_group(group: &str, members: &[&str]) -> [Change; 2] {
    let members = members.iter().map(|member| (*member).to_owned()).collect();
    [
        Change::CreateGroup { group: group.to_owned(), members },
        Change::BindGroup { group: group.to_owned(), application: None },
    ]
}

pub(crate) fn set(person: &str, field: &str, value: &str) -> Change {
    Change::SetAttribute { person: person.to_owned(), field: field.to_owned(), value: value.to_owned() }
}

fn join(group: &str, person: &str) -> Change {
    Change::AddMember { group: group.to_owned(), person: person.to_owned() }
}

fn leave(group: &str, person: &str) -> Change {
    Change::RemoveMember { group: group.to_owned(), person: person.to_owned() }
}

fn suspend(person: &str) -> Change {
    Change::Suspend { person: person.to_owned() }
}

/// Makes changes, checks what they plan, applies it, and checks that both sides are in step.
async fn plans_and_converges(
    test: &TestEngine,
    changes: impl IntoIterator<Item = Change>,
    expected: &[&str],
) {
    test.change(changes);
    let plan = test.plan().await;
    assert_eq!(lines(&plan), expected);
    let run = test.apply(approve_all(&plan)).await;
    assert_eq!(run.state, RunState::Converged, "{expected:?}: {run:#?}");
    test.check_converged().await;
}

#[tokio::test]
async fn people_are_updated_deactivated_and_activated_again() {
    let test = staffed().await;
    plans_and_converges(&test, [set("ada", "lastname", "Archer")], &["update_user ada@brightwater.example"])
        .await;
    plans_and_converges(&test, [suspend("ada")], &["deactivate_user ada@brightwater.example"]).await;
    assert!(
        test.dump().target.groups["Crew"].members.contains(&"ada".to_owned()),
        "a suspended person stays (S7)"
    );
    let restore = Change::Restore { person: "ada".to_owned() };
    plans_and_converges(&test, [restore], &["activate_user ada@brightwater.example"]).await;
    let expire = Change::ExpirePassword { person: "cyd".to_owned() };
    plans_and_converges(&test, [expire], &["deactivate_user cyd@brightwater.example"]).await;
    let both = [Change::Restore { person: "cyd".to_owned() }, set("cyd", "jobTitle", "Pilot")];
    plans_and_converges(&test, both, &["activate_user cyd@brightwater.example"]).await;
    let lock = Change::LockAccount { person: "bob".to_owned() };
    plans_and_converges_without_a_run(&test, [lock]).await;
}

async fn plans_and_converges_without_a_run(test: &TestEngine, changes: impl IntoIterator<Item = Change>) {
    test.change(changes);
    assert_eq!(lines(&test.plan().await), Vec::<String>::new(), "it is no business of provisioning");
}

#[tokio::test]
async fn whoever_leaves_the_last_bound_group_is_deactivated_and_nobody_else() {
    let test = staffed().await;
    plans_and_converges(&test, [leave("Crew", "bob")], &["remove_members Crew"]).await;
    plans_and_converges(
        &test,
        [leave("Crew", "ada"), join("Night", "ada"), join("Crew", "cyd"), join("Crew", "dan")],
        &["add_members Crew", "add_members Night", "remove_members Crew"],
    )
    .await;
    plans_and_converges(
        &test,
        [leave("Night", "bob")],
        &["remove_members Night", "deactivate_user bob@brightwater.example"],
    )
    .await;
    plans_and_converges(
        &test,
        [join("Night", "bob")],
        &["activate_user bob@brightwater.example", "add_members Night"],
    )
    .await;
    let delete = Change::DeletePerson { person: "cyd".to_owned() };
    plans_and_converges(
        &test,
        [delete],
        &["remove_members Crew", "remove_members Night", "deactivate_user cyd@brightwater.example"],
    )
    .await;
}

#[tokio::test]
async fn new_people_and_new_groups_are_created_and_empty_groups_are_not() {
    let test = staffed().await;
    plans_and_converges(
        &test,
        [hire("eve", "Evans", &["Crew"])],
        &["create_user eve@brightwater.example", "add_members Crew"],
    )
    .await;
    plans_and_converges(
        &test,
        new_group("Fresh", &["ada", "eve"]),
        &["create_group Fresh", "add_members Fresh"],
    )
    .await;
    plans_and_converges_without_a_run(&test, new_group("Nobody", &[])).await;
    plans_and_converges(&test, [join("Nobody", "dan")], &["create_group Nobody", "add_members Nobody"]).await;
    plans_and_converges_without_a_run(&test, [hire("fay", "Free", &[])]).await;
}

#[tokio::test]
async fn an_unbound_group_is_left_as_it_is_for_good() {
    let test = staffed().await;
    let unbind = Change::UnbindGroup { group: "Solo".to_owned(), application: None };
    plans_and_converges(&test, [unbind], &["release_group Solo", "deactivate_user dan@brightwater.example"])
        .await;
    assert_eq!(test.dump().target.groups["Solo"].members, ["dan"], "its members stay in it (G5)");
    let rename = Change::RenameGroup { group: "Solo".to_owned(), to: "Single".to_owned() };
    plans_and_converges_without_a_run(&test, [rename]).await;
    plans_and_converges_without_a_run(&test, [Change::DeleteGroup { group: "Single".to_owned() }]).await;
    assert!(test.dump().target.groups.contains_key("Solo"), "its deletion is no business of ours");
}

#[tokio::test]
async fn a_suddenly_empty_group_is_held_until_somebody_says_that_it_is_so() {
    let test = staffed().await;
    test.change([Change::ClearGroup { group: "Solo".to_owned() }]);
    let plan = test.plan().await;
    let held = ["remove_members Solo held by guard", "deactivate_user dan@brightwater.example held by guard"];
    assert_eq!(lines(&plan), held, "it looks like a broken read (R2)");
    assert_eq!(test.apply(approve_all(&plan)).await.state, RunState::NothingToDo);
    assert!(test.dump().target.users["dan"].active && test.writes().is_empty());
    let plan = test.plan().await;
    let run = test.apply(overriding(approve_all(&plan))).await;
    assert_eq!(run.state, RunState::Converged, "{run:#?}");
    let target = test.dump().target;
    assert!(target.groups["Solo"].members.is_empty(), "it is kept, with no members (G1)");
    assert!(!target.users["dan"].active);
    test.check_converged().await;
}

pub(crate) fn overriding(request: ApplyRequest) -> ApplyRequest {
    let approval = Approval { overrides_guards: true, ..request.approval };
    ApplyRequest { approval, override_reason: Some("We checked".to_owned()), ..request }
}

#[tokio::test]
async fn a_deleted_group_is_deleted_only_with_consent() {
    let test = staffed().await;
    test.change([Change::DeleteGroup { group: "Crew".to_owned() }]);
    let plan = test.plan().await;
    assert_eq!(
        lines(&plan),
        ["deactivate_user ada@brightwater.example", "delete_group Crew held by irreversible"],
        "Bob has another group (G6)"
    );
    let run = test.apply(approve_all(&plan)).await;
    assert_eq!((run.operations.done, run.operations.held), (1, 1), "{run:#?}");
    assert!(
        test.dump().target.groups.contains_key("Crew"),
        "what cannot be undone is never part of approving all"
    );
    let plan = test.plan().await;
    let deletion =
        plan.operations.iter().find(|operation| operation.kind == OperationKind::DeleteGroup).unwrap();
    let irreversible = AllowIrreversible::Operations([deletion.id.clone()].into());
    let approval = Approval { irreversible, ..Approval::default() };
    let run = test.apply(ApplyRequest { approval, ..approve_all(&plan) }).await;
    assert_eq!(run.state, RunState::Converged, "{run:#?}");
    assert!(!test.dump().target.groups.contains_key("Crew"));
    test.check_converged().await;
}

#[tokio::test]
async fn without_group_management_memberships_rest_and_people_go_on() {
    let test = staffed().await;
    test.policy(|policy| policy.group_management = false).await;
    test.change([join("Night", "ada"), leave("Crew", "bob"), hire("eve", "Evans", &["Crew"])]);
    test.change(new_group("Later", &["ada"]));
    let plan = test.plan().await;
    assert_eq!(lines(&plan), ["create_user eve@brightwater.example"], "groups stay as they are (G7)");
    assert_eq!(test.apply(approve_all(&plan)).await.state, RunState::Converged);
    test.policy(|policy| policy.group_management = true).await;
    plans_and_converges(
        &test,
        [],
        &[
            "create_group Later",
            "add_members Crew",
            "add_members Later",
            "add_members Night",
            "remove_members Crew",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_renamed_group_is_tried_once_and_then_a_question() {
    for (mode, is_accepted) in [("strict", false), ("lenient", false), ("accept", true)] {
        let test = staffed().await;
        test.sandbox.world().set_dialect(format!("rename={mode}").parse().unwrap());
        test.change([Change::RenameGroup { group: "Crew".to_owned(), to: "Day crew".to_owned() }]);
        let plan = test.plan().await;
        assert_eq!(lines(&plan), ["rename_group Day crew"], "{mode}");
        let run = test.apply(approve_all(&plan)).await;
        if is_accepted {
            assert_eq!(run.state, RunState::Converged, "{mode}: {run:#?}");
            test.check_converged().await;
            continue;
        }
        assert_eq!(run.state, RunState::Partial, "{mode}: {run:#?}");
        test.sandbox.requests().reset();
        let next = test.plan().await;
        assert!(
            lines(&next).iter().all(|line| line.ends_with("held by conflict")),
            "{mode}: {:?}",
            lines(&next)
        );
        assert_eq!(next.conflicts.len(), 1, "{mode}: the choices are offered (G4): {:?}", next.conflicts);
        test.apply(approve_all(&next)).await;
        assert!(test.writes().is_empty(), "{mode}: it is tried once");
        // Its members go on being synchronised.
        test.change([Change::AddMember { group: "Day crew".to_owned(), person: "cyd".to_owned() }]);
        test.apply_all().await;
        assert!(test.dump().target.groups["Crew"].members.contains(&"cyd".to_owned()), "{mode}");
    }
}
