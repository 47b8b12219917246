//! Takeovers (G2): what is shown, what each answer does, and that nothing is written to a clashing group before one.

use lockstep_core::ids::ScimId;
use lockstep_core::plan::choice::{ChoiceError, check_choice};
use lockstep_core::plan::conflict::{Conflict, ConflictKind, ConflictPerson};
use lockstep_core::plan::operation::{HeldBy, Operation, OperationKind, Payload};
use lockstep_core::plan::order::depends_on;
use lockstep_core::plan::{organisation_names, settled_takeovers};
use lockstep_core::snapshot::Completeness;
use lockstep_core::snapshot::organisation::{AppAccess, OrganisationGroup, OrganisationMember};
use proptest::prelude::*;

use crate::org::{Planned, TestOrg, group_id, person_id, user_id};

const JIRA: &str = "ari:cloud:jira-software::site/acme";

fn access(app: &str, role: &str) -> AppAccess {
    AppAccess {
        app: app.to_owned(),
        resource: JIRA.replace("jira-software", app),
        site: Some("acme".to_owned()),
        roles: vec![format!("atlassian/{role}")],
        is_default: false,
    }
}

fn local_member(name: &str, groups: &[&str]) -> OrganisationMember {
    OrganisationMember {
        account_id: format!("aa-{name}"),
        email: Some(format!("{name}@example.com")),
        label: name.to_owned(),
        groups: groups.iter().map(|group| format!("org-{group}")).collect(),
    }
}

impl TestOrg {
    /// A group of the organisation that SCIM does not show.
    pub(crate) fn local_group(&mut self, name: &str, members: &[&str], gives: &[AppAccess]) -> &mut Self {
        let organisation = self.target.organisation.as_mut().unwrap();
        organisation.people.get_or_insert_default();
        let members: Vec<OrganisationMember> =
            members.iter().map(|member| local_member(member, &[name])).collect();
        organisation.groups.push(OrganisationGroup {
            id: format!("org-{name}"),
            name: name.to_owned(),
            member_count: Some(u32::try_from(members.len()).unwrap()),
            access: Some(gives.to_vec()),
            members: Some(members),
            ..OrganisationGroup::default()
        });
        self
    }

    fn local(&mut self, name: &str) -> &mut OrganisationGroup {
        let groups = &mut self.target.organisation.as_mut().unwrap().groups;
        groups.iter_mut().find(|group| group.name == name).unwrap()
    }

    /// Puts somebody of a local group into another one as well.
    fn also_in(&mut self, name: &str, group: &str, other: &str) -> &mut Self {
        let members = self.local(group).members.as_mut().unwrap();
        let member = members.iter_mut().find(|member| member.label == name).unwrap();
        member.groups.push(format!("org-{other}"));
        self
    }

    fn takeover(&self) -> Conflict {
        let planned = self.plan();
        let mut found =
            planned.conflicts.iter().filter(|conflict| conflict.kind == ConflictKind::GroupTakeover);
        let conflict = found.next().unwrap_or_else(|| panic!("a question in:\n{}", planned.render())).clone();
        assert!(found.next().is_none(), "only one question");
        conflict
    }

    fn drop_settled(&mut self) {
        for group in settled_takeovers(&self.input()) {
            self.memory.takeovers.remove(&group);
        }
    }
}

fn labels(people: &[ConflictPerson]) -> Vec<&str> {
    people.iter().map(|person| person.label.as_str()).collect()
}

/// Engineering with ada and bob; a local group of that name with bob and old, who also is in Staff; it gives Jira.
fn clash() -> TestOrg {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada", "bob"]).account("bob");
    org.local_group("engineering ", &["bob", "old", "kim"], &[access("jira-software", "user")]);
    org.local_group("Staff", &["old"], &[access("jira-software", "user")]).also_in(
        "old",
        "engineering ",
        "Staff",
    );
    org
}

