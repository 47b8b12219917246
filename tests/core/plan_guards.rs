//! Incomplete reads and guards (R1–R3): nobody loses anything by accident.

use lockstep_core::attribute::SourceField;
use lockstep_core::plan::approval::{AllowIrreversible, Approval};
use lockstep_core::plan::basis::{Difference, basis, moved};
use lockstep_core::plan::operation::{HeldBy, OperationKind};
use lockstep_core::policy::DeletedUsers;
use lockstep_core::snapshot::Completeness;

use crate::org::TestOrg;

fn cut() -> Completeness {
    Completeness::Incomplete { reason: "Page 3 of the list was cut short.".to_owned() }
}

#[test]
fn r2_deprovisioning_stops_when_any_list_that_scope_rests_on_is_incomplete() {
    type Break = fn(&mut TestOrg);
    let breaks: [(&str, Break); 3] = [
        ("people", |org| org.source.people_completeness = cut()),
        ("bound groups", |org| org.source.groups_completeness = cut()),
        ("one group's members", |org| org.group("Sales").completeness = cut()),
    ];
    for (what, break_it) in breaks {
        let mut org = TestOrg::in_step();
        org.leave("ada", "Engineering").suspend("dan");
        break_it(&mut org);
        let plan = org.plan();
        let ada =
            plan.operations.iter().find(|operation| operation.subject.label() == "ada@example.com").unwrap();
        assert_eq!(
            (ada.kind, ada.held_by, ada.releasable),
            (OperationKind::DeactivateUser, Some(HeldBy::Guard), false),
            "{what} incomplete: nobody can release it"
        );
        let dan =
            plan.operations.iter().find(|operation| operation.subject.label() == "dan@example.com").unwrap();
        assert!(dan.is_ready(), "{what} incomplete: an explicit suspension is a fact all the same");
        assert!(plan.finding("source_incomplete").text.contains("Page 3 of the list was cut short."));
    }
}

#[test]
fn r2_removals_of_an_incompletely_read_group_are_held_and_additions_are_not() {
    let mut org = TestOrg::in_step();
    org.leave("bob", "Sales").join("ada", "Sales").group("Sales").completeness = cut();
    assert_eq!(org.plan().lines(), ["add_members Sales", "remove_members Sales [guard!]"]);
}

#[test]
fn r2_deleted_people_are_left_alone_when_the_list_is_incomplete() {
    let mut org = TestOrg::in_step();
    org.delete("dan").source.people_completeness = cut();
    let plan = org.plan();
    assert_eq!(plan.only(OperationKind::DeactivateUser).held_by, Some(HeldBy::Guard));
    assert!(!plan.only(OperationKind::DeactivateUser).releasable);
}

#[test]
fn r2_an_incomplete_group_list_neither_releases_nor_deletes() {
    let mut org = TestOrg::in_step();
    org.unbind("Sales").delete_group("Engineering").source.groups_completeness = cut();
    let plan = org.plan();
    assert!(plan.ready().next().is_none(), "nothing is ready:\n{}", plan.render());
    assert!(plan.operations.iter().all(|operation| !operation.releasable));
}

#[test]
fn r2_incomplete_target_users_hold_everything() {
    let mut org = TestOrg::in_step();
    org.hire("eve").join("eve", "Sales").set("ada", SourceField::JobTitle, "Countess");
    org.target.users.retain(|user| user.id.as_str() != "scim-of-jc-dan");
    org.target.users_completeness = cut();
    let plan = org.plan();
    assert!(plan.ready().next().is_none());
    assert!(plan.conflicts.is_empty(), "a short list does not make anybody vanish");
    assert!(plan.finding_codes().contains("target_incomplete"));
}

#[test]
fn r2_incomplete_target_groups_hold_group_operations_only() {
    let mut org = TestOrg::in_step();
    org.hire("eve").join("eve", "Sales");
    org.target.groups.clear();
    org.target.groups_completeness = cut();
    org.bind("Marketing", &["eve"]);
    assert_eq!(
        org.plan().lines(),
        ["create_user eve@example.com", "create_group Marketing [guard!]", "add_members Marketing [guard!]"]
    );
}

#[test]
fn r2_no_bound_group_at_all_holds_everything_that_takes_away() {
    let mut org = TestOrg::in_step();
    org.unbind("Sales").unbind("Engineering");
    let plan = org.plan();
    assert!(plan.ready().next().is_none(), "nothing is ready:\n{}", plan.render());
    assert!(plan.operations.iter().all(|operation| operation.releasable), "a person may release it");
    insta::assert_snapshot!(plan.finding("no_bound_groups").text, @"No group is bound to the application, although accounts are linked. If that is meant, release the held operations; if not, bind the groups in JumpCloud and plan again.");
}

#[test]
fn r2_an_empty_directory_holds_everything_that_takes_away() {
    let mut org = TestOrg::in_step();
    for name in ["ada", "bob", "cleo", "dan"] {
        org.delete(name);
    }
    let plan = org.plan();
    assert!(plan.ready().next().is_none(), "nothing is ready:\n{}", plan.render());
    assert!(plan.finding_codes().contains("empty_directory"));
}

