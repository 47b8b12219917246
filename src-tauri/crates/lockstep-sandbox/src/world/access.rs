//! Who has which app through what: what the organisation's role assignments come to for an account.
//!
//! Written from the facts on Atlassian, section 6.3, and from nothing of the product's: tests compare predictions
//! with it.

use std::collections::{BTreeMap, BTreeSet};

use super::World;
use super::dump::AppAccessDump;
use super::organisation::{Account, Membership, RoleAssignment};

/// Roles that do not use a licence of the app.
const WITHOUT_SEAT: [&str; 2] = ["atlassian/guest", "atlassian/user-access-admin"];

impl World {
    /// Returns an account's apps, by the resource that access is to. Whoever is switched off, or is outside the
    /// organisation, has none, whatever groups they are in.
    pub(crate) fn app_access_of(&self, account: &Account) -> BTreeMap<String, AppAccessDump> {
        let mut access: BTreeMap<String, AppAccessDump> = BTreeMap::new();
        if !account.is_active || account.membership != Membership::Active {
            return access;
        }
        for group in account.groups.iter().filter_map(|key| self.organisation.groups.get(key)) {
            for given in &group.role_assignments {
                let entry = access.entry(given.resource_id.clone()).or_insert_with(|| AppAccessDump {
                    app: given.resource_owner.clone(),
                    site: self.organisation.site_of(&given.resource_id).map(str::to_owned),
                    roles: BTreeSet::new(),
                    through: BTreeSet::new(),
                    uses_seat: false,
                });
                entry.roles.extend(given.roles.iter().cloned());
                entry.through.insert(group.name.to_string());
                entry.uses_seat |= uses_seat(given);
            }
        }
        access
    }
}

/// Whether one of the roles uses a licence.
pub(crate) fn uses_seat(given: &RoleAssignment) -> bool {
    given.roles.iter().any(|role| !WITHOUT_SEAT.contains(&role.as_str()))
}
