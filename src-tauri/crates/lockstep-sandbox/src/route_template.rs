//! Paths with `{id}` in place of ids, so that requests can be counted by route whether or not a fault kept them
//! from their route.

/// Segments after which an id comes.
const COLLECTIONS: [&str; 23] = [
    "systemusers",
    "usergroups",
    "applications",
    "application-templates",
    "organizations",
    "directory",
    "Users",
    "Groups",
    "Schemas",
    "ResourceTypes",
    "users",
    "groups",
    "orgs",
    "org",
    "directories",
    "domains",
    "memberships",
    "user",
    "scimDirectoryId",
    "scimUserId",
    "role-assignments",
    "jobs",
    "associations",
];

/// What comes after a collection and is no id.
const VERBS: [&str; 8] = ["search", "count", "stats", "v1", "v2", "assign", "revoke", "import"];

/// Returns the path's template.
pub(crate) fn template(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut previous = "";
    for segment in path.split('/').skip(1) {
        out.push('/');
        let is_id = COLLECTIONS.contains(&previous) && !VERBS.contains(&segment) && !segment.is_empty();
        out.push_str(if is_id { "{id}" } else { segment });
        previous = segment;
    }
    out
}