#[test]
fn a_first_plan_without_anybody_in_scope_says_why() {
    let plan = TestOrg::new().plan();
    assert!(plan.finding("nobody_in_scope").text.starts_with("JumpCloud listed nobody"), "nobody at all");
    let mut org = TestOrg::new();
    org.hire("ada");
    assert!(org.plan().finding("nobody_in_scope").text.starts_with("No user group is bound"), "no group");
    org.bind("Sales", &[]);
    assert!(
        org.plan().finding("nobody_in_scope").text.starts_with("The bound groups have no members"),
        "empty"
    );
    org.join("ada", "Sales");
    assert!(!org.plan().finding_codes().contains("nobody_in_scope"), "somebody is in scope");
}

#[test]
fn another_products_application_holds_everything() {
    let mut org = TestOrg::new();
    org.hire("ada");
    org.bind("Sales", &["ada"]);
    org.source.foreign_application = Some("Slack".to_owned());
    let plan = org.plan();
    assert!(!plan.operations.is_empty(), "there is something to hold");
    assert!(plan.ready().next().is_none(), "nothing is ready:\n{}", plan.render());
    assert!(plan.finding_codes().contains("application_not_atlassian"));
}

/// How many of a hundred people leave, and whether that trips the guard.
#[test]
fn r3_default_limits_of_deactivations() {
    for (people, leavers, trips) in [
        (10, 2, false),
        (30, 3, false),
        (29, 3, true),
        (100, 10, false),
        (100, 11, true),
        (300, 25, false),
        (300, 26, true),
    ] {
        let mut org = TestOrg::with_people(people);
        org.policy.guards.max_removal_share = Some(100);
        for number in 0..leavers {
            org.leave(&format!("p{number:03}"), "Everybody");
        }
        let plan = org.plan();
        let held =
            plan.operations.iter().filter(|operation| operation.held_by == Some(HeldBy::Guard)).count();
        assert_eq!(
            held,
            if trips { leavers } else { 0 },
            "{leavers} of {people} leave: all are held or none"
        );
        assert_eq!(plan.finding_codes().contains("guard_deactivations"), trips);
    }
}

#[test]
fn r3_a_number_set_by_the_admin_counts_as_it_stands() {
    let mut org = TestOrg::in_step();
    org.leave("ada", "Engineering");
    assert_eq!(org.plan().only(OperationKind::DeactivateUser).held_by, None, "one of four trips no default");
    org.policy.guards.max_deactivations = Some(0);
    assert_eq!(org.plan().only(OperationKind::DeactivateUser).held_by, Some(HeldBy::Guard));
    org.policy.guards.max_deactivations = Some(1);
    assert_eq!(org.plan().only(OperationKind::DeactivateUser).held_by, None);
    org.policy.guards.max_deactivation_share = Some(24);
    assert_eq!(org.plan().only(OperationKind::DeactivateUser).held_by, Some(HeldBy::Guard));
    org.policy.guards.max_deactivation_share = Some(25);
    assert_eq!(
        org.plan().only(OperationKind::DeactivateUser).held_by,
        None,
        "exactly the share does not trip"
    );
    org.policy.guards.max_removal_share = Some(0);
    assert_eq!(org.plan().only(OperationKind::RemoveMembers).held_by, Some(HeldBy::Guard));
}

#[test]
fn r3_removed_memberships_count_as_a_share_from_ten_on() {
    for (people, removed, trips) in [(20, 9, false), (25, 10, false), (24, 10, true)] {
        let mut org = TestOrg::with_people(people);
        // A second group with the same people keeps everybody in scope, and makes twice as many memberships.
        let everybody: Vec<String> = (0..people).map(|number| format!("p{number:03}")).collect();
        org.bind("Again", &everybody.iter().map(String::as_str).collect::<Vec<_>>());
        org.apply_ready();
        for number in 0..removed {
            org.leave(&format!("p{number:03}"), "Everybody");
        }
        let is_held = !org.plan().only(OperationKind::RemoveMembers).is_ready();
        assert_eq!(is_held, trips, "{removed} of {} memberships", people * 2);
    }
}

#[test]
fn r3_a_tripped_guard_names_the_one_cause_before_the_many_names_and_lets_the_rest_go() {
    let mut org = TestOrg::with_people(40);
    for number in 0..14 {
        org.leave(&format!("p{number:03}"), "Everybody");
    }
    org.suspend("p030").set("p031", SourceField::JobTitle, "Analyst");
    let plan = org.plan();
    insta::assert_snapshot!(plan.finding("guard_deactivations").text, @"15 people would be deactivated or deleted, more than 10 % of the 40 active people linked. 14 of 15 because Everybody lost 14 of its 40 members. All of them are held until somebody releases them.");
    insta::assert_snapshot!(plan.finding("guard_removals").text, @"14 memberships of 40 would be removed, more than 20 %. 14 of them from Everybody. All removals are held until somebody releases them.");
    assert_eq!(plan.finding("guard_deactivations").subjects.len(), 15, "each is named");
    assert_eq!(plan.ready().map(|operation| operation.kind).collect::<Vec<_>>(), [OperationKind::UpdateUser]);
}

