//! What holds for every plan, whatever both sides said.

use lockstep_core::attribute::{Attribute, SourceField};
use lockstep_core::ids::{ScimId, SourceUserId};
use lockstep_core::link::{GroupLink, GroupLinkState, PersonLink};
use lockstep_core::plan::approval::{AllowIrreversible, Approval};
use lockstep_core::plan::basis::{basis, moved};
use lockstep_core::plan::operation::{HeldBy, Member, Operation, OperationKind, Payload};
use lockstep_core::plan::render::render;
use lockstep_core::plan::{Plan, operation_id, plan};
use lockstep_core::policy::{DeletedUsers, DomainPolicy, Guards};
use lockstep_core::snapshot::Completeness;
use lockstep_core::snapshot::source::{Absence, LifecycleState, OtherConnector};
use lockstep_core::snapshot::target::TargetGroup;
use proptest::prelude::*;

use crate::org::{TestOrg, group_id, person_id, source_person, user_id};

const NAMES: [&str; 8] = ["ada", "bob", "cleo", "dan", "eve", "finn", "gil", "hua"];
const GROUPS: [&str; 4] = ["Engineering", "Sales", "Support", "Marketing"];
const DOMAINS: [&str; 3] = ["example.com", "EXAMPLE.com", "elsewhere.org"];

/// One person's lot on both sides.
#[derive(Debug, Clone)]
struct Lot {
    exists: bool,
    absence: u8,
    state: u8,
    password_expired: bool,
    title: u8,
    address: u8,
    domain: u8,
    has_account: bool,
    account_is_active: bool,
    account_title: u8,
    account_external_id: u8,
    is_linked: bool,
    not_kept: bool,
}

/// One group's lot.
#[derive(Debug, Clone)]
struct GroupLot {
    bound: bool,
    absence: u8,
    members: u8,
    link: u8,
    has_target: bool,
    renamed: bool,
    target_members: u8,
    last_members: u8,
    incomplete: bool,
    two_connectors: bool,
}

fn lot() -> impl Strategy<Value = Lot> {
    let source =
        (prop::bool::weighted(0.85), 0..3u8, 0..6u8, prop::bool::weighted(0.1), 0..3u8, 0..20u8, 0..6u8);
    let target =
        (any::<bool>(), prop::bool::weighted(0.8), 0..3u8, 0..24u8, prop::bool::weighted(0.8), any::<bool>());
    (source, target).prop_map(
        |((exists, absence, state, password_expired, title, address, domain), target)| {
            let (has_account, account_is_active, account_title, account_external_id, is_linked, not_kept) =
                target;
            Lot {
                exists,
                absence,
                state,
                password_expired,
                title,
                address,
                domain,
                has_account,
                account_is_active,
                account_title,
                account_external_id,
                is_linked,
                not_kept,
            }
        },
    )
}

fn group_lot() -> impl Strategy<Value = GroupLot> {
    (
        (prop::bool::weighted(0.75), 0..3u8, any::<u8>(), 0..5u8, prop::bool::weighted(0.85)),
        (
            prop::bool::weighted(0.1),
            any::<u8>(),
            any::<u8>(),
            prop::bool::weighted(0.05),
            prop::bool::weighted(0.05),
        ),
    )
        .prop_map(|((bound, absence, members, link, has_target), rest)| {
            let (renamed, target_members, last_members, incomplete, two_connectors) = rest;
            GroupLot {
                bound,
                absence,
                members,
                link,
                has_target,
                renamed,
                target_members,
                last_members,
                incomplete,
                two_connectors,
            }
        })
}

fn title(number: u8) -> Option<&'static str> {
    [None, Some("Analyst"), Some("Captain")][usize::from(number % 3)]
}

fn absence(number: u8) -> Absence {
    [Absence::Deleted, Absence::Elsewhere, Absence::Unknown][usize::from(number % 3)]
}

fn chosen<T>(mask: u8, of: impl Fn(&str) -> T) -> Vec<T> {
    NAMES.iter().enumerate().filter(|(bit, _)| mask & (1 << bit) != 0).map(|(_, name)| of(name)).collect()
}

fn incomplete(is_incomplete: bool) -> Completeness {
    if is_incomplete {
        Completeness::Incomplete { reason: "A page was cut short.".to_owned() }
    } else {
        Completeness::Complete
    }
}

