//! SCIM groups (RFC 7643 §4.2): reading a server's answer and writing the body of a creation.

use serde::Serialize;
use serde::de::MapAccess;

use super::GROUP_SCHEMA;
use super::error::ScimReadError;
use super::fields::{Entry, Fields, Object, Objects};
use super::pool::IdPool;
use crate::lenient::Text;
use crate::snapshot::target::TargetGroup;

/// Reads one group: the body of `GET /Groups/{id}` or of the answer to a write.
///
/// # Errors
/// The body is no JSON, or it has no `id`.
pub fn read_group(body: &[u8], pool: &mut IdPool) -> Result<TargetGroup, ScimReadError> {
    let Object(wire) = super::list::parse::<Object<WireGroup<'_>>>(body)?;
    wire.into_target(pool)
}

/// A group as it came, borrowing from the body.
#[derive(Debug, Default)]
pub(crate) struct WireGroup<'a> {
    id: Text<'a>,
    external_id: Text<'a>,
    display_name: Text<'a>,
    members: Vec<Entry<'a>>,
}

impl<'de> Fields<'de> for WireGroup<'de> {
    const NAMES: &'static [&'static str] = &["id", "externalId", "displayName", "members"];

    fn read<A: MapAccess<'de>>(&mut self, name: &'static str, object: &mut A) -> Result<(), A::Error> {
        match name {
            "id" => self.id = object.next_value()?,
            "externalId" => self.external_id = object.next_value()?,
            "displayName" => self.display_name = object.next_value()?,
            _ => self.members = object.next_value::<Objects<_>>()?.0,
        }
        Ok(())
    }
}

impl WireGroup<'_> {
    pub(crate) fn into_target(self, pool: &mut IdPool) -> Result<TargetGroup, ScimReadError> {
        let id = pool.intern(self.id.filled().ok_or(ScimReadError::NoId)?);
        // A nested group is nobody's membership: Atlassian does not honour it, and it is not ours to remove.
        let mut members: Vec<_> = self
            .members
            .iter()
            .filter(|member| !member.is_of_type("Group"))
            .filter_map(|member| member.value.filled())
            .map(|member| pool.intern(member))
            .collect();
        members.sort_unstable();
        members.dedup();
        Ok(TargetGroup {
            id,
            display_name: self.display_name.0.unwrap_or_default().into_owned(),
            external_id: self.external_id.filled().map(str::to_owned),
            members,
        })
    }
}

/// Returns the body of `POST /Groups`, without members: some servers ignore members given at creation.
pub fn group_create_body(display_name: &str, external_id: Option<&str>) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct WriteGroup<'a> {
        schemas: [&'static str; 1],
        display_name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        external_id: Option<&'a str>,
    }
    super::body(&WriteGroup {
        schemas: [GROUP_SCHEMA],
        display_name,
        external_id: external_id.filter(|id| !id.is_empty()),
    })
}