#[test]
fn g2_a_local_clash_names_who_stays_gains_and_loses_and_what_that_means() {
    let org = clash();
    let conflict = org.takeover();
    assert_eq!(labels(&conflict.stays), ["bob@example.com"]);
    assert_eq!(labels(&conflict.gains), ["ada@example.com"]);
    assert_eq!(labels(&conflict.loses), ["kim@example.com", "old@example.com"]);
    assert_eq!(conflict.loses[0].loses_access_to, ["jira-software (acme)"], "nothing else gives it to kim");
    assert_eq!(conflict.loses[1].keeps_access_through, ["Staff"]);
    assert!(conflict.loses[1].loses_access_to.is_empty());
    assert!(!conflict.loses[0].in_jumpcloud);
    assert_eq!(
        conflict.new_seats[0].people,
        ["ada@example.com"],
        "who is not in the organisation needs a seat"
    );
    assert_eq!(conflict.choices, ["take-over", "keep-others", "rename:NEW", "leave-alone", "later"]);
    let codes: Vec<&str> = conflict.warnings.iter().map(|warning| warning.code.as_str()).collect();
    assert_eq!(codes, ["not_in_jumpcloud"]);
    let lines = org.plan().lines();
    assert_eq!(
        lines,
        [
            "link_user bob@example.com",
            "create_user ada@example.com",
            "take_over_group Engineering [conflict]"
        ]
    );
}

#[test]
fn g2_a_takeover_of_a_local_group_is_sent_and_then_waits_for_the_console() {
    let mut org = clash();
    org.decide(ConflictKind::GroupTakeover, "take-over");
    let plan = org.plan();
    assert_eq!(
        plan.lines(),
        [
            "link_user bob@example.com",
            "create_user ada@example.com",
            "take_over_group Engineering",
            "add_members Engineering"
        ]
    );
    let take_over = plan.only(OperationKind::TakeOverGroup).clone();
    assert!(depends_on(plan.only(OperationKind::AddMembers), &take_over));
    org.apply_ready();
    let conflict = org.takeover();
    assert_eq!(conflict.decision.as_deref(), Some("take-over"));
    insta::assert_snapshot!(conflict.waiting.unwrap(), @"Waiting for Atlassian: only its own console can hand over Engineering. In admin.atlassian.com, open the identity provider directory, choose “Review groups” and sync Engineering. Lockstep sees it and goes on by itself.");
    assert_eq!(org.plan().finding("waiting_for_atlassian").subjects, ["Engineering"]);
    assert!(settled_takeovers(&org.input()).is_empty());
    // Members go on being sent meanwhile, so that accepting takes over the right list.
    org.hire("eve").join("eve", "Engineering");
    assert_eq!(org.plan().lines(), ["create_user eve@example.com", "add_members Engineering"]);
    org.apply_ready();
    org.local("engineering ").external_synced = true;
    assert_eq!(settled_takeovers(&org.input()), [group_id("Engineering")]);
    org.drop_settled();
    org.assert_nothing_to_do();
    assert!(org.plan().conflicts.is_empty(), "the wait is over by itself");
}

#[test]
fn g2_the_other_answer_waits_as_well_and_is_sent_again_once_accepted() {
    let mut org = clash();
    org.refuses_names = true;
    org.decide(ConflictKind::GroupTakeover, "take-over");
    org.apply_ready();
    let facts = org.takeover().facts;
    assert!(org.takeover().waiting.is_some());
    assert_eq!(org.takeover().decision.as_deref(), Some("take-over"));
    assert_eq!(org.plan().lines(), ["take_over_group Engineering [conflict]"]);
    assert_eq!(org.takeover().facts, facts, "waiting is no new fact");
    org.local("engineering ").external_synced = true;
    org.refuses_names = false;
    assert_eq!(org.plan().lines(), ["take_over_group Engineering", "add_members Engineering"]);
    org.apply_ready();
    org.drop_settled();
    org.assert_nothing_to_do();
    assert!(org.memory.takeovers.is_empty());
}

#[test]
fn g2_once_scim_lists_a_refused_group_it_is_linked_as_decided() {
    let mut org = clash();
    org.refuses_names = true;
    org.decide(ConflictKind::GroupTakeover, "take-over");
    org.apply_ready();
    org.local("engineering ").external_synced = true;
    org.account("old");
    org.foreign_group("Engineering", &["bob", "old"]);
    assert_eq!(
        org.plan().lines(),
        ["take_over_group Engineering", "add_members Engineering", "remove_members Engineering"]
    );
    org.apply_ready();
    org.drop_settled();
    org.assert_nothing_to_do();
}

