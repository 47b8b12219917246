//! Blast radius and explanations of groups: what is said is what the planner does when it happens.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use lockstep_core::explain::{
    ExplanationDocument, GroupChange, GroupExplanation, GroupFate, GroupKey, GroupPathStep, GroupSituation,
    GroupWill, blast_counts, blast_radius, explain_group,
};
use lockstep_core::ids::ScimId;
use lockstep_core::plan::conflict::ConflictKind;
use lockstep_core::plan::operation::{HeldBy, Operation, OperationKind, Subject};
use lockstep_core::plan::{Plan, plan};
use lockstep_core::snapshot::source::{Absence, OtherConnector};
use proptest::prelude::*;

use crate::org::{TestOrg, group_id};
use crate::plan_properties::any_org;

impl TestOrg {
    fn explain_group(&self, key: &GroupKey) -> Option<GroupExplanation> {
        explain_group(&self.input(), &self.plan(), key)
    }

    fn about(&self, name: &str) -> GroupExplanation {
        self.explain_group(&GroupKey::Name(name.to_owned())).expect("something has that name")
    }
}

/// The explanation as a person would read it.
fn read(explanation: &GroupExplanation) -> String {
    let mut text = format!("{:?}, {:?}\n{}\n", explanation.situation, explanation.will, explanation.text);
    for cause in &explanation.causes {
        text.push_str(&format!("  {}: {}\n", cause.code, cause.text));
    }
    for step in &explanation.path {
        let step = match step {
            GroupPathStep::Source { group, bound, members, .. } => {
                format!("source {group} {bound} {members:?}")
            }
            GroupPathStep::Target { group, linked, members, .. } => {
                format!("target {group} {linked} {members:?}")
            }
            GroupPathStep::Access { access } => format!("access {}", access.label()),
        };
        text.push_str(&format!("  [{step}]\n"));
    }
    for way in &explanation.would_change {
        text.push_str(&format!("  → {} ({:?})\n", way.text, way.then));
    }
    text
}

