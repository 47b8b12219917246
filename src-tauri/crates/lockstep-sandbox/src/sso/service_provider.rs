//! Atlassian's pages: log-in, the ACS, and the SAML page of its console.

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use jiff::Timestamp;
use url::Url;

use super::form::Form;
use super::page::{escape, hidden, input, page};
use super::request::AuthnRequest;
use super::verify::{self, Answered, Refused};
use crate::services::{Query, Shared, empty_answer, with_header};
use crate::world::organisation::Account;
use crate::world::sso::{SavedSaml, SignIn};
use crate::world::{World, rfc3339};

const WHOSE: &str = "Atlassian";
/// How far the two clocks may be apart; what Atlassian allows is not known.
const SKEW_SECONDS: i64 = 60;
const GIVEN_NAME: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname";
const SURNAME: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname";

/// Where the page that plays an identity provider's address is.
fn local_idp(sso_url: &str) -> Option<String> {
    let url = Url::parse(sso_url).ok()?;
    let is_jumpcloud = url.scheme() == "https"
        && url.host_str().is_some_and(|host| host.starts_with("sso.") && host.ends_with("jumpcloud.com"));
    (is_jumpcloud && url.path().starts_with("/saml2/")).then(|| url.path().to_owned())
}

/// `https://id.atlassian.com/login`
pub(super) async fn login(query: Query) -> Response {
    let without_saml = query.get("saml") == Some("false");
    let note = if without_saml {
        "Without single sign-on: with the password of the Atlassian account."
    } else {
        "Whoever's policy enforces single sign-on goes to the identity provider."
    };
    let body = format!(
        "<p>{note}</p><form method=\"post\" action=\"/login\">{}{}<button>Continue</button></form>",
        input("E-mail", "email", query.get("email").unwrap_or(""), "type=\"email\" required autofocus"),
        hidden("saml", if without_saml { "false" } else { "" }),
    );
    page(200, WHOSE, "Log in to continue", "login", &body)
}

/// Sends the browser to the identity provider, or signs in with the password.
pub(super) async fn continue_to_idp(State(services): State<Shared>, body: Bytes) -> Response {
    let form = Form::read(&body);
    let email = form.get("email").trim().to_lowercase();
    let mut world = services.world();
    let account = world.organisation.account_by_email(&email);
    let enforces = account.map_or_else(
        || world.organisation.is_verified(&email) && default_enforces(&world),
        |account| world.sso.policy_of(account).is_some_and(|policy| policy.enforces_sso),
    );
    let by_password = form.get("saml") == "false" || !enforces;
    let saved = world.sso.saved.clone();
    match (by_password, saved) {
        (true, _) => match account.and_then(|key| world.organisation.accounts.get(key)).cloned() {
            Some(account) if account.is_active => {
                signed_in(&mut world, &account, "password", "with the password")
            }
            Some(_) => trouble(&mut world, &email, "user-deactivated"),
            None => trouble(&mut world, &email, "no-account"),
        },
        (false, None) => trouble(&mut world, &email, "saml-not-configured"),
        (false, Some(saved)) => {
            let id = format!("_{}", world.mint.hex(32));
            let issued = rfc3339(world.now_ms() / 1000 * 1000);
            let request = AuthnRequest {
                id: id.clone(),
                issuer: world.sso.sp_entity_id(),
                acs_url: world.sso.acs_url(),
            };
            let Some(path) = local_idp(&saved.sso_url) else {
                let text = format!("The browser would go to <code>{}</code> now.", escape(&saved.sso_url));
                return page(
                    502,
                    WHOSE,
                    "This page cannot be reached",
                    "idp-unreachable",
                    &format!("<p>{text}</p>"),
                );
            };
            let request = request.write(&saved.sso_url, &issued);
            world.sso.requests.insert(id);
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("SAMLRequest", &request)
                .append_pair("RelayState", "https://sandbox.atlassian.net")
                .finish();
            with_header(empty_answer(303), "location", &format!("{path}?{query}"))
        }
    }
}

