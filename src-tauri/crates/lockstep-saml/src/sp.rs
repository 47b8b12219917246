//! The two values that Atlassian gives: SP entity ID and assertion consumer service URL, as they were pasted.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Where Atlassian's values live (support.atlassian.com, seen 2026-11).
const HOST: &str = "auth.atlassian.com";

/// What is known beside the two values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(default)]
pub struct SpContext {
    /// Whether values of the sandbox, on loopback, are allowed.
    pub loopback: Loopback,
    /// Entity ID that this connection has had so far.
    pub current_entity_id: Option<String>,
    /// Entity IDs of other connections.
    pub used: Vec<UsedEntityId>,
}

/// An entity ID that another connection has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct UsedEntityId {
    /// The connection's name.
    pub connection: String,
    /// Its SP entity ID.
    pub entity_id: String,
}

/// Whether addresses on this computer are allowed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Loopback {
    /// Only Atlassian's own.
    #[default]
    Refused,
    /// The sandbox's too.
    Allowed,
}

/// The two values, judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct SpReading {
    /// SP entity ID as it should be stored, where it is right.
    pub entity_id: Option<String>,
    /// ACS URL as it should be stored, where it is right.
    pub acs_url: Option<String>,
    /// The id that both share.
    pub id: Option<String>,
    /// What is wrong, or was put right.
    pub problems: Vec<SpProblem>,
}

impl SpReading {
    /// Whether both can be stored.
    pub fn is_accepted(&self) -> bool {
        self.entity_id.is_some()
            && self.acs_url.is_some()
            && self.problems.iter().all(|problem| problem.is_repaired)
    }
}

/// One of the two fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SpField {
    /// Service provider entity URL.
    EntityId,
    /// Service provider assertion consumer service URL.
    AcsUrl,
}

/// What can be wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SpProblemKind {
    /// Nothing there.
    Empty,
    /// Each is in the other's field.
    Swapped,
    /// The same value in both fields.
    SameValue,
    /// Spaces, line ends or quotation marks around it.
    Surrounded,
    /// Spaces within it.
    SpacesWithin,
    /// Percent-encoded.
    UrlEncoded,
    /// A slash at the end.
    TrailingSlash,
    /// No address.
    NotAnAddress,
    /// Not `https`.
    NotHttps,
    /// A value of JumpCloud's side.
    IdpValue,
    /// The site's address.
    SiteAddress,
    /// Another host.
    OtherHost,
    /// Another path or parameter.
    OtherShape,
    /// The id is missing or has characters that an id does not have.
    BadId,
    /// The two are of different Atlassian configurations.
    DifferentIds,
    /// They belong to the Atlassian organisation of another connection.
    UsedElsewhere,
    /// They are not the ones that this connection has had.
    Changed,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct SpProblem {
    /// Which field.
    pub field: SpField,
    /// What kind.
    pub kind: SpProblemKind,
    /// What is wrong and what to do, in a sentence or two.
    pub text: String,
    /// Whether the reading has it right already.
    pub is_repaired: bool,
}

