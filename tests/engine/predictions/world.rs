//! What the sandbox's picture says about members and app access, worked out without anything of the product.

use std::collections::{BTreeMap, BTreeSet};

use lockstep_sandbox::{Dump, GroupAccessDump, OrganisationGroupDump};

/// Names of groups, addresses of accounts.
pub(crate) type Names = BTreeSet<String>;

/// Roles that take no licence (facts on Atlassian, 6.3).
const WITHOUT_SEAT: [&str; 2] = ["atlassian/guest", "atlassian/user-access-admin"];

/// Whether an assignment takes a licence.
pub(crate) fn takes_seat(given: &GroupAccessDump) -> bool {
    given.roles.iter().any(|role| !WITHOUT_SEAT.contains(&role.as_str()))
}

/// Finds a group of the organisation by its name in any letter case.
pub(crate) fn group<'d>(dump: &'d Dump, name: &str) -> Option<(&'d str, &'d OrganisationGroupDump)> {
    let groups = &dump.organisation.groups;
    let found = groups.iter().find(|(other, _)| other.trim().to_lowercase() == name.trim().to_lowercase());
    found.map(|(name, group)| (name.as_str(), group))
}

/// Returns the addresses of a group's members, lower case.
pub(crate) fn members(dump: &Dump, name: &str) -> Names {
    let group = group(dump, name).map(|(_, group)| group);
    group.into_iter().flat_map(|group| &group.members).map(|email| email.to_lowercase()).collect()
}

/// Returns the groups through which somebody has at least that access to a resource, whatever state the account is in.
pub(crate) fn giving(dump: &Dump, email: &str, resource: &str, with_seat: bool) -> Names {
    let gives = |group: &OrganisationGroupDump| {
        group.members.contains(email)
            && group
                .access
                .iter()
                .any(|given| given.resource == resource && (takes_seat(given) || !with_seat))
    };
    dump.organisation.groups.iter().filter(|(_, group)| gives(group)).map(|(name, _)| name.clone()).collect()
}

/// Returns what everybody can use: resource, and whether it takes a licence. Who is switched off can use nothing.
pub(crate) fn usable(dump: &Dump) -> BTreeMap<String, BTreeSet<(String, bool)>> {
    let accounts = dump.organisation.accounts.iter().map(|(email, account)| {
        let access = account.access.iter().map(|(resource, access)| (resource.clone(), access.uses_seat));
        (email.clone(), access.collect())
    });
    accounts.collect()
}

/// Returns the labels of SCIM users by whether they are active: the address, else the user name.
pub(crate) fn labels(dump: &Dump, active: bool) -> Names {
    let users = dump.target.users.iter().filter(|(_, user)| user.active == active);
    users
        .map(|(name, user)| if user.email.is_empty() { name.clone() } else { user.email.to_lowercase() })
        .collect()
}
