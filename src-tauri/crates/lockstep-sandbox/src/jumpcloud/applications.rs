//! `/api/applications` and `/api/v2/applications`.
//!
//! PUT replaces everything: what is left out returns to the template's default, and a left-out certificate is
//! made anew.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::errors;
use super::paging::{Fields, Filter, Page};
use super::templates::{default_config, setting, template};
use crate::services::{Query, Shared, answer, empty_answer, json_answer, read_json, text, with_header};
use crate::sso::keys::Certificate;
use crate::world::source::Application;
use crate::world::{World, rfc3339};

/// Members that have a place of their own in [`Application`], or are the service's to write.
const OWN_MEMBERS: [&str; 13] = [
    "_id",
    "id",
    "name",
    "displayName",
    "displayLabel",
    "description",
    "ssoUrl",
    "sso",
    "active",
    "config",
    "created",
    "organization",
    "logo",
];

fn wire(world: &World, application: &Application) -> Map<String, Value> {
    let mut wire = application.extra.clone();
    let expires = rfc3339(application.certificate.not_after * 1000);
    let mut config = application.config.clone();
    if application.sso_type == "saml" && !config.contains_key("idpCertificate") {
        let certificate = setting("file", "IdP Certificate", &application.certificate.value().into(), 9);
        config.insert("idpCertificate".to_owned(), certificate);
    }
    let picture = application.picture.as_ref().map_or_else(String::new, |_| {
        format!("https://cdn.jumpcloud.example/applications/{}/logo", application.id)
    });
    let mut put = |name: &str, value: Value| wire.insert(name.to_owned(), value);
    put("_id", json!(application.id));
    put("name", json!(application.name));
    put("displayName", json!(application.display_name));
    put("displayLabel", json!(application.display_label));
    put("description", json!(application.description));
    put("active", json!(application.is_active));
    put("beta", json!(false));
    put("color", json!("#202D38"));
    put("created", json!(rfc3339(application.id.seconds() * 1000)));
    put("organization", json!(world.source.organisation));
    put("logo", json!({"url": picture, "color": "#202D38"}));
    put("learnMore", json!(""));
    put("ssoUrl", json!(application.sso_url));
    put("config", Value::Object(config));
    put("databaseAttributes", json!([]));
    put(
        "sso",
        json!({"type": application.sso_type, "hidden": application.is_hidden, "beta": false, "jit": true,
            "idpCertExpirationAt": expires}),
    );
    wire
}

/// V2's picture of an application: no `config`, sign-on and provisioning in objects of their own.
fn wire_v2(world: &World, application: &Application) -> Map<String, Value> {
    let mut wire = self::wire(world, application);
    wire.remove("config");
    wire.remove("databaseAttributes");
    wire.insert("catalogItem".to_owned(), json!({}));
    wire.insert("provision".to_owned(), Value::Null);
    wire.insert("status".to_owned(), "active".into());
    let expires = rfc3339(application.certificate.not_after * 1000);
    wire.insert(
        "sso".to_owned(),
        json!({"type": application.sso_type, "url": application.sso_url, "active": application.is_active,
            "hidden": application.is_hidden, "beta": false, "idpCertExpirationAt": expires, "certExpired": false,
            "jit": {"supported": true, "enabled": false}}),
    );
    wire
}

fn rows(world: &World, query: &Query) -> Result<(Page, Vec<u32>), Box<Response>> {
    let page = Page::read(query)?;
    let filter = Filter::v1(query)?;
    let applications = &world.source.applications;
    let holds = |key: &u32| {
        applications.get(*key).is_some_and(|application| {
            filter.holds(|field| match field {
                "name" => Some(application.name.as_str().into()),
                "displayLabel" => Some(application.display_label.as_str().into()),
                "displayName" => Some(application.display_name.as_str().into()),
                "_id" => Some(application.id.to_string().into()),
                _ => None,
            })
        })
    };
    let mut keys: Vec<u32> = applications.keys().iter().filter(holds).collect();
    if query.get("sort").unwrap_or("name") == "name" {
        keys.sort_by_cached_key(|key| applications.get(*key).map(|application| application.name.clone()));
    }
    Ok((page, keys))
}

pub(super) async fn list(State(services): State<Shared>, query: Query) -> Response {
    let world = services.world();
    let (page, keys) = match rows(&world, &query) {
        Ok(rows) => rows,
        Err(response) => return *response,
    };
    let fields = Fields::read(query.get("fields"));
    let row = |key: &u32| {
        let mut wire = wire(&world, world.source.applications.get(*key)?);
        fields.keep(&mut wire);
        Some(Value::Object(wire))
    };
    let results: Vec<Value> = page.of(&keys).iter().filter_map(row).collect();
    json_answer(200, &json!({"totalCount": keys.len(), "results": results}))
}