/// Judges the two values as they were pasted.
pub fn check_sp_values(entity_id: &str, acs_url: &str, context: &SpContext) -> SpReading {
    let mut reading = SpReading::default();
    let entity = tidy(entity_id, SpField::EntityId, &mut reading.problems);
    let acs = tidy(acs_url, SpField::AcsUrl, &mut reading.problems);
    if entity.is_empty() || acs.is_empty() {
        for (value, field) in [(&entity, SpField::EntityId), (&acs, SpField::AcsUrl)] {
            if value.is_empty() {
                problem(
                    &mut reading,
                    field,
                    SpProblemKind::Empty,
                    format!("{} is empty. Copy it from Atlassian.", name(field)),
                );
            }
        }
    }
    let (entity_fits, acs_fits) = (read_entity(&entity, context.loopback), read_acs(&acs, context.loopback));
    if read_acs(&entity, context.loopback).is_ok() && read_entity(&acs, context.loopback).is_ok() {
        let text = "The two values are in each other's fields. Swap them.".to_owned();
        problem(&mut reading, SpField::EntityId, SpProblemKind::Swapped, text);
        return reading;
    }
    if !entity.is_empty() && entity == acs {
        let text =
            "Both fields hold the same value. Atlassian shows two different ones; copy each.".to_owned();
        let field = if entity_fits.is_ok() { SpField::AcsUrl } else { SpField::EntityId };
        problem(&mut reading, field, SpProblemKind::SameValue, text);
        return reading;
    }
    let mut take = |value: &str, fits: Result<Parts, SpProblemKind>, field| match fits {
        Ok(parts) => Some(parts),
        Err(_) if value.is_empty() => None,
        Err(kind) => {
            problem(&mut reading, field, kind, sentence(field, kind, value));
            None
        }
    };
    let entity_parts = take(&entity, entity_fits, SpField::EntityId);
    let acs_parts = take(&acs, acs_fits, SpField::AcsUrl);
    if let (Some(one), Some(other)) = (&entity_parts, &acs_parts)
        && one != other
    {
        let text = format!(
            "The values are of two different configurations: the entity ID ends in {}, the ACS URL in {}. Copy both from the same page.",
            one.id, other.id
        );
        problem(&mut reading, SpField::AcsUrl, SpProblemKind::DifferentIds, text);
    }
    reading.id = entity_parts.as_ref().or(acs_parts.as_ref()).map(|parts| parts.id.clone());
    check_tenant(&entity, entity_parts.as_ref(), context, &mut reading);
    reading.entity_id = entity_parts.map(|_| entity);
    reading.acs_url = acs_parts.map(|_| acs);
    reading
}

/// Compares with what is known of this connection and of others.
fn check_tenant(entity: &str, parts: Option<&Parts>, context: &SpContext, reading: &mut SpReading) {
    let Some(parts) = parts else { return };
    let is_same = |other: &str| read_entity(other.trim(), Loopback::Allowed).as_ref() == Ok(parts);
    if let Some(used) = context.used.iter().find(|used| is_same(&used.entity_id)) {
        let text = format!(
            "These values belong to the connection {}. Open the right organisation in Atlassian and copy its own.",
            used.connection
        );
        problem(reading, SpField::EntityId, SpProblemKind::UsedElsewhere, text);
    } else if let Some(current) = context.current_entity_id.as_deref().filter(|current| !is_same(current)) {
        let text = format!(
            "This connection has had {current}; {entity} is of another Atlassian configuration. Check that it is the right organisation."
        );
        reading.problems.push(SpProblem {
            field: SpField::EntityId,
            kind: SpProblemKind::Changed,
            text,
            is_repaired: true,
        });
    }
}

/// What makes two values belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    origin: String,
    id: String,
}

fn read_entity(value: &str, loopback: Loopback) -> Result<Parts, SpProblemKind> {
    let url = address(value, loopback)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(SpProblemKind::OtherShape);
    }
    let (path, id) = url.path().rsplit_once('/').ok_or(SpProblemKind::OtherShape)?;
    if !is_path(&url, path, "/saml") {
        return Err(SpProblemKind::OtherShape);
    }
    parts(&url, id)
}

fn read_acs(value: &str, loopback: Loopback) -> Result<Parts, SpProblemKind> {
    let url = address(value, loopback)?;
    if !is_path(&url, url.path(), "/login/callback") || url.fragment().is_some() {
        return Err(SpProblemKind::OtherShape);
    }
    let mut connections = url.query_pairs().filter(|(key, _)| key == "connection");
    let (_, connection) = connections.next().ok_or(SpProblemKind::OtherShape)?;
    if connections.next().is_some() || url.query_pairs().count() != 1 {
        return Err(SpProblemKind::OtherShape);
    }
    parts(&url, connection.strip_prefix("saml-").ok_or(SpProblemKind::OtherShape)?)
}

/// The path must be exactly Atlassian's; the sandbox may have something before it.
fn is_path(url: &Url, path: &str, wanted: &str) -> bool {
    if is_loopback(url) { path.ends_with(wanted) } else { path == wanted }
}

fn parts(url: &Url, id: &str) -> Result<Parts, SpProblemKind> {
    let is_id = !id.is_empty()
        && id.len() <= 128
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if !is_id {
        return Err(SpProblemKind::BadId);
    }
    Ok(Parts { origin: url.origin().ascii_serialization(), id: id.to_owned() })
}

