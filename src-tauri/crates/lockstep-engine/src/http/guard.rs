//! What may be sent while planning: reads only.

use reqwest::Method;

use super::error::ConnectorError;

/// Searches that the services want as POST although they change nothing; everything else by POST is a write.
const READ_BY_POST: [&str; 9] = [
    "/groups/search",
    "/users/search",
    "/search/systemusers",
    // JumpCloud Directory Insights
    "/events",
    "/events/count",
    "/events/distinct",
    // Atlassian organisation API
    "/workspaces",
    "/get-scim-links-for-email",
    "/users/auth-policies/bulk-fetch",
];

/// Whether writes may leave this client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessMode {
    /// Refuses everything but GET, HEAD and the known searches.
    ReadOnly,
    /// Lets everything through.
    ReadWrite,
}

impl AccessMode {
    /// Refuses a request that this mode does not allow, before anything is sent.
    pub(super) fn check(
        self,
        method: &Method,
        path: &str,
        template: &'static str,
    ) -> Result<(), ConnectorError> {
        if self == Self::ReadWrite || is_read(method, path) {
            return Ok(());
        }
        Err(ConnectorError::ReadOnlyMode { method: method.to_string(), path: template })
    }
}

/// Returns whether a request changes nothing on the server.
pub(crate) fn is_read(method: &Method, path: &str) -> bool {
    match *method {
        Method::GET | Method::HEAD => true,
        Method::POST => READ_BY_POST.iter().any(|search| path.ends_with(search)),
        _ => false,
    }
}
