//! People: scope, mapping, correlation, lifecycle, domains, the user limit (S1–S10).

use lockstep_core::attribute::{Attribute, SourceField};
use lockstep_core::memory::NotKept;
use lockstep_core::plan::conflict::ConflictKind;
use lockstep_core::plan::operation::{HeldBy, OperationKind, Payload, ReasonCode};
use lockstep_core::policy::{DeletedUsers, DomainPolicy, UserOrder};
use lockstep_core::snapshot::source::{Absence, LifecycleState};

use crate::org::{TestOrg, person_id, user_id};

#[test]
fn first_sync_creates_people_and_groups_with_their_reasons() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada", "bob"]);
    insta::assert_snapshot!(org.plan().render(), @r#"
    Plan: 4 ready, 0 held; 4 requests (3 POST, 1 PATCH).

    + create ada@example.com (Ada Lovelace)
        externalId: "jc-ada"
        userName: "ada"
        email: "ada@example.com"
        name.givenName: "Ada"
        name.familyName: "Lovelace"
        displayName: "Ada Lovelace"
        nickName: "Ada Lovelace"
        active: true
        Ada Lovelace joined Engineering.
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
    + create group Engineering
        displayName: "Engineering"
        Engineering is bound and has 2 members, ada@example.com the first.
    + add members to group Engineering
        members: + ada@example.com, bob@example.com
        2 members go to the new group Engineering.
    "#);
    org.apply_ready();
    org.assert_nothing_to_do();
    assert_eq!(org.plan().people_in_step, 2, "both are confirmed and equal");
}

#[test]
fn s1_nobody_outside_the_bound_groups_is_created() {
    let mut org = TestOrg::new();
    org.hire("ada");
    org.assert_nothing_to_do();
}

#[test]
fn s2_every_mapped_attribute_is_sent_on_creation() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada"])
        .set("ada", SourceField::JobTitle, "Analyst")
        .set("ada", SourceField::Department, "Engines")
        .set("ada", SourceField::Company, "Analytical Ltd")
        .set("ada", SourceField::MiddleName, "King")
        .set("ada", SourceField::WorkPhone, "+44 20 5550 1234")
        .set("ada", SourceField::Timezone, "Europe/London")
        .unset("ada", SourceField::DisplayName);
    let plan = org.plan();
    let Payload::CreateUser { attributes, .. } = &plan.only(OperationKind::CreateUser).payload else {
        panic!("a creation creates")
    };
    let sent: Vec<String> = attributes.iter().map(|(key, value)| format!("{}={value}", key.name())).collect();
    insta::assert_snapshot!(sent.join("\n"), @r"
    externalId=jc-ada
    userName=ada
    email=ada@example.com
    name.givenName=Ada
    name.middleName=King
    name.familyName=Lovelace
    displayName=Ada Lovelace
    title=Analyst
    department=Engines
    organization=Analytical Ltd
    timezone=Europe/London
    phoneNumber=+44 20 5550 1234
    ");
}

