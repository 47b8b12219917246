//! JumpCloud's page: `https://sso.jumpcloud.com/saml2/{name}`.

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use serde_json::Value;
use url::Url;

use super::form::Form;
use super::page::{escape, hidden, input, page};
use super::request::AuthnRequest;
use super::response::SamlResponse;
use crate::services::{Query, Shared, text};
use crate::world::source::{Application, Person, PersonState};
use crate::world::{World, rfc3339};

const WHOSE: &str = "JumpCloud";
/// People who are offered by name; others can be typed.
const OFFERED: usize = 60;
/// How long an assertion holds.
const LIFE_SECONDS: i64 = 600;
/// How long before it was made it holds already.
const EARLY_SECONDS: i64 = 60;

fn refuse(status: u16, title: &str, outcome: &str, text: &str) -> Response {
    page(status, WHOSE, title, outcome, &format!("<p>{}</p>", escape(text)))
}

/// Finds the application by the last part of its IdP URL.
fn application(world: &World, name: &str) -> Result<u32, Box<Response>> {
    let ends_so = |application: &Application| {
        application.sso_url.rsplit_once("/saml2/").is_some_and(|(_, slug)| slug.trim_end_matches('/') == name)
    };
    let found: Vec<u32> = world
        .source
        .applications
        .iter()
        .filter(|(_, application)| ends_so(application))
        .map(|(key, _)| key)
        .collect();
    match found.as_slice() {
        [key] if world.source.applications.get(*key).is_some_and(|application| application.is_active) => {
            Ok(*key)
        }
        [_] => Err(Box::new(refuse(
            403,
            "This application is switched off",
            "application-inactive",
            "An administrator has to activate it in JumpCloud.",
        ))),
        [] => Err(Box::new(refuse(
            404,
            "There is no such application",
            "no-application",
            &format!("No application of this JumpCloud organisation has an IdP URL that ends in {name}."),
        ))),
        _ => Err(Box::new(refuse(
            409,
            "Several applications have this IdP URL",
            "ambiguous-url",
            &format!("Each application needs an IdP URL of its own; several end in {name}."),
        ))),
    }
}

/// Asks who signs in.
pub(super) async fn choose(
    State(services): State<Shared>,
    Path(name): Path<String>,
    query: Query,
) -> Response {
    let mut world = services.world();
    let key = match application(&world, &name) {
        Ok(key) => key,
        Err(response) => return *response,
    };
    let everybody = world.source.everybody_of(key);
    let people = everybody.iter().take(OFFERED).filter_map(|person| world.source.people.get(person));
    let options: String = people
        .map(|person| {
            format!("<option value=\"{}\">{}</option>", escape(&person.username), escape(&person.displayname))
        })
        .collect();
    let label = world.source.applications.get(key).map_or("", |it| it.display_label.as_str()).to_owned();
    let request = query.get("SAMLRequest").unwrap_or("");
    let relay = query.get("RelayState").unwrap_or("");
    let body = format!(
        "<p>Somebody goes to <strong>{}</strong>. The real page asks for a password; here you choose who it is.</p>\
         <form method=\"post\" action=\"/saml2/{}\">{}{}{}<datalist id=\"people\">{options}</datalist>\
         <button>Sign in</button></form>",
        escape(&label),
        escape(&name),
        input("User name or e-mail", "person", "", "list=\"people\" required autofocus"),
        hidden("SAMLRequest", request),
        hidden("RelayState", relay),
    );
    page(200, WHOSE, "Sign in", "choose", &body)
}

/// Signs somebody on: a page whose form brings the answer to Atlassian.
pub(super) async fn sign_on(
    State(services): State<Shared>,
    Path(name): Path<String>,
    body: Bytes,
) -> Response {
    let form = Form::read(&body);
    let mut world = services.world();
    let key = match application(&world, &name) {
        Ok(key) => key,
        Err(response) => return *response,
    };
    let request = match form.get("SAMLRequest") {
        "" => None,
        value => match AuthnRequest::read(value) {
            Some(request) => Some(request),
            None => {
                return refuse(400, "The request cannot be read", "bad-request", "SAMLRequest is not one.");
            }
        },
    };
    let typed = form.get("person").trim();
    let person = world.source.person(typed);
    let Some((person_key, person)) =
        person.and_then(|key| Some((key, world.source.people.get(key)?.clone())))
    else {
        return refuse(
            401,
            "Nobody has this name",
            "no-person",
            &format!("There is no {typed} in JumpCloud."),
        );
    };
    if person.state != PersonState::Activated || person.password_expired || person.account_locked {
        let text =
            format!("{typed} cannot sign in: suspended, staged, locked out, or the password has expired.");
        return refuse(403, "This person cannot sign in", "person-inactive", &text);
    }
    if !world.source.everybody_of(key).contains(person_key) {
        let text = format!("{typed} is in no group that this application is bound to.");
        return refuse(403, "You do not have access to this application", "not-assigned", &text);
    }
    let Some(application) = world.source.applications.get(key).cloned() else {
        return refuse(404, "There is no such application", "no-application", "");
    };
    let response = response(&mut world, &application, &person, request);
    let saml = response.sign(application.certificate);
    handed_over(&response.acs_url, &saml, form.get("RelayState"))
}

