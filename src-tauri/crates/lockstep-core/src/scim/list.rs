//! ListResponse (RFC 7644 §3.4.2): pages of users and groups. `startIndex` is 1-based.

use serde::Deserialize;
use serde::de::MapAccess;

use super::error::ScimReadError;
use super::fields::{Fields, Object, Objects};
use super::group::WireGroup;
use super::pool::IdPool;
use super::user::WireUser;
use crate::lenient::Text;
use crate::snapshot::target::{TargetGroup, TargetUser};

/// One page. The numbers are what the server claims; a reader advances by `resources.len()` and trusts none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The page's resources, in the server's order; may hold what earlier pages held.
    pub resources: Vec<T>,
    /// `totalResults`, where given.
    pub total_results: Option<u64>,
    /// `startIndex`, where given; 1-based.
    pub start_index: Option<u64>,
    /// `itemsPerPage`, where given; not the page size asked for.
    pub items_per_page: Option<u64>,
}

/// Reads a page of users.
///
/// # Errors
/// The body is no JSON, is no list, or holds a user without an `id`: then nothing of it can be relied on (R2).
pub fn read_users_page(body: &[u8], pool: &mut IdPool) -> Result<Page<TargetUser>, ScimReadError> {
    page(body, |wire: WireUser<'_>| wire.into_target(pool))
}

/// Reads a page of groups, members included.
///
/// # Errors
/// As [`read_users_page`].
pub fn read_groups_page(body: &[u8], pool: &mut IdPool) -> Result<Page<TargetGroup>, ScimReadError> {
    page(body, |wire: WireGroup<'_>| wire.into_target(pool))
}

struct WireList<T> {
    resources: Option<Vec<T>>,
    total_results: Text<'static>,
    start_index: Text<'static>,
    items_per_page: Text<'static>,
}

impl<T> Default for WireList<T> {
    fn default() -> Self {
        Self {
            resources: None,
            total_results: Text::default(),
            start_index: Text::default(),
            items_per_page: Text::default(),
        }
    }
}

impl<'de, T: Fields<'de>> Fields<'de> for WireList<T> {
    const NAMES: &'static [&'static str] = &["Resources", "totalResults", "startIndex", "itemsPerPage"];

    fn read<A: MapAccess<'de>>(&mut self, name: &'static str, object: &mut A) -> Result<(), A::Error> {
        match name {
            "Resources" => self.resources = Some(object.next_value::<Objects<T>>()?.0),
            "totalResults" => self.total_results = owned(object.next_value()?),
            "startIndex" => self.start_index = owned(object.next_value()?),
            _ => self.items_per_page = owned(object.next_value()?),
        }
        Ok(())
    }
}

fn owned(text: Text<'_>) -> Text<'static> {
    Text(text.0.map(|text| text.into_owned().into()))
}

fn page<'a, W: Fields<'a>, T>(
    body: &'a [u8],
    convert: impl FnMut(W) -> Result<T, ScimReadError>,
) -> Result<Page<T>, ScimReadError> {
    let Object(list) = parse::<Object<WireList<W>>>(body)?;
    let total_results = list.total_results.count();
    // RFC 7644 §3.4.2: `Resources` may be left out only where nothing was found.
    let resources = match list.resources {
        Some(resources) => resources,
        None if total_results.is_some() => Vec::new(),
        None => return Err(ScimReadError::NotAList),
    };
    Ok(Page {
        resources: resources.into_iter().map(convert).collect::<Result<_, _>>()?,
        total_results,
        start_index: list.start_index.count(),
        items_per_page: list.items_per_page.count(),
    })
}

/// Parses a body, a byte order mark left out.
pub(crate) fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, ScimReadError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    serde_json::from_slice(body)
        .map_err(|error| ScimReadError::Malformed { line: error.line(), column: error.column() })
}