fn default_enforces(world: &World) -> bool {
    world.sso.policies.iter().any(|policy| policy.is_default && policy.enforces_sso)
}

/// The ACS takes answers by POST only.
pub(super) async fn misdirected() -> Response {
    page(405, WHOSE, "This page takes answers of an identity provider", "misdirected", "")
}

/// The ACS.
pub(super) async fn consume(State(services): State<Shared>, query: Query, body: Bytes) -> Response {
    let form = Form::read(&body);
    let mut world = services.world();
    let is_ours = query.get("connection") == Some(format!("saml-{}", world.sso.unique).as_str());
    let Some(saved) = world.sso.saved.clone().filter(|_| is_ours) else {
        let why = if is_ours { "saml-not-configured" } else { "connection-not-found" };
        return trouble(&mut world, "", why);
    };
    let answered = match verify::read(form.get("SAMLResponse"), &saved.certificate) {
        Ok(answered) => answered,
        Err(refused) => return trouble(&mut world, "", refusal(refused)),
    };
    if let Err(why) = check(&mut world, &saved, &answered) {
        return trouble(&mut world, &answered.name_id, why);
    }
    let key = world.organisation.account_by_email(&answered.name_id);
    match key.and_then(|key| Some((key, world.organisation.accounts.get(key)?.clone()))) {
        Some((_, account)) if !account.is_active => {
            trouble(&mut world, &answered.name_id, "user-deactivated")
        }
        Some((key, account)) => {
            if world.sso.policy_of(key).is_some_and(|policy| policy.enforces_sso) {
                signed_in(&mut world, &account, "signed-in", "by single sign-on")
            } else {
                trouble(&mut world, &answered.name_id, "authentication-policy-strategy-mismatch")
            }
        }
        None => create(&mut world, &answered),
    }
}

/// The only text for certain is that of the thumbprint; the others are this sandbox's.
fn refusal(refused: Refused) -> &'static str {
    match refused {
        Refused::Unreadable => "Malformed SAML response",
        Refused::Unsigned => "Signature is missing",
        Refused::Thumbprint => "Invalid thumbprint",
        Refused::Signature => "Invalid signature",
    }
}

fn check(world: &mut World, saved: &SavedSaml, answered: &Answered) -> Result<(), &'static str> {
    let seconds = |text: &str| {
        text.parse::<Timestamp>().map(|at| at.as_second()).map_err(|_| "Malformed SAML response")
    };
    let now = world.now_ms() / 1000;
    let acs_url = world.sso.acs_url();
    if !answered.is_success {
        return Err("SAML response is not successful");
    }
    if answered.issuer != saved.entity_id {
        return Err("Issuer is invalid");
    }
    if answered.audience != world.sso.sp_entity_id() {
        return Err("Audience is invalid");
    }
    if answered.recipient != acs_url || answered.destination != acs_url {
        return Err("Recipient is invalid");
    }
    if now + SKEW_SECONDS < seconds(&answered.not_before)?
        || now - SKEW_SECONDS >= seconds(&answered.not_on_or_after)?
    {
        return Err("Assertion is expired or not yet valid");
    }
    // An answer without a request was started at the identity provider.
    if !answered.in_response_to.is_empty() && !world.sso.requests.remove(&answered.in_response_to) {
        return Err("InResponseTo is unknown");
    }
    Ok(())
}

/// Just-in-time provisioning: a verified domain whose new accounts are to sign in this way, and both names.
fn create(world: &mut World, answered: &Answered) -> Response {
    let named =
        |name: &str| answered.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value);
    let names = named(GIVEN_NAME).zip(named(SURNAME));
    let names = names.filter(|(given, family)| !given.is_empty() && !family.is_empty());
    let is_allowed = world.organisation.is_verified(&answered.name_id) && default_enforces(world);
    let Some((given, family)) = names.filter(|_| is_allowed) else {
        return trouble(world, &answered.name_id, "authentication-policy-strategy-mismatch");
    };
    let account = Account {
        id: world.mint.hex(24).into(),
        email: answered.name_id.as_str().into(),
        name: format!("{given} {family}").into(),
        is_managed: true,
        is_active: true,
        added: world.now_ms() / 1000,
        ..Account::default()
    };
    let shown = account.clone();
    world.organisation.add_account(account);
    signed_in(world, &shown, "created", "by single sign-on; the account is new")
}

