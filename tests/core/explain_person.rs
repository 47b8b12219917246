//! Why somebody has access or loses it, and what would change that.

use insta::assert_snapshot;
use lockstep_core::attribute::{Attribute, AttributeSet, SourceField};
use lockstep_core::correlation::situation::Situation;
use lockstep_core::explain::{Change, PersonExplanation, PersonKey, Will, explain_person, find_person};
use lockstep_core::link::{GroupLink, GroupLinkState, Links, PersonLink};
use lockstep_core::memory::TargetMemory;
use lockstep_core::plan::operation::HeldBy;
use lockstep_core::plan::{PlanInput, plan};
use lockstep_core::policy::{DeletedUsers, Policy};
use lockstep_core::snapshot::Completeness;
use lockstep_core::snapshot::source::{Absence, LifecycleState, SourceGroup, SourcePerson, SourceSnapshot};
use lockstep_core::snapshot::target::{TargetSnapshot, TargetUser};
use proptest::prelude::*;

/// A small organisation, changed by verbs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Org {
    pub(crate) policy: Policy,
    pub(crate) links: Links,
    pub(crate) source: SourceSnapshot,
    pub(crate) target: TargetSnapshot,
}

impl Org {
    fn new() -> Self {
        let mut org = Self::default();
        org.policy.typed_domains.insert("example.com".to_owned());
        org
    }

    /// Adds somebody to JumpCloud.
    fn hire(&mut self, name: &str) -> &mut Self {
        self.hire_at(name, "example.com")
    }

    fn hire_at(&mut self, name: &str, domain: &str) -> &mut Self {
        let mut person = SourcePerson {
            id: name.into(),
            fields: Default::default(),
            custom: Vec::new(),
            state: LifecycleState::Activated,
            password_expired: false,
            password_expires_at: None,
            created_at: None,
        };
        person.fields.set(SourceField::Username, Some(name));
        person.fields.set(SourceField::Email, Some(&format!("{name}@{domain}")));
        person.fields.set(SourceField::DisplayName, Some(&capitalised(name)));
        self.source.people.push(person);
        self.source.people.sort_by(|a, b| a.id.cmp(&b.id));
        self
    }

    /// Binds a group with members to the application.
    fn bind(&mut self, group: &str, members: &[&str]) -> &mut Self {
        let mut members: Vec<_> = members.iter().map(|name| (*name).into()).collect();
        members.sort();
        self.source.groups.push(SourceGroup {
            id: group.into(),
            name: group.to_owned(),
            members,
            completeness: Completeness::Complete,
            other_connectors: Vec::new(),
            is_dynamic: None,
        });
        self.source.groups.sort_by(|a, b| a.id.cmp(&b.id));
        self
    }

    /// Records that a group was synchronised with these members.
    fn synchronised(&mut self, group: &str, members: &[&str]) -> &mut Self {
        let mut last_members: Vec<_> = members.iter().map(|name| (*name).into()).collect();
        last_members.sort();
        self.links.groups.push(GroupLink {
            source: group.into(),
            target: format!("scim-{group}").into(),
            state: GroupLinkState::Managed,
            name: group.to_owned(),
            last_members,
        });
        self.links.groups.sort_by(|a, b| a.source.cmp(&b.source));
        self.target.groups.push(lockstep_core::snapshot::target::TargetGroup {
            id: format!("scim-{group}").into(),
            display_name: group.to_owned(),
            external_id: None,
            members: Vec::new(),
        });
        self.target.groups.sort_by(|a, b| a.id.cmp(&b.id));
        self
    }

    /// Gives somebody an account as JumpCloud wants it, without a link.
    fn account(&mut self, name: &str, active: bool) -> &mut Self {
        let attributes = AttributeSet::default()
            .with(Attribute::UserName, name)
            .with(Attribute::Email, &format!("{name}@example.com"))
            .with(Attribute::DisplayName, &capitalised(name))
            .with(Attribute::NickName, &capitalised(name));
        let id = format!("scim-{name}").into();
        self.target.users.push(TargetUser { id, active, attributes, account_id: None });
        self.target.users.sort_by(|a, b| a.id.cmp(&b.id));
        self
    }

