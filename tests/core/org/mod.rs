//! An organisation on both sides, told in verbs: people are hired, join and leave groups, and plans are applied.

mod apply;

use std::collections::BTreeSet;

use lockstep_core::attribute::{Attribute, AttributeSet, SourceField, SourceFields};
use lockstep_core::finding::Finding;
use lockstep_core::ids::{OperationId, ScimId, SourceGroupId, SourceUserId};
use lockstep_core::link::{GroupLink, GroupLinkState, Links, PersonLink};
use lockstep_core::memory::TargetMemory;
use lockstep_core::plan::conflict::{Conflict, ConflictKind, Decision};
use lockstep_core::plan::operation::{Operation, OperationKind, ReasonCode};
use lockstep_core::plan::{Plan, PlanInput, plan};
use lockstep_core::policy::Policy;
use lockstep_core::snapshot::Completeness;
use lockstep_core::snapshot::source::{Absence, LifecycleState, SourceGroup, SourcePerson, SourceSnapshot};
use lockstep_core::snapshot::target::{OrganisationSnapshot, TargetGroup, TargetSnapshot, TargetUser};

/// Both sides, and what is stored between.
#[derive(Debug, Clone, Default)]
pub(crate) struct TestOrg {
    pub(crate) policy: Policy,
    pub(crate) links: Links,
    pub(crate) memory: TargetMemory,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) quarantine: Vec<OperationId>,
    pub(crate) source: SourceSnapshot,
    pub(crate) target: TargetSnapshot,
    pub(crate) directory: Option<String>,
    /// Whether Atlassian answers 409 to a name that a local group has, instead of 201.
    pub(crate) refuses_names: bool,
}

pub(crate) fn person_id(name: &str) -> SourceUserId {
    format!("jc-{name}").into()
}

pub(crate) fn group_id(name: &str) -> SourceGroupId {
    format!("jcg-{name}").into()
}

pub(crate) fn user_id(name: &str) -> ScimId {
    format!("scim-{name}").into()
}

fn full_name(name: &str) -> (String, String) {
    let (first, last) = match name {
        "ada" => ("Ada", "Lovelace"),
        "bob" => ("Bob", "Marsh"),
        "cleo" => ("Cleo", "Adeyemi"),
        "dan" => ("Dan", "Okafor"),
        "eve" => ("Eve", "Lindqvist"),
        other => (other, "Example"),
    };
    (first.to_owned(), last.to_owned())
}

pub(crate) fn source_person(name: &str) -> SourcePerson {
    let (first, last) = full_name(name);
    SourcePerson {
        id: person_id(name),
        fields: SourceFields::default()
            .with(SourceField::Username, name)
            .with(SourceField::Email, &format!("{name}@example.com"))
            .with(SourceField::FirstName, &first)
            .with(SourceField::LastName, &last)
            .with(SourceField::DisplayName, &format!("{first} {last}")),
        custom: Vec::new(),
        state: LifecycleState::Activated,
        password_expired: false,
        password_expires_at: None,
        created_at: None,
    }
}

impl TestOrg {
    /// Nobody anywhere; `example.com` is verified.
    pub(crate) fn new() -> Self {
        let organisation = OrganisationSnapshot {
            verified_domains: vec!["example.com".to_owned()],
            ..OrganisationSnapshot::default()
        };
        Self {
            target: TargetSnapshot { organisation: Some(organisation), ..TargetSnapshot::default() },
            ..Self::default()
        }
    }

    /// An organisation in step: Engineering with ada, bob and cleo, Sales with bob and dan.
    pub(crate) fn in_step() -> Self {
        let mut org = Self::new();
        org.bind("Engineering", &["ada", "bob", "cleo"]).bind("Sales", &["bob", "dan"]);
        org.apply_ready();
        org.assert_nothing_to_do();
        org
    }

