//! A made-up organisation in memory: both sides in step but for one person in a hundred.

use lockstep_core::attribute::{Attribute, AttributeSet, SourceField, SourceFields};
use lockstep_core::ids::{ScimId, SourceGroupId, SourceUserId};
use lockstep_core::link::{GroupLink, GroupLinkState, Links, PersonLink};
use lockstep_core::policy::{DomainPolicy, Policy};
use lockstep_core::snapshot::Completeness;
use lockstep_core::snapshot::source::{LifecycleState, SourceGroup, SourcePerson, SourceSnapshot};
use lockstep_core::snapshot::target::{TargetGroup, TargetSnapshot, TargetUser};

/// How large it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) people: usize,
    pub(crate) groups: usize,
    pub(crate) memberships: usize,
}

/// Both sides, and what is stored about them.
pub(crate) struct Organisation {
    pub(crate) source: SourceSnapshot,
    pub(crate) target: TargetSnapshot,
    pub(crate) links: Links,
    pub(crate) policy: Policy,
}

/// The fields of a person, and the attribute that each one feeds.
const FIELDS: [(SourceField, Option<Attribute>); 17] = [
    (SourceField::Username, Some(Attribute::UserName)),
    (SourceField::Email, Some(Attribute::Email)),
    (SourceField::FirstName, Some(Attribute::GivenName)),
    (SourceField::MiddleName, Some(Attribute::MiddleName)),
    (SourceField::LastName, Some(Attribute::FamilyName)),
    (SourceField::DisplayName, Some(Attribute::DisplayName)),
    (SourceField::JobTitle, Some(Attribute::Title)),
    (SourceField::Department, Some(Attribute::Department)),
    (SourceField::Company, Some(Attribute::Organization)),
    (SourceField::CostCenter, None),
    (SourceField::EmployeeType, None),
    (SourceField::EmployeeIdentifier, None),
    (SourceField::Location, None),
    (SourceField::WorkPhone, Some(Attribute::WorkPhone)),
    (SourceField::NickName, Some(Attribute::NickName)),
    (SourceField::PreferredLanguage, Some(Attribute::PreferredLanguage)),
    (SourceField::Timezone, Some(Attribute::Timezone)),
];

/// A field's value; on the target's side one title in a hundred is another.
pub(crate) fn value(field: SourceField, person: usize, is_target: bool) -> String {
    match field {
        SourceField::Username => format!("user{person:07}"),
        SourceField::Email => format!("user{person:07}@example.com"),
        SourceField::EmployeeIdentifier => format!("E{person:07}"),
        SourceField::JobTitle if is_target && person.is_multiple_of(100) => "Apprentice".to_owned(),
        other => format!("{} {}", other.name(), person % (31 + other as usize)),
    }
}

/// A person's id in JumpCloud.
pub(crate) fn source_id(person: usize) -> String {
    format!("{person:024x}")
}

fn scim_id(prefix: u32, number: usize) -> String {
    // Another order than the source's.
    let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!("{mixed:016x}-{prefix:04x}-{number:012x}")
}

impl Organisation {
    /// Makes it.
    pub(crate) fn new(sizes: Sizes) -> Self {
        let sources: Vec<SourceUserId> = (0..sizes.people).map(|it| source_id(it).into()).collect();
        let targets: Vec<ScimId> = (0..sizes.people).map(|it| scim_id(0, it).into()).collect();
        let people = sources.iter().enumerate().map(|(index, id)| person(index, id)).collect();
        let mut users: Vec<TargetUser> =
            targets.iter().enumerate().map(|(index, id)| user(index, id, sources.get(index))).collect();
        users.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        let mut source =
            SourceSnapshot { people, groups: Vec::with_capacity(sizes.groups), ..SourceSnapshot::default() };
        let mut target = TargetSnapshot { users, ..TargetSnapshot::default() };
        let mut links = Links {
            people: sources
                .iter()
                .zip(&targets)
                .map(|(source, target)| PersonLink { source: source.clone(), target: target.clone() })
                .collect(),
            groups: Vec::new(),
        };
        for group in 0..sizes.groups {
            // Everybody goes round the groups, so that all sizes are alike and nobody is in a group twice.
            let share = sizes.memberships / sizes.groups.max(1);
            let members: Vec<usize> =
                (0..share).map(|it| (group * share + it) % sizes.people.max(1)).collect();
            let pick = |index: &usize| Some((sources.get(*index)?.clone(), targets.get(*index)?.clone()));
            let (mut in_source, mut in_target): (Vec<_>, Vec<_>) = members.iter().filter_map(pick).unzip();
            in_source.sort_unstable();
            in_source.dedup();
            in_target.sort_unstable();
            in_target.dedup();
            let (id, name) = (SourceGroupId::from(source_id(group)), format!("Group {group:05}"));
            let there = ScimId::from(scim_id(1, group));
            links.groups.push(GroupLink {
                source: id.clone(),
                target: there.clone(),
                state: GroupLinkState::Managed,
                name: name.clone(),
                last_members: in_source.clone(),
            });
            source.groups.push(SourceGroup {
                id: id.clone(),
                name: name.clone(),
                members: in_source,
                completeness: Completeness::Complete,
                other_connectors: Vec::new(),
                is_dynamic: None,
            });
            target.groups.push(TargetGroup {
                id: there,
                display_name: name,
                external_id: Some(id.as_str().to_owned()),
                members: in_target,
            });
        }
        target.groups.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        let policy = Policy { domains: DomainPolicy::Any, user_limit: 10_000_000, ..Policy::default() };
        Self { source, target, links, policy }
    }
}

fn person(index: usize, id: &SourceUserId) -> SourcePerson {
    let mut fields = SourceFields::default();
    for (field, _) in FIELDS {
        fields.set(field, Some(&value(field, index, false)));
    }
    SourcePerson {
        id: id.clone(),
        fields,
        custom: vec![
            ("badge".into(), format!("{index}").into()),
            ("floor".into(), "4".into()),
            ("region".into(), "north".into()),
        ],
        state: LifecycleState::Activated,
        password_expired: false,
        password_expires_at: None,
        created_at: None,
    }
}

fn user(index: usize, id: &ScimId, source: Option<&SourceUserId>) -> TargetUser {
    let mut attributes = AttributeSet::default();
    for (field, attribute) in FIELDS {
        if let Some(attribute) = attribute {
            attributes.set(attribute, Some(&value(field, index, true)));
        }
    }
    attributes.set(Attribute::ExternalId, source.map(SourceUserId::as_str));
    TargetUser { id: id.clone(), active: true, attributes, account_id: None }
}