pub(super) async fn list_v2(State(services): State<Shared>, query: Query) -> Response {
    let world = services.world();
    let (page, keys) = match rows(&world, &query) {
        Ok(rows) => rows,
        Err(response) => return *response,
    };
    let row = |key: &u32| Some(Value::Object(wire_v2(&world, world.source.applications.get(*key)?)));
    let results: Vec<Value> = page.of(&keys).iter().filter_map(row).collect();
    with_header(json_answer(200, &results), "x-total-count", &keys.len().to_string())
}

fn one(services: &Shared, id: &str, wire: fn(&World, &Application) -> Map<String, Value>) -> Response {
    let world = services.world();
    match world.source.application(id).and_then(|key| world.source.applications.get(key)) {
        Some(application) => json_answer(200, &wire(&world, application)),
        None => errors::not_found(),
    }
}

pub(super) async fn read(State(services): State<Shared>, Path(id): Path<String>) -> Response {
    one(&services, &id, wire)
}

pub(super) async fn read_v2(State(services): State<Shared>, Path(id): Path<String>) -> Response {
    one(&services, &id, wire_v2)
}

pub(super) async fn create(State(services): State<Shared>, body: Bytes) -> Response {
    let Ok(Value::Object(body)) = read_json(&body) else { return errors::not_json() };
    let mut world = services.world();
    let mut application = Application { id: world.mint.object_id(), ..Application::default() };
    if let Err(response) = read_into(&mut world, &mut application, &body) {
        return *response;
    }
    let wire = wire(&world, &application);
    note(&mut world, &application, "application_create");
    world.source.applications.insert(application);
    json_answer(200, &wire)
}

pub(super) async fn update(State(services): State<Shared>, Path(id): Path<String>, body: Bytes) -> Response {
    let Ok(Value::Object(body)) = read_json(&body) else { return errors::not_json() };
    let mut world = services.world();
    let Some(key) = world.source.application(&id) else { return errors::not_found() };
    let Some(before) = world.source.applications.get(key).cloned() else { return errors::not_found() };
    let mut application = Application {
        id: before.id,
        groups: before.groups,
        people: before.people,
        picture: before.picture,
        certificate: before.certificate,
        ..Application::default()
    };
    if let Err(response) = read_into(&mut world, &mut application, &body) {
        return *response;
    }
    let wire = wire(&world, &application);
    note(&mut world, &application, "application_update");
    if let Some(slot) = world.source.applications.get_mut(key) {
        *slot = application;
    }
    json_answer(200, &wire)
}

pub(super) async fn delete(State(services): State<Shared>, Path(id): Path<String>) -> Response {
    let mut world = services.world();
    let Some(key) = world.source.application(&id) else { return errors::not_found() };
    world.source.edges_changed();
    let Some(application) = world.source.applications.remove(key) else { return errors::not_found() };
    note(&mut world, &application, "application_delete");
    json_answer(200, &wire(&world, &application))
}

fn note(world: &mut World, application: &Application, event_type: &'static str) {
    let mut body = Map::new();
    body.insert(
        "resource".to_owned(),
        json!({"id": application.id, "type": "application",
        "name": application.name, "displayLabel": application.display_label}),
    );
    world.note(event_type, "api key", body);
}