fn place_person(org: &mut TestOrg, index: usize, name: &str, lot: &Lot) {
    if lot.exists {
        let mut person = source_person(name);
        // A few people share an address with somebody else, and a few are in other domains.
        let local = if lot.address == 0 { NAMES[(index + 1) % NAMES.len()] } else { name };
        let domain = DOMAINS[usize::from(lot.domain.saturating_sub(3))];
        person.fields.set(SourceField::Email, Some(&format!("{local}@{domain}")));
        person.fields.set(SourceField::JobTitle, title(lot.title));
        person.state = match lot.state {
            0 => LifecycleState::Suspended,
            1 => LifecycleState::Staged,
            _ => LifecycleState::Activated,
        };
        person.password_expired = lot.password_expired;
        org.source.people.push(person);
    } else if lot.absence > 0 {
        org.source.absent_people.push((person_id(name), absence(lot.absence)));
    }
    if lot.has_account {
        let user = org.account(name);
        user.active = lot.account_is_active;
        user.attributes.set(Attribute::Title, title(lot.account_title));
        let external_id = match lot.account_external_id {
            0 => None,
            1 => Some("somebody-long-gone".to_owned()),
            2 => Some(format!("jc-{}", NAMES[(index + 3) % NAMES.len()])),
            _ => Some(format!("jc-{name}")),
        };
        user.attributes.set(Attribute::ExternalId, external_id.as_deref());
    }
    if lot.is_linked && (lot.has_account || lot.title == 2) {
        // Without an account, the link's end has vanished.
        org.link(name, name);
    }
    if lot.not_kept {
        org.memory.not_kept.insert(lockstep_core::memory::NotKept {
            target: user_id(name),
            attribute: Attribute::Title,
            sent: title(lot.title).map(str::to_owned),
            found: title(lot.account_title).map(str::to_owned),
        });
    }
}

fn place_group(org: &mut TestOrg, name: &str, lot: &GroupLot) {
    let mut members: Vec<SourceUserId> = chosen(lot.members, person_id);
    members.sort();
    if lot.bound {
        org.bind(name, &[]);
        let group = org.group(name);
        group.members = members;
        group.completeness = incomplete(lot.incomplete);
        if lot.two_connectors {
            let other = OtherConnector { application: "app-2".to_owned(), label: "Atlassian EU".to_owned() };
            group.other_connectors = vec![other];
        }
    } else if lot.absence > 0 {
        org.source.absent_groups.push((group_id(name), absence(lot.absence)));
    }
    let target: ScimId = format!("target-{name}").into();
    if lot.has_target {
        let known: Vec<ScimId> = org.target.users.iter().map(|user| user.id.clone()).collect();
        let mut members: Vec<ScimId> = chosen(lot.target_members, user_id);
        members.retain(|member| known.contains(member));
        members.sort();
        org.target.groups.push(TargetGroup {
            id: target.clone(),
            display_name: match lot.renamed {
                true if name == "Support" => "sales ".to_owned(),
                true => format!("Old {name}"),
                false => name.to_owned(),
            },
            external_id: None,
            members,
        });
    }
    if lot.link < 3 {
        let mut last_members = chosen(lot.last_members, person_id);
        last_members.sort();
        org.links.groups.push(GroupLink {
            source: group_id(name),
            target,
            state: if lot.link == 0 { GroupLinkState::Released } else { GroupLinkState::Managed },
            name: name.to_owned(),
            last_members,
        });
    }
}