fn address(value: &str, loopback: Loopback) -> Result<Url, SpProblemKind> {
    if value.chars().any(char::is_whitespace) {
        return Err(SpProblemKind::SpacesWithin);
    }
    let url = Url::parse(value).map_err(|_| SpProblemKind::NotAnAddress)?;
    if !url.has_host() {
        return Err(SpProblemKind::NotAnAddress);
    }
    if loopback == Loopback::Allowed && is_loopback(&url) {
        return Ok(url);
    }
    let host = url.host_str().unwrap_or_default();
    if host.ends_with("jumpcloud.com") {
        return Err(SpProblemKind::IdpValue);
    }
    if host.ends_with(".atlassian.net") || host.ends_with(".jira.com") || host == "admin.atlassian.com" {
        return Err(SpProblemKind::SiteAddress);
    }
    if host != HOST || url.port().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err(SpProblemKind::OtherHost);
    }
    if url.scheme() != "https" {
        return Err(SpProblemKind::NotHttps);
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(domain)) => domain == "localhost",
        None => false,
    }
}

/// Puts right what copying does to a value.
fn tidy(value: &str, field: SpField, problems: &mut Vec<SpProblem>) -> String {
    let mut note = |kind, text: &str| {
        problems.push(SpProblem { field, kind, text: format!("{} {text}", name(field)), is_repaired: true });
    };
    let is_around = |c: char| {
        c.is_whitespace()
            || matches!(c, '"' | '\'' | '`' | '<' | '>' | ',' | ';' | '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\u{2018}'..='\u{201F}')
    };
    let mut tidied = value.trim_matches(is_around).to_owned();
    if tidied != value && !tidied.is_empty() {
        note(SpProblemKind::Surrounded, "had spaces or quotation marks around it; they were left out.");
    }
    let lower = tidied.to_ascii_lowercase();
    if (lower.starts_with("https%3a") || lower.contains("connection%3d"))
        && let Ok(decoded) = percent_encoding::percent_decode_str(&tidied).decode_utf8()
    {
        tidied = decoded.into_owned();
        note(SpProblemKind::UrlEncoded, "was URL-encoded; it was decoded.");
    }
    if tidied.ends_with('/') && !tidied.ends_with("/saml/") && tidied.matches('/').count() > 3 {
        tidied = tidied.trim_end_matches('/').to_owned();
        note(SpProblemKind::TrailingSlash, "ended with a slash; it was left out.");
    }
    tidied
}

fn problem(reading: &mut SpReading, field: SpField, kind: SpProblemKind, text: String) {
    reading.problems.push(SpProblem { field, kind, text, is_repaired: false });
}

fn name(field: SpField) -> &'static str {
    match field {
        SpField::EntityId => "The SP Entity ID",
        SpField::AcsUrl => "The SP ACS URL",
    }
}

fn sentence(field: SpField, kind: SpProblemKind, value: &str) -> String {
    let shape = match field {
        SpField::EntityId => "https://auth.atlassian.com/saml/… (Service provider entity URL)",
        SpField::AcsUrl => {
            "https://auth.atlassian.com/login/callback?connection=saml-… (Service provider assertion consumer service URL)"
        }
    };
    let name = name(field);
    let what = match kind {
        SpProblemKind::SpacesWithin => "has spaces or line ends within it".to_owned(),
        SpProblemKind::NotAnAddress => "is no address".to_owned(),
        SpProblemKind::NotHttps => "must begin with https://".to_owned(),
        SpProblemKind::IdpValue => "is a value of JumpCloud's side".to_owned(),
        SpProblemKind::SiteAddress => "is the address of a page or site, not the value for SAML".to_owned(),
        SpProblemKind::OtherHost => format!("is of another host than {HOST}"),
        SpProblemKind::BadId => "lacks the id at its end, or the id was cut or changed".to_owned(),
        _ => "is not written as Atlassian writes it".to_owned(),
    };
    let shown: String = value.chars().take(120).collect();
    format!("{name} {what}: {shown}. Atlassian shows it as {shape}; copy it with the button beside it.")
}
