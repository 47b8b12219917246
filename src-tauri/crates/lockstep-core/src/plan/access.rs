//! Who has access to which app through which group of the organisation.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::attribute::{Attribute, SourceField};
use crate::email::fold;
use crate::plan::context::Context;
use crate::plan::operation::Member;
use crate::snapshot::organisation::{AppAccess, OrganisationGroup, OrganisationMember, OrganisationSnapshot};

/// What somebody has if a group is taken from them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Remaining {
    /// Names of the other groups that give the same access.
    pub(crate) through: Vec<String>,
    /// What no other group gives.
    pub(crate) lost: Vec<String>,
}

/// People and groups of the organisation by what finds them; made when the first question needs it.
#[derive(Debug)]
pub(crate) struct Access<'a> {
    groups: IndexMap<&'a str, &'a OrganisationGroup, FxBuildHasher>,
    /// Members that were read, by account.
    by_account: IndexMap<&'a str, &'a OrganisationMember, FxBuildHasher>,
    by_email: IndexMap<&'a str, &'a OrganisationMember, FxBuildHasher>,
    /// Whether the people who would be added were asked for.
    knows_people: bool,
    users_by_account: IndexMap<&'a str, u32, FxBuildHasher>,
    users_by_email: IndexMap<String, u32, FxBuildHasher>,
    people_by_name: IndexMap<String, u32, FxBuildHasher>,
}

impl<'a> Access<'a> {
    pub(crate) fn new(context: &Context<'a>) -> Self {
        let nobody = OrganisationSnapshot::default();
        let organisation = context.input.target.organisation.as_ref();
        let mut access = Self {
            groups: IndexMap::default(),
            by_account: IndexMap::default(),
            by_email: IndexMap::default(),
            knows_people: organisation.unwrap_or(&nobody).people.is_some(),
            users_by_account: IndexMap::default(),
            users_by_email: IndexMap::default(),
            people_by_name: IndexMap::default(),
        };
        if let Some(organisation) = organisation {
            access.groups.extend(organisation.groups.iter().map(|group| (group.id.as_str(), group)));
            let members = organisation.groups.iter().flat_map(|group| group.members.iter().flatten());
            for member in members.chain(organisation.people.iter().flatten()) {
                access.by_account.insert(&member.account_id, member);
                if let Some(email) = &member.email {
                    access.by_email.insert(email, member);
                }
            }
        }
        for (position, user) in (0u32..).zip(context.users) {
            if let Some(account) = &user.account_id {
                access.users_by_account.insert(account, position);
            }
            if let Some(email) = user.attributes.get(Attribute::Email) {
                access.users_by_email.insert(fold(email).into_owned(), position);
            }
        }
        for (position, person) in (0u32..).zip(context.people) {
            for attribute in [Attribute::Email, Attribute::UserName] {
                if let Some(value) = context.feeds.desired(person, attribute).value() {
                    access.people_by_name.entry(fold(value).into_owned()).or_insert(position);
                }
            }
            for field in [SourceField::Email, SourceField::Username] {
                if let Some(value) = person.fields.get(field) {
                    access.people_by_name.entry(fold(value).into_owned()).or_insert(position);
                }
            }
        }
        access
    }

    /// Returns the SCIM user behind somebody of the organisation.
    pub(crate) fn user_of(&self, member: &OrganisationMember) -> Option<u32> {
        let by_account = self.users_by_account.get(member.account_id.as_str());
        let by_email =
            || member.email.as_ref().and_then(|email| self.users_by_email.get(fold(email).as_ref()));
        by_account.or_else(by_email).copied()
    }

    /// Returns the JumpCloud user who has the address or the name.
    pub(crate) fn person_named(&self, name: &str) -> Option<u32> {
        self.people_by_name.get(fold(name).as_ref()).copied()
    }

    /// Finds a SCIM user or a JumpCloud user in the organisation.
    fn member(&self, account: Option<&str>, email: &str) -> Option<&'a OrganisationMember> {
        let by_account = account.and_then(|account| self.by_account.get(account));
        by_account.or_else(|| self.by_email.get(fold(email).as_ref())).copied()
    }

    /// Returns what is left to a member of a group without it; `None` where that is not known.
    pub(crate) fn without(
        &self,
        account: Option<&str>,
        email: &str,
        group: &OrganisationGroup,
    ) -> Option<Remaining> {
        let given = group.access.as_ref()?;
        if given.is_empty() {
            return Some(Remaining::default());
        }
        let member = self.member(account, email)?;
        let mut remaining = Remaining::default();
        for access in given {
            let mut others = self.giving(member, access).filter(|other| other.id != group.id).peekable();
            if others.peek().is_none() {
                remaining.lost.push(access.label());
            }
            remaining.through.extend(others.map(|other| other.name.clone()));
        }
        for list in [&mut remaining.through, &mut remaining.lost] {
            list.sort_unstable();
            list.dedup();
        }
        Some(remaining)
    }

    /// Iterates over somebody's groups that give at least that access.
    fn giving(
        &self,
        member: &'a OrganisationMember,
        access: &AppAccess,
    ) -> impl Iterator<Item = &'a OrganisationGroup> {
        member.groups.iter().filter_map(|id| self.groups.get(id.as_str()).copied()).filter(|group| {
            group.access.iter().flatten().any(|other| {
                other.app == access.app
                    && other.resource == access.resource
                    && (other.takes_seat() || !access.takes_seat())
            })
        })
    }

    /// Returns who of the members would take a new seat, by app; `None` where it is not known.
    pub(crate) fn new_seats(
        &self,
        context: &Context<'_>,
        members: &[Member],
        group: &OrganisationGroup,
    ) -> Option<Vec<(String, Vec<String>)>> {
        let mut seats: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for access in group.access.as_ref()?.iter().filter(|access| access.takes_seat()) {
            if !self.knows_people {
                return None;
            }
            for member in members {
                let person = member.source.as_ref().and_then(|id| context.person_position(id));
                // An inactive account takes no seat.
                if person.and_then(|person| context.person(person)).is_some_and(|person| !person.is_active())
                {
                    continue;
                }
                let user = member.target.as_ref().and_then(|id| context.user_position(id));
                let account =
                    user.and_then(|user| context.user(user)).and_then(|user| user.account_id.as_deref());
                let has_it = self
                    .member(account, &member.label)
                    .is_some_and(|member| self.giving(member, access).next().is_some());
                if !has_it {
                    seats.entry(access.label()).or_default().push(member.label.clone());
                }
            }
        }
        Some(seats.into_iter().collect())
    }
}