#[test]
fn a_managed_group_says_what_unbinding_it_would_do() {
    let org = TestOrg::in_step();
    assert_snapshot!(read(&org.about(" engineering")), @r"
    Managed, Stay
    Engineering is in step: 3 members in JumpCloud, and the same in Atlassian.
      bound: Engineering is bound to the application and has 3 members in JumpCloud.
      [source Engineering true Some(3)]
      [target Engineering true Some(3)]
      → Engineering would stay in Atlassian and not be synchronised any more if it were unbound, and 2 people would be deactivated. (BeReleased)
      → Engineering would be deleted in Atlassian, once that is allowed by its name, if it were deleted in JumpCloud, and 2 people would be deactivated. (BeDeleted)
    ");
    let radius = blast_radius(&org.input(), &group_id("Engineering"), GroupFate::Unbound).unwrap();
    assert_snapshot!(radius.text, @"If Engineering were unbound now, 2 people would be deactivated and 1 person would keep their account. The group stays in Atlassian as it is and is not synchronised any more.");
    let labels: Vec<&str> = radius.deactivated.iter().map(|person| person.label.as_str()).collect();
    assert_eq!(labels, ["ada@example.com", "cleo@example.com"]);
    assert_eq!(radius.keeps[0].label, "bob@example.com");
    assert_eq!(radius.keeps[0].through, ["Sales"]);
    let deleted = blast_radius(&org.input(), &group_id("Engineering"), GroupFate::Deleted).unwrap();
    assert_snapshot!(deleted.text, @"If Engineering were deleted in JumpCloud now, 2 people would be deactivated and 1 person would keep their account. The group in Atlassian would be deleted with its permissions, once somebody allows that by its name.");
    assert_eq!(deleted.deactivated, radius.deactivated);
    assert_eq!(blast_radius(&org.input(), &group_id("Unknown"), GroupFate::Unbound), None);
}

#[test]
fn a_clash_is_explained_with_what_each_answer_would_do() {
    let mut org = TestOrg::new();
    org.bind("Engineering", &["ada"]).account("stranger");
    org.foreign_group("Engineering", &["stranger"]);
    assert_snapshot!(read(&org.about("Engineering")), @r"
    SameNameExists, BeHeld
    Engineering would be taken over, so that its members follow JumpCloud, but the question about it has to be answered first.
      first_member: Engineering exists in Atlassian's directory and was not made by this connection. Taken over, 0 people would stay, 1 person would gain and 1 person would lose membership.
      bound: Engineering is bound to the application and has 1 member in JumpCloud.
      [source Engineering true Some(1)]
      [target Engineering false Some(1)]
      → Engineering would be taken over if that were decided: 1 person would gain and 1 person would lose membership. (BeTakenOver)
      → Engineering would be created under another name if one were chosen. (BeCreated)
      → Nothing would happen to Engineering if it were unbound, and nobody would be deactivated. (Stay)
    ");
    org.decide(ConflictKind::GroupTakeover, "leave-alone");
    assert_eq!(org.about("Engineering").situation, GroupSituation::LeftAlone);
}

#[test]
fn a_deleted_group_an_unbound_one_and_one_that_is_nobodys_are_told_apart() {
    let mut org = TestOrg::in_step();
    org.foreign_group("Elsewhere", &["ada"]).delete_group("Engineering").unbind("Sales");
    assert_snapshot!(read(&org.about("Engineering")), @r"
    Deleted, BeHeld
    Engineering would be deleted in Atlassian, but a guard holds it until somebody releases it.
      group_deleted: Engineering was deleted in JumpCloud. Deleting it in Atlassian destroys its permissions.
      not_bound: Engineering was deleted in JumpCloud.
      [source Engineering false None]
      [target Engineering true Some(3)]
      → Engineering would be deleted in Atlassian if somebody overrode the guard for this plan. (BeDeleted)
    ");
    assert_snapshot!(read(&org.about("Sales")), @r"
    Unbound, BeHeld
    Sales would be left as it is in Atlassian and not be synchronised any more, but a guard holds it until somebody releases it.
      group_unbound: Sales was unbound from the application; it stays as it is in Atlassian.
      not_bound: Sales is not bound to the application.
      [source Sales false None]
      [target Sales true Some(2)]
      → Sales would be left as it is in Atlassian and not be synchronised any more if somebody overrode the guard for this plan. (BeReleased)
      → Sales would go on being synchronised if it were bound to the application again. (Stay)
    ");
    assert_snapshot!(read(&org.about("Elsewhere")), @r"
    Unassigned, Stay
    Elsewhere is in Atlassian only and is left alone, because no JumpCloud group is linked to it.
      not_managed: No JumpCloud group is linked to Elsewhere.
      [target Elsewhere false Some(1)]
    ");
    assert_eq!(org.explain_group(&GroupKey::Name("Nothing".to_owned())), None);
    let target = org.links.groups[0].target.clone();
    assert_eq!(org.explain_group(&GroupKey::Target(target)).unwrap().subject.label(), "Engineering");
}

#[test]
fn the_json_has_the_names_of_the_contract() {
    let org = TestOrg::in_step();
    let document = ExplanationDocument::Group(Box::new(org.about("Sales")));
    let json = serde_json::to_value(&document).unwrap();
    for name in ["subject", "situation", "active_in_target", "will", "text", "causes", "path", "would_change"]
    {
        assert!(json.get(name).is_some(), "{name}");
    }
    assert_eq!(json["situation"], "managed");
    assert_eq!(json["active_in_target"], true);
    assert_eq!(json["path"][0]["stage"], "source");
    assert_eq!(serde_json::from_value::<ExplanationDocument>(json).unwrap(), document);
}

#[test]
fn g8_an_overlap_is_reported_with_its_consequence() {
    let mut org = TestOrg::in_step();
    org.group("Engineering").other_connectors =
        vec![OtherConnector { application: "app-2".to_owned(), label: "Atlassian EU".to_owned() }];
    assert_snapshot!(org.plan().finding("group_on_two_connectors").text, @"Engineering is bound to Atlassian EU as well. If it were unbound here now, 2 people would be deactivated, although Atlassian EU still has them.");
}

fn ends(plan: &Plan) -> Vec<(&ScimId, &Operation)> {
    let ends = plan.operations.iter().filter(|operation| {
        matches!(operation.kind, OperationKind::DeactivateUser | OperationKind::DeleteUser)
    });
    ends.map(|operation| match &operation.subject {
        Subject::Person { target_id: Some(target), .. } => (target, operation),
        other => panic!("{other:?} has no account"),
    })
    .collect()
}

fn is_in_question(plan: &Plan) -> bool {
    plan.conflicts.iter().any(|conflict| conflict.kind == ConflictKind::AmbiguousPerson)
        || plan.operations.iter().any(|operation| operation.kind == OperationKind::LinkUser)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(1_000),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_blast_radius_is_what_the_planner_does_then(org in any_org(false), deletes: bool) {
        let (fate, absence) =
            if deletes { (GroupFate::Deleted, Absence::Deleted) } else { (GroupFate::Unbound, Absence::Elsewhere) };
        let before = org.plan().plan;
        let ended: BTreeSet<&ScimId> = ends(&before).into_iter().map(|(target, _)| target).collect();
        let counts = blast_counts(&org.input());
        for group in &org.source.groups {
            let radius = blast_radius(&org.input(), &group.id, fate).unwrap();
            let mut changed = org.clone();
            changed.lose_group(&group.name, absence);
            let after = plan(&changed.input());
            let is_barred = |operation: &Operation| operation.held_by == Some(HeldBy::Guard) && !operation.releasable;
            let expected: BTreeSet<&ScimId> = ends(&after)
                .into_iter()
                .filter(|(target, operation)| !ended.contains(target) && !is_barred(operation))
                .map(|(target, _)| target)
                .collect();
            let said: BTreeSet<&ScimId> =
                radius.deactivated.iter().map(|person| person.target_id.as_ref().unwrap()).collect();
            prop_assert_eq!(&said, &expected, "{}: {}", group.name, radius.text);
            let gone: BTreeSet<&ScimId> = ends(&after).into_iter().map(|(target, _)| target).collect();
            for keeper in &radius.keeps {
                let is_protected = keeper.through == ["the protection in the settings"];
                prop_assert!(is_protected || !gone.contains(keeper.target_id.as_ref().unwrap()));
                let others = org.source.groups.iter().filter(|other| other.id != group.id);
                let through: BTreeSet<&str> = others
                    .filter(|other| other.members.contains(keeper.source_id.as_ref().unwrap()))
                    .map(|other| other.name.as_str())
                    .collect();
                prop_assert!(is_protected || keeper.through.iter().map(String::as_str).collect::<BTreeSet<_>>() == through);
            }
            let told = radius.deactivated.iter().chain(&radius.keeps);
            let told = told.filter(|person| group.members.contains(person.source_id.as_ref().unwrap())).count();
            let untold = radius.inactive_already + radius.without_account + radius.unknown;
            prop_assert!(told + untold as usize >= group.members.len(), "every member is told of: {radius:?}");
            let count = counts.get(&group.id).copied().unwrap_or_default() as usize;
            if !is_in_question(&before) && !is_in_question(&after) && radius.unknown == 0 {
                prop_assert_eq!(count, radius.deactivated.len());
            }
        }
    }

    #[test]
    fn a_blast_radius_never_names_anybody_whom_the_planner_would_not_touch(org in any_org(true)) {
        for group in &org.source.groups {
            let radius = blast_radius(&org.input(), &group.id, GroupFate::Unbound).unwrap();
            let mut changed = org.clone();
            changed.lose_group(&group.name, Absence::Elsewhere);
            let after = plan(&changed.input());
            let gone: BTreeSet<&ScimId> = ends(&after).into_iter().map(|(target, _)| target).collect();
            prop_assert!(radius.deactivated.iter().all(|person| gone.contains(person.target_id.as_ref().unwrap())));
        }
    }

    #[test]
    fn what_would_change_a_group_does_change_it(org in any_org(false)) {
        for group in &org.source.groups {
            let key = GroupKey::Source(group.id.clone());
            let explanation = org.explain_group(&key).unwrap();
            prop_assert!(explanation.text.ends_with('.') && !explanation.text.contains(". "), "{}", explanation.text);
            prop_assert!(!explanation.causes.is_empty());
            let json = serde_json::to_string(&explanation).unwrap();
            prop_assert_eq!(&serde_json::from_str::<GroupExplanation>(&json).unwrap(), &explanation);
            for way in &explanation.would_change {
                let mut changed = org.clone();
                match &way.changes[..] {
                    [GroupChange::Unbind] => drop(changed.lose_group(&group.name, Absence::Elsewhere)),
                    [GroupChange::DeleteInSource] => drop(changed.lose_group(&group.name, Absence::Deleted)),
                    [GroupChange::LiftProtection] => changed.policy.protected_groups.clear(),
                    [GroupChange::Answer { choice }] => {
                        let planned = org.plan();
                        let conflict = planned.conflicts.iter().find(|conflict| {
                            conflict.choices.contains(choice) && matches!(
                                &conflict.subject, Subject::Group { source_id: Some(id), .. } if *id == group.id)
                        }).unwrap();
                        changed.decisions.push(lockstep_core::plan::conflict::Decision {
                            conflict: conflict.id.clone(),
                            choice: choice.replace("NEW", "Quite another name"),
                            facts: conflict.facts.clone(),
                        });
                    }
                    _ => continue,
                }
                let Some(after) = changed.explain_group(&key) else {
                    prop_assert_eq!(way.then, GroupWill::Stay, "{}", way.text);
                    continue;
                };
                let will = match &after.held {
                    Some(held) if after.will == GroupWill::BeHeld => held.would,
                    _ => after.will,
                };
                // Nobody with an account, and so no group either.
                let is_empty = after.will == GroupWill::Stay && way.then == GroupWill::BeCreated;
                prop_assert!(will == way.then || is_empty, "{}\nbefore: {}\nafter: {}", way.text, read(&explanation), read(&after));
            }
        }
    }
}