    /// An organisation in step with that many people in one group, named `p000` and so on.
    pub(crate) fn with_people(count: usize) -> Self {
        let mut org = Self::new();
        let names: Vec<String> = (0..count).map(|number| format!("p{number:03}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        org.bind("Everybody", &names);
        org.apply_ready();
        org.assert_nothing_to_do();
        org
    }

    // What happens in JumpCloud.

    /// Somebody new in JumpCloud, in no group.
    pub(crate) fn hire(&mut self, name: &str) -> &mut Self {
        self.source.people.push(source_person(name));
        self.source.people.sort_by(|a, b| a.id.cmp(&b.id));
        self
    }

    /// A group is bound, with its members, who are hired where need be.
    pub(crate) fn bind(&mut self, group: &str, members: &[&str]) -> &mut Self {
        for member in members {
            if !self.source.people.iter().any(|person| person.id == person_id(member)) {
                self.hire(member);
            }
        }
        let mut members: Vec<SourceUserId> = members.iter().map(|member| person_id(member)).collect();
        members.sort();
        self.source.absent_groups.retain(|(id, _)| *id != group_id(group));
        self.source.groups.push(SourceGroup {
            id: group_id(group),
            name: group.to_owned(),
            members,
            completeness: Completeness::Complete,
            other_connectors: Vec::new(),
            is_dynamic: None,
        });
        self.source.groups.sort_by(|a, b| a.id.cmp(&b.id));
        self
    }

    pub(crate) fn person(&mut self, name: &str) -> &mut SourcePerson {
        self.source.people.iter_mut().find(|person| person.id == person_id(name)).expect("hired before")
    }

    pub(crate) fn group(&mut self, name: &str) -> &mut SourceGroup {
        self.source.groups.iter_mut().find(|group| group.id == group_id(name)).expect("bound before")
    }

    pub(crate) fn set(&mut self, name: &str, field: SourceField, value: &str) -> &mut Self {
        self.person(name).fields.set(field, Some(value));
        self
    }

    pub(crate) fn unset(&mut self, name: &str, field: SourceField) -> &mut Self {
        self.person(name).fields.set(field, None);
        self
    }

    pub(crate) fn join(&mut self, name: &str, group: &str) -> &mut Self {
        let members = &mut self.group(group).members;
        members.push(person_id(name));
        members.sort();
        members.dedup();
        self
    }

    pub(crate) fn leave(&mut self, name: &str, group: &str) -> &mut Self {
        self.group(group).members.retain(|member| *member != person_id(name));
        self
    }

    pub(crate) fn empty(&mut self, group: &str) -> &mut Self {
        self.group(group).members.clear();
        self
    }

    pub(crate) fn suspend(&mut self, name: &str) -> &mut Self {
        self.person(name).state = LifecycleState::Suspended;
        self
    }

    pub(crate) fn restore(&mut self, name: &str) -> &mut Self {
        self.person(name).state = LifecycleState::Activated;
        self
    }

    /// Deleted in JumpCloud; asked for by id, JumpCloud says so.
    pub(crate) fn delete(&mut self, name: &str) -> &mut Self {
        self.vanish(name, Absence::Deleted)
    }

    /// Not in JumpCloud's lists any more.
    pub(crate) fn vanish(&mut self, name: &str, absence: Absence) -> &mut Self {
        self.source.people.retain(|person| person.id != person_id(name));
        for group in &mut self.source.groups {
            group.members.retain(|member| *member != person_id(name));
        }
        self.source.absent_people.push((person_id(name), absence));
        self.source.absent_people.sort_by(|a, b| a.0.cmp(&b.0));
        self
    }

    pub(crate) fn unbind(&mut self, group: &str) -> &mut Self {
        self.lose_group(group, Absence::Elsewhere)
    }

    pub(crate) fn delete_group(&mut self, group: &str) -> &mut Self {
        self.lose_group(group, Absence::Deleted)
    }

    pub(crate) fn lose_group(&mut self, group: &str, absence: Absence) -> &mut Self {
        self.source.groups.retain(|bound| bound.id != group_id(group));
        self.source.absent_groups.push((group_id(group), absence));
        self.source.absent_groups.sort_by(|a, b| a.0.cmp(&b.0));
        self
    }

    // What happens in Atlassian.

    /// An account that Lockstep did not make, with the person's user name and address.
    pub(crate) fn account(&mut self, name: &str) -> &mut TargetUser {
        let (first, last) = full_name(name);
        let attributes = AttributeSet::default()
            .with(Attribute::UserName, name)
            .with(Attribute::Email, &format!("{name}@example.com"))
            .with(Attribute::GivenName, &first)
            .with(Attribute::FamilyName, &last)
            .with(Attribute::DisplayName, &format!("{first} {last}"))
            .with(Attribute::NickName, &format!("{first} {last}"));
        self.target.users.push(TargetUser { id: user_id(name), active: true, attributes, account_id: None });
        self.target.users.sort_by(|a, b| a.id.cmp(&b.id));
        self.user(name)
    }

    /// The account whose SCIM id was made from the name.
    pub(crate) fn user(&mut self, name: &str) -> &mut TargetUser {
        let id = self
            .links
            .people
            .iter()
            .find(|link| link.source == person_id(name))
            .map(|link| link.target.clone());
        let id = id.unwrap_or_else(|| user_id(name));
        self.target.users.iter_mut().find(|user| user.id == id).expect("has an account")
    }

    /// A group that Lockstep did not make.
    pub(crate) fn foreign_group(&mut self, name: &str, members: &[&str]) -> &mut Self {
        let mut members: Vec<ScimId> = members.iter().map(|member| self.user(member).id.clone()).collect();
        members.sort();
        self.target.groups.push(TargetGroup {
            id: format!("foreign-{name}").into(),
            display_name: name.to_owned(),
            external_id: None,
            members,
        });
        self.target.groups.sort_by(|a, b| a.id.cmp(&b.id));
        self
    }

    pub(crate) fn link(&mut self, name: &str, account: &str) -> &mut Self {
        self.links.people.push(PersonLink { source: person_id(name), target: user_id(account) });
        self.links.people.sort_by(|a, b| a.source.cmp(&b.source));
        self
    }

    pub(crate) fn group_link(&mut self, name: &str) -> &mut GroupLink {
        self.links.groups.iter_mut().find(|link| link.source == group_id(name)).expect("linked before")
    }

    /// The group in Atlassian that follows the named one.
    pub(crate) fn target_group(&mut self, name: &str) -> &mut TargetGroup {
        let target = self.group_link(name).target.clone();
        self.target.groups.iter_mut().find(|group| group.id == target).expect("exists in the target")
    }

    // Planning.

    pub(crate) fn input(&self) -> PlanInput<'_> {
        PlanInput {
            policy: &self.policy,
            links: &self.links,
            memory: &self.memory,
            decisions: &self.decisions,
            quarantine: &self.quarantine,
            source: &self.source,
            target: &self.target,
            target_directory: self.directory.as_deref(),
        }
    }

    pub(crate) fn plan(&self) -> Planned {
        Planned { plan: plan(&self.input()), memory: self.memory.clone() }
    }

    /// Plans, and makes everything ready true.
    pub(crate) fn apply_ready(&mut self) -> Plan {
        let plan = self.plan().plan;
        let ready: Vec<Operation> = plan.ready().cloned().collect();
        self.apply(&ready);
        plan
    }

    /// Answers the only conflict of that kind.
    pub(crate) fn decide(&mut self, kind: ConflictKind, choice: &str) -> &mut Self {
        let planned = self.plan();
        let conflicts: Vec<&Conflict> =
            planned.conflicts.iter().filter(|conflict| conflict.kind == kind).collect();
        assert_eq!(conflicts.len(), 1, "one question of that kind is open");
        let decision = Decision {
            conflict: conflicts[0].id.clone(),
            choice: choice.to_owned(),
            facts: conflicts[0].facts.clone(),
        };
        self.decisions.push(decision);
        self
    }

    #[track_caller]
    pub(crate) fn assert_nothing_to_do(&self) {
        let planned = self.plan();
        assert!(planned.operations.is_empty(), "nothing is left to do:\n{}", planned.render());
    }

    pub(crate) fn released_links(&self) -> usize {
        self.links.groups.iter().filter(|link| link.state == GroupLinkState::Released).count()
    }
}

/// A plan with questions that tests ask of it.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    memory: TargetMemory,
}

