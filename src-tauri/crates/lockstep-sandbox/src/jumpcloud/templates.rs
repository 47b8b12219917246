//! `/api/application-templates`: a few of the catalogue's templates.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::errors;
use super::paging::{Filter, Page};
use crate::services::{Query, Shared, json_answer};

/// Name, display name, whether SCIM provisioning exists, type of sign-on.
const TEMPLATES: [(&str, &str, bool, &str); 7] = [
    ("atlassiancloud", "Atlassian Cloud", true, "saml"),
    ("bookmark", "Bookmark", false, "bookmark"),
    ("github", "GitHub", false, "saml"),
    ("saml2", "Custom SAML App", false, "saml"),
    ("slack", "Slack", true, "saml"),
    ("zendesk", "Zendesk", true, "saml"),
    ("zoom", "Zoom", true, "saml"),
];

/// One entry of an application's `config`.
pub(crate) fn setting(kind: &str, label: &str, value: &Value, position: u32) -> Value {
    json!({"label": label, "type": kind, "value": value, "position": position, "readOnly": false,
        "required": true, "visible": true})
}

/// The `config` that an application of this template starts with.
pub(crate) fn default_config(template: &str) -> Map<String, Value> {
    let text = |label: &str, value: &str, position| setting("text", label, &value.into(), position);
    let mut config = Map::new();
    config.insert("idpEntityId".to_owned(), text("IdP Entity ID", &format!("jumpcloud-{template}"), 0));
    config.insert("spEntityId".to_owned(), text("SP Entity ID", "", 1));
    config.insert("acsUrl".to_owned(), text("ACS URL", "", 2));
    config.insert("idpInitUrl".to_owned(), text("Login URL", "", 3));
    config.insert("subjectField".to_owned(), text("SAMLSubject NameID", "email", 4));
    config.insert("signatureAlgorithm".to_owned(), text("Signature Algorithm", "RSA-SHA256", 5));
    config.insert("signAssertion".to_owned(), setting("boolean", "Sign Assertion", &true.into(), 6));
    config.insert("includeGroups".to_owned(), setting("boolean", "Include Groups", &false.into(), 7));
    let attributes = json!([
        {"name": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", "value": "firstname",
         "readOnly": true, "required": true, "visible": true},
        {"name": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", "value": "lastname",
         "readOnly": true, "required": true, "visible": true},
    ]);
    config.insert("databaseAttributes".to_owned(), setting("array", "User Attributes", &attributes, 8));
    config
}

/// Returns a template's display name and type of sign-on.
pub(crate) fn template(name: &str) -> Option<(&'static str, &'static str)> {
    TEMPLATES.iter().find(|(other, ..)| *other == name).map(|(_, label, _, kind)| (*label, *kind))
}

fn wire(services: &Shared, name: &str, label: &str, provisions: bool, kind: &str) -> Value {
    let world = services.world();
    let is_configured = world.source.applications.iter().any(|(_, application)| application.name == name);
    json!({
        "_id": id(name), "name": name, "displayName": label, "displayLabel": label, "active": true, "beta": false,
        "color": "#202D38", "config": default_config(name), "isConfigured": is_configured,
        "jit": {"attributes": []}, "keywords": [name], "learnMore": "", "logo": {"url": "", "color": ""},
        "provision": if provisions { json!({"type": "scim", "beta": false, "groups_supported": true}) } else { json!({}) },
        "sso": {"type": kind, "hidden": false, "beta": false, "jit": true},
        "ssoUrl": format!("https://sso.jumpcloud.com/saml2/{name}"), "status": "active",
    })
}

/// A template's id depends on its name alone.
fn id(name: &str) -> String {
    let sum = name.bytes().fold(0x9e37_79b9_7f4a_7c15_u64, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("5b3a8f2c{sum:016x}")
}

pub(super) async fn list(State(services): State<Shared>, query: Query) -> Response {
    let page = match Page::read(&query) {
        Ok(page) => page,
        Err(response) => return *response,
    };
    let filter = match Filter::v1(&query) {
        Ok(filter) => filter,
        Err(response) => return *response,
    };
    let hits: Vec<_> = TEMPLATES
        .iter()
        .filter(|(name, label, ..)| {
            filter.holds(|field| match field {
                "name" => Some((*name).into()),
                "displayName" | "displayLabel" => Some((*label).into()),
                _ => None,
            })
        })
        .collect();
    let rows: Vec<Value> = page
        .of(&hits)
        .iter()
        .map(|(name, label, scim, kind)| wire(&services, name, label, *scim, kind))
        .collect();
    json_answer(200, &json!({"totalCount": hits.len(), "results": rows}))
}

pub(super) async fn read(State(services): State<Shared>, Path(wanted): Path<String>) -> Response {
    match TEMPLATES.iter().find(|(name, ..)| id(name) == wanted) {
        Some((name, label, scim, kind)) => json_answer(200, &wire(&services, name, label, *scim, kind)),
        None => errors::not_found(),
    }
}
