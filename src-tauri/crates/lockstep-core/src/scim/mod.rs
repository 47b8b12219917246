//! SCIM 2.0 values: reading what any server answers, and writing what we send.
//!
//! Reading is lenient about everything that RFC 7643 leaves open or servers get wrong, except where leniency would hide
//! a missing object: an answer without an `id`, or a list that is no list, is an error, never an empty result (R2).
//! Writing is strict: one form per attribute, the one accepted most widely. No HTTP here.

pub mod error;
mod fields;
pub mod group;
pub mod list;
pub mod patch;
pub mod pool;
pub mod user;

/// `schemas` of a user (RFC 7643 §4.1).
pub const USER_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// `schemas` of a group (RFC 7643 §4.2).
pub const GROUP_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The enterprise extension (RFC 7643 §4.3).
pub const ENTERPRISE_SCHEMA: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// Atlassian's read-only extension that carries `atlassianAccountId`.
pub const ATLASSIAN_SCHEMA: &str = "urn:scim:schemas:extension:atlassian-external:1.0";
/// `schemas` of a PATCH body (RFC 7644 §3.5.2).
pub const PATCH_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

pub use error::{ScimError, ScimReadError};
pub use group::{group_create_body, read_group};
pub use list::{Page, read_groups_page, read_users_page};
pub use patch::{
    MemberRemovalForm, group_rename_body, members_add_body, members_change_body, members_remove_body,
    user_patch_body, user_patch_body_with_phones,
};
pub use pool::IdPool;
pub use user::{create_user_body, read_other_phones, read_user};

/// Serialises a body that consists of text, booleans and lists.
fn body(value: &impl serde::Serialize) -> String {
    // Serialising such a value into memory has no way to fail: no map keys but text, no floats, no I/O.
    serde_json::to_string(value).unwrap_or_default()
}