#[test]
fn g2_without_an_organisation_key_a_refused_name_is_reviewed_with_what_cannot_be_known() {
    let mut org = TestOrg::new();
    org.policy.typed_domains.insert("example.com".to_owned());
    org.target.organisation = None;
    org.bind("Engineering", &["ada"]);
    assert_eq!(org.plan().finding("names_not_seen").subjects, ["Engineering"]);
    org.memory.takeovers.insert(
        group_id("Engineering"),
        lockstep_core::memory::PendingTakeover { name: "Engineering".to_owned(), target: None },
    );
    let conflict = org.takeover();
    assert_eq!(conflict.choices, ["take-over", "rename:NEW", "leave-alone", "later"]);
    let codes: Vec<&str> = conflict.warnings.iter().map(|warning| warning.code.as_str()).collect();
    assert_eq!(codes, ["members_unknown", "access_unknown"]);
    org.decide(ConflictKind::GroupTakeover, "take-over");
    assert!(org.takeover().waiting.unwrap().contains("cannot be seen"));
    org.foreign_group("Engineering", &[]);
    assert_eq!(
        org.plan().lines(),
        ["create_user ada@example.com", "take_over_group Engineering", "add_members Engineering"],
        "the listing is the only evidence"
    );
}

#[test]
fn g2_a_default_access_group_is_blocked_with_the_remedy() {
    let mut org = clash();
    org.decide(ConflictKind::GroupTakeover, "take-over");
    org.local("engineering ").access.as_mut().unwrap()[0].is_default = true;
    let conflict = org.takeover();
    assert_eq!(conflict.choices, ["rename:NEW", "leave-alone", "later"]);
    assert_eq!(conflict.decision, None, "what was decided on other facts is asked again");
    insta::assert_snapshot!(conflict.blocked.unwrap(), @"Engineering is the default access group of jira-software (acme), and Atlassian does not synchronise such a group. In admin.atlassian.com, open the app's access settings and choose “Don't make this group default” for Engineering; where that cannot be chosen, make another group the default first. Then plan again.");
    assert!(
        org.plan()
            .operations
            .iter()
            .all(|operation| !operation.is_ready() || !operation.kind.is_about_a_group())
    );
}

#[test]
fn g2_a_group_that_makes_administrators_says_so() {
    let mut org = TestOrg::new();
    org.bind("Admins", &["ada"]).local_group(
        "admins",
        &[],
        &[access("jira-software", "admin"), access("confluence", "guest")],
    );
    let conflict = org.takeover();
    insta::assert_snapshot!(conflict.warnings[0].text, @"Admins makes its members administrators (admin on jira-software (acme)). Look at every name before you decide.");
    let apps: Vec<&str> = conflict.new_seats.iter().map(|seats| seats.app.as_str()).collect();
    assert_eq!(apps, ["jira-software (acme)"], "a guest takes no seat");
}

#[test]
fn g2_keeping_the_others_adds_them_in_jumpcloud_first() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada", "bob"]).account("bob");
    org.hire("cleo").account("cleo");
    org.foreign_group("Engineering", &["bob", "cleo"]);
    org.decide(ConflictKind::GroupTakeover, "keep-others");
    let plan = org.plan();
    assert_eq!(
        plan.lines(),
        [
            "link_user bob@example.com",
            "create_user ada@example.com",
            "add_source_members Engineering",
            "take_over_group Engineering",
            "add_members Engineering"
        ]
    );
    let Payload::AddSourceMembers { members, .. } = &plan.only(OperationKind::AddSourceMembers).payload
    else {
        panic!("adds")
    };
    assert_eq!(members[0].source, Some(person_id("cleo")));
    let first = plan.only(OperationKind::AddSourceMembers);
    assert!(depends_on(plan.only(OperationKind::TakeOverGroup), first));
    // Its own first step does not make the decision a stale one.
    let first = first.clone();
    let mut halfway = org.clone();
    halfway.apply(&[first]);
    assert!(
        halfway.plan().lines().contains(&"take_over_group Engineering".to_owned()),
        "{}",
        halfway.plan().render()
    );
    org.apply_ready();
    assert_eq!(org.plan().lines(), ["link_user cleo@example.com"], "whoever was kept is managed from now on");
    org.apply_ready();
    org.assert_nothing_to_do();
    assert_eq!(org.target_group("Engineering").members.len(), 3, "nobody lost membership");
}

