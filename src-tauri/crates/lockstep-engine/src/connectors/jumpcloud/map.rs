//! From JumpCloud's words to ours.

use jiff::Timestamp;
use lockstep_core::attribute::{SourceField, SourceFields};
use lockstep_core::ids::SourceUserId;
use lockstep_core::lenient::Text;
use lockstep_core::snapshot::source::{LifecycleState, SourcePerson};

use super::client::{Application, Organisation};
use super::wire::{SystemUser, WireApplication, WireOrganisation};

/// The template's name; JumpCloud's default IdP URL ends with it.
const ATLASSIAN_TEMPLATE: &str = "atlassiancloud";
/// Where Atlassian's service provider lives.
const ATLASSIAN_SP: &str = "https://auth.atlassian.com/";

/// Returns the person; `None` without an id, since nothing may be concluded from such an entry.
pub(super) fn person(wire: &SystemUser<'_>) -> Option<SourcePerson> {
    let id = wire.underscore_id.filled().or_else(|| wire.id.filled())?;
    let mut fields = SourceFields::default();
    for (field, value) in [
        (SourceField::Username, &wire.username),
        (SourceField::Email, &wire.email),
        (SourceField::FirstName, &wire.firstname),
        (SourceField::MiddleName, &wire.middlename),
        (SourceField::LastName, &wire.lastname),
        (SourceField::DisplayName, &wire.displayname),
        (SourceField::JobTitle, &wire.job_title),
        (SourceField::Department, &wire.department),
        (SourceField::Company, &wire.company),
        (SourceField::CostCenter, &wire.cost_center),
        (SourceField::EmployeeType, &wire.employee_type),
        (SourceField::EmployeeIdentifier, &wire.employee_identifier),
        (SourceField::Location, &wire.location),
    ] {
        fields.set(field, value.filled());
    }
    let work_phone = wire
        .phone_numbers
        .0
        .iter()
        .filter(|phone| phone.kind.filled().is_some_and(|kind| kind.eq_ignore_ascii_case("work")))
        .find_map(|phone| phone.number.filled());
    fields.set(SourceField::WorkPhone, work_phone);
    let mut custom = Vec::new();
    for attribute in &wire.attributes.0 {
        let (Some(name), Some(value)) = (attribute.name.filled(), attribute.value.filled()) else { continue };
        let known = [SourceField::NickName, SourceField::PreferredLanguage, SourceField::Timezone]
            .into_iter()
            .find(|field| field.name().eq_ignore_ascii_case(name));
        match known {
            Some(field) => fields.set(field, Some(value)),
            None => custom.push((Box::from(name), Box::from(value))),
        }
    }
    custom.sort_unstable();
    Some(SourcePerson {
        id: SourceUserId::from(id),
        fields,
        custom,
        state: state(&wire.state, &wire.suspended),
        password_expired: wire.password_expired.flag().unwrap_or(false),
        password_expires_at: timestamp(&wire.password_expiration_date),
        created_at: timestamp(&wire.created),
    })
}

/// Joins `state` and `suspended`; an unknown or absent state counts as activated, as in JumpCloud's own tools.
fn state(state: &Text<'_>, suspended: &Text<'_>) -> LifecycleState {
    let named = |name: &str| state.filled().is_some_and(|state| state.trim().eq_ignore_ascii_case(name));
    if suspended.flag() == Some(true) || named("SUSPENDED") {
        LifecycleState::Suspended
    } else if named("STAGED") {
        LifecycleState::Staged
    } else {
        LifecycleState::Activated
    }
}

fn timestamp(text: &Text<'_>) -> Option<Timestamp> {
    text.filled()?.trim().parse().ok()
}

/// Returns the application; `None` without an id.
pub(super) fn application(wire: &WireApplication<'_>) -> Option<Application> {
    let id = wire.underscore_id.filled().or_else(|| wire.id.filled())?;
    let label = [&wire.display_label, &wire.display_name, &wire.name].into_iter().find_map(Text::filled);
    Some(Application {
        id: id.to_owned(),
        label: label.unwrap_or(id).to_owned(),
        template: wire.name.filled().unwrap_or_default().to_owned(),
        is_atlassian: is_atlassian(wire),
    })
}

/// Returns whether the application is a connector to Atlassian: by template, address of the service provider, or name.
fn is_atlassian(wire: &WireApplication<'_>) -> bool {
    let mentions = |text: &Text<'_>, word: &str| {
        text.filled().is_some_and(|text| text.to_ascii_lowercase().contains(word))
    };
    let points_there = |text: &Text<'_>| text.filled().is_some_and(|text| text.starts_with(ATLASSIAN_SP));
    mentions(&wire.name, ATLASSIAN_TEMPLATE)
        || mentions(&wire.sso_url, ATLASSIAN_TEMPLATE)
        || points_there(&wire.config.acs_url.value)
        || points_there(&wire.config.sp_entity_id.value)
        || mentions(&wire.display_name, "atlassian")
        || mentions(&wire.display_label, "atlassian")
}

/// Returns the organisation; `None` without an id.
pub(super) fn organisation(wire: &WireOrganisation<'_>) -> Option<Organisation> {
    let id = wire.underscore_id.filled().or_else(|| wire.id.filled())?;
    Some(Organisation { id: id.to_owned(), name: wire.display_name.filled().unwrap_or(id).to_owned() })
}
