//! Groups: creation, membership, renames, unbinding, deletion, takeover (G1–G8).

use lockstep_core::attribute::Attribute;
use lockstep_core::finding::Severity;
use lockstep_core::ids::ScimId;
use lockstep_core::plan::conflict::ConflictKind;
use lockstep_core::plan::operation::{HeldBy, OperationKind, Payload, ReasonCode};
use lockstep_core::snapshot::Completeness;
use lockstep_core::snapshot::source::{Absence, OtherConnector};
use lockstep_core::snapshot::target::OrganisationGroup;

use crate::org::TestOrg;

#[test]
fn g1_an_empty_group_is_never_created() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &[]);
    org.assert_nothing_to_do();
    org.bind("Sales", &["ada"]).suspend("ada");
    org.assert_nothing_to_do();
}

#[test]
fn g1_a_group_that_becomes_empty_is_kept_and_held_first() {
    let mut org = TestOrg::in_step();
    org.empty("Engineering");
    insta::assert_snapshot!(org.plan().render(), @r"
    Plan: 0 ready, 3 held; 0 requests.

    - remove members from group Engineering [held by guard]
        members: - ada@example.com, bob@example.com, cleo@example.com
        Ada Lovelace, Bob Marsh and Cleo Adeyemi are not in Engineering in JumpCloud.
    - deactivate ada@example.com (Ada Lovelace) [held by guard]
        active: true → false
        Engineering has no members any more; it was the last bound group Ada Lovelace was in.
    - deactivate cleo@example.com (Cleo Adeyemi) [held by guard]
        active: true → false
        Engineering has no members any more; it was the last bound group Cleo Adeyemi was in.

    Findings:
    warning: Engineering is suddenly without any member in JumpCloud. What follows from that is held until somebody releases it.
    ");
    assert!(org.plan().operations.iter().all(|operation| operation.releasable), "a person may release it");
    let all = org.plan().plan.operations;
    org.apply(&all);
    org.group_link("Engineering").last_members.clear();
    org.assert_nothing_to_do();
}

#[test]
fn g3_membership_changes_are_deltas() {
    let mut org = TestOrg::with_people(250);
    org.leave("p007", "Everybody").hire("zoe").join("zoe", "Everybody");
    let plan = org.plan();
    assert_eq!(
        plan.lines(),
        [
            "create_user zoe@example.com",
            "add_members Everybody",
            "remove_members Everybody",
            "deactivate_user p007@example.com"
        ]
    );
    let Payload::AddMembers { members, .. } = &plan.only(OperationKind::AddMembers).payload else {
        panic!("adds")
    };
    assert_eq!(members.len(), 1, "only who joined is sent");
}

#[test]
fn g1_jumpclouds_membership_wins_in_a_managed_group_and_strangers_are_named() {
    let mut org = TestOrg::in_step();
    let stranger = org.account("stranger").id.clone();
    let members = &mut org.target_group("Engineering").members;
    members.push(stranger);
    members.sort();
    let plan = org.plan();
    assert_eq!(plan.lines(), ["remove_members Engineering"]);
    insta::assert_snapshot!(plan.only(OperationKind::RemoveMembers).reason.text, @"stranger Example is not in Engineering in JumpCloud, and not managed by Lockstep.");
    org.apply_ready();
    org.assert_nothing_to_do();
}

#[test]
fn r2_nobodys_account_stays_while_a_member_is_in_no_list_of_people() {
    let mut org = TestOrg::in_step();
    let stranger = org.account("stranger").id.clone();
    let members = &mut org.target_group("Engineering").members;
    members.push(stranger);
    members.sort();
    let members = &mut org.group("Engineering").members;
    members.push("jc-not-listed".into());
    members.sort();
    org.source.people_completeness =
        Completeness::Incomplete { reason: "Page 3 of the list was cut short.".to_owned() };
    let plan = org.plan();
    assert!(plan.operations.is_empty(), "the account may be the unknown member's:\n{}", plan.render());
    assert_eq!(plan.finding("members_unknown").subjects, ["Engineering"]);
}

#[test]
fn a_removal_that_the_target_did_not_keep_is_a_warning() {
    let mut org = TestOrg::in_step();
    let stranger = org.account("stranger").id.clone();
    let group = org.target_group("Engineering");
    group.members.push(stranger.clone());
    group.members.sort();
    let id = group.id.clone();
    org.memory.membership_not_kept.insert((id, stranger, false));
    let plan = org.plan();
    assert!(plan.operations.is_empty(), "{}", plan.render());
    assert_eq!(plan.finding("removal_not_kept").severity, Severity::Warning);
}

#[test]
fn members_that_no_list_of_users_has_are_left_alone() {
    let mut org = TestOrg::in_step();
    org.target_group("Engineering").members.push("deleted-long-ago".into());
    let plan = org.plan();
    assert!(plan.operations.is_empty());
    assert!(plan.finding_codes().contains("unlisted_members"));
}

#[test]
fn p2_memberships_that_the_target_did_not_keep_are_not_planned_again() {
    let mut org = TestOrg::in_step();
    let ada = org.user("ada").id.clone();
    let group = org.target_group("Engineering");
    group.members.retain(|member| *member != ada);
    let id = group.id.clone();
    org.memory.membership_not_kept.insert((id, ada, true));
    let plan = org.plan();
    assert!(plan.operations.is_empty());
    assert_eq!(plan.finding("membership_not_kept").subjects, ["Engineering"]);
}

#[test]
fn g4_a_rename_is_tried_once_and_then_asked_about() {
    let mut org = TestOrg::in_step();
    org.group("Engineering").name = "Platform".to_owned();
    let plan = org.plan();
    assert_eq!(plan.lines(), ["rename_group Platform"]);
    assert_eq!(
        plan.reasons(),
        [(ReasonCode::GroupRenamed, "Engineering is called Platform in JumpCloud now.")]
    );
    let target = org.target_group("Engineering").id.clone();
    org.memory.rename_refused.insert((target, "Platform".to_owned()));
    assert_eq!(org.plan().lines(), ["rename_group Platform [conflict]"]);
    assert_eq!(org.plan().conflicts[0].kind, ConflictKind::GroupRename);
    org.decide(ConflictKind::GroupRename, "keep-old-name");
    org.assert_nothing_to_do();
}

#[test]
fn g5_an_unbound_group_is_released_and_its_members_are_deactivated_unless_another_group_has_them() {
    let mut org = TestOrg::in_step();
    org.unbind("Engineering");
    insta::assert_snapshot!(org.plan().render(), @r"
    Plan: 3 ready, 0 held; 2 requests (2 PATCH).

    = release group Engineering
        Engineering was unbound from the application; it stays as it is in Atlassian.
    - deactivate ada@example.com (Ada Lovelace)
        active: true → false
        Engineering was unbound from the application, and Ada Lovelace is in no other bound group.
    - deactivate cleo@example.com (Cleo Adeyemi)
        active: true → false
        Engineering was unbound from the application, and Cleo Adeyemi is in no other bound group.
    ");
    org.apply_ready();
    org.assert_nothing_to_do();
    assert_eq!(org.released_links(), 1);
    org.group_link("Engineering").name = "Whatever".to_owned();
    org.source.absent_groups[0].1 = Absence::Deleted;
    org.assert_nothing_to_do();
}

#[test]
fn g2_a_group_bound_again_is_linked_again_if_its_membership_is_what_it_was() {
    let mut org = TestOrg::in_step();
    org.unbind("Sales");
    org.apply_ready();
    org.restore_sales();
    assert_eq!(org.plan().lines(), ["activate_user dan@example.com", "take_over_group Sales"]);
    org.apply_ready();
    org.assert_nothing_to_do();
}

#[test]
fn g2_a_group_bound_again_with_other_members_is_reviewed() {
    let mut org = TestOrg::in_step();
    org.unbind("Sales");
    org.apply_ready();
    org.restore_sales();
    org.join("ada", "Sales");
    assert_eq!(org.plan().lines(), ["activate_user dan@example.com", "take_over_group Sales [conflict]"]);
}

impl TestOrg {
    fn restore_sales(&mut self) -> &mut Self {
        self.bind("Sales", &["bob", "dan"])
    }
}

#[test]
fn g2_a_group_of_the_same_name_is_always_reviewed_with_who_stays_gains_and_loses() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada", "bob"]);
    org.account("ada");
    org.account("stranger");
    org.foreign_group(" ENGINEERING", &["ada", "stranger"]);
    insta::assert_snapshot!(org.plan().render(), @r#"
    Plan: 2 ready, 1 held; 2 requests (1 POST, 1 PATCH).

    = link ada@example.com (Ada Lovelace)
        externalId: (none) → "jc-ada"
        An account with Ada Lovelace's user name exists already.
    + create bob@example.com (Bob Marsh)
        externalId: "jc-bob"
        userName: "bob"
        email: "bob@example.com"
        name.givenName: "Bob"
        name.familyName: "Marsh"
        displayName: "Bob Marsh"
        nickName: "Bob Marsh"
        active: true
        Bob Marsh joined Engineering.
    = take over group Engineering [held by conflict]
        Engineering exists in Atlassian's directory and was not made by this connection. Taken over, 1 person would stay, 1 person would gain and 1 person would lose membership.

    Questions:
    ? Engineering: Engineering exists in Atlassian's directory and was not made by this connection. Taken over, 1 person would stay, 1 person would gain and 1 person would lose membership.
        choices: take-over, keep-others, rename:NEW, leave-alone, later
    "#);
    let plan = org.plan();
    let labels = |people: &[lockstep_core::plan::conflict::ConflictPerson]| -> Vec<String> {
        people.iter().map(|person| person.label.clone()).collect()
    };
    let conflict = &plan.conflicts[0];
    assert_eq!(labels(&conflict.stays), ["ada@example.com"]);
    assert_eq!(labels(&conflict.gains), ["bob@example.com"]);
    assert_eq!(labels(&conflict.loses), ["stranger@example.com"]);
    org.decide(ConflictKind::GroupTakeover, "leave-alone");
    assert!(!org.plan().operations.iter().any(|operation| operation.kind.is_about_a_group()));
}

#[test]
fn g2_two_bound_groups_of_one_name_are_never_both_linked_to_one_group() {
    let mut org = TestOrg::new();
    org.bind("Sales", &["ada"]);
    org.account("ada");
    org.foreign_group("SALES", &["ada"]);
    org.decide(ConflictKind::GroupTakeover, "take-over");
    let takeovers = |org: &TestOrg| -> Vec<String> {
        org.plan().lines().into_iter().filter(|line| line.starts_with("take_over_group")).collect()
    };
    assert_eq!(takeovers(&org), ["take_over_group Sales"], "one alone can take it over");

    // They would undo each other's memberships, whatever was answered before the second one was bound.
    org.bind("sales ", &["bob"]);
    assert_eq!(takeovers(&org), ["take_over_group Sales [conflict]", "take_over_group sales  [conflict]"]);
    for conflict in &org.plan().conflicts {
        assert_eq!(conflict.choices, ["rename:NEW", "leave-alone", "later"], "{}", conflict.text);
        assert_eq!(conflict.decision, None, "{}", conflict.text);
    }
}

#[test]
fn g2_a_group_of_the_organisation_that_no_identity_provider_feeds_is_reviewed_too() {
    let mut org = TestOrg::new();
    org.bind("jira-users", &["ada"]);
    let group = OrganisationGroup {
        id: "local".to_owned(),
        name: "Jira-Users".to_owned(),
        external_synced: false,
        default_access_to: vec!["Jira".to_owned()],
        member_count: Some(12),
        ..OrganisationGroup::default()
    };
    org.target.organisation.as_mut().unwrap().groups.push(group);
    assert_eq!(org.plan().lines(), ["create_user ada@example.com", "take_over_group jira-users [conflict]"]);
    insta::assert_snapshot!(org.plan().conflicts[0].text, @"A group named jira-users exists in the Atlassian organisation and is managed there. It has 12 people, and who they are could not be read. It is the default access group of Jira, and such a group cannot be synchronised.");
    org.target.organisation.as_mut().unwrap().groups[0].external_synced = true;
    let plan = org.plan();
    assert_eq!(
        plan.conflicts[0].choices,
        ["rename:NEW", "leave-alone", "later"],
        "another directory's stays its own"
    );
}

#[test]
fn g6_a_deleted_group_is_deleted_only_by_name_and_its_members_are_deactivated() {
    let mut org = TestOrg::in_step();
    org.delete_group("Engineering");
    insta::assert_snapshot!(org.plan().render(), @r#"
    Plan: 2 ready, 1 held; 2 requests (2 PATCH).

    - deactivate ada@example.com (Ada Lovelace)
        active: true → false
        Engineering was deleted in JumpCloud, and Ada Lovelace is in no other bound group.
    - deactivate cleo@example.com (Cleo Adeyemi)
        active: true → false
        Engineering was deleted in JumpCloud, and Cleo Adeyemi is in no other bound group.
    ! delete group Engineering [held by irreversible: cannot be undone]
        displayName: "Engineering"
        members: ada@example.com, bob@example.com, cleo@example.com
        Engineering was deleted in JumpCloud. Deleting it in Atlassian destroys its permissions.
    "#);
}

#[test]
fn g6_a_group_that_could_not_be_asked_for_is_left_alone() {
    let mut org = TestOrg::in_step();
    org.lose_group("Engineering", Absence::Unknown);
    let plan = org.plan();
    assert_eq!(
        plan.lines(),
        ["deactivate_user ada@example.com [guard!]", "deactivate_user cleo@example.com [guard!]"]
    );
    assert_eq!(plan.finding("source_group_unknown").subjects, ["Engineering"]);
}

#[test]
fn g7_with_group_management_off_groups_stay_and_people_are_managed() {
    let mut org = TestOrg::in_step();
    org.policy.group_management = false;
    org.leave("bob", "Sales").leave("ada", "Engineering").hire("eve").join("eve", "Sales");
    org.group("Engineering").name = "Platform".to_owned();
    org.bind("Marketing", &["finn"]);
    assert_eq!(
        org.plan().lines(),
        ["create_user eve@example.com", "create_user finn@example.com", "deactivate_user ada@example.com"]
    );
    org.apply_ready();
    org.assert_nothing_to_do();
    org.policy.group_management = true;
    assert!(
        org.plan().operations.iter().all(|operation| operation.kind.is_about_a_group()),
        "what drifted is a plan"
    );
}

#[test]
fn g8_a_group_on_two_connectors_waits_for_an_acknowledgement() {
    let mut org = TestOrg::in_step();
    org.hire("eve").join("eve", "Sales");
    org.group("Sales").other_connectors =
        vec![OtherConnector { application: "app-2".to_owned(), label: "Atlassian EU".to_owned() }];
    insta::assert_snapshot!(org.plan().conflicts[0].text, @"Sales is bound to Atlassian EU as well. Both would send its members, and whichever is unbound first deactivates people the other one still has.");
    assert_eq!(org.plan().lines(), ["create_user eve@example.com", "add_members Sales [acknowledgement]"]);
    org.decide(ConflictKind::GroupOnTwoConnectors, "acknowledge");
    assert_eq!(org.plan().lines(), ["create_user eve@example.com", "add_members Sales"]);
}

#[test]
fn a_vanished_group_is_created_again_only_after_an_acknowledgement() {
    let mut org = TestOrg::in_step();
    let gone = org.target_group("Sales").id.clone();
    org.target.groups.retain(|group| group.id != gone);
    assert_eq!(
        org.plan().lines(),
        ["create_group Sales [acknowledgement]", "add_members Sales [acknowledgement]"]
    );
    org.decide(ConflictKind::VanishedTarget, "recreate");
    org.apply_ready();
    org.assert_nothing_to_do();
}

#[test]
fn an_account_in_question_is_not_removed_from_a_group_meanwhile() {
    let mut org = TestOrg::in_step();
    org.hire("eve").join("eve", "Sales");
    let eve = org.account("eve");
    eve.attributes.set(Attribute::Email, Some("other@example.com"));
    let eve: ScimId = eve.id.clone();
    org.account("eve2").attributes.set(Attribute::Email, Some("eve@example.com"));
    let members = &mut org.target_group("Sales").members;
    members.push(eve);
    members.sort();
    let plan = org.plan();
    assert_eq!(
        plan.lines(),
        ["link_user eve@example.com [conflict]"],
        "nothing is taken from whom it may belong to"
    );
    assert_eq!(plan.only(OperationKind::LinkUser).held_by, Some(HeldBy::Conflict));
}

#[test]
fn members_of_a_group_in_quarantine_wait_for_it() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada"]);
    org.quarantine = vec![org.plan().only(OperationKind::CreateGroup).id.clone()];
    assert_eq!(
        org.plan().lines(),
        [
            "create_user ada@example.com",
            "create_group Engineering [quarantine]",
            "add_members Engineering [quarantine]"
        ]
    );
}