/// Any organisation; reads are complete unless `with_faults`.
pub(crate) fn any_org(with_faults: bool) -> impl Strategy<Value = TestOrg> {
    let policy = (
        prop::bool::weighted(0.85),
        any::<bool>(),
        prop::bool::weighted(0.2),
        prop_oneof![3 => Just(5_000u32), 1 => 0..8u32],
        (prop::option::of(0..4u32), prop::option::of(0..60u8), prop::option::of(0..60u8)),
        prop::bool::weighted(0.1),
    );
    let faults = (
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.1),
    );
    let people = prop::collection::vec(lot(), NAMES.len());
    let groups = prop::collection::vec(group_lot(), GROUPS.len());
    (policy, faults, people, groups).prop_map(move |(policy, faults, people, groups)| {
        let (group_management, any_domain, deletes, user_limit, guards, protects) = policy;
        let mut org = TestOrg::new();
        org.policy.group_management = group_management;
        if any_domain {
            org.policy.domains = DomainPolicy::Any;
        }
        if deletes {
            org.policy.deleted_users = DeletedUsers::Delete;
        }
        org.policy.user_limit = user_limit;
        org.policy.guards = Guards {
            max_deactivations: guards.0,
            max_deactivation_share: guards.1,
            max_removal_share: guards.2,
        };
        if protects {
            org.policy.protected_people.insert("ada@example.com".to_owned());
            org.policy.protected_groups.insert("SUPPORT".to_owned());
        }
        for (index, (name, lot)) in NAMES.iter().zip(&people).enumerate() {
            place_person(&mut org, index, name, lot);
        }
        for (name, lot) in GROUPS.iter().zip(&groups) {
            let mut lot = lot.clone();
            lot.incomplete &= with_faults;
            place_group(&mut org, name, &lot);
        }
        if with_faults {
            org.source.people_completeness = incomplete(faults.0);
            org.source.groups_completeness = incomplete(faults.1);
            org.target.users_completeness = incomplete(faults.2);
            org.target.groups_completeness = incomplete(faults.3);
        }
        org.source.absent_people.sort_by(|a, b| a.0.cmp(&b.0));
        org.source.absent_groups.sort_by(|a, b| a.0.cmp(&b.0));
        org.target.groups.sort_by(|a, b| a.id.cmp(&b.id));
        org.links.groups.sort_by(|a, b| a.source.cmp(&b.source));
        org
    })
}

fn ready(plan: &Plan) -> Vec<Operation> {
    plan.ready().cloned().collect()
}

fn ends_account(operation: &Operation) -> bool {
    matches!(operation.kind, OperationKind::DeactivateUser | OperationKind::DeleteUser)
}

fn removed(operations: &[Operation]) -> usize {
    operations
        .iter()
        .map(|operation| match &operation.payload {
            Payload::RemoveMembers { members, .. } => members.len(),
            _ => 0,
        })
        .sum()
}

/// Every object in the target that an operation writes to.
fn touched(operation: &Operation) -> Option<&ScimId> {
    match &operation.payload {
        Payload::UpdateUser { target, .. }
        | Payload::ActivateUser { target, .. }
        | Payload::DeactivateUser { target, .. }
        | Payload::DeleteUser { target }
        | Payload::RenameGroup { target, .. }
        | Payload::RemoveMembers { target, .. }
        | Payload::DeleteGroup { target, .. } => Some(target),
        Payload::AddMembers { target, .. } => target.as_ref(),
        _ => None,
    }
}

fn reversed(org: &TestOrg) -> TestOrg {
    let mut other = org.clone();
    other.source.people.reverse();
    other.source.groups.reverse();
    other.source.absent_people.reverse();
    other.source.absent_groups.reverse();
    other.target.users.reverse();
    other.target.groups.reverse();
    other.links.people.reverse();
    other.links.groups.reverse();
    for group in &mut other.source.groups {
        group.members.reverse();
    }
    for group in &mut other.target.groups {
        group.members.reverse();
    }
    other
}