#[test]
fn g2_who_has_no_user_in_jumpcloud_cannot_be_kept() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada"]).account("stranger");
    org.foreign_group("Engineering", &["stranger"]);
    org.decide(ConflictKind::GroupTakeover, "keep-others");
    let plan = org.plan();
    assert_eq!(plan.lines(), ["create_user ada@example.com", "take_over_group Engineering [conflict]"]);
    insta::assert_snapshot!(plan.only(OperationKind::TakeOverGroup).reason.text, @"stranger@example.com cannot be kept in Engineering yet: nobody can be added who has no user in JumpCloud, or would get no account (inactive, not in a verified domain, beyond the user limit). Import them or mend that first, or take the group over.");
    org.group("Engineering").is_dynamic = Some(true);
    assert!(!org.takeover().choices.contains(&"keep-others".to_owned()), "a rule would put them out again");
}

#[test]
fn g2_another_name_is_kept_for_good() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada"]).account("stranger");
    org.foreign_group("Engineering", &["stranger"]);
    org.decide(ConflictKind::GroupTakeover, "rename:Engineering (JumpCloud)");
    let plan = org.plan();
    assert_eq!(
        plan.lines(),
        ["create_user ada@example.com", "create_group Engineering", "add_members Engineering"]
    );
    org.apply_ready();
    org.assert_nothing_to_do();
    assert_eq!(org.target_group("Engineering").display_name, "Engineering (JumpCloud)");
    assert!(
        organisation_names(&org.source, &org.links, &org.memory, &org.decisions)
            .contains(&"Engineering (JumpCloud)".to_owned())
    );
    org.hire("eve").join("eve", "Engineering");
    assert_eq!(org.plan().lines(), ["create_user eve@example.com", "add_members Engineering"]);
}

#[test]
fn g2_a_chosen_name_that_is_taken_by_now_is_asked_again() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada"]).foreign_group("Engineering", &[]);
    org.decide(ConflictKind::GroupTakeover, "rename:Makers");
    org.foreign_group("makers", &[]);
    let conflict = org.takeover();
    assert_eq!(conflict.decision, None);
    assert!(conflict.text.contains("Makers"), "{}", conflict.text);
    assert_eq!(org.plan().lines(), ["create_user ada@example.com", "take_over_group Engineering [conflict]"]);
}

#[test]
fn a_choice_is_checked_before_it_is_recorded() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada"]).bind("Sales", &["ada"]);
    org.foreign_group("Engineering", &[]).foreign_group("Taken", &[]).local_group("Local", &[], &[]);
    let plan = org.plan();
    let id = plan.conflicts[0].id.clone();
    let check = |choice: &str| check_choice(&org.input(), &plan, &id, choice);
    for (choice, expected) in [
        ("take-over", Ok("take-over")),
        (" rename: Makers ", Ok("rename:Makers")),
        ("rename:", Err("name_invalid")),
        ("rename: engineering", Err("name_invalid")),
        ("rename:a\nb", Err("name_invalid")),
        ("rename:TAKEN", Err("name_taken")),
        ("rename:local", Err("name_taken")),
        ("rename:sales", Err("name_taken")),
        ("acknowledge", Err("choice_not_offered")),
    ] {
        let answer = check(choice);
        let answer = answer.as_ref().map(ToString::to_string).map_err(ChoiceError::code);
        assert_eq!(answer.as_deref().map_err(|code| *code), expected, "{choice:?}");
    }
    let long = format!("rename:{}", "x".repeat(256));
    assert_eq!(check(&long).unwrap_err().code(), "name_invalid");
    let gone = check_choice(&org.input(), &plan, &"conflict-gone".into(), "take-over");
    assert_eq!(gone.unwrap_err().code(), "unknown_conflict");
    insta::assert_snapshot!(check("rename:taken").unwrap_err(), @"The name “taken” is taken: a group of the SCIM directory has it. Choose another one.");
}

#[test]
fn nothing_is_created_while_the_organisations_groups_are_not_read_to_the_end() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada"]);
    let organisation = org.target.organisation.as_mut().unwrap();
    organisation.completeness = Completeness::Incomplete { reason: "429".to_owned() };
    assert_eq!(
        org.plan().lines(),
        [
            "create_user ada@example.com",
            "create_group Engineering [guard]",
            "add_members Engineering [guard]"
        ]
    );
    assert_eq!(org.plan().finding("organisation_incomplete").subjects, ["Engineering"]);
}