fn signed_in(world: &mut World, account: &Account, outcome: &str, how: &str) -> Response {
    note(world, &account.email, outcome);
    let body = format!(
        "<p>Signed in as <strong>{}</strong> (<code>{}</code>) {how}.</p>",
        escape(&account.name),
        escape(&account.email)
    );
    page(200, WHOSE, "You are signed in", outcome, &body)
}

/// What Atlassian shows when it does not let somebody in: it says no more than this.
fn trouble(world: &mut World, name_id: &str, why: &str) -> Response {
    note(world, name_id, why);
    let address = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("error", "access_denied")
        .append_pair("error_description", why)
        .finish();
    let body = format!(
        "<p>Please try again with a different authentication method.</p><p><code>{}</code></p>",
        escape(&address.replace('+', "%20"))
    );
    page(403, WHOSE, "Hmm...We're having trouble logging you in.", why, &body)
}

fn note(world: &mut World, name_id: &str, outcome: &str) {
    world.sso.sign_ins.push(SignIn { name_id: name_id.to_owned(), outcome: outcome.to_owned() });
}

/// The SAML page of the console.
pub(super) async fn console(State(services): State<Shared>, Path(organisation): Path<String>) -> Response {
    let world = services.world();
    if organisation != world.organisation.id {
        return page(404, WHOSE, "There is no such organisation", "no-organisation", "");
    }
    let saved = world.sso.saved.clone();
    let is_saved = saved.is_some();
    let fields = saved.unwrap_or_default();
    let ours = if is_saved {
        format!(
            "<h2>Copy these to JumpCloud</h2><dl><dt>Service provider entity URL</dt><dd><code id=\"sp-entity-id\">{}</code></dd>\
             <dt>Service provider assertion consumer service URL</dt><dd><code id=\"acs-url\">{}</code></dd></dl>",
            escape(&world.sso.sp_entity_id()),
            escape(&world.sso.acs_url())
        )
    } else {
        "<p>The service provider's addresses are shown once this is saved.</p>".to_owned()
    };
    let body = format!(
        "<form method=\"post\" action=\"/o/{}/saml\">{}{}<label for=\"certificate\">Public x509 certificate</label>\
         <textarea id=\"certificate\" name=\"certificate\" required>{}</textarea><button>Save</button></form>{ours}",
        escape(&organisation),
        input("Identity provider Entity ID", "entity_id", &fields.entity_id, "required"),
        input("Identity provider SSO URL", "sso_url", &fields.sso_url, "required"),
        escape(&fields.certificate),
    );
    page(200, WHOSE, "SAML single sign-on", if is_saved { "saved" } else { "not-saved" }, &body)
}

/// Saves what was pasted. Only what is no certificate at a glance is refused; damage inside it shows at log-in.
pub(super) async fn save(
    State(services): State<Shared>,
    Path(organisation): Path<String>,
    body: Bytes,
) -> Response {
    let form = Form::read(&body);
    let mut world = services.world();
    if organisation != world.organisation.id {
        return page(404, WHOSE, "There is no such organisation", "no-organisation", "");
    }
    let saved = SavedSaml {
        entity_id: form.get("entity_id").trim().to_owned(),
        sso_url: form.get("sso_url").trim().to_owned(),
        certificate: form.get("certificate").to_owned(),
    };
    let has_marks =
        saved.certificate.contains("BEGIN CERTIFICATE") && saved.certificate.contains("END CERTIFICATE");
    if saved.entity_id.is_empty() || !saved.sso_url.starts_with("https://") || !has_marks {
        let text = "All three are needed: an entity ID, an address with https, and a whole certificate.";
        return page(400, WHOSE, "This cannot be saved", "invalid", &format!("<p>{text}</p>"));
    }
    world.sso.saved = Some(saved);
    with_header(empty_answer(303), "location", &format!("/o/{organisation}/saml"))
}