#[test]
fn r3_protected_people_and_groups_are_never_touched() {
    let mut org = TestOrg::in_step();
    org.policy.protected_people.insert("ada@example.com".to_owned());
    org.policy.protected_groups.insert("sales".to_owned());
    org.leave("ada", "Engineering").leave("bob", "Sales").suspend("cleo");
    assert_eq!(
        org.plan().lines(),
        [
            "remove_members Sales [guard!]",
            "deactivate_user ada@example.com [guard!]",
            "deactivate_user cleo@example.com"
        ]
    );
    assert_eq!(org.plan().finding("protected").subjects, ["Sales", "ada@example.com"]);
}

#[test]
fn deletions_need_consent_even_where_a_guard_is_overridden() {
    let mut org = TestOrg::in_step();
    org.policy.deleted_users = DeletedUsers::Delete;
    org.policy.guards.max_deactivations = Some(0);
    org.delete("dan");
    let plan = org.plan();
    let deletion = plan.only(OperationKind::DeleteUser);
    assert_eq!(deletion.held_by, Some(HeldBy::Guard));
    let covers =
        |overrides_guards, irreversible| Approval { overrides_guards, irreversible }.covers(deletion);
    assert!(!covers(true, AllowIrreversible::None), "overriding a guard is no consent to delete");
    assert!(!covers(false, AllowIrreversible::All), "consent to delete overrides no guard");
    assert!(covers(true, AllowIrreversible::All));
    assert!(covers(true, AllowIrreversible::Operations(vec![deletion.id.clone()])));
}

#[test]
fn r1_the_basis_changes_with_what_would_be_sent_and_with_nothing_else() {
    let mut org = TestOrg::in_step();
    org.set("ada", SourceField::JobTitle, "Countess");
    let before = basis(&org.input(), &org.plan());
    assert_eq!(before, basis(&org.input(), &org.plan()), "the same inputs have the same basis");
    assert!(before.starts_with("sha256:") && before.len() == 71);
    org.hire("eve");
    assert_eq!(before, basis(&org.input(), &org.plan()), "somebody out of scope changes nothing");
    org.set("ada", SourceField::JobTitle, "Analyst");
    assert_ne!(before, basis(&org.input(), &org.plan()));
}

#[test]
fn r1_what_moved_since_the_approval_is_named() {
    let mut org = TestOrg::in_step();
    org.set("ada", SourceField::JobTitle, "Countess").set("bob", SourceField::JobTitle, "Clerk");
    org.set("cleo", SourceField::JobTitle, "Captain").hire("eve").join("eve", "Sales");
    let approved = org.plan().plan.operations;
    assert!(moved(&approved, &org.plan()).is_empty());
    org.set("ada", SourceField::JobTitle, "Analyst").unset("bob", SourceField::JobTitle);
    org.set("cleo", SourceField::Email, "cleo@elsewhere.org").leave("eve", "Sales").join("ada", "Sales");
    let moved = moved(&approved, &org.plan());
    insta::assert_snapshot!(moved.iter().map(|moved| moved.text.as_str()).collect::<Vec<_>>().join("\n"), @r"
    ada@example.com: the update has changed since; title is not what it was.
    bob@example.com: the update is not needed any more.
    cleo@example.com: the update has changed since; email is not what it was.
    eve@example.com: the creation is not needed any more.
    Sales: adding members has changed since; without eve@example.com, with ada@example.com now.
    ");
    assert_eq!(moved[1].difference, Difference::AlreadySo);
}

#[test]
fn r1_accounts_that_the_plan_itself_made_are_no_news_when_it_goes_on() {
    let mut org = TestOrg::in_step();
    org.hire("eve").bind("Design", &["eve"]);
    let approved = org.plan().plan.operations;
    let (made, left): (Vec<_>, Vec<_>) =
        approved.iter().cloned().partition(|operation| operation.kind != OperationKind::AddMembers);
    assert_eq!(left.len(), 1, "eve's account and the group are made, then she joins it");
    org.apply(&made);
    assert_eq!(moved(&left, &org.plan()), [], "the same person joins the same group");
    org.hire("finn").join("finn", "Design");
    assert_eq!(moved(&left, &org.plan())[0].difference, Difference::Changed, "somebody else joins too");
}

#[test]
fn r1_an_operation_that_is_held_now_has_moved() {
    let mut org = TestOrg::in_step();
    org.leave("ada", "Engineering");
    let approved = org.plan().plan.operations;
    org.source.people_completeness = cut();
    let moved = moved(&approved, &org.plan());
    assert_eq!(moved.len(), 1, "the removal rests on the group, which was read whole");
    assert_eq!(moved[0].difference, Difference::Held);
}