#[test]
fn g4_the_answers_to_a_refused_rename() {
    let refused = || {
        let mut org = TestOrg::in_step();
        org.group("Engineering").name = "Platform".to_owned();
        let target = org.target_group("Engineering").id.clone();
        org.memory.rename_refused.insert((target, "Platform".to_owned()));
        org
    };
    let mut org = refused();
    org.decide(ConflictKind::GroupRename, "create-new");
    assert_eq!(org.plan().lines(), ["create_group Platform", "add_members Platform"]);
    org.apply_ready();
    org.assert_nothing_to_do();
    assert_eq!(org.target.groups.len(), 3, "the old group is left as it is");

    let mut org = refused();
    org.decide(ConflictKind::GroupRename, "rename-in-atlassian");
    assert!(org.plan().conflicts[0].waiting.is_some());
    org.hire("eve").join("eve", "Engineering");
    assert_eq!(
        org.plan().lines(),
        ["create_user eve@example.com", "rename_group Platform [conflict]", "add_members Platform"]
    );
    org.apply_ready();
    org.target_group("Engineering").display_name = "Platform".to_owned();
    org.assert_nothing_to_do();
}

#[test]
fn g4_a_name_in_other_letters_is_no_other_name() {
    let mut org = TestOrg::in_step();
    org.group("Engineering").name = "ENGINEERING ".to_owned();
    org.assert_nothing_to_do();
    let mut org = TestOrg::new();
    org.bind("Sales", &["ada"]).account("ada");
    org.foreign_group("SALES", &["ada"]).decide(ConflictKind::GroupTakeover, "take-over");
    assert_eq!(org.plan().lines(), ["link_user ada@example.com", "take_over_group Sales"]);
}

#[test]
fn g4_a_rename_into_a_taken_name_is_asked_about_and_not_tried() {
    let mut org = TestOrg::in_step();
    org.group("Engineering").name = "Platform".to_owned();
    org.foreign_group("PLATFORM", &[]);
    let plan = org.plan();
    assert_eq!(plan.lines(), ["rename_group Platform [conflict]"]);
    assert_eq!(plan.conflicts[0].choices, ["keep-old-name", "leave-alone", "later"]);
}

#[test]
fn every_field_of_a_conflict_is_in_the_json_and_old_plans_read() {
    let json = serde_json::to_value(clash().takeover()).unwrap();
    assert_eq!(json["loses"][1]["keeps_access_through"][0], "Staff");
    assert_eq!(json["loses"][0]["loses_access_to"][0], "jira-software (acme)");
    assert_eq!(json["access"][0]["app"], "jira-software");
    assert_eq!(json["new_seats"][0]["people"][0], "ada@example.com");
    let old = r#"{"id":"c","kind":"group_takeover","subject":{"type":"group","source_id":null,"target_id":null,"label":"E"},
        "text":"t","choices":[],"stays":[],"gains":[],"loses":[{"label":"kim","target_id":null}],"decision":null,"facts":"f"}"#;
    let old: Conflict = serde_json::from_str(old).unwrap();
    assert_eq!(old.loses[0].label, "kim");
    let organisation = r#"{"groups":[{"id":"o","name":"n","external_synced":false,"default_access_to":[],"member_count":null}],
        "verified_domains":[],"completeness":{"state":"complete"}}"#;
    let organisation: lockstep_core::snapshot::target::OrganisationSnapshot =
        serde_json::from_str(organisation).unwrap();
    assert_eq!(organisation.groups[0].members, None);
    let memory = r#"{"not_kept":[],"rename_refused":[],"membership_not_kept":[],"member_batch":null,"directory":null}"#;
    let memory: lockstep_core::memory::TargetMemory = serde_json::from_str(memory).unwrap();
    assert!(memory.takeovers.is_empty());
}

const PEOPLE: [&str; 6] = ["ada", "bob", "cleo", "dan", "eve", "finn"];
const NAMES: [&str; 3] = ["Engineering", "Sales", "Support"];
const CHOICES: [&str; 6] = ["", "take-over", "keep-others", "rename:Other", "leave-alone", "later"];

