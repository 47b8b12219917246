//! Users and groups on the wire. Groups are written from the world directly: one of 50,000 members must not
//! become a tree in memory first.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::dialect::Dialect;
use crate::services::Query;
use crate::world::target::{Multi, ScimGroup, ScimUser};
use crate::world::{World, rfc3339};

pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub(super) const EXTERNAL: &str = "urn:scim:schemas:extension:atlassian-external:1.0";
pub(super) const CUSTOM: &str = "urn:scim:schemas:extension:atlassian-custom:1.0:Attributes";

/// What an answer leaves out.
#[derive(Clone, Debug, Default)]
pub(super) struct Projection {
    only: Vec<String>,
    without: Vec<String>,
}

impl Projection {
    /// Reads `attributes` and `excludedAttributes`.
    pub(super) fn read(query: &Query) -> Projection {
        let list = |name: &str| {
            let names = query.get(name).unwrap_or("").split(',').map(str::trim);
            names.filter(|name| !name.is_empty()).map(str::to_ascii_lowercase).collect()
        };
        Projection { only: list("attributes"), without: list("excludedAttributes") }
    }

    /// Whether an attribute is in the answer; `id` and `schemas` always are.
    pub(super) fn wants(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        if matches!(name.as_str(), "id" | "schemas") {
            return true;
        }
        let names = |wanted: &String| *wanted == name || wanted.split(['.', ':']).next() == Some(&name);
        (self.only.is_empty() || self.only.iter().any(names)) && !self.without.contains(&name)
    }
}

/// What resources are written with: addresses and habits.
#[derive(Clone, Copy)]
pub(super) struct Writer<'a> {
    /// Base URL of the directory.
    pub(super) base: &'a str,
    pub(super) world: &'a World,
    pub(super) dialect: &'a Dialect,
    pub(super) projection: &'a Projection,
}

impl Writer<'_> {
    /// Returns the address of a resource.
    pub(super) fn location(&self, kind: &str, id: &str) -> String {
        if self.dialect.relative_location {
            format!("/{kind}/{id}")
        } else {
            format!("{}/{kind}/{id}", self.base)
        }
    }

    fn meta(&self, kind: &str, id: &str, created: i64, modified: i64) -> Value {
        json!({"resourceType": kind, "location": self.location(&format!("{kind}s"), id),
            "created": rfc3339(created), "lastModified": rfc3339(modified)})
    }

    /// Writes a user.
    pub(super) fn user(&self, user: &ScimUser) -> Value {
        let mut wire = Map::new();
        let mut put = |name: &str, value: Value| {
            if self.projection.wants(name) && !self.dialect.drops(name) {
                wire.insert(name.to_owned(), value);
            }
        };
        put("schemas", json!([EXTERNAL, USER, ENTERPRISE]));
        put("id", json!(user.id));
        put("userName", json!(user.user_name));
        put("externalId", json!(user.external_id));
        put("active", json!(user.active));
        put("emails", self.multi(&user.emails));
        let name = [
            ("formatted", &*user.name.formatted),
            ("familyName", &user.name.family),
            ("givenName", &user.name.given),
            ("middleName", &user.name.middle),
            ("honorificPrefix", &user.name.prefix),
            ("honorificSuffix", &user.name.suffix),
        ];
        put("name", texts(&name));
        let texts = [
            ("displayName", &*user.display_name),
            ("nickName", &user.nick_name),
            ("title", &user.title),
            ("preferredLanguage", &user.preferred_language),
            ("timezone", &user.timezone),
            ("department", &user.department),
            ("organization", &user.organization),
        ];
        for (name, value) in texts.into_iter().filter(|(_, value)| !value.is_empty()) {
            put(name, json!(value));
        }
        if !user.phones.is_empty() {
            put("phoneNumbers", self.multi(&user.phones));
        }
        let has_extension = !user.department.is_empty() || !user.organization.is_empty();
        if has_extension && !self.dialect.drops("enterprise") {
            let extension =
                self::texts(&[("department", &*user.department), ("organization", &*user.organization)]);
            put(ENTERPRISE, extension);
        }
        if !user.based_in.is_empty() {
            put(CUSTOM, json!({"basedIn": user.based_in}));
        }
        put("groups", user.groups.iter().filter_map(|key| self.group_of_user(key)).collect());
        put(EXTERNAL, self.link(user));
        put("meta", self.meta("User", &user.id, user.created, user.modified));
        Value::Object(wire)
    }

    /// The extension that shows the account, empty while none is linked.
    fn link(&self, user: &ScimUser) -> Value {
        let account = user.account.and_then(|account| self.world.organisation.accounts.get(account));
        account.map_or_else(|| json!({}), |account| json!({"atlassianAccountId": account.id}))
    }

    fn group_of_user(&self, key: u32) -> Option<Value> {
        let group = self.world.target.groups.get(key)?;
        Some(json!({"type": "direct", "value": group.id, "display": group.display_name,
            "$ref": self.location("Groups", &group.id)}))
    }

    fn multi(&self, values: &[Multi]) -> Value {
        let entry = |multi: &Multi| {
            let mut entry = json!({"value": multi.value, "primary": multi.is_primary});
            if let (Some(entry), false) = (entry.as_object_mut(), multi.kind.is_empty()) {
                entry.insert("type".to_owned(), json!(multi.kind));
            }
            entry
        };
        values.iter().map(entry).collect()
    }

    /// Writes a group when it is serialised.
    pub(super) fn group<'w>(&'w self, group: &'w ScimGroup) -> GroupWire<'w> {
        GroupWire { writer: self, group }
    }
}