#[test]
fn s2_nick_name_comes_from_the_custom_attribute_first() {
    let mut org = TestOrg::in_step();
    org.set("ada", SourceField::NickName, "Countess");
    insta::assert_snapshot!(org.plan().render(), @r#"
    Plan: 1 ready, 0 held; 1 request (1 PATCH).

    ~ update ada@example.com (Ada Lovelace)
        nickName: "Ada Lovelace" → "Countess"
        Ada Lovelace: nickName differs from JumpCloud.
    "#);
}

#[test]
fn s2_a_field_emptied_in_jumpcloud_clears_the_attribute_but_never_user_name_or_email() {
    let mut org = TestOrg::in_step();
    org.set("ada", SourceField::JobTitle, "Analyst");
    org.apply_ready();
    org.unset("ada", SourceField::JobTitle)
        .unset("ada", SourceField::Username)
        .user("ada")
        .attributes
        .set(Attribute::Timezone, Some("Europe/London"));
    let plan = org.plan();
    let Payload::UpdateUser { changes, .. } = &plan.only(OperationKind::UpdateUser).payload else {
        panic!("an update updates")
    };
    let changes: Vec<_> = changes.iter().map(|change| (change.attribute, change.after.as_deref())).collect();
    assert_eq!(
        changes,
        [(Attribute::Title, None)],
        "the time zone is an attribute that JumpCloud does not have, so it is not compared either"
    );
}

#[test]
fn s2_mappings_can_be_switched_off_and_fed_from_custom_attributes() {
    let mut org = TestOrg::in_step();
    org.set("ada", SourceField::JobTitle, "Analyst").set("ada", SourceField::CostCenter, "CC-7");
    org.person("ada").custom.push(("squad".into(), "Difference Engine".into()));
    org.policy.mapping.off.insert(Attribute::Title);
    org.policy.mapping.source.insert(Attribute::Department, "Squad".to_owned());
    org.policy.mapping.source.insert(Attribute::Organization, "costCenter".to_owned());
    insta::assert_snapshot!(org.plan().render(), @r#"
    Plan: 1 ready, 0 held; 1 request (1 PATCH).

    ~ update ada@example.com (Ada Lovelace)
        department: (none) → "Difference Engine"
        organization: (none) → "CC-7"
        Ada Lovelace: department and organization differ from JumpCloud.
    "#);
}

#[test]
fn s2_unicode_forms_and_letter_case_of_addresses_are_no_change() {
    let mut org = TestOrg::in_step();
    org.set("ada", SourceField::Email, "ADA@Example.com").set("ada", SourceField::Username, "Ada").set(
        "bob",
        SourceField::LastName,
        "Mårsh",
    );
    org.apply_ready();
    org.set("bob", SourceField::LastName, "Ma\u{30a}rsh");
    org.assert_nothing_to_do();
}

#[test]
fn p2_what_the_target_was_seen_not_to_keep_is_not_planned_again_and_said_once() {
    let mut org = TestOrg::in_step();
    for name in ["ada", "bob"] {
        org.set(name, SourceField::JobTitle, "Analyst");
        let target = org.user(name).id.clone();
        org.memory.not_kept.insert(NotKept {
            target,
            attribute: Attribute::Title,
            sent: Some("Analyst".to_owned()),
            found: None,
        });
    }
    insta::assert_snapshot!(org.plan().render(), @r"
    Plan: nothing to do.

    Findings:
    info: Atlassian was seen not to keep title as it was sent (2 people). It is not sent again unless it changes.
    ");
    org.set("ada", SourceField::JobTitle, "Countess");
    assert_eq!(org.plan().lines(), ["update_user ada@example.com"], "another value is tried");
}

#[test]
fn s3_an_account_is_found_by_each_rule() {
    for (rule, expected) in [
        (Attribute::ExternalId, ReasonCode::FoundByExternalId),
        (Attribute::UserName, ReasonCode::FoundByUserName),
        (Attribute::Email, ReasonCode::FoundByEmail),
    ] {
        let mut org = TestOrg::new();
        org.bind("Engineering", &["ada"]);
        let user = org.account("ada");
        for attribute in [Attribute::UserName, Attribute::Email] {
            if attribute != rule {
                user.attributes.set(attribute, Some("other@example.com"));
            }
        }
        if rule == Attribute::ExternalId {
            user.attributes.set(rule, Some("jc-ada"));
        }
        let plan = org.plan();
        let operation = plan.only(OperationKind::LinkUser);
        assert_eq!(operation.reason.code, expected);
        assert!(operation.is_ready(), "a single account is linked without a question");
        assert_eq!(plan.lines().first().map(String::as_str), Some("link_user ada@example.com"));
        org.apply_ready();
        org.assert_nothing_to_do();
    }
}

#[test]
fn s3_linking_writes_our_external_id_and_what_differs_in_one_request() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada"]);
    let user = org.account("ada");
    user.active = false;
    user.attributes.set(Attribute::UserName, Some("ADA"));
    user.attributes.set(Attribute::FamilyName, Some("Byron"));
    insta::assert_snapshot!(org.plan().render(), @r#"
    Plan: 3 ready, 0 held; 3 requests (1 POST, 2 PATCH).

    = link ada@example.com (Ada Lovelace)
        active: false → true
        externalId: (none) → "jc-ada"
        name.familyName: "Byron" → "Lovelace"
        An account with Ada Lovelace's user name exists already.
    + create group Engineering
        displayName: "Engineering"
        Engineering is bound and has 1 member, ada@example.com the first.
    + add members to group Engineering
        members: + ada@example.com
        1 member goes to the new group Engineering.
    "#);
}

#[test]
fn s3_rules_that_name_different_accounts_are_a_conflict() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada"]);
    org.account("ada").attributes.set(Attribute::Email, Some("old@example.com"));
    org.account("ada2").attributes.set(Attribute::Email, Some("ada@example.com"));
    insta::assert_snapshot!(org.plan().render(), @r#"
    Plan: 0 ready, 1 held; 0 requests.

    = link ada@example.com (Ada Lovelace) [held by conflict]
        externalId: (none) → "jc-ada"
        email: "old@example.com" → "ada@example.com"
        Ada Lovelace matches several accounts: old@example.com (same user name) and ada@example.com (same e-mail address). Choose the right one.

    Questions:
    ? ada@example.com: Ada Lovelace matches several accounts: old@example.com (same user name) and ada@example.com (same e-mail address). Choose the right one.
        choices: scim-ada, scim-ada2, leave-alone

    Findings:
    info: 1 member of bound groups cannot be added to them yet: their own account is held. They follow once it exists.
    "#);
    org.decide(ConflictKind::AmbiguousPerson, "scim-ada2");
    let plan = org.plan();
    let Payload::LinkUser { target, .. } = &plan.only(OperationKind::LinkUser).payload else {
        panic!("links")
    };
    assert_eq!(*target, user_id("ada2"), "the admin's choice is linked");
    assert!(plan.only(OperationKind::LinkUser).is_ready());
}

#[test]
fn s3_a_decision_made_on_other_facts_is_asked_again() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada"]);
    org.account("ada").attributes.set(Attribute::Email, Some("old@example.com"));
    org.account("ada2").attributes.set(Attribute::Email, Some("ada@example.com"));
    org.decide(ConflictKind::AmbiguousPerson, "scim-ada2");
    org.user("ada2").attributes.set(Attribute::ExternalId, Some("somebody"));
    assert_eq!(org.plan().only(OperationKind::LinkUser).held_by, Some(HeldBy::Conflict));
}

#[test]
fn s3_rehire_links_the_account_of_somebody_who_is_not_in_jumpcloud_any_more() {
    let mut org = TestOrg::in_step();
    org.delete("ada").hire("ada-again").set("ada-again", SourceField::Email, "ada@example.com");
    org.set("ada-again", SourceField::Username, "ada").join("ada-again", "Engineering");
    insta::assert_snapshot!(org.plan().render(), @r#"
    Plan: 1 ready, 0 held; 1 request (1 PATCH).

    = link ada@example.com (ada-again Example)
        externalId: "jc-ada" → "jc-ada-again"
        name.givenName: "Ada" → "ada-again"
        name.familyName: "Lovelace" → "Example"
        displayName: "Ada Lovelace" → "ada-again Example"
        nickName: "Ada Lovelace" → "ada-again Example"
        An account with ada-again Example's user name exists already; it was made for somebody who is not in JumpCloud any more.
    "#);
    org.apply_ready();
    org.assert_nothing_to_do();
}

#[test]
fn s3_an_account_that_belongs_to_somebody_else_is_a_conflict() {
    let mut org = TestOrg::in_step();
    org.hire("imposter").set("imposter", SourceField::Email, "ada@example.com").join("imposter", "Sales");
    insta::assert_snapshot!(org.plan().render(), @r#"
    Plan: 0 ready, 1 held; 0 requests.

    = link ada@example.com (imposter Example) [held by conflict]
        externalId: "jc-ada" → "jc-imposter"
        userName: "ada" → "imposter"
        name.givenName: "Ada" → "imposter"
        name.familyName: "Lovelace" → "Example"
        displayName: "Ada Lovelace" → "imposter Example"
        nickName: "Ada Lovelace" → "imposter Example"
        The account found for imposter Example belongs to Ada Lovelace already. Correct one of them in JumpCloud.

    Questions:
    ? ada@example.com: The account found for imposter Example belongs to Ada Lovelace already. Correct one of them in JumpCloud.
        choices: leave-alone

    Findings:
    info: 1 member of bound groups cannot be added to them yet: their own account is held. They follow once it exists.
    "#);
}

#[test]
fn s3_two_people_who_want_the_same_account_are_a_conflict_for_both() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada", "bob"]).set("bob", SourceField::Email, "ada@example.com");
    org.account("ada");
    assert_eq!(
        org.plan().lines(),
        ["link_user ada@example.com [conflict]", "link_user ada@example.com [conflict]"]
    );
    assert_eq!(org.plan().conflicts.len(), 2, "each of them is asked about");
}

#[test]
fn s3_two_new_people_with_one_address_are_a_conflict_for_both() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada", "bob", "cleo"]).set("bob", SourceField::Email, "Ada@example.com");
    assert_eq!(
        org.plan().lines(),
        [
            "create_user Ada@example.com [conflict]",
            "create_user ada@example.com [conflict]",
            "create_user cleo@example.com",
            "create_group Engineering",
            "add_members Engineering"
        ]
    );
}

#[test]
fn s3_an_address_that_its_owner_gives_up_in_the_same_plan_can_be_taken() {
    let mut org = TestOrg::in_step();
    org.set("ada", SourceField::Email, "countess@example.com").set("ada", SourceField::Username, "countess");
    org.hire("eve").set("eve", SourceField::Email, "ada@example.com").join("eve", "Sales");
    assert_eq!(
        org.plan().lines(),
        ["update_user countess@example.com", "create_user ada@example.com", "add_members Sales"]
    );
    org.apply_ready();
    org.assert_nothing_to_do();
}

#[test]
fn s5_an_update_sends_only_what_differs() {
    let mut org = TestOrg::in_step();
    org.set("ada", SourceField::JobTitle, "Countess").set("ada", SourceField::LastName, "King");
    insta::assert_snapshot!(org.plan().render(), @r#"
    Plan: 1 ready, 0 held; 1 request (1 PATCH).

    ~ update ada@example.com (Ada Lovelace)
        name.familyName: "Lovelace" → "King"
        title: (none) → "Countess"
        Ada Lovelace: name.familyName and title differ from JumpCloud.
    "#);
}

#[test]
fn s6_leaving_the_last_bound_group_deactivates_and_names_the_group() {
    let mut org = TestOrg::in_step();
    org.leave("ada", "Engineering").leave("bob", "Sales");
    insta::assert_snapshot!(org.plan().render(), @r"
    Plan: 3 ready, 0 held; 3 requests (3 PATCH).

    - remove members from group Engineering
        members: - ada@example.com
        Ada Lovelace is not in Engineering in JumpCloud.
    - remove members from group Sales
        members: - bob@example.com
        Bob Marsh is not in Sales in JumpCloud.
    - deactivate ada@example.com (Ada Lovelace)
        active: true → false
        Ada Lovelace left Engineering, the last bound group they were in.
    ");
    org.apply_ready();
    org.assert_nothing_to_do();
}

#[test]
fn s6_coming_back_activates_the_same_account() {
    let mut org = TestOrg::in_step();
    org.leave("ada", "Engineering");
    org.apply_ready();
    org.join("ada", "Sales");
    insta::assert_snapshot!(org.plan().render(), @r"
    Plan: 2 ready, 0 held; 2 requests (2 PATCH).

    + activate ada@example.com (Ada Lovelace)
        active: false → true
        Ada Lovelace joined Sales and has an account already, which is inactive.
    + add members to group Sales
        members: + ada@example.com
        Ada Lovelace joined Sales.
    ");
}

#[test]
fn s7_each_way_of_being_inactive_deactivates_with_its_own_reason() {
    let mut org = TestOrg::in_step();
    org.policy.guards.max_deactivation_share = Some(100);
    org.suspend("ada");
    org.person("bob").password_expired = true;
    org.person("cleo").state = LifecycleState::Staged;
    let plan = org.plan();
    assert_eq!(
        plan.reasons(),
        [
            (ReasonCode::Suspended, "Ada Lovelace is suspended in JumpCloud."),
            (ReasonCode::PasswordExpired, "Bob Marsh's password has expired in JumpCloud."),
            (ReasonCode::Staged, "Cleo Adeyemi is staged in JumpCloud and not yet activated."),
        ],
        "they stay group members, so nothing is removed"
    );
    org.apply_ready();
    org.assert_nothing_to_do();
    org.restore("ada");
    assert_eq!(org.plan().reasons(), [(ReasonCode::Restored, "Ada Lovelace is active in JumpCloud again.")]);
}

#[test]
fn s4_nobody_inactive_is_created() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada", "bob"]).suspend("bob");
    assert_eq!(
        org.plan().lines(),
        ["create_user ada@example.com", "create_group Engineering", "add_members Engineering"]
    );
    org.apply_ready();
    org.assert_nothing_to_do();
}

#[test]
fn s7_somebody_inactive_with_an_account_is_linked_and_deactivated() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada"]).suspend("ada").account("ada");
    assert_eq!(
        org.plan().lines(),
        [
            "link_user ada@example.com",
            "create_group Engineering",
            "add_members Engineering",
            "deactivate_user ada@example.com"
        ]
    );
    org.apply_ready();
    org.assert_nothing_to_do();
}

#[test]
fn s8_deleted_in_jumpcloud_is_deactivated_by_default_and_deleted_only_by_name() {
    let mut org = TestOrg::in_step();
    org.delete("ada");
    insta::assert_snapshot!(org.plan().render(), @r"
    Plan: 2 ready, 0 held; 2 requests (2 PATCH).

    - remove members from group Engineering
        members: - ada@example.com
        Ada Lovelace is not in Engineering in JumpCloud.
    - deactivate ada@example.com (Ada Lovelace)
        active: true → false
        Ada Lovelace was deleted in JumpCloud.
    ");
    org.policy.deleted_users = DeletedUsers::Delete;
    assert_eq!(
        org.plan().lines(),
        ["remove_members Engineering", "delete_user ada@example.com [irreversible]"],
        "deletion is asked for separately"
    );
}

#[test]
fn s8_nothing_is_concluded_about_somebody_who_could_not_be_asked_for() {
    for absence in [Absence::Unknown, Absence::Elsewhere] {
        let mut org = TestOrg::in_step();
        org.vanish("ada", absence);
        let plan = org.plan();
        assert!(!plan.operations.iter().any(|operation| operation.kind == OperationKind::DeactivateUser));
        assert_eq!(plan.finding("source_person_unknown").subjects, ["ada@example.com"]);
    }
}

#[test]
fn s9_people_outside_verified_domains_are_held_but_still_deactivated() {
    let mut org = TestOrg::in_step();
    org.set("ada", SourceField::Email, "ada@elsewhere.org").set("ada", SourceField::JobTitle, "Analyst");
    org.set("bob", SourceField::Email, "bob@elsewhere.org").suspend("bob");
    org.hire("eve").set("eve", SourceField::Email, "eve@elsewhere.org").join("eve", "Sales");
    insta::assert_snapshot!(org.plan().render(), @r#"
    Plan: 1 ready, 2 held; 1 request (1 PATCH).

    ~ update ada@elsewhere.org (Ada Lovelace) [held by domain]
        email: "ada@example.com" → "ada@elsewhere.org"
        title: (none) → "Analyst"
        Ada Lovelace's address is in elsewhere.org, which is not a verified domain.
    + create eve@elsewhere.org (Eve Lindqvist) [held by domain]
        externalId: "jc-eve"
        userName: "eve"
        email: "eve@elsewhere.org"
        name.givenName: "Eve"
        name.familyName: "Lindqvist"
        displayName: "Eve Lindqvist"
        nickName: "Eve Lindqvist"
        active: true
        Eve Lindqvist's address is in elsewhere.org, which is not a verified domain.
    - deactivate bob@elsewhere.org (Bob Marsh)
        active: true → false
        Bob Marsh is suspended in JumpCloud.

    Findings:
    warning: 2 people are held because their address is in no verified domain (elsewhere.org). Verify the domain in Atlassian, or change the policy.
    info: 1 member of bound groups cannot be added to them yet: their own account is held. They follow once it exists.
    "#);
    org.policy.typed_domains.insert("elsewhere.org".to_owned());
    assert!(org.plan().held().is_empty(), "a typed domain counts as verified");
}

#[test]
fn s9_without_any_known_domain_one_finding_says_what_to_do() {
    let mut org = TestOrg::new();
    org.target.organisation = None;
    org.bind("Engineering", &["ada"]);
    assert_eq!(org.plan().lines(), ["create_user ada@example.com [domain]"]);
    insta::assert_snapshot!(org.plan().finding("no_verified_domain").text, @"No verified domain is known, so nobody can be created or updated. Type in the domains that are verified in Atlassian, or give an organisation key, which reads them.");
    org.policy.domains = DomainPolicy::Any;
    assert!(!org.plan().finding_codes().contains("no_verified_domain"));
}

#[test]
fn s10_newcomers_beyond_the_limit_are_held_in_the_chosen_order() {
    let mut org = TestOrg::in_step();
    org.policy.user_limit = 5;
    for (name, day) in [("zoe", "01"), ("yan", "03"), ("xia", "02")] {
        org.hire(name).join(name, "Sales");
        org.person(name).created_at = Some(format!("2026-01-{day}T00:00:00Z").parse().unwrap());
    }
    let created = |org: &TestOrg| -> Vec<String> {
        org.plan()
            .ready()
            .filter(|o| o.kind == OperationKind::CreateUser)
            .map(|o| o.subject.name().to_owned())
            .collect()
    };
    assert_eq!(created(&org), ["zoe Example"], "who was there first comes first");
    let plan = org.plan();
    let held: Vec<&str> = plan
        .operations
        .iter()
        .filter(|operation| operation.held_by == Some(HeldBy::UserLimit))
        .map(|operation| operation.reason.text.as_str())
        .collect();
    insta::assert_snapshot!(held.join("\n"), @r"
    xia Example is number 2 of 3 new people and there is room for 1: 4 of 5 accounts are in use.
    yan Example is number 3 of 3 new people and there is room for 1: 4 of 5 accounts are in use.
    ");
    insta::assert_snapshot!(plan.finding("over_user_limit").text, @"The directory has 4 of 5 accounts allowed: 1 person is created, 2 held. Raise the limit, or choose who comes first.");
    org.policy.user_order = UserOrder::Name;
    assert_eq!(created(&org), ["xia Example"]);
    org.policy.user_order = UserOrder::JumpcloudCreated;
    assert_eq!(created(&org), ["zoe Example"]);
}

#[test]
fn s10_people_already_there_are_kept_and_updated_beyond_the_limit() {
    let mut org = TestOrg::in_step();
    org.policy.user_limit = 1;
    org.set("ada", SourceField::JobTitle, "Countess");
    assert_eq!(org.plan().lines(), ["update_user ada@example.com"]);
}

#[test]
fn a_vanished_account_is_created_again_only_after_an_acknowledgement() {
    let mut org = TestOrg::in_step();
    let gone = org.user("ada").id.clone();
    org.target.users.retain(|user| user.id != gone);
    org.target_group("Engineering").members.retain(|member| *member != gone);
    insta::assert_snapshot!(org.plan().render(), @r#"
    Plan: 0 ready, 1 held; 0 requests.

    + create ada@example.com (Ada Lovelace) [held by acknowledgement]
        externalId: "jc-ada"
        userName: "ada"
        email: "ada@example.com"
        name.givenName: "Ada"
        name.familyName: "Lovelace"
        displayName: "Ada Lovelace"
        nickName: "Ada Lovelace"
        active: true
        Ada Lovelace's account was linked and is not in Atlassian's directory any more. Created again, it gets a new id.

    Questions:
    ? ada@example.com: Ada Lovelace's account was linked and is not in Atlassian's directory any more. Created again, it gets a new id.
        choices: recreate, leave-alone

    Findings:
    info: 1 member of bound groups cannot be added to them yet: their own account is held. They follow once it exists.
    "#);
    org.decide(ConflictKind::VanishedTarget, "recreate");
    assert_eq!(org.plan().lines(), ["create_user ada@example.com", "add_members Engineering"]);
    org.apply_ready();
    org.assert_nothing_to_do();
}

#[test]
fn another_directory_is_one_question_and_holds_everything() {
    let mut org = TestOrg::in_step();
    org.target.users.clear();
    org.target.groups.clear();
    let plan = org.plan();
    assert_eq!(plan.conflicts.len(), 1);
    assert_eq!(plan.conflicts[0].kind, ConflictKind::DirectoryReplaced);
    assert!(plan.operations.iter().all(|operation| operation.held_by == Some(HeldBy::Conflict)));
    org.decide(ConflictKind::DirectoryReplaced, "acknowledge");
    org.apply_ready();
    org.assert_nothing_to_do();
}

#[test]
fn another_directory_is_recognised_by_its_fingerprint_even_where_ids_are_the_same() {
    let mut org = TestOrg::in_step();
    org.memory.directory = Some("one".to_owned());
    org.directory = Some("one".to_owned());
    org.assert_nothing_to_do();
    org.directory = Some("two".to_owned());
    for user in &mut org.target.users {
        user.attributes.set(Attribute::ExternalId, None);
    }
    let plan = org.plan();
    assert_eq!(plan.conflicts[0].kind, ConflictKind::DirectoryReplaced);
    assert!(plan.ready().next().is_none());
    org.decide(ConflictKind::DirectoryReplaced, "acknowledge");
    assert!(
        org.plan().ready().all(|operation| operation.kind == OperationKind::LinkUser),
        "all are found anew"
    );
    org.apply_ready();
    org.assert_nothing_to_do();
}

#[test]
fn what_is_in_quarantine_rests_and_so_does_what_depends_on_it() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada", "bob"]);
    org.quarantine = vec![org.plan().operations[0].id.clone()];
    let plan = org.plan();
    assert_eq!(
        plan.lines(),
        [
            "create_user ada@example.com [quarantine]",
            "create_user bob@example.com",
            "create_group Engineering",
            "add_members Engineering"
        ]
    );
    let Payload::AddMembers { members, .. } = &plan.only(OperationKind::AddMembers).payload else {
        panic!("adds")
    };
    assert_eq!(members.len(), 1, "only who gets an account is added");
    assert_eq!(plan.finding("members_without_account").subjects, ["ada@example.com"]);
}

#[test]
fn situations_follow_the_table() {
    use lockstep_core::correlation::situation::Situation;
    let mut org = TestOrg::in_step();
    org.leave("ada", "Engineering").delete("dan").hire("eve").hire("finn").join("finn", "Sales");
    org.hire("gil").join("gil", "Sales").account("gil");
    org.account("nobody");
    let gone = org.user("cleo").id.clone();
    org.target.users.retain(|user| user.id != gone);
    let situations = lockstep_core::plan::situations(&org.input());
    let of =
        |name: &str| situations.iter().find(|entry| entry.source == Some(person_id(name))).unwrap().situation;
    assert_eq!(of("ada"), Situation::Unqualified);
    assert_eq!(of("bob"), Situation::Confirmed);
    assert_eq!(of("cleo"), Situation::Missing);
    assert_eq!(of("dan"), Situation::SourceMissing);
    assert_eq!(of("eve"), Situation::OutOfScope);
    assert_eq!(of("finn"), Situation::Absent);
    assert_eq!(of("gil"), Situation::Found);
    assert_eq!(situations.last().unwrap().situation, Situation::Unassigned);
    assert_eq!(situations.len(), 8, "everybody once");
}
