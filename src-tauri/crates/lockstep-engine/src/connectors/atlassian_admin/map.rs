//! From the organisation API's words to ours.

use lockstep_core::lenient::Text;
use lockstep_core::snapshot::target::OrganisationGroup;

use super::client::{Directory, DirectoryUser, RoleAssignment};
use super::wire::{WireDirectory, WireDomain, WireGroup, WireRoleAssignment, WireUser, WireWorkspace};

pub(super) fn group(wire: &WireGroup<'_>) -> Option<OrganisationGroup> {
    let is_external = wire.managed_by.filled() == Some("external");
    Some(OrganisationGroup {
        id: wire.id.filled()?.to_owned(),
        name: wire.name.filled().unwrap_or_default().to_owned(),
        external_synced: wire.external_synced.flag().unwrap_or(is_external),
        default_access_to: Vec::new(),
        member_count: wire.counts.as_ref().and_then(|counts| counts.users.count()),
        access: None,
        members: None,
    })
}

/// Returns an app's resource with the name of the site it is on: the first label of its host, else its name.
pub(super) fn site_of_workspace(wire: &WireWorkspace<'_>) -> Option<(String, String)> {
    let attributes = wire.attributes.as_ref()?;
    let host = attributes.host_url.filled().and_then(|url| reqwest::Url::parse(url).ok());
    let label = host
        .as_ref()
        .and_then(|url| url.host_str()?.strip_suffix(".atlassian.net"))
        .or_else(|| attributes.name.filled())?;
    Some((wire.id.filled()?.to_owned(), label.to_owned()))
}

/// Returns the domain's name if it is verified; `None` for a claim that is not through.
pub(super) fn verified_domain(wire: &WireDomain<'_>) -> Option<String> {
    let attributes = wire.attributes.as_ref()?;
    let status = attributes.claim.as_ref()?.status.filled()?;
    let name = attributes.name.filled().or_else(|| wire.id.filled())?;
    status.eq_ignore_ascii_case("verified").then(|| name.trim().to_lowercase())
}

pub(super) fn directory(wire: &WireDirectory<'_>) -> Option<Directory> {
    let id = wire.directory_id.filled()?.to_owned();
    Some(Directory { name: wire.name.filled().unwrap_or(&id).to_owned(), id })
}

pub(super) fn role_assignment(wire: &WireRoleAssignment<'_>) -> Option<RoleAssignment> {
    let owned = |text: &Text<'_>| text.filled().map(str::to_owned);
    Some(RoleAssignment {
        resource: wire.resource_id.filled()?.to_owned(),
        app: owned(&wire.resource_owner),
        default_role: owned(&wire.default_role),
        roles: wire.roles.0.iter().filter_map(owned).collect(),
    })
}

pub(super) fn user(wire: &WireUser<'_>) -> Option<DirectoryUser> {
    let owned = |text: &Text<'_>| text.filled().map(str::to_owned);
    let mut last_active: Option<String> = None;
    let mut products = Vec::new();
    for access in &wire.product_access.0 {
        if let Some(name) = access.name.filled().or_else(|| access.key.filled()) {
            products.push(name.to_owned());
        }
        let latest = owned(&access.last_active).or_else(|| owned(&access.last_active_v1));
        // RFC 3339 or plain dates of one API: text order is time order.
        last_active = last_active.max(latest);
    }
    Some(DirectoryUser {
        account_id: wire.account_id.filled()?.to_owned(),
        account_type: owned(&wire.account_type),
        status: owned(&wire.status).or_else(|| owned(&wire.account_status)),
        membership_status: owned(&wire.membership_status),
        name: owned(&wire.name),
        nickname: owned(&wire.nickname),
        email: owned(&wire.email),
        is_managed: wire.claim_status.filled().is_some_and(|status| status.eq_ignore_ascii_case("managed")),
        is_synced: wire
            .management_source
            .filled()
            .is_some_and(|source| source.eq_ignore_ascii_case("synced")),
        added_at: owned(&wire.added_to_org),
        products,
        last_active,
        groups: wire
            .groups
            .0
            .iter()
            .filter_map(|group| Some((owned(&group.id)?, owned(&group.name)?)))
            .collect(),
    })
}