fn read_into(
    world: &mut World,
    application: &mut Application,
    body: &Map<String, Value>,
) -> Result<(), Box<Response>> {
    let whole = Value::Object(body.clone());
    let name = text(&whole, "name");
    if name.is_empty() {
        return Err(Box::new(errors::status_error(400, "name is required")));
    }
    let sso = body.get("sso").cloned().unwrap_or_default();
    let (label, kind) = template(name).unwrap_or(("Custom App", "saml"));
    name.clone_into(&mut application.name);
    application.sso_type = if text(&sso, "type").is_empty() { kind } else { text(&sso, "type") }.to_owned();
    let sso_url = text(&whole, "ssoUrl");
    match (application.sso_type.as_str(), sso_url.is_empty()) {
        ("oidc", false) => {
            return Err(Box::new(errors::status_error(400, "ssoUrl is not allowed for OIDC apps")));
        }
        ("saml", true) => return Err(Box::new(errors::status_error(400, "The IdP URL is required"))),
        _ => {}
    }
    sso_url.clone_into(&mut application.sso_url);
    application.display_name = or(text(&whole, "displayName"), label);
    application.display_label = or(text(&whole, "displayLabel"), label);
    if text(&whole, "description").chars().count() > 256 {
        return Err(Box::new(errors::status_error(400, "description is longer than 256 characters")));
    }
    text(&whole, "description").clone_into(&mut application.description);
    application.is_active = body.get("active").and_then(Value::as_bool).unwrap_or(true);
    application.is_hidden = sso.get("hidden").and_then(Value::as_bool).unwrap_or(false);
    application.config = default_config(name);
    for (key, given) in body.get("config").and_then(Value::as_object).into_iter().flatten() {
        // A minimal `{"value": …}` is enough: label, type and position are the template's.
        let entry = application.config.entry(key.clone()).or_insert_with(|| json!({}));
        if let (Some(entry), Some(given)) = (entry.as_object_mut(), given.as_object()) {
            entry.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
    }
    // The certificate that is in force stays where it is sent back; left out, a new one is made, and whoever trusts
    // the old one trusts nobody any more.
    let given = application.config.get("idpCertificate").map(|entry| text(entry, "value").to_owned());
    match given {
        Some(given)
            if application.certificate.serial != 0
                && is_same_certificate(&given, application.certificate) =>
        {
            application.config.remove("idpCertificate");
        }
        Some(given) if !given.is_empty() => {}
        _ => {
            application.config.remove("idpCertificate");
            application.certificate = new_certificate(world);
        }
    }
    let others = body.iter().filter(|(name, _)| !OWN_MEMBERS.contains(&name.as_str()));
    application.extra = others.map(|(name, value)| (name.clone(), value.clone())).collect();
    Ok(())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn or(given: &str, default: &str) -> String {
    if given.is_empty() { default.to_owned() } else { given.to_owned() }
}

/// A new certificate of JumpCloud's making.
pub(crate) fn new_certificate(world: &mut World) -> Certificate {
    let now = world.now_ms() / 1000;
    Certificate::new(u64::from(world.mint.below(u32::MAX)) + 1, now)
}

/// Base64 of the PEM text, and the PEM text itself, are the same certificate.
fn is_same_certificate(given: &str, certificate: Certificate) -> bool {
    let value = certificate.value();
    given == value || given.trim() == certificate.pem().trim()
}

/// `POST /api/v2/applications/{id}/logo`: `multipart/form-data` with the part `image`.
pub(super) async fn set_logo(
    State(services): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut world = services.world();
    let Some(key) = world.source.application(&id) else { return errors::not_found() };
    let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let picture = match part(kind, &body, "image") {
        Some(picture) if is_picture(&picture) => picture,
        Some(_) => return errors::status_error(400, "image must be a PNG, JPEG, GIF or SVG picture"),
        None => return errors::status_error(400, "image is required"),
    };
    if let Some(application) = world.source.applications.get_mut(key) {
        application.picture = Some((picture, kind.to_owned()));
    }
    empty_answer(204)
}

/// `DELETE /api/v2/applications/{id}/logo`
pub(super) async fn delete_logo(State(services): State<Shared>, Path(id): Path<String>) -> Response {
    let mut world = services.world();
    let key = world.source.application(&id);
    match key.and_then(|key| world.source.applications.get_mut(key)) {
        Some(application) => {
            application.picture = None;
            empty_answer(204)
        }
        None => errors::not_found(),
    }
}

/// Returns the content of a part of a multipart body.
fn part(content_type: &str, body: &Bytes, name: &str) -> Option<Bytes> {
    let boundary = content_type.strip_prefix("multipart/form-data;")?.split_once("boundary=")?.1;
    let mark = format!("--{}", boundary.trim().trim_matches('"')).into_bytes();
    let mut rest = 0;
    while let Some(at) = find(body, &mark, rest) {
        let start = at + mark.len();
        let end = find(body, &mark, start)?;
        let head_end = find(body, b"\r\n\r\n", start).filter(|head_end| *head_end < end)?;
        let head = String::from_utf8_lossy(body.get(start..head_end)?).to_lowercase();
        if head.contains(&format!("name=\"{name}\"")) {
            // The line break before the next mark belongs to the mark.
            return (head_end + 4 <= end.saturating_sub(2)).then(|| body.slice(head_end + 4..end - 2));
        }
        rest = end;
    }
    None
}

fn find(body: &[u8], mark: &[u8], from: usize) -> Option<usize> {
    let rest = body.get(from..)?;
    rest.windows(mark.len()).position(|window| window == mark).map(|at| from + at)
}

fn is_picture(bytes: &[u8]) -> bool {
    let starts: [&[u8]; 4] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"<svg"];
    starts.iter().any(|start| bytes.starts_with(start)) || bytes.starts_with(b"<?xml")
}

/// `GET /api/organizations/{org}/applications/{id}/metadata.xml`
pub(super) async fn metadata(
    State(services): State<Shared>,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    let world = services.world();
    let application = world.source.application(&id).and_then(|key| world.source.applications.get(key));
    let Some(application) = application else { return errors::not_found() };
    let value = |key: &str| application.config.get(key).map_or("", |entry| text(entry, "value"));
    let certificate = STANDARD.encode(application.certificate.der());
    let certificate = match STANDARD.decode(value("idpCertificate")) {
        Ok(pem) if !pem.is_empty() => {
            String::from_utf8_lossy(&pem).lines().filter(|line| !line.starts_with("-----")).collect()
        }
        _ => certificate,
    };
    let metadata = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<md:EntityDescriptor \
         xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{}\"><md:IDPSSODescriptor \
         WantAuthnRequestsSigned=\"false\" protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         <md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
         <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
         <md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat>\
         <md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"{1}\"/>\
         <md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"{}\"/>\
         </md:IDPSSODescriptor></md:EntityDescriptor>\n",
        escape(value("idpEntityId")),
        escape(&application.sso_url)
    );
    answer(200, "application/xml", metadata)
}
