//! The habits of SCIM servers: Atlassian's own where its documents leave a choice, and oddities that were
//! seen on other servers. The default is Atlassian as its documents and captures show it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a group rename by SCIM does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rename {
    /// 400 `mutability`.
    Strict,
    /// 200 with the old name.
    Lenient,
    /// The name changes.
    Accept,
}

/// What a group creation does when a local group has the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clash {
    /// 201, the group waits for the review in Atlassian's console.
    Pending,
    /// 409.
    Refuse,
}

/// Which forms of removing a member work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Removal {
    /// `members[value eq "x"]` and `members` with an array of values.
    Both,
    /// Only `members[value eq "x"]`; the other form answers 2xx and does nothing.
    Path,
    /// Only `members` with an array of values; the other form answers 2xx and does nothing.
    Array,
    /// Neither; only a replace of all members takes anybody out.
    Neither,
    /// The path answers 2xx and does nothing; the array is not looked at, and everybody goes.
    Empties,
}

/// The switches of Atlassian's side; as text `patch-204,page-cap=50,drop=title;timezone`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Dialect {
    /// `rename=strict|lenient|accept`.
    pub rename: Rename,
    /// `clash=pending|refuse`.
    pub clash: Clash,
    /// `accept-opens`: after a 409, *Sync group* only lets the next creation through, instead of making the group.
    pub accept_opens: bool,
    /// `removal=both|path|array|neither|empties`.
    pub removal: Removal,
    /// `page-cap=N`: no page is larger, whatever `count` asks for.
    pub page_cap: usize,
    /// `paging-ignored`: every page is the first.
    pub paging_ignored: bool,
    /// `past-end-repeats`: a `startIndex` past the end answers page one again.
    pub past_end_repeats: bool,
    /// `filters-empty`: a filter answers 200 with nothing.
    pub filters_empty: bool,
    /// `drop=a;b`: attributes that are taken and not kept (`title`, `timezone`, `enterprise`, `department`, …).
    pub drop: Vec<String>,
    /// `patch-204`: PATCH answers 204 without a body.
    pub patch_204: bool,
    /// `patch-empty`: PATCH answers 200 without a body.
    pub patch_empty: bool,
    /// `post-members-ignored`: members in a group POST are ignored.
    pub post_members_ignored: bool,
    /// `replace-merges`: `replace members` adds instead.
    pub replace_merges: bool,
    /// `remove-all-ignored`: removing all members answers 2xx and does nothing.
    pub remove_all_ignored: bool,
    /// `double-members`: adding a member twice stores it twice.
    pub double_members: bool,
    /// `case-sensitive`: the same user name in another letter case is another user.
    pub case_sensitive: bool,
    /// `bare-409`: 409 without `scimType`, `status` as a number.
    pub bare_409: bool,
    /// `text-401`: 401 as plain text.
    pub text_401: bool,
    /// `unknown-500`: 500 for an unknown id.
    pub unknown_500: bool,
    /// `ghost-members`: deleted users stay in groups.
    pub ghost_members: bool,
    /// `relative-location`: `Location` and `meta.location` are relative.
    pub relative_location: bool,
    /// `name-ids`: a user's id is the user name, `@` included.
    pub name_ids: bool,
    /// `refuse-unverified`: a person outside the verified domains is refused (Atlassian's rule of 2022).
    pub refuse_unverified: bool,
    /// `keep-link`: an e-mail write with the same address does not unlink an unmanaged user (ACCESS-1003 mended).
    pub keep_link: bool,
    /// `strict-targets`: replacing what no value filter hits is 400 `noTarget` (RFC 7644 §3.5.2.3).
    pub strict_targets: bool,
    /// `scoped-key`: the organisation's key has scopes. It lists no organisations, reads and does not write, and
    /// `/users/…/manage` is closed to it.
    pub scoped_key: bool,
    /// `members-cap=N`: 413 for more members in one request.
    pub members_cap: Option<usize>,
    /// `bare-cap`: what is above `members-cap` is refused with a 400 that does not say why.
    pub bare_cap: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Dialect {
            rename: Rename::Strict,
            clash: Clash::Pending,
            accept_opens: false,
            removal: Removal::Both,
            page_cap: 100,
            paging_ignored: false,
            past_end_repeats: false,
            filters_empty: false,
            drop: Vec::new(),
            patch_204: false,
            patch_empty: false,
            post_members_ignored: false,
            replace_merges: false,
            remove_all_ignored: false,
            double_members: false,
            case_sensitive: false,
            bare_409: false,
            text_401: false,
            unknown_500: false,
            ghost_members: false,
            relative_location: false,
            name_ids: false,
            refuse_unverified: false,
            keep_link: false,
            strict_targets: false,
            scoped_key: false,
            members_cap: None,
            bare_cap: false,
        }
    }
}

impl Dialect {
    /// Whether an attribute is taken and not kept.
    pub(crate) fn drops(&self, attribute: &str) -> bool {
        self.drop.iter().any(|name| name.eq_ignore_ascii_case(attribute))
    }
}

/// Why a text is no dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no switch of a dialect")]
pub struct DialectError(pub String);

impl FromStr for Dialect {
    type Err = DialectError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The switches' names are serde's: the text becomes the same JSON that the control endpoint takes.
        let mut switches = serde_json::Map::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, "true"));
            let value = match name {
                "drop" => value.split(';').map(serde_json::Value::from).collect(),
                _ => serde_json::from_str(value).unwrap_or_else(|_| value.into()),
            };
            switches.insert(name.to_owned(), value);
        }
        serde_json::from_value(serde_json::Value::Object(switches))
            .map_err(|error| DialectError(format!("{text}: {error}")))
    }
}