fn texts(values: &[(&str, &str)]) -> Value {
    let given = values.iter().filter(|(_, value)| !value.is_empty());
    Value::Object(given.map(|(name, value)| ((*name).to_owned(), json!(value))).collect())
}

/// A group, written as it is serialised.
pub(super) struct GroupWire<'w> {
    writer: &'w Writer<'w>,
    group: &'w ScimGroup,
}

impl Serialize for GroupWire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (writer, group) = (self.writer, self.group);
        let mut wire = serializer.serialize_map(None)?;
        wire.serialize_entry("schemas", &[GROUP])?;
        wire.serialize_entry("id", &group.id)?;
        if writer.projection.wants("displayName") {
            wire.serialize_entry("displayName", &group.display_name)?;
        }
        if !group.external_id.is_empty() && writer.projection.wants("externalId") {
            wire.serialize_entry("externalId", &group.external_id)?;
        }
        if writer.projection.wants("members") {
            wire.serialize_entry("members", &MembersWire { writer, group })?;
        }
        if writer.projection.wants("meta") {
            wire.serialize_entry("meta", &writer.meta("Group", &group.id, group.created, group.modified))?;
        }
        wire.end()
    }
}

struct MembersWire<'w> {
    writer: &'w Writer<'w>,
    group: &'w ScimGroup,
}

#[derive(Serialize)]
struct MemberWire<'w> {
    r#type: &'static str,
    value: &'w str,
    #[serde(skip_serializing_if = "Option::is_none")]
    display: Option<&'w str>,
    #[serde(rename = "$ref")]
    reference: String,
}

impl Serialize for MembersWire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let target = &self.writer.world.target;
        let mut members = serializer.serialize_seq(None)?;
        for key in self.group.members.iter() {
            let user = target.users.get(key);
            // A deleted user shows here only where the dialect leaves ghosts behind.
            let Some(value) = user.map(|user| &*user.id).or_else(|| target.ghost(key)) else { continue };
            let reference = self.writer.location("Users", value);
            let display = user.map(|user| &*user.user_name);
            members.serialize_element(&MemberWire { r#type: "User", value, display, reference })?;
        }
        members.end()
    }
}