    /// Gives somebody a linked account.
    fn linked(&mut self, name: &str, active: bool) -> &mut Self {
        self.account(name, active);
        let id = format!("scim-{name}");
        let user = self.target.users.iter_mut().find(|user| user.id.as_str() == id).unwrap();
        user.attributes.set(Attribute::ExternalId, Some(name));
        self.links.people.push(PersonLink { source: name.into(), target: id.into() });
        self.links.people.sort_by(|a, b| a.source.cmp(&b.source));
        self
    }

    fn person(&mut self, name: &str) -> &mut SourcePerson {
        self.source.people.iter_mut().find(|person| person.id.as_str() == name).unwrap()
    }

    fn suspend(&mut self, name: &str) -> &mut Self {
        self.person(name).state = LifecycleState::Suspended;
        self
    }

    fn delete_person(&mut self, name: &str) -> &mut Self {
        self.source.people.retain(|person| person.id.as_str() != name);
        self.source.absent_people.push((name.into(), Absence::Deleted));
        for group in &mut self.source.groups {
            group.members.retain(|member| member.as_str() != name);
        }
        self
    }

    fn explain(&self, name: &str) -> PersonExplanation {
        self.explain_key(&PersonKey::Source(name.into()))
    }

    fn explain_key(&self, key: &PersonKey) -> PersonExplanation {
        let memory = TargetMemory::default();
        let input = self.input(&memory);
        explain_person(&input, &plan(&input), key).expect("somebody knows them")
    }

    pub(crate) fn input<'a>(&'a self, memory: &'a TargetMemory) -> PlanInput<'a> {
        PlanInput {
            policy: &self.policy,
            links: &self.links,
            memory,
            decisions: &[],
            quarantine: &[],
            source: &self.source,
            target: &self.target,
            target_directory: None,
        }
    }

    /// Makes a change that an explanation names; `false` for one that is not in the plan's input.
    pub(crate) fn make(&mut self, name: &str, change: &Change) -> bool {
        match change {
            Change::JoinAnyOf { groups } => {
                let group = groups.last().unwrap();
                let group = self.source.groups.iter_mut().find(|own| own.name == *group).unwrap();
                group.members.push(name.into());
                group.members.sort();
            }
            Change::BindAgain { group } => {
                let link = self.links.groups.iter().find(|link| link.name == *group).unwrap().clone();
                let members: Vec<_> = link.last_members.iter().map(|id| id.as_str()).collect();
                self.source.absent_groups.retain(|(id, _)| *id != link.source);
                self.bind(group, &members);
            }
            Change::LeaveAllGroups => {
                for group in &mut self.source.groups {
                    group.members.retain(|member| member.as_str() != name);
                }
            }
            Change::Suspend => self.person(name).state = LifecycleState::Suspended,
            Change::EndSuspension | Change::ActivateInSource => {
                self.person(name).state = LifecycleState::Activated;
            }
            Change::RenewPassword => self.person(name).password_expired = false,
            Change::LetPasswordExpire => self.person(name).password_expired = true,
            Change::VerifyDomain { domain } => drop(self.policy.typed_domains.insert(domain.clone())),
            Change::RaiseUserLimit => self.policy.user_limit = 1_000,
            Change::GiveEmail => {
                self.person(name).fields.set(SourceField::Email, Some("given@example.com"));
            }
            Change::GiveUserName => self.person(name).fields.set(SourceField::Username, Some(name)),
            Change::LiftProtection => self.policy.protected_people.clear(),
            Change::DeactivateDeletedPeople => self.policy.deleted_users = DeletedUsers::Deactivate,
            Change::OverrideGuard
            | Change::ReadCompletely
            | Change::AnswerQuestion
            | Change::AllowIrreversible
            | Change::Retry
            | Change::CreateInSource => return false,
        }
        true
    }
}