impl std::ops::Deref for Planned {
    type Target = Plan;

    fn deref(&self) -> &Plan {
        &self.plan
    }
}

impl Planned {
    pub(crate) fn render(&self) -> String {
        lockstep_core::plan::render::render(&self.plan, &self.memory)
    }

    /// One line per operation: kind, label, and what holds it (`!` where nobody can release it).
    pub(crate) fn lines(&self) -> Vec<String> {
        let lines = self.operations.iter().map(|operation| {
            let held = operation.held_by.map(|by| {
                let is_final = by.name() == "guard" && !operation.releasable;
                format!(" [{}{}]", by.name(), if is_final { "!" } else { "" })
            });
            format!("{} {}{}", operation.kind.name(), operation.subject.label(), held.unwrap_or_default())
        });
        lines.collect()
    }

    #[track_caller]
    pub(crate) fn only(&self, kind: OperationKind) -> &Operation {
        let found: Vec<&Operation> =
            self.operations.iter().filter(|operation| operation.kind == kind).collect();
        assert_eq!(found.len(), 1, "exactly one {} in:\n{}", kind.name(), self.render());
        found[0]
    }

    pub(crate) fn reasons(&self) -> Vec<(ReasonCode, &str)> {
        self.operations
            .iter()
            .map(|operation| (operation.reason.code, operation.reason.text.as_str()))
            .collect()
    }

    #[track_caller]
    pub(crate) fn finding(&self, code: &str) -> &Finding {
        self.findings
            .iter()
            .find(|finding| finding.code == code)
            .unwrap_or_else(|| panic!("a finding {code} in:\n{}", self.render()))
    }

    pub(crate) fn finding_codes(&self) -> BTreeSet<&str> {
        self.findings.iter().map(|finding| finding.code.as_str()).collect()
    }
}