/// A bound group's lot: members, kind of namesake, the namesake's members, what it gives, the answer.
type Lot = (u8, u8, u8, u8, u8);

/// Organisations full of clashes, and the answers to them.
fn clashes() -> impl Strategy<Value = (TestOrg, Vec<Lot>)> {
    let lots = prop::collection::vec((any::<u8>(), 0..6_u8, any::<u8>(), 0..4_u8, 0..6_u8), NAMES.len());
    (lots, any::<u8>(), any::<u8>(), any::<bool>()).prop_map(|(lots, hired, has_account, refuses)| {
        let mut org = TestOrg::new();
        org.refuses_names = refuses;
        org.policy.guards.max_removal_share = Some(100);
        let chosen = |mask: u8| -> Vec<&str> {
            PEOPLE.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, name)| *name).collect()
        };
        for (bit, name) in PEOPLE.iter().enumerate() {
            if hired >> bit & 1 == 1 {
                org.hire(name);
            }
            if has_account >> bit & 1 == 1 {
                org.account(name).account_id = Some(format!("aa-{name}").into());
            }
        }
        for (name, (members, namesake, others, gives, _)) in NAMES.iter().zip(&lots) {
            org.bind(name, &chosen(*members));
            let others = chosen(*others);
            let gives: Vec<AppAccess> = ["jira-software", "confluence"]
                .into_iter()
                .enumerate()
                .filter(|(bit, _)| gives >> bit & 1 == 1)
                .map(|(_, app)| access(app, "user"))
                .collect();
            let with_account: Vec<&str> = others
                .iter()
                .copied()
                .filter(|other| org.target.users.iter().any(|user| user.id == user_id(other)))
                .collect();
            match namesake {
                0 => drop(org.foreign_group(&name.to_uppercase(), &with_account)),
                1 => drop(org.local_group(&format!(" {}", name.to_lowercase()), &others, &gives)),
                2 => {
                    org.local_group(name, &others, &gives);
                    org.local(name).external_synced = true;
                }
                3 => {
                    org.local_group(name, &others, &gives);
                    org.local(name)
                        .access
                        .as_mut()
                        .unwrap()
                        .push(AppAccess { is_default: true, ..access("jira-software", "user") });
                }
                4 => drop(org.local_group(&format!("Not {name}"), &others, &gives)),
                _ => {}
            }
        }
        // Everybody of a local group is in what they are in.
        let groups = &mut org.target.organisation.as_mut().unwrap().groups;
        let memberships: Vec<(String, String)> = groups
            .iter()
            .flat_map(|group| {
                group.members.iter().flatten().map(|member| (member.account_id.clone(), group.id.clone()))
            })
            .collect();
        for member in groups.iter_mut().flat_map(|group| group.members.iter_mut().flatten()) {
            member.groups = memberships
                .iter()
                .filter(|(who, _)| *who == member.account_id)
                .map(|(_, id)| id.clone())
                .collect();
        }
        (org, lots)
    })
}

/// The groups in Atlassian that are not ours and have a bound group's name.
fn has_namesake(org: &TestOrg, name: &str) -> bool {
    let is_same = |other: &str| other.trim().eq_ignore_ascii_case(name.trim());
    let is_ours = |id: &ScimId| org.links.groups.iter().any(|link| link.target == *id);
    let in_organisation = org.target.organisation.iter().flat_map(|known| &known.groups);
    org.target.groups.iter().any(|group| !is_ours(&group.id) && is_same(&group.display_name))
        || in_organisation.into_iter().any(|group| is_same(&group.name))
}

