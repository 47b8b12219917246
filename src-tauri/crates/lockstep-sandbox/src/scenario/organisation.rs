//! What every scenario has: the two organisations, keys, applications and the administrator.

use serde_json::json;

use crate::jumpcloud::templates::{default_config, setting, template};
use crate::sso::keys::Certificate;
use crate::world::World;
use crate::world::organisation::{Account, OrgGroup, Site};
use crate::world::source::{Application, Person};
use crate::world::sso::Policy;

const DAY_MS: i64 = 86_400_000;

/// The names and dates in which organisations differ.
pub(super) struct Outline<'a> {
    /// As JumpCloud shows it.
    pub(super) name: &'a str,
    /// Last part of the IdP URL.
    pub(super) slug: &'a str,
    /// Verified domains.
    pub(super) domains: &'a [&'a str],
    /// Domains that are claimed and not yet verified.
    pub(super) unverified: &'a [&'a str],
    pub(super) scim_key_days: i64,
}

/// Builds the frame of both organisations: no people but the administrator, no groups on JumpCloud's side.
pub(super) fn frame(world: &mut World, outline: &Outline<'_>) {
    world.source.organisation = world.mint.object_id();
    outline.name.clone_into(&mut world.source.organisation_name);
    world.credentials.jumpcloud = format!("sandbox-jumpcloud-{}", world.mint.hex(32));
    world.credentials.scim = format!("sandbox-scim-{}", world.mint.hex(32));
    world.credentials.organisation = format!("sandbox-organisation-{}", world.mint.hex(32));
    world.credentials.scim_expires = world.now_ms() + outline.scim_key_days * DAY_MS;
    world.target.directory = world.mint.uuid();
    world.organisation.id = world.mint.uuid();
    world.organisation.directory = world.mint.uuid();
    let cloud_id = world.mint.uuid();
    world.organisation.sites = vec![Site { cloud_id, name: outline.slug.to_owned() }];
    outline.name.clone_into(&mut world.organisation.name);
    let verified = outline.domains.iter().map(|domain| ((*domain).to_owned(), true));
    let unverified = outline.unverified.iter().map(|domain| ((*domain).to_owned(), false));
    world.organisation.domains = verified.chain(unverified).collect();
    world.application = application(world, "atlassiancloud", "Atlassian Cloud", outline.slug);
    atlassian_sso(world);
    application(world, "slack", "Slack", outline.slug);
    application(world, "zoom", "Zoom", outline.slug);
    administrator(world, outline.domains.first().copied().unwrap_or("sandbox.example"));
}

/// Atlassian's side of single sign-on: its ids are those that the application knows; nothing is saved there yet.
fn atlassian_sso(world: &mut World) {
    let application = world.source.applications.get(world.application);
    let acs = application.and_then(|application| application.config.get("acsUrl")?.get("value")?.as_str());
    let unique = acs.and_then(|acs| acs.rsplit_once("saml-")).map(|(_, unique)| unique.to_owned());
    world.sso.unique = unique.unwrap_or_default();
    let policy = |name: &str, id: String, enforces_sso| Policy {
        id,
        name: name.to_owned(),
        enforces_sso,
        is_default: !enforces_sso,
        ..Policy::default()
    };
    // Ids of their own, without asking the mint: others follow from how often it was asked.
    let id = |last: u8| {
        let mut id = world.organisation.id.clone();
        id.replace_range(id.len() - 2.., &format!("{last:02x}"));
        id
    };
    let (local, sso) = (id(0x10), id(0x20));
    world.sso.policies = vec![policy("Default policy", local, false), policy("Single sign-on", sso, true)];
}

/// Adds an application made from a template.
pub(super) fn application(world: &mut World, name: &str, label: &str, slug: &str) -> u32 {
    let (display_name, kind) = template(name).unwrap_or((label, "saml"));
    let mut config = default_config(name);
    let unique = world.mint.uuid();
    if name == "atlassiancloud" {
        let text = |label: &str, value: String, position| setting("text", label, &json!(value), position);
        let acs = format!("https://auth.atlassian.com/login/callback?connection=saml-{unique}");
        config.insert("idpEntityId".to_owned(), text("IdP Entity ID", format!("{slug}-jumpcloud"), 0));
        config.insert(
            "spEntityId".to_owned(),
            text("SP Entity ID", format!("https://auth.atlassian.com/saml/{unique}"), 1),
        );
        config.insert("acsUrl".to_owned(), text("ACS URL", acs, 2));
    }
    // The scenario's ids depend on how often the mint was asked.
    world.mint.hex(1200);
    let now = world.now_ms() / 1000;
    let serial = u64::from_str_radix(unique.get(..8).unwrap_or_default(), 16).unwrap_or(0) + 1;
    // In use for two of its five years.
    let certificate = Certificate::new(serial, now - 2 * 365 * 86_400);
    let id = world.mint.object_id();
    world.source.applications.insert(Application {
        id,
        name: name.to_owned(),
        display_name: display_name.to_owned(),
        display_label: label.to_owned(),
        sso_url: format!("https://sso.jumpcloud.com/saml2/{slug}-{name}"),
        sso_type: kind.to_owned(),
        is_active: true,
        config,
        certificate,
        ..Application::default()
    })
}

/// The owner of the keys: a person in JumpCloud and the organisation's administrator in Atlassian.
fn administrator(world: &mut World, domain: &str) {
    let email = format!("ingrid.halvorsen@{domain}");
    let person = Person {
        id: world.mint.object_id(),
        username: "ingrid.halvorsen".into(),
        email: email.as_str().into(),
        firstname: "Ingrid".into(),
        lastname: "Halvorsen".into(),
        displayname: "Ingrid Halvorsen".into(),
        job_title: "IT Administrator".into(),
        department: "IT".into(),
        company: world.source.organisation_name.as_str().into(),
        activated: true,
        is_admin: true,
        ..Person::default()
    };
    world.administrator = world.source.add_person(person);
    let account = local_account(world, "Ingrid Halvorsen", &email);
    if let Some(account) = world.organisation.accounts.get_mut(account) {
        account.is_org_admin = true;
    }
    let admins = local_group(world, "org-admins", "Administrators of the organisation", &[&email]);
    let access = world.app_access("platform", "atlassian/org-admin", false);
    world.grant(admins, access);
}

/// Adds an account that did not come by SCIM.
pub(super) fn local_account(world: &mut World, name: &str, email: &str) -> u32 {
    let now = world.now_ms() / 1000;
    let account = Account {
        id: world.mint.hex(24).into(),
        email: email.into(),
        name: name.into(),
        is_managed: world.organisation.is_verified(email),
        is_active: true,
        added: 1_640_000_000 + i64::from(world.mint.below(80_000_000)),
        last_active: Some(now - i64::from(world.mint.below(20 * 86_400))),
        ..Account::default()
    };
    world.organisation.add_account(account)
}

/// Adds a group that did not come by SCIM, by the addresses of its accounts.
pub(super) fn local_group(world: &mut World, name: &str, description: &str, members: &[&str]) -> u32 {
    let members = members.iter().filter_map(|email| world.organisation.account_by_email(email)).collect();
    let id = world.mint.uuid().into();
    let group =
        OrgGroup { id, name: name.into(), description: description.into(), members, ..OrgGroup::default() };
    world.organisation.add_group(group)
}