fn capitalised(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

/// The explanation as a person would read it.
fn read(explanation: &PersonExplanation) -> String {
    let mut text = format!("{:?}, {:?}\n{}\n", explanation.situation, explanation.will, explanation.text);
    for cause in &explanation.causes {
        text.push_str(&format!("  {}: {}\n", cause.code, cause.text));
    }
    for step in &explanation.path {
        text.push_str(&format!("  [{:?}, {:?}] {}\n", step.state, step.member, step.group));
    }
    for way in &explanation.would_change {
        text.push_str(&format!("  → {} ({:?})\n", way.text, way.then));
    }
    text
}

#[test]
fn somebody_in_a_bound_group_stays_active() {
    let mut org = Org::new();
    org.hire("ada").bind("Design", &[]).bind("Engineering", &["ada"]).linked("ada", true);
    let explanation = org.explain("ada");
    assert_eq!((explanation.active_in_target, explanation.active_after), (Some(true), Some(true)));
    assert_snapshot!(read(&explanation), @r"
    Confirmed, Stay
    Ada stays active in Atlassian, because they are in Engineering.
      in_bound_group: Ada is in Engineering.
      [Bound, Yes] Engineering
      [Bound, No] Design
      → Ada would be deactivated if they left Engineering, the only bound group they are in. (BeDeactivated)
      → Ada would be deactivated if suspended in JumpCloud. (BeDeactivated)
      → Ada would be deactivated if their password expired. (BeDeactivated)
    ");
}

#[test]
fn somebody_who_left_the_last_bound_group_is_deactivated() {
    let mut org = Org::new();
    org.hire("ada").hire("bob").linked("ada", true).linked("bob", true);
    org.bind("Design", &["bob"]).bind("Engineering", &["bob"]).synchronised("Engineering", &["ada", "bob"]);
    let explanation = org.explain("ada");
    assert_eq!((explanation.active_in_target, explanation.active_after), (Some(true), Some(false)));
    assert_snapshot!(read(&explanation), @r"
    Unqualified, BeDeactivated
    Ada will be deactivated in Atlassian, because they left Engineering, the last bound group they were in.
      left_last_bound_group: Ada left Engineering, the last bound group they were in.
      [Bound, Left] Engineering
      [Bound, No] Design
      → Ada would stay active if they were put back into Engineering. (Stay)
      → Ada would stay active if they were in any other bound group: Design. (Stay)
    ");
}

#[test]
fn somebody_suspended_and_out_of_scope_needs_both_mended() {
    let mut org = Org::new();
    org.hire("ada").hire("bob").linked("ada", true).linked("bob", true).suspend("ada");
    org.bind("Engineering", &["bob"]).synchronised("Engineering", &["ada", "bob"]);
    org.person("ada").password_expired = true;
    assert_snapshot!(read(&org.explain("ada")), @r"
    Unqualified, BeDeactivated
    Ada will be deactivated in Atlassian, because they left Engineering, the last bound group they were in.
      left_last_bound_group: Ada left Engineering, the last bound group they were in.
      suspended: They are suspended in JumpCloud and their password has expired.
      [Bound, Left] Engineering
      → Ada would stay active if they were put back into Engineering, the suspension ended in JumpCloud and the password were renewed. (Stay)
    ");
}

#[test]
fn an_unbound_group_is_named_with_what_binding_it_again_would_do() {
    let mut org = Org::new();
    org.hire("ada").hire("bob").linked("ada", true).linked("bob", true);
    org.bind("Sales", &["bob"]).synchronised("Engineering", &["ada"]);
    org.source.absent_groups.push(("Engineering".into(), Absence::Elsewhere));
    assert_snapshot!(read(&org.explain("ada")), @r"
    Unqualified, BeDeactivated
    Ada will be deactivated in Atlassian, because Engineering was unbound from the application, and no other bound group has them.
      group_unbound: Engineering was unbound from the application, and Ada is in no other bound group.
      [Unbound, Yes] Engineering
      [Bound, No] Sales
      → Ada would stay active if Engineering were bound to the application again. (Stay)
      → Ada would stay active if they were in any other bound group: Sales. (Stay)
    ");
}

#[test]
fn somebody_new_is_created_and_the_reason_is_the_group() {
    let mut org = Org::new();
    org.hire("ada").bind("Engineering", &["ada"]);
    let explanation = org.explain("ada");
    assert_eq!((explanation.active_in_target, explanation.active_after), (None, Some(true)));
    assert_snapshot!(read(&explanation), @r"
    Absent, BeCreated
    Ada will be created in Atlassian, because they are in Engineering.
      joined_bound_group: Ada joined Engineering.
      [Bound, Yes] Engineering
      → Ada would not be created if they left Engineering, the only bound group they are in. (NotInScope)
      → Ada would not be created if suspended in JumpCloud. (NotBeCreated)
      → Ada would not be created if their password expired. (NotBeCreated)
    ");
}

#[test]
fn an_unverified_domain_holds_and_says_which() {
    let mut org = Org::new();
    org.hire_at("ada", "elsewhere.org").bind("Engineering", &["ada"]);
    let explanation = org.explain("ada");
    assert_eq!(
        explanation.held.as_ref().map(|held| (held.by, held.would)),
        Some((HeldBy::Domain, Will::BeCreated))
    );
    assert_snapshot!(read(&explanation), @r"
    Absent, BeHeld
    Ada would be created in Atlassian, but the domain elsewhere.org is not verified.
      domain_not_verified: Ada's address is in elsewhere.org, which is not a verified domain.
      in_bound_group: Ada is in Engineering.
      [Bound, Yes] Engineering
      → Ada would be created in Atlassian if elsewhere.org were a verified domain. (BeCreated)
      → Ada would not be created if they left Engineering, the only bound group they are in. (NotInScope)
      → Ada would not be created if suspended in JumpCloud. (NotBeCreated)
      → Ada would not be created if their password expired. (NotBeCreated)
    ");
}

#[test]
fn nobody_inactive_is_created() {
    let mut org = Org::new();
    org.hire("ada").suspend("ada").bind("Engineering", &["ada"]);
    assert_snapshot!(read(&org.explain("ada")), @r"
    Absent, NotBeCreated
    Ada will not be created in Atlassian, because they are suspended in JumpCloud.
      suspended: They are suspended in JumpCloud.
      in_bound_group: Ada is in Engineering.
      [Bound, Yes] Engineering
      → Ada would be created in Atlassian if the suspension ended in JumpCloud. (BeCreated)
    ");
}

#[test]
fn somebody_in_no_bound_group_is_not_in_scope() {
    let mut org = Org::new();
    org.hire("ada");
    for number in 1..=60 {
        org.bind(&format!("Group {number:02}"), &[]);
    }
    let mut explanation = org.explain("ada");
    assert_eq!(explanation.path.len(), 50, "a long list is cut");
    explanation.path.clear();
    assert_snapshot!(read(&explanation), @r"
    OutOfScope, NotInScope
    Ada is in no bound group and has no account in Atlassian.
      not_in_bound_group: They are in no bound group.
      → Ada would be created in Atlassian if they were in any of Group 01, Group 02, Group 03, Group 04, Group 05 and 55 more. (BeCreated)
    ");
}

#[test]
fn a_deleted_person_and_an_account_that_is_nobodys_are_told_apart() {
    let mut org = Org::new();
    org.hire("ada").hire("bob").linked("ada", true).linked("bob", true).bind("Engineering", &["ada", "bob"]);
    org.synchronised("Engineering", &["ada", "bob"]).account("zed", true).delete_person("ada");
    assert_snapshot!(read(&org.explain("ada")), @r"
    SourceMissing, BeDeactivated
    Ada will be deactivated in Atlassian, because they were deleted in JumpCloud.
      deleted_in_jumpcloud: Ada was deleted in JumpCloud.
      [Bound, Left] Engineering
      → The account would be linked if somebody with the same e-mail address were created in JumpCloud and put into a bound group. (BeLinked)
    ");
    assert_snapshot!(read(&org.explain_key(&PersonKey::Target("scim-zed".into()))), @r"
    Unassigned, Stay
    Zed's account in Atlassian is left alone, because nobody in JumpCloud is linked to it.
      not_managed: Nobody in JumpCloud is linked to Zed's account.
      [Bound, No] Engineering
      → The account would be linked if somebody with the same e-mail address were created in JumpCloud and put into a bound group. (BeLinked)
    ");
}

#[test]
fn a_protected_person_is_told_so() {
    let mut org = Org::new();
    org.hire("ada").hire("bob").linked("ada", true).linked("bob", true);
    org.bind("Engineering", &["bob"]).synchronised("Engineering", &["ada", "bob"]);
    org.policy.protected_people.insert("ada@example.com".to_owned());
    assert_snapshot!(read(&org.explain("ada")), @r"
    Unqualified, BeHeld
    Ada would be deactivated in Atlassian, because they left Engineering, the last bound group they were in, but they are protected in the settings.
      left_last_bound_group: Ada left Engineering, the last bound group they were in.
      held_by_guard: They are protected in the settings.
      [Bound, Left] Engineering
      → Ada would be deactivated in Atlassian if the protection were taken off in the settings. (BeDeactivated)
      → Ada would stay active if they were put back into Engineering. (Stay)
    ");
}

#[test]
fn people_are_found_by_address_and_by_user_name_on_either_side() {
    let mut org = Org::new();
    org.hire("ada").account("zed", true);
    let memory = TargetMemory::default();
    let input = org.input(&memory);
    for (text, expected) in [
        ("Ada@Example.com", Some(PersonKey::Source("ada".into()))),
        ("ada", Some(PersonKey::Source("ada".into()))),
        ("ZED@example.com", Some(PersonKey::Target("scim-zed".into()))),
        ("zed", Some(PersonKey::Target("scim-zed".into()))),
        ("nobody@example.com", None),
    ] {
        assert_eq!(find_person(&input, text), expected, "{text}");
    }
    let unknown = PersonKey::Source("nobody".into());
    assert_eq!(explain_person(&input, &plan(&input), &unknown), None, "neither side knows them");
}

#[test]
fn the_json_has_the_names_of_the_contract() {
    let mut org = Org::new();
    org.hire("ada").bind("Engineering", &["ada"]).linked("ada", true);
    let json = serde_json::to_value(org.explain("ada")).unwrap();
    for name in ["subject", "situation", "active_in_target", "will", "text", "causes", "path", "would_change"]
    {
        assert!(json.get(name).is_some(), "{name}");
    }
    assert_eq!(json["will"], "stay");
    assert_eq!(json["situation"], "confirmed");
    assert_eq!(json["active_in_target"], true);
    assert_eq!(json["path"][0]["member"], "yes");
    assert_eq!(json["causes"][0]["code"], "in_bound_group");
    assert!(json["would_change"][0]["text"].is_string());
}

pub(crate) const NAMES: [&str; 4] = ["ada", "bob", "cyd", "dan"];
const GROUPS: [&str; 3] = ["Design", "Engineering", "Sales"];

/// State, password expired, kind of link, account active, groups now, groups before, address elsewhere.
type Draw = (u8, bool, u8, bool, u8, u8, bool);

prop_compose! {
    fn person()(
        state in 0..6_u8, expired in proptest::bool::weighted(0.2), linked in 0..5_u8, active: bool,
        groups in 0..8_u8, before in 0..8_u8, elsewhere in proptest::bool::weighted(0.2)
    ) -> Draw {
        (state, expired, linked, active, groups, before, elsewhere)
    }
}

prop_compose! {
    pub(crate) fn organisation()(
        people in proptest::collection::vec(person(), NAMES.len()),
        fates in proptest::collection::vec(0..6_u8, GROUPS.len()),
        limit in prop_oneof![Just(2_u32), Just(5_000)],
        protects in proptest::bool::weighted(0.1),
        deletes in proptest::bool::weighted(0.2),
    ) -> Org {
        let mut org = Org::new();
        org.policy.user_limit = limit;
        org.policy.guards.max_deactivation_share = Some(100);
        org.policy.guards.max_removal_share = Some(100);
        if deletes {
            org.policy.deleted_users = DeletedUsers::Delete;
        }
        if protects {
            org.policy.protected_people.insert("ada@example.com".to_owned());
        }
        for (name, (state, expired, linked, active, _, _, elsewhere)) in NAMES.iter().zip(&people) {
            org.hire_at(name, if *elsewhere { "elsewhere.org" } else { "example.com" });
            let person = org.person(name);
            person.password_expired = *expired;
            person.state = match state {
                0 => LifecycleState::Suspended,
                1 => LifecycleState::Staged,
                _ => LifecycleState::Activated,
            };
            match linked {
                0 | 1 => {}
                2 => {
                    let vanished = PersonLink { source: (*name).into(), target: "vanished".into() };
                    org.links.people.push(vanished);
                }
                _ => drop(org.linked(name, *active)),
            }
        }
        for (position, (group, fate)) in GROUPS.iter().zip(&fates).enumerate() {
            let having = |bits: fn(&Draw) -> u8| -> Vec<&str> {
                let chosen = NAMES.iter().zip(&people).filter(|(_, person)| bits(person) >> position & 1 == 1);
                chosen.map(|(name, _)| *name).collect()
            };
            match fate {
                0 => org.source.absent_groups.push(((*group).into(), Absence::Elsewhere)),
                1 => org.source.absent_groups.push(((*group).into(), Absence::Deleted)),
                _ => drop(org.bind(group, &having(|person| person.4))),
            }
            if *fate < 4 {
                org.synchronised(group, &having(|person| person.5));
            }
        }
        org
    }
}

/// What happens or would happen, whatever holds it.
pub(crate) fn effect(explanation: &PersonExplanation) -> Will {
    match &explanation.held {
        Some(held) if explanation.will == Will::BeHeld => held.would,
        _ => explanation.will,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_would_change_it_does_change_it(org in organisation()) {
        for name in NAMES {
            let explanation = org.explain(name);
            for way in &explanation.would_change {
                let mut changed = org.clone();
                if !way.changes.iter().all(|change| changed.make(name, change)) {
                    continue;
                }
                let after = changed.explain(name);
                let came_true = match way.then {
                    Will::Stay => matches!(effect(&after), Will::Stay | Will::BeUpdated),
                    Will::BeLinked => matches!(effect(&after), Will::BeLinked | Will::BeActivated),
                    expected => effect(&after) == expected,
                };
                // A guard may still want somebody to look; what a sentence leaves out must not hold it.
                let hold = after.held.as_ref().map(|held| held.by);
                let is_gain = matches!(way.then, Will::BeCreated | Will::BeActivated);
                let came_true =
                    came_true && !(is_gain && matches!(hold, Some(HeldBy::Domain | HeldBy::UserLimit)));
                prop_assert!(came_true, "{}\nbefore: {}\nafter: {}", way.text, read(&explanation), read(&after));
            }
        }
    }

    #[test]
    fn an_explanation_is_one_sentence_that_agrees_with_the_plan(org in organisation()) {
        let memory = TargetMemory::default();
        let input = org.input(&memory);
        let plan = plan(&input);
        for name in NAMES {
            let explanation = explain_person(&input, &plan, &PersonKey::Source(name.into())).unwrap();
            let text = &explanation.text;
            prop_assert!(text.ends_with('.') && !text.contains(". "), "one sentence: {text}");
            prop_assert!(!explanation.causes.is_empty(), "there always is a cause: {text}");
            let has_account = explanation.active_in_target.is_some();
            prop_assert!(
                explanation.will != Will::Stay || has_account,
                "who has no account cannot stay: {}", read(&explanation)
            );
            let json = serde_json::to_string(&explanation).unwrap();
            prop_assert_eq!(&serde_json::from_str::<PersonExplanation>(&json).unwrap(), &explanation);
            let is_gone = explanation.situation == Situation::Missing;
            prop_assert!(!(is_gone && has_account), "a vanished account is not active");
        }
    }
}