fn about<'p>(plan: &'p Planned, name: &str) -> Vec<&'p Operation> {
    plan.operations
        .iter()
        .filter(|operation| operation.kind.is_about_a_group() && operation.subject.label() == name)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(1_000),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nothing_is_written_to_a_clashing_group_before_a_decision((org, _) in clashes()) {
        let plan = org.plan();
        for name in NAMES {
            let operations = about(&plan, name);
            if has_namesake(&org, name) {
                for operation in operations {
                    prop_assert_eq!(operation.held_by, Some(HeldBy::Conflict), "{}", plan.render());
                }
            } else {
                prop_assert!(operations.iter().all(|operation| operation.is_ready()), "{}", plan.render());
            }
        }
        let everything = lockstep_core::plan::approval::Approval {
            overrides_guards: true,
            irreversible: lockstep_core::plan::approval::AllowIrreversible::All,
        };
        let clashing = |operation: &&Operation| operation.kind.is_about_a_group() && has_namesake(&org, operation.subject.label());
        prop_assert!(plan.operations.iter().filter(clashing).all(|operation| !everything.covers(operation)));
    }

    #[test]
    fn what_a_review_says_is_what_a_takeover_does((mut org, lots) in clashes()) {
        let before = org.plan();
        for conflict in &before.conflicts {
            let position = NAMES.iter().position(|name| *name == conflict.subject.label()).unwrap();
            let choice = CHOICES[usize::from(lots[position].4)];
            if let Ok(choice) = check_choice(&org.input(), &before, &conflict.id, choice) {
                org.decisions.push(lockstep_core::plan::conflict::Decision {
                    conflict: conflict.id.clone(),
                    choice: choice.to_string(),
                    facts: conflict.facts.clone(),
                });
            }
        }
        let decided = org.plan();
        let answers: Vec<(Conflict, Option<String>)> =
            decided.conflicts.iter().map(|conflict| (conflict.clone(), conflict.decision.clone())).collect();
        let local_before = org.target.organisation.clone().unwrap();
        org.apply_ready();
        for (conflict, answer) in answers {
            let name = conflict.subject.label();
            let linked = org.links.groups.iter().find(|link| link.source == group_id(name)).cloned();
            let members = |org: &TestOrg, id: &ScimId| -> std::collections::BTreeSet<String> {
                let group = org.target.groups.iter().find(|group| group.id == *id).unwrap();
                group.members.iter().map(|member| {
                    let user = org.target.users.iter().find(|user| user.id == *member).unwrap();
                    user.attributes.get(lockstep_core::attribute::Attribute::Email).unwrap().to_owned()
                }).collect()
            };
            let people = |lists: &[&[ConflictPerson]]| -> std::collections::BTreeSet<String> {
                lists.iter().flat_map(|list| list.iter()).map(|person| person.label.clone()).collect()
            };
            let is_keepable = conflict.loses.iter().all(|person| person.in_jumpcloud);
            match answer.as_deref() {
                Some("take-over") => if let Some(link) = linked {
                    prop_assert_eq!(members(&org, &link.target), people(&[&conflict.stays, &conflict.gains]));
                },
                Some("keep-others") if is_keepable => if let Some(link) = linked {
                    let now = members(&org, &link.target);
                    prop_assert!(people(&[&conflict.stays, &conflict.gains]).is_subset(&now));
                    let group = org.source.groups.iter().find(|group| group.id == group_id(name)).unwrap();
                    for person in &conflict.loses {
                        let id = person_id(person.label.trim_end_matches("@example.com"));
                        prop_assert!(group.members.contains(&id), "{} is in the JumpCloud group", person.label);
                    }
                },
                Some(choice) if choice.starts_with("rename:") => {
                    let created = linked.filter(|link| link.name == "Other");
                    prop_assert!(created.is_some() || conflict.gains.is_empty() || org.plan().conflicts.iter().any(|c| c.id == conflict.id));
                }
                _ => prop_assert!(linked.is_none(), "{name} is not ours without a decision"),
            }
            // Access, told anew from the groups' own lists.
            let id = local_before.groups.iter().find(|group| group.name.trim().eq_ignore_ascii_case(name)).map(|group| &group.id);
            for person in conflict.loses.iter().filter(|_| id.is_some()) {
                let account = format!("aa-{}", person.label.trim_end_matches("@example.com"));
                let has = |without: Option<&String>| -> std::collections::BTreeSet<String> {
                    local_before.groups.iter()
                        .filter(|group| Some(&group.id) != without)
                        .filter(|group| group.members.iter().flatten().any(|member| member.account_id == account))
                        .flat_map(|group| group.access.iter().flatten().map(AppAccess::label))
                        .collect()
                };
                let lost: Vec<String> = has(None).difference(&has(id)).cloned().collect();
                let is_member = local_before.groups.iter().any(|group| Some(&group.id) == id
                    && group.members.iter().flatten().any(|member| member.account_id == account));
                prop_assert!(!is_member || lost == person.loses_access_to, "{} loses {lost:?}: {person:?}", person.label);
            }
        }
    }
}