proptest! {
    // PROPTEST_CASES asks for more.
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(512),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn after_applying_what_is_ready_nothing_more_becomes_ready(mut org in any_org(false)) {
        // Limits that depend on how many there are would let more go once some have gone.
        org.policy.guards = Guards {
            max_deactivations: Some(1_000),
            max_deactivation_share: Some(100),
            max_removal_share: Some(100),
        };
        let first = org.apply_ready();
        let second = org.plan();
        // A question may be settled by what was done beside it; without questions one plan is enough.
        if first.conflicts.is_empty() {
            prop_assert!(
                second.ready().next().is_none(),
                "left over after\n{}\nis\n{}", render(&first, &org.memory), second.render()
            );
        }
        for _ in 0..3 {
            org.apply_ready();
        }
        let last = org.plan();
        prop_assert!(last.ready().next().is_none(), "still not settled:\n{}", last.render());
        org.apply_ready();
        prop_assert_eq!(&org.plan().operations, &last.operations, "and planning again changes nothing");
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(org in any_org(true)) {
        let other = reversed(&org);
        let (a, b) = (plan(&org.input()), plan(&other.input()));
        prop_assert_eq!(&a, &b);
        prop_assert_eq!(basis(&org.input(), &a), basis(&other.input(), &b));
    }

    #[test]
    fn nothing_is_done_to_an_object_without_a_link(org in any_org(true)) {
        let plan = org.plan().plan;
        let linked_now: Vec<&ScimId> = plan.ready().filter_map(|operation| match &operation.payload {
            Payload::LinkUser { target, .. } => Some(target),
            Payload::TakeOverGroup { target, .. } => target.as_ref(),
            _ => None,
        }).collect();
        for operation in plan.ready() {
            if let Some(target) = touched(operation) {
                let is_linked = org.links.people.iter().any(|link| link.target == *target)
                    || org.links.groups.iter().any(|link| {
                        link.target == *target && link.state == GroupLinkState::Managed
                    })
                    || linked_now.contains(&target);
                prop_assert!(is_linked, "{operation:?} writes to something that is not ours");
            }
        }
    }

    #[test]
    fn an_incomplete_read_takes_nothing_away_that_it_does_not_show(org in any_org(true)) {
        let plan = org.plan().plan;
        let source = &org.source;
        let scope_is_whole = source.completeness().is_complete();
        for operation in plan.operations.iter().filter(|operation| operation.is_ready() || operation.releasable) {
            prop_assert!(org.target.users_completeness.is_complete(), "{operation:?}");
            if operation.kind.is_about_a_group() {
                prop_assert!(org.target.groups_completeness.is_complete(), "{operation:?}");
            }
            match &operation.payload {
                Payload::DeactivateUser { target, .. } if !scope_is_whole => {
                    // Only somebody who was read as inactive may be deactivated then.
                    let link = org.links.people.iter().find(|link| link.target == *target);
                    let source_id = match &operation.subject {
                        lockstep_core::plan::operation::Subject::Person { source_id, .. } => source_id.as_ref(),
                        _ => None,
                    };
                    let id = source_id.or(link.map(|link| &link.source)).expect("is linked");
                    let person = source.people.iter().find(|person| person.id == *id);
                    let is_deleted = source.people_completeness.is_complete()
                        && source.absent_people.contains(&(id.clone(), Absence::Deleted));
                    prop_assert!(is_deleted || person.is_some_and(|person| !person.is_active()), "{operation:?}");
                }
                Payload::DeleteUser { .. } => prop_assert!(source.people_completeness.is_complete()),
                Payload::DeleteGroup { .. } => prop_assert!(source.groups_completeness.is_complete()),
                Payload::RemoveMembers { source: group, .. } => {
                    let group = source.groups.iter().find(|bound| bound.id == *group).expect("is bound");
                    prop_assert!(group.completeness.is_complete(), "{operation:?}");
                }
                _ => {}
            }
        }
    }

    #[test]
    fn guards_are_never_exceeded_by_what_is_ready(org in any_org(false)) {
        let plan = org.plan().plan;
        let ready = ready(&plan);
        let gone = ready.iter().filter(|operation| ends_account(operation)).count();
        let guards = org.policy.guards;
        prop_assert!(gone <= guards.max_deactivations.unwrap_or(25) as usize);
        // Links that the same plan makes count as well.
        let linked_now = |id: &ScimId| ready.iter().any(|operation| {
            matches!(&operation.payload, Payload::LinkUser { target, .. } if target == id)
        });
        let active = org.target.users.iter().filter(|user| {
            user.active && (linked_now(&user.id) || org.links.people.iter().any(|link| link.target == user.id))
        }).count();
        if guards.max_deactivation_share.is_some() || gone >= 3 {
            let share = usize::from(guards.max_deactivation_share.unwrap_or(10));
            prop_assert!(gone * 100 <= share * active, "{gone} of {active} at {share} %");
        }
        let removed = removed(&ready);
        if guards.max_removal_share.is_some() || removed >= 10 {
            let share = usize::from(guards.max_removal_share.unwrap_or(20));
            let taken_over = |id: &ScimId| ready.iter().any(|operation| {
                matches!(&operation.payload, Payload::TakeOverGroup { target: Some(target), .. } if target == id)
            });
            let all: usize = org.target.groups.iter().filter(|group| {
                taken_over(&group.id) || org.links.groups.iter().any(|link| link.target == group.id && link.state == GroupLinkState::Managed)
            }).map(|group| group.members.len()).sum();
            prop_assert!(removed * 100 <= share * all, "{removed} of {all} at {share} %");
        }
    }

    #[test]
    fn what_an_operation_depends_on_comes_first_and_is_ready(org in any_org(true)) {
        let plan = org.plan().plan;
        prop_assert!(plan.operations.is_sorted_by(|a, b| {
            (a.kind, a.subject.label(), &a.id) < (b.kind, b.subject.label(), &b.id)
        }), "ordered by kind, label and id, each id once");
        for operation in plan.ready() {
            let Payload::AddMembers { source, target, members } = &operation.payload else { continue };
            if target.is_none() {
                prop_assert!(plan.ready().any(|other| matches!(
                    &other.payload, Payload::CreateGroup { source: created, .. } if created == source
                )), "the group of {operation:?} is created");
            }
            for Member { source, target, .. } in members {
                prop_assert!(target.is_some() || plan.ready().any(|other| matches!(
                    &other.payload, Payload::CreateUser { source: created, .. } if Some(created) == source.as_ref()
                )), "the account of {source:?} is created");
            }
        }
    }

    #[test]
    fn nobody_gets_two_accounts_and_no_account_two_people(org in any_org(false)) {
        let mut after = org.clone();
        after.apply_ready();
        let mut targets: Vec<&ScimId> = after.links.people.iter().map(|PersonLink { target, .. }| target).collect();
        targets.sort();
        let count = targets.len();
        targets.dedup();
        prop_assert_eq!(count, targets.len());
        let active_in_scope = after.source.people.iter().filter(|person| person.is_active());
        for person in active_in_scope {
            let carriers = after.target.users.iter().filter(|user| {
                user.attributes.get(Attribute::ExternalId) == Some(person.id.as_str())
                    && after.links.people.iter().any(|link| link.target == user.id && link.source == person.id)
            });
            prop_assert!(carriers.count() <= 1);
        }
    }

    #[test]
    fn ids_come_from_the_need_alone(org in any_org(true)) {
        let plan = org.plan().plan;
        let mut ids: Vec<_> = plan.operations.iter().map(|operation| operation.id.clone()).collect();
        for operation in &plan.operations {
            prop_assert_eq!(&operation.id, &operation_id(operation.kind, &operation.subject));
            prop_assert!(operation.id.as_str().len() == 19 && operation.id.as_str().starts_with("op-"));
        }
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), plan.operations.len(), "each need has its own id");
        prop_assert!(moved(&plan.operations, &org.plan()).is_empty(), "nothing moved between two equal plans");
    }

    #[test]
    fn what_rests_or_is_protected_is_never_ready(mut org in any_org(false), resting in any::<prop::sample::Index>()) {
        let before = org.plan().plan;
        prop_assume!(!before.operations.is_empty());
        let id = resting.get(&before.operations).id.clone();
        org.quarantine = vec![id.clone()];
        let after = org.plan().plan;
        prop_assert!(after.ready().all(|operation| operation.id != id));
        let everything = Approval { overrides_guards: true, irreversible: AllowIrreversible::All };
        prop_assert!(after.operations.iter().filter(|operation| operation.id == id).all(|o| !everything.covers(o)));
    }

    #[test]
    fn the_user_limit_is_never_passed(org in any_org(false)) {
        let plan = org.plan().plan;
        let created = plan.ready().filter(|operation| operation.kind == OperationKind::CreateUser).count();
        let room = (org.policy.user_limit as usize).saturating_sub(org.target.users.len());
        prop_assert!(created <= room, "{created} are created where there is room for {room}");
        let held = plan.operations.iter().filter(|operation| operation.held_by == Some(HeldBy::UserLimit)).count();
        prop_assert!(held == 0 || created == room, "nobody waits while there is room");
    }

    #[test]
    fn a_plan_survives_being_stored(org in any_org(true)) {
        let plan = org.plan().plan;
        let text = serde_json::to_string(&plan).unwrap();
        prop_assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
    }
}