fn setting<'a>(application: &'a Application, key: &str) -> &'a str {
    application.config.get(key).map_or("", |entry| text(entry, "value"))
}

fn is_on(application: &Application, key: &str) -> bool {
    let value = application.config.get(key).and_then(|entry| entry.get("value"));
    value.and_then(Value::as_bool).unwrap_or(false)
}

fn response(
    world: &mut World,
    application: &Application,
    person: &Person,
    request: Option<AuthnRequest>,
) -> SamlResponse {
    let now = world.now_ms() / 1000 + world.sso.idp_clock_seconds;
    let at = |seconds: i64| rfc3339((now + seconds) * 1000);
    let subject = match setting(application, "subjectField") {
        "" => "email",
        field => field,
    };
    let signs_assertion = is_on(application, "signAssertion");
    SamlResponse {
        response_id: format!("_{}", world.mint.hex(32)),
        assertion_id: format!("_{}", world.mint.hex(32)),
        issuer: setting(application, "idpEntityId").to_owned(),
        acs_url: setting(application, "acsUrl").to_owned(),
        audience: setting(application, "spEntityId").to_owned(),
        name_id: person.text(subject).unwrap_or("").to_owned(),
        attributes: attributes(application, person),
        in_response_to: request.map(|request| request.id),
        issued: at(0),
        not_before: at(-EARLY_SECONDS),
        not_on_or_after: at(LIFE_SECONDS),
        signs_assertion,
        // Something is always signed.
        signs_response: is_on(application, "signResponse") || !signs_assertion,
    }
}

/// The user attributes of the application, and its constant ones.
fn attributes(application: &Application, person: &Person) -> Vec<(String, String)> {
    let list = |key: &str| {
        let entries = application.config.get(key).and_then(|entry| entry.get("value")?.as_array());
        entries.cloned().unwrap_or_default()
    };
    let of_person = list("databaseAttributes").into_iter().map(|entry| {
        let value = person.text(text(&entry, "value")).unwrap_or("").to_owned();
        (text(&entry, "name").to_owned(), value)
    });
    let constant = list("constantAttributes")
        .into_iter()
        .map(|entry| (text(&entry, "name").to_owned(), text(&entry, "value").to_owned()));
    of_person.chain(constant).filter(|(name, _)| !name.is_empty()).collect()
}

/// Whether an address is Atlassian's ACS, and the page that plays it.
fn local_acs(acs_url: &str) -> Option<String> {
    let url = Url::parse(acs_url).ok()?;
    let is_atlassian = url.scheme() == "https" && url.host_str() == Some("auth.atlassian.com");
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    is_atlassian.then(|| format!("{}{query}", url.path()))
}

fn handed_over(acs_url: &str, saml: &str, relay: &str) -> Response {
    let copy = format!(
        "<label for=\"copy\">SAMLResponse</label><textarea id=\"copy\" readonly>{}</textarea>",
        escape(saml)
    );
    let Some(action) = local_acs(acs_url) else {
        let body = format!(
            "<p>The browser would post the answer to <code>{}</code> now, and that is no ACS URL of Atlassian.</p>{copy}",
            escape(acs_url)
        );
        return page(200, WHOSE, "The answer goes nowhere", "no-acs", &body);
    };
    let body = format!(
        "<p>The real page goes on by itself. The answer is posted to <code>{}</code>.</p>\
         <form method=\"post\" action=\"{}\">{}{}<button autofocus>Continue to Atlassian</button></form>{copy}",
        escape(acs_url),
        escape(&action),
        hidden("SAMLResponse", saml),
        hidden("RelayState", relay),
    );
    page(200, WHOSE, "Signed in to JumpCloud", "answered", &body)
}
