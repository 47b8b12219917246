//! Draws the normalised [`Dump`] of a world.

use std::collections::BTreeSet;

use super::World;
use super::dump::{
    AccountDump, Dump, GroupAccessDump, OrganisationDump, OrganisationGroupDump, PolicyDump, SamlDump,
    SignInDump, SourceDump, SourceGroupDump, SourcePersonDump, TargetDump, TargetGroupDump, TargetUserDump,
};
use super::organisation::{Membership, RoleAssignment};
use super::target::Propagation;

impl World {
    pub(crate) fn dump(&self) -> Dump {
        Dump {
            source: self.source_dump(),
            target: self.target_dump(),
            organisation: self.organisation_dump(),
        }
    }

    fn source_dump(&self) -> SourceDump {
        let username = |key| self.source.people.get(key).map(|person| person.username.to_string());
        let people = self.source.people.iter().map(|(_, person)| {
            let dump = SourcePersonDump {
                id: person.id.to_string(),
                email: person.email.to_string(),
                firstname: person.firstname.to_string(),
                lastname: person.lastname.to_string(),
                middlename: person.middlename.to_string(),
                displayname: person.displayname.to_string(),
                job_title: person.job_title.to_string(),
                department: person.department.to_string(),
                company: person.company.to_string(),
                work_phone: person.work_phone().to_owned(),
                state: person.state.name(),
                password_expired: person.password_expired,
                attributes: person
                    .attributes
                    .iter()
                    .map(|(name, value)| (name.to_string(), value.to_string()))
                    .collect(),
            };
            (person.username.to_string(), dump)
        });
        let bound = self.source.applications.get(self.application).map(|application| &application.groups);
        let groups = self.source.groups.iter().map(|(key, group)| {
            let dump = SourceGroupDump {
                id: group.id.to_string(),
                is_bound: bound.is_some_and(|bound| bound.contains(key)),
                members: group.members.iter().filter_map(username).collect(),
                is_dynamic: group.is_dynamic(),
                other_applications: self.other_applications(key),
            };
            (group.name.to_string(), dump)
        });
        SourceDump { people: people.collect(), groups: groups.collect() }
    }

    fn other_applications(&self, group: u32) -> BTreeSet<String> {
        let others = self.source.applications.iter().filter(|(key, _)| *key != self.application);
        let bound = others.filter(|(_, application)| application.groups.contains(group));
        bound.map(|(_, application)| application.display_label.clone()).collect()
    }

    fn group_access_dump(&self, given: &RoleAssignment) -> GroupAccessDump {
        GroupAccessDump {
            app: given.resource_owner.clone(),
            resource: given.resource_id.clone(),
            site: self.organisation.site_of(&given.resource_id).map(str::to_owned),
            roles: given.roles.clone(),
            default_role: given.default_role.clone(),
        }
    }

    fn target_dump(&self) -> TargetDump {
        let users = self.target.users.iter().map(|(_, user)| {
            let dump = TargetUserDump {
                id: user.id.to_string(),
                external_id: user.external_id.to_string(),
                email: user.email().to_owned(),
                display_name: user.display_name.to_string(),
                nick_name: user.nick_name.to_string(),
                given_name: user.name.given.to_string(),
                family_name: user.name.family.to_string(),
                middle_name: user.name.middle.to_string(),
                title: user.title.to_string(),
                department: user.department.to_string(),
                organization: user.organization.to_string(),
                preferred_language: user.preferred_language.to_string(),
                timezone: user.timezone.to_string(),
                work_phone: user.work_phone().to_owned(),
                active: user.active,
                is_linked: user.account.is_some(),
            };
            (user.user_name.to_string(), dump)
        });
        let groups = self.target.groups.iter().map(|(_, group)| {
            let user_name = |key| self.target.users.get(key).map(|user| user.user_name.to_string());
            let mut members: Vec<String> = group.members.iter().filter_map(user_name).collect();
            members.sort();
            let dump = TargetGroupDump {
                id: group.id.to_string(),
                external_id: group.external_id.to_string(),
                members,
                is_pending: matches!(group.propagation, Propagation::Pending(_)),
            };
            (group.display_name.to_string(), dump)
        });
        TargetDump { users: users.collect(), groups: groups.collect() }
    }

    fn saml_dump(&self) -> SamlDump {
        let email = |key: &u32| self.organisation.accounts.get(*key).map(|account| account.email.to_string());
        let saved = self.sso.saved.clone();
        let policies = self.sso.policies.iter().map(|policy| {
            let dump = PolicyDump {
                id: policy.id.clone(),
                enforces_sso: policy.enforces_sso,
                is_default: policy.is_default,
                members: policy.members.iter().filter_map(email).collect(),
            };
            (policy.name.clone(), dump)
        });
        let sign_ins = self
            .sso
            .sign_ins
            .iter()
            .map(|sign_in| SignInDump { name_id: sign_in.name_id.clone(), outcome: sign_in.outcome.clone() });
        SamlDump {
            sp_entity_id: self.sso.sp_entity_id(),
            acs_url: self.sso.acs_url(),
            is_saved: saved.is_some(),
            idp_entity_id: saved.as_ref().map(|saved| saved.entity_id.clone()).unwrap_or_default(),
            idp_sso_url: saved.as_ref().map(|saved| saved.sso_url.clone()).unwrap_or_default(),
            certificate: saved.map(|saved| saved.certificate).unwrap_or_default(),
            policies: policies.collect(),
            sign_ins: sign_ins.collect(),
        }
    }

    fn organisation_dump(&self) -> OrganisationDump {
        let email = |key| self.organisation.accounts.get(key).map(|account| account.email.to_string());
        let accounts = self.organisation.accounts.iter().map(|(_, account)| {
            let dump = AccountDump {
                is_active: account.is_active,
                is_managed: account.is_managed,
                is_synced: account.user.is_some(),
                is_member: account.membership == Membership::Active,
                access: self.app_access_of(account),
            };
            (account.email.to_string(), dump)
        });
        let groups = self.organisation.groups.iter().map(|(_, group)| {
            let dump = OrganisationGroupDump {
                is_synced: group.is_synced,
                id: group.id.to_string(),
                gives_default_access: group.gives_default_access(),
                access: group.role_assignments.iter().map(|given| self.group_access_dump(given)).collect(),
                members: group.members.iter().filter_map(email).collect(),
            };
            (group.name.to_string(), dump)
        });
        let refused = self.refused_pushes.iter().filter(|push| !push.is_open);
        OrganisationDump {
            accounts: accounts.collect(),
            groups: groups.collect(),
            saml: self.saml_dump(),
            refused_pushes: refused.map(|push| push.display_name.to_string()).collect(),
        }
    }
}
